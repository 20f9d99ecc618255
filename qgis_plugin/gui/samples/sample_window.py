"""The table of all samples, in a window of its own: to sort, find, look at, give another class, split off, erase.

Keys in it: digits give the selected samples a class, Delete erases them, Return shows them, Z takes back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from qgis.core import QgsApplication, QgsFeatureRequest, QgsVectorLayer
from qgis.gui import QgsDockWidget, QgsRubberBand
from qgis.PyQt.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QSortFilterProxyModel,
    Qt,
    pyqtSignal,
)
from qgis.PyQt.QtGui import QColor, QHideEvent, QShowEvent
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QMenu,
    QSizePolicy,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...core.samples import sample_edits
from ...core.samples.class_keys import ClassKeys, key_text
from ...core.samples.class_model import area_text
from ...core.samples.classes import SampleError
from ...core.samples.sample_check import SampleCheck
from ...core.samples.sample_model import AGREES, AREA, CLASS, PIXELS, SEEN, SORT, SOURCE, SampleModel
from ..icons import swatch
from ..widgets import keys

if TYPE_CHECKING:
    from ...context import Context
    from ...core.samples.class_model import ClassTable

#: A sample that is shown fills this share of the canvas, so that its surroundings are seen too.
_ROOM = 3.0
#: Samples that are outlined at most.
_MOST_OUTLINED = 500


class _Filtered(QSortFilterProxyModel):
    """Sorted by any column; all samples, or those that look like another class."""

    doubtful_only = False

    def filterAcceptsRow(self, row: int, parent: QModelIndex) -> bool:  # noqa: ARG002 - Qt's
        model = self.sourceModel()
        return not self.doubtful_only or not isinstance(model, SampleModel) or model.is_doubtful(row)


class SampleWindow(QgsDockWidget):
    """Below the map, or wherever it is moved. The selected samples are outlined on the map, so that the ground in them
    is seen; what is selected in the layer, on the map say, is selected here too."""

    #: Whether it is on the screen.
    shown = pyqtSignal(bool)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("MMEarthSamples")
        self._context = context
        self._table: ClassTable | None = None
        self._band: QgsRubberBand | None = None  # around the selected samples
        self.model = SampleModel(self)
        self.rows = _Filtered(self)
        self.rows.setSourceModel(self.model)
        self.rows.setSortRole(SORT)
        self._check = SampleCheck(context, self)
        self._check.found.connect(self._found)
        self._check.told.connect(self._tell)
        self._keys = ClassKeys(eager=False, parent=self)
        self._keys.chosen.connect(self.relabel)
        self._keys.waiting.connect(lambda _first: self._refresh())
        self._keys.missing.connect(lambda typed: self._tell(self.tr("There is no class {}.").format(typed)))
        self._said = ""
        self._build()
        context.workspace.embeddingChanged.connect(self._other_embedding)
        context.workspace.learningChanged.connect(self._learned_otherwise)
        self.set_table(None)

    def close(self) -> bool:
        """Let go of samples and worker."""
        self._context.workspace.embeddingChanged.disconnect(self._other_embedding)
        self._context.workspace.learningChanged.disconnect(self._learned_otherwise)
        self.set_table(None)
        self._check.stop()
        return super().close()

    def set_table(self, table: ClassTable | None) -> None:
        """Show the samples of another table of classes, or none."""
        if self._table is not None:
            self._table.counted.disconnect(self._counted)
            if self._table.layer is not None:
                self._table.layer.selectionChanged.disconnect(self._layer_selected)
        self._table = table
        self._keys.forget()
        self._check.stop()
        self._said = ""
        self.model.set_table(table)
        if table is not None:
            table.counted.connect(self._counted)
            table.layer.selectionChanged.connect(self._layer_selected)
            self._layer_selected()
        title, name = self.tr("Samples"), "" if table is None else table.layer.name()
        self.setWindowTitle(title if name in {"", title} else self.tr("Samples – {}").format(name))
        self._refresh()
        self._look()

    @property
    def selected(self) -> list[int]:
        """The fids of the selected rows."""
        fids = self.model.fids
        indexes = self.view.selectionModel().selectedRows()
        return [fids[self.rows.mapToSource(index).row()] for index in indexes]

    def relabel(self, row: int) -> None:
        """Give the selected samples the class of a row of the table of classes."""
        table, fids = self._table, self.selected
        if table is not None and fids:
            chosen = table.classes[row]
            self._try(sample_edits.relabel_samples, table.layer, table.field, fids, chosen)

    def split(self) -> None:
        """Make the selected samples a new class; asks for its name."""
        table, fids = self._table, self.selected
        if table is None or not fids:
            return
        name, wanted = QInputDialog.getText(
            self, self.tr("New class"), self.tr("Name of the new class:"), text=table.free_name()
        )
        if wanted:
            self._try(table.split, fids, name)

    def erase(self) -> None:
        """Erase the selected samples; undo brings them back."""
        if self._table is not None and self.selected:
            self._try(sample_edits.erase_samples, self._table.layer, self.selected)

    def zoom(self) -> None:
        """Show the selected samples on the map, with what is around them."""
        layer, fids = self._layer(), self.selected
        if layer is None or not fids:
            return
        canvas = self._context.iface.mapCanvas()
        canvas.zoomToFeatureIds(layer, fids)
        canvas.zoomByFactor(_ROOM)
        canvas.flashFeatureIds(layer, fids)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys of the table."""
        if watched is self.view and event.type() in {QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride}:
            act = self._meaning(event)
            if act is not None:
                event.accept()
                if event.type() == QEvent.Type.KeyPress:
                    if keys.digit_of(event) is None:
                        self._keys.forget()
                    act()
                return True
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        """What samples look like is asked only while it is seen."""
        super().showEvent(event)
        self.shown.emit(True)
        self._outline()
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self._check.stop()
        self._outline()
        self.shown.emit(False)

    def _meaning(self, event: Any) -> Callable[[], object] | None:
        layer, table, bound = self._layer(), self._table, keys.SAMPLES.find(event)
        if layer is None or table is None or bound is None:
            return None
        acts: dict[str, Callable[[], object]] = {
            "relabel": lambda: self._keys.press(keys.digit_of(event) or 0, len(table.classes)),
            "erase": self.erase,
            "zoom": self.zoom,
            "undo": lambda: sample_edits.undo(layer),
            "redo": lambda: sample_edits.redo(layer),
        }
        return acts[bound.act]

    def _layer(self) -> QgsVectorLayer | None:
        return None if self._table is None else self._table.layer

    def _try(self, change: Callable[..., Any], *arguments: Any) -> None:
        self._keys.forget()
        try:
            change(*arguments)
        except SampleError as error:
            self._context.warn(str(error))

    def _row_selected(self) -> None:
        self._keys.forget()
        self._outline()
        self._refresh()

    def _layer_selected(self, *_: object) -> None:
        layer = self._layer()
        if layer is None:
            return
        selection = QItemSelection()
        for row in self.model.rows_of(layer.selectedFeatureIds()):
            index = self.rows.mapFromSource(self.model.index(row, 0))
            if index.isValid():
                selection.select(index, index)
        if selection.indexes():
            flag = QItemSelectionModel.SelectionFlag
            self.view.selectionModel().select(selection, flag.ClearAndSelect | flag.Rows)
            self.view.scrollTo(selection.indexes()[0])

    def _outline(self) -> None:
        """Frame the selected samples on the map while the table is seen."""
        canvas = self._context.iface.mapCanvas()
        if self._band is not None:
            canvas.scene().removeItem(self._band)
            self._band = None
        layer, fids = self._layer(), self.selected
        if layer is None or not fids or not self.isVisible() or len(fids) > _MOST_OUTLINED:
            return
        band = self._band = QgsRubberBand(canvas, layer.geometryType())
        band.setColor(QColor(255, 255, 0))
        band.setFillColor(QColor(0, 0, 0, 0))
        band.setSecondaryStrokeColor(QColor(0, 0, 0))
        band.setWidth(2)
        request = QgsFeatureRequest().setFilterFids(fids).setNoAttributes()
        for feature in layer.getFeatures(request):
            band.addGeometry(feature.geometry(), layer)

    # What is known of the samples

    def _look(self, *_: object) -> None:
        if self.isVisible() and self._table is not None:
            self._check.ask()

    def _other_embedding(self, *_: object) -> None:
        self.model.forget()
        self._refresh()
        self._look()

    def _learned_otherwise(self) -> None:
        self.model.outdate()
        self._look()

    def _counted(self) -> None:
        self._outline()
        self._refresh()
        self._look()

    def _found(self, told: Sequence[dict[str, Any]], asked: Sequence[int]) -> None:
        self.model.set_verdicts(told, asked)
        self.rows.invalidateFilter()
        self._refresh()

    def _tell(self, sentence: str) -> None:
        self._said = sentence
        self._refresh()

    def _only_doubtful(self, wanted: bool) -> None:
        self.rows.doubtful_only = wanted
        self.rows.invalidateFilter()
        self._refresh()

    # What it looks like

    def _refresh(self) -> None:
        fids, total = self.selected, self.model.rowCount()
        for button in (self.give, self.new, self.show_them, self.erase_them):
            button.setEnabled(bool(fids))
        rows = self.model.rows_of(fids)
        text = self.tr("{} of {} selected").format(len(rows), total) if total else self.tr("No samples yet.")
        if rows:
            text = f"{text}, {area_text(self.model.area_of(rows))}"
        doubts = self.model.doubts()
        if doubts:
            text = f"{text} · {self.tr('{} look like another class').format(doubts)}"
        if self._keys.first:
            text = f"{self._keys.first}_ · {text}"
        self.state.setText(f"{text} · {self._said}" if self._said else text)
        self.state.setToolTip(self.state.text())  # it may be longer than the window

    def _fill_classes(self) -> None:
        self._menu.clear()
        for row, each in enumerate([] if self._table is None else self._table.classes):
            key = key_text(row, len(self._table.classes)) if self._table is not None else ""
            text = f"{each.name}\t{key}".replace("&", "&&")
            self._menu.addAction(swatch(QColor(each.colour)), text).triggered.connect(
                lambda _=False, row=row: self.relabel(row)
            )

    def _build(self) -> None:
        self.view = QTableView()
        self.view.setObjectName("sampleTable")
        self.view.setModel(self.rows)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setSortingEnabled(True)
        self.view.setShowGrid(False)
        self.view.setAlternatingRowColors(True)
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setDefaultSectionSize(22)
        self.view.setToolTip(
            self.tr("Digits give the selected samples a class, Delete erases them, Return or a double click shows them")
        )
        header = self.view.horizontalHeader()
        header.setHighlightSections(False)
        widths = ((CLASS, 110), (SEEN, 120), (AGREES, 75), (AREA, 75), (PIXELS, 55), (SOURCE, 80))
        for column, width in widths:
            header.resizeSection(column, width)
        header.setStretchLastSection(True)
        header.moveSection(header.visualIndex(SEEN), 1)  # beside the class: these two are compared
        header.moveSection(header.visualIndex(AGREES), 2)
        self.view.sortByColumn(CLASS, Qt.SortOrder.AscendingOrder)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._row_selected())
        self.view.doubleClicked.connect(lambda _index: self.zoom())
        self.view.installEventFilter(self)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill_classes)
        self.give = self._button(
            "giveClass",
            "mActionToggleEditing",
            self.tr("Give class"),
            self.tr("Give the selected samples another class; its digit does the same"),
        )
        self.give.setMenu(self._menu)
        self.give.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.new = self._button(
            "splitClass",
            "symbologyAdd",
            self.tr("New class…"),
            self.tr("Split the selected samples off: they become a class of their own"),
        )
        self.new.clicked.connect(self.split)
        self.show_them = self._button(
            "showSamples",
            "mActionZoomToSelected",
            self.tr("Show"),
            self.tr("Show the selected samples on the map (Return, or a double click)"),
        )
        self.show_them.clicked.connect(self.zoom)
        self.erase_them = self._button(
            "eraseSamples",
            "mActionDeleteSelected",
            self.tr("Erase"),
            self.tr("Erase the selected samples (Delete); undo brings them back"),
        )
        self.erase_them.clicked.connect(self.erase)
        self.doubtful = QCheckBox(self.tr("Only doubtful ones"))
        self.doubtful.setObjectName("doubtfulOnly")
        self.doubtful.setToolTip(
            self.tr("Only samples that look like another class: mislabelled, mixed, or unlike the others of theirs")
        )
        self.doubtful.toggled.connect(self._only_doubtful)
        row = QHBoxLayout()
        for button in (self.give, self.new, self.show_them, self.erase_them, self.doubtful):
            row.addWidget(button)
        row.addStretch(1)
        self.state = QLabel()
        self.state.setObjectName("samplesState")
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self.state.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(6, 4, 6, 4)
        column.addLayout(row)
        column.addWidget(self.view, 1)
        column.addWidget(self.state)
        self.setWidget(whole)

    def _button(self, name: str, image: str, label: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setIcon(QgsApplication.getThemeIcon(f"/{image}.svg"))
        button.setText(label)
        button.setToolTip(tip)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setAutoRaise(True)
        return button
