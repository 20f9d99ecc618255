"""What a masked method sees of a tile: one crop of all modalities, an encoder input, a mask of patches.

Geometry (crop, mirroring, quarter turns) is shared by input and targets; dropped bands and jitter touch the input only,
so the targets stay what was measured. Runs in the loader's workers, on arrays; all randomness comes from the generator.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import Modality
from mmearth_core.pretraining.methods.contract import Sample, View
from mmearth_core.pretraining.methods.crops import Crop
from mmearth_core.pretraining.methods.image_changes import hazy, jittered
from mmearth_core.pretraining.methods.seeing import Inputs, LooksConfig, SeeingConfig
from mmearth_core.sentinel2 import ENCODER_BANDS, LEVELS, MINIMUM_BANDS, fill_matrix, statistics
from mmearth_core.tiles.statistics import DatasetStatistics

#: The bands of each kind of input.
INPUT_BANDS: dict[Inputs, tuple[str, ...]] = {"s2": ENCODER_BANDS, "rgb": ("B02", "B03", "B04")}

#: Bands of the rasters people have: without the 60 m bands, and the four at 10 m.
WITHOUT_60M = tuple(band for band in ENCODER_BANDS if band not in ("B01", "B09"))
ONLY_10M = ("B02", "B03", "B04", "B08")

#: Of second looks that may have another resolution, the share that has: an encoder is mostly used on its own.
_RESAMPLED = 0.5


@dataclass(frozen=True)
class MaskedView(View):
    """A crop of `crop` px, of whose patches of `patch` px one of the shares `mask_ratios` is hidden (rounded up).

    Parameters: `outputs`, the modalities to predict, with crops that begin at multiples of all their strides; `flips`,
    mirroring and quarter turns; `jitter`, a common gain and noise on the input; `haze`, the probability of haze and
    another illumination in it; `band_drop`, the probability that bands of a twelve-band input are missing and filled as
    `embed` fills them: then in equal parts a raster without the 60 m bands, one of the four 10 m bands, or any bands
    from four (those that the tile itself lacks are always missing, and nothing to predict); `second`, a second look at
    the same tile, with a crop, turn, mask and bands of its own, and always with jitter; `looks`, in what else it
    differs; `paired`, whether its crop is whole patches from the first where both are of one resolution, and which
    patches show the same ground is told; `whole_again`, whether nothing of the second look is hidden; `places`, whether
    the number of the tile's place is passed on; `compared`, modalities that are shown though they are no outputs;
    `compared_again`, those of them that are shown of the second look too, which must then be of the same image and
    resolution.

    Every modality is scalar per pixel, so a mirrored tile is a tile that could be, with one exception: radar looks from
    one side, and its layover and shadow keep their orbit's name when the tile is turned. That is accepted.
    """

    outputs: tuple[Modality, ...]
    inputs: Inputs = "s2"
    crop: int = 56
    patch: int = 8
    mask_ratios: tuple[float, ...] = (0.6,)
    flips: bool = True
    jitter: bool = False
    haze: float = 0.0
    band_drop: float = 0.3
    second: bool = False
    looks: LooksConfig = field(default_factory=LooksConfig)
    paired: bool = False
    whole_again: bool = False
    places: bool = False
    compared: tuple[Modality, ...] = ()
    compared_again: tuple[Modality, ...] = ()
    #: Mean and deviation of the twelve bands in DN, (2, 12), by which the input is normalised at each level.
    _normalised: tuple[NDArray[np.float32], ...] = field(
        default=tuple(np.stack(statistics(level=level)) for level in LEVELS), repr=False, compare=False
    )

    @classmethod
    def of(cls, config: SeeingConfig, outputs: Sequence[Modality], **more: Any) -> Self:
        """The view that a method's settings ask for, with `more` of its own."""
        return cls(
            tuple(outputs),
            config.inputs,
            config.crop,
            config.patch,
            config.mask_ratios,
            config.flips,
            config.jitter,
            config.haze,
            config.band_drop,
            **more,
        )

    def plain(self) -> Self:
        """The same without augmentation, for validation: the second look differs by crop, mask and jitter alone."""
        return replace(self, flips=False, jitter=False, haze=0.0, band_drop=0.0, looks=LooksConfig())

    @property
    def shown(self) -> tuple[Modality, ...]:
        """All modalities it takes of a sample beside "sentinel2"."""
        return (*self.outputs, *self.compared)

    def __post_init__(self) -> None:
        if self.compared_again and self.looks != LooksConfig():
            raise ValueError("what is compared of a second look must be of the same image and resolution")
        if self.crop % self.patch:
            raise MMEarthError(
                f"a crop of {self.crop} px is not made of whole patches of {self.patch} px; choose a multiple of them."
            )
        for output in self.outputs:
            if self.crop % output.stride:
                raise MMEarthError(
                    f"a crop of {self.crop} px is not made of whole cells of {output.stride} px ({output.name}); choose"
                    " a multiple of them."
                )
        for ratio in self.mask_ratios:
            if not 0 <= ratio < 1 or not self.visible(ratio):
                raise MMEarthError(
                    f"a mask_ratio of {ratio} leaves no patch of {self.patch} px to look at; choose a smaller one."
                )

    def with_statistics(self, statistics: DatasetStatistics) -> Self:
        """The same view of tiles that are normalised by `statistics`, which the jitter depends on."""
        keys = [key for level in LEVELS if (key := f"sentinel2_{level}") in statistics.values]
        return replace(self, _normalised=tuple(np.stack(statistics.values[key]) for key in keys))

    @property
    def other_images(self) -> float:
        """Probability that the second look is at another image of the place, if there is one."""
        return self.looks.dates if self.second else 0.0

    def visible(self, ratio: float) -> int:
        """Patches of a crop that stay visible: 19 of 49 at a ratio of 0.6, as in the published recipe."""
        # A fifth of 25 is 4.999…: what rounding takes from a product is not a patch.
        return int((self.crop // self.patch) ** 2 * (1 - ratio) + 1e-9)

    def __call__(self, sample: Sample, rng: np.random.Generator) -> dict[str, NDArray[np.generic]]:
        """Views by name.

        "image" (C, crop, crop) float32, normalised, 0 where invalid; "masked" (crop/patch, crop/patch) bool, true where
        hidden; every modality of `shown` by name as it is in `sample`, cropped and turned alike. The second look is
        "image_again", "masked_again" and NAME_again of what is `compared_again`; it has no targets, and the first is
        the same with and without it. With `paired`, "cells" (crop/patch, crop/patch) int64 are the patches of the first
        look that those of the second show the ground of, numbered by row and column, or −1; with `places`, "place" is
        the number of the place, int64.
        """
        height, width = sample["sentinel2"].shape[1:]
        if min(height, width) < self.crop:
            raise MMEarthError(
                f"tiles of {height} × {width} px are too small for a crop of {self.crop} px; choose a smaller one."
            )
        first = self._crop(height, width, rng, step=math.lcm(*(output.stride for output in self.outputs)))
        views: dict[str, NDArray[np.generic]] = {
            "image": self._image(first.of(sample["sentinel2"]), rng, jitter=self.jitter),
            "masked": self._mask(rng),
        }
        for each in self.shown:
            values = np.asarray(sample[each.name])
            views[each.name] = first.of(values, each.stride) if each.level == "pixel" else values
        return {**views, **self._beside(sample, first, rng)}

    def _beside(self, sample: Sample, first: Crop, rng: np.random.Generator) -> dict[str, NDArray[np.generic]]:
        """What there is beside the first look and its modalities."""
        views: dict[str, NDArray[np.generic]] = {}
        if self.second:
            views |= self._second(sample, first, rng)
        if self.places:
            views["place"] = np.asarray(sample["place"], np.int64)
        return views

    def _dates(self, sample: Sample, crop: Crop, rng: np.random.Generator) -> dict[str, NDArray[np.generic]]:
        """The companions in one crop: "images_beside" (k, C, crop, crop) float32, what an encoder sees of them,
        "sentinel2_beside" (k, 12, crop, crop) with NaN, as they are predicted, and "there" (1 + k,) bool."""
        beside = crop.of(np.asarray(sample["sentinel2_others"]))
        seen = [self._image(each, rng, jitter=self.jitter) for each in beside]
        there = np.asarray(sample["levels"], np.int64) >= 0
        return {"images_beside": np.stack(seen), "sentinel2_beside": beside, "there": there}

    def _second(self, sample: Sample, first: Crop, rng: np.random.Generator) -> dict[str, NDArray[np.generic]]:
        """The second look, at the other image of the place if the sample has one."""
        measured = sample.get("sentinel2_other", sample["sentinel2"])
        height, width = measured.shape[1:]
        extent = self._extent(min(height, width), rng)
        again = self._crop(height, width, rng, extent=extent, beside=first if self.paired else None)
        image = self._image(again.of(measured), rng, jitter=True)
        side = self.crop // self.patch
        masked = np.zeros((side, side), np.bool_) if self.whole_again else self._mask(rng)
        views: dict[str, NDArray[np.generic]] = {"image_again": image, "masked_again": masked}
        for each in self.compared_again:
            views[f"{each.name}_again"] = again.of(np.asarray(sample[each.name]), each.stride)
        if self.paired:
            views["cells"] = again.partners(first, self.patch)
        return views

    def _extent(self, most: int, rng: np.random.Generator) -> int:
        """Side of the ground of a second look, in pixels of a tile that has `most`."""
        if self.looks.scale == 1 or rng.random() >= _RESAMPLED:
            return self.crop
        reach = math.log(self.looks.scale)
        return max(1, min(round(self.crop * math.exp(rng.uniform(-reach, reach))), most))

    def _crop(
        self,
        height: int,
        width: int,
        rng: np.random.Generator,
        *,
        step: int = 1,
        extent: int | None = None,
        beside: Crop | None = None,
    ) -> Crop:
        """A crop and turn of a tile, begun at a multiple of `step` pixels; `beside` another of the same extent, whole
        patches from it."""
        extent = extent or self.crop
        rows, columns = range(0, height - extent + 1, step), range(0, width - extent + 1, step)
        if beside is not None and extent == beside.extent:
            rows, columns = (
                rows[beside.row % self.patch :: self.patch],
                columns[beside.column % self.patch :: self.patch],
            )
        row, column = (steps[int(rng.integers(len(steps)))] for steps in (rows, columns))
        turns, mirrored = (int(rng.integers(4)), bool(rng.integers(2))) if self.flips else (0, False)
        return Crop(row, column, extent, self.crop, turns, mirrored)

    def _image(self, measured: NDArray[np.generic], rng: np.random.Generator, *, jitter: bool) -> NDArray[np.float32]:
        bands = INPUT_BANDS[self.inputs]
        image = measured[[ENCODER_BANDS.index(band) for band in bands]].astype(np.float32, copy=False)
        if self.haze and rng.random() < self.haze:
            image = hazy(image, self._mean_and_std(bands), bands, rng)
        if jitter:
            image = jittered(image, self._mean_and_std(bands), rng)
        # A tile that lacks a band has no value of it; a crop without any value says nothing of bands.
        present = [band for band, values in zip(bands, image, strict=True) if np.isfinite(values).any()] or list(bands)
        if self.inputs == "s2" and rng.random() < self.band_drop:
            kept = self._present_bands(rng)
            present = [band for band in present if band in kept] or present
        if len(present) < len(bands):
            # Non-finite values would spread through the product's zeros to every band; they are whole pixels anyway.
            donors = np.nan_to_num(image[[bands.index(band) for band in present]])
            filled: NDArray[np.float32] = np.einsum("wp,phv->whv", fill_matrix(present=present, wanted=bands), donors)
            return filled
        return np.nan_to_num(image)

    def _mean_and_std(self, bands: Sequence[str]) -> NDArray[np.float32]:
        """Of input bands in DN, (levels, 2, C)."""
        return np.stack(self._normalised)[..., [ENCODER_BANDS.index(band) for band in bands]]

    def _mask(self, rng: np.random.Generator) -> NDArray[np.bool_]:
        side = self.crop // self.patch
        order = np.argsort(rng.random(side * side), kind="stable")
        masked = np.ones(side * side, np.bool_)
        masked[order[: self.visible(self._ratio(rng))]] = False
        return masked.reshape(side, side)

    def _ratio(self, rng: np.random.Generator) -> float:
        several = len(self.mask_ratios) > 1
        return self.mask_ratios[int(rng.integers(len(self.mask_ratios))) if several else 0]

    def _present_bands(self, rng: np.random.Generator) -> Sequence[str]:
        """Bands of a raster that lacks some."""
        kind = rng.integers(3)
        if kind == 0:
            return WITHOUT_60M
        if kind == 1:
            return ONLY_10M
        count = int(rng.integers(MINIMUM_BANDS, len(ENCODER_BANDS)))
        chosen = np.sort(rng.choice(len(ENCODER_BANDS), count, replace=False))
        return [ENCODER_BANDS[index] for index in chosen]
