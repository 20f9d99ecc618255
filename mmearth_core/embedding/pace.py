"""How much of a tile is done while it is being computed, which no backend tells.

The work a pixel takes is known in processor time, of a trial at first, of finished tiles later; the processor time
spent since a tile began then says how far it is, on a busy machine too. It never says that a tile is done before it is.
"""

import math
import time
from collections.abc import Callable

from mmearth_core.progress import Progress
from mmearth_core.raster.grid import Tile

#: Up to this share what the processor time says is believed; beyond, the share creeps towards 1.
_BELIEVED = 0.7


class Pace:
    """Tells a `Progress` in pixels of the cores, within tiles and at their end. For one thread."""

    def __init__(self, progress: Progress, per_pixel: float, clock: Callable[[], float] = time.process_time) -> None:
        """`per_pixel`: seconds of `clock` that a pixel of a context takes."""
        self._progress, self._per_pixel, self._clock = progress, per_pixel, clock
        self._tile: Tile | None = None
        self._began, self._told = clock(), 0

    def begin(self, tile: Tile | None) -> None:
        """The next tile is under way; None: there is none."""
        self._tile, self._began, self._told = tile, self._clock(), 0

    def look(self) -> None:
        """Tell how far the tile is by now."""
        if self._tile is None:
            return
        used = (self._clock() - self._began) / max(self._tile.context.pixels * self._per_pixel, 1e-9)
        done = min(int(_share(used) * self._tile.core.pixels), self._tile.core.pixels - 1)
        if done > self._told:
            self._progress.advance(done - self._told)
            self._told = done

    def finish(self, tile: Tile, computed: bool) -> None:
        """A tile is done. `computed`: it went through the network, so its pace counts for the next."""
        if computed:
            self._per_pixel = max((self._clock() - self._began) / tile.context.pixels, 1e-12)
        self._progress.advance(tile.core.pixels - self._told)
        self._told = 0


def _share(used: float) -> float:
    """The share of a tile that is told for the share of the expected time that was used: always below 1."""
    if used <= _BELIEVED:
        return used
    return _BELIEVED + (1 - _BELIEVED) * (1 - math.exp((_BELIEVED - used) / (1 - _BELIEVED)))
