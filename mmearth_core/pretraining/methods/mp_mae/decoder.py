"""The decoder of MP-MAE: from the encoder's last map, with holes, to every modality.

Exists only while pretraining; nothing of it is exported. It never sees an image or a target.
"""

import math
from collections.abc import Mapping, Sequence

import torch
from timm.layers.grn import GlobalResponseNorm
from timm.models.convnext import ConvNeXtBlock
from torch import Tensor, nn

from mmearth_core.encoder.masking import VisiblePatches
from mmearth_core.modalities import Modality
from mmearth_core.pretraining.methods.mp_mae.settings import Sharing

#: The response normalisation of the published dense blocks has a larger guard than the sparse ones'.
_GRN_EPS = 1e-4


def _blocks(depth: int, width: int) -> nn.Sequential:
    blocks = [ConvNeXtBlock(width, use_grn=True, ls_init_value=None) for _ in range(depth)]
    for block in blocks:
        block.mlp.grn = GlobalResponseNorm(4 * width, eps=_GRN_EPS)
    return nn.Sequential(*blocks)


class Decoder(nn.Module):
    """Projection, mask token, ConvNeXt V2 blocks on the whole grid, and one linear head per modality.

    A pixel head gives a patch's values in the order (row, column, channel), channel fastest; of a teacher a patch has
    (patch/stride)² cells. An image head reads the mean over the normalised grid. Response normalisation is per sample.
    """

    def __init__(
        self, channels: int, outputs: Sequence[Modality], patch: int, *, sharing: Sharing, depth: int, width: int
    ) -> None:
        super().__init__()
        self.proj = nn.Conv2d(channels, width, 1)
        self.mask_token = nn.Parameter(torch.zeros(width))
        stacks = ["shared"] if sharing == "shared" else [output.name for output in outputs]
        self.stacks = nn.ModuleDict({name: _blocks(depth, width) for name in stacks})
        # Without image modalities published checkpoints have no such layer.
        image_level = any(output.level == "image" for output in outputs)
        self.norm = nn.LayerNorm(width, eps=1e-6) if image_level else nn.Identity()
        self.heads = nn.ModuleDict(
            {output.name: nn.Linear(width, output.outputs * math.prod(output.sides(patch))) for output in outputs}
        )
        self._initialise()

    def forward(self, encoded: Tensor, masked: Tensor, predicted: Mapping[str, VisiblePatches]) -> dict[str, Tensor]:
        """Predictions of every modality.

        Parameters: `encoded` (N, channels, h, w), 0 where masked; `masked` (N, h, w) bool; `predicted`, of each pixel
        modality the patches that are asked for. Returns (P, (patch/stride)²·outputs) for pixel modalities, the P
        predicted patches in the order of samples, rows, columns, and (N, outputs) for image modalities.
        """
        token = self.mask_token[:, None, None]
        grid = torch.where(masked[:, None], token, self.proj(encoded)).contiguous(memory_format=torch.channels_last)
        # A stack runs once, however many heads read from it.
        decoded = {name: stack(grid).permute(0, 2, 3, 1) for name, stack in self.stacks.items()}
        rows: dict[tuple[str, VisiblePatches | None], Tensor] = {}
        predictions = {}
        for name, head in self.heads.items():
            stack, chosen = name if name in decoded else "shared", predicted.get(name)
            if (stack, chosen) not in rows:
                cells = decoded[stack]
                rows[stack, chosen] = (
                    self.norm(cells).mean((1, 2)) if chosen is None else chosen.gather(cells).flatten(1)
                )
            predictions[name] = head(rows[stack, chosen])
        return predictions

    def _initialise(self) -> None:
        """Truncated normals of deviation 0.02 throughout, biases 0, as masked autoencoders are usually begun.

        The published code draws the depthwise kernels, the projection and the pixel heads with a deviation of 1, which
        makes first predictions of a size of hundreds for targets of a size of one; nothing speaks for repeating that.
        """
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.02)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        nn.init.normal_(self.mask_token, std=0.02)
