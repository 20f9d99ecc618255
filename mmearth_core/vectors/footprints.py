"""Which pixels geometries have: polygons by pixel centre, lines by touch, points by the pixel they are in.

Geometries are in pixel coordinates (column, row; the first pixel's centre is 0.5, 0.5). The one rule for samples,
reference and similarity. Knows no class, reads no file.
"""

from typing import Any

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.features import rasterize

from mmearth_core.raster.grid import Grid, Window

# Shapely type numbers: points, lines and rings, polygons. Multi-part geometries are taken apart before.
_POINT, _LINEAR, _POLYGONAL = (0,), (1, 2), (3,)
#: Pixels rasterised at once when only their presence is asked.
_STRIP = 1 << 20


def footprint(geometry: Any, cell: Window) -> NDArray[np.bool_]:
    """Which pixels of `cell` the geometry (in pixel coordinates) has."""
    mask = np.zeros((cell.height, cell.width), bool)
    left, top, right, bottom = geometry.bounds
    box = Window(int(top), int(left), int(bottom) - int(top) + 1, int(right) - int(left) + 1).intersection(cell)
    if not box:
        return mask
    parts = shapely.get_parts(shapely.get_parts(geometry))  # twice: a collection may hold multi-part geometries
    kinds = shapely.get_type_id(parts)
    part = np.zeros((box.height, box.width), np.uint8)
    to_box = Affine.translation(box.col, box.row)
    for types, all_touched in ((_POLYGONAL, False), (_LINEAR, True)):
        chosen = parts[np.isin(kinds, types)]
        if len(chosen):
            shapes = [(shape, 1) for shape in chosen]
            part |= rasterize(shapes, part.shape, transform=to_box, all_touched=all_touched, dtype="uint8")
    for point in parts[np.isin(kinds, _POINT)]:
        row, col = int(np.floor(point.y)) - box.row, int(np.floor(point.x)) - box.col
        if 0 <= row < box.height and 0 <= col < box.width:
            part[row, col] = 1
    mask[box.relative_to(cell).slices] = part.astype(bool)
    return mask


def holds_no_centre(geometry: Any) -> bool:
    """Whether an areal geometry is too small or thin for the pixel centre rule."""
    if shapely.get_dimensions(geometry) != 2:
        return False
    left, top, right, bottom = geometry.bounds
    if geometry.area > 2 * (right - left + bottom - top):
        return False
    row, col = int(np.floor(top)), int(np.floor(left))
    window = Window(row, col, int(bottom) - row + 1, int(right) - col + 1)
    strips = window.parts(max(1, _STRIP // window.width), window.width)
    return not any(footprint(geometry, strip).any() for strip in strips)


def repair(geometry: Any) -> Any:
    """A valid geometry that covers the same area; lines and points left over by the repair of a polygon are dropped."""
    valid = shapely.make_valid(geometry)
    if shapely.get_dimensions(geometry) != 2:
        return valid
    parts = shapely.get_parts(shapely.get_parts(valid))
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])


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
