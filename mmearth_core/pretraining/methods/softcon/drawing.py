"""The picture of SoftCon: how similar looks are, beside how similar the land cover they show is."""

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.stats import spearmanr

_BINS = 40


def similarities(wanted: NDArray[np.float32], cosines: NDArray[np.float32]) -> Figure:
    """Pairs of looks at different places: similarity of labels `wanted` against `cosines` of encodings; (pairs,)."""
    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.add_subplot()
    axes.set_xlabel("similarity of land cover")
    axes.set_ylabel("cosine of encodings")
    if len(wanted) < 3 or np.ptp(wanted) == 0 or np.ptp(cosines) == 0:
        axes.set_title("too few pairs that differ")
        return figure
    rank = spearmanr(wanted, cosines).statistic
    counts = axes.hist2d(wanted, cosines, bins=_BINS, cmin=1, cmap="viridis")[3]
    figure.colorbar(counts, ax=axes, label="pairs")
    axes.set_title(f"{len(wanted)} pairs of hold-out tiles, Spearman {rank:.2f}")
    return figure
