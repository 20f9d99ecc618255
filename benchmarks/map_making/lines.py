"""Lines of one class drawn through another, to see whether smoothing keeps them: references hold few rivers and roads.

Every 16 rows a line of one or two pixels' width crosses the inside of a class; its pixels get what is told of pixels of
another class, from its inside, that were told right. What features say of a real line is another matter: bands and
embeddings of a line are mixed with those beside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from benchmarks.map_making.methods import Guided, Smooth

WIDTHS = (1, 2)
#: Rows between lines, and how far inside a class they stay; pixels of a pair of classes, and sources of a class, that
#: are enough.
_APART, _INSIDE = 16, 4
FEWEST_SOURCES, FEWEST_PIXELS = 20, 30
_SQUARE = np.ones((3, 3), bool)


@dataclass(frozen=True, eq=False)
class Line:
    """Where lines of a class run in a patch (H, W), and what runs there: sources (n, 2) of patch and flat pixel."""

    kind: int
    patch: int
    place: NDArray[np.bool_]
    sources: NDArray[np.intp]


def lines(
    patches: Sequence[Guided], truth: Sequence[NDArray[np.intp]], classes: int, width: int, seed: int
) -> Iterator[Line]:
    """Lines through patches whose classes are `truth` (H, W), −1 for none. The class changes from line to line."""
    rng = np.random.default_rng(seed)
    sources: list[list[NDArray[np.intp]]] = [[] for _ in range(classes)]
    for number, (patch, true) in enumerate(zip(patches, truth, strict=True)):
        told = patch.logs.argmax(axis=0)
        for kind in range(classes):
            inside = (told == kind) & patch.valid & ndimage.binary_erosion(true == kind, _SQUARE, border_value=1)
            spots = np.flatnonzero(inside)
            sources[kind].append(np.stack([np.full(len(spots), number), spots], axis=1))
    found = [np.concatenate(each) for each in sources]
    for number, true in enumerate(truth):
        inner = [ndimage.binary_erosion(true == kind, _SQUARE, iterations=_INSIDE) for kind in range(classes)]
        for kind in range(classes):
            place = np.zeros(true.shape, bool)
            for turn, row in enumerate(range(_APART // 2, true.shape[0] - _APART // 2, _APART)):
                if (turn + number) % classes == kind:
                    place[row : row + width] = True
            place &= np.logical_or.reduce([inner[other] for other in range(classes) if other != kind])
            if len(found[kind]) >= FEWEST_SOURCES and place.any():
                yield Line(kind, number, place, found[kind][rng.integers(0, len(found[kind]), place.sum())])


def kept(
    patches: Sequence[Guided], truth: Sequence[NDArray[np.intp]], drawn: Sequence[Line], smooth: Smooth, classes: int
) -> list[float]:
    """Of every pair of classes, the share of the line's pixels that is still told as the line."""
    right, there = np.zeros((classes, classes)), np.zeros((classes, classes))
    for number in sorted({line.patch for line in drawn}):
        patch = patches[number]
        logs, guide, z = patch.logs.copy(), patch.guide.copy(), patch.z.copy()
        mine = [line for line in drawn if line.patch == number]
        for line in mine:
            for of_patch in np.unique(line.sources[:, 0]).tolist():
                chosen = line.sources[:, 0] == of_patch
                rows, cols = (each[chosen] for each in np.nonzero(line.place))
                for out, name in ((logs, "logs"), (guide, "guide"), (z, "z")):
                    source: NDArray[np.float32] = getattr(patches[of_patch], name)
                    out[:, rows, cols] = source.reshape(len(source), -1)[:, line.sources[chosen, 1]]
        told = smooth(replace(patch, logs=logs, guide=guide, z=z)).argmax(axis=0)
        for line in mine:
            around = truth[number][line.place]
            there[line.kind] += np.bincount(around, minlength=classes)
            right[line.kind] += np.bincount(around[told[line.place] == line.kind], minlength=classes)
    enough = there >= FEWEST_PIXELS
    shares: list[float] = (right[enough] / there[enough]).tolist()
    return shares
