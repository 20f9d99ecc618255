"""Finished tiles on disk: what makes an embedding resumable after a cancel, a crash or a power cut.

`OUTPUT.partial/` holds `specification.json` and one compressed GeoTIFF per finished tile, `NUMBER-CHECKSUM.tile`. Each
is written to a temporary name, flushed to the disk and renamed, so it is whole or absent; what its checksum contradicts
is no tile. A tile without a valid pixel is an empty file. Nothing but these files is ever removed.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.errors import RasterioError
from rasterio.io import MemoryFile

from mmearth_core.embedding.product import NODATA, of_one_job
from mmearth_core.errors import EnvironmentFailure, MMEarthError, unwritable
from mmearth_core.files import flush
from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import Tile, Window

_SPECIFICATION = "specification.json"
_TILE = re.compile(r"(\d+)-([0-9a-f]{16})\.tile")
#: What a journal holds beside its tiles: those of earlier versions, what is being written, the raster in work.
_OURS = re.compile(rf"{_TILE.pattern}|\d+\.tile|specification\.json|(?:specification\.json|\d+(?:-\w+)?\.tile)\.tmp")
#: The raster while it is assembled, in the journal's folder.
RESULT = "result.tif"


class TileJournal:
    """The tiles of one embedding job. One thread writes; `read` may be called from any."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[int, Path] = {}

    @staticmethod
    def folder_of(output: Path) -> Path:
        """Where the unfinished tiles of an output are kept."""
        return output.with_name(output.name + ".partial")

    def matches(self, specification: dict[str, Any]) -> bool:
        """Whether the journal on disk belongs to this very job."""
        try:
            stored = json.loads((self.folder / _SPECIFICATION).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return isinstance(stored, dict) and of_one_job(stored, specification)

    def check_ours(self) -> None:
        """Raise `MMEarthError` when the folder's name is taken by something that no journal is."""
        if not self.folder.exists() and not self.folder.is_symlink():
            return
        foreign = ""
        if self.folder.is_symlink() or not self.folder.is_dir():
            foreign = "is no folder"
        elif strange := next((each.name for each in self.folder.iterdir() if not _is_ours(each)), None):
            foreign = f"holds {strange}"
        elif self._tiles() and not (self.folder / _SPECIFICATION).is_file():
            foreign = "does not say what it belongs to"
        if foreign:
            raise MMEarthError(
                f"{self.folder}, where the finished tiles are to go, {foreign}; move it away or choose another output."
            )

    def begin(self, specification: dict[str, Any]) -> None:
        """Start afresh for a job: the tiles of an earlier one are removed."""
        self.check_ours()
        try:
            self.remove()
            self.folder.mkdir(exist_ok=True)
            self._write(_SPECIFICATION, json.dumps(specification, sort_keys=True).encode())
        except OSError as error:
            raise unwritable(self.folder, error) from error

    def remove(self) -> None:
        """Delete the journal, if there is one; a folder that somebody put something into stays, with that."""
        if self.folder.is_symlink() or not self.folder.is_dir():
            return
        # The specification last: what is half removed still says what it was.
        ours = [path for path in self.folder.iterdir() if _is_ours(path)]
        for path in sorted(ours, key=lambda each: each.name == _SPECIFICATION):
            path.unlink(missing_ok=True)
        if not any(self.folder.iterdir()):
            self.folder.rmdir()

    def finished(self) -> set[int]:
        """Indices of the tiles that are done."""
        return set(self._tiles())

    def drop_damaged(self, cancel: CancelToken) -> int:
        """Remove the files that are not the tiles they are named; returns how many. Reads them all."""
        dropped = 0
        for path in sorted(self.folder.glob("*.tile")):
            cancel.check()
            match = _TILE.fullmatch(path.name)
            if match is None or _checksum(int(match[1]), path.read_bytes()) != match[2]:
                path.unlink()
                dropped += 1
        return dropped

    def save(self, tile: Tile, dn: NDArray[np.uint8] | None) -> None:
        """Keep a finished tile, (bands, height, width) of its core; None when no pixel of it is valid.

        Raises `EnvironmentFailure` when the disk refuses; earlier tiles stay.
        """
        content = b"" if dn is None else _compress(dn)
        try:
            self._write(f"{tile.index}-{_checksum(tile.index, content)}.tile", content)
        except OSError as error:
            raise unwritable(self.folder, error) from error

    def read(self, tile: Tile, window: Window) -> NDArray[np.uint8] | None:
        """Part of a finished tile: `window` in raster pixels, inside its core. None when the tile is empty.

        Its checksum is looked at once. Raises `EnvironmentFailure` when it is not the tile that was kept.
        """
        path = self._tiles().get(tile.index) if tile.index not in self._read else self._read[tile.index]
        try:
            if path is None:
                raise FileNotFoundError("it is gone")
            if tile.index not in self._read:
                if not path.name.startswith(f"{tile.index}-{_checksum(tile.index, path.read_bytes())}."):
                    raise OSError("its checksum is another")
                self._read[tile.index] = path
            if path.stat().st_size == 0:
                return None
            with rasterio.open(path) as dataset:
                part: NDArray[np.uint8] = dataset.read(window=window.relative_to(tile.core).ranges)
        except (OSError, RasterioError) as error:
            if path is not None:
                path.unlink(missing_ok=True)
            raise EnvironmentFailure(
                f"Tile {tile.index} in {self.folder} is damaged ({error}) and was removed; run the same command again"
                " to redo that tile."
            ) from error
        return part

    def _tiles(self) -> dict[int, Path]:
        return tiles_in(self.folder)

    def _write(self, name: str, content: bytes) -> None:
        temporary = self.folder / f"{name}.tmp"
        temporary.write_bytes(content)
        flush(temporary)
        temporary.replace(self.folder / name)
        flush(self.folder)


def tiles_in(folder: Path) -> dict[int, Path]:
    """The tiles of a journal's folder, by their index."""
    found = ((_TILE.fullmatch(path.name), path) for path in sorted(folder.glob("*.tile")))
    return {int(match[1]): path for match, path in found if match is not None}


def _is_ours(path: Path) -> bool:
    """Whether what is in a journal's folder is a file that a run of ours makes."""
    named = _OURS.fullmatch(path.name) is not None or path.name.lstrip(".").startswith(RESULT)
    return named and path.is_file() and not path.is_symlink()


def _checksum(index: int, content: bytes) -> str:
    """Of a tile's bytes and its place."""
    return hashlib.blake2b(index.to_bytes(8, "little") + content, digest_size=8).hexdigest()


def _compress(dn: NDArray[np.uint8]) -> bytes:
    bands, height, width = dn.shape
    with MemoryFile() as memory:
        with (
            rasterio.Env(GDAL_NUM_THREADS=1),
            memory.open(
                driver="GTiff",
                count=bands,
                height=height,
                width=width,
                dtype="uint8",
                nodata=NODATA,
                compress="zstd",
                zstd_level=1,
                interleave="band",
                tiled=True,
                blockxsize=256,
                blockysize=256,
                # Only ever read back by pixel position; any georeference keeps rasterio from warning.
                transform=rasterio.Affine(2, 0, 0, 0, -2, 0),
            ) as dataset,
        ):
            dataset.write(dn)
        return bytes(memory.getbuffer())
