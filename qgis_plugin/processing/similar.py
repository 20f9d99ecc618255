"""`mmearth:similar`: where in an embedding it looks like at a place, or like under some features."""

from __future__ import annotations

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterPoint,
    QgsProcessingParameterRasterDestination,
    QgsRasterLayer,
)

from ..compat import VECTOR_ANY_GEOMETRY
from .algorithm import EMBEDDING, Values
from .set_inputs import OfEmbedding


class Similar(OfEmbedding):
    """The verb `similar`."""

    verb, symbol, section = "similar", "similar", EMBEDDING
    products = {"OUTPUT": "similarity"}  # noqa: RUF012 - read only

    def title(self) -> str:
        return self.tr("Find similar places")

    def words(self) -> str:
        return "similarity,search,cosine,query by example,heat map,look alike"

    def about(self) -> tuple[str, str, str]:
        return (
            self.tr(
                "Shows where it looks like at a place, or like under some features, by comparing every pixel's"
                " embedding with the one there."
            ),
            self.tr("A raster of cosine similarity, from -1 (opposite) by 0 (unrelated) to 1 (the same)."),
            self.tr("“Outline” turns what lies above a threshold into polygons."),
        )

    def define_own(self) -> None:
        self.define_embedding()
        self.define(
            QgsProcessingParameterPoint("AT", self.tr("Place"), optional=True),
            self.tr("The place to compare with."),
        )
        self.define(
            QgsProcessingParameterFeatureSource("LIKE", self.tr("… or features"), [VECTOR_ANY_GEOMETRY], optional=True),
            self.tr("Instead of a place: features; the mean of the pixels under them is compared with."),
        )
        self.define(
            QgsProcessingParameterRasterDestination("OUTPUT", self.tr("Similarity")), self.tr("The raster to write.")
        )
        self.addOutput(QgsProcessingOutputNumber("PIXELS", self.tr("Pixels compared with")))

    def why_not(self, parameters: Values, context: QgsProcessingContext) -> str:
        if bool(parameters.get("AT")) == bool(parameters.get("LIKE")):
            return self.tr("Choose either a place or features to compare with.")
        return super().why_not(parameters, context) or self.why_several_places(parameters, context)

    def prepareAlgorithm(
        self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        layer = self.parameterAsRasterLayer(parameters, "EMBEDDING", context)
        places = self.places(parameters, context)
        if layer is None and places:  # the place has the coordinate system of its first embedding
            layer = QgsRasterLayer(places[0].embeddings[0])
        if layer is not None and parameters.get("AT"):
            self._at = self.parameterAsPoint(parameters, "AT", context, layer.crs())
        return super().prepareAlgorithm(parameters, context, feedback)

    def arguments(self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> Values:  # noqa: ARG002 - as for all
        query = {}
        if self.vector("LIKE") is not None:
            query["like"], query["layer"] = self.vector("LIKE").file()
        else:
            query["at"] = [self._at.x(), self._at.y()]
        return {"embedding": self.embedding(parameters, context), "output": self.output("OUTPUT"), **query}

    def report(self, result: Values) -> str:
        if result["pixels"] == 1:
            return self.tr("Compared with one pixel.")
        return self.tr("Compared with the mean of {} pixels.").format(result["pixels"])

    def results(self, result: Values) -> Values:
        return {"PIXELS": result["pixels"]}
