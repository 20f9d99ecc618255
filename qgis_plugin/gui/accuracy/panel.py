"""The Accuracy tab: draw a reference sample of a map, label it blind, assess the map with it, save a report."""

from __future__ import annotations

import html
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import Qgis, QgsMapLayer, QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtCore import QTimer, QUrl
from qgis.PyQt.QtWidgets import QFileDialog, QMessageBox, QWidget

from ...core import layers
from ...core.accuracy.assessment import Assessment
from ...core.accuracy.drawing import SampleDrawing
from ...core.accuracy.judged_maps import JudgedMaps, MapClasses, maps_of_set
from ...core.accuracy.reference_sample import CLASS_FIELD, free_output, labels_of
from ...core.layer_tree import keep_above
from ...core.maps.print_layout import MapSheets
from ...core.replaced_files import why_not
from ..widgets.scrolling import reveal
from .form import AccuracyForm

if TYPE_CHECKING:
    from ...context import Context


#: Layers with more features are not counted while they are chosen: `assess` says what is wrong with them.
COUNTED = 5000


class AccuracyPanel(AccuracyForm):
    """From a map, or the maps of all places of the working set, to accuracy and areas with intervals."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._judged: JudgedMaps | None = None
        self._classes: dict[str, int] = {}
        self._chosen: dict[QWidget, str | None] = {}
        self._watched: QgsVectorLayer | None = None
        self._closed = False
        self._drawing = SampleDrawing(context, self)
        self._names = MapClasses(context, self)
        self._sheets = MapSheets(context, self)
        self.assessment = Assessment(context, self)
        self._recount = QTimer(self)
        self._recount.setSingleShot(True)
        self._recount.setInterval(300)
        self._recount.timeout.connect(self._count)
        self._connect()
        self._except_layers()
        self._map.setLayer(None)
        self._reference.setLayer(None)
        self._choose(QgsProject.instance().mapLayers().values())
        self._map_changed()
        self._reference_changed()

    def _connect(self) -> None:
        self._map.layerChanged.connect(self._map_changed)
        self._together.toggled.connect(self._map_changed)
        self._context.workspace.embeddingChanged.connect(self._set_changed)
        self._drawing.drawn.connect(self._drawn)
        self._drawing.failed.connect(self._failed)
        self._drawing.progressed.connect(self._show_progress)
        self._names.found.connect(self._take_classes)
        self._names.failed.connect(self._no_classes)
        self._sheets.made.connect(self._context.iface.openLayoutDesigner)
        self._sheets.failed.connect(self._failed)
        self._reference.layerChanged.connect(self._reference_changed)
        self._field.fieldChanged.connect(self._field_changed)
        self.labelling.start_button.clicked.connect(self._toggle_labelling)
        self.labelling.changed.connect(self._recount.start)
        self.assessment.assessed.connect(self._assessed)
        self._table.told.connect(self._tables_told)
        self.assessment.reported.connect(self._reported)
        self.assessment.failed.connect(self._failed)
        self.assessment.progressed.connect(self._show_progress)
        QgsProject.instance().layersAdded.connect(self._layers_added)
        QgsProject.instance().layersWillBeRemoved.connect(self._layers_going)

    def close(self) -> bool:
        """Write labels, stop what runs, let go of the project."""
        if not self._closed:
            self._closed = True
            QgsProject.instance().layersAdded.disconnect(self._layers_added)
            QgsProject.instance().layersWillBeRemoved.disconnect(self._layers_going)
            self._context.workspace.embeddingChanged.disconnect(self._set_changed)
        self._recount.stop()
        self._watch(None)
        self.labelling.close()
        self.cancel()
        self.assessment.close()
        return super().close()

    # --- what is chosen ---------------------------------------------------------------------------------------------

    @property
    def judged(self) -> JudgedMaps | None:
        """What is to be assessed, or None."""
        return self._judged

    @property
    def map_layer(self) -> QgsRasterLayer | None:
        """The map to assess, or that of the first place; None without one."""
        return None if self._judged is None else self._judged.first

    @property
    def reference_layer(self) -> QgsVectorLayer | None:
        """The reference layer, or None."""
        return self._reference.currentLayer()

    @property
    def field(self) -> str:
        """The field of the reference that holds the class."""
        return self._field.currentField()

    def _layers_added(self, added: list[QgsMapLayer]) -> None:
        self._except_layers()
        if self.labelling.labelling is None:
            self._choose(added)
            if self._several and any(layer.customProperty(layers.PRODUCT) == "map" for layer in added):
                self._map_changed()

    def _layers_going(self, ids: list[str]) -> None:
        if self.assessment.uses(ids):
            self.assessment.cancel()
        if self._judged is not None and self._judged.places and any(each.id() in ids for each in self._judged.layers):
            QTimer.singleShot(0, self._set_changed)  # which is gone by then
        for combo in (self._map, self._reference):
            if self._chosen.get(combo) in ids:  # the combo box shows another layer by now, and does not say so
                combo.setLayer(None)

    def _choose(self, added: Iterable[QgsMapLayer]) -> None:
        """Take up a new map, and a reference sample when there is none yet."""
        for layer in added:
            product = layer.customProperty(layers.PRODUCT)
            if product == "map":
                self._map.setLayer(layer)
            elif product == "reference" and self.reference_layer is None:
                self._reference.setLayer(layer)

    def _except_layers(self) -> None:
        """Only maps can be assessed, and not with the polygons of a map."""
        none = [
            layer
            for layer in QgsProject.instance().mapLayers().values()
            if layer.customProperty(layers.PRODUCT, "map") not in ("map", "reference", "samples", "")
            or layers.is_embedding(layer)
        ]
        for combo in (self._map, self._reference):
            combo.setExceptedLayerList(none)

    @property
    def _several(self) -> bool:
        """Whether the maps of all places of the working set are to be assessed as one."""
        return self._together.isChecked() and len(self._context.workspace.places) > 1

    def _set_changed(self, *_embedding: object) -> None:
        """Another embedding or working set is in work, or other maps are there."""
        if not self._closed and self.labelling.labelling is None:
            self._map_changed()

    def _map_changed(self, *_layer: object) -> None:
        chosen, several = self._map.currentLayer(), self._several
        self._chosen[self._map] = None if chosen is None else chosen.id()
        judged, told = maps_of_set(self._context.workspace) if several else (JudgedMaps.of(chosen), "")
        self._show_places(len(self._context.workspace.places), several, judged, told)
        if judged is not None and judged == self._judged:
            return
        self._judged = judged
        self.labelling.stop()
        self.assessment.cancel()
        self._forget_result()
        self._allocation.hide()
        self._classes = {}
        self._names.forget()
        self._raise_later()
        self._enable()

    def _reference_changed(self, *_layer: object) -> None:
        self._chosen[self._reference] = self.reference_layer.id() if self.reference_layer is not None else None
        self.labelling.stop()
        self.assessment.cancel()
        self._watch(self.reference_layer)
        self._raise_later()
        self._field.setLayer(self.reference_layer)
        if self.reference_layer is not None and self.reference_layer.fields().indexOf(CLASS_FIELD) >= 0:
            self._field.setField(CLASS_FIELD)
        self._forget_result()
        self._recount.start()
        self._enable()

    def _raise_later(self) -> None:
        """Nobody sees points under the map they are to judge; a layer that comes has its place a moment later."""
        QTimer.singleShot(0, self._raise_reference)

    def _raise_reference(self) -> None:
        if not self._closed and self.reference_layer is not None and self._judged is not None:
            keep_above(self.reference_layer, self._judged.layers)

    def _field_changed(self, *_name: object) -> None:
        self.labelling.stop()
        self._forget_result()
        self._recount.start()
        self._enable()

    def _watch(self, layer: QgsVectorLayer | None) -> None:
        """Follow edits of the reference, whoever makes them."""
        if self._watched is not None and self._watched in QgsProject.instance().mapLayers().values():
            for signal in (
                self._watched.attributeValueChanged,
                self._watched.featureAdded,
                self._watched.featureDeleted,
            ):
                signal.disconnect(self._edited)
        self._watched = layer
        if layer is not None:
            for signal in (layer.attributeValueChanged, layer.featureAdded, layer.featureDeleted):
                signal.connect(self._edited)

    def _edited(self, *_what: object) -> None:
        self._recount.start()

    def _count(self) -> None:
        """Say what is missing before the map can be assessed."""
        layer, text, ready = self.reference_layer, "", False
        if layer is None or not self.field:
            text = self.tr("Draw a reference sample and label it, or choose a layer of reference points or polygons.")
        elif layer.featureCount() > COUNTED:
            ready = True
        else:
            labels = labels_of(layer, self.field)
            ready = not labels.missing and not labels.empty
            text = self.tr("{} of {} labelled.").format(labels.labelled, labels.total)
            if labels.empty:
                text += " " + self.tr("None is of {}: label some in every place, or nothing is known of it.").format(
                    ", ".join(labels.empty)
                )
            elif labels.missing:
                text += " " + self.tr("Label at least {} more.").format(labels.missing)
            elif labels.poor:
                text += " " + self.tr("{} classes of the map have fewer than two: label more.").format(labels.poor)
            elif labels.labelled < labels.total:
                text += " " + self.tr("Label the rest for narrower intervals.")
        self._ready = ready
        self._missing.setText(text)
        self._missing.setVisible(bool(text))
        self._enable()

    _ready = False

    def _enable(self) -> None:
        has_map = self._judged is not None
        busy = self._drawing.running or self.assessment.running
        self._draw.setEnabled(has_map and not busy)
        self._draw.setToolTip(
            self.tr("Choose random points on the map, to be labelled") if has_map else self.tr("Choose a map first")
        )
        start = self.labelling.start_button
        start.setEnabled(has_map and self.reference_layer is not None and bool(self.field))
        self._assess.setEnabled(has_map and self.reference_layer is not None and self._ready and not busy)
        self._report.setEnabled(self.assessment.result is not None and not busy)
        self._print.setEnabled(has_map)

    # --- drawing ----------------------------------------------------------------------------------------------------

    def draw(self) -> None:
        """Ask where to, and draw the reference sample of the map."""
        if self._judged is None or not self._can_read_map():
            return
        suggested = str(free_output(self._judged.beside(".tif")))
        path, _ = QFileDialog.getSaveFileName(
            self,
            self.tr("Reference sample"),
            suggested,
            "GeoPackage (*.gpkg)",
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if path:
            path = Path(path) if path.lower().endswith(".gpkg") else Path(path + ".gpkg")
            if not path.exists() or self._may_replace(path):
                self.draw_to(path)

    def _can_read_map(self) -> bool:
        """Whether the worker sees the map, and where QGIS shows it; says why not."""
        problem = "" if self._judged is None else self._judged.why_not_readable()
        if problem:
            self._context.warn(problem)
        return not problem

    def _may_replace(self, path: Path) -> bool:
        problem = why_not([path])
        if problem:
            self._context.warn(problem)
            return False
        return self._agreed(self.tr("{} exists. Replace it, and lose the labels in it?").format(path))

    def _agreed(self, question: str) -> bool:
        return QMessageBox.question(self, self.tr("Replace file?"), question) == QMessageBox.StandardButton.Yes

    def draw_to(self, path: str | Path) -> None:
        """Draw the reference sample of the map into a GeoPackage, which is replaced when it exists."""
        if self._judged is not None:
            self._drawing.draw(self._judged, Path(path), self._points.value())
            self._work(self.tr("Drawing the reference sample"))

    def _drawn(self, sample: QgsVectorLayer, result: dict[str, Any]) -> None:
        self._work("")
        allocation, places = result["allocation"], result["places"]
        if self._judged != self._drawing.maps:
            return
        self._reference.setLayer(sample)
        shares = ", ".join(f"{name} {number}" for name, number in allocation.items())
        told = self.tr("{} points: {}.").format(sum(allocation.values()), shares)
        if places:
            told += " " + self.tr("By place: {}.").format(", ".join(f"{name} {each}" for name, each in places.items()))
        self._allocation.setText(" ".join([told, *result["messages"]]))
        self._allocation.show()

    # --- labelling --------------------------------------------------------------------------------------------------

    def _toggle_labelling(self, on: bool) -> None:
        if not on:
            self.labelling.stop()
        elif self._classes:
            self._start_labelling()
        elif not self._names.running and self._judged is not None:
            self._names.ask(self._judged)

    def _take_classes(self, classes: dict[str, int]) -> None:
        self._classes = classes
        self._start_labelling()

    def _no_classes(self, kind: str, message: str) -> None:
        self.labelling.start_button.setChecked(False)
        self._failed(kind, message)

    def _start_labelling(self) -> None:
        if self.reference_layer is not None and self.field and self._judged is not None:
            self.labelling.start(self.reference_layer, self.field, self._classes, self._judged)

    # --- assessing --------------------------------------------------------------------------------------------------

    def assess(self) -> None:
        """Assess the map with the reference."""
        if self._judged is None or not self._can_read_map():
            return
        if self.labelling.labelling is not None:
            self.labelling.labelling.save()
        self._forget_result()
        self.assessment.assess(self._judged, self.reference_layer, self.field)
        self._work(self.tr("Assessing the map"))

    def _assessed(self, result: dict[str, Any]) -> None:
        self._work("")
        judged = self.assessment.judged
        if judged is None or judged != self._judged or self.assessment.reference_layer is not self.reference_layer:
            self._forget_result()  # something else was chosen meanwhile
            return
        notes = [self._trained_on(), self.assessment.unsaved]
        self._table.show_result(result, judged.colours, judged.beside("_accuracy.csv"), notes)
        self._table.show()
        reveal(self._table)

    def _tables_told(self, sentence: str, well: bool) -> None:
        if well:
            self._context.tell(sentence, Qgis.MessageLevel.Success)
        else:
            self._context.warn(sentence)

    def _trained_on(self) -> str:
        """That the reference is what the map was learned from; empty when it is not."""
        samples, reference = self.assessment.samples, self.reference_layer
        same = samples is not None and reference is not None and samples.id() == reference.id()
        return self.tr("The map was learned from this layer: this is no measure of its accuracy.") if same else ""

    def _forget_result(self) -> None:
        self.assessment.forget()
        self._table.hide()
        self._link.hide()
        self._enable()

    # --- report -----------------------------------------------------------------------------------------------------

    def ask_report(self) -> None:
        """Ask for a file and write the report."""
        if self.assessment.judged is None:
            return
        suggested = str(self.assessment.judged.beside("_report.html"))
        kinds = {"HTML (*.html)": ".html", "PDF (*.pdf)": ".pdf"}
        path, kind = QFileDialog.getSaveFileName(self, self.tr("Save report"), suggested, ";;".join(kinds))
        if not path:
            return
        if Path(path).suffix.lower() in kinds.values():  # the dialog has asked before it replaces
            self.save_report(path)
            return
        path += kinds.get(kind, ".html")
        question = self.tr("{} exists. Replace it?").format(path)
        if not Path(path).exists() or self._agreed(question):
            self.save_report(path)

    def save_report(self, path: str | Path) -> None:
        """Write the report of the last assessment; .html or .pdf."""
        if self.assessment.judged is None:
            return
        self._work(self.tr("Writing the report"))
        self.assessment.report(path, self.tr("Accuracy of {}").format(self.assessment.judged.name))
        self._enable()

    def _reported(self, path: str) -> None:
        self._work("")
        link = f'<a href="{QUrl.fromLocalFile(path).toString()}">{html.escape(Path(path).name)}</a>'
        self._link.setText(self.tr("Saved: {}").format(link))
        self._link.show()
        told = filter(None, [self.tr("The report is {}.").format(path), self.assessment.unsaved])
        self._context.tell(" ".join(told), Qgis.MessageLevel.Success)

    def print_layout(self) -> None:
        """Lay the map out to be printed, of several that of the place in view, and open the layout."""
        if self._judged is not None:
            settings = self._context.iface.mapCanvas().mapSettings()
            self._sheets.lay_out(self._judged.at(settings.visibleExtent().center(), settings.destinationCrs()))

    # --- progress ---------------------------------------------------------------------------------------------------

    def cancel(self) -> None:
        """Stop what runs."""
        self._drawing.cancel()
        self.assessment.cancel()

    def _work(self, step: str) -> None:
        """Show that a step is under way; "" that none is."""
        self._working.setVisible(bool(step))
        self._step.setText(step + " …")
        self._step.setVisible(bool(step))
        self._bar.setRange(0, 0)
        self._enable()

    def _show_progress(self, share: float) -> None:
        self._bar.setRange(0, 0 if share < 0 else 100)
        self._bar.setValue(max(0, round(100 * share)))

    def _failed(self, kind: str, message: str) -> None:
        self._work("")
        if kind != "cancelled":
            self._context.warn(message)
