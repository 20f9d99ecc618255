"""What is measured on the way: losses on the hold-out beside those of constants, and collapse.

Measures only: nothing here changes a weight, and every figure is the same on every run with the same seed.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mmearth_core.encoder.network import Encoder
from mmearth_core.modalities import Modality
from mmearth_core.pretraining.loss_sums import LossWindow, StepNumbers
from mmearth_core.pretraining.methods.contract import Batch, Losses, PretrainMethod

#: Features of different tiles that differ by less than this share of their size are all the same: collapsed.
COLLAPSED = 1e-3


def measure_constants(batches: Iterable[Batch], outputs: Collection[Modality]) -> dict[str, list[float]]:
    """The best constants to predict: means of regressions (outputs,), logits of class frequencies (outputs,).

    A class that never occurs counts as seen once, so that no logit is infinite; a channel without a value has mean 0.
    """
    sums = {output.name: np.zeros(output.outputs) for output in outputs}
    counts = {output.name: np.zeros(output.outputs) for output in outputs}
    for batch in batches:
        for output in outputs:
            name = output.name
            values = batch[name].numpy()
            if output.kind == "classes":
                counts[name] += np.bincount(values[values >= 0].ravel(), minlength=len(counts[name]))
            else:
                axes = (0, *range(2, values.ndim))
                sums[name] += np.nansum(values, axis=axes, dtype=np.float64)
                counts[name] += np.isfinite(values).sum(axis=axes)
    return {
        output.name: (
            np.log(np.maximum(counts[output.name], 1) / np.maximum(counts[output.name], 1).sum())
            if output.kind == "classes"
            else sums[output.name] / np.maximum(counts[output.name], 1)
        ).tolist()
        for output in outputs
    }


@dataclass(frozen=True)
class HoldOut:
    """Fixed views of hold-out tiles, and what constants lose on them.

    `batches` gives the same batches each time it is called. `constants`: as `measure_constants` gives them.
    """

    batches: Callable[[], Iterator[Batch]]
    constants: Mapping[str, Sequence[float]]

    def constant_losses(self, method: PretrainMethod, check: Callable[[], None]) -> dict[str, float | None]:
        """The loss of each part when constants are predicted; None where the hold-out has no value."""
        device = next(method.parameters()).device
        constants = {name: torch.tensor(values, device=device) for name, values in self.constants.items()}

        def judged(batch: Batch) -> Losses:
            return Losses(torch.zeros((), device=device), method.constant_losses(batch, constants), {})

        return self._summed(judged, device, check).losses

    def losses(self, method: PretrainMethod, check: Callable[[], None]) -> tuple[float, dict[str, float | None]]:
        """(mean objective, loss of each part) of a method as it is."""
        window = self._summed(method.eval(), next(method.parameters()).device, check)
        return window.objective / max(1, window.steps), window.losses

    def _summed(self, judged: Callable[[Batch], Losses], device: torch.device, check: Callable[[], None]) -> LossWindow:
        window = LossWindow()
        with torch.no_grad():
            for batch in self.batches():
                check()
                window.add(StepNumbers.of([judged({name: each.to(device) for name, each in batch.items()})]))
        return window


def score_of(losses: Mapping[str, float | None], constant: Mapping[str, float | None]) -> float | None:
    """The mean over parts of loss / loss of a constant: below 1 is better than a constant; None without any part."""
    ratios = [
        loss / reference
        for name, loss in losses.items()
        if loss is not None and (reference := constant.get(name)) is not None and reference > 0
    ]
    return float(np.mean(ratios)) if ratios else None


def feature_spread(features: NDArray[np.float32]) -> float:
    """How much the features of tiles (N, C) differ: their standard deviation relative to their size.

    0 when all tiles have the same features.
    """
    centred = features - features.mean(axis=0)
    size = float(np.sqrt(np.square(features, dtype=np.float64).mean()))
    return float(np.sqrt(np.square(centred, dtype=np.float64).mean())) / size if size else 0.0


def pooled_features(encoder: Encoder, images: Tensor) -> list[NDArray[np.float32]]:
    """Means of the four stage maps over each image (N, C, H, W): four arrays (N, channels)."""
    with torch.inference_mode():
        return [each.mean((2, 3)).numpy() for each in encoder.forward_maps(images)]
