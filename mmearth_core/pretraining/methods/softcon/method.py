"""SoftCon: two looks at a tile agree, and looks at different tiles are as similar as their land cover is.

After Wang, Albrecht & Zhu 2024 (arXiv 2405.20462): a masked look of a student against a whole one of a moving teacher,
and a second, graded target from multi-label annotations. Its losses were not published; those here are this project's.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor, nn

from mmearth_core.encoder.masking import VisiblePatches, forward_masked, masked_maps
from mmearth_core.modalities import MODALITIES
from mmearth_core.pretraining.methods.comparisons.agreement import info_nce
from mmearth_core.pretraining.methods.comparisons.exchange import places_of, rows_of_all_processes
from mmearth_core.pretraining.methods.comparisons.guidance import Guidance, SeenCovers
from mmearth_core.pretraining.methods.comparisons.moving_teacher import MovingTeacher
from mmearth_core.pretraining.methods.comparisons.projection import COMPARED, Projection, pooled
from mmearth_core.pretraining.methods.comparisons.soft_targets import (
    SoftTargetLoss,
    label_similarity,
    similarity_figures,
)
from mmearth_core.pretraining.methods.contract import Batch, Losses, LossSum, PretrainMethod
from mmearth_core.pretraining.methods.fresh import fresh_encoder
from mmearth_core.pretraining.methods.losses import over_processes
from mmearth_core.pretraining.methods.softcon.queue import Queue, Said
from mmearth_core.pretraining.methods.softcon.settings import SoftConConfig
from mmearth_core.pretraining.methods.views import MaskedView

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class SoftCon(PretrainMethod):
    """SoftCon with its student, its teacher and what the teacher said of earlier tiles."""

    view: MaskedView
    fidelity = (
        "After SoftCon (arXiv 2405.20462): masked student, whole look of a moving teacher, graded targets from land"
        " cover; form and weight of the label term are this project's, since its authors published neither."
    )

    def __init__(self, config: SoftConConfig) -> None:
        super().__init__()
        self.config = config
        covers = (MODALITIES[config.labels.source],) if config.weight or config.patches else ()
        self.view = MaskedView.of(
            config, (), second=True, whole_again=True, places=True, compared=covers, compared_again=covers
        )
        self.encoder = fresh_encoder(config)
        channels = self.encoder.architecture.channels[-1]
        self.head, self.predictor = Projection(channels), Projection(COMPARED)
        self.teacher = MovingTeacher(config.momentum, **self._students())
        self.soft = SoftTargetLoss(config.soft_form, config.temperature) if config.weight else None
        self.patches = (
            Guidance(channels, config.labels, ["patches"], config.soft_form, config.temperature)
            if config.patches
            else None
        )
        self.queue = Queue(config.queue, COMPARED, MODALITIES[config.labels.source].outputs)

    def forward(self, batch: Batch) -> Losses:
        """Losses of a batch of `MaskedView`s. What the teacher says of it is in the queue from the next step on."""
        visible, maps = masked_maps(self.encoder, batch["image"], batch["masked"], self.config.grn)
        student = self._student(visible.scatter(maps[-1]).permute(0, 3, 1, 2), batch)
        teacher = self._taught(batch)
        earlier = self.queue.said() if self.training and self.config.queue else None
        parts = {"contrast": self._contrast(student, teacher, batch, earlier)}
        everyone = self._of_everyone(teacher, batch)
        if self.soft is not None:
            pairs = self._pairs(batch, everyone, earlier)
            with torch.autocast(student.device.type, enabled=False):
                parts["soft"] = self.soft(student @ pairs.rows.mT, pairs.wanted, pairs.counted)
            parts |= {f"soft_{name}": each for name, each in similarity_figures(pairs.wanted, pairs.counted).items()}
        if self.patches is not None:
            parts |= self.patches(visible, maps, batch)
        if self.training:
            self.queue.add(everyone)
        parts = over_processes(parts)
        weights = {"contrast": 1.0}
        weights |= {} if self.soft is None else {"soft": self.config.weight}
        weights |= {} if self.patches is None else {"guidance_patches": self.config.patches}
        terms = [weight * parts[name].mean for name, weight in weights.items()]
        return Losses(torch.stack(terms).sum(), parts, weights)

    def constant_losses(self, batch: Batch, constants: Mapping[str, Tensor]) -> Mapping[str, LossSum]:  # noqa: ARG002
        """The parts when all looks are alike, and every similarity is predicted by the mean one of this batch."""
        alike = torch.ones(len(batch["masked"]), 1, device=batch["masked"].device)
        parts = {"contrast": self._contrast(alike, alike, batch, None)}
        if self.soft is not None:
            pairs = self._pairs(batch, self._of_everyone(alike, batch))
            parts["soft"] = self.soft.constant(pairs.wanted, pairs.counted)
        if self.patches is not None:
            parts |= self.patches.constants(VisiblePatches(batch["masked"]), batch)
        return over_processes(parts)

    def after_start(self) -> None:
        """The teacher begins as the student."""
        self.teacher.begin_as(**self._students())

    def after_step(self, step: int, steps: int) -> None:
        """The teacher follows, and what it said of this step's tiles is part of the queue."""
        self.teacher.follow(step, steps, **self._students())
        self.queue.commit()

    @torch.no_grad()
    def figure(self, batch: Batch) -> "Figure | None":
        """Cosines of student and teacher looks at different tiles beside the similarity of their land cover."""
        if self.soft is None:
            return None
        from mmearth_core.pretraining.methods.softcon.drawing import similarities  # noqa: PLC0415 - loads matplotlib

        student = self._student(forward_masked(self.encoder, batch["image"], batch["masked"], self.config.grn), batch)
        pairs = self._pairs(batch, self._of_everyone(self._taught(batch), batch))
        cosines = (student @ pairs.rows.mT)[pairs.counted]
        return similarities(pairs.wanted[pairs.counted].cpu().numpy(), cosines.cpu().numpy())

    def _students(self) -> dict[str, nn.Module]:
        return {"encoder": self.encoder, "head": self.head}

    def _student(self, encoded: Tensor, batch: Batch) -> Tensor:
        """What the student says of the first looks, whose last map is `encoded`, (N, D) of length 1."""
        said: Tensor = self.predictor(self.head(pooled(encoded, batch["masked"])))
        return said

    @torch.no_grad()
    def _taught(self, batch: Batch) -> Tensor:
        """What the teacher says of the second looks, (N, D) of length 1."""
        encoder: Any = self.teacher["encoder"]
        encoded = forward_masked(encoder, batch["image_again"], batch["masked_again"], self.config.grn)
        said: Tensor = self.teacher["head"](pooled(encoded, batch["masked_again"]))
        return said

    def _contrast(self, student: Tensor, teacher: Tensor, batch: Batch, earlier: Said | None) -> LossSum:
        past = None if earlier is None else (earlier.rows, earlier.places)
        return info_nce(student, teacher, self.config.temperature, places_of(batch), past)

    def _labels(self, batch: Batch, look: str) -> tuple[Tensor, Tensor]:
        """Labels of what the first looks ("") or the second ones ("_again") show, and which have one."""
        covers = batch[f"{self.config.labels.source}{look}"]
        visible = VisiblePatches(batch[f"masked{look}"])
        return SeenCovers.of(batch[f"image{look}"], covers, visible, self.config.labels).of_tiles()

    def _pairs(self, batch: Batch, everyone: Said, earlier: Said | None = None) -> "_Pairs":
        """The first looks of this process, each with every look of the teacher's."""
        said = everyone if earlier is None else everyone.followed_by(earlier)
        labels, known = self._labels(batch, "")
        with torch.autocast(labels.device.type, enabled=False):
            wanted = label_similarity(labels, said.labels)
        counted = known[:, None] & said.known & (places_of(batch)[:, None] != said.places)
        return _Pairs(said.rows, wanted, counted)

    def _of_everyone(self, teacher: Tensor, batch: Batch) -> Said:
        """What the teacher said of the tiles of all processes."""
        if self.view.compared:
            labels, known = self._labels(batch, "_again")
        else:
            labels, known = teacher.new_zeros(len(teacher), self.queue.labels.shape[1]), teacher.new_zeros(len(teacher))
        marks = torch.stack([known.to(torch.int64), places_of(batch)], 1)
        rows, labels, marks = (rows_of_all_processes(each[None])[0][0] for each in (teacher, labels, marks))
        return Said(rows, labels, marks[:, 0] > 0, marks[:, 1])


class _Pairs(NamedTuple):
    """Pairs of n looks of the student and k of the teacher's: `rows` (k, D) of the latter, S `wanted` and which pairs
    `counted`, both (n, k)."""

    rows: Tensor
    wanted: Tensor
    counted: Tensor
