"""`mmearth:classify_scene`: a scene and a model of classes become a map, and no embedding is left between."""

from __future__ import annotations

from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProcessingParameterRasterDestination

from ..algorithm import MAPPING, Values
from ..classify import MapsClasses
from .scene_inputs import OfScene


class ClassifyScene(MapsClasses, OfScene):
    """The verb `classify_scene`."""

    verb, symbol, section = "classify_scene", "map", MAPPING

    def title(self) -> str:
        return self.tr("Classify scene")

    def words(self) -> str:
        return "map,classification,land cover,predict,apply model,without embedding,disk space,confidence"

    def about(self) -> tuple[str, str, str]:
        return (
            self.tr(
                "Makes a map of a Sentinel-2 image at once with the classes that “Fit classes to samples” learned on"
                " another: what “Embed layer” and “Classify embedding” would make, without the embedding, which takes"
                " far more disk than the map."
            ),
            self.tr(
                "A raster of classes with their names and colours, where asked with a second one of two bands: the"
                " probability of the class and its margin over the second."
            ),
            self.tr(
                "Embed the image instead where samples are still to be drawn: then every map of it takes seconds. Work"
                " that was stopped is kept: run it again with the same parameters and output."
            ),
        )

    def define_own(self) -> None:
        self.define_scene()
        self.define_classes()
        self.define_computing("ENCODER", self.tr("Model of the embedding"))
        self.define(QgsProcessingParameterRasterDestination("OUTPUT", self.tr("Map")), self.tr("The map to write."))
        self.define_confidence()

    def arguments(self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> Values:  # noqa: ARG002 - as for all
        return {
            **self.of_scene(parameters, context),
            **self.of_classes(parameters, context),
            "encoder": self.encoder(parameters, context, "ENCODER"),
            "output": self.output("OUTPUT"),
            "confidence": self.output("CONFIDENCE"),
        }
