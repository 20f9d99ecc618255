"""Cross-validation that never trains and tests on pixels of one polygon, and the choice of the regularisation.

It measures how well the probe does on *other polygons of the kind that were drawn*; that is not the accuracy of the
map, whose area the polygons do not represent (`mmearth sample` and `mmearth assess` measure it).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmearth_core.labelling.probe import REGULARISATION, fit_probe, sample_weights
from mmearth_core.labelling.samples import Group, Samples
from mmearth_core.maps.legend import Legend
from mmearth_core.progress import CancelToken, Progress
from mmearth_core.records import plain

#: Values of C tried.
CANDIDATES = (3.0, 30.0, 300.0)
#: Folds, once there are at least twice as many polygons; below, each polygon is left out in turn.
FOLDS = 10
#: Fewest polygons, in all and in each of two classes, for C to be chosen rather than assumed.
ENOUGH, ENOUGH_PER_CLASS = 10, 3
#: Pixels per polygon that are enough to compare values of C.
_THIN = 25
_INNER_FOLDS = 3
#: Polygons fewer than this in a class make its scores a rough guess.
FEW_POLYGONS = 5
# Longest list of doubtful polygons, and widest confusion matrix, that is printed.
_MOST_DOUBTS, _MOST_COLUMNS = 5, 12


@dataclass(frozen=True)
class Doubt:
    """A polygon that a probe fitted without it mostly gives to another class: mislabelled, or unlike the rest."""

    group: Group
    label: str
    predicted: str
    share_right: float


@dataclass(frozen=True, eq=False)
class Validation:
    """Out-of-fold predictions, summed up; `str()` is the table an analyst reads.

    `pixels` (classes, classes) counts pixels, predicted in rows and labelled in columns. Everything else weighs every
    polygon the same, so large ones do not dominate: `shares` (classes, classes) sums over polygons the share of their
    pixels; `accuracy` is the mean share right per polygon and `interval` its 95 % Wilson interval with polygons as the
    independent trials (their shares vary no more than yes-or-no trials would, so it is on the safe side; pixels of a
    polygon are not independent); `f1` (classes,) is NaN for a class in `unvalidated`, which has one polygon.
    `accuracy` is NaN when no class can be validated.
    """

    legend: Legend
    pixels: NDArray[np.intp]
    shares: NDArray[np.float64]
    polygons: NDArray[np.intp]
    folds: int
    leave_one_out: bool
    doubts: tuple[Doubt, ...]

    @property
    def validated(self) -> NDArray[np.bool_]:
        """Classes (classes,) with at least two polygons."""
        mask: NDArray[np.bool_] = self.polygons > 1
        return mask

    @property
    def unvalidated(self) -> tuple[str, ...]:
        """Names of the classes of which nothing can be known."""
        return tuple(n for n, known in zip(self.legend.names, self.validated, strict=True) if not known)

    @property
    def accuracy(self) -> float:
        total = self.shares.sum()
        return float(np.trace(self.shares) / total) if total > 0 else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.accuracy, int(self.polygons[self.validated].sum()))

    @property
    def pixel_accuracy(self) -> float:
        total = self.pixels.sum()
        return float(np.trace(self.pixels) / total) if total else float("nan")

    @property
    def f1(self) -> NDArray[np.float64]:
        right = np.diag(self.shares)
        both = self.shares.sum(axis=0) + self.shares.sum(axis=1)
        return np.where(self.validated, 2 * right / np.where(both > 0, both, 1), np.nan)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON; what cannot be known is null."""
        values = {
            "scheme": "leave one polygon out" if self.leave_one_out else f"{self.folds} folds of polygons",
            "accuracy": self.accuracy,
            "interval95": self.interval if self.validated.any() else None,
            "pixel_accuracy": self.pixel_accuracy,
            "f1": dict(zip(self.legend.names, self.f1, strict=True)),
            "polygons": dict(zip(self.legend.names, self.polygons, strict=True)),
            "confusion_pixels": self.pixels,
        }
        made: dict[str, Any] = plain(values)
        return made

    def __str__(self) -> str:
        if not self.validated.any():
            return (
                "Validation: impossible, every class has one polygon only.\n"
                "Draw at least two polygons per class, apart from each other, to learn how good the map is."
            )
        return "\n".join([*_headline(self), "", *_table(self), *_cautions(self)])


def wilson(share: float, trials: int) -> tuple[float, float]:
    """95 % score interval of a share seen in independent trials (Wilson 1927, JASA 22, 209-212); NaN without trials."""
    if not trials:
        return float("nan"), float("nan")
    z = 1.959964
    middle = (share + z**2 / (2 * trials)) / (1 + z**2 / trials)
    half = z / (1 + z**2 / trials) * np.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    return float(max(0.0, middle - half)), float(min(1.0, middle + half))


def polygon_folds(samples: Samples, folds: int, seed: int) -> NDArray[np.intp]:
    """The fold (groups,) in which each polygon is tested; −1 for the only polygon of a class, which always trains.

    Polygons of a class go to different folds as far as there are folds, so a class is never missing from training.
    """
    rng = np.random.default_rng(seed)
    labels = samples.group_labels
    used = np.unique(samples.group)
    fold = np.full(len(labels), -1, np.intp)
    following = 0
    for label in range(len(samples.legend)):
        mine = used[labels[used] == label]
        if len(mine) > 1:
            fold[rng.permutation(mine)] = (following + np.arange(len(mine))) % folds
            following += len(mine)
    return fold


def cross_validate(samples: Samples, *, seed: int = 0, progress: Progress, cancel: CancelToken) -> Validation:
    """Predict every polygon by probes fitted without it; C too is chosen without the polygons it is tested on."""
    classes = len(samples.legend)
    used = np.unique(samples.group)
    polygons = np.bincount(samples.group_labels[used], minlength=classes)
    testable = int(polygons[polygons > 1].sum())
    leave_one_out = testable < 2 * FOLDS
    folds = testable if leave_one_out else FOLDS
    pixels, shares = np.zeros((classes, classes), np.intp), np.zeros((classes, classes))
    doubts: list[Doubt] = []
    progress.start("validate", folds, "folds")
    if folds:
        for train, test in _splits(samples, polygon_folds(samples, folds, seed), folds):
            cancel.check()
            chosen = choose_regularisation(train, seed=seed, cancel=cancel)
            predicted = fit_probe(train, regularisation=chosen).predict(test.dn)
            np.add.at(pixels, (predicted, test.label), 1)
            for group in np.unique(test.group):
                mine = test.group == group
                votes = np.bincount(predicted[mine], minlength=classes) / mine.sum()
                label = samples.groups[group].label
                shares[:, label] += votes
                if votes[label] < 0.5:
                    names = samples.legend.names
                    doubt = Doubt(samples.groups[group], names[label], names[int(votes.argmax())], float(votes[label]))
                    doubts.append(doubt)
            progress.advance(1)
    progress.finish()
    doubts.sort(key=lambda doubt: (doubt.share_right, doubt.group.fid))
    return Validation(samples.legend, pixels, shares, polygons, folds, leave_one_out, tuple(doubts))


def choose_regularisation(samples: Samples, *, seed: int = 0, cancel: CancelToken) -> float:
    """C of lowest out-of-fold log-loss over polygons, or `REGULARISATION` when there are too few polygons to tell."""
    used = np.unique(samples.group)
    polygons = np.bincount(samples.group_labels[used], minlength=len(samples.legend))
    if len(used) < ENOUGH or (polygons >= ENOUGH_PER_CLASS).sum() < 2:
        return REGULARISATION
    thin = _thinned(samples)
    fold = polygon_folds(thin, _INNER_FOLDS, seed)
    losses = np.zeros(len(CANDIDATES))
    for train, test in _splits(thin, fold, _INNER_FOLDS):
        probe = None
        weight = sample_weights(thin)[fold[thin.group] == fold[test.group[0]]]
        for i, candidate in enumerate(CANDIDATES):
            cancel.check()
            probe = fit_probe(train, regularisation=candidate, previous=probe)
            right = probe.probabilities(test.dn)[np.arange(len(test)), test.label]
            losses[i] -= weight @ np.log(np.maximum(right, 1e-6))
    return CANDIDATES[int(losses.argmin())]


def _splits(samples: Samples, fold: NDArray[np.intp], folds: int) -> Iterator[tuple[Samples, Samples]]:
    of_pixel = fold[samples.group]
    for number in range(folds):
        test = of_pixel == number
        if test.any():
            yield samples.subset(~test), samples.subset(test)


def _thinned(samples: Samples) -> Samples:
    """At most `_THIN` pixels of each polygon, evenly over it."""
    order = np.argsort(samples.group, kind="stable")
    size = np.bincount(samples.group, minlength=len(samples.groups))
    rank = np.empty(len(samples), np.intp)
    rank[order] = np.arange(len(samples)) - np.repeat(np.cumsum(size) - size, size)
    size = np.maximum(size[samples.group], _THIN)
    return samples.subset(rank * _THIN // size != (rank - 1) * _THIN // size)


def _headline(validation: Validation) -> list[str]:
    low, high = (100 * v for v in validation.interval)
    polygons = int(validation.polygons[validation.validated].sum())
    scheme = "each left out in turn" if validation.leave_one_out else f"{validation.folds} folds"
    return [
        f"Validation on polygons not trained on: {polygons} polygons, {scheme}",
        f"Overall accuracy {100 * validation.accuracy:.1f} % (95 % interval {low:.1f} … {high:.1f} %), every polygon"
        f" counting the same; {100 * validation.pixel_accuracy:.1f} % of pixels",
    ]


def _table(validation: Validation) -> list[str]:
    names = validation.legend.names
    first = max(len("predicted"), *(len(name) for name in names))
    cell = 2 + max(6, *(len(name[:10]) for name in names), len(str(validation.pixels.max())))
    matrix = len(names) <= _MOST_COLUMNS
    above = " " * (first + 20) + "pixels labelled as" if matrix else ""
    head = f"{'predicted':<{first}}  polygons    F1" + ("".join(f"{n[:10]:>{cell}}" for n in names) if matrix else "")
    lines = [above, head] if matrix else [head]
    for name, polygons, f1, row in zip(names, validation.polygons, validation.f1, validation.pixels, strict=True):
        score = f"{'?':>5}" if np.isnan(f1) else f"{f1:5.2f}"
        cells = "".join(f"{v:>{cell}}" for v in row) if matrix else ""
        lines.append(f"{name:<{first}}  {polygons:>8} {score}{cells}")
    return lines


def _cautions(validation: Validation) -> list[str]:
    lines = []
    if validation.unvalidated:
        lines.append(f"Cannot be validated (one polygon): {', '.join(validation.unvalidated)}. Draw a second one.")
    counts = zip(validation.legend.names, validation.polygons.tolist(), strict=True)
    few = [f"{name} ({count})" for name, count in counts if 1 < count < FEW_POLYGONS]
    if few:
        lines.append(f"Too few polygons to know more than roughly: {', '.join(few)}.")
    for doubt in validation.doubts[:_MOST_DOUBTS]:
        lines.append(
            f"Look at feature {doubt.group.fid} of {doubt.group.path.name}, labelled {doubt.label}:"
            f" {100 * doubt.share_right:.0f} % right, mostly {doubt.predicted}."
        )
    return ["", *lines] if lines else []
