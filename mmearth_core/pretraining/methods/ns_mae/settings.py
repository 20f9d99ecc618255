"""The settings of NS-MAE, as a configuration holds them. Values only; no torch."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Annotated, Literal

from mmearth_core.pretraining.methods.seeing import MaskRatio, SeeingConfig
from mmearth_core.records import NOT_NEGATIVE, POSITIVE, Rule

#: What is learned from: the generated world of the seed system, or tiles.
Instance = Literal["scenes", "tiles"]
#: Settings that are of one instance alone.
_OF: Mapping[Instance, tuple[str, ...]] = {
    "scenes": ("mask_image", "mask_points", "mask_depths", "voxel", "width", "rays", "terms"),
    "tiles": ("heights", "weighting"),
}
Hidden = Annotated[float, Rule(lambda share: 0 < share < 1, "must be above 0 and below 1")]
Weight = Annotated[float, NOT_NEGATIVE]
Width = Annotated[int, POSITIVE, Rule(lambda width: width % 4 == 0, "must be a multiple of 4")]
#: First, last, and from one to the next, in metres.
Heights = Annotated[
    tuple[float, float, float],
    Rule(
        lambda heights: heights[0] == 0 < heights[2] <= heights[1] and (heights[1] / heights[2]).is_integer(),
        "must begin at 0, the ground, and reach a multiple of their distance, as [0, 64, 2]",
    ),
]


@dataclass(frozen=True)
class TermsConfig:
    """Weights of what is rendered: colours of pixels (squared error, colours from 0 to 1), distances that the LiDAR
    measured in them, and heights of hidden voxels from above (absolute errors in metres)."""

    image: Weight = 1.0
    depth: Weight = 0.1
    bev: Weight = 0.1

    def __post_init__(self) -> None:
        if not self.image + self.depth + self.bev:
            raise ValueError("one term must have a weight at least")


@dataclass(frozen=True, kw_only=True)
class NsMaeConfig(SeeingConfig):
    """Settings of NS-MAE beside its encoder (`size`, `patch`, `stem`, `grn`).

    `instance`: "scenes" learns from the generated world (`data.scenes`), "tiles" from tiles with canopy heights.

    Of scenes: `mask_image`, hidden share of the patches of each camera's image; `mask_points`, of the voxels in which
    the LiDAR met something; `mask_depths`, of the patches to which its distances are told; `voxel`, side in metres;
    `width`, channels of a voxel; `rays`, pixels of a scene that are rendered in a step; `terms`, their weights. What
    SeeingConfig says of tiles (`inputs`, `crop`, `mask_ratio`, `flips`, `jitter`, `haze`, `band_drop`) says nothing of
    scenes.

    Of tiles: `heights`, the first, the last and the distance of the heights above ground that are told apart, in
    metres; `weighting` of what is rendered, "uncertainty" (learned), "sum", or a weight for each part.
    """

    mask_ratio: MaskRatio = 0.5
    instance: Instance = "scenes"
    mask_image: Hidden = 0.5
    mask_points: Hidden = 0.9
    mask_depths: Hidden = 0.9
    voxel: Annotated[float, Rule(lambda side: side in (0.5, 1.0, 2.0), "must be 0.5, 1 or 2")] = 1.0
    width: Width = 16
    rays: Annotated[int, POSITIVE] = 1024
    terms: TermsConfig = field(default_factory=TermsConfig)
    heights: Heights = (0.0, 64.0, 2.0)
    weighting: Literal["uncertainty", "sum"] | dict[str, Weight] = "uncertainty"

    def __post_init__(self) -> None:
        other: Instance = "scenes" if self.instance == "tiles" else "tiles"
        usual = {
            each.name: each.default if each.default_factory is MISSING else each.default_factory()
            for each in fields(self)
        }
        if odd := [name for name in _OF[other] if getattr(self, name) != usual[name]]:
            raise ValueError(
                f"{', '.join(odd)} would have no effect, being of instance {other}, and the instance is {self.instance}"
            )
