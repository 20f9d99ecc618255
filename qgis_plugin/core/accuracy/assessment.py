"""Measuring a map's accuracy with a reference layer, and the report of it.

A layer that the worker cannot read as it is (unsaved edits, a filter, no file of its own) is copied first. The report
is a page (.html, made by the worker) or a document (.pdf, made by `report_layout`).
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from qgis.core import QgsApplication, QgsProject, QgsVectorFileWriter, QgsVectorFileWriterTask
from qgis.PyQt.QtCore import QObject, pyqtSignal

from .. import layers
from ..maps.final_map import CONFIDENCE, SAMPLES, SAMPLES_FIELD
from .report_layout import ReportLayout


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

    def __init__(self, context, parent=None):
        super().__init__(parent)
        self._context = context
        self._job = self._writing = None
        self._folder = None
        self._cancelled = False
        self._reference = ""
        self.result = None
        self.map_layer = self.reference_layer = None
        self.field = ""
        self._layout = ReportLayout(self)
        self._layout.finished.connect(self.reported)
        self._layout.failed.connect(self.failed)

    @property
    def running(self) -> bool:
        """Whether a step is under way."""
        return self._writing is not None or self._layout.running or (self._job is not None and self._job.running)

    def forget(self) -> None:
        """Drop a result that no longer belongs to what is chosen."""
        self.result = self.map_layer = self.reference_layer = None

    def uses(self, ids) -> bool:
        """Whether one of these layers (their ids) is needed by what runs or by a report of the result."""
        if self.map_layer is None:
            return False
        needed = (self.map_layer, self.reference_layer, self.samples, self.embedding, self.scene)
        return any(layer is not None and layer.id() in ids for layer in needed)

    def assess(self, map_layer, reference, field: str) -> None:
        """Compare a map layer with the classes in `field` of the layer `reference`."""
        self.forget()
        self._cancelled = False
        self.map_layer, self.reference_layer, self.field = map_layer, reference, field
        self._with_file(reference, self._submit_assess)

    def cancel(self) -> None:
        """Stop what runs."""
        self._cancelled = True
        if self._job is not None:
            self._job.cancel()
        if self._writing is not None:
            self._writing.cancel()
        self._layout.cancel()

    def close(self) -> None:
        """Stop and remove copies."""
        self.cancel()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    # --- assess -----------------------------------------------------------------------------------------------------

    def _submit_assess(self, path):
        self._reference = path
        arguments = {"map": layers.path_of(self.map_layer), "reference": path, "field": self.field}
        self._submit("assess", arguments, self.tr("Assessing the map"), self._take_result)

    def _take_result(self, result):
        self.result = result
        self.assessed.emit(result)

    def _submit(self, verb, arguments, title, done):
        self._job = self._context.client.submit(verb, arguments, title=title, task=True)
        self._job.finished.connect(done)
        self._job.failed.connect(self.failed)
        self._job.progressed.connect(self._tell)

    def _tell(self, event):
        total = event.get("total") or 0
        self.progressed.emit(event.get("done", 0) / total if total else -1.0)

    # --- files ------------------------------------------------------------------------------------------------------

    def _with_file(self, layer, go_on):
        """Call `go_on` with a file that holds what `layer` shows, now or once it is copied."""
        if layer.providerType() == "ogr" and not layer.isModified() and not layer.subsetString() and _alone(layer):
            go_on(layers.path_of(layer))
            return
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="mmearth-")
        options = QgsVectorFileWriter.SaveVectorOptions()
        options.driverName, options.layerName = "GPKG", "layer"
        copy = str(Path(self._folder.name) / f"{layer.id()}.gpkg")
        self._writing = QgsVectorFileWriterTask(layer, copy, options)
        self._writing.writeComplete.connect(lambda name: self._copied(go_on, name))
        self._writing.errorOccurred.connect(self._not_copied)
        QgsApplication.taskManager().addTask(self._writing)

    def _copied(self, go_on, name):
        self._writing = None
        if self._cancelled:
            self.failed.emit("cancelled", self.tr("Cancelled."))
        else:
            go_on(name)

    def _not_copied(self, _code, message):
        self._writing = None
        kind = "cancelled" if self._cancelled else "environment"
        self.failed.emit(kind, self.tr("The layer could not be copied for the worker: {}").format(message))

    # --- report -----------------------------------------------------------------------------------------------------

    def report(self, path, title: str) -> None:
        """Write the report of the last result to `path`, which the user has agreed to replace; .html or .pdf."""
        self._cancelled = False
        if Path(path).suffix.lower() == ".pdf":
            self._write_document(path, title)
            return
        arguments = {
            "map": layers.path_of(self.map_layer),
            "output": str(path),
            "title": title,
            "scene": _file(self.scene),
            "embedding": _file(self.embedding),
            "confidence": self._confidence,
            "reference": self._reference,
            "reference_field": self.field,
            "overwrite": True,
        }
        samples = self.samples
        if samples is None:
            self._submit_report(arguments, path)
            return
        arguments["field"] = self.samples_field
        self._with_file(samples, lambda name: self._submit_report({**arguments, "samples": name}, path))

    def _write_document(self, path, title):
        embedding = _file(self.embedding)
        if embedding is None:
            self._layout.write(path, title, self, {})
            return
        self._job = self._context.client.submit("info", {"file": embedding})
        self._job.finished.connect(lambda told: self._draw_document(path, title, told))
        self._job.failed.connect(self.failed)

    def _draw_document(self, path, title, told):
        if self._cancelled:
            self.failed.emit("cancelled", self.tr("Cancelled."))
        else:
            self._layout.write(path, title, self, told)

    def _submit_report(self, arguments, path):
        self._submit("report", arguments, self.tr("Writing the report"), lambda _result: self.reported.emit(str(path)))

    @property
    def embedding(self):
        """The embedding's layer the map was made from, if it is in the project."""
        return layers.source_of(self.map_layer)

    @property
    def scene(self):
        """The layer that was embedded, if it is in the project."""
        return None if self.embedding is None else layers.source_of(self.embedding)

    @property
    def samples(self):
        """The layer the map was learned from, if it is in the project."""
        return QgsProject.instance().mapLayer(self.map_layer.customProperty(SAMPLES, "") or "")

    @property
    def samples_field(self) -> str:
        """The field of the samples' classes."""
        return self.map_layer.customProperty(SAMPLES_FIELD, "class")

    @property
    def _confidence(self):
        path = self.map_layer.customProperty(CONFIDENCE, "")
        return path if path and Path(path).is_file() else None


def _file(layer):
    path = None if layer is None else layers.path_of(layer)
    return path if path and Path(path).is_file() else None


def _alone(layer) -> bool:
    """Whether a layer is the only one with geometries in its file."""
    described = [entry.split("!!::!!") for entry in layer.dataProvider().subLayers()]
    return Path(layers.path_of(layer)).is_file() and sum(1 for entry in described if entry[3] != "None") <= 1
