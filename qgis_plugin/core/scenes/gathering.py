"""From rows that are ticked to a working set that is worked on: the worker puts them together and says what is a place.

The file of a set is the plugin's own, named by what is in it, unless the user saves it elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsRasterLayer
from qgis.PyQt.QtCore import QCoreApplication, QObject, pyqtSignal

from ...settings import home
from .. import layers
from .scene_list import LAYER, Row

if TYPE_CHECKING:
    from ...context import Context
    from ..worker.client import Job


class Gathering(QObject):
    """One set at a time. `gathered` (its file, the worker's messages) or `failed` (sentence)."""

    gathered = pyqtSignal(str, list)
    failed = pyqtSignal(str)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._job: Job | None = None

    def work_with(self, rows: Sequence[Row]) -> None:
        """Put rows together, and work on them. Those without embedding are the caller's to leave out."""
        asked = arguments(rows)
        digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]
        path = home() / "sets" / f"{digest}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        embeddings = [row.embedding for row in rows if row.embedding is not None]
        self._submit(asked, str(path), embeddings)

    def save(self, rows: Sequence[Row], path: str, samples: str | None, field: str) -> None:
        """Write rows, and a file of samples, as a working set that others read; what is in work stays."""
        asked = arguments(rows)
        if samples is not None:
            asked |= {"samples": [samples], "field": field}
        self._submit(asked, path, None)

    def close(self) -> None:
        """Ask no more."""
        job, self._job = self._job, None
        if job is not None:
            job.cancel()

    def _submit(self, asked: dict[str, Any], path: str, embeddings: list[QgsRasterLayer] | None) -> None:
        self.close()
        job = self._job = self._context.client.submit(
            "working_set",
            {**asked, "output": path, "overwrite": True, "trust": True},
            labels={
                "skip_places": QCoreApplication.translate(
                    "Gathering", "Leave out places without a layer (Gather working set, in the Processing toolbox)"
                )
            },
        )
        job.finished.connect(lambda result: self._done(job, path, embeddings, result["messages"]))
        job.failed.connect(lambda kind, message: self._not_done(job, kind, message))

    def _done(self, job: Job, path: str, embeddings: list[QgsRasterLayer] | None, messages: list[str]) -> None:
        if job is not self._job:
            return
        self._job = None
        if embeddings is not None:
            self._context.workspace.work_on_set(path, embeddings)
            messages = []  # they tell that what it names lies elsewhere, which is so of a file of our own
        self.gathered.emit(path, messages)

    def _not_done(self, job: Job, kind: str, message: str) -> None:
        if job is self._job:
            self._job = None
            if kind != "cancelled":
                self.failed.emit(message)


def arguments(rows: Sequence[Row]) -> dict[str, Any]:
    """The arguments of the worker's verb `working_set` for rows."""
    scenes = [row for row in rows if row.embedding is not None]
    return {
        "embeddings": [layers.path_of(row.embedding) for row in scenes if row.embedding is not None],
        "dates": [row.day or None for row in scenes],
        "names": [row.name for row in scenes],
        "layers": [layers.path_of(row.layer) for row in rows if row.state == LAYER],
    }


def elsewhere(path: str, files: Sequence[str]) -> list[str]:
    """Those of the files a working set names that lie neither beside nor below it."""
    folder = Path(path).resolve().parent
    return [file for file in files if file.startswith(("/vsi", "http")) or folder not in Path(file).resolve().parents]
