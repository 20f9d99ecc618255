"""What the worker reads out of a layer before it is embedded: the latest question wins, and none blocks."""

from __future__ import annotations

from qgis.core import QgsMapLayer, QgsRasterLayer
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from .request import EmbedOptions, EmbedRequest, RequestError

#: Milliseconds without another question before one is asked.
_PAUSE = 350


class EmbedInspector(QObject):
    """Asks `inspect` a little after the last change. `asked` when a question is under way, then one of `inspected` (the
    worker's result) and `failed` (error kind, sentence)."""

    asked = pyqtSignal()
    inspected = pyqtSignal(dict)
    failed = pyqtSignal(str, str)

    def __init__(self, client, parent=None):
        super().__init__(parent)
        self._client = client
        self._next = None
        self._request = None
        self._job = None
        self._jobs = []
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

    def _ask(self):
        (layer, options), self._next = self._next, None
        if any(sip.isdeleted(each) for each in (layer, options.area) if isinstance(each, QgsMapLayer)):
            return  # it left the project in this moment
        try:
            self._request = EmbedRequest(layer, options)
        except RequestError as error:
            self.failed.emit("request", str(error))
            return
        job = self._client.submit("inspect", self._request.arguments)
        self._job = job
        self._jobs = [each for each in self._jobs if each.running] + [job]
        job.finished.connect(lambda result: self._answered(job, self.inspected, result))
        job.failed.connect(lambda kind, message: self._answered(job, self.failed, kind, message))
        self.asked.emit()

    def _answered(self, job, signal, *values):
        if job is self._job:
            self._job = None
            signal.emit(*values)
