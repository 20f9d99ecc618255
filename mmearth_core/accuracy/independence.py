"""Whether reference data tell of a map anything that its training did not: what lies where it was trained does not."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from mmearth_core.accuracy.comparison import Comparison
from mmearth_core.accuracy.design import Design
from mmearth_core.maps.class_map import PLACES_TAG
from mmearth_core.vectors.kept import in_pixels
from mmearth_core.wording import counted

#: Pixels that a reference polygon must share with a training sample: fewer is a common border.
_SHARED = 0.5
#: How many standard deviations more than by chance are no chance.
_BEYOND_CHANCE = 3


def dependence(compared: Comparison, reference: Sequence[NDArray[Any]], design: Design | None = None) -> list[str]:
    """A sentence on reference points or polygons that lie where the maps were trained; else none.

    `reference` (n,) are those that count, in the pixels of each map; None where one does not lie there. Points have a
    `design`: as many as chance puts into training places are no fault. A map that was trained and does not say where is
    told too, unless points were drawn at random by `mmearth sample`.
    """
    maps = [each.map for each in compared.maps.places]
    noun = "polygon" if design is None else "point"
    if any("training_digest" in each.tags and PLACES_TAG not in each.tags for each in maps):
        unknown = f"The map does not say where it was trained: whether the {noun}s lie there cannot be checked."
        return [] if design is not None and design.told else [unknown]
    there, area = np.zeros(len(reference[0]), bool), 0.0
    for each, shapes in zip(maps, reference, strict=True):
        if PLACES_TAG in each.tags:
            trained = _with_their_pixels(in_pixels(each.tags[PLACES_TAG], each.grid, each.path))
            there |= _inside(shapes, trained)
            area += float(shapely.area(trained).sum())
    share = 0.0 if design is None else min(1.0, area / max(1, sum(compared.measured.pixels.values())))
    number, chance = int(there.sum()), len(there) * share
    if number <= chance + _BEYOND_CHANCE * np.sqrt(chance):
        return []
    return [
        f"No independent accuracy: {counted(number, noun, len(there))} in places where the map was trained; use others,"
        " best the points of mmearth sample."
    ]


def _with_their_pixels(trained: NDArray[Any]) -> NDArray[Any]:
    """Polygons as they are; points and lines with half a pixel around them, for they stand for pixels."""
    thin = shapely.get_dimensions(trained) < 2
    shapes = trained.copy()
    shapes[thin] = shapely.buffer(trained[thin], 0.5, cap_style="square")
    return shapes


def _inside(reference: NDArray[Any], trained: NDArray[Any]) -> NDArray[np.bool_]:
    """Which of the reference (n,) lie in a training place, at least in part."""
    there = np.zeros(len(reference), bool)
    if len(trained):
        shapes = shapely.make_valid(reference)
        which, of = shapely.STRtree(trained).query(shapes, predicate="intersects")
        flat = shapely.get_dimensions(shapes[which]) < 2
        shared = shapely.area(shapely.intersection(shapes[which], trained[of]))
        there[which[flat | (shared >= _SHARED)]] = True
    return there
