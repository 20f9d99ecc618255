"""Where does it look like here: click a place, see what is alike, keep it as a raster or as polygons."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateTransform,
    QgsCsException,
    QgsMapLayer,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)
from qgis.gui import QgsMapToolEmitPoint, QgsVertexMarker
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtGui import QColor, QCursor
from qgis.PyQt.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from ...core import layers
from ...core.layer_tree import place
from ...core.maps.live_layer import LiveLayer
from ...core.maps.map_style import Style, ramp
from ...core.maps.view import view_of
from ...core.numbers import decimal
from ...core.replaced_files import Released, open_again, release, why_not
from ...core.samples.classes import SampleError
from ...core.samples.pixels import place_on
from ...core.sources import wkt
from ..icons import icon
from ..widgets.canvas_tool import give_back, take
from ..widgets.labels import wrapped

if TYPE_CHECKING:
    from ...context import Context
    from ...core.worker.client import Job


#: Colours from alike enough to the same.
_COLOURS = ("#443983", "#31688e", "#21918c", "#90d743", "#fde725")
_VIEW_PAUSE = 150


class SimilarityBox(QWidget):
    """Follows the canvas while a place is chosen."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._canvas = context.iface.mapCanvas()
        self._at: QgsPointXY | None = None
        self._job: Job | None = None
        self._saving: Job | None = None
        self._marker: QgsVertexMarker | None = None
        self._dirty = False
        self._between: str | None = None
        self._released: list[Released] = []
        self._layer = LiveLayer("similarity_preview", self.tr("Similar places"), self)
        self._tool = QgsMapToolEmitPoint(self._canvas)
        self._tool.setCursor(QCursor(Qt.CursorShape.CrossCursor))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_VIEW_PAUSE)

        self.pick = QPushButton(icon("similar"), self.tr("Find similar places"))
        self.pick.setObjectName("similarPick")
        self.pick.setCheckable(True)
        self.pick.setToolTip(self.tr("Then click a place in the map: what looks like it lights up"))
        self._tool.setButton(self.pick)
        self.clear = QPushButton(self.tr("Clear"))
        self.clear.setObjectName("similarClear")
        self.clear.setToolTip(self.tr("Take the heat map away"))
        row = QHBoxLayout()
        row.addWidget(self.pick, 1)
        row.addWidget(self.clear)
        self.threshold = QSlider(Qt.Orientation.Horizontal)
        self.threshold.setObjectName("similarThreshold")
        self.threshold.setRange(0, 99)
        self.threshold.setValue(70)
        self.threshold.setToolTip(self.tr("Only what is at least so alike is shown and becomes polygons"))
        self._value = QLabel()
        self._value.setMinimumWidth(36)
        threshold_row = QHBoxLayout()
        threshold_row.addWidget(QLabel(self.tr("At least")))
        threshold_row.addWidget(self.threshold, 1)
        threshold_row.addWidget(self._value)
        self.save = QPushButton(self.tr("Save heat map…"))
        self.save.setObjectName("similarSave")
        self.save.setToolTip(self.tr("The similarity of the whole layer, as a raster"))
        self.polygons = QPushButton(self.tr("To polygons…"))
        self.polygons.setObjectName("similarPolygons")
        self.polygons.setToolTip(self.tr("What is alike enough in the whole layer, as polygons"))
        save_row = QHBoxLayout()
        save_row.addWidget(self.save)
        save_row.addWidget(self.polygons)
        self.note = wrapped("similarNote")
        self.note.hide()

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addLayout(threshold_row)
        layout.addLayout(save_row)
        layout.addWidget(self.note)

        self.pick.toggled.connect(self._pick)
        self.clear.clicked.connect(self._clear)
        self.threshold.valueChanged.connect(self._restyle)
        self.save.clicked.connect(self._save_raster)
        self.polygons.clicked.connect(self._save_polygons)
        self._tool.canvasClicked.connect(self._clicked)
        self._timer.timeout.connect(self._ask)
        self._layer.removed.connect(self.reset)
        context.workspace.embeddingChanged.connect(self.reset)
        self._canvas.extentsChanged.connect(self._moved)
        self._canvas.destinationCrsChanged.connect(self._mark)
        self._restyle()
        self._enable()

    @property
    def layer(self) -> QgsRasterLayer | None:
        """The layer of the heat map, or None."""
        return self._layer.layer

    def search(self, point: QgsPointXY) -> None:
        """Show what is like a place, given in the embedding's CRS."""
        self._at = point
        self._mark()
        self._ask()
        self._enable()

    def reset(self, *_: object) -> None:
        """Forget the place."""
        self._at = None
        self._timer.stop()
        self._layer.hide()
        self._unmark()
        self.note.hide()
        self._enable()

    def close(self) -> bool:
        """Leave the canvas as it was."""
        self._canvas.extentsChanged.disconnect(self._moved)
        self._canvas.destinationCrsChanged.disconnect(self._mark)
        give_back(self._canvas, self._tool)
        for job in (self._job, self._saving):
            if job is not None:
                job.cancel()
        self.reset()
        self._layer.close()
        return super().close()

    def _pick(self, wanted: bool) -> None:
        if wanted and self._context.workspace.embedding is None:
            self._say(self.tr("Embed a layer first, or choose an embedding."))
            self.pick.setChecked(False)
        elif wanted:
            take(self._canvas, self._tool, passing=True)
        else:
            give_back(self._canvas, self._tool)

    def _clear(self, *_: object) -> None:
        """Take the picture away; a further click in the map is one of the tool that was in work before."""
        self.pick.setChecked(False)
        self.reset()

    def _clicked(self, point: QgsPointXY, _button: object) -> None:
        embedding = self._context.workspace.embedding
        if embedding is None:
            return
        source = self._canvas.mapSettings().destinationCrs()
        try:
            self.search(place_on(embedding, point, source))
        except QgsCsException as error:
            self._say(str(error))

    def _moved(self) -> None:
        if self._at is not None:
            self._timer.start()

    def _ask(self) -> None:
        embedding = self._context.workspace.embedding
        if self._at is None or embedding is None:
            return
        if self._job is not None:
            self._dirty = True
            return
        try:
            view = view_of(self._canvas, embedding)
        except SampleError as error:
            self._say(str(error))
            return
        arguments = {
            **self._context.workspace.asked(),
            "at": [self._at.x(), self._at.y()],
            "at_crs": wkt(embedding.crs()),
            "view": view,
            "output": self._layer.new_path(),
        }
        self._job = self._context.client.submit("similar_preview", arguments)
        self._job.finished.connect(self._show)
        self._job.failed.connect(self._failed)
        self._job.ended.connect(self._ended)

    def _show(self, result: dict[str, Any]) -> None:
        if self._at is not None and result["path"] is not None:
            self._layer.show(result["path"], self._style(), beside=self._context.workspace.embedding)
            self.note.hide()

    def _failed(self, kind: str, message: str) -> None:
        if kind != "cancelled":
            self._say(message)

    def _ended(self) -> None:
        self._job = None
        if self._dirty:
            self._dirty = False
            self._ask()

    def _style(self) -> Style:
        """Nothing below the threshold, then from dark to bright."""
        low = self.threshold.value() / 100
        step = (1 - low) / (len(_COLOURS) - 1)
        clear = QColor(_COLOURS[0])
        clear.setAlpha(0)
        stops = [
            (low + step * index, QColor(colour), decimal(low + step * index, 2))
            for index, colour in enumerate(_COLOURS)
        ]
        return ramp([(-1.0, clear, ""), (low - 1e-6, clear, ""), *stops])

    def _restyle(self, *_: object) -> None:
        self._value.setText(decimal(self.threshold.value() / 100, 2))
        if self._layer.layer is not None:
            self._style()(self._layer.layer)
            self._layer.layer.triggerRepaint()

    def _save_raster(self) -> None:
        path = self._choose(self.tr("Save heat map"), "_similar.tif", "GeoTIFF (*.tif)")
        if path:
            self._released = release([path])
            self._compute(path, lambda _: self._add(QgsRasterLayer(path, Path(path).stem), "similarity"))

    def _save_polygons(self) -> None:
        path = self._choose(self.tr("Save polygons"), "_similar.gpkg", "GeoPackage (*.gpkg)")
        if path:
            self._released = release([path])
            raster = self._between = str(Path(path).with_name(f".{Path(path).stem}_heat.tif"))
            self._compute(raster, lambda _: self._outline(raster, path))

    def _compute(self, path: str, then: Callable[[dict[str, Any]], object]) -> None:
        if self._at is None:
            return
        arguments = {
            **self._context.workspace.asked(),
            "at": [self._at.x(), self._at.y()],
            "output": path,
            "overwrite": True,
        }
        self._follow("similar", arguments, then)

    def _outline(self, raster: str, path: str) -> None:
        def finish(result: dict[str, Any]) -> None:
            self._tidy()
            self._add(QgsVectorLayer(path, Path(path).stem, "ogr"), "similarity")
            self._say(self.tr("{} polygons.").format(result["polygons"]))

        arguments = {
            "raster": raster,
            "output": path,
            "at_least": self.threshold.value() / 100,
            "min_pixels": 4,
            "overwrite": True,
        }
        self._follow("outline", arguments, finish)

    def _follow(self, verb: str, arguments: dict[str, Any], then: Callable[[dict[str, Any]], object]) -> None:
        self._say(self.tr("Comparing the whole layer …"))
        job = self._saving = self._context.client.submit(verb, arguments, title=self.tr("Similar places"), task=True)
        job.ended.connect(self._saved)
        job.finished.connect(lambda result: (self.note.hide(), then(result)))
        job.failed.connect(self._not_saved)
        self._enable()

    def _not_saved(self, kind: str, message: str) -> None:
        self._tidy()
        open_again(self._released)
        self._say(self.tr("Cancelled.") if kind == "cancelled" else message)

    def _tidy(self) -> None:
        """Remove the raster that polygons were drawn from, and what lies beside it."""
        if self._between is None:
            return
        between, self._between = Path(self._between), None
        for leftover in (between, between.with_suffix(".qml"), between.with_name(between.name + ".aux.xml")):
            try:
                leftover.unlink()
            except OSError:
                continue  # not written, or still being read (Windows)

    def _saved(self) -> None:
        if self._saving is not None and not self._saving.running:
            self._saving = None
        self._enable()

    def _add(self, layer: QgsMapLayer, product: str) -> None:
        embedding = self._context.workspace.embedding
        layers.mark(layer, product, embedding)
        place(layer, embedding)

    def _choose(self, title: str, ending: str, kinds: str) -> str:
        source = Path(self._context.workspace.embedding_path or "")
        path, _ = QFileDialog.getSaveFileName(self, title, str(source.with_name(source.stem + ending)), kinds)
        suffix = Path(ending).suffix
        problem = why_not([path, path + suffix]) if path else ""
        if problem:
            self._say(problem)
            return ""
        if not path or path.lower().endswith(suffix):
            return path
        path += suffix  # under this name the dialog has not asked
        question = self.tr("{} exists. Replace it?").format(path)
        yes = QMessageBox.StandardButton.Yes
        if Path(path).exists() and QMessageBox.question(self, self.tr("Replace file?"), question) != yes:
            return ""
        return path

    def _enable(self) -> None:
        free = self._at is not None and self._saving is None
        for button in (self.save, self.polygons):
            button.setEnabled(free)
        self.clear.setEnabled(self._at is not None)

    def _mark(self) -> None:
        self._unmark()
        embedding = self._context.workspace.embedding
        if self._at is None or embedding is None:
            return
        target = self._canvas.mapSettings().destinationCrs()
        transform = QgsCoordinateTransform(embedding.crs(), target, QgsProject.instance())
        try:
            centre = transform.transform(self._at)
        except QgsCsException:
            return
        marker = self._marker = QgsVertexMarker(self._canvas)
        marker.setCenter(centre)
        marker.setIconType(QgsVertexMarker.IconType.ICON_CIRCLE)
        marker.setColor(QColor(255, 255, 255))
        marker.setIconSize(12)
        marker.setPenWidth(3)

    def _unmark(self) -> None:
        if self._marker is not None:
            self._canvas.scene().removeItem(self._marker)
            self._marker = None

    def _say(self, text: str) -> None:
        self.note.setText(text)
        self.note.show()
