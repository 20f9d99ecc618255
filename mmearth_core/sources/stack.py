"""A place as pixels: its dated embeddings and its extra layers on one grid, read together."""

import datetime
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mmearth_core.embedding.planning import EmbeddingJob
from mmearth_core.errors import MMEarthError
from mmearth_core.maps.origins import Origin
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.sources.alignment import AlignedReader, union
from mmearth_core.sources.embedding import Embedding, Stored, described, open_embedding
from mmearth_core.sources.layers import LayerReader
from mmearth_core.sources.slots import Columns, Slot, match
from mmearth_core.sources.working_set import ExtraLayer, PlaceOfWork, day_of_year, days_of, working_set_of


@dataclass(frozen=True, eq=False)
class Pixels:
    """Pixels of a stack. Of each slot `stored` (bands, …) and `valid` (…): whether it has an embedding there; of one
    without an image `stored` has no band. `layers` (layers, …), NaN where there is no value. The axes after the first
    are those of a window, or one."""

    stored: tuple[Stored, ...]
    valid: tuple[NDArray[np.bool_], ...]
    layers: NDArray[np.float32]

    @classmethod
    def of(cls, looks: Sequence[tuple[Stored, NDArray[np.bool_]] | None], layers: NDArray[np.float32]) -> "Pixels":
        """The numbers of each slot and where it has an embedding, None of a slot without an image, and the layers."""
        shape = layers.shape[1:]
        absent = np.zeros((0, *shape), np.uint8), np.zeros(shape, np.bool_)
        stored, valid = zip(*(absent if look is None else look for look in looks), strict=True)
        return cls(stored, valid, layers)

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
        count = int(np.prod(self.shape))
        return Pixels(
            tuple(each.reshape(len(each), count) for each in self.stored),
            tuple(each.reshape(count) for each in self.valid),
            self.layers.reshape(len(self.layers), count),
        )


@dataclass(frozen=True, eq=False)
class Stack:
    """A place: what there is of each of some slots (an image, or None, and the day it was taken, if known), and its
    layers, on one `grid`."""

    name: str
    grid: Grid
    images: tuple[Embedding | None, ...]
    dates: tuple[datetime.date | None, ...]
    slots: tuple[Slot, ...]
    layers: tuple[ExtraLayer, ...] = ()

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
        dates = tuple(each.date for each in place.embeddings)
        return cls(place.name or str(images[0].path), grid, images, dates, slots, layers)

    @classmethod
    def alone(cls, image: Embedding, name: str = "", date: datetime.date | None = None) -> Self:
        """One embedding, of a date if it is known: the simplest stack."""
        slot = Slot(image.name, image.identity, len(image.bands), day_of_year(date))
        return cls(name or str(image.path), image.grid, (image,), (date,), (slot,))

    @classmethod
    def planned(cls, job: EmbeddingJob) -> Self:
        """The embedding that a job is going to make, before it is there: for what is asked of its model and date."""
        taken = job.source.datetime
        return cls.alone(job.raster, job.source.name, taken and taken.date())

    @property
    def columns(self) -> Columns:
        """What the columns of `values` mean."""
        return Columns(self.slots, tuple(layer.title for layer in self.layers))

    @property
    def files(self) -> tuple[str | Path, ...]:
        """The files that are read."""
        return (
            *(image.path for image in self.images if image is not None),
            *(Path(each.raster) for each in self.layers),
        )

    @property
    def origins(self) -> tuple[Origin, ...]:
        """What is made of it comes from these images."""
        return tuple(
            Origin(image.name, image.identity, day, image.facts.get("input_digest"))
            for image, day in zip(self.images, self.dates, strict=True)
            if image is not None
        )

    @property
    def halo(self) -> int | None:
        """Pixels around one that decide it; None when that is not known of some image."""
        halos = [image.halo for image in self.images if image is not None]
        known = [halo for halo in halos if halo is not None]
        return max(known) if len(known) == len(halos) else None

    @property
    def numbers(self) -> int:
        """How many numbers are read of a pixel."""
        return sum(len(image.bands) for image in self.images if image is not None) + len(self.layers)

    def matched(self, columns: Columns) -> tuple[Self, tuple[str, ...]]:
        """The stack with the slots and layers of a probe, by `slots.match`, and what is to be said of it.

        Raises `MMEarthError` when no image is for any slot, or a layer is missing.
        """
        found = match(columns.slots, self.slots, self.name)
        by_title = {layer.title: layer for layer in self.layers}
        if lacking := [name for name in columns.layers if name not in by_title]:
            raise MMEarthError(
                f"{self.name} has no layer {', '.join(lacking)}, which the probe learned from; add it to the working"
                " set."
            )
        images = tuple(None if index is None else self.images[index] for index in found.images)
        dates = tuple(None if index is None else self.dates[index] for index in found.images)
        layers = tuple(by_title[name] for name in columns.layers)
        return replace(self, images=images, dates=dates, slots=columns.slots, layers=layers), found.messages

    def values(self, pixels: Pixels) -> NDArray[np.float32]:
        """(n, columns) of pixels (n,): NaN where a slot has no embedding, and where a layer has no value."""
        columns = self.columns
        found = np.full((pixels.shape[0], len(columns)), np.nan, np.float32)
        for index, image in enumerate(self.images):
            if image is not None:
                there = pixels.valid[index]
                found[there, columns.of_slot(index)] = image.decode(pixels.stored[index][:, there]).T
        found[:, columns.of_layers] = pixels.layers.T
        return found

    def reader(self) -> "StackReader":
        """A reader to be used by one thread, as a context manager."""
        return StackReader(self)


def stacks_of(path: str | Path) -> list[Stack]:
    """The places that a path means, of a working set or of one embedding, in the order of the set.

    Raises `MMEarthError` as `working_set_of` and `Stack.of`.
    """
    return [Stack.of(place) for place in working_set_of(path).places]


def only_grid(stacks: Sequence[Stack]) -> Grid | None:
    """That of a single place; None of several, which have no extent in common."""
    return stacks[0].grid if len(stacks) == 1 else None


def with_columns_of_all(stacks: Sequence[Stack]) -> tuple[list[Stack], list[str]]:
    """The stacks with the slots and layers of the one that has most, so that their values have the same columns; and
    what is to be said of that. Raises `MMEarthError` as `Stack.matched`."""
    fullest = check_one_model(stacks)
    most = fullest.columns
    found = [(stack, ()) if stack.columns == most else stack.matched(most) for stack in stacks]
    return [stack for stack, _ in found], [message for _, messages in found for message in messages]


def check_one_model(stacks: Sequence[Stack]) -> Stack:
    """The stack with most slots. Raises `MMEarthError`, which names both, when another has no model of it."""
    fullest = max(stacks, key=lambda stack: len(stack.slots))
    known = {slot.identity for slot in fullest.slots}
    for stack in stacks:
        if not known & {slot.identity for slot in stack.slots}:
            one, other = (f"{s.name} by {described(s.slots[0].name, s.slots[0].identity)}" for s in (fullest, stack))
            raise MMEarthError(f"The embeddings are of different models: {one}, {other}; give embeddings of one.")
    return fullest


class StackReader:
    """The open files of a stack; never share it between threads."""

    def __init__(self, stack: Stack) -> None:
        with ExitStack() as opening:
            self._images = [
                None if image is None else AlignedReader(image, opening.enter_context(image.reader()), stack.grid)
                for image in stack.images
            ]
            self._layers = [opening.enter_context(LayerReader(layer, stack.grid)) for layer in stack.layers]
            self._open = opening.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._open.close()

    def read(self, window: Window, shape: tuple[int, int] | None = None) -> Pixels:
        """The pixels of a window; with `shape`, decimated (nearest) to it. Raises `MMEarthError` for a damaged file."""
        size = (window.height, window.width) if shape is None else shape
        looks = [None if image is None else image.read(window, shape) for image in self._images]
        layers = np.empty((len(self._layers), *size), np.float32)
        for out, layer in zip(layers, self._layers, strict=True):
            out[:] = layer.read(window, shape)
        return Pixels.of(looks, layers)
