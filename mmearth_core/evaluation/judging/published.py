"""Figures that others published on GEO-Bench, with the protocol of each: to stand beside ours, never among them.

Sources: the project page of MMEarth (Nedungadi et al. 2024, arXiv 2405.02771; FT fine-tuned, LP linear probe), Galileo
(Tseng et al. 2025, arXiv 2502.09356), and the results of torchgeo-bench of July 2026. Data only.
"""

from collections.abc import Iterator
from dataclasses import dataclass

MMEARTH, GALILEO, BENCH = "MMEarth's project page", "Galileo's tables", "torchgeo-bench"


@dataclass(frozen=True)
class Published:
    """One figure, 0 … 1. `protocol`: as its publisher names it; `share`: of the training labels."""

    source: str
    model: str
    protocol: str
    task: str
    metric: str
    share: float
    value: float


_BEN, _SO2SAT, _EUROSAT, _BRICKS = "m-bigearthnet", "m-so2sat", "m-eurosat", "m-brick-kiln"
_CASHEW, _CROPS = "m-cashew-plant", "m-SA-crop-type"
_METRIC = {
    **{_BEN: "micro F1", _SO2SAT: "accuracy", _EUROSAT: "accuracy", _BRICKS: "accuracy"},
    **{_CASHEW: "mIoU", _CROPS: "mIoU"},
}
#: Fine-tuned and, where there is one, by linear probe, in percent: BigEarthNet, So2Sat, cashews, crops.
_OF_MMEARTH = {
    "ImageNet MAE atto": ((55.7, 36.6, 77.1, 26.7), (25.9, 24.0)),
    "MMEarth64-S2 atto": ((65.1, 48.7, 79.9, 36.0), (36.2, 33.5)),
    "MMEarth64 MP-MAE atto": ((68.2, 54.0, 81.6, 39.7), (40.9, 41.7)),
}
#: In percent at shares of 100, 20, 5 and 1 %; EuroSAT, BigEarthNet, So2Sat, brick kilns.
_MMEARTH_BY_GALILEO = {
    "kNN": ((81.7, 73.5, 60.3, 30.0), (58.3, 52.2, 46.5, 39.6), (39.8, 38.8, 36.8, 25.1), (89.4, 85.4, 84.1, 79.7)),
    "fine-tuned": (
        (95.7, 86.1, 73.0, 47.5),
        (70.0, 62.7, 52.6, 43.4),
        (57.2, 51.0, 44.1, 30.0),
        (98.9, 98.0, 96.5, 89.2),
    ),
}
#: kNN and fine-tuned in percent, all labels; EuroSAT, BigEarthNet, So2Sat, brick kilns.
_OF_GALILEO = {
    "SoftCon ViT-S": ((89.8, 64.7, 51.1, 89.2), (97.4, 69.5, 61.7, 98.8)),
    "DeCUR ViT-S": ((89.0, 63.8, 45.8, 83.7), (97.9, 70.9, 61.7, 98.7)),
    "Galileo Tiny": ((90.1, 55.5, 49.7, 86.9), (96.9, 69.7, 61.9, 98.7)),
    "Galileo Nano": ((89.7, 53.8, 50.1, 86.7), (94.5, 67.1, 57.4, 98.5)),
}
#: Logistic regression and kNN-5 of frozen features; EuroSAT, So2Sat, brick kilns. BigEarthNet is by another metric.
_OF_BENCH = {
    "OlmoEarth v1.1 Tiny": ((0.942, 0.693, 0.947), (0.903, 0.567, 0.930)),
    "OlmoEarth v1.1 Nano": ((0.905, 0.648, 0.940), (0.875, 0.527, 0.914)),
    "random convolutions (RCF)": ((0.910, 0.488, 0.914), ()),
    "image statistics": ((0.865, 0.385, 0.953), ()),
}


def published(task: str) -> tuple[Published, ...]:
    """The figures of a task of GEO-Bench, by source; none for any other."""
    return tuple(each for each in _all() if each.task == task)


def _all() -> Iterator[Published]:
    for model, (tuned, probed) in _OF_MMEARTH.items():
        yield from _row(MMEARTH, model, "fine-tuned, 100 epochs (MP-MAE paper)", (_BEN, _SO2SAT), tuned[:2])
        yield from _row(MMEARTH, model, "UNet, 200 epochs (MP-MAE paper)", (_CASHEW, _CROPS), tuned[2:])
        yield from _row(MMEARTH, model, "linear probe, 100 epochs (MP-MAE paper)", (_BEN, _SO2SAT), probed)
    for protocol, by_task in _MMEARTH_BY_GALILEO.items():
        for task, figures in zip((_EUROSAT, _BEN, _SO2SAT, _BRICKS), by_task, strict=True):
            for share, figure in zip((1.0, 0.2, 0.05, 0.01), figures, strict=True):
                told = f"{protocol}, normalisation swept"
                yield Published(GALILEO, "MMEarth atto", told, task, _METRIC[task], share, figure / 100)
    for model, kinds in _OF_GALILEO.items():
        for protocol, figures in zip(("kNN", "fine-tuned"), kinds, strict=True):
            told = f"{protocol}, normalisation swept"
            yield from _row(GALILEO, model, told, (_EUROSAT, _BEN, _SO2SAT, _BRICKS), figures)
    for model, (logistic, neighbours) in _OF_BENCH.items():
        tasks = (_EUROSAT, _SO2SAT, _BRICKS)
        yield from _row(BENCH, model, "logistic regression, C swept", tasks, [100 * each for each in logistic])
        if neighbours:
            yield from _row(BENCH, model, "kNN-5", tasks, [100 * each for each in neighbours])


def _row(
    source: str, model: str, protocol: str, tasks: tuple[str, ...], percent: "tuple[float, ...] | list[float]"
) -> Iterator[Published]:
    for task, figure in zip(tasks, percent, strict=True):
        yield Published(source, model, protocol, task, _METRIC[task], 1.0, figure / 100)
