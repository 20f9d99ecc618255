"""Places found again on another date: by hand, by chance, and whatever the unit of the features."""

import numpy as np
import pytest

from mmearth_core.evaluation.retrieval import nearest_elsewhere, retrieval_accuracy


def test_places_found_are_counted_for_every_pair_of_dates() -> None:
    east, north, west = [1.0, 0.0], [0.0, 1.0], [-1.0, 0.1]
    # Centred by (0, 1.1 / 3): on the second date the first two have changed places.
    dates = np.array([[east, north, west], [north, east, west], [east, north, west]])
    found = retrieval_accuracy(dates)
    #              0→1  0→2  1→0  1→2  2→0  2→1
    assert found == pytest.approx([1 / 3, 1, 1 / 3, 1 / 3, 1, 1 / 3])


def test_what_holds_nothing_is_found_by_chance() -> None:
    rng = np.random.default_rng(0)
    found = retrieval_accuracy(rng.normal(size=(20, 10, 5)))
    assert found.shape == (380,)
    assert found.mean() == pytest.approx(0.1, abs=0.02)
    assert retrieval_accuracy(np.ones((2, 4, 3))).tolist() == [0.25, 0.25]


def test_units_of_the_features_do_not_matter() -> None:
    rng = np.random.default_rng(1)
    places = rng.normal(size=(1, 15, 6)) + rng.normal(size=(4, 15, 6)) * 0.5
    found = retrieval_accuracy(places)
    assert found.mean() > 0.5
    assert np.array_equal(found, retrieval_accuracy(places * np.logspace(-3, 4, 6) + 7))


def test_the_nearest_tile_is_of_another_place_and_weighs_every_feature_alike() -> None:
    # In the second feature alone 0 and 2 are alike; the first is in units a thousand times larger and says nothing.
    features = np.array([[1000, 5, 0], [1010, 5, 0], [1020, 5, 0], [1000, -5, 1], [1020, -5, 1]], np.float64)
    place = np.array([0, 0, 1, 1, 2])
    assert nearest_elsewhere(features, place)[[0, 1, 3, 4]].tolist() == [2, 2, 4, 3]


def test_nothing_is_nearest_elsewhere_when_all_is_of_one_place() -> None:
    with pytest.raises(ValueError, match="one group"):
        nearest_elsewhere(np.eye(3), np.zeros(3, int))
