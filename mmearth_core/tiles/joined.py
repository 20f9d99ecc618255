"""Several datasets read as one: tiles numbered through, statistics pooled, what one lacks given as missing."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import MODALITIES, Modality
from mmearth_core.sentinel2 import Level
from mmearth_core.tiles.places import Placed
from mmearth_core.tiles.reader import TileFile, modalities_for
from mmearth_core.tiles.statistics import DatasetStatistics


class JoinedTiles(Placed):
    """The tiles of datasets one after the other, as a `TileFile` gives those of one.

    Raises `MMEarthError` when their tiles differ in size, or a teacher in what it is.
    """

    def __init__(self, files: Sequence[TileFile]) -> None:
        sizes = {file.size for file in files}
        if len(sizes) > 1:
            raise MMEarthError(
                f"The datasets have tiles of {', '.join(map(str, sorted(sizes)))} pixels; give such as have tiles of"
                " one size."
            )
        self.files = tuple(files)
        self.size = files[0].size
        held: dict[str, Modality] = {}
        for file in files:
            for name, modality in file.modalities.items():
                _check_same(held.setdefault(name, modality), modality, file)
        # The twelve in their order; a name that is not among them is a teacher's.
        names = [name for name in MODALITIES if name in held]
        self._modalities = {name: held[name] for name in [*names, *sorted(held.keys() - set(names))]}
        self._ends = np.cumsum([len(file) for file in files])

    def __len__(self) -> int:
        return int(self._ends[-1])

    @property
    def modalities(self) -> Mapping[str, Modality]:
        """The modalities that any of the datasets has: those of `MODALITIES` in its order, then teachers."""
        return MappingProxyType(self._modalities)

    @property
    def lonlat(self) -> NDArray[np.float64]:
        """Longitude and latitude of each tile in degrees, (N, 2); NaN where unknown."""
        return np.concatenate([file.lonlat for file in self.files])

    @property
    def days(self) -> NDArray[np.float64]:
        """The day of each tile's image since 2000-01-01, (N,); NaN where unknown."""
        return np.concatenate([file.days for file in self.files])

    def level(self, index: int) -> Level:
        """Processing level of the Sentinel-2 image of one tile."""
        file, own = self._locate(index)
        return file.level(own)

    def read(self, index: int, names: Iterable[str]) -> dict[str, NDArray[Any]]:
        """Raw arrays of one tile as stored; what its dataset lacks is missing."""
        file, own = self._locate(index)
        names = list(names)
        found = file.read(own, [name for name in names if name in file.modalities])
        known = modalities_for(self)
        return {name: found[name] if name in found else known[name].missing(self.size) for name in names}

    def require(self, crop: int) -> None:
        """Raise `MMEarthError` when tiles are smaller than a crop of `crop` pixels."""
        self.files[0].require(crop)

    def _locate(self, index: int) -> tuple[TileFile, int]:
        """The dataset of a tile, and its number there."""
        which = int(np.searchsorted(self._ends, index, side="right"))
        return self.files[which], index - (int(self._ends[which - 1]) if which else 0)


def _check_same(first: Modality, other: Modality, file: TileFile) -> None:
    """Raise `MMEarthError` when a dataset has another teacher under the name of an earlier one's."""
    one, two = (f"{each.stored} channels of {each.dtype} with a stride of {each.stride}" for each in (first, other))
    if (one, first.scale) != (two, other.scale):
        differs = f"has {two}, in the datasets before {one}" if one != two else "is scaled otherwise than before"
        raise MMEarthError(
            f"{file.path}: {first.name} {differs}; build both with one specification, rename one, or leave it out."
        )


def pooled(files: Sequence[TileFile], statistics: Sequence[DatasetStatistics]) -> DatasetStatistics:
    """The statistics of several datasets together: mean of means, and the deviation about it.

    Each dataset has the weight of its number of values in the channel. Where one of them does not know it, as the
    published ones do not, it is that of its number of tiles (of the level, where the statistics are of one).
    """
    values = {}
    for key in dict.fromkeys(key for each in statistics for key in each.values):
        parts = [(file, each) for file, each in zip(files, statistics, strict=True) if key in each.values]
        means, stds = (np.stack([each.values[key][at] for _, each in parts]).astype(np.float64) for at in (0, 1))
        if all(key in each.counts for _, each in parts):
            weights = np.stack([each.counts[key] for _, each in parts])
        else:
            weights = np.repeat([[_tiles_of(file, key)] for file, _ in parts], means.shape[1], axis=1)
        total = weights.sum(axis=0)
        weights = np.where(total, weights / np.where(total, total, 1), 1 / len(parts))
        mean = (weights * means).sum(axis=0)
        std = np.sqrt((weights * (stds**2 + (means - mean) ** 2)).sum(axis=0))
        values[key] = mean.astype(np.float32), std.astype(np.float32)
    return DatasetStatistics(values)


def _tiles_of(file: TileFile, key: str) -> int:
    """How many tiles of a dataset the statistics under a key are of."""
    return int((file.levels == key.rpartition("_")[2]).sum()) if key.startswith("sentinel2_") else len(file)
