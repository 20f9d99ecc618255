"""The small head by which rows of features are compared: directions, whose products are cosines.

Exists only while pretraining; nothing of it is exported.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

#: Width of the hidden layer, and of what rows are compared in.
HIDDEN, COMPARED = 512, 128


class Projection(nn.Module):
    """Layer norm and two linear layers (Chen et al. 2020, arXiv 2002.05709)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.LayerNorm(channels), nn.Linear(channels, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, COMPARED)
        )

    def forward(self, rows: Tensor) -> Tensor:
        """`rows` (M, channels) → (M, 128) of length 1, float32 at least."""
        return directions(self.layers(rows))


def directions(rows: Tensor) -> Tensor:
    """Rows (…, D) made of length 1, in float32 at least: in bfloat16 cosines near 1 would be steps of 0.004."""
    return functional.normalize(rows.to(torch.promote_types(rows.dtype, torch.float32)), dim=-1)


def pooled(encoded: Tensor, masked: Tensor) -> Tensor:
    """Mean over the visible patches, of which each image must have one: `encoded` (N, channels, h, w), 0 where masked,
    `masked` (N, h, w) bool → (N, channels)."""
    return encoded.sum((2, 3)) / masked.logical_not().sum((1, 2))[:, None]
