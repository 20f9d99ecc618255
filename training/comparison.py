"""What a comparison of encoders found, as a page: one table of everything first, then every score and difference.

Formats; it evaluates nothing and writes no file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmearth_core.evaluation.judging.subjects import AROUND, RANDOM, RAW
from mmearth_core.evaluation.protocol import PROBES, Metric, spread
from mmearth_core.evaluation.tables import Table, markdown_table
from training.halves import HALVES, Half
from training.judges import Kind

#: What the kinds of judges are called in the report.
KINDS: Mapping[Kind, str] = {
    "tiles": "Pooled tiles",
    "polygons": "Pixels of polygons, tested on other polygons",
    "pixels": "Pixels, tested at other places",
}
WHITENED = "whitened bands 5×5"
BASELINES = (RAW, AROUND, WHITENED)
BEST_BANDS = "best of bands"
#: What the summary tells of tiles: those pooled into the mean and standard deviation of every band, by two probes.
_POOLING = "mean + spread"
_TILE_PROBES = ("logistic, each standardised", "mean of logistic and LDA")
#: And of pixels.
_PIXEL_PROBE = "logistic"


@dataclass(frozen=True, eq=False)
class Comparison:
    """Scores of every method: few-label tables by kind of judge, and places found again by (method, series).

    `trainings`: tables whose columns are trainings instead of draws, of what has several. `found_again`: shares
    (trainings, pairs of dates). `halves`: of which half a task is. `labels`: whatever was judged, in the page's order.
    """

    tables: Mapping[Kind, Table]
    trainings: Mapping[Kind, Table]
    found_again: Mapping[tuple[str, str], NDArray[np.float64]]
    halves: Mapping[str, Half]
    labels: tuple[str, ...]

    def of(
        self, label: str, probe: str, kind: Kind, tasks: Sequence[str], metric: Metric
    ) -> NDArray[np.float64] | None:
        """Means (labels per class, trainings) of a method and probe over tasks and draws; None if it was not judged."""
        several = self.trainings[kind].scores
        means = []
        for key in ((f"{label}, {probe}", task) for task in tasks):
            if key in several:
                means.append(several[key].of(metric))
            elif key in self.tables[kind].scores:
                means.append(self.tables[kind].scores[key].of(metric).mean(axis=1, keepdims=True))
        return np.mean(means, axis=0) if means else None


def best(label: str) -> str:
    """What the best probe of each number of labels is called."""
    return f"{label}, best probe"


def pairs(labels: Sequence[str]) -> list[tuple[str, str]]:
    """What is subtracted: the first model minus each other with the same probe, and minus the baselines."""
    first, *others = labels
    probes = [*(f", {name}" for name in PROBES), best("")]
    return [
        *((first + probe, other + probe) for other in others for probe in probes),
        *((f"{first}, {name}", f"{bands}, {name}") for bands in BASELINES for name in PROBES),
        (best(first), BEST_BANDS),
    ]


def report(found: Comparison, labels: Sequence[str], facts: Sequence[str], pictures: Mapping[Kind, str]) -> str:
    """The Markdown page."""
    lines = ["# Comparison on few labels", "", *facts, "", "## Summary", "", summary(found), ""]
    lines += ["Mean ± standard deviation over draws; the best of each column bold.", ""]
    for kind, table in found.tables.items():
        lines += [f"## {KINDS[kind]}", "", table.markdown("macro_f1")]
        lines += [
            f"Differences of the same draws, {labels[0]} minus others (in brackets: draws in which it is ahead); bold"
            " where the mean exceeds the standard deviation. Of all columns: of their mean in each draw. The best of"
            " the bands and of the probes are chosen after the fact, for each column.",
            "",
            table.differences(pairs(labels), "macro_f1"),
            table.markdown("accuracy"),
        ]
        if found.trainings[kind].methods:
            lines += ["Mean ± standard deviation over trainings, of their means over draws.", ""]
            lines += [found.trainings[kind].markdown("macro_f1")]
        lines += [f"![Label-efficiency curves]({pictures[kind]})", ""]
    lines += ["## Places found again on another date", "", _found_again(found.found_again)]
    return "\n".join(lines)


def summary(found: Comparison) -> str:
    """Everything in one table: a row for each method, means over draws and spread over trainings."""
    columns: list[tuple[str, list[str]]] = []
    for kind, table in found.tables.items():
        if kind == "tiles":
            tasks = [task for task in table.tasks if task.endswith(_POOLING)]
            counts = " / ".join(map(str, table.counts))
            for probe in _TILE_PROBES:
                scores = [found.of(label, probe, kind, tasks, "accuracy") for label in found.labels]
                control = found.of(RANDOM, probe, kind, tasks, "accuracy")
                columns.append((f"{_POOLING} of tiles, {probe}: {counts}", [_curve(each) for each in scores]))
                columns.append(("minus random", [_over_trainings(each, minus=control) for each in scores]))
        else:
            for half in HALVES:
                if tasks := [task for task in table.tasks if found.halves[task] == half]:
                    scores = [found.of(label, _PIXEL_PROBE, kind, tasks, "macro_f1") for label in found.labels]
                    columns.append((f"{kind}, {half}", [_over_trainings(each) for each in scores]))
    for series in dict.fromkeys(name for _, name in found.found_again):
        shares = [found.found_again.get((label, series)) for label in found.labels]
        columns.append((f"found again, {series}", [_over_trainings(None if s is None else s.T) for s in shares]))
    rows = [[label, *(cells[i] for _, cells in columns)] for i, label in enumerate(found.labels)]
    return (
        "Means over draws, ± standard deviation over trainings where there are several. Tiles: share right with each"
        " number of labels, and the mean of these minus that of the random encoders. Pixels: macro-F1,"
        f" {_PIXEL_PROBE}, of all tasks and numbers of labels. Found again: share of places that are told on another"
        " date.\n\n" + markdown_table(["", *(head for head, _ in columns)], rows)
    )


def _curve(scores: NDArray[np.float64] | None) -> str:
    """Means for each number of labels of (labels, trainings)."""
    return "–" if scores is None else " / ".join(f"{each:.3f}".lstrip("0") for each in scores.mean(axis=1))


def _over_trainings(scores: NDArray[np.float64] | None, minus: NDArray[np.float64] | None = None) -> str:
    """Mean of (n, trainings) ± standard deviation over trainings where there are several; differences are signed."""
    if scores is None:
        return "–"
    each = scores.mean(axis=0) - (0 if minus is None else minus.mean())
    text = f"{each.mean():.3f}" if minus is None else f"{each.mean():+.3f}"
    return f"{text} ± {each.std(ddof=1):.3f}" if len(each) > 1 else text


def _found_again(shares: Mapping[tuple[str, str], NDArray[np.float64]]) -> str:
    """A row for each method: mean ± sd over pairs of dates, and sd over trainings."""
    methods, series = (tuple(dict.fromkeys(key[part] for key in shares)) for part in (0, 1))
    rows = []
    for method in methods:
        cells = [method]
        for name in series:
            values = shares[method, name]
            cells.append(spread(values.mean(axis=0)))
            cells.append(f"{values.mean(axis=1).std(ddof=1):.3f}" if len(values) > 1 else "–")
        rows.append(cells)
    head = [cell for name in series for cell in (f"{name}: mean ± sd over pairs of dates", "sd over trainings")]
    return markdown_table(["accuracy, mean + spread of a tile", *head], rows)
