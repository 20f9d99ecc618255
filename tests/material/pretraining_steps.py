"""Steps of a pretraining method by hand, and what a loss is given of an encoder's map."""

import torch
from torch import Tensor

from mmearth_core.encoder.masking import VisiblePatches
from mmearth_core.pretraining.methods.contract import Batch, Losses, PretrainMethod


def descend(method: PretrainMethod, batch: Batch, steps: int, rate: float) -> list[Losses]:
    """Learn one batch; the losses before each step."""
    optimiser = torch.optim.AdamW(method.parameters(), rate)
    found = []
    for _ in range(steps):
        optimiser.zero_grad()
        losses = method(batch)
        losses.objective.backward()
        optimiser.step()
        found.append(losses)
    return found


def visible_cells(encoded: Tensor, masked: Tensor) -> tuple[VisiblePatches, list[Tensor]]:
    """The visible patches and their cells of a last map (N, C, h, w), as `masked_maps` gives them."""
    visible = VisiblePatches(masked)
    return visible, [visible.gather(encoded.permute(0, 2, 3, 1))]
