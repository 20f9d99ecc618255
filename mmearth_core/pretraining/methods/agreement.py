"""Two looks at one tile agree: each is to be told from looks at all other tiles by what its partner shows.

The head exists only while pretraining; nothing of it is exported. It never sees an image or a target.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from mmearth_core.pretraining.methods.contract import LossSum
from mmearth_core.pretraining.methods.losses import cross_entropy, rows_of_all_processes

#: Width of the head's hidden layer, and of what looks are compared in.
_HIDDEN, _COMPARED = 512, 128


class AgreementHead(nn.Module):
    """From the encoder's last map, with holes, to one direction for each look (Chen et al. 2020, arXiv 2002.05709)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.LayerNorm(channels), nn.Linear(channels, _HIDDEN), nn.GELU(), nn.Linear(_HIDDEN, _COMPARED)
        )

    def forward(self, encoded: Tensor, masked: Tensor) -> Tensor:
        """`encoded` (N, channels, h, w), 0 where masked; `masked` (N, h, w) bool. Returns (N, 128) of length 1.

        A look is the mean over its visible patches, of which it must have one; float32 at least.
        """
        seen = encoded.sum((2, 3)) / masked.logical_not().sum((1, 2))[:, None]
        rows: Tensor = self.layers(seen)
        return functional.normalize(rows.to(torch.promote_types(rows.dtype, torch.float32)))


def info_nce(first: Tensor, second: Tensor, temperature: float) -> LossSum:
    """Sum of −log p(partner) over both looks at each tile, and their number, 2N: this process.

    `first`, `second`: (N, D) of length 1, the looks at the same N tiles, as many in every process. p is the softmax of
    cosine / `temperature` over the other looks at the tiles of all processes (van den Oord et al. 2018, arXiv
    1807.03748, eq. 4), from the first to the second and back. Looks all alike lose log(number of tiles).
    """
    looks = torch.stack([first, second])
    everyone, before = rows_of_all_processes(looks)
    # In bfloat16 cosines near 1 are steps of 0.004, and far more after the division.
    with torch.autocast(looks.device.type, enabled=False):
        logits = looks @ everyone.flip(0).mT / temperature
    partner = torch.arange(before, before + len(first), device=looks.device)
    return cross_entropy(logits, partner.expand(2, -1))
