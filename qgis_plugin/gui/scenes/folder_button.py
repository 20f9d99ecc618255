"""The button that opens the mapping of a whole folder, with what the samples in work teach. It maps nothing itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsProject
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QPushButton, QWidget

from ...core.maps.final_map import MODEL, default_output
from ...core.samples.classes import SampleError
from ...core.samples.sample_layer import collect
from ...core.scenes.single_scenes import why_not_one_by_one
from ..icons import icon

if TYPE_CHECKING:
    from ...context import Context


class FolderButton(QPushButton):
    """Opens the algorithm that maps a folder: with a model of the samples in work, which is saved on the way, else with
    that of the map that was made last, if there is one. `said` (how it goes) or `failed` (sentence)."""

    said = pyqtSignal(str)
    failed = pyqtSignal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(icon("map"), "", parent)
        self.setObjectName("scenesMapFolder")
        self.setText(self.tr("Folder to maps…"))
        self.setToolTip(
            self.tr("Embed and map all scenes of a folder, a map each, with what the samples in work teach")
        )
        self.setAutoDefault(False)
        self._context = context
        self._closed = False
        self.clicked.connect(self._map_folder)

    def let_go(self) -> None:
        """Open nothing any more."""
        self._closed = True

    def _map_folder(self) -> None:
        workspace = self._context.workspace
        try:
            drawn = None if workspace.samples is None else collect(workspace.samples, workspace.field)
        except SampleError as error:
            self.failed.emit(str(error))
            return
        if drawn is not None and drawn["features"] and workspace.embedding is not None:
            self._learn(drawn, default_output(workspace.embedding))
        else:
            _open_map_folder(_last_model())

    def _learn(self, samples: dict[str, Any], beside: Path) -> None:
        """Save what the samples teach beside the map of the embedding in work, then go on with it."""
        workspace, path = self._context.workspace, beside.with_name(f"{beside.stem}_samples_model.json")
        fit = {**workspace.learned(), "samples": samples, "output": str(path), "block": workspace.block}
        self.setEnabled(False)
        self.said.emit(self.tr("Learning from the samples…"))
        job = self._context.client.submit(
            "fit_samples", {**fit, "overwrite": True}, title=self.tr("Learning from the samples"), task=True
        )
        job.finished.connect(lambda result: self._learned(path, result["probe"]))
        job.failed.connect(lambda _kind, message: self.failed.emit(message))
        job.ended.connect(lambda: self.setEnabled(True))

    def _learned(self, path: Path, probe: dict[str, Any]) -> None:
        why = why_not_one_by_one(probe)
        if why and not self._closed:
            self.failed.emit(why)
        elif not self._closed:
            self.said.emit(self.tr("The model of the samples is saved: {}").format(path))
            _open_map_folder(str(path))


def _open_map_folder(model: str) -> None:
    import processing

    processing.execAlgorithmDialog("mmearth:map_folder", {"MODEL": model} if model else {})


def _last_model() -> str:
    """The model of the map that was made last; empty without one."""
    models = [str(layer.customProperty(MODEL, "")) for layer in QgsProject.instance().mapLayers().values()]
    files = sorted((path for path in map(Path, filter(None, models)) if path.is_file()), key=_made)
    return str(files[-1]) if files else ""


def _made(path: Path) -> float:
    return path.stat().st_mtime
