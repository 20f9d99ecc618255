"""One layer on its way to its embedding: out of the cache at once, or embedded while the map shows what is done.

No widget. Whatever happens to the layer, the project or the worker meanwhile, it ends with one signal.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QObject, pyqtSignal

from .. import layers
from ..layer_tree import free_name, place
from ..replaced_files import Released, open_again, release
from ..worker.pace import rate_text, time_left_text
from ..worker.request import WorkerError
from .cache import EmbeddingCache
from .ground import ground_text
from .preview import EmbedPreview
from .request import EmbedOptions, EmbedRequest, RequestError

if TYPE_CHECKING:
    from ...context import Context
    from ..worker.client import Job


#: The share of a run that its first step (embedding) takes; the rest is writing.
_FIRST_STEP = 0.96
#: Kinds of failure after which the same request may do: room was made, a program closed, the worker started anew.
_WORTH_ANOTHER_TRY = frozenset({"environment", "memory", "died", "silent", "start"})


class EmbedJob(QObject):
    """Embeds a raster layer. Made and used on the main thread; `start` returns at once.

    Ends with `finished` (the embedding layer, or None when another project was opened meanwhile), `failed` (a
    `WorkerError`; see `worth_another_try`) or `cancelled`. `ground` says what of the pixels was left out. With
    `take_up` the embedding is worked with as soon as it is there, else only where there is no other.
    """

    stage = pyqtSignal(str)
    progressed = pyqtSignal(dict)
    finished = pyqtSignal(object)
    failed = pyqtSignal(object)
    cancelled = pyqtSignal()

    def __init__(
        self, context: Context, layer: QgsRasterLayer, options: EmbedOptions, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.from_cache = False
        self.ground = ""
        self.worth_another_try = False
        self.take_up = True
        self._context = context
        self._options = options
        self._source_id, self._name = layer.id(), layer.name()
        self._state = layers.file_state(layer)
        self._problem = ""
        self._cache = EmbeddingCache(context.settings.cache_folder, context.settings.cache_limit)
        self._request: EmbedRequest | None = None
        self._job: Job | None = None
        self._begun = self._ended = False
        self._stranger = False
        self._output: Path | None = None
        self._steps: list[str] = []
        self._released: list[Released] = []
        self._was_in_use = False
        self._preview = EmbedPreview(self.tr("Embedding, so far"), self._source_id, self)
        try:  # now: the layer may leave the project at any time
            self._request = EmbedRequest(layer, options)
        except RequestError as error:
            self._problem = str(error)
        QgsProject.instance().cleared.connect(self._other_project)

    @property
    def running(self) -> bool:
        """Whether it has begun and not ended."""
        return self._begun and not self._ended

    @property
    def output(self) -> Path | None:
        """The raster in work (Path), or None before that is known."""
        return self._output

    @property
    def preview_layer(self) -> QgsRasterLayer | None:
        """The layer that shows finished tiles, or None."""
        return self._preview.layer

    @property
    def kept(self) -> int:
        """How many finished tiles are kept of a run that was stopped."""
        return 0 if self._output is None else finished_tiles(self._output)

    def start(self) -> None:
        """Begin. What cannot be done is told by `failed` like everything else."""
        if self._request is None:
            self._fail(WorkerError("request", self._problem))
            return
        self._begun = True
        self.stage.emit(self.tr("Looking at {}…").format(self._name))
        asked = self._request.arguments
        self._submit("inspect", asked, lambda inspection: self._inspected(asked, inspection), task=False)

    def cancel(self) -> None:
        """Stop. Tiles that are finished are kept, and the same job goes on with them another time."""
        if self._job is not None and self.running:
            self.stage.emit(self.tr("Stopping…"))
            self._job.cancel()

    def close(self) -> None:
        """Stop and tell nobody: the plugin is being unloaded."""
        self.cancel()
        self._end()

    # the way through

    def _submit(
        self, verb: str, arguments: dict[str, Any], then: Callable[[dict[str, Any]], object], task: bool
    ) -> Job:
        job = self._job = self._context.client.submit(
            verb, arguments, title=self.tr("Embed {}").format(self._name), task=task
        )
        job.finished.connect(lambda result: None if self._ended else then(result))
        job.failed.connect(lambda *_: self._job_failed(job))
        return job

    def _inspected(self, asked: dict[str, Any], inspection: dict[str, Any]) -> None:
        key, output = inspection["key"], self._options.output
        done = self._cache.get(key) if output is None else None
        if done is not None:
            layer = self._open(done)
            if layer is not None:
                self.from_cache = True
                self._cache.touch(done)
                self._finish(layer)
                return
            self._cache.remove(done)  # damaged
        path = self._output = Path(output) if output is not None else self._cache.path_for(key, self._name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if output is None:
                self._cache.make_room(path)
            preview = _preview_folder(path)
            preview.mkdir(exist_ok=True)
        except OSError as error:
            self.worth_another_try = True
            text = self.tr("The folder for the embedding of {0} cannot be made ({1}); choose another place for it.")
            text = text.format(self._name, error.strerror)
            self._fail(WorkerError("environment", text))
            return
        self._release(path)
        self._say_where_it_goes_on(path, inspection)
        arguments = {**asked, "output": str(path), "overwrite": output is not None, "preview": str(preview)}
        job = self._submit("embed", arguments, lambda result: self._embedded(path, result), task=True)
        job.progressed.connect(self._tell_progress)
        job.previewed.connect(self._show_tiles)
        job.messaged.connect(self._context.log)

    def _release(self, path: Path) -> None:
        """A file that is to be replaced must not be open, and what was made from it must not stay on the map."""
        in_use = self._context.workspace.embedding_path
        self._was_in_use = in_use is not None and Path(in_use) == path
        self._released = release([path])

    def _bring_back(self) -> None:
        """The file was not replaced after all."""
        released, self._released = self._released, []
        if self._stranger or not released:
            return
        open_again(released)
        if self._was_in_use and self._context.workspace.embedding is None:
            again = (each for each in layers.embeddings() if Path(layers.path_of(each)) == self._output)
            self._context.workspace.embedding = next(again, None)

    def _say_where_it_goes_on(self, path: Path, inspection: dict[str, Any]) -> None:
        done = finished_tiles(path)
        if done:
            text = self.tr("Going on: {0} of {1} tiles are done.").format(done, inspection["tiles"])
        else:
            text = self.tr("Embedding {}…").format(self._name)
        self.stage.emit(text)

    def _embedded(self, path: Path, result: dict[str, Any]) -> None:
        self.ground = ground_text(result)
        layer = self._open(path)
        if layer is None:
            text = self.tr("{} was written but cannot be opened; embed the layer again.").format(path)
            self._fail(WorkerError("environment", text))
            return
        self._finish(layer)
        self._cache.enforce_limit(keep=[path, *files_in_use()])

    def _open(self, path: Path) -> QgsRasterLayer | None:
        """The embedding as a layer: one of the project that shows this file and was made of no other layer, for two
        scenes may hold the same, or a new one. None when it is damaged."""
        for layer in layers.embeddings():
            scene = layers.source_of(layer)
            if Path(layers.path_of(layer)) == path and (scene is None or scene.id() == self._source_id):
                layer.reload()
                return layer
        layer = QgsRasterLayer(str(path), free_name(self.tr("Embedding"), self._name), "gdal")
        return layer if layer.isValid() else None

    # its ends

    def _finish(self, layer: QgsRasterLayer) -> None:
        self._end()
        if self._stranger:
            self.finished.emit(None)
            return
        project = QgsProject.instance()
        source = project.mapLayer(self._source_id)
        layers.mark(layer, "embedding", source)
        layer.setCustomProperty(layers.SOURCE_STATE, self._state)
        used = self.take_up or self._context.workspace.embedding is None
        if project.mapLayer(layer.id()) is None:
            place(layer, source).setItemVisibilityChecked(used)
        if used:
            self._context.workspace.embedding = layer
        self.finished.emit(layer)

    def _job_failed(self, job: Job) -> None:
        if self._ended or job.error is None:
            return
        if job.error.kind == "cancelled":
            self._end()
            self._bring_back()
            self.cancelled.emit()
            return
        self.worth_another_try = job.error.kind in _WORTH_ANOTHER_TRY
        self._fail(self._named(job.error))

    def _named(self, error: WorkerError) -> WorkerError:
        """A failure that speaks of the layer, not of a file in the cache that nobody has heard of."""
        if self._output is None or self._options.output is not None:
            return error
        sentence = error.message.replace(str(self._output), f"“{self._name}”")
        return WorkerError(error.kind, sentence, error.traceback, error.about)

    def _fail(self, error: WorkerError) -> None:
        self._end()
        self._bring_back()
        self.failed.emit(error)

    def _end(self) -> None:
        if self._ended:
            return
        self._ended = True
        QgsProject.instance().cleared.disconnect(self._other_project)
        self._preview.remove()
        if self._output is not None:
            shutil.rmtree(_preview_folder(self._output), ignore_errors=True)

    def _other_project(self) -> None:
        self._stranger = True

    # while it runs

    def _show_tiles(self, path: str) -> None:
        if not self._ended and not self._stranger:
            self._preview.show(path)

    def _tell_progress(self, event: dict[str, Any]) -> None:
        """Pass a step's progress on: `share` of the whole run (0 … 1), `rate`, `left` (texts, empty when unknown)."""
        if self._ended or event["event"] != "progress" or not event["total"]:
            return
        if event["task"] not in self._steps:
            self._steps.append(event["task"])
        step = event["done"] / event["total"]
        first = event["task"] == self._steps[0]
        share = step * _FIRST_STEP if first else _FIRST_STEP + step * (1 - _FIRST_STEP)
        rate = event.get("rate") if event.get("unit") == "px" else None
        self.progressed.emit(
            {
                "share": min(share, 1.0),
                "task": event["task"],
                "pixels_per_second": rate if first else None,
                "rate": rate_text(event) if rate else "",
                "left": time_left_text(event) if first else "",
            }
        )


def finished_tiles(output: Path) -> int:
    """How many tiles an interrupted run has left for an output."""
    return sum(1 for _ in output.with_name(output.name + ".partial").glob("*.tile"))


def files_in_use() -> list[str]:
    """The files of all raster layers of the project."""
    return [
        layers.path_of(each) for each in QgsProject.instance().mapLayers().values() if isinstance(each, QgsRasterLayer)
    ]


def _preview_folder(output: Path) -> Path:
    return output.with_name(output.name + ".preview")
