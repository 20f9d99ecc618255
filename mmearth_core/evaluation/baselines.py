"""What an encoder has to beat: bands, whitened or not, their mean and spread around a pixel, and a random forest.

Learns nothing about imagery. Numpy, scipy and scikit-learn only; no file is read.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Side in pixels of the neighbourhood whose mean and spread are taken.
NEIGHBOURHOOD = 5
#: Trees of the forest: more change nothing with a few hundred rows.
TREES = 300
#: Least variance of a direction that is whitened in full, as a share of the largest: what is below is mostly noise.
FAINTEST = 1e-4


@dataclass(frozen=True, eq=False)
class Whitening:
    """Turns bands into uncorrelated ones of unit variance: `matrix` (k, k) times their distance from `centre` (k,)."""

    centre: NDArray[np.float64]
    matrix: NDArray[np.float64]

    @classmethod
    def of(cls, pixels: NDArray[np.floating]) -> "Whitening":
        """That of pixels (n, k), by their principal components. No label is needed.

        Directions of a variance below `FAINTEST` of the largest are divided as if they had that much.
        """
        rows = np.asarray(pixels, np.float64)
        variance, directions = np.linalg.eigh(np.cov(rows, rowvar=False).reshape(rows.shape[1], -1))
        least = max(float(variance[-1]) * FAINTEST, np.finfo(np.float64).tiny)
        return cls(rows.mean(axis=0), (directions / np.sqrt(np.maximum(variance, least))).T[::-1])

    def __call__(self, bands: NDArray[np.floating]) -> NDArray[np.float32]:
        """Whitened bands (…, k, H, W), that of most variance first."""
        centred = bands - self.centre[:, None, None]
        return np.asarray(np.einsum("ck,...khw->...chw", self.matrix, centred, optimize=True), np.float32)


def neighbourhood(bands: NDArray[np.floating], *, side: int = NEIGHBOURHOOD) -> NDArray[np.float32]:
    """Mean and standard deviation of every band in the square around each pixel: (…, k, H, W) → (…, 2k, H, W).

    At the border the outermost pixels are repeated outwards by reflection.
    """
    from scipy.ndimage import uniform_filter  # noqa: PLC0415 - slow to load, and only where baselines are measured

    # Around the mean of each band, because a variance is a small difference of large squares.
    centre = bands.mean(axis=(-2, -1), keepdims=True, dtype=np.float64)
    values = bands - centre
    size = (1,) * (bands.ndim - 2) + (side, side)
    mean = uniform_filter(values, size)
    spread = np.sqrt(np.maximum(uniform_filter(np.square(values), size) - np.square(mean), 0))
    return np.concatenate([mean + centre, spread], axis=-3).astype(np.float32)


def pooled_mean(maps: NDArray[np.floating]) -> NDArray[np.float32]:
    """Mean over each tile: (n, k, H, W) → (n, k)."""
    return np.asarray(maps.mean(axis=(2, 3), dtype=np.float64), np.float32)


def pooled_mean_and_spread(maps: NDArray[np.floating]) -> NDArray[np.float32]:
    """Mean and standard deviation over each tile: (n, k, H, W) → (n, 2k)."""
    spread = np.asarray(maps.std(axis=(2, 3), dtype=np.float64), np.float32)
    return np.concatenate([pooled_mean(maps), spread], axis=1)


#: How the map of a tile becomes one row.
POOLINGS: Mapping[str, Callable[[NDArray[np.floating]], NDArray[np.float32]]] = {
    "mean": pooled_mean,
    "mean + spread": pooled_mean_and_spread,
}


def predict_forest(
    train: NDArray[np.floating], label: NDArray[np.intp], test: NDArray[np.floating], *, seed: int
) -> NDArray[np.intp]:
    """Class (n,) of every row of `test` (n, d), by a random forest grown on `train` (m, d) of classes `label` (m,)."""
    from sklearn.ensemble import RandomForestClassifier  # noqa: PLC0415 - as above

    forest = RandomForestClassifier(TREES, random_state=seed)
    predicted: NDArray[np.intp] = forest.fit(train, label).predict(test)
    return predicted
