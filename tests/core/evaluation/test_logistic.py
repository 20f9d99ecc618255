"""The logistic probe: faint bands do not drown telling ones, and its penalty is chosen on the labels it is given."""

from collections.abc import Callable

import numpy as np
import pytest

from mmearth_core.evaluation import logistic
from mmearth_core.evaluation.logistic import predict_logistic, predict_standardised


def test_bands_of_faint_noise_do_no_harm(make_features: Callable) -> None:
    features, task = make_features(apart=1.5, silent=200)
    half = np.arange(len(task)) % 4 < 2
    predicted = predict_logistic(features[half], task.label[half], task.group[half], features[~half])
    without = predict_logistic(features[half, :6], task.label[half], task.group[half], features[~half, :6])
    assert np.mean(predicted == task.label[~half]) > np.mean(without == task.label[~half]) - 0.03


def test_neither_unit_nor_origin_of_the_features_matters(make_features: Callable) -> None:
    features, task = make_features(apart=1.5)
    known = np.arange(0, 240, 5)
    told = [
        predict_logistic(each[known], task.label[known], task.group[known], each)
        for each in (features, features * 10_000 + 3000)
    ]
    assert np.mean(told[0] == told[1]) > 0.99


@pytest.mark.parametrize(("labels", "choices"), [(logistic.ENOUGH - 1, 0), (logistic.ENOUGH, 1)])
def test_the_penalty_is_chosen_only_where_there_are_labels_to_choose_by(
    make_features: Callable, monkeypatch, labels: int, choices: int
) -> None:
    features, task = make_features(apart=1.0)
    known = np.concatenate([np.flatnonzero(task.label == each)[:labels] for each in range(4)])
    tried = set()

    class Spy(logistic.Probe):
        def __init__(self, train, label, regularisation) -> None:
            tried.add((len(train) < len(known), regularisation))
            super().__init__(train, label, regularisation)

    monkeypatch.setattr(logistic, "Probe", Spy)
    predict_logistic(features[known], task.label[known], task.group[known], features)
    assert {each for inner, each in tried if inner} == (set(logistic.CANDIDATES) if choices else set())


def test_the_penalty_is_never_tried_on_a_place_it_was_fitted_on(make_features: Callable, monkeypatch) -> None:
    features, task = make_features(apart=1.0)
    features = np.concatenate([features, task.group[:, None]], axis=1)  # by which a row's place can be told
    tries = 0

    class Spy(logistic.Probe):
        def __init__(self, train, label, regularisation) -> None:
            self.places = set(train[:, -1])
            super().__init__(train, label, regularisation)

        def predict(self, rows):
            nonlocal tries
            tries += 1
            assert not self.places & set(rows[:, -1])
            return super().predict(rows)

    monkeypatch.setattr(logistic, "Probe", Spy)
    logistic._choose(features, task.label, task.group, 0)
    assert tries == logistic._FOLDS * len(logistic.CANDIDATES)


def test_the_penalty_suits_the_features() -> None:
    rng = np.random.default_rng(0)
    label, group = np.arange(80) % 2, np.arange(80)
    # Two close lines far along: only large coefficients tell them apart. And two clouds in twenty noisy bands.
    along = rng.normal(size=80)
    lines = np.stack([along, along + 0.02 * (2 * label - 1)], axis=1)
    clouds = rng.normal(size=(80, 20)) + 0.3 * (2 * label - 1)[:, None]
    assert logistic._choose(lines, label, group, 0) > logistic._choose(clouds, label, group, 0)


@pytest.mark.parametrize("places", [1, 2, 12])
def test_folds_without_a_class_or_without_any_row_are_survived(places: int) -> None:
    # All rows of one class in one place, so that one fold can learn nothing; with few other places, a fold is empty.
    label, group = np.repeat([0, 1], 12), np.concatenate([np.zeros(12, int), 1 + np.arange(12) % places])
    features = np.eye(2)[label] * 5 + np.random.default_rng(0).normal(size=(24, 2)) * 0.1
    assert np.array_equal(predict_logistic(features, label, group, features), label)


def test_features_that_never_vary_give_an_answer() -> None:
    predicted = predict_logistic(np.ones((4, 3)), np.array([0, 0, 0, 1]), np.arange(4), np.ones((2, 3)))
    assert predicted.tolist() == [0, 0]


def test_bands_divided_by_their_spread_tell_classes_whatever_their_units(make_features: Callable) -> None:
    features, task = make_features(apart=1.5)
    known = np.arange(0, 240, 5)
    units = np.geomspace(1e-3, 1e3, features.shape[1])
    told = [
        predict_standardised(each[known], task.label[known], each) for each in (features, features * units + 10 * units)
    ]
    assert np.mean(told[0] == told[1]) > 0.99
    assert np.mean(told[0] == task.label) > 0.6
