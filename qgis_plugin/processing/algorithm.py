"""What all algorithms share: they hand layers as files to one verb of the worker, and its answer back to Processing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from qgis.core import (
    QgsMapLayer,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingFeedback,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFile,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterVectorDestination,
    QgsProcessingUtils,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QIcon

from ..compat import ADVANCED
from ..core import guide
from ..core.layers import may_be_embedding, path_of
from ..core.sources import why_not_placed, why_not_readable
from ..core.worker.request import WorkerError
from ..core.worker.wording import worded
from ..gui.icons import icon, icon_path
from .inputs import VectorInput
from .result_style import Styled

if TYPE_CHECKING:
    from ..core.worker.client import WorkerClient


#: Groups of the toolbox; their ids are part of users' models and never change.
EMBEDDING, MAPPING, ACCURACY = "embedding", "mapping", "accuracy"
#: The field that names the class, where no other is chosen.
CLASS_FIELD = "class"
#: Values by the names of parameters, arguments or outputs.
Values = dict[str, Any]


class Stopped(Exception):
    """The user cancelled."""


class Algorithm(QgsProcessingAlgorithm):
    """A thin skin over one verb. A subclass says `verb`, `symbol`, `section`, and `products`: what the layers of its
    destinations are (see `core.layers`), and `renamed`: the arguments of the verb whose parameters are not called by
    their own names in capitals; it answers

    * `define_own()`: defines its parameters and outputs, by `define`; what all have is defined here;
    * `title()`, `about()`: (what it does, what comes out, a tip), `words()` to be found by;
    * `arguments(parameters, context, feedback)`: those of the verb, without `overwrite`; asked in the thread that
      computes, which must look for no layer (QGIS crashes when one is added or removed meanwhile): extents, points and
      coordinate systems may be those of layers, so they are read in `prepareAlgorithm`, as layers are;
    * `report(result)`: the result as text, and `results(result)`: as values of outputs;
    * `why_not(parameters, context)`: a sentence when the parameters cannot work, else an empty one.
    """

    verb = ""
    symbol = ""
    section = ""
    products: dict[str, str] = {}  # noqa: RUF012 - read only
    renamed: dict[str, str] = {}  # noqa: RUF012 - read only

    def __init__(self, get_client: Callable[[], WorkerClient]) -> None:
        super().__init__()
        self._get_client = get_client
        self._rasters: Values = {}
        self._vectors: Values = {}
        self._outputs: dict[str, str] = {}
        self._trust = False

    # What Processing asks

    def initAlgorithm(self, configuration: Values | None = None) -> None:  # noqa: ARG002 - QGIS' name and arguments
        """Define parameters and outputs."""
        self.define_own()
        self.define(
            QgsProcessingParameterBoolean(
                "TRUST",
                QCoreApplication.translate("Algorithm", "Follow what the input refers to"),
                defaultValue=False,
            ),
            QCoreApplication.translate(
                "Algorithm", "Reads also files in other folders and on the network that a VRT or a STAC item names."
            ),
            advanced=True,
        )

    def createInstance(self) -> Algorithm:
        return type(self)(self._get_client)

    def name(self) -> str:
        return self.verb

    def displayName(self) -> str:
        return self.title()

    def groupId(self) -> str:
        return self.section

    def group(self) -> str:
        return {
            EMBEDDING: QCoreApplication.translate("Algorithm", "Embedding"),
            MAPPING: QCoreApplication.translate("Algorithm", "Mapping"),
            ACCURACY: QCoreApplication.translate("Algorithm", "Accuracy"),
        }[self.section]

    def icon(self) -> QIcon:
        return icon(self.symbol)

    def svgIconPath(self) -> str:
        return icon_path(self.symbol)

    def tags(self) -> list[str]:
        return [*self.words().split(","), "mmearth", "sentinel-2"]

    def shortDescription(self) -> str:
        return self.about()[0].split(". ")[0].rstrip(".") + "."

    def shortHelpString(self) -> str:
        what, comes_out, tip = self.about()
        parameters = self.parameterDefinitions()
        explained = [f"• {each.description().lstrip('… ')}: {each.help()}" for each in parameters if each.help()]
        result = QCoreApplication.translate("Algorithm", "What comes out")
        advice = QCoreApplication.translate("Algorithm", "Tip")
        # QGIS makes each line a paragraph; qgis_process prints it as it is.
        return "\n".join([what, "", *explained, "", f"{result}: {comes_out}", "", f"{advice}: {tip}"])

    def helpUrl(self) -> str:
        return guide.page(guide.ALGORITHMS, self.verb).toString()

    def canExecute(self) -> tuple[bool, str]:
        if self._get_client().available():
            return True, ""
        return False, QCoreApplication.translate(
            "Algorithm",
            "MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the"
            " environment variable MMEARTH_PYTHON name a Python that has mmearth installed.",
        )

    def checkParameterValues(self, parameters: Values, context: QgsProcessingContext) -> tuple[bool, str]:
        fine, sentence = super().checkParameterValues(parameters, context)
        if not fine:
            return False, sentence
        sentence = self._why_no_layer(parameters, context) or self._why_no_output(parameters, context)
        sentence = sentence or self.why_not(parameters, context)
        return not sentence, sentence

    def prepareAlgorithm(self, parameters: Values, context: QgsProcessingContext, _feedback: object) -> bool:
        """Look at the layers, and make the client, in this thread rather than in the one that computes."""
        self._get_client()
        self._trust = self.parameterAsBool(parameters, "TRUST", context)
        fields = [each for each in self.parameterDefinitions() if isinstance(each, QgsProcessingParameterField)]
        coloured = {each.parentLayerParameterName(): self.field(parameters, each.name(), context) for each in fields}
        for each in self.parameterDefinitions():
            name = each.name()
            if isinstance(each, QgsProcessingParameterRasterLayer):
                layer = self.parameterAsRasterLayer(parameters, name, context)
                if layer is None and not self._is_blank(parameters, name):
                    raise QgsProcessingException(self.invalidRasterError(parameters, name))
                self._rasters[name] = None if layer is None else path_of(layer)
            elif isinstance(each, QgsProcessingParameterFeatureSource):
                layer, definition = self.vector_layer(parameters, name, context)
                if layer is None and not self._is_blank(parameters, name):
                    raise QgsProcessingException(self.invalidSourceError(parameters, name))
                field = coloured.get(name, "")
                self._vectors[name] = None if layer is None else VectorInput(layer, definition, context, field)
            elif isinstance(each, QgsProcessingParameterMultipleLayers):
                layers = self.parameterAsLayerList(parameters, name, context)
                self._rasters[name] = [path_of(layer) for layer in layers if is_raster(layer)]
                vectors = [layer for layer in layers if not is_raster(layer)]
                field = next(iter(coloured.values()), "")
                self._vectors[name] = [VectorInput(layer, None, context, field) for layer in vectors]
        return True

    def processAlgorithm(
        self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> Values:
        ready, sentence = self.canExecute()
        if not ready:
            raise QgsProcessingException(sentence)
        # Once: a temporary destination has another name every time it is asked for.
        self._outputs = self._destinations(parameters, context)
        try:
            arguments = self.arguments(parameters, context, feedback)
            result = self.ask(self.verb, {**arguments, "overwrite": True}, feedback)
            self.finish(arguments, feedback)
        except Stopped:
            return {}
        feedback.pushInfo(self.report(result))
        for name, product in self.products.items():
            path = self.output(name)
            if path and context.willLoadLayerOnCompletion(path):
                details = context.layerToLoadOnCompletionDetails(path)
                details.setPostProcessor(self._styled(path, product))
        for path, name, product in self.also_loaded(result):
            self.load(context, path, name, product)
        return {**self._outputs, **self.results(result)}

    # What subclasses use

    def tr(self, text: str) -> str:
        """A text of the subclass in the user's language."""
        return QCoreApplication.translate(type(self).__name__, text)

    def define(self, parameter: QgsProcessingParameterDefinition, explained: str, advanced: bool = False) -> None:
        """Add a parameter with the sentence that explains it."""
        parameter.setHelp(explained)
        if advanced:
            parameter.setFlags(parameter.flags() | ADVANCED)
        self.addParameter(parameter)

    def define_model(self) -> None:
        """Add the parameter MODEL: classes that were learned."""
        self.define(
            QgsProcessingParameterFile("MODEL", self.tr("Model of classes"), extension="json"),
            self.tr("A file made by “Fit classes to samples” or saved in the dock."),
        )

    def ask(self, verb: str, arguments: dict[str, Any], feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """The worker's answer. Raises QgsProcessingException with its sentence, Stopped when the user cancelled."""
        try:
            return self.answer(verb, arguments, feedback)
        except WorkerError as error:
            self.fail(error, feedback)

    def answer(self, verb: str, arguments: dict[str, Any], feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """As `ask`, with the worker's own error."""
        given = {**arguments, "trust": True} if self._trust else arguments
        return self._get_client().call(verb, given, feedback, self._labels())

    def fail(self, error: WorkerError, feedback: QgsProcessingFeedback) -> NoReturn:
        """Raise what `ask` raises for the worker's own error."""
        sentence = worded(error.message, self._labels())
        if feedback.isCanceled():
            feedback.pushInfo(sentence)
            raise Stopped from error
        if error.traceback:
            feedback.pushDebugInfo(error.traceback)
        raise QgsProcessingException(sentence) from error

    def raster(self, name: str) -> Any:
        """The file of a raster parameter, or None."""
        return self._rasters[name]

    def vector(self, name: str) -> Any:
        """The `VectorInput` of a vector parameter, or None."""
        return self._vectors[name]

    def output(self, name: str) -> str | None:
        """The file to write for a destination, or None when it is not wanted."""
        return self._outputs.get(name)

    def forget(self, name: str, context: QgsProcessingContext) -> bool:
        """Neither give back nor load a destination that nothing is written to; returns whether it was to be loaded."""
        expected = context.layersToLoadOnCompletion()
        wanted = expected.pop(self._outputs.pop(name, None), None) is not None
        context.setLayersToLoadOnCompletion(expected)
        return wanted

    def load(self, context: QgsProcessingContext, path: str, name: str, product: str) -> None:
        """Have a file loaded as a layer when all is done."""
        details = QgsProcessingContext.LayerDetails(name, context.project(), name)
        details.setPostProcessor(self._styled(path, product))
        context.addLayerToLoadOnCompletion(path, details)

    def field(self, parameters: Values, name: str, context: QgsProcessingContext) -> str:
        """The field that names the class; its parameter is optional, or `qgis_process` would ask for it."""
        return self.parameterAsString(parameters, name, context) or CLASS_FIELD

    def vector_layer(
        self, parameters: Values, name: str, context: QgsProcessingContext
    ) -> tuple[QgsVectorLayer | None, Any]:
        """(layer or None, what Processing was given) of a feature source."""
        value = parameters.get(name)
        if isinstance(value, QgsProcessingFeatureSourceDefinition):
            source = value.source.valueAsString(context.expressionContext())[0]
            return QgsProcessingUtils.mapLayerFromString(source, context), value
        return self.parameterAsVectorLayer(parameters, name, context), value

    def given(self, parameters: Values, context: QgsProcessingContext, **readers: Callable[..., Any]) -> dict[str, Any]:
        """Arguments of the parameters that are not left blank: `name=self.parameterAsInt` reads NAME."""
        return {
            name: read(parameters, name.upper(), context)
            for name, read in readers.items()
            if not self._is_blank(parameters, name.upper())
        }

    def why_no_embedding(self, parameters: Values, name: str, context: QgsProcessingContext) -> str:
        """Why a raster parameter is no embedding, in a sentence; empty when it is or cannot be known yet."""
        layer = self.parameterAsRasterLayer(parameters, name, context)
        if layer is None or may_be_embedding(layer):
            return ""
        return QCoreApplication.translate(
            "Algorithm", "“{}” is not an embedding ({} bands); make one of it first with “Embed layer”."
        ).format(layer.name(), layer.bandCount())

    def why_no_embeddings(self, parameters: Values, name: str, context: QgsProcessingContext) -> str:
        """As `why_no_embedding`, of a parameter of several layers."""
        for layer in self.parameterAsLayerList(parameters, name, context):
            if not is_raster(layer) or not may_be_embedding(layer):
                return QCoreApplication.translate(
                    "Algorithm", "“{}” is not an embedding; make one of it first with “Embed layer”."
                ).format(layer.name())
        return ""

    def why_no_field(self, parameters: Values, source: str, field: str, context: QgsProcessingContext) -> str:
        """Why a vector parameter lacks the class field, in a sentence; empty when it has it."""
        layer, _ = self.vector_layer(parameters, source, context)
        wanted = self.field(parameters, field, context)
        if layer is None or layer.fields().lookupField(wanted) >= 0:
            return ""
        names = ", ".join(each.name() for each in layer.fields()) or QCoreApplication.translate("Algorithm", "no field")
        return QCoreApplication.translate(
            "Algorithm", "“{}” has no field “{}”; it has {}. Choose the field that names the class."
        ).format(layer.name(), wanted, names)

    # To be answered by subclasses

    def define_own(self) -> None:
        raise NotImplementedError

    def title(self) -> str:
        raise NotImplementedError

    def about(self) -> tuple[str, str, str]:
        raise NotImplementedError

    def words(self) -> str:
        return ""

    def why_not(self, parameters: Values, context: QgsProcessingContext) -> str:  # noqa: ARG002 - for subclasses
        return ""

    def arguments(
        self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        raise NotImplementedError

    def report(self, result: dict[str, Any]) -> str:
        raise NotImplementedError

    def results(self, result: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - for subclasses
        return {}

    def also_loaded(self, result: dict[str, Any]) -> list[tuple[str, str, str]]:  # noqa: ARG002 - for subclasses
        """(file, name, what it is) of layers to be loaded that no destination of their own is for."""
        return []

    def finish(self, arguments: dict[str, Any], feedback: QgsProcessingFeedback) -> None:
        """What is to be done after the verb."""

    # Inner

    def _styled(self, path: str, product: str) -> Styled:
        """What is to be done with the layer of a file; of a map the worker tells what was done to it, if it can."""
        try:
            told = self._get_client().call("info", {"file": path}) if product == "map" else {}
        except WorkerError:
            told = {}
        return Styled.kept(product, told.get("history") or [])

    def _labels(self) -> dict[str, str]:
        """Argument of the verb → what the dialog calls it."""
        described = {each.name(): each.description() for each in self.parameterDefinitions()}
        names = {**{name.lower(): name for name in described}, **self.renamed}
        return {argument: described[name] for argument, name in names.items()}

    def _is_blank(self, parameters: Values, name: str) -> bool:
        """Whether a parameter without a value has no default either."""
        value = parameters.get(name)
        if value is None:
            value = self.parameterDefinition(name).defaultValue()
        return value is None or value in ("", [])

    def _why_no_layer(self, parameters: Values, context: QgsProcessingContext) -> str:
        rasters = []
        for each in self.parameterDefinitions():
            if isinstance(each, QgsProcessingParameterRasterLayer):
                rasters.append(self.parameterAsRasterLayer(parameters, each.name(), context))
            elif isinstance(each, QgsProcessingParameterMultipleLayers):
                rasters += filter(is_raster, self.parameterAsLayerList(parameters, each.name(), context))
        sentences = (why_not_readable(layer) or why_not_placed(layer) for layer in rasters if layer is not None)
        return next(filter(None, sentences), "")

    def _why_no_output(self, parameters: Values, context: QgsProcessingContext) -> str:
        for each in self.destinationParameterDefinitions():
            value = parameters.get(each.name())
            sink = getattr(value, "sink", None)
            text = value if sink is None else sink.valueAsString(context.expressionContext())[0]
            if str(text).startswith("ogr:"):  # which QGIS takes for a file
                return QCoreApplication.translate(
                    "Algorithm", "“{}” cannot go into a database; choose a file of its own."
                ).format(each.description())
            if value is not None and self.provider() is not None:
                fine, sentence = self.provider().isSupportedOutputValue(value, each, context)
                if not fine:
                    return sentence
        return ""

    def _destinations(self, parameters: Values, context: QgsProcessingContext) -> dict[str, Any]:
        """The files of the destinations that were asked for."""
        found = {}
        for each in self.destinationParameterDefinitions():
            layer = isinstance(each, (QgsProcessingParameterRasterDestination, QgsProcessingParameterVectorDestination))
            read = self.parameterAsOutputLayer if layer else self.parameterAsFileOutput
            path = read(parameters, each.name(), context)
            if path:
                found[each.name()] = path
        return found


def is_raster(layer: QgsMapLayer) -> bool:
    """Whether a layer has pixels."""
    return hasattr(layer, "bandCount")
