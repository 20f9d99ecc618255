"""The few-shot protocol: every method on the same draws of few labels, tested on other places.

Knows features and labels only; where they come from is not its business.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mmearth_core.evaluation.baselines import predict_forest
from mmearth_core.evaluation.knn import predict_knn
from mmearth_core.evaluation.logistic import predict_logistic, predict_standardised
from mmearth_core.evaluation.logistic_lda import predict_logistic_lda
from mmearth_core.evaluation.splits import Task, draw

#: Labels per class, and how often they are drawn.
COUNTS = (1, 5, 10, 20)
SEEDS = 10

Metric = Literal["macro_f1", "accuracy"]
METRICS: tuple[Metric, ...] = ("macro_f1", "accuracy")


@dataclass(frozen=True, eq=False)
class Labelled:
    """What a classifier may learn from: rows (m, d), their classes and places (m,), and a seed for its own choices."""

    features: NDArray[np.floating]
    label: NDArray[np.intp]
    group: NDArray[np.intp]
    seed: int


#: Learns from labelled rows and tells the class (n,) of other rows (n, d).
Classifier = Callable[[Labelled, NDArray[np.floating]], NDArray[np.intp]]

#: What features of encoders are judged by.
PROBES: Mapping[str, Classifier] = {
    "kNN-5": lambda known, test: predict_knn(known.features, known.label, test),
    "logistic": lambda known, test: predict_logistic(known.features, known.label, known.group, test, seed=known.seed),
    "logistic, each standardised": lambda known, test: predict_standardised(known.features, known.label, test),
    "mean of logistic and LDA": lambda known, test: predict_logistic_lda(
        known.features, known.label, known.group, test, seed=known.seed
    ),
}
#: What bands are judged by, which a forest can use better than a plane.
BASELINE_CLASSIFIERS: Mapping[str, Classifier] = {
    **PROBES,
    "random forest": lambda known, test: predict_forest(known.features, known.label, test, seed=known.seed),
}


@dataclass(frozen=True, eq=False)
class Scores:
    """What one classifier made of one set of features: arrays (counts, seeds).

    `macro_f1` is the mean over the tested classes of F1, `accuracy` the share of rows right. The same column is the
    same draw for every method, so scores are compared column by column.
    """

    counts: tuple[int, ...]
    macro_f1: NDArray[np.float64]
    accuracy: NDArray[np.float64]

    def of(self, metric: Metric) -> NDArray[np.float64]:
        return self.macro_f1 if metric == "macro_f1" else self.accuracy

    def __str__(self) -> str:
        figures = zip(self.counts, self.macro_f1, self.accuracy, strict=True)
        return "  ".join(f"{n}: F1 {spread(f1)} acc {spread(accuracy)}" for n, f1, accuracy in figures)


def evaluate(
    features: NDArray[np.floating],
    task: Task,
    classifier: Classifier,
    *,
    counts: Sequence[int] = COUNTS,
    seeds: int = SEEDS,
) -> Scores:
    """Scores of a classifier on features (n, d), one row for each of the task's, with few labels drawn `seeds` times.

    The draws are those of `splits.draw` with seeds 0, 1, …: the same for all features and classifiers.
    """
    if len(features) != len(task):
        raise ValueError(f"{len(features)} rows of features for {len(task)} rows of {task.name}")
    macro_f1, accuracy = np.zeros((len(counts), seeds)), np.zeros((len(counts), seeds))
    for seed in range(seeds):
        for i, drawn in enumerate(draw(task, counts, seed)):
            rows = drawn.train
            known = Labelled(features[rows], task.label[rows], task.group[rows], seed)
            predicted, truth = classifier(known, features[drawn.test]), task.label[drawn.test]
            macro_f1[i, seed] = mean_f1(truth, predicted, len(task.classes))
            accuracy[i, seed] = np.mean(predicted == truth)
    return Scores(tuple(counts), macro_f1, accuracy)


def best_of(scores: Sequence[Scores], metric: Metric) -> Scores:
    """Of several methods, for each number of labels the one whose mean is highest."""
    winner = np.argmax([each.of(metric).mean(axis=1) for each in scores], axis=0)
    rows = np.arange(len(winner))
    return Scores(
        scores[0].counts,
        np.stack([each.macro_f1 for each in scores])[winner, rows],
        np.stack([each.accuracy for each in scores])[winner, rows],
    )


def averaged(scores: Sequence[Scores]) -> Scores:
    """Mean of the scores of several trainings of one encoder, draw by draw."""
    macro_f1, accuracy = (np.mean([each.of(metric) for each in scores], axis=0) for metric in METRICS)
    return Scores(scores[0].counts, macro_f1, accuracy)


def of_trainings(scores: Sequence[Scores]) -> Scores:
    """A column for each of several trainings instead of each draw: means over the draws."""
    macro_f1, accuracy = (np.stack([each.of(metric).mean(axis=1) for each in scores], axis=1) for metric in METRICS)
    return Scores(scores[0].counts, macro_f1, accuracy)


def spread(values: NDArray[np.float64]) -> str:
    """Mean and standard deviation over draws, as they are printed."""
    deviation = values.std(ddof=1) if len(values) > 1 else 0.0
    return f"{values.mean():.3f} ± {deviation:.3f}"


def over_trainings(values: Sequence[float] | NDArray[np.float64], sign: str = "") -> str:
    """Mean of a value for each training, and their standard deviation where there are several; `sign` "+" for
    differences."""
    text = f"{np.mean(values):{sign}.3f}"
    return f"{text} ± {np.std(values, ddof=1):.3f}" if len(values) > 1 else text


def mean_f1(truth: NDArray[np.intp], predicted: NDArray[np.intp], classes: int) -> float:
    """Mean over the classes that occur in `truth` of 2 · right / (told + there are)."""
    right, told, there = (
        np.bincount(each, minlength=classes) for each in (truth[truth == predicted], predicted, truth)
    )
    tested = there > 0
    return float(np.mean(2 * right[tested] / (told + there)[tested]))
