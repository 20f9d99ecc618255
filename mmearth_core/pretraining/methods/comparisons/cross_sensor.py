"""Sentinel-2 and other sensors contrasted patch by patch: the networks and what of a batch they are given.

Holds the head of the encoder's patches and a light encoder for each other modality. Exists only while pretraining;
nothing of it is exported.
"""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn

from mmearth_core.encoder.masking import VisiblePatches
from mmearth_core.modalities import MODALITIES
from mmearth_core.pretraining.methods.comparisons.exchange import places_of
from mmearth_core.pretraining.methods.comparisons.light_encoders import (
    LightEncoder,
    known_pixels,
    mostly,
    seen_pixels,
)
from mmearth_core.pretraining.methods.comparisons.patch_contrast import patch_contrast
from mmearth_core.pretraining.methods.comparisons.projection import Projection
from mmearth_core.pretraining.methods.contract import Batch, LossSum


class CrossSensor(nn.Module):
    """Contrast of what the encoder says of a visible patch with what each of some pixel modalities shows there."""

    def __init__(self, channels: int, modalities: Iterable[str], patch: int, temperature: float) -> None:
        """`channels` of the encoder's last map; `modalities` are taken in the order of the table."""
        super().__init__()
        self.temperature = temperature
        self.head = Projection(channels)
        chosen = set(modalities)
        self.encoders = nn.ModuleDict(
            {name: LightEncoder(MODALITIES[name], patch) for name in MODALITIES if name in chosen}
        )

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the losses, one a modality."""
        return tuple(f"cross_sensor_{name}" for name in self.encoders)

    def forward(self, visible: VisiblePatches, maps: Sequence[Tensor], batch: Batch) -> dict[str, LossSum]:
        """The contrast with each modality, of this process.

        `maps`: of each stage the cells of the visible patches, (M, r, r, C), of which the last is read. A patch counts
        where at least half of it is seen by Sentinel-2 and known to the modality, radar and elevation in one channel or
        more.
        """
        ours = self.head(maps[-1].flatten(1))
        places = places_of(batch)[visible.sample]
        found = {}
        for part, (name, encoder) in zip(self.parts, self.encoders.items(), strict=True):
            theirs = encoder(batch[name], visible)
            known = _known(name, batch, visible)
            found[part] = patch_contrast(ours, theirs, places, known, self.temperature)
        return found

    def constants(self, visible: VisiblePatches, batch: Batch) -> dict[str, LossSum]:
        """The same when all tokens are alike."""
        alike = torch.ones(len(visible), 1, device=visible.sample.device)
        places = places_of(batch)[visible.sample]
        return {
            part: patch_contrast(alike, alike, places, _known(name, batch, visible), self.temperature)
            for part, name in zip(self.parts, self.encoders, strict=True)
        }


def _known(name: str, batch: Batch, visible: VisiblePatches) -> Tensor:
    """Which of the visible patches count: (M,) bool."""
    return mostly(known_pixels(MODALITIES[name], batch[name]) & seen_pixels(batch["image"]), visible)
