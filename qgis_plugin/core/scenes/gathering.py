"""From rows that are ticked to a working set that is worked on: the worker puts them together and says what is a place.

The file of a set is the plugin's own, named by what is in it, unless the user saves it elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QCoreApplication, QObject, pyqtSignal

from ...settings import home
from .. import layers
from ..working_set import places_of
from .scene_list import LAYER, Row

if TYPE_CHECKING:
    from ...context import Context
    from ..worker.client import Job

#: The ids of the embedding layers that are to be worked on; None: the set is only saved.
Ids = Optional[Sequence[str]]


class Gathering(QObject):
    """One set at a time. `gathered` (its file, what is to be said of it), `lacking` (sentence: some places lack a
    layer; `go_on_without` leaves them out) or `failed` (sentence)."""

    gathered = pyqtSignal(str, list)
    lacking = pyqtSignal(str)
    failed = pyqtSignal(str)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._job: Job | None = None
        self._lacking: tuple[dict[str, Any], str, Ids] | None = None

    def work_with(self, rows: Sequence[Row]) -> None:
        """Put rows together, and work on them. Those without embedding are the caller's to leave out."""
        self._work_with(arguments(rows), [row.embedding.id() for row in rows if row.embedding is not None])

    def save(self, rows: Sequence[Row], path: str, samples: str | None, field: str) -> None:
        """Write rows, and a file of samples, as a working set that others read; what is in work stays."""
        asked = arguments(rows)
        if samples is not None:
            asked |= {"samples": [samples], "field": field}
        self._submit(asked, path, None)

    def go_on_without(self) -> None:
        """What was asked for last, without the places that lack a layer."""
        if self._lacking is None:
            return
        asked, path, ids = self._lacking
        asked = {**asked, "skip_places": True}
        if ids is None:
            self._submit(asked, path, None)
        else:
            self._work_with(asked, ids)

    def close(self) -> None:
        """Ask no more."""
        job, self._job, self._lacking = self._job, None, None
        if job is not None:
            job.cancel()

    def _work_with(self, asked: dict[str, Any], ids: Sequence[str]) -> None:
        digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]
        path = home() / "sets" / f"{digest}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        self._submit(asked, str(path), ids)

    def _submit(self, asked: dict[str, Any], path: str, ids: Ids) -> None:
        self.close()
        job = self._job = self._context.client.submit(
            "working_set",
            {**asked, "output": path, "overwrite": True, "trust": True},
            labels={"skip_places": without_places()},
        )
        job.finished.connect(lambda result: self._done(job, path, ids, result))
        job.failed.connect(lambda kind, message: self._not_done(job, kind, message, (asked, path, ids)))

    def _done(self, job: Job, path: str, ids: Ids, result: dict[str, Any]) -> None:
        if job is not self._job:
            return
        self._job = None
        if ids is None:
            self.gathered.emit(path, [*result["messages"], *result["warnings"]])
            return
        found = [QgsProject.instance().mapLayer(each) for each in ids]
        embeddings = [layer for layer in found if isinstance(layer, QgsRasterLayer)]
        if len(embeddings) < len(ids):  # it may be another project meanwhile
            text = self.tr(
                "A layer left the project while they were put together; choose what belongs together and try again."
            )
            self.failed.emit(text)
            return
        # That what it names lies elsewhere, as the warnings tell, is so of every file of our own.
        inside = {Path(file).resolve() for place in places_of(path) for file in place.embeddings}
        kept = [layer for layer in embeddings if Path(layers.path_of(layer)).resolve() in inside]
        self._context.workspace.work_on_set(path, kept)
        self.gathered.emit(path, result["messages"])

    def _not_done(self, job: Job, kind: str, message: str, asked: tuple[dict[str, Any], str, Ids]) -> None:
        if job is not self._job:
            return
        self._job = None
        if "skip_places" in job.about:
            self._lacking = asked
            self.lacking.emit(message)
        elif kind != "cancelled":
            self.failed.emit(message)


def without_places() -> str:
    """What it is called to go on without the places that lack a layer."""
    return QCoreApplication.translate("Gathering", "Go on without these places")


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
