"""The pixels of an area are those of its polygons, however they lie to each other."""

from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from affine import Affine
from rasterio.crs import CRS

from mmearth_core.demonstration.geometry import split
from mmearth_core.raster.grid import Grid
from mmearth_core.vectors.aoi import read_area

GRID = Grid(160, 160, Affine(10, 0, 0, 0, -10, 1600), CRS.from_epsg(32630))


def inside(path: Path, shapes: list[shapely.Geometry | None]) -> np.ndarray:
    pyogrio.raw.write(path, shapely.to_wkb(shapes), [], [], geometry_type="Unknown", crs="EPSG:32630", driver="GPKG")
    return read_area(path, GRID).inside(GRID.window)


def test_parcels_that_touch_are_all_in(tmp_path: Path) -> None:
    """Of these GEOS 3.14 makes a union that lacks an eighth."""
    rng = np.random.default_rng(6097)
    block = shapely.convex_hull(shapely.multipoints(rng.uniform(0, 1500, (8, 2))))
    parcels = inside(tmp_path / "parcels.gpkg", split(rng, block, 4e4))
    whole = inside(tmp_path / "whole.gpkg", [block])
    assert whole.sum() > 5000
    assert np.sum(parcels != whole) <= 2  # pixels whose centre lies on an edge


def test_overlapping_and_crossed_polygons_count_once_and_lines_not_at_all(tmp_path: Path) -> None:
    one, other = shapely.box(100, 100, 500, 500), shapely.box(300, 300, 700, 700)
    bow = shapely.Polygon([(800, 100), (1000, 300), (1000, 100), (800, 300)])
    several = shapely.GeometryCollection(
        [shapely.MultiPolygon([shapely.box(900, 900, 1000, 1000)]), shapely.Point(5, 5)]
    )
    line = shapely.LineString([(0, 1500), (1500, 1500)])
    found = inside(tmp_path / "odd.gpkg", [one, None, other, bow, several, line])
    assert found.sum() == pytest.approx((4 * 4 + 4 * 4 - 2 * 2 + 2 + 1) * 100, abs=25)
    assert found[160 - 40, 40]  # where the two overlap
    assert not found[9].any()
