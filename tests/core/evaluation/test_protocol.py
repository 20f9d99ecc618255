"""The few-shot protocol: what can be told apart is told apart, what cannot is not, and all see the same draws."""

from collections.abc import Callable

import numpy as np
import pytest
from sklearn.metrics import f1_score

from mmearth_core.evaluation import baselines
from mmearth_core.evaluation.protocol import (
    BASELINE_CLASSIFIERS,
    PROBES,
    Labelled,
    Scores,
    averaged,
    best_of,
    evaluate,
    of_trainings,
)


@pytest.fixture(autouse=True)
def small_forest(monkeypatch) -> None:
    monkeypatch.setattr(baselines, "TREES", 20)


@pytest.mark.parametrize("name", BASELINE_CLASSIFIERS)
def test_classes_far_apart_are_told_apart_with_few_labels(make_features: Callable, name: str) -> None:
    features, task = make_features(apart=6.0)
    scores = evaluate(features, task, BASELINE_CLASSIFIERS[name], counts=(5, 10), seeds=3)
    assert scores.macro_f1.shape == scores.accuracy.shape == (2, 3)
    assert scores.accuracy.min() > 0.9
    assert np.abs(scores.macro_f1 - scores.accuracy).max() < 0.05


@pytest.mark.parametrize("name", BASELINE_CLASSIFIERS)
def test_shuffled_labels_are_guessed(make_features: Callable, name: str) -> None:
    features, task = make_features(apart=6.0, shuffled=True)
    scores = evaluate(features, task, BASELINE_CLASSIFIERS[name], counts=(10,), seeds=6)
    assert 0.15 < scores.accuracy.mean() < 0.35


@pytest.mark.parametrize("name", PROBES)
def test_more_labels_help(make_features: Callable, name: str) -> None:
    features, task = make_features(apart=0.8)
    scores = evaluate(features, task, PROBES[name], counts=(1, 20), seeds=6)
    assert scores.macro_f1[1].mean() > scores.macro_f1[0].mean() + 0.1


def test_every_method_sees_the_same_draws(make_features: Callable) -> None:
    features, task = make_features(apart=1.0)
    seen: list[list[bytes]] = [[], []]

    def spy(which: int) -> Callable:
        def classify(known: Labelled, test: np.ndarray) -> np.ndarray:
            # Which rows were drawn is visible in the group and label, whatever the features are.
            seen[which].append(known.group.tobytes() + known.label.tobytes() + bytes([len(test)]))
            return np.zeros(len(test), np.intp)

        return classify

    evaluate(features, task, spy(0), counts=(1, 5), seeds=3)
    evaluate(features[:, :2] * 100, task, spy(1), counts=(1, 5), seeds=3)
    assert seen[0] == seen[1]
    assert len(set(seen[0])) == 6


def test_scores_are_what_they_are_called(make_features: Callable) -> None:
    features, task = make_features(apart=1.0)
    scores = evaluate(features, task, lambda known, test: np.zeros(len(test), np.intp), counts=(1,), seeds=2)  # noqa: ARG005
    # All told to be the first of four equal classes: a quarter right; F1 of the first 2·¼ / (1 + ¼), of the others 0.
    assert scores.accuracy == pytest.approx(np.full((1, 2), 0.25))
    assert scores.macro_f1 == pytest.approx(np.full((1, 2), 0.4 / 4))


def test_f1_is_that_of_scikit_learn_over_the_classes_tested(make_features: Callable) -> None:
    features, task = make_features(apart=0.3)
    told = []

    def classify(known: Labelled, test: np.ndarray) -> np.ndarray:
        told.append((test, PROBES["kNN-5"](known, test)))
        return told[-1][1]

    scores = evaluate(features, task, classify, counts=(5,), seeds=2)
    index = {row.tobytes(): label for row, label in zip(features, task.label, strict=True)}
    for seed, (test, predicted) in enumerate(told):
        truth = [index[row.tobytes()] for row in test]
        assert scores.macro_f1[0, seed] == pytest.approx(f1_score(truth, predicted, average="macro"))


def test_the_same_evaluation_gives_the_same_scores(make_features: Callable) -> None:
    features, task = make_features(apart=1.0)
    for classifier in BASELINE_CLASSIFIERS.values():
        first, second = (evaluate(features, task, classifier, counts=(10,), seeds=2) for _ in range(2))
        assert np.array_equal(first.macro_f1, second.macro_f1)


def test_features_of_other_rows_are_refused(make_features: Callable) -> None:
    features, task = make_features(apart=1.0)
    with pytest.raises(ValueError, match="239 rows of features for 240"):
        evaluate(features[:-1], task, PROBES["kNN-5"])


def test_the_best_is_chosen_for_each_number_of_labels() -> None:
    low, high = np.array([[0.1, 0.3], [0.8, 0.6]]), np.array([[0.4, 0.6], [0.5, 0.5]])
    best = best_of([Scores((1, 5), low, low), Scores((1, 5), high, high + 0.1)], "macro_f1")
    assert best.macro_f1.tolist() == [[0.4, 0.6], [0.8, 0.6]]
    assert best.accuracy.tolist() == [[0.5, 0.7], [0.8, 0.6]]


def test_trainings_of_one_encoder_are_averaged_and_their_spread_is_kept() -> None:
    low, high = np.array([[0.1, 0.3], [0.8, 0.6]]), np.array([[0.3, 0.7], [0.6, 0.6]])
    both = [Scores((1, 5), low, low + 0.1), Scores((1, 5), high, high)]
    assert averaged(both).macro_f1 == pytest.approx(np.array([[0.2, 0.5], [0.7, 0.6]]))
    assert averaged(both).accuracy == pytest.approx(np.array([[0.25, 0.55], [0.75, 0.65]]))
    # A column is a training: the mean of its two draws.
    assert of_trainings(both).macro_f1 == pytest.approx(np.array([[0.2, 0.5], [0.7, 0.6]]))
    assert of_trainings(both).accuracy == pytest.approx(np.array([[0.3, 0.5], [0.8, 0.6]]))
