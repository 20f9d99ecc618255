"""`mmearth:classify`: an embedding and a model of classes become a map."""

from __future__ import annotations

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterEnum,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterDestination,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..core.accuracy.figures import shares
from ..core.workspace import SMOOTHINGS
from .algorithm import MAPPING, Algorithm, Values
from .set_inputs import IntoPlaces, OfEmbedding


def _tr(text: str) -> str:
    return QCoreApplication.translate("Classify", text)


class MapsClasses(Algorithm):
    """An algorithm whose verb makes a map with a model of classes."""

    products = {"OUTPUT": "map", "CONFIDENCE": "confidence"}  # noqa: RUF012 - read only

    def define_classes(self) -> None:
        """Add the parameters that say how pixels become classes."""
        self.define_model()
        self.define(
            QgsProcessingParameterNumber(
                "UNKNOWN",
                _tr("Share that counts as unknown"),
                QgsProcessingParameterNumber.Type.Double,
                optional=True,
                minValue=0,
                maxValue=0.999,
            ),
            _tr(
                "What is stranger than all but this share of the training pixels is called unknown, for example 0.01;"
                " blank: every pixel gets a class."
            ),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterEnum(
                "SMOOTH", _tr("Smoothing"), options=SMOOTHINGS, defaultValue="edges", usesStaticStrings=True
            ),
            _tr(
                "How much its neighbours say in a pixel's class: none; edges, where no edge lies between, so that roads"
                " and rivers stay; strong, also across faint edges."
            ),
        )

    def define_confidence(self) -> None:
        """Add the parameter CONFIDENCE, and what is told of a map."""
        self.define(
            QgsProcessingParameterRasterDestination(
                "CONFIDENCE", _tr("Confidence"), optional=True, createByDefault=False
            ),
            _tr("The raster of probability and margin to write, if it is wanted."),
        )
        self.addOutput(QgsProcessingOutputNumber("PIXELS", _tr("Pixels with a class")))
        self.addOutput(QgsProcessingOutputNumber("UNKNOWN_PIXELS", _tr("Unknown pixels")))
        self.addOutput(QgsProcessingOutputString("SHARES", _tr("Share of each class")))

    def of_classes(self, parameters: Values, context: QgsProcessingContext) -> Values:
        """The arguments of the verb that say how pixels become classes."""
        return {
            "model": self.parameterAsFile(parameters, "MODEL", context),
            "smooth": self.parameterAsEnumString(parameters, "SMOOTH", context),
            **self.given(parameters, context, unknown=self.parameterAsDouble),
        }

    def report(self, result: Values) -> str:
        return "\n".join([self._shares(result), *result["messages"]])

    def _shares(self, result: Values) -> str:
        unknown = {_tr("unknown"): result["unknown"]} if result["unknown"] else {}
        return shares({**result["pixels"], **unknown})

    def results(self, result: Values) -> Values:
        return {
            "PIXELS": sum(result["pixels"].values()),
            "UNKNOWN_PIXELS": result["unknown"],
            "SHARES": self._shares(result),
        }


class Classify(MapsClasses, IntoPlaces, OfEmbedding):
    """The verb `classify`."""

    verb, symbol, section = "classify", "map", MAPPING

    def title(self) -> str:
        return self.tr("Classify embedding")

    def words(self) -> str:
        return "map,classification,land cover,predict,apply model,confidence"

    def about(self) -> tuple[str, str, str]:
        return (
            self.tr("Makes a map of an embedding with the classes that “Fit classes to samples” learned."),
            self.tr(
                "A raster of classes with their names and colours, where asked with a second one of two bands: the"
                " probability of the class and its margin over the second."
            ),
            self.tr(
                "The model may come from another place or date, when the same encoder made the embeddings; look at the"
                " confidence then."
            ),
        )

    def define_own(self) -> None:
        self.define_embedding()
        self.define_classes()
        self.define_output(self.tr("Map"), self.tr("The map to write."))
        self.define_confidence()
        self.define_folder(
            self.tr(
                "For a working set of several places, in place of a map: the folder to write the map of each place"
                " into, and in its folder “confidence” the confidence of each, where that is wanted."
            )
        )

    def why_not(self, parameters: Values, context: QgsProcessingContext) -> str:
        return super().why_not(parameters, context) or self.why_no_destination(parameters, context)

    def arguments(self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> Values:  # noqa: ARG002 - as for all
        output, confidence = self.written(context, "CONFIDENCE")
        return {
            "embedding": self.embedding(parameters, context),
            **self.of_classes(parameters, context),
            "output": output,
            "confidence": confidence,
        }

    def results(self, result: Values) -> Values:
        return {**super().results(result), "MAPS": self.maps_in(result["path"])}
