"""The ConvNeXt V2 encoder of MP-MAE as a torch module, on timm's blocks.

Differs from the published dense code in two ways that are mended here: same padding in the first convolution, so
that every map lies exactly over its pixels at any patch size, and a response normalisation whose scope is explicit.
It never masks, normalises or projects: `forward_maps` takes normalised pixels and gives the four stage maps.
"""

from collections.abc import Iterator

import torch
from timm.layers.norm import LayerNorm2d
from timm.models.convnext import ConvNeXtBlock
from torch import Tensor, nn

from mmearth_core.encoder.architecture import Architecture, GrnScope
from mmearth_core.encoder.model_file import ModelHeader

#: Guards the division of the response by its mean over channels (sparse ConvNeXt V2 and timm use the same).
GRN_EPS = 1e-6


class ResponseNorm(nn.Module):
    """Global response normalisation (Woo et al. 2023, arXiv 2301.00808, eq. 1–3), channels last.

    y = weight·(x·N) + bias + x with N_c = G_c / mean_c(G_c), where G_c is the L2 norm of channel c over the positions
    of one sample (`sample`), of the whole batch (`batch`), or a constant measured beforehand and kept in `scale`
    (`frozen`): with a constant, a position's result no longer depends on what else is in the tile.
    """

    scale: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.scope: GrnScope = "sample"
        self.weight = nn.Parameter(torch.zeros(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("scale", torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        """(N, H, W, C) → same shape."""
        if self.scope == "frozen":
            relative = self.scale
        else:
            positions = (1, 2) if self.scope == "sample" else (0, 1, 2)
            response = x.norm(p=2, dim=positions, keepdim=True)
            relative = response / (response.mean(dim=-1, keepdim=True) + GRN_EPS)
        return torch.addcmul(self.bias, self.weight * relative + 1, x)


def _block(channels: int) -> ConvNeXtBlock:
    block = ConvNeXtBlock(channels, use_grn=True, ls_init_value=None)
    block.mlp.grn = ResponseNorm(4 * channels)
    return block


class Encoder(nn.Module):
    """ConvNeXt V2 encoder with the MP-MAE stem: (N, in_channels, H, W) → four maps at strides p/8, p/4, p/2, p.

    `header` is there once weights are loaded: their bands, statistics and provenance. `readout` (k, C_3), where the
    pretraining tells it, are the directions of the last map that carry what was learned.
    """

    header: ModelHeader
    readout: Tensor | None = None

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.architecture = architecture
        first, stride = architecture.channels[0], architecture.strides[0]
        if architecture.stem == "mp_mae":
            self.initial_conv = nn.Sequential(
                nn.Conv2d(architecture.in_channels, first, 3, padding=1), LayerNorm2d(first), nn.GELU()
            )
            stem_conv = nn.Conv2d(first, first, stride, stride=stride, groups=first)
        else:
            self.initial_conv = nn.Sequential()
            stem_conv = nn.Conv2d(architecture.in_channels, first, stride, stride=stride)
        self.stem = nn.Sequential(stem_conv, LayerNorm2d(first))
        self.downsample_layers = nn.ModuleList(
            nn.Sequential(LayerNorm2d(fine), nn.Conv2d(fine, coarse, 2, stride=2))
            for fine, coarse in zip(architecture.channels[:-1], architecture.channels[1:], strict=True)
        )
        self.stages = nn.ModuleList(
            nn.Sequential(*(_block(channels) for _ in range(depth)))
            for depth, channels in zip(architecture.depths, architecture.channels, strict=True)
        )

    def units(self) -> Iterator[tuple[int, nn.Module]]:
        """(stage, module) in the order of computation: the stem, then each downsampling and each block by itself."""
        for index, stage in enumerate(self.stages):
            if index:
                yield index, self.downsample_layers[index - 1]
            else:
                yield index, self.initial_conv
                yield index, self.stem
            for block in stage.children():
                yield index, block

    def forward_maps(self, x: Tensor) -> list[Tensor]:
        """Stage maps of normalised pixels.

        Parameters: `x` of shape (N, in_channels, H, W), normalised by the weights' statistics, H and W multiples of
        the patch size. Returns four tensors (N, C_i, H/stride_i, W/stride_i). Raises ValueError for other shapes.
        """
        patch, channels = self.architecture.patch, self.architecture.in_channels
        if x.ndim != 4 or x.shape[1] != channels or x.shape[2] % patch or x.shape[3] % patch:
            raise ValueError(
                f"the encoder takes (N, {channels}, H, W) with H and W multiples of {patch}, not {tuple(x.shape)}"
            )
        maps = []
        x = self.stem(self.initial_conv(x))
        for index, stage in enumerate(self.stages):
            if index:
                x = self.downsample_layers[index - 1](x)
            x = stage(x)
            maps.append(x)
        return maps

    def forward(self, x: Tensor) -> Tensor:
        """The last map: (N, C_3, H/p, W/p)."""
        return self.forward_maps(x)[-1]

    @property
    def response_norms(self) -> list[ResponseNorm]:
        """Every response normalisation, in the order of computation."""
        return [module for module in self.modules() if isinstance(module, ResponseNorm)]

    @property
    def grn(self) -> GrnScope:
        """The scope of the response normalisations (one for the whole encoder)."""
        return self.response_norms[0].scope

    def set_grn(self, scope: GrnScope) -> None:
        """Choose the scope of every response normalisation."""
        for norm in self.response_norms:
            norm.scope = scope


class EmbeddingHead(nn.Module):
    """The fixed projection of normalised pixels and stage maps onto the embedding bands.

    Each map is projected at its own stride; the coarsest is then enlarged twofold (bilinear, cell centres) and added
    to the next finer one, down to the pixels. Projection and interpolation are both linear and commute, so this
    equals projecting the enlarged maps at a fraction of the cost, and repeated enlargement leaves no creases.
    """

    def __init__(self, architecture: Architecture, dimensions: int) -> None:
        super().__init__()
        self.architecture = architecture
        self.pixels = nn.Parameter(torch.zeros(dimensions, architecture.in_channels))
        self.maps = nn.ParameterList(torch.zeros(dimensions, channels) for channels in architecture.channels)
        self.bias = nn.Parameter(torch.zeros(dimensions))

    def forward(self, x: Tensor, maps: list[Tensor]) -> Tensor:
        """`x` (N, in_channels, H, W) normalised and the four maps → (N, dimensions, H, W)."""
        enlarged = enlarge(
            [nn.functional.conv2d(m, w[:, :, None, None]) for m, w in zip(maps, self.maps, strict=True)],
            self.architecture,
        )
        return enlarged + nn.functional.conv2d(x, self.pixels[:, :, None, None], self.bias)


class EmbeddingModel(nn.Module):
    """Encoder and projection: normalised pixels (N, in_channels, H, W) → embedding before quantisation (N, D, H, W)."""

    def __init__(self, encoder: Encoder, head: EmbeddingHead) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = head

    def forward(self, x: Tensor) -> Tensor:
        embedding: Tensor = self.head(x, self.encoder.forward_maps(x))
        return embedding


def enlarge(maps: list[Tensor], architecture: Architecture) -> Tensor:
    """The sum of four maps of equal channels at strides p/8, p/4, p/2, p, enlarged twofold step by step to stride 1."""
    total = maps[-1]
    for finer in reversed(maps[:-1]):
        total = _twofold(total) + finer
    for _ in range(architecture.strides[0].bit_length() - 1):
        total = _twofold(total)
    return total


def _twofold(x: Tensor) -> Tensor:
    return nn.functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


def randomise(encoder: Encoder, seed: int | None) -> None:
    """Fill an encoder with random weights that keep the signal's scale: the untrained control, and where training
    begins. Drawn with `seed`, or from torch's own generator.

    Convolutions and linear layers are normal with variance 1/fan-in; response normalisation weights are N(0, 0.25),
    so that it acts as in trained networks; biases are 0 and layer norms the identity.
    """
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for module in encoder.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                fan_in = module.weight[0].numel()
                module.weight.normal_(0, fan_in**-0.5, generator=generator)
                if module.bias is not None:
                    module.bias.zero_()
            elif isinstance(module, ResponseNorm):
                module.weight.normal_(0, 0.5, generator=generator)
                module.bias.zero_()
