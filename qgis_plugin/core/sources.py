"""What of a layer the worker can open too, and where it lies: one answer for the dock and for Processing.

The worker knows nothing of QGIS' memory, services, databases and list of coordinate reference systems. It reads a
raster's grid out of the file: QGIS shows rotated rasters through a copy of another size.
"""

from __future__ import annotations

import re
from pathlib import Path

from qgis.core import QgsCoordinateReferenceSystem, QgsMapLayer, QgsRasterLayer
from qgis.PyQt.QtCore import QCoreApplication

from .. import compat
from .layers import path_of

#: What lives in the memory of the process that made it.
_MEMORY = re.compile(r"^MEM:|/vsimem/", re.IGNORECASE)
#: A name that GDAL takes apart itself: GPKG:file:table, NETCDF:"file":variable; one letter is a drive of Windows.
_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_]+:")
#: How QGIS writes options of opening behind a source; those that change no pixel.
_OPTION, _HARMLESS = "|option:", ("NUM_THREADS=",)


def why_not_readable(layer: QgsMapLayer | None) -> str:
    """Why the worker cannot open a raster layer, in a sentence; empty when it can."""
    if not isinstance(layer, QgsRasterLayer) or not layer.isValid():
        return _tr("“{}” is not a raster that can be opened; choose another layer.").format(
            "" if layer is None else layer.name()
        )
    path = path_of(layer)
    options = [each for each in layer.source().split(_OPTION)[1:] if not each.startswith(_HARMLESS)]
    if layer.providerType() != "gdal":
        problem = _tr("“{0}” is not a raster file but comes from a service or database ({1})").format(
            layer.name(), layer.providerType()
        )
    elif _MEMORY.search(path):
        problem = _tr("“{}” is not a raster file but in QGIS' memory only").format(layer.name())
    elif options:
        problem = _tr("“{0}” is opened in a way of its own ({1}), in which nothing but QGIS sees it").format(
            layer.name(), ", ".join(options)
        )
    elif path.startswith(("/vsi", "http://", "https://")) or _NAME.match(path) or _is_there(path):
        return ""
    else:
        problem = _tr("“{}” is not a raster file on this computer").format(layer.name())
    return _tr("{}; save it as a GeoTIFF (Export, Save As) and take that.").format(problem)


def is_gone(layer: QgsMapLayer) -> bool:
    """Whether a layer is of a raster file that is no longer where it was."""
    path = path_of(layer)
    named = path.startswith(("/vsi", "http://", "https://", "<")) or _NAME.match(path) or _MEMORY.search(path)
    return isinstance(layer, QgsRasterLayer) and layer.providerType() == "gdal" and not (named or _is_there(path))


def why_not_placed(layer: QgsRasterLayer) -> str:
    """Why the worker would see a raster at another place than QGIS, in a sentence; empty when it does not.

    A file without CRS is placed by its layer's, which `crs_to_send` tells.
    """
    own, shown = layer.dataProvider().crs(), layer.crs()
    if not own.isValid() or same(own, shown):
        return ""
    return _tr(
        "“{0}” is in {1} by its file and in {2} by the layer's properties; set the layer's back, or save it as a"
        " GeoTIFF in the right one (Export, Save As) and take that."
    ).format(layer.name(), name_of(own), name_of(shown))


def why_no_crs(layer: QgsMapLayer) -> str:
    """That a layer does not say where on Earth it is, in a sentence; empty when it does."""
    if layer.crs().isValid():
        return ""
    return _tr("“{}” has no coordinate reference system; set it (Layer, Set CRS of Layer) and try again.").format(
        layer.name()
    )


def crs_to_send(layer: QgsRasterLayer) -> str | None:
    """The CRS that was given to a raster whose file has none, as WKT; None when there is nothing to tell."""
    return None if layer.dataProvider().crs().isValid() or not layer.crs().isValid() else wkt(layer.crs())


def wkt(crs: QgsCoordinateReferenceSystem) -> str:
    """A CRS as anybody understands it: WKT 2 of 2019. An id such as USER:100000 is known to one QGIS only."""
    return crs.toWkt(compat.WKT2)


def name_of(crs: QgsCoordinateReferenceSystem) -> str:
    """A CRS as it is called in a sentence."""
    return crs.userFriendlyIdentifier()


def same(one: QgsCoordinateReferenceSystem, other: QgsCoordinateReferenceSystem) -> bool:
    """Whether two CRS are one; a project may have kept one under another name."""
    return one == other or (other.isValid() and one.toProj() == other.toProj())


def _is_there(path: str) -> bool:
    return not path.startswith("<") and Path(path).exists()  # else a description itself


def _tr(text: str) -> str:
    return QCoreApplication.translate("Sources", text)
