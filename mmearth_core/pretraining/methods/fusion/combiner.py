"""A small transformer over tokens of patches, and the queries that read one token a patch from it.

After OmniSat's combiner (Astruc et al. 2024, arXiv 2404.08351), with the positions as its paper says them: what two
tokens are to each other depends on how far their patches are apart, whatever they show. Exists only while pretraining.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional


class PatchDistances(nn.Module):
    """A learned bias of attention for each head and each distance (rows, columns) of patches on a grid of `side`²."""

    def __init__(self, heads: int, side: int) -> None:
        super().__init__()
        self.side = side
        self.table = nn.Parameter(torch.zeros(heads, 2 * side - 1, 2 * side - 1))

    def forward(self, queries: Tensor, keys: Tensor) -> Tensor:
        """Numbers of patches, row by row, (Q,) and (K,) int64 → (heads, Q, K)."""
        rows, columns = (torch.stack([each // self.side, each % self.side]) for each in (queries, keys))
        apart = rows[:, :, None] - columns[:, None, :] + self.side - 1
        return self.table[:, apart[0], apart[1]]


class Attention(nn.Module):
    """Attention of many heads from tokens to tokens that are there."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"a width of {width} is not made of {heads} heads; choose a multiple")
        self.heads = heads
        self.query, self.both = nn.Linear(width, width), nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)

    def forward(self, asking: Tensor, asked: Tensor, there: Tensor, bias: Tensor | None) -> Tensor:
        """`asking` (N, Q, width), `asked` (N, K, width), of which those count that are `there` (N, K) bool, one in each
        N at least; `bias` (heads, Q, K). Returns (N, Q, width)."""
        query = self._split(self.query(asking))
        key, value = (self._split(each) for each in self.both(asked).chunk(2, -1))
        allowed = torch.zeros(there.shape, dtype=query.dtype, device=query.device).masked_fill(~there, -torch.inf)
        mask = allowed[:, None, None] if bias is None else allowed[:, None, None] + bias.to(query.dtype)
        read = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        found: Tensor = self.out(read.transpose(1, 2).flatten(2))
        return found

    def _split(self, tokens: Tensor) -> Tensor:
        return tokens.view(*tokens.shape[:2], self.heads, -1).transpose(1, 2)


class _Block(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.before, self.attention = nn.LayerNorm(width), Attention(width, heads)
        self.mlp = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )

    def forward(self, tokens: Tensor, there: Tensor, bias: Tensor | None) -> Tensor:
        normed = self.before(tokens)
        tokens = tokens + self.attention(normed, normed, there, bias)
        mixed: Tensor = tokens + self.mlp(tokens)
        return mixed


class Combiner(nn.Module):
    """`depth` blocks of self-attention; with `side`, tokens know how far their patches are apart."""

    def __init__(self, width: int, depth: int, heads: int, side: int | None = None) -> None:
        super().__init__()
        self.distances = None if side is None else PatchDistances(heads, side)
        self.blocks = nn.ModuleList(_Block(width, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(width)

    def forward(self, tokens: Tensor, there: Tensor, patches: Tensor | None = None) -> Tensor:
        """`tokens` (N, T, width), of which those count that are `there` (N, T); `patches` (T,) int64, the number of
        each one's patch. Returns (N, T, width); what is not there has no meaning and reaches nothing else."""
        bias = None if self.distances is None or patches is None else self.distances(patches, patches)
        for block in self.blocks:
            tokens = block(tokens, there, bias)
        normed: Tensor = self.norm(tokens)
        return normed


class PatchQueries(nn.Module):
    """One learned query for each patch of a grid of `side`², which reads tokens by attention and is then forgotten: no
    residual path, so that all it says comes from the tokens."""

    def __init__(self, width: int, heads: int, side: int) -> None:
        super().__init__()
        self.queries = nn.Parameter(torch.randn(side * side, width) * 0.02)
        self.distances = PatchDistances(heads, side)
        self.attention, self.norm = Attention(width, heads), nn.LayerNorm(width)

    def forward(self, tokens: Tensor, there: Tensor, patches: Tensor) -> Tensor:
        """As `Combiner.forward` takes them → (N, side², width)."""
        asking = self.queries.expand(len(tokens), -1, -1)
        bias = self.distances(torch.arange(len(self.queries), device=tokens.device), patches)
        read: Tensor = self.norm(self.attention(asking, tokens, there, bias))
        return read


def sinusoids(positions: Tensor, width: int, longest: float = 10_000.0) -> Tensor:
    """Sines and cosines of `positions` (…), (…, `width`): as of Vaswani et al. 2017 (arXiv 1706.03762)."""
    if width % 2:
        raise ValueError(f"a code of {width} numbers is not made of pairs; choose an even width")
    rate = torch.exp(torch.arange(width // 2, device=positions.device) * (-math.log(longest) / (width // 2)))
    angle = positions[..., None] * rate
    return torch.cat([angle.sin(), angle.cos()], -1)


def grid_code(side: int, width: int) -> Tensor:
    """Code of the row and of the column of each patch of a grid of `side`², (side², `width`)."""
    line = sinusoids(torch.arange(side, dtype=torch.float32), width // 2)
    return torch.cat([line.repeat_interleave(side, 0), line.repeat(side, 1)], 1)
