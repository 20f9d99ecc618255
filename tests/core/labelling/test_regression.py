"""The regression: the optimum is one, gradients are those of the objective, unlabelled rows move borders to gaps."""

import numpy as np
import pytest
from scipy.optimize import check_grad

from mmearth_core.labelling import regression
from mmearth_core.labelling.regression import clarify, class_shares, shift, solve


def rows(classes: int = 3, count: int = 60, bands: int = 8, seed: int = 0) -> tuple:
    rng = np.random.default_rng(seed)
    label = np.arange(count) % classes
    z = rng.normal(rng.normal(0, 1, (classes, bands))[label], 1).astype(np.float32)
    return z, label, np.full(count, 1 / count), 30.0


@pytest.mark.parametrize("classes", [2, 3])
def test_the_gradient_is_that_of_the_objective(classes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(np, "float32", np.float64)  # differences of float32 are too coarse to compare with
    taught, others = rows(classes), np.random.default_rng(1).normal(0, 1, (40, 8))
    objective = regression._Objective(*taught, unlabelled=others, clarity=0.7)
    at, shape = np.random.default_rng(2).normal(0, 0.5, classes * 9), (classes, 9)
    error = check_grad(lambda x: objective(x, shape)[0], lambda x: objective(x, shape)[1], at, epsilon=1e-6)
    assert error < 1e-5


@pytest.mark.parametrize("classes", [2, 4])
def test_it_is_the_regression_of_scikit_learn(classes: int) -> None:
    from sklearn.linear_model import LogisticRegression

    z, label, weight, regularisation = rows(classes)
    model = LogisticRegression(C=regularisation, tol=1e-8, max_iter=1000).fit(z, label, sample_weight=weight)
    coefficients, intercept = solve(z, label, weight, regularisation)
    scores = z @ coefficients.T + intercept
    expected = model.decision_function(z)
    found = scores[:, 1] - scores[:, 0] if classes == 2 else scores - scores.mean(axis=1, keepdims=True)
    wanted = expected if classes == 2 else expected - expected.mean(axis=1, keepdims=True)
    assert np.allclose(found, wanted, atol=5e-3)


def test_the_start_does_not_matter() -> None:
    taught = rows()
    start = np.random.default_rng(3).normal(0, 3, (3, 8)), np.array([5.0, -5.0, 0.0])
    cold, warm = solve(*taught), solve(*taught, start)
    assert np.allclose(cold[0], warm[0], atol=5e-3) and np.allclose(np.diff(cold[1]), np.diff(warm[1]), atol=5e-3)


def test_unlabelled_rows_move_the_border_to_where_few_are() -> None:
    # Two clusters along the first axis; the labels say that a second axis, of noise, tells them apart as well.
    rng = np.random.default_rng(0)
    cluster = np.repeat([0, 1], 500)
    others = np.column_stack([4.0 * cluster - 2, np.zeros(1000)]) + rng.normal(0, [0.4, 2], (1000, 2))
    z, label = np.array([[-1.2, -1.2], [1.2, 1.2]], np.float32), np.array([0, 1])
    taught = z, label, np.full(2, 0.5), 30.0
    others = others.astype(np.float32)

    def right(solution: tuple) -> float:
        return float(np.mean((others @ solution[0].T + solution[1]).argmax(axis=1) == cluster))

    plain = solve(*taught)
    assert right(plain) < 0.85
    assert right(clarify(*taught, plain, others, 0.3)) > 0.95


def test_shares_are_found_and_none_is_nothing() -> None:
    rng = np.random.default_rng(0)
    label = rng.choice(3, 3000, p=[0.8, 0.19, 0.01])
    others = (8.0 * np.eye(3)[label] + rng.normal(0, 1, (3000, 3))).astype(np.float32)
    assert np.allclose(class_shares(3 * others), np.bincount(label) / 3000, atol=0.01)
    # What cannot be told apart is shared alike in one round.
    assert np.allclose(class_shares(0 * others), 1 / 3)
    never = class_shares(3 * others[label == 0])
    assert (never > 0).all() and never.sum() == pytest.approx(1)


def test_a_shift_is_tempered_and_equal_shares_change_nothing() -> None:
    assert np.allclose(shift(np.full(4, 0.25)), 0)
    shares = np.array([0.7, 0.2, 0.1])
    assert np.allclose(np.diff(shift(shares, 0.3)), 0.3 * np.diff(np.log(shares)))
    assert np.allclose(np.diff(shift(shares, 1.0)), np.diff(np.log(shares)))
