"""Our encoders as a model of torchgeo-bench (0.4, which needs Python 3.12), so that its tables hold them.

In its configuration: `_target_: mmearth_core.adapters.torchgeo_bench.MMEarthBenchModel`, `model: starter-atto-p8`. It
normalises by itself, by the names of bands; labels of bands that GEO-Bench has wrong are put right, and a task whose
bands cannot be told is refused. Tasks of pixels take the embedding of every pixel: `eval.segmentation.layers: [maps]`.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torchgeo_bench.datasets import get_bench_dataset_class, list_datasets
from torchgeo_bench.models.interface import BenchModel

from mmearth_core.adapters.bench_bands import Channels, channels_of
from mmearth_core.embedding.backends import Backend, open_backend
from mmearth_core.errors import MMEarthError
from mmearth_core.evaluation.baselines import POOLINGS
from mmearth_core.evaluation.judging.subjects import embedded, normalised
from mmearth_core.sentinel2 import Level, needed_bands


class MMEarthBenchModel(BenchModel):
    """Embeddings of a calibrated model, pooled by mean and spread over an image."""

    def __init__(
        self, bands: Sequence[Any], model: str = "starter-atto-p8", level: Level | None = None, **kwargs: Any
    ) -> None:
        """`bands`: the images' channels; `model`: a name or file; `level`: of the images, l1c or l2a, where it is not
        known of the task.

        Raises `MMEarthError` when it cannot be told which channel is which band or at which level they are, when they
        are too few, or when the model cannot be used.
        """
        super().__init__(bands, **kwargs)
        backend = open_backend(model)
        known = {name: get_bench_dataset_class(name).bands for name in list_datasets()}
        self.channels = channels_of(self.bands, known)
        self.level = _level(self.channels, level)
        self.header = backend.header
        self.present = [each for each in self.header.bands if each in self.channels.bands]
        if len(self.present) < needed_bands(self.header.bands):
            raise MMEarthError(
                f"{self.header.name} takes at least {needed_bands(self.header.bands)} of the bands"
                f" {', '.join(self.header.bands)}, and is given {', '.join(self.present) or 'none'};"
                " set `dataset.bands=all`."
            )
        self.maps = _Maps(backend)

    def normalize_inputs(self, images: Tensor) -> Tensor:
        """Raw images (N, channels, H, W) → what the network takes (N, C, H, W)."""
        chosen = images[:, [self.channels.bands[each] for each in self.present]].cpu().numpy().astype(np.float32)
        pixels = normalised(chosen * np.float32(self.channels.unit), self.present, self.level, self.header)
        return torch.from_numpy(pixels).to(images.device)

    def _forward_patch_features(self, images: Tensor) -> Tensor:
        maps = self.maps(images)
        return torch.from_numpy(POOLINGS["mean + spread"](maps.cpu().numpy())).to(images.device)


class _Maps(nn.Module):
    """The embedding of every pixel, a module of its own, for probes of pixels read what a module gives."""

    def __init__(self, backend: Backend) -> None:
        super().__init__()
        self.backend = backend

    def forward(self, images: Tensor) -> Tensor:
        """What the network takes (N, C, H, W) → (N, D, H, W), before quantisation."""
        return torch.from_numpy(embedded(self.backend, images.cpu().numpy())).to(images.device)


def _level(channels: Channels, told: Level | None) -> Level:
    """At which level the images were taken, as it is known of the task or told."""
    level = channels.level or told
    if level is None:
        raise MMEarthError(
            f"At which level the images of the task {channels.task or 'given'} were taken is not known; say it with"
            " `+model.level=l1c` or `+model.level=l2a`."
        )
    if told not in (None, level):
        raise MMEarthError(
            f"The images of the task {channels.task} are of level {level}, not {told}; leave `model.level` out."
        )
    return level
