"""Two looks at one tile agree: each is to be told from looks at all other tiles by what its partner shows.

The loss alone; what is compared are directions of `projection`.
"""

import torch
from torch import Tensor

from mmearth_core.pretraining.methods.comparisons.exchange import rows_of_all_processes
from mmearth_core.pretraining.methods.contract import LossSum
from mmearth_core.pretraining.methods.losses import cross_entropy


def info_nce(
    first: Tensor,
    second: Tensor,
    temperature: float,
    places: Tensor | None = None,
    earlier: tuple[Tensor, Tensor] | None = None,
) -> LossSum:
    """Sum of −log p(partner) over both looks at each tile, and their number, 2N: this process.

    `first`, `second`: (N, D) of length 1, the looks at the same N tiles. p is the softmax of cosine / `temperature`
    over the other looks at the tiles of all processes (van den Oord et al. 2018, arXiv 1807.03748, eq. 4), from the
    first to the second and back. Looks all alike lose log(number of tiles). `places`: (N,) int64, the number of each
    tile's place; what is seen of a place is to be like its partner, but not unlike the rest that is seen of it, which
    is left out of the softmax. `earlier`: second looks of earlier steps, (K, D), and their places, (K,), which the
    first looks are told from as well (He et al. 2020, arXiv 1911.05722); then `places` must be given.
    """
    looks = torch.stack([first, second])
    everyone, before = rows_of_all_processes(looks)
    if not everyone.shape[1]:
        nothing = looks.sum()
        return LossSum(nothing, nothing.detach())
    # In bfloat16 cosines near 1 are steps of 0.004, and far more after the division.
    with torch.autocast(looks.device.type, enabled=False):
        logits = looks @ everyone.flip(0).mT / temperature
    partner = torch.arange(before, before + len(first), device=looks.device)
    if places is not None:
        everywhere, _ = rows_of_all_processes(places[None, :, None])
        alike = places[:, None] == everywhere[0, :, 0]
        alike[torch.arange(len(first), device=looks.device), partner] = False
        logits = logits.masked_fill(alike, -torch.inf)
    if earlier is None or places is None:
        return cross_entropy(logits, partner.expand(2, -1))
    rows, theirs = earlier
    with torch.autocast(looks.device.type, enabled=False):
        more = (first @ rows.mT / temperature).masked_fill(places[:, None] == theirs, -torch.inf)
    forth, back = cross_entropy(torch.cat([logits[0], more], 1), partner), cross_entropy(logits[1], partner)
    return LossSum(forth.total + back.total, forth.count + back.count)
