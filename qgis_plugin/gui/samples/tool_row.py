"""The buttons of the tools that draw, and below them what the tool in hand can be told."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSpinBox, QToolButton, QVBoxLayout, QWidget

from ...compat import QAction
from ..icons import icon


class ToolRow(QWidget):
    """`wanted(name, on)` when a button is pressed; `actions_of` are the tools' actions by name, which tools check."""

    wanted = pyqtSignal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = QgsApplication.getThemeIcon
        self.actions_of: dict[str, QAction] = {}
        row = QHBoxLayout()
        row.setSpacing(0)
        for name, image, label, tip in (
            (
                "polygon",
                theme("/mActionCapturePolygon.svg"),
                self.tr("Polygon"),
                self.tr("Click the corners; right click finishes"),
            ),
            (
                "freehand",
                theme("/mActionStreamingDigitize.svg"),
                self.tr("Freehand"),
                self.tr("Draw the outline with the button pressed"),
            ),
            (
                "rectangle",
                theme("/mActionRectangleExtent.svg"),
                self.tr("Rectangle"),
                self.tr("Drag from corner to corner"),
            ),
            (
                "square",
                theme("/mActionRectangleCenter.svg"),
                self.tr("Square"),
                self.tr("Click: a square of embedding pixels"),
            ),
            (
                "segment",
                icon("segment"),
                self.tr("Segment"),
                self.tr(
                    "Click a field, a lake, a forest: what looks like it is outlined along its edges. The wheel makes"
                    " it larger or smaller, a click inside takes it."
                ),
            ),
        ):
            row.addWidget(self._button(name, image, label, tip))
        self.square_size = self._number("squareSize", 1, 64, 3)
        self.square_size.setToolTip(self.tr("Side of the square in pixels of the embedding"))
        self.holes = self._number("segmentHoles", 0, 10_000, 10)
        self.holes.setToolTip(
            self.tr("A tree in a field, a boat on a lake: what lies inside the outline and is no larger belongs to it")
        )
        self._options = {
            "square": self._option(self.tr("Side of the square"), self.square_size),
            "segment": self._option(self.tr("Fill holes up to"), self.holes),
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        for name, option in self._options.items():
            column.addWidget(option)
            option.hide()
            self.actions_of[name].toggled.connect(option.setVisible)

    def action(self, name: str, image: QIcon, label: str, tip: str) -> QAction:
        """The action of another tool, which may stand elsewhere."""
        action = QAction(image, label, self)
        action.setCheckable(True)
        action.setToolTip(tip)
        action.triggered.connect(lambda on: self.wanted.emit(name, on))
        self.actions_of[name] = action
        return action

    def _button(self, name: str, image: QIcon, label: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"{name}Tool")
        button.setDefaultAction(self.action(name, image, label, tip))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setIconSize(QSize(22, 22))
        button.setAutoRaise(True)  # the one in use stands out in dark palettes too
        # However long the names are in a language or theme: the row makes no panel wider.
        font = button.font()
        font.setPointSizeF(0.9 * font.pointSizeF())
        button.setFont(font)
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.setMinimumWidth(button.iconSize().width() + 16)
        return button

    def _number(self, name: str, lowest: int, highest: int, usual: int) -> QSpinBox:
        box = QSpinBox()
        box.setObjectName(name)
        box.setRange(lowest, highest)
        box.setValue(usual)
        box.setSuffix(self.tr(" pixels"))
        return box

    def _option(self, label: str, box: QSpinBox) -> QWidget:
        whole = QWidget()
        line = QHBoxLayout(whole)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(QLabel(label))
        line.addWidget(box)
        line.addStretch(1)
        return whole
