"""What algorithms have in common that take a working set in place of an embedding, or of a map of one place."""

from __future__ import annotations

from pathlib import Path

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputMultipleLayers,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterRasterLayer,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..core.working_set import Place, places_of
from .algorithm import Algorithm, Values

#: The parameters that name a working set, a folder of the maps of its places, and one to write them to.
WORKING_SET, MAPS, FOLDER = "WORKING_SET", "MAPS", "FOLDER"


def _tr(text: str) -> str:
    return QCoreApplication.translate("WorkingSets", text)


class OfWorkingSet(Algorithm):
    """An algorithm with the parameter WORKING_SET."""

    def define_working_set(self, label: str, explained: str, name: str = WORKING_SET) -> None:
        """Add the parameter WORKING_SET, or one of another name."""
        self.define(QgsProcessingParameterFile(name, label, extension="json", optional=True), explained)

    def working_set(self, parameters: Values, context: QgsProcessingContext, name: str = WORKING_SET) -> str:
        """The file of the working set; empty when none is given."""
        return self.parameterAsFile(parameters, name, context) if parameters.get(name) else ""

    def places(self, parameters: Values, context: QgsProcessingContext, name: str = WORKING_SET) -> list[Place]:
        """The places of the working set; none when none is given."""
        path = self.working_set(parameters, context, name)
        return places_of(path) if path else []

    def why_no_working_set(self, parameters: Values, context: QgsProcessingContext, name: str = WORKING_SET) -> str:
        """Why the file that is given is none, in a sentence; empty when it is, and when none is given."""
        path = self.working_set(parameters, context, name)
        if not path or self.places(parameters, context, name):
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
            return _tr("What to work on is not said, or twice; choose either an embedding or a working set.")
        return self.why_no_working_set(parameters, context) or self.why_no_embedding(parameters, "EMBEDDING", context)


class IntoPlaces(OfWorkingSet):
    """An algorithm that writes a raster, OUTPUT, or one for each place of a working set into FOLDER.

    `set_parameter` is the parameter whose places they are of.
    """

    set_parameter = WORKING_SET

    def define_output(self, label: str, explained: str) -> None:
        """Add the parameter OUTPUT."""
        self.define(QgsProcessingParameterRasterDestination("OUTPUT", label, optional=True), explained)

    def define_folder(self, explained: str) -> None:
        """Add the parameter FOLDER, and the output MAPS."""
        label = _tr("Folder of maps")
        self.define(
            QgsProcessingParameterFolderDestination(FOLDER, label, optional=True, createByDefault=False), explained
        )
        self.addOutput(QgsProcessingOutputMultipleLayers(MAPS, _tr("Maps")))

    def why_no_destination(self, parameters: Values, context: QgsProcessingContext) -> str:
        """Why there is nothing to write to, in a sentence; else empty."""
        several = len(self.places(parameters, context, self.set_parameter)) > 1
        if several and not parameters.get(FOLDER):
            return _tr("The working set has several places; choose the folder of their maps.")
        if not several and parameters.get(FOLDER):
            return _tr("A folder is for the maps of a working set of several places; choose the map to write.")
        return "" if several or parameters.get("OUTPUT") else _tr("No map to write is named; choose its file.")

    def prepareAlgorithm(
        self, parameters: Values, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        self._names = [place.name for place in self.places(parameters, context, self.set_parameter)]
        self._loaded: dict[str, str] = {}
        return super().prepareAlgorithm(parameters, context, feedback)

    def written(self, context: QgsProcessingContext, *others: str) -> list[str | None]:
        """Where OUTPUT goes, and `others`, which are rasters too: of several places to FOLDER, and to folders in it
        that have their names."""
        folder = self.output(FOLDER)
        if folder is None:
            return [self.output(name) for name in ("OUTPUT", *others)]
        Path(folder).mkdir(parents=True, exist_ok=True)
        found = [folder, *(self.output(name) and str(Path(folder, name.lower())) for name in others)]
        for name, path in zip(("OUTPUT", *others), found):
            if self.forget(name, context) and path:
                self._loaded[name] = path
        return found

    def also_loaded(self, result: Values) -> list[tuple[str, str, str]]:  # noqa: ARG002 - as for all
        """The rasters of several places, where one was to be loaded."""
        return [
            (str(Path(self._loaded[name], f"{place}.tif")), self._layer_name(name, place), self.products[name])
            for name in reversed(list(self._loaded))  # what is loaded last lies on top
            for place in self._names
        ]

    def _layer_name(self, name: str, place: str) -> str:
        """That of the place for its map; with what it shows for others."""
        return place if self.products[name] == "map" else f"{place} – {self.parameterDefinition(name).description()}"

    def maps_in(self, path: str) -> list[str]:
        """The rasters that are written: that at a path, or those of the places in the folder there."""
        return [str(Path(path, f"{name}.tif")) for name in self._names] if len(self._names) > 1 else [path]


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
            return _tr("The map is not said, or twice; choose either a map or a folder of maps.")
        if parameters.get(MAPS) and not parameters.get(WORKING_SET):
            return _tr("The folder's maps are of a working set that is not named; choose it.")
        return self.why_no_working_set(parameters, context)
