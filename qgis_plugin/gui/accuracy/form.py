"""The widgets of the Accuracy tab and where they are; what they do is in `accuracy_panel`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsFieldProxyModel
from qgis.gui import QgsCollapsibleGroupBox, QgsFieldComboBox, QgsMapLayerComboBox, QgsSpinBox
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ...compat import LayerFilter
from ..widgets.calm_wheel import CalmWheel
from ..widgets.progress import ProgressBar
from ..widgets.scrolling import fill
from .labelling_box import LabellingBox
from .table import AccuracyTable

if TYPE_CHECKING:
    from ...context import Context
    from ...core.accuracy.judged_maps import JudgedMaps


#: Points of a reference sample unless the user wants another number.
POINTS = 300


class AccuracyForm(QWidget):
    """Three groups below each other: the map and its sample, the reference and its labels, the outcome."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("accuracy_panel")
        self._context = context
        self._build()
        CalmWheel(self).calm(self)

    def _build(self) -> None:
        inside = QWidget(self)
        inside.setObjectName("accuracy_inside")
        column = QVBoxLayout(inside)
        column.setContentsMargins(6, 6, 6, 6)
        column.addWidget(self._build_map())
        column.addWidget(self._build_reference())
        column.addWidget(self._build_assessment())
        column.addStretch(1)
        fill(self, inside)

    def _build_map(self) -> QgsCollapsibleGroupBox:
        box = self._box(self.tr("Map and sample"), "accuracy_sample_box")
        self._map = QgsMapLayerComboBox(box)
        self._map.setObjectName("accuracy_map")
        self._map.setFilters(LayerFilter.RasterLayer)
        self._map.setAllowEmptyLayer(True)
        self._map.setToolTip(self.tr("The class map to be assessed"))
        self._points = QgsSpinBox(box)
        self._points.setObjectName("accuracy_points")
        self._points.setRange(10, 100000)
        self._points.setValue(POINTS)
        self._points.setClearValue(POINTS)
        self._points.setSingleStep(50)
        self._points.setToolTip(
            self.tr("Random points, shared among the map's classes by area but with a minimum for small classes")
        )
        self._draw = self._button("accuracy_draw", self.tr("Draw reference sample"))
        self._draw.clicked.connect(self.draw)
        self._together = QCheckBox(box)
        self._together.setObjectName("accuracy_together")
        self._together.setChecked(True)
        self._together.setToolTip(
            self.tr("One sample, one table and one report of the maps of all places of the working set, as of one map")
        )
        self._places = self._sentence("accuracy_places")
        form = QFormLayout()
        form.addRow(self.tr("Map"), self._map)
        form.addRow(self._together)
        form.addRow(self._places)
        form.addRow(self.tr("Points"), self._points)
        form.addRow(self._draw)
        self._allocation = self._sentence("accuracy_allocation")
        box.layout().addLayout(form)
        box.layout().addWidget(self._allocation)
        return box

    def _show_places(self, number: int, several: bool, judged: JudgedMaps | None, told: str) -> None:
        """Whether there are several places, and how it stands with their maps."""
        self._together.setVisible(number > 1)
        self._together.setText(self.tr("All {} places together").format(number))
        self._map.setEnabled(not several)
        fine = (
            "" if judged is None else self.tr("One map of {0}, in {1}.").format(", ".join(judged.places), judged.path)
        )
        self._places.setText(told or fine)
        self._places.setVisible(several)

    def _build_reference(self) -> QgsCollapsibleGroupBox:
        box = self._box(self.tr("Reference and labelling"), "accuracy_label_box")
        self._reference = QgsMapLayerComboBox(box)
        self._reference.setObjectName("accuracy_reference")
        self._reference.setFilters(LayerFilter.PointLayer | LayerFilter.PolygonLayer)
        self._reference.setAllowEmptyLayer(True)
        self._reference.setToolTip(self.tr("Points or polygons whose class is known from another source than the map"))
        self._field = QgsFieldComboBox(box)
        self._field.setObjectName("accuracy_field")
        self._field.setFilters(
            QgsFieldProxyModel.Filter.String | QgsFieldProxyModel.Filter.Int | QgsFieldProxyModel.Filter.LongLong
        )
        for combo in (self._map, self._reference, self._field):
            combo.setSizeAdjustPolicy(combo.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(8)
        self._field.setToolTip(self.tr("The field with the class: its name, or its value on the map"))
        form = QFormLayout()
        form.addRow(self.tr("Reference"), self._reference)
        form.addRow(self.tr("Class field"), self._field)
        self.labelling = LabellingBox(self._context, box)
        self.labelling.setObjectName("labelling_box")
        box.layout().addLayout(form)
        box.layout().addWidget(self.labelling)
        return box

    def _build_assessment(self) -> QgsCollapsibleGroupBox:
        box = self._box(self.tr("Accuracy and areas"), "accuracy_result_box")
        self._assess = self._button("accuracy_assess", self.tr("Assess"))
        self._assess.setToolTip(self.tr("Accuracy of the map and areas of its classes, with 95 % intervals"))
        self._assess.clicked.connect(self.assess)
        self._report = self._button("accuracy_report", self.tr("Save report…"))
        self._report.setToolTip(self.tr("A page (HTML) or a document (PDF) with the map, its accuracy and its origin"))
        self._report.clicked.connect(self.ask_report)
        self._print = self._button("accuracy_print", self.tr("Print layout"))
        self._print.setToolTip(
            self.tr(
                "Lay the map out on a sheet with legend, scale and origin; of several places that of the one in view"
            )
        )
        self._print.clicked.connect(self.print_layout)
        hand_on = QHBoxLayout()
        for button in (self._report, self._print):
            hand_on.addWidget(button, 1)
        self._missing = self._sentence("accuracy_missing")
        self._step = self._sentence("accuracy_step")
        self._bar = ProgressBar(box)
        self._bar.setObjectName("accuracy_progress")
        self._cancel = self._button("accuracy_cancel", self.tr("Cancel"))
        self._cancel.setToolTip(self.tr("Stop what is running"))
        self._cancel.clicked.connect(self.cancel)
        self._working = QWidget(box)
        working = QHBoxLayout(self._working)
        working.setContentsMargins(0, 0, 0, 0)
        working.addWidget(self._bar, 1)
        working.addWidget(self._cancel)
        self._working.hide()
        self._table = AccuracyTable(box)
        self._table.hide()
        box.layout().addWidget(self._missing)
        box.layout().addWidget(self._assess)
        box.layout().addLayout(hand_on)
        box.layout().addWidget(self._step)
        box.layout().addWidget(self._working)
        self._link = self._sentence("accuracy_link")
        self._link.setOpenExternalLinks(True)
        box.layout().addWidget(self._link)
        box.layout().addWidget(self._table)
        return box

    def _box(self, title: str, name: str) -> QgsCollapsibleGroupBox:
        box = QgsCollapsibleGroupBox(title, self)
        box.setObjectName(name)
        box.setSaveCollapsedState(False)
        QVBoxLayout(box)
        return box

    def _button(self, name: str, text: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        return button

    def _sentence(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setWordWrap(True)
        label.hide()
        return label
