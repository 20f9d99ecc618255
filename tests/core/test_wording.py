"""Sentences: hints that do not mislead, numbers that agree with their nouns."""

import pytest

from mmearth_core.wording import nearest

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
