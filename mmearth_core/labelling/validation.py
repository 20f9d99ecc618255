"""Cross-validation that never trains and tests on one place, and the choice of the strengths of a probe.

It measures how well the probe does on *other places of the kind that were drawn*; that is not the accuracy of the map,
whose area the samples do not represent (`mmearth sample` and `mmearth assess` measure it).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmearth_core.intervals import wilson
from mmearth_core.labelling.places import FEW_PLACES, Places, find_places, testable
from mmearth_core.labelling.probe import Strengths, fit_probe, learnable
from mmearth_core.labelling.samples import Group, Samples, sample_weights
from mmearth_core.maps.legend import Legend
from mmearth_core.progress import CancelToken, Progress
from mmearth_core.records import plain
from mmearth_core.sources.unlabelled import Unlabelled
from mmearth_core.wording import counted

#: Values of C tried.
CANDIDATES = (3.0, 30.0, 300.0)
#: Weights of the extra layers tried; the first leaves them out, the second is assumed when there are too few places.
LAYER_WEIGHTS = (0.0, 1.0, 3.0)
#: Folds, once there are at least twice as many places; below, each place is left out in turn.
FOLDS = 10
#: Fewest places, in all and in each of two classes, for C to be chosen rather than assumed.
ENOUGH, ENOUGH_PER_CLASS = 10, 3
#: Pixels per sample that are enough to compare values of C.
_THIN = 25
_INNER_FOLDS = 3
# Longest list of doubtful samples, and widest confusion matrix, that is printed.
_MOST_DOUBTS, _MOST_COLUMNS = 5, 12


@dataclass(frozen=True)
class Verdict:
    """What a probe fitted without the place of a sample gives to most of its pixels, and the share that it gives to the
    class it was labelled."""

    group: Group
    label: str
    predicted: str
    share_right: float


@dataclass(frozen=True, eq=False)
class Validation:
    """Out-of-fold predictions, summed up; `str()` is the table an analyst reads.

    `pixels` (classes, classes) counts pixels, predicted in rows and labelled in columns. Everything else weighs every
    place the same, so large ones do not dominate: `shares` (classes, classes) sums over places the shares of their
    pixels, those of each of its classes alike; `accuracy` is the mean share right per place and `interval` its 95 %
    Wilson interval with places as the independent trials (their shares vary no more than yes-or-no trials would, so it
    is on the safe side; pixels of a place are not independent). `places` (classes,) have a class, `tested` (classes,)
    of them were left out; `f1` (classes,) is NaN for a class in `unvalidated`, of which none was. `trials` places of
    `samples` samples were tested; samples within `block` metres share one, and the model sees `sight` metres around.
    With `square`, places are squares of so many metres, and `block` is 0 (see `Places`).
    `accuracy` is NaN when no class can be validated.
    """

    legend: Legend
    pixels: NDArray[np.intp]
    shares: NDArray[np.float64]
    places: NDArray[np.intp]
    tested: NDArray[np.intp]
    trials: int
    samples: int
    block: float
    sight: float
    folds: int
    leave_one_out: bool
    verdicts: tuple[Verdict, ...]
    square: float | None = None

    @property
    def doubts(self) -> tuple[Verdict, ...]:
        """Samples that are mostly given to another class, the worst first: mislabelled, or unlike the rest."""
        doubts = [each for each in self.verdicts if each.share_right < 0.5]
        order = [(each.share_right, str(each.group.path), each.group.fid, each.group.part) for each in doubts]
        return tuple(doubts[i] for i in sorted(range(len(doubts)), key=lambda i: order[i]))

    @property
    def validated(self) -> NDArray[np.bool_]:
        """Classes (classes,) of which some place was tested."""
        mask: NDArray[np.bool_] = self.tested > 0
        return mask

    @property
    def unvalidated(self) -> tuple[str, ...]:
        """Names of the classes of which nothing can be known."""
        return tuple(n for n, known in zip(self.legend.names, self.validated, strict=True) if not known)

    @property
    def scheme(self) -> str:
        """What was tested, how, and what counts as one place; then whether that was far enough apart."""
        within = f"within {self.block:.0f} m" if self.square is None else f"in a square of {self.square:.0f} m"
        near = f"samples {within} count as one place"
        how = "each left out in turn" if self.leave_one_out else f"in {self.folds} folds"
        return f"{counted(self.trials, 'place')} of {counted(self.samples, 'sample')}, {how}; {near}"

    @property
    def independent(self) -> bool:
        """Whether places are as far apart as the model sees."""
        return self.block >= self.sight

    @property
    def accuracy(self) -> float:
        total = self.shares.sum()
        return float(np.trace(self.shares) / total) if total > 0 else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        low, high = wilson(np.array(self.accuracy * self.trials), np.array(self.trials))
        return float(low), float(high)

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
            "scheme": "leave one place out" if self.leave_one_out else f"{self.folds} folds of places",
            "block_m": self.block,
            "sight_m": self.sight,
            "square_m": self.square,
            "left_out": self.trials,
            "samples": self.samples,
            "accuracy": self.accuracy,
            "interval95": self.interval if self.validated.any() else None,
            "pixel_accuracy": self.pixel_accuracy,
            "f1": dict(zip(self.legend.names, self.f1, strict=True)),
            "places": dict(zip(self.legend.names, self.places, strict=True)),
            "unvalidated": self.unvalidated,
            "confusion_pixels": self.pixels,
        }
        made: dict[str, Any] = plain(values)
        return made

    def __str__(self) -> str:
        if not self.validated.any():
            return (
                "Validation: impossible, no class has samples in two places that can be left out in turn"
                f" (samples within {self.block:.0f} m count as one place).\n"
                "Draw samples of every class in two places or more, far from each other, to learn how good the map is."
            )
        return "\n".join([*_headline(self), "", *_table(self), *_cautions(self)])


def place_folds(table: NDArray[np.bool_], folds: int, seed: int) -> NDArray[np.intp]:
    """The fold (places,) in which each place is tested, of a `table` (places, classes) of which has which class.

    −1 for a place that always trains: one that has a class of which there is no other place. Places of a class go to
    different folds as far as there are folds, so a class is never missing from training.
    """
    fold = np.full(len(table), -1, np.intp)
    may_leave = testable(table)
    staying = table[~may_leave].any(axis=0)
    total = np.maximum(table.sum(axis=0), 1)
    counts = np.zeros((folds, table.shape[1]), np.intp)
    order = np.random.default_rng(seed).permutation(np.flatnonzero(may_leave))
    # Class by class, rare ones first: the others have more choice.
    rarest = np.where(table[order], total, len(table) + 1).argmin(axis=1)
    for place in order[np.lexsort((rarest, total[rarest]))].tolist():
        mine = table[place]
        # Alone in a fold: all places of a class that are dealt out so far. The last of a class must go elsewhere.
        last = mine & ~staying & (counts.sum(axis=0) == total - 1)
        stuck = (last & (counts.sum(axis=0) == counts) & (counts > 0)).any(axis=1)
        crowd = (counts[:, mine] / total[mine]).sum(axis=1)
        best = min(range(folds), key=lambda number: (stuck[number], crowd[number], counts[number].sum()))
        if stuck[best]:  # each fold would lose some class: it stays in training
            staying |= mine
            continue
        fold[place] = best
        counts[best] += mine
    return fold


def cross_validate(
    samples: Samples,
    *,
    unlabelled: Unlabelled | None = None,
    block: float | None = None,
    seed: int = 0,
    together: bool = False,
    progress: Progress,
    cancel: CancelToken,
) -> Validation:
    """Predict every place by probes fitted without it; their strengths too are chosen without the places they are
    tested on.

    Every probe learns from the same `unlabelled` pixels as the one that makes the map. Nobody told what they are, so no
    label of a place that is left out enters by them; and some may lie there with the chance of every other place of the
    map, all of which a probe meets as pixels before it maps them. `block`: metres within which samples count as one
    place; see `find_places`. `together` as in `fit_probe`.
    """
    places = find_places(samples, block)
    classes, table = len(samples.legend), places.of_class(samples)
    possible = int(testable(table).sum())
    leave_one_out = possible < 2 * FOLDS
    folds = possible if leave_one_out else FOLDS
    fold = place_folds(table, folds, seed) if folds else np.full(len(table), -1, np.intp)
    pixels, shares = np.zeros((classes, classes), np.intp), np.zeros((classes, classes))
    verdicts: list[Verdict] = []
    progress.start("validate", folds, "folds")
    for train, left_out in _splits(samples, fold[places.of_group], folds):
        cancel.check()
        if not learnable(train, together=together):  # not all classes are clear on some date without these
            fold[np.unique(places.of_group[left_out.group])] = -1
            continue
        chosen = choose_strengths(train, places, seed=seed, together=together, cancel=cancel)
        probe = fit_probe(train, strengths=chosen, unlabelled=unlabelled, together=together)
        test = left_out.subset(probe.seen(left_out.values))  # the rest is no-data in a map of it
        predicted = probe.predict(test.values)
        np.add.at(pixels, (predicted, test.label), 1)
        place = places.of_group[test.group]
        for number in np.unique(place):
            for label in np.flatnonzero(table[number]):
                votes = _votes(predicted[(place == number) & (test.label == label)], classes)
                shares[:, label] += votes / table[number].sum()
        verdicts += _verdicts(samples, test.group, predicted)
        progress.advance(1)
    progress.finish()
    used = np.unique(samples.group)
    return Validation(
        legend=samples.legend,
        pixels=pixels,
        shares=shares,
        places=np.asarray(table.sum(axis=0), np.intp),
        tested=np.asarray(table[fold >= 0].sum(axis=0), np.intp),
        trials=int((fold >= 0).sum()),
        samples=int((fold[places.of_group[used]] >= 0).sum()),
        block=places.block,
        sight=places.sight,
        folds=folds,
        leave_one_out=leave_one_out,
        verdicts=tuple(verdicts),
        square=places.square,
    )


def _votes(predicted: NDArray[np.intp], classes: int) -> NDArray[np.float64]:
    """Share (classes,) of the pixels that each class got."""
    return np.bincount(predicted, minlength=classes) / max(1, len(predicted))


def _verdicts(samples: Samples, group: NDArray[np.intp], predicted: NDArray[np.intp]) -> Iterator[Verdict]:
    names = samples.legend.names
    for each in np.unique(group):
        votes = _votes(predicted[group == each], len(names))
        label = samples.groups[each].label
        yield Verdict(samples.groups[each], names[label], names[int(votes.argmax())], float(votes[label]))


def by_feature(samples: Samples, validation: Validation) -> list[dict[str, Any]]:
    """Each feature that has pixels, as plain JSON: `fid`, `pixels` it covers, `predicted` and `share_right` as in
    `Verdict`, both null where its place was not left out. Of several parts, `predicted` is what most pixels got."""
    pixels: dict[int, int] = {}
    for group in samples.groups:
        pixels[group.fid] = pixels.get(group.fid, 0) + group.covered
    votes: dict[int, dict[str, int]] = {}
    right: dict[int, float] = {}
    for verdict in validation.verdicts:
        fid, covered = verdict.group.fid, verdict.group.covered
        mine = votes.setdefault(fid, {})
        mine[verdict.predicted] = mine.get(verdict.predicted, 0) + covered
        right[fid] = right.get(fid, 0.0) + verdict.share_right * covered
    return [
        {
            "fid": fid,
            "pixels": number,
            "predicted": max(votes[fid], key=lambda name: votes[fid][name]) if fid in votes else None,
            "share_right": right[fid] / sum(votes[fid].values()) if fid in votes else None,
        }
        for fid, number in pixels.items()
    ]


def choose_strengths(
    samples: Samples, places: Places, *, seed: int = 0, together: bool = False, cancel: CancelToken
) -> Strengths:
    """The strengths of lowest out-of-fold log-loss over places: first C, then the weight of the layers, which counts
    only where they lower the loss by more than nothing. What is assumed when there are too few places to tell.

    Of probes that know labels alone: to learn from other pixels each time would take longer, for the same choice.
    """
    table = places.of_class(samples)
    assumed = Strengths(layers=LAYER_WEIGHTS[1] if samples.columns.layers else 0)
    if table.any(axis=1).sum() < ENOUGH or (table.sum(axis=0) >= ENOUGH_PER_CLASS).sum() < 2:
        return assumed
    thin = _thinned(samples)
    fold = place_folds(table, _INNER_FOLDS, seed)[places.of_group]

    splits = list(_splits(thin, fold, _INNER_FOLDS))
    if not all(learnable(train, together=together) for train, _ in splits):
        return assumed

    def best(candidates: Sequence[Strengths]) -> Strengths:
        losses = np.zeros(len(candidates))
        for train, test in splits:
            probe = None
            weight = sample_weights(thin)[fold[thin.group] == fold[test.group[0]]]
            for i, candidate in enumerate(candidates):
                cancel.check()
                probe = fit_probe(train, strengths=candidate, previous=probe, together=together)
                right = probe.probabilities(test.values)[np.arange(len(test)), test.label]
                losses[i] -= weight @ np.log(np.maximum(right, 1e-6))
        return candidates[int(losses.argmin())]

    found = best([replace(assumed, regularisation=candidate) for candidate in CANDIDATES])
    if not samples.columns.layers:
        return found
    return best([replace(found, layers=weight) for weight in LAYER_WEIGHTS])


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
    return [
        f"Validation by place: {validation.scheme}",
        f"Overall accuracy {100 * validation.accuracy:.1f} % (95 % interval {low:.1f} … {high:.1f} %), every place"
        f" counting the same; {100 * validation.pixel_accuracy:.1f} % of pixels",
    ]


def _table(validation: Validation) -> list[str]:
    names = validation.legend.names
    first = max(len("predicted"), *(len(name) for name in names))
    cell = 2 + max(6, *(len(name[:10]) for name in names), len(str(validation.pixels.max())))
    matrix = len(names) <= _MOST_COLUMNS
    above = " " * (first + 18) + "pixels labelled as" if matrix else ""
    head = f"{'predicted':<{first}}  places    F1" + ("".join(f"{n[:10]:>{cell}}" for n in names) if matrix else "")
    lines = [above, head] if matrix else [head]
    for name, places, f1, row in zip(names, validation.places, validation.f1, validation.pixels, strict=True):
        score = f"{'?':>5}" if np.isnan(f1) else f"{f1:5.2f}"
        cells = "".join(f"{v:>{cell}}" for v in row) if matrix else ""
        lines.append(f"{name:<{first}}  {places:>6} {score}{cells}")
    if matrix:
        lines.append(f"{'in all':<{first + 14}}" + "".join(f"{v:>{cell}}" for v in validation.pixels.sum(axis=0)))
    lacking = validation.places - validation.tested
    untested = f"; {counted(int(lacking.sum()), 'place')} of them never tested" if lacking.any() else ""
    shared = "; one with several classes counts for each" if validation.tested.sum() > validation.trials else ""
    return [
        *lines,
        f"places: those with samples of the class{shared}{untested}.",
        f"F1: every place counts the same.{' Below labels: pixels of the tested places.' if matrix else ''}",
    ]


def _cautions(validation: Validation) -> list[str]:
    lines = []
    if not validation.independent:
        lines.append(caution_of_nearness(validation))
    if validation.unvalidated:
        lines.append(
            f"Cannot be validated (no second place): {', '.join(validation.unvalidated)}. Draw samples of it elsewhere,"
            f" more than {validation.square or validation.block:.0f} m away."
        )
    counts = zip(validation.legend.names, validation.tested.tolist(), strict=True)
    few = [f"{name} ({count})" for name, count in counts if 0 < count < FEW_PLACES]
    if few:
        lines.append(f"Too few places to know more than roughly: {', '.join(few)}.")
    for doubt in validation.doubts[:_MOST_DOUBTS]:
        lines.append(
            f"Look at {doubt.group} of {doubt.group.path.name}, labelled {doubt.label}:"
            f" {100 * doubt.share_right:.0f} % right, mostly {doubt.predicted}."
        )
    return ["", *lines] if lines else []


def caution_of_nearness(validation: Validation) -> str:
    """What a validation of places that the model sees together cannot tell."""
    if validation.square is not None:
        return (
            f"The samples lie side by side, and the model sees {validation.sight:.0f} m around a pixel, across the"
            " borders of squares: the figures may be too good. Draw samples apart from each other to know."
        )
    return (
        f"The model sees {validation.sight:.0f} m around a pixel, farther than the {validation.block:.0f} m between"
        " places: training may have seen the ground around a tested place, so the figures may be too good. Draw samples"
        " farther apart to know."
    )
