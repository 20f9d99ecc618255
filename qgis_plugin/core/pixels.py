"""Pixels of an embedding as shapes on the map."""

import math

from qgis.core import QgsGeometry, QgsPointXY, QgsRectangle


def square(embedding, point: QgsPointXY, size: int) -> QgsGeometry:
    """The `size` × `size` pixels of an embedding layer around a point in its CRS, on the pixels' own edges."""
    extent = embedding.extent()
    across, down = embedding.rasterUnitsPerPixelX(), embedding.rasterUnitsPerPixelY()
    column = math.floor((point.x() - extent.xMinimum()) / across) - (size - 1) // 2
    row = math.floor((extent.yMaximum() - point.y()) / down) - (size - 1) // 2
    west, north = extent.xMinimum() + column * across, extent.yMaximum() - row * down
    return QgsGeometry.fromRect(QgsRectangle(west, north - size * down, west + size * across, north))
