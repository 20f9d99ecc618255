"""The final map: one button that maps the whole embedding with the samples in work, and one that applies a saved model
to another embedding."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import Qgis, QgsProject, QgsRasterLayer
from qgis.gui import QgsFileWidget, QgsMapLayerComboBox
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ...compat import LayerFilter
from ...core import layers
from ...core.accuracy.figures import shares
from ...core.maps.final_map import FinalMap, default_folder, default_output, outputs_beside, outputs_of_places
from ...core.maps.map_history import keep_history
from ...core.maps.print_layout import MapSheets
from ...core.replaced_files import why_not
from ...core.samples.classes import SampleError
from ...core.samples.sample_layer import collect
from ...core.sources import why_not_placed
from ..icons import icon
from ..widgets.file_widget import FileWidget
from ..widgets.progress import ProgressBar

if TYPE_CHECKING:
    from ...context import Context
    from ...core.maps.final_map import Outputs


class FinalMapBox(QWidget):
    """Follows the workspace: the map is made of its embedding and its samples."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("final_map_box")
        self._context = context
        self._suggested = self._made = ""
        self._folder = False
        self._count = 1  # of maps that are being made
        self._closed = False
        self.final_map = FinalMap(context, self)
        self.final_map.progressed.connect(self._show_progress)
        self.final_map.finished.connect(self._finished)
        self.final_map.failed.connect(self._failed)
        self._sheets = MapSheets(context, self)
        self._sheets.made.connect(context.iface.openLayoutDesigner)
        self._sheets.failed.connect(lambda _kind, message: context.warn(message))
        self._build()
        context.workspace.embeddingChanged.connect(self._follow)
        context.workspace.samplesChanged.connect(self._follow)
        self._follow()

    def _build(self) -> None:
        self._file = _map_file(self)
        self._file.setObjectName("final_map_file")
        self._file.setToolTip(self.tr("The map to write: a GeoTIFF with its class names and style beside it"))
        self._file_label = QLabel(self.tr("File"), self)
        self._confidence = QCheckBox(self.tr("Confidence"), self)
        self._confidence.setObjectName("final_map_confidence")
        self._confidence.setToolTip(self.tr("Also write how sure the classifier is of every pixel"))
        self._polygons = QCheckBox(self.tr("Polygons"), self)
        self._polygons.setObjectName("final_map_polygons")
        self._polygons.setToolTip(self.tr("Also write the areas of the map as polygons with their class and size"))
        self._unknown = QCheckBox(self.tr("Leave unlike pixels unclassified"), self)
        self._unknown.setObjectName("final_map_unknown")
        self._share = QDoubleSpinBox(self)
        self._share.setObjectName("final_map_share")
        self._share.setRange(0.0, 50.0)
        self._share.setDecimals(1)
        self._share.setValue(1.0)
        self._share.setSuffix("\xa0%")
        self._share.setEnabled(False)
        tip = self.tr(
            "Pixels more unlike all samples than all but this share of the samples' own pixels get no class: “unknown”."
        )
        self._unknown.setToolTip(tip)
        self._share.setToolTip(tip)
        self._unknown.toggled.connect(self._share.setEnabled)
        self._make = QPushButton(self.tr("Make map"), self)
        self._make.setObjectName("final_map_make")
        self._make.clicked.connect(self.make)
        self._apply = QPushButton(self.tr("Apply saved model…"), self)
        self._apply.setObjectName("final_map_apply")
        self._apply.setToolTip(self.tr("Map another embedding with a model that was saved beside an earlier map"))
        self._apply.clicked.connect(self.apply)
        self._tidy = QPushButton(self.tr("Tidy…"), self)
        self._tidy.setObjectName("final_map_tidy")
        self._tidy.setIcon(icon("tidy"))
        self._tidy.setToolTip(self.tr("Fill areas of a map that are too small to matter by their neighbours"))
        self._tidy.clicked.connect(self.tidy)
        self._print = QPushButton(self.tr("Print layout"), self)
        self._print.setObjectName("final_map_print")
        self._print.setToolTip(
            self.tr("Lay the map out on a sheet with legend, scale and origin, to be changed and exported as you like")
        )
        self._print.clicked.connect(self.print_layout)
        self._step = QLabel(self)
        self._step.setObjectName("final_map_step")
        self._bar = ProgressBar(self)
        self._bar.setObjectName("final_map_progress")
        self._cancel = QPushButton(self.tr("Cancel"), self)
        self._cancel.setObjectName("final_map_cancel")
        self._cancel.setToolTip(self.tr("Stop; no unfinished map is left behind"))
        self._cancel.clicked.connect(self.final_map.cancel)
        self._working = QWidget(self)
        working = QVBoxLayout(self._working)
        working.setContentsMargins(0, 0, 0, 0)
        line = QHBoxLayout()
        line.addWidget(self._bar, 1)
        line.addWidget(self._cancel)
        working.addWidget(self._step)
        working.addLayout(line)
        self._working.hide()
        self._result = QLabel(self)
        self._result.setObjectName("final_map_result")
        self._result.setWordWrap(True)
        self._result.hide()
        #: What is to be in sight however far the panel is scrolled: the button and how it goes.
        self.foot = QWidget(self)
        foot = QVBoxLayout(self.foot)
        foot.setContentsMargins(9, 4, 9, 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        file_line = QHBoxLayout()
        file_line.addWidget(self._file_label)
        file_line.addWidget(self._file, 1)
        options = QHBoxLayout()
        options.addWidget(self._confidence)
        options.addWidget(self._polygons)
        options.addStretch(1)
        options.addWidget(self._tidy)
        unknown = QHBoxLayout()
        unknown.addWidget(self._unknown)
        unknown.addWidget(self._share)
        unknown.addStretch(1)
        for part in (file_line, options, unknown):
            layout.addLayout(part)
        further = QHBoxLayout()
        further.addWidget(self._apply, 1)
        further.addWidget(self._print, 1)
        layout.addLayout(further)
        layout.addStretch(1)
        for widget in (self._make, self._working, self._result):
            foot.addWidget(widget)

    def close(self) -> bool:
        """Stop what runs and let go of the workspace."""
        if not self._closed:
            self._closed = True
            self._context.workspace.embeddingChanged.disconnect(self._follow)
            self._context.workspace.samplesChanged.disconnect(self._follow)
        self.final_map.cancel()
        return super().close()

    # --- actions ----------------------------------------------------------------------------------------------------

    def make(self) -> None:
        """Map the embedding in work; asks before anything is replaced."""
        workspace = self._context.workspace
        if workspace.embedding is None or workspace.samples is None or self.final_map.running:
            return
        if not self._file.filePath().strip():
            self._context.warn(self.tr("The map has no file yet; name its file first."))
            return
        try:
            samples = collect(workspace.samples, workspace.field)
        except SampleError as error:
            self._context.warn(str(error))
            return
        problem = why_not_placed(workspace.embedding)
        if problem:
            self._context.warn(problem)
            return
        if not samples["features"]:
            self._context.warn(self.tr("There are no samples with a class yet; draw some for each class."))
            return
        outputs = self._outputs(self._file.filePath())
        overwrite = self._may_replace(outputs)
        if overwrite is None:
            return
        origin = (workspace.samples, workspace.field)
        self._count = len(outputs.maps)
        self.final_map.make(samples, outputs, self._unknown_share(), overwrite, origin)
        self._running(True)

    def apply(self) -> None:
        """Ask for a model and an embedding, and make that map."""
        if self.final_map.running:
            return
        dialog = ApplyDialog(self._context.workspace.embedding, self)
        accepted = dialog.exec()
        model, embedding, output = dialog.model, dialog.embedding, dialog.output
        dialog.deleteLater()
        if accepted:
            self.apply_model(model, embedding, output)

    def tidy(self) -> None:
        """Open the algorithm that tidies, with the map made last, or the one that is chosen in the layer tree."""
        import processing

        chosen = self._chosen_map()
        processing.execAlgorithmDialog("mmearth:tidy", {} if chosen is None else {"MAP": chosen.id()})

    def print_layout(self) -> None:
        """Lay that map out to be printed, and open the layout."""
        chosen = self._chosen_map()
        if chosen is None:
            self._context.warn(self.tr("There is no map to lay out; make one first, or choose one in the layer tree."))
        else:
            self._sheets.lay_out(chosen)

    def _chosen_map(self) -> QgsRasterLayer | None:
        """The map that is chosen in the layer tree, or the one made last."""
        chosen = [self._context.iface.activeLayer(), QgsProject.instance().mapLayer(self._made)]
        maps = [each for each in chosen if each is not None and each.customProperty(layers.PRODUCT) == "map"]
        return maps[0] if maps else None

    def apply_model(self, model: str | Path, embedding: QgsRasterLayer, output: str) -> None:
        """Map the layer `embedding` with the model file `model`, with the options of this box."""
        outputs = outputs_beside(output, False, self._confidence.isChecked(), self._polygons.isChecked())
        overwrite = self._may_replace(outputs)
        if overwrite is not None:
            self._count = 1
            self.final_map.apply(model, embedding, outputs, self._unknown_share(), overwrite)
            self._running(True)

    def _outputs(self, path: str) -> Outputs:
        if self._several:
            names = [place.name for place in self._context.workspace.places]
            return outputs_of_places(path, names, self._confidence.isChecked())
        return outputs_beside(path, True, self._confidence.isChecked(), self._polygons.isChecked())

    @property
    def _several(self) -> bool:
        """Whether a working set of several places is in work: a folder of maps is made then."""
        return len(self._context.workspace.places) > 1

    def _unknown_share(self) -> float | None:
        return self._share.value() / 100 if self._unknown.isChecked() else None

    def _may_replace(self, outputs: Outputs) -> bool | None:
        """False: nothing is there. True: it is, and may be replaced. None: it may not."""
        existing = outputs.existing()
        if not existing:
            return False
        problem = why_not(existing)
        if problem:
            self._context.warn(problem)
            return None
        names = "\n".join(path.name for path in existing)
        question = self.tr("These files exist in {}:\n\n{}\n\nReplace them?").format(outputs.map.parent, names)
        answer = QMessageBox.question(self, self.tr("Replace files?"), question)
        return True if answer == QMessageBox.StandardButton.Yes else None

    # --- what the user sees -----------------------------------------------------------------------------------------

    def _follow(self, *_layer: object) -> None:
        workspace = self._context.workspace
        several = self._several
        if workspace.embedding is not None and (self._file.filePath() == self._suggested or several != self._folder):
            default = default_folder if several else default_output
            self._suggested = str(default(workspace.embedding))
            self._file.setFilePath(self._suggested)
        self._folder = several
        self._polygons.setEnabled(not several)
        self._file_label.setText(self.tr("Folder") if several else self.tr("File"))
        mode = QgsFileWidget.StorageMode
        self._file.setStorageMode(mode.GetDirectory if several else mode.SaveFile)
        maps = self.tr("Make {} maps").format(len(workspace.places))
        self._make.setText(maps if several else self.tr("Make map"))
        missing = ""
        if workspace.embedding is None:
            missing = self.tr("Embed a layer first, or choose an embedding.")
        elif workspace.samples is None:
            missing = self.tr("Choose or draw samples first.")
        self._make.setEnabled(not missing and not self.final_map.running)
        whole = self.tr("Map the whole embedding; the model is saved beside the map")
        each = self.tr("Map each place of the working set with one model of all samples; the model lies with the maps")
        self._make.setToolTip(missing or (each if several else whole))

    def _running(self, running: bool) -> None:
        self._working.setVisible(running)
        self._apply.setEnabled(not running)
        if running:
            self._result.hide()
        self._follow()

    def _show_progress(self, step: str, share: float) -> None:
        self._step.setText(step + " …")
        self._bar.setRange(0, 0 if share < 0 else 100)
        self._bar.setValue(max(0, round(100 * share)))

    def _finished(self, layer: QgsRasterLayer | None, result: dict[str, Any]) -> None:
        self._running(False)
        if layer is None:
            self._result.setText(self.tr("The map is written. Its project was closed; the files are kept."))
            self._result.show()
            return
        self._made = layer.id()
        keep_history(self._context, layer)
        self._result.setText("\n".join([class_shares(result), *result["messages"]]))
        self._result.show()
        text = self.tr("{} is in the project.").format(Path(layers.path_of(layer)).name)
        if self._count > 1:
            text = self.tr("The maps of {} places are in the project.").format(self._count)
        self._context.tell(text, Qgis.MessageLevel.Success)

    def _failed(self, kind: str, message: str) -> None:
        self._running(False)
        if kind == "cancelled":
            if self._result.isHidden():  # the map itself may be there, and only its polygons not
                self._result.setText(self.tr("Cancelled; no map was written."))
                self._result.show()
        else:
            self._context.warn(message)


class ApplyDialog(QDialog):
    """Which model, on which embedding, to which file."""

    def __init__(self, embedding: QgsRasterLayer | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("apply_dialog")
        self.setWindowTitle(self.tr("Apply a saved model"))
        self.setMinimumWidth(460)
        self._suggested = ""
        self._model = FileWidget(self)
        self._model.setObjectName("apply_model")
        self._model.setFilter(self.tr("Model (*.json)"))
        self._model.setToolTip(self.tr("The NAME_model.json beside an earlier map"))
        self._embedding = QgsMapLayerComboBox(self)
        self._embedding.setObjectName("apply_embedding")
        self._embedding.setToolTip(self.tr("The embedding to map; made by the same encoder as the model's"))
        self._embedding.setFilters(LayerFilter.RasterLayer)
        others = [each for each in QgsProject.instance().mapLayers().values() if not layers.is_embedding(each)]
        self._embedding.setExceptedLayerList(others)
        if embedding is not None:
            self._embedding.setLayer(embedding)
        self._output = _map_file(self)
        self._output.setObjectName("apply_output")
        self._output.setToolTip(self.tr("The map to write"))
        form = QFormLayout()
        form.addRow(self.tr("Model"), self._model)
        form.addRow(self.tr("Embedding"), self._embedding)
        form.addRow(self.tr("Map"), self._output)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, parent=self
        )
        self._ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._ok.setText(self.tr("Make map"))
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(self.tr("Cancel"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(buttons)
        self._model.fileChanged.connect(self._check)
        self._output.fileChanged.connect(self._check)
        self._embedding.layerChanged.connect(self._suggest)
        self._suggest()

    @property
    def model(self) -> str:
        """The model's file."""
        return self._model.filePath()

    @property
    def embedding(self) -> QgsRasterLayer | None:
        """The embedding's layer, or None."""
        return self._embedding.currentLayer()

    @property
    def output(self) -> str:
        """The map's file."""
        return self._output.filePath()

    def _suggest(self, *_layer: object) -> None:
        if self.embedding is not None and self.output == self._suggested:
            self._suggested = str(default_output(self.embedding))
            self._output.setFilePath(self._suggested)
        self._check()

    def _check(self, *_path: object) -> None:
        self._ok.setEnabled(bool(self.output.strip()) and self.embedding is not None and Path(self.model).is_file())


def class_shares(result: dict[str, Any]) -> str:
    """The shares of a `classify` result: "forest 41.2 %, water 3.0 %, unknown 0.4 %", the largest first."""
    pixels = dict(result.get("pixels", {}))
    unknown = QCoreApplication.translate("FinalMapBox", "unknown")
    if result.get("unknown"):
        pixels[unknown] = result["unknown"]
    if not sum(pixels.values()):
        return QCoreApplication.translate("FinalMapBox", "The map has no pixel with a class.")
    return shares(dict(sorted(pixels.items(), key=lambda entry: -entry[1])))


def _map_file(parent: QWidget) -> FileWidget:
    widget = FileWidget(parent)
    widget.save_as(QCoreApplication.translate("FinalMapBox", "GeoTIFF (*.tif)"))
    return widget
