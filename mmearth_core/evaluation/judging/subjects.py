"""Who is judged: encoders, and the controls that every encoder has to beat, all as features of tiles.

Controls get the same treatment as encoders: the same pooling over a tile, or the same pixels of it. No torch here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from mmearth_core.embedding.arrays import embed_pixels, network_input
from mmearth_core.embedding.backends import Backend
from mmearth_core.encoder.description import EncoderDescription
from mmearth_core.evaluation.baselines import POOLINGS, neighbourhood
from mmearth_core.evaluation.tasks.contract import TileTask
from mmearth_core.sentinel2 import Level, check_bands

#: What of an encoder is judged: the bands of its embedding at every pixel, or its last map as published comparisons do.
Features = Literal["embedding", "last-map"]
#: How a tile becomes one row: the embedding by mean and spread of every band, the last map by its mean.
POOLING: Mapping[Features, str] = {"embedding": "mean + spread", "last-map": "mean"}
#: The controls without an encoder.
RAW, AROUND, STATISTICS = "raw bands", "raw bands 5×5", "image statistics"
RANDOM = "random encoder"


class Subject(Protocol):
    """Features of the tiles of one task, (n, bands, H, W) as it gives them."""

    def pooled(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """One row for each tile: (n, d)."""

    def maps(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """One row for each pixel: (n, d, H, W)."""


@dataclass(frozen=True, eq=False)
class OfBands:
    """A control that looks at the bands alone."""

    change: Callable[[NDArray[np.floating]], NDArray[np.floating]]
    pooling: str

    def pooled(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        return POOLINGS[self.pooling](self.maps(images))

    def maps(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(self.change(filled(images)), np.float32)


@dataclass(frozen=True, eq=False)
class OfStatistics:
    """A control that knows of a tile what a histogram of each band tells: where its pixels are is lost."""

    def pooled(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        pixels = filled(images).reshape(*images.shape[:2], -1)
        found = [pixels.mean(2), pixels.std(2), *np.quantile(pixels, (0, 0.25, 0.5, 0.75, 1), axis=2)]
        return np.concatenate(found, axis=1).astype(np.float32)

    def maps(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """The same at every pixel of a tile."""
        rows = self.pooled(images)[:, :, None, None]
        return np.broadcast_to(rows, (*rows.shape[:2], *images.shape[2:]))


@dataclass(frozen=True, eq=False)
class OfModel:
    """The embedding of a calibrated model, before quantisation: every tile as a scene of its own."""

    task: TileTask
    backend: Backend

    def __post_init__(self) -> None:
        check_task(self.task, self.backend.header)

    def pooled(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        return POOLINGS[POOLING["embedding"]](self.maps(images))

    def maps(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        return embedded(self.backend, network_inputs(images, self.task, self.backend.header))


def control(name: str, features: Features) -> Subject:
    """The control of a name, pooled as the encoders beside it."""
    if name == STATISTICS:
        return OfStatistics()
    return OfBands({RAW: lambda bands: bands, AROUND: neighbourhood}[name], POOLING[features])


def check_task(task: TileTask, header: EncoderDescription) -> tuple[str, ...]:
    """Warnings about bands of a task that an encoder lacks. Raises `MMEarthError` when too few are there."""
    present = [band for band in header.bands if band in task.bands]
    return check_bands(present=present, wanted=header.bands, source=task.name)


def network_inputs(images: NDArray[np.float32], task: TileTask, header: EncoderDescription) -> NDArray[np.float32]:
    """Tiles of a task as the network of a model takes them, (n, C, H, W): by name, normalised, missing bands filled."""
    present = [band for band in header.bands if band in task.bands]
    return normalised(images[:, [task.bands.index(band) for band in present]], present, task.level, header)


def normalised(
    dn: NDArray[np.float32], present: Sequence[str], level: Level, header: EncoderDescription
) -> NDArray[np.float32]:
    """Tiles (n, k, H, W) of the `present` bands in reflectance × 10000, NaN where nothing is measured, as the network
    of a model takes them, (n, C, H, W)."""
    known: NDArray[np.bool_] = np.any(np.isfinite(dn), axis=1)
    return np.stack([network_input(tile, there, present, level, header) for tile, there in zip(dn, known, strict=True)])


def embedded(backend: Backend, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, D, H, W) before quantisation of what a network takes (n, C, H, W), one tile after the other."""
    height, width = pixels.shape[2:]
    return np.concatenate([embed_pixels(backend, tile[None])[:, :, :height, :width] for tile in pixels])


def filled(images: NDArray[np.float32]) -> NDArray[np.float32]:
    """Tiles (n, k, H, W) in which what was not measured is the band's mean over the tile, 0 where nothing was."""
    there = np.isfinite(images)
    if there.all():
        return images
    total = np.where(there, images, 0).sum(axis=(2, 3), keepdims=True, dtype=np.float64)
    mean = total / np.maximum(1, there.sum(axis=(2, 3), keepdims=True))
    return np.where(there, images, mean).astype(np.float32)
