"""The one table of everything: computed by hand, and made of several comparisons."""

import sys
from pathlib import Path

import pytest

from mmearth_core.errors import MMEarthError
from mmearth_core.evaluation.judging.subjects import RANDOM
from training import summary as module
from training.summary import Judged, Training, joined, lines_of, read_trainings, summary

PROBE, TILES = "mean of logistic and LDA", "T, mean + spread"


def tiles(*accuracy: float, task: str = TILES) -> Judged:
    """Half as good by macro-F1."""
    return Judged("tiles", "tuned", task, PROBE, [1, 5], [each / 2 for each in accuracy], list(accuracy))


def pixels(half: str, *macro_f1: float, probe: str = "logistic") -> Judged:
    return Judged("pixels", half, f"P ({half})", probe, [1, 5], list(macro_f1), [1.0, 1.0])


OURS = [
    Training("ours", "a", [tiles(0.3, 0.6), tiles(0, 0, task="T, mean"), pixels("tuned", 0.2, 0.4)], {"S": 0.2}),
    Training("ours", "b", [tiles(0.5, 1.0), pixels("tuned", 0.4, 0.6), pixels("reported", 0.8, 0.8)], {"S": 0.5}),
]
OTHERS = [
    Training("bands", "bands", [tiles(0.2, 0.6), pixels("tuned", 0.4, 0.4), pixels("tuned", 1, 1, probe="kNN-5")], {}),
    Training(RANDOM, "r", [tiles(0.2, 0.4)], {}),
]


def cells(text: str) -> tuple[list[str], list[list[str]]]:
    """Head and rows of the table in a page."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    head, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    return head, rows


def test_the_summary_is_of_what_its_head_says() -> None:
    """Tiles by accuracy, the fuller pooling, and minus random; pixels by macro-F1, each half for itself."""
    head, rows = cells(summary([*OTHERS, *OURS]))
    assert [row[0] for row in rows] == ["bands", RANDOM, "ours (2)"]
    told = {name: [row[at] for row in rows] for at, name in enumerate(head)}
    assert told == {
        "": ["bands", RANDOM, "ours (2)"],
        f"mean + spread of tiles, {PROBE}: 1 / 5": [".200 / .600", ".200 / .400", ".400 / .800"],
        "minus random": ["+0.100", "+0.000", "+0.300 ± 0.212"],
        "pixels, tuned": ["0.400", "–", "0.400 ± 0.141"],
        "pixels, reported": ["–", "–", "0.800"],
        "found again, S": ["–", "–", "0.350 ± 0.212"],
    }


def test_without_a_random_encoder_nothing_is_subtracted() -> None:
    head, _ = cells(summary(OURS))
    assert "minus random" not in head and len(head) == 5


def test_several_comparisons_make_one_table(tmp_path: Path, monkeypatch, capsys) -> None:
    """A training that two of them tell of counts once, and what one of them did not judge is added."""
    more = Training("bands", "bands", [pixels("reported", 0.1, 0.3)], {"S": 0.75})
    for name, trainings in (("one.jsonl", [*OTHERS, OURS[0]]), ("two.jsonl", [OURS[0], more, OURS[1]])):
        (tmp_path / name).write_text(lines_of(trainings), encoding="utf-8")
    assert read_trainings(tmp_path / "one.jsonl") == [*OTHERS, OURS[0]]
    monkeypatch.setattr(sys, "argv", ["summary", str(tmp_path / "one.jsonl"), str(tmp_path / "two.jsonl")])
    module.main()
    whole = [Training("bands", "bands", [*OTHERS[0].judged, *more.judged], {"S": 0.75}), OTHERS[1], *OURS]
    assert joined([*OTHERS, OURS[0], OURS[0], more, OURS[1]]) == [whole[0], whole[1], *OURS]
    assert capsys.readouterr().out == summary(whole) + "\n"


def test_a_line_that_is_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "odd.jsonl"
    path.write_text(lines_of(OURS) + '{"label": "ours"}\n', encoding="utf-8")
    with pytest.raises(MMEarthError, match="odd.jsonl"):
        read_trainings(path)
    with pytest.raises(MMEarthError, match="cannot be read"):
        read_trainings(tmp_path / "none.jsonl")
