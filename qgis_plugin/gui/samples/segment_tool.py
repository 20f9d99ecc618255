"""The map tool that takes what looks like a clicked place: outlined at once, larger or smaller by the wheel.

The outline is what the sample will be. Only the worker knows what is alike; the tool holds the places and the turns.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from qgis.core import QgsCoordinateTransform, QgsCsException, QgsGeometry, QgsPointXY, QgsProject
from qgis.gui import QgsMapCanvas, QgsMapMouseEvent
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtGui import QKeyEvent, QWheelEvent
from qgis.PyQt.QtWidgets import QLabel

from ...core.maps.view import view_of
from ...core.numbers import decimal
from ...core.samples.class_model import area_text
from ...core.samples.classes import SampleError
from ...core.samples.region import Region, RegionGrower
from ...core.sources import wkt
from ..widgets import keys
from .sample_tool import SampleTool

if TYPE_CHECKING:
    from ...core.worker.client import WorkerClient
    from ...core.workspace import Workspace

#: What a wheel says of one notch, in eighths of a degree; touchpads say less at a time.
_NOTCH = 120
#: Most notches that the worker takes, in each direction.
_MOST_STEPS = 63
#: Milliseconds after a move of the canvas before the shape is grown anew, in what is seen now.
_VIEW_PAUSE = 150
#: Milliseconds that the view must rest before its ground is read ahead of a click.
_REST = 300


class SegmentTool(SampleTool):
    """A click outlines what looks like the place; a click inside, a right click or Enter takes it. Shift and a click
    add another place to the same sample; a click elsewhere begins anew."""

    shape_keys = (keys.SHAPE, keys.SEGMENT)

    def __init__(self, canvas: QgsMapCanvas, workspace: Workspace, client: WorkerClient) -> None:
        super().__init__(canvas, workspace)
        self._holes = 10
        self._steps: list[int] = []  # of each place in `_points`
        self._turned = 0  # by the wheel, less than a notch
        self._region: Region | None = None
        self._told = ""  # what bounds the shape, as it was told last
        self._note = _CanvasNote(canvas)
        self._grower = RegionGrower(client, self)
        self._grower.grown.connect(self._show_region)
        self._grower.failed.connect(self._failed)
        self._moved = QTimer(self)
        self._moved.setSingleShot(True)
        self._moved.setInterval(_VIEW_PAUSE)
        self._moved.timeout.connect(self._ask)
        self._rested = QTimer(self)
        self._rested.setSingleShot(True)
        self._rested.setInterval(_REST)
        self._rested.timeout.connect(self._read_ahead)

    def close(self) -> None:
        super().close()
        if not sip.isdeleted(self._note):
            self._note.deleteLater()

    @property
    def holes(self) -> int:
        """Holes of at most so many pixels of the embedding are filled."""
        return self._holes

    @holes.setter
    def holes(self, pixels: int) -> None:
        self._holes = pixels
        self._ask()

    def instruction(self) -> str:
        if not self._points:
            return self.tr("click a place, and what looks like it is outlined")
        if self._region is None:
            return self.tr("looking for what is like this place …")
        size = self.tr("{}, {} pixels").format(area_text(self._region.area), decimal(self._region.pixels))
        turns = self.tr("wheel: more or less; click inside: take it; Shift+click: add a place; Esc: drop it")
        return f"{size} – {turns}"

    def activate(self) -> None:
        super().activate()
        self.canvas().extentsChanged.connect(self._follow)
        self._workspace.embeddingChanged.connect(self._other_embedding)
        self._rested.start()

    def deactivate(self) -> None:
        self.canvas().extentsChanged.disconnect(self._follow)
        self._workspace.embeddingChanged.disconnect(self._other_embedding)
        self._rested.stop()
        self._grower.read_ahead(None)
        super().deactivate()

    def cancel(self) -> None:
        self._steps, self._turned, self._region, self._told = [], 0, None, ""
        self._moved.stop()
        self._grower.drop()
        super().cancel()
        self._recolour()

    def finish(self) -> None:
        """Make a sample of what is outlined."""
        if self._region is not None:
            self._add(self._region.shape, self._region.crs)

    def remove_last(self) -> None:
        self._points, self._steps = self._points[:-1], self._steps[:-1]
        if self._points:
            self._ask()
        else:
            self.cancel()

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:
        point = event.mapPoint()
        if event.button() == Qt.MouseButton.RightButton:
            self.finish()
        elif event.button() == Qt.MouseButton.LeftButton:
            more = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if not more and self._holds(point):
                self.finish()
            elif self._ready() and self._has_ground():
                self._begin(point, more)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """While a shape is outlined the wheel is its; with Ctrl, and at other times, it zooms."""
        if not self._points or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        event.accept()
        self._turned += event.angleDelta().y()
        notches = int(self._turned / _NOTCH)
        self._turned -= notches * _NOTCH
        if notches:
            self._turn(notches)

    def _acts(self, event: QKeyEvent) -> dict[str, Callable[[], None]]:
        return {**super()._acts(event), "more": lambda: self._turn(1), "less": lambda: self._turn(-1)}

    def _recolour(self, *_: object) -> None:
        super()._recolour()
        if not sip.isdeleted(self._note):
            self._note.tell(self.instruction() if self._points else "")

    def _begin(self, point: QgsPointXY, more: bool) -> None:
        if not more:
            self.cancel()
        self._points.append(point)
        self._steps.append(0)
        self._turned = 0
        self._ask()
        self._recolour()

    def _turn(self, notches: int) -> None:
        """Take in more, or less, of what is like the place clicked last."""
        self._steps[-1] = max(-_MOST_STEPS, min(_MOST_STEPS, self._steps[-1] + notches))
        self._ask()

    def _has_ground(self) -> bool:
        if self._workspace.embedding is None:
            self._say(self.tr("Choose an embedding first: it knows what looks alike."))
        return self._workspace.embedding is not None

    def _ask(self) -> None:
        embedding, crs = self._workspace.embedding, self._crs()
        if not self._points or embedding is None:
            return
        try:
            view = view_of(self.canvas(), embedding)
        except SampleError as error:
            self._say(str(error))
            return
        seeds = [{"x": p.x(), "y": p.y(), "step": step} for p, step in zip(self._points, self._steps)]
        self._grower.ask(
            {
                "embedding": self._workspace.embedding_path,
                "seeds": seeds,
                "seeds_crs": wkt(crs) if crs.isValid() else None,
                "view": view,
                "holes": self._holes,
            }
        )

    def _read_ahead(self) -> None:
        """Have ready what is seen: the next click is into it."""
        embedding = self._workspace.embedding
        if embedding is None:
            return
        try:
            view = view_of(self.canvas(), embedding)
        except SampleError:  # a click says it
            return
        self._grower.read_ahead({"embedding": self._workspace.embedding_path, "view": view})

    def _follow(self) -> None:
        """Something else is seen: the shape may go on there."""
        self._rested.start()
        if self._points:
            self._moved.start()

    def _other_embedding(self, _layer: object) -> None:
        self.cancel()
        self._grower.read_ahead(None)
        self._rested.start()

    def _show_region(self, region: Region) -> None:
        self._region = region
        self._band.setLineStyle(Qt.PenStyle.DashLine if region.bounded else Qt.PenStyle.SolidLine)
        self._show(region.shape, region.crs)
        self._recolour()
        if region.bounded and region.bounded != self._told:
            self._say(self._why_bounded(region.bounded))
        self._told = region.bounded

    def _why_bounded(self, bounded: str) -> str:
        if bounded == "view":
            return self.tr("It goes on beyond what is seen, and is cut there: zoom out to take all of it.")
        return self.tr(
            "It goes on farther than one click looks, and is cut there: add the rest with Shift and a click."
        )

    def _failed(self, sentence: str) -> None:
        """The place clicked last cannot grow; what was outlined before stays."""
        self._say(sentence)
        self._points, self._steps = self._points[:-1], self._steps[:-1]
        if not self._points:
            self.cancel()

    def _holds(self, point: QgsPointXY) -> bool:
        """Whether a point of the canvas lies in what is outlined."""
        if self._region is None:
            return False
        try:
            there = QgsCoordinateTransform(self._crs(), self._region.crs, QgsProject.instance()).transform(point)
        except QgsCsException:
            return False
        return bool(self._region.shape.contains(QgsGeometry.fromPointXY(there)))


class _CanvasNote(QLabel):
    """A line in the lower corner of the canvas, for what the status bar has no room for, where no message of QGIS' lies
    on it; the mouse goes through it."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self.setObjectName("segmentNote")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setStyleSheet("background: rgba(255, 255, 255, 215); color: #202020; padding: 3px 6px;")
        self.hide()

    def tell(self, sentence: str) -> None:
        """Show a sentence, or nothing."""
        self.setVisible(bool(sentence))
        if not sentence:
            return
        self.setText(sentence)
        room = self.parentWidget().width() - 16
        self.setFixedWidth(max(60, min(room, self.fontMetrics().horizontalAdvance(sentence) + 20)))
        self.setFixedHeight(self.heightForWidth(self.width()))
        self.move(8, self.parentWidget().height() - self.height() - 8)
