"""Losses of predicted modalities, where a value that is not there counts for nothing.

NaN (regression) and −1 (classes) in a target mean "no value": such places add neither to the sum nor to the count, and
send exactly no gradient. Sums and counts are over all processes, so a loss does not depend on how a batch was split.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from mmearth_core.encoder.masking import VisiblePatches, sum_over_processes
from mmearth_core.modalities import NO_CLASS, Modality
from mmearth_core.pretraining.methods.contract import Losses, LossSum

#: Guards the division by the spread of a flat patch (the published value).
_PATCH_EPS = 1e-6


def squared_error(prediction: Tensor, target: Tensor) -> LossSum:
    """Sum of (prediction − target)² over the finite values of `target` (same shape), and their number: this process."""
    known = torch.isfinite(target)
    error = torch.where(known, prediction - torch.where(known, target, 0), 0)
    return LossSum(error.square().sum(), known.sum().to(error.dtype))


def cross_entropy(logits: Tensor, target: Tensor) -> LossSum:
    """Sum of −log p(class) over the targets (…) ≥ 0, logits (…, classes), and their number: this process."""
    total = functional.cross_entropy(
        logits.reshape(-1, logits.shape[-1]), target.reshape(-1), ignore_index=NO_CLASS, reduction="sum"
    )
    return LossSum(total, (target != NO_CLASS).sum().to(total.dtype))


def modality_loss(modality: Modality, prediction: Tensor, target: Tensor) -> LossSum:
    """How predictions of a modality, as rows, are judged: the one place that says so."""
    if modality.kind == "regression":
        return squared_error(prediction, target)
    return cross_entropy(prediction.reshape(-1, modality.outputs), target)


def patch_rows(images: Tensor, patches: VisiblePatches) -> Tensor:
    """(N, C, H, W) or classes (N, H, W) → (P, p²·C), p cells a patch's side, in the order (row, column, channel)."""
    return patches.gather(images.permute(0, 2, 3, 1) if images.ndim == 4 else images[..., None]).flatten(1)


def patch_moments(patches: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and spread of each patch over all its finite values, pixels and bands jointly.

    `patches` (M, values) → mean (M, 1), √(unbiased variance + 1e-6) (M, 1); NaN where fewer than two values are finite.
    """
    known = torch.isfinite(patches)
    count = known.sum(1, keepdim=True)
    mean = torch.where(known, patches, 0).sum(1, keepdim=True) / count
    variance = torch.where(known, patches - mean, 0).square().sum(1, keepdim=True) / (count - 1)
    spread = (variance + _PATCH_EPS).sqrt()
    return torch.where(count > 1, mean, torch.nan), torch.where(count > 1, spread, torch.nan)


def normalised_patches(patches: Tensor) -> Tensor:
    """Values of each patch (M, values) less the patch's mean, over its spread; NaN where there is no value."""
    mean, spread = patch_moments(patches)
    return (patches - mean) / spread


def band_means(patches: Tensor, bands: int) -> Tensor:
    """Mean of each band over the finite values of (P, p²·bands), on all processes: (bands,)."""
    values = patches.view(len(patches), -1, bands)
    known = torch.isfinite(values)
    sums = sum_over_processes(torch.stack([torch.where(known, values, 0).sum((0, 1)), known.sum((0, 1))]))
    return sums[0] / sums[1].clamp(min=1)


def over_processes(parts: Mapping[str, LossSum]) -> dict[str, LossSum]:
    """The same losses summed over all processes, in one exchange."""
    numbers = torch.stack([torch.stack([part.total, part.count]) for part in parts.values()])
    return {
        name: LossSum(total, count) for name, (total, count) in zip(parts, sum_over_processes(numbers), strict=True)
    }


class UncertaintyWeights(nn.Module):
    """Weights learned beside the network: Σ exp(−s)·L + s over the modalities (Kendall et al. 2018, arXiv 1705.07115).

    The published form, without its factor ½. A modality without one valid value in the whole batch adds exactly 0,
    s included, and no gradient.
    """

    def __init__(self, outputs: Sequence[str]) -> None:
        super().__init__()
        self.outputs = tuple(outputs)
        self.log_vars = nn.Parameter(torch.zeros(len(self.outputs)))

    def forward(self, parts: Mapping[str, LossSum]) -> Losses:
        """Losses of a batch whose parts are summed over all processes, in the order of `outputs`."""
        present = torch.stack([parts[name].count for name in self.outputs]) > 0
        means = torch.stack([parts[name].mean for name in self.outputs])
        terms = torch.exp(-self.log_vars) * means + self.log_vars
        weights = torch.exp(-self.log_vars.detach()).tolist()
        return Losses(torch.where(present, terms, 0).sum(), parts, dict(zip(self.outputs, weights, strict=True)))


class FixedWeights(nn.Module):
    """Σ w·L with weights that stay; all 1 is the plain sum."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        super().__init__()
        self.weights = dict(weights)

    def forward(self, parts: Mapping[str, LossSum]) -> Losses:
        """Losses of a batch whose parts are summed over all processes."""
        terms = [weight * parts[name].mean for name, weight in self.weights.items()]
        return Losses(torch.stack(terms).sum(), parts, self.weights)
