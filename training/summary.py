"""What was found of each training, a line of JSON each, and one table of them all.

    python -m training.summary RUN.jsonl [RUN.jsonl …]

`training.compare` writes REPORT.jsonl, and begins its report with this table. Files of several comparisons, made on
whatever machines, make one table: trainings of one label are averaged, and a training that is told twice counts once.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.evaluation.judging.subjects import RANDOM
from mmearth_core.evaluation.protocol import METRICS, Metric, Scores, over_trainings
from mmearth_core.evaluation.tables import markdown_table
from mmearth_core.records import parsed, read
from training.halves import HALVES, Half
from training.judges import Kind

#: What is told of tiles: those pooled into the mean and standard deviation of every band, by two probes; and of pixels.
_POOLING = "mean + spread"
_TILE_PROBES = ("logistic, each standardised", "mean of logistic and LDA")
_PIXEL_PROBE = "logistic"


@dataclass(frozen=True)
class Judged:
    """What one probe made of one task: means over the draws, for each number of labels per class in `counts`."""

    kind: Kind
    half: Half
    task: str
    probe: str
    counts: list[int]
    macro_f1: list[float]
    accuracy: list[float]

    @classmethod
    def of(cls, kind: Kind, half: Half, task: str, probe: str, scores: Scores) -> "Judged":
        means = {metric: scores.of(metric).mean(axis=1).round(5).tolist() for metric in METRICS}
        return cls(kind, half, task, probe, list(scores.counts), means["macro_f1"], means["accuracy"])


@dataclass(frozen=True)
class Training:
    """One training of a method, or a baseline. `name` tells it from all others; `found_again`: the share of places
    that are told on another date, by series."""

    label: str
    name: str
    judged: list[Judged]
    found_again: dict[str, float]


def lines_of(trainings: Iterable[Training]) -> str:
    """Of each a line of JSON."""
    told = ({**vars(each), "judged": [vars(one) for one in each.judged]} for each in trainings)
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in told)


def read_trainings(path: Path) -> list[Training]:
    """What `lines_of` wrote. Raises `MMEarthError` where a line is something else."""
    remedy = "make it again with training.compare"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise MMEarthError(f"{path} cannot be read ({error.strerror}).") from error
    return [read(Training, parsed(line, path, remedy=remedy), path, remedy=remedy) for line in lines]


def joined(found: Iterable[Training]) -> list[Training]:
    """Of several comparisons: what is told twice of one training, of other judges or the same, is one."""
    of_each: dict[tuple[str, str], Training] = {}
    for each in found:
        known = of_each.get((each.label, each.name), Training(each.label, each.name, [], {}))
        judged = {(one.task, one.probe): one for one in (*known.judged, *each.judged)}
        of_each[each.label, each.name] = Training(
            each.label, each.name, list(judged.values()), known.found_again | each.found_again
        )
    return list(of_each.values())


def summary(trainings: Sequence[Training]) -> str:
    """Everything in one table: a row for each label, means over draws, and their spread over trainings."""
    rows: dict[str, list[Training]] = {}
    for each in trainings:
        rows.setdefault(each.label, []).append(each)
    all_judged = [one for each in trainings for one in each.judged]
    columns: list[tuple[str, Callable[[Sequence[Training]], str]]] = []
    for probe in _TILE_PROBES:
        tiles = _Chosen("tiles", "tuned", probe, "accuracy")
        counts = next((one.counts for one in all_judged if tiles.holds(one)), None)
        if counts is not None:
            control = tiles.of(rows.get(RANDOM, ()))
            columns.append((f"{_POOLING} of tiles, {probe}: {' / '.join(map(str, counts))}", tiles.curve))
            if control is not None:
                columns.append(("minus random", _minus(tiles, float(control.mean()))))
    for kind in ("polygons", "pixels"):
        for half in HALVES:
            chosen = _Chosen(kind, half, _PIXEL_PROBE, "macro_f1")
            if any(map(chosen.holds, all_judged)):
                columns.append((f"{kind}, {half}", chosen.mean))
    for series in dict.fromkeys(name for each in trainings for name in each.found_again):
        columns.append((f"found again, {series}", _shares(series)))
    table = [
        [f"{label} ({len(its)})" if len(its) > 1 else label, *(tell(its) for _, tell in columns)]
        for label, its in rows.items()
    ]
    return (
        "Means over draws, ± standard deviation over trainings where there are several (how many). Tiles: share right"
        " with each number of labels, and the mean of these minus that of the random encoders. Pixels: macro-F1,"
        f" {_PIXEL_PROBE}, of all tasks and numbers of labels. Found again: share of places that are told on another"
        " date.\n\n" + markdown_table(["", *(head for head, _ in columns)], table)
    )


@dataclass(frozen=True)
class _Chosen:
    """What of a training a column tells; of tiles, those of the fullest pooling."""

    kind: Kind
    half: Half
    probe: str
    metric: Metric

    def holds(self, one: Judged) -> bool:
        right = (one.kind, one.half, one.probe) == (self.kind, self.half, self.probe)
        return right and (self.kind != "tiles" or one.task.endswith(_POOLING))

    def of(self, trainings: Sequence[Training]) -> NDArray[np.float64] | None:
        """Means over tasks (trainings, numbers of labels) of those trainings that were judged so; None if none was."""
        found = [
            np.mean(values, axis=0)
            for each in trainings
            if (values := [getattr(one, self.metric) for one in each.judged if self.holds(one)])
        ]
        return np.array(found) if found else None

    def curve(self, trainings: Sequence[Training]) -> str:
        found = self.of(trainings)
        return "–" if found is None else " / ".join(f"{each:.3f}".lstrip("0") for each in found.mean(axis=0))

    def mean(self, trainings: Sequence[Training]) -> str:
        found = self.of(trainings)
        return "–" if found is None else over_trainings(found.mean(axis=1))


def _minus(chosen: _Chosen, control: float) -> Callable[[Sequence[Training]], str]:
    def told(trainings: Sequence[Training]) -> str:
        found = chosen.of(trainings)
        return "–" if found is None else over_trainings(found.mean(axis=1) - control, sign="+")

    return told


def _shares(series: str) -> Callable[[Sequence[Training]], str]:
    def told(trainings: Sequence[Training]) -> str:
        found = [each.found_again[series] for each in trainings if series in each.found_again]
        return over_trainings(np.array(found)) if found else "–"

    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, metavar="RUN.jsonl")
    arguments = parser.parse_args()
    try:
        print(summary(joined(each for path in arguments.files for each in read_trainings(path))))
    except MMEarthError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
