"""Patches of two looks at a tile that show the same ground agree: each is to be told from patches of other tiles.

What trains the cells of a map, where `agreement` trains the mean over a tile. The head exists only while pretraining;
nothing of it is exported. It never sees an image or a target.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from mmearth_core.pretraining.methods.agreement import directions, info_nce, projection, rows_of_others
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
    def of(cls, masked: Tensor, masked_again: Tensor, cells: Tensor, places: Tensor | None) -> "PatchPairs":
        """`masked`, `masked_again`: (N, g, g) bool. `cells`: (N, g, g) int64, for each patch of the second look that of
        the first, or −1. `places`: (N,) int64; without them each tile is a place. Every process must ask."""
        partner = cells.flatten(1)
        seen = masked.flatten(1).logical_not().gather(1, partner.clamp(min=0))
        tile, second = torch.nonzero(seen & (partner >= 0) & ~masked_again.flatten(1), as_tuple=True)
        if places is None:
            before, _ = rows_of_others(len(masked), masked.device)
            places = torch.arange(before, before + len(masked), device=masked.device)
        return cls(tile, partner[tile, second], second, places[tile])


class PatchHead(nn.Module):
    """From the encoder's last map to one direction for each of some patches."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = projection(channels)

    def forward(self, encoded: Tensor, tile: Tensor, patch: Tensor) -> Tensor:
        """`encoded` (N, channels, g, g); `tile`, `patch` (M,) int64. Returns (M, 128) of length 1, float32 at least."""
        return directions(self.layers(encoded.flatten(2)[tile, :, patch]))


def patch_agreement(first: Tensor, second: Tensor, pairs: PatchPairs, temperature: float) -> LossSum:
    """Sum of −log p(partner) over both patches of each pair, and their number, 2M: this process.

    `first`, `second`: (M, D) of length 1. p is that of `info_nce`, over the patches of pairs at all other places;
    neighbours look alike, and are no measure of what is told apart.
    """
    return info_nce(first, second, temperature, pairs.place)
