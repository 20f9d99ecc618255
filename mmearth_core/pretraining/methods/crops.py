"""Where on its tile an image lies, and which patches of two such images show the same ground. Geometry only."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmearth_core.pretraining.methods.image_changes import resampled

#: How much of the smaller of two patches both must show to be of the same ground.
_SHARED = 0.5


@dataclass(frozen=True)
class Crop:
    """The square of `extent` pixels of a tile that begins at `row`, `column`, as an image of `size` pixels, turned by
    `turns` quarters against the clock and then mirrored left to right if `mirrored`."""

    row: int
    column: int
    extent: int
    size: int
    turns: int = 0
    mirrored: bool = False

    def of(self, array: NDArray[Any], stride: int = 1) -> NDArray[Any]:
        """The image of arrays of a whole tile, (…, height/stride, width/stride), of whose cells it shows whole ones; of
        other than its own `extent`, float32 of stride 1 only."""
        top, left, side = self.row // stride, self.column // stride, self.extent // stride
        cut = array[..., top : top + side, left : left + side]
        return np.ascontiguousarray(self._turned(cut if self.extent == self.size else resampled(cut, self.size)))

    def partners(self, other: "Crop", patch: int) -> NDArray[np.int64]:
        """For each patch of this image the number of that of the `other` which it covers most.

        (size / patch, size / patch) int64; patches of `patch` pixels are numbered by row and column as they are shown.
        −1 where there is none, or where less than half of the smaller of the two is on the ground of both.
        """
        grid = self.size // patch
        rows, shared_rows = _most(self.row, self.extent, other.row, other.extent, grid)
        columns, shared_columns = _most(self.column, self.extent, other.column, other.extent, grid)
        shown = np.empty(grid * grid, np.int64)
        shown[other._turned(np.arange(grid * grid).reshape(grid, grid)).ravel()] = np.arange(grid * grid)
        found = shown[rows[:, None] * grid + columns]
        smaller = (min(self.extent, other.extent) / grid) ** 2
        enough = shared_rows[:, None] * shared_columns >= _SHARED * smaller * (1 - 1e-9)
        return np.ascontiguousarray(self._turned(np.where(enough, found, -1)))

    def _turned(self, array: NDArray[Any]) -> NDArray[Any]:
        turned = np.rot90(array, self.turns, (-2, -1))
        return turned[..., ::-1] if self.mirrored else turned


def _most(begin: int, extent: int, other: int, other_extent: int, grid: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """For each of `grid` equal parts of a line that of another line which it covers most, and how much of it, in
    pixels: both (grid,)."""
    ours, theirs = (
        start + np.arange(grid) * length / grid for start, length in ((begin, extent), (other, other_extent))
    )
    ends = np.minimum(ours[:, None] + extent / grid, theirs + other_extent / grid)
    shared = np.clip(ends - np.maximum(ours[:, None], theirs), 0, None)
    best = shared.argmax(1)
    return best, shared[np.arange(grid), best]
