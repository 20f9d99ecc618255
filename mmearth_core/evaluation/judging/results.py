"""The cells of a run as tables: a row for each subject, a column for each share of the labels, one table a protocol.

Compares only what is of one task, protocol and share. Plain values, CSV, and parts of a report; it writes no file.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from mmearth_core.evaluation.judging.cells import Cell
from mmearth_core.evaluation.judging.evidence import METRICS
from mmearth_core.evaluation.judging.protocols import LAYER, PROTOCOLS
from mmearth_core.evaluation.judging.published import Published, published
from mmearth_core.evaluation.tasks.contract import TileTask
from mmearth_core.reports.content import Table
from mmearth_core.wording import counted


@dataclass(frozen=True)
class Score:
    """A metric of one subject: the mean over its seeds, their standard deviation, and the mean of the bounds of their
    intervals of 95 %; of one seed all are its own, and the deviation is 0."""

    value: float
    low: float
    high: float
    deviation: float
    seeds: int

    def __str__(self) -> str:
        spread = f" ± {self.deviation:.3f}" if self.seeds > 1 else ""
        return f"{self.value:.3f}{spread} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True)
class Results:
    """All cells of a run, in the order of their tasks and subjects, and what was not judged, in sentences."""

    tasks: tuple[TileTask, ...]
    cells: tuple[Cell, ...]
    facts: dict[str, Any]
    notes: tuple[str, ...] = ()

    def protocols(self, task: str) -> tuple[str, ...]:
        """Those that a task was judged by."""
        return tuple(dict.fromkeys(each.protocol for each in self.cells if each.task == task))

    def shares(self, task: str, protocol: str) -> tuple[float, ...]:
        return tuple(sorted({each.share for each in self.of(task, protocol)}))

    def of(self, task: str, protocol: str) -> list[Cell]:
        return [each for each in self.cells if (each.task, each.protocol) == (task, protocol)]

    def subjects(self, task: str, protocol: str) -> tuple[str, ...]:
        """Encoders first, then controls."""
        cells = self.of(task, protocol)
        ordered = [each for role in ("encoder", "control") for each in cells if each.role == role]
        return tuple(dict.fromkeys(each.subject for each in ordered))

    def found(self, task: str, protocol: str, subject: str, share: float) -> list[Cell]:
        """The cells of all seeds."""
        return [each for each in self.of(task, protocol) if (each.subject, each.share) == (subject, share)]

    def score(self, cells: Sequence[Cell], metric: str) -> Score | None:
        """Over the seeds; None without any."""
        if not cells:
            return None
        values, lows, highs = zip(*(each.metrics[metric] for each in cells), strict=True)
        low, high = np.mean(lows), np.mean(highs)
        deviation = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
        return Score(float(np.mean(values)), float(low), float(high), deviation, len(values))

    def table(self, task: TileTask, protocol: str, metric: str) -> Table:
        """What everybody reached."""
        shares = self.shares(task.name, protocol)
        rows = []
        for subject in self.subjects(task.name, protocol):
            found = [self.found(task.name, protocol, subject, share) for share in shares]
            role = next(each.role for cells in found for each in cells)
            scores = [self.score(cells, metric) for cells in found]
            rows.append((subject, role, *("–" if each is None else str(each) for each in scores)))
        return Table((metric, "", *self._columns(task.name, protocol)), tuple(rows))

    def ahead(self, task: TileTask, protocol: str) -> Table | None:
        """Every encoder minus every control, with the interval of the difference; None without an encoder."""
        metric, shares = METRICS[task.target][0], self.shares(task.name, protocol)
        roles = {each.subject: each.role for each in self.of(task.name, protocol)}
        rows = []
        for encoder in [name for name, role in roles.items() if role == "encoder"]:
            for other in [name for name, role in roles.items() if role == "control"]:
                cells = [self._gap(task.name, protocol, encoder, other, share, metric) for share in shares]
                rows.append((f"{encoder} − {other}", *cells))
        if not rows:
            return None
        return Table((f"difference in {metric}", *self._columns(task.name, protocol)), tuple(rows))

    def _gap(self, task: str, protocol: str, one: str, other: str, share: float, metric: str) -> str:
        """Of seeds that both have, or of each seed of the one with the only one of the other; paired tile by tile."""
        mine, theirs = (self.found(task, protocol, name, share) for name in (one, other))
        by_seed = {each.seed: each for each in theirs}
        pairs = [(each, by_seed.get(each.seed, theirs[0] if len(theirs) == 1 else None)) for each in mine]
        if len(mine) == 1:
            pairs = [(mine[0], each) for each in theirs]
        gaps = [a.evidence.ahead_of(b.evidence, metric) for a, b in pairs if b is not None]
        if not gaps:
            return "–"
        value, low, high = np.mean(gaps, axis=0)
        return f"{value:+.3f} [{low:+.3f}, {high:+.3f}]"

    def _columns(self, task: str, protocol: str) -> list[str]:
        found = []
        for share in self.shares(task, protocol):
            counts = sorted({each.train for each in self.of(task, protocol) if each.share == share})
            span = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]}–{counts[-1]}"
            found.append(f"{100 * share:g} % ({span} tiles)")
        return found

    def as_dict(self) -> dict[str, Any]:
        """Plain values: every cell with its metrics and intervals, without the counts they are made of."""
        return {**self.facts, "notes": list(self.notes), "cells": [dict(each) for each in self._flat()]}

    def csv(self) -> str:
        """A line for each cell and metric."""
        text = io.StringIO()
        rows = list(self._flat())
        writer = csv.writer(text, lineterminator="\n")
        head = ("task", "subject", "role", "protocol", "share", "seed", "train", "valid", "test", "seconds")
        writer.writerow([*head, "metric", "value", "low", "high"])
        for row in rows:
            for name, (value, low, high) in row["metrics"].items():
                writer.writerow([*(row[each] for each in head), name, f"{value:.5f}", f"{low:.5f}", f"{high:.5f}"])
        return text.getvalue()

    def _flat(self) -> Iterable[dict[str, Any]]:
        left_out = {"counts", "target", "classes"}
        for each in self.cells:
            told = {field.name: getattr(each, field.name) for field in fields(each) if field.name not in left_out}
            yield {**told, "metrics": {name: list(values) for name, values in each.metrics.items()}}

    def headline(self) -> str:
        """A few lines for a terminal: the first metric of every protocol at its largest share."""
        lines = []
        for task in self.tasks:
            for protocol in self.protocols(task.name):
                metric, share = METRICS[task.target][0], self.shares(task.name, protocol)[-1]
                lines.append(f"{task.name}, {protocol}, {metric}, {100 * share:g} % of the labels")
                for subject in self.subjects(task.name, protocol):
                    score = self.score(self.found(task.name, protocol, subject, share), metric)
                    lines.append(f"  {subject}: {'–' if score is None else score}")
        return "\n".join([*lines, *self.notes])


def published_table(task: str, metric: str) -> Table | None:
    """What others published on a task, each with its protocol; None where nobody did."""
    rows: list[Published] = [each for each in published(task) if each.metric == metric]
    if not rows:
        return None
    told = tuple(
        (each.model, each.protocol, f"{100 * each.share:g} %", f"{each.value:.3f}", each.source) for each in rows
    )
    return Table(("published", "protocol", "labels", metric, "source"), told)


def described(task: TileTask) -> tuple[tuple[str, str], ...]:
    """What a reader has to know of a task."""
    asked = {"class": "the class of a tile", "classes": "which classes a tile shows", "pixels": "the class of a pixel"}
    return (
        ("asked", f"{asked[task.target]}, {counted(len(task.classes), 'class')}"),
        ("tiles", f"{task.shape[0]} × {task.shape[1]} pixels, {task.level.upper()}, {', '.join(task.bands)}"),
        ("identity", task.identity[:16]),
    )


def protocol_text(protocol: str) -> str:
    """What a protocol does, and to controls without a network; of one with other settings, what its name stands for."""
    name, _, epochs = protocol.partition(", ")
    facts = next((facts for known, facts in PROTOCOLS.items() if known == name), None)
    if facts is None or not facts.trains:
        return "" if facts is None else facts.text
    if facts.beside is None:
        controls = f"Controls without a network: a {LAYER} on their features, by the same recipe"
    else:
        other = f"{facts.beside}, {PROTOCOLS[facts.beside].text}"
        controls = f"Controls without a network are judged by another protocol, as their rows say: {other}"
    instead = f" (here {epochs} instead, warm-up and epochs of a still encoder cut to fit)" if epochs else ""
    return f"{facts.text}{instead}. {controls}"
