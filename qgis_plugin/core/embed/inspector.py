"""What the worker reads out of a layer before it is embedded: the latest question wins, and none blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import QgsMapLayer, QgsRasterLayer
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..worker.request import WorkerError
from .request import EmbedOptions, EmbedRequest, RequestError

if TYPE_CHECKING:
    from ..worker.client import Job, WorkerClient


#: Milliseconds without another question before one is asked.
_PAUSE = 350


class EmbedInspector(QObject):
    """Asks `inspect` a little after the last change. `asked` when a question is under way, then one of `inspected` (the
    worker's result) and `failed` (a `WorkerError`)."""

    asked = pyqtSignal()
    inspected = pyqtSignal(dict)
    failed = pyqtSignal(object)

    def __init__(self, client: WorkerClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._next: tuple[QgsRasterLayer, EmbedOptions] | None = None
        self._request: EmbedRequest | None = None
        self._job: Job | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE)
        self._timer.timeout.connect(self._ask)

    @property
    def busy(self) -> bool:
        """Whether a question is about to be asked or answered."""
        return self._job is not None or self._timer.isActive()

    def ask(self, layer: QgsRasterLayer, options: EmbedOptions) -> None:
        """Ask about a layer; what was asked before is forgotten."""
        self.forget()
        self._next = (layer, options)
        self._timer.start()

    def forget(self) -> None:
        """Ask nothing, and take no answer any more."""
        self._timer.stop()
        self._next = None
        job, self._job = self._job, None
        if job is not None and job.running:
            job.cancel()

    def _ask(self) -> None:
        asked, self._next = self._next, None
        if asked is None:
            return
        layer, options = asked
        if any(sip.isdeleted(each) for each in (layer, options.area) if isinstance(each, QgsMapLayer)):
            return  # it left the project in this moment
        try:
            request = self._request = EmbedRequest(layer, options)
        except RequestError as error:
            self.failed.emit(WorkerError("request", str(error)))
            return
        job = self._client.submit("inspect", request.arguments)
        self._job = job
        job.finished.connect(lambda result: self._answered(job, self.inspected, result))
        job.failed.connect(lambda *_: self._answered(job, self.failed, job.error))
        self.asked.emit()

    def _answered(self, job: Job, signal: Any, value: Any) -> None:
        if job is self._job:
            self._job = None
            signal.emit(value)
