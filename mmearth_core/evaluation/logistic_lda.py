"""The mean of two opinions: probabilities of the logistic probe and of linear discriminant analysis, from few labels.

The first looks at the borders between classes, the second at their means and common spread; they err differently. It
reads no file and knows no encoder.
"""

import warnings

import numpy as np
from numpy.typing import NDArray

from mmearth_core.evaluation.logistic import fitted_probe
from mmearth_core.processors import one_thread_each


def predict_logistic_lda(
    train: NDArray[np.floating],
    label: NDArray[np.intp],
    group: NDArray[np.intp],
    test: NDArray[np.floating],
    *,
    seed: int = 0,
) -> NDArray[np.intp]:
    """Class (n,) of highest mean probability, for every row of `test` (n, d); of equal ones the first.

    `train` (m, d) with classes `label` (m,) and places `group` (m,), by which the logistic probe chooses its penalty.
    """
    with one_thread_each():
        logistic = fitted_probe(train, label, group, seed=seed).probabilities(test)
        mean = (logistic + lda_probabilities(train, label, test)) / 2
    classes: NDArray[np.intp] = np.unique(label)
    told: NDArray[np.intp] = classes[mean.argmax(axis=1)]
    return told


def lda_probabilities(
    train: NDArray[np.floating], label: NDArray[np.intp], test: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Probability (n, c) of each of the c classes of `label` (m,), rising, for every row of `test` (n, d).

    Linear discriminant analysis with classes equally likely. Their common covariance is drawn towards a diagonal one as
    far as its own uncertainty asks for (Ledoit & Wolf 2004, J. Multivariate Anal. 88, 365-411, within each class): much
    where there are few labels, hardly where there are many. With one label in every class there is no spread to learn
    from and every class is equally likely.
    """
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis  # noqa: PLC0415 - only where one is fitted

    classes = len(np.unique(label))
    equal = np.full(classes, 1 / classes)
    rows = np.asarray(train, np.float64)
    if len(rows) <= classes:
        return np.tile(equal, (len(test), 1))
    centre, scale = rows.mean(axis=0), float(np.sqrt(rows.var(axis=0).mean())) or 1.0
    model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto", priors=equal)
    with warnings.catch_warnings():
        # A class of one label among others of more has no spread of its own.
        warnings.filterwarnings("ignore", message="Only one sample available")
        model.fit((rows - centre) / scale, label)
    found: NDArray[np.float64] = model.predict_proba((test - centre) / scale)
    # Two classes come as one logistic function, whose ends are exact; nothing here may be without a value.
    return np.nan_to_num(found, nan=1 / classes)
