"""What the stored numbers of an embedding mean, and whether a law can be theirs: vectors of length 1 tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy import float32
from numpy.typing import ArrayLike, NDArray

#: Mean lengths that vectors of length 1 may have after rounding, and after somebody resampled them.
_NEAR_ONE = (0.8, 1.1)


class Law(Protocol):
    """How stored numbers become values."""

    @property
    def linear(self) -> tuple[NDArray[float32], NDArray[float32]] | None:
        """(scale, offset), each (bands,), when a value is stored · scale + offset."""

    def decode(self, stored: NDArray[np.generic]) -> NDArray[float32]:
        """Values of numbers whose first axis is the band, of the same shape."""


@dataclass(frozen=True, eq=False)
class Linear:
    """value = stored · scale + offset, with one scale and offset a band."""

    scale: NDArray[float32]
    offset: NDArray[float32]

    @classmethod
    def of(cls, bands: int, scale: ArrayLike = 1.0, offset: ArrayLike = 0.0) -> "Linear":
        """With one number for all bands, or one each; else `ValueError`."""
        return cls(*(np.broadcast_to(np.asarray(each, float32), bands) for each in (scale, offset)))

    @property
    def linear(self) -> tuple[NDArray[float32], NDArray[float32]]:
        return self.scale, self.offset

    def decode(self, stored: NDArray[np.generic]) -> NDArray[float32]:
        if self._as_is:
            return stored.astype(float32, copy=False)
        scale, offset = (each.reshape(-1, *[1] * (stored.ndim - 1)) for each in self.linear)
        values = stored.astype(float32)
        values *= scale
        values += offset
        return values

    def __str__(self) -> str:
        return "the stored numbers are the values" if self._as_is else "stored · scale + offset"

    @property
    def _as_is(self) -> bool:
        return bool((self.scale == 1).all() and not self.offset.any())


@dataclass(frozen=True)
class Square:
    """value = sign(stored) · (stored / unit)²: small values in finer steps than large ones.

    Source: "AlphaEarth Foundations GCS data", developers.google.com/earth-engine/guides/aef_on_gcs_readme.
    """

    unit: float = 127.5

    @property
    def linear(self) -> None:
        return None

    def decode(self, stored: NDArray[np.generic]) -> NDArray[float32]:
        # Four times as fast as looking the values up in a table.
        values = stored.astype(float32)
        values *= float32(1 / self.unit)
        values *= np.abs(values)
        return values

    def __str__(self) -> str:
        return f"sign(stored) · (stored / {self.unit:g})²"


def mean_length(law: Law, stored: NDArray[np.generic]) -> float:
    """Mean length of the vectors that a law makes of (bands, n) stored numbers."""
    return float(np.linalg.norm(law.decode(stored), axis=0).mean())


def is_near_one(length: float) -> bool:
    return _NEAR_ONE[0] <= length <= _NEAR_ONE[1]


def others_that_fit(stored: NDArray[np.generic]) -> list[str]:
    """The common laws by which (bands, n) stored numbers would be vectors of length 1, in words."""
    bands = len(stored)
    common: Mapping[str, Law] = {
        "stored / 127.5": Linear.of(bands, 1 / 127.5),
        "stored / 127": Linear.of(bands, 1 / 127),
        str(Square()): Square(),
        "as they are": Linear.of(bands),
    }
    return [name for name, law in common.items() if is_near_one(mean_length(law, stored))]
