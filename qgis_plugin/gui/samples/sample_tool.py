"""What all map tools that draw samples have in common: the layer, the rubber band, the keys.

Its keys are those of `keys.DRAWING` and `keys.SHAPE`. A tool only draws; `core.sample_edits` puts the shape into the
layer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsPointXY,
    QgsVectorLayer,
)
from qgis.gui import QgsMapCanvas, QgsMapMouseEvent, QgsMapTool, QgsRubberBand
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QEvent, QObject, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QKeyEvent

from ...compat import POLYGON
from ...core.samples import sample_edits
from ...core.samples.classes import SampleError
from ..widgets import keys

if TYPE_CHECKING:
    from ...core.samples.class_model import ClassTable
    from ...core.workspace import Workspace


#: Screen pixels within which a point or a line is under the cursor.
_REACH = 6


class SampleTool(QgsMapTool):
    """Draws for the `ClassTable` it was given with `set_table`; says in a sentence, by `refused`, why not."""

    #: Keys while a shape is not finished.
    shape_keys: tuple[keys.KeyTable, ...] = (keys.SHAPE,)
    #: A sample was added: its fid.
    sampleAdded = pyqtSignal("qint64")
    #: The sheet of keys is asked for.
    keys_wanted = pyqtSignal()
    #: The table of all samples is to be shown, or put away.
    table_wanted = pyqtSignal()
    #: What to do next, for the status bar; empty when the tool rests.
    hinted = pyqtSignal(str)
    #: Why something was not done. QGIS' own `messageEmitted` would cut what is longer than a line.
    refused = pyqtSignal(str)

    def __init__(self, canvas: QgsMapCanvas, workspace: Workspace) -> None:
        super().__init__(canvas)
        self._workspace = workspace
        self._table: ClassTable | None = None
        self._points: list[QgsPointXY] = []  # corners so far, in the canvas' CRS
        self._cursor_at = None
        self._band = QgsRubberBand(canvas, POLYGON)
        self._band.setWidth(2)
        self._band.hide()
        self.setCursor(Qt.CursorShape.CrossCursor)

    def close(self) -> None:
        """Leave the canvas for good."""
        self.set_table(None)
        if not sip.isdeleted(self.canvas()):
            self.canvas().unsetMapTool(self)
        if not sip.isdeleted(self._band):
            self.canvas().scene().removeItem(self._band)
        self.setAction(None)
        self.deleteLater()

    def set_table(self, table: ClassTable | None) -> None:
        """Draw for another `ClassTable`, or for none; what is being drawn is dropped."""
        self.cancel()
        if self._table is not None:
            self._table.currentChanged.disconnect(self._recolour)
            self._table.changed.disconnect(self._recolour)
            self._table.keys.waiting.disconnect(self._recolour)
            self._table.keys.missing.disconnect(self._no_class)
        self._table = table
        if table is not None:
            table.currentChanged.connect(self._recolour)
            table.changed.connect(self._recolour)
            table.keys.waiting.connect(self._recolour)
            table.keys.missing.connect(self._no_class)
        self._recolour()

    @property
    def layer(self) -> QgsVectorLayer | None:
        """The layer drawn into, or None."""
        return None if self._table is None else self._table.layer

    def instruction(self) -> str:
        """How to draw, in a few words."""
        raise NotImplementedError

    def activate(self) -> None:
        super().activate()
        self.canvas().installEventFilter(self)
        self.canvas().destinationCrsChanged.connect(self.cancel)
        self.canvas().setFocus()
        self._recolour()

    def deactivate(self) -> None:
        self.canvas().removeEventFilter(self)
        self.canvas().destinationCrsChanged.disconnect(self.cancel)
        self.cancel()
        self.hinted.emit("")
        super().deactivate()

    def cancel(self) -> None:
        """Drop what is being drawn."""
        self._points = []
        if not sip.isdeleted(self._band):
            self._band.reset(POLYGON)
            self._band.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002 - Qt's
        """QGIS' own shortcuts (Ctrl+Z of the active layer, say) stand back while the tool is in use, and keys also
        arrive during a drag, when the canvas keeps them to itself. It has the focus whenever the mouse comes to it."""
        if event.type() == QEvent.Type.Enter:
            self.canvas().setFocus()  # whatever was clicked before: who comes to draw chooses classes by keys
        if event.type() == QEvent.Type.ShortcutOverride and self._meaning(event) is not None:
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress and self._press(event):
            event.accept()
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._press(event):
            event.accept()
        else:
            event.ignore()

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:
        self._cursor_at = event.mapPoint()

    def finish(self) -> None:
        """Make a sample of what was drawn so far."""
        self.cancel()

    def remove_last(self) -> None:
        """Take back the last corner."""

    def _press(self, event: QKeyEvent) -> bool:
        act = self._meaning(event)
        if act is None:
            return False
        act()
        return True

    def _meaning(self, event: QKeyEvent) -> Callable[[], None] | None:
        """What a key does, as a function, or None: the key is QGIS' own."""
        tables = [keys.DRAWING, *(self.shape_keys if self._points else ())]
        bound = next(filter(None, (table.find(event) for table in tables)), None)
        return None if bound is None else self._acts(event)[bound.act]

    def _acts(self, event: QKeyEvent) -> dict[str, Callable[[], None]]:
        """What each name in the tables of keys means here."""
        return {
            "choose": lambda: self._choose(keys.digit_of(event) or 0),
            "erase": self._erase,
            "relabel": self._relabel,
            "undo": self._undo,
            "redo": self._redo,
            "list": self.table_wanted.emit,
            "keys": self.keys_wanted.emit,
            "finish": self.finish,
            "remove_last": self.remove_last,
            "cancel": self.cancel,
        }

    def _choose(self, digit: int) -> None:
        if self._table is None:
            self._no_class()
        else:
            self._table.press(digit)

    def _no_class(self, _typed: str = "") -> None:
        if self.isActive():
            self._say(self.tr("There is no class with that key; add it, or type another."))

    def _undo(self) -> None:
        if self._points:
            self.remove_last()
        elif self.layer is not None and not sample_edits.undo(self.layer):
            self._say(self.tr("There is nothing to undo."))

    def _redo(self) -> None:
        if self.layer is not None and not sample_edits.redo(self.layer):
            self._say(self.tr("There is nothing to redo."))

    def _erase(self) -> None:
        self._with_sample(lambda layer, fid: sample_edits.erase_samples(layer, [fid]))

    def _relabel(self) -> None:
        table = self._table
        if table is None or table.current_class is None:
            self._ready()
            return
        table.keys.forget()
        field, chosen = table.field, table.current_class
        self._with_sample(lambda layer, fid: sample_edits.relabel_samples(layer, field, [fid], chosen))

    def _with_sample(self, act: Callable[[QgsVectorLayer, int], None]) -> None:
        """Do something with the sample under the cursor; says why not."""
        if self.layer is None or self._cursor_at is None:
            return
        fid = self._under_cursor()
        if fid is None:
            self._say(self.tr("There is no sample under the cursor; move onto one."))
            return
        try:
            act(self.layer, fid)
        except SampleError as error:
            self._say(str(error))

    def _under_cursor(self) -> int | None:
        """The fid of the sample there, or None."""
        if self.layer is None or self._cursor_at is None:
            return None
        reach = _REACH * self.canvas().mapUnitsPerPixel()
        return sample_edits.sample_at(self.layer, self._cursor_at, self._crs(), reach)

    def _crs(self) -> QgsCoordinateReferenceSystem:
        return self.canvas().mapSettings().destinationCrs()

    def _ready(self) -> bool:
        """Whether there is something to draw into; says what is missing."""
        if self._table is None or self._table.layer is None:
            self._say(self.tr("Choose or make a sample layer first."))
        elif self._table.current_class is None:
            self._say(self.tr("Add a class first."))
        else:
            try:
                sample_edits.require_editable(self._table.layer)
                return True
            except SampleError as error:
                self._say(str(error))
        return False

    def _add(self, geometry: QgsGeometry, crs: QgsCoordinateReferenceSystem) -> bool:
        """Put a shape into the layer; True when it took it."""
        self.cancel()
        table = self._table
        if table is not None:
            table.keys.forget()
        if not self._ready() or table is None or table.current_class is None:
            return False
        try:
            fids = sample_edits.add_sample(table.layer, table.field, table.current_class, geometry, crs)
        except SampleError as error:
            self._say(str(error))
            return False
        for fid in fids:
            self.sampleAdded.emit(fid)
        if self._workspace.is_beside(geometry, crs):
            self._say(self.tr("This sample lies outside the embedding: nothing is learned from it. Z takes it back."))
        return True

    def _show(self, geometry: QgsGeometry, crs: QgsCoordinateReferenceSystem | None = None) -> None:
        self._band.setToGeometry(geometry, crs or self._crs())
        self._band.show()

    def _recolour(self, *_: object) -> None:
        if sip.isdeleted(self._band):
            return
        sample_class = None if self._table is None else self._table.current_class
        colour = QColor(sample_class.colour if sample_class else "#808080")
        self._band.setStrokeColor(colour)
        colour.setAlpha(70)
        self._band.setFillColor(colour)
        if self.isActive():
            typed = f"{self._table.keys.first}_  " if self._table is not None and self._table.keys.first else ""
            hint = self.tr("{0}: {1}").format(sample_class.name, self.instruction()) if sample_class else ""
            self.hinted.emit(typed + hint)

    def _say(self, sentence: str) -> None:
        self.refused.emit(sentence)
