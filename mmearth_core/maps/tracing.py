"""The outlines of areas of one code in a raster file, strip by strip: what is finished is given away, not kept."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.features import shapes

from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import Window

#: Rows of a strip.
ROWS = 512


def traced(path: Path, cancel: CancelToken) -> Iterator[tuple[Any, int]]:
    """(polygon in pixel coordinates (column, row), code) of every connected area (by sides) of equal codes above 0."""
    open_areas: dict[int, list[Any]] = {}
    code_of: dict[int, int] = {}
    following = 0
    with rasterio.open(path) as dataset:
        above = np.full(dataset.width, -1, np.int64)  # the open area over each column
        for strip in Window(0, 0, dataset.height, dataset.width).parts(ROWS, dataset.width):
            cancel.check()
            polygons, codes = _of_strip(dataset.read(1, window=strip.ranges), strip.row)
            top, bottom = (_touching(polygons, row, dataset.width) for row in (strip.row, strip.row_end))
            area = np.arange(following, following + len(polygons), dtype=np.int64)
            following += len(polygons)
            joined: dict[int, int] = {}
            for index, code in enumerate(codes.tolist()):
                open_areas[int(area[index])], code_of[int(area[index])] = [polygons[index]], code
            meet = (above >= 0) & (top >= 0)
            for upper, lower in np.unique(np.column_stack([above[meet], top[meet]]), axis=0).tolist():
                one, other = _root(joined, upper), _root(joined, int(area[lower]))
                if one != other and code_of[one] == code_of[other]:
                    open_areas[one] += open_areas.pop(other)
                    joined[other] = one
            roots = np.array([_root(joined, number) for number in area.tolist()], np.int64)
            above = np.where(bottom >= 0, roots[bottom] if len(roots) else -1, -1)
            staying = set(above.tolist())
            for number in [each for each in open_areas if each not in staying]:
                yield _merged(open_areas.pop(number)), code_of[number]
            code_of = {number: code_of[number] for number in open_areas}
    for number, parts in open_areas.items():
        yield _merged(parts), code_of[number]


def _of_strip(codes: NDArray[Any], first_row: int) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """The polygons of a strip, and their codes."""
    found, values = [], []
    moved = Affine.translation(0, first_row)
    for geometry, code in shapes(codes, mask=codes > 0, connectivity=4, transform=moved):
        rings = [np.asarray(ring, np.float64) for ring in geometry["coordinates"]]
        found.append(shapely.Polygon(rings[0], rings[1:]))
        values.append(int(code))
    return np.array(found, object), np.array(values, np.int64)


def _touching(polygons: NDArray[Any], row: int, width: int) -> NDArray[np.int64]:
    """(width,) the index of the polygon that has a side on the upper edge of `row`, in each column; −1 where none."""
    owner = np.full(width, -1, np.int64)
    bounds = shapely.bounds(polygons) if len(polygons) else np.zeros((0, 4))
    for index in np.flatnonzero((bounds[:, 1] == row) | (bounds[:, 3] == row)).tolist():
        points = shapely.get_coordinates(polygons[index].exterior)
        on = (points[:-1, 1] == row) & (points[1:, 1] == row)
        for start, end in zip(points[:-1][on, 0].tolist(), points[1:][on, 0].tolist(), strict=True):
            owner[int(min(start, end)) : int(max(start, end))] = index
    return owner


def _root(joined: dict[int, int], number: int) -> int:
    while number in joined:
        number = joined[number]
    return number


def _merged(parts: list[Any]) -> Any:
    """One polygon of parts that share sides, without points within a side."""
    if len(parts) == 1:
        return parts[0]
    return shapely.simplify(shapely.normalize(shapely.union_all(parts)), 0)
