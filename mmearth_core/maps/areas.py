"""How much of the ground each class of a map covers: pixel areas and one streaming count. Never holds the map in
memory."""

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from mmearth_core.errors import MMEarthError
from mmearth_core.maps.class_map import ClassMap
from mmearth_core.maps.conventions import UNKNOWN
from mmearth_core.maps.foreign_legend import tally
from mmearth_core.progress import CancelToken, Progress
from mmearth_core.raster.grid import Grid, Window

#: A projection whose areas are wrong by more than this share anywhere (Web Mercator, say) is corrected row by row.
AREA_TOLERANCE = 0.01


@dataclass(frozen=True)
class ClassAreas:
    """Pixels and hectares of each class value present on a map, in ascending order of value, and the map's
    fingerprint."""

    pixels: dict[int, int]
    hectares: dict[int, float]
    digest: str


def pixel_areas(grid: Grid) -> NDArray[np.float64]:
    """Ground area in m² of a pixel of each row, shape (height,); taken at the middle of the row.

    Geographic CRS: on the ellipsoid. Projected CRS: the plain area in the CRS, unless that is off by more than
    `AREA_TOLERANCE` in some row; then on the ellipsoid too. Raises `ValueError` when the grid has no CRS.
    """
    if grid.crs is None:
        raise ValueError("the grid has no CRS")
    on_ellipsoid = _ellipsoidal_areas(grid)
    if grid.crs.is_geographic:
        return on_ellipsoid
    plain = abs(grid.transform.determinant) * float(grid.crs.linear_units_factor[1]) ** 2
    distorted = np.isfinite(on_ellipsoid).all() and np.abs(plain / on_ellipsoid - 1).max() > AREA_TOLERANCE
    return on_ellipsoid if distorted else np.full(grid.height, plain)


def pixel_polygon_areas(polygons: NDArray[Any], row_areas: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ground area in m² of polygons (n,) in pixel coordinates whose sides run along pixels, shape (n,).

    The same as the sum of `row_areas` (those of `pixel_areas`) over their pixels: by Green's theorem a horizontal side
    adds its length times the area above it, a vertical one nothing.
    """
    above = np.concatenate([[0.0], np.cumsum(row_areas)])
    rings, of_polygon = shapely.get_rings(polygons, return_index=True)
    points, of_ring = shapely.get_coordinates(rings, return_index=True)
    within = of_ring[1:] == of_ring[:-1]
    side = np.where(within, np.diff(points[:, 0]) * above[np.rint(points[:-1, 1]).astype(np.intp)], 0.0)
    areas = np.abs(np.bincount(of_ring[:-1], weights=side, minlength=len(rings)))
    first = np.concatenate([[True], of_polygon[1:] != of_polygon[:-1]])  # the outer ring; the others are holes
    return np.bincount(of_polygon, np.where(first, areas, -areas), len(polygons)).astype(np.float64)


def pixel_side(grid: Grid) -> float:
    """Side in metres of a square as large as the pixel on the ground in the middle of the grid."""
    return math.sqrt(pixel_areas(grid.crop(Window(grid.height // 2, 0, 1, grid.width)))[0])


def _ellipsoidal_areas(grid: Grid) -> NDArray[np.float64]:
    """Area element M·N·cos φ dφ dλ (M and N the radii of curvature in the meridian and the prime vertical) of a pixel
    of each row; dφ and dλ are central differences across the pixel. Not finite where the projection has no inverse.
    """
    crs = CRS.from_wkt(grid.crs.to_wkt())
    geographic = crs.geodetic_crs or CRS.from_epsg(4326)
    geod = geographic.get_geod()
    if geod is None:
        raise ValueError("the CRS has no ellipsoid")
    to_degrees = Transformer.from_crs(crs, geographic, always_xy=True)
    col, row = grid.width / 2, np.arange(grid.height) + 0.5

    def position(d_col: float, d_row: float) -> NDArray[np.float64]:
        at: Any = col + d_col, row + d_row
        return np.radians(to_degrees.transform(*(grid.transform * at)))

    along, down = position(0.5, 0) - position(-0.5, 0), position(0, 0.5) - position(0, -0.5)
    along[0], down[0] = (np.remainder(step[0] + np.pi, 2 * np.pi) - np.pi for step in (along, down))  # antimeridian
    latitude = position(0, 0)[1]
    radii = geod.a**2 * (1 - geod.es) / (1 - geod.es * np.sin(latitude) ** 2) ** 2
    return np.asarray(np.abs(along[0] * down[1] - along[1] * down[0]) * radii * np.cos(latitude), np.float64)


class AreaTally:
    """Pixels and square metres of every value of a map that comes in blocks."""

    def __init__(self, grid: Grid) -> None:
        self.pixels: dict[int, int] = {}
        self.square_metres: dict[int, float] = {}
        self._of_row = pixel_areas(grid)
        self._alike = bool((self._of_row == self._of_row[0]).all())

    def add(self, values: NDArray[Any], first_row: int) -> None:
        """Count integers (height, width) of rows from `first_row` on."""
        if self._alike:
            self._count(values.ravel(), float(self._of_row[0]))
            return
        # Row by row: a pixel's area changes with latitude.
        for row, line in enumerate(values, start=first_row):
            self._count(line, float(self._of_row[row]))

    def _count(self, values: NDArray[Any], area: float) -> None:
        for value, number in zip(*(each.tolist() for each in tally(values)), strict=True):
            self.pixels[value] = self.pixels.get(value, 0) + number
            self.square_metres[value] = self.square_metres.get(value, 0.0) + number * area


def value_names(class_map: ClassMap, present: Iterable[int]) -> dict[int, str]:
    """Names of the values in the legend and of those `present`: ours of 255 is `ClassMap.unknown`, others are their
    number."""
    names = {value: str(value) for value in present}
    if UNKNOWN in names and class_map.ours:
        names[UNKNOWN] = class_map.unknown
    return names | {c.value: c.name for c in class_map.legend.classes}


def measure_classes(
    class_map: ClassMap,
    *,
    blocks: Iterable[tuple[Window, NDArray[Any]]] | None = None,
    progress: Progress,
    cancel: CancelToken,
) -> ClassAreas:
    """Count the pixels and the hectares of every class in one pass; no-data is left out.

    `blocks` are those of the map when they are not `ClassMap.blocks` as they are.
    Raises `MMEarthError` when the map has no CRS, holds no class at all or values that are no classes.
    """
    if class_map.grid.crs is None:
        raise MMEarthError(f"{class_map.path} has no coordinate reference system; assign one first.")
    tallied = AreaTally(class_map.grid)
    fingerprint = hashlib.sha256(repr((class_map.grid.shape, tuple(class_map.grid.transform))).encode())
    progress.start("Measuring the map's classes", class_map.grid.pixels, "px")
    for window, values in class_map.blocks() if blocks is None else blocks:
        cancel.check()
        fingerprint.update(np.ascontiguousarray(values).tobytes())
        tallied.add(values, window.row)
        progress.advance(window.pixels)
    progress.finish()
    present = sorted(value for value in tallied.pixels if value != class_map.nodata)
    if not present:
        raise MMEarthError(
            f"{class_map.path} holds no-data only: there is no class to work with; give a map with classes."
        )
    return ClassAreas(
        pixels={value: tallied.pixels[value] for value in present},
        hectares={value: tallied.square_metres[value] / 10_000 for value in present},
        digest=fingerprint.hexdigest()[:16],
    )
