"""The settings of MP-MAE, as a configuration holds them. Values only; no torch."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from mmearth_core.encoder.architecture import MaskedGrnScope, Stem
from mmearth_core.modalities import MODALITIES
from mmearth_core.records import NOT_NEGATIVE, POSITIVE, Rule

#: What the encoder is fed: the twelve bands, or blue, green and red as the published three-band encoders take them.
Inputs = Literal["s2", "rgb"]
#: One stack of blocks for all modalities (the published checkpoints), or one for each (the paper).
Sharing = Literal["shared", "separate"]
_Share = Annotated[float, Rule(lambda share: 0 <= share <= 1, "must be from 0 to 1")]
_Hidden = Annotated[float, Rule(lambda share: 0 <= share < 1, "must be at least 0 and below 1")]


@dataclass(frozen=True)
class LooksConfig:
    """In what a second look at a tile differs from the first, beside its crop, turn, mask, bands and jitter.

    `dates`: probability that it shows another image of the place, of another date or processing level, where the
    training tiles have one; tiles of one place are then never told from one another. `scale`: one second look of two
    shows pixels of up to so many times or parts the size of the tile's (1: none does), as far as the tile reaches.
    """

    dates: _Share = 0.0
    scale: Annotated[float, Rule(lambda most: most >= 1, "must be at least 1")] = 1.0


#: Maps that Sentinel-2 can be contrasted with, and those that can guide it.
_OTHER_MAPS = tuple(each.name for each in MODALITIES.values() if each.level == "pixel" and each.name != "sentinel2")
_CLASS_MAPS = tuple(name for name in _OTHER_MAPS if MODALITIES[name].kind == "classes")
_OtherMap = Annotated[str, Rule(lambda name: name in _OTHER_MAPS, f"must be one of {', '.join(_OTHER_MAPS)}")]
_ClassMap = Annotated[str, Rule(lambda name: name in _CLASS_MAPS, f"must be one of {', '.join(_CLASS_MAPS)}")]


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


@dataclass(frozen=True)
class GuidanceConfig:
    """A loss by which encodings are as similar as what they show is covered alike, after SoftCon (arXiv 2405.20462).

    `source`: the class map. `kind`: labels are the share of each cover ("fraction"), or which covers have a share of
    `min_fraction` ("multihot"). `form` of the loss: "bce", "mse" or "sce" (then cosines are divided by the recipe's
    `temperature`). `weight`: of all of it (0: none), beside the weighted modalities; `tile` and `patches` say how much
    of that the pooled visible patches of tiles count, and single visible patches of different tiles. What the encoder
    is judged by must then be something else than land cover.
    """

    weight: Annotated[float, NOT_NEGATIVE] = 0.0
    source: _ClassMap = "dynamic_world"
    kind: Literal["fraction", "multihot"] = "fraction"
    min_fraction: Annotated[float, Rule(lambda share: 0 < share <= 1, "must be above 0 and at most 1")] = 0.02
    form: Literal["bce", "mse", "sce"] = "bce"
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


@dataclass(frozen=True)
class MpMaeConfig:
    """Settings of MP-MAE; the network and its losses are by default as published.

    `size`, `patch`, `stem`: the encoder. `inputs`: what it is fed, "s2" or "rgb". `crop`: side of what is looked at, in
    pixels. `mask_ratio`: share of the patches that are hidden, or several, of which each look draws one. `grn`:
    response normalisation over the visible cells of the "batch", as published, or of each "sample". `decoder`: one
    stack of blocks for all modalities ("shared", as the published checkpoints) or one for each ("separate", as the
    paper), of `decoder_depth` blocks `decoder_width` wide. `norm_pix`: Sentinel-2 is predicted relative to each patch's
    own mean and spread. `weighting` of the losses: "uncertainty" (learned), "sum", or a weight for each modality.

    What the published recipe has not: `flips` mirrors and turns tiles, `jitter` adds a common gain and noise to the
    input, `haze` is the probability of haze and another illumination in it, `band_drop` is the probability that the
    input lacks bands as users' rasters do. `others` says where pixel modalities other than Sentinel-2 are predicted: on
    "masked" patches, as published, or "everywhere", since a radar image or a land cover is not given away by the
    optical image that is seen. `agreement` is the weight of a loss by which two looks at a tile are to be alike and
    looks at different tiles are not, beside the weighted modalities (0: no second look); it compares the tiles of one
    batch, of all processes together. `patches` is the weight of another by which visible patches of two looks that show
    the same ground are to be alike and patches of different tiles are not (0: none); the second crop then lies whole
    patches from the first. `temperature`: what the cosines of both are divided by. `looks`: in what the second look
    differs. `cross_sensor`, `guidance` and `teaching` are further such losses.
    """

    size: str = "atto"
    patch: int = 8
    stem: Stem = "mp_mae"
    inputs: Inputs = "s2"
    crop: Annotated[int, POSITIVE] = 56
    mask_ratio: (
        Annotated[float, Rule(lambda share: 0 < share < 1, "must be above 0 and below 1")]
        | Annotated[list[_Hidden], Rule(any, "must name at least one above 0")]
    ) = 0.6
    grn: MaskedGrnScope = "batch"
    decoder: Sharing = "shared"
    decoder_depth: Annotated[int, POSITIVE] = 1
    decoder_width: Annotated[int, POSITIVE] = 512
    norm_pix: bool = True
    weighting: Literal["uncertainty", "sum"] | dict[str, Annotated[float, NOT_NEGATIVE]] = "uncertainty"
    flips: bool = True
    jitter: bool = False
    haze: _Share = 0.0
    band_drop: _Share = 0.3
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

    @property
    def mask_ratios(self) -> tuple[float, ...]:
        """The shares of hidden patches that a look may have."""
        return tuple(self.mask_ratio) if isinstance(self.mask_ratio, list) else (self.mask_ratio,)
