"""The table of classes as the samples panel shows it: a colour button in each row, the name edited in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.gui import QgsColorButton
from qgis.PyQt.QtCore import QAbstractItemModel, QItemSelectionModel, QModelIndex, QSize, Qt
from qgis.PyQt.QtGui import QKeyEvent, QResizeEvent
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from ...core.samples.class_model import AREA, COLOUR, COUNT, KEY, NAME
from ..widgets.keys import digit_of

if TYPE_CHECKING:
    from ...core.samples.class_model import ClassTable


_ROW = 26
#: Rows that are shown where there is little room.
_FEWEST_ROWS = 3


class ClassView(QTableView):
    """Shows a `ClassTable`; the selected row is the class to draw with, both ways."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("classTable")
        self.setToolTip(self.tr("The class you draw; double click its name to change it, its colour to choose another"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW)
        self.setItemDelegateForColumn(COLOUR, _ColourDelegate(self))
        self._table: ClassTable | None = None

    def set_table(self, table: ClassTable | None) -> None:
        """Show another `ClassTable`, or none."""
        if self._table is not None:
            self._table.currentChanged.disconnect(self._select)
            self._table.modelReset.disconnect(self._renew)
        self._table = table
        self.setModel(table)
        if table is None:
            self.updateGeometry()
            return
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(20)
        for column in (KEY, COUNT, AREA):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(COLOUR, QHeaderView.ResizeMode.Fixed)
        self.setColumnWidth(COLOUR, 38)
        table.currentChanged.connect(self._select)
        table.modelReset.connect(self._renew)
        self.selectionModel().currentRowChanged.connect(self._chosen)
        self._renew()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits are the panel's: they choose a class, here as on the map."""
        if digit_of(event) is not None:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        rows = self._table.rowCount() if self._table is not None else 0
        hint.setHeight(self._height(rows))
        return hint

    def _height(self, rows: int) -> int:
        return self.horizontalHeader().sizeHint().height() + _ROW * max(_FEWEST_ROWS, rows) + 4

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The class that is drawn stays in sight."""
        super().resizeEvent(event)
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        hint.setHeight(self._height(_FEWEST_ROWS))
        return hint

    def _renew(self) -> None:
        if self._table is None:
            return
        for row in range(self._table.rowCount()):
            self.openPersistentEditor(self._table.index(row, COLOUR))
        self.updateGeometry()
        self._select(self._table.current)

    def _select(self, row: int) -> None:
        if self._table is None:
            return
        index = self._table.index(row, NAME)
        if index.isValid():
            flag = QItemSelectionModel.SelectionFlag
            self.selectionModel().setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)
            self.scrollTo(index)

    def _chosen(self, index: QModelIndex, _before: object) -> None:
        if index.isValid() and self._table is not None:
            self._table.choose(index.row())


class _ColourDelegate(QStyledItemDelegate):
    def createEditor(self, parent: QWidget, _option: object, _index: object) -> QWidget:
        button = QgsColorButton(parent, self.tr("Colour of the class"))
        button.setShowMenu(False)
        button.setToolTip(self.tr("The colour of the class on the map"))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.colorChanged.connect(lambda _: self.commitData.emit(button))
        return button

    def setEditorData(self, editor: QgsColorButton, index: QModelIndex) -> None:
        editor.blockSignals(True)
        editor.setColor(index.data(Qt.ItemDataRole.EditRole))
        editor.blockSignals(False)

    def setModelData(self, editor: QgsColorButton, model: QAbstractItemModel, index: QModelIndex) -> None:
        model.setData(index, editor.color())

    def updateEditorGeometry(self, editor: QgsColorButton, option: QStyleOptionViewItem, _index: object) -> None:
        editor.setGeometry(option.rect.adjusted(2, 2, -2, -2))
