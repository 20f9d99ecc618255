"""Two looks at one tile agree: each is to be told from looks at all other tiles by what its partner shows.

The head exists only while pretraining; nothing of it is exported. It never sees an image or a target.
"""

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn import functional

from mmearth_core.encoder.masking import sum_over_processes
from mmearth_core.pretraining.methods.contract import LossSum
from mmearth_core.pretraining.methods.losses import cross_entropy

#: Width of the head's hidden layer, and of what looks are compared in.
_HIDDEN, _COMPARED = 512, 128


class AgreementHead(nn.Module):
    """From the encoder's last map, with holes, to one direction for each look (Chen et al. 2020, arXiv 2002.05709)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = projection(channels)

    def forward(self, encoded: Tensor, masked: Tensor) -> Tensor:
        """`encoded` (N, channels, h, w), 0 where masked; `masked` (N, h, w) bool. Returns (N, 128) of length 1.

        A look is the mean over its visible patches, of which it must have one; float32 at least.
        """
        seen = encoded.sum((2, 3)) / masked.logical_not().sum((1, 2))[:, None]
        return directions(self.layers(seen))


def projection(channels: int) -> nn.Sequential:
    """From (M, channels) of the encoder to what is compared, (M, 128)."""
    return nn.Sequential(nn.LayerNorm(channels), nn.Linear(channels, _HIDDEN), nn.GELU(), nn.Linear(_HIDDEN, _COMPARED))


def directions(rows: Tensor) -> Tensor:
    """Rows (M, D) made of length 1, in float32 at least."""
    return functional.normalize(rows.to(torch.promote_types(rows.dtype, torch.float32)))


def info_nce(first: Tensor, second: Tensor, temperature: float, places: Tensor | None = None) -> LossSum:
    """Sum of −log p(partner) over both looks at each tile, and their number, 2N: this process.

    `first`, `second`: (N, D) of length 1, the looks at the same N tiles. p is the softmax of cosine / `temperature`
    over the other looks at the tiles of all processes (van den Oord et al. 2018, arXiv 1807.03748, eq. 4), from the
    first to the second and back. Looks all alike lose log(number of tiles). `places`: (N,) int64, the number of each
    tile's place; what is seen of a place is to be like its partner, but not unlike the rest that is seen of it, which
    is left out of the softmax.
    """
    before, after = rows_of_others(len(first), first.device)
    looks = torch.stack([first, second])
    if not before + len(first) + after:
        nothing = looks.sum()
        return LossSum(nothing, nothing.detach())
    everyone = sum_over_processes(functional.pad(looks, (0, 0, before, after)))
    # In bfloat16 cosines near 1 are steps of 0.004, and far more after the division.
    with torch.autocast(looks.device.type, enabled=False):
        logits = looks @ everyone.flip(0).mT / temperature
    partner = torch.arange(before, before + len(first), device=looks.device)
    if places is not None:
        alike = places[:, None] == sum_over_processes(functional.pad(places, (before, after)))
        alike[torch.arange(len(first), device=looks.device), partner] = False
        logits = logits.masked_fill(alike, -torch.inf)
    return cross_entropy(logits, partner.expand(2, -1))


def rows_of_others(own: int, device: torch.device) -> tuple[int, int]:
    """How many rows the processes before and after this one have, which has `own`; every process must ask."""
    if not dist.is_available() or not dist.is_initialized() or dist.get_world_size() == 1:
        return 0, 0
    rank = dist.get_rank()
    counts = torch.zeros(dist.get_world_size(), dtype=torch.int64, device=device)
    counts[rank] = own
    dist.all_reduce(counts)
    return int(counts[:rank].sum()), int(counts[rank + 1 :].sum())
