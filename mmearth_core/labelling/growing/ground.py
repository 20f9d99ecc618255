"""The ground that places grow in, read in tiles that are kept: places close together share them.

Tiles lie on multiples of their side, as blocks of files do, so that no block is decoded for a part of it.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import rasterio
from numpy.typing import NDArray

from mmearth_core.labelling.growing.region import REACH, NeighbourSpread, around, unlikeness
from mmearth_core.labelling.scoring import decoded
from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import Window
from mmearth_core.raster.opening import bounded_cache
from mmearth_core.sources.stack import Pixels, Stack

#: Side of a tile in pixels.
TILE = 256
#: Bytes of tiles that are kept.
_BYTES = 384 << 20


@dataclass(frozen=True, eq=False)
class _Tile:
    """What was read of a window, and of each slot how much its neighbours differ."""

    window: Window
    pixels: Pixels
    spread: tuple[NeighbourSpread, ...]


@dataclass(frozen=True, eq=False)
class Ground:
    """A window of a place, as the tiles that make it up."""

    stack: Stack
    window: Window
    tiles: tuple[_Tile, ...]

    def unlikeness(self, pixel: tuple[int, int]) -> NDArray[np.float32] | None:
        """(height, width): how unlike a pixel (row, column of the grid) every pixel is: the root mean square over the
        slots that both have, infinite where there is none; None where the pixel has no embedding.

        The median of the pixels within `REACH` stands for it.
        """
        shape = self.window.height, self.window.width
        total, counted = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        for slot in range(len(self.stack.images)):
            near = self._near(pixel, slot)
            if near is None:
                continue
            middle = np.median(near, axis=1).astype(np.float32)
            spread = sum((tile.spread[slot] for tile in self.tiles[1:]), self.tiles[0].spread[slot]).deviation
            for tile in self.tiles:
                numbers, valid = _numbers(self.stack, tile.pixels, slot)
                part = tile.window.relative_to(self.window).slices
                total[part] += np.where(valid, np.square(unlikeness(numbers, valid, middle, spread)), 0)
                counted[part] += valid
        if not counted.any():
            return None
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(counted > 0, np.sqrt(total / counted), np.float32(np.inf))

    def _near(self, pixel: tuple[int, int], slot: int) -> NDArray[np.float32] | None:
        """The numbers (bands, n) of a slot around a pixel; None where the pixel itself has none."""
        rows, cols = around(pixel, REACH)
        wanted = Window(rows.start, cols.start, rows.stop - rows.start, cols.stop - cols.start)
        found, there = [], False
        for tile in self.tiles:
            part = wanted.intersection(tile.window)
            if part:
                numbers, valid = _numbers(self.stack, tile.pixels[part.relative_to(tile.window).slices], slot)
                found.append(numbers[:, valid])
                row, col = pixel[0] - part.row, pixel[1] - part.col
                there |= 0 <= row < part.height and 0 <= col < part.width and bool(valid[row, col])
        return np.concatenate(found, axis=1) if there else None


class Tiles:
    """The tiles of a place that were looked at lately. May be used from several threads."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._lock = threading.Lock()
        self._held: OrderedDict[Window, _Tile] = OrderedDict()

    def around(self, window: Window, cancel: CancelToken) -> Ground:
        """What is in a window that begins on a multiple of `TILE`."""
        wanted = list(window.parts(TILE, TILE))
        tiles = {each: tile for each in wanted if (tile := self._look(each)) is not None}
        for tile in self._read([each for each in wanted if each not in tiles], cancel):
            tiles[tile.window] = tile
            with self._lock:
                self._keep(tile, len(wanted))
        return Ground(self._stack, window, tuple(tiles[each] for each in wanted))

    def read_ahead(self, wanted: Sequence[Window], cancel: CancelToken) -> int:
        """Read tiles before somebody asks for them, as many as are kept, the first ones first: how many of them are
        held in the end. Nobody else waits for it, and it ends between two tiles when it is cancelled."""
        with self._lock:
            self._put_last(wanted)
            lacking = [window for window in wanted if window not in self._held]
        for tile in self._read(lacking, cancel):
            with self._lock:
                nearer = wanted[: wanted.index(tile.window)]
                taken = sum(self._held[each].pixels.nbytes for each in nearer if each in self._held)
                if taken + tile.pixels.nbytes > _BYTES:  # it would take the room of a nearer one
                    break
                self._keep(tile, 1)
                self._put_last(wanted)
        with self._lock:
            return sum(window in self._held for window in wanted)

    def _look(self, window: Window) -> _Tile | None:
        """A tile if it is held; it is now the last to be dropped."""
        with self._lock:
            tile = self._held.get(window)
            if tile is not None:
                self._held.move_to_end(window)
            return tile

    def _put_last(self, wanted: Sequence[Window]) -> None:
        """Make some tiles the last to be dropped, the first of them last."""
        for window in reversed(wanted):
            if window in self._held:
                self._held.move_to_end(window)

    def _keep(self, tile: _Tile, fewest: int) -> None:
        """Hold a tile, and drop what was not looked at for longest while there is too much; `fewest` tiles stay."""
        self._held[tile.window] = tile
        self._held.move_to_end(tile.window)
        size = sum(each.pixels.nbytes for each in self._held.values())
        while size > _BYTES and len(self._held) > fewest:
            size -= self._held.popitem(last=False)[1].pixels.nbytes

    def _read(self, windows: Sequence[Window], cancel: CancelToken) -> Iterator[_Tile]:
        """Tiles as they are in the files."""
        if not windows:
            return
        # A block is decoded by one thread, several of them by as many as there are.
        with bounded_cache(), rasterio.Env(GDAL_NUM_THREADS="ALL_CPUS"), self._stack.reader() as reader:
            for window in windows:
                yield self._tile(window, reader.read(window))
                cancel.check()

    def _tile(self, window: Window, pixels: Pixels) -> _Tile:
        slots = range(len(self._stack.images))
        return _Tile(window, pixels, tuple(NeighbourSpread.of(*_numbers(self._stack, pixels, slot)) for slot in slots))


def _numbers(stack: Stack, pixels: Pixels, slot: int) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """The numbers (bands, height, width) of a slot, 0 where it has none, and where it has some. Where values are linear
    in the numbers these are as good, for all is told in units of a band's own spread."""
    image, valid = stack.images[slot], pixels.valid[slot]
    if image is None:
        return np.zeros((0, *pixels.shape), np.float32), np.zeros(pixels.shape, bool)
    stored = pixels.stored[slot]
    numbers = stored if stored.dtype == np.float32 and image.linear is not None else decoded(image, stored)
    return (numbers if valid.all() else np.where(valid, numbers, np.float32(0))), valid
