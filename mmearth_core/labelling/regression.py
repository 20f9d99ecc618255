"""Multinomial regression that learns from pixels without a label too: how they should be told, and how many of each.

Pure: arrays in, arrays out; knows no file, no samples, no probe.
"""

import numpy as np
from numpy.typing import NDArray

from mmearth_core.processors import one_thread_each

#: How much it counts that pixels without a label are told clearly, against how well labelled ones are told.
CLARITY = 0.1
#: How much of the class shares found is believed: the power they are raised to.
TEMPER = 0.3
#: Rounds of expectation and maximisation by which shares are found. More find them better on average, but in some
#: draws of labels leave a rare class next to nothing (`benchmarks.better_maps`).
ROUNDS = 1
_GRADIENT, _ITERATIONS = 1e-4, 300

#: Coefficients (classes, bands) and intercepts (classes,).
Solution = tuple[NDArray[np.float64], NDArray[np.float64]]


def solve(
    z: NDArray[np.float32],
    label: NDArray[np.intp],
    weight: NDArray[np.float64],
    regularisation: float,
    start: Solution | None = None,
) -> Solution:
    """The least of Σ weight · loss + ‖coefficients‖² / (2 · `regularisation`), for rows `z` (n, bands) of classes
    `label` (n,), all of which occur. There is one such solution, and `start` only shortens the way to it.

    Of two classes the difference of their coefficients is what is penalised, as in plain logistic regression.
    """
    shape = (int(label.max()) + 1, z.shape[1])
    return _Objective(z, label, weight, regularisation).least(start or (np.zeros(shape), np.zeros(shape[0])))


def clarify(
    z: NDArray[np.float32],
    label: NDArray[np.intp],
    weight: NDArray[np.float64],
    regularisation: float,
    start: Solution,
    unlabelled: NDArray[np.float32],
    clarity: float = CLARITY,
) -> Solution:
    """From `solve`'s solution downhill of the same plus `clarity` times the mean entropy of the probabilities of rows
    `unlabelled` (m, bands): borders between classes move to where few pixels are (Grandvalet & Bengio 2005, Adv. Neural
    Inf. Process. Syst. 17, 529-536). That is not convex, so it begins at what the labels alone say."""
    return _Objective(z, label, weight, regularisation, unlabelled, clarity).least(start)


class _Objective:
    """What is made least, as a function of coefficients and intercepts (classes, bands + 1); analytic gradient."""

    def __init__(
        self,
        z: NDArray[np.float32],
        label: NDArray[np.intp],
        weight: NDArray[np.float64],
        regularisation: float,
        unlabelled: NDArray[np.float32] | None = None,
        clarity: float = 0.0,
    ) -> None:
        classes = int(label.max()) + 1
        self._rows = np.ascontiguousarray(z if unlabelled is None else np.concatenate([z, unlabelled]))
        self._labelled = len(z)
        self._target = (np.arange(len(z)), label)
        self._weight = weight.astype(np.float32)[:, None]
        self._clarity = 0.0 if unlabelled is None else clarity / len(unlabelled)
        self._penalty = (2.0 if classes == 2 else 1.0) / regularisation

    def __call__(self, flat: NDArray[np.float64], shape: tuple[int, int]) -> tuple[float, NDArray[np.float64]]:
        parameters = flat.reshape(shape)
        coefficients = parameters[:, :-1]
        scores = self._rows @ coefficients.T.astype(np.float32) + parameters[:, -1].astype(np.float32)
        scores -= scores.max(axis=1, keepdims=True)
        probability = np.exp(scores)
        total = probability.sum(axis=1, keepdims=True)
        probability /= total
        scores -= np.log(total)
        known, slope = self._labelled, probability
        value = -float(np.sum(self._weight[:, 0] * scores[self._target], dtype=np.float64))
        if self._clarity:
            p, log = probability[known:], scores[known:]
            entropy = -np.einsum("nk,nk->n", p, log)
            value += self._clarity * float(entropy.sum(dtype=np.float64))
            slope[known:] = -np.float32(self._clarity) * p * (log + entropy[:, None])
        slope[self._target] -= 1
        slope[:known] *= self._weight
        gradient = np.empty(shape)
        gradient[:, :-1] = slope.T @ self._rows
        gradient[:, :-1] += self._penalty * coefficients
        gradient[:, -1] = slope.sum(axis=0, dtype=np.float64)
        value += self._penalty / 2 * float(np.sum(np.square(coefficients)))
        return value, gradient.ravel()

    def least(self, start: Solution) -> Solution:
        from scipy.optimize import minimize  # noqa: PLC0415 - slow to load, and only where one is fitted

        first = np.column_stack(start)
        options = {"maxiter": _ITERATIONS, "gtol": _GRADIENT, "ftol": 1e-12, "maxls": 30}
        with one_thread_each():
            found = minimize(self, first.ravel(), (first.shape,), jac=True, method="L-BFGS-B", options=options)
        solution = found.x.reshape(first.shape)
        # In one order of memory, so that sums over it round as those over what a file gives back.
        return np.ascontiguousarray(solution[:, :-1]), solution[:, -1].copy()


def class_shares(scores: NDArray[np.floating], rounds: int = ROUNDS) -> NDArray[np.float64]:
    """Share (classes,) of every class among rows of `scores` (m, classes), by a probe taught all classes alike.

    Expectation and maximisation in turn, so many rounds (Saerens, Latinne & Decaestecker 2002, Neural Comput. 14,
    21-41). No share is below that of half a row.
    """
    likelihood = np.exp(scores.astype(np.float64) - scores.max(axis=1, keepdims=True))
    shares = np.full(scores.shape[1], 1 / scores.shape[1])
    for _ in range(rounds):
        posterior = likelihood * shares
        shares = (posterior / posterior.sum(axis=1, keepdims=True)).mean(axis=0)
    shares = np.maximum(shares, 0.5 / len(scores))
    normalised: NDArray[np.float64] = shares / shares.sum()
    return normalised


def shift(shares: NDArray[np.float64], temper: float = TEMPER) -> NDArray[np.float64]:
    """What is added to the scores (classes,) where classes have such shares, of which so much is believed (0 … 1)."""
    return np.asarray(temper * np.log(shares * len(shares)), np.float64)


def log_softmax(scores: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """Logarithms of the probabilities that scores stand for."""
    lower = scores - scores.max(axis=axis, keepdims=True)
    logarithms: NDArray[np.float32] = lower - np.log(np.exp(lower).sum(axis=axis, keepdims=True))
    return logarithms
