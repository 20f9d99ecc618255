"""Asks the worker what samples look like to a model that did not learn from their place. Waits for a pause in edits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..sources import why_not_placed
from .classes import SampleError
from .sample_layer import collect, digest

if TYPE_CHECKING:
    from ...context import Context
    from ..worker.client import Job

#: Milliseconds after the last edit before the worker is asked.
_PAUSE = 800


class SampleCheck(QObject):
    """Of the workspace's samples on its embedding."""

    #: What is known of each sample (`features` of the worker's `validate`), and the fids that were asked for.
    found = pyqtSignal(list, list)
    #: What is going on, or why nothing is known; empty when all is said.
    told = pyqtSignal(str)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._job: Job | None = None
        self._again = False
        self._known: tuple[Any, ...] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE)
        self._timer.timeout.connect(self._ask)

    def ask(self) -> None:
        """Look at the samples, once they rest."""
        self._timer.start()

    def stop(self) -> None:
        """Ask no more; what is known is forgotten."""
        self._timer.stop()
        self._known, self._again = None, False
        if self._job is not None:
            self._job.cancel()

    def _ask(self) -> None:
        workspace = self._context.workspace
        if workspace.samples is None:
            return
        if workspace.embedding is None:
            self.told.emit(self.tr("Choose an embedding to see pixels and doubtful samples."))
            return
        problem = why_not_placed(workspace.embedding)
        try:
            samples = {} if problem else collect(workspace.samples, workspace.field)
        except SampleError as error:
            problem = str(error)
        if problem:
            self.told.emit(problem)
            return
        fids = [fid for fid, *_ in samples["features"]]
        asked = (workspace.embedding_path, workspace.block, digest(samples), fids)
        if asked == self._known:
            return
        if self._job is not None:
            self._again = True
            self._job.cancel()
            return
        self.told.emit(self.tr("Looking at the samples…"))
        arguments = {"embedding": workspace.embedding_path, "samples": samples, "block": workspace.block}
        job = self._job = self._context.client.submit("validate", arguments)
        job.finished.connect(lambda result: self._finished(asked, result))
        job.failed.connect(self._failed)
        job.ended.connect(self._ended)

    def _finished(self, asked: tuple[Any, ...], result: dict[str, Any]) -> None:
        self._known = asked
        self.told.emit("")
        self.found.emit(result["features"], asked[-1])

    def _failed(self, kind: str, message: str) -> None:
        if kind != "cancelled":
            self.told.emit(message)

    def _ended(self) -> None:
        self._job = None
        if self._again:
            self._again = False
            self._ask()
