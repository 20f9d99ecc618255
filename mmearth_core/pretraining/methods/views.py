"""What a masked method sees of a tile: one crop of all modalities, an encoder input, a mask of patches.

Geometry (crop, mirroring, quarter turns) is shared by input and targets; dropped bands and jitter touch the input only,
so the targets stay what was measured. Runs in the loader's workers, on arrays; all randomness comes from the generator.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import MODALITIES
from mmearth_core.pretraining.methods.contract import Sample, View
from mmearth_core.pretraining.methods.mp_mae.settings import Inputs
from mmearth_core.sentinel2 import ENCODER_BANDS, LEVELS, MINIMUM_BANDS, fill_matrix, statistics
from mmearth_core.tiles.statistics import DatasetStatistics

#: The bands of each kind of input.
INPUT_BANDS: dict[Inputs, tuple[str, ...]] = {"s2": ENCODER_BANDS, "rgb": ("B02", "B03", "B04")}

#: Bands of the rasters people have: without the 60 m bands, and the four at 10 m.
WITHOUT_60M = tuple(band for band in ENCODER_BANDS if band not in ("B01", "B09"))
ONLY_10M = ("B02", "B03", "B04", "B08")

#: Jitter of the input: standard deviation of the common gain (illumination), and of each value's noise in DN.
_GAIN, _NOISE = 0.05, 20.0


@dataclass(frozen=True)
class MaskedView(View):
    """A crop of `crop` px, of whose patches of `patch` px the share `mask_ratio` is hidden (rounded up).

    Parameters: `outputs`, the modalities to predict; `flips`, mirroring and quarter turns; `jitter`, a common gain and
    noise on the input; `band_drop`, the probability that bands of a twelve-band input are missing and filled as `embed`
    fills them: then in equal parts a raster without the 60 m bands, one of the four 10 m bands, or any bands from four
    (those that the tile itself lacks are always missing, and nothing to predict); `second`, a second look at the same
    tile, with a crop, turn, mask and bands of its own, and always with jitter; `beside`, modalities that are shown
    though they are no outputs.

    Every modality is scalar per pixel, so a mirrored tile is a tile that could be, with one exception: radar looks from
    one side, and its layover and shadow keep their orbit's name when the tile is turned. That is accepted.
    """

    outputs: tuple[str, ...]
    inputs: Inputs = "s2"
    crop: int = 56
    patch: int = 8
    mask_ratio: float = 0.6
    flips: bool = True
    jitter: bool = False
    band_drop: float = 0.3
    second: bool = False
    beside: tuple[str, ...] = ()
    #: Mean and deviation of the twelve bands in DN, (2, 12), by which the input is normalised at each level.
    _normalised: tuple[NDArray[np.float32], ...] = field(
        default=tuple(np.stack(statistics(level=level)) for level in LEVELS), repr=False, compare=False
    )

    def __post_init__(self) -> None:
        if self.crop % self.patch:
            raise MMEarthError(f"a crop of {self.crop} px is not made of whole patches of {self.patch} px.")
        if not 0 <= self.mask_ratio < 1 or not self.visible:
            raise MMEarthError(f"a mask_ratio of {self.mask_ratio} leaves no patch of {self.patch} px to look at.")

    def with_statistics(self, statistics: DatasetStatistics) -> Self:
        """The same view of tiles that are normalised by `statistics`, which the jitter depends on."""
        keys = [key for level in LEVELS if (key := f"sentinel2_{level}") in statistics.values]
        return replace(self, _normalised=tuple(np.stack(statistics.values[key]) for key in keys))

    @property
    def visible(self) -> int:
        """Patches of a crop that stay visible: 19 of 49 at a ratio of 0.6, as in the published recipe."""
        # A fifth of 25 is 4.999…: what rounding takes from a product is not a patch.
        return int((self.crop // self.patch) ** 2 * (1 - self.mask_ratio) + 1e-9)

    def __call__(self, sample: Sample, rng: np.random.Generator) -> dict[str, NDArray[np.generic]]:
        """Views by name.

        "image" (C, crop, crop) float32, normalised, 0 where invalid; "masked" (crop/patch, crop/patch) bool, true where
        hidden; every modality of `outputs` and `beside` as it is in `sample`, cropped and turned alike. The second look
        is "image_again" and "masked_again"; it has no targets, and the first is the same with and without it.
        """
        height, width = sample["sentinel2"].shape[1:]
        if min(height, width) < self.crop:
            raise MMEarthError(f"tiles of {height} × {width} px are too small for a crop of {self.crop} px.")
        geometry = self._geometry(height, width, rng)
        views: dict[str, NDArray[np.generic]] = {
            "image": self._image(geometry(sample["sentinel2"]), rng, jitter=self.jitter),
            "masked": self._mask(rng),
        }
        for name in (*self.outputs, *self.beside):
            views[name] = geometry(sample[name]) if MODALITIES[name].level == "pixel" else np.asarray(sample[name])
        if self.second:
            again = self._geometry(height, width, rng)
            views["image_again"] = self._image(again(sample["sentinel2"]), rng, jitter=True)
            views["masked_again"] = self._mask(rng)
        return views

    def _geometry(
        self, height: int, width: int, rng: np.random.Generator
    ) -> Callable[[NDArray[np.generic]], NDArray[np.generic]]:
        """A crop and turn of arrays (…, height, width)."""
        row, column = (int(rng.integers(side - self.crop + 1)) for side in (height, width))
        turns, mirrored = (int(rng.integers(4)), bool(rng.integers(2))) if self.flips else (0, False)

        def geometry(array: NDArray[np.generic]) -> NDArray[np.generic]:
            cut = array[..., row : row + self.crop, column : column + self.crop]
            turned = np.rot90(cut, turns, (-2, -1))
            return np.ascontiguousarray(turned[..., ::-1] if mirrored else turned)

        return geometry

    def _image(self, measured: NDArray[np.generic], rng: np.random.Generator, *, jitter: bool) -> NDArray[np.float32]:
        bands = INPUT_BANDS[self.inputs]
        image = measured[[ENCODER_BANDS.index(band) for band in bands]].astype(np.float32, copy=False)
        if jitter:
            image = _jittered(image, self._mean_and_std(bands), rng)
        # A tile that lacks a band has no value of it; a crop without any value says nothing of bands.
        present = [band for band, values in zip(bands, image, strict=True) if np.isfinite(values).any()] or list(bands)
        if self.inputs == "s2" and rng.random() < self.band_drop:
            kept = _present_bands(rng)
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
        masked[order[: self.visible]] = False
        return masked.reshape(side, side)


def _present_bands(rng: np.random.Generator) -> Sequence[str]:
    """Bands of a raster that lacks some."""
    kind = rng.integers(3)
    if kind == 0:
        return WITHOUT_60M
    if kind == 1:
        return ONLY_10M
    count = int(rng.integers(MINIMUM_BANDS, len(ENCODER_BANDS)))
    chosen = np.sort(rng.choice(len(ENCODER_BANDS), count, replace=False))
    return [ENCODER_BANDS[index] for index in chosen]


def _jittered(image: NDArray[np.float32], levels: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Gain and noise in reflectance, brought to normalised values: z' = g·z + (g − 1)·mean/std + noise/std.

    `levels` are mean and std of each band at each processing level, (levels, 2, C). Safe for bands because all share
    one gain. A view does not know the tile's level, so mean/std and std are the middle of them: exact where there is
    one; with those of `sentinel2.STATISTICS`, at a gain one deviation off, a shift of at most 0.02 a band.
    """
    mean, std = np.moveaxis(levels, 1, 0)
    gain = np.float32(1 + _GAIN * rng.standard_normal())
    shift = (gain - 1) * (mean / std).mean(0)
    noise = rng.standard_normal(image.shape, np.float32) * (np.float32(_NOISE) / std.mean(0))[:, None, None]
    jittered: NDArray[np.float32] = gain * image + shift[:, None, None] + noise
    return jittered
