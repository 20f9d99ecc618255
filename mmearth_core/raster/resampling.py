"""Bringing 20 m and 60 m bands onto the 10 m grid: bilinear, by an integer factor, the same in any window.

Every output pixel is computed from the same four inputs in the same order of operations, so a window equals the crop
of the whole bit by bit. Invalid inputs never mix into valid ones.
"""

from collections.abc import Iterator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Pixel = TypeVar("Pixel", bound=np.generic)


def support(start: int, stop: int, factor: int) -> tuple[int, int]:
    """The coarse pixels [first, last) that the fine pixels [start, stop) depend on; may leave the raster by one.

    Pixel edges coincide: fine pixel i has its centre at (i + 0.5) / factor in coarse pixels.
    """
    if factor == 1:
        return start, stop
    return (2 * start + 1 - factor) // (2 * factor), (2 * stop - 1 - factor) // (2 * factor) + 2


def upsample(
    values: NDArray[np.float32],
    valid: NDArray[np.bool_],
    *,
    factor: int,
    rows: tuple[int, int],
    cols: tuple[int, int],
) -> NDArray[np.float32]:
    """Fine pixels `rows` × `cols` (half-open, in fine pixels) from the coarse window that `support` gives for them.

    `values` and `valid` are (bands, height, width) of the coarse window; coarse pixels outside the raster are passed as
    invalid. Bilinear weights are renormalised over the valid neighbours. Inside an invalid coarse pixel nothing is
    interpolated: its value stands there as it is.
    """
    if factor == 1:
        return values
    first_row, first_col = support(*rows, factor)[0], support(*cols, factor)[0]

    def fine(coarse: NDArray[np.float32]) -> NDArray[np.float32]:
        return _along(_along(coarse, 1, factor, rows, first_row), 2, factor, cols, first_col)

    if valid.all():
        return fine(values)
    out = fine(np.where(valid, values, np.float32(0)))
    # Most often the same pixels are invalid in all bands.
    shared = valid[:1] if (valid == valid[:1]).all() else valid
    inside = nearest(shared, factor=factor, rows=rows, cols=cols)
    # Where all neighbours are valid the share is exactly 1 (see `_phases`), so this changes nothing there.
    np.divide(out, fine(shared.astype(np.float32)), out=out, where=inside)
    np.copyto(out, nearest(values, factor=factor, rows=rows, cols=cols), where=~inside)
    return out


def nearest(values: NDArray[Pixel], *, factor: int, rows: tuple[int, int], cols: tuple[int, int]) -> NDArray[Pixel]:
    """As `upsample`, without interpolation: the value of the coarse pixel that contains the fine one."""
    first_row, first_col = support(*rows, factor)[0], support(*cols, factor)[0]
    row, col = np.arange(*rows) // factor - first_row, np.arange(*cols) // factor - first_col
    return values[:, row[:, None], col]


def _along(
    values: NDArray[np.float32], axis: int, factor: int, span: tuple[int, int], first: int
) -> NDArray[np.float32]:
    """Linear interpolation along one axis of a (bands, rows, columns) array."""
    shape = list(values.shape)
    shape[axis] = span[1] - span[0]
    out = np.empty(shape, np.float32)
    for phase, shift, near, far in _phases(factor):
        start = span[0] + (phase - span[0]) % factor
        count = len(range(start, span[1], factor))
        if count:
            low = (start - phase) // factor + shift - first
            target, lower, upper = ([slice(None)] * 3 for _ in range(3))
            target[axis] = slice(start - span[0], None, factor)
            lower[axis], upper[axis] = slice(low, low + count), slice(low + 1, low + 1 + count)
            part = values[tuple(lower)] * near
            part += values[tuple(upper)] * far
            out[tuple(target)] = part
    return out


def _phases(factor: int) -> Iterator[tuple[int, int, np.float32, np.float32]]:
    """(position in the coarse pixel, shift of the lower neighbour, its weight, the upper one's weight).

    The two float32 weights add up to exactly 1.
    """
    for phase in range(factor):
        position = (phase + 0.5) / factor - 0.5
        shift = -1 if position < 0 else 0
        far = np.float32(position - shift)
        yield phase, shift, np.float32(1) - far, far
