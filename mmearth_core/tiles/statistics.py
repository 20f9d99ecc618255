"""Mean and standard deviation of each modality: from the dataset's own file, else measured once and kept beside it.

Only valid values count: what is missing is told from raw values before anything is computed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mmearth_core import sentinel2
from mmearth_core.errors import EnvironmentFailure, MMEarthError
from mmearth_core.files import write_json
from mmearth_core.modalities import SENTINEL2_STORED, Modality, valid
from mmearth_core.progress import Progress, Silent
from mmearth_core.sentinel2 import ENCODER_BANDS, LEVELS, Level
from mmearth_core.tiles.reader import TileFile, evenly

#: At most so many tiles, spread over the dataset, are measured (the published statistics come from as many).
SAMPLE = 100_000


def moments_key(modality: Modality, level: str) -> str | None:
    """The key of a modality in band_stats.json: Sentinel-2 has one per processing level; classes have none."""
    if modality.kind == "classes":
        return None
    return f"{modality.name}_{level}" if modality.name.startswith("sentinel2") else modality.name


class Moments:
    """Mean, spread and range of the valid values of each stored channel, gathered tile by tile in float64.

    Parts are joined by the formula of Chan, Golub and LeVeque (1983, Am. Stat. 37), which keeps its digits where the
    mean is large.
    """

    def __init__(self, modality: Modality) -> None:
        self.modality = modality
        self.count = np.zeros(modality.stored, np.int64)
        self.mean = np.zeros(modality.stored)
        self._squares = np.zeros(modality.stored)
        self.low = np.full(modality.stored, np.inf)
        self.high = np.full(modality.stored, -np.inf)

    @classmethod
    def of(cls, modality: Modality, raw: NDArray[Any]) -> Self:
        """Those of one tile, (stored, H, W) or (stored,) as stored."""
        found, channels = cls(modality), modality.stored
        known = valid(modality, raw).reshape(channels, -1)
        values = np.where(known, raw.reshape(channels, -1), 0).astype(np.float64)
        found.count = known.sum(axis=1)
        found.mean = values.sum(axis=1) / np.maximum(found.count, 1)
        found._squares = np.where(known, (values - found.mean[:, None]) ** 2, 0).sum(axis=1)
        found.low = np.where(known, values, np.inf).min(axis=1)
        found.high = np.where(known, values, -np.inf).max(axis=1)
        return found

    def join(self, other: Self) -> None:
        """Count in what others were gathered from."""
        total = np.maximum(self.count + other.count, 1)
        apart = other.mean - self.mean
        self.mean += apart * other.count / total
        self._squares += other._squares + apart**2 * self.count * other.count / total
        self.count += other.count
        self.low, self.high = np.minimum(self.low, other.low), np.maximum(self.high, other.high)

    def to_bytes(self) -> bytes:
        """All numbers to the last digit, as little-endian float64."""
        return np.stack([self.count, self.mean, self._squares, self.low, self.high]).astype("<f8").tobytes()

    @classmethod
    def from_bytes(cls, modality: Modality, stored: bytes) -> Self:
        """The inverse of `to_bytes`."""
        found = cls(modality)
        count, found.mean, found._squares, found.low, found.high = np.frombuffer(stored, "<f8").reshape(5, -1).copy()
        found.count = count.astype(np.int64)
        return found

    @property
    def std(self) -> NDArray[np.float64]:
        """Standard deviation of each channel over all its values (divided by their number)."""
        spread: NDArray[np.float64] = np.sqrt(self._squares / np.maximum(self.count, 1))
        return spread

    def as_json(self, sampled: float = 1.0) -> dict[str, list[float | None]]:
        """An entry of band_stats.json. A channel without a value has mean 0 and deviation 1, and null as its range.

        Published entries do not have the number of values, "count". `sampled` is the share of the tiles that was
        gathered; the count is that of all of them.
        """
        some = self.count > 0
        return {
            "mean": [float(each) for each in np.where(some, self.mean, 0)],
            "std": [float(each) for each in np.where(some, self.std, 1)],
            "min": [float(each) if known else None for each, known in zip(self.low, some, strict=True)],
            "max": [float(each) if known else None for each, known in zip(self.high, some, strict=True)],
            "count": [round(each / sampled) for each in self.count.tolist()],
        }


@dataclass(frozen=True)
class DatasetStatistics:
    """(mean, standard deviation) in stored units by the keys of band_stats.json, each of shape (outputs,).

    A deviation is never 0: a channel that does not vary has 1. `counts`: of how many values they are, (outputs,), by
    the same keys, where that is known.
    """

    values: Mapping[str, tuple[NDArray[np.float32], NDArray[np.float32]]]
    counts: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)

    def of(
        self, modality: Modality, level: Level
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]] | tuple[None, None]:
        """Mean and deviation of a modality; of Sentinel-2 at the given level; (None, None) for class maps."""
        key = moments_key(modality, level)
        return (None, None) if key is None else self.values[key]


def dataset_statistics(
    tile_file: TileFile, *, own_sentinel2: bool = False, progress: Progress | None = None
) -> DatasetStatistics:
    """Statistics of every regression modality of a dataset.

    Sentinel-2 has those of `sentinel2.STATISTICS`, which every encoder of this package is fed with, unless
    `own_sentinel2`. The others come from NAME_band_stats.json; what that lacks is measured once on up to `SAMPLE`
    tiles and kept in NAME_statistics.json. Raises `MMEarthError` when a file is there but not as it should be.
    """
    progress = progress or Silent()
    values: dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]] = {}
    wanted: dict[str, Modality] = {}
    present: tuple[Level, ...] = tuple(level for level in LEVELS if (tile_file.levels == level).any())
    for name, modality in tile_file.modalities.items():
        if modality.kind == "classes":
            continue
        if name == "sentinel2" and not own_sentinel2:
            values |= {f"sentinel2_{level}": sentinel2.statistics(level=level) for level in LEVELS}
            continue
        for level in present:
            wanted[moments_key(modality, level) or ""] = modality
    known = _published(tile_file)
    if missing := {key: each for key, each in wanted.items() if not _complete(known.get(key))}:
        known |= _measured(tile_file, missing, progress)
    values |= {key: _outputs(tile_file, known[key], key, each) for key, each in wanted.items()}
    counts = {key: _counts(known[key], each) for key, each in wanted.items() if "count" in known[key]}
    return DatasetStatistics(values, counts)


def _published(tile_file: TileFile) -> dict[str, Any]:
    path = tile_file.beside("band_stats")
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MMEarthError(f"{path} is not JSON ({error}); get it again, or remove it to have it measured.") from error
    if not isinstance(found, dict):
        raise MMEarthError(f"{path} is not an object of statistics; get it again, or remove it to have it measured.")
    return found


def _complete(entry: Any) -> bool:
    """Whether an entry has finite means and deviations; old files have an infinity where a value was missing."""
    if not isinstance(entry, dict) or not {"mean", "std"} <= set(entry):
        return False
    parts = [*entry["mean"], *entry["std"]]
    return all(isinstance(each, int | float) and np.isfinite(each) for each in parts)


def _outputs(
    tile_file: TileFile, entry: Mapping[str, Any], key: str, modality: Modality
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    mean, std = (np.array(entry[what], np.float32) for what in ("mean", "std"))
    if mean.shape != (modality.stored,) or std.shape != (modality.stored,):
        raise MMEarthError(
            f"{tile_file.beside('band_stats')}: {key} has {mean.size} means and {std.size} deviations for"
            f" {modality.stored} channels; get it again, or remove it to have it measured."
        )
    std = np.where(std > 0, std, np.float32(1))
    return _fed(mean, modality), _fed(std, modality)


def _counts(entry: Mapping[str, Any], modality: Modality) -> NDArray[np.float64]:
    """The number of values of each output; 0 values of a channel leave its mean and deviation without weight."""
    return _fed(np.broadcast_to(np.array(entry["count"], np.float64), modality.stored), modality)


def _fed(channels: NDArray[Any], modality: Modality) -> NDArray[Any]:
    """Of numbers of stored channels those of the outputs: all but B10 of Sentinel-2."""
    if modality.name != "sentinel2":
        return channels
    return channels[[SENTINEL2_STORED.index(band) for band in ENCODER_BANDS]]


def _measured(tile_file: TileFile, wanted: Mapping[str, Modality], progress: Progress) -> dict[str, Any]:
    """Entries of the wanted keys, from the cache when it is of this very file."""
    path = tile_file.beside("statistics")
    stamp = {"tiles": len(tile_file), "bytes": tile_file.path.stat().st_size}
    cached: dict[str, Any] = {}
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(stored, dict) and stored.get("of") == stamp and isinstance(stored.get("statistics"), dict):
            cached = stored["statistics"]
    except (OSError, ValueError):
        pass  # absent or unreadable: measured anew and written again below
    missing = {key: each for key, each in wanted.items() if not _complete(cached.get(key))}
    if not missing:
        return cached
    sampled = min(1.0, SAMPLE / len(tile_file))
    cached |= {key: each.as_json(sampled) for key, each in _measure(tile_file, missing, progress).items()}
    try:
        write_json(path, {"of": stamp, "statistics": cached})
    except EnvironmentFailure as error:
        progress.message(f"The statistics cannot be kept and are measured again next time: {error}")
    return cached


def _measure(tile_file: TileFile, wanted: Mapping[str, Modality], progress: Progress) -> dict[str, Moments]:
    moments = {key: Moments(each) for key, each in wanted.items()}
    tiles = evenly(len(tile_file), SAMPLE).tolist()
    progress.start(f"Measuring {', '.join(wanted)}", len(tiles), "tiles")
    for tile in tiles:
        level = tile_file.level(tile)
        layers = {key: each for key, each in wanted.items() if moments_key(each, level) == key}
        raw = tile_file.read(tile, [each.name for each in layers.values()])
        for key, each in layers.items():
            moments[key].join(Moments.of(each, raw[each.name]))
        progress.advance(1)
    progress.finish()
    return moments
