"""What the user is working on: the embedding, the samples and their class field. One value all panels follow."""

from __future__ import annotations

from qgis.core import QgsMapLayer, QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtCore import QObject, pyqtSignal

from . import layers

#: Where the project keeps what is worked on.
_SCOPE = "mmearth"
#: How a map is smoothed, as the worker calls it.
SMOOTHINGS = ["none", "edges", "strong"]


class Workspace(QObject):
    """The current embedding and sample layer. Emits when they change, also when a layer leaves the project."""

    embeddingChanged = pyqtSignal(object)
    samplesChanged = pyqtSignal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._embedding = None
        self._samples = None
        self._field = "class"
        #: Metres within which samples count as one place of the validation, or None: the worker chooses.
        self.block: float | None = None
        #: How maps are smoothed, the live one and that of the whole layer: one of `SMOOTHINGS`.
        self.smooth = "edges"
        project = QgsProject.instance()
        project.layersWillBeRemoved.connect(self._forget)
        project.writeProject.connect(self._keep)
        project.readProject.connect(self._recall)
        self._recall()

    def close(self) -> None:
        """Let go of the project."""
        project = QgsProject.instance()
        project.layersWillBeRemoved.disconnect(self._forget)
        project.writeProject.disconnect(self._keep)
        project.readProject.disconnect(self._recall)
        self.embedding = None
        self.set_samples(None)

    @property
    def embedding(self) -> QgsRasterLayer | None:
        """The embedding layer in work (QgsRasterLayer), or None."""
        return self._embedding

    @embedding.setter
    def embedding(self, layer: QgsMapLayer) -> None:
        if layer is not self._embedding:
            self._embedding = layer
            self.embeddingChanged.emit(layer)

    @property
    def embedding_path(self) -> str | None:
        """The file of the embedding, or None."""
        return None if self._embedding is None else layers.path_of(self._embedding)

    @property
    def samples(self) -> QgsVectorLayer | None:
        """The sample layer in work (QgsVectorLayer), or None."""
        return self._samples

    @property
    def field(self) -> str:
        """The field of the sample layer that names the class."""
        return self._field

    def set_samples(self, layer: QgsMapLayer, field: str = "class") -> None:
        """Work with a sample layer, its classes in `field`."""
        if layer is not self._samples or field != self._field:
            self._samples, self._field = layer, field
            self.samplesChanged.emit(layer)

    def _keep(self, *_document: object) -> None:
        """Write into the project that is being saved what is being worked on."""
        project = QgsProject.instance()
        for name, layer in (("embedding", self._embedding), ("samples", self._samples)):
            project.writeEntry(_SCOPE, name, "" if layer is None else layer.id())
        project.writeEntry(_SCOPE, "field", self._field)

    def _recall(self, *_document: object) -> None:
        """Work on what was worked on when the project was saved."""
        project = QgsProject.instance()
        kept = {name: project.readEntry(_SCOPE, name)[0] for name in ("embedding", "samples", "field")}
        embedding, samples = project.mapLayer(kept["embedding"]), project.mapLayer(kept["samples"])
        if isinstance(embedding, QgsRasterLayer) and embedding.isValid():
            self.embedding = embedding
        if isinstance(samples, QgsVectorLayer) and samples.isValid():
            self.set_samples(samples, kept["field"] or "class")

    def _forget(self, ids: list[str]) -> None:
        if self._embedding is not None and self._embedding.id() in ids:
            self.embedding = None
        if self._samples is not None and self._samples.id() in ids:
            self.set_samples(None)
