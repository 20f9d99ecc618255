"""An area of interest given as polygons: the window that holds it and which pixels lie inside."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import Transformer
from rasterio.features import geometry_mask

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import Grid, Window


@dataclass(frozen=True)
class AreaOfInterest:
    """Polygons in the CRS of a grid, which may overlap. `window`: the pixels of the grid that hold them."""

    geometry: shapely.GeometryCollection
    grid: Grid
    window: Window

    def inside(self, window: Window) -> NDArray[np.bool_]:
        """(height, width) of a window: whether a pixel's centre lies in the area."""
        grid = self.grid.crop(window)
        parts = shapely.get_parts(self.geometry)
        inside: NDArray[np.bool_] = geometry_mask(parts, grid.shape, grid.transform, invert=True)
        return inside


def read_area(path: str | Path, grid: Grid) -> AreaOfInterest:
    """The polygons of a vector file (first layer, any CRS) over a grid.

    Raises `MMEarthError` when the file cannot be read, has no CRS or no polygons, or lies outside the grid.
    """
    try:
        metadata, _, wkb, _ = pyogrio.raw.read(path, columns=[])
    except (DataSourceError, DataLayerError) as error:
        raise MMEarthError(f"{path} is no vector file that can be read; `aoi` takes a polygon layer.") from error
    if not metadata["crs"]:
        raise MMEarthError(f"{path} has no coordinate reference system; assign one and try again.")
    # Not their union: GEOS 3.14 loses polygons in it whose edges nearly lie on each other's.
    parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(shapely.from_wkb(wkb))))
    area = shapely.geometrycollections(parts[shapely.area(parts) > 0])
    if area.is_empty:
        raise MMEarthError(f"{path} holds no polygons; `aoi` takes a polygon layer.")
    to_grid = Transformer.from_crs(metadata["crs"], grid.crs, always_xy=True)
    area = shapely.transform(area, lambda points: np.column_stack(to_grid.transform(points[:, 0], points[:, 1])))
    corners = shapely.get_coordinates(area)
    window = None
    if np.isfinite(corners).all():
        cols, rows = ~grid.transform * corners.T
        top, left = int(np.floor(rows.min())), int(np.floor(cols.min()))
        window = Window(top, left, int(np.ceil(rows.max())) - top, int(np.ceil(cols.max())) - left)
        window = window.intersection(grid.window)
    if not window:
        raise MMEarthError(f"{path} lies outside the scene; check its coordinate reference system.")
    return AreaOfInterest(area, grid, window)
