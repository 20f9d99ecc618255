"""The settings of OmniSat, as a configuration holds them. Values only; no torch."""

from dataclasses import dataclass
from typing import Annotated

from mmearth_core.pretraining.methods.seeing import MaskRatio, SeeingConfig
from mmearth_core.pretraining.methods.sensors import SENSORS
from mmearth_core.records import NOT_NEGATIVE, POSITIVE, Rule

_Sensor = Annotated[str, Rule(lambda name: name in SENSORS, f"must be one of {', '.join(SENSORS)}")]


@dataclass(frozen=True, kw_only=True)
class OmniSatConfig(SeeingConfig):
    """Settings of OmniSat beside what its encoder is shown.

    `modalities`: the sensors, Sentinel-2 among them; each has one token a patch. `mask_ratio`: share of the tokens of
    all sensors together that are hidden from the combiner; of Sentinel-2 they are hidden from the encoder too.
    `isolated`: every Sentinel-2 patch is encoded as an image of its own, as published, so that a token sees its own
    patch only; response normalisation must then be of each sample. `dates`: up to so many images of Sentinel-2 of a
    place are seen as a series, of which the quarter that says most is reconstructed. `width` of tokens, `depth` and
    `heads` of the combiner. `contrast`, `reconstruction`: weights of the two losses. `temperature`: what cosines are
    divided by.
    """

    mask_ratio: MaskRatio = 0.75
    isolated: bool = False
    modalities: tuple[_Sensor, ...] = ("sentinel2", "s1_asc", "s1_desc", "aster")
    dates: Annotated[int, POSITIVE] = 1
    width: Annotated[int, POSITIVE] = 256
    depth: Annotated[int, POSITIVE] = 6
    heads: Annotated[int, POSITIVE] = 16
    temperature: Annotated[float, POSITIVE] = 0.1
    contrast: Annotated[float, NOT_NEGATIVE] = 1.0
    reconstruction: Annotated[float, NOT_NEGATIVE] = 1.0

    def __post_init__(self) -> None:
        if "sentinel2" not in self.modalities or len(set(self.modalities)) < len(self.modalities):
            raise ValueError("modalities must name sentinel2, and each sensor once")
        if len(self.modalities) < 2:
            raise ValueError(
                "modalities must name another sensor beside sentinel2; its encoder learns from what differs"
            )
        if not self.contrast and not self.reconstruction:
            raise ValueError("with contrast and reconstruction both 0 nothing is learned; set one of them")
        if self.isolated and self.grn == "batch":
            raise ValueError("isolated patches see no other patch, but grn is batch; set grn: sample")
