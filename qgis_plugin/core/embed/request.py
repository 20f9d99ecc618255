"""From a layer and what the user chose to the arguments of `inspect` and `embed`. Nothing is computed here."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsMapLayer,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorFileWriter,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication, QTemporaryDir

from .. import layers, sources

#: Property of a layer: what the user said about its bands, level and offset, kept with the project.
_SAID = "mmearth/reading"


class RequestError(Exception):
    """What the user chose cannot be embedded; the text is one sentence that says why."""


@dataclass(frozen=True)
class View:
    """What the map canvas shows: an extent and its CRS."""

    extent: QgsRectangle
    crs: QgsCoordinateReferenceSystem


@dataclass(frozen=True)
class EmbedOptions:
    """How to embed a layer.

    `bands`: a name for each of the layer's bands, "-" for one to ignore, or None to go by their names in the file.
    `level`: "auto", "l1c" or "l2a". `offset`: "auto" or what is to be added to the values (−1000 or 0). `scale`: "auto"
    or the reflectance of one unit (0.0001). `area`: None for the whole layer, a `View`, or a vector layer, of which the
    selected polygons count, or all when none is. `output`: a file, or None for the cache. `tile`: side of a tile in
    pixels, or None for the best. `trust`: whether what the layer refers to (sources of a VRT) is followed into other
    folders and onto the network.
    """

    bands: tuple[str, ...] | None = None
    level: str = "auto"
    offset: Any = "auto"
    scale: Any = "auto"
    area: Any = None
    model: str = "default"
    exclude_clouds: bool = False
    output: Path | None = None
    tile: int | None = None
    trust: bool = False


def said_of(layer: QgsMapLayer | None) -> dict[str, Any]:
    """What the user said about how a layer is to be read: `level`, `offset`, `scale`, `bands`, as in `EmbedOptions`."""
    try:
        said = json.loads(layer.customProperty(_SAID, "{}")) if layer is not None else {}
    except (TypeError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def say_of(layer: QgsMapLayer, said: dict[str, Any]) -> None:
    """Keep what the user said with the layer."""
    layer.setCustomProperty(_SAID, json.dumps(said))


def usual_options(layer: QgsRasterLayer, model: str) -> EmbedOptions:
    """How to embed a whole layer with a model into the cache, as the user said how it is to be read."""
    said = said_of(layer)
    bands = said.get("bands") or ()
    return EmbedOptions(
        bands=tuple(bands) if len(bands) == layer.bandCount() else None,
        level=said.get("level", "auto"),
        offset=said.get("offset", "auto"),
        scale=said.get("scale", "auto"),
        model=model,
    )


class EmbedRequest:
    """The arguments that `inspect` and `embed` share. Keep it until the work is done: it owns a temporary file."""

    def __init__(self, layer: QgsRasterLayer, options: EmbedOptions) -> None:
        """Raises `RequestError` when the worker cannot open the layer, or sees it or the area elsewhere than QGIS."""
        problem = sources.why_not_readable(layer) or sources.why_no_crs(layer) or sources.why_not_placed(layer)
        if problem:
            raise RequestError(problem)
        self._folder = None
        self.arguments = {
            "scene": layers.path_of(layer),
            "model": options.model,
            "level": options.level,
            "offset": options.offset,
            "scale": options.scale,
            "exclude_clouds": options.exclude_clouds,
        }
        crs = sources.crs_to_send(layer)
        if crs is not None:
            self.arguments["crs"] = crs
        if options.bands is not None:
            self.arguments["bands"] = list(options.bands)
        if options.trust:
            self.arguments["trust"] = True
        if options.tile is not None:
            self.arguments["tile"] = options.tile
        if isinstance(options.area, View):
            self.arguments.update(_seen(options.area, layer))
        elif options.area is not None:
            self._folder = QTemporaryDir()
            self.arguments["aoi"] = str(_write_polygons(options.area, Path(self._folder.path())))


def _seen(view: View, layer: QgsRasterLayer) -> dict[str, Any]:
    """What a view shows by its coordinates: which pixels these are, the worker finds in the file's own grid."""
    box = view.extent
    bounds = [box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()]
    if not all(map(math.isfinite, bounds)) or box.isEmpty():
        raise RequestError(
            _tr("The map shows nothing of {}; move there or choose the whole layer.").format(layer.name())
        )
    # A map without a projection shows the layer's own coordinates.
    return {"bounds": bounds, "bounds_crs": sources.wkt(view.crs)} if view.crs.isValid() else {"bounds": bounds}


def _write_polygons(layer: QgsVectorLayer, folder: Path) -> Path:
    """The shapes of a layer, unsaved edits included, as a file. Those selected, or all when none is."""
    problem = sources.why_no_crs(layer)
    if problem:
        raise RequestError(problem)
    path = folder / "area.gpkg"
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "GPKG"
    options.layerName = "area"
    options.skipAttributeCreation = True
    options.onlySelectedFeatures = layer.selectedFeatureCount() > 0
    context = QgsProject.instance().transformContext()
    error, message = QgsVectorFileWriter.writeAsVectorFormatV3(layer, str(path), context, options)[:2]
    if error != QgsVectorFileWriter.WriterError.NoError:
        raise RequestError(
            _tr("The polygons of {0} cannot be written ({1}); make room on the disk and try again.").format(
                layer.name(), message
            )
        )
    return path


def _tr(text: str) -> str:
    return QCoreApplication.translate("EmbedRequest", text)
