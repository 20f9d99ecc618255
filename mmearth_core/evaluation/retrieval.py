"""Which tile is nearest to which, whether a place is found again on another date, in how many directions features vary:
no labels, no fit.

Numpy only; knows features, not where they come from.
"""

import numpy as np
from numpy.typing import NDArray

from mmearth_core.evaluation.knn import unit_rows


def retrieval_accuracy(features: NDArray[np.floating]) -> NDArray[np.float64]:
    """Share (t · (t − 1),) of places that are found again, for every ordered pair of different dates.

    `features` (t, n, d) of n places on t dates. A place of the first date is found when of all n places of the second
    the one of largest cosine similarity is itself; guessing finds 1 / n. Each feature is centred and divided by its
    standard deviation over all places and dates, so that neither bands of large numbers nor embeddings of faint ones
    decide alone. Pairs are ordered by the first date, then the second.
    """
    dates, places, count = features.shape
    unit = _directions(features.reshape(-1, count)).reshape(features.shape)
    own = np.arange(places)
    return np.array(
        [
            np.mean((unit[asked] @ unit[searched].T).argmax(axis=1) == own)
            for asked in range(dates)
            for searched in range(dates)
            if asked != searched
        ]
    )


def nearest_elsewhere(features: NDArray[np.floating], group: NDArray[np.integer]) -> NDArray[np.intp]:
    """For each row of `features` (n, d) that of another `group` (n,) of largest cosine similarity, standardised alike.

    Raises `ValueError` when all rows are of one group.
    """
    if np.all(group == group[0]):
        raise ValueError("nothing is elsewhere: all rows are of one group")
    unit = _directions(features)
    similarity = np.where(group[:, None] == group[None], -np.inf, unit @ unit.T)
    found: NDArray[np.intp] = similarity.argmax(axis=1)
    return found


def effective_rank(features: NDArray[np.floating]) -> float:
    """In how many directions features (n, d) vary, 1 … d, each standardised: exp of the entropy of the shares that the
    eigenvalues of their correlations have (Roy & Vetterli 2007). 0 when nothing varies.
    """
    rows = np.asarray(features, np.float64)
    varying = rows[:, rows.std(axis=0) > 0]
    if not varying.shape[1]:
        return 0.0
    shares = np.linalg.eigvalsh(np.atleast_2d(np.corrcoef(varying.T))).clip(0) / varying.shape[1]
    seen = shares[shares > 0]
    return float(np.exp(-(seen * np.log(seen)).sum()))


def _directions(features: NDArray[np.floating]) -> NDArray[np.float64]:
    """Rows (n, d) centred, divided by each column's standard deviation, and of length 1."""
    rows = np.asarray(features, np.float64)
    spread = rows.std(axis=0)
    return unit_rows((rows - rows.mean(axis=0)) / np.where(spread > 0, spread, 1))
