"""A progress bar whose text stands beside it: inside, QGIS' dark themes leave it dark on dark."""

from __future__ import annotations

from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QPaintEvent, QResizeEvent
from qgis.PyQt.QtWidgets import QLabel, QProgressBar, QStyle, QStyleOptionProgressBar, QStylePainter, QWidget

#: Pixels between bar and text; the least of a bar.
_GAP, _LEAST = 6, 40


class ProgressBar(QProgressBar):
    """As Qt's, with its `text()` in a label on the right, which has room as far as the bar keeps some."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextVisible(False)
        self._label = QLabel(self)
        self.setFormat("%p\xa0%")
        self.valueChanged.connect(self._place)

    def setFormat(self, text: str) -> None:
        """Also while the value stays."""
        super().setFormat(text)
        self._place()

    def setRange(self, least: int, most: int) -> None:
        """Without a text while nobody knows how far it is."""
        super().setRange(least, most)
        self._place()

    def sizeHint(self) -> QSize:
        """High enough for the text too."""
        hint = super().sizeHint()
        hint.setHeight(max(hint.height(), self._label.sizeHint().height()))
        return hint

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The bar alone, left of the text."""
        option = QStyleOptionProgressBar()
        self.initStyleOption(option)
        option.textVisible = False
        option.rect = self.rect().adjusted(0, 0, -self._beside(), 0)
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_ProgressBar, option)

    def _beside(self) -> int:
        return self._label.width() + _GAP if self._label.text() else 0

    def _place(self, *_: object) -> None:
        text, label = self.text(), self._label
        label.setText(text)
        needed, most = label.sizeHint().width(), max(0, self.width() - _GAP - _LEAST)
        room = min(needed, most)
        if room < needed:
            around = needed - label.fontMetrics().horizontalAdvance(text)
            label.setText(label.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room - around))
        label.setToolTip(text if room < needed else "")
        label.setGeometry(self.width() - room, 0, room, self.height())
        self.update()
