"""What counts as a value, told from raw arrays: a wrong answer here is learned by a network, and nobody sees it.

Tests named after a defect are of the published loaders, which decided on normalised values or on the wrong code.
"""

import numpy as np
import pytest

from mmearth_core.modalities import MODALITIES, NO_CLASS, SENTINEL2_STORED, target, valid
from mmearth_core.sentinel2 import ENCODER_BANDS


def learned(name, raw, mean=0.0, std=1.0):
    """The target of a modality with one mean and deviation for all channels."""
    modality = MODALITIES[name]
    of = [np.full(modality.outputs, value, np.float32) for value in (mean, std)]
    return target(modality, np.asarray(raw, modality.dtype), *of)


def test_the_modalities_are_in_the_order_of_the_published_loss_weights() -> None:
    assert list(MODALITIES) == [
        "sentinel2", "sentinel1", "aster", "era5", "dynamic_world", "canopy_height_eth", "lat", "lon", "biome",
        "eco_region", "month", "esa_worldcover",
    ]  # fmt: skip
    assert [each.outputs for each in MODALITIES.values()] == [12, 8, 2, 12, 9, 2, 2, 2, 14, 846, 2, 11]


@pytest.mark.parametrize("name", MODALITIES)
def test_a_modality_that_a_tile_lacks_gives_nothing_to_learn(name: str) -> None:
    modality = MODALITIES[name]
    found = learned(name, modality.missing(4), mean=5, std=2)
    assert (found == NO_CLASS).all() if modality.kind == "classes" else np.isnan(found).all()
    assert found.shape == ((modality.outputs,) if modality.kind == "regression" else ()) + (
        (4, 4) if modality.level == "pixel" else ()
    )


def test_b8a_comes_before_b08_and_b10_is_no_target() -> None:
    assert SENTINEL2_STORED.index("B8A") == 7 and SENTINEL2_STORED.index("B08") == 8
    raw = np.broadcast_to(np.arange(1, 14)[:, None, None] * 100, (13, 2, 2))
    found = dict(zip(ENCODER_BANDS, learned("sentinel2", raw)[:, 0, 0], strict=True))
    assert (found["B07"], found["B8A"], found["B08"], found["B09"]) == (700, 800, 900, 1000)
    assert (found["B11"], found["B12"]) == (1200, 1300)


def test_a_sentinel2_pixel_of_zeros_is_missing_although_its_normalised_value_is_not_zero() -> None:
    raw = np.full((13, 1, 4), 700)
    raw[:, 0, 1] = 0
    raw[3, 0, 2] = 0  # one dark band is a measurement
    raw[:, 0, 3] = 0
    raw[SENTINEL2_STORED.index("B10"), 0, 3] = 9  # B10 alone says nothing
    found = learned("sentinel2", raw, mean=1000, std=100)
    assert np.isnan(found).all(axis=0).tolist() == [[False, True, False, True]]
    assert found[3, 0, 2] == -10 and found[0, 0, 0] == -3


def test_a_sentinel2_value_equal_to_the_mean_is_not_missing() -> None:
    assert (learned("sentinel2", np.full((13, 1, 1), 1000), mean=1000) == 0).all()


def test_sentinel1_is_judged_channel_by_channel() -> None:
    raw = np.full((8, 1, 2), -12.0, np.float32)
    raw[2:4] = -np.inf
    raw[0, 0, 1] = np.nan
    found = learned("sentinel1", raw, mean=-10, std=2)
    assert np.isnan(found[:, 0, 0]).tolist() == [False, False, True, True, False, False, False, False]
    assert np.isnan(found[0, 0, 1]) and found[1, 0, 1] == -1


def test_aster_minus_32768_is_missing_and_sea_level_is_not() -> None:
    found = learned("aster", [[[-32768, 0, -3]], [[7, -32768, 0]]], mean=10)
    assert np.isnan(found[:, 0]).tolist() == [[True, False, False], [False, True, False]]
    assert found[0, 0, 1:].tolist() == [-10, -13]


def test_canopy_height_127_is_missing_and_not_a_tall_tree() -> None:
    found = learned("canopy_height_eth", [[[127, 35, 0, -56]], [[3, 127, 0, 4]]], mean=5)
    assert np.isnan(found[:, 0]).tolist() == [[True, False, False, True], [False, True, False, False]]
    assert found[0, 0, 1:3].tolist() == [30, -5]


@pytest.mark.parametrize("missing", [np.nan, np.inf, -np.inf])
def test_era5_of_either_version_is_missing_where_it_is_not_finite(missing: float) -> None:
    raw = np.arange(12.0)
    raw[[2, 7]] = missing
    found = learned("era5", raw)
    assert np.flatnonzero(np.isnan(found)).tolist() == [2, 7]
    assert found[11] == 11


def test_worldcover_0_is_not_tree_cover() -> None:
    assert learned("esa_worldcover", [[[0, 255, 11, 1]]]).tolist() == [[NO_CLASS] * 4]


def test_worldcover_10_is_tree_cover_and_is_learned() -> None:
    assert learned("esa_worldcover", [[[10, 20, 30, 40]]]).tolist() == [[0, 1, 2, 3]]
    assert learned("esa_worldcover", [[[80, 90, 95, 100]]]).tolist() == [[7, 8, 9, 10]]


def test_dynamic_world_0_is_missing_and_water_is_the_first_class() -> None:
    assert learned("dynamic_world", [[[0, 1, 2, 9, 10]]]).tolist() == [[NO_CLASS, 0, 1, 8, NO_CLASS]]


@pytest.mark.parametrize("name", ["biome", "eco_region"])
def test_a_one_hot_vector_has_a_class_when_exactly_one_value_is_hot(name: str) -> None:
    hot = np.zeros(MODALITIES[name].stored)
    assert learned(name, hot) == NO_CLASS
    hot[3] = 1
    assert learned(name, hot) == 3
    hot[5] = 1
    assert learned(name, hot) == NO_CLASS


def test_valid_has_the_shape_of_what_is_stored() -> None:
    for modality in MODALITIES.values():
        if modality.kind == "regression":
            raw = modality.missing(5)
            assert valid(modality, raw).shape == raw.shape and valid(modality, raw).dtype == bool
