"""The map of a whole embedding: from the samples in work, or from a model that was saved.

One step after the other in the worker (learn, classify, outline); then the layers come into the project. Files that
exist are replaced only when the caller says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtCore import QObject, pyqtSignal

from .. import layers
from ..layer_tree import free_name, place, topmost
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
    """The files of a map; None: not asked for. Of several `places` (their names) `map` and `confidence` are folders."""

    map: Path
    model: Path | None = None
    confidence: Path | None = None
    polygons: Path | None = None
    places: tuple[str, ...] = ()

    @property
    def maps(self) -> list[Path]:
        """The map, or that of each place."""
        return [self.map / f"{name}.tif" for name in self.places] or [self.map]

    @property
    def confidences(self) -> list[Path]:
        """The confidence of each of the maps; none when it is not asked for."""
        if self.confidence is None:
            return []
        return [self.confidence / f"{name}.tif" for name in self.places] or [self.confidence]

    @property
    def files(self) -> list[Path]:
        """All files that are asked for."""
        model, polygons = ([] if path is None else [path] for path in (self.model, self.polygons))
        return [*self.maps, *model, *self.confidences, *polygons]

    def existing(self) -> list[Path]:
        """Those that exist and would be replaced; so would a style that was there before the map."""
        found = [path for path in self.files if path.exists()]
        styles = (path.with_suffix(".qml") for path in self.maps if path not in found)
        return [*found, *(style for style in styles if style.exists())]


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


def outputs_of_places(path: str | Path, places: Sequence[str], confidence: bool = False) -> Outputs:
    """The files of the maps of several places: a folder with NAME.tif of each place and `model.json`, and for the
    confidence the folder `confidence` in it."""
    folder = Path(path)
    return Outputs(folder, folder / "model.json", folder / "confidence" if confidence else None, None, tuple(places))


def default_folder(embedding: QgsRasterLayer) -> Path:
    """Where the maps of several places go when nothing else is said: the folder `maps` beside the map of one."""
    return default_output(embedding).with_name("maps")


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
    _embeddings: list[str]
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
        outputs: Outputs,
        unknown: float | None = None,
        overwrite: bool = False,
        origin: tuple[QgsVectorLayer, str] | None = None,
    ) -> None:
        """Learn from `samples` (as the worker's protocol has them) and map the whole embedding, or all places of the
        working set, in work.

        `unknown` is the share of training pixels that may be as remote as what is left unclassified, or None. `origin`
        is (layer, field) of the samples, to be remembered with the map.
        """
        self._check_idle()
        if outputs.model is None:
            raise ValueError("what is learned needs a file")
        if outputs.places:
            outputs.map.mkdir(parents=True, exist_ok=True)
        model, asked = _staged(outputs.model), self._context.workspace.asked()
        fit = {
            **self._context.workspace.learned(),
            "samples": samples,
            "output": str(model),
            "block": self._context.workspace.block,
            "overwrite": True,
        }
        self._model = outputs.model
        self._origin = None if origin is None else (origin[0].id(), origin[1])
        learning = ("fit_samples", fit, self.tr("Learning from the samples"))
        self._start([learning], model, asked, self._layers_of(outputs), outputs, unknown, overwrite)

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
        asked = {"embedding": layers.path_of(embedding)}
        self._start([], self._model, asked, [embedding.id()], outputs, unknown, overwrite)

    def _layers_of(self, outputs: Outputs) -> list[str]:
        """The id of the embedding layer that each map is made of, of several dates that on top; empty where the project
        has none."""
        workspace = self._context.workspace
        if not outputs.places:
            return ["" if workspace.embedding is None else workspace.embedding.id()]
        embeddings = {place.name: place.embeddings for place in workspace.places}
        found = []
        for name in outputs.places:
            dates = [layer for layer in workspace.set_layers if layers.path_of(layer) in embeddings[name]]
            found.append(topmost(dates).id() if dates else "")
        return found

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
        asked: dict[str, Any],
        embeddings: list[str],
        outputs: Outputs,
        unknown: float | None,
        overwrite: bool,
    ) -> None:
        self._embeddings, self._outputs, self._cancelled = embeddings, outputs, False
        classify = {
            **asked,
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
            text = self.tr("{0} cannot be replaced ({1}), so the new model is {2}; close the old one where it is open.")
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
            self.failed.emit(
                "input",
                self.tr("{} was written but QGIS cannot open it; make the map again.").format(layers.path_of(layer)),
            )

    def _forget(self) -> None:
        self._job = self._result = self._outputs = self._model = self._origin = None
        self._embeddings = []
        self._steps, self._released, self._title, self._cancelled = [], [], "", False
        self._stranger = False

    # --- layers -----------------------------------------------------------------------------------------------------

    def _add_layers(self, outputs: Outputs) -> QgsRasterLayer:
        """The maps as layers, each above the embedding it was made of; returns that of the first place."""
        certain = [*outputs.confidences, *[None] * len(outputs.maps)]
        names = outputs.places or ("",)
        drawn = [
            self._add_map(outputs, path, confidence, QgsProject.instance().mapLayer(embedding), name)
            for path, confidence, embedding, name in zip(outputs.maps, certain, self._embeddings, names)
        ]
        return drawn[0]

    def _add_map(
        self, outputs: Outputs, path: Path, certain: Path | None, embedding: QgsRasterLayer | None, place_name: str
    ) -> QgsRasterLayer:
        def named(file: Path, name: str) -> str:
            if place_name:
                return f"{name} – {place_name}"
            if embedding is None or path != default_output(embedding):
                return file.stem
            return free_name(name, (layers.source_of(embedding) or embedding).name())

        drawn = QgsRasterLayer(str(path), named(path, self.tr("Map")))
        layers.mark(drawn, "map", embedding)
        drawn.setCustomProperty(MODEL, str(self._model))
        if self._origin is not None:
            drawn.setCustomProperty(SAMPLES, self._origin[0])
            drawn.setCustomProperty(SAMPLES_FIELD, self._origin[1])
        if certain is not None and certain.exists():
            drawn.setCustomProperty(CONFIDENCE, str(certain))
            certainty = QgsRasterLayer(str(certain), named(certain, self.tr("Confidence")))
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
