"""One token of a patch from a series of dates: which of them say most is learned.

After OmniSat (Astruc et al. 2024, arXiv 2404.08351), which takes it from the lightweight temporal attention of Garnot &
Landrieu 2020 (arXiv 2007.00586): a learned query and narrow keys for each head, channels shared out among the heads.
"""

import torch
from torch import Tensor, nn

from mmearth_core.pretraining.methods.fusion.combiner import sinusoids

#: Width of a key, and the period of the code of a day.
_KEY, _PERIOD = 8, 367.0


class TemporalAttention(nn.Module):
    """Attention over dates."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"a width of {width} is not made of {heads} heads; choose a multiple")
        self.heads, self.width = heads, width
        self.query = nn.Parameter(torch.randn(heads, _KEY) * _KEY**-0.5)
        self.key = nn.Linear(width, heads * _KEY)
        self.out = nn.Sequential(nn.Linear(width, width), nn.LayerNorm(width))

    def forward(self, tokens: Tensor, days: Tensor, there: Tensor) -> tuple[Tensor, Tensor]:
        """`tokens` (N, T, P, width) of dates at `days` (N, T) of the year, which are `there` (N, T), one at least.

        Returns tokens (N, P, width), and how much each date says of each patch, (N, P, T), the mean over heads.
        """
        dated = tokens + day_code(days, self.width)[:, :, None].to(tokens.dtype)
        keys = self.key(dated).view(*tokens.shape[:3], self.heads, _KEY)
        scores = (keys * self.query).sum(-1) * _KEY**-0.5
        share = scores.masked_fill(~there[:, :, None, None], -torch.inf).softmax(1)
        values = dated.view(*tokens.shape[:3], self.heads, -1)
        read: Tensor = self.out((share[..., None] * values).sum(1).flatten(2))
        return read, share.mean(3).transpose(1, 2)


def day_code(days: Tensor, width: int) -> Tensor:
    """Sinusoids of days of the year (…) → (…, width), the slowest of a period of about a year."""
    return sinusoids(days, width, _PERIOD)


def said_most(attention: Tensor, there: Tensor) -> Tensor:
    """The quarter of the dates that say most, one at least: `attention` (N, T), `there` (N, T) → (N, T) bool."""
    wanted = (0.25 * there.sum(1)).ceil().long()
    order = attention.masked_fill(~there, -torch.inf).argsort(dim=1, descending=True, stable=True)
    rank = order.argsort(dim=1)
    return (rank < wanted[:, None]) & there
