"""Measuring a map's accuracy with a reference layer, and the report of it.

A layer that the worker cannot read as it is (unsaved edits, a filter, no file of its own) is copied first. The report
is a page (.html, made by the worker) or a document (.pdf, set by `report_document` of what the worker says).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsApplication,
    QgsMapLayer,
    QgsProject,
    QgsRasterLayer,
    QgsVectorFileWriter,
    QgsVectorFileWriterTask,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication, QObject, pyqtSignal

from .. import layers
from ..maps.final_map import CONFIDENCE, SAMPLES, SAMPLES_FIELD
from ..numbers import language
from .report_document import ReportDocument

if TYPE_CHECKING:
    from ...context import Context
    from ..worker.client import Job
    from .judged_maps import JudgedMaps


class Assessment(QObject):
    """One step at a time; each ends with `assessed`, `reported` or `failed`."""

    #: The result of the worker's `assess`.
    assessed = pyqtSignal(dict)
    #: The file of a report.
    reported = pyqtSignal(str)
    #: Error kind and sentence.
    failed = pyqtSignal(str, str)
    #: Share of the step that is done, below 0 when that is not known.
    progressed = pyqtSignal(float)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._job: Job | None = None
        self._writing: QgsVectorFileWriterTask | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._cancelled = False
        self._document: ReportDocument | None = None
        self.unsaved = ""
        self._reference = ""
        self.result: dict[str, Any] | None = None
        self.judged: JudgedMaps | None = None
        self.reference_layer: QgsVectorLayer | None = None
        self.field = ""

    @property
    def running(self) -> bool:
        """Whether a step is under way."""
        return bool(self._writing or self._document or (self._job is not None and self._job.running))

    def forget(self) -> None:
        """Drop a result that no longer belongs to what is chosen."""
        self.result = self.judged = self.reference_layer = None

    def uses(self, ids: Iterable[str]) -> bool:
        """Whether one of these layers (their ids) is needed by what runs or by a report of the result."""
        if self.judged is None:
            return False
        needed = (*self.judged.layers, self.reference_layer, self.samples, self.embedding, self.scene)
        return any(layer is not None and layer.id() in ids for layer in needed)

    def assess(self, judged: JudgedMaps, reference: QgsVectorLayer, field: str) -> None:
        """Compare a map, or those of all places, with the classes in `field` of the layer `reference`."""
        self.forget()
        self._cancelled = False
        self.judged, self.reference_layer, self.field = judged, reference, field
        self.unsaved = unsaved_edits(reference)
        self._with_file(reference, self._submit_assess)

    def cancel(self) -> None:
        """Stop what runs."""
        self._cancelled = True
        if self._job is not None:
            self._job.cancel()
        if self._writing is not None:
            self._writing.cancel()
        if self._document is not None:
            self._document.cancel()

    def close(self) -> None:
        """Stop and remove copies."""
        self.cancel()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    # --- assess -----------------------------------------------------------------------------------------------------

    def _submit_assess(self, path: str) -> None:
        self._reference = path
        asked = {} if self.judged is None else self.judged.asked()
        arguments = {**asked, "reference": path, "field": self.field}
        self._submit("assess", arguments, self.tr("Assessing the map"), self._take_result)

    def _take_result(self, result: dict[str, Any]) -> None:
        self.result = result
        self.assessed.emit(result)

    def _submit(
        self, verb: str, arguments: dict[str, Any], title: str, done: Callable[[dict[str, Any]], object]
    ) -> None:
        labels = {"field": QCoreApplication.translate("AccuracyForm", "Class field")}
        job = self._job = self._context.client.submit(verb, arguments, title=title, task=True, labels=labels)
        job.finished.connect(done)
        job.failed.connect(self.failed)
        job.progressed.connect(self._tell)

    def _tell(self, event: dict[str, Any]) -> None:
        total = event.get("total") or 0
        self.progressed.emit(event.get("done", 0) / total if total else -1.0)

    # --- files ------------------------------------------------------------------------------------------------------

    def _with_file(self, layer: QgsVectorLayer, go_on: Callable[[str], None]) -> None:
        """Call `go_on` with a file that holds what `layer` shows, now or once it is copied."""
        if layer.providerType() == "ogr" and not layer.isModified() and not layer.subsetString() and _alone(layer):
            go_on(layers.path_of(layer))
            return
        options = QgsVectorFileWriter.SaveVectorOptions()
        options.driverName, options.layerName = "GPKG", "layer"
        # The key of a feature that is not saved yet is no number, and the copy has its own.
        keys = set(layer.primaryKeyAttributes()) | {layer.fields().indexOf("fid")}
        options.attributes = [each for each in range(layer.fields().count()) if each not in keys]
        copy = str(self._own_folder() / f"{layer.id()}.gpkg")
        writing = self._writing = QgsVectorFileWriterTask(layer, copy, options)
        writing.writeComplete.connect(lambda name: self._copied(go_on, name))
        writing.errorOccurred.connect(self._not_copied)
        QgsApplication.taskManager().addTask(writing)

    def _own_folder(self) -> Path:
        """A folder for what is needed for a while only."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="mmearth-")
        return Path(self._folder.name)

    def _copied(self, go_on: Callable[[str], None], name: str) -> None:
        self._writing = None
        if self._cancelled:
            self.failed.emit("cancelled", self.tr("Cancelled."))
        else:
            go_on(name)

    def _not_copied(self, _code: int, message: str) -> None:
        self._writing = None
        kind = "cancelled" if self._cancelled else "environment"
        self.failed.emit(
            kind,
            self.tr("The layer could not be copied for the worker ({}); save it as a GeoPackage and take that.").format(
                message
            ),
        )

    # --- report -----------------------------------------------------------------------------------------------------

    def report(self, path: str | Path, title: str) -> None:
        """Write the report of the last result to `path`, which the user has agreed to replace; .html or .pdf."""
        self._cancelled = False
        arguments = {
            **self._shown(),
            "title": title,
            "reference": self._reference,
            "reference_field": self.field,
            "block": self._context.workspace.block,
            "language": language(),
        }
        samples = None if self._alone is None else self.samples  # a report of several places shows none
        self.unsaved = unsaved_edits(self.reference_layer, samples)
        if samples is None:
            self._submit_report(arguments, Path(path))
            return
        arguments["field"] = self.samples_field
        self._with_file(samples, lambda name: self._submit_report({**arguments, "samples": name}, Path(path)))

    def _shown(self) -> dict[str, Any]:
        """The maps of a report and what is shown of them: of several places scenes and samples are left out."""
        judged = self.judged
        if judged is None or judged.working_set is None:
            path = "" if judged is None else judged.path
            pictures = {"scene": _file(self.scene), "embedding": _file(self.embedding)}
            return {"map": path, **pictures, "confidence": self._confidence}
        certain = {str(Path(path).parent) for path in map(_confidence_of, judged.layers) if path}
        everywhere = all(map(_confidence_of, judged.layers)) and len(certain) == 1
        return {
            "map": judged.path,
            "embedding": judged.working_set,
            "trust": True,
            "confidence": certain.pop() if everywhere else None,
        }

    def _submit_report(self, arguments: dict[str, Any], path: Path) -> None:
        title = self.tr("Writing the report")
        if path.suffix.lower() == ".pdf":
            folder = self._own_folder() / "report"
            folder.mkdir(exist_ok=True)
            arguments["folder"] = str(folder)
            self._submit("report_content", arguments, title, lambda content: self._set_document(content, path))
        else:
            arguments.update(output=str(path), overwrite=True)
            self._submit("report", arguments, title, lambda _result: self.reported.emit(str(path)))

    def _set_document(self, content: dict[str, Any], path: Path) -> None:
        if self._cancelled:
            self.failed.emit("cancelled", self.tr("Cancelled."))
            return
        self._document = ReportDocument(content, path, lambda kind, text: self._document_ended(path, kind, text))
        QgsApplication.taskManager().addTask(self._document)

    def _document_ended(self, path: Path, kind: str, text: str) -> None:
        self._document = None
        if kind:
            self.failed.emit(kind, text)
        else:
            self.reported.emit(str(path))

    @property
    def _alone(self) -> QgsRasterLayer | None:
        """The map, if it is one of a single place."""
        return None if self.judged is None or self.judged.places else self.judged.first

    @property
    def embedding(self) -> QgsRasterLayer | None:
        """The embedding's layer the map was made from, if it is in the project."""
        return None if self._alone is None else layers.source_of(self._alone)

    @property
    def scene(self) -> QgsRasterLayer | None:
        """The layer that was embedded, if it is in the project."""
        return None if self.embedding is None else layers.source_of(self.embedding)

    @property
    def samples(self) -> QgsVectorLayer | None:
        """The layer the map was learned from, if it is in the project."""
        return QgsProject.instance().mapLayer(self._kept(SAMPLES))

    @property
    def samples_field(self) -> str:
        """The field of the samples' classes."""
        return self._kept(SAMPLES_FIELD) or "class"

    def _kept(self, name: str) -> str:
        """A property of the map's layer, or of the first: all are learned from the same."""
        return "" if self.judged is None else _kept_with(self.judged.first, name)

    @property
    def _confidence(self) -> str | None:
        return None if self._alone is None else _confidence_of(self._alone)


def _confidence_of(layer: QgsRasterLayer) -> str | None:
    """The file of a map's confidence, if there is one."""
    path = _kept_with(layer, CONFIDENCE)
    return path if path and Path(path).is_file() else None


def _kept_with(layer: QgsRasterLayer, name: str) -> str:
    """A property of a map's layer; empty when it has none."""
    return layer.customProperty(name, "") or ""


def _file(layer: QgsMapLayer | None) -> str | None:
    path = None if layer is None else layers.path_of(layer)
    return path if path and Path(path).is_file() else None


def unsaved_edits(*layers_used: QgsVectorLayer | None) -> str:
    """A sentence that edits count which are not saved yet; empty when there are none."""
    names = [layer.name() for layer in layers_used if layer is not None and layer.isModified()]
    text = QCoreApplication.translate("Assessment", "Edits that are not saved yet count: {}. Save them to keep them.")
    return text.format(", ".join(names)) if names else ""


def _alone(layer: QgsVectorLayer) -> bool:
    """Whether a layer is the only one with geometries in its file."""
    described = [entry.split("!!::!!") for entry in layer.dataProvider().subLayers()]
    return Path(layers.path_of(layer)).is_file() and sum(1 for entry in described if entry[3] != "None") <= 1
