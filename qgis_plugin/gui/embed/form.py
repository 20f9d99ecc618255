"""What can be chosen about an embedding: area, level and offset, bands, model, file. Asks nobody and embeds nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsProject, QgsRasterLayer
from qgis.gui import QgsCollapsibleGroupBox, QgsMapLayerComboBox
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QGroupBox,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ... import compat
from ...core.embed.request import EmbedOptions, View, said_of, say_of
from ...core.layers import with_names
from ...core.worker.wording import worded
from ..widgets.file_widget import FileWidget
from ..widgets.labels import wrapped
from .band_table import BandTable

if TYPE_CHECKING:
    from ...context import Context


class EmbedForm(QWidget):
    """The choices for one layer at a time. `changed` when something else would be embedded."""

    changed = pyqtSignal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._layer = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for box in (*self._reading_boxes(), self._area_box(), self._advanced_box()):
            layout.addWidget(box)

    # what is chosen

    def options(self) -> EmbedOptions:
        """What is chosen now."""
        text = self.output.filePath().strip()
        return EmbedOptions(
            bands=self.band_table.bands(),
            level=self.level.currentData(),
            offset=self.offset.currentData(),
            scale=self.scale.currentData(),
            area=self._area(),
            model=self.model.filePath().strip() or "default",
            exclude_clouds=self.clouds.isChecked(),
            trust=self.trust.isChecked(),
            output=Path(text) if text else None,
        )

    def problem(self) -> str:
        """What is still to be chosen, as a sentence; empty when nothing is."""
        if self.inside.isChecked() and self.polygons.currentLayer() is None:
            return self.tr("No layer of polygons is chosen; choose one, or another area.")
        return ""

    def set_layer(self, layer: QgsRasterLayer | None) -> None:
        """Show what was said about a layer (QgsRasterLayer or None) before."""
        self._layer = layer
        said = said_of(layer)
        for combo, name in ((self.level, "level"), (self.offset, "offset"), (self.scale, "scale")):
            combo.blockSignals(True)
            combo.setCurrentIndex(max(0, combo.findData(said.get(name, "auto"))))
            combo.blockSignals(False)
        self.band_table.set_layer(layer, said.get("bands"))
        self.band_box.setCollapsed(self.band_table.bands() is None)
        self.details.setCollapsed(True)
        self.evidence.clear()
        self.output.setFilePath("")
        self.trust.blockSignals(True)
        self.trust.setChecked(False)  # one layer is no other
        self.trust.blockSignals(False)

    def choose_whole_layer(self) -> None:
        """Embed all of the layer."""
        self.whole.setChecked(True)

    def show_evidence(self, sentences: list[str]) -> None:
        """What the reading of the file rests on."""
        self.evidence.setText("\n".join(f"• {sentence}" for sentence in sentences))
        self.evidence.setVisible(bool(sentences))

    def worded(self, message: str) -> str:
        """A sentence of the worker with what it names called as here, and layers by their names."""
        labels = {name: label for name, (label, _, _) in self._places().items()}
        return with_names(worded(message, labels))

    def open_place(self, about: Sequence[str]) -> QWidget | None:
        """Open where the first of these arguments that has a place here is chosen; returns the widget to look at."""
        places = self._places()
        for _, box, widget in (places[name] for name in about if name in places):
            if box is not None:
                box.setCollapsed(False)
            return widget
        return None

    def _places(self) -> dict[str, tuple[str, QgsCollapsibleGroupBox | None, QWidget]]:
        """Argument of the worker → its label, the box it is in, where it is chosen."""
        reading, advanced = self.details.layout(), self.advanced.layout()
        return {
            "bands": (self.band_box.title(), self.band_box, self.band_table.confirm_button),
            "level": (reading.labelForField(self.level).text(), self.details, self.level),
            "offset": (reading.labelForField(self.offset).text(), self.details, self.offset),
            "scale": (reading.labelForField(self.scale).text(), self.details, self.scale),
            "bounds": (self.visible.text(), None, self.visible),
            "aoi": (self.inside.text(), None, self.polygons),
            "model": (advanced.labelForField(self.model).text(), self.advanced, self.model),
            "output": (advanced.labelForField(self.output).text(), self.advanced, self.output),
            "exclude_clouds": (self.clouds.text(), self.advanced, self.clouds),
            "trust": (self.trust.text(), self.advanced, self.trust),
        }

    # its boxes

    def _area_box(self) -> QGroupBox:
        box = QGroupBox(self.tr("Area"), self)
        self.whole = QRadioButton(self.tr("Whole layer"), box)
        self.visible = QRadioButton(self.tr("What the map shows"), box)
        self.inside = QRadioButton(self.tr("Inside polygons"), box)
        self.polygons = QgsMapLayerComboBox(box)
        self.polygons.setFilters(compat.LayerFilter.PolygonLayer)
        tips = (
            (self.whole, "areaLayer", self.tr("Embed every pixel of the layer")),
            (self.visible, "areaVisible", self.tr("Embed the pixels that the map shows now")),
            (
                self.inside,
                "areaPolygons",
                self.tr("Embed the pixels inside the selected polygons, or all when none is"),
            ),
            (self.polygons, "areaPolygonLayer", self.tr("The layer with the polygons")),
        )
        for widget, name, tip in tips:
            widget.setObjectName(name)
            widget.setToolTip(tip)
        self.whole.setChecked(True)
        self.polygons.setVisible(False)
        self.inside.toggled.connect(self.polygons.setVisible)
        for button in (self.whole, self.visible, self.inside):
            button.toggled.connect(lambda on: self.changed.emit() if on else None)
        self.polygons.layerChanged.connect(lambda _: self.changed.emit() if self.inside.isChecked() else None)
        layout = QVBoxLayout(box)
        for widget in (self.whole, self.visible, self.inside, self.polygons):
            layout.addWidget(widget)
        return box

    def _reading_boxes(self) -> tuple[QWidget, QWidget]:
        """How the file is read: which band is which, and what the values mean."""
        self.band_table = BandTable(self)
        self.band_table.chosen.connect(self._said_something)
        self.band_box = _collapsible(self.tr("Bands"), "bandBox", self)
        QVBoxLayout(self.band_box).addWidget(self.band_table)
        self.details = _collapsible(self.tr("Level, offset, unit"), "detailsBox", self)
        by_itself = (self.tr("Automatic"), "auto")
        levels = (by_itself, (self.tr("L1C – top of atmosphere"), "l1c"), (self.tr("L2A – surface reflectance"), "l2a"))
        offsets = (
            by_itself,
            (self.tr("0 – none, or removed"), 0),
            (self.tr("−1000 (reflectance −0.1) – to be removed"), -1000),
        )
        scales = (
            by_itself,
            (self.tr("Reflectance × 10\xa0000"), 0.0001),
            (self.tr("Reflectance × 1000"), 0.001),
            (self.tr("Percent"), 0.01),
            (self.tr("Reflectance, 0 … 1"), 1.0),
        )
        form = QFormLayout(self.details)
        self.level = self._choice("level", levels, self.tr("The processing level of the Sentinel-2 product"))
        self.offset = self._choice(
            "offset",
            offsets,
            self.tr("Products of baseline 04.00 (January 2022) and later carry 1000 (reflectance 0.1) in their values"),
        )
        self.scale = self._choice("scale", scales, self.tr("The unit of the values"))
        for text, combo in (
            (self.tr("Level"), self.level),
            (self.tr("Offset"), self.offset),
            (self.tr("Unit"), self.scale),
        ):
            form.addRow(text, combo)
        self.evidence = wrapped("evidence", self.details)
        self.evidence.hide()
        form.addRow(self.evidence)
        return self.band_box, self.details

    def _choice(self, name: str, choices: Sequence[tuple[str, Any]], tip: str) -> QComboBox:
        combo = QComboBox(self.details)
        combo.setObjectName(name)
        combo.setToolTip(tip)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for text, data in choices:
            combo.addItem(text, data)
        combo.currentIndexChanged.connect(self._said_something)
        return combo

    def _advanced_box(self) -> QWidget:
        self.advanced = _collapsible(self.tr("Advanced"), "advancedBox", self)
        self.model = FileWidget(self.advanced)
        self.model.setFilter(self.tr("Models (*.onnx *.safetensors)"))
        self.model.lineEdit().setPlaceholderText(self.tr("Default model"))
        known = self._context.settings.model
        self.model.setFilePath("" if known == "default" else known)
        self.model.fileChanged.connect(self._remember_model)
        self.model.setToolTip(self.tr("A file or name of another model than the default one"))
        self.output = FileWidget(self.advanced)
        self.output.save_as(self.tr("GeoTIFF (*.tif)"))
        self.output.lineEdit().setPlaceholderText(self.tr("In the cache"))
        self.output.fileChanged.connect(lambda _: self.changed.emit())
        self.output.setToolTip(self.tr("Where to write the embedding; in the cache it is found again by itself"))
        self.clouds = QCheckBox(self.tr("Leave out clouds and shadows"), self.advanced)
        self.clouds.toggled.connect(lambda _: self.changed.emit())
        self.clouds.setToolTip(self.tr("By the scene classification (SCL) of the layer, where it has one"))
        self.trust = QCheckBox(self.tr("Follow what the layer refers to"), self.advanced)
        self.trust.toggled.connect(lambda _: self.changed.emit())
        self.trust.setToolTip(
            self.tr("Read also files in other folders and on the network that a VRT names; for a layer you know only")
        )
        named = {"model": self.model, "output": self.output, "excludeClouds": self.clouds, "trust": self.trust}
        for name, widget in named.items():
            widget.setObjectName(name)
        form = QFormLayout(self.advanced)
        form.addRow(self.tr("Model"), self.model)
        form.addRow(self.tr("File"), self.output)
        form.addRow(self.clouds)
        form.addRow(self.trust)
        return self.advanced

    # what happens

    def _area(self) -> Any:
        if self.visible.isChecked():
            settings = self._context.iface.mapCanvas().mapSettings()
            return View(settings.visibleExtent(), settings.destinationCrs())
        return self.polygons.currentLayer() if self.inside.isChecked() else None

    def _said_something(self) -> None:
        said = {
            "level": self.level.currentData(),
            "offset": self.offset.currentData(),
            "scale": self.scale.currentData(),
            "bands": self.band_table.bands(),
        }
        if self._layer is not None and QgsProject.instance().mapLayer(self._layer.id()) is not None:
            say_of(self._layer, said)
        self.changed.emit()

    def _remember_model(self, path: str) -> None:
        self._context.settings.model = path.strip() or "default"
        self.changed.emit()


def _collapsible(title: str, name: str, parent: QWidget) -> QgsCollapsibleGroupBox:
    box = QgsCollapsibleGroupBox(title, parent)
    box.setObjectName(name)
    box.setSaveCollapsedState(False)
    box.setCollapsed(True)
    return box
