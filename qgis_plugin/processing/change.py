"""`mmearth:change`: two dates of a place become a map of what became what."""

from __future__ import annotations

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterRasterLayer,
)

from ..core.accuracy.figures import area
from ..core.workspace import SMOOTHINGS
from .algorithm import MAPPING, Values
from .set_inputs import IntoPlaces


class Change(IntoPlaces):
    """The verb `change`."""

    set_parameter = "BEFORE_SET"

    verb, symbol, section = "change", "change", MAPPING
    products = {"OUTPUT": "map", "DISTANCE": "distance"}  # noqa: RUF012 - read only

    def title(self) -> str:
        return self.tr("Map change")

    def words(self) -> str:
        return "change detection,from-to,two dates,transition,matrix,difference,post-classification,deforestation"

    def about(self) -> tuple[str, str, str]:
        return (
            self.tr("Maps what became what between two dates or years of a place, with one model of classes on both."),
            self.tr(
                "A raster of changes in the colours of what the land is now, and where asked a matrix in hectares and"
                " the distance of the embeddings."
            ),
            self.tr(
                "The errors of both dates show as change. How much really changed tell “Draw reference sample” and"
                " “Assess map”, which take this map; choose dates of one season."
            ),
        )

    def define_own(self) -> None:
        self.define(
            QgsProcessingParameterRasterLayer("BEFORE", self.tr("Embedding before"), optional=True),
            self.tr("A raster made by “Embed layer” of the earlier date. The map has its pixels."),
        )
        self.define_working_set(
            self.tr("… or working set before"),
            self.tr("Instead of an embedding: several dates or places that “Gather working set” put together."),
            "BEFORE_SET",
        )
        self.define(
            QgsProcessingParameterRasterLayer("AFTER", self.tr("Embedding after"), optional=True),
            self.tr("One of the later date, made by the same model."),
        )
        self.define_working_set(
            self.tr("… or working set after"),
            self.tr("Instead of an embedding: the same places later. Images are compared with those of their season."),
            "AFTER_SET",
        )
        self.define_model()
        self.define(
            QgsProcessingParameterEnum(
                "SMOOTH", self.tr("Smoothing"), options=SMOOTHINGS, defaultValue="edges", usesStaticStrings=True
            ),
            self.tr(
                "How much its neighbours say in a pixel's class on each date: none; edges, where no edge lies between,"
                " so that roads and rivers stay; strong, also across faint edges."
            ),
        )
        self.define(
            QgsProcessingParameterNumber(
                "SURE",
                self.tr("Probability needed for a change"),
                QgsProcessingParameterNumber.Type.Double,
                optional=True,
                minValue=0.01,
                maxValue=0.99,
            ),
            self.tr(
                "What is less probable on one of the dates is called unsure, for example 0.6; blank: every difference"
                " is a change."
            ),
        )
        self.define(
            QgsProcessingParameterNumber(
                "MOST", self.tr("Changes shown apart"), defaultValue=252, minValue=1, maxValue=252
            ),
            self.tr("So many of the largest changes get a value of their own; the rest is called other change."),
            advanced=True,
        )
        self.define_output(self.tr("Change"), self.tr("The map to write."))
        self.define(
            QgsProcessingParameterRasterDestination(
                "DISTANCE", self.tr("Distance of the embeddings"), optional=True, createByDefault=False
            ),
            self.tr("The raster to write of how unlike the two embeddings are, if it is wanted; it needs no classes."),
        )
        self.define(
            QgsProcessingParameterFileDestination(
                "MATRIX", self.tr("Matrix in hectares"), "CSV (*.csv)", optional=True, createByDefault=False
            ),
            self.tr("The table to write of what each class was and is, if it is wanted."),
        )
        self.define_folder(
            self.tr(
                "For working sets of several places, in place of a map: the folder to write the map of each place into,"
                " and in its folder “distance” the distances of each, where they are wanted."
            )
        )
        self.addOutput(QgsProcessingOutputNumber("CHANGED_HA", self.tr("Hectares mapped as changed")))
        self.addOutput(QgsProcessingOutputNumber("UNCHANGED_HA", self.tr("Hectares mapped as unchanged")))
        self.addOutput(QgsProcessingOutputNumber("UNSURE_HA", self.tr("Hectares that are unsure")))
        self.addOutput(QgsProcessingOutputString("CHANGES", self.tr("Hectares of each change")))

    def why_not(self, parameters: Values, context: QgsProcessingContext) -> str:
        for side in ("BEFORE", "AFTER"):
            given = f"{side}_SET"
            if bool(parameters.get(side)) == bool(parameters.get(given)):
                return self.tr(
                    "What to compare is not said, or twice; choose an embedding or a working set, each time."
                )
            sentence = self.why_no_working_set(parameters, context, given) or self.why_no_embedding(
                parameters, side, context
            )
            if sentence:
                return sentence
        return self.why_no_destination(parameters, context)

    def arguments(self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> Values:  # noqa: ARG002 - as for all
        output, distance = self.written(context, "DISTANCE")
        return {
            "before": self.raster("BEFORE") or self.working_set(parameters, context, "BEFORE_SET"),
            "after": self.raster("AFTER") or self.working_set(parameters, context, "AFTER_SET"),
            "model": self.parameterAsFile(parameters, "MODEL", context),
            "output": output,
            "distance": distance,
            "matrix": self.output("MATRIX"),
            "smooth": self.parameterAsEnumString(parameters, "SMOOTH", context),
            "most": self.parameterAsInt(parameters, "MOST", context),
            **self.given(parameters, context, sure=self.parameterAsDouble),
        }

    def report(self, result: Values) -> str:
        said = self.tr("{} ha changed, {} ha did not.").format(area(result["changed_ha"]), area(result["unchanged_ha"]))
        listed = ", ".join(f"{name} {area(hectares)} ha" for name, hectares in result["changes"].items())
        return "\n".join([said, *filter(None, [listed]), *result["messages"]])

    def results(self, result: Values) -> Values:
        return {
            "CHANGED_HA": result["changed_ha"],
            "UNCHANGED_HA": result["unchanged_ha"],
            "UNSURE_HA": result["unsure_ha"] or 0.0,
            "CHANGES": _listed(result),
            "MAPS": self.maps_in(result["path"]),
        }


def _listed(result: Values) -> str:
    """For programs: with points, whatever the language."""
    return ", ".join(f"{name} {round(hectares, 2)} ha" for name, hectares in result["changes"].items())
