"""Which pixels vector features cover: polygons by pixel centre, lines and points by the pixels they run through.

Geometries are in pixel coordinates (column, row). One rule for all that reads pixels under features and needs no groups.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.features import rasterize

from mmearth_core.raster.grid import Grid, Window


def touching(geometries: NDArray[Any], grid: Grid) -> NDArray[np.bool_]:
    """Which geometries reach into the raster; absent, empty and not finite ones do not."""
    finite = np.isfinite(shapely.bounds(geometries)).all(axis=1)
    inside = np.zeros(len(geometries), bool)
    west, south, east, north = shapely.bounds(geometries[finite]).T
    inside[finite] = (east > 0) & (north > 0) & (west < grid.width) & (south < grid.height)
    return inside


def covered(geometries: NDArray[Any], window: Window) -> NDArray[np.bool_]:
    """Mask of a window, shape (height, width): the pixels that any of the geometries covers."""
    shape = (window.height, window.width)
    if not len(geometries):
        return np.zeros(shape, bool)
    burned = rasterize(geometries, shape, transform=Affine.translation(window.col, window.row), dtype="uint8")
    return np.asarray(burned, bool)


def windows_with(geometries: NDArray[Any], windows: Sequence[Window]) -> Iterator[tuple[Window, NDArray[np.intp]]]:
    """The windows that the geometries' boxes touch, in their order, with the indices of those geometries."""
    tree = shapely.STRtree(geometries)
    for window in windows:
        indices = tree.query(shapely.box(window.col, window.row, window.col_end, window.row_end))
        if len(indices):
            yield window, np.sort(indices)
