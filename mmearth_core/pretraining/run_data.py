"""What a run learns from: which tiles are learned from, which are held out, and the batches made of them.

Everything follows from the configuration and the datasets; nothing here knows a method beyond its view. `RunData` is
what loop and watcher know; tiles are one kind of it.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mmearth_core.encoder.model_file import Statistics
from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import Modality, is_teacher
from mmearth_core.pretraining.config import DataConfig, PretrainConfig
from mmearth_core.pretraining.dataset import TileDataset, TileLoader, Views, make_loader
from mmearth_core.pretraining.distributed import Processes
from mmearth_core.pretraining.methods.contract import BuiltMethod, View
from mmearth_core.progress import Progress
from mmearth_core.sentinel2 import ENCODER_BANDS, LEVELS
from mmearth_core.tiles.holdout import split
from mmearth_core.tiles.joined import JoinedTiles, pooled
from mmearth_core.tiles.reader import TileFile, evenly, modalities_for
from mmearth_core.tiles.statistics import DatasetStatistics, dataset_statistics
from mmearth_core.wording import counted

#: Training tiles that the constants to compare with are measured on, at most.
_CONSTANTS_FROM = 2048
#: The views of hold-out tiles are always those of this seed and epoch 0, whatever the run's seed.
_FIXED = 0


@dataclass(frozen=True)
class RunData(ABC):
    """What is learned from: `train` and `held`, the numbers of what is learned from and held out; `digest` tells this
    data from other. `noun`: what one of it is called."""

    train: NDArray[np.int64]
    held: NDArray[np.int64]
    digest: str
    noun: ClassVar[str]

    @property
    @abstractmethod
    def known(self) -> Mapping[str, Modality]:
        """What a method's outputs may be, by name."""

    @abstractmethod
    def views(self, indices: NDArray[np.int64], view: View, seed: int) -> Views:
        """Views of what has certain numbers."""

    @abstractmethod
    def model_statistics(self, bands: tuple[str, ...]) -> dict[str, Statistics] | None:
        """Mean and deviation of an encoder's input bands at each processing level, as a model file states them; None
        where the encoder is none for rasters."""

    @abstractmethod
    def check(self, config: PretrainConfig, built: BuiltMethod) -> None:
        """Raise `MMEarthError` where a method could not learn from this."""

    def remarks(self, config: PretrainConfig, built: BuiltMethod) -> Iterator[str]:  # noqa: ARG002
        """What is to be said of it before a run."""
        yield from ()

    def outputs(self, names: Sequence[str]) -> tuple[Modality, ...]:
        """The modalities of these names."""
        return tuple(self.known[name] for name in names)


@dataclass(frozen=True)
class TileData(RunData):
    """Tiles with their statistics."""

    noun = "tile"

    tiles: JoinedTiles
    statistics: DatasetStatistics

    @property
    def known(self) -> Mapping[str, Modality]:
        """All modalities, be they in the tiles or not; teachers are as the tiles have them."""
        return modalities_for(self.tiles)

    def views(self, indices: NDArray[np.int64], view: View, seed: int) -> Views:
        return TileDataset(self.tiles, self.statistics, indices, view, seed)

    def check(self, config: PretrainConfig, built: BuiltMethod) -> None:
        """Refuse a run that nothing could be learned in, or tiles that are too small."""
        asked = built.method.outputs or tuple(each.name for each in built.method.view.shown) or ("sentinel2",)
        if not set(asked) & set(self.tiles.modalities):
            raise MMEarthError(
                f"No tile has any of {'the outputs' if built.method.outputs else 'what is learned from'}"
                f" ({', '.join(asked)}); choose of {', '.join(self.tiles.modalities)}, which they have."
            )
        if absent := [name for name in built.method.needed if not self._has(name)]:
            raise MMEarthError(
                f"No tile has a value of {', '.join(absent)}, which {config.method}, as it is set, learns from; add"
                " datasets with it, or choose another method."
            )
        if config.export.checkpoint == "best" and not len(self.held):
            raise MMEarthError(
                "export.checkpoint is best, and no tile is held out to tell which that is; set it to last."
            )
        self.tiles.require(built.crop)

    def _has(self, name: str) -> bool:
        """Whether any tile has a value of a modality, as far as the statistics know."""
        counts = self.statistics.counts.get(name)
        return name in self.tiles.modalities and (counts is None or bool(np.any(counts)))

    def check_teachers(self, config: PretrainConfig) -> None:
        """Refuse a run that names a teacher nobody has."""
        teachers = [name for name, modality in self.tiles.modalities.items() if modality.is_teacher]
        if unknown := [name for name in config.output_names if is_teacher(name) and name not in teachers]:
            raise MMEarthError(
                f"outputs: no dataset has {', '.join(unknown)}; choose of their teachers"
                f" ({', '.join(teachers) or 'none'})."
            )

    def remarks(self, config: PretrainConfig, built: BuiltMethod) -> Iterator[str]:
        """Tiles that are left out, modalities that none has, and places of several images."""
        if left_out := len(self.tiles) - len(self.train) - len(self.held):
            yield f"{counted(left_out, 'further tile')} left out: of unknown place."
        if config.outputs != "all" and set(config.output_names) != set(built.method.outputs):
            yield f"outputs is not used: {config.method} says itself what it learns from."
        absent = [each.name for each in built.method.view.shown if each.name not in self.tiles.modalities]
        if absent:
            yield f"No tile has {', '.join(absent)}; nothing is learned from what is not there."
        if built.method.view.other_images:
            place = self.tiles.places.number[self.train]
            shared = int((np.bincount(place)[place] > 1).sum())
            yield f"{shared} of the {len(place)} tiles to learn from have other images of their place."

    def model_statistics(self, bands: tuple[str, ...]) -> dict[str, Statistics]:
        chosen = [ENCODER_BANDS.index(band) for band in bands]
        return {
            level: Statistics(*(tuple(part[chosen].tolist()) for part in self.statistics.values[key]))
            for level in LEVELS
            if (key := f"sentinel2_{level}") in self.statistics.values
        }


def open_tiles(config: DataConfig, processes: Processes, progress: Progress) -> TileData:
    """Open the datasets of a configuration, measure what statistics they lack, and split them by place.

    Raises `MMEarthError` when a dataset cannot be used.
    """
    files = [TileFile(path) for path in config.datasets]
    for number, file in enumerate(files):
        if any(file.path.samefile(other.path) for other in files[:number]):
            raise MMEarthError(f"data.datasets: {config.datasets[number]} is there twice; name each dataset once.")
    own = config.statistics == "dataset"

    def measure() -> list[DatasetStatistics]:
        return [dataset_statistics(file, own_sentinel2=own, progress=progress) for file in files]

    # The first process measures what is missing and keeps it; the others then find it.
    found = processes.by_first(measure) or measure()
    tiles = JoinedTiles(files)
    digest = hashlib.sha256()
    for file in files:
        teachers = [each for each in file.modalities.values() if each.is_teacher]
        kinds = repr([(each.name, each.stored, each.stride, each.scale) for each in teachers]) if teachers else ""
        digest.update(repr(tuple(file.modalities)).encode() + kinds.encode())
        digest.update(np.char.encode(file.names, "utf-8").tobytes())
    # Where nothing is held out, nobody needs to know where the tiles lie.
    lonlat = tiles.lonlat if config.hold_out else np.full((len(tiles), 2), np.nan)
    train, held = split(
        lonlat,
        share=config.hold_out,
        block_degrees=config.block_degrees,
        seed=config.hold_out_seed,
        learn_unplaced=config.unplaced == "learn",
    )
    statistics = found[0] if len(found) == 1 else pooled(files, found)
    return TileData(train, held, digest.hexdigest(), tiles, statistics)


class TrainingBatches:
    """Batches of the training tiles, epoch by epoch; one loader, whose workers stay."""

    def __init__(self, data: RunData, config: PretrainConfig, view: View, batch: int, processes: Processes) -> None:
        self._dataset = data.views(data.train, view, config.seed)
        self._batch, self._workers, self._processes = batch, config.data.workers, processes
        self._loader: TileLoader | None = None

    def __call__(self, epoch: int, start: int) -> Iterator[dict[str, Tensor]]:
        """Batches of an epoch from the `start`-th on; only the first epoch asked for may begin later than at 0."""
        self._dataset.set_epoch(epoch)
        if self._loader is None:
            group = self._processes
            self._loader = make_loader(
                self._dataset, self._batch, self._workers, rank=group.rank, world=group.world, start_step=start
            )
        return iter(self._loader)


class FixedBatches:
    """The same batches of some tiles at each iteration: views of a fixed seed, shared out among the processes."""

    def __init__(
        self,
        data: RunData,
        config: PretrainConfig,
        view: View,
        tiles: NDArray[np.int64],
        processes: Processes,
        *,
        largest: int,
    ) -> None:
        """Batches of at most `largest` tiles over all processes: as few even ones as hold the tiles, so that hardly
        any is left over."""
        self.dataset = data.views(tiles, view, _FIXED)
        batches = max(1, -(-len(tiles) // largest))
        self._batch = len(tiles) // batches // processes.world * processes.world
        self._processes, self._workers = processes, config.data.workers

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        if not self._batch:
            return
        group = self._processes
        workers = self._workers if len(self.dataset) > self._batch else 0
        yield from make_loader(self.dataset, self._batch, workers, rank=group.rank, world=group.world)


def constants_from(data: RunData, config: PretrainConfig, view: View) -> FixedBatches:
    """Views of training tiles, evenly spread, one by one, to measure constants on; in one process."""
    chosen = evenly(len(data.train), _CONSTANTS_FROM)
    return FixedBatches(data, config, view, data.train[chosen], Processes(0, 1, torch.device("cpu")), largest=1)


def hold_out_batches(data: RunData, config: PretrainConfig, view: View, processes: Processes) -> FixedBatches:
    """Views of held-out tiles, evenly spread, in batches of the size that is trained on."""
    chosen = evenly(len(data.held), config.watch.validation_tiles)
    largest = config.optimiser.batch * processes.world
    return FixedBatches(data, config, view, data.held[chosen], processes, largest=largest)
