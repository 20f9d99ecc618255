"""Light encoders: one patch of any modality becomes one direction, to be compared with those of other patches.

A token sees its own patch only, as in OmniSat (Astruc et al. 2024, arXiv 2404.08351). They exist only while
pretraining; nothing of them is exported.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from mmearth_core.encoder.masking import VisiblePatches
from mmearth_core.modalities import Modality

#: Width of a hidden layer, and of what is compared.
_HIDDEN, _COMPARED = 256, 128
#: Heights inside a patch differ by hundredths of their deviation over the globe; this makes them as large as slopes.
_RELIEF = 50.0


class Projection(nn.Module):
    """A small head: rows of features to directions."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.LayerNorm(channels), *_two_layers(channels))

    def forward(self, rows: Tensor) -> Tensor:
        """`rows` (M, channels) → (M, 128) of length 1, float32 at least."""
        return _directions(self.layers(rows))


class LightEncoder(nn.Module):
    """Patches of `patch` px of a pixel modality to directions, by two linear layers.

    It is given the values and, channel by channel, whether there is one; of a class map, whether a pixel is of each
    class. Of an elevation only what differs from the patch's mean: the height itself names the place.
    """

    def __init__(self, modality: Modality, patch: int) -> None:
        super().__init__()
        self.modality = modality
        channels = modality.outputs * (1 if modality.kind == "classes" else 2)
        self.layers = nn.Sequential(*_two_layers(channels * patch**2))

    def forward(self, values: Tensor, patches: VisiblePatches) -> Tensor:
        """Tokens of some patches.

        `values`: a batch of the modality, (N, outputs, H, W) z-scores with NaN or classes (N, H, W) with −1 where there
        is no value. Returns (M, 128) of length 1, float32 at least, in the order of `patches`. No gradient comes from
        what has no value.
        """
        if self.modality.kind == "classes":
            classes = patches.gather(values[..., None]).flatten(1)
            shown = functional.one_hot(classes.clamp(min=0), self.modality.outputs) * (classes >= 0)[..., None]
            return _directions(self.layers(shown.flatten(1).to(next(self.parameters()).dtype)))
        cells = patches.gather(values.permute(0, 2, 3, 1)).flatten(1, 2)
        there = torch.isfinite(cells)
        filled = torch.where(there, cells, 0)
        if self.modality.name == "aster":
            height, known = filled[..., 0], there[..., 0]
            mean = height.sum(1, keepdim=True) / known.sum(1, keepdim=True).clamp(min=1)
            relief = torch.where(known, height - mean, 0) * _RELIEF
            filled = torch.cat([relief[..., None], filled[..., 1:]], -1)
        return _directions(self.layers(torch.cat([filled, there.to(filled.dtype)], -1).flatten(1)))


def seen_pixels(image: Tensor) -> Tensor:
    """Where an encoder's input (N, C, H, W), which is 0 where there is no value, shows something: (N, H, W) bool."""
    return (image != 0).any(1)


def known_pixels(modality: Modality, values: Tensor) -> Tensor:
    """Where a batch of a pixel modality has a value, in one channel at least: (N, H, W) bool."""
    return values >= 0 if modality.kind == "classes" else torch.isfinite(values).any(1)


def mostly(pixels: Tensor, patches: VisiblePatches) -> Tensor:
    """Of which patches at least half of the pixels are true: `pixels` (N, H, W) bool → (M,) bool."""
    return patches.gather(pixels[..., None].float()).flatten(1).mean(1) >= 0.5


def _two_layers(channels: int) -> tuple[nn.Module, ...]:
    return nn.Linear(channels, _HIDDEN), nn.GELU(), nn.Linear(_HIDDEN, _COMPARED)


def _directions(rows: Tensor) -> Tensor:
    """Rows of length 1. In bfloat16 cosines near 1 would be steps of 0.004."""
    return functional.normalize(rows.to(torch.promote_types(rows.dtype, torch.float32)))
