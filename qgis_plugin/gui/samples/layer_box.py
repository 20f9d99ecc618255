"""Which layer samples are drawn in: a new one, or any vector layer and the field that names the class."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import QgsFieldProxyModel, QgsMapLayer, QgsProject, QgsVectorLayer
from qgis.gui import QgsFieldComboBox, QgsMapLayerComboBox
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QComboBox, QFileDialog, QFormLayout, QHBoxLayout, QPushButton, QWidget

from ...compat import LayerFilter
from ...core import layers
from ...core.layer_tree import free_name, place
from ...core.samples import class_sets, sample_layer
from ...core.samples.classes import SampleError, land_cover
from ..icons import icon

if TYPE_CHECKING:
    from ...context import Context


_CLASS_FIELDS = QgsFieldProxyModel.Filter.String | QgsFieldProxyModel.Filter.Int | QgsFieldProxyModel.Filter.LongLong


class SampleLayerBox(QWidget):
    """Sets the workspace's samples and shows them, whoever set them; finds those of a project that is opened."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._build()
        context.workspace.samplesChanged.connect(self._show)
        context.client.greeted.connect(self._offer_classes)
        QgsProject.instance().layersAdded.connect(self._look_for_samples)
        self._show(context.workspace.samples)
        self._look_for_samples()

    def close(self) -> bool:
        """Give the project back."""
        QgsProject.instance().layersAdded.disconnect(self._look_for_samples)
        self._context.workspace.samplesChanged.disconnect(self._show)
        self._context.client.greeted.disconnect(self._offer_classes)
        return super().close()

    def new_layer(self, path: Path | None = None, empty: bool = False) -> QgsVectorLayer | None:
        """Make a sample layer, beside the embedding unless told, with the classes of the preset unless it is to be
        `empty`, and work with it. Asks for the file only where there is no place for it; returns the layer or None."""
        greeting = self._context.client.greeting
        path = None if greeting is None else path or self._place() or self._asked_path()
        if greeting is None or path is None:
            return None
        embedding = self._context.workspace.embedding
        crs = (
            embedding.crs() if embedding is not None else self._context.iface.mapCanvas().mapSettings().destinationCrs()
        )
        try:
            wanted = self.preset.currentData()
            classes = land_cover(greeting.classes) if self.preset.currentIndex() == 0 else []
            if empty:
                classes = []
            elif isinstance(wanted, class_sets.ClassSet):
                classes = class_sets.as_classes(wanted, greeting.classes)
            layer = sample_layer.create_sample_layer(path, crs, classes)
        except SampleError as error:
            self._context.warn(str(error))
            return None
        of = layer if embedding is None else layers.source_of(embedding) or embedding
        layer.setName(free_name(self.tr("Samples"), of.name()))
        place(layer, embedding)
        self._context.workspace.set_samples(layer, "class")
        return layer

    def _new_clicked(self) -> None:
        self.new_layer()

    def _place(self) -> Path | None:
        """A path for the new layer in the first of these folders that can be written: the embedding's, unless that is
        the cache; that of the layer it was made from; the project's."""
        embedding = self._context.workspace.embedding
        name, folders = "samples", []
        if embedding is not None:
            files = [Path(layers.path_of(embedding))]
            source = layers.source_of(embedding)
            if source is not None:
                files.append(Path(layers.path_of(source)))
            files = [file for file in files if self._context.settings.cache_folder not in file.parents]
            folders = [file.parent for file in files]
            name = f"{files[0].stem if files else embedding.name()}_samples"
        if QgsProject.instance().absolutePath():
            folders.append(Path(QgsProject.instance().absolutePath()))
        for folder in folders:
            if folder.is_absolute() and folder.is_dir() and os.access(str(folder), os.W_OK):
                return sample_layer.unique_path(folder, name)
        return None

    def _asked_path(self) -> Path | None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, self.tr("New sample layer"), str(Path.home() / "samples.gpkg"), "GeoPackage (*.gpkg)"
        )
        if not chosen:
            return None
        path = Path(chosen).with_suffix(".gpkg")
        return sample_layer.unique_path(path.parent, path.stem)

    def _look_for_samples(self, added: Iterable[QgsMapLayer] | None = None) -> None:
        """Work with the samples among the layers that came, or that are there, unless there are samples already."""
        if self._context.workspace.samples is None:
            layer, field = sample_layer.find_samples(added)
            if layer is not None:
                self._context.workspace.set_samples(layer, field)

    def _layer_picked(self, layer: QgsVectorLayer | None) -> None:
        field = ""
        if layer is not None:
            names = layer.fields().names()
            wanted = [layer.customProperty(sample_layer.FIELD, ""), "class", "Class", "CLASS", "landcover", "label"]
            texts = [f.name() for f in layer.fields() if not f.isNumeric()]
            field = next((name for name in [*wanted, *texts] if name in names), "")
        self._context.workspace.set_samples(layer, field or "class")

    def _field_picked(self, field: str) -> None:
        if field and self.layers.currentLayer() is not None:
            self._context.workspace.set_samples(self.layers.currentLayer(), field)

    def _show(self, layer: QgsVectorLayer | None) -> None:
        field = self._context.workspace.field
        for combo in (self.layers, self.field):
            combo.blockSignals(True)
        self.layers.setLayer(layer)
        self.field.setLayer(layer)
        self.field.setField(field if layer is not None else "")
        for combo in (self.layers, self.field):
            combo.blockSignals(False)

    def _offer_classes(self) -> None:
        """What a new layer may start with, as soon as the worker has said it."""
        greeting = self._context.client.greeting
        self.new.setEnabled(greeting is not None)
        self.preset.setEnabled(greeting is not None)
        self.preset.clear()
        if greeting is None:
            self.new.setToolTip(
                self.tr("The worker is being started for the first time; it says what classes are like.")
            )
            return
        names = [each.name for each in land_cover(greeting.classes)]
        self.new.setToolTip(self.tr("Make an empty GeoPackage for samples beside the embedding"))
        self.preset.setToolTip(self.tr("The classes the new layer starts with: {} or none").format(", ".join(names)))
        self.preset.addItem(self.tr("Land cover ({})").format(len(names)))
        self.preset.setItemData(0, ", ".join(names), Qt.ItemDataRole.ToolTipRole)
        self.preset.addItem(self.tr("Empty"))
        own, problems = class_sets.own_sets()
        for each in [*class_sets.shipped_sets(), *own]:
            self.preset.addItem(f"{each.name} ({len(each.classes)})", each)
            about = ", ".join(member.name for member in each.classes)
            self.preset.setItemData(self.preset.count() - 1, about, Qt.ItemDataRole.ToolTipRole)
        for problem in problems:
            self._context.log(problem)

    def _build(self) -> None:
        self.new = QPushButton(icon("samples"), self.tr("New sample layer"))
        self.new.setObjectName("newSampleLayer")
        self.new.clicked.connect(self._new_clicked)
        self.preset = QComboBox()
        self.preset.setObjectName("classPreset")
        self.preset.setMinimumContentsLength(10)
        self.preset.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.layers = QgsMapLayerComboBox()
        self.layers.setObjectName("samplesLayer")
        self.layers.setFilters(LayerFilter.HasGeometry)
        self.layers.setAllowEmptyLayer(True)
        self.layers.setLayer(None)
        self.layers.setToolTip(self.tr("The layer of samples: polygons, in which you can draw, lines or points"))
        self.layers.layerChanged.connect(self._layer_picked)
        self.field = QgsFieldComboBox()
        self.field.setObjectName("samplesField")
        self.field.setFilters(_CLASS_FIELDS)
        self.field.setToolTip(self.tr("The field that names the class of each sample"))
        self.field.fieldChanged.connect(self._field_picked)
        first = QHBoxLayout()
        first.addWidget(self.new)
        first.addWidget(self.preset, 1)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(first)
        self._offer_classes()
        form.addRow(self.tr("Layer"), self.layers)
        form.addRow(self.tr("Class field"), self.field)
