"""Which tiles of a task are learned from, chosen by and judged on, and which of the first have labels.

Places stay whole, so that no tile is judged on whose neighbour was learned from. Pure: numpy only.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.evaluation.splits import deal
from mmearth_core.evaluation.tasks.contract import Parts

#: Of so many folds of places one is judged on, one chosen by, and the others are learned from.
FOLDS = 5
#: What the parts are called where a file says them.
PART_NAMES = ("train", "valid", "test")


def kinds_of(labels: NDArray[np.integer | np.bool_]) -> NDArray[np.intp]:
    """What tiles are dealt by (n,): their class, the first of several classes, or the commonest of their pixels."""
    if labels.ndim == 1:
        return labels.astype(np.intp)
    if labels.ndim == 2:
        first: NDArray[np.intp] = labels.argmax(axis=1)
        return first
    return np.array([np.bincount(each[each >= 0]).argmax() if (each >= 0).any() else 0 for each in labels], np.intp)


def dealt_by_place(
    name: str, kind: NDArray[np.intp], place: NDArray[np.intp]
) -> tuple[Callable[[float, int], Parts], Callable[[float], bool]]:
    """`parts` and `varies` of a task whose tiles have a place (n,): every seed deals the places anew.

    Raises `MMEarthError` when there are fewer places than folds.
    """
    if len(np.unique(place)) < FOLDS:
        raise MMEarthError(
            f"{name}: its tiles are of {len(np.unique(place))} places, of which {FOLDS} are needed to learn, choose and"
            " judge at different ones; give tiles of more places, or say train, valid or test of each."
        )

    def parts(share: float, seed: int) -> Parts:
        rng = np.random.default_rng([seed, 0])
        fold = deal(kind, place, FOLDS, rng)
        return _checked(name, _share_of(Parts(*_by_fold(fold)), kind, share, seed))

    return parts, lambda _: True


def as_stated(
    name: str, kind: NDArray[np.intp], stated: NDArray[np.str_]
) -> tuple[Callable[[float, int], Parts], Callable[[float], bool]]:
    """`parts` and `varies` of a task that says of each tile (n,) whether it is train, valid or test; seeds draw which
    of the training tiles have labels. Raises `MMEarthError` when a part is missing or has another name."""
    words = np.char.lower(np.char.strip(stated.astype(str)))
    if unknown := sorted(set(words.tolist()) - set(PART_NAMES)):
        raise MMEarthError(f"{name}: {unknown[0]!r} is no part of a task; say train, valid or test of each tile.")
    whole = Parts(*(np.flatnonzero(words == each) for each in PART_NAMES))
    _checked(name, whole)
    return lambda share, seed: _checked(name, _share_of(whole, kind, share, seed)), lambda share: share < 1


def _by_fold(fold: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    return np.flatnonzero(fold > 1), np.flatnonzero(fold == 1), np.flatnonzero(fold == 0)


def _share_of(whole: Parts, kind: NDArray[np.intp], share: float, seed: int) -> Parts:
    """The same with a share of the training tiles of every class, at least one; smaller shares are part of larger."""
    if share >= 1:
        return whole
    order = np.random.default_rng([seed, 1]).permutation(whole.train)
    chosen = []
    for each in np.unique(kind[order]):
        mine = order[kind[order] == each]
        chosen.append(mine[: max(1, round(share * len(mine)))])
    return Parts(np.sort(np.concatenate(chosen)), whole.valid, whole.test)


def _checked(name: str, parts: Parts) -> Parts:
    for part, rows in zip(PART_NAMES, (parts.train, parts.valid, parts.test), strict=True):
        if not len(rows):
            raise MMEarthError(f"{name} has no {part} tile; give tiles of more places, or say the part of each.")
    return parts
