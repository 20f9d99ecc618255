"""Sentences: hints that do not mislead, numbers that agree with their nouns."""

import re
from pathlib import Path

import pytest

import mmearth_core
from mmearth_core.wording import counted, left_out, nearest

OPTIONS = (
    "--output",
    "--confidence",
    "--unknown",
    "--smooth",
    "--overwrite",
    "--trust",
    "--quiet",
    "--no-resume",
    "-k",
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("--confidance", "--confidence"),
        ("--smoht", "--smooth"),
        ("--conf", "--confidence"),
        ("--resume", "--no-resume"),
        ("--OVERWRITE", "--overwrite"),
        ("overwirte", "--overwrite"),
    ],
)
def test_a_slip_of_the_keys_is_understood(typed: str, meant: str) -> None:
    assert nearest(typed, OPTIONS) == meant


@pytest.mark.parametrize("typed", ["--at-crs", "--like", "--tile", "--crs", "flurb", "-k2", "--x", "--", ""])
def test_no_far_word_is_suggested(typed: str) -> None:
    assert nearest(typed, OPTIONS) is None
    assert nearest(typed, ()) is None


def test_numbers_agree_with_their_nouns() -> None:
    assert [counted(1, "place"), counted(2, "place"), counted(0, "class")] == ["1 place", "2 places", "0 classes"]
    assert left_out(1, "point", "outside the map", 300) == "1 of 300 points left out: outside the map"
    assert left_out(69, "pixel", "no-data on the map") == "69 pixels left out: no-data on the map"


def test_what_is_left_out_is_told_in_one_way_only() -> None:
    """By `left_out`: other words for it, with other grammar, are found nowhere."""
    package = Path(mmearth_core.__file__).parent
    told = re.compile(r"\{[^{}]*\} [\w -]*(?:are|is) (?:left out|skipped|dropped)")
    assert not [path for path in package.rglob("*.py") if told.search(path.read_text(encoding="utf-8"))]
