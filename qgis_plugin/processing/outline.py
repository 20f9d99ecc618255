"""`mmearth:outline`: a map or a similarity becomes polygons."""

from __future__ import annotations

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterVectorDestination,
)

from ..compat import VECTOR_POLYGON
from .algorithm import MAPPING, Algorithm, Values


class Outline(Algorithm):
    """The verb `outline`."""

    verb, symbol, section = "outline", "outline", MAPPING
    products = {"OUTPUT": "outline"}  # noqa: RUF012 - read only

    def title(self) -> str:
        return self.tr("Outline")

    def words(self) -> str:
        return "polygonize,polygons,vectorize,threshold,raster to vector"

    def about(self) -> tuple[str, str, str]:
        return (
            self.tr("Turns the areas of a class map, or what lies above a threshold of a similarity, into polygons."),
            self.tr("Polygons along the pixels' edges, with their class, pixels and hectares."),
            self.tr("For a similarity, begin with 0.6 and look where the edge runs; raise it when too much is inside."),
        )

    def define_own(self) -> None:
        self.define(
            QgsProcessingParameterRasterLayer("RASTER", self.tr("Map or similarity")),
            self.tr("A raster made by “Classify embedding”, “Cluster embedding” or “Find similar places”."),
        )
        self.define(
            QgsProcessingParameterNumber(
                "AT_LEAST",
                self.tr("Threshold"),
                QgsProcessingParameterNumber.Type.Double,
                optional=True,
            ),
            self.tr("Of a similarity: what is at least so similar is outlined. Blank for a map."),
        )
        self.define(
            QgsProcessingParameterNumber("MIN_PIXELS", self.tr("Fewest pixels"), defaultValue=1, minValue=1),
            self.tr("Areas of fewer pixels are left out."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterVectorDestination("OUTPUT", self.tr("Polygons"), VECTOR_POLYGON),
            self.tr("The polygons to write."),
        )
        self.addOutput(QgsProcessingOutputNumber("POLYGONS", self.tr("Number of polygons")))

    def arguments(self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> Values:  # noqa: ARG002 - as for all
        return {
            "raster": self.raster("RASTER"),
            "output": self.output("OUTPUT"),
            **self.given(parameters, context, at_least=self.parameterAsDouble, min_pixels=self.parameterAsInt),
        }

    def report(self, result: Values) -> str:
        return self.tr("{} polygons.").format(result["polygons"])

    def results(self, result: Values) -> Values:
        return {"POLYGONS": result["polygons"]}
