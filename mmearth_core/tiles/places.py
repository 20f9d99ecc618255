"""Which tiles are images of one place: told from coordinates alone. Pure: numpy only, no files."""

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

#: Coordinates in degrees that differ by no more are those of one place: a pixel of 10 m.
SAME_PLACE = 1e-4


class Places:
    """The places of N tiles, in twelve bytes a tile. `number`: that of each tile's place, (N,) int32, from 0.

    A tile of unknown place is a place of its own.
    """

    def __init__(self, lonlat: NDArray[np.float64]) -> None:
        """`lonlat` is (N, 2), longitude and latitude in degrees, NaN where unknown."""
        self.number = _numbered(np.asarray(lonlat, np.float64)).astype(np.int32)
        self._by_place = np.argsort(self.number, kind="stable").astype(np.int32)
        self._ends = np.cumsum(np.bincount(self.number)).astype(np.int32)

    def companions(self, tile: int) -> NDArray[np.int64]:
        """Numbers of the other tiles at the place of one, rising; none where its place is unknown."""
        place = int(self.number[tile])
        begin = int(self._ends[place - 1]) if place else 0
        found = self._by_place[begin : int(self._ends[place])].astype(np.int64)
        others: NDArray[np.int64] = found[found != tile]
        return others


class Placed(ABC):
    """Tiles whose coordinates are known, and so which of them are images of one place."""

    _places: Places | None = None

    @property
    @abstractmethod
    def lonlat(self) -> NDArray[np.float64]:
        """Longitude and latitude of each tile in degrees, (N, 2); NaN where unknown."""

    @property
    def places(self) -> Places:
        """Which tiles are images of one place: found once, and known to whoever gets the tiles pickled after that."""
        if self._places is None:
            self._places = Places(self.lonlat)
        return self._places

    def companions(self, index: int) -> NDArray[np.int64]:
        """Numbers of the other images of one tile's place, rising; none where the place is unknown."""
        return self.places.companions(index)


def _numbered(lonlat: NDArray[np.float64]) -> NDArray[np.int64]:
    """Numbers of places, (N,).

    Rounding would part neighbours on two sides of a step. Instead places are parted where longitudes, latitudes and
    again longitudes leave a gap, until no gap is left.
    """
    known = np.isfinite(lonlat).all(axis=1)
    number = np.where(known, 0, 1 + np.arange(len(lonlat)))
    parts = 0
    while (found := len(np.unique(number))) > parts:
        parts = found
        for axis in (0, 1):
            values = np.where(known, lonlat[:, axis], 0)
            order = np.lexsort((values, number))
            # Coordinates as texts have their last digit; sums of them do not.
            apart = np.diff(values[order]) > SAME_PLACE * (1 + 1e-6)
            begins = np.concatenate([[False], apart | (np.diff(number[order]) != 0)])
            number = np.empty_like(number)
            number[order] = np.cumsum(begins)
    return number
