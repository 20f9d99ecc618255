"""What the cache holds, to open or to remove."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from qgis.PyQt.QtCore import QCoreApplication, QLocale, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QMessageBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...core.embed.cache import EmbeddingCache
from ...core.embed.job import files_in_use
from ...core.numbers import decimal


class CacheDialog(QDialog):
    """Lists the cache's entries. `open_requested` carries the path of an embedding (str)."""

    open_requested = pyqtSignal(str)

    def __init__(self, cache: EmbeddingCache, keep: Iterable[str] = (), parent: QWidget | None = None) -> None:
        """`keep`: files at work, which stay like those of the project's layers."""
        super().__init__(parent)
        self._cache = cache
        self._keep = tuple(keep)
        self.setWindowTitle(self.tr("Cache of embeddings"))
        self.setObjectName("cacheDialog")
        self.resize(560, 360)
        self.summary = QLabel(self)
        self.summary.setWordWrap(True)
        self.summary.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.list = QTreeWidget(self)
        self.list.setObjectName("cacheEntries")
        self.list.setRootIsDecorated(False)
        self.list.setSelectionMode(QTreeWidget.SelectionMode.ExtendedSelection)
        self.list.setHeaderLabels([self.tr("Layer"), self.tr("Size"), self.tr("Last used"), self.tr("State")])
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.itemSelectionChanged.connect(self._offer)
        self.list.itemDoubleClicked.connect(lambda _item, _column: self._open())
        self.note = QLabel(self)
        self.note.setObjectName("cacheNote")
        self.note.setWordWrap(True)
        self.note.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(self.tr("Close"))
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.open_button = buttons.addButton(self.tr("Open"), role)
        self.remove_button = buttons.addButton(self.tr("Remove"), role)
        self.purge_button = buttons.addButton(self.tr("Remove all…"), role)
        for button, name, tip, action in (
            (self.open_button, "cacheOpen", self.tr("Add the selected embeddings to the project"), self._open),
            (self.remove_button, "cacheRemove", self.tr("Delete the selected embeddings"), self._remove),
            (self.purge_button, "cachePurge", self.tr("Delete all that no layer of the project uses"), self._purge),
        ):
            button.setObjectName(name)
            button.setToolTip(tip)
            button.clicked.connect(action)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (self.summary, self.list, self.note, buttons):
            layout.addWidget(widget)
        self.fill()

    def fill(self) -> None:
        """Read the folder again."""
        self.list.clear()
        entries = self._cache.entries()
        used = {str(path) for path in files_in_use()}
        for entry in entries:
            when = QLocale().toString(datetime.fromtimestamp(entry.used), QLocale.FormatType.ShortFormat)
            state = self.tr("in use") if str(entry.path) in used else self.tr("finished")
            item = QTreeWidgetItem(
                [entry.name, size_text(entry.size), when, state if entry.complete else self.tr("unfinished")]
            )
            item.setData(0, Qt.ItemDataRole.UserRole, str(entry.path))
            item.setData(0, Qt.ItemDataRole.UserRole + 1, entry.complete)
            item.setToolTip(0, str(entry.path))
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.list.addTopLevelItem(item)
        for column in (1, 2, 3):
            self.list.resizeColumnToContents(column)
        self.summary.setText(
            self.tr("{0} of at most {1} in {2}").format(
                size_text(sum(entry.size for entry in entries)), size_text(self._cache.limit * 1e9), self._cache.folder
            )
        )
        self.purge_button.setEnabled(bool(entries))
        self._offer()

    def _offer(self) -> None:
        items = self.list.selectedItems()
        self.remove_button.setEnabled(bool(items))
        self.open_button.setEnabled(any(item.data(0, Qt.ItemDataRole.UserRole + 1) for item in items))

    def _paths(self, complete_only: bool = False) -> list[str]:
        items = self.list.selectedItems()
        return [
            item.data(0, Qt.ItemDataRole.UserRole)
            for item in items
            if item.data(0, Qt.ItemDataRole.UserRole + 1) or not complete_only
        ]

    def _open(self) -> None:
        for path in self._paths(complete_only=True):
            self.open_requested.emit(path)
        self.fill()

    def _remove(self) -> None:
        kept = {str(path) for path in (*files_in_use(), *self._keep)}
        paths = self._paths()
        stay = [path for path in paths if path in kept or not self._cache.remove(path)]
        self._say_what_stays(len(stay))

    def _purge(self) -> None:
        question = self.tr("Delete all embeddings in the cache that no layer of the project uses?")
        yes = QMessageBox.StandardButton.Yes
        if QMessageBox.question(self, self.windowTitle(), question) == yes:
            self._cache.purge(keep=(*files_in_use(), *self._keep))
            self._say_what_stays(len(self._cache.entries()))

    def _say_what_stays(self, count: int) -> None:
        self.note.setVisible(count > 0)
        self.note.setText(self.tr("{} in use and stay; remove their layers first.").format(count))
        self.fill()


def size_text(size: float) -> str:
    """Bytes as one reads them: "850 MB", "1.2 GB"."""
    if 0 < size < 1e6:
        return QCoreApplication.translate("CacheDialog", "{}\xa0kB").format(round(size / 1e3))
    if size < 1e9:
        return QCoreApplication.translate("CacheDialog", "{}\xa0MB").format(round(size / 1e6))
    return QCoreApplication.translate("CacheDialog", "{}\xa0GB").format(decimal(size / 1e9, 1 if size < 1e10 else 0))
