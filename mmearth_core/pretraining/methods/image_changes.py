"""Changes of an image that leave the ground as it is: jitter, haze, another resolution. Arrays only.

Images are normalised, (bands, height, width), with NaN where there is no value, which stays so. Changes are physical
ones, in reflectance, brought to normalised values: of reflectance r = DN / 10,000, g·r + a is
z' = g·z + ((g − 1)·mean + 10,000·a) / std. A view does not know its tile's processing level, so mean/std and 1/std are
the middle of the levels': exact where there is one.
"""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mmearth_core.sentinel2 import BANDS

#: Jitter: standard deviation of the common gain, and of each value's noise in DN.
_GAIN, _NOISE = 0.05, 20.0
#: Haze: most path reflectance in the blue band, and the powers by which it falls with wavelength, from thick haze to
#: clear air.
_BLUE_HAZE, _POWERS = 0.08, (0.5, 4.0)
#: The deviation of the logarithm of the illumination that comes with haze.
_LIGHT = 0.15
#: Resampling weights below it are rounding.
_NO_WEIGHT = 1e-6


def jittered(image: NDArray[np.float32], levels: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Gain and noise in reflectance: z' = g·z + (g − 1)·mean/std + noise/std.

    `levels` are mean and std of each band in DN at each processing level, (levels, 2, bands). Safe for bands because
    all share one gain. With the levels of `sentinel2.STATISTICS`, at a gain one deviation off, their middle shifts a
    band by at most 0.02.
    """
    mean, std = np.moveaxis(levels, 1, 0)
    gain = np.float32(1 + _GAIN * rng.standard_normal())
    shift = (gain - 1) * (mean / std).mean(0)
    noise = rng.standard_normal(image.shape, np.float32) * (np.float32(_NOISE) / std.mean(0))[:, None, None]
    changed: NDArray[np.float32] = gain * image + shift[:, None, None] + noise
    return changed


def hazy(
    image: NDArray[np.float32],
    levels: NDArray[np.float32],
    bands: Sequence[str],
    rng: np.random.Generator,
    *,
    gain: float = _LIGHT,
) -> NDArray[np.float32]:
    """Haze in another light: r' = g·(a(λ) + exp(−2·a(λ))·r).

    Path reflectance a(λ) = a(blue)·(λ/λ_blue)^−α, relative scattering as Chavez 1988 (Remote Sens. Environ. 24,
    459–479) models it, with α from 0.5 (very hazy) to 4 (very clear: molecules alone) and a(blue) up to 0.08, both
    drawn evenly. Its optical depth 2·a(λ) is this package's: what a layer that does not absorb sends back is lost to
    the light on its way down and again on its way up.
    ln g is normal with deviation `gain`. `levels` as in `jittered`, of `bands`.
    """
    mean, std = np.moveaxis(levels, 1, 0)
    alpha, blue = rng.uniform(*_POWERS), rng.uniform(0, _BLUE_HAZE)
    light = math.exp(gain * rng.standard_normal())
    wavelength = np.array([BANDS[band].wavelength for band in bands])
    path = blue * (wavelength / BANDS["B02"].wavelength) ** -alpha
    factor = light * np.exp(-2 * path)
    shift = (factor - 1) * (mean / std).mean(0) + light * 10_000 * path * (1 / std).mean(0)
    changed: NDArray[np.float32] = (
        factor.astype(np.float32)[:, None, None] * image + shift.astype(np.float32)[:, None, None]
    )
    return changed


def resampled(image: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """A square image (bands, n, n) in `size` × `size` pixels of the same ground.

    Means over areas where pixels become larger, bilinear where they become smaller. A pixel is missing where one of
    those it is made of is.
    """
    weights = _weights(image.shape[-1], size)
    missing = ~np.isfinite(image)
    gaps = bool(missing.any())
    known = np.where(missing, np.float32(0), image) if gaps else image
    made = np.asarray(weights @ known @ weights.T, np.float32)
    if gaps:
        made[weights @ missing.astype(np.float32) @ weights.T > _NO_WEIGHT] = np.nan
    return made


@lru_cache(maxsize=256)
def _weights(before: int, after: int) -> NDArray[np.float32]:
    """What each of `after` pixels in a row takes of `before` ones on the same ground, (after, before); sums are 1."""
    step = before / after
    old = np.arange(before)
    if step >= 1:
        begin = np.arange(after)[:, None] * step
        weights = np.clip(np.minimum(begin + step, old + 1) - np.maximum(begin, old), 0, None) / step
    else:
        middle = np.clip((np.arange(after)[:, None] + 0.5) * step - 0.5, 0, before - 1)
        weights = np.clip(1 - np.abs(middle - old), 0, None)
    kept: NDArray[np.float32] = np.where(weights < _NO_WEIGHT, 0, weights).astype(np.float32)
    return kept
