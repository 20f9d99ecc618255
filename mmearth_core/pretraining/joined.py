"""Several datasets read as one: tiles numbered through, statistics pooled, what one lacks given as missing."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import MODALITIES
from mmearth_core.pretraining.statistics import Statistics
from mmearth_core.pretraining.tiles import TileFile
from mmearth_core.sentinel2 import Level


class JoinedTiles:
    """The tiles of datasets one after the other, as a `TileFile` gives those of one.

    `modalities`: those that any of them has. Raises `MMEarthError` when their tiles differ in size.
    """

    def __init__(self, files: Sequence[TileFile]) -> None:
        sizes = {file.size for file in files}
        if len(sizes) > 1:
            raise MMEarthError(
                f"The datasets have tiles of {', '.join(map(str, sorted(sizes)))} pixels; tiles of one run must be of"
                " one size."
            )
        self.files = tuple(files)
        self.size = files[0].size
        self.modalities = tuple(name for name in MODALITIES if any(name in file.modalities for file in files))
        self._ends = np.cumsum([len(file) for file in files])

    def __len__(self) -> int:
        return int(self._ends[-1])

    @property
    def lonlat(self) -> NDArray[np.float64]:
        """Longitude and latitude of each tile in degrees, (N, 2); NaN where unknown."""
        return np.concatenate([file.lonlat for file in self.files])

    def level(self, index: int) -> Level:
        """Processing level of the Sentinel-2 image of one tile."""
        file, own = self._locate(index)
        return file.level(own)

    def read(self, index: int, names: Iterable[str]) -> dict[str, NDArray[Any]]:
        """Raw arrays of one tile as stored; what its dataset lacks is missing."""
        file, own = self._locate(index)
        names = list(names)
        found = file.read(own, [name for name in names if name in file.modalities])
        return {name: found.get(name, MODALITIES[name].missing(self.size)) for name in names}

    def require(self, crop: int) -> None:
        """Raise `MMEarthError` when tiles are smaller than a crop of `crop` pixels."""
        self.files[0].require(crop)

    def _locate(self, index: int) -> tuple[TileFile, int]:
        """The dataset of a tile, and its number there."""
        which = int(np.searchsorted(self._ends, index, side="right"))
        return self.files[which], index - (int(self._ends[which - 1]) if which else 0)


def pooled(files: Sequence[TileFile], statistics: Sequence[Statistics]) -> Statistics:
    """The statistics of several datasets together, each weighted by its number of tiles (of the level, where they are
    of one): mean of means, and the deviation about it."""
    values = {}
    for key in dict.fromkeys(key for each in statistics for key in each.values):
        level = key.rpartition("_")[2]
        parts = [
            (
                float((file.levels == level).sum()) if key.startswith("sentinel2_") else float(len(file)),
                *each.values[key],
            )
            for file, each in zip(files, statistics, strict=True)
            if key in each.values
        ]
        weights = np.array([part[0] for part in parts])
        weights = weights / weights.sum() if weights.sum() else np.full(len(parts), 1 / len(parts))
        means, stds = (np.stack([part[at] for part in parts]).astype(np.float64) for at in (1, 2))
        mean = weights @ means
        std = np.sqrt(weights @ (stds**2 + (means - mean) ** 2))
        values[key] = mean.astype(np.float32), std.astype(np.float32)
    return Statistics(values)
