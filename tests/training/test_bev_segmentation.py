"""The evaluation of NS-MAE in its own world: it can be done in parts, and what is done is not done again."""

import json
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="pretraining needs torch (pip install mmearth[train])")

from training.bev_segmentation import LABELS, main, results


def test_all_of_it_at_the_size_of_a_test_in_two_parts(tmp_path: Path) -> None:
    main(["-o", str(tmp_path), "--quick", "--seeds", "0", "--starts", "scratch", "all", "--labels", "1"])
    done = results(tmp_path)
    assert {(each.start, each.sensors, each.percent) for each in done} == {
        (start, sensors, 1) for start in ("scratch", "all") for sensors in ("camera", "lidar", "both")
    }
    assert all(0 <= each.iou <= 1 for each in done)
    lines = (tmp_path / "results.jsonl").read_text(encoding="utf-8")
    # A line that was broken off is done again, the others are not.
    (tmp_path / "results.jsonl").write_text(lines[:-20], encoding="utf-8")
    assert len(results(tmp_path)) == len(done) - 1
    main(["-o", str(tmp_path), "--quick", "--seeds", "0", "--starts", "scratch", "--sensors", "lidar"])
    table = (tmp_path / "results.md").read_text(encoding="utf-8")
    assert "| lidar | from scratch |" in table and "| camera | NS-MAE, image term only | – | – | – | – |" in table
    assert len([each for each in results(tmp_path) if each.sensors == "lidar" and each.start == "scratch"]) == len(
        LABELS
    )
    assert json.loads((tmp_path / "results.jsonl").read_text(encoding="utf-8").splitlines()[0])["seconds"] >= 0
    with pytest.raises(SystemExit, match="another size"):
        main(["-o", str(tmp_path)])
    with pytest.raises(SystemExit, match="another size"):
        main(["-o", str(tmp_path), "--quick", "--steps", "2"])
