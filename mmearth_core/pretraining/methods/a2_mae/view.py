"""What A²-MAE sees of a tile: one crop of several images of its place, each with a mask, and where it lies."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from mmearth_core.pretraining.methods.a2_mae.geo_codes import PUBLISHED, SPHERE, corner_bits, sphere_code
from mmearth_core.pretraining.methods.a2_mae.set_masks import flags_of, set_masks
from mmearth_core.pretraining.methods.a2_mae.settings import A2MaeConfig
from mmearth_core.pretraining.methods.contract import Sample
from mmearth_core.pretraining.methods.crops import Crop
from mmearth_core.pretraining.methods.views import MaskedView
from mmearth_core.sentinel2 import ENCODER_BANDS

#: Side of a pixel in metres.
_PIXEL = 10.0


@dataclass(frozen=True)
class SetView(MaskedView):
    """A `MaskedView` of a set of images: the tile's own and, with dates, its companions, or other sensors."""

    asked: A2MaeConfig = field(default_factory=A2MaeConfig)
    #: Whether the place is told as often as `geo_drop` leaves it, or always.
    drops: bool = True

    @property
    def companions(self) -> int:
        """Other images of the place."""
        return self.asked.images - 1 if self.asked.set == "dates" else 0

    @property
    def coordinates(self) -> bool:
        """Whether it is told where the tile lies."""
        return self.asked.geo != "none"

    def plain(self) -> "SetView":
        """Without augmentation, and with the place told."""
        return replace(super().plain(), drops=False)

    def _beside(self, sample: Sample, first: Crop, rng: np.random.Generator) -> dict[str, NDArray[np.generic]]:
        """Beside "image" and the outputs, of the first image:

        "hidden" (images, g, g) bool, of which "masked" is the first; "there" (images,) bool; with dates "images_beside"
        and "sentinel2_beside" (see `_dates`); "place_code" float32, zeros where it is not told.
        """
        images = self.asked.images
        views: dict[str, NDArray[np.generic]] = {"there": np.ones(images, np.bool_)}
        sources = [0] + [1] * (images - 1)
        if self.asked.set == "dates":
            sources = np.asarray(sample["levels"], np.int64).tolist()
            views |= self._dates(sample, first, rng)
        side = self.crop // self.patch
        flags = flags_of(self.asked.rule, sources, rng)
        hidden = set_masks(flags, side * side, self.visible(self._ratio(rng)), rng).reshape(images, side, side)
        views |= {"hidden": hidden, "masked": hidden[0]}
        if self.coordinates:
            views["place_code"] = self._place_code(np.asarray(sample["lonlat"]), rng)
        return views

    def _place_code(self, lonlat: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float32]:
        told = rng.random() >= self.asked.geo_drop or not self.drops
        if not told or not np.isfinite(lonlat).all():
            return np.zeros(PUBLISHED if self.asked.geo == "published" else SPHERE, np.float32)
        if self.asked.geo == "published":
            return corner_bits(lonlat, self.crop * _PIXEL)
        return sphere_code(lonlat)

    def _present_bands(self, rng: np.random.Generator) -> list[str]:
        if self.asked.bands == "all":
            return list(super()._present_bands(rng))
        return [ENCODER_BANDS[index] for index in np.sort(rng.choice(len(ENCODER_BANDS), 3, replace=False))]
