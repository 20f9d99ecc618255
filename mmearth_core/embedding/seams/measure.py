"""The same places computed in different tiles: how far apart the vectors are, by the distance to a tile's edge.

What a halo of h leaves of a tile lies h pixels and more inside of it. So the differences found at least that far inside
are those that any two tilings with this halo can have.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from mmearth_core.embedding.arrays import embed_pixels
from mmearth_core.embedding.backends import Backend

#: A place as large as a tile and half a tile more.
Place = tuple[NDArray[np.float32], NDArray[np.bool_]]


@dataclass(frozen=True)
class Layout:
    """Tiles over one place: `side` of a tile, and the `step` by which the four at the corners are off the middle one.

    `whole`: whether the place is computed as one tile too.
    """

    side: int
    step: int
    patch: int
    whole: bool

    @property
    def place(self) -> int:
        """Side of a place."""
        return self.side + 2 * self.step

    @property
    def tiles(self) -> tuple[tuple[int, int, int], ...]:
        """(row, column, side) of each, the one first with which all are compared."""
        a, s = 2 * self.step, self.side
        corners = [(row, col, s) for row in (0, a) for col in (0, a)]
        middle = (self.step, self.step, s)
        return ((0, 0, self.place), middle, *corners) if self.whole else (middle, *corners)


def layout_for(runner: Backend, largest: int) -> Layout | None:
    """Tiles for an encoder, on places no larger than `largest`; None when no useful ones fit.

    Of the side it was made for; of ours, twice what they can see and a bit, so that every halo is measured.
    """
    header = runner.header
    patch = header.patch
    wanted = header.side or 2 * (header.architecture.exact_halo or 0) + _INNER
    side = wanted // patch * patch
    if not (header.fixed or header.tile_dependent):
        side = min(side, largest * 2 // 3 // patch * patch)
    step = max(patch, side // 4 // patch * patch)
    layout = Layout(side, step, patch, whole=not header.fixed and not header.tile_dependent)
    return layout if layout.place <= largest and side >= 2 * patch else None


#: Pixels of a tile of ours that nothing outside can reach.
_INNER = 64


@dataclass
class Differences:
    """What was found, by the distance to the edge in cells of `patch` pixels: of each pixel the largest difference over
    the bands, in quantisation steps and in standard deviations of the band. `worst`: (steps, row, column, band)."""

    layout: Layout
    steps: list[list[NDArray[np.float32]]] = field(default_factory=list)
    deviations: list[list[NDArray[np.float32]]] = field(default_factory=list)
    worst: tuple[float, int, int, int] = (-1.0, 0, 0, 0)

    def at(self, cell: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(steps, deviations) of the pixels in one distance."""
        return _joined(self.steps[cell]), _joined(self.deviations[cell])

    def from_on(self, cell: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(steps, deviations) of the pixels at this distance and farther inside."""
        return _joined([*chain(*self.steps[cell:])]), _joined([*chain(*self.deviations[cell:])])


def _joined(parts: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.concatenate(parts) if parts else np.empty(0, np.float32)


@dataclass
class Pace:
    """Seconds of a pixel of input: the fastest tile's."""

    seconds_per_pixel: float = np.inf


def computed(runner: Backend, place: Place, layout: Layout, pace: Pace) -> Iterator[NDArray[np.float32]]:
    """The vectors (D, side, side) of each tile over a place, in the layout's order."""
    pixels = place[0]
    for row, col, side in layout.tiles:
        part = np.ascontiguousarray(pixels[None, :, row : row + side, col : col + side])
        began = time.monotonic()
        values = embed_pixels(runner, part)[0]
        pace.seconds_per_pixel = min(pace.seconds_per_pixel, (time.monotonic() - began) / side**2)
        yield values[:, :side, :side]


def compare(
    found: Differences,
    tiles: Sequence[NDArray[np.float32]],
    ground: NDArray[np.bool_],
    steps: NDArray[np.float32],
    deviations: NDArray[np.float32],
) -> None:
    """Add the differences of all tiles over a place to the first one, where both are and there is ground.

    `steps` and `deviations` are (D,): a quantisation step and the standard deviation of each band.
    """
    layout = found.layout
    inside = [_distance(side) for _, _, side in layout.tiles]
    row0, col0, side0 = layout.tiles[0]
    for number, (row, col, side) in enumerate(layout.tiles[1:], 1):
        top, left = max(row, row0), max(col, col0)
        bottom, right = min(row + side, row0 + side0), min(col + side, col0 + side0)
        here = np.s_[top - row : bottom - row, left - col : right - col]
        there = np.s_[top - row0 : bottom - row0, left - col0 : right - col0]
        apart = np.abs(tiles[number][:, *here] - tiles[0][:, *there])
        known = ground[top:bottom, left:right]
        cell = np.minimum(inside[number][here], inside[0][there]) // layout.patch
        in_steps = apart / steps[:, None, None]
        largest = in_steps.max(0)
        largest[~known] = -1
        of_deviation = (apart / deviations[:, None, None]).max(0)
        at = int(largest.argmax())
        if largest.flat[at] > found.worst[0]:
            at_row, at_col = divmod(at, largest.shape[1])
            band = int(in_steps[:, at_row, at_col].argmax())
            found.worst = (float(largest.flat[at]), at_row + top - row, at_col + left - col, band)
        for index in range(int(cell.max()) + 1):
            while len(found.steps) <= index:
                found.steps.append([])
                found.deviations.append([])
            chosen = known & (cell == index)
            found.steps[index].append(largest[chosen])
            found.deviations[index].append(of_deviation[chosen])


def _distance(side: int) -> NDArray[np.intp]:
    """How many pixels lie between each pixel of a tile and its edge."""
    line = np.minimum(np.arange(side), np.arange(side)[::-1])
    return np.minimum(line[:, None], line[None])
