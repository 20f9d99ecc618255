"""`mmearth:tidy`: a map without areas that are too small to matter."""

from __future__ import annotations

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
)

from .algorithm import MAPPING, Algorithm, Values


class Tidy(Algorithm):
    """The verb `tidy`."""

    verb, symbol, section = "tidy", "tidy", MAPPING
    products = {"OUTPUT": "map"}  # noqa: RUF012 - read only

    def title(self) -> str:
        return self.tr("Tidy map")

    def words(self) -> str:
        return "sieve,majority,minimum mapping unit,generalize,clean,speckle,filter,holes"

    def about(self) -> tuple[str, str, str]:
        return (
            self.tr("Fills areas of a class map that are too small with the class they have the longest border with."),
            self.tr("A map with the same names and colours; it says what was done and which classes changed."),
            self.tr(
                "Name roads and rivers as kept where they are broken into short pieces, or give them a smaller area."
            ),
        )

    def define_own(self) -> None:
        self.define(
            QgsProcessingParameterRasterLayer("MAP", self.tr("Map")),
            self.tr("A class map, also one that another program made."),
        )
        self.define(
            QgsProcessingParameterString("MIN_AREA", self.tr("Smallest areas in hectares"), defaultValue="0.1"),
            self.tr("For all classes, and after semicolons for single ones: 0.1; forest=0.5"),
        )
        self.define(
            QgsProcessingParameterString("KEEP", self.tr("Kept classes"), optional=True),
            self.tr("Classes that neither lose nor win a pixel, with semicolons between them: roads; rivers"),
        )
        self.define(
            QgsProcessingParameterNumber(
                "MAJORITY", self.tr("Majority of pixels"), defaultValue=1, minValue=1, maxValue=15
            ),
            self.tr(
                "First, every pixel gets the commonest class of so many pixels on a side around it: 3, 5, …; 1 leaves"
                " that out. It also removes what is thin, such as rivers and roads."
            ),
            advanced=True,
        )
        self.define(QgsProcessingParameterRasterDestination("OUTPUT", self.tr("Map")), self.tr("The map to write."))
        self.addOutput(QgsProcessingOutputNumber("FILLED", self.tr("Areas filled")))
        self.addOutput(QgsProcessingOutputString("CHANGED", self.tr("Pixels that classes lost and won")))

    def arguments(self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> Values:  # noqa: ARG002 - as for all
        return {
            "map": self.raster("MAP"),
            "output": self.output("OUTPUT"),
            "min_area": _listed(self.parameterAsString(parameters, "MIN_AREA", context)),
            "keep": _listed(self.parameterAsString(parameters, "KEEP", context)),
            "majority": self.parameterAsInt(parameters, "MAJORITY", context),
        }

    def report(self, result: Values) -> str:
        changed = ", ".join(f"{name} −{each['lost']} +{each['won']}" for name, each in result["changed"].items())
        filled = self.tr("{} small areas filled.").format(result["filled"])
        return " ".join([filled, *([changed] if changed else []), *result["messages"]])

    def results(self, result: Values) -> Values:
        changed = ", ".join(f"{name} −{each['lost']} +{each['won']}" for name, each in result["changed"].items())
        return {"FILLED": result["filled"], "CHANGED": changed}


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]
