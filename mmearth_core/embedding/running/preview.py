"""Looking at an embedding while it is being made: a `.vrt` of the tiles that are finished, in the first three bands.

The tiles are those of the journal; nothing is copied or computed. A picture is worthless once the journal is gone.
"""

import time
from pathlib import Path

from mmearth_core.embedding.product import NODATA, EmbeddingRaster
from mmearth_core.embedding.running.journal import tiles_in
from mmearth_core.files import write_text
from mmearth_core.raster.grid import TilePlan
from mmearth_core.raster.vrt import VirtualBand, VirtualSource, virtual_raster

#: Seconds between two pictures.
_INTERVAL = 1.0
_BANDS = (("Red", 1), ("Green", 2), ("Blue", 3))


class TilePictures:
    """Pictures `NAME-N.vrt` in a folder, each new one under a new name: who shows one may go on reading it."""

    def __init__(self, folder: Path, raster: EmbeddingRaster, plan: TilePlan, tiles: Path) -> None:
        self._folder, self._raster, self._tiles = folder, raster, tiles
        self._cores = {tile.index: tile.core.relative_to(plan.area) for tile in plan}
        self._number, self._next = 1, 0.0

    def update(self) -> Path | None:
        """A new picture, unless the last one is quite new."""
        now = time.monotonic()
        if now < self._next:
            return None
        self._folder.mkdir(parents=True, exist_ok=True)
        # An interrupted run has left its own.
        while (path := self._folder / f"{self._raster.file.stem}-{self._number}.vrt").exists():
            self._number += 1
        write_text(path, self._text())
        self._next = time.monotonic() + _INTERVAL
        return path

    def _text(self) -> str:
        finished = [
            VirtualSource(str(path.resolve()), self._cores[index], beside=False)
            for index, path in tiles_in(self._tiles).items()
            if path.stat().st_size
        ]
        bands = [VirtualBand(source, nodata=NODATA, shown=colour) for colour, source in _BANDS]
        return virtual_raster(self._raster.grid, bands, finished)
