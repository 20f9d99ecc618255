"""`mmearth:sample`: the random points of a map that an accuracy assessment needs."""

from __future__ import annotations

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterNumber,
    QgsProcessingParameterVectorDestination,
)

from ..compat import VECTOR_POINT
from .algorithm import ACCURACY, Values
from .set_inputs import OfMaps


class Sample(OfMaps):
    """The verb `sample`."""

    verb, symbol, section = "sample", "samples", ACCURACY
    products = {"OUTPUT": "reference"}  # noqa: RUF012 - read only

    def title(self) -> str:
        return self.tr("Draw reference sample")

    def words(self) -> str:
        return "stratified,random points,validation,accuracy assessment,olofsson,reference"

    def about(self) -> tuple[str, str, str]:
        return (
            self.tr("Draws random pixels of a map, stratified by its classes, to be labelled without looking at it."),
            self.tr(
                "Points in random order with an empty field class to fill, and fields that “Assess map” weighs them by."
            ),
            self.tr("Hide the map and the field stratum while you label: who knows the answer, agrees too easily."),
        )

    def define_own(self) -> None:
        number = QgsProcessingParameterNumber.Type.Integer
        self.define_maps()
        self.define(
            QgsProcessingParameterNumber("N", self.tr("Number of points"), number, defaultValue=300, minValue=4),
            self.tr("In all. A few hundred give intervals of a few percent."),
        )
        self.define(
            QgsProcessingParameterNumber(
                "MIN_PER_CLASS", self.tr("At least in each class"), number, optional=True, minValue=2
            ),
            self.tr("Points get shared out by area, but no class gets fewer; blank: 50, or what the number allows."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterNumber("SEED", self.tr("Seed"), defaultValue=0, minValue=0),
            self.tr("The same map, numbers and seed give the same points."),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterVectorDestination("OUTPUT", self.tr("Reference sample"), VECTOR_POINT),
            self.tr("The points to write."),
        )
        self.addOutput(QgsProcessingOutputNumber("POINTS", self.tr("Number of points")))

    def arguments(self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> Values:  # noqa: ARG002 - as for all
        return {
            **self.maps(parameters, context),
            "output": self.output("OUTPUT"),
            "n": self.parameterAsInt(parameters, "N", context),
            "seed": self.parameterAsInt(parameters, "SEED", context),
            **self.given(parameters, context, min_per_class=self.parameterAsInt),
        }

    def report(self, result: Values) -> str:
        counts = [result["allocation"], result["places"]]
        said = "; ".join(", ".join(f"{name} {number}" for name, number in each.items()) for each in counts if each)
        return "\n".join([said, *result["messages"]])

    def results(self, result: Values) -> Values:
        return {"POINTS": sum(result["allocation"].values())}
