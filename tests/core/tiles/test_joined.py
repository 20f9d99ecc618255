"""Datasets taken as one: tiles numbered through, statistics of all, what one lacks is missing."""

from pathlib import Path

import numpy as np
import pytest

from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import MODALITIES, valid
from mmearth_core.tiles.joined import JoinedTiles, pooled
from mmearth_core.tiles.reader import TileFile
from mmearth_core.tiles.statistics import DatasetStatistics, dataset_statistics
from mmearth_core.tiles.synthetic import make_tile, write_synthetic_tiles
from mmearth_core.tiles.writer import TileWriter


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[TileFile]:
    """Six tiles with everything, three without radar and classes."""
    folder = tmp_path_factory.mktemp("joined")
    write_synthetic_tiles(folder / "whole", 6, size=16)
    write_synthetic_tiles(folder / "poor", 3, size=16, seed=1, modalities=["sentinel2", "aster", "lat"])
    return [TileFile(folder / name) for name in ("whole", "poor")]


def test_tiles_are_numbered_through(files: list[TileFile]) -> None:
    joined = JoinedTiles(files)
    assert len(joined) == 9
    assert list(joined.modalities.items()) == list(MODALITIES.items())
    assert np.array_equal(joined.lonlat, np.concatenate([files[0].lonlat, files[1].lonlat]))
    for number, (file, own) in {0: (0, 0), 5: (0, 5), 6: (1, 0), 8: (1, 2)}.items():
        expected = files[file].read(own, ["sentinel2", "aster"])
        found = joined.read(number, ["sentinel2", "aster"])
        assert all(np.array_equal(found[name], expected[name]) for name in expected)
        assert joined.level(number) == files[file].level(own)


def test_what_a_dataset_lacks_has_no_value(files: list[TileFile]) -> None:
    found = JoinedTiles(files).read(7, ["sentinel2", "sentinel1", "esa_worldcover"])
    assert list(found) == ["sentinel2", "sentinel1", "esa_worldcover"]
    assert not valid(MODALITIES["sentinel1"], found["sentinel1"]).any()
    assert not found["esa_worldcover"].any()
    assert found["sentinel1"].dtype == np.float32


def test_statistics_are_those_of_all_tiles_together(files: list[TileFile]) -> None:
    a, b = (DatasetStatistics({"lat": (np.float32([m, 0]), np.float32([s, 1]))}) for m, s in ((1.0, 2.0), (4.0, 1.0)))
    mean, std = pooled(files, [a, b]).values["lat"]
    values = np.repeat([-1.0, 3.0, 3.0, 5.0], [6, 6, 3, 3])  # mean 1 and spread 2 twelve times, 4 and 1 six times
    assert mean[0] == pytest.approx(values.mean())
    assert std[0] == pytest.approx(values.std())
    together = pooled(files, [dataset_statistics(file) for file in files])
    assert set(together.values) == set(dataset_statistics(files[0]).values)
    assert all(np.isfinite(part).all() for pair in together.values.values() for part in pair)


def test_a_modality_that_most_tiles_of_a_dataset_lack_counts_by_its_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two tiles with elevation among eight counted as much as eight."""
    for name, height, known in (("low", 100, 8), ("high", 900, 2)):
        with TileWriter(tmp_path / name, 16, ["sentinel2", "aster"]) as writer:
            for number in range(8):
                raw, info = make_tile(np.random.default_rng(number), size=16)
                elevation = np.full((2, 16, 16), height if number < known else -32768, np.int16)
                elevation[1] = 5 if name == "low" else -32768  # no slope is known of the high ones
                writer.append(str(number), {"sentinel2": raw["sentinel2"], "aster": elevation}, info)
            writer.finish()
    files = [TileFile(tmp_path / name) for name in ("low", "high")]

    def together() -> np.ndarray:
        statistics = [dataset_statistics(file, own_sentinel2=True) for file in files]
        return np.array(pooled(files, statistics).values["aster"])

    expected = np.array([[260, 5], [320, 1]])
    assert together() == pytest.approx(expected, rel=1e-4)
    for file in files:
        file.beside("band_stats").unlink()
    assert together() == pytest.approx(expected, rel=1e-4), "as measured from the tiles"
    for file in files:
        file.beside("statistics").unlink()
    monkeypatch.setattr("mmearth_core.tiles.statistics.SAMPLE", 2)
    assert together()[0, 1] == pytest.approx(5)
    assert dataset_statistics(files[0]).counts["aster"].tolist() == [8 * 256] * 2, "of all tiles, not of those measured"


def test_tiles_of_different_sizes_are_refused(files: list[TileFile], tmp_path: Path) -> None:
    write_synthetic_tiles(tmp_path / "large", 1, size=24)
    with pytest.raises(MMEarthError, match="tiles of 16, 24 pixels"):
        JoinedTiles([*files, TileFile(tmp_path / "large")])
