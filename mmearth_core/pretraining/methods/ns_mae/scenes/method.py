"""NS-MAE in its own world: from the little that is seen of a scene, what all its sensors measure is rendered.

Xu et al. 2024 (arXiv 2405.17942) and their code, at toy size. The head that renders is not needed afterwards. The
formulas are followed, and not what the code that was published sets otherwise: weights of 10⁻⁸ of both terms of
distance, a mixed order of the head's numbers, and rays that reach further than the distances that are told apart.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from mmearth_core.pretraining.methods.comparisons.exchange import rows_of_all_processes
from mmearth_core.pretraining.methods.contract import Batch, Losses, LossSum, PretrainMethod
from mmearth_core.pretraining.methods.losses import over_processes
from mmearth_core.pretraining.methods.ns_mae.rays import columns, expected, ray_weights, sampled
from mmearth_core.pretraining.methods.ns_mae.scenes.lift import DISTANCES, STEP
from mmearth_core.pretraining.methods.ns_mae.scenes.network import SceneNetwork
from mmearth_core.pretraining.methods.ns_mae.scenes.view import COLOUR_MEAN, COLOUR_SPREAD, SceneView
from mmearth_core.pretraining.methods.ns_mae.scenes.world import EXTENT, MAST, REACH, SKY, Cameras
from mmearth_core.pretraining.methods.ns_mae.settings import NsMaeConfig

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: What is added before the softplus of a density: an untrained volume is nearly empty, so that rays reach all of it.
_EMPTY = -4.0


class NsMaeScenes(SceneNetwork, PretrainMethod):
    """NS-MAE on generated camera and LiDAR scenes."""

    view: SceneView
    fidelity = (
        "NS-MAE (arXiv 2405.17942) on generated camera and LiDAR scenes, scaled down, by its formulas and not by the"
        " settings that were released."
    )

    def __init__(self, config: NsMaeConfig) -> None:
        super().__init__(config)
        self.view = SceneView.of(config)
        #: Density, then red, green and blue of each voxel.
        self.render = nn.Conv3d(config.width, 4, 1)
        self.sky = nn.Parameter(torch.zeros(3))

    def forward(self, batch: Batch) -> Losses:
        """Losses of a batch of `SceneView`s: colours, distances, and heights of hidden voxels from above."""
        density, colour = self.rendered_volume(batch)
        seen, distance = self.along_rays(density, colour, batch, batch["rays"])
        parts = over_processes(self._judge(batch, seen, distance, self.from_above(density)))
        weights = vars(self.config.terms)
        objective = torch.stack([weight * parts[name].mean for name, weight in weights.items() if weight]).sum()
        return Losses(objective, parts, weights)

    def constant_losses(self, batch: Batch, constants: Mapping[str, Tensor]) -> Mapping[str, LossSum]:  # noqa: ARG002
        """The parts when the mean colour, the median distance and the median height of this batch are rendered."""
        colour, depth, height = (
            rows_of_all_processes(each.flatten(1)[None])[0][0]
            for each in (batch["image"].mean((1, 3, 4)), batch["depth"], batch["height"])
        )
        colour = colour.mean(0) * COLOUR_SPREAD + COLOUR_MEAN
        shape = batch["rays"].shape
        return over_processes(
            self._judge(
                batch,
                colour.expand(*shape, 3),
                depth.nanmedian().expand(shape),
                height.nanmedian().expand(batch["height"].shape),
            )
        )

    @torch.no_grad()
    def figure(self, batch: Batch) -> "Figure | None":
        """What cameras show, what of it is seen, what is rendered; distances and heights beside those measured."""
        from mmearth_core.pretraining.methods.ns_mae.scenes.drawing import drawn  # noqa: PLC0415 - loads matplotlib

        # Every process reads all, for the response normalisation is over all.
        density, colour = self.rendered_volume(batch)
        first = {name: each[:1] for name, each in batch.items()}
        pixels = first["depth"].numel()
        every = torch.arange(pixels, device=density.device)[None]
        seen, distance = self.along_rays(density[:1], colour[:1], first, every)
        shape = first["depth"].shape[1:]
        return drawn(
            {name: each[0].cpu().numpy() for name, each in first.items()},
            seen[0].view(*shape, 3).cpu().numpy(),
            distance[0].view(shape).cpu().numpy(),
            self.from_above(density[:1])[0].cpu().numpy(),
        )

    def rendered_volume(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Density in 1/m (N, 1, Z, Y, X) and colour in 0 … 1 (N, 3, Z, Y, X) of each voxel, float32."""
        raw = self.render(self.volume(batch)).float()
        return functional.softplus(raw[:, :1] + _EMPTY), torch.sigmoid(raw[:, 1:])

    def along_rays(self, density: Tensor, colour: Tensor, batch: Batch, rays: Tensor) -> tuple[Tensor, Tensor]:
        """Colour (N, R, 3) and distance in metres (N, R) that are seen in pixels (N, R), by number.

        Samples are at the distances that the lift tells apart; behind them is the sky, which is opaque.
        """
        height, width = batch["image"].shape[-2:]
        directions = torch.from_numpy(Cameras(height, width).directions()).to(density).view(-1, 3)[rays]
        distances = torch.from_numpy(DISTANCES).to(density)
        places = torch.tensor(MAST).to(density) + directions[:, :, None] * distances[:, None]
        found = sampled(torch.cat([density, colour], 1), places / self.config.voxel)
        # Beside and above the world there is nothing; below it the ground goes on.
        extent = torch.tensor(EXTENT).to(density)
        inside = ((places[..., :2] >= 0) & (places[..., :2] <= extent[:2])).all(-1) & (places[..., 2] <= extent[2])
        weights = ray_weights(functional.pad(found[:, 0] * inside, (0, 1)), STEP)
        sky = (torch.tensor(SKY).to(density).logit() + self.sky).sigmoid()
        shown = torch.cat([found[:, 1:], sky[None, :, None, None].expand(len(found), 3, rays.shape[1], 1)], -1)
        far = functional.pad(distances, (0, 1), value=REACH)
        return expected(weights[:, None], shown).movedim(1, -1), expected(weights, far)

    def from_above(self, density: Tensor) -> Tensor:
        """Height in metres (N, Y, X) at which each column is first met from above; the ground is opaque."""
        levels = density.shape[2]
        heights = (torch.arange(levels, 0, -1, device=density.device) - 0.5).to(density) * self.config.voxel
        weights = ray_weights(functional.pad(columns(density[:, 0]), (0, 1)), self.config.voxel)
        return expected(weights, functional.pad(heights, (0, 1)))

    def _judge(self, batch: Batch, seen: Tensor, distance: Tensor, height: Tensor) -> dict[str, LossSum]:
        """Losses of this process of what is rendered in the pixels `rays` of the batch, and from above."""
        rays = batch["rays"]
        colours = batch["image"].movedim(2, -1).flatten(1, 3) * COLOUR_SPREAD + COLOUR_MEAN
        wanted = colours.gather(1, rays[..., None].expand(-1, -1, 3))
        return {
            "image": LossSum((seen - wanted).square().sum(), torch.tensor(float(seen.numel()), device=seen.device)),
            "depth": _absolute(distance, batch["depth"].flatten(1).gather(1, rays)),
            "bev": _absolute(height, batch["height"]),
        }


def _absolute(rendered: Tensor, measured: Tensor) -> LossSum:
    """Sum of absolute errors where something was measured, and how often that is."""
    known = torch.isfinite(measured)
    error = torch.where(known, rendered - torch.where(known, measured, 0), 0)
    return LossSum(error.abs().sum(), known.sum().to(error.dtype))
