"""Scenes to learn from in place of tiles: generated when they are first looked at, and kept."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmearth_core.encoder.model_file import Statistics
from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import MODALITIES, Modality
from mmearth_core.pretraining.config import PretrainConfig, ScenesConfig
from mmearth_core.pretraining.dataset import Views
from mmearth_core.pretraining.methods.contract import BuiltMethod, Sample, View
from mmearth_core.pretraining.methods.ns_mae.scenes.world import Cameras, cast, lidar_directions, scene
from mmearth_core.pretraining.run_data import RunData


def measured(seed: int, number: int, cameras: Cameras) -> Sample:
    """What the sensors measure of a scene: "images" (4, 3, H, W) uint8, "distances" (beams,) float32 metres, inf where
    nothing is met, "depth" (4, H, W) float32 the same in the cameras' pixels, NaN where there is none, and the labels
    "boxes" (32, 32) bool, cells of 1 m in a box."""
    shown = scene(seed, number)
    distances = cast(shown, lidar_directions()).distance
    return {
        "images": cameras.images(shown),
        "distances": distances.astype(np.float32),
        "depth": cameras.depths(distances),
        "boxes": shown.footprint((32, 32)),
    }


class SceneDataset(Views):
    """Views of some scenes of a world."""

    def __init__(self, world: ScenesConfig, indices: NDArray[np.int64], view: View, seed: int) -> None:
        super().__init__(indices, seed)
        self.world = world
        self._view = view
        self._kept: dict[int, Sample] = {}

    def __getstate__(self) -> dict[str, Any]:
        """Workers generate what they look at themselves."""
        return {**self.__dict__, "_kept": {}}

    def view(self, position: int, epoch: int) -> dict[str, NDArray[np.generic]]:
        """The view of a scene in an epoch: with `default_rng([seed, epoch, number of the scene])`."""
        number = int(self.indices[position])
        if number not in self._kept:
            self._kept[number] = measured(self.world.seed, number, Cameras(*self.world.image))
        return self._view(self._kept[number], np.random.default_rng([self.seed, epoch, number]))


@dataclass(frozen=True)
class SceneData(RunData):
    """The scenes of a world."""

    noun = "scene"

    world: ScenesConfig

    @property
    def known(self) -> Mapping[str, Modality]:
        """Scenes have no modalities of tiles, and no teachers."""
        return MODALITIES

    def views(self, indices: NDArray[np.int64], view: View, seed: int) -> Views:
        return SceneDataset(self.world, indices, view, seed)

    def model_statistics(self, bands: tuple[str, ...]) -> dict[str, Statistics] | None:  # noqa: ARG002
        return None

    def check(self, config: PretrainConfig, built: BuiltMethod) -> None:
        """Refuse images that are not made of whole patches, or a choice of the best without a hold-out."""
        height, width = self.world.image
        if height % built.crop or width % built.crop:
            raise MMEarthError(
                f"data.image: {height} × {width} px are not made of whole patches; choose multiples of {built.crop}."
            )
        if config.export.checkpoint == "best" and not len(self.held):
            raise MMEarthError(
                "export.checkpoint is best, and no scene is held out to tell which that is; set it to last."
            )


def open_scenes(config: ScenesConfig) -> SceneData:
    """The scenes of a configuration, the last of them held out. Nothing is generated yet."""
    numbers = np.arange(config.scenes)
    first_held = config.scenes - round(config.scenes * config.hold_out)
    digest = hashlib.sha256(repr((config.scenes, config.seed, config.image)).encode()).hexdigest()
    return SceneData(numbers[:first_held], numbers[first_held:], digest, config)
