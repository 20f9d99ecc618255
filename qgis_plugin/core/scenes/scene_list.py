"""The scenes of the project with their dates, and the layers beside them: one list, which the project itself keeps.

A row is a scene that is not embedded yet, an embedding, or a raster of few bands (heights, radar) to learn from too.
What the user says of one (that it belongs together with others, its date) is a property of its layer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsMapLayer, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QCoreApplication, QObject, QTimer, pyqtSignal

from .. import layers
from ..embed import colours
from ..embed.queue import FAILED, RUNNING, WAITING, EmbedQueue
from ..sources import is_gone, why_not_readable

if TYPE_CHECKING:
    from ..worker.client import WorkerClient

#: How it stands with a row, beside the states of the queue.
EMBEDDED, STALE, GONE, NEW, LAYER = "embedded", "stale", "gone", "new", "layer"
#: A scene has at least so many bands; what has fewer is a layer beside them.
FEWEST_BANDS = 4
#: Properties of a layer: whether it is worked on together with others, and its date as the user said it (ISO).
_USED, _DATE = "mmearth/used", "mmearth/date"
_YES, _NO = "yes", "no"
_DAY = re.compile(r"(?<!\d)(20\d\d)[-_]?([01]\d)[-_]?([0-3]\d)(?!\d)")


@dataclass(frozen=True)
class Row:
    """A row of the list. `layer`: the scene, or the embedding itself where its scene is not in the project, or a layer
    beside them; `state`: one of those here and in the queue; `share`: how far it is embedded; `told`: why it failed.
    `day`: ISO, or empty; `guessed`: it is only read from the name; `there`: the file of its embedding is there;
    `asked`: the worker is still to tell its date."""

    layer: QgsRasterLayer
    embedding: QgsRasterLayer | None
    name: str
    state: str
    share: float = 0.0
    told: str = ""
    day: str = ""
    guessed: bool = False
    used: bool = False
    there: bool = True
    asked: bool = False

    @property
    def lost(self) -> bool:
        """Whether it is a scene or layer whose file is gone, so that nothing can be done with it."""
        return self.state == GONE and (self.embedding is None or self.embedding is self.layer)

    @property
    def ready(self) -> bool:
        """Whether it can be worked with now: it is a layer beside the scenes, or its embedding is there to stay."""
        embedded = self.embedding is not None and self.there and self.state not in (WAITING, RUNNING)
        return not self.is_scene or embedded

    @property
    def to_embed(self) -> bool:
        """Whether it is a scene that is not embedded, or no longer as it is."""
        return self.state in (NEW, STALE, GONE, FAILED) and self.layer is not self.embedding and not self.lost

    @property
    def is_scene(self) -> bool:
        """Whether it is a scene or an embedding, no layer beside them."""
        return self.state != LAYER

    @property
    def kept(self) -> QgsRasterLayer:
        """The layer that keeps what is said of the row."""
        return self.embedding or self.layer


class SceneList(QObject):
    """The rows, made anew whenever project or queue change: `changed`. Asks the worker for the dates of embeddings."""

    changed = pyqtSignal()

    def __init__(self, client: WorkerClient, queue: EmbedQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client, self._queue = client, queue
        self._closed = False
        self._days: dict[str, str | None] = {}  # of embeddings, by file and state, as the worker told; None: asked
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(50)
        self._later.timeout.connect(self.changed)
        project = QgsProject.instance()
        of_project = (project.layersAdded, project.layersRemoved, project.layerTreeRoot().nameChanged)
        self._heard = (*of_project, queue.changed, queue.progressed, queue.ended)
        for signal in self._heard:
            signal.connect(self.look_again)

    def close(self) -> None:
        """Let go of the project."""
        self._closed = True
        self._later.stop()
        for signal in self._heard:
            signal.disconnect(self.look_again)

    def look_again(self, *_: object) -> None:
        """Tell a little later that the rows may be others: many layers come at once."""
        self._later.start()

    def rows(self) -> list[Row]:
        """Scenes by date and name, then the layers beside them."""
        embeddings = layers.embeddings()
        made_of = {layers.source_of(each) for each in embeddings}
        rows = [self._of_embedding(each) for each in embeddings]
        for layer in QgsProject.instance().mapLayers().values():
            if layer not in made_of and _offered(layer):
                rows.append(self._of_scene(layer) if layer.bandCount() >= FEWEST_BANDS else _of_layer(layer))
            elif layer not in made_of and _lost(layer):
                day, guessed = _said_or_guessed(layer)
                rows.append(Row(layer, None, layer.name(), GONE, day=day, guessed=guessed, used=True, there=False))
        return sorted(rows, key=lambda row: (not row.is_scene, row.day or "9", row.name.lower()))

    def used(self) -> list[Row]:
        """The rows that are worked on together."""
        return [row for row in self.rows() if row.used]

    def set_used(self, layer: QgsMapLayer, *, used: bool) -> None:
        """Whether a row belongs to those that are worked on together; `layer` is the row's `kept`."""
        layer.setCustomProperty(_USED, _YES if used else _NO)
        QgsProject.instance().setDirty(True)
        self.look_again()

    def set_day(self, layer: QgsMapLayer, day: str) -> bool:
        """The date of a row as the user says it; empty: as before. False when it is no date."""
        text = day.strip()
        try:
            told = date.fromisoformat(text).isoformat() if text else ""
        except ValueError:
            return False
        if told:
            layer.setCustomProperty(_DATE, told)
        else:
            layer.removeCustomProperty(_DATE)
        QgsProject.instance().setDirty(True)
        self.look_again()
        return True

    def add(self, paths: Iterable[str | Path], *, scenes_only: bool = False) -> tuple[list[QgsRasterLayer], list[str]]:
        """Add raster files to the project, to be worked on together; returns their layers, and the names of files that
        were left out: no rasters, or with `scenes_only` of too few bands. Layers that are there already are taken."""
        known = {layers.path_of(each): each for each in QgsProject.instance().mapLayers().values()}
        found, left_out = [], []
        for path in paths:
            layer = known.get(str(path)) or QgsRasterLayer(str(path), Path(path).stem, "gdal")
            few = scenes_only and layer.isValid() and layer.bandCount() < FEWEST_BANDS
            if not layer.isValid() or few or layer.customProperty(layers.PRODUCT) not in (None, "embedding"):
                left_out.append(Path(path).name)
                continue
            if layers.is_embedding(layer):
                layers.mark(layer, "embedding")
            layer.setCustomProperty(_USED, _YES)
            found.append(layer)
        new = [layer for layer in found if QgsProject.instance().mapLayer(layer.id()) is None]
        for layer in new:
            colours.show_once(layer, None)
            QgsProject.instance().addMapLayer(layer, False)
            QgsProject.instance().layerTreeRoot().addLayer(layer).setExpanded(False)
        self.changed.emit()
        return found, left_out

    # rows

    def _of_embedding(self, embedding: QgsRasterLayer) -> Row:
        scene = layers.source_of(embedding)
        name = layers.title_of(embedding) if scene is None else scene.name()
        state, share, told = EMBEDDED, 0.0, ""
        before = embedding.customProperty(layers.SOURCE_STATE)
        there = _is_there(embedding)
        if not there:
            state = GONE
        elif scene is not None and before and layers.file_state(scene) not in ("", before):
            state = STALE
        if scene is not None and (state in (GONE, STALE) or self._queue.at_work(scene.id())):
            state, share, told = self._in_queue(scene) or (state, share, told)
        day, guessed = self._day(embedding, scene)
        used = embedding.customProperty(_USED) or (scene is not None and scene.customProperty(_USED))
        asked = guessed and self._days.get(_key(embedding), "") is None
        return Row(scene or embedding, embedding, name, state, share, told, day, guessed, used == _YES, there, asked)

    def _of_scene(self, scene: QgsRasterLayer) -> Row:
        state, share, told = self._in_queue(scene) or (NEW, 0.0, "")
        day, guessed = _said_or_guessed(scene)
        used = scene.customProperty(_USED) == _YES
        return Row(scene, None, scene.name(), state, share, told, day, guessed, used)

    def _in_queue(self, scene: QgsRasterLayer) -> tuple[str, float, str] | None:
        item = self._queue.of(scene.id())
        if item is None or item.state not in (WAITING, RUNNING, FAILED):
            return None
        return item.state, item.share, "" if item.error is None else item.error.message

    def _day(self, embedding: QgsRasterLayer, scene: QgsMapLayer | None) -> tuple[str, bool]:
        """The date of an embedding: as the user said, as the worker reads it, or only as its scene's name looks."""
        for layer in (embedding, scene):
            if layer is not None and layer.customProperty(_DATE):
                return str(layer.customProperty(_DATE)), False
        key = _key(embedding)
        if key not in self._days:
            self._ask(key, layers.path_of(embedding))
        told = self._days[key]
        return (told, False) if told else _guessed(scene or embedding)

    def _ask(self, key: str, path: str) -> None:
        self._days[key] = ""
        if not self._client.available() or self._client.state == "failed":
            return
        self._days[key] = None
        job = self._client.submit("info", {"file": path})
        job.finished.connect(lambda told: self._answered(key, told))
        job.failed.connect(lambda *_: self._answered(key, {}))

    def _answered(self, key: str, told: dict[str, Any]) -> None:
        if not self._closed:
            self._days[key] = str(told.get("date") or "")
            self.look_again()


def _key(embedding: QgsRasterLayer) -> str:
    """The file of an embedding, as it is now."""
    return f"{layers.path_of(embedding)} {layers.file_state(embedding)}"


def _of_layer(layer: QgsRasterLayer) -> Row:
    return Row(layer, None, layer.name(), LAYER, used=layer.customProperty(_USED) == _YES)


def _offered(layer: QgsMapLayer) -> bool:
    """Whether a layer is a raster file and nothing that we made."""
    ours = layer.customProperty(layers.PRODUCT)
    return isinstance(layer, QgsRasterLayer) and not ours and not why_not_readable(layer)


def _lost(layer: QgsMapLayer) -> bool:
    """Whether a layer belongs to those that are worked on together and its file is gone. The embedding of a scene that
    is there can be made again, and is not missed."""
    ours = layer.customProperty(layers.PRODUCT)
    kind = ours is None or (ours == "embedding" and layers.source_of(layer) is None)
    return kind and layer.customProperty(_USED) == _YES and is_gone(layer)


def _is_there(layer: QgsRasterLayer) -> bool:
    path = layers.path_of(layer)
    return path.startswith(("/vsi", "http://", "https://")) or Path(path).exists()


def _said_or_guessed(scene: QgsRasterLayer) -> tuple[str, bool]:
    said = scene.customProperty(_DATE)
    return (str(said), False) if said else _guessed(scene)


def _guessed(layer: QgsMapLayer) -> tuple[str, bool]:
    """The one date that the names of a layer and its file hold, if there is just one."""
    found = set()
    for text in (layer.name(), Path(layers.path_of(layer)).stem):
        for parts in _DAY.findall(text):
            try:
                found.add(date(*map(int, parts)).isoformat())
            except ValueError:
                continue
    return (found.pop(), True) if len(found) == 1 else ("", False)


def state_text(row: Row) -> str:
    """How it stands with a row, in the user's words."""
    if row.state == RUNNING:
        return _tr("{}\xa0%").format(round(100 * row.share))
    texts = {
        EMBEDDED: _tr("embedded"),
        STALE: _tr("changed since it was embedded"),
        GONE: _tr("its file is gone"),
        NEW: _tr("not embedded"),
        LAYER: _tr("layer to learn from"),
        WAITING: _tr("waits"),
        FAILED: _tr("failed: {}").format(row.told),
    }
    return texts[row.state]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Scenes", text)
