"""Pixels without a label, drawn from scenes: what a probe learns of them beside its samples.

The same places, number and seed give the same pixels; few blocks are read, as the files store them, and no overview.
"""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.processors import available_processors
from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.opening import bounded_cache
from mmearth_core.raster.writer import BLOCK
from mmearth_core.sources.drawing import Kept, drawn, lowest
from mmearth_core.sources.stack import Stack, StackReader

#: What is believed of the class shares found: tempered, or nothing.
Prior = Literal["tempered", "none"]
#: Pixels drawn from all scenes together, and the most that may be asked for: each costs time at every fit.
PIXELS, MOST_PIXELS = 2000, 100_000
#: Most and fewest blocks with an embedding that are read of all scenes together, and how many times as many are looked
#: at for them.
BLOCKS, FEWEST_BLOCKS, TIMES = 32, 2, 4
#: Numbers that are read of all scenes together, for someone waits: those of `BLOCKS` blocks of ours, of one date.
NUMBERS = BLOCKS * BLOCK**2 * 64
#: Most pixels that are taken of one block.
_LARGEST = 1 << 20
_PLASTIC = 1.32471795724474602596


@dataclass(frozen=True)
class BesideLabels:
    """How many pixels without a label to learn from, and what to make of the class shares among them."""

    unlabelled: int = PIXELS
    prior: Prior = "tempered"


USUAL: BesideLabels = BesideLabels()


@dataclass(frozen=True, eq=False)
class Unlabelled:
    """Values (n, columns), like those of samples, of pixels drawn from `blocks` blocks; and what is to be learned: how
    clearly they should be told, and, unless `prior` is "none", how many there are of each class."""

    values: NDArray[np.float32]
    blocks: int
    seed: int
    prior: Prior = "tempered"

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def digest(self) -> str:
        """sha256 of the values, in their order."""
        return hashlib.sha256(np.ascontiguousarray(self.values, "<f4").tobytes()).hexdigest()


def draw_unlabelled(
    stacks: Sequence[Stack], beside: BesideLabels = USUAL, *, seed: int = 0, cancel: CancelToken
) -> Unlabelled | None:
    """Pixels of all places together, of each as many as its share of all their pixels; None when none are wanted.

    Blocks lie spread over a place, from a random start; all pixels of those read are equally likely. There are fewer
    where so many blocks hold no more. Raises `MMEarthError` when the number is out of range, or a file damaged.
    """
    if not 0 <= beside.unlabelled <= MOST_PIXELS:
        raise MMEarthError(
            f"`unlabelled={beside.unlabelled}` is no number of pixels to look at; choose 0 … {MOST_PIXELS}."
        )
    total = sum(stack.grid.pixels for stack in stacks)
    found, read = [], 0
    for number, stack in enumerate(stacks):
        share = stack.grid.pixels / total
        if wanted := round(share * beside.unlabelled):
            values, blocks = _draw(stack, wanted, share, seed + number, cancel)
            found.append(values)
            read += blocks
    return Unlabelled(np.concatenate(found), read, seed, beside.prior) if sum(map(len, found)) else None


def _draw(stack: Stack, count: int, share: float, key: int, cancel: CancelToken) -> tuple[NDArray[np.float32], int]:
    """Values (at most `count`, columns) of pixels of blocks that have any, in raster order, and how many blocks."""
    tall, wide = _stored_together(stack)
    fitting = NUMBERS // (min(tall * wide, _LARGEST) * stack.numbers)
    blocks = max(1, round(share * min(max(fitting, FEWEST_BLOCKS), BLOCKS)))
    windows = _spread(stack.grid, (tall, wide), blocks * TIMES, key)
    kept, read, workers = Kept.none(len(stack.columns)), 0, min(available_processors(), blocks)

    def pixels_of(reader: StackReader, parts: Sequence[Window]) -> list[Kept]:
        found = []
        for window in parts:
            cancel.check()
            pixels = reader.read(window)
            inside = np.argwhere(pixels.anywhere)
            position = inside + np.array([window.row, window.col])
            chosen = drawn(key, position, count)
            values = stack.values(pixels[tuple(inside[chosen].T)])
            found.append(lowest(Kept.none(len(stack.columns)), key, values, position[chosen], count))
        return found

    with bounded_cache(), ExitStack() as opening, ThreadPoolExecutor(workers, "mmearth") as pool:
        readers = [opening.enter_context(stack.reader()) for _ in range(workers)]
        while windows and read < blocks:
            batch, windows = windows[: blocks - read], windows[blocks - read :]
            parts = [batch[turn::workers] for turn in range(workers)]
            for each in (each for found in pool.map(pixels_of, readers, parts) for each in found):
                kept = lowest(kept, key, each.values, each.position, count)
                read += bool(len(each.values))
    in_order = np.lexsort(kept.position.T[::-1])
    return kept.values[in_order], read


def _stored_together(stack: Stack) -> tuple[int, int]:
    """Rows and columns that are read at once: a block of ours, or as much of whole blocks of the image with the largest
    ones."""
    blocks = [image.block for image in stack.images if image is not None]
    tall, wide = max(blocks, key=lambda block: block[0] * block[1])
    cols = min(wide * max(1, round(BLOCK / wide)), stack.grid.width)
    return tall * max(1, round(BLOCK**2 / (tall * cols))), cols


def _spread(grid: Grid, block: tuple[int, int], most: int, key: int) -> list[Window]:
    """At most so many blocks of a grid, in an order of which any beginning is spread over all of it.

    An additive recurrence with the inverse powers of the plastic number, from a random start (Roberts 2018, "The
    unreasonable effectiveness of quasirandom sequences"); the few blocks it may leave out come last.
    """
    shape = np.array([-(-grid.height // block[0]), -(-grid.width // block[1])])
    rng = np.random.default_rng(key)
    steps = np.arange(1, 8 * most + 1)[:, None] * (_PLASTIC ** -np.arange(1.0, 3.0))
    numbers = ((rng.random(2) + steps) % 1 * shape).astype(np.intp) @ np.array([shape[1], 1])
    if shape.prod() <= most:
        numbers = np.concatenate([numbers, np.arange(shape.prod())])
    _, first = np.unique(numbers, return_index=True)
    order = [divmod(number, int(shape[1])) for number in numbers[np.sort(first)][:most].tolist()]
    rows = min(block[0], max(1, _LARGEST // block[1]))
    windows = [Window(row * block[0], col * block[1], rows, block[1]) for row, col in order]
    return [window.intersection(grid.window) for window in windows]
