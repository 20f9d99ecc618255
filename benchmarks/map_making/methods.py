"""The ways to make a map that `benchmarks.better_maps` compares: how to learn from few labels, and how to smooth.

`Learn` makes of labelled pixels, and of pixels of the scene without a label, what tells log-probabilities; `Smooth`
changes those of a patch by its neighbourhood. What `mmearth` does is called, not repeated.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from mmearth_core.evaluation.baselines import TREES
from mmearth_core.evaluation.logistic_lda import lda_probabilities
from mmearth_core.labelling.fitting import taught_probe
from mmearth_core.labelling.samples import Samples
from mmearth_core.maps.smoothing import Smoothing, smoothed
from mmearth_core.progress import CancelToken
from mmearth_core.sources.unlabelled import Unlabelled

#: Log-probabilities (n, classes) of values (n, columns).
Told = Callable[[NDArray[np.float32]], NDArray[np.floating]]
Learn = Callable[[Samples, Unlabelled], Told]


@dataclass(frozen=True, eq=False)
class Guided:
    """A patch to be smoothed: `logs` (classes, H, W), the `guide` (k, H, W) of `maps.smoothing`, `z` (bands, H, W), the
    features around 0 with variance 1 in the mean, and where it is `valid` (H, W)."""

    logs: NDArray[np.float32]
    guide: NDArray[np.float32]
    z: NDArray[np.float32]
    valid: NDArray[np.bool_]


#: Scores (classes, H, W).
Smooth = Callable[[Guided], NDArray[np.float32]]


def logistic(samples: Samples, others: Unlabelled | None) -> Told:
    """The probe of `mmearth fit`."""
    probe = taught_probe(samples, others, cancel=CancelToken())
    return lambda values: np.log(np.maximum(probe.probabilities(values), 1e-30))


def labels_alone(samples: Samples, _: Unlabelled) -> Told:
    """The probe of `mmearth fit --unlabelled 0`."""
    return logistic(samples, None)


def clarity_alone(samples: Samples, others: Unlabelled) -> Told:
    """The probe of `mmearth fit --prior none`."""
    return logistic(samples, replace(others, prior="none"))


def with_lda(samples: Samples, _: Unlabelled) -> Told:
    """The mean of the probabilities of the probe and of linear discriminant analysis."""
    told = logistic(samples, None)

    def mean(values: NDArray[np.float32]) -> NDArray[np.floating]:
        return np.log((np.exp(told(values)) + lda_probabilities(samples.values, samples.label, values)) / 2 + 1e-30)

    return mean


def forest(samples: Samples, _: Unlabelled) -> Told:
    """A random forest; it has no entropy to make less."""
    from sklearn.ensemble import RandomForestClassifier  # noqa: PLC0415 - slow to load

    grown = RandomForestClassifier(TREES, random_state=0).fit(samples.values, samples.label)

    def told(values: NDArray[np.float32]) -> NDArray[np.floating]:
        return np.log(np.maximum(grown.predict_proba(values), 0.5 / TREES))

    return told


def like_classify(smooth: Smoothing) -> Smooth:
    """What `mmearth classify --smooth` does."""
    return lambda patch: smoothed(patch.logs, patch.guide, patch.valid, smooth)


def box(patch: Guided) -> NDArray[np.float32]:
    """The mean of the probabilities of 5 × 5 pixels."""
    powers = np.exp(patch.logs - patch.logs.max(axis=0))
    probabilities = powers / powers.sum(axis=0) * patch.valid
    weight = ndimage.uniform_filter(patch.valid.astype(np.float32), 5, mode="constant")
    total = ndimage.uniform_filter(probabilities, (0, 5, 5), mode="constant")
    mean: NDArray[np.float32] = total / np.maximum(weight, 1e-6)
    return mean


def mean_field(patch: Guided, weight: float = 1.0, contrast: float = 8.0) -> NDArray[np.float32]:
    """Five rounds of a mean field with 8 neighbours and contrast from the features (the local form of Krähenbühl &
    Koltun 2011, NeurIPS)."""
    height, width = patch.valid.shape
    pairs = []
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        here = slice(0, height - down), slice(max(0, -right), width - max(0, right))
        there = slice(down, height), slice(max(0, right), width - max(0, -right))
        unlike = np.square(patch.z[:, *here] - patch.z[:, *there]).sum(axis=0) / (2 * contrast**2)
        near = weight / np.hypot(down, right) * np.exp(-unlike)
        pairs.append((here, there, np.where(patch.valid[here] & patch.valid[there], near, 0)))
    energy = patch.logs
    for _ in range(5):
        field = np.exp(energy - energy.max(axis=0))
        field /= field.sum(axis=0)
        energy = patch.logs.copy()
        for here, there, near in pairs:
            energy[:, *here] += near * field[:, *there]
            energy[:, *there] += near * field[:, *here]
    return energy
