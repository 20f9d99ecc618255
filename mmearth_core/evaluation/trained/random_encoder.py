"""The control that has an encoder's architecture and has learned nothing, treated as the encoder is."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mmearth_core.encoder.architecture import Architecture
from mmearth_core.encoder.calibration import PARTS, Chip, fit_projection, freeze_response_norms
from mmearth_core.encoder.loading import official_header
from mmearth_core.encoder.model_file import ModelHeader
from mmearth_core.encoder.network import EmbeddingModel, Encoder, randomise
from mmearth_core.evaluation.baselines import POOLINGS, pooled_mean
from mmearth_core.evaluation.judging.subjects import POOLING, Features, Subject, check_task, network_inputs
from mmearth_core.evaluation.tasks.contract import TileTask
from mmearth_core.progress import CancelToken, Silent

#: Tiles that the projection of a random encoder is fitted to, so that it takes half a gigabyte.
CHIPS = 12


def random_encoder(architecture: Architecture, seed: int) -> Encoder:
    """An encoder with the weights of a seed, in evaluation mode."""
    encoder = Encoder(architecture).eval()
    randomise(encoder, seed)
    return encoder


def random_subject(task: TileTask, architecture: Architecture, seed: int, features: Features) -> Subject:
    """A random encoder on a task. Its projection is fitted to tiles that its seed learns from, as that of an encoder is
    to scenes; no label is used."""
    encoder = random_encoder(architecture, seed)
    header = official_header(f"random encoder of seed {seed}", encoder)
    check_task(task, header)
    if features == "last-map":
        return OfLastMap(task, encoder, header)
    rows = np.random.default_rng(seed).permutation(task.parts(1.0, seed).train)[:CHIPS]
    pixels = whole_inputs(task.images(np.sort(rows)), task, header)
    chips = [Chip(each, torch.ones(each.shape[1:], dtype=torch.bool)) for each in pixels]
    with torch.inference_mode():
        freeze_response_norms(encoder, chips, Silent(), CancelToken())
        head, _, _ = fit_projection(encoder, chips, PARTS, Silent(), CancelToken())
    return _Embedded(task, EmbeddingModel(encoder, head).eval(), header)


def whole_inputs(images: NDArray[np.float32], task: TileTask, header: ModelHeader) -> Tensor:
    """`subjects.network_inputs` (n, C, H, W) with sides grown by 0, the mean, to whole patches."""
    pixels = network_inputs(images, task, header)
    grow = [(-side) % header.patch for side in pixels.shape[2:]]
    return torch.from_numpy(np.pad(pixels, ((0, 0), (0, 0), (0, grow[0]), (0, grow[1]))) if any(grow) else pixels)


@dataclass(frozen=True, eq=False)
class OfLastMap:
    """The last map of an encoder, as published comparisons of frozen features take it."""

    task: TileTask
    encoder: Encoder
    header: ModelHeader

    def pooled(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        pixels = whole_inputs(images, self.task, self.header)
        with torch.inference_mode():
            return pooled_mean(self.encoder(pixels).numpy())

    def maps(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """Enlarged to the pixels, bilinear."""
        pixels = whole_inputs(images, self.task, self.header)
        with torch.inference_mode():
            last: Tensor = self.encoder(pixels)
            large = torch.nn.functional.interpolate(last, scale_factor=self.header.patch, mode="bilinear")
        found: NDArray[np.float32] = large[:, :, : images.shape[2], : images.shape[3]].numpy()
        return found


@dataclass(frozen=True, eq=False)
class _Embedded:
    """As `subjects.OfModel`, of a model in torch."""

    task: TileTask
    model: EmbeddingModel
    header: ModelHeader

    def pooled(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        return POOLINGS[POOLING["embedding"]](self.maps(images))

    def maps(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        pixels = whole_inputs(images, self.task, self.header)
        with torch.inference_mode():
            found = [self.model(each[None]).numpy() for each in pixels]
        return np.concatenate(found)[:, :, : images.shape[2], : images.shape[3]]
