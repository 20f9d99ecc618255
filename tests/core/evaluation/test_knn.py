"""Nearest neighbours: the same as looking at every pair, and never a matter of chance."""

import numpy as np
import pytest

from mmearth_core.evaluation import knn
from mmearth_core.evaluation.knn import predict_knn


def by_hand(train: np.ndarray, label: np.ndarray, test: np.ndarray, neighbours: int) -> list[int]:
    """Every pair by itself: votes of the nearest, ties to the class that comes first among them."""
    told = []
    for row in test:
        nearness = [float(row @ each / np.linalg.norm(row) / np.linalg.norm(each)) for each in train]
        near = label[np.argsort(-np.array(nearness), kind="stable")[:neighbours]].tolist()
        told.append(max(near, key=lambda each: (near.count(each), -near.index(each))))
    return told


@pytest.mark.parametrize("neighbours", [1, 4, 5, 40])
def test_neighbours_are_those_of_a_search_through_all_pairs(monkeypatch, neighbours: int) -> None:
    rng = np.random.default_rng(0)
    train, test, label = rng.normal(size=(31, 7)), rng.normal(size=(50, 7)), rng.integers(0, 4, 31)
    monkeypatch.setattr(knn, "_AT_ONCE", 31 * 8)  # several rounds
    assert predict_knn(train, label, test, neighbours=neighbours).tolist() == by_hand(train, label, test, neighbours)


def test_the_length_of_a_row_does_not_matter() -> None:
    rng = np.random.default_rng(1)
    train, test, label = rng.normal(size=(40, 5)), rng.normal(size=(30, 5)), rng.integers(0, 3, 40)
    scaled = predict_knn(train * rng.uniform(0.01, 100, (40, 1)), label, test * rng.uniform(0.01, 100, (30, 1)))
    assert np.array_equal(scaled, predict_knn(train, label, test))
    assert np.array_equal(predict_knn(train, label, test * 1e-12), predict_knn(train, label, test))


def test_with_one_label_per_class_the_nearest_wins() -> None:
    train = np.eye(6)
    assert predict_knn(train, np.arange(6), train + 0.1).tolist() == list(range(6))


def test_equally_near_rows_are_taken_in_their_order_however_many_are_told_at_once(monkeypatch) -> None:
    rng = np.random.default_rng(2)
    # Ten copies of each of three rows, so that the five nearest are always chosen among equals; scaled, to be rounded.
    train = np.repeat(rng.normal(size=(3, 9)), 10, axis=0) * rng.uniform(0.5, 2, (30, 1))
    label = np.tile([0, 1, 2, 2, 0, 1, 1, 1, 1, 1], 3)
    test = np.repeat(train[[0, 10, 20]], 7, axis=0)
    expected = [0] * 21  # of the first five copies two are class 0, two class 2: the first is nearer
    assert predict_knn(train, label, test).tolist() == expected
    monkeypatch.setattr(knn, "_AT_ONCE", 1)
    assert predict_knn(train, label, test).tolist() == expected


def test_a_row_of_zeros_is_told_something() -> None:
    assert predict_knn(np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([1, 0]), np.zeros((2, 2))).tolist() == [1, 1]
