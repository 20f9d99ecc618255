"""The sheet of keys, made from the tables that tools and panels look their keys up in, and how each tool draws."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ..widgets.keys import TABLES
from ..widgets.scrolling import scrolled

#: A key as it looks on a keyboard, in the colours of the theme.
_CAP = "border: 1px solid palette(mid); border-radius: 3px; padding: 1px 5px; background: palette(base);"


class KeySheet(QDialog):
    """Stands beside the work until it is closed; Esc closes it. `tools`: (name, how it draws) of each drawing tool."""

    def __init__(self, tools: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("keySheet")
        self.setWindowTitle(self.tr("MMEarth: keys"))
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setColumnStretch(1, 1)
        grid.setHorizontalSpacing(14)
        for table in TABLES:
            self._head(grid, table.title())
            for bound in table.bound:
                self._line(grid, _caps(bound.caps()), bound.text())
        self._head(grid, self.tr("Tools that draw"))
        for name, instruction in tools:
            self._line(grid, QLabel(name), instruction)
        grid.setRowStretch(grid.rowCount(), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolled(inside))
        self.resize(inside.sizeHint().width() + 30, 560)

    def _head(self, grid: QGridLayout, words: str) -> None:
        label = QLabel(f"<b>{words}</b>")
        label.setContentsMargins(0, 6, 0, 0)
        grid.addWidget(label, grid.rowCount(), 0, 1, 2)

    def _line(self, grid: QGridLayout, left: QWidget, words: str) -> None:
        label = QLabel(words)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setMinimumWidth(320)
        row = grid.rowCount()
        grid.addWidget(left, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label, row, 1)


def _caps(texts: Sequence[str]) -> QWidget:
    """Keys side by side."""
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    for text in texts:
        if text == "…":
            row.addWidget(QLabel(text))
            continue
        cap = QLabel(text)
        cap.setFrameShape(QFrame.Shape.NoFrame)
        cap.setStyleSheet(_CAP)
        row.addWidget(cap)
    row.addStretch(1)
    return box
