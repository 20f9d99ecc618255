"""Samples from another layer: which one, which field names the class, and what class each of its values becomes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import QgsApplication, QgsFieldProxyModel, QgsVectorLayer
from qgis.gui import QgsFieldComboBox, QgsMapLayerComboBox
from qgis.PyQt.QtCore import QLocale, Qt
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QProgressDialog,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...compat import POLYGON, LayerFilter
from ...core.samples import class_sets
from ...core.samples.classes import SampleError
from ...core.samples.importing import Ground, Source, Taken, Wish, take_in
from ..widgets.labels import wrapped

if TYPE_CHECKING:
    from ...context import Context
    from ...core.samples.class_model import ClassTable

_CLASS_FIELDS = QgsFieldProxyModel.Filter.String | QgsFieldProxyModel.Filter.Int | QgsFieldProxyModel.Filter.LongLong
#: Names of fields that hold classes, the likeliest first.
_LIKELY = ("class", "code_18", "landcover", "land_cover", "lc", "label", "klasse", "classe", "code", "type")
#: Share of the values that a class set must know to be taken for theirs.
_KNOWN = 0.6
#: New classes that are told by name.
_MOST_NAMES = 8


class ImportDialog(QDialog):
    """Into the samples of a `ClassTable`; `taken` is what came of it after it was accepted."""

    def __init__(self, context: Context, table: ClassTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._table = context, table
        self._counts: dict[str, int] = {}
        self._labels: Mapping[str, tuple[str, str | None]] = {}
        self._sets = [*class_sets.shipped_sets(), *class_sets.own_sets()[0]]
        self.taken: Taken | None = None
        self.setWindowTitle(self.tr("Import samples"))
        self._build()
        self._layer_chosen(self.layers.currentLayer())

    def choose_file(self) -> None:
        """Open a file as a layer of the project, and take its features."""
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Import samples"), str(Path.home()))
        if not chosen:
            return
        layer = self._context.iface.addVectorLayer(chosen, Path(chosen).stem, "ogr")
        if layer is not None and layer.isValid():
            self.layers.setLayer(layer)
        else:
            self.note.setText(
                self.tr("{} holds no vector layer that QGIS can read; choose another file.").format(chosen)
            )

    def accept(self) -> None:
        """Take the features in; stays open, with the reason, when that is not possible."""
        source = self._source()
        if source is None:
            return
        try:
            self.taken = self._take_in(source)
        except SampleError as error:
            self.note.setText(str(error))
            return
        if self.taken is not None:
            super().accept()

    def told(self) -> str:
        """What came of it, in a sentence."""
        taken = self.taken
        if taken is None:
            return ""
        parts = [self.tr("{} samples added").format(_number(taken.added))]
        if taken.new:
            parts.append(
                self.tr("new classes: {}").format(", ".join(taken.new[:8]) + ("…" if len(taken.new) > 8 else ""))
            )
        if taken.repaired:
            parts.append(self.tr("{} invalid shapes repaired").format(_number(taken.repaired)))
        reasons = [f"{_number(number)} {why}" for why, number in taken.left_out.items()]
        if reasons:
            parts.append(self.tr("left out: {}").format(", ".join(reasons)))
        return f"{'; '.join(parts)}."

    def _take_in(self, source: Source) -> Taken | None:
        table = self._table
        progress = QProgressDialog(self.tr("Taking samples in…"), self.tr("Cancel"), 0, 100, self)
        progress.setWindowModality(Qt.WindowModality.WindowModal)
        progress.setMinimumDuration(500)

        def go_on(share: float) -> bool:
            progress.setValue(int(100 * min(share, 1)))
            QApplication.processEvents()
            return not progress.wasCanceled()

        try:
            return take_in(table.layer, table.field, source, self.wishes(), table.rules, self._ground(), go_on)
        finally:
            progress.close()
            progress.deleteLater()

    def wishes(self) -> dict[str, Wish]:
        """What each value becomes, as the table says; those that become nothing are not among them."""
        found: dict[str, Wish] = {}
        known = {each.name: each for each in self._set_members()}
        for row in range(self.values.rowCount()):
            value = self.values.item(row, 0).data(Qt.ItemDataRole.UserRole)
            combo = self.values.cellWidget(row, 2)
            name = combo.currentText().strip() if isinstance(combo, QComboBox) else ""
            if not value or not name or (combo.currentIndex() == 0 and name == self._nothing):
                continue
            member, label = known.get(name), self._labels.get(value)
            code = member.code if member is not None else int(value) if value.isdecimal() else None
            colour = member.colour if member is not None else label[1] if label and label[0] == name else None
            found[value] = Wish(name, code, colour)
        return found

    def _set_members(self) -> tuple[class_sets.Member, ...]:
        chosen = self.codes.currentData()
        return chosen.classes if isinstance(chosen, class_sets.ClassSet) else ()

    def _ground(self) -> Ground | None:
        embedding = self._context.workspace.embedding
        return None if embedding is None else Ground(embedding, self.width_.value(), self.inside.isChecked())

    def _source(self) -> Source | None:
        layer, field = self.layers.currentLayer(), self.field.currentField()
        if not isinstance(layer, QgsVectorLayer) or not field:
            return None
        return Source(layer, field, self.selected.isChecked() and layer.selectedFeatureCount() > 0)

    # What was chosen

    def _layer_chosen(self, layer: QgsVectorLayer | None) -> None:
        self.field.blockSignals(True)
        self.field.setLayer(layer)
        names = {} if layer is None else {each.name().lower(): each.name() for each in layer.fields()}
        likely = next((names[name] for name in _LIKELY if name in names), None)
        texts = [] if layer is None else [f.name() for f in layer.fields() if not f.isNumeric()]
        self.field.setField(likely or (texts[0] if texts else self.field.currentField()))
        self.field.blockSignals(False)
        number = 0 if layer is None else layer.selectedFeatureCount()
        self.selected.setText(self.tr("Only the {} selected features").format(_number(number)))
        self.selected.setVisible(number > 0)
        self.selected.setChecked(number > 0)
        pixels = layer is not None and layer.geometryType() != POLYGON
        self.width_.setVisible(pixels)
        self._form.labelForField(self.width_).setVisible(pixels)
        self._read()

    def _read(self) -> None:
        """Read the values of the field, and guess what they are."""
        source = self._source()
        self._counts, self._labels = {}, {}
        self.note.clear()
        if source is not None:
            QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
            try:
                self._counts, self._labels = source.values(self._table.rules.last_value), source.labels()
            except SampleError as error:
                self.note.setText(str(error))
            finally:
                QApplication.restoreOverrideCursor()
        values = [value for value in self._counts if value]
        self.codes.blockSignals(True)
        self.codes.setCurrentIndex(0)
        for index, each in enumerate(self._sets, start=1):
            named = sum(value in each.names for value in values)
            if not self._labels and len(values) > 1 and named >= _KNOWN * len(values):
                self.codes.setCurrentIndex(index)
                break
        self.codes.blockSignals(False)
        self._fill()

    def _fill(self) -> None:
        """A row for each value."""
        values = sorted((value for value in self._counts if value), key=lambda value: (len(value), value))
        if not all(value.isdecimal() for value in values):
            values.sort(key=str.casefold)
        self.values.setRowCount(len(values))
        chosen = self.codes.currentData()
        names = chosen.names if isinstance(chosen, class_sets.ClassSet) else {}
        existing = [each.name for each in self._table.classes]
        numbers = {str(each.number): each.name for each in self._table.classes}
        for row, value in enumerate(values):
            label = self._labels.get(value, (value, None))[0]
            shown = QTableWidgetItem(value if label == value else f"{value} ({label})")
            shown.setData(Qt.ItemDataRole.UserRole, value)
            number = QTableWidgetItem(_number(self._counts[value]))
            number.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.values.setItem(row, 0, shown)
            self.values.setItem(row, 1, number)
            wish = value if value in existing else names.get(value) or (label if label != value else None)
            if wish is None:
                wish = next((each for each in existing if each.casefold() == value.casefold()), value)
                wish = numbers.get(value, wish) if self._table.is_numeric else wish
            self.values.setCellWidget(row, 2, self._choice(existing, wish))
        self._summarise()

    def _choice(self, existing: list[str], wish: str) -> QComboBox:
        combo = QComboBox()
        combo.setEditable(True)
        combo.addItem(self._nothing)
        combo.addItems(existing)
        if wish not in existing:
            combo.addItem(wish)
        combo.setCurrentIndex(combo.findText(wish))
        combo.setToolTip(self.tr("A class there is, or the name of a new one"))
        combo.currentTextChanged.connect(self._summarise)
        return combo

    def _summarise(self, *_: object) -> None:
        wishes = self.wishes()
        number = sum(self._counts[value] for value in wishes)
        existing = {each.name for each in self._table.classes}
        new = {each.name for each in wishes.values()} - existing
        text = self.tr("{} of {} features in {} classes, {} of them new").format(
            _number(number),
            _number(sum(self._counts.values())),
            len({each.name for each in wishes.values()}),
            len(new),
        )
        self.summary.setText(text if self._counts else "")
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(bool(wishes))

    # What it looks like

    def _build(self) -> None:
        self._nothing = self.tr("– leave out –")
        self.layers = QgsMapLayerComboBox()
        self.layers.setObjectName("importLayer")
        self.layers.setFilters(LayerFilter.HasGeometry)
        self.layers.setExceptedLayerList([self._table.layer])
        self.layers.layerChanged.connect(self._layer_chosen)
        self.layers.setToolTip(self.tr("The layer whose features become samples; it stays as it is"))
        file = QToolButton()
        file.setObjectName("importFile")
        file.setIcon(QgsApplication.getThemeIcon("/mActionFileOpen.svg"))
        file.setToolTip(self.tr("Open a file: it becomes a layer of the project"))
        file.clicked.connect(self.choose_file)
        row = QHBoxLayout()
        row.addWidget(self.layers, 1)
        row.addWidget(file)
        self.field = QgsFieldComboBox()
        self.field.setObjectName("importField")
        self.field.setFilters(_CLASS_FIELDS)
        self.field.setToolTip(self.tr("The field that names the class of each feature, by a word or a number"))
        self.field.fieldChanged.connect(lambda _name: self._read())
        self.codes = QComboBox()
        self.codes.setObjectName("importCodes")
        self.codes.setToolTip(self.tr("A class set that tells what the codes in the field are called"))
        self.codes.addItem(self.tr("as the layer calls them"))
        for each in self._sets:
            self.codes.addItem(each.name, each)
        self.codes.currentIndexChanged.connect(lambda _index: self._fill())
        self.selected = QCheckBox()
        self.selected.setObjectName("importSelected")
        self.selected.toggled.connect(lambda _on: self._read())
        self.width_ = QSpinBox()
        self.width_.setObjectName("importWidth")
        self.width_.setRange(1, 64)
        self.width_.setSuffix(self.tr(" pixels"))
        self.width_.setToolTip(self.tr("Points become squares and lines strips of so many pixels of the embedding"))
        embedding = self._context.workspace.embedding
        self.inside = QCheckBox(self.tr("Only what touches the embedding"))
        self.inside.setObjectName("importInside")
        self.inside.setChecked(embedding is not None)
        self.inside.setVisible(embedding is not None)
        self.inside.setToolTip(self.tr("Samples elsewhere teach nothing of this scene, and make everything slower"))
        self._form = QFormLayout()
        self._form.addRow(self.tr("Layer"), row)
        self._form.addRow(self.tr("Class field"), self.field)
        self._form.addRow(self.tr("Names of codes"), self.codes)
        self._form.addRow(self.tr("Width of points and lines"), self.width_)
        self._form.addRow(self.selected)
        self._form.addRow(self.inside)
        self.values = QTableWidget(0, 3)
        self.values.setObjectName("importValues")
        self.values.setHorizontalHeaderLabels([self.tr("Value"), self.tr("Features"), self.tr("Becomes")])
        self.values.verticalHeader().hide()
        self.values.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = self.values.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(0, 180)
        self.summary = wrapped("importSummary")
        self.note = wrapped("importNote")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText(self.tr("Import"))
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(self.tr("Cancel"))
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(self._form)
        column.addWidget(self.values, 1)
        column.addWidget(self.summary)
        column.addWidget(self.note)
        column.addWidget(self.buttons)
        self.resize(560, 480)


def _number(value: int) -> str:
    return QLocale().toString(value)
