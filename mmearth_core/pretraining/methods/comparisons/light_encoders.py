"""Light encoders: one patch of any modality becomes one direction, to be compared with those of other patches.

A token sees its own patch only, as in OmniSat (Astruc et al. 2024, arXiv 2404.08351). They exist only while
pretraining; nothing of them is exported.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from mmearth_core.encoder.masking import VisiblePatches
from mmearth_core.modalities import Modality
from mmearth_core.pretraining.methods.comparisons.projection import COMPARED, directions

#: Width of the hidden layer.
_HIDDEN = 256
#: Heights inside a patch differ by hundredths of their deviation over the globe; this makes them as large as slopes.
_RELIEF = 50.0


class LightEncoder(nn.Module):
    """Patches of `patch` px of a pixel modality to tokens of `width`, by two linear layers.

    It is given the values and, channel by channel, whether there is one; of a class map, whether a pixel is of each
    class. Of an elevation only what differs from the patch's mean: the height itself names the place.
    """

    def __init__(self, modality: Modality, patch: int, width: int = COMPARED) -> None:
        super().__init__()
        self.modality = modality
        channels = modality.outputs * (1 if modality.kind == "classes" else 2)
        self.layers = nn.Sequential(nn.Linear(channels * patch**2, _HIDDEN), nn.GELU(), nn.Linear(_HIDDEN, width))

    def forward(self, values: Tensor, patches: VisiblePatches) -> Tensor:
        """Directions of the `tokens`: of length 1, float32 at least."""
        return directions(self.tokens(values, patches))

    def tokens(self, values: Tensor, patches: VisiblePatches) -> Tensor:
        """Tokens of some patches, (M, width) in their order.

        `values`: a batch of the modality, (N, outputs, H, W) z-scores with NaN or classes (N, H, W) with −1 where there
        is no value. No gradient comes from what has no value.
        """
        if self.modality.kind == "classes":
            classes = patches.gather(values[..., None]).flatten(1)
            shown = functional.one_hot(classes.clamp(min=0), self.modality.outputs) * (classes >= 0)[..., None]
            return self._through(shown.flatten(1).to(next(self.parameters()).dtype))
        cells = patches.gather(values.permute(0, 2, 3, 1)).flatten(1, 2)
        there = torch.isfinite(cells)
        filled = torch.where(there, cells, 0)
        if self.modality.name == "aster":
            height, known = filled[..., 0], there[..., 0]
            mean = height.sum(1, keepdim=True) / known.sum(1, keepdim=True).clamp(min=1)
            relief = torch.where(known, height - mean, 0) * _RELIEF
            filled = torch.cat([relief[..., None], filled[..., 1:]], -1)
        return self._through(torch.cat([filled, there.to(filled.dtype)], -1).flatten(1))

    def _through(self, rows: Tensor) -> Tensor:
        tokens: Tensor = self.layers(rows)
        return tokens


def seen_pixels(image: Tensor) -> Tensor:
    """Where an encoder's input (N, C, H, W), which is 0 where there is no value, shows something: (N, H, W) bool."""
    return (image != 0).any(1)


def known_pixels(modality: Modality, values: Tensor) -> Tensor:
    """Where a batch of a pixel modality has a value, in one channel at least: (N, H, W) bool."""
    return values >= 0 if modality.kind == "classes" else torch.isfinite(values).any(1)


def mostly(pixels: Tensor, patches: VisiblePatches) -> Tensor:
    """Of which patches at least half of the pixels are true: `pixels` (N, H, W) bool → (M,) bool."""
    return patches.gather(pixels[..., None].float()).flatten(1).mean(1) >= 0.5
