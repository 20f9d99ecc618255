"""Writes tiles in the layout in which MMEarth is published: NAME.h5 and three JSON files in the folder NAME.

Finished tiles wait in NAME.partial, so an interrupted build goes on where it stopped; the dataset itself appears whole,
in `finish`, or not at all. Never writes where a file lies, and nothing about the machine goes into the files.
"""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self, TextIO

import h5py
import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError, unwritable
from mmearth_core.files import atomic_path, write_json
from mmearth_core.locks import one_writer
from mmearth_core.modalities import (
    ERA5_STORED,
    MODALITIES,
    SENTINEL2_QUALITY,
    SENTINEL2_STORED,
    Modality,
)
from mmearth_core.progress import Progress, Silent
from mmearth_core.sentinel2 import LEVELS
from mmearth_core.tiles.pending import TileRecords
from mmearth_core.tiles.statistics import Moments, moments_key
from mmearth_core.tiles.teachers import describe

#: Everything a tile file can hold beside teachers.
LAYERS: Mapping[str, Modality] = {**MODALITIES, **SENTINEL2_QUALITY}
#: The compound dataset that names the tiles.
METADATA = np.dtype([("tile_id", "S100"), ("S2_type", "S10")])
_COMPRESSION = 4
#: Version of what is kept of a tile: its layers, and their moments where they have statistics.
_RECORDS = 2
#: What the channels of a layer are called in tile_info.json.
_BANDS: Mapping[str, tuple[str, ...]] = {
    "sentinel2": tuple(band.replace("B0", "B") for band in SENTINEL2_STORED),
    "sentinel1_asc": ("VV", "VH", "HH", "HV"),
    "sentinel1_desc": ("VV", "VH", "HH", "HV"),
    "aster": ("b1", "slope"),
    "era5": ERA5_STORED,
    "dynamic_world": ("label",),
    "canopy_height_eth": ("height", "std"),
    "esa_worldcover": ("Map",),
}


class TileWriter:
    """Collects tiles and lays them out as a dataset.

    A context manager: leaving it closes the files and keeps what was collected.
    """

    def __init__(
        self,
        folder: str | Path,
        size: int,
        modalities: Iterable[str],
        *,
        teachers: Sequence[Modality] = (),
        specification: Mapping[str, Any] | None = None,
        sources: Iterable[str] = ("",),
        progress: Progress | None = None,
    ) -> None:
        """Begin or continue the dataset `folder`, of tiles of `size` by `size` pixels that hold `modalities`.

        `modalities` are names of `MODALITIES` or `SENTINEL2_QUALITY`, "sentinel2" among them; `teachers`, made by
        `modalities.teacher`, are layers beside these. `specification` is
        anything JSON can say about how the tiles are made: tiles of an interrupted build with another size, other
        modalities or another specification are discarded, with a message to `progress`; so are those whose source, as
        `append` was told, is not one of `sources`.
        Raises `MMEarthError` when the dataset exists already, `InUse` when another process writes it.
        """
        self.folder = Path(folder)
        self.size = size
        wanted = set(modalities)
        if unknown := wanted - set(LAYERS):
            raise MMEarthError(f"Unknown modalities {', '.join(sorted(unknown))}; choose of {', '.join(LAYERS)}.")
        if "sentinel2" not in wanted or size < 1:
            raise MMEarthError("Tiles without the modality sentinel2 or without a pixel cannot be written; add them.")
        if odd := [each for each in teachers if size % each.stride]:
            raise MMEarthError(
                f"{odd[0].name}: a stride of {odd[0].stride} pixels does not divide tiles of {size}; choose another."
            )
        self.layers = (*(layer for name, layer in LAYERS.items() if name in wanted), *teachers)
        self._by_name = {layer.name: layer for layer in self.layers}
        if self.path.exists():
            raise MMEarthError(f"{self.path} exists already; choose another folder or remove it.")
        stamp: dict[str, Any] = {"records": _RECORDS, "size": size, "modalities": sorted(wanted)}
        stamp |= {"made": dict(specification or {})}
        if teachers:
            stamp["teachers"] = [[e.name, e.dtype, e.stride, e.scale, e.licence, e.source] for e in teachers]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(self.folder, error) from error
        # What JSON gives back is compared, so it is what must be given: tuples become lists.
        stamp = json.loads(json.dumps(stamp, allow_nan=False))
        with ExitStack() as stack:
            stack.enter_context(one_writer(self.path))
            self._records = TileRecords(self._file("partial"), stamp, frozenset(sources))
            stack.callback(self._records.close)
            self._held = stack.pop_all()
        self._progress = progress or Silent()
        if self._records.restarted:
            self._progress.message(f"{self._file('partial')} held tiles made in another way; they are made again.")
        if self._records.outdated:
            self._progress.message(
                f"{self._records.outdated} tiles in {self._file('partial')} are of other files or of changed ones; they"
                " are left out."
            )
        self._missing = {layer.name: _kept(layer, layer.missing(size)) for layer in self.layers}

    @property
    def path(self) -> Path:
        """The HDF5 file that `finish` makes."""
        return self._file("h5")

    def __len__(self) -> int:
        return len(self._records.ids)

    def __contains__(self, tile_id: object) -> bool:
        """Whether a tile is in already."""
        return tile_id in self._records.ids

    def append(
        self, tile_id: str, raw: Mapping[str, NDArray[Any]], info: Mapping[str, Any], *, source: str = ""
    ) -> None:
        """Add a tile; it survives a kill from here on.

        `raw` holds stored arrays, (stored, size, size) or (stored,), of the stored type; what is left out is written
        as missing, except sentinel2. `info` is the tile's entry of tile_info.json: "S2_type" ("l1c" or "l2a") is
        needed, "lat" and "lon" in degrees, "S2_DATE" (YYYY-MM-DD) and "CRS" are usual. `source` tells what it
        is made from. Raises `MMEarthError` for a tile that does not fit and `EnvironmentFailure` when the disk refuses.
        """
        if tile_id in self or not 0 < len(tile_id.encode()) <= METADATA["tile_id"].itemsize or "\0" in tile_id:
            raise MMEarthError(f"Tile id {tile_id!r} is empty, longer than 100 bytes or there twice; give another.")
        if info.get("S2_type") not in LEVELS:
            raise MMEarthError(f"Tile {tile_id} has the level {info.get('S2_type')!r}; give l1c or l2a as its S2_type.")
        names = [layer.name for layer in self.layers]
        if "sentinel2" not in raw or set(raw) - set(names):
            raise MMEarthError(
                f"Tile {tile_id} has {', '.join(raw)}; give it sentinel2, and of the others {', '.join(names)}."
            )
        for name, array in raw.items():
            wanted = self._by_name[name].shape(self.size), np.dtype(self._by_name[name].dtype)
            if (array.shape, array.dtype) != wanted:
                raise MMEarthError(
                    f"Tile {tile_id}: {name} is {array.dtype} of shape {array.shape}; give {wanted[1]} of {wanted[0]}."
                )
        chunks: dict[str, bytes] = {}
        for layer in self.layers:
            chunks |= _kept(layer, raw[layer.name]) if layer.name in raw else self._missing[layer.name]
        try:
            self._records.append({"tile_id": tile_id, "info": dict(info), "source": source}, chunks)
        except (TypeError, ValueError) as error:
            raise MMEarthError(
                f"Tile {tile_id}: its information is not for JSON ({error}); give texts and numbers."
            ) from error

    def finish(self, order: Iterable[str] | None = None) -> Path:
        """Write the dataset from the collected tiles, each file whole or not at all, and forget the collection.

        `order` names the tiles to write, as far as they are in; by default all, as they came. Returns the path of the
        HDF5 file, which appears last. Raises `MMEarthError` when there is no tile.
        """
        tile_ids = list(self._records.ids) if order is None else [each for each in order if each in self]
        count = len(tile_ids)
        if not count:
            raise MMEarthError(
                f"{self.folder} would have no tile, so nothing is written; give larger or clearer scenes."
            )
        moments: dict[str, Moments] = {}
        self._progress.start("Writing tiles", count, "tiles")
        with ExitStack() as stack:
            path = stack.enter_context(atomic_path(self.path))
            information = stack.enter_context(atomic_path(self._file("tile_info.json")))
            with h5py.File(path, "w") as file, information.open("w", encoding="utf-8") as text:
                self._lay_out(file, text, moments, tile_ids)
            write_json(self._file("band_stats.json"), {key: each.as_json() for key, each in sorted(moments.items())})
            write_json(self._file("splits.json"), {"train": list(range(count)), "val": [], "test": []})
        self._progress.finish()
        self._records.remove()
        self.close()
        return self.path

    def close(self) -> None:
        """Keep what was collected for another time."""
        self._held.close()

    def discard(self) -> None:
        """Delete what was collected, and the folder if nothing else is in it."""
        self._records.remove()
        self._held.close()
        if not any(self.folder.iterdir()):
            self.folder.rmdir()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _file(self, what: str) -> Path:
        name = self.folder.absolute().name
        return self.folder / (f"{name}_{what}" if what.endswith("json") else f"{name}.{what}")

    def _lay_out(self, file: h5py.File, text: TextIO, moments: dict[str, Moments], tile_ids: Sequence[str]) -> None:
        count = len(tile_ids)
        datasets = {}
        for layer in self.layers:
            shape = layer.shape(self.size)
            datasets[layer.name] = file.create_dataset(
                layer.name, (count, *shape), layer.dtype,
                chunks=(1, *shape), compression="gzip", compression_opts=_COMPRESSION,
            )  # fmt: skip
            if layer.is_teacher:
                describe(datasets[layer.name], layer)
        metadata = np.zeros(count, METADATA)
        defaults = {"NO_DATA": _no_data(self.layers), "BANDS": _bands(self.layers)}
        text.write("{")
        for row, (record, chunks) in enumerate(self._records.tiles(tile_ids)):
            tile_id, info = record["tile_id"], record["info"]
            metadata[row] = tile_id.encode(), info["S2_type"].encode()
            text.write(f"{',' if row else ''}\n{json.dumps(tile_id)}: {json.dumps(defaults | info)}")
            for layer in self.layers:
                start = (row, *(0 for _ in layer.shape(self.size)))
                datasets[layer.name].id.write_direct_chunk(start, chunks[layer.name])
                key = moments_key(layer, info["S2_type"])
                if key is not None:
                    moments.setdefault(key, Moments(layer)).join(Moments.from_bytes(layer, chunks[_moments_of(layer)]))
            self._progress.advance(1)
        text.write("\n}\n")
        file.create_dataset("metadata", data=metadata)


def _kept(layer: Modality, array: NDArray[Any]) -> dict[str, bytes]:
    """What a record keeps of a layer: its chunk, and its moments where it has statistics."""
    kept = {layer.name: _compressed(array)}
    return kept if layer.kind == "classes" else kept | {_moments_of(layer): Moments.of(layer, array).to_bytes()}


def _moments_of(layer: Modality) -> str:
    return f"{layer.name} moments"


def _compressed(array: NDArray[Any]) -> bytes:
    """An array as a chunk of a gzip-compressed HDF5 dataset: little-endian values in C order, deflated."""
    ordered = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    return zlib.compress(ordered.tobytes(), _COMPRESSION)


def _no_data(layers: Iterable[Modality]) -> dict[str, float | str]:
    """No-data values as JSON can say them: numbers, and texts for what is not finite."""
    return {each.name: each.no_data if np.isfinite(each.no_data) else str(each.no_data) for each in layers}


def _bands(layers: Iterable[Modality]) -> dict[str, list[str]]:
    names = {layer.name for layer in layers}
    return {name: list(bands) for name, bands in _BANDS.items() if name.split("_asc")[0].split("_desc")[0] in names}
