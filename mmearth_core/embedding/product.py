"""The embedding raster as a file format: what its tags say, how to open it, how its numbers decode.

One uint8 GeoTIFF, `bands` bands named E00, E01, …; 0 in every band is no-data; a valid pixel has 1 … 255 in every band
and means `dn * scale + offset`, with one scale and offset per band that belong to the weights.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from rasterio.io import DatasetReader

from mmearth_core import records
from mmearth_core.errors import MMEarthError
from mmearth_core.kinds import TAG_NAMESPACE
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.opening import opened, plain, reading
from mmearth_core.raster.writer import BLOCK, CheckedWriter, new_geotiff

#: The value of every band where there is no embedding.
NODATA = 0
#: Version of the format; readers refuse what they do not know.
FORMAT_VERSION = "1"
_WANTED = "an embedding raster"
#: No encoder gives numbers of this size: probes square and add them, and none may overflow.
_LARGEST = 1e6


@dataclass(frozen=True)
class _Told:
    """What our tags of an embedding raster say."""

    model_name: str
    model_id: str
    provenance: str


@dataclass(frozen=True)
class EmbeddingRaster:
    """An embedding raster of ours on disk: where it is, its grid, which model made it, how to decode it.

    An instance of `sources.embedding.Embedding`.
    """

    path: str | Path
    grid: Grid
    model_name: str
    model_id: str
    scales: tuple[float, ...]
    offsets: tuple[float, ...]
    provenance: dict[str, Any]

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Read the description of an embedding raster.

        Raises `MMEarthError` when the file is missing, not a raster, or not written by `mmearth embed`.
        """
        path = plain(path)
        with opened(path, wanted=_WANTED) as dataset:
            tags = dataset.tags(ns=TAG_NAMESPACE)
            if tags.get("product") != "embedding":
                raise MMEarthError(f"{path} is not an embedding raster; make one with: mmearth embed {path} -o EMB.tif")
            if tags.get("format_version") != FORMAT_VERSION:
                raise MMEarthError(
                    f"{path} has embedding format {tags.get('format_version')}, this version of mmearth reads"
                    f" {FORMAT_VERSION}; update mmearth or embed the scene again."
                )
            place, remedy = f"The description in {path}", "embed the scene again"
            if not dataset.crs:
                raise MMEarthError(f"{path} is damaged: it has no coordinate reference system; {remedy}.")
            told = records.read(_Told, tags, place, known_only=False, remedy=remedy)
            if set(dataset.dtypes) != {"uint8"} or not _decodable(dataset.scales, dataset.offsets):
                raise MMEarthError(
                    f"{path} is damaged: its bands are not uint8, or have no scale and offset that an embedding has;"
                    f" {remedy}."
                )
            provenance = records.parsed(told.provenance, place, remedy=remedy)
            return cls(
                path=path,
                grid=Grid.of(dataset),
                model_name=told.model_name,
                model_id=told.model_id,
                scales=tuple(dataset.scales),
                offsets=tuple(dataset.offsets),
                provenance=records.value(dict[str, Any], provenance, place, remedy=remedy),
            )

    @property
    def file(self) -> Path:
        """Its file on disk, where it is written."""
        return Path(self.path)

    @property
    def identity(self) -> str:
        return self.model_id

    @property
    def name(self) -> str:
        return self.model_name

    @property
    def facts(self) -> dict[str, Any]:
        return self.provenance

    @property
    def bands(self) -> tuple[str, ...]:
        return tuple(f"E{band:02d}" for band in range(len(self.scales)))

    @property
    def unit_norm(self) -> bool:
        return False

    @property
    def halo(self) -> int | None:
        if self.provenance.get("encoder", {}).get("tile_dependent"):
            return None
        halo = self.provenance.get("halo")
        return halo if isinstance(halo, int) else None

    @property
    def block(self) -> tuple[int, int]:
        return BLOCK, BLOCK

    @cached_property
    def linear(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(scale, offset), each of shape (bands,): value = stored·scale + offset."""
        return np.asarray(self.scales, np.float32), np.asarray(self.offsets, np.float32)

    def valid(self, stored: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Where there is an embedding, of digital numbers whose first axis is the band."""
        return np.asarray(stored[0] != NODATA)

    def decode(self, stored: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Embedding values of digital numbers whose first axis is the band; no-data is not treated here."""
        scale, offset = (v.reshape(-1, *[1] * (stored.ndim - 1)) for v in self.linear)
        return stored.astype(np.float32) * scale + offset

    @contextmanager
    def reader(self) -> Iterator["EmbeddingReader"]:
        """A reader to be used by one thread."""
        with opened(self.path, wanted=_WANTED) as dataset:
            yield EmbeddingReader(self, dataset)


def _decodable(scales: Sequence[float], offsets: Sequence[float]) -> bool:
    """Whether 1 … 255 decode to numbers that differ and that an encoder can have given."""
    steps, lowest = np.asarray(scales, np.float64), np.asarray(offsets, np.float64)
    # Also false for NaN.
    return bool(((steps > 1 / _LARGEST) & (np.abs(lowest) + 255 * steps < _LARGEST)).all())


def of_one_job(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two provenances are the same. How evidence is put into words is no matter: another version may say it
    otherwise, and what it led to is compared."""
    return bool(decisive(one) == json.loads(json.dumps(decisive(other))))


def decisive(job: Mapping[str, Any]) -> dict[str, Any]:
    """What of a provenance tells jobs from each other."""
    return {name: each for name, each in job.items() if name != "evidence"}


def new_embedding(raster: EmbeddingRaster) -> AbstractContextManager[CheckedWriter]:
    """A new embedding raster, to be filled with uint8 windows of all bands; it takes its name at the end."""
    return new_geotiff(
        raster.path,
        raster.grid,
        count=len(raster.bands),
        dtype="uint8",
        nodata=NODATA,
        descriptions=raster.bands,
        scales=raster.scales,
        offsets=raster.offsets,
        tags={
            "product": "embedding",
            "format_version": FORMAT_VERSION,
            "model_name": raster.model_name,
            "model_id": raster.model_id,
            "provenance": json.dumps(raster.provenance, ensure_ascii=False, sort_keys=True),
        },
        # Embeddings hardly compress: higher levels save 4 % for five times the time.
        zstd_level=1,
    )


class EmbeddingReader:
    """One open dataset; never share it between threads."""

    def __init__(self, raster: EmbeddingRaster, dataset: DatasetReader) -> None:
        self._raster, self._dataset = raster, dataset

    def read(self, window: Window, shape: tuple[int, int] | None = None) -> NDArray[np.uint8]:
        """Digital numbers of a window, shape (bands, height, width); with `shape`, decimated (nearest) to it.

        Raises `MMEarthError` when the file is damaged.
        """
        height, width = (window.height, window.width) if shape is None else shape
        with reading(self._raster.path, "embed the scene again"):
            # Bands lie apart, so where the first one is empty, the others need not be read to know it.
            if not self._dataset.read(1, window=window.ranges, out_shape=(height, width)).any():
                return np.zeros((self._dataset.count, height, width), np.uint8)
            data: NDArray[np.uint8] = self._dataset.read(
                window=window.ranges, out_shape=(self._dataset.count, height, width)
            )
        return data
