"""Cells of a table, kept in a folder: what was judged once is read, and a run that was cut off goes on.

A cell is one task, one subject, one protocol, one share of the labels and one seed. Its file is found again by all of
what decides its figures, and by nothing else; whatever of that changes makes another cell.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np

from mmearth_core import records
from mmearth_core.evaluation.judging.evidence import METRICS, Evidence
from mmearth_core.evaluation.tasks.contract import Target
from mmearth_core.files import write_json

#: Raised whenever the same cell would come out with other figures.
REVISION = 3
#: The folder of the cells in that of a run.
FOLDER = "cells"


@dataclass(frozen=True)
class Key:
    """What decides the figures of a cell. `task` and `subject` are identities, not names; `settings` are those of the
    protocol that are not its own."""

    task: str
    subject: str
    features: str
    protocol: str
    settings: str
    share: float
    seed: int

    @property
    def digest(self) -> str:
        told = json.dumps([REVISION, *vars(self).values()])
        return hashlib.sha256(told.encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Cell:
    """What came of one: names for a reader, how many tiles were learned from, chosen by and judged on, and of these
    the counts that all metrics are made of. `role`: an encoder, or a control."""

    task: str
    subject: str
    role: Literal["encoder", "control"]
    protocol: str
    share: float
    seed: int
    train: int
    valid: int
    test: int
    target: Target
    classes: int
    seconds: float
    counts: list[Any]
    facts: dict[str, Any]

    @cached_property
    def evidence(self) -> Evidence:
        return Evidence(self.target, self.classes, np.array(self.counts, np.int64))

    @cached_property
    def metrics(self) -> dict[str, tuple[float, float, float]]:
        """Every metric of the target with the bounds of its interval."""
        found = self.evidence
        return {name: (found.metric(name), *found.interval(name)) for name in METRICS[self.target]}


class Cells:
    """The cells in the folder of a run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER
        self.made = self.kept = 0

    def cell(self, key: Key, make: Callable[[], Cell]) -> Cell:
        """The one of a key, read or made. Raises `MMEarthError` when its file is damaged."""
        path = self._folder / f"{key.digest}.json"
        if path.is_file():
            self.kept += 1
            remedy = "remove this file, and the cell is made again"
            content = records.parsed(path.read_bytes(), path, remedy=remedy)
            told = content.get("cell") if isinstance(content, dict) else None
            return records.read(Cell, told, path, under="cell", remedy=remedy)
        cell = make()
        self._folder.mkdir(parents=True, exist_ok=True)
        write_json(path, {"key": vars(key), "cell": records.plain(vars(cell))})
        self.made += 1
        return cell
