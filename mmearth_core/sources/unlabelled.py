"""Pixels without a label, drawn from scenes: what a probe learns of them beside its samples.

The same places, number and seed give the same pixels; few blocks are read, and no overview.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import Window
from mmearth_core.raster.opening import bounded_cache
from mmearth_core.raster.writer import BLOCK
from mmearth_core.sources.drawing import Kept, drawn, lowest
from mmearth_core.sources.stack import Stack

#: What is believed of the class shares found: tempered, or nothing.
Prior = Literal["tempered", "none"]
#: Pixels drawn from all scenes together, and the most that may be asked for: each costs time at every fit.
PIXELS, MOST_PIXELS = 2000, 100_000
#: Blocks with an embedding that are read of all scenes together, and the most that are looked at for them.
BLOCKS, MOST_LOOKED_AT = 32, 128


@dataclass(frozen=True)
class BesideLabels:
    """How many pixels without a label to learn from, and what to make of the class shares among them."""

    unlabelled: int = PIXELS
    prior: Prior = "tempered"


USUAL = BesideLabels()


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

    Blocks come in a random order; all pixels of those read are equally likely. There are fewer where so many blocks
    hold no more. Raises `MMEarthError` when the number is out of range, or a file damaged.
    """
    if not 0 <= beside.unlabelled <= MOST_PIXELS:
        raise MMEarthError(f"unlabelled is a number of pixels, 0 … {MOST_PIXELS}, not {beside.unlabelled}.")
    total = sum(stack.grid.pixels for stack in stacks)
    found, read = [], 0
    for number, stack in enumerate(stacks):
        share = stack.grid.pixels / total
        if wanted := round(share * beside.unlabelled):
            values, blocks = _draw(stack, wanted, max(1, round(share * BLOCKS)), seed + number, cancel)
            found.append(values)
            read += blocks
    return Unlabelled(np.concatenate(found), read, seed, beside.prior) if sum(map(len, found)) else None


def _draw(stack: Stack, count: int, blocks: int, key: int, cancel: CancelToken) -> tuple[NDArray[np.float32], int]:
    """Values (at most `count`, columns) of pixels of so many blocks that have any, in raster order, and the blocks."""
    rows, cols = -(-stack.grid.height // BLOCK), -(-stack.grid.width // BLOCK)
    most = min(rows * cols, blocks * MOST_LOOKED_AT // BLOCKS)
    order = np.random.default_rng(key).choice(rows * cols, most, replace=False)
    kept, read = Kept.none(len(stack.columns)), 0
    with bounded_cache(), stack.reader() as reader:
        for number in order.tolist():
            if read == blocks:
                break
            cancel.check()
            row, col = divmod(number, cols)
            window = Window(row * BLOCK, col * BLOCK, BLOCK, BLOCK).intersection(stack.grid.window)
            pixels = reader.read(window)
            inside = np.argwhere(pixels.anywhere)
            if len(inside):
                position = inside + np.array([window.row, window.col])
                chosen = drawn(key, position, count)
                values = stack.values(pixels[tuple(inside[chosen].T)])
                kept = lowest(kept, key, values, position[chosen], count)
                read += 1
    in_order = np.lexsort(kept.position.T[::-1])
    return kept.values[in_order], read
