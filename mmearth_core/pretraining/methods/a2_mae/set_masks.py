"""Which places the images of a set hide: the anchor-aware rule of A²-MAE. Arrays only.

As its authors describe it (Zhang et al. 2024, arXiv 2406.08079) and as their code draws it: the first image has an
order of its places by lot; an image whose flag differs from the first's takes the same order, so that it shows nothing
that the first one hides; one whose flag is equal takes an order of its own. (In their code the visible places are then
taken from the first image alone; here every image shows equally many.)
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mmearth_core.pretraining.methods.a2_mae.settings import MaskRule


def set_masks(flags: Sequence[int], patches: int, visible: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Which of `patches` places each image hides, (images, patches) bool: all but `visible` in every one."""
    orders = [rng.permutation(patches)]
    orders += [orders[0] if flag != flags[0] else rng.permutation(patches) for flag in flags[1:]]
    hidden = np.ones((len(orders), patches), np.bool_)
    np.put_along_axis(hidden, np.stack(orders)[:, :visible], False, axis=1)
    return hidden


def flags_of(rule: MaskRule, sources: Sequence[int], rng: np.random.Generator) -> list[int]:
    """The flag of each image of a set, by the number of its source."""
    count = len(sources)
    if rule == "source":
        return list(sources)
    if rule == "anchor":
        chosen = int(rng.integers(count))
        return [int(at == chosen) for at in range(count)]
    return [0] * count if rule == "own" else [0] + [1] * (count - 1)
