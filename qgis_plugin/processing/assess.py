"""`mmearth:assess`: how good a map is and how large its classes are, with 95 % intervals."""

from __future__ import annotations

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFileDestination,
)

from ..compat import VECTOR_ANY_GEOMETRY
from ..core.accuracy.figures import percent
from ..core.numbers import decimal, language
from .algorithm import ACCURACY, CLASS_FIELD, Values
from .set_inputs import OfMaps

#: What points of `sample` say about how they were drawn.
DESIGN = ("stratum", "stratum_px", "stratum_ha", "map_digest", "seed")


class Assess(OfMaps):
    """The verb `assess`, and then `report` where its page is wanted."""

    verb, symbol, section = "assess", "accuracy", ACCURACY
    renamed = {"reference_field": "FIELD"}  # noqa: RUF012 - read only

    def title(self) -> str:
        return self.tr("Assess map")

    def words(self) -> str:
        return "accuracy,validation,confusion matrix,error matrix,area estimation,olofsson,kappa"

    def about(self) -> tuple[str, str, str]:
        return (
            self.tr(
                "Compares a map with reference data. Random points give accuracies and areas with 95 % intervals"
                " (Olofsson et al. 2014); polygons, which are no random sample, give agreement alone."
            ),
            self.tr("A page to read (.html), the same figures for programs (.json), and the overall accuracy."),
            self.tr("Draw the points with “Draw reference sample”, which knows how to weigh them."),
        )

    def define_own(self) -> None:
        self.define_maps()
        self.define(
            QgsProcessingParameterFeatureSource("REFERENCE", self.tr("Reference"), [VECTOR_ANY_GEOMETRY]),
            self.tr("Points or polygons whose true class is known; those without a class are left out."),
        )
        self.define(
            QgsProcessingParameterField(
                "FIELD",
                self.tr("Class field"),
                defaultValue=CLASS_FIELD,
                parentLayerParameterName="REFERENCE",
                optional=True,
            ),
            self.tr("The field that holds the true class, by its name or its value on the map; blank: class."),
        )
        self.define(
            QgsProcessingParameterFileDestination(
                "REPORT", self.tr("Report"), "HTML (*.html)", optional=True, createByDefault=True
            ),
            self.tr("The page to write."),
        )
        self.define(
            QgsProcessingParameterFileDestination(
                "OUTPUT", self.tr("Figures"), "JSON (*.json)", optional=True, createByDefault=False
            ),
            self.tr("The same for programs."),
        )
        self.addOutput(QgsProcessingOutputNumber("ACCURACY", self.tr("Overall accuracy, 0 to 1")))
        self.addOutput(QgsProcessingOutputNumber("ACCURACY_LOW", self.tr("Lower end of its 95 % interval")))
        self.addOutput(QgsProcessingOutputNumber("ACCURACY_HIGH", self.tr("Upper end of its 95 % interval")))
        self.addOutput(QgsProcessingOutputNumber("UNITS", self.tr("Points or pixels compared")))
        self.addOutput(QgsProcessingOutputString("UNIT", self.tr("What was compared: points or pixels")))

    def why_not(self, parameters: Values, context: QgsProcessingContext) -> str:
        return super().why_not(parameters, context) or self.why_no_field(parameters, "REFERENCE", "FIELD", context)

    def arguments(self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> Values:  # noqa: ARG002 - as for all
        field = self.field(parameters, "FIELD", context)
        reference, layer = self.vector("REFERENCE").file([field, *DESIGN])
        return {
            **self.maps(parameters, context),
            "reference": reference,
            "field": field,
            "layer": layer,
            "output": self.output("OUTPUT"),
        }

    def finish(self, arguments: Values, feedback: QgsProcessingFeedback) -> None:
        if self.output("REPORT"):
            page = {
                "map": arguments["map"],
                "embedding": arguments["working_set"],
                "reference": self.vector("REFERENCE").file_of_one_layer([arguments["field"], *DESIGN]),
                "reference_field": arguments["field"],
                "output": self.output("REPORT"),
                "language": language(),
            }
            self.ask("report", {**page, "overwrite": True}, feedback)

    def report(self, result: Values) -> str:
        overall = percent(result["overall_accuracy"], "\xa0%")
        return "\n".join(
            [
                self.tr("Overall accuracy {} from {} {}.").format(overall, decimal(result["units"]), result["unit"]),
                *result["warnings"],
            ]
        )

    def results(self, result: Values) -> Values:
        overall = result["overall_accuracy"]
        return {
            "ACCURACY": overall["value"],
            "ACCURACY_LOW": overall["low95"],
            "ACCURACY_HIGH": overall["high95"],
            "UNITS": result["units"],
            "UNIT": result["unit"],
        }
