"""Classes as normal distributions in a few directions: how well two can be told apart, and who is unlike the others.

Arrays only. Pixels of one sample are alike, so what counts is not their number but what they jointly tell
(`samples.ALIKE`); covariances that few samples know badly lean on those of all classes. Where several dates vote each
has distributions of its own, at the pixels that are clear on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from mmearth_core.labelling.samples import ALIKE, Samples

#: Directions (principal components of all samples) that classes are compared in, at most.
DIRECTIONS = 5
#: Samples that a class must have, or nothing can be said of its spread.
FEWEST = 2
#: How much of the common covariance is its diagonal only.
_DIAGONAL = 0.1
#: A sample is unlike its class where another class is likelier, or where the class would give one so remote, or
#: remoter, with less than this probability.
UNLIKELY = 0.001

Vector = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Normal:
    """A class in the directions: `mean` (k,), `covariance` (k, k) as it is used, what `told` it (independent pixels),
    and how many `samples`."""

    mean: Vector
    covariance: Vector
    told: float
    samples: int


@dataclass(frozen=True, eq=False)
class Unlike:
    """A sample (index of its group) that is unlike its class: how many standard deviations away, on which of several
    dates (index), and the class that it is most like (index)."""

    group: int
    distance: float
    nearest: int
    date: int = 0


class _Standing(NamedTuple):
    """How a sample stands to the classes: `squared` distance from the others of its own, and log `densities` of each
    class (index) that is known."""

    squared: float
    densities: dict[int, float]


@dataclass(frozen=True, eq=False)
class Gaussians:
    """The classes of some samples as normal distributions; None for one that has too few. `positions` (n, k) are the
    pixels in the directions."""

    normals: tuple[_Normal | None, ...]
    positions: Vector
    _samples: Samples
    _common: Vector

    @classmethod
    def of(cls, samples: Samples, values: Vector) -> Self:
        """Of samples and the values (n, bands) of their pixels, all finite."""
        weight = _weights(samples)
        balanced = weight / np.bincount(samples.label, weight, len(samples.legend))[samples.label]
        centred = values - np.average(values, axis=0, weights=balanced)
        _, directions = np.linalg.eigh((centred * balanced[:, None]).T @ centred)
        k = min(DIRECTIONS, values.shape[1])
        positions = centred @ directions[:, ::-1][:, :k]
        loose = [_loose(samples, positions, weight, index) for index in range(len(samples.legend))]
        known = [each for each in loose if each is not None]
        told = sum(each.told for each in known)
        common = sum((each.told / told * each.covariance for each in known), np.zeros((k, k)))
        common = (1 - _DIAGONAL) * common + _DIAGONAL * np.diag(np.diag(common))
        common = common + 1e-9 * max(1e-30, np.trace(common) / k) * np.eye(k)
        normals = tuple(None if each is None else _leaning(each, common) for each in loose)
        return cls(normals, positions, samples, common)

    def separability(self) -> Vector:
        """(classes, classes): Jeffries–Matusita distance, 0 (the same) … 2 (never mixed up), not-a-number where a class
        has too few samples.

        JM = 2 (1 − e^−B) with the Bhattacharyya distance B of two normal distributions (Swain & Davis 1978, Remote
        Sensing: The Quantitative Approach, eq. 3-24; Richards 2013, Remote Sensing Digital Image Analysis, ch. 10). Of
        the distance of the means what two draws of one class would have is taken off (Fukunaga 1990, Introduction to
        Statistical Pattern Recognition, ch. 3), and covariances are regularised towards the common one (Friedman 1989,
        J. Am. Stat. Assoc. 84, 165-175).
        """
        count = len(self.normals)
        found = np.full((count, count), np.nan)
        for i, one in enumerate(self.normals):
            for j, other in enumerate(self.normals[:i]):
                if one is not None and other is not None:
                    found[i, j] = found[j, i] = 2 * (1 - np.exp(-_bhattacharyya(one, other)))
        return found

    @property
    def groups(self) -> list[int]:
        """The groups that have pixels here."""
        found: list[int] = np.unique(self._samples.group).tolist()
        return found

    @property
    def directions(self) -> int:
        return int(self.positions.shape[1])

    def standing(self, group: int) -> _Standing | None:
        """How the middle of a sample stands to the classes, its own known by the others of it alone; None where these
        are too few, or it has no pixel here."""
        samples, mine = self._samples, self._samples.group == group
        label = samples.groups[group].label
        rest = _loose(samples, self.positions, np.where(mine, 0, _weights(samples)), label) if mine.any() else None
        if rest is None:
            return None
        middle = self.positions[mine].mean(axis=0)
        own = _leaning(rest, self._common)
        densities = {index: _log_density(middle, each) for index, each in enumerate(self.normals) if each is not None}
        return _Standing(_squared(middle, own), densities | {label: _log_density(middle, own)})


def separability(dates: Sequence[Gaussians]) -> tuple[Vector, NDArray[np.intp]]:
    """(classes, classes): the separability of two classes on the date, of those that vote, that tells them apart best,
    and the index of that date; −1 where no date can say.

    What another date mixes up hardly counts in a vote. Dates are no independent witnesses, so they are not added up.
    """
    found = np.stack([each.separability() for each in dates])
    known = np.isfinite(found)
    best = np.where(known, found, -1.0).argmax(axis=0)
    highest: Vector = np.take_along_axis(found, best[None], axis=0)[0]
    return highest, np.where(known.any(axis=0), best, -1)


def unlike(dates: Sequence[Gaussians], label_of: Sequence[int]) -> list[Unlike]:
    """The samples that are unlike their class (`label_of` each group), the most unlike first.

    Each is compared with the others of its class on every date that shows it. The class it is most like is what the
    dates vote for: what each of them knows of its classes, added up. On one date alone it may still be too remote.
    """
    from scipy.special import chdtri  # noqa: PLC0415 - slow to load

    farthest = [chdtri(each.directions, UNLIKELY / len(dates)) for each in dates]
    found = []
    for group in sorted({group for each in dates for group in each.groups}):
        seen = [(date, each) for date, on in enumerate(dates) if (each := on.standing(group)) is not None]
        if not seen:
            continue
        votes = np.zeros(1 + max(index for _, each in seen for index in each.densities))
        for _, each in seen:
            known = np.array(list(each.densities.values()))
            top = known.max()
            average = top + np.log(np.exp(known - top).mean())
            votes[list(each.densities)] += known - average
        certain = {index for _, each in seen for index in each.densities}
        nearest = max(certain, key=lambda index: votes[index])
        date, worst = max(seen, key=lambda each: each[1].squared / farthest[each[0]])
        if nearest != label_of[group] or worst.squared > farthest[date]:
            distance = float(np.sqrt(worst.squared / dates[date].directions))
            found.append(Unlike(group, distance, nearest, date))
    return sorted(found, key=lambda each: -each.distance)


def _weights(samples: Samples) -> Vector:
    """What each pixel (n,) tells, in independent pixels."""
    size = np.bincount(samples.group, minlength=len(samples.groups))
    weight: Vector = 1 / (1 + (size[samples.group] - 1) * ALIKE)
    return weight


def _loose(samples: Samples, positions: Vector, weight: Vector, label: int) -> _Normal | None:
    """A class by its own pixels alone; None where too few samples are left."""
    mine = (samples.label == label) & (weight > 0)
    number = len(np.unique(samples.group[mine]))
    told = float(weight[mine].sum())
    if number < FEWEST or told <= 1:
        return None
    mean = np.average(positions[mine], axis=0, weights=weight[mine])
    apart = positions[mine] - mean
    covariance = (apart * weight[mine, None]).T @ apart / (told - 1)
    return _Normal(mean, covariance, told, number)


def _leaning(normal: _Normal, common: Vector) -> _Normal:
    """The class with its covariance drawn to the common one, as much as that were known by as many pixels as there are
    directions."""
    prior = len(common)
    covariance = (normal.told * normal.covariance + prior * common) / (normal.told + prior)
    return _Normal(normal.mean, covariance, normal.told, normal.samples)


def _bhattacharyya(one: _Normal, other: _Normal) -> float:
    both = (one.covariance + other.covariance) / 2
    apart = one.mean - other.mean
    by_chance = np.trace(np.linalg.solve(both, one.covariance / one.told + other.covariance / other.told))
    squared = max(0.0, float(apart @ np.linalg.solve(both, apart)) - float(by_chance))
    logs = [np.linalg.slogdet(each)[1] for each in (both, one.covariance, other.covariance)]
    return squared / 8 + float(logs[0] - (logs[1] + logs[2]) / 2) / 2


def _squared(place: Vector, normal: _Normal) -> float:
    """Squared Mahalanobis distance of a place, the uncertainty of the class's mean included."""
    apart = place - normal.mean
    return float(apart @ np.linalg.solve(normal.covariance, apart)) / (1 + 1 / normal.told)


def _log_density(place: Vector, normal: _Normal) -> float:
    return float(-_squared(place, normal) - np.linalg.slogdet(normal.covariance)[1]) / 2
