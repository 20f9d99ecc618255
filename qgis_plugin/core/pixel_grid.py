"""The pixels of a raster layer as its file has them: QGIS shows a rotated raster through a copy with other pixels."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

from qgis.core import QgsGeometry, QgsPointXY, QgsRasterLayer, QgsRectangle

from .layers import path_of, source_of


@dataclass(frozen=True)
class PixelGrid:
    """`columns` × `rows` pixels; x = a·column + b·row + c and y = d·column + e·row + f, of `transform` (a … f)."""

    columns: int
    rows: int
    transform: tuple[float, float, float, float, float, float]

    def position(self, point: QgsPointXY) -> tuple[float, float]:
        """(column, row) of a point, with fractions; the first pixel begins at 0, 0."""
        a, b, c, d, e, f = self.transform
        x, y, area = point.x() - c, point.y() - f, a * e - b * d
        return (e * x - b * y) / area, (a * y - d * x) / area

    def holds(self, point: QgsPointXY) -> bool:
        """Whether a point lies on the pixels or their outer edge."""
        column, row = self.position(point)
        return 0 <= column <= self.columns and 0 <= row <= self.rows

    def pixels(self, column: int, row: int, size: int = 1) -> QgsGeometry:
        """`size` × `size` pixels from the given one on, as a polygon: those of them that there are."""
        left, right = max(0, column), min(self.columns, column + size)
        top, bottom = max(0, row), min(self.rows, row + size)
        a, b, c, d, e, f = self.transform
        if not b and not d:
            return QgsGeometry.fromRect(QgsRectangle(a * left + c, e * bottom + f, a * right + c, e * top + f))
        corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
        return QgsGeometry.fromPolygonXY([[QgsPointXY(a * i + b * j + c, d * i + e * j + f) for i, j in corners]])

    def outline(self) -> QgsGeometry:
        """What all pixels cover, as a polygon."""
        return self.pixels(0, 0, max(self.columns, self.rows))

    def bounds(self) -> QgsRectangle:
        """What all pixels cover, in a rectangle."""
        return self.outline().boundingBox()


def grid_of(layer: QgsRasterLayer) -> PixelGrid:
    """The grid of a layer's file, as far as it is known.

    That of a rotated embedding, or of a map that was made of it, is told by the STAC item beside the embedding; any
    other is the one that QGIS shows.
    """
    extent, across, down = layer.extent(), layer.rasterUnitsPerPixelX(), layer.rasterUnitsPerPixelY()
    shown = PixelGrid(layer.width(), layer.height(), (across, 0.0, extent.xMinimum(), 0.0, -down, extent.yMaximum()))
    for each in (layer, source_of(layer)):
        told = None if each is None else _told_of(each)
        if told is not None and _same_place(told.bounds(), extent, max(across, down)):
            return told
    return shown


def _told_of(layer: QgsRasterLayer) -> PixelGrid | None:
    """The rotated grid that the item beside an embedding tells, or None."""
    item = Path(path_of(layer)).with_suffix(".stac.json")
    try:
        properties = json.loads(item.read_text(encoding="utf-8"))["properties"]
        rows, columns = map(int, properties["proj:shape"])
        a, b, c, d, e, f = (float(number) for number in properties["proj:transform"][:6])
    except (OSError, ValueError, TypeError, LookupError):
        return None
    usable = (b or d) and math.isfinite(a + b + c + d + e + f) and a * e - b * d
    return PixelGrid(columns, rows, (a, b, c, d, e, f)) if usable else None


def _same_place(one: QgsRectangle, other: QgsRectangle, within: float) -> bool:
    """Whether two rectangles are one, within a pixel of the copy."""
    sides = ("xMinimum", "yMinimum", "xMaximum", "yMaximum")
    return all(abs(getattr(one, side)() - getattr(other, side)()) <= within for side in sides)
