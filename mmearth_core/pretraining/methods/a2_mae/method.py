"""A²-MAE on the masked encoder: several images of a place are seen in part, and what is hidden follows from all.

After Zhang et al. 2024 (arXiv 2406.08079) and its code. Every image goes through the encoder (radar through a light
one) under its own mask; a transformer behind it mixes what is seen of all; a decoder predicts hidden patches of all.
Where the images lie is told to transformer and decoder only: the encoder that is exported cannot know a place.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from mmearth_core.encoder.masking import VisiblePatches, masked_maps
from mmearth_core.modalities import MODALITIES
from mmearth_core.pretraining.methods.a2_mae.geo_codes import PUBLISHED, SPHERE, ground_code
from mmearth_core.pretraining.methods.a2_mae.settings import A2MaeConfig
from mmearth_core.pretraining.methods.a2_mae.view import SetView
from mmearth_core.pretraining.methods.comparisons.light_encoders import LightEncoder, known_pixels, mostly
from mmearth_core.pretraining.methods.contract import Batch, Losses, LossSum, PretrainMethod
from mmearth_core.pretraining.methods.fresh import fresh_encoder
from mmearth_core.pretraining.methods.fusion.combiner import Combiner
from mmearth_core.pretraining.methods.fusion.sensor_decoders import SensorDecoders
from mmearth_core.pretraining.methods.fusion.sets import where_there
from mmearth_core.pretraining.methods.losses import (
    band_means,
    modality_loss,
    normalised_patches,
    over_processes,
    patch_moments,
    patch_rows,
)
from mmearth_core.pretraining.methods.sensors import SENSORS, Sensor

#: Numbers of the code of a patch's place in its image, and metres of a pixel.
_GROUND, _PIXEL = 256, 10.0


class A2Mae(PretrainMethod):
    """A²-MAE with its encoders, its combiner and its decoder."""

    view: SetView
    ground: Tensor
    undecayed = ("source",)
    fidelity = (
        "A²-MAE's codes of place and the mask rule its authors describe (arXiv 2406.08079) on this encoder, scaled"
        " down; the released index code differs and is not followed."
    )

    def __init__(self, config: A2MaeConfig) -> None:
        super().__init__()
        self.config = config
        self.dates = config.set == "dates"
        self.sensors = [
            SENSORS[name] for name in (("sentinel2",) if self.dates else ("sentinel2", "s1_asc", "s1_desc"))
        ]
        self.outputs = ("sentinel2",) if self.dates else ("sentinel2", "sentinel1")
        view = SetView.of(config, [MODALITIES[name] for name in self.outputs], asked=config)
        self.view = replace(view, band_drop=1.0) if config.bands == 3 else view
        self.encoder = fresh_encoder(config)
        width, side = config.width, config.crop // config.patch
        self.token = nn.Linear(self.encoder.architecture.channels[-1], width)
        self.light = nn.ModuleDict(
            {each.name: LightEncoder(each.modality, config.patch, width) for each in self.sensors[1:]}
        )
        place = {"published": PUBLISHED, "sphere": SPHERE, "none": 0}[config.geo]
        self.position = nn.Linear(_GROUND + place, width)
        self.position_decoded = nn.Linear(_GROUND + place, width)
        # Which sensor a token is of; dates of one sensor are told apart by what they show.
        self.source = nn.Parameter(torch.zeros(len(self.sensors), width))
        self.combiner = Combiner(width, config.depth, config.heads)
        self.hidden = nn.Parameter(torch.randn(width) * 0.02)
        self.decoder = Combiner(width, config.decoder_depth, config.heads)
        self.predicted = SensorDecoders(self.sensors, width, config.patch)
        self.register_buffer(
            "ground", torch.from_numpy(ground_code(side, config.patch * _PIXEL, _GROUND)), persistent=False
        )

    def forward(self, batch: Batch) -> Losses:
        """Losses of a batch of `SetView`s: the hidden patches of the first image, and those of the others.

        Each relative to its patch's own mean and spread. With dates also those of the first image's that another image
        shows, and those that none does: what of it is copying.
        """
        parts = over_processes(self._judge(batch, self._predictions(batch, batch["hidden"])))
        weights = {name: 1.0 for name in parts if not name.startswith("shown_")}
        objective = torch.stack([parts[name].mean for name in weights]).sum()
        return Losses(objective, parts, weights)

    def constant_losses(self, batch: Batch, constants: Mapping[str, Tensor]) -> Mapping[str, LossSum]:  # noqa: ARG002
        """The parts when each band's mean over this batch is predicted, relative to patches as it is judged."""
        return over_processes(self._judge(batch, None))

    @torch.no_grad()
    def reconstruct(self, batch: Batch) -> Mapping[str, Tensor]:
        """Every patch of the tile's own images (N, outputs, H, W), with the mean and spread of its own target."""
        hidden = batch["hidden"].clone()
        hidden[:, 0] = batch["masked"]
        rows = self._predictions(batch, hidden)
        whole, values = VisiblePatches(torch.zeros_like(batch["masked"])), {}
        for at, sensor in enumerate(self.sensors):
            mean, spread = patch_moments(patch_rows(sensor.of(batch), whole))
            values[sensor] = self.predicted.said(sensor, rows[:, at].flatten(0, 1)) * spread + mean
        return self.predicted.images(values, whole)

    def _predictions(self, batch: Batch, hidden: Tensor) -> Tensor:
        """What the decoder says of each patch of each image, (N, images, P, width)."""
        tokens, known = self._tokens(batch, hidden)
        count, images, patches, width = tokens.shape
        seen = known & ~hidden.flatten(2)
        source = self.source if not self.dates else self.source.expand(images, -1)
        codes = self._codes(batch)
        told = tokens + self.position(codes)[:, None] + source[:, None]
        mixed = self.combiner(told.flatten(1, 2), seen.flatten(1)).view(tokens.shape)
        laid = torch.where(seen[..., None], mixed, self.hidden.to(mixed.dtype))
        laid = laid + self.position_decoded(codes)[:, None] + source[:, None]
        decoded: Tensor = self.decoder(laid.flatten(1, 2), known.flatten(1)).view(count, images, patches, width)
        return decoded

    def _tokens(self, batch: Batch, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Tokens of the images, (N, images, P, width), 0 where hidden, and which patches there are, (N, images, P)."""
        there = batch["there"] if self.dates else batch["there"][:, :1]
        images = batch["image"][:, None]
        if self.dates:
            images = torch.cat([images, batch["images_beside"]], 1)
        tokens = where_there(self._optical, images, hidden[:, : images.shape[1]], there)
        known = there[..., None].expand(*tokens.shape[:3])
        if self.dates:
            return tokens, known
        whole = VisiblePatches(torch.zeros_like(batch["masked"]))
        all_tokens, all_known = [tokens], [known]
        for at, sensor in enumerate(self.sensors[1:], 1):
            light: Any = self.light[sensor.name]
            values = sensor.of(batch)
            shown = torch.where(
                hidden[:, at].flatten(1)[..., None], 0, light.tokens(values, whole).view_as(tokens[:, 0])
            )
            all_tokens.append(shown[:, None].to(tokens.dtype))
            all_known.append(mostly(known_pixels(sensor.modality, values), whole).view_as(known[:, 0])[:, None])
        return torch.cat(all_tokens, 1), torch.cat(all_known, 1)

    def _optical(self, images: Tensor, masked: Tensor) -> Tensor:
        """Tokens of images of Sentinel-2, (M, P, width), 0 where `masked`."""
        visible, maps = masked_maps(self.encoder, images, masked, self.config.grn)
        return visible.scatter(self.token(maps[-1])).flatten(1, 2)

    def _codes(self, batch: Batch) -> Tensor:
        """Where each patch lies in its image, and what is told of the place, (N, P, numbers)."""
        ground = self.ground.expand(len(batch["masked"]), -1, -1)
        if "place_code" not in batch:
            return ground
        place = batch["place_code"][:, None].expand(-1, ground.shape[1], -1)
        return torch.cat([ground, place.to(ground.dtype)], 2)

    def _judge(self, batch: Batch, decoded: Tensor | None) -> dict[str, LossSum]:
        """Losses of hidden patches; without predictions those of constants."""
        hidden = batch["hidden"]
        if not self.dates:
            found = {}
            for at, sensor in enumerate(self.sensors):
                rows = None if decoded is None else decoded[:, at]
                found[sensor.name] = self._lost(sensor, sensor.of(batch), hidden[:, at], rows)
            return found
        optical = self.sensors[0]
        first, others = (None, None) if decoded is None else (decoded[:, 0], decoded[:, 1:].flatten(0, 1))
        beside = batch["sentinel2_beside"]
        absent = ~batch["there"][:, 1:, None, None]
        found = {
            "sentinel2": self._lost(optical, batch["sentinel2"], hidden[:, 0], first),
            "sentinel2_beside": self._lost(
                optical, beside.flatten(0, 1), (hidden[:, 1:] & ~absent).flatten(0, 1), others
            ),
        }
        if decoded is None:
            return found
        elsewhere = (~hidden[:, 1:] & ~absent).any(1)
        for name, which in (("shown_elsewhere", elsewhere), ("shown_nowhere", ~elsewhere)):
            with torch.no_grad():
                found[name] = self._lost(optical, batch["sentinel2"], hidden[:, 0] & which, first)
        return found

    def _lost(self, sensor: Sensor, images: Tensor, judged: Tensor, decoded: Tensor | None) -> LossSum:
        """The loss of the `judged` patches (N, g, g) of images (N, C, H, W), of which (N, P, width) was decoded."""
        patches = VisiblePatches(~judged)
        target = normalised_patches(patch_rows(images, patches))
        if decoded is None:
            constant = band_means(target, sensor.modality.outputs).repeat(self.config.patch**2)
            return modality_loss(sensor.modality, constant.expand(len(target), -1), target)
        return self.predicted.loss(sensor, decoded[judged.flatten(1)], target)
