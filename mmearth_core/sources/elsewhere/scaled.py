"""Embeddings stored as whole numbers with one scale for each pixel: what is read of them are their values.

A pixel whose scale is no finite number (water, no data) has none.
"""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mmearth_core.raster.grid import Grid, Window
from mmearth_core.sources.elsewhere.laws import Linear

#: Rows or columns of an array: a range, or one by one.
Along = slice | NDArray[np.intp]
#: Of rows and columns: whole numbers (bands, height, width), and scales (height, width) or (bands, height, width).
Slab = Callable[[Along, Along], tuple[NDArray[np.int8], NDArray[np.float32]]]


@dataclass(frozen=True, eq=False)
class ScaledEmbedding:
    """Arrays on disk that are an embedding: an instance of `sources.embedding.Embedding`.

    `facts`: what else is worth telling.
    """

    path: Path
    grid: Grid
    identity: str
    name: str
    bands: tuple[str, ...]
    slab: Slab
    facts: Mapping[str, Any]
    block: tuple[int, int] = (1, 1)
    unit_norm: bool = False
    halo: int | None = None

    @property
    def linear(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        return Linear.of(len(self.bands)).linear

    def decode(self, stored: NDArray[Any]) -> NDArray[np.float32]:
        """The same numbers: what is read are values."""
        return stored.astype(np.float32, copy=False)

    def valid(self, stored: NDArray[Any]) -> NDArray[np.bool_]:
        """Where there is an embedding, of what a reader gave."""
        there: NDArray[np.bool_] = stored[0] != 0
        doubtful = ~there
        there[doubtful] = stored[:, doubtful].any(axis=0)
        return there

    def reader(self) -> nullcontext[Self]:
        """Itself, which holds nothing open."""
        return nullcontext(self)

    def read(self, window: Window, shape: tuple[int, int] | None = None) -> NDArray[np.float32]:
        """Values of a window, (bands, height, width), 0 in every band where there is no embedding; with `shape`,
        decimated (nearest) to it."""
        rows, cols = window.slices
        if shape is None:
            numbers, scales = self.slab(rows, cols)
        else:
            numbers, scales = self.slab(_nearest(rows, shape[0]), _nearest(cols, shape[1]))
        there = np.isfinite(scales)
        values = numbers.astype(np.float32)
        values *= np.where(there, scales, np.float32(0))
        if scales.ndim == len(numbers.shape):
            values[:, ~there.all(axis=0)] = 0
        return values


def _nearest(along: slice, count: int) -> NDArray[np.intp]:
    """The pixels in the middle of `count` equal parts of a range."""
    step = (along.stop - along.start) / count
    middles: NDArray[np.intp] = along.start + ((np.arange(count) + 0.5) * step).astype(np.intp)
    return middles
