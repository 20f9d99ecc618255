"""Longitudes are equal modulo 360: geometries are turned to the side where a raster lies."""

import math
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from mmearth_core.raster.grid import Grid


def turn_of(crs: pyproj.CRS) -> float | None:
    """A whole turn in the units of a geographic CRS; None for other CRS."""
    return 2 * math.pi / crs.axis_info[0].unit_conversion_factor if crs.is_geographic else None


def turned(geometries: NDArray[Any], grid: Grid) -> NDArray[Any]:
    """Geometries in the grid's CRS (None where absent), turned to its side as wholes.

    One that is wider than half a turn is taken apart: its parts are turned one by one, and a part whose corners jump
    by more than half a turn, but less than a whole one, runs across the antimeridian.
    """
    turn = turn_of(pyproj.CRS.from_user_input(grid.crs))
    if turn is None:
        return geometries
    middle = _middle(grid)
    west, _, east, _ = shapely.bounds(geometries).T
    shift = turn * np.round((middle - (west + east) / 2) / turn)
    made = geometries.copy()
    plain = np.isfinite(shift) & (shift != 0) & (east - west <= turn / 2)
    if plain.any():
        made[plain] = _shifted(geometries[plain], shift[plain])
    for index in np.flatnonzero(np.isfinite(shift) & (east - west > turn / 2)):
        parts = [_part_near(part, middle, turn) for part in shapely.get_parts(shapely.get_parts(geometries[index]))]
        made[index] = parts[0] if len(parts) == 1 else shapely.GeometryCollection(parts)
    return made


def _middle(grid: Grid) -> float:
    west, _, east, _ = grid.bounds
    return (west + east) / 2


def _shifted(geometries: NDArray[Any], by: NDArray[np.float64]) -> NDArray[Any]:
    coordinates, index = shapely.get_coordinates(geometries, return_index=True)
    coordinates[:, 0] += by[index]
    moved: NDArray[Any] = shapely.set_coordinates(geometries.copy(), coordinates)
    return moved


def _part_near(part: Any, middle: float, turn: float) -> Any:
    west, _, east, _ = part.bounds
    if east - west > turn / 2:
        x = shapely.get_coordinates(part)[:, 0]
        jump = np.abs(np.diff(x)).max(initial=0.0)
        if turn / 2 < jump < turn * (1 - 1e-9):
            return shapely.transform(part, lambda xy: np.column_stack([_wrapped(xy[:, 0], middle, turn), xy[:, 1]]))
        return part
    return _shifted(np.array([part], object), np.array([turn * round((middle - (west + east) / 2) / turn)]))[0]


def _wrapped(x: NDArray[np.float64], middle: float, turn: float) -> NDArray[np.float64]:
    return x + turn * np.round((middle - x) / turn)
