"""Protocols that leave the encoder as it is: neighbours and planes on its features, settings chosen on validation.

Knows features and labels only. Each gives what is told of the test tiles, and the facts of how.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmearth_core.evaluation.judging.evidence import METRICS, Evidence
from mmearth_core.evaluation.knn import NEIGHBOURS, nearest_rows, predict_knn
from mmearth_core.evaluation.logistic import Probe, unfinished_is_good_enough
from mmearth_core.evaluation.tasks.contract import Target
from mmearth_core.processors import one_thread_each

#: Values of C that are tried, as scikit-learn has it: C · sum of losses + ½‖coefficients‖².
SWEEP = tuple(float(10.0**power) for power in range(-4, 4))
#: The same on pixels, where the loss is a mean: bands, which are nearly collinear, want the last of them.
PIXEL_SWEEP = tuple(float(10.0**power) for power in range(7))
#: Pixels that are learned from and that are chosen by, drawn evenly from the tiles, at most.
PIXELS = 50_000


@dataclass(frozen=True, eq=False)
class Rows:
    """Features (n, d) with labels as the task has them."""

    features: NDArray[np.floating]
    labels: NDArray[Any]


@dataclass(frozen=True, eq=False)
class Told:
    """What a protocol tells of the test tiles, in the form of their labels; `facts`: what it chose."""

    labels: NDArray[Any]
    facts: dict[str, Any] = field(default_factory=dict)


def knn5(train: Rows, test: NDArray[np.floating], target: Target) -> Told:
    """Five nearest by cosine similarity: the commonest class, or the classes that most of them show."""
    if target == "class":
        return Told(predict_knn(train.features, train.labels, test))
    chosen = nearest_rows(train.features, test, NEIGHBOURS)
    return Told(train.labels[chosen].mean(axis=1) > 0.5)


def linear(train: Rows, valid: Rows, test: NDArray[np.floating], target: Target, classes: int) -> Told:
    """Logistic regression on features each divided by its spread in the training tiles, of the C of `SWEEP` that does
    best on the validation tiles; the first of equally good ones. Several classes have a regression each, of one C."""
    centre, spread = train.features.mean(axis=0), train.features.std(axis=0)
    scale = np.where(spread > 0, spread, 1)
    learned, chosen_by, asked = (
        np.asarray((each - centre) / scale, np.float64) for each in (train.features, valid.features, test)
    )
    columns = _columns(train.labels, target)
    best: tuple[float, float, Any] | None = None
    with one_thread_each(), unfinished_is_good_enough():
        models = [_regression() for _ in columns]
        for c in SWEEP:
            for model, column in zip(models, columns, strict=True):
                if len(np.unique(column)) > 1:
                    model.set_params(C=c).fit(learned, column)
            told = _predicted(models, columns, chosen_by, target)
            score = Evidence.of(target, classes, valid.labels, told).metric(METRICS[target][0])
            if best is None or score > best[0]:
                best = (score, c, _predicted(models, columns, asked, target))
    if best is None:
        raise ValueError("there is nothing to sweep")
    return Told(best[2], {"C": best[1], "validation": best[0]})


def _regression() -> Any:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - half a second, and only where one is fitted

    return LogisticRegression(max_iter=500, warm_start=True)


def _columns(labels: NDArray[Any], target: Target) -> Sequence[NDArray[Any]]:
    return [labels] if target == "class" else list(labels.T)


def _predicted(
    models: Sequence[Any], columns: Sequence[NDArray[Any]], rows: NDArray[np.float64], target: Target
) -> NDArray[Any]:
    """What the regressions tell; of a column with one value that value."""
    told = [
        model.predict(rows) if len(np.unique(column)) > 1 else np.full(len(rows), column[0])
        for model, column in zip(models, columns, strict=True)
    ]
    return told[0] if target == "class" else np.stack(told, axis=1)


#: Features (n, d, H, W) and labels (n, H, W) of tiles, a few at a time.
TileBatches = Callable[[], "Sequence[tuple[NDArray[np.float32], NDArray[np.intp]]] | Any"]


def segment_linear(
    train: TileBatches, valid: TileBatches, test: TileBatches, classes: int, seed: int, count: tuple[int, int]
) -> Told:
    """A logistic probe on single pixels, features divided by one number (`logistic.Probe`), of the penalty that does
    best on pixels of the validation tiles. `count`: how many tiles there are to learn from and to choose by."""
    learned = _pixels(train, count[0], np.random.default_rng([seed, 2]))
    chosen_by = _pixels(valid, count[1], np.random.default_rng([seed, 3]))
    best: tuple[float, float, Probe] | None = None
    with one_thread_each(), unfinished_is_good_enough():
        for penalty in PIXEL_SWEEP:
            probe = Probe(learned.features, learned.labels, penalty)
            told = probe.predict(chosen_by.features)
            score = Evidence.of("pixels", classes, chosen_by.labels[None], told[None]).metric("mIoU")
            if best is None or score > best[0]:
                best = (score, penalty, probe)
        if best is None:
            raise ValueError("there is nothing to sweep")
        labels = [_of_maps(best[2], maps) for maps, _ in test()]
    return Told(np.concatenate(labels), {"C": best[1], "validation": best[0], "pixels": len(learned.labels)})


def _of_maps(probe: Probe, maps: NDArray[np.float32]) -> NDArray[np.intp]:
    n, d, height, width = maps.shape
    return probe.predict(maps.transpose(0, 2, 3, 1).reshape(-1, d)).reshape(n, height, width)


def _pixels(tiles: TileBatches, count: int, rng: np.random.Generator) -> Rows:
    """Labelled pixels, as many of each tile."""
    each_tile = max(1, PIXELS // max(1, count))
    features, labels = [], []
    for maps, label in tiles():
        for one, its in zip(maps, label, strict=True):
            spots = rng.permutation(np.flatnonzero(its.ravel() >= 0))[:each_tile]
            features.append(one.reshape(len(one), -1).T[spots])
            labels.append(its.ravel()[spots])
    return Rows(np.concatenate(features), np.concatenate(labels))
