"""Slope from elevation. Pure."""

import numpy as np
from numpy.typing import NDArray

#: Ground distance, in m, from a pixel to the neighbours its slope is taken from: MMEarth's slope is that of the 30 m
#: ASTER model between the four neighbours of a pixel (Earth Engine's ee.Terrain.slope), whatever the grid here.
REACH = 30.0


def reach_of(steps: tuple[float, float]) -> tuple[int, int]:
    """How many columns and rows away those neighbours are, for steps of a column and of a row in m."""
    across, down = steps
    return max(1, round(REACH / across)), max(1, round(REACH / down))


def slope(elevation: NDArray[np.float32], steps: tuple[float, float]) -> NDArray[np.float32]:
    """Slope in degrees by central differences.

    `elevation` is (height + 2·rows, width + 2·columns) in m, NaN where unknown, with the margin of `reach_of(steps)`;
    `steps` the length of a column and of a row in m. Returns (height, width): the angle of the steepest direction,
    arctan √((∂z/∂x)² + (∂z/∂y)²). Where one neighbour is unknown the difference is taken to the pixel itself; NaN
    where the pixel or both neighbours of an axis are unknown.
    """
    columns, rows = reach_of(steps)
    height, width = elevation.shape[0] - 2 * rows, elevation.shape[1] - 2 * columns
    centre = elevation[rows : rows + height, columns : columns + width]
    middle_rows, middle_columns = slice(rows, rows + height), slice(columns, columns + width)
    across = _derivative(
        elevation[middle_rows, :width], centre, elevation[middle_rows, 2 * columns :], columns * steps[0]
    )
    down = _derivative(
        elevation[:height, middle_columns], centre, elevation[2 * rows :, middle_columns], rows * steps[1]
    )
    degrees = np.degrees(np.arctan(np.hypot(across, down))).astype(np.float32)
    return np.where(np.isfinite(centre), degrees, np.float32(np.nan))


def _derivative(
    before: NDArray[np.float32], centre: NDArray[np.float32], after: NDArray[np.float32], distance: float
) -> NDArray[np.float32]:
    low, high = np.isfinite(before), np.isfinite(after)
    spans = (low.astype(np.float32) + high) * np.float32(distance)
    rise = np.where(high, after, centre) - np.where(low, before, centre)
    derivative: NDArray[np.float32] = np.where(spans > 0, rise / np.maximum(spans, np.float32(1e-6)), np.nan)
    return derivative
