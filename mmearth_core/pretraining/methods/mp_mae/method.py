"""MP-MAE: predict what is masked of a Sentinel-2 image, and all that is known about the place, from what is visible.

Multi-pretext masked autoencoding (Nedungadi et al. 2024, arXiv 2405.02771) on the masked encoder. Holds the networks
and the losses; never reads a file, steps an optimiser or knows how batches come about.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import product

import torch
from torch import Tensor, nn

from mmearth_core.encoder.masking import VisiblePatches, forward_masked, masked_maps
from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import MODALITIES, Modality
from mmearth_core.pretraining.methods.comparisons.agreement import info_nce
from mmearth_core.pretraining.methods.comparisons.cross_sensor import CrossSensor
from mmearth_core.pretraining.methods.comparisons.exchange import places_of
from mmearth_core.pretraining.methods.comparisons.guidance import Guidance
from mmearth_core.pretraining.methods.comparisons.patch_agreement import PatchPairs, patch_agreement
from mmearth_core.pretraining.methods.comparisons.projection import Projection, pooled
from mmearth_core.pretraining.methods.comparisons.teaching import TERMS, Teaching
from mmearth_core.pretraining.methods.contract import Batch, Losses, LossSum, PretrainMethod
from mmearth_core.pretraining.methods.fresh import fresh_encoder
from mmearth_core.pretraining.methods.losses import (
    FixedWeights,
    UncertaintyWeights,
    band_means,
    modality_loss,
    normalised_patches,
    over_processes,
    patch_moments,
    patch_rows,
)
from mmearth_core.pretraining.methods.mp_mae.decoder import Decoder
from mmearth_core.pretraining.methods.mp_mae.settings import MpMaeConfig
from mmearth_core.pretraining.methods.views import MaskedView

#: The stage of the encoder's last map.
_LAST = 3


class MpMae(PretrainMethod):
    """MP-MAE with its encoder, decoder and loss weights. `outputs`: names of the `modalities` it predicts.

    The published code has the same rule of what decays, but stores the mask token and the γ and β of response
    normalisation with leading dimensions of 1, so that there they decay as well. Here they do not.
    """

    view: MaskedView
    fidelity = (
        "MP-MAE (arXiv 2405.02771) on a masked encoder of the same semantics as its sparse one; where the settings are"
        " not its own (docs/pretraining.md), the recipe is this project's."
    )

    def __init__(self, config: MpMaeConfig, outputs: Sequence[Modality]) -> None:
        super().__init__()
        self.config = config
        self.modalities = {output.name: output for output in outputs}
        self.outputs = tuple(self.modalities)
        self.view = MaskedView.of(
            config,
            outputs,
            second=config.second_look,
            looks=config.looks,
            paired=config.patches > 0,
            places=config.looks.dates > 0,
            compared=_compared(config, self.outputs),
        )
        self.encoder = fresh_encoder(config)
        architecture = self.encoder.architecture
        self.decoder = Decoder(
            architecture.channels[-1],
            outputs,
            config.patch,
            sharing=config.decoder,
            depth=config.decoder_depth,
            width=config.decoder_width,
        )
        if isinstance(config.weighting, dict):
            self.weights: nn.Module = FixedWeights({name: config.weighting[name] for name in self.outputs})
        elif config.weighting == "sum":
            self.weights = FixedWeights(dict.fromkeys(self.outputs, 1.0))
        else:
            self.weights = UncertaintyWeights(self.outputs)
        # Drawn last, in this order: all other weights are those of a run without them.
        self.agreement = Projection(architecture.channels[-1]) if config.agreement > 0 else None
        self.patches = Projection(architecture.channels[-1]) if config.patches > 0 else None
        self.cross_sensor = _cross_sensor(config, architecture.channels[-1])
        self.guidance = _guidance(config, architecture.channels[-1])
        self.teaching = _teaching(config, architecture.channels, outputs)

    def forward(self, batch: Batch) -> Losses:
        """Losses of a batch of `MaskedView`s.

        Pixel modalities count on masked patches only (see `others`), image modalities on every tile; each loss is a
        mean over values, pixels or tiles. The published code takes the mean over a patch's values first and then over
        patches: the same where every value is there; where some are missing it weighs patches equally, and this weighs
        values equally.
        """
        judged = self._judged(batch["masked"])
        visible, maps = masked_maps(self.encoder, batch["image"], batch["masked"], self.config.grn)
        encoded = visible.scatter(maps[-1]).permute(0, 3, 1, 2)
        predictions = self._predict(encoded, batch["masked"], judged)
        parts = {
            name: modality_loss(modality, predictions[name], self._target(name, batch, judged))
            for name, modality in self.modalities.items()
        }
        if self.config.second_look:
            again = self._encode(batch["image_again"], batch["masked_again"])
            parts |= self._agreements(batch, encoded, again)
        for beside in self._beside:
            parts |= beside(visible, maps, batch)
        return self._weighted(parts)

    def constant_losses(self, batch: Batch, constants: Mapping[str, Tensor]) -> Mapping[str, LossSum]:
        """The parts when every prediction is a constant: means (outputs,) in z-scores, or logits of class frequencies.

        With `norm_pix`, Sentinel-2 is judged in units of each patch's own mean and spread, in which no z-score can be
        said; the constant is then each band's mean in these units over this very batch. No constant does better on
        it, and `constants` needs no entry for it. Nor for what is compared: the constants are that all looks are alike,
        that all tokens are, and the mean similarity of this very batch.
        """
        judged = self._judged(batch["masked"])
        parts = {}
        for name, modality in self.modalities.items():
            target = self._target(name, batch, judged)
            relative = name == "sentinel2" and self.config.norm_pix
            constant = band_means(target, modality.outputs) if relative else constants[name].to(target.device)
            repeated = constant.repeat(math.prod(modality.sides(self.config.patch)))
            parts[name] = modality_loss(modality, repeated.expand(len(target), -1), target)
        if self.config.second_look:
            parts |= self._agreements(batch, None, None)
        visible = VisiblePatches(batch["masked"])
        for beside in self._beside:
            parts |= beside.constants(visible, batch)
        return over_processes(parts)

    def readout(self) -> Tensor | None:
        """What teachers are read from."""
        return None if self.teaching is None else self.teaching.readout(_LAST)

    @torch.no_grad()
    def reconstruct(self, batch: Batch) -> Mapping[str, Tensor]:
        """Predictions of the pixel modalities: (N, outputs, H, W) z-scores or class logits, every patch predicted; of a
        teacher (N, outputs, H/stride, W/stride).

        With `norm_pix`, a patch of Sentinel-2 gets the mean and spread of its own target, and NaN where that has none.
        """
        whole = VisiblePatches(torch.zeros_like(batch["masked"]))
        encoded = self._encode(batch["image"], batch["masked"])
        pixel = [name for name, modality in self.modalities.items() if modality.level == "pixel"]
        predictions = self._predict(encoded, batch["masked"], dict.fromkeys(pixel, whole))
        images = {}
        for name, modality in self.modalities.items():
            if modality.level == "pixel":
                values = predictions[name]
                if name == "sentinel2" and self.config.norm_pix:
                    mean, spread = patch_moments(patch_rows(batch[name], whole))
                    values = values * spread + mean
                cells = modality.sides(self.config.patch)
                images[name] = whole.scatter(values.view(-1, *cells, modality.outputs)).permute(0, 3, 1, 2)
        return images

    @property
    def _beside(self) -> list[CrossSensor | Guidance | Teaching]:
        """What compares visible patches of the first look with something else."""
        return [each for each in (self.cross_sensor, self.guidance, self.teaching) if each is not None]

    def _judged(self, masked: Tensor) -> dict[str, VisiblePatches]:
        """The patches on which each pixel modality is predicted and judged."""
        hidden = VisiblePatches(~masked)
        others = VisiblePatches(torch.zeros_like(masked)) if self.config.others == "everywhere" else hidden
        return {
            name: hidden if name == "sentinel2" else others
            for name, modality in self.modalities.items()
            if modality.level == "pixel"
        }

    def _encode(self, image: Tensor, masked: Tensor) -> Tensor:
        """The last map of images whose `masked` patches are hidden, 0 there."""
        return forward_masked(self.encoder, image, masked, self.config.grn)

    def _agreements(self, batch: Batch, first: Tensor | None, second: Tensor | None) -> dict[str, LossSum]:
        """Losses of two looks by their maps, and of their patches; without maps, of looks and patches all alike."""
        places, temperature = batch.get("place"), self.config.temperature
        masked = batch["masked"], batch["masked_again"]
        alike, parts = torch.ones(masked[0].numel(), 1, device=masked[0].device), {}
        if self.agreement is not None:
            one = two = alike[: len(masked[0])]
            if first is not None and second is not None:
                one, two = (self.agreement(pooled(*each)) for each in zip((first, second), masked, strict=True))
            parts["agreement"] = info_nce(one, two, temperature, places)
        if self.patches is not None:
            pairs = PatchPairs.of(*masked, batch["cells"], places_of(batch))
            one = two = alike[: len(pairs.tile)]
            if first is not None and second is not None:
                one = self.patches(first.flatten(2)[pairs.tile, :, pairs.first])
                two = self.patches(second.flatten(2)[pairs.tile, :, pairs.second])
            parts["patches"] = patch_agreement(one, two, pairs, temperature)
        return parts

    def _predict(self, encoded: Tensor, masked: Tensor, predicted: Mapping[str, VisiblePatches]) -> dict[str, Tensor]:
        """Predictions as rows, float32 at least: `predicted` patches of pixel modalities, tiles of the others."""
        rows: dict[str, Tensor] = self.decoder(encoded, masked, predicted)
        return {name: row.to(torch.promote_types(row.dtype, torch.float32)) for name, row in rows.items()}

    def _target(self, name: str, batch: Batch, judged: Mapping[str, VisiblePatches]) -> Tensor:
        """What the predictions of a modality's rows are judged by: patches of pixel modalities, or tiles."""
        if name not in judged:
            return batch[name]
        patches = patch_rows(batch[name], judged[name])
        return normalised_patches(patches) if name == "sentinel2" and self.config.norm_pix else patches

    def _weighted(self, parts: Mapping[str, LossSum]) -> Losses:
        """The modalities by their weighting, and what is compared beside them, each by its own weight."""
        losses: Losses = self.weights(over_processes(parts))
        objective, weights = losses.objective, self._weights_beside()
        for name, weight in weights.items():
            objective = objective + weight * losses.parts[name].mean
        return Losses(objective, losses.parts, {**losses.weights, **weights})

    def _weights_beside(self) -> dict[str, float]:
        """The weights of the losses that compare."""
        config = self.config
        weights = {"agreement": config.agreement, "patches": config.patches}
        weights = {name: weight for name, weight in weights.items() if weight}
        if self.cross_sensor is not None:
            weights |= dict.fromkeys(self.cross_sensor.parts, config.cross_sensor.weight)
        if self.guidance is not None:
            guided = {name: config.guidance.weight * share for name, share in _guided(config).items()}
            weights |= {f"guidance_{name}": weight for name, weight in guided.items()}
        if self.teaching is not None:
            asked = config.teaching
            for name, stage in product(self.teaching.teachers, self.teaching.stages):
                share = asked.weight * (1.0 if stage == _LAST else asked.finer)
                weights |= {f"{name}_{stage}_{term}": share * each for term, each in _taught(config).items()}
        return weights


def build(config: MpMaeConfig, outputs: Sequence[str], known: Mapping[str, Modality] = MODALITIES) -> MpMae:
    """MP-MAE with fresh weights, drawn from torch's generator; `outputs` are names among the `known` modalities.

    Raises `MMEarthError` when the settings contradict each other or an output is not a modality.
    """
    unknown = [name for name in outputs if name not in known]
    if unknown or not outputs:
        raise MMEarthError(f"{', '.join(unknown) or 'nothing'} cannot be predicted; choose of {', '.join(known)}.")
    for name in outputs:
        if config.patch % known[name].stride:
            raise MMEarthError(
                f"mp_mae.patch={config.patch} is not made of whole cells of {name}, which are of {known[name].stride}"
                " pixels; choose a patch that is a multiple of them, or leave that output out."
            )
    if isinstance(config.weighting, dict) and (odd := sorted(set(config.weighting) ^ set(outputs))):
        raise MMEarthError(f"mp_mae.weighting must give one weight to each output; check {', '.join(odd)}.")
    try:
        return MpMae(config, [known[name] for name in outputs])
    except ValueError as error:
        raise MMEarthError(f"mp_mae: {error}; correct that setting.") from error


def _compared(config: MpMaeConfig, outputs: Sequence[str]) -> tuple[Modality, ...]:
    """The modalities that are compared with and not predicted."""
    compared = set(config.cross_sensor.modalities) if config.cross_sensor.weight else set()
    compared |= {config.guidance.source} if config.guidance.weight else set()
    return tuple(each for name, each in MODALITIES.items() if name in compared - set(outputs))


def _cross_sensor(config: MpMaeConfig, channels: int) -> CrossSensor | None:
    asked = config.cross_sensor
    return CrossSensor(channels, asked.modalities, config.patch, asked.temperature) if asked.weight else None


def _guidance(config: MpMaeConfig, channels: int) -> Guidance | None:
    asked = config.guidance
    return Guidance(channels, asked, list(_guided(config)), asked.form, config.temperature) if asked.weight else None


def _teaching(config: MpMaeConfig, channels: Sequence[int], outputs: Sequence[Modality]) -> Teaching | None:
    asked = config.teaching
    if not asked.weight:
        return None
    teachers = [output for output in outputs if output.is_teacher]
    if not teachers:
        raise ValueError("teaching has a weight, but no teacher is among the outputs; name one, or set the weight to 0")
    stages = (1, 2, _LAST) if asked.finer else (_LAST,)
    return Teaching({stage: channels[stage] for stage in stages}, teachers, list(_taught(config)), asked.temperature)


def _taught(config: MpMaeConfig) -> dict[str, float]:
    """The terms of the teaching, and how much each counts."""
    return {term: share for term in TERMS if (share := getattr(config.teaching, term))}


def _guided(config: MpMaeConfig) -> dict[str, float]:
    """The terms of the guidance, and how much each counts."""
    shares = {"tile": config.guidance.tile, "patches": config.guidance.patches}
    return {name: share for name, share in shares.items() if share}
