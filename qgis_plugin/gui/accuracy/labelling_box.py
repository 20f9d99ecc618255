"""Labelling reference points: shows one after the other on the canvas and takes the class by button or number key."""

from __future__ import annotations

import html
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateTransform,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.gui import QgsRubberBand, QgsScaleWidget
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QHideEvent, QKeySequence, QShowEvent
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...compat import LINE, POINT, POLYGON, QShortcut
from ...core.accuracy.reference_sample import Blindfold, Labelling, footprint
from ...core.samples.class_keys import ONE_DIGIT, ClassKeys, key_text
from ..icons import swatch
from ..widgets.keys import LABELLING
from ..widgets.labels import shortened
from ..widgets.progress import ProgressBar

if TYPE_CHECKING:
    from ...context import Context
    from ...core.accuracy.judged_maps import JudgedMaps


#: Scale to look at a point with: a Sentinel-2 pixel is then two millimetres wide.
SCALE = 5000.0
SEAM, MARK = QColor(0, 0, 0, 200), QColor(255, 212, 0)


class LabellingBox(QWidget):
    """Off until `start`; keys work while it is on, visible, and the focus is in it or on the canvas."""

    #: Labels were given or the labelling was started or stopped.
    changed = pyqtSignal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._canvas = context.iface.mapCanvas()
        self._labelling: Labelling | None = None
        self._judged: JudgedMaps | None = None
        self._at: int | None = None
        self._bands: list[QgsRubberBand] = []
        self._shortcuts: list[QShortcut] = []
        self._closed = False
        self._blindfold = Blindfold(self)
        self._names: list[str] = []
        self._keys = ClassKeys(eager=False, parent=self)
        self._keys.chosen.connect(lambda row: self._label(self._names[row]))
        self._keys.missing.connect(lambda typed: context.tell(self.tr("There is no class {}.").format(typed)))
        self._keys.waiting.connect(self._show_class)
        self._build()
        self._show()
        self._canvas.destinationCrsChanged.connect(self._mark)

    # --- widgets ----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._place = QLabel(self)
        self._place.setObjectName("labelling_place")
        self._now = QLabel(self)
        self._now.setObjectName("labelling_class")
        self._now.setTextFormat(Qt.TextFormat.PlainText)
        self._now.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._bar = ProgressBar(self)
        self._bar.setObjectName("labelling_progress")
        self._bar.setFormat(self.tr("%v of %m labelled"))
        self._classes = QWidget(self)
        self._grid = QGridLayout(self._classes)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(4)
        self._scale = QgsScaleWidget(self)
        self._scale.setObjectName("labelling_scale")
        self._scale.setMapCanvas(self._canvas)
        self._scale.setShowCurrentScaleButton(True)
        self._scale.setScale(SCALE)
        self._scale.setToolTip(self.tr("Scale at which each point is shown"))
        self._scale.scaleChanged.connect(lambda _scale: self._zoom())
        self._hide = QCheckBox(self.tr("Hide maps while labelling"), self)
        self._hide.setObjectName("labelling_blind")
        self._hide.setChecked(True)
        self._hide.setToolTip(self.tr("Who sees the map agrees with it more often than the ground does: label blind."))
        self._hide.toggled.connect(self._blind)
        moves = QHBoxLayout()
        moves.setSpacing(4)
        self._moves = [
            self._button("labelling_previous", self.tr("Back"), self.tr("To the point before (key B)"), "previous"),
            self._button("labelling_next", self.tr("Next"), self.tr("To the following point (key N)"), "next"),
            self._button(
                "labelling_skip",
                self.tr("Skip"),
                self.tr("Leave it open; to the next unlabelled point (key K)"),
                "skip",
            ),
            self._button("labelling_clear", self.tr("Clear"), self.tr("Take the class away (key Delete)"), "clear"),
        ]
        for button in self._moves:
            moves.addWidget(button)
        self._start_button = QPushButton(self.tr("Start labelling"), self)
        self._start_button.setObjectName("labelling_start")
        self._start_button.setCheckable(True)
        self._start_button.setToolTip(self.tr("Show the points one after the other and label them"))
        top = QHBoxLayout()
        top.addWidget(self._place)
        top.addWidget(self._now, 1)
        scale = QHBoxLayout()
        scale.addWidget(QLabel(self.tr("Scale"), self))
        scale.addWidget(self._scale, 1)
        self._inside = QWidget(self)
        inside = QVBoxLayout(self._inside)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addLayout(top)
        inside.addWidget(self._classes)
        inside.addLayout(moves)
        inside.addLayout(scale)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._start_button)
        layout.addWidget(self._hide)
        layout.addWidget(self._inside)
        layout.addWidget(self._bar)

    def _button(self, name: str, text: str, tip: str, action: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setToolTip(tip)
        button.setMinimumWidth(44)
        button.clicked.connect(partial(self._act, action))
        return button

    @property
    def start_button(self) -> QPushButton:
        """The checkable button that asks to start or stop."""
        return self._start_button

    @property
    def labelling(self) -> Labelling | None:
        """The labelling that is on, or None."""
        return self._labelling

    # --- on and off -------------------------------------------------------------------------------------------------

    def start(
        self,
        layer: QgsVectorLayer,
        field: str,
        classes: dict[str, Any],
        judged: JudgedMaps,
    ) -> None:
        """Label `field` of `layer` with `classes` (name → value of the map), blind to the maps, place by place."""
        self.stop()
        self._judged = judged
        labelling = self._labelling = Labelling(layer, classes, field, self, judged.places)
        labelling.changed.connect(self._show)
        labelling.failed.connect(self._context.warn)
        layer.willBeDeleted.connect(self._gone)
        self._fill_classes(classes, judged.colours)
        self._names = list(classes)
        self._make_shortcuts()
        self._blind(self._hide.isChecked())
        self._at = None
        self._show()
        self._canvas.setFocus()

    def stop(self) -> None:
        """Write what was labelled, and show everything as before."""
        if self._labelling is None:
            return
        labelling, self._labelling = self._labelling, None
        labelling.layer.willBeDeleted.disconnect(self._gone)
        labelling.close()
        labelling.deleteLater()
        self._end()

    def close(self) -> bool:
        """Stop, and let go of the canvas."""
        self.stop()
        if not self._closed:
            self._closed = True
            self._canvas.destinationCrsChanged.disconnect(self._mark)
        return super().close()

    def _gone(self) -> None:
        self._labelling = None
        self._end()

    def _end(self) -> None:
        self._blindfold.take_off()
        for shortcut in self._shortcuts:
            shortcut.setEnabled(False)
            shortcut.setParent(None)
            shortcut.deleteLater()
        self._shortcuts = []
        self._keys.forget()
        self._clear_bands()
        self._judged = None
        self._show()

    def _blind(self, hide: bool) -> None:
        if self._labelling is None or self._judged is None:
            return
        if hide:
            self._blindfold.put_on(self._judged.layers)
        else:
            self._blindfold.take_off()

    # --- classes and keys -------------------------------------------------------------------------------------------

    def _fill_classes(self, classes: dict[str, int], colours: dict[str, QColor]) -> None:
        while self._grid.count():
            self._grid.takeAt(0).widget().deleteLater()
        for number, name in enumerate(classes):
            button = QToolButton(self._classes)
            button.setObjectName(f"labelling_class_{number + 1}")
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            key = key_text(number, len(classes))
            button.setText(shortened(f"{key}  {name}" if key else name, button).replace("&", "&&"))
            button.setToolTip(self.tr("Label this point “{}”").format(html.escape(name)))
            button.setCheckable(True)
            button.setProperty("class_name", name)
            button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
            if name in colours:
                button.setIcon(swatch(colours[name]))
            button.clicked.connect(partial(self._label, name))
            self._grid.addWidget(button, number // 2, number % 2)

    def _make_shortcuts(self) -> None:
        actions: dict[str, Callable[..., None]] = {}
        for bound in LABELLING.bound:
            for key in bound.keys:
                label = bound.act == "label"
                actions[key] = partial(self._press, key) if label else partial(self._act, bound.act)
        for parent in (self, self._canvas):
            for key, action in actions.items():
                shortcut = QShortcut(QKeySequence(key), parent)
                shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                shortcut.activated.connect(action)
                shortcut.setEnabled(self.isVisible())
                self._shortcuts.append(shortcut)

    def showEvent(self, event: QShowEvent) -> None:
        """Keys work again."""
        super().showEvent(event)
        for shortcut in self._shortcuts:
            shortcut.setEnabled(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Keys belong to others while another panel is shown; what was labelled is written."""
        super().hideEvent(event)
        for shortcut in self._shortcuts:
            shortcut.setEnabled(False)
        self._keys.forget()
        if self._labelling is not None:
            self._labelling.save()

    # --- what the user does -----------------------------------------------------------------------------------------

    def _label(self, name: str, *_checked: object) -> None:
        if self._labelling is not None and self._labelling.label(name):
            self._labelling.next_open()
            self.changed.emit()

    def _press(self, digit: str) -> None:
        """A digit gives the class, one of two with more than ten; 0 takes it away where it is the number of none."""
        if digit == "0" and len(self._names) < ONE_DIGIT:
            self._act("clear")
        else:
            self._keys.press(int(digit), len(self._names))

    def _act(self, action: str, *_checked: object) -> None:
        self._keys.forget()
        if self._labelling is None:
            return
        if action == "clear":
            self._labelling.label("")
            self.changed.emit()
        else:
            {"next": self._labelling.next, "previous": self._labelling.previous, "skip": self._labelling.next_open}[
                action
            ]()

    # --- what the user sees -----------------------------------------------------------------------------------------

    def _show(self) -> None:
        labelling = self._labelling
        on = labelling is not None
        self._start_button.setChecked(on)
        self._start_button.setText(self.tr("Stop labelling") if on else self.tr("Start labelling"))
        self._inside.setVisible(on)
        self._bar.setVisible(on)
        if labelling is None:
            return
        points = labelling.layer.geometryType() == POINT
        place = self.tr("Point {} of {}") if points else self.tr("Feature {} of {}")
        where = f" · {html.escape(shortened(labelling.place, self._place))}" if labelling.place else ""
        self._place.setText("<b>" + place.format(labelling.position + 1, labelling.total) + f"</b>{where}")
        self._show_class()
        self._bar.setMaximum(max(1, labelling.total))
        self._bar.setValue(labelling.labelled)
        for button in self._classes.findChildren(QToolButton):
            button.setChecked(button.property("class_name") == labelling.current_class)
        if labelling.fid != self._at:
            self._keys.forget()
            self._at = labelling.fid
            self._mark()
            self._zoom()

    def _show_class(self, *_waiting: object) -> None:
        """The class of the point, or the digit that waits for a second one."""
        if self._labelling is not None:
            now = shortened(self._labelling.current_class, self._now) or self.tr("not labelled")
            self._now.setText(f"{self._keys.first}_" if self._keys.first else now)

    def _zoom(self) -> None:
        if self._labelling is None or self._labelling.fid is None:
            return
        box = self._labelling.geometry(self._canvas.mapSettings().destinationCrs()).boundingBox()
        if self._labelling.layer.geometryType() == POINT:
            self._canvas.setCenter(box.center())
            self._canvas.zoomScale(self._scale.scale())
        else:
            box.scale(1.5)
            self._canvas.setExtent(box)
            self._canvas.refresh()

    def _mark(self) -> None:
        self._clear_bands()
        map_layer = self._map_here()
        if self._labelling is None or map_layer is None:
            return
        geometry = self._labelling.geometry(map_layer.crs())
        lines = []
        if self._labelling.layer.geometryType() == POINT:
            centre = geometry.asPoint() if not geometry.isMultipart() else geometry.asMultiPoint()[0]
            geometry = footprint(map_layer, centre)
            box = geometry.boundingBox()
            lines = _cross(box, 0.75 * box.width(), 3 * box.width())
        shapes = [(geometry, POLYGON), *((line, LINE) for line in lines)]
        to_canvas = QgsCoordinateTransform(
            map_layer.crs(), self._canvas.mapSettings().destinationCrs(), QgsProject.instance()
        )
        for shape, kind in shapes:
            shape.transform(to_canvas)
            band = QgsRubberBand(self._canvas, kind)
            band.setColor(MARK)
            band.setFillColor(QColor(0, 0, 0, 0))
            band.setSecondaryStrokeColor(SEAM)
            band.setWidth(2)
            band.setToGeometry(shape, None)
            self._bands.append(band)

    def _map_here(self) -> QgsRasterLayer | None:
        """The map of the place of the current feature."""
        if self._judged is None or self._labelling is None or self._labelling.fid is None:
            return None
        crs = self._labelling.layer.crs()
        centre = self._labelling.geometry(crs).boundingBox().center()
        return self._judged.of_place(self._labelling.place) or self._judged.at(centre, crs)

    def _clear_bands(self) -> None:
        for band in self._bands:
            self._canvas.scene().removeItem(band)
        self._bands = []


def _cross(box: QgsRectangle, gap: float, end: float) -> list[QgsGeometry]:
    """Four strokes that point at the centre of a rectangle, from `end` to `gap` away from it."""
    centre = box.center()
    return [
        QgsGeometry.fromPolylineXY([QgsPointXY(centre.x() + dx * r, centre.y() + dy * r) for r in (gap, end)])
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1))
    ]
