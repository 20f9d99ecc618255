"""What a comparison of encoders found, as a page: one table of everything first, then every score and difference.

Formats; it evaluates nothing and writes no file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmearth_core.evaluation.judging.subjects import AROUND, RAW
from mmearth_core.evaluation.protocol import PROBES, spread
from mmearth_core.evaluation.tables import Table, markdown_table
from training.judges import Kind
from training.summary import Training, summary

#: What the kinds of judges are called in the report.
KINDS: Mapping[Kind, str] = {
    "tiles": "Pooled tiles",
    "polygons": "Pixels of polygons, tested on other polygons",
    "pixels": "Pixels, tested at other places",
}
WHITENED = "whitened bands 5×5"
BASELINES = (RAW, AROUND, WHITENED)
BEST_BANDS = "best of bands"


@dataclass(frozen=True, eq=False)
class Comparison:
    """Scores of every method: few-label tables by kind of judge, and places found again by (method, series).

    `trainings`: tables whose columns are trainings instead of draws, of what has several. `found_again`: shares
    (trainings, pairs of dates). `each`: what came of
    every training and baseline.
    """

    tables: Mapping[Kind, Table]
    trainings: Mapping[Kind, Table]
    found_again: Mapping[tuple[str, str], NDArray[np.float64]]
    each: Sequence[Training]


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
    lines = ["# Comparison on few labels", "", *facts, "", "## Summary", "", summary(found.each), ""]
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
