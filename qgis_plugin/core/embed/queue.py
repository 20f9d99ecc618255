"""Layers that are embedded one after the other: each with its own progress, its own cancel and its own end."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..worker.request import WorkerError
from .job import EmbedJob
from .request import EmbedOptions

if TYPE_CHECKING:
    from ...context import Context

#: How it stands with a layer in the queue.
WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"


@dataclass(eq=False)
class Queued:
    """One layer in the queue. `source` is its id and `name` its name; `share` (0 … 1) and `pace` say how far it is.

    `error` tells why it failed; `layer` is its embedding once it is done, None where its project was closed.
    """

    source: str
    name: str
    job: EmbedJob
    options: EmbedOptions
    state: str = WAITING
    share: float = 0.0
    pace: dict[str, Any] = field(default_factory=dict)
    error: WorkerError | None = None
    layer: QgsRasterLayer | None = None

    @property
    def at_work(self) -> bool:
        """Whether it waits or runs."""
        return self.state in (WAITING, RUNNING)

    @property
    def output(self) -> Path | None:
        """The file that was chosen for it, or None for the cache."""
        return self.options.output


class EmbedQueue(QObject):
    """Embeds what is added, in that order. What fails does not stop the others.

    `said` (item, sentence) and `progressed` (item) of the one that runs; `changed` when something was added, began or
    was taken out; `ended` (item) once for each.
    """

    said = pyqtSignal(object, str)
    progressed = pyqtSignal(object)
    changed = pyqtSignal()
    ended = pyqtSignal(object)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._items: list[Queued] = []
        self._last: dict[str, Queued] = {}
        QgsProject.instance().cleared.connect(self._other_project)
        QgsProject.instance().layersWillBeRemoved.connect(self._layers_leave)

    @property
    def running(self) -> Queued | None:
        """The layer that is being embedded, or None."""
        return next((item for item in self._items if item.state == RUNNING), None)

    @property
    def waiting(self) -> list[Queued]:
        """Those that wait, the next one first."""
        return [item for item in self._items if item.state == WAITING]

    @property
    def items(self) -> list[Queued]:
        """The one that runs and those that wait."""
        return list(self._items)

    def of(self, source: str) -> Queued | None:
        """What became of a layer, by its id, when it was last added; None when it never was."""
        return self._last.get(source)

    def at_work(self, source: str) -> bool:
        """Whether a layer waits or is being embedded."""
        item = self.of(source)
        return item is not None and item.at_work

    def add(self, layer: QgsRasterLayer, options: EmbedOptions, *, take_up: bool = True) -> Queued:
        """Embed a layer when those before it are done. `take_up`: work with its embedding then, unless others run or
        wait before it; where there is none to work with, it is taken up in any case."""
        job = EmbedJob(self._context, layer, options, self)
        job.take_up = take_up and not self._items
        item = Queued(layer.id(), layer.name(), job, options)
        job.stage.connect(lambda text: self.said.emit(item, text))
        job.progressed.connect(lambda progress: self._progressed(item, progress))
        job.finished.connect(lambda made: self._end(item, DONE, layer=made))
        job.failed.connect(lambda error: self._end(item, FAILED, error=error))
        job.cancelled.connect(lambda: self._end(item, CANCELLED))
        self._items.append(item)
        self._last[item.source] = item
        self.changed.emit()
        self._next()
        return item

    def cancel(self, item: Queued) -> None:
        """Take a layer out that waits, or stop it; its finished tiles are kept."""
        if item.state == RUNNING:
            item.job.cancel()
        elif item.state == WAITING:
            item.job.close()
            self._end(item, CANCELLED)

    def cancel_all(self) -> None:
        """Take all out that wait, and stop the one that runs."""
        for item in [*self.waiting, *filter(None, [self.running])]:
            self.cancel(item)

    def close(self) -> None:
        """Stop and tell nobody; what is finished of the one that runs is kept."""
        QgsProject.instance().cleared.disconnect(self._other_project)
        QgsProject.instance().layersWillBeRemoved.disconnect(self._layers_leave)
        for item in self._items:
            item.job.close()
        self._items = []

    def _next(self) -> None:
        waiting = self.waiting
        if self.running is None and waiting:
            waiting[0].state = RUNNING
            self.changed.emit()
            waiting[0].job.start()

    def _progressed(self, item: Queued, progress: dict[str, Any]) -> None:
        item.share, item.pace = progress["share"], progress
        self.progressed.emit(item)

    def _end(
        self, item: Queued, state: str, layer: QgsRasterLayer | None = None, error: WorkerError | None = None
    ) -> None:
        if item not in self._items:
            return
        self._items.remove(item)
        item.state, item.layer, item.error = state, layer, error
        self.ended.emit(item)
        item.job.deleteLater()
        self.changed.emit()
        self._next()

    def _layers_leave(self, ids: list[str]) -> None:
        """What waits and leaves the project is not embedded; the one that runs is finished."""
        for item in self.waiting:
            if item.source in ids:
                self.cancel(item)

    def _other_project(self) -> None:
        """Layers that wait have left with their project; the one that runs is finished for the cache."""
        for item in self.waiting:
            self.cancel(item)
        self._last = {item.source: item for item in self._items}
