"""Pictures show the right bands in the right colours, and nothing where there is no data."""

import numpy as np
import pytest
from affine import Affine
from rasterio.crs import CRS
from rasterio.io import MemoryFile

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import Grid
from mmearth_core.raster.pictures import composite, paletted, ramp, true_colour
from mmearth_core.raster.writer import new_geotiff

RAMP = ((0, 34, 78), (124, 123, 120), (254, 232, 56))

GRID = Grid(60, 90, Affine(10, 0, 500_000, 0, -10, 5_000_000), CRS.from_epsg(32632))


def write(path, values, **options):
    with new_geotiff(path, GRID, count=len(values), dtype=values.dtype.name, **options) as dataset:
        dataset.write(values)
    return path


def decoded(picture):
    """RGBA (4, height, width) as another program reads the PNG."""
    with MemoryFile(picture.png) as memory, memory.open() as dataset:
        assert (dataset.width, dataset.height) == (picture.width, picture.height)
        data = dataset.read()
        if dataset.count == 1:
            table = np.array([dataset.colormap(1)[value] for value in range(256)], np.uint8)
            data = np.moveaxis(table[data[0]], -1, 0)
        return data


@pytest.fixture
def gradient():
    across = np.broadcast_to(np.linspace(100, 3000, GRID.width), GRID.shape)
    return np.rint(across).astype(np.uint16)


def test_true_colour_finds_bands_by_name(tmp_path, gradient):
    flat = np.full_like(gradient, 500)
    # The red band, third in the file, is the only one that varies.
    path = write(tmp_path / "s.tif", np.stack([flat, flat, gradient]), nodata=0, descriptions=["B03", "B02", "B04"])
    red, green, blue, alpha = decoded(true_colour(path)).astype(int)
    assert (alpha == 255).all()
    assert (np.diff(red.mean(0)) >= 0).all()
    assert np.ptp(red) == 255
    assert np.ptp(green) == np.ptp(blue) == 0


def test_true_colour_keeps_hues(tmp_path, gradient):
    values = np.stack([gradient // 3, gradient // 2, gradient])
    path = write(tmp_path / "s.tif", values, nodata=0, descriptions=["B02", "B03", "B04"])
    red, _, blue, _ = decoded(true_colour(path)).astype(int)
    assert red[:, -1].mean() > 1.5 * blue[:, -1].mean(), "each band stretched by itself would make it grey"


def test_nodata_is_transparent(tmp_path, gradient):
    values = np.stack([gradient] * 3)
    values[:, :20] = 0
    path = write(tmp_path / "s.tif", values, nodata=0, descriptions=["B02", "B03", "B04"])
    alpha = decoded(true_colour(path))[3]
    assert (alpha[:20] == 0).all()
    assert (alpha[20:] == 255).all()
    assert (decoded(ramp(path, RAMP, low=0, high=3000))[3] == alpha).all()


def test_all_nodata_makes_an_empty_picture():
    picture = composite(np.zeros((3, *GRID.shape), np.float32), np.zeros(GRID.shape, bool), GRID.shape)
    assert (decoded(picture) == 0).all()


def test_map_has_exactly_its_colours(tmp_path):
    values = np.tile(np.array([0, 1, 2, 9, 255] * 18, np.uint8), (1, GRID.height, 1))
    path = write(tmp_path / "m.tif", values, nodata=0)
    shown = decoded(paletted(path, {1: (10, 20, 30), 2: (200, 100, 0), 255: (64, 64, 64)}))
    assert shown[:, 0, :5].T.tolist() == [
        [0, 0, 0, 0],
        [10, 20, 30, 255],
        [200, 100, 0, 255],
        [0, 0, 0, 0],
        [64, 64, 64, 255],
    ]


def test_ramp_decodes_scale_and_offset(tmp_path):
    values = np.tile(np.linspace(1, 255, GRID.width).round().astype(np.uint8), (1, GRID.height, 1))
    path = write(tmp_path / "c.tif", values, nodata=0, scales=[1 / 254], offsets=[-1 / 254])
    shown = decoded(ramp(path, RAMP, low=0, high=1))
    assert tuple(shown[:3, 0, 0]) == RAMP[0]
    assert tuple(shown[:3, 0, -1]) == RAMP[-1]


def test_large_raster_becomes_a_small_picture(tmp_path, gradient):
    path = write(tmp_path / "s.tif", np.stack([gradient] * 3), nodata=0, descriptions=["B02", "B03", "B04"])
    picture = true_colour(path, longest=30)
    assert (picture.width, picture.height) == (30, 20)
    assert (picture.raster_width, picture.raster_height) == (90, 60)
    assert decoded(picture).shape == (4, 20, 30)


def test_missing_raster_is_a_clear_error(tmp_path):
    with pytest.raises(MMEarthError, match=r"absent\.tif does not exist; give a raster"):
        true_colour(tmp_path / "absent.tif")
