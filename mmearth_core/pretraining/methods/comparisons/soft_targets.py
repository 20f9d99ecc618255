"""Similarity of encodings is to follow that of land cover: label vectors and the losses, no encoder.

After the soft contrast of SoftCon (Wang, Albrecht & Zhu 2024, arXiv 2405.20462): labels, their cosine as the target.
The form of the loss is not public there; the three forms here are this project's.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from mmearth_core.encoder.masking import sum_over_processes
from mmearth_core.pretraining.methods.contract import LossSum
from mmearth_core.pretraining.methods.labels import LabelKind, SoftForm

#: Slope and offset that the binary cross-entropy begins with.
_SLOPE, _OFFSET = 5.0, -2.5
#: Labels that are as good as the same.
_ALIKE = 0.99


def label_vectors(counts: Tensor, pixels: Tensor, kind: LabelKind, min_fraction: float) -> tuple[Tensor, Tensor]:
    """Labels of areas, and which of them have one.

    `counts` (n, classes): pixels of each cover; `pixels` (n,): all pixels, unlabelled ones included. Returns (n,
    classes) float32 and (n,) bool. "fraction": the share of each cover in what is labelled; "multihot": 1 where that
    is at least `min_fraction`, else 0. An area has a label where at least half of it is labelled and a cover is left.
    """
    labelled = counts.sum(1)
    labels = counts.float() / labelled.clamp(min=1)[:, None]
    if kind == "multihot":
        labels = (labels >= min_fraction).float()
    return labels, (2 * labelled >= pixels) & (labelled > 0) & labels.any(1)


def label_similarity(rows: Tensor, columns: Tensor) -> Tensor:
    """S: cosines of labels (m, classes) and (n, classes), (m, n) in 0 … 1; 0 where one is all zeros."""
    return (functional.normalize(rows) @ functional.normalize(columns).mT).clamp(0, 1)


def similarity_figures(wanted: Tensor, counted: Tensor) -> dict[str, LossSum]:
    """Of the pairs that count the mean S, and the share of those with S > 0.99: how much there is to tell apart."""
    number = counted.sum().float()
    return {
        "similarity": LossSum(torch.where(counted, wanted, 0).sum(), number),
        "alike": LossSum(((wanted > _ALIKE) & counted).sum().float(), number),
    }


class SoftTargetLoss(nn.Module):
    """How far cosines s of encodings are from similarities S of labels, over pairs.

    `form`: "bce", −[S log σ(a·s + b) + (1 − S) log(1 − σ(a·s + b))] with a and b learned from 5 and −2.5; "mse",
    (max(s, 0) − S)²; "sce", the cross-entropy of softmax(s / `temperature`) over a row's pairs with S as shares of it,
    one a row.
    """

    def __init__(self, form: SoftForm, temperature: float) -> None:
        super().__init__()
        self.form, self.temperature = form, temperature
        if form == "bce":
            self.slope, self.offset = nn.Parameter(torch.tensor(_SLOPE)), nn.Parameter(torch.tensor(_OFFSET))

    def forward(self, cosines: Tensor, wanted: Tensor, counted: Tensor) -> LossSum:
        """Sum over pairs, or rows, and their number: this process.

        `cosines` s and `wanted` S (m, n) float32 in 0 … 1; `counted` (m, n) bool: the pairs that count. With "sce" a
        row without any similarity to a counted one does not count.
        """
        if self.form == "bce":
            return _binary(self.slope * cosines + self.offset, wanted, counted)
        if self.form == "mse":
            terms = (cosines.relu() - wanted).square()
            return LossSum(torch.where(counted, terms, 0).sum(), counted.sum().to(terms.dtype))
        return _of_rows(cosines / self.temperature, wanted, counted)

    def constant(self, wanted: Tensor, counted: Tensor) -> LossSum:
        """The same when every similarity is predicted by the mean of those that count, over all processes."""
        total, number = sum_over_processes(torch.stack([torch.where(counted, wanted, 0).sum(), counted.sum().float()]))
        mean = total / number.clamp(min=1)
        if self.form == "bce":
            return _binary(torch.logit(mean, 1e-6).expand_as(wanted), wanted, counted)
        return self.forward(mean.expand_as(wanted), wanted, counted)


def _binary(logits: Tensor, wanted: Tensor, counted: Tensor) -> LossSum:
    terms = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    return LossSum(torch.where(counted, terms, 0).sum(), counted.sum().to(terms.dtype))


def _of_rows(logits: Tensor, wanted: Tensor, counted: Tensor) -> LossSum:
    shares = torch.where(counted, wanted, 0)
    rows = torch.nonzero(shares.sum(1))[:, 0]
    shares, counted = shares[rows], counted[rows]
    log_p = logits[rows].masked_fill(~counted, -torch.inf).log_softmax(1)
    total = -(torch.where(counted, log_p, 0) * shares / shares.sum(1, keepdim=True)).sum()
    return LossSum(total, total.new_tensor(len(rows)))
