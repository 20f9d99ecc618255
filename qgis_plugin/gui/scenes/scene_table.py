"""The table of scenes and layers: ticks, dates to be edited, progress and cancel of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from ...core import layers
from ...core.embed.queue import FAILED, RUNNING, WAITING
from ...core.scenes.scene_list import GONE, STALE, Row, SceneList, state_text
from ..widgets.progress import ProgressBar

if TYPE_CHECKING:
    from ...core.embed.queue import EmbedQueue
    from ...core.working_set import Place

#: Columns.
_NAME, _DATE, _PLACE, _STATE, _CANCEL = range(5)


class SceneTable(QTreeWidget):
    """Shows rows; what is ticked or dated goes to the list. `opened` (row) by a double click beside the date."""

    opened = pyqtSignal(object)

    def __init__(self, scenes: SceneList, queue: EmbedQueue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scenesTable")
        self._scenes, self._queue = scenes, queue
        self._rows: list[Row] = []
        self._keys: list[str] = []  # the ids of their layers
        self.setRootIsDecorated(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHeaderLabels([self.tr("Scene"), self.tr("Date"), self.tr("Place"), self.tr("State"), ""])
        header = self.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(24)
        header.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in ((_DATE, 100), (_PLACE, 110), (_STATE, 190), (_CANCEL, 28)):
            header.resizeSection(column, width)
        self.itemChanged.connect(self._changed)
        self.itemDoubleClicked.connect(self._double_clicked)

    def show_rows(self, rows: list[Row], places: list[Place]) -> None:
        """Fill the table; `places` are those of the set in work. What is being edited is left in peace."""
        if self.state() == QAbstractItemView.State.EditingState:
            return
        of_place = {file: place.name for place in places for file in place.embeddings}
        keys = [row.kept.id() for row in rows]
        same, self._rows, self._keys = keys == self._keys, rows, keys
        self.blockSignals(True)
        if not same:
            self.clear()
        for number, row in enumerate(rows):
            self._fill(self.topLevelItem(number) if same else self._new_item(), row, of_place)
        self.blockSignals(False)

    def item_of(self, name: str) -> QTreeWidgetItem:
        """The item of a row, by its name."""
        return next(self.topLevelItem(index) for index, row in enumerate(self._rows) if row.name == name)

    def _new_item(self) -> QTreeWidgetItem:
        item = QTreeWidgetItem(self)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEditable)
        return item

    def _fill(self, item: QTreeWidgetItem, row: Row, of_place: dict[str, str]) -> None:
        item.setText(_NAME, row.name)
        item.setToolTip(_NAME, layers.path_of(row.layer))
        item.setCheckState(_NAME, Qt.CheckState.Checked if row.used else Qt.CheckState.Unchecked)
        font = item.font(_DATE)
        font.setItalic(row.guessed)
        item.setFont(_DATE, font)
        item.setText(_DATE, row.day if row.is_scene else "")
        tip = self.tr("Double-click to say the day the image was taken, as 2021-05-27")
        if row.guessed:
            tip = self.tr("By its name; double-click if the image was taken on another day")
        item.setToolTip(_DATE, tip if row.is_scene else "")
        item.setText(_PLACE, "" if row.embedding is None else of_place.get(layers.path_of(row.embedding), ""))
        text = state_text(row)
        warned = row.state in (FAILED, STALE, GONE)
        item.setIcon(_STATE, QgsApplication.getThemeIcon("/mIconWarning.svg") if warned else QIcon())
        item.setText(_STATE, "" if row.state == RUNNING else text)
        answer = self.tr("{}\nDouble-click to answer it in the Embed tab").format(text)
        gone = self.tr("{}\nSay where it is now (Change Data Source… of the layer), or remove the layer").format(text)
        item.setToolTip(_STATE, answer if row.state == FAILED else gone if row.lost else text)
        self._show_work(item, row, text)

    def _show_work(self, item: QTreeWidgetItem, row: Row, text: str) -> None:
        bar = self.itemWidget(item, _STATE)
        if row.state != RUNNING:
            self.removeItemWidget(item, _STATE)
        else:
            if bar is None:
                bar = ProgressBar()
                bar.setMaximumHeight(self.fontMetrics().height() + 4)
                self.setItemWidget(item, _STATE, bar)
            bar.setRange(0, 100 if row.share > 0 else 0)
            bar.setValue(round(100 * row.share))
            bar.setFormat(text)
        if row.state not in (WAITING, RUNNING):
            self.removeItemWidget(item, _CANCEL)
        elif self.itemWidget(item, _CANCEL) is None:
            button = QToolButton()
            button.setObjectName("cancelScene")
            button.setIcon(QgsApplication.getThemeIcon("/mActionRemove.svg"))
            button.setAutoRaise(True)
            button.setToolTip(self.tr("Do not embed it; finished tiles are kept"))
            source = row.layer.id()
            button.clicked.connect(lambda _=False: self._cancel(source))
            self.setItemWidget(item, _CANCEL, button)

    def _cancel(self, source: str) -> None:
        item = self._queue.of(source)
        if item is not None:
            self._queue.cancel(item)

    def _changed(self, item: QTreeWidgetItem, column: int) -> None:
        row = self._row_of(item)
        if row is None:
            return
        if column == _NAME:
            self._scenes.set_used(row.kept, used=item.checkState(_NAME) == Qt.CheckState.Checked)
        elif column == _DATE and not self._scenes.set_day(row.kept, item.text(_DATE)):
            self._scenes.look_again()  # which puts the text back

    def _double_clicked(self, item: QTreeWidgetItem, column: int) -> None:
        row = self._row_of(item)
        if row is not None and column == _DATE and row.is_scene:
            self.editItem(item, _DATE)
        elif row is not None:
            self.opened.emit(row)

    def _row_of(self, item: QTreeWidgetItem) -> Row | None:
        """The row of an item; None when its layer has left the project in this moment."""
        index = self.indexOfTopLevelItem(item)
        return None if QgsProject.instance().mapLayer(self._keys[index]) is None else self._rows[index]
