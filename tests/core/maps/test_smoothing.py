"""Smoothing: finite support, no-data without a say, the same numbers in every part; speckle goes and rivers stay."""

from itertools import permutations

import numpy as np
import pytest
from numpy.typing import NDArray

from mmearth_core.maps.smoothing import MARGIN, Smoothing, margin, smoothed
from mmearth_core.raster.grid import Window

SMOOTHINGS: tuple[Smoothing, ...] = ("edges", "strong")
SHAPE = (60, 70)
#: The places of four classes in a guide of three bands, as a probe lays them: with variance 1 in the first.
CENTRES = np.array([[1.4, 0.3, 0.1], [-1.3, 0.6, -0.2], [0.2, -1.0, 0.6], [-0.3, 0.1, -1.0]], np.float32)


def drawn(truth: NDArray[np.int64], *, noise: float, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(scores, guide) of classes that a probe tells apart with noise in what it sees."""
    rng = np.random.default_rng(seed)
    guide = CENTRES[truth] + rng.normal(0, noise, (*truth.shape, 3)).astype(np.float32)
    scores = 2 * (guide @ CENTRES.T) - np.square(CENTRES).sum(axis=1)
    scores += rng.normal(0, 6 * noise, scores.shape)
    return np.moveaxis(scores * 2, -1, 0).astype(np.float32), np.moveaxis(guide, -1, 0).copy()


def random_input(seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]:
    rng = np.random.default_rng(seed)
    scores = rng.normal(0, 4, (5, *SHAPE)).astype(np.float32)
    return scores, rng.normal(0, 1, (4, *SHAPE)).astype(np.float32), rng.random(SHAPE) > 0.2


def best(logs: NDArray[np.float32]) -> NDArray[np.intp]:
    return np.argmax(logs, axis=0)


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
def test_a_pixel_is_decided_by_what_is_within_the_margin(smoothing: Smoothing) -> None:
    scores, guide, valid = random_input()
    valid[:] = True
    before = smoothed(scores, guide * 0, valid, smoothing)
    scores[:, 30, 35] += np.array([9, 0, 0, 0, 0], np.float32)
    changed = (smoothed(scores, guide * 0, valid, smoothing) != before).any(axis=0)
    rows, cols = np.nonzero(changed)
    reach = margin(smoothing)
    assert (rows.min(), rows.max()) == (30 - reach, 30 + reach)
    assert (cols.min(), cols.max()) == (35 - reach, 35 + reach)
    assert reach <= MARGIN


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
def test_a_part_with_its_margin_has_the_numbers_of_the_whole(smoothing: Smoothing) -> None:
    scores, guide, valid = random_input()
    whole, edge = smoothed(scores, guide, valid, smoothing), Window(0, 0, *SHAPE)
    rng = np.random.default_rng(1)
    parts = [Window(0, 0, 1, 1), Window(59, 69, 1, 1), Window(0, 31, 60, 1)]
    for _ in range(30):
        row, col = rng.integers(0, 55), rng.integers(0, 65)
        parts.append(Window(int(row), int(col), int(rng.integers(1, 60 - row)), int(rng.integers(1, 70 - col))))
    for part in parts:
        around = part.padded(margin(smoothing)).intersection(edge)
        inside = part.relative_to(around).slices
        rows, cols = around.slices
        found = smoothed(scores[:, rows, cols], guide[:, rows, cols], valid[rows, cols], smoothing)
        np.testing.assert_array_equal(found[:, *inside], whole[:, *part.slices])


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
def test_no_data_neither_gives_nor_takes(smoothing: Smoothing) -> None:
    scores, guide, valid = random_input()
    before = smoothed(scores, guide, valid, smoothing)
    scores[:, ~valid], guide[:, ~valid] = np.nan, np.inf
    after = smoothed(scores, guide, valid, smoothing)
    np.testing.assert_array_equal(before, after)
    assert not after[:, ~valid].any() and np.isfinite(after).all()
    alone = np.zeros(SHAPE, bool)
    alone[10, 10] = True
    kept = smoothed(scores, guide, alone, smoothing)[:, 10, 10]
    if valid[10, 10]:
        assert best(kept) == best(scores[:, 10, 10])


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
def test_speckle_goes_and_a_border_stays_where_it_is(smoothing: Smoothing) -> None:
    truth = np.zeros(SHAPE, np.int64)
    truth[:, 35:] = 1
    scores, guide = drawn(truth, noise=0.25)
    valid = np.ones(SHAPE, bool)
    wrong, left = (best(each) != truth for each in (scores, smoothed(scores, guide, valid, smoothing)))
    assert wrong.sum() > 200 and left.sum() < 0.1 * wrong.sum()
    assert not left[:, 34:36].mean() > 0.05


@pytest.mark.parametrize(("width", "kept"), [(1, 0.9), (2, 0.95)])
def test_thin_structures_survive_edges(width: int, kept: float) -> None:
    """A river of one pixel and a road of two, of any class through any other, slanting and straight."""
    for thin, around in permutations(range(4), 2):
        truth = np.full(SHAPE, around)
        truth[20 : 20 + width] = thin
        for row in range(30, 58):
            truth[row, row : row + width] = thin
        scores, guide = drawn(truth, noise=0.1)
        found = best(smoothed(scores, guide, np.ones(SHAPE, bool), "edges"))
        line = truth == thin
        right = (best(scores) == truth)[line].mean()
        assert (found[line] == thin).mean() >= kept * right, (thin, around)


def test_strong_is_smoother_than_edges() -> None:
    scores, guide = drawn(np.zeros(SHAPE, np.int64), noise=0.4)
    valid = np.ones(SHAPE, bool)
    wrong = [(best(smoothed(scores, guide, valid, each)) != 0).sum() for each in ("none", "edges", "strong")]
    assert wrong[0] > wrong[1] > wrong[2]
