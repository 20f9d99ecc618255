"""Pixels of an embedding as shapes on the map."""

from __future__ import annotations

import math
from collections.abc import Iterable

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
)
from qgis.PyQt.QtGui import QTransform

from ..pixel_grid import grid_of


def place_on(embedding: QgsRasterLayer, point: QgsPointXY, crs: QgsCoordinateReferenceSystem) -> QgsPointXY:
    """A point of some CRS in that of an embedding layer; a longitude in the turn of the layer's (181° or −179°).

    Raises `QgsCsException` when it cannot be told there.
    """
    place = QgsCoordinateTransform(crs, embedding.crs(), QgsProject.instance()).transform(point)
    if embedding.crs().isGeographic():
        turns = round((embedding.extent().center().x() - place.x()) / 360)
        place = QgsPointXY(place.x() + 360 * turns, place.y())
    return place


def layer_at(
    layers: Iterable[QgsRasterLayer], point: QgsPointXY, crs: QgsCoordinateReferenceSystem
) -> QgsRasterLayer | None:
    """The first of some layers that has a point of some CRS within its extent; None where none has."""
    for layer in layers:
        try:
            if layer.extent().contains(place_on(layer, point, crs)):
                return layer
        except QgsCsException:
            continue
    return None


def is_beside(layers: Iterable[QgsRasterLayer], shape: QgsGeometry, crs: QgsCoordinateReferenceSystem) -> bool:
    """Whether a shape of some CRS touches none of some layers; False where that cannot be told, or there is none."""
    beside = False
    for layer in layers:
        moved, turn = QgsGeometry(shape), 360 if layer.crs().isGeographic() else 0
        try:
            moved.transform(QgsCoordinateTransform(crs, layer.crs(), QgsProject.instance()))
        except QgsCsException:
            return False
        off = layer.extent().center().x() - moved.boundingBox().center().x()
        moved.transform(QTransform(1, 0, 0, 1, turn * round(off / 360), 0))
        if not layer.crs().isValid() or moved.intersects(grid_of(layer).outline()):
            return False
        beside = True
    return beside


def square(embedding: QgsRasterLayer, point: QgsPointXY, size: int) -> QgsGeometry:
    """The `size` × `size` pixels of an embedding layer about a point in its CRS, on the pixels' own edges; those of
    them that the embedding has."""
    grid = grid_of(embedding)
    column, row = grid.position(point)
    return grid.pixels(_first(column, size), _first(row, size), size)


def _first(position: float, size: int) -> int:
    """The first of `size` pixels about a position in pixels."""
    return math.floor(position - size / 2 + 0.5)
