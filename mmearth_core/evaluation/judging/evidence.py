"""What a judge saw of every tile, the metrics of that, and how sure they are: bootstrap over tiles.

Percentile intervals of 95 % (Efron 1979, Ann. Statist. 7, 1-26). Tiles are drawn as if they were independent, so where
several tiles are of one place the intervals are too narrow. Pure: numpy only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from mmearth_core.evaluation.protocol import mean_f1
from mmearth_core.evaluation.tasks.contract import Target

#: How often tiles are drawn, and the share of draws that an interval holds.
DRAWS, INSIDE = 1000, 0.95
#: The metrics of a target, the headline first.
METRICS: Mapping[Target, tuple[str, ...]] = {
    "class": ("accuracy", "macro F1"),
    "classes": ("micro F1",),
    "pixels": ("mIoU", "pixel accuracy"),
}


@dataclass(frozen=True, eq=False)
class Evidence:
    """Of every tile that was judged: its class and the class told (n, 2); with several classes how many were right,
    told wrongly and missed (n, 3); of pixels how many of each class were told to be each, (n, classes, classes)."""

    target: Target
    classes: int
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, target: Target, classes: int, truth: NDArray[np.integer], told: NDArray[np.integer]) -> "Evidence":
        """Of labels as a task has them, and what was told in the same form. Pixels without a label do not count."""
        if target == "class":
            return cls(target, classes, np.stack([truth, told], axis=1).astype(np.int64))
        if target == "classes":
            there, said = truth.astype(bool), told.astype(bool)
            counts = [(there & said).sum(1), (~there & said).sum(1), (there & ~said).sum(1)]
            return cls(target, classes, np.stack(counts, axis=1).astype(np.int64))
        known = truth >= 0
        pairs = np.where(known, truth * classes + told, classes * classes)
        counted = [np.bincount(each.ravel(), minlength=classes**2 + 1)[:-1] for each in pairs]
        return cls(target, classes, np.stack(counted).reshape(-1, classes, classes).astype(np.int64))

    def __len__(self) -> int:
        return len(self.counts)

    def metric(self, name: str, rows: NDArray[np.intp] | None = None) -> float:
        """A metric in 0 … 1 of all tiles or of some, which may come several times."""
        return _METRICS[name](self.counts if rows is None else self.counts[rows], self.classes)

    def interval(self, name: str) -> tuple[float, float]:
        """Where the metric lies in 95 % of draws of as many tiles."""
        return _middle([self.metric(name, rows) for rows in _draws(len(self))])

    def ahead_of(self, other: "Evidence", name: str) -> tuple[float, float, float]:
        """By how much the metric is larger than another's of the same tiles, and the interval of that difference: both
        are of the same draws, so what is hard for both cancels out. Raises `ValueError` for other tiles."""
        if len(self) != len(other):
            raise ValueError(f"{len(self)} tiles are not the same as {len(other)}")
        gaps = [self.metric(name, rows) - other.metric(name, rows) for rows in _draws(len(self))]
        return (self.metric(name) - other.metric(name), *_middle(gaps))


def _draws(count: int) -> list[NDArray[np.intp]]:
    rng = np.random.default_rng(0)
    return [rng.integers(0, count, count) for _ in range(DRAWS)]


def _middle(values: list[float]) -> tuple[float, float]:
    low, high = np.quantile(values, [(1 - INSIDE) / 2, (1 + INSIDE) / 2])
    return float(low), float(high)


def _accuracy(counts: NDArray[np.int64], _: int) -> float:
    return float(np.mean(counts[:, 0] == counts[:, 1]))


def _macro_f1(counts: NDArray[np.int64], classes: int) -> float:
    return mean_f1(counts[:, 0], counts[:, 1], classes)


def _micro_f1(counts: NDArray[np.int64], _: int) -> float:
    right, wrong, missed = counts.sum(axis=0).tolist()
    return float(2 * right / max(1, 2 * right + wrong + missed))


def _of_confusion(counts: NDArray[np.int64], _: int, of: Callable[[NDArray[np.int64]], float]) -> float:
    return of(counts.sum(axis=0))


def _mean_iou(confusion: NDArray[np.int64]) -> float:
    """Mean over the classes that occur, in truth or in what was told, of the intersection over the union."""
    right = np.diag(confusion)
    either = confusion.sum(0) + confusion.sum(1) - right
    return float(np.mean(right[either > 0] / either[either > 0])) if either.any() else 0.0


def _pixel_accuracy(confusion: NDArray[np.int64]) -> float:
    return float(np.trace(confusion) / max(1, confusion.sum()))


_METRICS: Mapping[str, Callable[[NDArray[np.int64], int], float]] = {
    "accuracy": _accuracy,
    "macro F1": _macro_f1,
    "micro F1": _micro_f1,
    "mIoU": partial(_of_confusion, of=_mean_iou),
    "pixel accuracy": partial(_of_confusion, of=_pixel_accuracy),
}
