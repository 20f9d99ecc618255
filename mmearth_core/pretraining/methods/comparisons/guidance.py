"""Guidance by land cover: encodings of tiles, and of patches, are as similar as what they show is covered alike.

Holds the heads, and draws which patches are compared. Exists only while pretraining; nothing of it is exported.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from mmearth_core.encoder.masking import VisiblePatches
from mmearth_core.modalities import MODALITIES, NO_CLASS
from mmearth_core.pretraining.methods.comparisons.exchange import places_of, rows_of_all_processes
from mmearth_core.pretraining.methods.comparisons.light_encoders import seen_pixels
from mmearth_core.pretraining.methods.comparisons.projection import Projection, pooled
from mmearth_core.pretraining.methods.comparisons.soft_targets import (
    SoftTargetLoss,
    label_similarity,
    label_vectors,
    similarity_figures,
)
from mmearth_core.pretraining.methods.contract import Batch, LossSum
from mmearth_core.pretraining.methods.labels import LabelsConfig, SoftForm

#: Members that are compared with each other in a step, at most, over all processes: of patches some thousand pairs.
_MOST = {"tile": 1024, "patches": 96}


class Guidance(nn.Module):
    """Soft targets for what is pooled over a tile's visible patches ("tile"), and for single ones ("patches")."""

    def __init__(
        self, channels: int, labels: LabelsConfig, terms: Sequence[str], form: SoftForm, temperature: float
    ) -> None:
        """`channels` of the encoder's last map; `terms`: "tile", "patches" or both."""
        super().__init__()
        self.labels = labels
        self.terms = nn.ModuleDict({term: _Term(channels, form, temperature) for term in terms})

    def forward(self, visible: VisiblePatches, maps: Sequence[Tensor], batch: Batch) -> dict[str, LossSum]:
        """Losses "guidance_TERM" of this process, and beside each the mean S of its pairs and the share S > 0.99.

        `maps`: of each stage the cells of the visible patches, (M, r, r, C), of which the last is read. A label is what
        the look shows: cover of its visible pixels that Sentinel-2 has a value of; with less than half of them labelled
        a member does not count.
        """
        encoded = visible.scatter(maps[-1]).permute(0, 3, 1, 2)
        rows = {"tile": pooled(encoded, batch["masked"]), "patches": maps[-1].flatten(1)}
        found = {}
        for name, compared in self._labels(batch, visible).items():
            found[f"guidance_{name}"] = self.terms[name](rows[name], compared)
            told = similarity_figures(compared.wanted, compared.counted)
            found |= {f"guidance_{name}_{figure}": each for figure, each in told.items()}
        return found

    def constants(self, visible: VisiblePatches, batch: Batch) -> dict[str, LossSum]:
        """The losses when every similarity is predicted by the mean one of this batch."""
        found = {}
        for name, compared in self._labels(batch, visible).items():
            term: Any = self.terms[name]
            found[f"guidance_{name}"] = term.loss.constant(compared.wanted, compared.counted)
        return found

    def _labels(self, batch: Batch, visible: VisiblePatches) -> dict[str, "_Compared"]:
        """What is compared in each term."""
        seen = SeenCovers.of(batch["image"], batch[self.labels.source], visible, self.labels)
        places = places_of(batch)
        members = {"patches": (seen.of_patches, places[visible.sample]), "tile": (seen.of_tiles, places)}
        found = {}
        for name in self.terms:
            labels, place = members[name]
            found[name] = _Compared.of(*labels(), place, _MOST[name])
        return found


@dataclass(frozen=True)
class SeenCovers:
    """What covers visible patches show where Sentinel-2 has a value: pixels of each cover `counts` (M, classes), of
    `pixels` in a patch, and how labels are made of them."""

    visible: VisiblePatches
    counts: Tensor
    pixels: int
    labels: LabelsConfig

    @classmethod
    def of(cls, image: Tensor, covers: Tensor, visible: VisiblePatches, labels: LabelsConfig) -> "SeenCovers":
        """`image` (N, C, H, W), the encoder's input; `covers` (N, H, W) classes, −1 where there is none."""
        classes = visible.gather(torch.where(seen_pixels(image), covers, NO_CLASS)[..., None]).flatten(1)
        hot = functional.one_hot(classes.clamp(min=0), MODALITIES[labels.source].outputs)
        return cls(visible, (hot * (classes >= 0)[..., None]).sum(1), classes.shape[1], labels)

    def of_patches(self) -> tuple[Tensor, Tensor]:
        """Labels (M, classes) and which patches have one (M,): see `label_vectors`."""
        return self._labels(self.counts, torch.full_like(self.visible.sample, self.pixels))

    def of_tiles(self) -> tuple[Tensor, Tensor]:
        """The same of all visible patches of each tile together: (N, classes), (N,)."""
        tiles, sample = self.visible.grid[0], self.visible.sample
        counts = self.counts.new_zeros(tiles, self.counts.shape[1]).index_add(0, sample, self.counts)
        return self._labels(counts, torch.bincount(sample, minlength=tiles) * self.pixels)

    def _labels(self, counts: Tensor, pixels: Tensor) -> tuple[Tensor, Tensor]:
        return label_vectors(counts, pixels, self.labels.kind, self.labels.min_fraction)


class _Term(nn.Module):
    """A head and a loss."""

    def __init__(self, channels: int, form: SoftForm, temperature: float) -> None:
        super().__init__()
        self.head = Projection(channels)
        self.loss = SoftTargetLoss(form, temperature)

    def forward(self, rows: Tensor, compared: "_Compared") -> LossSum:
        """The loss of this process; `rows` (n, channels)."""
        everyone, _ = rows_of_all_processes(self.head(rows)[None])
        members = everyone[0, compared.members]
        with torch.autocast(rows.device.type, enabled=False):
            cosines = members[compared.own] @ members.mT
            found: LossSum = self.loss(cosines, compared.wanted, compared.counted)
        return found


@dataclass(frozen=True)
class _Compared:
    """Which rows of all processes are compared: their numbers `members` (k,), of which this process takes the places
    `own` (m,); S of these with all, and which pairs count, (m, k)."""

    members: Tensor
    own: Tensor
    wanted: Tensor
    counted: Tensor

    @classmethod
    def of(cls, labels: Tensor, known: Tensor, places: Tensor, most: int) -> "_Compared":
        """Of rows with labels (n, classes), `known` (n,) bool, of the places (n,) int64.

        Pairs of one place do not count. Of more than `most` known rows some are drawn, always the same of as many, so
        that a step depends on nothing but its batch.
        """
        everyone, before = rows_of_all_processes(labels[None])
        marks, _ = rows_of_all_processes(torch.stack([places, known.to(places.dtype)], 1)[None])
        members = torch.nonzero(marks[0, :, 1])[:, 0]
        if len(members) > most:
            drawn = torch.randperm(len(members), generator=torch.Generator().manual_seed(0))[:most]
            members = members[drawn.sort().values.to(members.device)]
        own = torch.nonzero((members >= before) & (members < before + len(places)))[:, 0]
        place = marks[0, members, 0]
        vectors = everyone[0, members]
        with torch.autocast(labels.device.type, enabled=False):
            return cls(members, own, label_similarity(vectors[own], vectors), place[own, None] != place)
