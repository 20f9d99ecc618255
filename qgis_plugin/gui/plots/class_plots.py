"""The window that shows how the classes of the samples differ: spectra, embedding, separability, odd samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QCloseEvent, QColor, QShowEvent
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ...core.numbers import decimal, in_locale
from ...core.samples.class_comparison import ClassComparison, separability_csv, spread_csv
from ..icons import swatch
from ..widgets.labels import shortened, wrapped
from .spread_plot import SpreadPlot

if TYPE_CHECKING:
    from ...context import Context
    from ...core.samples.class_model import ClassTable

#: Classes below the first are mixed up easily, above the second hardly ever (as the worker's `separability` has it).
_MIXED, _APART = 1.0, 1.9
_GOOD, _BAD = QColor(46, 160, 100), QColor(220, 90, 50)
#: Letters of a name that there is room for in the heads of the matrix.
_LETTERS = 10
#: A sample that is shown fills this share of the canvas, so that its surroundings are seen too.
_ROOM = 4.0


class ClassPlots(QDialog):
    """Stands beside the work and follows the samples while it is open."""

    #: Whether it is on the screen.
    shown = pyqtSignal(bool)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("MMEarthClassPlots")
        self.setWindowTitle(self.tr("Compare classes"))
        self._context = context
        self._table: ClassTable | None = None
        self._result: dict[str, Any] | None = None
        self._comparison = ClassComparison(context, self)
        self._comparison.found.connect(self._show)
        self._comparison.told.connect(self._tell)
        self.spectra = SpreadPlot(self.tr("reflectance: median and 10–90\xa0%"))
        self.embedding = SpreadPlot(self.tr("embedding: median and 10–90\xa0%"))
        self.matrix = _table("separabilityMatrix")
        self.verdict = wrapped("separabilityVerdict")
        self.odd = _table("oddSamples")
        self.odd.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.odd.itemSelectionChanged.connect(self._go_to)
        self.odd.horizontalHeader().setStretchLastSection(True)
        self.odd_note = wrapped("oddNote")
        self.pages = QTabWidget()
        self.pages.addTab(self.spectra, self.tr("Spectra"))
        self.pages.addTab(self.embedding, self.tr("Embedding"))
        self.pages.addTab(_page(self.verdict, self.matrix), self.tr("Separability"))
        self.pages.addTab(_page(self.odd_note, self.odd), self.tr("Odd samples"))
        self.note = wrapped("classPlotsNote")
        self.copy_table = QPushButton(QgsApplication.getThemeIcon("/mActionEditCopy.svg"), self.tr("Copy table"))
        self.copy_table.setToolTip(self.tr("What this page shows as comma-separated values, to paste into a file"))
        self.copy_picture = QPushButton(self.tr("Copy picture"))
        self.copy_picture.setToolTip(self.tr("What this page shows as a picture, to paste into a document"))
        self.copy_table.clicked.connect(self._copy_table)
        self.copy_picture.clicked.connect(self._copy_picture)
        for button in (self.copy_table, self.copy_picture):
            button.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addWidget(self.note, 1)
        buttons.addWidget(self.copy_table)
        buttons.addWidget(self.copy_picture)
        layout = QVBoxLayout(self)
        layout.addWidget(self.pages, 1)
        layout.addLayout(buttons)
        self.resize(780, 460)
        context.workspace.embeddingChanged.connect(self._ask)
        context.workspace.learningChanged.connect(self._ask)

    def close(self) -> bool:
        """Let go of samples and worker."""
        self._comparison.stop()
        return super().close()

    def let_go(self) -> None:
        """The plugin goes."""
        self._context.workspace.embeddingChanged.disconnect(self._ask)
        self._context.workspace.learningChanged.disconnect(self._ask)
        self.set_table(None)
        self.close()

    def set_table(self, table: ClassTable | None) -> None:
        """Compare the classes of another table, or of none."""
        if self._table is not None:
            self._table.counted.disconnect(self._ask)
        self._table = table
        if table is not None:
            table.counted.connect(self._ask)
        self._show(None)
        self._ask()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit(True)
        self._ask()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.shown.emit(False)

    def reject(self) -> None:
        self.close()

    def _ask(self, *_: object) -> None:
        """Nobody waits for what is not seen."""
        if self.isVisible():
            self._comparison.ask()

    def _tell(self, sentence: str) -> None:
        self.note.setText(sentence)

    def _show(self, result: dict[str, Any] | None) -> None:
        self._result = result
        self.copy_table.setEnabled(result is not None)
        self.copy_picture.setEnabled(result is not None)
        if result is None:
            for plot in (self.spectra, self.embedding):
                plot.show_spread(None, [])
            return
        classes = [(each["name"], QColor(each["colour"])) for each in result["classes"]]
        known = self.tr("Spectra are shown where the scene of the embedding is in the project and its bands are known.")
        why = in_locale(result["no_spectra"]) if result["no_spectra"] else known
        self.spectra.show_spread(result["spectra"], classes, why)
        self.embedding.show_spread(result["embedding"], classes)
        self._fill_matrix(classes)
        self._fill_odd(dict(classes))
        self._tell(" ".join(f"{message.rstrip('.')}." for message in result["messages"]))

    def _fill_matrix(self, classes: list[tuple[str, QColor]]) -> None:
        values = (self._result or {})["separability"]
        names = [name for name, _ in classes]
        self.matrix.setRowCount(len(names))
        self.matrix.setColumnCount(len(names))
        for number, (name, colour) in enumerate(classes):
            for put in (self.matrix.setHorizontalHeaderItem, self.matrix.setVerticalHeaderItem):
                item = QTableWidgetItem(swatch(colour), shortened(name, self.matrix, _LETTERS))
                item.setToolTip(name)
                put(number, item)
        worst: tuple[float, str, str] | None = None
        for row, one in enumerate(names):
            for column, other in enumerate(names):
                value = values[row][column]
                item = QTableWidgetItem("" if row == column else self._cell(value))
                item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
                if value is not None:
                    item.setBackground(_ground(value))
                    item.setToolTip(self._best_date(row, column))
                    if worst is None or value < worst[0]:
                        worst = (value, one, other)
                self.matrix.setItem(row, column, item)
        self.verdict.setText(self._judged(worst))

    def _cell(self, value: float | None) -> str:
        return self.tr("too few") if value is None else decimal(value, 2)

    def _best_date(self, row: int, column: int) -> str:
        """Which of several dates tells two classes apart best."""
        dates = (self._result or {})["told_on"]
        return "" if dates is None else self.tr("Told apart best on {}").format(dates[row][column])

    def _judged(self, worst: tuple[float, str, str] | None) -> str:
        scale = self.tr("Jeffries–Matusita distance on the embedding: 0 is the same, 2 is never mixed up.")
        if (self._result or {})["told_on"] is not None:
            voted = self.tr("Each date votes: of two classes that date counts which tells them apart best.")
            scale = f"{scale} {voted}"
        if worst is None:
            return scale + " " + self.tr("Two classes with two samples each are needed.")
        value, one, other = worst
        if value >= _APART:
            return scale + " " + self.tr("All classes are well apart.")
        if value >= _MIXED:
            closest = self.tr("Closest are {0} and {1}: more samples of both, where they meet, help most.")
            return scale + " " + closest.format(one, other)
        mixed = self.tr("{0} and {1} will be mixed up: draw clearer samples of both, or make them one class.")
        return scale + " " + mixed.format(one, other)

    def _fill_odd(self, colours: dict[str, QColor]) -> None:
        found = (self._result or {})["odd"]
        self.odd.blockSignals(True)
        self.odd.clearSelection()
        self.odd.setColumnCount(3)
        self.odd.setHorizontalHeaderLabels([self.tr("Class"), self.tr("Looks like"), self.tr("How far off")])
        self.odd.setRowCount(len(found))
        self.odd.verticalHeader().hide()
        for row, each in enumerate(found):
            alone = each["label"] == each["nearest"]
            like = QTableWidgetItem(self.tr("none of the classes") if alone else each["nearest"])
            label = QTableWidgetItem(each["label"])
            for item, name in ((label, each["label"]), (like, "" if alone else each["nearest"])):
                if name in colours:
                    item.setIcon(swatch(colours[name]))
            off = self.tr("{} × the usual spread").format(decimal(each["distance"], 1))
            far = QTableWidgetItem(f"{off} ({each['date']})" if each["date"] else off)
            for column, item in enumerate((label, like, far)):
                self.odd.setItem(row, column, item)
        self.odd.blockSignals(False)
        self.odd_note.setText(
            self.tr("Samples that are unlike the others of their class. Click one to see it on the map and select it.")
            if found
            else self.tr("No sample is unlike the others of its class.")
        )

    def _go_to(self) -> None:
        """Zoom to the odd sample that was clicked, and select it."""
        rows = {index.row() for index in self.odd.selectedIndexes()}
        layer = None if self._table is None else self._table.layer
        if not rows or layer is None or self._result is None:
            return
        fids = [self._result["odd"][row]["fid"] for row in sorted(rows)]
        layer.selectByIds(fids)
        canvas = self._context.iface.mapCanvas()
        canvas.zoomToFeatureIds(layer, fids)
        canvas.zoomByFactor(_ROOM)
        canvas.flashFeatureIds(layer, fids)

    def _copy_table(self) -> None:
        if self._result is None:
            return
        names = [each["name"] for each in self._result["classes"]]
        page = self.pages.currentWidget()
        if page in (self.spectra, self.embedding):
            spread = self._result["spectra" if page is self.spectra else "embedding"]
            text = "" if spread is None else spread_csv(spread, names)
        else:
            text = separability_csv(self._result)
        if text:
            QgsApplication.clipboard().setText(text)

    def _copy_picture(self) -> None:
        QgsApplication.clipboard().setPixmap(self.pages.currentWidget().grab())


def _ground(value: float) -> QColor:
    """From the colour of what is mixed up to that of what is apart, thin enough for a light or a dark table."""
    colour = QColor(_BAD if value < _MIXED else _GOOD)
    strength = (_MIXED - value) / _MIXED if value < _MIXED else (value - _MIXED) / (2 - _MIXED)
    colour.setAlphaF(0.15 + 0.4 * min(1.0, max(0.0, strength)))
    return colour


def _table(name: str) -> QTableWidget:
    table = QTableWidget()
    table.setObjectName(name)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    return table


def _page(*parts: QWidget) -> QWidget:
    page = QWidget()
    layout = QVBoxLayout(page)
    for part in parts:
        layout.addWidget(part)
    return page
