"""Which grids show one place, and embeddings on a grid that is not theirs: every pixel takes the nearest one, for
vectors are not to be mixed.

On a grid that is shifted by whole pixels this is a copy.
"""

import math
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.placing import Crossing
from mmearth_core.sources.embedding import Embedding, EmbeddingReader, Stored
from mmearth_core.vectors.reading import in_degrees

#: Shifts smaller than this share of a pixel are roundings.
_ROUNDING = 1e-3
#: What shares so much of the smaller one is of one place.
SHARED = 0.5
#: A side of an extent is told by so many points.
_POINTS = 16


def of_one_place(one: Grid, other: Grid) -> bool:
    """Whether two grids show one place: they share half of the smaller one."""
    first, second = _extent(one), _extent(other)
    return bool(first.intersection(second).area >= SHARED * min(first.area, second.area))


def _extent(grid: Grid) -> Any:
    """The outline of a grid in degrees."""
    box = shapely.segmentize(shapely.box(0, 0, grid.width, grid.height), max(grid.shape) / _POINTS)
    return in_degrees(np.array([box], object), grid)[0]


def union(first: Grid, others: list[Grid]) -> Grid:
    """The smallest grid of the pixels of the first that holds it and all others which lie in its pixels."""
    area = first.window
    for other in others:
        if (shift := whole_shift(first, other)) is not None:
            top, left = min(area.row, shift[0]), min(area.col, shift[1])
            bottom, right = max(area.row_end, shift[0] + other.height), max(area.col_end, shift[1] + other.width)
            area = Window(top, left, bottom - top, right - left)
    return first.crop(area)


def whole_shift(grid: Grid, other: Grid) -> tuple[int, int] | None:
    """(rows, columns) at which another grid begins in the pixels of `grid`; None when it has other pixels."""
    if grid.crs != other.crs:
        return None
    steps = ~grid.transform * other.transform
    spans = np.array([steps.a - 1, steps.b, steps.d, steps.e - 1]) * max(*grid.shape, *other.shape)
    row, col = round(steps.f), round(steps.c)
    if np.abs([*spans, steps.f - row, steps.c - col]).max() > _ROUNDING:
        return None
    return row, col


class AlignedReader:
    """A reader of an embedding on another grid, for one thread; what lies outside has no embedding."""

    def __init__(self, embedding: Embedding, reader: EmbeddingReader, grid: Grid) -> None:
        self._embedding, self._reader = embedding, reader
        self._same = embedding.grid == grid
        self._crossing = Crossing(grid, embedding.grid)

    def read(self, window: Window, shape: tuple[int, int] | None = None) -> tuple[Stored, NDArray[np.bool_]]:
        """Stored numbers (bands, height, width) of a window of the grid, and where there is an embedding."""
        if self._same:
            stored = self._reader.read(window, shape)
            return stored, self._embedding.valid(stored)
        height, width = (window.height, window.width) if shape is None else shape
        down, across = self._crossing.middles(window, (height, width))
        own = self._embedding.grid
        inside = (down >= 0) & (down < own.height) & (across >= 0) & (across < own.width)
        if not inside.any():
            stored = self._reader.read(Window(0, 0, 1, 1))
            return np.zeros((len(stored), height, width), stored.dtype), np.zeros((height, width), np.bool_)
        rows, cols = (np.floor(np.where(inside, each, 0)).astype(np.intp) for each in (down, across))
        top, left = int(rows[inside].min()), int(cols[inside].min())
        source = Window(top, left, int(rows[inside].max()) - top + 1, int(cols[inside].max()) - left + 1)
        coarser = max(1.0, min(window.height / height, window.width / width))
        seen = math.ceil(source.height / coarser), math.ceil(source.width / coarser)
        stored = self._reader.read(source, None if coarser == 1 else seen)
        rows = np.clip((rows - top) * stored.shape[1] // source.height, 0, stored.shape[1] - 1)
        cols = np.clip((cols - left) * stored.shape[2] // source.width, 0, stored.shape[2] - 1)
        stored = stored[:, rows, cols]
        return stored, inside & self._embedding.valid(stored)
