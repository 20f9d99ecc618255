"""The last step: finished tiles are laid out as one GeoTIFF, in raster order, by one writer.

Reads the journal, never the network's results, so a resumed job writes the same bytes as an uninterrupted one.
"""

import itertools
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmearth_core.embedding.product import NODATA, EmbeddingRaster, new_embedding
from mmearth_core.embedding.quantisation import HIGHEST, LOWEST
from mmearth_core.embedding.running.journal import TileJournal
from mmearth_core.progress import CancelToken, Progress
from mmearth_core.raster.grid import Tile, TilePlan, Window
from mmearth_core.raster.writer import BLOCK
from mmearth_core.vectors.aoi import AreaOfInterest

#: Columns handled at once: 64 bands × 256 rows × 2048 columns are 34 MB.
_COLUMNS = 8 * BLOCK


@dataclass(frozen=True)
class Tally:
    """Counted over the finished raster of so many `bands`: valid pixels and the values at the ends of the range."""

    bands: int
    valid: int
    clipped: int

    @property
    def clipped_share(self) -> float:
        """Of all values of valid pixels; there must be one."""
        return self.clipped / (self.valid * self.bands)


def assemble(
    raster: EmbeddingRaster,
    area: Window,
    plan: TilePlan,
    journal: TileJournal,
    progress: Progress,
    cancel: CancelToken,
    inside: AreaOfInterest | None = None,
) -> Tally:
    """Write the embedding raster of an area of the plan from the journal's tiles; of it what lies `inside` polygons."""
    valid = clipped = 0
    parts = gathered(area, plan, journal, len(raster.bands), progress, cancel)
    with new_embedding(raster) as dataset, closing(parts):
        for window, kept in parts:
            if kept is None:
                continue
            block = kept if inside is None else kept * inside.inside(window)
            dataset.write(block, window=window.relative_to(area).ranges)
            valid += int(np.count_nonzero(block[0] != NODATA))
            clipped += int(np.count_nonzero(block == LOWEST) + np.count_nonzero(block == HIGHEST))
    return Tally(len(raster.bands), valid, clipped)


def gathered(
    area: Window, plan: TilePlan, journal: TileJournal, bands: int, progress: Progress, cancel: CancelToken
) -> Generator[tuple[Window, NDArray[np.uint8] | None], None, None]:
    """What is kept of an area of the plan, in raster order: windows, and of each uint8 (bands, height, width), None
    where nothing is. While the caller writes one, the next is read. To be closed by who does not come to the end."""
    tiles = list(plan)
    windows = list(area.parts(BLOCK, _COLUMNS))
    progress.start("Writing", area.pixels, "px")
    with ThreadPoolExecutor(1, thread_name_prefix="gather") as ahead:

        def gather(window: Window) -> Future[NDArray[np.uint8] | None]:
            return ahead.submit(_gather, window, tiles, journal, bands)

        waiting = gather(windows[0])
        for window, following in itertools.zip_longest(windows, windows[1:]):
            cancel.check()
            block = waiting.result()
            if following is not None:
                waiting = gather(following)
            yield window, block
            progress.advance(window.pixels)
    progress.finish()


def _gather(window: Window, tiles: Sequence[Tile], journal: TileJournal, bands: int) -> NDArray[np.uint8] | None:
    """The window's codes (bands, height, width), or None when none of it is valid."""
    block = None
    for tile in tiles:
        common = tile.core.intersection(window)
        if not common:
            continue
        part = journal.read(tile, common)
        if part is None:
            continue
        if block is None:
            block = np.full((bands, window.height, window.width), NODATA, np.uint8)
        rows, cols = common.relative_to(window).slices
        block[:, rows, cols] = part
    return block
