"""Places: samples that are no further apart than what a model sees around a pixel, kept together by validation.

Two pixels that share ground, or what the model saw around them, are no independent witnesses: not as two polygons side
by side, not as two dates of one field, not as a copy whose outline was moved a little.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.labelling.samples import Samples
from mmearth_core.vectors.nearness import Neighbourhoods, squares

#: Places fewer than this in a class make its scores a rough guess.
FEW_PLACES = 5
#: Squares are no narrower than this many pixels.
_LEAST_PIXELS = 8


@dataclass(frozen=True, eq=False)
class Places:
    """The place (groups,) of every group of some samples, 0, 1, …; samples within `block` metres share one.

    `sight` is how far the model looks around a pixel, in metres: where `block` is less, places are not independent.
    With `square`, places are the samples whose middles lie in one square of so many metres, and `block` is 0:
    neighbours on either side of its border are of two.
    """

    of_group: NDArray[np.intp]
    block: float
    sight: float
    square: float | None = None

    def of_class(self, samples: Samples) -> NDArray[np.bool_]:
        """(places, classes): which places have pixels of which class in these samples."""
        used = np.unique(samples.group)
        table = np.zeros((int(self.of_group.max(initial=-1)) + 1, len(samples.legend)), bool)
        table[self.of_group[used], samples.group_labels[used]] = True
        return table


def find_places(samples: Samples, block: float | None = None) -> Places:
    """The places of samples. `block`: metres within which samples count as one place.

    By default the model's sight; halved, again and again, while that leaves a class fewer places to be tested on than
    it could have, up to `FEW_PLACES`: in a small scene nothing would be left. Where samples lie so close that none
    could be tested (fields wall to wall are one chain), squares of the sight or less are places (spatial blocks;
    Roberts et al. 2017, Ecography 40, 913-929). Raises `MMEarthError` when `block` is negative.
    """
    if block is not None and not 0 <= block < np.inf:
        raise MMEarthError(f"`block={block:g}` is no distance; choose 0 or more metres.")
    near = Neighbourhoods(samples.shapes)
    touch = samples.pixel_size
    if block is not None:
        return Places(near.within(max(block, touch)), max(block, touch), samples.sight)
    closest = Places(near.within(touch), touch, samples.sight)
    wanted = np.minimum(_testable(closest, samples), FEW_PLACES)
    if not wanted.any():
        return _squares(samples, touch) or closest
    distance = samples.sight
    while distance > touch:
        found = Places(near.within(distance), distance, samples.sight)
        if (_testable(found, samples) >= wanted).all():
            return found
        distance /= 2
    return closest


def _squares(samples: Samples, touch: float) -> Places | None:
    """Squares, the largest that let the most classes be tested in `FEW_PLACES`; None where none can be."""
    found: list[tuple[int, Places]] = []
    side = samples.sight
    while side >= _LEAST_PIXELS * touch:
        places = Places(squares(samples.shapes, side), 0.0, samples.sight, square=side)
        found.append((int(np.minimum(_testable(places, samples), FEW_PLACES).sum()), places))
        side /= 2
    most = max((number for number, _ in found), default=0)
    return next((places for number, places in found if number == most), None) if most else None


def testable(table: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which rows of a table (places, classes) can be left out of training: no class is in one of them alone."""
    return np.asarray(table.any(axis=1) & ~table[:, table.sum(axis=0) == 1].any(axis=1))


def _testable(places: Places, samples: Samples) -> NDArray[np.intp]:
    """How many places of each class can be left out."""
    table = places.of_class(samples)
    return np.asarray(table[testable(table)].sum(axis=0), np.intp)
