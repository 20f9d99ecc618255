"""The settings of SoftCon, as a configuration holds them. Values only; no torch."""

from dataclasses import dataclass, field
from typing import Annotated

from mmearth_core.pretraining.methods.labels import LabelsConfig, SoftForm
from mmearth_core.pretraining.methods.seeing import MaskRatio, SeeingConfig, Share
from mmearth_core.records import NOT_NEGATIVE, POSITIVE


@dataclass(frozen=True, kw_only=True)
class SoftConConfig(SeeingConfig):
    """Settings of SoftCon beside what its encoder is shown.

    A student sees a masked look at each tile, a teacher another, whole one. The teacher's weights follow the student's
    with `momentum`, which rises to 1 along a cosine. `temperature`: what cosines are divided by where a look is told
    from looks at other tiles, which are those of the batch and `queue` earlier ones of the teacher's. `weight`: of the
    loss by which looks at different tiles are as similar as their `labels` are (0: none), and `soft_form` its form.
    `patches`: weight of the same for single visible patches of different tiles, which is this project's.
    """

    mask_ratio: MaskRatio = 0.5
    temperature: Annotated[float, POSITIVE] = 0.2
    soft_form: SoftForm = "bce"
    weight: Annotated[float, NOT_NEGATIVE] = 1.0
    patches: Annotated[float, NOT_NEGATIVE] = 1.0
    labels: LabelsConfig = field(default_factory=LabelsConfig)
    momentum: Share = 0.996
    queue: Annotated[int, NOT_NEGATIVE] = 4096
