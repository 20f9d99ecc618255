"""From embedding values to the digital numbers of the product: dn = (value − offset) / scale, rounded."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mmearth_core.embedding.product import NODATA

#: The digital numbers at which a band is at the end of its range.
LOWEST, HIGHEST = 1, 255
#: Rows handled at once, so that the intermediate values stay in the processor's cache.
_ROWS = 64


def quantise(
    values: NDArray[np.float32], valid: NDArray[np.bool_], scales: Sequence[float], offsets: Sequence[float]
) -> NDArray[np.uint8]:
    """(D, h, w) float32 and validity (h, w) → uint8 (D, h, w): 1 … 255 where valid, `NODATA` elsewhere.

    Halves are rounded up. `values` may be a view; it is not changed.
    """
    result = np.empty(values.shape, np.uint8)
    work = np.empty((min(_ROWS, values.shape[1]), values.shape[2]), np.float32)
    # A number rounded half up is the whole part of it and a half, and all numbers in range are positive.
    for band, (scale, offset) in enumerate(zip(scales, offsets, strict=True)):
        middle = np.float32(0.5 - offset / scale)
        for row in range(0, values.shape[1], _ROWS):
            part = values[band, row : row + _ROWS]
            chunk = work[: part.shape[0]]
            np.multiply(part, np.float32(1 / scale), out=chunk)
            chunk += middle
            np.clip(chunk, LOWEST, HIGHEST, out=chunk)
            result[band, row : row + _ROWS] = chunk
    if not valid.all():
        result[:, ~valid] = NODATA
    return result
