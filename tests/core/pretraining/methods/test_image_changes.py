"""Changes of an image: haze as it is in reflectance, resolution as means or interpolation; what is missing stays so."""

import numpy as np
import pytest

pytest.importorskip("torch")

from mmearth_core.pretraining.methods.image_changes import hazy, jittered, resampled
from mmearth_core.sentinel2 import BANDS, ENCODER_BANDS, LEVELS, statistics

LEVEL = np.stack(statistics(level="l1c"))[None]
WAVELENGTH = np.array([BANDS[band].wavelength for band in ENCODER_BANDS])


def hazes(count: int, *, gain: float = 0.0, levels: np.ndarray = LEVEL, step: float = 0.2):
    """(factor, offset) of each band in reflectance, from dark ground and ground brighter by `step`."""
    mean, std = levels.mean(0)[:, :, None, None]
    for seed in range(count):
        looks = []
        for reflectance in (0.0, step):
            image = ((reflectance * 10_000 - mean) / std).astype(np.float32) * np.ones((1, 2, 2), np.float32)
            changed = hazy(image, levels, ENCODER_BANDS, np.random.default_rng(seed), gain=gain)
            looks.append(((changed * std + mean) / 10_000)[:, 0, 0])
        yield (looks[1] - looks[0]) / step, looks[0]


def test_haze_adds_light_by_a_power_of_the_wavelength_and_takes_what_it_sends_back() -> None:
    blue, powers = [], []
    for factor, path in hazes(200):
        slope, first = np.polyfit(np.log(WAVELENGTH / BANDS["B02"].wavelength), np.log(path), 1)
        power_law = np.exp(first) * (WAVELENGTH / BANDS["B02"].wavelength) ** slope
        np.testing.assert_allclose(path, power_law, rtol=0.02, atol=1e-6)
        np.testing.assert_allclose(factor, np.exp(-2 * path), atol=1e-4)
        order = np.argsort(WAVELENGTH)
        assert (np.diff(path[order]) < 0).all() and (np.diff(factor[order]) >= -1e-5).all()
        blue.append(path[ENCODER_BANDS.index("B02")])
        powers.append(-slope)
    assert min(blue) >= 0 and 0.07 < max(blue) <= 0.0801
    assert 0.49 < min(powers) < 0.7 and 3.8 < max(powers) < 4.01


def test_the_light_of_haze_is_one_factor_of_all_bands() -> None:
    lights = []
    for (factor, path), (lit, lit_path) in zip(hazes(300), hazes(300, gain=0.15), strict=True):
        light = lit / factor
        assert np.ptp(light) < 1e-3
        np.testing.assert_allclose(lit_path, light * path, atol=1e-4)
        lights.append(light.mean())
    assert np.mean(np.log(lights)) == pytest.approx(0, abs=0.03) and np.std(np.log(lights)) == pytest.approx(
        0.15, abs=0.02
    )


@pytest.mark.parametrize("change", ["haze", "jitter"])
def test_what_is_missing_stays_missing_and_all_else_is_finite(change: str) -> None:
    levels = np.stack([np.stack(statistics(level=level)) for level in LEVELS])
    image = np.random.default_rng(0).normal(0, 3, (12, 8, 8)).astype(np.float32)
    image[3] = np.nan
    image[:, :2] = np.nan
    before = image.copy()
    for seed in range(20):
        rng = np.random.default_rng(seed)
        changed = (
            jittered(image, levels, rng) if change == "jitter" else hazy(image, levels, ENCODER_BANDS, rng, gain=0.2)
        )
        assert changed.dtype == np.float32
        assert np.array_equal(np.isfinite(changed), np.isfinite(image))
        assert np.array_equal(image, before, equal_nan=True)


def test_larger_pixels_are_means_over_their_area() -> None:
    image = np.random.default_rng(0).normal(size=(3, 24, 24)).astype(np.float32)
    np.testing.assert_allclose(resampled(image, 8), image.reshape(3, 8, 3, 8, 3).mean((2, 4)), atol=1e-6)
    # Each pixel of 1.5 takes a whole one and half of its neighbour.
    weights = np.array([[2, 1, 0], [0, 1, 2]]) / 3
    expected = np.einsum("ai,bj,cij->cab", weights, weights, image[:, :3, :3])
    np.testing.assert_allclose(resampled(image, 16)[:, :2, :2], expected, atol=1e-6)
    for size in (8, 13, 16, 23):
        assert resampled(image, size).mean() == pytest.approx(image.mean(), abs=1e-6)


def test_smaller_pixels_are_interpolated_between_middles() -> None:
    rows, columns = np.mgrid[:12, :12].astype(np.float32)
    fine = resampled((2 * rows - columns)[None], 36)[0]
    at = np.clip((np.arange(36) + 0.5) / 3 - 0.5, 0, 11)
    np.testing.assert_allclose(fine, 2 * at[:, None] - at, atol=1e-5)


@pytest.mark.parametrize("size", [16, 36])
def test_a_pixel_is_missing_where_one_that_it_is_made_of_is(size: int) -> None:
    image = np.random.default_rng(0).normal(size=(3, 24, 24)).astype(np.float32)
    image[0, 9, 12] = np.nan
    image[1] = np.nan
    made = resampled(image, size)
    touched = resampled(np.where(np.isnan(image), np.float32(1e6), 0), size) != 0
    assert np.array_equal(np.isnan(made), touched)
    assert 1 <= np.isnan(made[0]).sum() <= 16 and np.isnan(made[1]).all() and np.isfinite(made[2]).all()
    whole = resampled(np.nan_to_num(image), size)
    np.testing.assert_allclose(made[~touched], whole[~touched], atol=1e-6)
