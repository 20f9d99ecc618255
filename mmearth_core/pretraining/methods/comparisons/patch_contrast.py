"""Patches of two sensors are told to belong together, from all patches of other places: the loss alone, no network.

After the contrast of OmniSat (Astruc et al. 2024, arXiv 2404.08351), which leaves the tokens of a patch's own tile out
of what it is to be told from. Unlike there, two sensors are compared at a time, a token is told from tokens of the
other sensor only, and other patches of its place count for neither side.
"""

import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from mmearth_core.pretraining.methods.comparisons.exchange import rows_of_all_processes
from mmearth_core.pretraining.methods.contract import LossSum

#: Comparisons that are held in memory at once; of the others only what is needed to make them anew.
_AT_ONCE = 1 << 22


def patch_contrast(first: Tensor, second: Tensor, places: Tensor, known: Tensor, temperature: float) -> LossSum:
    """Sum of −log p(partner) over the known patches, from the first sensor to the second and back, and their number.

    `first`, `second`: (n, D) of length 1, tokens of the same n patches. `places` (n,) int64: the place that each patch
    is of. `known` (n,) bool: where both sensors have a token; the others are nothing to learn from. p is the softmax of
    cosine / `temperature` over the partner and the known tokens of the other sensor at all other places, of all
    processes. Where one place alone has known patches there is nothing to tell them from, and none counts. Tokens all
    alike lose log(1 + number of known patches of other places) each. The sum is this process's.
    """
    everyone, before = rows_of_all_processes(torch.stack([first, second]))
    marks, _ = rows_of_all_processes(torch.stack([places, known.to(places.dtype)], 1)[None])
    kept = torch.nonzero(marks[0, :, 1])[:, 0]
    tokens, place = everyone[:, kept], marks[0, kept, 0]
    own = torch.nonzero((kept >= before) & (kept < before + len(first)))[:, 0]
    if not bool((place != place[:1]).any()):
        own = own[:0]
    totals = [
        # Without one row as well: the exchange between processes has a backward pass, which all must take part in.
        checkpoint(_lost, ours, theirs, place, rows, temperature, use_reentrant=False, preserve_rng_state=False)
        for ours, theirs in (tokens, tokens.flip(0))
        for rows in torch.split(own, max(1, _AT_ONCE // max(1, len(place))))
    ]
    total = torch.stack(totals).sum()
    return LossSum(total, total.new_tensor(2 * len(own)))


def _lost(ours: Tensor, theirs: Tensor, place: Tensor, rows: Tensor, temperature: float) -> Tensor:
    """Sum of −log p(partner) over `rows` of our tokens; both (K, D)."""
    with torch.autocast(ours.device.type, enabled=False):
        logits = ours[rows] @ theirs.mT / temperature
    left_out = place[rows, None] == place
    left_out[torch.arange(len(rows), device=rows.device), rows] = False
    return functional.cross_entropy(logits.masked_fill(left_out, -torch.inf), rows, reduction="sum")
