"""`mmearth:cluster`: a map of an embedding without any labels."""

from __future__ import annotations

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputString,
    QgsProcessingParameterNumber,
)

from ..core.accuracy.figures import shares
from .algorithm import EMBEDDING, Values
from .set_inputs import IntoPlaces, OfEmbedding


class Cluster(IntoPlaces, OfEmbedding):
    """The verb `cluster`."""

    verb, symbol, section = "cluster", "cluster", EMBEDDING
    products = {"OUTPUT": "map"}  # noqa: RUF012 - read only

    def title(self) -> str:
        return self.tr("Cluster embedding")

    def words(self) -> str:
        return "unsupervised,k-means,kmeans,segmentation,groups,classification"

    def about(self) -> tuple[str, str, str]:
        return (
            self.tr("Groups the pixels of an embedding by likeness, without any samples."),
            self.tr(
                "A raster of clusters, numbered from the largest to the smallest. They have no meaning of their own."
            ),
            self.tr("Look at the clusters before you draw samples: they show which classes can be told apart."),
        )

    def define_own(self) -> None:
        self.define_embedding()
        self.define(
            QgsProcessingParameterNumber("K", self.tr("Number of clusters"), defaultValue=10, minValue=2, maxValue=254),
            self.tr("From 2 to 254."),
        )
        self.define(
            QgsProcessingParameterNumber("SEED", self.tr("Seed"), defaultValue=0, minValue=0),
            self.tr("The same seed gives the same map."),
            advanced=True,
        )
        self.define_output(self.tr("Clusters"), self.tr("The map to write."))
        self.define_folder(
            self.tr(
                "For a working set of several places, in place of a map: the folder to write that of each place into."
            )
        )
        self.addOutput(QgsProcessingOutputString("SHARES", self.tr("Share of each cluster")))

    def why_not(self, parameters: Values, context: QgsProcessingContext) -> str:
        return super().why_not(parameters, context) or self.why_no_destination(parameters, context)

    def arguments(self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> Values:  # noqa: ARG002 - as for all
        (output,) = self.written(context)
        return {
            "embedding": self.embedding(parameters, context),
            "output": output,
            "k": self.parameterAsInt(parameters, "K", context),
            "seed": self.parameterAsInt(parameters, "SEED", context),
        }

    def report(self, result: Values) -> str:
        return shares({str(number): count for number, count in enumerate(result["pixels"], start=1)})

    def results(self, result: Values) -> Values:
        return {"SHARES": self.report(result), "MAPS": self.maps_in(result["path"])}
