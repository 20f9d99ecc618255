"""Places found again on another date: by hand, by chance, and whatever the unit of the features."""

import numpy as np
import pytest

from mmearth_core.evaluation.retrieval import effective_rank, nearest_elsewhere, retrieval_accuracy


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


def test_the_effective_rank_counts_directions_whatever_their_units() -> None:
    rng = np.random.default_rng(2)
    apart = np.linalg.qr(rng.normal(size=(400, 4)) - 0.5)[0]
    apart -= apart.mean(axis=0)
    two = np.stack([apart[:, 0], apart[:, 0] * 1e3 + 5, apart[:, 1], -apart[:, 1]], axis=1)
    independent = rng.normal(size=(20_000, 4)) * np.logspace(-3, 3, 4)
    assert effective_rank(independent) == pytest.approx(4, abs=0.01)
    assert effective_rank(np.column_stack([two, np.ones(400)])) == pytest.approx(2, abs=0.1)
    assert effective_rank(two[:, :2]) == pytest.approx(1)
    # Two that correlate by r have eigenvalues 1 + r and 1 - r; here 1.6 and 0.4.
    first, second = np.array([1.0, -1, 1, -1]), np.array([1.0, 1, -1, -1])
    pair = np.stack([first, 0.6 * first + 0.8 * second], axis=1)
    assert effective_rank(pair) == pytest.approx(np.exp(-(0.8 * np.log(0.8) + 0.2 * np.log(0.2))))
    assert effective_rank(np.ones((5, 3))) == 0
