"""Region growing on arrays: how unlike a place every pixel is, and what of it hangs together with the place.

Knows no file and no map. Rasters are (height, width), embeddings (bands, height, width).
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

#: Numbers worked on at a time, as floats: they fit a processor's second-level cache, and are no memory of their own.
_CHUNK = 1 << 18
#: Rows of pixels on each side of the place whose middle stands for it: one pixel alone may be an odd one.
REACH = 1
#: Where the usual tolerance lies between how unlike neighbours are (0) and how unlike the ground around is (1), as
#: logarithms. Chosen by `benchmarks/growing.py` on its tuned half.
BETWEEN = 0.7
#: Of so many rows, and columns, one is looked at for how much neighbours differ.
_EVERY = 3
#: Side of the squares that a region is made of, where it is not a line: what hangs on a thread is something else.
#: Chosen by `benchmarks/growing.py` on its tuned half.
SQUARE = 3


@dataclass(frozen=True, eq=False)
class Region:
    """Pixels that hang together by their sides. `mask` (height, width); of them `filled` are holes that were filled.

    `open_at` says whether the region goes on, or may go on, beyond the ground that was allowed.
    """

    mask: NDArray[np.bool_]
    filled: int
    open_at: bool


@dataclass(frozen=True, eq=False)
class NeighbourSpread:
    """How much bands differ between pixels side by side: sums of squares `total` (bands,) over `pairs`, which add up
    over parts of the ground."""

    total: NDArray[np.float64]
    pairs: int

    @classmethod
    def of(cls, numbers: NDArray[np.float32], valid: NDArray[np.bool_]) -> Self:
        total, pairs = np.zeros(len(numbers)), 0
        rows, cols = slice(None, -1, _EVERY), slice(None, -1, _EVERY)
        below, beside = slice(1, None, _EVERY), slice(1, None, _EVERY)
        for one, other in (((below, cols), (rows, cols)), ((rows, beside), (rows, cols))):
            both = valid[one] & valid[other]
            apart = (numbers[:, *one] - numbers[:, *other])[:, both]
            total += np.einsum("bn,bn->b", apart, apart, dtype=np.float64)
            pairs += int(both.sum())
        return cls(total, pairs)

    def __add__(self, other: "NeighbourSpread") -> "NeighbourSpread":
        return NeighbourSpread(self.total + other.total, self.pairs + other.pairs)

    @cached_property
    def deviation(self) -> NDArray[np.float64]:
        """(bands,): as a standard deviation of one pixel; 1 where a band never differs.

        Half the mean square of the differences between neighbours: the spatial estimate of noise of Green et al. 1988
        (IEEE TGRS 26, 65-74).
        """
        spread = np.sqrt(self.total / max(1, 2 * self.pairs))
        return np.where(spread > 0, spread, 1.0)


def unlikeness(
    numbers: NDArray[np.float32], valid: NDArray[np.bool_], middle: NDArray[np.float32], spread: NDArray[np.float64]
) -> NDArray[np.float32]:
    """How unlike a `middle` (bands,) every pixel is: the root mean square over the bands of the difference, in units of
    `spread` (bands,). Infinite where nothing is valid."""
    weight = (1 / (len(numbers) * np.square(spread))).astype(np.float32)
    flat, found = numbers.reshape(len(numbers), -1), np.empty(valid.size, np.float32)
    chunk = max(1, _CHUNK // len(numbers))
    for start in range(0, valid.size, chunk):
        apart = flat[:, start : start + chunk] - middle[:, None]
        found[start : start + chunk] = weight @ np.square(apart, out=apart)
    return np.where(valid, np.sqrt(found).reshape(valid.shape), np.float32(np.inf))


def around(place: tuple[int, int], reach: int) -> tuple[slice, slice]:
    """The pixels at most `reach` rows and columns away from a place (row, column)."""
    row, col = place
    return np.s_[max(0, row - reach) : row + reach + 1, max(0, col - reach) : col + reach + 1]


class Likeness:
    """What hangs together with a place (row, column), for every tolerance: worked out once, for the turns of a wheel.

    `unlike` is how unlike the place every pixel is. A region consists of squares of `SQUARE` pixels all of which are
    alike, joined by their sides, and of what hangs together with the place before there is such a square at it: so it
    does not leak through threads, and still follows a hedge or a stream. A larger tolerance never gives less.
    """

    def __init__(self, unlike: NDArray[np.float32], place: tuple[int, int]) -> None:
        from scipy import ndimage  # noqa: PLC0415 - slow to load

        unlike = unlike.copy()
        unlike[place] = 0
        self._unlike, self._place = unlike, place
        self._square: NDArray[np.float32] = ndimage.maximum_filter(unlike, SQUARE)
        self._at = around(place, SQUARE // 2)
        self._first_square = float(self._square[self._at].min())

    @cached_property
    def usual_tolerance(self) -> float:
        """The tolerance to begin with: between 1, what neighbours differ by, and the middle of the ground around
        (`BETWEEN`), so that neither the scene nor who made the embedding needs to be known."""
        middle = float(np.median(self._unlike[np.isfinite(self._unlike)]))
        return math.pow(max(1.0, middle), BETWEEN)

    def region(
        self, tolerance: float, *, allowed: NDArray[np.bool_], ends: NDArray[np.bool_], holes: int = 0
    ) -> Region:
        """What is no more unlike than `tolerance`, only where `allowed`; behind the pixels `ends` there is ground, of
        which nothing is known. Holes of at most `holes` pixels are filled."""
        from scipy import ndimage  # noqa: PLC0415

        thin = self._unlike <= tolerance if tolerance < self._first_square else self._unlike < self._first_square
        mask = self._at_place(thin & allowed)
        if tolerance >= self._first_square:
            squares, count = ndimage.label((self._square <= tolerance) & allowed)
            near = np.zeros(count + 1, bool)
            near[squares[self._at]] = True
            near[0] = False
            mask |= ndimage.binary_dilation(near[squares], np.ones((SQUARE, SQUARE), bool)) & allowed
        beyond = (self._unlike <= tolerance) & ~allowed
        open_at = bool((mask & ends).any() or (beyond.any() and (ndimage.binary_dilation(mask) & beyond).any()))
        return _filled(mask, holes, open_at)

    def _at_place(self, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """What of some pixels hangs together with the place, which is always in."""
        from scipy import ndimage  # noqa: PLC0415

        inside[self._place] = True
        parts, _ = ndimage.label(inside)
        return np.asarray(parts == parts[self._place], np.bool_)


def _filled(mask: NDArray[np.bool_], holes: int, open_at: bool) -> Region:
    """A region whose holes of at most `holes` pixels are filled."""
    from scipy import ndimage  # noqa: PLC0415

    if not holes:
        return Region(mask, 0, open_at)
    box = ndimage.find_objects(mask.astype(np.uint8))[0]
    # A rim of one pixel joins all that lies around the region to one part, which is no hole.
    outside, _ = ndimage.label(np.pad(~mask[box], 1, constant_values=True), np.ones((3, 3), bool))
    sizes = np.bincount(outside.ravel())
    small = (sizes <= holes) & (np.arange(len(sizes)) > 0)
    small[outside[0, 0]] = False
    hole = small[outside][1:-1, 1:-1]
    mask[box] |= hole
    return Region(mask, int(hole.sum()), open_at)
