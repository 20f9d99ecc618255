"""What tests of the recipes share: tiles of the development imagery, built once."""

from pathlib import Path

import pytest

from mmearth_core.tiles.build.build_tiles import BuildResult
from training.starter.make_tiles import bigearthnet, majortom, make_tiles, terramind
from training.starter.sources.packed import PACKED


@pytest.fixture(scope="session")
def starter_tiles(realdata: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[BuildResult, Path]:
    """Tiles of five sources: what their building told, and their folder."""
    folder = tmp_path_factory.mktemp("starter") / "tiles"
    sources = [terramind, bigearthnet, majortom, PACKED["czechia"], PACKED["sundarbans"]]
    return make_tiles(realdata, folder, sources=sources), folder
