"""Metrics are those of the textbooks, intervals hold what they say, and differences are of the same tiles."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, jaccard_score

from mmearth_core.evaluation.judging.evidence import Evidence

RNG = np.random.default_rng(0)


def test_metrics_are_those_of_scikit_learn() -> None:
    truth, told = RNG.integers(0, 4, 200), RNG.integers(0, 4, 200)
    one = Evidence.of("class", 4, truth, told)
    assert one.metric("accuracy") == pytest.approx(accuracy_score(truth, told))
    assert one.metric("macro F1") == pytest.approx(f1_score(truth, told, average="macro"))
    there, said = RNG.random((50, 6)) < 0.4, RNG.random((50, 6)) < 0.5
    assert Evidence.of("classes", 6, there, said).metric("micro F1") == pytest.approx(
        f1_score(there, said, average="micro")
    )
    maps, drawn = RNG.integers(-1, 3, (7, 8, 8)), RNG.integers(0, 3, (7, 8, 8))
    pixels, known = Evidence.of("pixels", 3, maps, drawn), maps >= 0
    assert pixels.metric("mIoU") == pytest.approx(jaccard_score(maps[known], drawn[known], average="macro"))
    assert pixels.metric("pixel accuracy") == pytest.approx(accuracy_score(maps[known], drawn[known]))


def test_a_class_that_never_occurs_is_no_class_of_the_mean() -> None:
    maps = np.array([[[0, 0, 1, 1]]])
    assert Evidence.of("pixels", 5, maps, maps).metric("mIoU") == 1.0


def test_an_interval_holds_the_metric_and_is_narrower_with_more_tiles() -> None:
    right = RNG.random(900) < 0.7
    many = Evidence.of("class", 2, np.ones(900, int), right.astype(int))
    few = Evidence.of("class", 2, np.ones(60, int), right[:60].astype(int))
    for each in (many, few):
        low, high = each.interval("accuracy")
        assert low < each.metric("accuracy") < high
    width = np.diff(many.interval("accuracy"))[0]
    assert width == pytest.approx(2 * 1.96 * np.sqrt(0.21 / 900), rel=0.2)
    assert np.diff(few.interval("accuracy"))[0] > 2 * width


def test_a_difference_is_of_the_same_tiles() -> None:
    truth = np.ones(200, int)
    told = (RNG.random(200) < 0.6).astype(int)
    better = told.copy()
    better[np.flatnonzero(told == 0)[:8]] = 1
    gap, low, high = Evidence.of("class", 2, truth, better).ahead_of(Evidence.of("class", 2, truth, told), "accuracy")
    # Alone each is unsure by 0.07; that the one is never worse than the other is sure.
    assert gap == pytest.approx(0.04) and 0 < low < gap < high < 0.08
    with pytest.raises(ValueError, match="not the same"):
        Evidence.of("class", 2, truth, told).ahead_of(Evidence.of("class", 2, truth[:3], told[:3]), "accuracy")
