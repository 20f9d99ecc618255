"""Which band of a raster is which of Sentinel-2: a table to look through and confirm."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import QgsRasterLayer
from qgis.PyQt.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...core.embed.band_names import code_of, plain_name
from ..widgets.calm_wheel import CalmWheel

#: Names as the worker takes them, and what they show.
SENTINEL_2 = {
    "B01": QT_TRANSLATE_NOOP("BandTable", "coastal aerosol"),
    "B02": QT_TRANSLATE_NOOP("BandTable", "blue"),
    "B03": QT_TRANSLATE_NOOP("BandTable", "green"),
    "B04": QT_TRANSLATE_NOOP("BandTable", "red"),
    "B05": QT_TRANSLATE_NOOP("BandTable", "red edge 1"),
    "B06": QT_TRANSLATE_NOOP("BandTable", "red edge 2"),
    "B07": QT_TRANSLATE_NOOP("BandTable", "red edge 3"),
    "B08": QT_TRANSLATE_NOOP("BandTable", "near infrared"),
    "B8A": QT_TRANSLATE_NOOP("BandTable", "narrow near infrared"),
    "B09": QT_TRANSLATE_NOOP("BandTable", "water vapour"),
    "B10": QT_TRANSLATE_NOOP("BandTable", "cirrus"),
    "B11": QT_TRANSLATE_NOOP("BandTable", "shortwave infrared 1"),
    "B12": QT_TRANSLATE_NOOP("BandTable", "shortwave infrared 2"),
    "SCL": QT_TRANSLATE_NOOP("BandTable", "scene classification"),
}
IGNORED = "-"
_ALL = tuple(name for name in SENTINEL_2 if name != "SCL")
#: What rasters of so many bands mostly hold, in this order.
_USUAL = {
    13: _ALL,
    12: tuple(name for name in _ALL if name != "B10"),
    10: tuple(name for name in _ALL if name not in {"B01", "B09", "B10"}),
    4: ("B02", "B03", "B04", "B08"),
}
_ROWS_SHOWN = 6
#: Width in pixels of the column of the layer's bands.
_NARROWEST_NAME, _WIDEST_NAME = 60, 120


class BandTable(QWidget):
    """One row per band of the raster with a choice of Sentinel-2's bands. Says nothing until the user confirms it."""

    #: The names for all bands of the layer, once confirmed; None when they are to be read from the file again.
    chosen = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._confirmed: tuple[str, ...] | None = None
        self._rows: list[QComboBox] = []
        self._wheel = CalmWheel(self)
        self._note = QLabel(self)
        self._note.setObjectName("bandNote")
        self._note.setWordWrap(True)
        self._table = QTableWidget(0, 2, self)
        self._table.setObjectName("bandTable")
        self._table.setToolTip(
            self.tr("Which band of Sentinel-2 each band of the layer is: the model tells them apart")
        )
        self._table.setHorizontalHeaderLabels([self.tr("Layer"), self.tr("Sentinel-2")])
        self._table.verticalHeader().hide()
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setWordWrap(False)
        header = self._table.horizontalHeader()
        header.setMaximumSectionSize(400)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self._table.setTabKeyNavigation(False)
        self.confirm_button = QPushButton(self.tr("Use these bands"), self)
        self.confirm_button.setObjectName("confirmBands")
        self.confirm_button.setToolTip(self.tr("Embed the layer with its bands as chosen in the table"))
        self.confirm_button.clicked.connect(self.confirm)
        self.file_button = QPushButton(self.tr("Read them from the file"), self)
        self.file_button.setObjectName("bandsFromFile")
        self.file_button.setToolTip(self.tr("Forget what the table says and go by the names in the file"))
        self.file_button.clicked.connect(self.unconfirm)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self._note, self._table, self.confirm_button, self.file_button):
            layout.addWidget(widget)

    def bands(self) -> tuple[str, ...] | None:
        """A name for each band of the layer ("-": ignored), as confirmed, or None to go by the file."""
        return self._confirmed

    def set_layer(self, layer: QgsRasterLayer, confirmed: Sequence[str] | None = None) -> None:
        """Show the bands of a layer, or nothing for None; `confirmed` is what was confirmed for it before."""
        names = [] if layer is None else [layer.bandName(band) for band in range(1, layer.bandCount() + 1)]
        named, guessed = guess(names)
        self._guessed = guessed
        self._confirmed = tuple(confirmed) if confirmed and len(confirmed) == len(names) else None
        self._fill(names, self._confirmed or named)
        self._check()

    def combo(self, band: int) -> QComboBox:
        """The choice for a band of the layer, counted from 1."""
        return self._rows[band - 1]

    def confirm(self) -> None:
        """Take the table for what the bands are."""
        self._confirmed = tuple(combo.currentData() for combo in self._rows)
        self._check()
        self.chosen.emit(self._confirmed)

    def unconfirm(self) -> None:
        """Go by the names in the file again."""
        self._confirmed = None
        self._check()
        self.chosen.emit(None)

    def _fill(self, names: Sequence[str], chosen: Sequence[str]) -> None:
        for combo in self._rows:
            combo.hide()  # it is deleted only later
        self._rows = []
        self._table.setRowCount(len(names))
        for row, name in enumerate(names):
            item = QTableWidgetItem(f"{row + 1}  {plain_name(name)}".strip())
            item.setFlags(Qt.ItemFlag.ItemIsEnabled)
            item.setToolTip(name)
            combo = QComboBox(self._table)
            combo.setObjectName(f"band{row + 1}")
            combo.addItem(self.tr("not used"), IGNORED)
            for band, text in SENTINEL_2.items():
                shows = QCoreApplication.translate("BandTable", text)
                combo.addItem(f"{band} {shows}", band)
                combo.setItemData(combo.count() - 1, shows, Qt.ItemDataRole.ToolTipRole)
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(10)
            combo.setCurrentIndex(max(0, combo.findData(chosen[row])))
            combo.currentIndexChanged.connect(self._changed)
            self._wheel.calm(combo)
            self._rows.append(combo)
            self._table.setItem(row, 0, item)
            self._table.setCellWidget(row, 1, combo)
        self._table.resizeColumnToContents(0)
        self._table.setColumnWidth(0, min(_WIDEST_NAME, max(_NARROWEST_NAME, self._table.columnWidth(0))))
        self._table.resizeRowsToContents()
        shown = sum(self._table.rowHeight(row) for row in range(min(len(names), _ROWS_SHOWN)))
        frame = 2 * self._table.frameWidth()
        self._table.setFixedHeight(self._table.horizontalHeader().sizeHint().height() + shown + frame)

    def _changed(self) -> None:
        self._guessed = False
        self._check()

    def _check(self) -> None:
        """Say how things stand, and offer to confirm what can be confirmed."""
        chosen = tuple(combo.currentData() for combo in self._rows)
        used = [name for name in chosen if name != IGNORED]
        twice = sorted({name for name in used if used.count(name) > 1})
        if twice:
            note = self.tr("{} is chosen twice.").format(", ".join(twice))
        elif not used:
            note = self.tr("Choose what the bands are.")
        elif chosen == self._confirmed:
            note = self.tr("Used as chosen here.")
        elif self._guessed:
            note = self.tr("A guess from the number of bands. Check each one, then confirm.")
        else:
            note = self.tr("Recognised; change only what is wrong, then confirm.")
        self._note.setText(note)
        self.confirm_button.setEnabled(bool(used) and not twice and chosen != self._confirmed)
        self.file_button.setVisible(self._confirmed is not None)


def guess(names: Sequence[str]) -> tuple[list[str], bool]:
    """(a Sentinel-2 band or "-" for each of a raster's band names, whether that is a mere guess from their number)."""
    found = [code_of(name) or IGNORED for name in names]
    used = [name for name in found if name != IGNORED]
    if used and len(set(used)) == len(used):
        return found, False
    if len(names) in _USUAL:
        return list(_USUAL[len(names)]), True
    return [IGNORED] * len(names), False
