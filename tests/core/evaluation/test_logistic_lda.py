"""The mean of logistic and LDA: probabilities are those of the textbook, and few labels are no reason to fail."""

from collections.abc import Callable

import numpy as np
import pytest

from mmearth_core.evaluation import logistic_lda
from mmearth_core.evaluation.logistic import fitted_probe
from mmearth_core.evaluation.logistic_lda import lda_probabilities, predict_logistic_lda


def test_discriminant_analysis_of_one_feature_is_that_of_the_textbook() -> None:
    # Means 1 and 5, variance 1 within both; the logit is (5 - 1) / 1 · (x - 3). One feature cannot be shrunk.
    train, label = np.array([[0.0], [2.0], [4.0], [6.0]]), np.array([3, 3, 7, 7])
    found = lda_probabilities(train, label, np.array([[3.0], [3.5], [1.0]]))
    assert found[:, 1] == pytest.approx(1 / (1 + np.exp(-4 * np.array([0, 0.5, -2]))), rel=1e-6)
    assert found.sum(axis=1) == pytest.approx(1)


def test_a_rare_class_is_not_thought_rare() -> None:
    # Nine and two labels, means 0 and 4, so that the middle is equally likely for both.
    train = np.array([[-1.0], [1.0]] * 4 + [[0.0]] + [[3.0], [5.0]])
    found = lda_probabilities(train, np.array([0] * 9 + [1] * 2), np.array([[2.0]]))
    assert found[0] == pytest.approx([0.5, 0.5])


def test_the_class_told_is_that_of_the_highest_mean(monkeypatch) -> None:
    class Sure:
        def probabilities(self, rows: np.ndarray) -> np.ndarray:
            return np.array([[0.6, 0.4], [0.9, 0.1], [0.5, 0.5]])[: len(rows)]

    monkeypatch.setattr(logistic_lda, "fitted_probe", lambda *_, **__: Sure())
    lda = np.array([[0.3, 0.7], [0.4, 0.6], [0.5, 0.5]])
    monkeypatch.setattr(logistic_lda, "lda_probabilities", lambda *_: lda)
    told = predict_logistic_lda(np.zeros((2, 1)), np.array([4, 9]), np.arange(2), np.zeros((3, 1)))
    # Means .45 and .55, .65 and .35, equal.
    assert told.tolist() == [9, 4, 4]


@pytest.mark.parametrize("counts", [(1, 1, 1), (1, 2, 5)])
def test_a_class_of_one_label_is_learned_too(counts: tuple[int, ...]) -> None:
    label = np.repeat(np.arange(3), counts)
    train = np.eye(3)[label] * 5 + np.random.default_rng(0).normal(size=(len(label), 3)) * 0.1
    assert predict_logistic_lda(train, label, np.arange(len(label)), np.eye(3) * 5).tolist() == [0, 1, 2]


def test_with_one_label_in_every_class_the_logistic_probe_decides(make_features: Callable) -> None:
    features, task = make_features(apart=1.0)
    known = np.array([0, 60, 120, 180])
    told = predict_logistic_lda(features[known], task.label[known], task.group[known], features)
    alone = fitted_probe(features[known], task.label[known], task.group[known]).predict(features)
    assert np.array_equal(told, alone)


def test_more_features_than_labels_are_no_reason_to_fail(make_features: Callable) -> None:
    features, task = make_features(apart=4.0, silent=200)
    known = np.concatenate([np.flatnonzero(task.label == each)[:3] for each in range(4)])
    told = predict_logistic_lda(features[known], task.label[known], task.group[known], features)
    assert np.mean(told == task.label) > 0.9


def test_features_that_never_vary_give_an_answer() -> None:
    told = predict_logistic_lda(np.ones((4, 3)), np.array([0, 0, 0, 1]), np.arange(4), np.ones((2, 3)))
    assert set(told.tolist()) <= {0, 1}
