"""Features of a vector file against a raster, where no groups are needed: which reach it, which pixels they cover.

Geometries are in pixel coordinates; what one covers is told by `labelling.footprints`, as when samples are read.
"""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from mmearth_core.labelling.footprints import footprint, holds_no_centre, repair
from mmearth_core.raster.grid import Grid, Window


def touching(geometries: NDArray[Any], grid: Grid) -> NDArray[np.bool_]:
    """Which geometries reach into the raster; absent, empty and not finite ones do not."""
    finite = np.isfinite(shapely.bounds(geometries)).all(axis=1)
    inside = np.zeros(len(geometries), bool)
    inside[finite] = shapely.intersects(
        shapely.envelope(geometries[finite]), shapely.box(0, 0, grid.width, grid.height)
    )
    return inside


def ready(geometries: NDArray[Any]) -> NDArray[Any]:
    """The geometries as they are compared, one for one: invalid ones repaired (what has no area becomes empty), and a
    point for one too small to hold a pixel's centre, which stands for the pixel it is in.
    """
    made = geometries.copy()
    for i, valid in enumerate(shapely.is_valid(geometries)):
        made[i] = geometries[i] if valid else repair(geometries[i])
        if not made[i].is_empty and holds_no_centre(made[i]):
            made[i] = shapely.point_on_surface(made[i])
    return made


def covered(geometries: NDArray[Any], window: Window) -> NDArray[np.bool_]:
    """Mask of a window, shape (height, width): the pixels that any of the geometries covers."""
    mask = np.zeros((window.height, window.width), bool)
    for geometry in geometries:
        mask |= footprint(geometry, window)
    return mask


def members(tree: shapely.STRtree, window: Window) -> NDArray[np.intp]:
    """Indices, ascending, of a tree's geometries whose boxes reach into a window."""
    found: NDArray[np.intp] = tree.query(shapely.box(window.col, window.row, window.col_end, window.row_end))
    return np.sort(found)
