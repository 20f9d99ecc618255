"""What algorithms have in common that take a working set in place of an embedding, or of a map of one place."""

from __future__ import annotations

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingParameterFile,
    QgsProcessingParameterRasterLayer,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..core.working_set import Place, places_of
from .algorithm import Algorithm, Values

#: The parameters that name a working set, and a folder of the maps of its places.
WORKING_SET, MAPS = "WORKING_SET", "MAPS"


def _tr(text: str) -> str:
    return QCoreApplication.translate("WorkingSets", text)


class OfWorkingSet(Algorithm):
    """An algorithm with the parameter WORKING_SET."""

    def define_working_set(self, label: str, explained: str) -> None:
        """Add the parameter WORKING_SET."""
        self.define(QgsProcessingParameterFile(WORKING_SET, label, extension="json", optional=True), explained)

    def working_set(self, parameters: Values, context: QgsProcessingContext) -> str:
        """The file of the working set; empty when none is given."""
        return self.parameterAsFile(parameters, WORKING_SET, context) if parameters.get(WORKING_SET) else ""

    def places(self, parameters: Values, context: QgsProcessingContext) -> list[Place]:
        """The places of the working set; none when none is given."""
        path = self.working_set(parameters, context)
        return places_of(path) if path else []

    def why_no_working_set(self, parameters: Values, context: QgsProcessingContext) -> str:
        """Why the file that is given is none, in a sentence; empty when it is, and when none is given."""
        path = self.working_set(parameters, context)
        if not path or self.places(parameters, context):
            return ""
        return _tr("“{}” is not a working set; make one with “Gather working set”.").format(path)


class OfEmbedding(OfWorkingSet):
    """An algorithm whose verb takes an embedding, or a working set in its place."""

    def define_embedding(self) -> None:
        """Add the parameters EMBEDDING and WORKING_SET."""
        self.define(
            QgsProcessingParameterRasterLayer("EMBEDDING", _tr("Embedding"), optional=True),
            _tr("A raster made by “Embed layer”."),
        )
        self.define_working_set(
            _tr("… or working set"),
            _tr("Instead of an embedding: several dates, places and layers that “Gather working set” put together."),
        )

    def embedding(self, parameters: Values, context: QgsProcessingContext) -> str:
        """The file of the embedding or of the working set."""
        return self.raster("EMBEDDING") or self.working_set(parameters, context)

    def why_not(self, parameters: Values, context: QgsProcessingContext) -> str:
        if bool(parameters.get("EMBEDDING")) == bool(parameters.get(WORKING_SET)):
            return _tr("Choose either an embedding or a working set.")
        return self.why_no_working_set(parameters, context) or self.why_no_embedding(parameters, "EMBEDDING", context)

    def why_several_places(self, parameters: Values, context: QgsProcessingContext) -> str:
        """Why a working set of several places cannot be taken, in a sentence; empty when it has one."""
        places = self.places(parameters, context)
        if len(places) < 2:
            return ""
        return _tr("The working set has {0} places ({1}); choose one of a single place.").format(
            len(places), ", ".join(place.name for place in places)
        )


class OfMaps(OfWorkingSet):
    """An algorithm whose verb takes a map, or the maps of all places of a working set."""

    def define_maps(self) -> None:
        """Add the parameters MAP, MAPS and WORKING_SET."""
        self.define(
            QgsProcessingParameterRasterLayer("MAP", _tr("Map"), optional=True),
            _tr("A map made by “Classify embedding”, or any raster of whole numbers."),
        )
        self.define(
            QgsProcessingParameterFile(
                MAPS, _tr("… or folder of maps"), QgsProcessingParameterFile.Behavior.Folder, optional=True
            ),
            _tr("Instead of a map: the folder with the maps of all places of a working set, which count as one map."),
        )
        self.define_working_set(
            _tr("Working set of the maps"), _tr("The working set whose places the folder has the maps of.")
        )

    def maps(self, parameters: Values, context: QgsProcessingContext) -> Values:
        """The arguments of the verb."""
        folder = self.parameterAsFile(parameters, MAPS, context) if parameters.get(MAPS) else ""
        return {"map": self.raster("MAP") or folder, "working_set": self.working_set(parameters, context) or None}

    def why_not(self, parameters: Values, context: QgsProcessingContext) -> str:
        if bool(parameters.get("MAP")) == bool(parameters.get(MAPS)):
            return _tr("Choose either a map or a folder of maps.")
        if parameters.get(MAPS) and not parameters.get(WORKING_SET):
            return _tr("Choose the working set whose maps are in the folder.")
        return self.why_no_working_set(parameters, context)
