"""`mmearth:map_folder`: all scenes of a folder are embedded and mapped with one model of classes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingMultiStepFeedback,
    QgsProcessingOutputMultipleLayers,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
)

from ...core.accuracy.figures import shares
from ...core.scenes.single_scenes import why_not_one_by_one
from ...core.worker.request import WorkerError
from ...core.workspace import SMOOTHINGS
from ...settings import Settings
from ..algorithm import MAPPING, Algorithm, Stopped, Values
from .scene_inputs import FEWEST_BANDS, LEVELS

#: How the names of scenes end: rasters, and products of which the folder or archive is one scene.
_RASTERS = (".tif", ".tiff", ".jp2", ".vrt", ".img", ".nc", ".zip")
_PRODUCT = ".safe"
#: What the worker calls an embedding, and a raster that may be a scene.
_EMBEDDING, _RASTER = "embedding raster", "raster"


class MapFolder(Algorithm):
    """The verbs `embed` and `classify`, on one scene after the other. What fails does not stop the others; what is
    embedded already is kept, so that it goes on where it was stopped."""

    verb = "map_folder"  # a name in the toolbox alone: the worker is asked for `embed` and `classify`
    symbol, section = "map", MAPPING

    def title(self) -> str:
        return self.tr("Map folder of scenes")

    def words(self) -> str:
        return "batch,folder,many scenes,several dates,time series,map all,embed all"

    def about(self) -> tuple[str, str, str]:
        return (
            self.tr(
                "Embeds all scenes of a folder and maps each with one model of classes. A scene that cannot be read is"
                " told with the reason, and the others go on."
            ),
            self.tr("A folder with NAME_map.tif of each scene, and the embeddings in the folder “embeddings” in it."),
            self.tr(
                "Stopped, or with further scenes in the folder, run it again with the same folders: what is embedded is"
                " kept. For dates that vote on one map take a working set."
            ),
        )

    def define_own(self) -> None:
        self.define(
            QgsProcessingParameterFile(
                "FOLDER", self.tr("Folder of scenes"), QgsProcessingParameterFile.Behavior.Folder
            ),
            self.tr("Sentinel-2 rasters, zips of products and .SAFE folders; embeddings in it are mapped as they are."),
        )
        self.define_model()
        self.define(
            QgsProcessingParameterEnum(
                "LEVEL", self.tr("Processing level"), options=LEVELS, defaultValue="auto", usesStaticStrings=True
            ),
            self.tr("Of all scenes; auto reads it from the metadata of each."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterBoolean("EXCLUDE_CLOUDS", self.tr("Leave out clouds"), defaultValue=False),
            self.tr("Leaves out what the scene classification of a product calls cloud, shadow or cirrus."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterEnum(
                "SMOOTH", self.tr("Smoothing"), options=SMOOTHINGS, defaultValue="edges", usesStaticStrings=True
            ),
            self.tr("How much its neighbours say in a pixel's class: none, edges, strong."),
        )
        self.define(
            QgsProcessingParameterBoolean("CONFIDENCE", self.tr("Confidence"), defaultValue=False),
            self.tr("Writes NAME_confidence.tif of each scene too."),
        )
        self.define(
            QgsProcessingParameterBoolean("EMBEDDINGS", self.tr("Keep the embeddings"), defaultValue=True),
            self.tr(
                "Mapping with another model of classes then takes seconds; but they take far more disk than the maps."
                " Unchecked, none is written."
            ),
        )
        self.define(
            QgsProcessingParameterBoolean("LOAD", self.tr("Load the maps"), defaultValue=True),
            self.tr("Adds the maps to the project when all are done."),
        )
        self.define(
            QgsProcessingParameterFolderDestination("OUTPUT", self.tr("Folder of maps")),
            self.tr("The folder to write into; maps of the same names are replaced."),
        )
        self.addOutput(QgsProcessingOutputNumber("MAPPED", self.tr("Scenes mapped")))
        self.addOutput(QgsProcessingOutputNumber("FAILED", self.tr("Scenes that failed")))
        self.addOutput(QgsProcessingOutputString("FAILURES", self.tr("Why they failed")))
        self.addOutput(QgsProcessingOutputMultipleLayers("MAPS", self.tr("Maps")))

    def why_not(self, parameters: Values, context: QgsProcessingContext) -> str:
        folder = Path(self.parameterAsFile(parameters, "FOLDER", context))
        if not folder.is_dir():
            return self.tr("“{}” is no folder; choose one.").format(folder)
        if not _scenes(folder):
            return self.tr("“{}” holds no raster, zip or .SAFE folder; choose another one.").format(folder)
        output = self.parameterAsString(parameters, "OUTPUT", context)
        if output and Path(output).resolve() == folder.resolve():
            return self.tr("The maps cannot go into the folder of the scenes; choose another one.")
        return ""

    def processAlgorithm(
        self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> Values:
        ready, sentence = self.canExecute()
        if not ready:
            raise QgsProcessingException(sentence)
        self._outputs = self._destinations(parameters, context)
        folder = Path(self.parameterAsFile(parameters, "FOLDER", context))
        self._check_model(self.parameterAsFile(parameters, "MODEL", context), feedback)
        output = Path(str(self.output("OUTPUT")))
        self._kept = self.parameterAsBool(parameters, "EMBEDDINGS", context)
        (output / "embeddings" if self._kept else output).mkdir(parents=True, exist_ok=True)
        found = _scenes(folder)
        names = _names(found)
        steps = QgsProcessingMultiStepFeedback(2 * len(found), feedback)
        self._maps: list[str] = []
        self._wanted = self.parameterAsBool(parameters, "LOAD", context)
        failures: dict[str, str] = {}
        left_out: list[str] = []
        for number, (scene, name) in enumerate(zip(found, names)):
            feedback.pushInfo(self.tr("{0} of {1}: {2}").format(number + 1, len(found), scene.name))
            try:
                done = self._map(scene, name, output, parameters, context, steps, 2 * number)
            except Stopped:
                said = self.tr("{0} of {1} are done; run it again with the same folders to go on.")
                feedback.pushInfo(said.format(len(self._maps), len(found)))
                return {}
            except QgsProcessingException as error:
                failures[scene.name] = str(error)
                feedback.reportError(f"{scene.name}: {error}")
                continue
            if done is None:
                left_out.append(scene.name)
            else:
                self._maps.append(done)
        self._conclude(feedback, failures, left_out)
        self._load(context)
        return {
            **self._outputs,
            "MAPPED": len(self._maps),
            "FAILED": len(failures),
            "FAILURES": "\n".join(f"{name}: {why}" for name, why in failures.items()),
            "MAPS": self._maps,
        }

    def _check_model(self, model: str, feedback: QgsProcessingFeedback) -> None:
        """Raises QgsProcessingException when it can map no single scene: before one is embedded for nothing."""
        try:
            told = self.ask("info", {"file": model}, feedback)
        except Stopped as error:
            raise QgsProcessingException(self.tr("Stopped before the first scene; run it again to begin.")) from error
        if told["kind"] != "probe":
            sentence = self.tr(
                "“{}” is no model of classes; make one with “Fit classes to samples”, or save it in the dock."
            )
            raise QgsProcessingException(sentence.format(model))
        why = why_not_one_by_one(told)
        if why:
            raise QgsProcessingException(why)

    def _map(
        self,
        scene: Path,
        name: str,
        output: Path,
        parameters: Values,
        context: QgsProcessingContext,
        steps: QgsProcessingMultiStepFeedback,
        step: int,
    ) -> str | None:
        """The map of one scene; None when it is none. Raises Stopped, or QgsProcessingException with the reason."""
        steps.setCurrentStep(step)
        kind = self._kind(scene, steps)
        if kind not in (_EMBEDDING, _RASTER):
            return None
        model = self.parameterAsFile(parameters, "MODEL", context)
        read_as = {} if kind == _EMBEDDING else self._read_as(scene, parameters, context)
        # What cannot be mapped is not embedded for nothing.
        self.ask("mappable", {"probe": model, **(read_as or {"embedding": str(scene)})}, steps)
        of = read_as or {"embedding": str(scene)}
        if read_as and self._kept:
            embedding = output / "embeddings" / f"{name}.tif"
            self._made("embed", {**read_as, "output": str(embedding)}, steps)
            of = {"embedding": str(embedding)}
        steps.setCurrentStep(step + 1)
        confidence = self.parameterAsBool(parameters, "CONFIDENCE", context)
        mapping = {
            "model": model,
            "output": str(output / f"{name}_map.tif"),
            "confidence": str(output / f"{name}_confidence.tif") if confidence else None,
            "smooth": self.parameterAsEnumString(parameters, "SMOOTH", context),
        }
        if "scene" in of:
            result = self._made("classify_scene", {**of, "encoder": of["model"], **mapping}, steps)
        else:
            result = self.ask("classify", {**of, **mapping, "overwrite": True}, steps)
        steps.pushInfo("\n".join([shares(result["pixels"]), *result["messages"]]))
        return str(result["path"])

    def _kind(self, scene: Path, feedback: QgsProcessingFeedback) -> str:
        """What the worker takes a file for; a product in a zip or folder is a scene. Empty for rasters of few bands."""
        if scene.is_dir() or scene.suffix.lower() == ".zip":
            return _RASTER
        told = self.ask("info", {"file": str(scene)}, feedback)
        few = told["kind"] == _RASTER and len(told["bands"]) < FEWEST_BANDS
        return "" if few else str(told["kind"])

    def _made(self, verb: str, arguments: dict[str, Any], feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """The answer of a verb that keeps an output that is this very one already; another is made anew."""
        try:
            return self.answer(verb, arguments, feedback)
        except WorkerError as error:
            if feedback.isCanceled() or "overwrite" not in error.about or not Path(arguments["output"]).exists():
                self.fail(error, feedback)
            return self.ask(verb, {**arguments, "overwrite": True}, feedback)

    def _read_as(self, scene: Path, parameters: Values, context: QgsProcessingContext) -> dict[str, Any]:
        """How a scene is read and what embeds it, as `embed` takes it."""
        return {
            "scene": str(scene),
            "model": Settings().model,
            "level": self.parameterAsEnumString(parameters, "LEVEL", context),
            "exclude_clouds": self.parameterAsBool(parameters, "EXCLUDE_CLOUDS", context),
        }

    def _conclude(self, feedback: QgsProcessingFeedback, failures: dict[str, str], left_out: list[str]) -> None:
        """Tell what came of all of them; raises when that is nothing."""
        if left_out:
            feedback.pushInfo(self.tr("Left out, for they are no scenes: {}").format(", ".join(left_out)))
        for name, why in failures.items():
            feedback.pushInfo(self.tr("Failed: {0}: {1}").format(name, why))
        if not self._maps:
            raise QgsProcessingException(
                self.tr("No scene was mapped: {} failed, {} are no scenes; see above for why.").format(
                    len(failures), len(left_out)
                )
            )
        feedback.pushInfo(self.tr("{0} scenes mapped, {1} failed.").format(len(self._maps), len(failures)))

    def _load(self, context: QgsProcessingContext) -> None:
        if self._wanted and context.project() is not None:
            for path in self._maps:
                self.load(context, path, Path(path).stem, "map")


def _scenes(folder: Path) -> list[Path]:
    """What may be scenes in a folder: rasters, zips, and folders of products."""
    found = []
    for path in sorted(folder.iterdir()):
        ending = path.suffix.lower()
        if (path.is_file() and ending in _RASTERS) or (path.is_dir() and ending == _PRODUCT):
            found.append(path)
    return found


def _names(scenes: list[Path]) -> list[str]:
    """What each is called, each by a name of its own whatever the ending."""
    names: list[str] = []
    for scene in scenes:
        name, number = scene.stem, 2
        while name.casefold() in (other.casefold() for other in names):
            name, number = f"{scene.stem}-{number}", number + 1
        names.append(name)
    return names
