"""Trains a network on a task by a recipe, or a linear layer on features, and says what it tells of the test tiles.

In full precision, on a GPU where there is one. A run is a function of task, recipe and seed on one machine.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from mmearth_core.encoder.architecture import Architecture
from mmearth_core.encoder.model_file import ModelHeader, Statistics
from mmearth_core.encoder.network import Encoder
from mmearth_core.errors import EnvironmentFailure
from mmearth_core.evaluation.judging.evidence import METRICS, Evidence
from mmearth_core.evaluation.judging.frozen import Told
from mmearth_core.evaluation.judging.subjects import check_task
from mmearth_core.evaluation.tasks.contract import Parts, TileTask
from mmearth_core.evaluation.trained.networks import Classifier, Layer, UNet, drop_paths
from mmearth_core.evaluation.trained.random_encoder import whole_inputs
from mmearth_core.evaluation.trained.recipes import Recipe
from mmearth_core.progress import CancelToken

#: Tiles that go through a network at once; larger batches add up their gradients.
_AT_ONCE = 64
#: Tiles whose pixels the statistics of a task without published ones are of.
_MEASURED = 256


def train(
    task: TileTask,
    encoder: Encoder,
    header: ModelHeader,
    recipe: Recipe,
    parts: Parts,
    seed: int,
    cancel: CancelToken,
) -> Told:
    """Train an encoder, which is changed, with a new head on the training tiles; what it tells of the test tiles.

    Raises `MMEarthError` when the task lacks too many of its bands, `EnvironmentFailure` when memory runs out,
    `Cancelled`.
    """
    check_task(task, header)
    own = replace(header, statistics={task.level: _statistics(task, header, recipe, parts)})
    if recipe.norm == "sample":
        encoder.set_grn("sample")
    drop_paths(encoder, recipe.drop_path)
    encoder.requires_grad_(True)

    def inputs(rows: NDArray[np.intp]) -> Tensor:
        """By name, normalised by the recipe's statistics, in whole patches."""
        return whole_inputs(task.images(rows), task, own)

    with _of_seed(seed):
        network = (UNet if recipe.head == "unet" else Classifier)(encoder, len(task.classes))
        return _Training(task, network, inputs, recipe, parts, seed).run(cancel)


def train_layer(
    task: TileTask,
    features: Callable[[NDArray[np.intp]], NDArray[np.floating]],
    recipe: Recipe,
    parts: Parts,
    seed: int,
    cancel: CancelToken,
) -> Told:
    """Train a linear layer on features of tiles by a recipe; what it tells of the test tiles.

    `features(rows)` (n, d) are divided by their spread in the training tiles and stay as they are; of turned tiles they
    are taken to be the same. Raises as `train`, but for bands.
    """
    learned = np.asarray(features(parts.train), np.float64)
    centre, spread = learned.mean(axis=0), learned.std(axis=0)
    scale = np.where(spread > 0, spread, 1)

    def inputs(rows: NDArray[np.intp]) -> Tensor:
        return torch.from_numpy(((features(rows) - centre) / scale).astype(np.float32))

    with _of_seed(seed):
        layer = Layer(len(centre), len(task.classes))
        alone = replace(recipe, still=0, layer_decay=None, flips=False)
        return _Training(task, layer, inputs, alone, parts, seed).run(cancel)


@contextmanager
def _of_seed(seed: int) -> Iterator[None]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        try:
            yield
        except torch.OutOfMemoryError as error:
            raise EnvironmentFailure(
                "The GPU's memory does not hold a batch of this task; close other programs, or take a larger GPU."
            ) from error


class _Training:
    """One training of a network on what it takes of tiles, `inputs(rows)`."""

    def __init__(
        self,
        task: TileTask,
        network: Classifier | UNet | Layer,
        inputs: Callable[[NDArray[np.intp]], Tensor],
        recipe: Recipe,
        parts: Parts,
        seed: int,
    ) -> None:
        self.task, self.inputs, self.recipe, self.parts, self.seed = task, inputs, recipe, parts, seed
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.network = network.to(self.device)

    def run(self, cancel: CancelToken) -> Told:
        recipe, count = self.recipe, len(self.parts.train)
        batch = min(recipe.batch, count)
        steps = count // batch
        total = recipe.epochs * steps
        optimiser = torch.optim.AdamW(parameter_groups(self.network, recipe), lr=recipe.rate)
        rng = np.random.default_rng([self.seed, 4])
        best: tuple[float, dict[str, Tensor]] | None = None
        for epoch in range(recipe.epochs):
            order = rng.permutation(self.parts.train)
            self.network.train()
            for step in range(steps):
                cancel.check()
                rate = rate_at(recipe, epoch * steps + step, total, steps)
                for group in optimiser.param_groups:
                    group["lr"] = rate * group["scale"]
                self._update(order[step * batch : (step + 1) * batch], optimiser, rng, still=epoch < recipe.still)
            if recipe.keep == "best":
                score = self._score(self.parts.valid)
                if best is None or score > best[0]:
                    best = score, {name: each.clone() for name, each in self.network.state_dict().items()}
        facts: dict[str, Any] = {"updates": total, "batch": batch, "rate": recipe.rate, "device": self.device.type}
        if best is not None:
            self.network.load_state_dict(best[1])
            facts["validation"] = best[0]
        return Told(self._told(self.parts.test), facts)

    def _update(
        self, rows: NDArray[np.intp], optimiser: torch.optim.Optimizer, rng: np.random.Generator, *, still: bool
    ) -> None:
        optimiser.zero_grad()
        for part in np.array_split(rows, math.ceil(len(rows) / _AT_ONCE)):
            pixels, labels = self.inputs(part), torch.from_numpy(self.task.labels(part))
            if self.recipe.flips:
                pixels, labels = turned(pixels, labels, rng, maps=self.task.target == "pixels")
            logits = self._cut(self.network(pixels.to(self.device), still=still))
            torch.autograd.backward(self._loss(logits, labels.to(self.device)) * len(part) / len(rows))
        if still and not isinstance(self.network, Layer):
            for parameter in self.network.encoder.parameters():
                parameter.grad = None
            if isinstance(self.network, Classifier):
                self.network.norm.zero_grad()
        optimiser.step()

    def _loss(self, logits: Tensor, labels: Tensor) -> Tensor:
        smoothing = self.recipe.smoothing
        if self.task.target == "classes":
            # As published: 1 − s where a class is there, s where it is not.
            wanted = torch.where(labels, 1 - smoothing, smoothing)
            return functional.binary_cross_entropy_with_logits(logits, wanted)
        if self.task.target == "pixels" and not (labels >= 0).any():
            return logits.sum() * 0
        return functional.cross_entropy(logits, labels, ignore_index=-1, label_smoothing=smoothing)

    def _score(self, rows: NDArray[np.intp]) -> float:
        target = self.task.target
        evidence = Evidence.of(target, len(self.task.classes), self.task.labels(rows), self._told(rows))
        return evidence.metric(METRICS[target][0])

    def _told(self, rows: NDArray[np.intp]) -> NDArray[Any]:
        self.network.eval()
        found = []
        with torch.inference_mode():
            for start in range(0, len(rows), _AT_ONCE):
                logits = self._cut(self.network(self.inputs(rows[start : start + _AT_ONCE]).to(self.device)))
                told = logits > 0 if self.task.target == "classes" else logits.argmax(1)
                found.append(told.cpu().numpy())
        return np.concatenate(found)

    def _cut(self, logits: Tensor) -> Tensor:
        """Maps without what was added to make whole patches."""
        return logits if logits.ndim == 2 else logits[:, :, : self.task.shape[0], : self.task.shape[1]]


def _statistics(task: TileTask, header: ModelHeader, recipe: Recipe, parts: Parts) -> Statistics:
    """Of the encoder's bands. Those that the task lacks are filled afterwards, whatever stands here for them."""
    if recipe.statistics == "model":
        return header.statistics[task.level]
    own = task.statistics or measured(task, parts.train[:_MEASURED])
    by_band = dict(zip(task.bands, zip(own.mean, own.std, strict=True), strict=True))
    mean, std = zip(*(by_band.get(band, (0.0, 1.0)) for band in header.bands), strict=True)
    return Statistics(mean, std)


def measured(task: TileTask, rows: NDArray[np.intp]) -> Statistics:
    """Mean and standard deviation of every band over what was measured of some tiles."""
    images = task.images(rows).transpose(1, 0, 2, 3).reshape(len(task.bands), -1)
    mean, std = np.nanmean(images, axis=1, dtype=np.float64), np.nanstd(images, axis=1, dtype=np.float64)
    return Statistics(tuple(np.ravel(mean).tolist()), tuple(np.where(std > 0, std, 1.0).ravel().tolist()))


def rate_at(recipe: Recipe, step: int, total: int, steps: int) -> float:
    """The learning rate of an update, of `total`, with `steps` in an epoch."""
    warm = recipe.warmup * steps
    if step < warm:
        return recipe.rate * (step + 1) / warm
    share = (step - warm) / max(1, total - warm)
    return recipe.least_rate + (recipe.rate - recipe.least_rate) * 0.5 * (1 + math.cos(math.pi * share))


def parameter_groups(network: Classifier | UNet | Layer, recipe: Recipe) -> list[dict[str, Any]]:
    """Parameters by weight decay and by factor of the learning rate (`scale`).

    Biases and norms are not decayed, nor, as published, are the weights of response norms.
    """
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        inside = name.startswith("encoder.")
        plain = parameter.ndim <= 1 or name.endswith(".bias")
        decay = recipe.encoder_decay if inside and recipe.encoder_decay is not None else recipe.decay
        scale = 1.0 if isinstance(network, Layer) else layer_scale(name, network.encoder.architecture, recipe)
        groups.setdefault((0.0 if plain else decay, scale), []).append(parameter)
    return [{"params": some, "weight_decay": decay, "scale": scale} for (decay, scale), some in groups.items()]


def layer_scale(name: str, architecture: Architecture, recipe: Recipe) -> float:
    """The factor of the learning rate of a parameter by its name.

    "published": the number of a block counts all blocks before it, from 1; a downsampling counts as the first block
    before it, and what is in no stage as the head. "in order": the stem is 0, a downsampling is of the stage after it.
    """
    if recipe.layer_decay is None:
        return 1.0
    depths = architecture.depths
    highest = sum(depths) + 1
    parts = name.removeprefix("encoder.").split(".")
    if parts[0] == "stages":
        layer = sum(depths[: int(parts[1])]) + int(parts[2]) + 1
    elif parts[0] == "downsample_layers":
        layer = sum(depths[: int(parts[1]) + (recipe.layers == "in order")]) + 1
    elif parts[0] in ("initial_conv", "stem") and recipe.layers == "in order":
        layer = 0
    else:
        layer = highest
    return float(recipe.layer_decay ** (highest - layer))


def turned(pixels: Tensor, labels: Tensor, rng: np.random.Generator, *, maps: bool) -> tuple[Tensor, Tensor]:
    """Tiles mirrored and turned by quarters at random, and their labels alike where these are maps."""
    for index in range(len(pixels)):
        mirror, quarters = bool(rng.integers(2)), int(rng.integers(4)) if pixels.shape[2] == pixels.shape[3] else 0
        for each in (pixels, labels) if maps else (pixels,):
            tile = each[index].flip(-1) if mirror else each[index]
            each[index] = torch.rot90(tile, quarters, (-2, -1)).clone()
    return pixels, labels
