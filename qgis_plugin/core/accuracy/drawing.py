"""Drawing the reference sample of a map, or of the maps of all places together, into a layer that tells no class."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..layer_tree import place, topmost
from ..replaced_files import Released, open_again, release
from .reference_sample import open_sample

if TYPE_CHECKING:
    from ...context import Context
    from ..worker.client import Job
    from .judged_maps import JudgedMaps


class SampleDrawing(QObject):
    """One sample at a time; ends with `drawn` or `failed`."""

    #: The layer, which is in the project, and the result of the worker's `sample`.
    drawn = pyqtSignal(object, dict)
    #: Error kind and sentence.
    failed = pyqtSignal(str, str)
    #: Share that is done, below 0 when that is not known.
    progressed = pyqtSignal(float)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._job: Job | None = None
        self._released: list[Released] = []
        self._maps: JudgedMaps | None = None

    @property
    def running(self) -> bool:
        """Whether a sample is being drawn."""
        return self._job is not None

    @property
    def maps(self) -> JudgedMaps | None:
        """What the sample is of."""
        return self._maps

    def draw(self, maps: JudgedMaps, path: Path, points: int) -> None:
        """Draw so many points into a GeoPackage, which is replaced when it exists."""
        self._maps, self._released = maps, release([path])
        arguments = {**maps.asked(), "output": str(path), "n": points, "overwrite": path.exists()}
        title = self.tr("Drawing the reference sample")
        job = self._job = self._context.client.submit("sample", arguments, title=title, task=True)
        job.progressed.connect(self._tell)
        job.finished.connect(lambda result: self._done(maps, path, result))
        job.failed.connect(self._fail)

    def cancel(self) -> None:
        """Stop; nothing is left then."""
        if self._job is not None:
            self._job.cancel()

    def _tell(self, event: dict[str, Any]) -> None:
        total = event.get("total") or 0
        self.progressed.emit(event.get("done", 0) / total if total else -1.0)

    def _done(self, maps: JudgedMaps, path: Path, result: dict[str, Any]) -> None:
        self._job = None
        sample = open_sample(path, maps.first, list(result["allocation"]))
        place(sample, topmost(maps.layers))
        self.drawn.emit(sample, result)

    def _fail(self, kind: str, message: str) -> None:
        self._job = None
        open_again(self._released)
        self.failed.emit(kind, message)
