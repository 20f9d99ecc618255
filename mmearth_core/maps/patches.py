"""Patches of a raster of codes: pixels of one code that touch by a side or a corner, found strip by strip.

By corners too, so that a river of one pixel's width that runs slantwise is one patch. Of the pixels nothing is kept, of
every patch its code and size: who goes over the strips again finds the same patches.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.progress import CancelToken, Progress
from mmearth_core.raster.grid import Window

#: Rows of a strip.
_ROWS = 256
#: Most patches there may be, for their sizes are held in memory, some 200 bytes each.
_MOST = 10_000_000

Codes = NDArray[Any]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Patches:
    """The patches of a raster: `code` and `size` (the sum of what its pixels count), each (patches,).

    `_patch_of` is the patch of every part, a patch within one strip, and `_first` the number of a strip's first part.
    """

    code: Numbers
    size: NDArray[np.float64]
    pixels: Numbers
    _patch_of: NDArray[np.int32]
    _first: Numbers

    def of_strip(self, number: int, codes: Codes) -> Numbers:
        """The patch of every pixel (height, width) of a strip of `strips`, given its codes."""
        found: Numbers = self._patch_of[self._first[number] + _parts(codes)].astype(np.int64)
        return found


def strips(draft: Path, cancel: CancelToken, progress: Progress) -> Iterator[tuple[Window, Codes]]:
    """The raster from top to bottom: (window, codes (height, width))."""
    with rasterio.open(draft) as dataset:
        for strip in Window(0, 0, dataset.height, dataset.width).parts(_ROWS, dataset.width):
            cancel.check()
            yield strip, dataset.read(1, window=strip.ranges)
            progress.advance(strip.pixels)


def find_patches(draft: Path, row_areas: NDArray[np.float64], cancel: CancelToken, progress: Progress) -> Patches:
    """All patches of a raster, code 0 included; a pixel counts as `row_areas` (height,) says.

    Raises `MMEarthError` when there are more than memory holds.
    """
    codes_of, sizes, pixels, first, meetings = [], [], [], [], []
    above: tuple[Codes, Numbers] | None = None
    following = 0
    for strip, codes in strips(draft, cancel, progress):
        parts = _parts(codes)
        count = int(parts.max()) + 1
        weights = np.repeat(row_areas[strip.row : strip.row_end], strip.width)
        flat = parts.ravel()
        code = np.zeros(count, codes.dtype)
        code[flat] = codes.ravel()
        codes_of.append(code)
        sizes.append(np.bincount(flat, weights, count))
        pixels.append(np.bincount(flat, minlength=count))
        first.append(following)
        parts += following
        following += count
        if following > _MOST:
            raise MMEarthError(
                f"The map has more than {_MOST / 1e6:.0f} million separate areas; smooth it first (majority) or cut it."
            )
        if above is not None:
            meetings.append(_meetings(np.stack([above[0], codes[0]]), np.stack([above[1], parts[0]])))
        above = codes[-1].copy(), parts[-1].copy()
    touching = np.concatenate(meetings, axis=1) if meetings else np.zeros((2, 0), np.int64)
    number, patch_of = _joined(following, touching)
    code = np.zeros(number, np.int64)
    code[patch_of] = np.concatenate(codes_of)
    return Patches(
        code=code,
        size=np.bincount(patch_of, np.concatenate(sizes), number).astype(np.float64),
        pixels=np.bincount(patch_of, np.concatenate(pixels), number).astype(np.int64),
        _patch_of=patch_of,
        _first=np.array(first, np.int64),
    )


def shared_borders(
    patches: Patches, of: NDArray[np.bool_], draft: Path, cancel: CancelToken, progress: Progress
) -> tuple[Numbers, Numbers, Numbers]:
    """(patch, its neighbour, pixel sides between them), each (pairs,), for patches where `of` (patches,) is true."""
    found: list[tuple[Numbers, Numbers]] = []
    number = len(patches.code)
    above: Numbers | None = None
    for index, (_, codes) in enumerate(strips(draft, cancel, progress)):
        patch = patches.of_strip(index, codes)
        pairs = [(patch[:, :-1], patch[:, 1:]), (patch[:-1], patch[1:])]
        pairs += [] if above is None else [(above, patch[0])]
        above = patch[-1].copy()
        keys = []
        for one, other in pairs:
            beside = (one != other) & (of[one] | of[other])
            here, there = one[beside], other[beside]
            keys += [(here * number + there)[of[here]], (there * number + here)[of[there]]]
        found.append(np.unique(np.concatenate(keys), return_counts=True))
    keys_found, place = np.unique(np.concatenate([key for key, _ in found]), return_inverse=True)
    sides = np.bincount(place, np.concatenate([count for _, count in found]), len(keys_found)).astype(np.int64)
    return keys_found // number, keys_found % number, sides


def _parts(codes: Codes) -> Numbers:
    """The patches within one array, numbered from 0: (height, width)."""
    begins = np.ones(codes.shape, bool)
    begins[:, 1:] = codes[:, 1:] != codes[:, :-1]
    # Runs of a row first, for there are fewer of them than pixels.
    runs = (np.cumsum(begins.ravel()) - 1).reshape(codes.shape)
    _, part_of = _joined(int(runs[-1, -1]) + 1, _meetings(codes, runs))
    parts: Numbers = part_of[runs].astype(np.int64)
    return parts


def _meetings(codes: Codes, numbers: Numbers) -> Numbers:
    """(2, pairs): the numbers (height, width) of pixels of one code that touch those of the row below."""
    upper, lower = codes[:-1], codes[1:]
    above, below = numbers[:-1], numbers[1:]
    # Of sides between two runs the first one will do.
    first = np.ones(upper.shape, bool)
    first[:, 1:] = (above[:, 1:] != above[:, :-1]) | (below[:, 1:] != below[:, :-1])
    side = (upper == lower) & first
    # Corners matter only where no side joins the two.
    falling = (upper[:, :-1] == lower[:, 1:]) & (upper[:, 1:] != lower[:, 1:]) & (lower[:, :-1] != lower[:, 1:])
    rising = (upper[:, 1:] == lower[:, :-1]) & (upper[:, :-1] != lower[:, :-1]) & (lower[:, 1:] != lower[:, :-1])
    return np.stack(
        [
            np.concatenate([above[side], above[:, :-1][falling], above[:, 1:][rising]]),
            np.concatenate([below[side], below[:, 1:][falling], below[:, :-1][rising]]),
        ]
    )


def _joined(number: int, touching: Numbers) -> tuple[int, NDArray[np.int32]]:
    """How many there are when those that touch (2, pairs) are one, and which one each is."""
    from scipy.sparse import coo_array  # noqa: PLC0415 - slow to load, and only where patches are looked for
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    ones = np.ones(touching.shape[1], np.bool_)
    # Older versions of scipy count in 32 bits only, and go wrong without an error otherwise.
    rows, columns = touching.astype(np.int32)
    count, which = connected_components(coo_array((ones, (rows, columns)), (number, number)), directed=False)
    return int(count), which
