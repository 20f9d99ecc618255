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
        self.table.verticalHeader().setDefaultSectionSize(self.table.fontMetrics().lineSpacing() + 6)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(False)
        self.table.setToolTip(
            self.tr(
                "User's accuracy: how often the map is right where it shows the class. Producer's accuracy: how much of"
                " the class on the ground the map shows. ± is half of the 95 % interval."
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
        units = self.tr("{:,} reference points") if points else self.tr("{:,} pixels in reference polygons")
        share = percent(result["overall_accuracy"])
        self.headline.setText(f"{what} <b>{share} %</b>, {units.format(result['units'])}")
        self.table.setColumnCount(2)
        self.table.setHorizontalHeaderLabels([self.tr("User's %"), self.tr("Producer's %")])
        self.table.setRowCount(2 * len(result["classes"]))
        for number, entry in enumerate(result["classes"]):
            self._show_class(2 * number, entry, colours, points)
        self._fit()
        warnings = list(result["warnings"])
        if trained_on:
            warnings.insert(0, self.tr("The map was learned from this layer: this is no measure of its accuracy."))
        self.warnings.setText("\n".join("• " + warning for warning in warnings))
        self.warnings.setVisible(bool(warnings))

    def _show_class(self, row: int, entry: dict[str, Any], colours: dict[str, QColor], points: bool) -> None:
        """The name and the area, the accuracies below: a panel is too narrow for four columns."""
        name = QTableWidgetItem(entry["name"])
        font = name.font()
        font.setBold(True)
        name.setFont(font)
        if entry["name"] in colours:
            swatch = QPixmap(12, 12)
            swatch.fill(colours[entry["name"]])
            name.setIcon(QIcon(swatch))
        name.setToolTip(entry["name"])
        name.setBackground(self.palette().alternateBase())
        self.table.setItem(row, 0, name)
        size = hectares(entry["estimated_ha"]) if points else self.tr("mapped {}").format(area(entry["mapped_ha"]))
        figures = (
            (row, 1, size + " ha"),
            (row + 1, 0, percent(entry["users_accuracy"])),
            (row + 1, 1, percent(entry["producers_accuracy"])),
        )
        for where, column, text in figures:
            item = QTableWidgetItem(text)
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if where == row:
                item.setBackground(self.palette().alternateBase())
            self.table.setItem(where, column, item)

    def _fit(self) -> None:
        """As high as its rows: the panel scrolls, not the table."""
        rows = sum(self.table.rowHeight(row) for row in range(self.table.rowCount()))
        self.table.setFixedHeight(self.table.horizontalHeader().sizeHint().height() + rows + 4)
