"""NS-MAE on tiles: from the patches that are seen of an image, a volume above the ground is rendered.

The idea of Xu et al. 2024 (arXiv 2405.17942) carried over: their LiDAR and cameras become a canopy map, the radar's two
orbits and the Sentinel-2 image itself. What is rendered, and how it is judged, is this project's.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from mmearth_core.encoder.masking import VisiblePatches, masked_maps, sum_over_processes
from mmearth_core.modalities import MODALITIES
from mmearth_core.pretraining.methods.contract import Batch, Losses, LossSum, PretrainMethod
from mmearth_core.pretraining.methods.fresh import fresh_encoder
from mmearth_core.pretraining.methods.losses import (
    FixedWeights,
    UncertaintyWeights,
    modality_loss,
    over_processes,
    patch_rows,
    squared_error,
)
from mmearth_core.pretraining.methods.ns_mae.settings import NsMaeConfig
from mmearth_core.pretraining.methods.ns_mae.tiles.pyramid import STRIDE, WIDTH, Pyramid, enlarged
from mmearth_core.pretraining.methods.ns_mae.tiles.rendering import (
    EAST,
    PIXEL,
    WEST,
    FromAbove,
    Renderer,
    as_turned,
    covered_loss,
    upright,
)
from mmearth_core.pretraining.methods.ns_mae.tiles.view import CANOPY, CanopyView
from mmearth_core.pretraining.methods.sensors import SENSORS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: What is judged: canopy height, its uncertainty, whether something stands there, both orbits, and colours.
PARTS = ("canopy_height", "canopy_spread", "canopy_cover", "s1_asc", "s1_desc", "sentinel2")
#: What is added before the softplus of a density: an untrained volume is nearly empty, so that rays reach the ground,
#: and emptier the higher: for each so many metres 1 less. What the network says counts so many times as much, for a
#: density has far to go from nothing to what cannot be looked through.
_EMPTY, _THINNING, _STEEP = -4.0, 12.0, 4.0
#: By how many metres at most a radar image may lie beside the tile: two pixels.
_FARTHEST = 20.0


class Rendered(NamedTuple):
    """What is seen of a batch, a value a pixel: `above`, metres; `colours` (N, 12, H, W) and `radar` (N, 8, H, W) in
    z-scores; and the `density` (N, Z, H/2, W/2) that it is rendered from, in 1/m."""

    above: FromAbove
    colours: Tensor
    radar: Tensor
    density: Tensor


class NsMaeTiles(PretrainMethod):
    """NS-MAE with its encoder, the pyramid, and what makes a volume of it."""

    view: CanopyView
    outputs = ("sentinel2", "sentinel1", CANOPY.name)
    fidelity = (
        "Rendering supervision for height and radar, after NS-MAE (arXiv 2405.17942): a transfer of its idea to tiles;"
        " volume, terms and weights are this project's."
    )

    def __init__(self, config: NsMaeConfig) -> None:
        super().__init__()
        self.config = config
        self.view = CanopyView.of(config, [MODALITIES[name] for name in self.outputs])
        self.encoder = fresh_encoder(config)
        _, top, step = config.heights
        self.renderer = Renderer(top, step, STRIDE * PIXEL)
        self.colours, self.channels = (MODALITIES[name].outputs for name in ("sentinel2", "sentinel1"))
        self.pyramid = Pyramid(self.encoder.architecture)
        #: Density, colours and backscatter of each height.
        self.volume = nn.Conv2d(WIDTH, (1 + self.colours + self.channels) * self.renderer.count, 1)
        self.beside = nn.Linear(WIDTH, 2)
        nn.init.zeros_(self.beside.weight)
        nn.init.zeros_(self.beside.bias)
        if isinstance(config.weighting, dict):
            if odd := sorted(set(config.weighting) ^ set(PARTS)):
                raise ValueError(
                    f"weighting must give one weight to each of {', '.join(PARTS)}; check {', '.join(odd)}"
                )
            if not any(config.weighting.values()):
                raise ValueError("one weight at least must be above 0")
            self.weights: nn.Module = FixedWeights({name: config.weighting[name] for name in PARTS})
        elif config.weighting == "sum":
            self.weights = FixedWeights(dict.fromkeys(PARTS, 1.0))
        else:
            self.weights = UncertaintyWeights(PARTS)
        self.needed = self._needed()

    def _needed(self) -> tuple[str, ...]:
        """What stands above the ground must be known from somewhere: from canopies where they count, else radar."""
        weights = self.config.weighting
        counts = {name for name in PARTS if not isinstance(weights, dict) or weights[name] > 0}
        if counts & {"canopy_height", "canopy_spread", "canopy_cover"}:
            return (CANOPY.name,)
        return ("sentinel1",) if counts & {"s1_asc", "s1_desc"} else ()

    def forward(self, batch: Batch) -> Losses:
        """Losses of a batch of `CanopyView`s: of hidden patches of the image, and of all that is known besides."""
        losses: Losses = self.weights(over_processes(self._judge(batch, self.rendered(batch))))
        return losses

    def constant_losses(self, batch: Batch, constants: Mapping[str, Tensor]) -> Mapping[str, LossSum]:
        """The parts when constants are rendered; of the cover, its share of this very batch."""
        image, device = batch["sentinel2"], batch["masked"].device
        one = image.new_zeros(len(image), *image.shape[2:])
        canopy = constants[CANOPY.name].to(device)
        metres = canopy * batch["metres"][0, 1] + batch["metres"][0, 0]
        covered = self._covered(batch)
        known = torch.isfinite(covered)
        stands, count = sum_over_processes(torch.stack([covered.nansum(), known.sum().to(one.dtype)]))
        thickness = -torch.log1p(-(stands / count.clamp(min=1)).clamp(max=1 - 1e-6))
        colours, radar = (constants[name].to(one)[:, None, None] for name in ("sentinel2", "sentinel1"))
        return over_processes(
            self._judge(
                batch,
                Rendered(
                    FromAbove(one + metres[0], one + metres[1], one + thickness),
                    one[:, None] + colours,
                    one[:, None] + radar,
                    one,
                ),
            )
        )

    @torch.no_grad()
    def reconstruct(self, batch: Batch) -> Mapping[str, Tensor]:
        """What is rendered of every pixel: colours, backscatter, height and spread, (N, outputs, H, W) z-scores."""
        found = self.rendered(batch)
        return {"sentinel2": found.colours, "sentinel1": found.radar, CANOPY.name: self._scores(batch, found.above)}

    @torch.no_grad()
    def figure(self, batch: Batch) -> "Figure | None":
        """Heights, cover and radar of the tile with most heights beside those that are known, and a section."""
        from mmearth_core.pretraining.methods.ns_mae.tiles.drawing import drawn  # noqa: PLC0415 - loads matplotlib

        found = self.rendered(batch)
        known = torch.isfinite(batch[CANOPY.name][:, 0]).flatten(1).sum(1)
        at = int(known.argmax())
        mean, deviation = batch["metres"][at]
        return drawn(
            {name: each[at].cpu().numpy() for name, each in batch.items()},
            (batch[CANOPY.name][at] * deviation[:, None, None] + mean[:, None, None]).cpu().numpy(),
            [each[at].cpu().numpy() for each in (found.above.height, found.above.spread, found.above.cover)],
            found.colours[at].cpu().numpy(),
            found.radar[at].cpu().numpy(),
            found.density[at].cpu().numpy(),
            self.renderer.step,
        )

    def rendered(self, batch: Batch) -> Rendered:
        """What is seen of a batch, float32."""
        visible, maps = masked_maps(self.encoder, batch["image"], batch["masked"], self.config.grn)
        cells = self.pyramid(visible, maps, batch["masked"])
        raw = self.volume(cells).float().unflatten(1, (-1, self.renderer.count))
        offset = _FARTHEST * torch.tanh(self.beside(cells.mean((2, 3))).float())
        with torch.autocast(raw.device.type, enabled=False):
            return self._rendered(raw, offset, batch["turned"])

    def _rendered(self, raw: Tensor, offset: Tensor, turned: Tensor) -> Rendered:
        """From numbers of each height (N, 1 + 12 + 8, Z, Y, X), and how far either radar image lies beside, (N, 2)."""
        thinner = self.renderer.heights(raw)[:, None, None] / _THINNING
        density = functional.softplus(_STEEP * raw[:, 0] + _EMPTY - thinner)
        colours, backscatter = raw[:, 1 : 1 + self.colours], raw[:, 1 + self.colours :]
        above = self.renderer.from_above(density)
        height, spread, thickness = enlarged(torch.stack(above, 1)).unbind(1)
        standing = upright(torch.cat([density[:, None], backscatter], 1), turned)
        orbits = []
        for at, (name, towards) in enumerate((("s1_asc", WEST), ("s1_desc", EAST))):
            returns = standing[:, 1:][:, SENSORS[name].outputs]
            orbits.append(self.renderer.radar(standing[:, 0], returns, towards, offset[:, at]))
        return Rendered(
            FromAbove(height, spread, thickness),
            enlarged(self.renderer.shown_above(density, colours)),
            enlarged(as_turned(torch.cat(orbits, 1), turned)),
            density,
        )

    @staticmethod
    def _scores(batch: Batch, above: FromAbove) -> Tensor:
        """Height and spread in z-scores of canopy height and its uncertainty, (N, 2, H, W)."""
        mean, deviation = (batch["metres"][:, at, :, None, None] for at in (0, 1))
        return (torch.stack([above.height, above.spread], 1) - mean) / deviation

    def _covered(self, batch: Batch) -> Tensor:
        """Where something stands on the ground (1) and where nothing does (0), NaN where that is unknown, (N, H, W):
        what is nearer to the ground than to the first height above is ground."""
        mean, deviation = (batch["metres"][:, at, 0, None, None] for at in (0, 1))
        metres = batch[CANOPY.name][:, 0] * deviation + mean
        stands = (metres >= self.renderer.step / 2).to(metres.dtype)
        return torch.where(torch.isfinite(metres), stands, torch.nan)

    def _judge(self, batch: Batch, found: Rendered) -> dict[str, LossSum]:
        """Losses of this process of what is rendered."""
        canopy, scores = batch[CANOPY.name], self._scores(batch, found.above)
        # Both in deviations of heights: uncertainties differ by so little that in their own a metre would be a lot.
        lesser = (batch["metres"][:, 1, 1] / batch["metres"][:, 1, 0])[:, None, None]
        covered = self._covered(batch)
        known = torch.isfinite(covered)
        cover = torch.where(known, covered_loss(found.above.thickness, covered), 0)
        hidden = VisiblePatches(~batch["masked"])
        colours = (patch_rows(each, hidden) for each in (found.colours, batch["sentinel2"]))
        orbits = {
            name: squared_error(SENSORS[name].of({"sentinel1": found.radar}), SENSORS[name].of(batch))
            for name in ("s1_asc", "s1_desc")
        }
        return {
            "canopy_height": squared_error(scores[:, 0], canopy[:, 0]),
            "canopy_spread": squared_error(scores[:, 1] * lesser, canopy[:, 1] * lesser),
            "canopy_cover": LossSum(cover.sum(), known.sum().to(cover.dtype)),
            **orbits,
            "sentinel2": modality_loss(MODALITIES["sentinel2"], *colours),
        }
