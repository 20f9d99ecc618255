"""OmniSat on the masked encoder: sensors agree patch by patch, and hidden tokens follow from the others.

Astruc et al. 2024 (arXiv 2404.08351): a token for each patch of each sensor, a contrast of tokens, and a combiner from
which what was hidden is reconstructed. Only the encoder of Sentinel-2 is exported.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from mmearth_core.encoder.masking import VisiblePatches, masked_maps
from mmearth_core.modalities import MODALITIES
from mmearth_core.pretraining.methods.comparisons.light_encoders import LightEncoder, known_pixels, mostly, seen_pixels
from mmearth_core.pretraining.methods.comparisons.projection import directions
from mmearth_core.pretraining.methods.comparisons.token_contrast import token_contrast
from mmearth_core.pretraining.methods.contract import Batch, Losses, LossSum, PretrainMethod
from mmearth_core.pretraining.methods.fresh import fresh_encoder
from mmearth_core.pretraining.methods.fusion.combiner import Combiner, PatchQueries, grid_code
from mmearth_core.pretraining.methods.fusion.sensor_decoders import SensorDecoders
from mmearth_core.pretraining.methods.fusion.sets import where_there
from mmearth_core.pretraining.methods.losses import modality_loss, over_processes, patch_rows
from mmearth_core.pretraining.methods.omnisat.series import TemporalAttention, day_code, said_most
from mmearth_core.pretraining.methods.omnisat.settings import OmniSatConfig
from mmearth_core.pretraining.methods.omnisat.view import TokenView
from mmearth_core.pretraining.methods.sensors import SENSORS, Sensor


class OmniSat(PretrainMethod):
    """OmniSat with the encoder of Sentinel-2, the light encoders of the others, combiner and light decoders."""

    view: TokenView
    places: Tensor
    undecayed = ("table", "queries.queries")
    fidelity = (
        "OmniSat's losses (arXiv 2404.08351) on this encoder, with positions as its paper says them; light encoders and"
        " decoders are this project's, and the query of a whole tile, which no loss reaches, is left out."
    )

    def __init__(self, config: OmniSatConfig) -> None:
        super().__init__()
        self.config = config
        rest = [SENSORS[name] for name in config.modalities if name != "sentinel2"]
        #: Sentinel-2 first.
        self.sensors: tuple[Sensor, ...] = (SENSORS["sentinel2"], *rest)
        sources = {sensor.source for sensor in self.sensors}
        self.outputs = tuple(name for name in MODALITIES if name in sources)
        self.view = TokenView.of(
            config, [MODALITIES[name] for name in self.outputs], sensors=len(self.sensors), dates=config.dates
        )
        self.encoder = fresh_encoder(config)
        width, side = config.width, config.crop // config.patch
        self.token = nn.Linear(self.encoder.architecture.channels[-1], width)
        self.light = nn.ModuleDict({each.name: LightEncoder(each.modality, config.patch, width) for each in rest})
        self.hidden = nn.Parameter(torch.randn(width) * 0.02)
        self.combiner = Combiner(width, config.depth, config.heads, side)
        self.queries = PatchQueries(width, config.heads, side)
        self.decoders = SensorDecoders(self.sensors, width, config.patch)
        self.series = TemporalAttention(width, config.heads) if config.dates > 1 else None
        self.register_buffer("places", grid_code(side, width), persistent=False)

    def forward(self, batch: Batch) -> Losses:
        """Losses of a batch of `TokenView`s."""
        hidden = batch["hidden"]
        tokens, known, said = self._tokens(batch, hidden[:, 0])
        parts = {}
        if self.config.contrast:
            parts["contrast"] = self._contrast(directions(tokens), known, hidden)
        if self.config.reconstruction:
            fused = self._fused(tokens, known, hidden)
            parts |= self._reconstructions(batch, known, hidden, fused, said)
        parts = over_processes(parts)
        weights = {name: self.config.contrast if name == "contrast" else self.config.reconstruction for name in parts}
        objective = torch.stack([weight * parts[name].mean for name, weight in weights.items()]).sum()
        return Losses(objective, parts, weights)

    def constant_losses(self, batch: Batch, constants: Mapping[str, Tensor]) -> Mapping[str, LossSum]:
        """The parts when all tokens are alike, and every prediction is a constant; of a series of its first date."""
        hidden, known = batch["hidden"], self._known(batch)
        parts = {}
        if self.config.contrast:
            alike = torch.ones((*known.shape, 1), device=known.device)
            parts["contrast"] = self._contrast(alike, known, hidden)
        if self.config.reconstruction:
            for at, sensor in enumerate(self.sensors):
                target = self._target(sensor, batch, self._judged(known, hidden, at))
                constant = constants[sensor.source].to(hidden.device)
                repeated = constant[sensor.outputs].repeat(self.config.patch**2)
                parts[sensor.name] = modality_loss(sensor.modality, repeated.expand(len(target), -1), target)
        return over_processes(parts)

    @torch.no_grad()
    def reconstruct(self, batch: Batch) -> Mapping[str, Tensor]:
        """Predictions of every patch where all sensors hide the patches that Sentinel-2 hides: (N, outputs, H, W)."""
        if not self.config.reconstruction:
            return {}
        masked = batch["masked"]
        hidden = masked[:, None].expand(-1, len(self.sensors), -1, -1)
        tokens, known, _ = self._tokens(batch, masked)
        fused = self._fused(tokens, known, hidden)
        values = {}
        for sensor in self.sensors:
            read = fused
            if self.series is not None and sensor.name == "sentinel2":
                read = fused + day_code(batch["days"][:, :1], fused.shape[-1]).to(fused.dtype)
            values[sensor] = self.decoders.said(sensor, read.flatten(0, 1))
        return self.decoders.images(values, VisiblePatches(torch.zeros_like(masked)))

    def _tokens(self, batch: Batch, masked: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
        """Tokens of all sensors (N, P, sensors, width), 0 where Sentinel-2 is `masked`; which patches are known; and of
        a series which dates are to be reconstructed, (N, dates) bool."""
        whole, said = VisiblePatches(torch.zeros_like(masked)), None
        if self.series is None:
            optical = self._optical(batch["image"], masked)
        else:
            there = batch["there"]
            images = torch.cat([batch["image"][:, None], batch["images_beside"]], 1)
            same = masked[:, None].expand(-1, there.shape[1], -1, -1)
            series = where_there(self._optical, images, same, there)
            optical, attention = self.series(series, batch["days"], there)
            seen = masked.logical_not().flatten(1)[..., None]
            optical = torch.where(seen, optical, 0)
            said = said_most((attention * seen).sum(1).detach(), there)
        found = [optical]
        for sensor in self.sensors[1:]:
            light: Any = self.light[sensor.name]
            found.append(light.tokens(sensor.of(batch), whole).view(optical.shape))
        return torch.stack(found, 2), self._known(batch), said

    def _optical(self, image: Tensor, masked: Tensor) -> Tensor:
        """Tokens of images of Sentinel-2, (M, P, width), 0 where `masked`."""
        visible = VisiblePatches(masked)
        if self.config.isolated:
            patches = visible.gather(image.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
            alone = torch.zeros(len(patches), 1, 1, dtype=torch.bool, device=image.device)
            _, maps = masked_maps(self.encoder, patches, alone, self.config.grn)
        else:
            _, maps = masked_maps(self.encoder, image, masked, self.config.grn)
        return visible.scatter(self.token(maps[-1].flatten(1))[:, None, None]).flatten(1, 2)

    def _known(self, batch: Batch) -> Tensor:
        """Of which patches each sensor has values in half of the pixels: (N, P, sensors) bool."""
        whole = VisiblePatches(torch.zeros_like(batch["masked"]))
        pixels = [
            seen_pixels(batch["image"]),
            *(known_pixels(each.modality, each.of(batch)) for each in self.sensors[1:]),
        ]
        known = torch.stack([mostly(each, whole) for each in pixels], 1)
        return known.view(len(batch["masked"]), -1, len(self.sensors))

    def _contrast(self, tokens: Tensor, known: Tensor, hidden: Tensor) -> LossSum:
        """Of what was encoded: hidden patches of Sentinel-2 were not."""
        encoded = known.clone()
        encoded[..., 0] &= ~hidden[:, 0].flatten(1)
        return token_contrast(tokens, encoded, self.config.temperature)

    def _fused(self, tokens: Tensor, known: Tensor, hidden: Tensor) -> Tensor:
        """What the combiner says of each patch, (N, P, width)."""
        count, patches, sensors, _ = tokens.shape
        unseen = hidden.flatten(2).transpose(1, 2)
        instead = (self.hidden + self.places)[:, None].to(tokens.dtype)
        shown = torch.where(unseen[..., None], instead, tokens)
        # A patch of Sentinel-2 counts whatever it shows, so that something does.
        there = known.clone()
        there[..., 0] = True
        patch = torch.arange(patches, device=tokens.device).repeat_interleave(sensors)
        shown, there = shown.flatten(1, 2), there.flatten(1, 2)
        fused: Tensor = self.queries(self.combiner(shown, there, patch), there, patch)
        return fused.view(count, patches, -1)

    def _reconstructions(
        self, batch: Batch, known: Tensor, hidden: Tensor, fused: Tensor, said: Tensor | None
    ) -> dict[str, LossSum]:
        parts = {}
        for at, sensor in enumerate(self.sensors):
            judged = self._judged(known, hidden, at)
            if said is not None and sensor.name == "sentinel2":
                parts[sensor.name] = self._dated(batch, judged, fused, said)
            else:
                rows = fused.flatten(0, 1)[self._rows(judged)]
                parts[sensor.name] = self.decoders.loss(sensor, rows, self._target(sensor, batch, judged))
        return parts

    def _dated(self, batch: Batch, judged: VisiblePatches, fused: Tensor, said: Tensor) -> LossSum:
        """The loss of hidden patches of Sentinel-2 at the dates that are `said` to be reconstructed."""
        images = torch.cat([batch["sentinel2"][:, None], batch["sentinel2_beside"]], 1)
        code = day_code(batch["days"], fused.shape[-1]).to(fused.dtype)
        lost = []
        for at in range(said.shape[1]):
            # A date that is not asked for has no value.
            target = torch.where(said[:, at, None, None, None], images[:, at], torch.nan)
            rows = (fused + code[:, at, None]).flatten(0, 1)[self._rows(judged)]
            lost.append(self.decoders.loss(self.sensors[0], rows, patch_rows(target, judged)))
        return LossSum(
            torch.stack([each.total for each in lost]).sum(), torch.stack([each.count for each in lost]).sum()
        )

    def _judged(self, known: Tensor, hidden: Tensor, at: int) -> VisiblePatches:
        """The patches of a sensor that are hidden and known."""
        wanted = hidden[:, at] & known[..., at].view(hidden[:, at].shape)
        return VisiblePatches(~wanted)

    @staticmethod
    def _rows(patches: VisiblePatches) -> Tensor:
        _, rows, columns = patches.grid
        return (patches.sample * rows + patches.row) * columns + patches.column

    @staticmethod
    def _target(sensor: Sensor, batch: Batch, judged: VisiblePatches) -> Tensor:
        return patch_rows(sensor.of(batch), judged)
