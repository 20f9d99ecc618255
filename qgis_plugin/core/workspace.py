"""What the user is working on: the embedding or the working set, the samples and their class field. One value all
panels follow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsMapLayer,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication, QObject, pyqtSignal

from . import layers
from .layer_tree import topmost
from .samples.pixels import is_beside, layer_at
from .working_set import Place, places_of

#: Where the project keeps what is worked on.
_SCOPE = "mmearth"
#: How a map is smoothed, as the worker calls it.
SMOOTHINGS = ["none", "edges", "strong"]
#: How the dates of a place decide together, as the worker calls it: each by a model of its own, or all in one.
DATES = ["vote", "together"]


class Workspace(QObject):
    """The current embedding and sample layer. Emits when they change, also when a layer leaves the project.

    With a working set the embedding is one of its layers, which stands for it where a single layer is needed; work on
    another embedding ends that on the set, and so does one of its layers that leaves the project.
    """

    embeddingChanged = pyqtSignal(object)
    samplesChanged = pyqtSignal(object)
    #: Other dates decide, or otherwise, or places lie farther apart: what is said of the samples is said of others.
    learningChanged = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._embedding = None
        self._set: str | None = None
        self._of_set: list[QgsRasterLayer] = []
        #: Why the set that the project was saved with is not worked on; empty when there is nothing to be said.
        self.lost_set = ""
        self._samples = None
        self._field = "class"
        self._block: float | None = None
        #: How maps are smoothed, the live one and that of the whole layer: one of `SMOOTHINGS`.
        self.smooth = "edges"
        self._dates = "vote"
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
        if layer is not self._embedding or self._set is not None:
            self._embedding, self._set, self._of_set = layer, None, []
            self.embeddingChanged.emit(layer)

    @property
    def working_set(self) -> str | None:
        """The file of the working set in work, or None."""
        return self._set

    @property
    def places(self) -> list[Place]:
        """The places of the working set in work; none without one."""
        return [] if self._set is None else places_of(self._set)

    @property
    def set_layers(self) -> list[QgsRasterLayer]:
        """The embedding layers of the working set in work."""
        return list(self._of_set)

    def work_on_set(self, path: str, embeddings: Sequence[QgsRasterLayer]) -> None:
        """Work on a working set; `embeddings` are its layers in the project, of which there must be one at least."""
        self._set, self._of_set = path, list(embeddings)
        self._embedding = topmost(self._of_set)  # what is made of the set lies above all of it
        self.embeddingChanged.emit(self._embedding)

    def asked(self) -> dict[str, Any]:
        """The arguments by which the worker is asked about what is in work. The user has opened or made a set here,
        so what it names elsewhere is read."""
        if self._set is not None:
            return {"embedding": self._set, "trust": True}
        return {"embedding": self.embedding_path}

    def learned(self) -> dict[str, Any]:
        """As `asked`, where the worker learns from samples: with how several dates decide together."""
        return {**self.asked(), **({} if self._set is None else {"dates": self.dates})}

    @property
    def dates(self) -> str:
        """How the dates of a working set decide together: one of `DATES`."""
        return self._dates

    @dates.setter
    def dates(self, way: str) -> None:
        if way != self._dates:
            self._dates = way
            self.learningChanged.emit()

    @property
    def block(self) -> float | None:
        """Metres within which samples count as one place of the validation, or None: the worker chooses."""
        return self._block

    @block.setter
    def block(self, metres: float | None) -> None:
        if metres != self._block:
            self._block = metres
            self.learningChanged.emit()

    def embedding_at(self, point: QgsPointXY, crs: QgsCoordinateReferenceSystem) -> QgsRasterLayer | None:
        """The embedding layer in work at a point of some CRS: of a set of several places that of the place there."""
        found = layer_at(self._of_set, point, crs)
        return self._embedding if found is None else found

    def is_beside(self, shape: QgsGeometry, crs: QgsCoordinateReferenceSystem) -> bool:
        """Whether a shape of some CRS touches nothing of what is in work; False without an embedding."""
        return is_beside(self._of_set or filter(None, [self._embedding]), shape, crs)

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
        project.writeEntry(_SCOPE, "set", self._set or "")
        project.writeEntry(_SCOPE, "dates", self.dates)
        project.writeEntry(_SCOPE, "set_layers", [layer.id() for layer in self._of_set])

    def _recall(self, *_document: object) -> None:
        """Work on what was worked on when the project was saved."""
        project = QgsProject.instance()
        kept = {name: project.readEntry(_SCOPE, name)[0] for name in ("embedding", "samples", "field", "dates")}
        self.dates = kept["dates"] if kept["dates"] in DATES else "vote"
        embedding, samples = project.mapLayer(kept["embedding"]), project.mapLayer(kept["samples"])
        if isinstance(embedding, QgsRasterLayer) and embedding.isValid():
            self.embedding = embedding
        self._recall_set()
        if isinstance(samples, QgsVectorLayer) and samples.isValid():
            self.set_samples(samples, kept["field"] or "class")

    def _recall_set(self) -> None:
        """The set too, when it is as it was: its file and all that it names are there, and so are its layers."""
        project = QgsProject.instance()
        path, ids = project.readEntry(_SCOPE, "set")[0], project.readListEntry(_SCOPE, "set_layers")[0]
        self.lost_set = ""
        if not path or not ids:
            return
        layers_of_set = [project.mapLayer(each) for each in ids]
        files = [file for place in places_of(path) for file in place.files]
        gone = [file for file in files if not file.startswith(("/vsi", "http")) and not Path(file).exists()]
        whole = all(isinstance(each, QgsRasterLayer) and each.isValid() for each in layers_of_set)
        if files and not gone and whole:
            self.work_on_set(path, layers_of_set)
            return
        what = ", ".join(gone or [path])
        if files and not gone:
            what = QCoreApplication.translate("Workspace", "a layer of it")
        self.lost_set = QCoreApplication.translate(
            "Workspace",
            "The scenes are no longer worked on together, for this is not where it was: {}. Open “Several scenes…”, and"
            " “Work with these” puts together what is left.",
        ).format(what)

    def _forget(self, ids: list[str]) -> None:
        left = [layer for layer in self._of_set if layer.id() not in ids]
        if len(left) < len(self._of_set):
            self.embedding = self._embedding if self._embedding in left else next(iter(left), None)
        elif self._embedding is not None and self._embedding.id() in ids:
            self.embedding = None
        if self._samples is not None and self._samples.id() in ids:
            self.set_samples(None)
