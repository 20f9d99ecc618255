"""Tiles on their way through the network, each stage in threads of its own, bounded between them.

Readers (one dataset each) → normalise → network and quantiser (one thread) → whoever iterates. At most a few tiles are
in memory at any time, whatever the size of the raster.
"""

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mmearth_core.embedding.arrays import embed_pixels, network_input
from mmearth_core.embedding.backends import Backend
from mmearth_core.embedding.quantisation import quantise
from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import Tile, TilePlan, Window
from mmearth_core.raster.ground.count import GroundCount
from mmearth_core.raster.ground.reader import SceneReader
from mmearth_core.raster.ground.rule import Cause, is_ground
from mmearth_core.raster.scene import Scene
from mmearth_core.vectors.aoi import AreaOfInterest

_READERS = 2
#: Seconds between two signs of life while a batch is being computed.
_MOMENT = 0.5


class Computed(NamedTuple):
    """A tile and its codes (bands, height, width of the `window`, what the plan wants of it), None where no
    pixel of the core is wanted; and what the pixels of the core are, of those in the plan's area."""

    tile: Tile
    codes: NDArray[np.uint8] | None
    window: Window
    ground: GroundCount


def compute_tiles(
    runner: Backend,
    source: Scene,
    plan: TilePlan,
    tiles: Sequence[Tile],
    polygons: AreaOfInterest | None,
    stored: tuple[Sequence[float], Sequence[float]],
    waiting: Callable[[], None] | None = None,
) -> Generator[Computed, None, None]:
    """Each of the `tiles` of a plan in the order given. `stored`: scales and offsets of the codes. `waiting` is called
    now and then while a tile takes long.

    While the caller handles one batch the next is being computed. Closing the iterator ends the running tile at once.
    """
    header = runner.header
    readers = _Readers(source)

    def load(tile: Tile) -> _Loaded:
        dn, causes = readers.mine().look(tile.context)
        ground = is_ground(causes)
        window = plan.wanted(tile)
        there = ground[window.relative_to(tile.context).slices]
        if polygons is not None:
            there = there & polygons.inside(window, plan.margin)
        own = tile.core.intersection(plan.area)
        count = _counted(causes[own.relative_to(tile.context).slices], own, polygons)
        wanted = there[tile.core.relative_to(window).slices].any()
        pixels = network_input(dn, ground, source.bands, source.level, header) if wanted else None
        return _Loaded(tile, window, pixels, there, count)

    def compute(batch: list[_Loaded]) -> list[NDArray[np.uint8] | None]:
        pixels = [loaded.pixels for loaded in batch if loaded.pixels is not None]
        embedded = embed_pixels(runner, np.stack(pixels)) if pixels else np.empty(0, np.float32)
        values = iter(embedded)
        return [loaded.codes(next(values), *stored) if loaded.pixels is not None else None for loaded in batch]

    with ExitStack() as stack:
        stack.callback(readers.close)
        reading = stack.enter_context(ThreadPoolExecutor(_READERS, thread_name_prefix="read"))
        computing = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="compute"))
        # Entered last, so left first: before the pools wait for their threads.
        stack.enter_context(_interrupting(runner, reading, computing))
        loaded = _read_ahead(tiles, reading, load, depth=runner.batch_size)
        yield from _in_order(_batches(loaded, runner.batch_size), computing, compute, waiting)


def count_tiles(
    source: Scene, plan: TilePlan, tiles: Iterable[Tile], polygons: AreaOfInterest | None, cancel: CancelToken
) -> GroundCount:
    """What the pixels of those tiles of a plan are that an earlier run computed; reads them, without their context."""
    count = GroundCount()
    with source.reader() as reader:
        for tile in tiles:
            cancel.check()
            own = tile.core.intersection(plan.area)
            count += _counted(reader.look(own)[1], own, polygons)
    return count


def _counted(causes: NDArray[np.uint8], window: Window, polygons: AreaOfInterest | None) -> GroundCount:
    """What the pixels of a window are, those outside the polygons being nothing else."""
    if polygons is not None:
        causes = np.where(polygons.inside(window), causes, np.uint8(Cause.OUTSIDE))
    return GroundCount.of(causes)


@dataclass(frozen=True)
class _Loaded:
    """A tile on its way to the network, and the `window` of which codes are made, of those pixels that are `wanted`.
    `pixels` is None when nothing of the core is."""

    tile: Tile
    window: Window
    pixels: NDArray[np.float32] | None
    wanted: NDArray[np.bool_]
    count: GroundCount

    @property
    def shape(self) -> tuple[int, ...] | None:
        return None if self.pixels is None else self.pixels.shape

    def codes(
        self, values: NDArray[np.float32], scales: Sequence[float], offsets: Sequence[float]
    ) -> NDArray[np.uint8]:
        rows, cols = self.window.relative_to(self.tile.context).slices
        return quantise(values[:, rows, cols], self.wanted, scales, offsets)


def _read_ahead(
    tiles: Sequence[Tile], pool: ThreadPoolExecutor, load: Callable[[Tile], _Loaded], depth: int
) -> Iterator[_Loaded]:
    """Loaded tiles in order, at most `depth` beyond the one that is taken."""
    waiting: deque[Future[_Loaded]] = deque()
    for tile in tiles:
        waiting.append(pool.submit(load, tile))
        if len(waiting) > depth:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _batches(loaded: Iterator[_Loaded], size: int) -> Iterator[list[_Loaded]]:
    """Runs of up to `size` tiles whose contexts have one shape."""
    batch: list[_Loaded] = []
    for item in loaded:
        if batch and (len(batch) == size or item.shape != batch[0].shape):
            yield batch
            batch = []
        batch.append(item)
    if batch:
        yield batch


def _in_order(
    batches: Iterator[list[_Loaded]],
    pool: ThreadPoolExecutor,
    compute: Callable[[list[_Loaded]], list[NDArray[np.uint8] | None]],
    waiting: Callable[[], None] | None,
) -> Iterator[Computed]:
    """Finished tiles in order; while the caller keeps one batch the next is being computed."""
    previous: tuple[list[_Loaded], Future[list[NDArray[np.uint8] | None]]] | None = None
    for batch in batches:
        current = batch, pool.submit(compute, batch)
        if previous is not None:
            yield from _computed(*previous, waiting)
        previous = current
    if previous is not None:
        yield from _computed(*previous, waiting)


def _computed(
    batch: list[_Loaded], future: Future[list[NDArray[np.uint8] | None]], waiting: Callable[[], None] | None
) -> list[Computed]:
    codes = _awaited(future, waiting)
    return [Computed(each.tile, made, each.window, each.count) for each, made in zip(batch, codes, strict=True)]


def _awaited(
    future: Future[list[NDArray[np.uint8] | None]], waiting: Callable[[], None] | None
) -> list[NDArray[np.uint8] | None]:
    """What a batch has become; tells every moment that it is still waited for."""
    while waiting is not None and not wait([future], timeout=_MOMENT).done:
        waiting()
    return future.result()


@contextmanager
def _interrupting(runner: Backend, *pools: ThreadPoolExecutor) -> Iterator[None]:
    """When the block ends early, end the running tile and drop the waiting ones."""
    completed = False
    try:
        yield
        completed = True
    finally:
        if not completed:
            runner.interrupt()
            for pool in pools:
                pool.shutdown(wait=False, cancel_futures=True)


class _Readers:
    """One scene reader for each reading thread, closed together."""

    def __init__(self, source: Scene) -> None:
        self._source = source
        self._own, self._all = threading.local(), ExitStack()
        self.close = self._all.close

    def mine(self) -> SceneReader:
        if not hasattr(self._own, "reader"):
            self._own.reader = self._all.enter_context(self._source.reader())
        reader: SceneReader = self._own.reader
        return reader
