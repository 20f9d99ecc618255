"""Scores of several methods on several tasks as one table: Markdown to read, plain values to compute with.

Formats and compares; it evaluates nothing and writes no file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmearth_core.evaluation.protocol import Metric, Scores, spread
from mmearth_core.reports.markdown import table_lines

#: What the metrics are called in tables and pictures.
TITLES: Mapping[Metric, str] = {"macro_f1": "macro-F1", "accuracy": "overall accuracy"}


@dataclass(frozen=True, eq=False)
class Table:
    """Scores by (method, task). Not every method has every task; the scores of one task have the same draws."""

    methods: tuple[str, ...]
    tasks: tuple[str, ...]
    scores: Mapping[tuple[str, str], Scores]

    @property
    def counts(self) -> tuple[int, ...]:
        """Labels per class."""
        return next(iter(self.scores.values())).counts

    def markdown(self, metric: Metric = "macro_f1") -> str:
        """A row for each method, a column for each task and number of labels: mean ± sd over draws, the best bold."""
        best = {
            (task, i): max(s.of(metric)[i].mean() for (_, t), s in self.scores.items() if t == task)
            for task in self.tasks
            for i in range(len(self.counts))
        }
        rows = []
        for method in self.methods:
            cells = [method]
            for task in self.tasks:
                found = self.scores.get((method, task))
                for i in range(len(self.counts)):
                    values = None if found is None else found.of(metric)[i]
                    cell = "–" if values is None else spread(values)
                    cells.append(f"**{cell}**" if values is not None and values.mean() == best[task, i] else cell)
            rows.append(cells)
        return markdown_table([f"{TITLES[metric]}, labels per class", *self._columns()], rows)

    def differences(self, pairs: Sequence[tuple[str, str]], metric: Metric = "macro_f1") -> str:
        """First minus second method of each pair, draw by draw: mean ± sd of the differences, and in how many draws the
        first is ahead. Bold where the mean is larger than the sd: a difference beyond the spread. First of the mean of
        all columns that both methods have, in which single draws matter less, then of each column."""
        rows = []
        for first, second in pairs:
            gaps: list[NDArray[np.floating] | None] = []
            for task in self.tasks:
                one, other = self.scores.get((first, task)), self.scores.get((second, task))
                if one is None or other is None:
                    gaps.extend([None] * len(self.counts))
                else:
                    gaps.extend(one.of(metric) - other.of(metric))
            known = [gap for gap in gaps if gap is not None]
            overall = np.mean(known, axis=0) if known else None
            rows.append([f"{first} − {second}", *map(_gap, [overall, *gaps])])
        return markdown_table([f"difference in {TITLES[metric]}", "all columns", *self._columns()], rows)

    def as_dict(self) -> dict[str, Any]:
        """Plain values: every score of every draw."""
        return {
            "labels_per_class": list(self.counts),
            "results": [
                {
                    "method": method,
                    "task": task,
                    "macro_f1": scores.macro_f1.tolist(),
                    "accuracy": scores.accuracy.tolist(),
                }
                for (method, task), scores in self.scores.items()
            ],
        }

    def _columns(self) -> list[str]:
        return [f"{task}: {count}" for task in self.tasks for count in self.counts]


def _gap(gap: NDArray[np.floating] | None) -> str:
    """Differences of the draws (n,) as a cell."""
    if gap is None:
        return "–"
    text = f"{gap.mean():+.3f} ± {gap.std(ddof=1):.3f} ({np.sum(gap > 0)}/{len(gap)})"
    return f"**{text}**" if abs(gap.mean()) > gap.std(ddof=1) else text


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in GitHub's Markdown; bars inside cells are escaped."""
    return "\n".join(table_lines(head, rows)) + "\n"
