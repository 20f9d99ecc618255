"""The tiles of a run: each learned from once, and places asked for only where some are held out."""

import shutil
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from mmearth_core.errors import MMEarthError  # noqa: E402
from mmearth_core.pretraining.config import DataConfig  # noqa: E402
from mmearth_core.pretraining.distributed import Processes  # noqa: E402
from mmearth_core.pretraining.run_data import TileData, open_tiles  # noqa: E402
from mmearth_core.progress import Silent  # noqa: E402
from mmearth_core.tiles.synthetic import write_synthetic_tiles  # noqa: E402


def opened(*datasets: Path, hold_out: float = 0.2) -> TileData:
    config = DataConfig(datasets=[str(each) for each in datasets], hold_out=hold_out)
    return open_tiles(config, Processes(0, 1, torch.device("cpu")), Silent())


def test_tiles_of_unknown_place_can_be_learned_from_when_none_are_held_out(
    invented_tiles: Path, tmp_path: Path
) -> None:
    """A hold-out of 0 asked for NAME_tile_info.json all the same."""
    folder = Path(shutil.copytree(invented_tiles, tmp_path / "invented"))
    (folder / "invented_tile_info.json").unlink()
    data = opened(folder, hold_out=0)
    assert (data.train.tolist(), data.held.tolist()) == (list(range(40)), [])
    with pytest.raises(MMEarthError, match="tells where the tiles lie"):
        opened(folder)


def test_a_dataset_that_is_named_twice_is_refused(invented_tiles: Path, tmp_path: Path) -> None:
    """Its tiles were learned from twice without a word."""
    (tmp_path / "link").symlink_to(invented_tiles)
    for again in (invented_tiles, invented_tiles / "invented.h5", tmp_path / "link" / "invented.h5"):
        with pytest.raises(MMEarthError, match=r"invented.* is there twice"):
            opened(invented_tiles, again)
    other = Path(shutil.copytree(invented_tiles, tmp_path / "other"))
    assert len(opened(invented_tiles, other).tiles) == 80


def test_all_images_of_a_place_are_on_one_side(tmp_path: Path) -> None:
    """So that what a second look shows is learned from, and not held out."""
    for name in ("one", "other"):
        write_synthetic_tiles(tmp_path / name, 60, size=16, modalities=["sentinel2"], dates=3)
    data = opened(tmp_path / "one", tmp_path / "other", hold_out=0.3)
    assert len(data.held) > 0 and len(data.train) + len(data.held) == 120
    for side in (data.train, data.held):
        for tile in side.tolist():
            companions = data.tiles.companions(tile).tolist()
            assert len(companions) == 5 and set(companions) <= set(side.tolist())
