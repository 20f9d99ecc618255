"""Maps that hold together: a pixel's class scores averaged with those of its neighbours, but not across edges.

A joint bilateral filter (Petschnigg et al. 2004, "Digital photography with flash and no-flash image pairs", ACM TOG 23)
of the log-probabilities of the classes: neighbours count the more the less they differ in a guide, a picture of several
bands in which land of different classes differs. A river of one pixel's width is unlike its banks, so it stays.

Pure functions of arrays. What is more than `margin` pixels away from a pixel is nothing to it, and sums are added in
one order, so whoever smooths a part of a map with that margin around it gets the very numbers of the whole.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

#: How much neighbours matter: not at all; where no edge is between them; more of them, also across faint edges.
Smoothing = Literal["none", "edges", "strong"]
DEFAULT: Smoothing = "edges"


@dataclass(frozen=True)
class _Kernel:
    """Pixels to each side that are averaged, and the difference in the guide at which one weighs exp(−½)."""

    radius: int
    difference: float


#: Chosen on every second site of TerraMind land cover and of bark beetle damage; measured by `benchmarks.better_maps`.
_KERNELS: dict[Smoothing, _Kernel] = {"edges": _Kernel(2, 0.6), "strong": _Kernel(3, 1.0)}
#: The largest `margin` there is.
MARGIN = max(kernel.radius for kernel in _KERNELS.values())
#: All classes together are given at least this probability: one pixel that is certain does not outvote all around it.
_DOUBT = 0.01
#: A place in the guide as far from all land as squares allow: there, weights are 0.
_NOWHERE = np.float32(1e9)


def margin(smoothing: Smoothing) -> int:
    """Pixels that must be known around what is to be smoothed."""
    return 0 if smoothing == "none" else _KERNELS[smoothing].radius


def smoothed(
    scores: NDArray[np.float32], guide: NDArray[np.float32], valid: NDArray[np.bool_], smoothing: Smoothing
) -> NDArray[np.float32]:
    """Log-probabilities (classes, height, width), up to a constant of each pixel, of class `scores` of that shape.

    `scores` are log-probabilities up to a constant of each pixel; `guide` (bands, height, width) is such that classes
    differ by about 1. What is not `valid` (height, width) neither gives nor takes, and is 0. With "none" they are
    `scores`.
    """
    if smoothing == "none":
        return scores
    kernel = _KERNELS[smoothing]
    logs = _log_probabilities(scores, valid)
    scaled = np.float32(math.sqrt(0.5) / kernel.difference)
    guide = np.where(valid, guide * scaled, _NOWHERE)
    total = logs.copy()
    weights: NDArray[np.float32] = valid.astype(np.float32)
    for down, right in _neighbours(kernel.radius):
        here, there = _apart(valid.shape, down, right)
        weight = np.zeros_like(guide[0][here])
        part = np.empty_like(weight)
        for band in guide:
            np.subtract(band[here], band[there], out=part)
            weight -= np.square(part, out=part)
        np.exp(weight, out=weight)
        weights[here] += weight
        weights[there] += weight
        for each, sums in zip(logs, total, strict=True):
            sums[here] += np.multiply(weight, each[there], out=part)
            sums[there] += np.multiply(weight, each[here], out=part)
    total /= np.maximum(weights, 1)
    total *= valid
    return total


def _neighbours(radius: int) -> list[tuple[int, int]]:
    """(rows down, columns to the right) of one of each pair of opposite neighbours."""
    across = range(-radius, radius + 1)
    return [(down, right) for down in range(radius + 1) for right in across if (down, right) > (0, 0)]


def _apart(shape: tuple[int, ...], down: int, right: int) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """The pixels that have a neighbour so far away, and those neighbours."""
    height, width = shape
    rows, columns = max(0, height - down), max(0, width - abs(right))
    left, after = max(0, -right), max(0, right)
    return (slice(0, rows), slice(left, left + columns)), (slice(down, down + rows), slice(after, after + columns))


def _log_probabilities(scores: NDArray[np.float32], valid: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Log-probabilities with `_DOUBT`, above the lowest: 0 for what is least likely, and where nothing is valid."""
    logs = np.where(valid, scores, np.float32(0))
    logs -= logs.max(axis=0)
    logs -= np.log(np.exp(logs).sum(axis=0))
    lowest = np.float32(math.log(_DOUBT / len(scores)))
    np.maximum(logs, lowest, out=logs)
    logs -= lowest
    logs *= valid
    return logs
