"""Intervals of shares: published values."""

import numpy as np
import pytest

from mmearth_core.intervals import wilson


@pytest.mark.parametrize(("hits", "units", "ends"), [(81, 263, (0.2553, 0.3662)), (0, 20, (0.0, 0.1611))])
def test_wilson_interval(hits: int, units: int, ends: tuple[float, float]) -> None:
    """Newcombe (1998), Statistics in Medicine 17, table I; the ends of the opposite share lie opposite."""
    assert wilson(np.array(hits), np.array(units)) == pytest.approx(ends, abs=1e-4)
    low, high = wilson(np.array(units - hits), np.array(units))
    assert (1 - high, 1 - low) == pytest.approx(ends, abs=1e-4)


def test_without_units_nothing_is_known() -> None:
    assert np.isnan(wilson(np.array([0.0]), np.array([0.0]))).all()
