"""Images become a volume: what a patch shows is spread along its rays by how likely each distance is (LSS).

Philion & Fidler 2020 (arXiv 2008.05711), as NS-MAE uses it: a softmax over distances, times features, is added up in
the voxels through which the ray of a patch passes.
"""

from functools import cache

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from mmearth_core.pretraining.methods.ns_mae.scenes.world import CLEAR, EXTENT, MAST, REACH, Cameras

#: Length of a sample of a ray in metres; distances that are told apart, and rendered, are the middles of samples. They
#: begin where something may stand: all rays meet beside the mast, and fog there could pretend every distance.
STEP = 0.5
DISTANCES = np.arange(CLEAR - STEP / 2, REACH, STEP)
#: Channels of what reads a camera's map.
_NECK = 64


def voxels_of(voxel: float) -> tuple[int, int, int]:
    """How many voxels of a side there are along z, y and x."""
    x, y, z = (round(side / voxel) for side in EXTENT)
    return z, y, x


@cache
def _cells(height: int, width: int, patch: int, voxel: float) -> Tensor:
    """In which voxel each distance of each patch's middle ray is, (4 · rows · columns, distances) int64; one beyond the
    last where it is outside."""
    rays = Cameras(height, width).directions_at(patch).reshape(-1, 1, 3)
    places = np.floor((MAST + rays * DISTANCES[:, None]) / voxel).astype(np.int64)[..., ::-1]
    shape = np.array(voxels_of(voxel))
    inside = ((places >= 0) & (places < shape)).all(-1)
    number = np.ravel_multi_index(tuple(np.moveaxis(np.clip(places, 0, shape - 1), -1, 0)), tuple(shape.tolist()))
    return torch.from_numpy(np.where(inside, number, shape.prod()))


def splat(likely: Tensor, features: Tensor, cells: Tensor, shape: tuple[int, int, int]) -> Tensor:
    """Features (N, rays, C) times how likely each distance is (N, rays, D), added up in voxels: (N, C, Z, Y, X).

    `cells` (rays, D): the number of the voxel, one beyond the last for none.
    """
    count = shape[0] * shape[1] * shape[2]
    spread = (likely[..., None] * features[:, :, None]).flatten(1, 2)
    volume = spread.new_zeros(len(spread), count + 1, spread.shape[-1]).index_add(1, cells.flatten(), spread)
    return volume[:, :count].transpose(1, 2).reshape(len(volume), -1, *shape)


class Lift(nn.Module):
    """Maps of the four cameras to voxels of `width` channels."""

    def __init__(self, channels: int, patch: int, voxel: float, width: int) -> None:
        super().__init__()
        self.patch, self.voxel = patch, voxel
        self.neck = nn.Sequential(
            nn.Conv2d(channels + 2, _NECK, 1),
            nn.GELU(),
            nn.Conv2d(_NECK, _NECK, 3, padding=1),
            nn.GELU(),
            nn.Conv2d(_NECK, _NECK, 3, padding=1),
            nn.GELU(),
        )
        self.likely = nn.Conv2d(_NECK, len(DISTANCES), 1)
        self.features = nn.Conv2d(_NECK, width, 1)

    def forward(self, maps: Tensor, told: Tensor) -> Tensor:
        """`maps` (N, 4, C, rows, columns) of the encoder, `told` (N, 4, 2, rows, columns) → (N, width, Z, Y, X)."""
        count, cameras, _, rows, columns = maps.shape
        read = self.neck(torch.cat([maps, told.to(maps.dtype)], 2).flatten(0, 1))
        likely, features = (
            each.view(count, cameras, -1, rows, columns).movedim(2, -1).flatten(1, 3)
            for each in (functional.softmax(self.likely(read).float(), 1), self.features(read).float())
        )
        cells = _cells(rows * self.patch, columns * self.patch, self.patch, self.voxel).to(maps.device)
        return splat(likely, features, cells, voxels_of(self.voxel))
