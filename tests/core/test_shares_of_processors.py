"""How many processors there are: of the machine, by the scheduler, the container's quota and what was asked for."""

import os
from pathlib import Path

import pytest

from mmearth_core import processors


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a": "150000 100000\n"}, 2),
        ({"a": "50000 100000"}, 1),
        ({"a": "max 100000"}, 99),
        ({"q": "300000", "p": "100000"}, 3),
        ({"q": "-1", "p": "100000"}, 99),
        ({}, 99),
    ],
)
def test_the_share_of_a_container_counts(
    files: dict[str, str], expected: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(processors, "_QUOTAS", ((str(tmp_path / "a"),), (str(tmp_path / "q"), str(tmp_path / "p"))))
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(99)), raising=False)
    assert processors.available_processors() == expected
    with processors.limited_processors(2):
        assert processors.available_processors() == min(2, expected)
        with processors.limited_processors(None):
            assert processors.available_processors() == min(2, expected)
    assert processors.available_processors() == expected
