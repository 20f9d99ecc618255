"""`mmearth:classify`: an embedding and a model of classes become a map."""

from __future__ import annotations

from pathlib import Path

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputMultipleLayers,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterDestination,
)

from ..core.accuracy.figures import shares
from ..core.workspace import SMOOTHINGS
from .algorithm import MAPPING, Values
from .set_inputs import OfEmbedding


class Classify(OfEmbedding):
    """The verb `classify`."""

    verb, symbol, section = "classify", "map", MAPPING
    products = {"OUTPUT": "map", "CONFIDENCE": "confidence"}  # noqa: RUF012 - read only

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
        self.define_model()
        self.define(
            QgsProcessingParameterNumber(
                "UNKNOWN",
                self.tr("Share that counts as unknown"),
                QgsProcessingParameterNumber.Type.Double,
                optional=True,
                minValue=0,
                maxValue=0.999,
            ),
            self.tr(
                "What is stranger than all but this share of the training pixels is called unknown, for example 0.01;"
                " blank: every pixel gets a class."
            ),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterEnum(
                "SMOOTH", self.tr("Smoothing"), options=SMOOTHINGS, defaultValue="edges", usesStaticStrings=True
            ),
            self.tr(
                "How much its neighbours say in a pixel's class: none; edges, where no edge lies between, so that roads"
                " and rivers stay; strong, also across faint edges."
            ),
        )
        self.define(
            QgsProcessingParameterRasterDestination("OUTPUT", self.tr("Map"), optional=True, createByDefault=True),
            self.tr("The map to write."),
        )
        self.define(
            QgsProcessingParameterRasterDestination(
                "CONFIDENCE", self.tr("Confidence"), optional=True, createByDefault=False
            ),
            self.tr("The raster of probability and margin to write, if it is wanted."),
        )
        self.define(
            QgsProcessingParameterFolderDestination(
                "FOLDER", self.tr("Folder of maps"), optional=True, createByDefault=False
            ),
            self.tr(
                "For a working set of several places, in place of a map: the folder to write the map of each place"
                " into, and in its folder “confidence” the confidence of each, where that is wanted."
            ),
        )
        self.addOutput(QgsProcessingOutputNumber("PIXELS", self.tr("Pixels with a class")))
        self.addOutput(QgsProcessingOutputNumber("UNKNOWN_PIXELS", self.tr("Unknown pixels")))
        self.addOutput(QgsProcessingOutputString("SHARES", self.tr("Share of each class")))
        self.addOutput(QgsProcessingOutputMultipleLayers("MAPS", self.tr("Maps")))

    def why_not(self, parameters: Values, context: QgsProcessingContext) -> str:
        several = len(self.places(parameters, context)) > 1
        sentence = super().why_not(parameters, context)
        if sentence:
            return sentence
        if several and not parameters.get("FOLDER"):
            return self.tr("The working set has several places; choose the folder of their maps.")
        if not several and parameters.get("FOLDER"):
            return self.tr("A folder is for the maps of a working set of several places; choose the map to write.")
        return "" if several or parameters.get("OUTPUT") else self.tr("Choose the map to write.")

    def prepareAlgorithm(
        self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        self._places = [place.name for place in self.places(parameters, context)]
        self._loaded = {"map": False, "confidence": False}
        return super().prepareAlgorithm(parameters, context, feedback)

    def arguments(self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> Values:  # noqa: ARG002 - as for all
        output, confidence = self.output("OUTPUT"), self.output("CONFIDENCE")
        folder = self.output("FOLDER")
        if folder is not None:
            output = folder
            Path(folder).mkdir(parents=True, exist_ok=True)
            confidence = confidence and str(Path(folder, "confidence"))
            for name, product in self.products.items():
                self._loaded[product] = self.forget(name, context)
        return {
            "embedding": self.embedding(parameters, context),
            "model": self.parameterAsFile(parameters, "MODEL", context),
            "output": output,
            "confidence": confidence,
            "smooth": self.parameterAsEnumString(parameters, "SMOOTH", context),
            **self.given(parameters, context, unknown=self.parameterAsDouble),
        }

    def also_loaded(self, result: Values) -> list[tuple[str, str, str]]:
        """The maps of several places, where a map was to be loaded."""
        folders = {"map": result["path"], "confidence": result.get("confidence")}
        names = {"map": "{}", "confidence": self.tr("{} – confidence")}
        return [
            (str(Path(folders[product], f"{place}.tif")), names[product].format(place), product)
            for product in reversed(self._loaded)  # what is loaded last lies on top
            if self._loaded[product] and folders[product]
            for place in self._places
        ]

    def report(self, result: Values) -> str:
        unknown = {self.tr("unknown"): result["unknown"]} if result["unknown"] else {}
        return shares({**result["pixels"], **unknown})

    def results(self, result: Values) -> Values:
        return {
            "PIXELS": sum(result["pixels"].values()),
            "UNKNOWN_PIXELS": result["unknown"],
            "SHARES": self.report(result),
            "MAPS": [str(Path(result["path"], f"{name}.tif")) for name in self._places]
            if len(self._places) > 1
            else [result["path"]],
        }
