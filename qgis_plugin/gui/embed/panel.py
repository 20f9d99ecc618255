"""The first tab of the dock: choose a layer, see how it is read, embed it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsMapLayer, QgsProject, QgsRasterLayer
from qgis.gui import QgsMapLayerComboBox
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QTimer, pyqtSignal
from qgis.PyQt.QtGui import QShowEvent
from qgis.PyQt.QtWidgets import (
    QFormLayout,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ... import compat
from ...core import layers
from ...core.embed import colours
from ...core.embed.inspector import EmbedInspector
from ...core.embed.job import finished_tiles
from ...core.embed.queue import CANCELLED, FAILED, EmbedQueue, Queued
from ...core.numbers import in_locale, square_kilometres
from ...core.sources import why_not_readable
from ...core.worker.pace import duration
from ...core.worker.request import WorkerError
from ..help.example import ExampleButton
from ..icons import icon
from ..widgets.calm_wheel import CalmWheel
from ..widgets.labels import WarningLine, selectable
from ..widgets.scrolling import scrolled
from .cache_dialog import size_text
from .embeddings_box import EmbeddingsBox
from .form import EmbedForm
from .run_box import RunBox

if TYPE_CHECKING:
    from ...context import Context


#: A scene has at least so many bands.
_FEWEST_BANDS = 4


class EmbedPanel(QWidget):
    """Embeds the layer that is chosen, after those that were chosen before; `embedded` when one is done."""

    embedded = pyqtSignal(object)
    #: The next step is asked for: samples are to be drawn.
    draw_wanted = pyqtSignal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.queue = EmbedQueue(context, self)
        self._inspection: dict[str, Any] | None = None
        self._shown_layer: str | None = None
        self._watched: QgsRasterLayer | None = None
        self._closed = self._refused = False
        self.inspector = EmbedInspector(context.client, self)
        self.layer_combo = QgsMapLayerComboBox(self)
        self.layer_combo.setObjectName("embedLayer")
        self.layer_combo.setFilters(compat.LayerFilter.RasterLayer)
        self.layer_combo.setToolTip(self.tr("The Sentinel-2 layer to embed"))
        self.summary = selectable("embedSummary", self)
        self.warnings = WarningLine("embedWarnings", self)
        self.example = ExampleButton(context, self)
        self.form = EmbedForm(context, self)
        self.box = EmbeddingsBox(context, self._files_at_work, self)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._exclude_products)
        self._sought = None
        self._seek = QTimer(self)
        self._seek.setSingleShot(True)
        self._seek.setInterval(100)
        self._seek.timeout.connect(lambda: self.scroll.ensureWidgetVisible(self._sought))
        self._lay_out()
        self._exclude_products()
        self._connect()
        self._layer_chosen()

    # for others

    def embed_layer(self, layer: QgsMapLayer) -> None:
        """Embed all of a raster layer now, as the layer's context menu asks."""
        if not _embeddable(layer):
            text = self.tr("{} cannot be embedded; choose a Sentinel-2 raster.").format(layer.name())
            self._say(why_not_readable(layer) or text)
            return
        self.layer_combo.setLayer(layer)
        self.form.choose_whole_layer()
        self.embed()

    def embed(self) -> None:
        """Embed the chosen layer, or open what the cache has of it."""
        layer, problem = self.layer_combo.currentLayer(), self.form.problem()
        if layer is None or problem or self.queue.at_work(layer.id()):
            if problem:
                self._say(problem)
            return
        options = self.form.options()
        if options.output is not None and any(item.output == options.output for item in self.queue.items):
            self._say(self.tr("{} is being written already; choose another file.").format(options.output))
            return
        if options.output is not None and options.output.exists() and not self._may_replace(options.output):
            return
        self.inspector.forget()
        self.run.forgive(layer.id())
        self.queue.add(layer, options)

    def _may_replace(self, path: Path) -> bool:
        question = self.tr("{} exists. Replace it?").format(path)
        return QMessageBox.question(self, self.tr("Replace file?"), question) == QMessageBox.StandardButton.Yes

    def cancel(self) -> None:
        """Stop the layer that is being embedded; finished tiles are kept."""
        self.run.cancel()

    def close(self) -> bool:
        """Let go of the project and the worker; what runs is stopped and kept."""
        if self._closed:
            return super().close()
        self._closed = True
        self.inspector.forget()
        self._watch(None)
        self._later.stop()
        self._seek.stop()
        self.example.give_up()
        self.queue.close()
        self.box.close_box()
        project = QgsProject.instance()
        project.layersAdded.disconnect(self._exclude_later)
        project.layersRemoved.disconnect(self._exclude_later)
        self._context.client.stateChanged.disconnect(self._worker_changed)
        self._context.iface.mapCanvas().extentsChanged.disconnect(self._view_changed)
        self._context.iface.currentLayerChanged.disconnect(self._follow)
        self._context.workspace.embeddingChanged.disconnect(self._embedding_changed)
        return super().close()

    # look

    def _lay_out(self) -> None:
        inside = QWidget(self)
        top = QFormLayout()
        top.addRow(self.tr("Layer"), self.layer_combo)
        layout = QVBoxLayout(inside)
        layout.addLayout(top)
        for widget in (self.summary, self.example, self.warnings, self.form):
            layout.addWidget(widget)
        layout.addStretch(1)
        CalmWheel(self).calm(inside)
        scroll = self.scroll = scrolled(inside)
        scroll.setObjectName("embedScroll")
        self.embed_button = QPushButton(self.tr("Embed layer"), self)
        self.embed_button.setObjectName("embedButton")
        self.embed_button.setDefault(True)
        self.embed_button.setToolTip(self.tr("Compute the embedding of the layer, or open it if it is in the cache"))
        self.next_button = QPushButton(icon("samples"), self.tr("Draw samples"), self)
        self.next_button.setObjectName("drawSamples")
        self.next_button.setToolTip(
            self.tr("The next step: draw what you know, in a new sample layer unless there is one")
        )
        self.next_button.clicked.connect(self.draw_wanted)
        self.run = RunBox(self.queue, self)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll, 1)
        lower = QVBoxLayout()
        lower.setContentsMargins(9, 0, 9, 9)
        for widget in (self.embed_button, self.next_button, self.run, self.box):
            lower.addWidget(widget)
        whole.addLayout(lower)
        self._show_running()

    def _connect(self) -> None:
        self.layer_combo.layerChanged.connect(self._layer_chosen)
        self.form.changed.connect(self._ask_anew)
        self.inspector.inspected.connect(self._show_inspection)
        self.inspector.failed.connect(self._show_refusal)
        self.embed_button.clicked.connect(self.embed)
        self.queue.changed.connect(self._show_running)
        self.queue.ended.connect(self._ended)
        project = QgsProject.instance()
        project.layersAdded.connect(self._exclude_later)
        self.box.recogniser.recognised.connect(self._exclude_later)
        project.layersRemoved.connect(self._exclude_later)
        self._context.client.stateChanged.connect(self._worker_changed)
        self._context.iface.mapCanvas().extentsChanged.connect(self._view_changed)
        self._context.iface.currentLayerChanged.connect(self._follow)
        self._context.workspace.embeddingChanged.connect(self._embedding_changed)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask only while somebody looks."""
        super().showEvent(event)
        if self._inspection is None and not self.inspector.busy:
            self._ask()

    # the layer

    def _exclude_later(self, *_: object) -> None:
        self._later.start()

    def _exclude_products(self) -> None:
        """Offer no embedding, map or preview of ours, and nothing that is no file."""
        every = QgsProject.instance().mapLayers().values()
        self.layer_combo.setExceptedLayerList([each for each in every if not _embeddable(each)])
        self._layer_chosen()

    def _follow(self, layer: QgsMapLayer | None) -> None:
        if _embeddable(layer):
            self.layer_combo.setLayer(layer)

    def _layer_chosen(self, *_: object) -> None:
        layer = self.layer_combo.currentLayer()
        if layer is not None and layer.id() == self._shown_layer:
            return
        self.run.forgive(self._shown_layer)
        self._shown_layer = None if layer is None else layer.id()
        self._watch(layer)
        self.form.set_layer(layer)
        if self.queue.running is None:
            self._say("")
        self._ask()

    def _watch(self, layer: QgsRasterLayer | None) -> None:
        """Look again when a layer, and no other, is placed elsewhere or shows another file."""
        for each, listen in ((self._watched, False), (layer, True)):
            if each is not None and not sip.isdeleted(each):
                for signal in (each.crsChanged, each.dataSourceChanged):
                    (signal.connect if listen else signal.disconnect)(self._ask_anew)
        self._watched = layer

    # how it is read

    def _ask_anew(self, *_: object) -> None:
        """Something else is to be embedded now, or otherwise: what was said of the last attempt goes."""
        self.run.forgive(self._shown_layer)
        if self.queue.running is None:
            self._say("")
        self._ask()

    def _view_changed(self) -> None:
        if self.form.visible.isChecked():
            self._ask()

    def _embedding_changed(self, _layer: object) -> None:
        self._show_running()

    def _worker_changed(self, state: str) -> None:
        if state == "ready" and self._inspection is None and not self.inspector.busy:
            self._ask()
        self._show_running()

    def _ask(self) -> None:
        """Ask the worker about the layer as it is to be embedded."""
        self._inspection, self._refused = None, False
        layer, problem = self.layer_combo.currentLayer(), self.form.problem()
        self._show_running()
        self.warnings.show_text("")
        self.inspector.forget()
        if not self.isVisible():
            return
        if layer is None:
            self._summarise(self.tr("Add a Sentinel-2 raster to the project to begin."))
        elif not self._context.client.available():
            self._summarise(self.tr("The environment that computes embeddings is not set up yet."))
        elif problem:
            self._summarise(problem)
        elif layer.bandCount() < _FEWEST_BANDS:
            self._refused = True
            self._show_running()
            self._summarise(
                self.tr(
                    "{} has too few bands for a Sentinel-2 scene ({} of at least {}); choose another layer."
                ).format(layer.name(), layer.bandCount(), _FEWEST_BANDS)
            )
        else:
            self._summarise(self.tr("Looking at {}…").format(layer.name()))
            self.inspector.ask(layer, self.form.options())

    def _show_inspection(self, found: dict[str, Any]) -> None:
        self._inspection = found
        layer = self.layer_combo.currentLayer()
        if layer is not None:
            colours.show_once(layer, self.form.band_table.bands())
        level, offset = found["level"].upper(), f"{found['offset']:g}".replace("-", "−")
        read = self.tr("{0} of {1} bands · {2} · offset {3}").format(
            len(found["bands"]), len(found["wanted"]), level, offset
        )
        size = [self.tr("{0} × {1}\xa0px").format(found["width"], found["height"])]
        if found.get("area"):
            size.append(square_kilometres(found["area"]))
        made, kept = self._what_is_kept(found)
        if not made:
            size.append(self.tr("about {}").format(duration(found["seconds"])))
            size.append(size_text(found["disk"]))
        lines = [read, " · ".join(size), kept]
        if found["fills"]:
            lines.append(self.tr("Filled: {}").format(in_locale("; ".join(found["fills"]))))
        self._summarise("\n".join(line for line in lines if line))
        self.warnings.show_text("\n".join(map(self.form.worded, found["warnings"])))
        self.form.show_evidence(found["evidence"])

    def _what_is_kept(self, found: dict[str, Any]) -> tuple[bool, str]:
        """Whether the cache has this embedding, and what is to be said about it."""
        cache = self.box.cache()
        if self.form.options().output is None and cache.get(found["key"]) is not None:
            return True, self.tr("Already embedded – opens at once.")
        unfinished = cache.unfinished(found["key"]) if self.form.options().output is None else None
        if unfinished is None:
            return False, ""
        done, tiles = finished_tiles(unfinished), found["tiles"]
        if not done:
            return False, ""
        return False, self.tr("{0} of {1} tiles are done – goes on there.").format(done, tiles)

    def _show_refusal(self, error: WorkerError) -> None:
        self.form.show_evidence([])
        if error.kind == "cancelled":
            return
        self._refused = error.kind in ("input", "request")
        self._show_running()
        self._summarise("")
        sentence = self.form.worded(error.message)
        self.warnings.show_text(sentence)
        self.run.forgive(self._shown_layer, sentence)  # once is enough
        self._look_at(error)

    def _summarise(self, text: str) -> None:
        self.summary.setText(text)
        self.summary.setVisible(bool(text))

    def _look_at(self, error: WorkerError) -> None:
        """Open what an error is about, and show it once it has its place."""
        widget = self.form.open_place(error.about)
        if widget is not None:
            self._sought = widget
            self._seek.start()

    # while it is embedded

    def _files_at_work(self) -> list[str]:
        item = self.queue.running
        return [] if item is None or item.job.output is None else [str(item.job.output)]

    def _show_running(self) -> None:
        layer = self.layer_combo.currentLayer()
        at_work = layer is not None and self.queue.at_work(layer.id())
        self.embed_button.setEnabled(
            not at_work and not self._refused and layer is not None and self._context.client.available()
        )
        self.example.setVisible(layer is None and self._context.client.available())
        self.embed_button.setText(self._button_text(layer))
        if at_work:
            tip = self.tr("This layer is being embedded, or waits for it; choose another to embed it next")
        elif self.queue.running is not None:
            tip = self.tr("Embed the layer when those before it are done; nothing has to be waited for here")
        else:
            tip = self.tr("Compute the embedding of the layer, or open it if it is in the cache")
        self.embed_button.setToolTip(tip)
        self.next_button.setVisible(self._context.workspace.embedding is not None)

    def _button_text(self, layer: QgsRasterLayer | None) -> str:
        last = None if layer is None else self.queue.of(layer.id())
        if last is not None and last.state == FAILED and last.job.worth_another_try:
            return self.tr("Try again")
        return self.tr("Embed layer") if self.queue.running is None else self.tr("Embed next")

    def _say(self, text: str) -> None:
        self.run.say(text)

    def _ended(self, item: Queued) -> None:
        """Say what became of a layer; the next one may begin at once."""
        self.box.fill()
        if self.layer_combo.currentLayer() is not None and self.layer_combo.currentLayer().id() == item.source:
            self._ask()
        if item.state == FAILED and item.error is not None:
            self._failed(item, item.error)
        elif item.state == CANCELLED:
            self._cancelled(item)
        else:
            self._finished(item)

    def _finished(self, item: Queued) -> None:
        if item.layer is None:
            text = self.tr("{} is embedded. Its project was closed; the embedding is kept.").format(item.name)
        elif item.job.from_cache:
            text = self.tr("{} was embedded before: opened from the cache.").format(item.name)
        else:
            text = " ".join(filter(None, (self.tr("{} is embedded.").format(item.name), item.job.ground)))
        self._say(text)
        if not item.job.from_cache:
            self._context.tell(text)
        self.embedded.emit(item.layer)

    def _failed(self, item: Queued, error: WorkerError) -> None:
        sentence = self.form.worded(error.message)
        self.run.fail(item, sentence)
        if item.source == self._shown_layer:
            self._look_at(error)
        if self.isVisible():
            self._context.log(sentence)
        else:  # nobody sees it here
            self._context.warn(sentence)

    def _cancelled(self, item: Queued) -> None:
        kept = item.job.kept
        if kept:
            text = self.tr("{0} cancelled. Finished tiles ({1}) are kept; embed the layer again to go on.")
            self._say(text.format(item.name, kept))
        else:
            self._say(self.tr("{} cancelled; no tile was finished yet.").format(item.name))


def _embeddable(layer: QgsMapLayer | None) -> bool:
    """Whether a layer is a raster file and not an embedding, map or preview of ours."""
    return (
        layer is not None
        and not why_not_readable(layer)
        and not layer.customProperty(layers.PRODUCT)
        and not layers.is_embedding(layer)
    )
