"""A place as pixels: its dated embeddings and its extra layers on one grid, read together."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mmearth_core.raster.grid import Grid, Window
from mmearth_core.sources.alignment import AlignedReader, union
from mmearth_core.sources.embedding import Embedding, Stored, open_embedding
from mmearth_core.sources.layers import LayerReader
from mmearth_core.sources.slots import Slot
from mmearth_core.sources.working_set import ExtraLayer, PlaceOfWork, days_of


@dataclass(frozen=True, eq=False)
class Pixels:
    """Pixels of a stack. Of each image `stored` (bands, …) and `valid` (…): whether it has an embedding there;
    `layers` (layers, …), NaN where there is no value. The axes after the first are those of a window, or one."""

    stored: tuple[Stored, ...]
    valid: tuple[NDArray[np.bool_], ...]
    layers: NDArray[np.float32]

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the pixels: (height, width), or (n,)."""
        return self.valid[0].shape

    @cached_property
    def anywhere(self) -> NDArray[np.bool_]:
        """Where any image has an embedding."""
        return np.asarray(np.logical_or.reduce(self.valid))

    @property
    def nbytes(self) -> int:
        return sum(each.nbytes for each in (*self.stored, *self.valid, self.layers))

    def __getitem__(self, chosen: object) -> "Pixels":
        """Some of the pixels, as numpy chooses them on the axes after the first."""
        index = chosen if isinstance(chosen, tuple) else (chosen,)
        return Pixels(
            tuple(each[:, *index] for each in self.stored),
            tuple(each[*index] for each in self.valid),
            self.layers[:, *index],
        )

    @cached_property
    def flat(self) -> "Pixels":
        """All pixels in one axis."""
        return Pixels(
            tuple(each.reshape(len(each), -1) for each in self.stored),
            tuple(each.reshape(-1) for each in self.valid),
            self.layers.reshape(len(self.layers), int(np.prod(self.shape))),
        )


@dataclass(frozen=True, eq=False)
class Stack:
    """The images of a place, each with its `slots` entry, and its layers, on one `grid`."""

    name: str
    grid: Grid
    images: tuple[Embedding, ...]
    slots: tuple[Slot, ...]
    layers: tuple[ExtraLayer, ...]

    @classmethod
    def of(cls, place: PlaceOfWork) -> Self:
        """Open what a place names. Layers come in the order of their names, the same for all places.

        Raises `MMEarthError` when something is missing or no embedding.
        """
        images = tuple(open_embedding(each.embedding) for each in place.embeddings)
        slots = tuple(
            Slot(image.name, image.identity, len(image.bands), day)
            for image, day in zip(images, days_of(place), strict=True)
        )
        grid = union(images[0].grid, [image.grid for image in images[1:]])
        layers = tuple(sorted(place.layers, key=lambda layer: layer.title))
        for layer in layers:
            LayerReader(layer, grid).__exit__()
        return cls(place.name or str(images[0].path), grid, images, slots, layers)

    @property
    def paths(self) -> tuple[str | Path, ...]:
        """Files of the images."""
        return tuple(image.path for image in self.images)

    @property
    def halo(self) -> int | None:
        """Pixels around one that decide it; None when that is not known of some image."""
        known = [image.halo for image in self.images if image.halo is not None]
        return max(known) if len(known) == len(self.images) else None

    @property
    def numbers(self) -> int:
        """How many numbers a pixel has, in all images and layers."""
        return sum(len(image.bands) for image in self.images) + len(self.layers)

    def taking(self, images: Sequence[int]) -> "Stack":
        """With some of its images, in this order, on the same grid."""
        chosen, slots = tuple(self.images[i] for i in images), tuple(self.slots[i] for i in images)
        return replace(self, images=chosen, slots=slots)

    def reader(self) -> "StackReader":
        """A reader to be used by one thread, as a context manager."""
        return StackReader(self)


class StackReader:
    """The open files of a stack; never share it between threads."""

    def __init__(self, stack: Stack) -> None:
        with ExitStack() as opening:
            self._images = [
                AlignedReader(image, opening.enter_context(image.reader()), stack.grid) for image in stack.images
            ]
            self._layers = [opening.enter_context(LayerReader(layer, stack.grid)) for layer in stack.layers]
            self._open = opening.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._open.close()

    def read(self, window: Window, shape: tuple[int, int] | None = None) -> Pixels:
        """The pixels of a window; with `shape`, decimated (nearest) to it. Raises `MMEarthError` for a damaged file."""
        found = [image.read(window, shape) for image in self._images]
        size = (window.height, window.width) if shape is None else shape
        layers = np.empty((len(self._layers), *size), np.float32)
        for out, layer in zip(layers, self._layers, strict=True):
            out[:] = layer.read(window, shape)
        return Pixels(tuple(stored for stored, _ in found), tuple(valid for _, valid in found), layers)
