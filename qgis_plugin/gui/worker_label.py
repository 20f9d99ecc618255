"""The foot of the dock: what the worker is doing, in words only while there is something to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsApplication
from qgis.PyQt.QtWidgets import QLabel, QWidget

from .embed.cache_dialog import size_text

if TYPE_CHECKING:
    from ..core.worker.client import WorkerClient


class WorkerLabel(QLabel):
    """Follows a `WorkerClient`; the tooltip says what it works on and how much memory it takes."""

    def __init__(self, client: WorkerClient, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("workerLabel")
        font = self.font()
        font.setPointSizeF(0.85 * font.pointSizeF())  # no matter of importance; disabled it cannot be read in the dark
        self.setFont(font)
        self._client = client
        client.stateChanged.connect(self._show)
        client.memoryChanged.connect(self._show)
        self._show()

    def close(self) -> bool:
        """Follow no longer."""
        self._client.stateChanged.disconnect(self._show)
        self._client.memoryChanged.disconnect(self._show)
        return super().close()

    def _show(self, *_: object) -> None:
        client = self._client
        states = {
            "ready": self.tr("ready"),
            "starting": self.tr("starting"),
            "stopped": self.tr("stopped"),
            "failed": self.tr("failed"),
        }
        jobs = client.running()
        working = bool(jobs) and client.state == "ready"
        text = self.tr("at work") if working else states[client.state]
        if client.state == "ready" and client.memory:
            text = self.tr("{}, {} of memory").format(text, size_text(client.memory))
        text = self.tr("Worker: {}").format(text)
        self.setToolTip("\n".join([text, *(job.title or job.verb for job in jobs)]))
        if client.state == "ready" and not working:
            self.setPixmap(QgsApplication.getThemeIcon("/mIconSuccess.svg").pixmap(12, 12))
        else:
            self.setText(text)
