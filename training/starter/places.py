"""Which places the starter model learns from and which are kept to judge it: one decision for all scripts.

Whole blocks of one degree are kept, whatever data set a tile comes from, so that no EuroSAT tile a model is judged on
has a neighbour among those it was trained on. A recipe states the same three numbers.
"""

import numpy as np
from numpy.typing import NDArray

from mmearth_core.tiles.holdout import lots

SHARE, BLOCK_DEGREES, SEED = 0.3, 1.0, 8


def split_by_place(lonlat: NDArray[np.floating]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices of (N, 2) places in degrees to learn from, and of those held out. A place's side never depends on the
    others given with it, so either part may be empty; a place that is unknown is in neither."""
    lot = lots(np.asarray(lonlat, np.float64), block_degrees=BLOCK_DEGREES, seed=SEED)
    return np.flatnonzero(lot >= SHARE), np.flatnonzero(lot < SHARE)
