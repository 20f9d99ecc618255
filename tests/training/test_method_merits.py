"""The figures of merit of the methods come from runs that were made, each once."""

import json
import math
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="pretraining needs torch (pip install mmearth[train])")

from training.method_merits import ARMS, JUDGES, lines_of, main


@pytest.mark.parametrize("method", ARMS)
def test_each_arm_is_trained_and_judged_once(method: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "merits.jsonl"
    asked = [method, "-o", str(path), "--seeds", "1", "--steps", "1", "--tiles", "16"]
    first = next(iter(ARMS[method]))
    ghost = {"method": method, "arm": first, "seed": 0, "steps": 1, "tiles": 16, "canopy_r2": 0.25}
    path.write_text(json.dumps(ghost) + "\n", encoding="utf-8")
    assert main(asked) == 0
    lines = lines_of(path)
    assert [line["arm"] for line in lines] == list(ARMS[method]), "what was there is not made again"
    figures = lines[-1].keys() - (ghost.keys() - {"canopy_r2"})
    assert figures and all(math.isfinite(lines[-1][name]) for name in figures)
    assert main(["table", str(path)]) == 0
    table = capsys.readouterr().out
    assert "canopy_r2" in table and all(name in table for name in figures)


def test_every_arm_has_a_judge() -> None:
    assert ARMS.keys() == JUDGES.keys()
