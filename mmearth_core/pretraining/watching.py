"""What happens at the end of an epoch: the hold-out is looked at, collapse is noticed, a picture is written.

Measures only: nothing here changes a weight.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.evaluation.retrieval import effective_rank
from mmearth_core.files import write_json
from mmearth_core.pretraining.config import PretrainConfig
from mmearth_core.pretraining.dataset import Views
from mmearth_core.pretraining.distributed import Processes
from mmearth_core.pretraining.labelled import LabelledTiles
from mmearth_core.pretraining.methods.contract import BuiltMethod
from mmearth_core.pretraining.monitor import (
    COLLAPSED,
    HoldOut,
    feature_spread,
    measure_constants,
    pooled_features,
    score_of,
)
from mmearth_core.pretraining.reconstructions import Example, write_figure, write_picture
from mmearth_core.pretraining.run_data import RunData, constants_from, hold_out_batches
from mmearth_core.pretraining.run_folder import RunFolder
from mmearth_core.tiles.reader import evenly


class EpochWatcher:
    """Looks at a method on the hold-out of its run."""

    def __init__(
        self,
        config: PretrainConfig,
        built: BuiltMethod,
        data: RunData,
        folder: RunFolder,
        labelled: LabelledTiles | None,
        processes: Processes,
    ) -> None:
        self._config, self._built, self._folder, self._processes = config, built, folder, processes
        self._labelled = labelled
        self._outputs = data.outputs(built.method.outputs)
        processes.by_first(lambda: self._measure_baseline(data))
        baseline = json.loads(folder.baseline.read_text(encoding="utf-8"))
        batches = hold_out_batches(data, config, built.plain_view, processes)
        self._tiles = batches.dataset
        self._hold_out = HoldOut(lambda: iter(batches), baseline["constants"])
        self._constant: dict[str, float | None] | None = None

    def validate(self, check: Callable[[], None]) -> dict[str, Any]:
        """Losses on the hold-out beside those of constants, their mean ratio as "score", and the monitor's figures.

        Raises `MMEarthError` when all tiles have the same features.
        """
        method = self._built.method
        encoder = method.export()
        found: dict[str, Any] = {}
        if len(self._tiles):
            if self._constant is None:
                self._constant = self._hold_out.constant_losses(method, check)
            objective, losses = self._hold_out.losses(method, check)
            images = _images(self._tiles)
            features = pooled_features(encoder, images)[-1]
            spread = feature_spread(features)
            if spread < COLLAPSED and bool((images != images[0]).any()):
                raise MMEarthError(
                    f"The encoder collapsed: features of different tiles differ by {spread:.1e} of their size only."
                    " Earlier checkpoints are kept; lower optimiser.base_learning_rate or change the method's"
                    " settings, and start a new run."
                )
            found = {
                "objective": objective,
                "score": score_of(losses, self._constant),
                "losses": losses,
                "constant": self._constant,
                "feature_spread": spread,
                "effective_rank": effective_rank(features),
            }
        if self._labelled is not None:
            found["monitor"] = self._labelled.accuracy(encoder)
        return found

    def picture(self, epoch: int) -> None:
        """Write `pictures/epoch-0010.png`: what the method makes of some hold-out tiles; and what figure it has of
        them as `pictures/figure-0010.png`."""
        count = min(len(self._tiles), self._config.optimiser.batch)
        if not count:
            return
        views = [self._tiles.view(int(position), 0) for position in evenly(len(self._tiles), count)]
        figure = self._built.method.eval().figure(self._batch(views))
        if figure is not None and self._processes.first:
            self._folder.pictures.mkdir(exist_ok=True)
            write_figure(self._folder.pictures / f"figure-{epoch:04d}.png", figure)
        if any(output.level == "pixel" for output in self._outputs):
            self._picture_reconstructions(epoch, views)

    def _picture_reconstructions(self, epoch: int, views: list[dict[str, NDArray[Any]]]) -> None:
        masked = np.stack([view["masked"] for view in views])
        first = self._predict(views, masked)
        second = self._predict(views, _others_masked(masked))
        # Each patch is shown as it was predicted while it was hidden.
        predicted = {name: np.where(_pixels(masked, first[name]), first[name], second[name]) for name in first}
        if self._processes.first:
            shown = _telling(views, list(predicted), self._config.watch.picture_tiles)
            examples = [
                Example(
                    np.asarray(views[at]["image"]),
                    np.asarray(views[at]["masked"]),
                    self._built.bands,
                    {name: np.asarray(views[at][name]) for name in predicted},
                    {name: images[at] for name, images in predicted.items()},
                )
                for at in shown
            ]
            self._folder.pictures.mkdir(exist_ok=True)
            title = (
                f"{self._config.export.name}, epoch {epoch}: hold-out tiles, each patch predicted while it was hidden"
            )
            write_picture(self._folder.pictures / f"epoch-{epoch:04d}.png", examples, title)

    def _measure_baseline(self, data: RunData) -> None:
        """Keep what constants are best and which tiles the run is of; refuse other tiles than before."""
        path: Path = self._folder.baseline
        if path.is_file():
            if json.loads(path.read_text(encoding="utf-8"))["tiles"] != data.digest:
                raise MMEarthError(
                    f"{self._folder.path} is a run on other tiles; restore them, choose another folder, or pass"
                    " `overwrite=True` to start afresh."
                )
            return
        views = constants_from(data, self._config, self._built.plain_view)
        constants = measure_constants(views, self._outputs) if self._outputs else {}
        write_json(path, {"tiles": data.digest, "constants": constants})

    def _predict(self, views: list[dict[str, NDArray[Any]]], masked: NDArray[np.bool_]) -> dict[str, NDArray[Any]]:
        """Predictions of every pixel modality (N, outputs, H, W) where some patches are hidden, in every process: a
        method's statistics may be over all of them."""
        method = self._built.method.eval()
        batch = self._batch(views)
        batch["masked"] = torch.from_numpy(masked).to(batch["masked"].device)
        return {name: images.float().cpu().numpy() for name, images in method.reconstruct(batch).items()}

    def _batch(self, views: list[dict[str, NDArray[Any]]]) -> dict[str, torch.Tensor]:
        device = next(self._built.method.parameters()).device
        return {name: torch.from_numpy(np.stack([view[name] for view in views])).to(device) for name in views[0]}


def _others_masked(masked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Masks (N, g, g) that hide every patch the given ones show, and as many in all of each tile, but never all."""
    flat = masked.reshape(len(masked), -1)
    count = min(max(int(flat.sum(1).max()), int((~flat).sum(1).max())), flat.shape[1] - 1)
    order = np.argsort(flat + np.random.default_rng(0).random(flat.shape) / 2, axis=1)
    others = np.zeros_like(flat)
    np.put_along_axis(others, order[:, :count], True, axis=1)
    return others.reshape(masked.shape)


def _pixels(masked: NDArray[np.bool_], images: NDArray[Any]) -> NDArray[np.bool_]:
    """Masks of patches (N, g, g) as those of pixels (N, 1, H, W)."""
    side = images.shape[-1] // masked.shape[-1]
    return masked.repeat(side, axis=1).repeat(side, axis=2)[:, None]


def _images(tiles: Views) -> torch.Tensor:
    """The inputs of some tiles, evenly spread, to see whether their features differ: of each one image or several."""
    images = np.stack([tiles.view(int(each), 0)["image"] for each in evenly(len(tiles), 64)])
    return torch.from_numpy(images).flatten(0, -4)


def _telling(views: list[dict[str, NDArray[Any]]], names: list[str], count: int) -> list[int]:
    """The tiles with values of the most modalities, as far apart in the list as can be."""

    def known(view: dict[str, NDArray[Any]]) -> int:
        return sum(
            bool((view[name] >= 0).any() if view[name].ndim == 2 else np.isfinite(view[name]).any()) for name in names
        )

    counts = np.array([known(view) for view in views])
    best = np.flatnonzero(counts == counts.max())
    if len(best) < count:
        best = np.argsort(-counts, kind="stable")[:count]
    return sorted(int(best[at]) for at in evenly(len(best), count))
