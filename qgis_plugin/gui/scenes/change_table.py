"""The matrix of a change in hectares: what the land was in rows, what it is in columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...core.accuracy.figures import area
from ...core.accuracy.tables import clipped, write
from ...core.numbers import decimal
from ..accuracy.matrix import shade
from ..widgets.labels import shortened

#: Digits of hectares in files.
_DIGITS = 4
#: Letters of a name that there is room for in the heads of the matrix.
_LETTERS = 10


class ChangeTable(QWidget):
    """Shows a result of the worker's `change`; `csv_wanted` when its table is to go to a file."""

    csv_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hectares: dict[str, dict[str, float]] = {}
        self.headline = QLabel(self)
        self.headline.setObjectName("changeHeadline")
        self.headline.setWordWrap(True)
        self.table = QTableWidget(self)
        self.table.setObjectName("changeMatrix")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setMinimumSectionSize(50)
        copy = QPushButton(self.tr("Copy table"), self)
        copy.setObjectName("changeCopy")
        copy.setToolTip(self.tr("The matrix to the clipboard, for a spreadsheet or a document"))
        copy.clicked.connect(self.copy)
        save = QPushButton(self.tr("Save as CSV…"), self)
        save.setObjectName("changeCsv")
        save.setToolTip(self.tr("The matrix as a file for programs, with full figures"))
        save.clicked.connect(self.csv_wanted)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(copy)
        buttons.addWidget(save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.headline)
        layout.addWidget(self.table)
        layout.addLayout(buttons)

    def show_result(self, result: dict[str, Any]) -> None:
        """Fill the table."""
        self._hectares = result["hectares"]
        whole = result["changed_ha"] + result["unchanged_ha"] + (result["unsure_ha"] or 0) or 1.0
        text = self.tr("{0} ha changed ({1}\xa0%), {2} ha did not.").format(
            area(result["changed_ha"]), decimal(100 * result["changed_ha"] / whole, 1), area(result["unchanged_ha"])
        )
        if result["unsure_ha"] is not None:
            text += " " + self.tr("{} ha are unsure.").format(area(result["unsure_ha"]))
        self.headline.setText(text + " " + self.tr("In rows what it was, in columns what it is, in hectares:"))
        rows = self._rows()
        names = rows[0][1:]
        self.table.setColumnCount(len(names))
        self.table.setRowCount(len(rows) - 1)
        for number, name in enumerate(names):
            for put in (self.table.setHorizontalHeaderItem, self.table.setVerticalHeaderItem):
                item = QTableWidgetItem(shortened(name, self.table, _LETTERS))
                item.setToolTip(name)
                put(number, item)
        for number, name in enumerate(self._hectares):
            became = self._hectares[name]
            for column, other in enumerate(self._hectares):
                item = self._put(number, column, rows[number + 1][column + 1])
                shade(item, became[other], sum(became.values()), name == other)
                item.setToolTip(
                    self.tr("{0} ha were {1} and are {2}").format(rows[number + 1][column + 1], name, other)
                )
            self._put(number, len(names) - 1, rows[number + 1][-1])
        for column in range(len(names)):
            self._put(len(rows) - 2, column, rows[-1][column + 1])
        height = sum(self.table.rowHeight(row) for row in range(self.table.rowCount()))
        bar = self.table.horizontalScrollBar().sizeHint().height()
        self.table.setFixedHeight(min(320, self.table.horizontalHeader().sizeHint().height() + height + bar + 4))

    def copy(self) -> None:
        """The matrix to the clipboard, as the user's language writes numbers."""
        QApplication.clipboard().setMimeData(clipped([self._rows()]))

    def write_csv(self, path: Path) -> None:
        """The matrix as a file. Raises `OSError`."""
        names = list(self._hectares)
        rows: list[list[Any]] = [["before \\ after, ha", *names]]
        for name, became in self._hectares.items():
            rows.append([name, *(round(became[other], _DIGITS) for other in names)])
        write({path: rows})

    def _rows(self) -> list[list[str]]:
        """The matrix with totals, as people read it."""
        names, total = list(self._hectares), self.tr("total")
        rows = [[self.tr("before ↓  after →, ha"), *names, total]]
        for name, became in self._hectares.items():
            cells = [became[other] for other in names]
            rows.append([name, *map(_shown, cells), _shown(sum(cells))])
        sums = [sum(became[name] for became in self._hectares.values()) for name in names]
        rows.append([total, *map(_shown, sums), _shown(sum(sums))])
        return rows

    def _put(self, row: int, column: int, text: str) -> QTableWidgetItem:
        item = QTableWidgetItem(text)
        item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.table.setItem(row, column, item)
        return item


def _shown(hectares: float) -> str:
    return area(hectares) if hectares else "·"
