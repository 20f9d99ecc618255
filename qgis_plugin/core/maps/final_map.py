"""The map of a whole embedding: from the samples in work, or from a model that was saved.

One step after the other in the worker (learn, classify, outline); then the layers come into the project. Files that
exist are replaced only when the caller says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtCore import QObject, pyqtSignal

from .. import layers
from ..layer_tree import free_name, place
from ..replaced_files import open_again, release
from .map_style import class_colours, confidence, style_polygons

if TYPE_CHECKING:
    from ...context import Context
    from ..replaced_files import Released
    from ..worker.client import Job


#: Custom properties of a map layer: the model file it was made with, the layer and the field of its samples, the file
#: of its confidence.
MODEL = "mmearth/model"
SAMPLES = "mmearth/samples"
SAMPLES_FIELD = "mmearth/samples_field"
CONFIDENCE = "mmearth/confidence"

#: What is asked of the worker, with which arguments, and how that is called.
Step = tuple[str, dict[str, Any], str]


@dataclass(frozen=True)
class Outputs:
    """The files of a map; None: not asked for."""

    map: Path
    model: Path | None = None
    confidence: Path | None = None
    polygons: Path | None = None

    @property
    def files(self) -> list[Path]:
        """All files that are asked for."""
        return [path for path in (self.map, self.model, self.confidence, self.polygons) if path is not None]

    def existing(self) -> list[Path]:
        """Those that exist and would be replaced; so would a style that was there before the map."""
        found = [path for path in self.files if path.exists()]
        style = self.map.with_suffix(".qml")
        return found if self.map in found or not style.exists() else [*found, style]


def outputs_beside(path: str | Path, model: bool = True, confidence: bool = False, polygons: bool = False) -> Outputs:
    """The files that go with a map: NAME_map.tif has NAME_model.json, NAME_confidence.tif and NAME_polygons.gpkg."""
    path = Path(path)
    if path.suffix.lower() not in (".tif", ".tiff"):
        path = path.with_name(path.name + ".tif")
    name = path.stem[:-4] if path.stem.endswith("_map") and len(path.stem) > 4 else path.stem

    def beside(wanted: bool, ending: str) -> Path | None:
        return path.with_name(name + ending) if wanted else None

    return Outputs(
        path,
        beside(model, "_model.json"),
        beside(confidence, "_confidence.tif"),
        beside(polygons, "_polygons.gpkg"),
    )


def default_output(embedding: QgsRasterLayer) -> Path:
    """NAME_map.tif beside the raster that the layer `embedding` was made from, or beside the embedding itself."""
    scene = layers.source_of(embedding)
    for layer in (scene, embedding):
        path = None if layer is None else Path(layers.path_of(layer))
        if path is not None and path.is_file():
            name = path.stem[:-4] if path.stem.endswith("_emb") else path.stem
            return path.with_name(name + "_map.tif")
    return Path.home() / "map.tif"


class FinalMap(QObject):
    """Makes maps, one at a time. After `make` or `apply`: any number of `progressed`, then `finished` or `failed`."""

    #: What is being done, and how much of it (0 … 1; below 0 when that is not known).
    progressed = pyqtSignal(str, float)
    #: The map's layer (None when its project was closed meanwhile) and the result of `classify`.
    finished = pyqtSignal(object, dict)
    #: Error kind and sentence.
    failed = pyqtSignal(str, str)

    _job: Job | None
    _result: dict[str, Any] | None
    _embedding: str | None
    _outputs: Outputs | None
    _model: Path | None
    _origin: tuple[str, str] | None
    _steps: list[Step]
    _released: list[Released]

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._forget()
        QgsProject.instance().cleared.connect(self._project_closed)

    @property
    def running(self) -> bool:
        """Whether a map is being made."""
        return self._job is not None

    def make(
        self,
        samples: dict[str, Any],
        embedding: QgsRasterLayer,
        outputs: Outputs,
        unknown: float | None = None,
        overwrite: bool = False,
        origin: tuple[QgsVectorLayer, str] | None = None,
    ) -> None:
        """Learn from `samples` (as the worker's protocol has them) and map the whole layer `embedding`.

        `unknown` is the share of training pixels that may be as remote as what is left unclassified, or None. `origin`
        is (layer, field) of the samples, to be remembered with the map.
        """
        self._check_idle()
        if outputs.model is None:
            raise ValueError("what is learned needs a file")
        model = _staged(outputs.model)
        fit = {
            "embedding": layers.path_of(embedding),
            "samples": samples,
            "output": str(model),
            "block": self._context.workspace.block,
            "overwrite": True,
        }
        self._model = outputs.model
        self._origin = None if origin is None else (origin[0].id(), origin[1])
        learning = ("fit_samples", fit, self.tr("Learning from the samples"))
        self._start([learning], model, embedding, outputs, unknown, overwrite)

    def apply(
        self,
        model: str | Path,
        embedding: QgsRasterLayer,
        outputs: Outputs,
        unknown: float | None = None,
        overwrite: bool = False,
    ) -> None:
        """Map the whole layer `embedding` with the model file `model`."""
        self._check_idle()
        self._model = Path(model)
        self._start([], self._model, embedding, outputs, unknown, overwrite)

    def cancel(self) -> None:
        """Stop; files that were there before are there again, others are not left behind."""
        self._cancelled = True
        if self._job is not None:
            self._job.cancel()

    def _project_closed(self) -> None:
        self._stranger = self.running

    # --- steps ------------------------------------------------------------------------------------------------------

    def _check_idle(self) -> None:
        if self.running:
            raise RuntimeError("a map is being made already")

    def _start(
        self,
        steps: list[Step],
        model: Path,
        embedding: QgsRasterLayer,
        outputs: Outputs,
        unknown: float | None,
        overwrite: bool,
    ) -> None:
        self._embedding, self._outputs, self._cancelled = embedding.id(), outputs, False
        classify = {
            "embedding": layers.path_of(embedding),
            "model": str(model),
            "output": str(outputs.map),
            "confidence": None if outputs.confidence is None else str(outputs.confidence),
            "unknown": unknown,
            "smooth": self._context.workspace.smooth,
            "overwrite": overwrite,
        }
        steps = [*steps, ("classify", classify, self.tr("Making the map"))]
        if outputs.polygons is not None:
            outline = {"raster": str(outputs.map), "output": str(outputs.polygons), "overwrite": overwrite}
            steps.append(("outline", outline, self.tr("Drawing polygons")))
        self._steps = steps
        self._released = release(outputs.files)
        self._next()

    def _next(self) -> None:
        verb, arguments, title = self._steps.pop(0)
        self._title = title
        self._job = self._context.client.submit(verb, arguments, title=title, task=True)
        self._job.progressed.connect(self._tell)
        self._job.finished.connect(self._done)
        self._job.failed.connect(self._fail)
        self.progressed.emit(title, -1.0)

    def _tell(self, event: dict[str, Any]) -> None:
        total = event.get("total") or 0
        self.progressed.emit(self._title, event.get("done", 0) / total if total else -1.0)

    def _done(self, result: dict[str, Any]) -> None:
        if self._job is None or self._outputs is None or self.sender() is not self._job:
            return
        if self._job.verb == "classify":
            self._result = result
            if self._outputs.model is not None:
                self._keep_model(_staged(self._outputs.model), self._outputs.model)
        if not self._steps:
            self._finish()
        elif self._cancelled:  # too late for the step that is over, in time for the next
            self._end_early("cancelled", self.tr("Cancelled."))
        else:
            self._next()

    def _keep_model(self, staged: Path, model: Path) -> None:
        try:
            staged.replace(model)
        except OSError as error:  # open in another program (Windows); the map is there all the same
            self._model = staged
            text = self.tr("{0} cannot be replaced ({1}); the model is {2}.")
            self._context.warn(text.format(model, error.strerror, staged))

    def _fail(self, kind: str, message: str) -> None:
        if self.sender() is self._job:
            self._end_early(kind, message)

    def _end_early(self, kind: str, message: str) -> None:
        outputs = self._outputs
        if self._result is not None and outputs is not None:
            # The map is there, its polygons failed: show the map, then say so.
            self._outputs = replace(outputs, polygons=None)
            self._finish()
        else:
            if outputs is not None and outputs.model is not None and _staged(outputs.model).exists():
                _staged(outputs.model).unlink()
            if not self._stranger:
                open_again(self._released)
            self._forget()
        self.failed.emit(kind, message)

    def _finish(self) -> None:
        outputs, result = self._outputs, self._result
        layer = None if self._stranger or outputs is None else self._add_layers(outputs)
        self._forget()
        if layer is None or layer.isValid():
            self.finished.emit(layer, result)
        else:
            self.failed.emit("input", self.tr("{} was written but QGIS cannot open it.").format(layers.path_of(layer)))

    def _forget(self) -> None:
        self._job = self._result = self._embedding = self._outputs = self._model = self._origin = None
        self._steps, self._released, self._title, self._cancelled = [], [], "", False
        self._stranger = False

    # --- layers -----------------------------------------------------------------------------------------------------

    def _add_layers(self, outputs: Outputs) -> QgsRasterLayer:
        embedding = QgsProject.instance().mapLayer(self._embedding)
        short = embedding is not None and outputs.map == default_output(embedding)

        def named(path: Path, name: str) -> str:
            return free_name(name, (layers.source_of(embedding) or embedding).name()) if short else path.stem

        drawn = QgsRasterLayer(str(outputs.map), named(outputs.map, self.tr("Map")))
        layers.mark(drawn, "map", embedding)
        drawn.setCustomProperty(MODEL, str(self._model))
        if self._origin is not None:
            drawn.setCustomProperty(SAMPLES, self._origin[0])
            drawn.setCustomProperty(SAMPLES_FIELD, self._origin[1])
        if outputs.confidence is not None and outputs.confidence.exists():
            drawn.setCustomProperty(CONFIDENCE, str(outputs.confidence))
            certainty = QgsRasterLayer(str(outputs.confidence), named(outputs.confidence, self.tr("Confidence")))
            layers.mark(certainty, "confidence", drawn)
            greeting = self._context.client.greeting
            if greeting is not None:
                confidence(greeting.confidence)(certainty)
            place(certainty, embedding).setItemVisibilityChecked(False)
        place(drawn, embedding)
        if outputs.polygons is not None and outputs.polygons.exists():
            polygons = QgsVectorLayer(str(outputs.polygons), named(outputs.polygons, self.tr("Polygons")), "ogr")
            layers.mark(polygons, "polygons", drawn)
            style_polygons(polygons, class_colours(drawn))
            place(polygons, drawn).setItemVisibilityChecked(False)
        return drawn


def _staged(model: Path) -> Path:
    """Where a model waits for its map: an earlier model stays until there is a new map too."""
    return model.with_name(f"{model.stem}.partial.json")
