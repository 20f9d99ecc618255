"""Figures that others published on GEO-Bench, with the protocol of each: to stand beside ours, never among them.

Sources: the project page of MMEarth (Nedungadi et al. 2024, arXiv 2405.02771), its curves of label efficiency read off
a picture; Galileo (Tseng et al. 2025, arXiv 2502.09356), and the results of torchgeo-bench of July 2026. Data only.
"""

from collections.abc import Iterator
from dataclasses import dataclass

MMEARTH, GALILEO, BENCH = "MMEarth's project page", "Galileo's tables", "torchgeo-bench"
CURVES = "a curve on MMEarth's project page, read to ± 0.002"


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
#: By linear probe in percent, read from curves: BigEarthNet and So2Sat at 1, 5 and 50 % of the labels, EuroSAT at
#: 100 %, too. What the curves show of the first two at 100 % is the linear probe above.
_CURVES_OF_MMEARTH = {
    "ImageNet MAE atto": ((0.2, 1.8, 18.3), (5.7, 18.9, 19.5), (18.7, 26.9, 62.4, 67.7)),
    "MMEarth64-S2 atto": ((0.5, 3.4, 29.7), (5.9, 21.6, 28.7), (16.5, 28.0, 58.8, 65.2)),
    "MMEarth64 MP-MAE atto": ((2.3, 16.6, 36.0), (12.4, 33.4, 39.1), (34.0, 37.0, 67.5, 73.7)),
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
#: kNN and fine-tuned in percent, all labels, each where it is at hand; EuroSAT, BigEarthNet, So2Sat, brick kilns.
_OF_GALILEO: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "SoftCon ViT-S": ((89.8, 64.7, 51.1, 89.2), (97.4, 69.5, 61.7, 98.8)),
    "DeCUR ViT-S": ((89.0, 63.8, 45.8, 83.7), (97.9, 70.9, 61.7, 98.7)),
    "Galileo Tiny": ((90.1, 55.5, 49.7, 86.9), (96.9, 69.7, 61.9, 98.7)),
    "Galileo Nano": ((89.7, 53.8, 50.1, 86.7), (94.5, 67.1, 57.4, 98.5)),
    "Satlas Swin-T": ((81.7, 51.9, 36.6, 88.2), (96.3, 71.3, 57.3, 98.5)),
    "Galileo Base": ((93.0, 59.0, 54.8, 90.7), ()),
    "CROMA ViT-B": ((85.6, 58.8, 48.8, 92.6), ()),
    "Satlas Swin-B": ((), (97.5, 72.8, 61.9, 98.4)),
    "CROMA ViT-L": ((), (96.6, 71.9, 60.6, 98.7)),
}
#: Fine-tuned with 1 % of the labels, in percent; the same tasks.
_FEW_BY_GALILEO = {"DeCUR ViT-S": (54.2, 44.7, 47.0, 96.9), "Galileo Tiny": (60.6, 39.5, 43.1, 96.6)}
#: Linear probe in percent, by share of the labels: cashews, crops.
_PIXELS_BY_GALILEO = {
    "MMEarth atto": {1.0: (24.2, 22.2), 0.01: (20.3, 14.1)},
    "CROMA ViT-B": {1.0: (31.8, 32.0)},
    "Galileo Base": {1.0: (33.0, 30.1)},
    "Galileo Tiny": {1.0: (27.4, 22.5)},
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
    probe = "linear probe, 100 epochs (MP-MAE paper)"
    for model, (tuned, probed) in _OF_MMEARTH.items():
        yield from _row(MMEARTH, model, "fine-tuned, 100 epochs (MP-MAE paper)", (_BEN, _SO2SAT), tuned[:2])
        yield from _row(MMEARTH, model, "UNet, 200 epochs (MP-MAE paper)", (_CASHEW, _CROPS), tuned[2:])
        yield from _row(MMEARTH, model, probe, (_BEN, _SO2SAT), probed)
        for task, read in zip((_BEN, _SO2SAT, _EUROSAT), _CURVES_OF_MMEARTH[model], strict=True):
            for share, figure in zip((0.01, 0.05, 0.5, 1.0), read, strict=False):
                yield from _row(CURVES, model, probe, (task,), (figure,), share)
    yield from _by_galileo()
    for model, (logistic, neighbours) in _OF_BENCH.items():
        tasks = (_EUROSAT, _SO2SAT, _BRICKS)
        yield from _row(BENCH, model, "logistic regression, C swept", tasks, [100 * each for each in logistic])
        if neighbours:
            yield from _row(BENCH, model, "kNN-5", tasks, [100 * each for each in neighbours])


def _by_galileo() -> Iterator[Published]:
    tasks = (_EUROSAT, _BEN, _SO2SAT, _BRICKS)
    for protocol, by_task in _MMEARTH_BY_GALILEO.items():
        for share, ours in zip((1.0, 0.2, 0.05, 0.01), zip(*by_task, strict=True), strict=True):
            yield from _row(GALILEO, "MMEarth atto", f"{protocol}, normalisation swept", tasks, ours, share)
    for model, kinds in _OF_GALILEO.items():
        for protocol, figures in zip(("kNN", "fine-tuned"), kinds, strict=True):
            if figures:
                yield from _row(GALILEO, model, f"{protocol}, normalisation swept", tasks, figures)
    for model, few in _FEW_BY_GALILEO.items():
        yield from _row(GALILEO, model, "fine-tuned, normalisation swept", tasks, few, 0.01)
    for model, shares in _PIXELS_BY_GALILEO.items():
        for share, pixels in shares.items():
            told = "linear probe of patches, 50 epochs, rate and normalisation swept"
            yield from _row(GALILEO, model, told, (_CASHEW, _CROPS), pixels, share)


def _row(
    source: str,
    model: str,
    protocol: str,
    tasks: tuple[str, ...],
    percent: "tuple[float, ...] | list[float]",
    share: float = 1.0,
) -> Iterator[Published]:
    for task, figure in zip(tasks, percent, strict=True):
        yield Published(source, model, protocol, task, _METRIC[task], share, figure / 100)
