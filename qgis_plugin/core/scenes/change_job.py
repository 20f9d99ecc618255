"""From two embeddings to the map of what became what: learn from the samples in work where that is asked, then compare.

The worker does both; the map comes into the project with the style that was written beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QObject, QTemporaryDir, pyqtSignal

from .. import layers
from ..layer_tree import place, topmost
from ..replaced_files import open_again, release

if TYPE_CHECKING:
    from ...context import Context
    from ..replaced_files import Released
    from ..worker.client import Job


@dataclass(frozen=True)
class Asked:
    """What is compared: two embedding layers, and the classes: a `model` file, or `samples` (as the worker's protocol
    has them) that are learned from on the embedding `learned_on`. `sure`: probability needed for a change, or None."""

    before: QgsRasterLayer
    after: QgsRasterLayer
    output: Path
    model: str = ""
    samples: dict[str, Any] | None = None
    learned_on: QgsRasterLayer | None = None
    sure: float | None = None


class ChangeJob(QObject):
    """Compares, one pair at a time. After `start`: `progressed` (what is done, 0 … 1 or below 0), then `finished` (the
    map's layer, None when its project was closed, and the worker's result) or `failed` (kind, sentence)."""

    progressed = pyqtSignal(str, float)
    finished = pyqtSignal(object, dict)
    failed = pyqtSignal(str, str)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._job: Job | None = None
        self._asked: Asked | None = None
        self._folder = QTemporaryDir()
        self._released: list[Released] = []
        self._ids: list[str] = []

    @property
    def running(self) -> bool:
        """Whether two are being compared."""
        return self._job is not None

    def start(self, asked: Asked) -> None:
        """Begin; a map that exists is replaced, so the caller asks before."""
        self._asked, self._ids = asked, [asked.before.id(), asked.after.id()]
        self._paths = [layers.path_of(asked.before), layers.path_of(asked.after)]
        if asked.samples is None or asked.learned_on is None:
            self._compare(asked.model)
            return
        model = str(Path(self._folder.path()) / "model.json")
        fit = {
            "embedding": layers.path_of(asked.learned_on),
            "samples": asked.samples,
            "output": model,
            "block": self._context.workspace.block,
            "overwrite": True,
        }
        self._submit("fit_samples", fit, self.tr("Learning from the samples"), lambda _: self._compare(model))

    def cancel(self) -> None:
        """Stop; no map is left behind."""
        if self._job is not None:
            self._job.cancel()

    def close(self) -> None:
        """Stop, and tell nobody."""
        job, self._job = self._job, None
        if job is not None:
            job.cancel()
            open_again(self._released)

    def _compare(self, model: str) -> None:
        asked = self._asked
        if asked is None:
            return
        self._released = release([asked.output])
        arguments = {
            "before": self._paths[0],
            "after": self._paths[1],
            "model": model,
            "output": str(asked.output),
            "smooth": self._context.workspace.smooth,
            "sure": asked.sure,
            "overwrite": True,
        }
        self._submit("change", arguments, self.tr("Comparing both dates"), self._done)

    def _submit(
        self, verb: str, arguments: dict[str, Any], title: str, then: Callable[[dict[str, Any]], object]
    ) -> None:
        job = self._job = self._context.client.submit(verb, arguments, title=title, task=True)
        job.progressed.connect(lambda event: self._tell(title, event) if job is self._job else None)
        job.failed.connect(lambda kind, message: self._fail(kind, message) if job is self._job else None)
        job.finished.connect(lambda result: then(result) if job is self._job else None)
        self.progressed.emit(title, -1.0)

    def _tell(self, title: str, event: dict[str, Any]) -> None:
        total = event.get("total") or 0
        self.progressed.emit(title, event.get("done", 0) / total if total else -1.0)

    def _fail(self, kind: str, message: str) -> None:
        self._job = None
        open_again(self._released)
        self._released = []
        self.failed.emit(kind, message)

    def _done(self, result: dict[str, Any]) -> None:
        self._job, self._released = None, []
        layer = None if self._asked is None else self._add(self._asked.output)
        self.finished.emit(layer, result)

    def _add(self, path: Path) -> QgsRasterLayer | None:
        found = [QgsProject.instance().mapLayer(each) for each in self._ids]
        embeddings = [layer for layer in found if layer is not None]
        if not embeddings:
            return None  # another project
        layer = QgsRasterLayer(str(path), path.stem)
        layers.mark(layer, "map", topmost(embeddings))
        place(layer, topmost(embeddings))
        return layer
