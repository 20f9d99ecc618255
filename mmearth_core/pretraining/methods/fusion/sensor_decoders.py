"""What is said of each sensor's patches: from tokens to pixels, the loss of it, and images of it.

Exists only while pretraining; nothing of it is exported.
"""

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor, nn

from mmearth_core.encoder.masking import VisiblePatches
from mmearth_core.modalities import MODALITIES
from mmearth_core.pretraining.methods.contract import LossSum
from mmearth_core.pretraining.methods.losses import modality_loss
from mmearth_core.pretraining.methods.sensors import Sensor


class SensorDecoders(nn.ModuleDict):
    """One linear layer for each sensor, from a token of `width` to all pixels of a patch of `patch` px."""

    def __init__(self, sensors: Iterable[Sensor], width: int, patch: int) -> None:
        super().__init__({each.name: nn.Linear(width, each.modality.outputs * patch**2) for each in sensors})
        self.patch = patch

    def said(self, sensor: Sensor, rows: Tensor) -> Tensor:
        """Tokens (M, width) → values (M, p²·outputs), in the order of `losses.patch_rows`, float32 at least."""
        values: Tensor = self[sensor.name](rows)
        return values.to(torch.promote_types(values.dtype, torch.float32))

    def loss(self, sensor: Sensor, rows: Tensor, target: Tensor) -> LossSum:
        """How tokens (M, width) say the patches `target` (M, p²·outputs)."""
        return modality_loss(sensor.modality, self.said(sensor, rows), target)

    def images(self, values: Mapping[Sensor, Tensor], whole: VisiblePatches) -> dict[str, Tensor]:
        """Values of every patch (N·P, p²·outputs) of each sensor as images of the modalities they are outputs of, by
        name: (N, outputs, H, W), NaN in outputs that no sensor has."""
        images: dict[str, Tensor] = {}
        for sensor, rows in values.items():
            image = whole.scatter(rows.view(len(rows), self.patch, self.patch, -1)).permute(0, 3, 1, 2)
            if sensor.source not in images:
                outputs = MODALITIES[sensor.source].outputs
                images[sensor.source] = image.new_full((len(image), outputs, *image.shape[2:]), torch.nan)
            images[sensor.source][:, sensor.outputs] = image
        return images
