"""Labels of more than a word, and names that may be longer than there is room for."""

from __future__ import annotations

from collections.abc import Callable

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

#: Letters of a name that there is room for.
_LETTERS = 24


def wrapped(name: str, parent: QWidget | None = None) -> QLabel:
    """An empty label that breaks its lines, by its object name."""
    label = QLabel(parent)
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)  # a class may have any name
    return label


def selectable(name: str, parent: QWidget | None = None) -> QLabel:
    """As `wrapped`, with a text that can be copied."""
    label = wrapped(name, parent)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def shortened(name: str, widget: QWidget, letters: int = _LETTERS) -> str:
    """A name as far as there is room for it in a dock, in the widget's font."""
    metrics = widget.fontMetrics()
    return metrics.elidedText(name, Qt.TextElideMode.ElideRight, letters * metrics.averageCharWidth())


class WarningLine(QWidget):
    """A sentence beside a warning sign, and a button for a way out where there is one; hidden without one."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        sign = QLabel(self)
        sign.setPixmap(QgsApplication.getThemeIcon("/mIconWarning.svg").pixmap(16, 16))
        sign.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.label = selectable(name + "Text", self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(sign)
        self.way_out = QPushButton(self)
        self.way_out.setObjectName(name + "WayOut")
        self.way_out.setAutoDefault(False)
        self.way_out.setToolTip(self.tr("A way out of what the sentence beside it says"))
        self.way_out.clicked.connect(self._take)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.way_out)
        self._action: Callable[[], object] | None = None
        self.hide()

    def show_text(self, text: str, offer: str = "", action: Callable[[], object] | None = None) -> None:
        """Show a sentence, or nothing; with a button that is called `offer` and does `action`."""
        self.label.setText(text)
        self._action = action
        self.way_out.setText(offer)
        self.way_out.setVisible(action is not None)
        self.setVisible(bool(text))

    def _take(self) -> None:
        if self._action is not None:
            self._action()
