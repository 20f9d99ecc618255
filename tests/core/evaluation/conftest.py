"""Features of known quality: four classes in thirty places each."""

from collections.abc import Callable

import numpy as np
import pytest

from mmearth_core.evaluation.splits import Task

Made = tuple[np.ndarray, Task]


def make_features(
    *, apart: float, noise: float = 1.0, bands: int = 6, silent: int = 0, shuffled: bool = False, seed: int = 0
) -> Made:
    """Rows around class centres `apart` from each other, with an effect of the place; `silent` bands are faint."""
    rng = np.random.default_rng(seed)
    label, group = np.repeat(np.arange(4), 60), np.repeat(np.arange(120), 2)
    centre = rng.normal(size=(4, bands)) * apart
    values = centre[label] + rng.normal(size=(120, bands))[group] * 0.2 + rng.normal(size=(240, bands)) * noise
    faint = rng.normal(size=(240, silent)) * 0.05
    if shuffled:
        label = rng.permutation(label)
    return np.concatenate([values, faint], axis=1), Task("made", ("a", "b", "c", "d"), label, group)


@pytest.fixture(name="make_features")
def make_features_fixture() -> Callable[..., Made]:
    return make_features
