"""Swipe: the top layer is drawn on one side of a line only, which follows the mouse."""

from __future__ import annotations

from collections.abc import Callable

from qgis.core import QgsMapLayer, QgsMapRendererParallelJob, QgsMapSettings
from qgis.gui import QgsMapCanvas, QgsMapCanvasItem, QgsMapMouseEvent, QgsMapTool
from qgis.PyQt.QtCore import QRectF, Qt
from qgis.PyQt.QtGui import QColor, QCursor, QPainter, QPen


class SwipeTool(QgsMapTool):
    """While it is active, what is left of the line is drawn without one layer."""

    def __init__(self, canvas: QgsMapCanvas, layer_of: Callable[[], QgsMapLayer | None]) -> None:
        """`layer_of()` gives the layer to be swiped away, or None."""
        super().__init__(canvas)
        self._layer_of = layer_of
        self._curtain: Curtain | None = None
        self.setCursor(QCursor(Qt.CursorShape.SplitHCursor))

    def activate(self) -> None:
        """Draw the curtain in the middle."""
        super().activate()
        self._curtain = Curtain(self.canvas(), self._layer_of)

    def deactivate(self) -> None:
        """Take the curtain away."""
        if self._curtain is not None:
            self._curtain.close()
            self._curtain = None
        super().deactivate()

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:
        """The line follows."""
        if self._curtain is not None:
            self._curtain.move_to(event.pos().x())


class Curtain(QgsMapCanvasItem):
    """All layers but one, drawn over the canvas left of a line."""

    def __init__(self, canvas: QgsMapCanvas, layer_of: Callable[[], QgsMapLayer | None]) -> None:
        super().__init__(canvas)
        self._canvas, self._layer_of = canvas, layer_of
        self._x = canvas.width() // 2
        self._job = self._image = None
        # They must not go while they tell of their end, nor be waited for.
        self._retired: list[QgsMapRendererParallelJob] = []
        self.setZValue(50)
        canvas.mapCanvasRefreshed.connect(self.renew)
        self.renew()

    def close(self) -> None:
        """Leave the canvas as it was."""
        self._canvas.mapCanvasRefreshed.disconnect(self.renew)
        self._stop()
        scene = self._canvas.scene()
        scene.removeItem(self)

    def move_to(self, x: int) -> None:
        """Put the line at a column of the canvas, in pixels."""
        self._x = max(0, min(x, self._canvas.width()))
        self.update()

    def renew(self) -> None:
        """Draw what is under the curtain again, in the background."""
        self._stop()
        layer = self._layer_of()
        settings = QgsMapSettings(self._canvas.mapSettings())
        settings.setLayers([each for each in settings.layers() if each is not layer])
        job = self._job = QgsMapRendererParallelJob(settings)
        job.finished.connect(self._finished)
        job.start()

    def paint(self, painter: QPainter, _option: object | None = None, _widget: object | None = None) -> None:
        """Called by the canvas."""
        size = self.boundingRect().size()
        part = QRectF(0, 0, self._x, size.height())
        if self._image is not None and self._layer_of() is not None:
            ratio = self._image.devicePixelRatio()
            source = QRectF(0, 0, self._x * ratio, size.height() * ratio)
            painter.fillRect(part, self._canvas.canvasColor())
            painter.drawImage(part, self._image, source)
        for colour, width in ((QColor(0, 0, 0, 160), 4), (QColor(255, 255, 255), 2)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(int(self._x), 0, int(self._x), int(size.height()))

    def boundingRect(self) -> QRectF:
        """The whole canvas, in its pixels."""
        self.setPos(0, 0)
        return QRectF(0, 0, self._canvas.width(), self._canvas.height())

    def updatePosition(self) -> None:
        """The item lies on the canvas, not on the ground."""
        self.setPos(0, 0)

    def _finished(self) -> None:
        if self._job is not None:
            self._image = self._job.renderedImage()
            self._retired.append(self._job)
            self._job = None
            self.update()

    def _stop(self) -> None:
        self._retired = [job for job in self._retired if job.isActive()]
        if self._job is not None:
            self._job.finished.disconnect(self._finished)
            self._job.cancelWithoutBlocking()
            self._retired.append(self._job)
            self._job = None
