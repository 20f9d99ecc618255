"""What a canopy map, two radars and a camera above see of a volume that stands on the ground.

A volume has Z heights, the lowest of which is the ground and opaque. Rays are columns; for a radar, columns that lean:
what is high lies nearer to the sensor by h·cot θ, and so on one line with what lies there.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from mmearth_core.pretraining.methods.ns_mae.rays import columns, displacement, expected, leant, ray_weights, spread

#: Metres of a pixel, and the angle between the radar's look and the plumb line: the middle of Sentinel-1's 29° … 46°.
PIXEL, INCIDENCE = 10.0, 39.0
#: Which way each orbit of Sentinel-1, which looks to its right, moves what is high: ascending ones stand in the west,
#: descending ones in the east. (It does so some 12° off; over 30 m of height that is 8 m along the column.)
WEST, EAST = -1, 1


class FromAbove(NamedTuple):
    """Of each column (N, Y, X): the height that is seen from above and how much it varies, both in metres, and the
    optical `thickness` of what stands on the ground."""

    height: Tensor
    spread: Tensor
    thickness: Tensor

    @property
    def cover(self) -> Tensor:
        """The share of the ground that is not seen from above: 1 − w of the ground."""
        return -torch.expm1(-self.thickness)


@dataclass(frozen=True)
class Renderer:
    """`heights` above ground from 0 to `top`, `step` apart, in metres; `cell`, the side of a column in metres."""

    top: float
    step: float
    cell: float

    @property
    def count(self) -> int:
        """How many heights there are."""
        return round(self.top / self.step) + 1

    def heights(self, like: Tensor) -> Tensor:
        """(Z,) rising from 0."""
        return torch.arange(self.count, device=like.device, dtype=like.dtype) * self.step

    def from_above(self, density: Tensor) -> FromAbove:
        """Of densities (N, Z, Y, X) in 1/m."""
        heights = self.heights(density).flip(0)
        weights = ray_weights(columns(density), self.step)
        thickness = density[:, 1:].sum(1) * self.step
        return FromAbove(expected(weights, heights), spread(weights, heights.expand(weights.shape)), thickness)

    def shown_above(self, density: Tensor, values: Tensor) -> Tensor:
        """What is seen from above of values (N, C, Z, Y, X): (N, C, Y, X)."""
        weights = ray_weights(columns(density), self.step)
        return expected(weights[:, None], columns(values))

    def radar(self, density: Tensor, backscatter: Tensor, towards: int, offset: Tensor) -> Tensor:
        """What a radar that stands in the west (−1) or east (1) shows of `backscatter` (N, C, Z, Y, X), north up:
        (N, C, Y, X), moved eastwards by `offset` (N,) metres."""
        moves = torch.tensor(
            [towards * displacement(at * self.step, INCIDENCE) / self.cell for at in range(self.count)],
            device=density.device,
        )
        leaning = leant(torch.cat([density[:, None], backscatter], 1), moves)
        shown = self.shown_above(leaning[:, 0], leaning[:, 1:])
        return leant(shown[:, :, None], (offset / self.cell)[:, None, None])[:, :, 0]


def upright(images: Tensor, turned: Tensor) -> Tensor:
    """Images (N, …, S, S) that were `turned` (N,) as `view.CanopyView` says, with north above again."""
    return torch.stack(
        [
            torch.rot90(image.flip(-1) if turn >= 4 else image, -(turn % 4), (-2, -1))
            for image, turn in zip(images, turned.tolist(), strict=True)
        ]
    )


def as_turned(images: Tensor, turned: Tensor) -> Tensor:
    """The inverse of `upright`."""
    found = [torch.rot90(image, turn % 4, (-2, -1)) for image, turn in zip(images, turned.tolist(), strict=True)]
    return torch.stack(
        [image.flip(-1) if turn >= 4 else image for image, turn in zip(found, turned.tolist(), strict=True)]
    )


def covered_loss(thickness: Tensor, covered: Tensor) -> Tensor:
    """−log of how likely it is that ground is `covered` (1) or not (0), if it is with 1 − e^−thickness.

    From the thickness itself, so that neither a bare nor a dense column is too sure to learn.
    """
    seldom = torch.log(-torch.expm1(-thickness.clamp(min=1e-6)))
    return torch.where(covered > 0, -seldom, thickness)
