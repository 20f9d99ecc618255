"""The hectares of a report: right on the ellipsoid, right in Web Mercator, plain in UTM."""

import numpy as np
import pyproj
import pytest
import rasterio
from affine import Affine
from rasterio.crs import CRS

from mmearth_core.errors import Cancelled, MMEarthError
from mmearth_core.maps.areas import measure_classes, pixel_areas, value_names
from mmearth_core.maps.class_map import ClassMap, new_map
from mmearth_core.maps.legend import Legend
from mmearth_core.progress import CancelToken, Silent
from mmearth_core.raster.grid import Grid


def write_map(path, values, *, crs="EPSG:32630", transform=None, nodata=0):
    transform = transform or Affine(10, 0, 500_000, 0, -10, 5_800_000)
    height, width = values.shape
    with rasterio.open(
        path, "w", driver="GTiff", height=height, width=width, count=1, dtype=values.dtype, nodata=nodata,
        crs=crs, transform=transform,
    ) as dataset:  # fmt: skip
        dataset.write(values, 1)
    return ClassMap.open(path)


def geodesic_area(grid: Grid, row: int) -> float:
    """Area of the middle pixel of a row from its four corners, by the geodesic polygon of pyproj."""
    col = grid.width // 2
    corners = [grid.transform * c for c in ((col, row), (col + 1, row), (col + 1, row + 1), (col, row + 1))]
    crs = pyproj.CRS.from_wkt(grid.crs.to_wkt())
    lon, lat = pyproj.Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True).transform(*zip(*corners, strict=True))
    return abs(crs.get_geod().polygon_area_perimeter(lon, lat)[0])


@pytest.mark.parametrize(
    ("crs", "transform"),
    [
        ("EPSG:4326", Affine(0.01, 0, 10, 0, -0.01, 60)),
        ("EPSG:4326", Affine(0.01, 0.004, 10, 0.003, -0.01, -35)),
        ("EPSG:3857", Affine(100, 0, 1_000_000, 0, -100, 8_400_000)),
    ],
)
def test_pixel_areas_are_those_on_the_ellipsoid(crs, transform):
    grid = Grid(200, 101, transform, CRS.from_string(crs))
    areas = pixel_areas(grid)
    for row in (0, 57, 199):
        assert areas[row] == pytest.approx(geodesic_area(grid, row), rel=2e-5)


def test_metric_projections_keep_their_plain_pixel_area():
    utm = Grid(5, 4, Affine(10, 0, 500_000, 0, -10, 5_800_000), CRS.from_epsg(32630))
    assert pixel_areas(utm).tolist() == [100.0] * 5
    feet = Grid(2, 2, Affine(10, 0, 2_000_000, 0, -10, 600_000), CRS.from_epsg(2263))
    assert pixel_areas(feet)[0] == pytest.approx(100 * 0.3048006096**2, rel=1e-6)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint32"])
def test_counts_and_hectares_equal_a_slow_count(tmp_path, dtype):
    rng = np.random.default_rng(1)
    values = rng.integers(0, 5, (1100, 130)).astype(dtype) * 3
    transform = Affine(0.001, 0, 5, 0, -0.001, 55)
    class_map = write_map(tmp_path / "map.tif", values, crs="EPSG:4326", transform=transform)
    measured = measure_classes(class_map, progress=Silent(), cancel=CancelToken())
    areas = np.repeat(pixel_areas(class_map.grid)[:, None], 130, axis=1)
    assert measured.pixels == {v: int((values == v).sum()) for v in (3, 6, 9, 12)}
    assert measured.hectares == pytest.approx({v: areas[values == v].sum() / 1e4 for v in (3, 6, 9, 12)})


def test_fingerprint_tells_maps_apart(tmp_path):
    values = np.ones((20, 20), np.uint8)
    first = measure_classes(write_map(tmp_path / "a.tif", values), progress=Silent(), cancel=CancelToken())
    same = measure_classes(write_map(tmp_path / "b.tif", values), progress=Silent(), cancel=CancelToken())
    moved = write_map(tmp_path / "c.tif", values, transform=Affine(10, 0, 0, 0, -10, 0))
    values[3, 4] = 2
    changed = write_map(tmp_path / "d.tif", values)
    assert first.digest == same.digest
    assert (
        len(
            {
                first.digest,
                *(measure_classes(m, progress=Silent(), cancel=CancelToken()).digest for m in (moved, changed)),
            }
        )
        == 3
    )


def test_maps_without_classes_are_refused_with_a_sentence(tmp_path):
    empty = write_map(tmp_path / "empty.tif", np.zeros((9, 9), np.uint8))
    with pytest.raises(MMEarthError, match="no-data only"):
        measure_classes(empty, progress=Silent(), cancel=CancelToken())
    with pytest.raises(MMEarthError, match="no map of classes"):
        write_map(tmp_path / "identifiers.tif", np.arange(400, dtype=np.int32).reshape(20, 20) * 1000)
    nowhere = write_map(tmp_path / "nowhere.tif", np.ones((9, 9), np.uint8), crs=None)
    with pytest.raises(MMEarthError, match="no coordinate reference system"):
        measure_classes(nowhere, progress=Silent(), cancel=CancelToken())


def test_cancel_stops_the_count(tmp_path):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        measure_classes(write_map(tmp_path / "m.tif", np.ones((9, 9), np.uint8)), progress=Silent(), cancel=token)


def test_values_without_a_name_are_called_by_their_number(tmp_path):
    class_map = write_map(tmp_path / "m.tif", np.array([[1, 7, 255]], np.uint8))
    assert value_names(class_map, [1, 7, 255]) == {1: "1", 7: "7", 255: "255"}


def test_our_maps_call_255_unknown(tmp_path):
    grid = Grid(2, 2, Affine(10, 0, 500_000, 0, -10, 5_800_000), CRS.from_epsg(32630))
    with new_map(tmp_path / "m.tif", Legend.numbered(["sea", "land"]), grid, tags={}, unknown=True) as dataset:
        dataset.write(np.array([[1, 1], [1, 255]], np.uint8), 1)
    assert value_names(ClassMap.open(tmp_path / "m.tif"), [1, 255]) == {1: "sea", 2: "land", 255: "unknown"}
