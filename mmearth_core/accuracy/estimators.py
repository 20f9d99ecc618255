"""Design-based estimators of map accuracy and class areas from a reference sample. Numbers only: never reads a file.

A reference sample is a set of units (pixels) drawn at random, simply or within strata of known size, each with the
class of the map and the class an interpreter gave it. The estimators are those of Stehman (2014), "Estimating area
and map accuracy for stratified random sampling when the strata are different from the map classes", International
Journal of Remote Sensing 35, 4923–4939. Where the strata are the map's classes they are identical to eqs. 1–11 of
Olofsson et al. (2014), "Good practices for estimating area and assessing accuracy of land change", Remote Sensing of
Environment 148, 42–57; one stratum is simple random sampling. As there, no finite-population correction is applied,
so that standard errors are slightly too large when a stratum is sampled nearly completely, never too small. Confidence
intervals are not ± 1.96 standard errors, as there: see `intervals`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmearth_core.accuracy.intervals import Total, share_of, share_of_known, total

#: An interval of a share that is wider than this says next to nothing.
_WIDE = 0.5


@dataclass(frozen=True)
class Estimate:
    """An estimated quantity, its standard error and its 95 % confidence interval; each is None where the sample cannot
    say."""

    value: float | None
    standard_error: float | None
    interval: tuple[float, float] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values, with the ends of the interval."""
        low, high = self.interval or (None, None)
        return {"value": self.value, "standard_error": self.standard_error, "low95": low, "high95": high}

    def scaled(self, factor: float) -> Self:
        """The same quantity in another unit."""
        value, error, ends = self.value, self.standard_error, self.interval
        return type(self)(
            None if value is None else value * factor,
            None if error is None else error * factor,
            None if ends is None else (ends[0] * factor, ends[1] * factor),
        )


@dataclass(frozen=True)
class Share(Estimate):
    """A share of 0 … 1."""

    @property
    def too_few(self) -> bool:
        """Whether the sample is too small to say anything: its interval is wider than half of what is possible."""
        return self.interval is not None and self.interval[1] - self.interval[0] > _WIDE

    def as_dict(self) -> dict[str, Any]:
        """Plain values, with the ends of the interval and whether it is too wide to say anything."""
        return super().as_dict() | {"too_few": self.too_few}


NOT_ESTIMABLE = Share(None, None)


@dataclass(frozen=True)
class Accuracy:
    """What a reference sample says about a map of `classes`.

    `counts` is the error matrix in sample units and `proportions` the one in estimated shares of the area, both of
    shape (classes, classes) with the map in rows and the reference in columns. `users` and `producers` are shares 0 …
    1, in the order of `classes`; `areas` are in the unit of the strata's sizes and sum to `covered`, the size of the
    strata that hold at least one unit. Strata without a unit are in `unsampled`: nothing is known about them and the
    estimates do not describe them. Strata with one unit are in `single`: their variance is unknown, so the standard
    errors they enter are None; the intervals they enter are wide.
    """

    classes: tuple[int, ...]
    counts: NDArray[np.int64]
    proportions: NDArray[np.float64]
    overall: Share
    users: tuple[Share, ...]
    producers: tuple[Share, ...]
    areas: tuple[Estimate, ...]
    covered: float
    unsampled: tuple[int, ...]
    single: tuple[int, ...]


def error_matrix(mapped: ArrayLike, reference: ArrayLike, classes: Sequence[int]) -> NDArray[np.int64]:
    """Counts of units, shape (classes, classes): map in rows, reference in columns.

    `mapped` and `reference` have shape (units,) and hold values of `classes`; another value is a `ValueError`.
    """
    size = len(classes)
    cells = _positions(mapped, classes) * size + _positions(reference, classes)
    return np.bincount(cells, minlength=size * size).reshape(size, size).astype(np.int64)


def agreement(counts: NDArray[np.int64]) -> tuple[Share, tuple[Share, ...], tuple[Share, ...]]:
    """Overall, user's and producer's accuracy as plain shares of an error matrix's counts, without standard errors.

    For reference data that are no probability sample (polygons chosen by hand): they describe those data only.
    """
    hits = np.diag(counts)

    def share(part: int, whole: int) -> Share:
        return Share(part / whole, None) if whole else NOT_ESTIMABLE

    users = tuple(share(int(hit), int(row)) for hit, row in zip(hits, counts.sum(1), strict=True))
    producers = tuple(share(int(hit), int(column)) for hit, column in zip(hits, counts.sum(0), strict=True))
    return share(int(hits.sum()), int(counts.sum())), users, producers


def estimate(
    *,
    mapped: ArrayLike,
    reference: ArrayLike,
    stratum: ArrayLike,
    sizes: Mapping[int, float],
    classes: Sequence[int],
    mapped_sizes: Mapping[int, float] | None = None,
) -> Accuracy:
    """Accuracy and areas from a (stratified) random sample.

    `mapped`, `reference` and `stratum` have shape (units,): the map's class, the reference class and the stratum of
    each unit. `sizes` gives the size of every stratum, sampled or not, in any unit of area; estimated areas have that
    unit. `classes` are the values of the map and of the reference together. `mapped_sizes`: the size of each class on
    the map, which tells user's accuracies of other strata better (see `intervals`).

    With `stratum` equal to `mapped` this is Olofsson et al. (2014): proportions eq. 4, overall accuracy eqs. 1 and 5,
    user's eqs. 2 and 6, producer's eqs. 3 and 7, areas eqs. 8–11. It serves as well for a simple or systematic random
    sample, which is thereby stratified after the fact. With other strata it is Stehman (2014), eqs. 3–28.

    Raises `ValueError` when arrays differ in length, are empty, or hold a stratum without a size or an unknown class.
    """
    rows, columns, strata = (np.asarray(values, np.int64) for values in (mapped, reference, stratum))
    if not len(rows) == len(columns) == len(strata):
        raise ValueError("mapped, reference and stratum must have the same length")
    if not len(rows):
        raise ValueError("the sample is empty")
    counts = error_matrix(rows, columns, classes)
    units = {int(value): int(number) for value, number in zip(*np.unique(strata, return_counts=True), strict=True)}
    if any(sizes.get(value, 0) <= 0 for value in units):
        raise ValueError("every stratum of the sample needs a size above 0")

    sampled = {value: float(sizes[value]) for value in units}
    design = _Design(strata, sampled)
    strata_are_map_classes = bool((strata == rows).all())
    weight = design.expansion / design.covered
    proportions = np.zeros(counts.shape)
    np.add.at(proportions, (_positions(rows, classes), _positions(columns, classes)), weight)

    users, producers, areas = [], [], []
    for value in classes:
        in_map, in_reference = rows == value, columns == value
        # Where strata are map classes, the units of another stratum cannot be of this map class.
        own = design.only(strata == value) if strata_are_map_classes else design
        others = design.only(strata != value) if strata_are_map_classes else design
        user = _share(in_map & in_reference, in_map & ~in_reference, own, own)
        if mapped_sizes is not None and user.value is not None and not strata_are_map_classes:
            ends = share_of_known(
                user.value, user.standard_error, design.expansion[in_map], mapped_sizes.get(value, 0.0)
            )
            user = replace(user, interval=ends)
        users.append(user)
        producers.append(_share(in_map & in_reference, ~in_map & in_reference, own, others, design))
        areas.append(design.total(in_reference))
    return Accuracy(
        classes=tuple(classes),
        counts=counts,
        proportions=proportions,
        overall=design.share(rows == columns),
        users=tuple(users),
        producers=tuple(producers),
        areas=tuple(areas),
        covered=design.covered,
        unsampled=tuple(sorted(value for value, size in sizes.items() if size > 0 and value not in units)),
        single=tuple(sorted(value for value, number in units.items() if number == 1)),
    )


def _positions(values: ArrayLike, classes: Sequence[int]) -> NDArray[np.int64]:
    """Index of each value in `classes`; `ValueError` when it is not there or `classes` repeats itself."""
    array, order = np.asarray(values, np.int64), np.asarray(classes, np.int64)
    if len(np.unique(order)) != len(order):
        raise ValueError("classes must be distinct")
    if not np.isin(array, order).all():
        raise ValueError("a unit has a class that is not among the classes")
    sorter = np.argsort(order)
    return sorter[np.searchsorted(order, array, sorter=sorter)].astype(np.int64)


class _Design:
    """Strata with their sizes and the units drawn in each: totals and shares of totals with variances and intervals."""

    def __init__(self, stratum: NDArray[np.int64], sizes: Mapping[int, float]) -> None:
        self._stratum = stratum
        self._sizes = dict(sizes)
        self._members = {value: np.flatnonzero(stratum == value) for value in sizes}
        self.covered = float(sum(sizes.values()))

    @property
    def expansion(self) -> NDArray[np.float64]:
        """Size each unit stands for, shape (units,): size of its stratum ÷ units drawn there."""
        expansion = np.zeros(len(self._stratum))
        for value, members in self._members.items():
            expansion[members] = self._sizes[value] / len(members)
        return expansion

    def only(self, units: NDArray[np.bool_]) -> "_Design":
        """The design restricted to the strata of some units."""
        kept = set(self._stratum[units].tolist())
        return _Design(self._stratum, {value: size for value, size in self._sizes.items() if value in kept})

    def total(self, hit: NDArray[np.bool_]) -> Estimate:
        """Size of what the units (units,) that are hit stand for (Stehman 2014, eqs. 3 and 25)."""
        variance, found = self.variance(hit.astype(float)), self.bounds(hit)
        return Estimate(found.value, None if variance is None else variance**0.5, (found.low, found.high))

    def share(self, hit: NDArray[np.bool_]) -> Share:
        """The same as a share of everything (Stehman 2014, eq. 3 ÷ N)."""
        found, variance = self.bounds(hit), self.variance(hit.astype(float))
        ends = (found.low / self.covered, found.high / self.covered)
        return Share(found.value / self.covered, None if variance is None else variance**0.5 / self.covered, ends)

    def bounds(self, hit: NDArray[np.bool_]) -> Total:
        """The size of what is hit, and its interval."""
        units = [len(members) for members in self._members.values()]
        hits = [hit[members].sum() for members in self._members.values()]
        return total(np.array(hits, float), np.array(units, float), np.array(list(self._sizes.values())))

    def variance(self, y: NDArray[np.float64]) -> float | None:
        """Variance of the estimated total of y (units,); None when a stratum has a single unit."""
        if any(len(members) == 1 for members in self._members.values()):
            return None
        return float(
            sum(
                self._sizes[value] ** 2 * y[members].var(ddof=1) / len(members)
                for value, members in self._members.items()
            )
        )

    def correlation(self, one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
        """Of the estimated totals of two kinds of units that exclude each other; −1, the widest, where one varies in no
        stratum."""
        rows = [(self._sizes[value], len(m), one[m].mean(), other[m].mean()) for value, m in self._members.items()]
        size, units, a, b = np.array(rows).T
        weight = size**2 / units
        varied = float(weight @ (a * (1 - a))) * float(weight @ (b * (1 - b)))
        return -float(weight @ (a * b)) / varied**0.5 if varied > 0 else -1.0


def _share(
    hit: NDArray[np.bool_], missed: NDArray[np.bool_], hits_in: _Design, misses_in: _Design, both: _Design | None = None
) -> Share:
    """What is hit ÷ what is hit or missed, with the linearised standard error (Stehman 2014, eqs. 27 and 28).

    Hits can only lie in the strata of `hits_in` and misses in those of `misses_in`; `both` has the strata of either.
    """
    if not (hit | missed).any():
        return NOT_ESTIMABLE
    both = both or hits_in
    part, rest = hits_in.bounds(hit), misses_in.bounds(missed)
    whole = part.value + rest.value
    value = part.value / whole
    # s²_y + R²·s²_x − 2R·s_xy of the paper is the variance of the residual y − R·x.
    variance = both.variance(hit - value * (hit | missed))
    correlation = both.correlation(hit, missed) if hits_in is misses_in else 0.0
    ends = share_of(part, rest, correlation)
    return Share(value, None if variance is None else variance**0.5 / whole, ends)
