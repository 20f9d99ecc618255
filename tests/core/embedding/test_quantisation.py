"""Quantisation follows its law to the digit, marks no-data, and is the inverse of how the product decodes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mmearth_core.embedding.product import NODATA
from mmearth_core.embedding.quantisation import HIGHEST, LOWEST, quantise

shapes = st.tuples(st.integers(1, 4), st.integers(1, 150), st.integers(1, 9))
powers = st.integers(-12, 6).map(lambda exponent: 2.0**exponent)


def middle(scales):
    """Offsets of our own encoders: 0 lies at 127.5."""
    return [-127.5 * scale for scale in scales]


def test_a_range_need_not_be_around_zero():
    values = np.array([[[10.0, 11.27, 12.54, 9.0, 99.0]]], np.float32)
    found = quantise(values, np.ones((1, 5), bool), [0.01], [10 - 1 * 0.01])
    assert found.tolist() == [[[1, 128, 255, 1, 255]]]


def naive(values: np.ndarray, valid: np.ndarray, scales: list[float]) -> np.ndarray:
    exact = values.astype(np.float64) / np.reshape(scales, (-1, 1, 1)) + 127.5
    return np.where(valid, np.clip(np.floor(exact + 0.5), 1, 255), 0).astype(np.uint8)


@settings(max_examples=200)
@given(shapes.flatmap(lambda s: st.tuples(
    # Quarters of a step, so that halves come often and both ways of computing are exact.
    hnp.arrays(np.int16, s, elements=st.integers(-700, 700)), hnp.arrays(bool, s[1:]),
    st.lists(powers, min_size=s[0], max_size=s[0]),
)))  # fmt: skip
def test_it_is_the_naive_formula(drawn):
    quarters, valid, scales = drawn
    values = (quarters / 4 * np.reshape(scales, (-1, 1, 1))).astype(np.float32)
    before = values.copy()
    found = quantise(values, valid, scales, middle(scales))
    assert found.dtype == np.uint8 and np.array_equal(found, naive(values, valid, scales))
    assert np.array_equal(values, before)


@given(hnp.arrays(np.float32, (3, 70, 5), elements=st.floats(-1e6, 1e6, width=32)),
       st.lists(st.floats(1e-4, 10), min_size=3, max_size=3))  # fmt: skip
def test_decoding_gives_the_value_back_within_half_a_step(values, scales):
    found = quantise(values, np.ones(values.shape[1:], bool), scales, middle(scales))
    step = np.reshape(scales, (-1, 1, 1))
    decoded = found * step - 127.5 * step
    inside = np.abs(values) <= 127 * step
    assert (np.abs(decoded - values) <= 0.5001 * step)[inside].all()
    assert (found[values > 127 * step] == HIGHEST).all() and (found[values < -127 * step] == LOWEST).all()
    assert found.min() >= 1 and (decoded != 0).all()


@pytest.mark.parametrize(
    ("steps", "expected"),
    [(0, 128), (-0.25, 127), (0.25, 128), (0.5, 128), (-0.5, 127), (1, 129), (-1, 127), (126.5, 254), (127, 255),
     (127.4, 255), (1e30, 255), (-126.5, 1), (-127, 1), (-1e30, 1), (np.inf, 255), (-np.inf, 1)],
)  # fmt: skip
def test_single_values(steps, expected):
    values = np.full((1, 1, 1), steps * 0.25, np.float32)
    assert quantise(values, np.ones((1, 1), bool), [0.25], middle([0.25])).item() == expected


def test_no_data_is_zero_in_every_band_and_nowhere_else():
    values = np.zeros((64, 130, 40), np.float32)
    valid = np.zeros((130, 40), bool)
    valid[3:129, 7] = True
    found = quantise(values, valid, [0.1] * 64, middle([0.1] * 64))
    assert NODATA == 0 and (found[:, valid] > 0).all() and not found[:, ~valid].any()


def test_a_view_of_a_larger_array_is_read_as_it_lies():
    values = np.random.default_rng(0).normal(size=(5, 200, 90)).astype(np.float32)
    core = values[:, 33:170, 11:80]
    valid = np.ones(core.shape[1:], bool)
    law = [0.02] * 5, middle([0.02] * 5)
    assert np.array_equal(quantise(core, valid, *law), quantise(core.copy(), valid, *law))
