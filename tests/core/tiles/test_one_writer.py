"""A dataset has one writer at a time, and what waits for it is whole."""

from pathlib import Path

import pytest

from mmearth_core.locks import InUse
from mmearth_core.tiles.writer import TileWriter


def test_a_dataset_has_one_writer(tmp_path: Path) -> None:
    with TileWriter(tmp_path / "own", 24, ["sentinel2"]), pytest.raises(InUse, match=r"own\.h5 is being written by"):
        TileWriter(tmp_path / "own", 24, ["sentinel2"])
    TileWriter(tmp_path / "own", 24, ["sentinel2"]).discard()
    assert not list(tmp_path.iterdir())
