"""Outlines on the globe: of grids and areas, in degrees of WGS 84, and how large they are."""

from functools import cache
from typing import Any

import numpy as np
import pyproj
import shapely
from pyproj.exceptions import CRSError

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import Grid

#: Straight lines of a map are bent on another: they are followed in steps of so many metres, or degrees (their sagitta
#: is then below a centimetre).
_STEP, _ANGLE = 500.0, 0.005
#: Half the width of a sliver, in degrees (0.1 m).
_SLIVER = 1e-6
_GLOBE = pyproj.Geod(ellps="WGS84")
WGS84 = "OGC:CRS84"


def outline(grid: Grid) -> Any:
    """What a grid covers, as polygon in degrees; in two parts where it crosses the antimeridian. Raises `MMEarthError`
    when the grid has no place on Earth."""
    if grid.crs is None:
        raise MMEarthError(
            "A scene without a coordinate reference system has no place; assign it: gdal_edit.py -a_srs."
        )
    return box_in_degrees(grid.bounds, grid.crs.to_wkt())


def box_in_degrees(box: tuple[float, float, float, float], crs: str) -> Any:
    """A box of some CRS in degrees. Its sides are followed at the same places as those of every other box of the CRS,
    so that neighbours have their border in common. What spans more than half the globe goes the other way round."""
    west, south, east, north = box
    if west >= east or south >= north:
        return shapely.Polygon()
    step = _step_in(crs)
    xs, ys = (_stops(low, high, step) for low, high in ((west, east), (south, north)))
    corners = [*((x, south) for x in xs), *((east, y) for y in ys[1:]), *((x, north) for x in xs[-2::-1])]
    ring = [*corners, *((west, y) for y in ys[-2:0:-1])]
    return _moved(shapely.Polygon(ring), crs)


def in_degrees(shape: Any, crs: str) -> Any:
    """A shape of some CRS (WKT or code) in degrees, as `box_in_degrees`."""
    return _moved(shapely.segmentize(shape, _step_in(crs)), crs)


def on_map(shape: Any, crs: str) -> Any:
    """A shape in degrees in some CRS (WKT or code)."""
    bent = shapely.segmentize(shape, _ANGLE)
    return shapely.transform(bent, lambda xy: np.column_stack(_transformer(WGS84, crs).transform(*xy.T)))


def square_kilometres(shape: Any) -> float:
    """The area of a polygon in degrees, on the ellipsoid."""
    parts = shapely.get_parts(shape)
    return sum(abs(_GLOBE.geometry_area_perimeter(part)[0]) for part in parts if part.geom_type == "Polygon") / 1e6


def polygons_in(shape: Any) -> Any:
    """The polygons of a shape. What cutting leaves of lines, points and slivers a hand wide is nothing to embed."""
    parts = shapely.get_parts(shapely.get_parts(shape))  # twice: a collection may hold multi-part shapes
    parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    return shapely.union_all(parts[~shapely.is_empty(shapely.buffer(parts, -_SLIVER))])


def zone_of(grid: Grid) -> tuple[int, bool] | None:
    """UTM zone and whether it is the northern one; None of other systems."""
    code = None if grid.crs is None else grid.crs.to_epsg()
    if code is None or not (32601 <= code <= 32660 or 32701 <= code <= 32760):
        return None
    return code % 100, code < 32700


@cache
def _step_in(crs: str) -> float:
    """The step by which lines are followed, in the units of a CRS."""
    system = pyproj.CRS(crs)
    return float(_STEP / system.axis_info[0].unit_conversion_factor) if system.is_projected else _ANGLE


def _moved(shape: Any, crs: str) -> Any:
    moved = shapely.transform(shape, lambda xy: np.column_stack(_transformer(crs, WGS84).transform(*xy.T)))
    west, _, east, _ = shapely.bounds(moved)
    return moved if east - west <= 180 else _unwrapped(moved)


def _stops(low: float, high: float, step: float) -> list[float]:
    """Both ends, and the multiples of a step between them."""
    between = np.arange(np.floor(low / step) + 1, np.ceil(high / step)) * step
    return [low, *between.tolist(), high]


@cache
def _transformer(source: str, target: str) -> pyproj.Transformer:
    try:
        return pyproj.Transformer.from_crs(source, target, always_xy=True)
    except CRSError as error:
        raise MMEarthError(f"{source[:60]} is no coordinate reference system that is known; assign another.") from error


def _unwrapped(shape: Any) -> Any:
    """A shape across the antimeridian, cut there: the part beyond 180° comes back in the west."""
    moved = shapely.transform(shape, lambda xy: np.where([True, False], xy + 360 * (xy < 0), xy))
    here, there = (moved.intersection(shapely.box(*box)) for box in ((0, -90, 180, 90), (180, -90, 360, 90)))
    return here.union(shapely.transform(there, lambda xy: xy - [360, 0]))
