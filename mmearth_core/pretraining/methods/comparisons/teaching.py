"""The encoder's own maps say what teachers say: values patch by patch, and which patches and tiles are alike.

A teacher is what another network says of a tile (`modalities.teacher`). What it says of places can be learned from far
fewer tiles than it was learned from; what is learned best is not its values but their order: which patch is like which.
The layers that read the maps are linear but for a layer norm, so `readout` tells an export which directions of the last
map carry what was learned. They exist only while pretraining.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from mmearth_core.encoder.masking import VisiblePatches
from mmearth_core.modalities import Modality
from mmearth_core.pretraining.methods.comparisons.agreement import info_nce
from mmearth_core.pretraining.methods.comparisons.exchange import places_of
from mmearth_core.pretraining.methods.comparisons.patch_contrast import patch_contrast
from mmearth_core.pretraining.methods.comparisons.projection import directions
from mmearth_core.pretraining.methods.contract import Batch, LossSum

#: The kinds of loss, in the order in which they are told.
TERMS = ("values", "patches", "tiles")
#: Guards the spread of a tile of which one patch is seen.
_EPS = 1e-4


class Teaching(nn.Module):
    """Layers that read some maps for each teacher, and what they are taught."""

    def __init__(
        self, channels: Mapping[int, int], teachers: Sequence[Modality], terms: Sequence[str], temperature: float
    ) -> None:
        """`channels` of each map that is read, by its stage; `terms`: which of `TERMS`."""
        super().__init__()
        self.terms, self.temperature = tuple(terms), temperature
        self.teachers = {teacher.name: teacher for teacher in teachers}
        self.stages = tuple(channels)
        self.heads = nn.ModuleDict(
            {
                f"{name}_{stage}": nn.Sequential(nn.LayerNorm(width), nn.Linear(width, teacher.outputs))
                for name, teacher in self.teachers.items()
                for stage, width in channels.items()
            }
        )

    def forward(self, visible: VisiblePatches, maps: Sequence[Tensor], batch: Batch) -> dict[str, LossSum]:
        """The losses of this process. `maps`: of each stage the cells of the visible patches, (M, r, r, C)."""
        places = places_of(batch)
        patches = {stage: maps[stage].float().mean((1, 2)) for stage in self.stages}
        found: dict[str, LossSum] = {}
        for name in self.teachers:
            taught = _Taught.of(visible, batch[name], places)
            for stage in self.stages:
                said = self.heads[f"{name}_{stage}"](patches[stage]).float()
                for term in self.terms:
                    found[f"{name}_{stage}_{term}"] = taught.loss(term, said, self.temperature)
        return found

    def constants(self, visible: VisiblePatches, batch: Batch) -> dict[str, LossSum]:
        """The same when every patch is said to be the average one, and all are alike."""
        places = places_of(batch)
        found: dict[str, LossSum] = {}
        for name in self.teachers:
            taught = _Taught.of(visible, batch[name], places)
            for term in self.terms:
                constant = taught.constant(term, self.temperature)
                found |= {f"{name}_{stage}_{term}": constant for stage in self.stages}
        return found

    def readout(self, stage: int) -> Tensor:
        """Directions of a map that are read, (outputs of all teachers, C).

        What a layer reads of x is `readout` · x / σ plus a constant, σ being the deviation of x over its channels.
        """
        rows = []
        for name in self.teachers:
            layers: Any = self.heads[f"{name}_{stage}"]
            norm, linear = layers
            weight = linear.weight * norm.weight
            rows.append(weight - weight.mean(1, keepdim=True))
        return torch.cat(rows).detach()


@dataclass(frozen=True)
class _Taught:
    """What a teacher says of M visible patches: z-scores `values` (M, C), which are `known` (M,), the `tile` of each
    (M,), and the place of each of the N tiles (N,)."""

    values: Tensor
    known: Tensor
    tile: Tensor
    places: Tensor

    @classmethod
    def of(cls, visible: VisiblePatches, scores: Tensor, places: Tensor) -> "_Taught":
        """`scores` (N, C, h, w), NaN where there is no value: averaged over each patch, of which all must be known."""
        cells = visible.gather(scores.permute(0, 2, 3, 1)).mean((1, 2))
        known = torch.isfinite(cells).all(1)
        return cls(torch.where(known[:, None], cells, 0).float(), known, visible.sample, places)

    def loss(self, term: str, said: Tensor, temperature: float) -> LossSum:
        """One of `TERMS` of what is `said` of the patches, (M, C)."""
        if term == "values":
            lost = functional.smooth_l1_loss(said, self.values, reduction="none").sum(1)
            return LossSum(torch.where(self.known, lost, 0).sum(), self.known.sum() * said.new_tensor(said.shape[1]))
        if term == "patches":
            places = self.places[self.tile]
            return patch_contrast(directions(said), directions(self.values), places, self.known, temperature)
        tiles, ours = self._tiles(said)
        return info_nce(ours, self._tiles(self.values)[1], temperature, self.places[tiles])

    def constant(self, term: str, temperature: float) -> LossSum:
        """The loss when 0, the mean, is said of every patch, and patches and tiles are all alike."""
        if term == "values":
            return self.loss(term, torch.zeros_like(self.values), temperature)
        if term == "patches":
            alike = self.values.new_ones(len(self.tile), 1)
            return patch_contrast(alike, alike, self.places[self.tile], self.known, temperature)
        tiles, _ = self._tiles(self.values)
        alike = self.values.new_ones(len(tiles), 1)
        return info_nce(alike, alike, temperature, self.places[tiles])

    def _tiles(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """The tiles with a known patch (K,), and the direction of mean and spread of their known rows (K, 2·C)."""
        rows, tile = rows[self.known], self.tile[self.known]
        count = tile.new_zeros(len(self.places)).index_add(0, tile, torch.ones_like(tile))
        tiles = torch.nonzero(count)[:, 0]
        share = 1 / count.clamp(min=1).to(rows.dtype)[:, None]
        mean = rows.new_zeros(len(self.places), rows.shape[1]).index_add(0, tile, rows) * share
        squares = rows.new_zeros(mean.shape).index_add(0, tile, (rows - mean[tile]).square()) * share
        return tiles, directions(torch.cat([mean, (squares + _EPS).sqrt()], 1)[tiles])
