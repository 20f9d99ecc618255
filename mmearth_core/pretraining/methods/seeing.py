"""What methods that look at masked tiles are asked alike: the encoder they train, and what it is shown of a tile.

Values only; no torch. `views.MaskedView` shows it, `fresh.fresh_encoder` makes the encoder.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from mmearth_core.encoder.architecture import MaskedGrnScope, Stem
from mmearth_core.records import POSITIVE, Rule

#: What the encoder is fed: the twelve bands, or blue, green and red as the published three-band encoders take them.
Inputs = Literal["s2", "rgb"]
Share = Annotated[float, Rule(lambda share: 0 <= share <= 1, "must be from 0 to 1")]
_Hidden = Annotated[float, Rule(lambda share: 0 <= share < 1, "must be at least 0 and below 1")]
#: The share of the patches that is hidden, or several shares, of which each look draws one.
MaskRatio = (
    Annotated[float, Rule(lambda share: 0 < share < 1, "must be above 0 and below 1")]
    | Annotated[list[_Hidden], Rule(any, "must name at least one above 0")]
)


@dataclass(frozen=True)
class LooksConfig:
    """In what a second look at a tile differs from the first, beside its crop, turn, mask, bands and jitter.

    `dates`: probability that it shows another image of the place, of another date or processing level, where the
    training tiles have one; tiles of one place are then never told from one another. `scale`: one second look of two
    shows pixels of up to so many times or parts the size of the tile's (1: none does), as far as the tile reaches.
    """

    dates: Share = 0.0
    scale: Annotated[float, Rule(lambda most: most >= 1, "must be at least 1")] = 1.0


@dataclass(frozen=True, kw_only=True)
class SeeingConfig:
    """The encoder of a method, and what it is shown.

    `size`, `patch`, `stem`: the encoder. `inputs`: what it is fed, "s2" or "rgb". `crop`: side of what is looked at, in
    pixels. `mask_ratio`: share of the patches that are hidden, or several, of which each look draws one. `grn`:
    response normalisation over the visible cells of the "batch", as published for MP-MAE, or of each "sample". `flips`
    mirrors and turns tiles, `jitter` adds a common gain and noise to the input, `haze` is the probability of haze and
    another illumination in it, `band_drop` is the probability that the input lacks bands as users' rasters do.
    """

    size: str = "atto"
    patch: int = 8
    stem: Stem = "mp_mae"
    inputs: Inputs = "s2"
    crop: Annotated[int, POSITIVE] = 56
    mask_ratio: MaskRatio = 0.6
    grn: MaskedGrnScope = "batch"
    flips: bool = True
    jitter: bool = False
    haze: Share = 0.0
    band_drop: Share = 0.3

    @property
    def mask_ratios(self) -> tuple[float, ...]:
        """The shares of hidden patches that a look may have."""
        return tuple(self.mask_ratio) if isinstance(self.mask_ratio, list) else (self.mask_ratio,)
