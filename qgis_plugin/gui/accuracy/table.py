"""The outcome of an assessment in a narrow panel: the headline, a table of the classes, what limits the figures."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor, QIcon, QPixmap
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...core.accuracy.figures import area, hectares, percent
from ...core.numbers import decimal

#: With fewer points an interval by the normal distribution says nothing.
_FEWEST = 10


class AccuracyTable(QWidget):
    """Shows a result of the worker's `assess`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("accuracy_outcome")
        self.headline = QLabel(self)
        self.headline.setObjectName("accuracy_headline")
        self.headline.setWordWrap(True)
        self.table = QTableWidget(self)
        self.table.setObjectName("accuracy_table")
        font = self.table.font()
        font.setPointSizeF(0.9 * font.pointSizeF())
        self.table.setFont(font)
        self.table.horizontalHeader().setFont(font)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(2 * self.table.fontMetrics().lineSpacing() + 6)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(False)
        self.table.setToolTip(
            self.tr(
                "User's accuracy: how often the map is right where it shows the class. Producer's accuracy: how much of"
                " the class on the ground the map shows. Below each figure its 95 % interval."
            )
        )
        self.warnings = QLabel(self)
        self.warnings.setObjectName("accuracy_warnings")
        self.warnings.setWordWrap(True)
        self.warnings.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for part in (self.headline, self.table, self.warnings):
            layout.addWidget(part)

    def show_result(self, result: dict[str, Any], colours: dict[str, Any], trained_on: bool = False) -> None:
        """Fill in. `colours`: class name → QColor; `trained_on`: the reference is what the map was learned from."""
        points = result["unit"] == "points"
        what = self.tr("Overall accuracy") if points else self.tr("Agreement")
        units = self.tr("{} reference points") if points else self.tr("{} pixels in reference polygons")
        share = percent(result["overall_accuracy"])
        self.headline.setText(f"{what} <b>{share} %</b>, {units.format(decimal(result['units']))}")
        headers = [self.tr("Class"), self.tr("Area, ha"), self.tr("User's, %"), self.tr("Producer's, %")]
        if not points:
            headers[1] = self.tr("Mapped, ha")
        self.table.setColumnCount(len(headers))
        self.table.setHorizontalHeaderLabels(headers)
        self.table.setRowCount(len(result["classes"]))
        counts = result["error_matrix"]["counts"]
        for row, entry in enumerate(result["classes"]):
            mapped, there = sum(counts[row]), sum(line[row] for line in counts)
            self._show_class(row, entry, colours, (mapped, there) if points else None)
        self._fit()
        warnings = list(result["warnings"])
        if trained_on:
            warnings.insert(0, self.tr("The map was learned from this layer: this is no measure of its accuracy."))
        self.warnings.setText("\n".join("• " + warning for warning in warnings))
        self.warnings.setVisible(bool(warnings))

    def _show_class(
        self, row: int, entry: dict[str, Any], colours: dict[str, QColor], points: tuple[int, int] | None
    ) -> None:
        """A row: the name, the area, the accuracies, each with its interval below. `points`: how many the map shows the
        class at and how many are of it, None where the reference is no sample."""
        name = QTableWidgetItem(entry["name"])
        if entry["name"] in colours:
            swatch = QPixmap(12, 12)
            swatch.fill(colours[entry["name"]])
            name.setIcon(QIcon(swatch))
        name.setToolTip(entry["name"])
        self.table.setItem(row, 0, name)
        texts = [area(entry["mapped_ha"]) if points is None else _with_margin(hectares(entry["estimated_ha"]))]
        for key, number in zip(("users_accuracy", "producers_accuracy"), points or (None, None)):
            texts.append(self._share(entry[key], number))
        for column, text in enumerate(texts, start=1):
            item = QTableWidgetItem(text)
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.table.setItem(row, column, item)

    def _share(self, estimate: dict[str, Any] | None, points: int | None) -> str:
        """A share and, below, the interval within 0 … 100, or that there are too few points to tell one."""
        if not estimate or estimate.get("value") is None:
            return "–"
        text = decimal(100 * estimate["value"], 1)
        if points is not None and points < _FEWEST:
            return f"{text}\n{self.tr('too few')}"
        low, high = estimate.get("low95"), estimate.get("high95")
        if low is None or high is None:
            return text
        if high - low < 0.0005:  # the formula knows no other when all points agree
            return f"{text}\n{self.tr('no errors')}"
        return f"{text}\n{decimal(100 * max(0.0, low))}–{decimal(100 * min(1.0, high))}"

    def _fit(self) -> None:
        """As high as its rows: the panel scrolls, not the table."""
        rows = sum(self.table.rowHeight(row) for row in range(self.table.rowCount()))
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.setFixedHeight(self.table.horizontalHeader().sizeHint().height() + rows + 4)


def _with_margin(text: str) -> str:
    """A figure with its margin on a line of its own."""
    return text.replace(" ± ", "\n± ")
