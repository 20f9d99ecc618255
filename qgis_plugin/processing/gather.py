"""`mmearth:working_set`: dates, places, layers and samples become one small file that other algorithms take."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterString,
)
from qgis.PyQt.QtCore import QDate, Qt

from ..compat import RASTER_LIST, VECTOR_ANY_GEOMETRY
from .algorithm import CLASS_FIELD, EMBEDDING, Algorithm, Values


class GatherWorkingSet(Algorithm):
    """The verb `working_set`."""

    verb, symbol, section = "working_set", "gather", EMBEDDING

    def title(self) -> str:
        return self.tr("Gather working set")

    def words(self) -> str:
        return "working set,time series,several dates,multitemporal,several scenes,elevation,stack,gather"

    def about(self) -> tuple[str, str, str]:
        return (
            self.tr(
                "Puts embeddings of several dates and places together with layers and samples. Embeddings that share"
                " half of the smaller one are dates of one place."
            ),
            self.tr(
                "A small file (.json) that the other algorithms take in place of an embedding. It names the files, and"
                " holds none of their pixels."
            ),
            self.tr(
                "Save it in a folder above the embeddings: what it names elsewhere is read only where “Follow what the"
                " input refers to” is ticked."
            ),
        )

    def define_own(self) -> None:
        self.define(
            QgsProcessingParameterMultipleLayers("EMBEDDINGS", self.tr("Embeddings"), RASTER_LIST),
            self.tr("Rasters made by “Embed layer”, of any dates and places."),
        )
        self.define(
            QgsProcessingParameterString("DATES", self.tr("Dates"), optional=True),
            self.tr(
                "The day each image was taken, as 2021-04-01, in the order of the embeddings with a comma between;"
                " blank: what was written beside each."
            ),
        )
        self.define(
            QgsProcessingParameterMultipleLayers("LAYERS", self.tr("Layers"), RASTER_LIST, optional=True),
            self.tr(
                "Rasters to learn from too, such as heights or radar, by their first band; each covers all places."
            ),
        )
        self.define(
            QgsProcessingParameterBoolean(
                "SKIP_PLACES", self.tr("Leave out places without a layer"), defaultValue=False
            ),
            self.tr(
                "Goes on without the places that one of the layers has no value in, and says which; else it stops."
            ),
            advanced=True,
        )
        self.define(
            QgsProcessingParameterMultipleLayers("SAMPLES", self.tr("Samples"), VECTOR_ANY_GEOMETRY, optional=True),
            self.tr("Layers of labelled polygons, lines or points, saved in files."),
        )
        self.define(
            QgsProcessingParameterString("FIELD", self.tr("Class field"), defaultValue=CLASS_FIELD, optional=True),
            self.tr("The field that names the class of each sample; blank: class."),
        )
        self.define(
            QgsProcessingParameterFileDestination("OUTPUT", self.tr("Working set"), "JSON (*.json)"),
            self.tr("The file to write."),
        )
        self.addOutput(QgsProcessingOutputNumber("PLACES", self.tr("Number of places")))
        self.addOutput(QgsProcessingOutputString("PLACE_NAMES", self.tr("Names of the places")))

    def why_not(self, parameters: Values, context: QgsProcessingContext) -> str:
        embeddings = self.parameterAsLayerList(parameters, "EMBEDDINGS", context)
        sentence = self.why_no_embeddings(parameters, "EMBEDDINGS", context)
        if sentence:
            return sentence
        days = self._days(parameters, context)
        for day in days:
            if not QDate.fromString(day, Qt.DateFormat.ISODate).isValid():
                return self.tr("“{}” is no date; write it as 2021-04-01.").format(day)
        if days and len(days) != len(embeddings):
            return self.tr("Embeddings: {}, dates: {}; give each embedding its date.").format(
                len(embeddings), len(days)
            )
        for layer in self.parameterAsLayerList(parameters, "SAMPLES", context):
            if layer.isModified():
                return self.tr("“{}” has edits that are not saved; save them first.").format(layer.name())
        return ""

    def prepareAlgorithm(
        self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        """Look also at what the layers are called."""
        self._called = [each.name() for each in self.parameterAsLayerList(parameters, "EMBEDDINGS", context)]
        return super().prepareAlgorithm(parameters, context, feedback)

    def arguments(self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> Values:  # noqa: ARG002 - as for all
        return {
            "embeddings": self.raster("EMBEDDINGS"),
            "names": self._called,
            "dates": self._days(parameters, context),
            "layers": self.raster("LAYERS"),
            "skip_places": self.parameterAsBool(parameters, "SKIP_PLACES", context),
            "samples": [each.own_file() for each in self.vector("SAMPLES")],
            "field": self.field(parameters, "FIELD", context),
            "output": self.output("OUTPUT"),
        }

    def _days(self, parameters: Values, context: QgsProcessingContext) -> list[str]:
        given = self.parameterAsString(parameters, "DATES", context)
        return [each.strip() for each in given.replace(";", ",").split(",")] if given.strip() else []

    def report(self, result: Values) -> str:
        return "\n".join([*(_described(place) for place in result["places"]), *result["messages"]])

    def results(self, result: Values) -> Values:
        names = [place["name"] for place in result["places"]]
        return {"PLACES": len(names), "PLACE_NAMES": ", ".join(names)}


def _described(place: dict[str, Any]) -> str:
    """`north: 2021-04-01, 2021-07-12; heights; fields.gpkg` of a place as the worker tells it."""
    dates = ", ".join(each["date"] or each["embedding"] for each in place["embeddings"])
    return f"{place['name']}: " + "; ".join(
        filter(None, [dates, ", ".join(place["layers"]), ", ".join(place["samples"])])
    )
