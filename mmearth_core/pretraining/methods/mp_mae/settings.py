"""The settings of MP-MAE, as a configuration holds them. Values only; no torch."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from mmearth_core.modalities import MODALITIES
from mmearth_core.pretraining.methods.labels import LabelsConfig, SoftForm
from mmearth_core.pretraining.methods.seeing import LooksConfig, SeeingConfig
from mmearth_core.records import NOT_NEGATIVE, POSITIVE, Rule

#: One stack of blocks for all modalities (the published checkpoints), or one for each (the paper).
Sharing = Literal["shared", "separate"]

#: Maps that Sentinel-2 can be contrasted with.
_OTHER_MAPS = tuple(each.name for each in MODALITIES.values() if each.level == "pixel" and each.name != "sentinel2")
_OtherMap = Annotated[str, Rule(lambda name: name in _OTHER_MAPS, f"must be one of {', '.join(_OTHER_MAPS)}")]


@dataclass(frozen=True)
class CrossSensorConfig:
    """A loss by which what is seen of a patch, and what each of `modalities` shows there, are told to belong together.

    After OmniSat's contrast (arXiv 2404.08351): each token is told from the other sensor's tokens at the other tiles of
    a batch, of all processes together; their cosines are divided by `temperature`. `weight`: of the contrast with each
    modality (0: none), beside the weighted modalities. They need not be predicted.
    """

    weight: Annotated[float, NOT_NEGATIVE] = 0.0
    modalities: Annotated[tuple[_OtherMap, ...], Rule(bool, "must name at least one modality")] = (
        "sentinel1",
        "aster",
        "dynamic_world",
    )
    temperature: Annotated[float, POSITIVE] = 0.1


@dataclass(frozen=True, kw_only=True)
class GuidanceConfig(LabelsConfig):
    """A loss by which encodings are as similar as what they show is covered alike, after SoftCon (arXiv 2405.20462).

    `form` of the loss: "bce", "mse" or "sce" (then cosines are divided by the recipe's `temperature`). `weight`: of all
    of it (0: none), beside the weighted modalities; `tile` and `patches` say how much of that the pooled visible
    patches of tiles count, and single visible patches of different tiles.
    """

    weight: Annotated[float, NOT_NEGATIVE] = 0.0
    form: SoftForm = "bce"
    tile: Annotated[float, NOT_NEGATIVE] = 1.0
    patches: Annotated[float, NOT_NEGATIVE] = 1.0

    def __post_init__(self) -> None:
        if self.weight and not self.tile and not self.patches:
            raise ValueError("with tile and patches both 0 nothing is guided; set one of them, or weight to 0")


@dataclass(frozen=True)
class TeachingConfig:
    """Losses by which the encoder's own maps say what the teachers among the outputs say, beside their prediction.

    A linear layer reads each visible patch of the last map; what it reads is compared with the teacher there, averaged
    over the patch, on all patches with a value. `weight`: of all of it (0: none), beside the weighted modalities.
    `values`: how much the values count (smooth L1 of z-scores). `patches`: that a patch is told from patches of other
    places, of what the teacher says there. `tiles`: that a tile is, by the mean and the spread of its patches.
    `finer`: weight of the same for the two maps before the last, each read by a layer of its own, averaged over
    patches. `temperature`: what cosines are divided by.
    """

    weight: Annotated[float, NOT_NEGATIVE] = 0.0
    values: Annotated[float, NOT_NEGATIVE] = 0.5
    patches: Annotated[float, NOT_NEGATIVE] = 1.0
    tiles: Annotated[float, NOT_NEGATIVE] = 1.0
    finer: Annotated[float, NOT_NEGATIVE] = 0.5
    temperature: Annotated[float, POSITIVE] = 0.1

    def __post_init__(self) -> None:
        if self.weight and not (self.values or self.patches or self.tiles):
            raise ValueError("with values, patches and tiles all 0 nothing is taught; set one of them, or weight to 0")


@dataclass(frozen=True, kw_only=True)
class MpMaeConfig(SeeingConfig):
    """Settings of MP-MAE beside what its encoder is shown; the network and its losses are by default as published.

    `decoder`: one stack of blocks for all modalities ("shared", as the published checkpoints) or one for each
    ("separate", as the paper), of `decoder_depth` blocks `decoder_width` wide. `norm_pix`: Sentinel-2 is predicted
    relative to each patch's own mean and spread. `weighting` of the losses: "uncertainty" (learned), "sum", or a weight
    for each modality.

    What the published recipe has not, beside `jitter`, `haze` and `band_drop`: `others` says where pixel modalities
    other than Sentinel-2 are predicted: on "masked" patches, as published, or "everywhere", since a radar image or a
    land cover is not given away by the optical image that is seen. `agreement` is the weight of a loss by which two
    looks at a tile are to be alike and looks at different tiles are not, beside the weighted modalities (0: no second
    look); it compares the tiles of one batch, of all processes together. `patches` is the weight of another by which
    visible patches of two looks that show the same ground are to be alike and patches of different tiles are not (0:
    none); the second crop then lies whole patches from the first. `temperature`: what the cosines of both are divided
    by. `looks`: in what the second look differs. `cross_sensor`, `guidance` and `teaching` are further such losses.
    """

    decoder: Sharing = "shared"
    decoder_depth: Annotated[int, POSITIVE] = 1
    decoder_width: Annotated[int, POSITIVE] = 512
    norm_pix: bool = True
    weighting: Literal["uncertainty", "sum"] | dict[str, Annotated[float, NOT_NEGATIVE]] = "uncertainty"
    others: Literal["masked", "everywhere"] = "masked"
    agreement: Annotated[float, NOT_NEGATIVE] = 0.0
    patches: Annotated[float, NOT_NEGATIVE] = 0.0
    temperature: Annotated[float, POSITIVE] = 0.2
    looks: LooksConfig = field(default_factory=LooksConfig)
    cross_sensor: CrossSensorConfig = field(default_factory=CrossSensorConfig)
    guidance: GuidanceConfig = field(default_factory=GuidanceConfig)
    teaching: TeachingConfig = field(default_factory=TeachingConfig)

    def __post_init__(self) -> None:
        if self.looks != LooksConfig() and not self.second_look:
            raise ValueError("looks are of the second look, which agreement or patches ask for; set one above 0")

    @property
    def second_look(self) -> bool:
        """Whether a tile is looked at twice."""
        return self.agreement > 0 or self.patches > 0
