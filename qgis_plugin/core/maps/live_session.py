"""The live map: what is drawn and what is looked at in, a repainted map and what to think of it out.

Every edit of the samples and every move of the canvas asks the worker for a new picture. The newest question wins: an
older one that is still under way is cancelled. Validation follows when the hand rests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qgis.core import QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..layer_tree import keep_above
from ..samples.classes import SampleError
from ..samples.sample_layer import collect, digest
from .live_layer import LiveLayer
from .map_style import confidence, palette
from .view import require_place, view_of

if TYPE_CHECKING:
    from ...context import Context
    from ..worker.client import Job


#: Milliseconds after the last edit or move before the worker is asked, and after a new map before it is validated.
EDIT_PAUSE, VIEW_PAUSE, CHECK_PAUSE = 60, 120, 500


class LiveSession(QObject):
    """Follows `workspace` and `canvas` while it is on.

    `repainted(dict)`: result of `preview`; `validated(dict)`: of `validate`; `told(str)`: why there is no map;
    `stale()`: a validation is no longer that of the map; `switched(bool)`.
    """

    repainted = pyqtSignal(dict)
    validated = pyqtSignal(dict)
    told = pyqtSignal(str)
    stale = pyqtSignal()
    switched = pyqtSignal(bool)

    def __init__(self, context: Context, canvas: Any, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._canvas = context, canvas
        self._on = False
        self._watched: QgsVectorLayer | None = None
        self._collected: tuple[dict[str, Any], str] | None = None
        self._preview: Job | None = None
        self._check: Job | None = None
        self._dirty = False
        self._checked: str | None = None
        self._confidence_wanted, self._opacity = False, 1.0
        self._unknown: float | None = None
        self._map = LiveLayer("live", self.tr("Live map"), self)
        self._confidence = LiveLayer("live_confidence", self.tr("Live confidence"), self)
        self._map.removed.connect(self.stop)
        self._confidence.removed.connect(lambda: self.set_confidence(False))
        self._edit_timer = self._timer(EDIT_PAUSE, self._ask)
        self._view_timer = self._timer(VIEW_PAUSE, self._ask)
        self._check_timer = self._timer(CHECK_PAUSE, self._validate)
        context.workspace.embeddingChanged.connect(self._other_material)
        context.workspace.samplesChanged.connect(self._other_material)

    @property
    def on(self) -> bool:
        """Whether the map follows."""
        return self._on

    @property
    def layer(self) -> QgsRasterLayer | None:
        """The layer of the live map, or None."""
        return self._map.layer

    @property
    def confidence_wanted(self) -> bool:
        """Whether the confidence is drawn as well."""
        return self._confidence_wanted

    @property
    def confidence_layer(self) -> QgsRasterLayer | None:
        """The layer of the live confidence, or None."""
        return self._confidence.layer

    def start(self) -> bool:
        """Begin to follow; False, with a sentence told, when there is nothing to follow."""
        workspace = self._context.workspace
        if workspace.embedding is None:
            self.told.emit(self.tr("Embed a layer first, or choose an embedding."))
            return False
        if workspace.samples is None:
            self.told.emit(self.tr("Make a sample layer first, or choose one."))
            return False
        if not self._on:
            self._on = True
            self._canvas.extentsChanged.connect(self._view_timer.start)
            self._watch(workspace.samples)
            self.switched.emit(True)
            self._ask()
        return True

    def stop(self) -> None:
        """No longer follow; the map goes."""
        if not self._on:
            return
        self._on = False
        self._canvas.extentsChanged.disconnect(self._view_timer.start)
        self._watch(None)
        for timer in (self._edit_timer, self._view_timer, self._check_timer):
            timer.stop()
        for job in (self._preview, self._check):
            if job is not None:
                job.cancel()
        self._dirty, self._checked = False, None
        self._hide()
        self.switched.emit(False)

    def close(self) -> None:
        """Stop, and leave nothing behind."""
        self.stop()
        self._map.close()
        self._confidence.close()

    def set_opacity(self, opacity: float) -> None:
        """Opacity of the live map, 0 … 1."""
        self._opacity = opacity
        self._map.set_opacity(opacity)

    def set_confidence(self, wanted: bool) -> None:
        """Whether the confidence is drawn as well."""
        if wanted != self._confidence_wanted:
            self._confidence_wanted = wanted
            if not wanted:
                self._confidence.hide()
            self.refresh()

    def set_unknown(self, share: float | None) -> None:
        """Share of the samples' pixels beyond which what is unlike them is "unknown" (0 … 1), or None."""
        if share != self._unknown:
            self._unknown = share
            self.refresh()

    def validate_again(self) -> None:
        """Validate anew: another distance was chosen."""
        self._checked = None
        if self._on:
            if self._check is not None:
                self._check.cancel()
            self.stale.emit()
            self._check_timer.start()

    def refresh(self) -> None:
        """Paint anew, as after an edit."""
        if self._on:
            self._edit_timer.start()

    def samples(self) -> dict[str, Any]:
        """What is drawn, as the protocol has it. Raises `SampleError`."""
        workspace = self._context.workspace
        if workspace.embedding is not None:
            require_place(workspace.embedding)
        return collect(workspace.samples, workspace.field)

    def _ask(self) -> None:
        """Ask for a picture of the moment; when one is under way, as soon as that has ended."""
        self._edit_timer.stop()
        self._view_timer.stop()
        embedding = self._context.workspace.embedding
        if not self._on or embedding is None:
            return
        if self._preview is not None:
            self._dirty = True
            self._preview.cancel()
            return
        try:
            (samples, key), view = self._material(), view_of(self._canvas, embedding)
        except SampleError as error:
            self._hide()
            self.told.emit(str(error))
            return
        if key != self._checked:
            self._check_timer.stop()
            if self._check is not None:
                self._check.cancel()
            self.stale.emit()
        arguments = {
            **self._context.workspace.learned(),
            "samples": samples,
            "view": view,
            "output": self._map.new_path(),
            "confidence": self._confidence.new_path() if self._confidence_wanted else None,
            "unknown": self._unknown,
            "smooth": self._context.workspace.smooth,
        }
        job = self._preview = self._context.client.submit("preview", arguments)
        job.finished.connect(lambda result: self._show(result, key))
        job.failed.connect(self._failed)
        job.ended.connect(self._over)

    def _show(self, result: dict[str, Any], key: str) -> None:
        if not self._on:
            return
        workspace, greeting = self._context.workspace, self._context.client.greeting
        if result["path"] is not None and workspace.embedding is not None and greeting is not None:
            new = self._map.layer is None
            shown = [*result["classes"], *([] if self._unknown is None else [greeting.classes.unknown])]
            self._map.show(result["path"], palette(shown), beside=workspace.embedding)
            if new:
                self._map.set_opacity(self._opacity)
                keep_above(workspace.samples, [self._map.layer])
            if result["confidence"] is not None and self._confidence_wanted:
                self._confidence.show(result["confidence"], confidence(greeting.confidence), beside=workspace.embedding)
        self.repainted.emit(result)
        if key != self._checked:
            self._check_timer.start()

    def _hide(self) -> None:
        self._map.hide()
        self._confidence.hide()

    def _failed(self, kind: str, message: str) -> None:
        if kind != "cancelled" and self._on:
            if kind == "input":
                self._hide()
            self.told.emit(message)

    def _over(self) -> None:
        self._preview = None
        if self._dirty:
            self._dirty = False
            self._ask()

    def _validate(self) -> None:
        if not self._on:
            return
        if self._check is not None or self._preview is not None:
            self._check_timer.start()
            return
        try:
            samples, key = self._material()
        except SampleError:
            return
        workspace = self._context.workspace
        arguments = {**workspace.learned(), "samples": samples, "block": workspace.block}
        job = self._check = self._context.client.submit("validate", arguments)
        job.finished.connect(lambda result: self._checked_as(key, result))
        job.ended.connect(self._check_over)

    def _checked_as(self, key: str, result: dict[str, Any]) -> None:
        self._checked = key
        if self._on:
            self.validated.emit(result)

    def _check_over(self) -> None:
        self._check = None

    def _watch(self, layer: QgsVectorLayer | None) -> None:
        """Follow the edits of a sample layer, and of no other."""
        if self._watched is not None:
            for signal in self._signals(self._watched):
                signal.disconnect(self._edited)
            self._watched.willBeDeleted.disconnect(self._forget)
        self._watched, self._collected = layer, None
        if layer is not None:
            for signal in self._signals(layer):
                signal.connect(self._edited)
            layer.willBeDeleted.connect(self._forget)

    def _forget(self) -> None:
        # Nothing to disconnect from what is being deleted.
        self._watched = None

    @staticmethod
    def _signals(layer: QgsVectorLayer) -> tuple[Any, ...]:
        return (
            layer.featureAdded,
            layer.featuresDeleted,
            layer.geometryChanged,
            layer.attributeValueChanged,
            layer.afterRollBack,
            layer.afterCommitChanges,
            layer.customPropertyChanged,
            layer.dataChanged,
            layer.crsChanged,
            layer.subsetStringChanged,
            layer.updatedFields,
        )

    def _material(self) -> tuple[dict[str, Any], str]:
        """The samples and their digest, read once for each edit: a move of the canvas does not change them."""
        if self._collected is None:
            samples = self.samples()
            self._collected = samples, digest(samples)
        return self._collected

    def _edited(self, *_: object) -> None:
        self._collected = None
        self._edit_timer.start()

    def _other_material(self, _layer: object) -> None:
        if self._on:
            self.stop()
            workspace = self._context.workspace
            if workspace.embedding is not None and workspace.samples is not None:
                self.start()

    def _timer(self, pause: int, slot: Callable[..., object]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(pause)
        timer.timeout.connect(slot)
        return timer
