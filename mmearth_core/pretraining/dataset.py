"""Feeds views to a method: each is a function of (seed, epoch, tile) alone, each step a function of (seed, epoch).

Neither the number of workers, nor that of processes, nor where a run was resumed changes what a step sees. Holds
compact arrays only; arrays become tensors in the workers, without a copy.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from mmearth_core.errors import EnvironmentFailure, MMEarthError
from mmearth_core.modalities import nothing, target
from mmearth_core.pretraining.methods.contract import Sample, View
from mmearth_core.sentinel2 import ENCODER_BANDS, LEVELS
from mmearth_core.tiles.reader import Tiles, modalities_for
from mmearth_core.tiles.statistics import DatasetStatistics

#: Told apart from the randomness of a view, (seed, epoch, tile), in the order of an epoch: (seed, epoch, 0, this), and
#: in the choice of another image of a tile's place: (seed, epoch, tile, that).
_ORDER, _OTHER = 1, 2
#: A step of an epoch, as it travels to a worker: the epoch and positions in the dataset.
_Step = tuple[int, NDArray[np.int64]]


class Views(Dataset[dict[str, NDArray[np.generic]]], ABC):
    """Views of tiles, or of whatever has the numbers `indices`, and their order in each epoch."""

    def __init__(self, indices: NDArray[np.int64], seed: int) -> None:
        self.indices = np.asarray(indices, np.int64)
        self.seed = seed
        self.epoch = 0

    def __len__(self) -> int:
        return len(self.indices)

    def set_epoch(self, epoch: int) -> None:
        """Views and their order are those of `epoch` from here on (not inside a running iteration of a loader)."""
        self.epoch = epoch

    def __getitem__(self, position: int) -> dict[str, NDArray[np.generic]]:
        """The view at a position in the present epoch."""
        return self.view(position, self.epoch)

    @abstractmethod
    def view(self, position: int, epoch: int) -> dict[str, NDArray[np.generic]]:
        """The view at a position in an epoch: a function of (seed, epoch, number) alone."""

    def order(self, epoch: int) -> NDArray[np.int64]:
        """All positions in the order of an epoch."""
        return np.random.default_rng([self.seed, epoch, 0, _ORDER]).permutation(len(self))


class TileDataset(Views):
    """Views of some tiles."""

    def __init__(
        self,
        tile_file: Tiles,
        statistics: DatasetStatistics,
        indices: NDArray[np.int64],
        view: View,
        seed: int,
    ) -> None:
        """Views of the tiles numbered `indices`; a sample holds sentinel2 and what `view` shows.

        Modalities that `tile_file` lacks have no value in any tile.
        """
        super().__init__(indices, seed)
        self.tile_file = tile_file
        shown = {"sentinel2", *(each.name for each in view.shown)}
        self._modalities = {name: each for name, each in modalities_for(tile_file).items() if name in shown}
        self._statistics = statistics
        self._view = view.with_statistics(statistics)
        if self._view.other_images or self._view.places or self._view.companions:
            # Asked for here, so that workers find it done.
            self._places = tile_file.places
            self._own = np.zeros(len(tile_file), bool)
            self._own[self.indices] = True
        self._days = tile_file.days if self._view.companions else None
        self._lonlat = tile_file.lonlat if self._view.coordinates else None

    def view(self, position: int, epoch: int) -> dict[str, NDArray[np.generic]]:
        """The view of a tile in an epoch: with `default_rng([seed, epoch, number of the tile])`."""
        tile = int(self.indices[position])
        sample = {**self.sample(tile), **self._beside(tile, epoch)}
        return self._view(sample, np.random.default_rng([self.seed, epoch, tile]))

    def sample(self, tile: int) -> Sample:
        """Targets of a tile, by its number, as `modalities.target` gives them."""
        raw = self.tile_file.read(tile, [name for name in self._modalities if name in self.tile_file.modalities])
        level = self.tile_file.level(tile)
        sample: dict[str, NDArray[np.generic]] = {}
        for name, modality in self._modalities.items():
            if name in raw:
                sample[name] = target(modality, raw[name], *self._statistics.of(modality, level))
            else:
                sample[name] = nothing(modality, self.tile_file.size)
        return sample

    def _beside(self, tile: int, epoch: int) -> Sample:
        """What a sample has beside the targets because the view asks for it; other images are of these tiles only."""
        beside: dict[str, NDArray[np.generic]] = {}
        if self._view.places:
            beside["place"] = np.array(self._places.number[tile], np.int64)
        if self._lonlat is not None:
            beside["lonlat"] = self._lonlat[tile]
        if not self._view.other_images and not self._view.companions:
            return beside
        rng = np.random.default_rng([self.seed, epoch, tile, _OTHER])
        others = self._places.companions(tile)
        others = others[self._own[others]]
        if len(others) and self._view.other_images and rng.random() < self._view.other_images:
            beside["sentinel2_other"] = self._image(int(others[rng.integers(len(others))]))
        if (count := self._view.companions) and self._days is not None:
            size = self.tile_file.size
            days = np.full(1 + count, np.nan)
            days[0] = self._days[tile]
            images = np.full((count, len(ENCODER_BANDS), size, size), np.nan, np.float32)
            levels = np.full(1 + count, -1, np.int64)
            levels[0] = LEVELS.index(self.tile_file.level(tile))
            for at, other in enumerate(rng.permutation(others)[:count].tolist()):
                images[at], levels[1 + at] = self._image(other), LEVELS.index(self.tile_file.level(other))
                days[1 + at] = self._days[other]
            beside |= {"sentinel2_others": images, "levels": levels, "days": days}
        return beside

    def _image(self, tile: int) -> NDArray[np.generic]:
        """The Sentinel-2 image of a tile as a target."""
        modality = self._modalities["sentinel2"]
        raw = self.tile_file.read(tile, ["sentinel2"])["sentinel2"]
        return target(modality, raw, *self._statistics.of(modality, self.tile_file.level(tile)))


class TileLoader:
    """Batches of views, again at each iteration. Made by `make_loader`.

    Iterating raises `MMEarthError` for a damaged file and `EnvironmentFailure` when a worker dies.
    """

    def __init__(self, steps: "_Steps", loader: DataLoader[Any]) -> None:
        self._steps = steps
        self._loader = loader

    def __len__(self) -> int:
        """Steps of the next iteration."""
        return len(self._steps)

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        batches = iter(self._loader)
        while True:
            try:
                batch = next(batches)
            except StopIteration:
                return
            except RuntimeError as error:
                if "exited unexpectedly" not in str(error):
                    raise
                raise EnvironmentFailure(
                    f"A process that loads tiles died ({str(error).splitlines()[0]}); memory or shared memory"
                    " (/dev/shm) may be short: use fewer workers or a smaller batch."
                ) from error
            if isinstance(batch, MMEarthError):
                raise batch
            yield batch


def make_loader(
    dataset: Views,
    batch: int,
    workers: int,
    *,
    rank: int = 0,
    world: int = 1,
    start_step: int = 0,
    context: str | None = None,
) -> TileLoader:
    """A loader of this process's part of each step of the dataset's epoch.

    `batch` is the number of tiles of a step over all `world` processes; this one, `rank`, gets batch / world of them.
    What is left after the last whole step is dropped. The first iteration begins at `start_step`, later ones at 0.
    With `workers` = 0 tiles are read by the calling process; `context` is how workers start ("fork", "spawn", …).
    A batch holds each array of the view as a tensor with N in front.
    """
    if batch < 1 or batch % world:
        raise MMEarthError(
            f"A step of {batch} tiles cannot be shared evenly by {world} processes; choose a multiple of them."
        )
    if len(dataset) < batch:
        raise MMEarthError(f"{len(dataset)} tiles do not make one step of {batch}; choose a smaller batch.")
    steps = _Steps(dataset, batch, rank, world, start_step)
    if not 0 <= start_step <= len(dataset) // batch:
        raise MMEarthError(
            f"Step {start_step} is beyond the {len(dataset) // batch} steps of an epoch; go on with the tiles and the"
            " batch that the run began with."
        )
    loader: DataLoader[Any] = DataLoader(
        _Batches(dataset),
        sampler=steps,
        batch_size=None,
        num_workers=workers,
        persistent_workers=workers > 0,
        multiprocessing_context=context if workers else None,
        collate_fn=_tensors,
    )
    return TileLoader(steps, loader)


class _Steps(Sampler[_Step]):
    """The steps of an epoch for one process."""

    def __init__(self, dataset: Views, batch: int, rank: int, world: int, start_step: int) -> None:
        self._dataset, self._batch, self._rank, self._world, self._start = dataset, batch, rank, world, start_step

    def __len__(self) -> int:
        return len(self._dataset) // self._batch - self._start

    def __iter__(self) -> Iterator[_Step]:
        epoch, start, self._start = self._dataset.epoch, self._start, 0
        order = self._dataset.order(epoch)
        own = self._batch // self._world
        for step in range(start, len(order) // self._batch):
            first = step * self._batch + self._rank * own
            yield epoch, order[first : first + own]


class _Batches(Dataset[dict[str, NDArray[np.generic]] | MMEarthError]):
    """Steps → stacked views. An unusable tile is returned as its error, as torch would wrap one that is raised."""

    def __init__(self, dataset: Views) -> None:
        self._dataset = dataset

    def __getitem__(self, step: _Step) -> dict[str, NDArray[np.generic]] | MMEarthError:
        epoch, positions = step
        stacked: dict[str, NDArray[np.generic]] = {}
        try:
            for row, position in enumerate(positions):
                for name, array in self._dataset.view(int(position), epoch).items():
                    if row == 0:
                        stacked[name] = np.empty((len(positions), *np.shape(array)), np.asarray(array).dtype)
                    stacked[name][row] = array
        except MMEarthError as error:
            return error
        return stacked


def _tensors(batch: Any) -> Any:
    """Stacked views as tensors on the same memory; an error as it is."""
    return batch if isinstance(batch, MMEarthError) else {key: torch.from_numpy(each) for key, each in batch.items()}
