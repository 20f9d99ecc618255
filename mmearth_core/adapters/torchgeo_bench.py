"""Our encoders as a model of torchgeo-bench (0.4, which needs Python 3.12), so that its tables hold them.

In its configuration: `_target_: mmearth_core.adapters.torchgeo_bench.MMEarthBenchModel`, `model: starter-atto-p8`,
`level: l2a`. It normalises by itself, by the names of bands; labels of bands that GEO-Bench has wrong are put right.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torchgeo_bench.models.interface import BenchModel

from mmearth_core.adapters.bench_bands import bands_of, unit_of
from mmearth_core.embedding.backends import open_backend
from mmearth_core.encoder.description import EncoderDescription
from mmearth_core.evaluation.baselines import POOLINGS
from mmearth_core.evaluation.judging.subjects import embedded, normalised
from mmearth_core.sentinel2 import Level, check_bands


class MMEarthBenchModel(BenchModel):
    """Embeddings of a calibrated model, pooled by mean and spread over an image."""

    handles_own_normalization = True

    def __init__(
        self, bands: Sequence[Any], model: str = "starter-atto-p8", level: Level = "l2a", **kwargs: Any
    ) -> None:
        """`bands`: the images' channels; `model`: a name or file; `level`: of the images, l1c or l2a."""
        super().__init__(bands, **kwargs)
        self.backend, self.level = open_backend(model), level
        self.sources = bands_of(bands)
        header: EncoderDescription = self.backend.header
        present = [each for each in header.bands if each in self.sources]
        check_bands(present=present, wanted=header.bands, source="the task")
        self.unit = unit_of(bands)

    def normalize_inputs(self, images: Tensor) -> Tensor:
        """Raw images (N, channels, H, W) → what the network takes (N, C, H, W)."""
        header = self.backend.header
        present = [each for each in header.bands if each in self.sources]
        chosen = images[:, [self.sources[each] for each in present]].cpu().numpy().astype(np.float32) * self.unit
        return torch.from_numpy(normalised(chosen, present, self.level, header))

    def _forward_patch_features(self, images: Tensor) -> Tensor:
        maps = embedded(self.backend, images.cpu().numpy())
        return torch.from_numpy(POOLINGS["mean + spread"](maps))
