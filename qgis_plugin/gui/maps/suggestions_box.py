"""Where a label would help most: a list that zooms to each place and labels it with one key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
)
from qgis.gui import QgsRubberBand
from qgis.PyQt.QtCore import QEvent, QObject, Qt
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ...compat import POLYGON
from ...core.layer_tree import set_visible
from ...core.maps.view import view_of
from ...core.numbers import decimal
from ...core.samples.class_keys import ClassKeys, key_text
from ...core.samples.classes import SampleError
from ...core.samples.pixels import place_on, square
from ...core.samples.sample_edits import add_sample
from ...core.samples.sample_layer import read_classes
from ...core.sources import same
from ..icons import icon
from ..widgets import keys
from ..widgets.labels import wrapped
from ..widgets.scrolling import reveal

if TYPE_CHECKING:
    from ...context import Context
    from ...core.maps.live_session import LiveSession
    from ...core.worker.client import Job


#: Pixels of the embedding that a label covers (a side), and that are seen around a place (a side).
_LABEL, _AROUND = 3, 120
_POINT = Qt.ItemDataRole.UserRole


class SuggestionsBox(QWidget):
    """Works on the current embedding and samples of `context`, with the samples of `session`."""

    def __init__(self, context: Context, session: LiveSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._session = context, session
        self._job: Job | None = None
        self._stale = False
        self._hidden = False  # the live map, while places are looked at
        self._band: QgsRubberBand | None = None
        self._keys = ClassKeys(eager=False, parent=self)
        self._keys.chosen.connect(self.label)
        self._keys.missing.connect(lambda typed: self._say(self.tr("There is no class {}.").format(typed)))
        self._keys.waiting.connect(lambda first: self._say(f"{first}_" if first else self._how_to()))

        self.button = QPushButton(icon("suggest"), self.tr("Suggest places"))
        self.button.setObjectName("suggest")
        self.button.setToolTip(self.tr("Find places where the map is least certain and unlike what is labelled"))
        self.number = QSpinBox()
        self.number.setObjectName("suggestNumber")
        self.number.setRange(1, 100)
        self.number.setValue(10)
        self.number.setToolTip(self.tr("Number of places"))
        self.in_view = QCheckBox(self.tr("in view"))
        self.in_view.setObjectName("suggestInView")
        self.in_view.setToolTip(self.tr("Look only inside what is seen"))
        row = QHBoxLayout()
        row.addWidget(self.button, 1)
        row.addWidget(self.number)
        row.addWidget(self.in_view)

        self.list = QListWidget()
        self.list.setObjectName("suggestions")
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setMaximumHeight(150)
        self.list.setWordWrap(True)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setToolTip(self.tr("The places, the most useful one first: choose one to see it on the map"))
        self.list.installEventFilter(self)
        self.hint = wrapped("suggestHint")

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addWidget(self.list)
        layout.addWidget(self.hint)
        self.list.hide()
        self.hint.hide()

        self.button.clicked.connect(self.suggest)
        self.list.currentItemChanged.connect(self._go_to)
        context.workspace.embeddingChanged.connect(self._forget)
        context.workspace.samplesChanged.connect(self._forget)

    def suggest(self) -> None:
        """Ask for places; once more while that is under way cancels it."""
        if self._job is not None:
            self._job.cancel()
            return
        workspace = self._context.workspace
        embedding = workspace.embedding
        if embedding is None or workspace.samples is None:
            self._say(self.tr("Embed a layer and draw samples first."))
            return
        try:
            view = (
                view_of(self._context.iface.mapCanvas(), embedding)
                if self.in_view.isChecked()
                else {"bounds": None, "crs": None}
            )
            arguments = {
                **workspace.learned(),
                "samples": self._session.samples(),
                "n": self.number.value(),
                "bounds": view["bounds"],
                "bounds_crs": view["crs"],
            }
        except SampleError as error:
            self._say(str(error))
            return
        job = self._job = self._context.client.submit(
            "suggest_samples", arguments, title=self.tr("Looking for uncertain places"), task=True
        )
        self.button.setText(self.tr("Cancel"))
        job.finished.connect(self._found)
        job.failed.connect(self._failed)
        job.ended.connect(self._ended)

    def label(self, index: int) -> bool:
        """Give the current place the class of a row (0: the first), and go on to the next."""
        item, workspace = self.list.currentItem(), self._context.workspace
        if item is None or workspace.samples is None or workspace.embedding is None:
            return False
        point, embedding = self._place_of(item)
        if embedding is None:
            return False
        try:
            classes = read_classes(workspace.samples, workspace.field)
            if not 0 <= index < len(classes):
                return False
            shape = square(embedding, point, _LABEL)
            add_sample(workspace.samples, workspace.field, classes[index], shape, embedding.crs())
        except SampleError as error:
            self._say(str(error))
            return False
        workspace.samples.triggerRepaint()
        self.list.takeItem(self.list.row(item))
        if not self.list.count():
            self._clear()
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What the keys of `keys.SUGGESTIONS` do."""
        pressed, released = QEvent.Type.KeyPress, QEvent.Type.KeyRelease
        if watched is not self.list or event.type() not in (pressed, released):
            return super().eventFilter(watched, event)
        bound = keys.SUGGESTIONS.find(event)
        act = "" if bound is None else bound.act
        if event.type() == released:
            if act == "peek" and not event.isAutoRepeat():
                self._peek(False)
            return act == "peek"
        if act == "choose":
            self._keys.press(keys.digit_of(event) or 0, len(self._names()))
            return True
        self._keys.forget()
        if act == "peek":
            self._peek(True)
        elif act == "skip":
            self.list.takeItem(self.list.currentRow())
        return bool(act)

    def close(self) -> bool:
        """Stop, and take the marks off the canvas."""
        self._forget()
        return super().close()

    def _forget(self, *_: object) -> None:
        """Other material: what was found or is looked for belongs to what there was before."""
        if self._job is not None:
            self._job.cancel()
            self._stale = True
        self._clear()

    def _found(self, result: dict[str, Any]) -> None:
        if self._stale:
            return
        self._clear()
        for number, point in enumerate(result["points"], start=1):
            first, second = (f"{decimal(100 * each)}\xa0%" for each in point["probabilities"])
            text = self.tr("{0}  {1} {2} or {3} {4}?").format(
                number, self._with_key(point["predicted"]), first, self._with_key(point["second"]), second
            )
            item = QListWidgetItem(text)
            item.setToolTip(
                self.tr("So sure is the map of its two likeliest classes here: {0} against {1}").format(first, second)
            )
            item.setData(_POINT, (point["x"], point["y"], result["crs"]))
            self.list.addItem(item)
        self.list.setVisible(bool(result["points"]))
        self._say(self._how_to())
        self.list.setCurrentRow(0)
        self.list.setFocus()
        reveal(self)

    def _with_key(self, name: str) -> str:
        """A class with the key that gives it."""
        names = self._names()
        key = key_text(names.index(name), len(names)) if name in names else ""
        return f"{name} [{key}]" if key else name

    def _names(self) -> list[str]:
        samples, field = self._context.workspace.samples, self._context.workspace.field
        return [] if samples is None else [each.name for each in read_classes(samples, field)]

    def _how_to(self) -> str:
        return self.tr("Number keys give the place its class, Delete skips it. The map is hidden: hold M to see it.")

    def _peek(self, wanted: bool) -> None:
        """Show the map over the ground, or the ground."""
        set_visible(self._session.layer, wanted)

    def _failed(self, kind: str, message: str) -> None:
        if kind != "cancelled" and not self._stale:
            self._say(message)

    def _ended(self) -> None:
        self._job, self._stale = None, False
        self.button.setText(self.tr("Suggest places"))

    def _go_to(self, item: Any, _before: object | None = None) -> None:
        point, embedding = (None, None) if item is None else self._place_of(item)
        if embedding is None:
            self._unmark()
            return
        self._keys.forget()
        self._peek(False)
        self._hidden = True
        canvas = self._context.iface.mapCanvas()
        around = square(embedding, point, _AROUND)
        shape = square(embedding, point, _LABEL)
        transform = QgsCoordinateTransform(
            embedding.crs(), canvas.mapSettings().destinationCrs(), QgsProject.instance()
        )
        try:
            canvas.setExtent(transform.transformBoundingBox(around.boundingBox()))
        except QgsCsException as error:
            self._say(str(error))
            return
        canvas.refresh()
        self._mark(shape, embedding)

    def _place_of(self, item: QListWidgetItem) -> tuple[QgsPointXY, QgsRasterLayer | None]:
        """A suggested place in the CRS of the embedding in work there, and that embedding."""
        x, y, wkt = item.data(_POINT)
        point, crs = QgsPointXY(x, y), QgsCoordinateReferenceSystem.fromWkt(wkt)
        embedding = self._context.workspace.embedding_at(point, crs)
        if embedding is None or same(embedding.crs(), crs):
            return point, embedding
        return place_on(embedding, point, crs), embedding

    def _mark(self, shape: QgsGeometry, embedding: QgsRasterLayer) -> None:
        if self._band is None:
            band = self._band = QgsRubberBand(self._context.iface.mapCanvas(), POLYGON)
            band.setColor(QColor(255, 255, 0))
            band.setFillColor(QColor(0, 0, 0, 0))
            band.setSecondaryStrokeColor(QColor(0, 0, 0))
            band.setWidth(2)
        self._band.setToGeometry(shape, embedding.crs())

    def _unmark(self) -> None:
        if self._band is not None:
            self._context.iface.mapCanvas().scene().removeItem(self._band)
            self._band = None

    def _clear(self) -> None:
        self.list.clear()
        self.list.hide()
        self.hint.hide()
        self._unmark()
        if self._hidden:
            self._hidden = False
            self._peek(True)

    def _say(self, text: str) -> None:
        self.hint.setText(text)
        self.hint.show()
