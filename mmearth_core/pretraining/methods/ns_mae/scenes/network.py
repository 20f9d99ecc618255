"""The network that reads a scene: the encoder on the cameras' images, LiDAR voxels, and one volume of both.

Pretraining renders from the volume, `training/bev_segmentation.py` labels it; the names of the weights are the same.
"""

from typing import Literal

import torch
from torch import Tensor, nn

from mmearth_core.encoder.architecture import Architecture
from mmearth_core.encoder.masking import forward_masked
from mmearth_core.encoder.network import Encoder, randomise
from mmearth_core.pretraining.methods.contract import Batch
from mmearth_core.pretraining.methods.ns_mae.scenes.lift import Lift
from mmearth_core.pretraining.methods.ns_mae.scenes.view import POINT_CHANNELS
from mmearth_core.pretraining.methods.ns_mae.settings import NsMaeConfig

Sensors = Literal["camera", "lidar", "both"]


def _mixing(channels: int, width: int) -> nn.Sequential:
    """Two dense 3 × 3 × 3 convolutions; what is normalised is one scene."""
    return nn.Sequential(
        nn.Conv3d(channels, width, 3, padding=1),
        nn.GroupNorm(4, width),
        nn.GELU(),
        nn.Conv3d(width, width, 3, padding=1),
        nn.GroupNorm(4, width),
        nn.GELU(),
    )


class SceneNetwork(nn.Module):
    """From views of scenes to a volume (N, width, Z, Y, X)."""

    encoder: Encoder

    def __init__(self, config: NsMaeConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(Architecture(config.size, config.patch, 3, config.stem))
        randomise(self.encoder, None)
        self.lift = Lift(self.encoder.architecture.channels[-1], config.patch, config.voxel, config.width)
        self.points = _mixing(POINT_CHANNELS, config.width)
        self.fusion = _mixing(config.width, config.width)

    def volume(self, batch: Batch, sensors: Sensors = "both") -> Tensor:
        """What is known of each voxel from a batch of `SceneView`s; `sensors` says from which sensors.

        From the cameras alone no distances are told either.
        """
        parts = []
        if sensors != "lidar":
            images, masked = batch["image"], batch["masked"]
            maps = forward_masked(self.encoder, images.flatten(0, 1), masked.flatten(0, 1), self.config.grn)
            told = batch["told"] if sensors == "both" else torch.zeros_like(batch["told"])
            parts.append(self.lift(maps.view(*masked.shape[:2], *maps.shape[1:]), told))
        if sensors != "camera":
            parts.append(self.points(batch["points"]))
        mixed: Tensor = self.fusion(torch.stack(parts).sum(0))
        return mixed
