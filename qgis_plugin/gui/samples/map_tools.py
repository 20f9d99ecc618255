"""Map tools that draw samples of the current class: polygon, freehand, rectangle, square of embedding pixels; and one
that gives the class to samples there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import (
    QgsCsException,
    QgsGeometry,
    QgsPointXY,
    QgsRasterLayer,
)
from qgis.gui import QgsMapCanvas, QgsMapMouseEvent
from qgis.PyQt.QtCore import QPoint, Qt

from ...compat import POLYGON
from ...core.pixel_grid import grid_of
from ...core.samples.pixels import place_on, square
from .sample_tool import SampleTool

if TYPE_CHECKING:
    from ...core.workspace import Workspace


#: A drag shorter than this many screen pixels is a slip of the mouse.
_SLIP = 3


class PolygonTool(SampleTool):
    """A click for each corner; right click, Enter or double click closes the polygon."""

    def instruction(self) -> str:
        return self.tr("click corners, right click ends")

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            self.finish()
        elif event.button() == Qt.MouseButton.LeftButton and (self._points or self._ready()):
            point = event.mapPoint()
            if not self._points or point != self._points[-1]:
                self._points.append(point)
            self._outline(point)

    def canvasDoubleClickEvent(self, event: QgsMapMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.finish()

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:
        super().canvasMoveEvent(event)
        if self._points:
            self._outline(event.mapPoint())

    def finish(self) -> None:
        if not self._points:
            return
        if len(self._points) < 3:
            self._say(self.tr("A polygon needs at least three corners."))
            return
        self._add(QgsGeometry.fromPolygonXY([self._points]), self._crs())

    def remove_last(self) -> None:
        self._points = self._points[:-1]
        if self._points:
            self._outline(self._cursor_at or self._points[-1])
        else:
            self.cancel()

    def _outline(self, cursor: QgsPointXY) -> None:
        self._band.reset(POLYGON)
        for point in [*self._points, cursor]:
            self._band.addPoint(point, True)
        self._band.show()


class _DragTool(SampleTool):
    """A shape from a press of the left button to its release."""

    def canvasPressEvent(self, event: QgsMapMouseEvent) -> None:
        self.cancel()
        if event.button() == Qt.MouseButton.LeftButton and self._ready():
            self._points = [event.mapPoint()]

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:
        super().canvasMoveEvent(event)
        if self._points:
            self._drag(event.mapPoint())
            self._show(self._shape())

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self._points:
            return
        self._drag(event.mapPoint())
        shape = self._shape()
        if self._long_enough():
            self._add(shape, self._crs())
        else:
            self.cancel()
            self._say(self.tr("Keep the button pressed while you draw."))

    def remove_last(self) -> None:
        self.cancel()

    def finish(self) -> None:
        """The release of the button finishes."""

    def _long_enough(self) -> bool:
        pixel = self.canvas().mapUnitsPerPixel()
        box = QgsGeometry.fromMultiPointXY(self._points).boundingBox()
        return max(box.width(), box.height()) >= _SLIP * pixel

    def _drag(self, point: QgsPointXY) -> None:
        raise NotImplementedError

    def _shape(self) -> QgsGeometry:
        raise NotImplementedError


class FreehandTool(_DragTool):
    """The outline follows the mouse; it is simplified to half a screen pixel."""

    def instruction(self) -> str:
        return self.tr("draw with the button pressed")

    def _drag(self, point: QgsPointXY) -> None:
        self._points.append(point)

    def _shape(self) -> QgsGeometry:
        shape = QgsGeometry.fromPolygonXY([self._points])
        simple = shape.simplify(self.canvas().mapUnitsPerPixel() / 2)
        return shape if simple.isEmpty() else simple


class RectangleTool(_DragTool):
    """From corner to corner, upright on the screen: dragged, or by two clicks."""

    _standing = False  # one corner was clicked, the opposite one is to come

    def instruction(self) -> str:
        return self.tr("drag from corner to corner, or click both")

    def cancel(self) -> None:
        self._standing = False
        super().cancel()

    def canvasPressEvent(self, event: QgsMapMouseEvent) -> None:
        if not self._standing:
            super().canvasPressEvent(event)

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._points and not self._standing:
            self._drag(event.mapPoint())
            if not self._long_enough():
                self._standing = True
                return
        super().canvasReleaseEvent(event)

    def _drag(self, point: QgsPointXY) -> None:
        self._points = [self._points[0], point]

    def _shape(self) -> QgsGeometry:
        first, last = (self.toCanvasCoordinates(point) for point in self._points)
        second, third = (self.toMapCoordinates(QPoint(x, y)) for x, y in ((last.x(), first.y()), (first.x(), last.y())))
        return QgsGeometry.fromPolygonXY([[self._points[0], second, self._points[-1], third]])


class SquareTool(SampleTool):
    """One click: a square of `size` × `size` pixels of the embedding, on its grid."""

    def __init__(self, canvas: QgsMapCanvas, workspace: Workspace) -> None:
        super().__init__(canvas, workspace)
        self._size = 3

    @property
    def size(self) -> int:
        """Side of the square in pixels of the embedding."""
        return self._size

    @size.setter
    def size(self, size: int) -> None:
        self._size = size
        self._recolour()

    def instruction(self) -> str:
        return self.tr("click for {0} × {0} pixels").format(self.size)

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:
        super().canvasMoveEvent(event)
        embedding, shape = self._embedding(event.mapPoint()), self._square(event.mapPoint())
        if embedding is not None and isinstance(shape, QgsGeometry):
            self._show(shape, embedding.crs())
        else:
            self._band.hide()

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self._ready():
            return
        embedding, shape = self._embedding(event.mapPoint()), self._square(event.mapPoint())
        if embedding is not None and isinstance(shape, QgsGeometry):
            self._add(shape, embedding.crs())
        else:
            self._say(shape)

    def _embedding(self, point: QgsPointXY) -> QgsRasterLayer | None:
        """The embedding in work there."""
        return self._workspace.embedding_at(point, self._crs())

    def _square(self, point: QgsPointXY) -> QgsGeometry | str:
        """The square about a point of the canvas, in the embedding's CRS, or a sentence why there is none."""
        embedding = self._embedding(point)
        if embedding is None:
            return self.tr("Choose an embedding first: squares follow its pixels.")
        try:
            spot = place_on(embedding, point, self._crs())
        except QgsCsException:
            return self.tr("That place is outside the embedding; choose one inside.")
        if not grid_of(embedding).holds(spot):
            return self.tr("That place is outside the embedding; choose one inside.")
        return square(embedding, spot, self.size)


class RelabelTool(SampleTool):
    """One click: the sample under the cursor gets the class. The one that a click would change is outlined."""

    def instruction(self) -> str:
        return self.tr("click samples to give them this class")

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:
        super().canvasMoveEvent(event)
        layer, fid = self.layer, self._under_cursor()
        if layer is None or fid is None:
            self.cancel()
        else:
            self._show(layer.getGeometry(fid), layer.crs())

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._ready():
            self._relabel()
