"""The outcome of an assessment in a narrow panel: the headline, a table of the classes, the error matrix, what limits
the figures; and ways to hand them on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMessageBox,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...core.accuracy import tables
from ...core.accuracy.figures import area, hectares, percent, share
from ...core.numbers import decimal
from ..icons import swatch
from .matrix import MatrixTable


class AccuracyTable(QWidget):
    """Shows a result of the worker's `assess`."""

    #: Files were written, or something could not be: (the sentence, whether all is well).
    told = pyqtSignal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("accuracy_outcome")
        self._result: dict[str, Any] = {}
        self._suggested = Path()
        self.headline = QLabel(self)
        self.headline.setObjectName("accuracy_headline")
        self.headline.setWordWrap(True)
        self._build_table()
        self.matrix = MatrixTable(self)
        self.warnings = QLabel(self)
        self.warnings.setObjectName("accuracy_warnings")
        self.warnings.setWordWrap(True)
        self.warnings.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        copy = self._button("accuracy_copy", self.tr("Copy tables"))
        copy.clicked.connect(self.copy)
        copy.setToolTip(self.tr("Classes and matrix to the clipboard, for a spreadsheet or a document"))
        save = self._button("accuracy_csv", self.tr("Save as CSV…"))
        save.clicked.connect(self.ask_csv)
        save.setToolTip(
            self.tr("Classes with areas and intervals, and the matrix in counts and hectares, as files for programs")
        )
        hand_on = QHBoxLayout()
        for button in (copy, save):
            hand_on.addWidget(button, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for part in (self.headline, self.table, self.matrix):
            layout.addWidget(part)
        layout.addLayout(hand_on)
        layout.addWidget(self.warnings)

    def _build_table(self) -> None:
        table = self.table = QTableWidget(self)
        table.setObjectName("accuracy_table")
        font = table.font()
        font.setPointSizeF(0.9 * font.pointSizeF())
        table.setFont(font)
        table.horizontalHeader().setFont(font)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(2 * table.fontMetrics().lineSpacing() + 6)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        table.setShowGrid(False)
        table.setAlternatingRowColors(False)
        table.setToolTip(
            self.tr(
                "User's accuracy: how often the map is right where it shows the class. Producer's accuracy: how much of"
                " the class on the ground the map shows. Below each figure its 95 % interval, or “too few” where the"
                " points say next to nothing."
            )
        )

    def _button(self, name: str, text: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        return button

    # --- what is shown ----------------------------------------------------------------------------------------------

    def show_result(
        self, result: dict[str, Any], colours: dict[str, Any], suggested: Path, said: Sequence[str] = ()
    ) -> None:
        """Fill in. `colours`: class name → QColor; `suggested`: a name for files of the tables; `said`: what
        else limits the figures."""
        self._result, self._suggested = result, suggested
        points = result["unit"] == "points"
        what = self.tr("Overall accuracy") if points else self.tr("Agreement")
        units = self.tr("{} reference points") if points else self.tr("{} pixels in reference polygons")
        overall = percent(result["overall_accuracy"], "\xa0%")
        self.headline.setText(f"{what} <b>{overall}</b>, {units.format(decimal(result['units']))}")
        headers = [
            self.tr("Class"),
            self.tr("User's, %"),
            self.tr("Producer's, %"),
            self.tr("Area, ha") if points else self.tr("Mapped, ha"),
        ]
        self.table.setColumnCount(len(headers))
        self.table.setHorizontalHeaderLabels(headers)
        self.table.horizontalHeaderItem(0).setToolTip(self.tr("Below: how many of the reference are of this class"))
        self.table.setRowCount(len(result["classes"]))
        counted = self.tr("{} points") if points else self.tr("{} pixels")
        for row, (entry, (_, there)) in enumerate(zip(result["classes"], tables.counted(result))):
            self._show_class(row, entry, colours, counted.format(decimal(there)))
        self._fit()
        self.matrix.show_result(result, colours)
        warnings = [*filter(None, said), *result["warnings"]]
        self.warnings.setText("\n".join("• " + warning for warning in warnings))
        self.warnings.setVisible(bool(warnings))

    def _show_class(self, row: int, entry: dict[str, Any], colours: dict[str, Any], there: str) -> None:
        """A row: the name, how many of the reference are `there`, the accuracies and the area, each with its interval
        below."""
        name = QTableWidgetItem(f"{entry['name']}\n{there}")
        if entry["name"] in colours:
            name.setIcon(swatch(colours[entry["name"]]))
        name.setToolTip(name.text())  # a long name is cut
        self.table.setItem(row, 0, name)
        estimated = entry["estimated_ha"]
        figures = [
            share(entry["users_accuracy"], 0),
            share(entry["producers_accuracy"], 0),
            (area(entry["mapped_ha"]), "") if estimated is None else hectares(estimated, narrow=True),
        ]
        for column, figure in enumerate(figures, start=1):
            item = QTableWidgetItem("\n".join(filter(None, figure)))
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.table.setItem(row, column, item)

    def _fit(self) -> None:
        """As high as its rows: the panel scrolls; the table only to the side, where it is too wide for the panel."""
        rows = sum(self.table.rowHeight(row) for row in range(self.table.rowCount()))
        bar = self.table.horizontalScrollBar().sizeHint().height()
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)  # figures come first
        self.table.setFixedHeight(self.table.horizontalHeader().sizeHint().height() + rows + bar + 4)

    # --- handing on -------------------------------------------------------------------------------------------------

    def copy(self) -> None:
        """Put the tables on the clipboard."""
        QApplication.clipboard().setMimeData(tables.for_clipboard(self._result))
        self.told.emit(self.tr("The tables are on the clipboard."), True)

    def ask_csv(self) -> None:
        """Ask for a file, and write the tables to it and beside it."""
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Save tables"), str(self._suggested), "CSV (*.csv)")
        if path and self._may_replace(Path(path).with_suffix(".csv"), Path(path)):
            self.save_csv(Path(path).with_suffix(".csv"))

    def _may_replace(self, path: Path, agreed: Path) -> bool:
        """Whether what lies where the tables go may be replaced; the dialog has asked for one file."""
        there = [each.name for each in tables.files_beside(path, self._result) if each.exists() and each != agreed]
        question = self.tr("{} exists. Replace it?").format(", ".join(there))
        yes = QMessageBox.StandardButton.Yes
        return not there or QMessageBox.question(self, self.tr("Replace file?"), question) == yes

    def save_csv(self, path: Path) -> None:
        """Write the tables to a file, which is replaced, and to those beside it."""
        files = tables.files_beside(path, self._result)
        try:
            tables.write(files)
        except OSError as error:
            text = self.tr("{0} cannot be written ({1}); choose another folder.")
            self.told.emit(text.format(error.filename or path, error.strerror), False)
            return
        names = ", ".join(each.name for each in files)
        self.told.emit(self.tr("The tables are in {0}: {1}.").format(path.parent, names), True)
