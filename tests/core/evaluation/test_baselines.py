"""The bands as features: what is around a pixel, and what a tile has on the whole."""

import numpy as np
from pytest import approx

from mmearth_core.evaluation import baselines
from mmearth_core.evaluation.baselines import (
    Whitening,
    neighbourhood,
    pooled_mean,
    pooled_mean_and_spread,
    predict_forest,
)


def test_mean_and_spread_around_a_pixel_are_those_of_its_square() -> None:
    bands = np.random.default_rng(0).uniform(0, 10_000, (3, 12, 15)).astype(np.float32)
    found = neighbourhood(bands)
    assert found.shape == (6, 12, 15)
    square = bands[:, 4:9, 6:11]
    assert np.allclose(found[:3, 6, 8], square.mean(axis=(1, 2)), rtol=1e-5)
    assert np.allclose(found[3:, 6, 8], square.std(axis=(1, 2)), rtol=1e-5)


def test_a_bright_even_surface_has_no_spread() -> None:
    bands = np.full((2, 3, 20, 20), 9000, np.float32)
    bands[0, :, 10:] = 200
    found = neighbourhood(bands)
    assert found.shape == (2, 6, 20, 20)
    assert found[1, 3:].max() == 0
    assert found[0, 3:, :7].max() < 0.5
    assert found[0, 3:, 9].min() > 3000


def test_tiles_are_pooled_one_by_one() -> None:
    maps = np.random.default_rng(1).normal(5, 2, (4, 3, 16, 16)).astype(np.float32)
    both = pooled_mean_and_spread(maps)
    assert np.allclose(both[:, :3], pooled_mean(maps))
    assert np.allclose(both[2, :3], maps[2].mean(axis=(1, 2)))
    assert np.allclose(both[2, 3:], maps[2].std(axis=(1, 2)))


def test_a_forest_finds_what_no_plane_does(monkeypatch) -> None:
    monkeypatch.setattr(baselines, "TREES", 40)
    rng = np.random.default_rng(2)
    rows = rng.uniform(-1, 1, (400, 2))
    label = (rows.prod(axis=1) > 0).astype(np.intp)
    told = predict_forest(rows[:200], label[:200], rows[200:], seed=0)
    assert np.mean(told == label[200:]) > 0.9
    assert np.array_equal(told, predict_forest(rows[:200], label[:200], rows[200:], seed=0))


def test_whitened_bands_are_uncorrelated_and_of_one_size() -> None:
    rng = np.random.default_rng(3)
    bands = np.moveaxis(rng.normal(size=(2, 30, 40, 3)) @ rng.uniform(0.5, 2, (3, 3)) * 500 + 3000, 3, 1)
    pixels = np.moveaxis(bands, 1, 3).reshape(-1, 3)
    found = Whitening.of(pixels)(bands)
    assert found.shape == bands.shape
    assert np.allclose(np.cov(np.moveaxis(found, 1, 3).reshape(-1, 3), rowvar=False), np.eye(3), atol=1e-3)
    # One pixel by hand: (x - mean) in the coordinates of the strongest direction, over its spread.
    values, vectors = np.linalg.eigh(np.cov(pixels, rowvar=False))
    strongest = (bands[1, :, 4, 5] - pixels.mean(axis=0)) @ vectors[:, -1] / np.sqrt(values[-1])
    assert abs(found[1, 0, 4, 5]) == approx(abs(strongest), rel=1e-4)


def test_a_band_that_holds_nothing_is_not_blown_up() -> None:
    pixels = np.stack([np.random.default_rng(4).normal(0, 100, 500), np.full(500, 7.0)], axis=1)
    assert np.abs(Whitening.of(pixels)(pixels.T[:, :, None])[1]).max() < 1e-6
    assert np.isfinite(Whitening.of(np.ones((5, 2)))(np.ones((2, 3, 3)))).all()
