"""Upsampling of 20 m and 60 m bands: tile borders must not show, no-data must not bleed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmearth_core.raster.resampling import support, upsample


def window_of(
    values: np.ndarray, valid: np.ndarray, factor: int, rows: tuple[int, int], cols: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """What a reader does: the coarse window that `support` names, invalid outside the raster, upsampled.

    (values, where they are valid), the same in all bands.
    """
    (r0, r1), (c0, c1) = support(*rows, factor), support(*cols, factor)
    pad = max(0, -r0, -c0, r1 - values.shape[1], c1 - values.shape[2])
    padded = np.pad(values, ((0, 0), (pad, pad), (pad, pad)))[:, r0 + pad : r1 + pad, c0 + pad : c1 + pad]
    known = np.pad(valid, pad)[r0 + pad : r1 + pad, c0 + pad : c1 + pad]
    known = np.broadcast_to(known, padded.shape)
    coded = np.where(known, padded, np.float32(np.nan))
    out = upsample(coded, known, factor=factor, rows=rows, cols=cols)
    return out, np.isfinite(out[0])


spans = st.tuples(st.integers(0, 35), st.integers(1, 36)).map(
    lambda s: (min(s[0], 36 - s[1]), min(s[0], 36 - s[1]) + s[1])
)


@given(st.sampled_from([1, 2, 3, 6]), spans, spans, st.integers(0, 2**31), st.floats(0, 0.6))
def test_any_window_equals_the_crop_of_the_whole_bit_by_bit(
    factor: int, rows: tuple[int, int], cols: tuple[int, int], seed: int, gaps: float
) -> None:
    rng = np.random.default_rng(seed)
    values = rng.uniform(1, 9000, (2, 36 // factor, 36 // factor)).astype(np.float32)
    valid = rng.random(values.shape[1:]) >= gaps
    whole, whole_valid = window_of(values, valid, factor, (0, 36), (0, 36))
    part, part_valid = window_of(values, valid, factor, rows, cols)
    np.testing.assert_array_equal(part, whole[:, slice(*rows), slice(*cols)])
    np.testing.assert_array_equal(part_valid, whole_valid[slice(*rows), slice(*cols)])


@pytest.mark.parametrize("factor", [2, 3, 6])
def test_a_plane_stays_a_plane_and_a_constant_a_constant(factor: int) -> None:
    """Half a pixel of shift would misplace every 20 m and 60 m band against the 10 m ones."""
    size = 12
    centre = (np.arange(size) + 0.5) * factor
    plane = (3 * centre[:, None] + 5 * centre[None] + 7).astype(np.float32)[None]
    valid = np.ones((size, size), bool)
    end = size * factor
    out, _ = window_of(plane, valid, factor, (0, end), (0, end))
    fine = np.arange(end) + 0.5
    inner = slice(factor, -factor)
    np.testing.assert_allclose(out[0, inner, inner], (3 * fine[:, None] + 5 * fine[None] + 7)[inner, inner], rtol=1e-6)
    flat, _ = window_of(np.full((1, size, size), 1234, np.float32), valid, factor, (0, end), (0, end))
    np.testing.assert_allclose(flat, 1234, rtol=1e-6)


@pytest.mark.parametrize("factor", [1, 2, 6])
def test_no_data_does_not_mix_into_its_neighbours(factor: int) -> None:
    values = np.full((1, 6, 6), 500, np.float32)
    values[0, 2, 3] = -9999
    valid = values[0] > 0
    out, known = window_of(values, valid, factor, (0, 6 * factor), (0, 6 * factor))
    np.testing.assert_array_equal(known, np.kron(valid, np.ones((factor, factor), bool)))
    np.testing.assert_allclose(out[0][known], 500, rtol=1e-6)


def test_each_band_has_gaps_of_its_own() -> None:
    values = np.full((2, 4, 4), 500, np.float32)
    values[1, 1, 1] = -np.inf
    out = upsample(np.pad(values, ((0, 0), (1, 1), (1, 1)), constant_values=np.float32(np.nan)),
                   np.pad(values > 0, ((0, 0), (1, 1), (1, 1))), factor=2, rows=(0, 8), cols=(0, 8))  # fmt: skip
    np.testing.assert_array_equal(out[0], 500)
    assert (out[1, 2:4, 2:4] == -np.inf).all()
    assert (out[1] == 500).sum() == 60
