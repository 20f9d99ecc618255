"""The error matrix of an assessment as a coloured table: counts, or shares of the area."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...core.accuracy.figures import area
from ...core.numbers import decimal
from ..icons import swatch
from ..widgets.labels import shortened

#: What is right and what is wrong, laid thinly over the ground of a light or a dark table.
_RIGHT, _WRONG = QColor(46, 160, 100), QColor(220, 90, 50)
#: More classes than this are named by numbers in the head; letters of a name at the side that there is room for beside
#: points, and beside shares with their decimals.
_NAMED, _LETTERS, _BESIDE_SHARES = 3, 15, 9


class MatrixTable(QWidget):
    """The map in rows, the reference in columns; the deeper a cell's colour, the larger its share of its row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._result: dict[str, Any] = {}
        self._colours: dict[str, Any] = {}
        self.what = QComboBox(self)
        self.what.setObjectName("accuracy_matrix_unit")
        self.what.setToolTip(
            self.tr("Points are what was labelled; shares of the area weigh them by how large each class is on the map")
        )
        self.what.currentIndexChanged.connect(lambda _: self._fill())
        self.table = QTableWidget(self)
        self.table.setObjectName("accuracy_matrix")
        self.table.setToolTip(self.tr("What the map says, by row, of what the reference says, by column"))
        font = self.table.font()
        font.setPointSizeF(0.9 * font.pointSizeF())
        for part in (self.table, self.table.horizontalHeader(), self.table.verticalHeader()):
            part.setFont(font)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setMinimumSectionSize(24)
        title = QLabel("<b>" + self.tr("Error matrix") + "</b>", self)
        title.setToolTip(self.tr("What the map shows in rows, what the reference says in columns."))
        top = QHBoxLayout()
        top.addWidget(title)
        top.addStretch(1)
        top.addWidget(self.what)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(top)
        layout.addWidget(self.table)

    def show_result(self, result: dict[str, Any], colours: dict[str, Any]) -> None:
        """Fill in a result of the worker's `assess`. `colours`: class name → QColor."""
        self._result, self._colours = result, colours
        units = self.tr("points") if result["unit"] == "points" else self.tr("pixels")
        chosen = max(0, self.what.currentIndex())
        self.what.blockSignals(True)
        self.what.clear()
        self.what.addItem(units)
        if result["error_matrix"]["proportions"]:
            self.what.addItem(self.tr("% of the area"))
            self.what.setCurrentIndex(chosen)
        self.what.setVisible(self.what.count() > 1)
        self.what.blockSignals(False)
        self._fill()

    def _fill(self) -> None:
        names = [entry["name"] for entry in self._result["classes"]]
        matrix = self._result["error_matrix"]
        by_area = self.what.currentIndex() == 1
        cells = matrix["proportions"] if by_area else matrix["counts"]
        size, total = len(names), self.tr("total")
        self.table.setRowCount(size + 1)
        self.table.setColumnCount(size + 1)
        for number, name in enumerate(names):
            head = QTableWidgetItem(name if size <= _NAMED else str(number + 1))
            letters = _BESIDE_SHARES if by_area else _LETTERS
            side = QTableWidgetItem(name if size <= _NAMED else shortened(f"{number + 1}  {name}", self.table, letters))
            for item in (head, side):
                item.setToolTip(name)
            if name in self._colours:
                side.setIcon(swatch(self._colours[name]))
            self.table.setHorizontalHeaderItem(number, head)
            self.table.setVerticalHeaderItem(number, side)
        self.table.setHorizontalHeaderItem(size, QTableWidgetItem(total))
        self.table.setVerticalHeaderItem(size, QTableWidgetItem(total))
        for row in range(size + 1):
            for column in range(size + 1):
                lines = cells if row == size else [cells[row]]
                value = sum(sum(line) if column == size else line[column] for line in lines)
                item = QTableWidgetItem(_shown(value, by_area))
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                if row < size and column < size:
                    shade(item, value, sum(cells[row]), row == column)
                    item.setToolTip(self._sentence(names, row, column))
                self.table.setItem(row, column, item)
        self._fit()

    def _sentence(self, names: list[str], row: int, column: int) -> str:
        """What a cell says, with its counts and its area."""
        matrix, unit = self._result["error_matrix"], self.what.itemText(0)
        text = self.tr("The map shows {0}, the reference says {1}: {2} {3}").format(
            names[row], names[column], decimal(matrix["counts"][row][column]), unit
        )
        if matrix["proportions"]:
            share = matrix["proportions"][row][column]
            size = area(share * self._result["covered_ha"])
            text += ", " + self.tr("{0}\xa0% of the area, {1} ha").format(decimal(100 * share, 1), size)
        return text

    def _fit(self) -> None:
        """As high as its rows, with room for a scroll bar where it is wider than the panel."""
        rows = sum(self.table.rowHeight(row) for row in range(self.table.rowCount()))
        bar = self.table.horizontalScrollBar().sizeHint().height()
        self.table.setFixedHeight(self.table.horizontalHeader().sizeHint().height() + rows + bar + 4)


def shade(item: QTableWidgetItem, value: float, whole: float, right: bool) -> None:
    """Colour a cell of a square table by its share of its row: those on the diagonal (`right`) as what agrees."""
    if value:
        colour = QColor(_RIGHT if right else _WRONG)
        colour.setAlphaF(0.12 + 0.5 * value / whole if right else 0.1 + 0.65 * (value / whole) ** 0.7)
        item.setBackground(colour)


def _shown(value: float, by_area: bool) -> str:
    if not value:
        return "·"
    return decimal(100 * value, 1) if by_area else decimal(value)
