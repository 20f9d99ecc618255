"""The classes of a map of changes: no change, the changes from one class to another, the rest. Pure values."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.maps.conventions import MAX_CLASSES, Colour
from mmearth_core.maps.legend import Legend, MapClass

#: Values with a meaning of their own.
NO_CHANGE, OTHER_CHANGE = 1, MAX_CLASSES
NO_CHANGE_NAME, OTHER_NAME, UNSURE_NAME = "no change", "other change", "unsure"
#: Changes that can have a value of their own.
MOST = OTHER_CHANGE - NO_CHANGE - 1
_NO_CHANGE_COLOUR: Colour = (225, 225, 225)
_OTHER_COLOUR: Colour = (128, 0, 128)


@dataclass(frozen=True, eq=False)
class ChangeClasses:
    """`legend` of the map, and `values` (classes, classes) in it of what was one class (row) and is another (column).

    `pooled` is how many of the changes that occur have the value of "other change".
    """

    legend: Legend
    values: NDArray[np.uint8]
    pooled: int


def change_classes(classes: Legend, area: NDArray[np.float64], most: int = MOST) -> ChangeClasses:
    """A value for every change that occurs by `area` (classes, classes), the `most` largest first; the rest is one.

    A change has the colour of what the land is now. "other change" is in the legend wherever there are changes without
    a value, for a reference may know of such. Raises `MMEarthError` when two changes would have one name.
    """
    count = len(classes)
    apart = ~np.eye(count, dtype=bool)
    found = np.argwhere((area > 0) & apart)
    largest = found[np.argsort(-area[tuple(found.T)], kind="stable")][:most]
    values = np.where(apart, OTHER_CHANGE, NO_CHANGE).astype(np.uint8)
    listed = [MapClass(NO_CHANGE, NO_CHANGE_NAME, _NO_CHANGE_COLOUR)]
    for value, (one, other) in enumerate(largest.tolist(), start=NO_CHANGE + 1):
        values[one, other] = value
        name = change_name(classes.names[one], classes.names[other])
        listed.append(MapClass(value, name, classes.classes[other].colour))
    if len(largest) < count * (count - 1):
        listed.append(MapClass(OTHER_CHANGE, OTHER_NAME, _OTHER_COLOUR))
    _check_names([each.name for each in listed])
    return ChangeClasses(Legend(tuple(listed)), values, len(found) - len(largest))


def change_name(one: str, other: str) -> str:
    """What a change is called."""
    return f"{one} → {other}"


def _check_names(names: Sequence[str]) -> None:
    twice = [name for number, name in enumerate(names) if name in names[:number]]
    if twice:
        raise MMEarthError(f"Two changes would be called {twice[0]!r}; rename the classes and fit again.")
