"""The evaluation of NS-MAE in its own world: it can be done in parts, and what is done is not done again."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="pretraining needs torch (pip install mmearth[train])")

from small_encoder import SMALL, know_small

from mmearth_core.encoder.architecture import SIZES
from training.bev_segmentation import (
    LABELS,
    QUICK,
    Pretrained,
    held_out,
    held_out_table,
    main,
    pretrained,
    pretrainings,
    results,
    run_of,
)


@pytest.fixture
def small_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """For one test; other tests may have it for all of theirs."""
    monkeypatch.setitem(SIZES, SMALL, SIZES.get(SMALL, ((), ())))
    know_small()


def test_all_of_it_at_the_size_of_a_test_in_two_parts(tmp_path: Path) -> None:
    main(["-o", str(tmp_path), "--quick", "--seeds", "0", "--starts", "scratch", "all", "--labels", "1"])
    done = results(tmp_path)
    assert {(each.start, each.sensors, each.percent) for each in done} == {
        (start, sensors, 1) for start in ("scratch", "all") for sensors in ("camera", "lidar", "both")
    }
    assert all(0 <= each.iou <= 1 for each in done)
    (pretraining,) = pretrainings(tmp_path)
    assert (pretraining.start, pretraining.seed) == ("all", 0)
    assert pretraining.held_out == held_out(run_of(tmp_path, "all", 0)) and len(pretraining.held_out) == 3
    lines = (tmp_path / "results.jsonl").read_text(encoding="utf-8")
    # A line that was broken off is done again, the others are not.
    (tmp_path / "results.jsonl").write_text(lines[:-20], encoding="utf-8")
    assert len(results(tmp_path)) == len(done) - 1
    main(["-o", str(tmp_path), "--quick", "--seeds", "0", "--starts", "scratch", "--sensors", "lidar"])
    table = (tmp_path / "results.md").read_text(encoding="utf-8")
    assert f"| NS-MAE | {pretraining.held_out['image']:.3f} (1) |" in table
    assert "| NS-MAE, image term only | – | – | – |\n" in table
    assert "| lidar | from scratch |" in table and "| camera | NS-MAE, image term only | – | – | – | – |" in table
    assert len([each for each in results(tmp_path) if each.sensors == "lidar" and each.start == "scratch"]) == len(
        LABELS
    )
    assert json.loads((tmp_path / "results.jsonl").read_text(encoding="utf-8").splitlines()[0])["seconds"] >= 0
    with pytest.raises(SystemExit, match="another size"):
        main(["-o", str(tmp_path)])
    with pytest.raises(SystemExit, match="another size"):
        main(["-o", str(tmp_path), "--quick", "--steps", "2"])


def test_a_pretraining_that_is_done_is_judged_by_what_was_held_out(tmp_path: Path) -> None:
    """Results of labels without a line of the pretraining that they began with are given one, and stay."""
    asked = ["-o", str(tmp_path), "--quick", "--seeds", "0", "--starts", "image", "--sensors", "lidar", "--labels", "1"]
    main(asked)
    path = tmp_path / "results.jsonl"
    first, second = path.read_text(encoding="utf-8").splitlines()
    assert "held_out" in first and "iou" in second
    for broken in ("", first[:-1] + "\n", first[:-3] + "\n"):
        path.write_text(f"{second}\n{broken}", encoding="utf-8")
        assert not pretrainings(tmp_path)
        main(asked)
        assert path.read_text(encoding="utf-8") == f"{second}\n{broken}{first}\n"
        main(asked)
        assert len(pretrainings(tmp_path)) == len(results(tmp_path)) == 1


@pytest.mark.usefixtures("small_encoder")
def test_held_out_scenes_are_rendered_better_than_by_constants(tmp_path: Path) -> None:
    """Each term is; heights of hidden voxels, most of which are ground, weigh more here to be learned in seconds."""
    changes = (
        f"ns_mae.size={SMALL}", "ns_mae.voxel=1", "ns_mae.width=8", "ns_mae.rays=64", "data.scenes=40",
        "data.hold_out=0.2", "ns_mae.terms={image: 1.0, depth: 0.1, bev: 1.0}", "optimiser.epochs=12",
        "optimiser.warmup_epochs=1", "optimiser.base_learning_rate=0.25", "watch.validate_epochs=12", "threads=1",
    )  # fmt: skip
    pretrained(replace(QUICK, changes=(*QUICK.changes, *changes)), "all", 0, tmp_path)
    found = held_out(run_of(tmp_path, "all", 0))
    assert list(found) == ["image", "depth", "bev"]
    assert all(ratio < 1 for ratio in found.values()), found


def test_terms_are_told_as_a_mean_over_seeds() -> None:
    done = [Pretrained("all", seed, {"image": 0.5, "depth": 0.4 + 0.2 * seed, "bev": 1.0}) for seed in (0, 1)]
    assert held_out_table(done).splitlines()[1:] == [
        "|---|--:|--:|--:|",
        "| NS-MAE, image term only | – | – | – |",
        "| NS-MAE | 0.500 ± 0.000 (2) | 0.500 ± 0.141 (2) | 1.000 ± 0.000 (2) |",
    ]
