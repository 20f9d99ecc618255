"""Patches of two looks at a tile that show the same ground agree: each is to be told from patches of other tiles.

What trains the cells of a map, where `agreement` trains the mean over a tile. The loss alone; what is compared are
directions of `projection`.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from mmearth_core.pretraining.methods.comparisons.agreement import info_nce
from mmearth_core.pretraining.methods.contract import LossSum


@dataclass(frozen=True)
class PatchPairs:
    """M pairs of patches that both looks at a tile show, visible in both, all (M,) int64: the `tile`, and the number of
    its patch in the `first` and in the `second` look. `place`: the number of the tile's place."""

    tile: Tensor
    first: Tensor
    second: Tensor
    place: Tensor

    @classmethod
    def of(cls, masked: Tensor, masked_again: Tensor, cells: Tensor, places: Tensor) -> "PatchPairs":
        """`masked`, `masked_again`: (N, g, g) bool. `cells`: (N, g, g) int64, for each patch of the second look that of
        the first, or −1. `places`: (N,) int64."""
        partner = cells.flatten(1)
        seen = masked.flatten(1).logical_not().gather(1, partner.clamp(min=0))
        tile, second = torch.nonzero(seen & (partner >= 0) & ~masked_again.flatten(1), as_tuple=True)
        return cls(tile, partner[tile, second], second, places[tile])


def patch_agreement(first: Tensor, second: Tensor, pairs: PatchPairs, temperature: float) -> LossSum:
    """Sum of −log p(partner) over both patches of each pair, and their number, 2M: this process.

    `first`, `second`: (M, D) of length 1. p is that of `info_nce`, over the patches of pairs at all other places;
    neighbours look alike, and are no measure of what is told apart.
    """
    return info_nce(first, second, temperature, pairs.place)
