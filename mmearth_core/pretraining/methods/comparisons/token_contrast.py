"""What several modalities show of a patch belongs together: OmniSat's contrast, over any number of them.

Astruc et al. 2024 (arXiv 2404.08351), the loss on the patch encoders' outputs. The loss alone; `patch_contrast` is
another, of two modalities, which does not tell a patch from its neighbours.
"""

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from mmearth_core.pretraining.methods.comparisons.exchange import rows_of_all_processes
from mmearth_core.pretraining.methods.contract import LossSum

#: Products held at a time; rows beyond are taken in further parts, made anew for the way back.
_AT_ONCE = 1 << 22


def token_contrast(tokens: Tensor, known: Tensor, temperature: float) -> LossSum:
    """Sum over the anchors i of log Σ exp(s_ij/τ) over what is told apart − log Σ exp(s_in/τ) over what belongs to i.

    `tokens` (B, P, M, D) of length 1, of B tiles, P patches, M modalities; `known` (B, P, M) bool: the others are
    nothing to learn from. s are cosines. An anchor is a known token beside which another modality knows the patch, and
    those are what belongs to it. Told apart are all known tokens of all processes but those of its own tile and
    modality. Tokens all alike lose log((B·P·M − P)/(M − 1)) each. Sum and number of anchors are this process's.
    """
    _, patches, modalities, _ = tokens.shape
    everyone, before = rows_of_all_processes(tokens.reshape(1, -1, tokens.shape[-1]))
    marks, _ = rows_of_all_processes(known.reshape(1, -1, 1).to(torch.int64))
    kept = torch.nonzero(marks[0, :, 0])[:, 0]
    patch, modality = kept // modalities, kept % modalities  # a patch's number over all tiles
    anchors = torch.nonzero(known & (known.sum(2, keepdim=True) > 1).expand_as(known))
    rows = before + (anchors[:, 0] * patches + anchors[:, 1]) * modalities + anchors[:, 2]
    own = torch.searchsorted(kept, rows)
    of = _Numbers(everyone[0, kept], patch, patch // patches, modality, temperature)
    parts = torch.split(own, max(1, _AT_ONCE // max(1, len(kept))))
    # Without one row as well: the exchange between processes has a backward pass, which all must take part in.
    totals = [checkpoint(of.lost, each, use_reentrant=False, preserve_rng_state=False) for each in parts]
    total = torch.stack(totals).sum()
    return LossSum(total, total.new_tensor(len(own)))


class _Numbers:
    """Tokens (K, D), and of which patch, tile and modality each is, (K,)."""

    def __init__(self, tokens: Tensor, patch: Tensor, tile: Tensor, modality: Tensor, temperature: float) -> None:
        self.tokens, self.patch, self.tile, self.modality = tokens, patch, tile, modality
        self.temperature = temperature

    def lost(self, rows: Tensor) -> Tensor:
        """The sum over the anchors numbered `rows`."""
        with torch.autocast(self.tokens.device.type, enabled=False):
            logits = self.tokens[rows] @ self.tokens.mT / self.temperature
        other = self.modality[rows, None] != self.modality
        apart = other | (self.tile[rows, None] != self.tile)
        belongs = other & (self.patch[rows, None] == self.patch)
        lost = logits.masked_fill(~apart, -torch.inf).logsumexp(1)
        return (lost - logits.masked_fill(~belongs, -torch.inf).logsumexp(1)).sum()
