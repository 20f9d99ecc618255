"""Finished tiles on disk: what makes an embedding resumable after a cancel, a crash or a power cut.

`OUTPUT.partial/` holds `specification.json` and one compressed GeoTIFF per finished tile. Each is written to a
temporary name, flushed to the disk and renamed, so it is whole or absent. A tile without a valid pixel is an empty
file.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.errors import RasterioError
from rasterio.io import MemoryFile

from mmearth_core.embedding.product import NODATA, of_one_job
from mmearth_core.errors import EnvironmentFailure
from mmearth_core.files import flush
from mmearth_core.raster.grid import Tile, Window

_SPECIFICATION = "specification.json"


class TileJournal:
    """The tiles of one embedding job. One thread writes; `read` may be called from any."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

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

    def begin(self, specification: dict[str, Any]) -> None:
        """Start afresh for a job: whatever was there is removed."""
        self.remove()
        try:
            self.folder.mkdir()
            self._write(_SPECIFICATION, json.dumps(specification, sort_keys=True).encode())
        except OSError as error:
            raise EnvironmentFailure(f"Cannot write into {self.folder} ({error.strerror}).") from error

    def remove(self) -> None:
        """Delete the journal, if there is one."""
        if self.folder.exists():
            shutil.rmtree(self.folder)

    def finished(self) -> set[int]:
        """Indices of the tiles that are done."""
        return {int(path.stem) for path in self.folder.glob("*.tile")}

    def save(self, tile: Tile, dn: NDArray[np.uint8] | None) -> None:
        """Keep a finished tile, (bands, height, width) of its core; None when no pixel of it is valid.

        Raises `EnvironmentFailure` when the disk refuses; earlier tiles stay.
        """
        try:
            self._write(f"{tile.index}.tile", b"" if dn is None else _compress(dn))
        except OSError as error:
            raise EnvironmentFailure(f"Cannot write into {self.folder} ({error.strerror or error}).") from error

    def read(self, tile: Tile, window: Window) -> NDArray[np.uint8] | None:
        """Part of a finished tile: `window` in raster pixels, inside its core. None when the tile is empty."""
        path = self.folder / f"{tile.index}.tile"
        try:
            if path.stat().st_size == 0:
                return None
            with rasterio.open(path) as dataset:
                part: NDArray[np.uint8] = dataset.read(window=window.relative_to(tile.core).ranges)
        except (OSError, RasterioError) as error:
            path.unlink(missing_ok=True)
            raise EnvironmentFailure(
                f"{path} is damaged ({error}) and was removed; run the same command again to redo that tile."
            ) from error
        return part

    def _write(self, name: str, content: bytes) -> None:
        temporary = self.folder / f"{name}.tmp"
        temporary.write_bytes(content)
        flush(temporary)
        temporary.replace(self.folder / name)
        flush(self.folder)


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
