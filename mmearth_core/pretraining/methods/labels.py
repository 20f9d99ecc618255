"""What land cover an area is said to have, and how encodings are held against it. Values only; no torch."""

from dataclasses import dataclass
from typing import Annotated, Literal

from mmearth_core.modalities import MODALITIES
from mmearth_core.records import Rule

#: A label is the share of each cover, or which covers there are.
LabelKind = Literal["fraction", "multihot"]
#: Binary cross-entropy with a learned slope, squared error, or cross-entropy of rows.
SoftForm = Literal["bce", "mse", "sce"]
_CLASS_MAPS = tuple(each.name for each in MODALITIES.values() if each.level == "pixel" and each.kind == "classes")
ClassMap = Annotated[str, Rule(lambda name: name in _CLASS_MAPS, f"must be one of {', '.join(_CLASS_MAPS)}")]


@dataclass(frozen=True, kw_only=True)
class LabelsConfig:
    """`source`: the class map. `kind`: labels are the share of each cover ("fraction"), or which covers have a share of
    `min_fraction` ("multihot"). What the encoder is judged by must then be something else than land cover.
    """

    source: ClassMap = "dynamic_world"
    kind: LabelKind = "fraction"
    min_fraction: Annotated[float, Rule(lambda share: 0 < share <= 1, "must be above 0 and at most 1")] = 0.02
