"""One layer on its way to its embedding: out of the cache at once, or embedded while the map shows what is done.

No widget. Whatever happens to the layer, the project or the worker meanwhile, it ends with one signal.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QObject, pyqtSignal

from .. import layers
from ..layer_tree import place
from ..replaced_files import open_again, release
from ..worker.pace import rate_text, time_left_text
from .cache import EmbeddingCache
from .preview import EmbedPreview
from .request import EmbedOptions, EmbedRequest, RequestError

#: The share of a run that its first step (embedding) takes; the rest is writing.
_FIRST_STEP = 0.96
#: Kinds of failure after which the same request may do: room was made, a program closed, the worker started anew.
_WORTH_ANOTHER_TRY = frozenset({"environment", "memory", "died", "silent", "start"})


class EmbedJob(QObject):
    """Embeds a raster layer. Made and used on the main thread; `start` returns at once.

    Ends with `finished` (the embedding layer, or None when another project was opened meanwhile), `failed` (a sentence;
    see `worth_another_try`) or `cancelled`. `needs_bands` (names of the layer's bands) comes before `failed` when it
    has to be said which band is which.
    """

    stage = pyqtSignal(str)
    progressed = pyqtSignal(dict)
    needs_bands = pyqtSignal(list)
    finished = pyqtSignal(object)
    failed = pyqtSignal(str)
    cancelled = pyqtSignal()

    def __init__(self, context, layer: QgsRasterLayer, options: EmbedOptions, parent=None):
        super().__init__(parent)
        self.from_cache = False
        self.worth_another_try = False
        self._context = context
        self._options = options
        self._layer = layer
        self._source_id, self._name = layer.id(), layer.name()
        self._bands = [layer.bandName(band) for band in range(1, layer.bandCount() + 1)]
        self._cache = EmbeddingCache(context.settings.cache_folder, context.settings.cache_limit)
        self._request = None
        self._job = None
        self._jobs = []
        self._ended = False
        self._stranger = False
        self._output = None
        self._steps = []
        self._released, self._was_in_use = [], False
        self._preview = EmbedPreview(self.tr("{} – embedding, so far").format(self._name), self._source_id, self)
        QgsProject.instance().cleared.connect(self._other_project)

    @property
    def running(self) -> bool:
        """Whether it has begun and not ended."""
        return self._request is not None and not self._ended

    @property
    def output(self):
        """The raster in work (Path), or None before that is known."""
        return self._output

    @property
    def preview_layer(self):
        """The layer that shows finished tiles, or None."""
        return self._preview.layer

    def start(self) -> None:
        """Begin. What cannot be done is told by `failed` like everything else."""
        try:
            self._request = EmbedRequest(self._layer, self._options)
        except RequestError as error:
            self._fail(str(error))
            return
        finally:
            self._layer = None  # it may leave the project at any time
        self.stage.emit(self.tr("Looking at {}…").format(self._name))
        self._submit("inspect", self._request.arguments, self._inspected, task=False)

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

    def _submit(self, verb, arguments, then, task):
        self._job = self._context.client.submit(
            verb, arguments, title=self.tr("Embed {}").format(self._name), task=task
        )
        self._jobs.append(self._job)  # kept until the end: a job must not go while it tells of its own end
        self._job.finished.connect(lambda result: None if self._ended else then(result))
        self._job.failed.connect(self._job_failed)
        return self._job

    def _inspected(self, inspection):
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
        self._output = Path(output) if output is not None else self._cache.path_for(key, self._name)
        try:
            self._output.parent.mkdir(parents=True, exist_ok=True)
            preview = _preview_folder(self._output)
            preview.mkdir(exist_ok=True)
        except OSError as error:
            self.worth_another_try = True
            self._fail(self.tr("{0} cannot be made ({1}).").format(self._output.parent, error.strerror))
            return
        self._release()
        self._say_where_it_goes_on(inspection)
        arguments = {
            **self._request.arguments,
            "output": str(self._output),
            "overwrite": output is not None,
            "preview": str(preview),
        }
        job = self._submit("embed", arguments, self._embedded, task=True)
        job.progressed.connect(self._tell_progress)
        job.previewed.connect(self._show_tiles)
        job.messaged.connect(self._context.log)

    def _release(self):
        """A file that is to be replaced must not be open, and what was made from it must not stay on the map."""
        path = self._context.workspace.embedding_path
        self._was_in_use = path is not None and Path(path) == self._output
        self._released = release([self._output])

    def _bring_back(self):
        """The file was not replaced after all."""
        released, self._released = self._released, []
        if self._stranger or not released:
            return
        open_again(released)
        if self._was_in_use and self._context.workspace.embedding is None:
            again = (each for each in layers.embeddings() if Path(layers.path_of(each)) == self._output)
            self._context.workspace.embedding = next(again, None)

    def _say_where_it_goes_on(self, inspection):
        done = finished_tiles(self._output)
        if done:
            text = self.tr("Going on: {0} of {1} tiles are done.").format(done, inspection["tiles"])
        else:
            text = self.tr("Embedding {}…").format(self._name)
        self.stage.emit(text)

    def _embedded(self, _result):
        layer = self._open(self._output)
        if layer is None:
            self._fail(self.tr("{} was written but cannot be opened; embed the layer again.").format(self._output))
            return
        self._finish(layer)
        self._cache.enforce_limit(keep=[self._output, *files_in_use()])

    def _open(self, path):
        """The embedding as a layer: one of the project that shows this file, or a new one. None when it is damaged."""
        for layer in layers.embeddings():
            if Path(layers.path_of(layer)) == path:
                layer.reload()
                return layer
        layer = QgsRasterLayer(str(path), self.tr("{} – embedding").format(self._name), "gdal")
        return layer if layer.isValid() else None

    # its ends

    def _finish(self, layer):
        self._end()
        if self._stranger:
            self.finished.emit(None)
            return
        project = QgsProject.instance()
        source = project.mapLayer(self._source_id)
        layers.mark(layer, "embedding", source)
        if project.mapLayer(layer.id()) is None:
            place(layer, above=source)
        self._context.workspace.embedding = layer
        self.finished.emit(layer)

    def _job_failed(self, kind, message):
        if self._ended:
            return
        if kind == "cancelled":
            self._end()
            self._bring_back()
            self.cancelled.emit()
            return
        self.worth_another_try = kind in _WORTH_ANOTHER_TRY
        if kind == "input" and needs_bands(message):
            self.needs_bands.emit(self._bands)
        self._fail(message)

    def _fail(self, message):
        self._end()
        self._bring_back()
        self.failed.emit(message)

    def _end(self):
        if self._ended:
            return
        self._ended = True
        QgsProject.instance().cleared.disconnect(self._other_project)
        self._preview.remove()
        if self._output is not None:
            shutil.rmtree(_preview_folder(self._output), ignore_errors=True)

    def _other_project(self):
        self._stranger = True

    # while it runs

    def _show_tiles(self, path):
        if not self._ended and not self._stranger:
            self._preview.show(path)

    def _tell_progress(self, event):
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


def needs_bands(message: str) -> bool:
    """Whether an error of the worker asks to say which band is which."""
    return "--bands" in message


def finished_tiles(output: Path) -> int:
    """How many tiles an interrupted run has left for an output."""
    return sum(1 for _ in output.with_name(output.name + ".partial").glob("*.tile"))


def files_in_use() -> list:
    """The files of all raster layers of the project."""
    return [
        layers.path_of(each) for each in QgsProject.instance().mapLayers().values() if isinstance(each, QgsRasterLayer)
    ]


def _preview_folder(output):
    return output.with_name(output.name + ".preview")
