"""The settings of A²-MAE, as a configuration holds them. Values only; no torch."""

from dataclasses import dataclass
from typing import Annotated, Literal

from mmearth_core.pretraining.methods.seeing import MaskRatio, SeeingConfig, Share
from mmearth_core.records import POSITIVE, Rule

#: Which images of a set hide the places that the first one hides: those of another source than the first's, those
#: that differ from it in a flag that one image has by lot, none, or all.
MaskRule = Literal["source", "anchor", "own", "same"]


@dataclass(frozen=True, kw_only=True)
class A2MaeConfig(SeeingConfig):
    """Settings of A²-MAE beside what its encoder is shown.

    `set`: the images of a tile that are seen together: other "dates" (or processing levels) of its place, `images` of
    them with its own, or the radar's two orbits as other "sensors". `rule`: which of them hide the places that the
    first one hides ("source" or "anchor", as its authors describe and write it; "own" and "same" for comparison).
    `bands`: each image is seen with "all" its bands, or with 3 drawn by lot as published. `geo`: what combiner and
    decoder are told of the place: the "published" code of bits, directions on the "sphere", or "none"; with the
    probability `geo_drop` they are not told. The encoder never is. `width` of tokens, `depth` of the combiner,
    `decoder_depth` and `heads`.
    """

    mask_ratio: MaskRatio = 0.75
    set: Literal["dates", "sensors"] = "dates"
    images: Annotated[int, Rule(lambda count: 2 <= count <= 6, "must be from 2 to 6")] = 3
    rule: MaskRule = "source"
    bands: Literal["all", 3] = "all"
    geo: Literal["published", "sphere", "none"] = "published"
    geo_drop: Share = 0.5
    width: Annotated[int, POSITIVE] = 256
    depth: Annotated[int, POSITIVE] = 4
    decoder_depth: Annotated[int, POSITIVE] = 2
    heads: Annotated[int, POSITIVE] = 8

    def __post_init__(self) -> None:
        if self.set == "sensors" and self.images != 3:
            raise ValueError("the sensors of a tile are three images; leave images at 3")
        if self.bands == 3 and self.inputs == "rgb":
            raise ValueError("an input of three bands has no three to draw; set bands: all")
