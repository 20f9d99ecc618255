"""Embeddings as rasters of any origin: one band for each number of a vector, read right side up and masked.

What the numbers mean is told from outside: by who recognised the raster, or by a card.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import MaskFlags
from rasterio.io import DatasetReader

from mmearth_core.errors import MMEarthError
from mmearth_core.kinds import TAG_NAMESPACE
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.opening import opened, reading, room_in_cache, stored_together
from mmearth_core.raster.raster_file import north_up, representable
from mmearth_core.sources.elsewhere.laws import Law, is_near_one, mean_length, others_that_fit

WANTED = "an embedding raster"
_REMEDY = "get it again"
#: The sample on which the length of vectors is looked at: windows of so many pixels a side, as many pixels, of at most
#: so many windows; of a raster with overviews, one of at most so many pixels a side.
_SIDE, _ENOUGH, _WINDOWS, _OVERVIEW = 16, 1024, 24, 128


@dataclass(frozen=True)
class Header:
    """What a raster says of itself. `grid` is north-up; `flip`: whether rows and columns of the file run the other way.

    `bands`: the names of its bands, "" where it has none. `block`: rows and columns of its blocks. `nodata`: what the
    first band declares. `ours`: what our own tags say the file is.
    """

    path: str | Path
    grid: Grid
    flip: tuple[bool, bool]
    dtype: np.dtype[Any]
    bands: tuple[str, ...]
    block: tuple[int, int]
    nodata: float | None
    tags: Mapping[str, str]
    masked: bool
    overviews: bool
    ours: str | None

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Raises `MMEarthError` when the file is missing or no raster."""
        with opened(path, wanted=WANTED) as dataset:
            grid, flip = north_up(Grid.of(dataset))
            flags = dataset.mask_flag_enums[0]
            return cls(
                path=path,
                grid=grid,
                flip=flip,
                dtype=np.result_type(*{np.dtype(each) for each in dataset.dtypes}),
                bands=tuple(name or "" for name in dataset.descriptions),
                block=max(dataset.block_shapes),
                nodata=representable(dataset.nodata, dataset.dtypes[0]),
                tags=dataset.tags(),
                masked=MaskFlags.per_dataset in flags,
                overviews=bool(dataset.overviews(1)),
                ours=dataset.tags(ns=TAG_NAMESPACE).get("product"),
            )

    @property
    def is_float(self) -> bool:
        return bool(np.issubdtype(self.dtype, np.floating))

    def number(self, value: float | None) -> np.generic | None:
        """A value in the type in which it is read: comparing whole numbers with floats is slow."""
        kind = np.dtype("float32") if self.is_float else self.dtype
        return None if value is None else kind.type(value)


@dataclass(frozen=True, eq=False)
class BandedEmbedding:
    """A raster whose bands are an embedding: an instance of `sources.embedding.Embedding`.

    `indexes`: the bands of the file, from 1, in the order of `bands`. Where there is no embedding, what is read has
    `empty` in every band: `nodata`, or 0 where the numbers are floats. `facts`: what else is worth telling.
    """

    header: Header
    identity: str
    name: str
    bands: tuple[str, ...]
    indexes: tuple[int, ...]
    unit_norm: bool
    law: Law
    nodata: float | None
    facts: Mapping[str, Any] = field(default_factory=dict)
    halo: int | None = None

    def __post_init__(self) -> None:
        if not self.grid.crs:
            raise MMEarthError(
                f"{self.path} has no coordinate reference system; assign the right one: gdal_edit.py -a_srs EPSG:…"
            )
        if self.header.masked and self.empty is None:
            raise MMEarthError(
                f"{self.path} has a mask but no value that means no data; write one in, for example with: gdalwarp"
                f" -dstnodata … {self.path} NEW.tif"
            )

    @property
    def path(self) -> str | Path:
        return self.header.path

    @property
    def grid(self) -> Grid:
        return self.header.grid

    @property
    def block(self) -> tuple[int, int]:
        return self.header.block

    @property
    def empty(self) -> np.generic | None:
        """What stands in every band where there is no embedding; None when there is one everywhere."""
        return np.float32(0) if self.header.is_float else self.header.number(self.nodata)

    @property
    def linear(self) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
        return self.law.linear

    def decode(self, stored: NDArray[Any]) -> NDArray[np.float32]:
        """Values of numbers whose first axis is the band."""
        return self.law.decode(stored)

    def valid(self, stored: NDArray[Any]) -> NDArray[np.bool_]:
        """Where there is an embedding, of what a reader gave."""
        if self.empty is None:
            return np.ones(stored.shape[1:], bool)
        there: NDArray[np.bool_] = stored[0] != self.empty
        if self.empty == 0 and not there.all():
            # A vector may begin with 0.
            doubtful = ~there
            there[doubtful] = stored[:, doubtful].any(axis=0)
        return there

    @contextmanager
    def reader(self) -> Iterator["BandedReader"]:
        """A reader to be used by one thread."""
        with opened(self.path, wanted=WANTED) as dataset:
            yield BandedReader(self, dataset)


class BandedReader:
    """One open dataset; never share it between threads."""

    def __init__(self, embedding: BandedEmbedding, dataset: DatasetReader) -> None:
        self._embedding, self._dataset = embedding, dataset
        self._bytes = stored_together(dataset)

    def read(self, window: Window, shape: tuple[int, int] | None = None) -> NDArray[Any]:
        """Stored numbers of a window, (bands, height, width), floats as float32; with `shape`, decimated to it: by
        nearest, or as the file's overviews have it.

        Raises `MMEarthError` when the file is damaged.
        """
        made, header = self._embedding, self._embedding.header
        height, width = (window.height, window.width) if shape is None else shape
        rows, cols = header.flip
        row = header.grid.height - window.row_end if rows else window.row
        col = header.grid.width - window.col_end if cols else window.col
        there = Window(row, col, window.height, window.width).ranges
        backward = np.s_[:, :: -1 if rows else 1, :: -1 if cols else 1]
        with reading(header.path, _REMEDY), room_in_cache(self._bytes):
            stored: NDArray[Any] = self._dataset.read(
                list(made.indexes),
                window=there,
                out_shape=(len(made.bands), height, width),
                out_dtype="float32" if header.is_float else header.dtype.name,
            )
            masked = None
            if header.masked:
                masked = self._dataset.read_masks(1, window=there, out_shape=(height, width)) == 0
        if made.empty is not None:
            stored[:, _without(made, stored, masked)] = made.empty
        return stored[backward]


def _without(made: BandedEmbedding, stored: NDArray[Any], masked: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    """Where there is no embedding: any band says no data or is no number, or a vector of length 1 has none."""
    empty = np.zeros(stored.shape[1:], bool) if masked is None else masked
    nodata = made.header.number(made.nodata)
    for band in stored:
        if nodata is not None:
            empty |= band == nodata
        if made.header.is_float:
            empty |= ~np.isfinite(band)
    if made.unit_norm:
        empty |= ~stored.any(axis=0)
    return empty


def checked(embedding: BandedEmbedding, remedy: str) -> BandedEmbedding:
    """An embedding of vectors of length 1, once they are that on a fixed sample of its pixels.

    Raises `MMEarthError` with what else their law may be, and the `remedy`, when they are not.
    """
    found = 0.0
    for stored in _samples(embedding):
        found = mean_length(embedding.law, stored)
        if is_near_one(found):
            return embedding
        last = stored
    if not found:
        return embedding
    fitting = " or ".join(others_that_fit(last))
    instead = f"; {fitting} would give length 1" if fitting else ""
    raise MMEarthError(
        f"{embedding.path} is called {embedding.name}, whose vectors have length 1, but read as such ({embedding.law})"
        f" they have length {found:.2f} on average{instead}. {remedy}"
    )


def _samples(embedding: BandedEmbedding) -> Iterator[NDArray[Any]]:
    """Stored numbers (bands, n) of some pixels, if any: first of an overview, which is little to read from afar."""
    grid = embedding.grid

    def over_all(reader: BandedReader) -> Iterator[NDArray[Any]]:
        small = reader.read(grid.window, (min(grid.height, _OVERVIEW), min(grid.width, _OVERVIEW)))
        if (there := embedding.valid(small)).any():
            yield small[:, there]

    with embedding.reader() as reader:
        if embedding.header.overviews:
            yield from over_all(reader)
        drawn = np.random.default_rng(0)
        corners = drawn.random((_WINDOWS, 2)) * np.maximum(np.array(grid.shape) - _SIDE, 1)
        found: list[NDArray[Any]] = []
        for row, col in corners.astype(int).tolist():
            stored = reader.read(Window(row, col, _SIDE, _SIDE).intersection(grid.window))
            found.append(stored[:, embedding.valid(stored)])
            if sum(each.shape[1] for each in found) >= _ENOUGH:
                break
        if sum(each.shape[1] for each in found):
            yield np.concatenate(found, axis=1)
        elif not embedding.header.overviews:
            yield from over_all(reader)
