"""An area of interest given as polygons: the window that holds it and which pixels lie inside."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import geometry_mask

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.ground.rule import grown
from mmearth_core.vectors.reading import in_crs_of, read_vector


@dataclass(frozen=True)
class AreaOfInterest:
    """Polygons in the CRS of a grid, which may overlap. `window`: the pixels of the grid that hold them; `beyond`: the
    share of their area that lies outside of the grid (polygons that lie there as a whole not counted)."""

    geometry: shapely.GeometryCollection
    grid: Grid
    window: Window
    beyond: float

    def inside(self, window: Window, margin: int = 0) -> NDArray[np.bool_]:
        """(height, width) of a window: whether a pixel's centre lies in the area, or that of one which is at most
        `margin` rows and columns away."""
        wider = window.padded(margin)
        grid = self.grid.crop(wider)
        parts = shapely.get_parts(self.geometry)
        inside: NDArray[np.bool_] = geometry_mask(parts, grid.shape, grid.transform, invert=True)
        return grown(inside, margin)[window.relative_to(wider).slices]


def read_area(path: str | Path, grid: Grid) -> AreaOfInterest:
    """The polygons of a vector file (its only layer, any CRS) over a grid.

    Raises `MMEarthError` when the file cannot be read, has no CRS or no polygons, or lies outside the grid.
    """
    layer = read_vector(path, within=grid)
    # Not their union: GEOS 3.14 loses polygons in it whose edges nearly lie on each other's.
    made = shapely.make_valid(layer.geometries)
    parts = shapely.get_parts(shapely.get_parts(made[~shapely.is_missing(made)]))
    parts = parts[shapely.area(parts) > 0]
    if not len(parts):
        raise MMEarthError(f"{path} holds no polygons; give a polygon layer for `aoi`.")
    placed = in_crs_of(replace(layer, geometries=parts), grid)
    placed = placed[np.isfinite(shapely.bounds(placed)).all(axis=1)]
    area = shapely.geometrycollections(shapely.get_parts(placed))
    corners = shapely.get_coordinates(area)
    window = None
    if len(corners):
        cols, rows = ~grid.transform * corners.T
        top, left = int(np.floor(rows.min())), int(np.floor(cols.min()))
        window = Window(top, left, int(np.ceil(rows.max())) - top, int(np.ceil(cols.max())) - left)
        window = window.intersection(grid.window)
    if not window:
        raise MMEarthError(f"{path} lies outside the scene; check its coordinate reference system.")
    outline = shapely.Polygon(
        [grid.transform * at for at in ((0, 0), (grid.width, 0), grid.shape[::-1], (0, grid.height))]
    )
    whole = shapely.make_valid(shapely.get_parts(area))
    within = shapely.area(shapely.intersection(whole, outline)).sum()
    beyond = 1 - float(within / shapely.area(whole).sum())
    return AreaOfInterest(area, grid, window, beyond)
