"""Finds the embeddings that others made among the layers of the project: the worker tells, by `info`.

Here is only known that an embedding has many bands; whose it is and what its numbers mean is the worker's knowledge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, pyqtSignal

from .. import layers
from ..sources import why_not_readable

if TYPE_CHECKING:
    from ..worker.client import WorkerClient


class EmbeddingRecogniser(QObject):
    """Asks once about each raster of many bands. `recognised` (the layer, marked as such) when it is an embedding, else
    `doubtful` (the layer, and a sentence on what is missing or wrong, or "")."""

    recognised = pyqtSignal(object)
    doubtful = pyqtSignal(object, str)

    def __init__(self, client: WorkerClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._asked: set[str] = set()
        QgsProject.instance().layersAdded.connect(self.look)
        client.stateChanged.connect(self.look)

    def close(self) -> None:
        """Let go of project and worker."""
        QgsProject.instance().layersAdded.disconnect(self.look)
        self._client.stateChanged.disconnect(self.look)

    def look(self, *_: object) -> None:
        """Ask about the layers that are new, when there is a worker to ask."""
        if not self._client.available() or self._client.state == "failed":
            return
        for key, layer in QgsProject.instance().mapLayers().items():
            new = key not in self._asked and not layer.customProperty(layers.PRODUCT)
            if (
                new
                and layers.may_be_embedding(layer)
                and not layers.is_embedding(layer)
                and not why_not_readable(layer)
            ):
                self._ask(key, layers.path_of(layer))

    def _ask(self, key: str, path: str) -> None:
        self._asked.add(key)
        job = self._client.submit("info", {"file": path})
        job.finished.connect(lambda told: self._answered(key, told))
        job.failed.connect(lambda *_: self._doubt(key, str(job.error)))

    def _answered(self, key: str, told: dict[str, Any]) -> None:
        layer = QgsProject.instance().mapLayer(key)
        if layer is None:
            return  # it left the project meanwhile
        if told.get("kind") == "embedding raster":
            layers.mark(layer, "embedding")
            layer.setCustomProperty(layers.MAKER, told.get("model", ""))
            self.recognised.emit(layer)
        else:
            self._doubt(key, told.get("as an embedding", ""))

    def _doubt(self, key: str, sentence: str) -> None:
        layer = QgsProject.instance().mapLayer(key)
        if layer is not None:
            self.doubtful.emit(layer, sentence)
