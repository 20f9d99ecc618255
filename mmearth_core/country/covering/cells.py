"""Which of many overlapping grids makes which ground: every grid its cell, cut in the middle of overlaps.

So that every pixel lies as far from its scene's edge as can be, and neighbours of one zone are cut between the same two
pixels. Grids of neighbouring UTM zones are cut at the meridian between the zones, those of both hemispheres at the
equator. What the cuts leave to nobody, where three and more overlap oddly, `choosing` gives to whoever covers it.
"""

import math
from collections.abc import Sequence
from typing import Any

import shapely

from mmearth_core.country.covering.globe import box_in_degrees, outline, polygons_in, zone_of
from mmearth_core.raster.grid import Grid

Box = tuple[float, float, float, float]


def cells(grids: Sequence[Grid]) -> list[Any]:
    """The cell of every grid, polygons in degrees; no two of them overlap. The grids are of different ground: two whose
    bounds agree are one (`same_ground`)."""
    outlines = [outline(grid) for grid in grids]
    tree = shapely.STRtree(outlines)
    found: list[Any] = []
    for index, grid in enumerate(grids):
        near = [int(other) for other in tree.query(outlines[index], predicate="intersects") if other != index]
        alike = [other for other in near if grids[other].crs == grid.crs]
        crs = grid.crs.to_wkt() if grid.crs is not None else ""
        cell = box_in_degrees(_kept(index, grids, alike), crs)
        for other in near:
            if other not in alike:
                shared = outlines[index].intersection(outlines[other])
                cell = cell.difference(shared.difference(_own_side(grid, grids[other], first=index < other)))
        found.append(polygons_in(cell))
    return found


def narrow(grids: Sequence[Grid], halo: int) -> int:
    """How many pairs of one CRS meet and share less than `halo` pixels on both sides of their cut: what the encoder
    sees there it sees in part, and a seam may show."""
    found = 0
    for system in {str(grid.crs) for grid in grids}:
        those = [grid for grid in grids if str(grid.crs) == system]
        boxes = [shapely.box(*grid.bounds) for grid in those]
        near = shapely.STRtree(boxes).query(boxes, predicate="intersects").T
        for one, other in (pair for pair in near.tolist() if pair[0] < pair[1]):
            bounds = those[one].bounds, those[other].bounds
            shared = _shared(*bounds)
            axis = _axis(*bounds, shared)
            across, along = (shared[side + 2] - shared[side] for side in (axis, 1 - axis))
            found += along > 2 * halo * max(those[one].pixel_size) > across
    return found


def same_ground(one: Grid, other: Grid) -> bool:
    """Whether two grids are dates of one tile: of one CRS, and all but a twentieth of both in common."""
    if one.crs != other.crs:
        return False
    first, second = shapely.box(*one.bounds), shapely.box(*other.bounds)
    shared = first.intersection(second).area
    return bool(shared >= 0.95 * max(first.area, second.area))


def _kept(index: int, grids: Sequence[Grid], near: Sequence[int]) -> Box:
    """What is left of a grid's bounds after a cut with each of those near it; both sides are cut at the same edge of
    pixels, of the first of both."""
    ours = west, south, east, north = grids[index].bounds
    for other in near:
        theirs = grids[other].bounds
        left, low, right, high = shared = _shared(ours, theirs)
        if right <= left or high <= low:
            continue
        axis = _axis(ours, theirs, shared)
        # By its middle, and of equal ones by its place in the list, one is on this side of the cut.
        mine, others = ((box[axis] + box[axis + 2], number) for box, number in ((ours, index), (theirs, other)))
        cut = _between_pixels((left + right) / 2 if axis == 0 else (low + high) / 2, grids[min(index, other)], axis)
        if axis == 0:
            west, east = (west, min(east, cut)) if mine < others else (max(west, cut), east)
        else:
            south, north = (south, min(north, cut)) if mine < others else (max(south, cut), north)
    return west, south, max(west, east), max(south, north)


def _shared(one: Box, other: Box) -> Box:
    """What two boxes have in common; its right is left of its left where they have nothing."""
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def _axis(one: Box, other: Box, shared: Box) -> int:
    """Across which axis two boxes are cut, 0 or 1: where they share the smaller part of the smaller of both, for there
    one goes on where the other ends; of equal ones where less is shared."""
    length = [shared[axis + 2] - shared[axis] for axis in (0, 1)]
    smaller = [min(box[axis + 2] - box[axis] for box in (one, other)) for axis in (0, 1)]
    return min((0, 1), key=lambda axis: (length[axis] / smaller[axis], length[axis]))


def _between_pixels(value: float, grid: Grid, axis: int) -> float:
    """The edge of pixels nearest to a coordinate; halves go up."""
    origin, step = (grid.transform.c, grid.transform.a) if axis == 0 else (grid.transform.f, grid.transform.e)
    return origin + math.floor((value - origin) / abs(step) + 0.5) * abs(step)


def _own_side(grid: Grid, other: Grid, *, first: bool) -> Any:
    """Of what a grid shares with one of another CRS, that which is its own: a box in degrees, or nothing."""
    mine, theirs = zone_of(grid), zone_of(other)
    everything, nothing = shapely.box(-180, -90, 180, 90), shapely.Polygon()
    if mine is None or theirs is None:
        return everything if first else nothing
    if mine[0] == theirs[0]:
        return shapely.box(-180, 0, 180, 90) if mine[1] else shapely.box(-180, -90, 180, 0)
    if (mine[0] - theirs[0]) % 60 not in (1, 59):
        return everything if first else nothing
    eastern = (mine[0] - theirs[0]) % 60 == 1
    border = -180.0 + 6 * ((mine[0] if eastern else theirs[0]) - 1)
    # Zones 60 and 1 meet at the antimeridian: what is near it in the east is the western zone's.
    if border == -180:
        return shapely.box(-180, -90, 0, 90) if eastern else shapely.box(0, -90, 180, 90)
    return shapely.box(border, -90, border + 90, 90) if eastern else shapely.box(border - 90, -90, border, 90)
