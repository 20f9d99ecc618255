"""Applying a function to every pixel of an embedding raster: in parallel, in bounded memory, results in raster order.

All raster-wide labelling goes through `transform_blocks`; it never holds more than a few windows of the raster.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from queue import SimpleQueue
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.processors import available_processors, one_thread_each
from mmearth_core.progress import CancelToken, Progress
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.identity import stamp
from mmearth_core.raster.opening import bounded_cache
from mmearth_core.raster.writer import BLOCK
from mmearth_core.sources.stack import Pixels, Stack, StackReader

Result = TypeVar("Result")

#: Stored numbers one thread holds at a time.
WINDOW_NUMBERS = 16 << 20
#: Pixels worked on at a time: their digital numbers as floats fit a processor's second-level cache.
CHUNK = 4096


def block_windows(grid: Grid, *, numbers: int) -> list[Window]:
    """Windows that cover `grid` exactly once, in raster order, aligned to its blocks, about `WINDOW_NUMBERS` each."""
    width = max(1, WINDOW_NUMBERS // (numbers * BLOCK * BLOCK)) * BLOCK
    return list(grid.window.parts(BLOCK, width))


def transform_blocks(
    stack: Stack,
    function: Callable[[Pixels, Window], Result],
    write: Callable[[Window, Result], None],
    *,
    progress: Progress,
    cancel: CancelToken,
    task: str,
    within: Window | None = None,
    onto: Window | None = None,
    margin: int = 0,
) -> None:
    """Call `write(window, function(pixels, window))` for windows that cover the stack, or what is `within`, once: of
    blocks of the stack's grid or, `onto` a window, of those of a raster of it.

    `function` gets pixels (height, width) and runs in several threads at once, each with a reader of its own and one
    BLAS thread; `write` is called in raster order on the calling thread. Few windows are in flight. With a `margin` it
    gets those of `surrounded(window, margin, stack.grid)`. Raises `MMEarthError` when an embedding is damaged or
    changes meanwhile, `Cancelled` when `cancel` is set; errors of both functions pass through.
    """
    workers = available_processors()
    whole = stack.grid.window if onto is None else onto
    area = whole if within is None else within.intersection(whole)
    counted = block_windows(stack.grid.crop(whole), numbers=stack.numbers)
    blocks = (replace(block, row=block.row + whole.row, col=block.col + whole.col) for block in counted)
    windows = (window for block in blocks if (window := block.intersection(area)))
    readers: SimpleQueue[StackReader] = SimpleQueue()

    def work(window: Window) -> Result:
        reader = readers.get()
        try:
            cancel.check()
            pixels = reader.read(surrounded(window, margin, stack.grid))
        finally:
            readers.put(reader)
        return function(pixels, window)

    before = [stamp(file) for file in stack.files]
    progress.start(task, area.pixels, "px", stack.grid.pixel_area)
    with (
        bounded_cache(),
        one_thread_each(),
        ExitStack() as opening,
        ThreadPoolExecutor(workers, thread_name_prefix="mmearth") as pool,
    ):
        for _ in range(workers):
            readers.put(opening.enter_context(stack.reader()))
        pending: deque[tuple[Window, Future[Result]]] = deque()
        try:
            for window in windows:
                pending.append((window, pool.submit(work, window)))
                if len(pending) >= 2 * workers:
                    _write_next(pending, write, progress, cancel)
            while pending:
                _write_next(pending, write, progress, cancel)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    changed = [file for file, then in zip(stack.files, before, strict=True) if stamp(file) != then]
    if changed:
        raise MMEarthError(f"{changed[0]} changed while it was being read; nothing was written. Run it again.")
    progress.finish()


def surrounded(window: Window, margin: int, grid: Grid) -> Window:
    """A window with `margin` pixels around it, as far as the grid has them."""
    return window.padded(margin).intersection(grid.window)


def _write_next(
    pending: deque[tuple[Window, Future[Result]]],
    write: Callable[[Window, Result], None],
    progress: Progress,
    cancel: CancelToken,
) -> None:
    cancel.check()
    window, future = pending.popleft()
    write(window, future.result())
    progress.advance(window.pixels)


def by_pixel(
    function: Callable[[Pixels], NDArray[Any]], pixels: Pixels, dtype: type[np.generic] = np.uint8
) -> NDArray[Any]:
    """`function` of pixels (n,), of all the pixels (height, width): (height, width), 0 where there is no embedding."""
    flat, out = pixels.flat, np.zeros(pixels.shape, dtype)
    for start in range(0, out.size, CHUNK):
        part = flat[start : start + CHUNK]
        if part.anywhere.any():
            out.reshape(-1)[start : start + CHUNK] = np.where(part.anywhere, function(part), 0)
    return out


def in_strips(function: Callable[[Window], Result], area: Window) -> list[Result]:
    """`function` of strips of rows that cover an area once, one for each processor, each with one BLAS thread; what it
    returns, from the upper strip to the lowest."""
    strips = list(area.parts(-(-area.height // available_processors()), area.width))
    with one_thread_each(), ThreadPoolExecutor(len(strips), thread_name_prefix="mmearth") as pool:
        return list(pool.map(function, strips))
