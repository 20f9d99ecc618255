"""From the encoder's four maps, with holes, to one map of cells of two pixels (Lin et al. 2017, arXiv 1612.03144).

Exists only while pretraining; nothing of it is exported.
"""

import torch
from timm.models.convnext import ConvNeXtBlock
from torch import Tensor, nn
from torch.nn import functional

from mmearth_core.encoder.architecture import Architecture
from mmearth_core.encoder.masking import VisiblePatches

#: Pixels of a cell's side, and channels of a cell.
STRIDE, WIDTH = 2, 64


class Pyramid(nn.Module):
    """The last map with a token where it is hidden is mixed, enlarged step by step, and joined by the finer maps."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.top = nn.Conv2d(architecture.channels[-1], WIDTH, 1)
        self.token = nn.Parameter(torch.randn(WIDTH) * 0.02)
        self.mixed = ConvNeXtBlock(WIDTH, use_grn=True, ls_init_value=None)
        #: Of each enlargement, which of the four maps joins it; none where no map is as fine.
        self.joining: list[int | None] = []
        stride = architecture.patch
        while stride > STRIDE:
            stride //= 2
            self.joining.append(architecture.strides.index(stride) if stride in architecture.strides else None)
        self.beside = nn.ModuleDict(
            {str(at): nn.Conv2d(architecture.channels[at], WIDTH, 1) for at in self.joining if at is not None}
        )
        self.smooth = nn.ModuleList(
            nn.Sequential(nn.Conv2d(WIDTH, WIDTH, 3, padding=1), nn.GELU()) for _ in self.joining
        )

    def forward(self, visible: VisiblePatches, maps: list[Tensor], masked: Tensor) -> Tensor:
        """The four maps of `visible` patches (see `masking.masked_maps`), `masked` (N, h, w) →
        (N, WIDTH, H / STRIDE, W / STRIDE)."""
        found: Tensor = torch.where(masked[:, None], self.token[:, None, None], self.top(_laid(visible, maps[-1])))
        found = self.mixed(found)
        for at, smooth in zip(self.joining, self.smooth, strict=True):
            found = enlarged(found)
            if at is not None:
                found = found + self.beside[str(at)](_laid(visible, maps[at]))
            found = smooth(found)
        return found


def _laid(visible: VisiblePatches, cells: Tensor) -> Tensor:
    return visible.scatter(cells).permute(0, 3, 1, 2)


def enlarged(cells: Tensor) -> Tensor:
    """(N, C, H, W) at twice the side, linear between the middles of cells."""
    return functional.interpolate(cells, scale_factor=2, mode="bilinear", align_corners=False)
