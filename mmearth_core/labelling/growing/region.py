"""Region growing on arrays: how unlike a place every pixel is, and what of it hangs together with the place.

Knows no file and no map. Rasters are (height, width), embeddings (bands, height, width).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Pixels worked on at a time: their numbers as floats fit a processor's second-level cache.
_CHUNK = 4096
#: Rows of pixels on each side of the place whose middle stands for it: one pixel alone may be an odd one.
REACH = 1
#: Where the usual tolerance lies between how unlike neighbours are (0) and how unlike the ground around is (1), as
#: logarithms. Chosen by `benchmarks/growing.py` on its tuned half.
BETWEEN = 0.7
#: Of so many rows, and columns, one is looked at for how much neighbours differ.
_EVERY = 3


@dataclass(frozen=True, eq=False)
class Region:
    """Pixels that hang together by their sides. `mask` (height, width); of them `filled` are holes that were filled.

    `open_at` says whether the region goes on, or may go on, beyond the ground that was allowed.
    """

    mask: NDArray[np.bool_]
    filled: int
    open_at: bool


def neighbour_spread(numbers: NDArray[np.float32], valid: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(bands,): how much a band differs between two pixels side by side, as a standard deviation of one pixel.

    Half the mean square of the differences between neighbours: the spatial estimate of noise of Green et al. 1988
    (IEEE TGRS 26, 65-74). A band that never differs gets 1.
    """
    total, pairs = np.zeros(len(numbers)), 0
    rows, cols = slice(None, -1, _EVERY), slice(None, -1, _EVERY)
    below, beside = slice(1, None, _EVERY), slice(1, None, _EVERY)
    for one, other in (((below, cols), (rows, cols)), ((rows, beside), (rows, cols))):
        both = valid[one] & valid[other]
        apart = (numbers[:, *one] - numbers[:, *other])[:, both]
        total += np.einsum("bn,bn->b", apart, apart, dtype=np.float64)
        pairs += int(both.sum())
    spread = np.sqrt(total / max(1, 2 * pairs))
    return np.where(spread > 0, spread, 1.0)


def unlikeness(
    numbers: NDArray[np.float32], valid: NDArray[np.bool_], place: tuple[int, int], spread: NDArray[np.float64]
) -> NDArray[np.float32]:
    """How unlike a place (row, column) every pixel is: the root mean square over the bands of the difference, in units
    of `spread`. 0 at the place itself, infinite where nothing is valid.

    The place is the median of the pixels within `REACH` of it.
    """
    row, col = place
    near = np.s_[max(0, row - REACH) : row + REACH + 1, max(0, col - REACH) : col + REACH + 1]
    around = numbers[:, *near][:, valid[near]]
    middle = np.median(around, axis=1).astype(np.float32)[:, None]
    weight = (1 / (len(numbers) * np.square(spread))).astype(np.float32)
    flat, found = numbers.reshape(len(numbers), -1), np.empty(valid.size, np.float32)
    for start in range(0, valid.size, _CHUNK):
        apart = flat[:, start : start + _CHUNK] - middle
        found[start : start + _CHUNK] = weight @ np.square(apart, out=apart)
    found = np.where(valid, np.sqrt(found).reshape(valid.shape), np.float32(np.inf))
    found[place] = 0
    return found


def usual_tolerance(unlike: NDArray[np.float32]) -> float:
    """The tolerance to begin with at a place: between 1, what neighbours differ by, and the middle of the ground around
    (`BETWEEN`), so that neither the scene nor who made the embedding needs to be known."""
    known = unlike[np.isfinite(unlike)]
    middle = float(np.median(known))
    return math.pow(max(1.0, middle), BETWEEN)


def grown(
    unlike: NDArray[np.float32],
    place: tuple[int, int],
    tolerance: float,
    *,
    allowed: NDArray[np.bool_],
    ends: NDArray[np.bool_],
    holes: int = 0,
) -> Region:
    """The pixels no more unlike than `tolerance` that hang together with a place (row, column), by sides.

    Only where `allowed`; `ends` are pixels behind which nothing is known though there is ground. A larger tolerance
    never gives less. Holes of at most `holes` pixels are filled.
    """
    from scipy import ndimage  # noqa: PLC0415 - slow to load

    alike = unlike <= tolerance
    inside = alike & allowed
    inside[place] = True
    parts, _ = ndimage.label(inside)
    mask = np.asarray(parts == parts[place], np.bool_)
    beyond = alike & ~allowed
    open_at = bool((mask & ends).any() or (beyond.any() and (ndimage.binary_dilation(mask) & beyond).any()))
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
