"""Reads tiles in the layout in which MMEarth is published (MMEarth, MMEarth64, MMEarth100k; v0 and v001).

A `TileFile` gives raw arrays as stored; what they mean stands in `modalities`. One file may be read by many processes
at once: each opens its own handle. Memory does not grow with the number of tiles beyond a few bytes for each.
"""

import math
import os
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import h5py
import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import MODALITIES, SENTINEL2_QUALITY, Modality, is_teacher
from mmearth_core.sentinel2 import LEVELS, Level
from mmearth_core.tiles.places import Placed, Places
from mmearth_core.tiles.teachers import described
from mmearth_core.tiles.tile_info import members

#: A chunk is one sample, read once: a large cache would only hold what nobody asks for again (bytes per dataset).
_CHUNK_CACHE = 1 << 20


def evenly(total: int, most: int) -> NDArray[np.int64]:
    """Of the numbers 0 … `total` − 1, all or `most` of them at even distances, rising."""
    return np.linspace(0, total - 1, min(most, total)).round().astype(np.int64)


class Tiles(Protocol):
    """Tiles to learn from, numbered from 0, as `TileFile` gives them."""

    @property
    def size(self) -> int:
        """Pixels of a tile's side."""

    @property
    def modalities(self) -> Mapping[str, Modality]:
        """Modalities that `read` can give, by name: those of `MODALITIES` in its order, then teachers."""

    def level(self, index: int) -> Level:
        """Processing level of the Sentinel-2 image of one tile."""

    @property
    def lonlat(self) -> NDArray[np.float64]:
        """Longitude and latitude of each tile in degrees, (N, 2); NaN where unknown."""

    @property
    def days(self) -> NDArray[np.float64]:
        """The day of each tile's image since 2000-01-01, (N,); NaN where unknown."""

    @property
    def places(self) -> Places:
        """Which tiles are images of one place."""

    def companions(self, index: int) -> NDArray[np.int64]:
        """Numbers of the other images of one tile's place."""

    def read(self, index: int, names: Iterable[str]) -> dict[str, NDArray[Any]]:
        """Raw arrays of one tile as stored."""

    def __len__(self) -> int: ...


def modalities_for(tiles: Tiles) -> Mapping[str, Modality]:
    """All that may be asked of tiles by name: the twelve modalities, be they there or not, and the tiles' teachers."""
    return {**MODALITIES, **tiles.modalities}


class TileFile(Placed):
    """The tiles of a dataset, `size` pixels square.

    Pickles without its open file. Safe to use after a fork and from several processes, not from several threads.
    """

    def __init__(self, path: str | Path) -> None:
        """`path` is the folder of a dataset, or its HDF5 file.

        Raises `MMEarthError` when it is absent, damaged or not in the layout.
        """
        self.path = _find(Path(path))
        self._handle: tuple[int, h5py.File] | None = None
        self._datasets: dict[str, h5py.Dataset] = {}
        file = self._open()
        self._check_links(file)
        arrays = {name for name in ("sentinel2", "metadata") if isinstance(file.get(name), h5py.Dataset)}
        if len(arrays) < 2 or file["sentinel2"].ndim != 4:
            raise MMEarthError(
                f"{self.path} is not in the layout of MMEarth: it lacks sentinel2 or metadata as arrays of all"
                " tiles; build"
                " it with mmearth build-tiles."
            )
        self._count, self.size = (int(file["sentinel2"].shape[axis]) for axis in (0, -1))
        if not self._count:
            raise MMEarthError(f"{self.path} holds no tile; give one that does.")
        self._check(file)
        self._modalities = {name: each for name, each in MODALITIES.items() if name in file}
        self._modalities |= self._teachers(file)
        self._levels = self._read_levels(file)
        self.close()
        self._info: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None

    def __len__(self) -> int:
        return self._count

    @property
    def modalities(self) -> Mapping[str, Modality]:
        """The modalities that are there by name: those of `MODALITIES` in its order, then teachers."""
        return MappingProxyType(self._modalities)

    @property
    def names(self) -> NDArray[np.str_]:
        """Tile ids, (N,): read anew at each call."""
        return np.char.decode(self._open()["metadata"].fields("tile_id")[:], "utf-8")

    @property
    def levels(self) -> NDArray[np.str_]:
        """Processing level of the Sentinel-2 image of each tile, (N,): "l1c" or "l2a"."""
        return np.array(LEVELS)[self._levels]

    def level(self, index: int) -> Level:
        """Processing level of the Sentinel-2 image of one tile."""
        return LEVELS[int(self._levels[index])]

    @property
    def lonlat(self) -> NDArray[np.float64]:
        """Longitude and latitude of each tile in degrees, (N, 2); NaN where unknown. From NAME_tile_info.json."""
        if self._info is None:
            self._info = self._read_info()
        return self._info[0]

    @property
    def days(self) -> NDArray[np.float64]:
        """The day of each tile's Sentinel-2 image since 2000-01-01, (N,); NaN where unknown. From the same file."""
        if self._info is None:
            self._info = self._read_info()
        return self._info[1]

    def read(self, index: int, names: Iterable[str]) -> dict[str, NDArray[Any]]:
        """Raw arrays of one tile as stored, (stored, size, size) or (stored,), of modalities or quality layers.

        Raises `MMEarthError` when the file lacks one or is damaged there.
        """
        file = self._open()
        if not 0 <= index < self._count:
            raise IndexError(f"tile {index} of {self._count}")
        raw = {}
        for name in names:
            if name not in self._datasets:
                if name not in file:
                    raise MMEarthError(f"{self.path} has no {name}; choose of {', '.join(self.modalities)}.")
                self._datasets[name] = file[name]
            try:
                raw[name] = self._datasets[name][index]
            except OSError as error:
                raise MMEarthError(
                    f"{self.path} is damaged: {name} of tile {index} cannot be read ({error}); get the file again."
                ) from error
        return raw

    def require(self, crop: int) -> None:
        """Raise `MMEarthError` when tiles are smaller than a crop of `crop` pixels."""
        if self.size < crop:
            raise MMEarthError(
                f"Tiles of {self.path} have {self.size} pixels a side, the crop has {crop}; choose a smaller crop."
            )

    def beside(self, what: str) -> Path:
        """Path of a JSON file of the dataset: "tile_info" → NAME_tile_info.json."""
        return self.path.with_name(f"{self.path.stem}_{what}.json")

    def close(self) -> None:
        """Close the file of this process; the next reading opens it again."""
        if self._handle is not None:
            self._handle[1].close()
            self._handle, self._datasets = None, {}

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_handle": None, "_datasets": {}, "_info": None}

    def _open(self) -> h5py.File:
        """The handle of this process; one inherited by a fork is left behind."""
        process = os.getpid()
        if self._handle is None or self._handle[0] != process:
            self.close()
            try:
                self._handle = process, h5py.File(self.path, "r", rdcc_nbytes=_CHUNK_CACHE)
            except OSError as error:
                raise MMEarthError(
                    f"{self.path} cannot be opened ({error}); it is not HDF5 or was cut off: get the file again."
                ) from error
        return self._handle[1]

    def _check_links(self, file: h5py.File) -> None:
        """Raise `MMEarthError` unless every array lies in this very file and can be opened."""
        try:
            elsewhere = [name for name in file if not isinstance(file.get(name, getlink=True), h5py.HardLink)]
            arrays = {} if elsewhere else {name: file[name] for name in file}
            elsewhere += [
                name
                for name, each in arrays.items()
                if isinstance(each, h5py.Dataset) and (each.external or each.is_virtual)
            ]
        except (KeyError, OSError, RuntimeError, ValueError) as error:
            raise MMEarthError(f"{self.path} is damaged ({error}); get the file again.") from error
        if elsewhere:
            raise MMEarthError(
                f"{self.path}: {elsewhere[0]} is not in the file itself but refers to elsewhere; copy its numbers into"
                " the file."
            )

    def _check(self, file: h5py.File) -> None:
        for name, layer in {**MODALITIES, **SENTINEL2_QUALITY}.items():
            if name in file:
                self._check_array(file, name)
                wanted = (self._count, *layer.shape(self.size)), np.dtype(layer.dtype)
                found = file[name].shape, file[name].dtype
                if found != wanted:
                    raise MMEarthError(
                        f"{self.path}: {name} is {found[1]} of shape {found[0]}, not {wanted[1]} of {wanted[0]};"
                        " make it again."
                    )
        metadata = file["metadata"]
        kinds = {name: metadata.dtype[name].kind for name in metadata.dtype.names or ()}
        if metadata.shape != (self._count,) or not {"tile_id": "S", "S2_type": "S"}.items() <= kinds.items():
            raise MMEarthError(
                f"{self.path}: metadata does not hold tile_id and S2_type of {self._count} tiles as texts of fixed"
                " length (such as S100 and S10); make it again."
            )

    def _check_array(self, file: h5py.File, name: str) -> None:
        if not isinstance(file[name], h5py.Dataset):
            raise MMEarthError(f"{self.path}: {name} is a group, not an array of all tiles; make it again.")

    def _teachers(self, file: h5py.File) -> dict[str, Modality]:
        """The teachers that are there, by name."""
        teachers = {}
        for name in sorted(filter(is_teacher, file)):
            self._check_array(file, name)
            teachers[name] = described(self.path, name, file[name], self._count, self.size)
        return teachers

    def _read_levels(self, file: h5py.File) -> NDArray[np.uint8]:
        stored = np.char.lower(file["metadata"].fields("S2_type")[:])
        levels = np.full(self._count, len(LEVELS), np.uint8)
        for position, level in enumerate(LEVELS):
            levels[stored == level.encode()] = position
        unknown = np.flatnonzero(levels == len(LEVELS))
        if len(unknown):
            raise MMEarthError(
                f"{self.path}: S2_type of tile {unknown[0]} is {stored[unknown[0]].decode(errors='replace')!r},"
                " not l1c or l2a; correct it."
            )
        return levels

    def _read_info(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Coordinates and days of all tiles, from the file beside."""
        names = self._open()["metadata"].fields("tile_id")[:]
        names = names.astype(f"S{max(1, int(np.char.str_len(names).max(initial=0)))}")
        order = np.argsort(names)
        lonlat, days = np.full((self._count, 2), np.nan), np.full(self._count, np.nan)
        known = np.zeros(self._count, bool)
        path = self.beside("tile_info")
        if not path.is_file():
            raise MMEarthError(f"{path} is missing, which tells where the tiles lie; put it beside {self.path.name}.")
        for position, (tile_id, info) in enumerate(members(path)):
            encoded = tile_id.encode()
            # Entries come in the order of the tiles unless somebody edited the file.
            if position < self._count and names[position] == encoded:
                row = position
            else:
                found = min(int(np.searchsorted(names, encoded, sorter=order)), self._count - 1)
                row = int(order[found])
                if names[row] != encoded:
                    continue
            known[row] = True
            for column, key in enumerate(("lon", "lat")):
                if isinstance(info.get(key), int | float):
                    lonlat[row, column] = info[key]
            days[row] = _day(info.get("S2_DATE"))
        if not known.any():
            raise MMEarthError(
                f"{path} names none of the tiles of {self.path.name}; it belongs to another dataset: put its own there."
            )
        return lonlat, days


def _day(text: Any) -> float:
    """Days of an ISO date, which may have a time, since 2000-01-01; NaN where there is none."""
    try:
        return float((date.fromisoformat(str(text)[:10]) - date(2000, 1, 1)).days)
    except ValueError:
        return math.nan


def _find(path: Path) -> Path:
    if path.is_dir():
        own = path / f"{path.absolute().name}.h5"
        files = [own] if own.is_file() else sorted(path.glob("*.h5"))
        if len(files) != 1:
            raise MMEarthError(f"{path} holds {len(files) or 'no'} .h5 files; name the one to read.")
        return files[0]
    if not path.is_file():
        raise MMEarthError(f"{path} does not exist; give a folder with tiles or its .h5 file.")
    return path
