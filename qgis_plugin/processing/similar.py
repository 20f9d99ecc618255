"""`mmearth:similar`: where in an embedding it looks like at a place, or like under some features."""

from __future__ import annotations

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterPoint,
)

from ..compat import VECTOR_ANY_GEOMETRY
from .algorithm import EMBEDDING, Values
from .set_inputs import IntoPlaces, OfEmbedding


class Similar(IntoPlaces, OfEmbedding):
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
        self.define_output(self.tr("Similarity"), self.tr("The raster to write."))
        self.define_folder(
            self.tr(
                "For a working set of several places, in place of a raster: the folder to write that of each place"
                " into."
            )
        )
        self.addOutput(QgsProcessingOutputNumber("PIXELS", self.tr("Pixels compared with")))

    def why_not(self, parameters: Values, context: QgsProcessingContext) -> str:
        if bool(parameters.get("AT")) == bool(parameters.get("LIKE")):
            return self.tr("What to compare with is not said, or twice; choose either a place or features.")
        return super().why_not(parameters, context) or self.why_no_destination(parameters, context)

    def prepareAlgorithm(
        self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        """Look also at the place, which may be told by a layer."""
        self._query = {} if parameters.get("LIKE") else self._place(parameters, context)
        return super().prepareAlgorithm(parameters, context, feedback)

    def arguments(self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> Values:  # noqa: ARG002 - as for all
        (output,) = self.written(context)
        query = dict(self._query)
        if self.vector("LIKE") is not None:
            query["like"], query["layer"] = self.vector("LIKE").file()
        return {"embedding": self.embedding(parameters, context), "output": output, **query}

    def _place(self, parameters: Values, context: QgsProcessingContext) -> Values:
        """The place, in the coordinate system it was given with, or the embedding's own when in none."""
        given, point = parameters["AT"], self.parameterAsPoint(parameters, "AT", context)
        said = "[" in given if isinstance(given, str) else hasattr(given, "crs")
        crs = self.parameterAsPointCrs(parameters, "AT", context)
        return {"at": [point.x(), point.y()], "at_crs": crs.toWkt() if said and crs.isValid() else None}

    def report(self, result: Values) -> str:
        if result["pixels"] == 1:
            return self.tr("Compared with one pixel.")
        return self.tr("Compared with the mean of {} pixels.").format(result["pixels"])

    def results(self, result: Values) -> Values:
        return {"PIXELS": result["pixels"], "MAPS": self.maps_in(result["path"])}
