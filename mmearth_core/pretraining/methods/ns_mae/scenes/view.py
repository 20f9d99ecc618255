"""What NS-MAE sees of a scene, and what it is to render: images, LiDAR voxels and distances, each mostly hidden."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.pretraining.methods.contract import Sample, View
from mmearth_core.pretraining.methods.ns_mae.scenes.world import EXTENT, MAST, REACH, lidar_directions
from mmearth_core.pretraining.methods.ns_mae.settings import NsMaeConfig

#: Colours from 0 to 1 enter the encoder less and over these.
COLOUR_MEAN, COLOUR_SPREAD = 0.5, 0.25
#: Numbers of a LiDAR voxel: whether it is met, and where in it, on average, along z, y and x.
POINT_CHANNELS = 4


@dataclass(frozen=True)
class SceneView(View):
    """One scene as its sensors show it, in part.

    `patch`: side of what of an image is hidden whole, in pixels; `voxel`: side of a voxel in metres; `rays`: how many
    pixels are to be rendered; the shares are those of `NsMaeConfig`. Nothing is turned or mirrored.
    """

    patch: int
    voxel: float
    rays: int
    mask_image: float
    mask_points: float
    mask_depths: float

    @classmethod
    def of(cls, config: NsMaeConfig) -> Self:
        """As settings ask for."""
        return cls(config.patch, config.voxel, config.rays, config.mask_image, config.mask_points, config.mask_depths)

    def whole(self) -> Self:
        """The same with nothing hidden."""
        return replace(self, mask_image=0.0, mask_points=0.0, mask_depths=0.0)

    def __call__(self, sample: Sample, rng: np.random.Generator) -> dict[str, NDArray[np.generic]]:
        """Views by name, of a sample of `data.SceneDataset`.

        "image" (4, 3, H, W) float32; "masked" (4, rows, columns) bool, true where hidden; "told" (4, 2, rows, columns)
        float32, the mean distance of a patch as a share of `REACH`, and whether it is told; "points" (4, Z, Y, X)
        float32 of the voxels that are seen. To be rendered: "rays" (R,) int64, pixels of all cameras by number;
        "depth" (4, H, W) float32 metres, NaN where the LiDAR measured nothing; "height" (Y, X) float32 metres, of the
        topmost hidden voxel that the LiDAR met, NaN where there is none. "boxes" (Y, X) bool at 1 m are labels, which
        no method reads.
        """
        images = np.asarray(sample["images"])
        height, width = images.shape[2:]
        if height % self.patch or width % self.patch:
            raise MMEarthError(
                f"images of {height} × {width} px are not made of whole patches; choose multiples of {self.patch} px."
            )
        grid = (4, height // self.patch, width // self.patch)
        depth = np.asarray(sample["depth"], np.float32)
        points, hidden_top = self._points(np.asarray(sample["distances"]), rng)
        return {
            "image": (images.astype(np.float32) / 255 - COLOUR_MEAN) / COLOUR_SPREAD,
            "masked": self._masked(grid, rng),
            "told": self._told(depth, grid, rng),
            "points": points,
            "rays": rng.permutation(4 * height * width)[: self.rays],
            "depth": depth,
            "height": hidden_top,
            "boxes": np.asarray(sample["boxes"]),
        }

    def _masked(self, grid: tuple[int, int, int], rng: np.random.Generator) -> NDArray[np.bool_]:
        """The same number of patches of each image, one at least, stays visible."""
        cameras, rows, columns = grid
        order = rng.random((cameras, rows * columns)).argsort(1).argsort(1)
        visible = max(1, round(rows * columns * (1 - self.mask_image)))
        return (order >= visible).reshape(grid)

    def _told(
        self, depth: NDArray[np.float32], grid: tuple[int, int, int], rng: np.random.Generator
    ) -> NDArray[np.float32]:
        cells = depth.reshape(grid[0], grid[1], self.patch, grid[2], self.patch)
        known = np.isfinite(cells)
        count = known.sum((2, 4))
        told = (count > 0) & (rng.random(grid) >= self.mask_depths)
        mean = np.where(known, cells, 0).sum((2, 4)) / np.maximum(count, 1) / REACH
        return np.stack([np.where(told, mean, 0), told], 1).astype(np.float32)

    def _points(
        self, distances: NDArray[np.generic], rng: np.random.Generator
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Voxels that are seen, and the height of the topmost hidden one of each column."""
        met = np.isfinite(distances)
        places = (MAST + lidar_directions()[met] * distances[met, None]) / self.voxel
        sides = tuple(round(side / self.voxel) for side in EXTENT)
        # What is met is the border of something: rounding may put it outside of the world.
        cells = np.clip(np.floor(places), 0, np.array(sides) - 1).astype(np.int64)
        shape = sides[::-1]
        number = np.ravel_multi_index(tuple(cells.T[::-1]), shape)
        occupied, which, count = np.unique(number, return_inverse=True, return_counts=True)
        seen = rng.random(len(occupied)) >= self.mask_points
        points = np.zeros((POINT_CHANNELS, int(np.prod(shape))), np.float32)
        points[0, occupied[seen]] = 1
        for channel, axis in enumerate((2, 1, 0), 1):
            mean = np.bincount(which, places[:, axis] - cells[:, axis] - 0.5, len(occupied)) / count
            points[channel, occupied[seen]] = mean[seen]
        top = np.full(shape, -np.inf, np.float32).ravel()
        level = occupied[~seen] // (shape[1] * shape[2])
        top[occupied[~seen]] = (level + 0.5) * self.voxel
        highest = top.reshape(shape).max(0)
        return points.reshape(POINT_CHANNELS, *shape), np.where(np.isfinite(highest), highest, np.nan).astype(
            np.float32
        )
