"""What a pretraining method is: a view of a tile, losses of a batch of views, and a plain encoder at the end.

The loop, the data and the export know methods only through this contract; the exported encoder never knows its method.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from mmearth_core.encoder.network import Encoder
from mmearth_core.modalities import Modality
from mmearth_core.tiles.statistics import DatasetStatistics

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: One tile: "sentinel2" and further modalities as `modalities.target` gives them (NaN or −1 where there is no value).
#: Pixel modalities share H and W, of which a teacher has one cell for each of its strides. What a view asks for beside:
#: "sentinel2_other", another image of the place, where there is one; "sentinel2_others" (k, 12, H, W), as many as it
#: asks for, NaN where there are fewer, with "levels" (1 + k,) int64, the numbers of their processing levels in
#: `sentinel2.LEVELS`, and "days" (1 + k,) float64 since 2000-01-01, of the tile first, −1 and NaN where there is none;
#: "lonlat" (2,) float64, degrees or NaN; and "place", a number that all images of a place share. Nothing else.
Sample = Mapping[str, NDArray[np.generic]]

#: Views of N tiles stacked along a first axis.
Batch = Mapping[str, Tensor]


class View(ABC):
    """Makes what a method sees of one tile. Runs in the loader's workers: it must pickle and hold no tensors."""

    @property
    def shown(self) -> tuple[Modality, ...]:
        """Modalities it takes of a sample beside "sentinel2"."""
        return ()

    def with_statistics(self, statistics: DatasetStatistics) -> "View":  # noqa: ARG002
        """The view for samples that are normalised by `statistics`; itself where that makes no difference."""
        return self

    @property
    def other_images(self) -> float:
        """Share of the samples that are to hold "sentinel2_other", of those whose place has other images."""
        return 0.0

    @property
    def companions(self) -> int:
        """How many other images of its place a sample is to hold as "sentinel2_others", with "levels" and "days"."""
        return 0

    @property
    def coordinates(self) -> bool:
        """Whether samples are to hold "lonlat"."""
        return False

    @property
    def places(self) -> bool:
        """Whether samples are to hold "place"."""
        return False

    @abstractmethod
    def __call__(self, sample: Sample, rng: np.random.Generator) -> dict[str, NDArray[np.generic]]:
        """Crop, augment, mask one tile with the randomness of `rng` alone; every array of fixed shape and dtype."""


@dataclass(frozen=True)
class LossSum:
    """A loss before division: its sum over what counts, and how much counts (0-d tensors, over all processes)."""

    total: Tensor
    count: Tensor

    @property
    def mean(self) -> Tensor:
        """total / count, and exactly 0 without gradient when nothing counts."""
        return self.total / self.count.clamp(min=1) if self.count else self.total.new_zeros(())


@dataclass(frozen=True)
class Losses:
    """Losses of one batch: the one to descend, each part of it by name, and the weight of each part.

    A part without a weight is a figure to be watched, and no part of the objective.
    """

    objective: Tensor
    parts: Mapping[str, LossSum]
    weights: Mapping[str, float]


class PretrainMethod(nn.Module, ABC):
    """A method with its networks. `forward(batch)` gives `Losses`, so that distributed wrappers see one call.

    Sums and counts in it are summed over all processes with `encoder.masking.sum_over_processes`, which passes
    gradients, so that P processes with N views each learn what one process learns from P·N.
    """

    encoder: Encoder
    view: View
    #: Names of the modalities it predicts, of which `constant_losses` is given the best constants.
    outputs: tuple[str, ...] = ()
    #: Names of the modalities without which it learns nothing of what it is for.
    needed: tuple[str, ...] = ()
    #: What of it is as its authors published it, and what is not: one sentence, for the log and the model's card.
    fidelity: ClassVar[str]
    #: How the names of parameters end that do not decay though they have several dimensions, such as learned tokens.
    undecayed: ClassVar[tuple[str, ...]] = ()

    def after_start(self) -> None:
        """Called when the encoder alone has been given other weights: what is to begin as its copy does so."""

    def after_step(self, step: int, steps: int) -> None:
        """Called after each step of the optimiser, the `step`-th of `steps`: what changes between steps changes here
        alone, so that a step that is broken off leaves nothing behind."""

    @abstractmethod
    def forward(self, batch: Batch) -> Losses:
        """Losses of a batch of views."""

    @abstractmethod
    def constant_losses(self, batch: Batch, constants: Mapping[str, Tensor]) -> Mapping[str, LossSum]:
        """The parts when every prediction is a constant: means (outputs,) or logits of class frequencies (outputs,)."""

    def decayed(self, name: str, parameter: nn.Parameter) -> bool:
        """Whether weight decay applies: to what has more than one dimension and is neither a bias nor `undecayed`."""
        return parameter.ndim > 1 and not name.endswith(("bias", *self.undecayed))

    def reconstruct(self, batch: Batch) -> Mapping[str, Tensor]:  # noqa: ARG002
        """Predictions of the pixel modalities in their targets' units and shapes: z-scores or class logits.

        What was visible is predicted too; per-patch normalisation of a target is undone with the target's own values.
        """
        return {}

    def figure(self, batch: Batch) -> "Figure | None":  # noqa: ARG002
        """What is to be seen of a batch of hold-out views beside reconstructions; every process calls it."""
        return None

    def readout(self) -> Tensor | None:
        """Directions (k, C_3) of the encoder's last map that carry what was learned; None where all may."""
        return None

    def export(self) -> Encoder:
        """The plain encoder that was learned, on the CPU, in evaluation mode, with its `readout`."""
        encoder = Encoder(self.encoder.architecture)
        encoder.load_state_dict(
            {name: value.detach().cpu().clone() for name, value in self.encoder.state_dict().items()}
        )
        encoder.readout = None if (readout := self.readout()) is None else readout.cpu()
        return encoder.eval()


@dataclass(frozen=True)
class BuiltMethod:
    """A method with fresh weights; the `name` it is registered by; `bands` of its encoder's input; `crop`, the side of
    what it looks at, in pixels; `plain_view`, its view without augmentation, by which it is validated; `over_batch`,
    what of it depends on which tiles are looked at together, in words; `from_published` puts a whole checkpoint of the
    method's authors into it."""

    name: str
    method: PretrainMethod
    bands: tuple[str, ...]
    crop: int
    plain_view: View
    over_batch: tuple[str, ...] = ()
    from_published: Callable[[Path], None] | None = None
