"""From a layer and what the user chose to the arguments of `inspect` and `embed`. Nothing is computed here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsMapLayer,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorFileWriter,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication, QTemporaryDir

from .. import layers

#: A side of the view this close to a pixel's side, in pixels, lies on it.
_ON_THE_LINE = 1e-3


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
    pixels, or None for the best.
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


class EmbedRequest:
    """The arguments that `inspect` and `embed` share. Keep it until the work is done: it owns a temporary file."""

    def __init__(self, layer: QgsRasterLayer, options: EmbedOptions) -> None:
        """Raises `RequestError` when the layer is no raster file or the area has nothing of it."""
        if not usable(layer):
            raise RequestError(
                _tr("{} is not a raster file on this computer; save it as a GeoTIFF and embed that.").format(
                    layer.name()
                )
            )
        self._folder = None
        self.arguments = {
            "scene": layers.path_of(layer),
            "model": options.model,
            "level": options.level,
            "offset": options.offset,
            "scale": options.scale,
            "exclude_clouds": options.exclude_clouds,
        }
        if options.bands is not None:
            self.arguments["bands"] = list(options.bands)
        if options.tile is not None:
            self.arguments["tile"] = options.tile
        if isinstance(options.area, View):
            window = visible_window(layer, options.area)
            if window is not None:
                self.arguments["window"] = window
        elif options.area is not None:
            self._folder = QTemporaryDir()
            self.arguments["aoi"] = str(_write_polygons(options.area, Path(self._folder.path())))


def usable(layer: QgsMapLayer | None) -> bool:
    """Whether a layer is a raster that the worker can read too."""
    return isinstance(layer, QgsRasterLayer) and layer.isValid() and layer.providerType() == "gdal"


def visible_window(layer: QgsRasterLayer, view: View) -> list[int] | None:
    """The pixels of a layer that a view shows, those it cuts included: [column, row, width, height].

    None when all of them are visible. Raises `RequestError` when none is.
    """
    nothing = RequestError(
        _tr("The map shows nothing of {}; move there or choose the whole layer.").format(layer.name())
    )
    transform = QgsCoordinateTransform(view.crs, layer.crs(), QgsProject.instance().transformContext())
    # Sides may bend on the way to another CRS: this box holds them.
    try:
        box = transform.transformBoundingBox(view.extent)
    except QgsCsException as error:
        raise nothing from error
    extent, width, height = layer.extent(), layer.width(), layer.height()
    across, down = width / extent.width(), height / extent.height()
    left = (box.xMinimum() - extent.xMinimum()) * across
    right = (box.xMaximum() - extent.xMinimum()) * across
    top = (extent.yMaximum() - box.yMaximum()) * down
    bottom = (extent.yMaximum() - box.yMinimum()) * down
    if not all(map(math.isfinite, (left, right, top, bottom))):
        raise nothing
    first_column, last_column = _outwards(left, right, width)
    first_row, last_row = _outwards(top, bottom, height)
    if first_column >= last_column or first_row >= last_row:
        raise nothing
    window = [first_column, first_row, last_column - first_column, last_row - first_row]
    return None if window == [0, 0, width, height] else window


def _outwards(low: float, high: float, size: int) -> tuple[int, int]:
    return max(0, math.floor(low + _ON_THE_LINE)), min(size, math.ceil(high - _ON_THE_LINE))


def _write_polygons(layer: QgsVectorLayer, folder: Path) -> Path:
    """The shapes of a layer, unsaved edits included, as a file. Those selected, or all when none is."""
    path = folder / "area.gpkg"
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "GPKG"
    options.layerName = "area"
    options.skipAttributeCreation = True
    options.onlySelectedFeatures = layer.selectedFeatureCount() > 0
    context = QgsProject.instance().transformContext()
    error, message = QgsVectorFileWriter.writeAsVectorFormatV3(layer, str(path), context, options)[:2]
    if error != QgsVectorFileWriter.WriterError.NoError:
        raise RequestError(_tr("The polygons of {0} cannot be written ({1}).").format(layer.name(), message))
    return path


def _tr(text: str) -> str:
    return QCoreApplication.translate("EmbedRequest", text)
