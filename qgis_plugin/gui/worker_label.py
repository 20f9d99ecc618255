"""One line at the foot of the dock: what the worker is doing, and how much memory it takes."""

from qgis.PyQt.QtWidgets import QLabel

from .embed.cache_dialog import size_text


class WorkerLabel(QLabel):
    """Follows a `WorkerClient`; what it works on is the tooltip."""

    def __init__(self, client, parent=None):
        super().__init__(parent)
        self.setObjectName("workerLabel")
        self.setEnabled(False)  # no matter of importance: the theme's quiet colour
        self._client = client
        client.stateChanged.connect(self._show)
        client.memoryChanged.connect(self._show)
        self._show()

    def close(self):
        """Follow no longer."""
        self._client.stateChanged.disconnect(self._show)
        self._client.memoryChanged.disconnect(self._show)
        return super().close()

    def _show(self, *_) -> None:
        client = self._client
        states = {
            "ready": self.tr("ready"),
            "starting": self.tr("starting"),
            "stopped": self.tr("stopped"),
            "failed": self.tr("failed"),
        }
        jobs = client.running()
        text = self.tr("at work") if jobs and client.state == "ready" else states[client.state]
        if client.state == "ready" and client.memory:
            text = self.tr("{}, {} of memory").format(text, size_text(client.memory))
        self.setText(self.tr("Worker: {}").format(text))
        self.setToolTip("\n".join(job.title or job.verb for job in jobs))
