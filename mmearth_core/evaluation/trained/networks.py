"""What is trained on a task: an encoder with a linear head on the mean of its last map, or with a U-Net's decoder; of
what has no network, the head alone.

The first two as published with MP-MAE (arXiv 2405.02771): a U-Net of atto size with ten classes has 4,183,190
parameters there, of which 640 are a norm that it does not use, and a classifier 3,393,170.
"""

from itertools import zip_longest

import torch
from timm.layers.drop import DropPath
from timm.layers.norm import LayerNorm2d
from timm.models.convnext import ConvNeXtBlock
from torch import Tensor, nn
from torch.nn import functional

from mmearth_core.encoder.network import Encoder

#: Standard deviations of the weights of heads, and of a decoder before its head.
_HEAD, _DECODER = 2e-5, 0.02
_EPS = 1e-6


class Classifier(nn.Module):
    """Logits (N, classes) of the mean over the last map, normalised."""

    def __init__(self, encoder: Encoder, classes: int) -> None:
        super().__init__()
        width = encoder.architecture.channels[-1]
        self.encoder = encoder
        self.norm = nn.LayerNorm(width, eps=_EPS)
        self.head = nn.Linear(width, classes)
        _begin(self.head, _HEAD)

    def forward(self, x: Tensor, *, still: bool = False) -> Tensor:
        """`x` (N, C, H, W), whole patches. While the encoder is `still`, nothing before the head learns."""
        with torch.set_grad_enabled(torch.is_grad_enabled() and not still):
            pooled = self.norm(self.encoder(x).mean((2, 3)))
        logits: Tensor = self.head(pooled)
        return logits


class Layer(nn.Module):
    """Logits (N, classes) of features (N, d): what a recipe trains of controls without a network."""

    def __init__(self, features: int, classes: int) -> None:
        super().__init__()
        self.head = nn.Linear(features, classes)
        _begin(self.head, _HEAD)

    def forward(self, x: Tensor, *, still: bool = False) -> Tensor:  # noqa: ARG002 - as the networks
        """As `Classifier.forward`."""
        logits: Tensor = self.head(x)
        return logits


def _begin(layer: nn.Linear | nn.Conv2d, std: float) -> None:
    nn.init.trunc_normal_(layer.weight, std=std)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)


class _Up(nn.Module):
    """Enlarged by repetition, convolved, normalised."""

    def __init__(self, wide: int, narrow: int, scale: int) -> None:
        super().__init__()
        self.scale = scale
        self.conv = nn.Conv2d(wide, narrow, 3, padding=1)
        self.norm = LayerNorm2d(narrow, eps=_EPS)

    def forward(self, x: Tensor) -> Tensor:
        large = x if self.scale == 1 else functional.interpolate(x, scale_factor=self.scale, mode="nearest")
        made: Tensor = functional.gelu(self.norm(self.conv(large)))
        return made


class UNet(nn.Module):
    """Logits (N, classes, H, W): the last map enlarged step by step, each time beside a map of its size; at the size of
    the pixels beside the first convolution, of encoders that have one there."""

    def __init__(self, encoder: Encoder, classes: int) -> None:
        super().__init__()
        first, second, third, last = encoder.architecture.channels
        self.encoder = encoder
        finest = first if len(encoder.initial_conv) else 0
        self.upsample_layers = nn.ModuleList(
            [
                _Up(last, third, 2),
                _Up(2 * third, second, 2),
                _Up(2 * second, first, 2),
                _Up(2 * first, first, encoder.architecture.strides[0]),
            ]
        )
        self.initial_conv_upsample = nn.Sequential(
            nn.Conv2d(first + finest, first // 2, 3, padding=1), LayerNorm2d(first // 2, eps=_EPS)
        )
        self.head = nn.Conv2d(first // 2, classes, 1)
        for module in [*self.upsample_layers.modules(), *self.initial_conv_upsample.modules()]:
            if isinstance(module, nn.Conv2d):
                _begin(module, _DECODER)
        _begin(self.head, _HEAD)

    def forward(self, x: Tensor, *, still: bool = False) -> Tensor:
        """As `Classifier.forward`."""
        encoder = self.encoder
        with torch.set_grad_enabled(torch.is_grad_enabled() and not still):
            finest = encoder.initial_conv(x)
            stem = encoder.stem(finest)
            first = encoder.stages[0](stem)
            second = encoder.stages[1](encoder.downsample_layers[0](first))
            third = encoder.stages[2](encoder.downsample_layers[1](second))
            y = encoder.stages[3](encoder.downsample_layers[2](third))
        beside = (third, second, stem, *((finest,) if len(encoder.initial_conv) else ()))
        for up, other in zip_longest(self.upsample_layers, beside):
            y = up(y) if other is None else torch.cat([up(y), other], 1)
        logits: Tensor = self.head(functional.gelu(self.initial_conv_upsample(y)))
        return logits


def drop_paths(encoder: Encoder, last: float) -> None:
    """Let blocks be left out at random while training, the first never, the last with this probability."""
    blocks = [module for module in encoder.modules() if isinstance(module, ConvNeXtBlock)]
    for block, probability in zip(blocks, torch.linspace(0, last, len(blocks)).tolist(), strict=True):
        block.drop_path = DropPath(probability) if probability else nn.Identity()
