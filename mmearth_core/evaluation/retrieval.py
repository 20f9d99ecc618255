"""Whether a place is found again on another date: no labels, no fit, only which representation is nearest.

Numpy only; knows features, not where they come from.
"""

import numpy as np
from numpy.typing import NDArray


def retrieval_accuracy(features: NDArray[np.floating]) -> NDArray[np.float64]:
    """Share (t · (t − 1),) of places that are found again, for every ordered pair of different dates.

    `features` (t, n, d) of n places on t dates. A place of the first date is found when of all n places of the second
    the one of largest cosine similarity is itself; guessing finds 1 / n. Each feature is centred and divided by its
    standard deviation over all places and dates, so that neither bands of large numbers nor embeddings of faint ones
    decide alone. Pairs are ordered by the first date, then the second.
    """
    dates, places, count = features.shape
    rows = np.asarray(features, np.float64).reshape(-1, count)
    spread = rows.std(axis=0)
    rows = (rows - rows.mean(axis=0)) / np.where(spread > 0, spread, 1)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    unit = (rows / np.where(length > 0, length, 1)).reshape(features.shape)
    own = np.arange(places)
    return np.array(
        [
            np.mean((unit[asked] @ unit[searched].T).argmax(axis=1) == own)
            for asked in range(dates)
            for searched in range(dates)
            if asked != searched
        ]
    )
