"""A random draw of pixels that depends on no order: of all pixels seen so far, those of lowest priority are kept."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Kept:
    """Pixels kept so far: `priority` (n,), `values` (n, bands), `position` (n, 2) row and column; of `covered` seen."""

    priority: NDArray[np.uint64]
    values: NDArray[np.float32]
    position: NDArray[np.intp]
    covered: int = 0

    @classmethod
    def none(cls, bands: int) -> Self:
        return cls(np.zeros(0, np.uint64), np.zeros((0, bands), np.float32), np.zeros((0, 2), np.intp))


def lowest(kept: Kept, key: int, values: NDArray[np.float32], position: NDArray[np.intp], cap: int) -> Kept:
    """`kept` and new pixels, reduced to the `cap` of lowest priority; `key` makes one draw another than the next."""
    priority = np.concatenate([kept.priority, priorities(key, position)])
    values, position = np.concatenate([kept.values, values]), np.concatenate([kept.position, position])
    chosen = _least(priority, cap)
    return Kept(priority[chosen], values[chosen], position[chosen], kept.covered + len(priority) - len(kept.priority))


def drawn(key: int, position: NDArray[np.intp], cap: int) -> NDArray[np.intp]:
    """Which of some pixels `lowest` would keep if there were no others, rising."""
    return _least(priorities(key, position), cap)


def _least(priority: NDArray[np.uint64], cap: int) -> NDArray[np.intp]:
    if len(priority) <= cap:
        return np.arange(len(priority))
    return np.sort(np.argpartition(priority, cap)[:cap])


def priorities(key: int, position: NDArray[np.intp]) -> NDArray[np.uint64]:
    """A hash (n,) of key and pixel (the finaliser of splitmix64; Steele, Lea & Flood 2014)."""
    row, col = position.astype(np.uint64).T
    z = (row << np.uint64(32)) + col + np.uint64(key)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        z = (z ^ (z >> np.uint64(shift))) * np.uint64(factor)
    mixed: NDArray[np.uint64] = z ^ (z >> np.uint64(31))
    return mixed
