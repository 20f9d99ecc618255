"""`mmearth:suggest`: the places whose label would teach a model most."""

from __future__ import annotations

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterNumber,
    QgsProcessingParameterVectorDestination,
)

from ..compat import VECTOR_ANY_GEOMETRY, VECTOR_POINT
from .algorithm import MAPPING, Values
from .set_inputs import OfEmbedding


class Suggest(OfEmbedding):
    """The verb `suggest`."""

    verb, symbol, section = "suggest", "suggest", MAPPING
    products = {"OUTPUT": "suggestions"}  # noqa: RUF012 - read only

    def title(self) -> str:
        return self.tr("Suggest where to label next")

    def words(self) -> str:
        return "active learning,uncertainty,sampling,where next,labelling"

    def about(self) -> tuple[str, str, str]:
        return (
            self.tr(
                "Finds the places whose label would improve a model most: those it is least sure of, unlike each other"
                " and unlike what it knows."
            ),
            self.tr(
                "Points, best first, with the fields rank, class (empty, for you to fill), predicted, second, margin,"
                " and place for a working set of several places."
            ),
            self.tr("Label the first ten, fit again with both layers, then ask anew: each fit changes the answer."),
        )

    def define_own(self) -> None:
        self.define_embedding()
        self.define_model()
        self.define(
            QgsProcessingParameterNumber("N", self.tr("Number of places"), defaultValue=20, minValue=1),
            self.tr("How many are wanted; there may be fewer."),
        )
        self.define(
            QgsProcessingParameterFeatureSource(
                "SAMPLES", self.tr("Samples so far"), [VECTOR_ANY_GEOMETRY], optional=True
            ),
            self.tr("What is labelled already: no place comes within 10 pixels of it."),
        )
        self.define(
            QgsProcessingParameterNumber("SEED", self.tr("Seed"), defaultValue=0, minValue=0),
            self.tr("Decides between equals."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterVectorDestination("OUTPUT", self.tr("Suggestions"), VECTOR_POINT),
            self.tr("The points to write."),
        )
        self.addOutput(QgsProcessingOutputNumber("POINTS", self.tr("Number of places")))

    def arguments(self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> Values:  # noqa: ARG002 - as for all
        samples = self.vector("SAMPLES")
        return {
            "embedding": self.embedding(parameters, context),
            "model": self.parameterAsFile(parameters, "MODEL", context),
            "output": self.output("OUTPUT"),
            "n": self.parameterAsInt(parameters, "N", context),
            "seed": self.parameterAsInt(parameters, "SEED", context),
            "samples": None if samples is None else samples.file_of_one_layer(),
        }

    def report(self, result: Values) -> str:
        return self.tr("{} places to label next; {} were asked for.").format(result["points"], result["asked"])

    def results(self, result: Values) -> Values:
        return {"POINTS": result["points"]}
