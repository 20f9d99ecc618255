"""What a user is told of a file that is missing, no raster, or damaged: which one, what is wrong and what to do."""

import threading
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import Grid
from mmearth_core.raster.opening import CACHE_BYTES, opened, reading, room_in_cache, stored_together

TRANSFORM = Affine(10, 0, 500_000, 0, -10, 5_800_000)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    shape = {"count": 1, "height": 40, "width": 30, "dtype": "uint8"}
    with rasterio.open(tmp_path / "r.tif", "w", driver="GTiff", crs="EPSG:32630", transform=TRANSFORM, **shape) as new:
        new.write(np.arange(1200, dtype=np.uint8).reshape(1, 40, 30))
    return tmp_path / "r.tif"


@pytest.mark.parametrize("kind", [str, Path])
def test_a_raster_opens_and_has_its_grid(path, kind):
    with opened(kind(path), wanted="a map") as dataset:
        assert Grid.of(dataset) == Grid(40, 30, TRANSFORM, rasterio.CRS.from_epsg(32630))
    assert dataset.closed


def test_what_is_missing_or_no_raster_is_told_with_what_is_wanted(tmp_path):
    (tmp_path / "text.tif").write_text("no raster")
    for name, wrong in (("absent.tif", "does not exist"), ("text.tif", r"cannot be read as a raster \(.+\)")):
        sentence = rf"{name} {wrong}; give a map\.$"
        with pytest.raises(MMEarthError, match=sentence), opened(tmp_path / name, wanted="a map"):
            pytest.fail("it was opened")


def test_a_damaged_raster_is_told_with_its_remedy(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) - 600])
    told = pytest.raises(MMEarthError, match=r"r\.tif is damaged \(.+\); mend it\.$")
    with told, opened(path, wanted="a map") as dataset, reading(path, "mend it"):
        dataset.read()
    assert dataset.closed


@pytest.mark.parametrize("dtype", ["complex64", "complex_int16"])
def test_complex_numbers_are_nothing_that_is_read(tmp_path, dtype):
    shape = {"count": 1, "height": 40, "width": 30, "dtype": dtype, "crs": "EPSG:32630", "transform": TRANSFORM}
    with rasterio.open(tmp_path / "c.tif", "w", driver="GTiff", **shape) as new:
        new.write(np.ones((1, 40, 30), np.complex64))
    told = pytest.raises(MMEarthError, match=r"c\.tif holds complex numbers, as radar images do; give a map\.$")
    with told, opened(tmp_path / "c.tif", wanted="a map"):
        pytest.fail("it was opened")


@pytest.mark.parametrize(("interleave", "bands"), [("pixel", 6), ("band", 1)])
def test_bands_that_lie_side_by_side_are_stored_together(tmp_path, interleave, bands):
    shape = {"count": 6, "height": 64, "width": 96, "dtype": "uint16", "crs": "EPSG:32630", "transform": TRANSFORM}
    blocks = {"tiled": True, "blockxsize": 32, "blockysize": 16, "interleave": interleave}
    with rasterio.open(tmp_path / "r.tif", "w", driver="GTiff", **shape, **blocks) as new:
        new.write(np.ones((6, 64, 96), np.uint16))
    with opened(tmp_path / "r.tif", wanted="a map") as dataset:
        assert stored_together(dataset) == 32 * 16 * 2 * bands


def test_blocks_that_do_not_fit_into_the_cache_together_are_read_one_after_the_other():
    large, small, done = int(0.6 * CACHE_BYTES), int(0.2 * CACHE_BYTES), []

    def read(name, size):
        with room_in_cache(size):
            done.append(name)

    with room_in_cache(large):
        others = [threading.Thread(target=read, args=each) for each in (("small", small), ("large", large))]
        for each in others:
            each.start()
        others[0].join(5)
        others[1].join(0.1)
        assert done == ["small"] and others[1].is_alive()
    others[1].join(5)
    assert done == ["small", "large"]
    read("larger than the cache", 2 * CACHE_BYTES)
    with pytest.raises(ZeroDivisionError), room_in_cache(large):
        1 / 0  # noqa: B018
    read("after an error", large)
    assert len(done) == 4
