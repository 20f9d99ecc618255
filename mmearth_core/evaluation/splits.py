"""Splits by place and draws of few labels, the same for every method that is compared.

A group is what must not be torn apart: a block of the Earth, a polygon. Pure: numpy only; every draw is a function of
labels, groups and seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError


@dataclass(frozen=True, eq=False)
class Task:
    """Rows with a class and a place: what features are judged on.

    `label` (n,) index into `classes`; `group` (n,) the place of each row, as any integers. Only rows where `held_out`
    (n,) is true are ever tested on, without it all may be; so rows an encoder was pretrained on are labelled at most.
    With `date` (n,), as any integers, rows are labelled on one date and tested on another, at other places.
    Raises `MMEarthError` when a class is in one place only, a place both held out and not, or all is of one date.
    """

    name: str
    classes: tuple[str, ...]
    label: NDArray[np.intp]
    group: NDArray[np.intp]
    held_out: NDArray[np.bool_] | None = None
    date: NDArray[np.intp] | None = None

    def __post_init__(self) -> None:
        for index, name in enumerate(self.classes):
            if len(np.unique(self.group[self.label == index])) < 2:
                raise MMEarthError(
                    f"{self.name}: all of class {name} is in one place, so it cannot be both learned and tested; give"
                    " a second one or leave the class out."
                )
        if self.held_out is not None:
            torn = np.intersect1d(self.group[self.held_out], self.group[~self.held_out])
            if len(torn):
                raise MMEarthError(
                    f"{self.name}: group {torn[0]} is both held out and not; give one half the whole group."
                )
        if self.date is not None and len(np.unique(self.date)) < 2:
            raise MMEarthError(f"{self.name}: all rows are of one date; give a second one or no dates.")

    def __len__(self) -> int:
        return len(self.label)


@dataclass(frozen=True, eq=False)
class Draw:
    """Rows to train on, at most `count` of each class, and rows to test on, both rising."""

    count: int
    train: NDArray[np.intp]
    test: NDArray[np.intp]


def draw(task: Task, counts: Sequence[int], seed: int) -> list[Draw]:
    """One draw for every number of labels per class in `counts`; smaller ones are part of larger ones.

    Another half of the places that may be tested on is tested with each seed: the spread over seeds then tells how much
    depends on the labels *and* on the places of the test (half-sample replication; McCarthy 1969, Rev. Int. Stat. Inst.
    37, 239-264). Labels come from all other places. A class with fewer rows there than asked for gives all it has.
    Where rows have dates, each seed labels one of them and tests another.
    """
    rng = np.random.default_rng(seed)
    candidates = np.arange(len(task)) if task.held_out is None else np.flatnonzero(task.held_out)
    side = deal(task.label[candidates], task.group[candidates], 2, rng)
    test = np.zeros(len(task), bool)
    test[candidates[side == 1]] = True
    known = ~test
    if task.date is not None:
        learned, tested = rng.choice(np.unique(task.date), 2, replace=False)
        known &= task.date == learned
        test &= task.date == tested
    order = rng.permutation(np.flatnonzero(known))
    rank = np.empty(len(order), np.intp)
    for index in range(len(task.classes)):
        mine = task.label[order] == index
        rank[mine] = np.arange(mine.sum())
    # Places with several classes may take all of one: what cannot be learned is not asked.
    test &= np.isin(task.label, task.label[order])
    return [Draw(count, np.sort(order[rank < count]), np.flatnonzero(test)) for count in counts]


def deal(label: NDArray[np.intp], group: NDArray[np.intp], folds: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """The fold (n,), 0 … `folds` − 1, of every row: groups stay whole, and each class's go to as many folds as can be.

    The classes of fewest groups are dealt first, each group to the fold that has fewest groups of its class.
    """
    places, member = np.unique(group, return_inverse=True)
    holds = np.zeros((len(places), int(label.max()) + 1), bool)
    holds[member, label] = True
    fold = np.full(len(places), -1, np.intp)
    for index in np.argsort(holds.sum(axis=0), kind="stable"):
        of_class = np.flatnonzero(holds[:, index])
        before = fold[of_class]
        dealt = np.bincount(before[before >= 0], minlength=folds)
        # Who is served first changes, so that no fold ends up with what is left over of every class.
        turn = rng.permutation(folds)
        for place in rng.permutation(of_class[before < 0]):
            fold[place] = turn[np.argmin(dealt[turn])]
            dealt[fold[place]] += 1
    of_row: NDArray[np.intp] = fold[member]
    return of_row
