"""Labelled tiles that a run is judged by on its way: how well nearest neighbours in feature space share a class.

The figure is for comparing moments of one run, on the same tiles with the same split each time. It is no result.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from mmearth_core.encoder.model_file import Statistics
from mmearth_core.encoder.network import Encoder
from mmearth_core.errors import MMEarthError
from mmearth_core.evaluation.knn import NEIGHBOURS, predict_knn
from mmearth_core.evaluation.splits import deal
from mmearth_core.evaluation.tasks.arrays import read_arrays
from mmearth_core.pretraining.monitor import pooled_features
from mmearth_core.sentinel2 import LEVELS, check_bands
from mmearth_core.tiles.holdout import blocks

#: Tiles that go through the encoder at once.
_AT_ONCE = 32


@dataclass(frozen=True)
class LabelledTiles:
    """Normalised tiles (N, C, H, W), the index of each one's class, and its half (0 or 1): halves share no place."""

    images: NDArray[np.float32]
    labels: NDArray[np.intp]
    half: NDArray[np.intp]

    def accuracy(self, encoder: Encoder) -> dict[str, float]:
        """Share of tiles whose nearest neighbours in the other half have their class: {"knn-5": share}.

        Features are the four stage maps' means over a tile, centred, each stage scaled to the same total variance.
        """
        chunks = [pooled_features(encoder, torch.from_numpy(part)) for part in self._parts()]
        stages = [np.concatenate(stage) for stage in zip(*chunks, strict=True)]
        centred = [stage - stage.mean(axis=0) for stage in stages]
        features = np.concatenate([stage / max(float(np.sqrt((stage**2).sum())), 1e-12) for stage in centred], axis=1)
        right = 0
        for tested in (0, 1):
            test, train = self.half == tested, self.half != tested
            right += int((predict_knn(features[train], self.labels[train], features[test]) == self.labels[test]).sum())
        return {f"knn-{NEIGHBOURS}": right / len(self.labels)}

    def _parts(self) -> list[NDArray[np.float32]]:
        return [self.images[start : start + _AT_ONCE] for start in range(0, len(self.images), _AT_ONCE)]


def read_labelled(
    path: str | Path, bands: tuple[str, ...], statistics: Mapping[str, Statistics], patch: int
) -> LabelledTiles:
    """Labelled tiles as an encoder of `bands`, `statistics` and `patch` size takes them.

    The .npz holds `x` (N, bands, H, W) in reflectance × 10000 with the offset removed, 0 where there is no data;
    `bands`, their names; `level`, "l1c" or "l2a", of all tiles or of each; `label` (N,). With `lonlat` (N, 2) in
    degrees the halves are whole blocks of 1°. Tiles are cut to whole patches. Raises `MMEarthError` when something is
    missing, a tile is smaller than a patch, or a half is empty.
    """
    arrays = read_arrays(path, "level")
    if arrays["label"].ndim != 1:
        raise MMEarthError(f"{path}: label has shape {arrays['label'].shape}; give a class of each tile, (N,).")
    x, names = arrays["x"], [str(band) for band in arrays["bands"]]
    levels = np.char.lower(np.broadcast_to(arrays["level"].astype(str), len(x)))
    if not set(levels) <= set(LEVELS) & set(statistics):
        raise MMEarthError(f"{path}: level is {', '.join(sorted(set(levels)))}; give {' or '.join(statistics)}.")
    present = tuple(name for name in bands if name in names)
    check_bands(present=present, wanted=bands, source=str(path))
    side = min(x.shape[2:]) // patch * patch
    if not side:
        raise MMEarthError(
            f"{path}: tiles have {x.shape[2]} × {x.shape[3]} pixels, a patch of the encoder has {patch}; give larger"
            " tiles."
        )
    cut = x[:, [names.index(name) for name in present], :side, :side].astype(np.float32)
    images = np.stack(
        [
            statistics[str(level)].normalised(tile, tile.any(axis=0), present=present, wanted=bands)
            for tile, level in zip(cut, levels, strict=True)
        ]
    )
    labels = np.unique(arrays["label"], return_inverse=True)[1]
    places = blocks(arrays["lonlat"]) if "lonlat" in arrays else np.arange(len(x))[:, None]
    groups = np.unique(places, axis=0, return_inverse=True)[1].ravel()
    half = deal(labels, groups, 2, np.random.default_rng(0))
    if len(np.unique(half)) < 2:
        raise MMEarthError(
            f"{path}: all tiles fall into one half, as no place (a block of 1° by lonlat) is torn apart; give tiles of"
            " each class at two places or more."
        )
    return LabelledTiles(images, labels, half)
