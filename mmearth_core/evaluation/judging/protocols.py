"""The protocols that have a name: what each does, on which tasks, and what of it is chosen how.

A protocol's figures are compared with figures of the same protocol only. Data only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeGuard

from mmearth_core.evaluation.tasks.contract import Target

#: What is trained, by a protocol that trains a network, of controls without one; their rows are named by it.
LAYER = "linear layer"
#: Those that train a network with torch.
TrainedName = Literal["linear-paper", "finetune-paper", "finetune", "segment-unet"]
ProtocolName = Literal["knn5", "linear", "segment-linear"] | TrainedName


@dataclass(frozen=True)
class ProtocolFacts:
    """`targets`: what tasks it is for. `text`: what it does, for a reader of its figures. `trains`: whether it trains a
    network. `beside`: of one that does, the protocol by which controls without a network are judged; None where a
    linear layer on their features is trained by its recipe."""

    targets: tuple[Target, ...]
    text: str
    trains: bool = False
    beside: Literal["segment-linear"] | None = None


PROTOCOLS: Mapping[ProtocolName, ProtocolFacts] = {
    "knn5": ProtocolFacts(
        ("class", "classes"),
        "five nearest training tiles by cosine similarity of the features as they are; the commonest class, or the"
        " classes that most of them show",
    ),
    "linear": ProtocolFacts(
        ("class", "classes"),
        "logistic regression on features divided by their spread; C of 10⁻⁴ to 10³ chosen on the validation tiles",
    ),
    "segment-linear": ProtocolFacts(
        ("pixels",),
        "logistic regression on the features of single pixels, 50,000 at most, drawn evenly from the training tiles;"
        " penalty, C of 1 to 10⁶, chosen by the mIoU of pixels of the validation tiles",
    ),
    "linear-paper": ProtocolFacts(
        ("class", "classes"),
        "a linear layer on the mean of the last map, as published with MP-MAE: 100 epochs of 1,024 tiles at a rate of"
        " 8e-4 (tiny encoders 4e-2), with a share of the labels of 32 tiles at 2.5e-5, on m-eurosat always of 8 at"
        " 6.25e-6; by a cosine, weight decay 0.3, labels smoothed by 0.2, stochastic depth of 0.1, the task's own"
        " statistics, last epoch",
        trains=True,
    ),
    "finetune-paper": ProtocolFacts(
        ("class", "classes"),
        "all weights, as published with MP-MAE: as linear-paper, with a layer decay of 0.9 (tiny encoders at a rate of"
        " 4e-4)",
        trains=True,
    ),
    "finetune": ProtocolFacts(
        ("class", "classes"),
        "all weights, 50 epochs of 64 tiles, rate 1e-3 after 5 epochs of warm-up, layer decay 0.75, weight decay 0.05,"
        " turned and mirrored tiles, the encoder's statistics, the epoch that is best on the validation tiles",
        trains=True,
    ),
    "segment-unet": ProtocolFacts(
        ("pixels",),
        "a U-Net, as published with MP-MAE: 200 epochs of 32 tiles, the first 50 with the encoder as it is, rate"
        " 1.25e-3 by a cosine, weight decay 0.3 of the decoder, stochastic depth of 0.1, the task's own statistics,"
        " last epoch",
        trains=True,
        beside="segment-linear",
    ),
}


def trains(name: ProtocolName) -> TypeGuard[TrainedName]:
    """Whether a protocol trains a network."""
    return PROTOCOLS[name].trains


def layered(name: ProtocolName) -> TypeGuard[TrainedName]:
    """Whether a protocol trains a linear layer on the features of controls without a network."""
    return trains(name) and PROTOCOLS[name].beside is None


def usual(target: Target) -> tuple[ProtocolName, ...]:
    """The protocols of a task where none is named: those that take no training."""
    return ("segment-linear",) if target == "pixels" else ("knn5", "linear")
