"""The button that gets the example: a scene that the worker makes, so that everything can be tried without data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QPushButton, QWidget

from ...core import layers
from ...settings import home
from ..icons import icon

if TYPE_CHECKING:
    from ...context import Context
    from ...core.worker.client import Job


class ExampleButton(QPushButton):
    """`loaded` when the example is in the project, seen on the map."""

    loaded = pyqtSignal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(icon("icon"), "", parent)
        self.setObjectName("tryExample")
        self._context = context
        self._job: Job | None = None
        self.setToolTip(self.tr("A small synthetic scene is made and loaded, and a tour shows the first map on it"))
        self.clicked.connect(self.load)
        self._rest()

    def load(self, *_checked: object) -> None:
        """Get the example, or show the one that the project has."""
        if self._job is not None:
            return
        self.setText(self.tr("Making the example…"))
        self.setEnabled(False)
        folder = str(home() / "example")
        job = self._job = self._context.client.submit(
            "example", {"folder": folder}, title=self.tr("Making the example"), task=True
        )
        job.finished.connect(self._add)
        job.failed.connect(self._failed)
        job.ended.connect(self._rest)

    def give_up(self) -> None:
        """It is not wanted any more."""
        if self._job is not None:
            self._job.cancel()

    def _rest(self) -> None:
        self._job = None
        self.setText(self.tr("Try with the example"))
        self.setEnabled(True)

    def _add(self, files: dict[str, Any]) -> None:
        project, canvas = QgsProject.instance(), self._context.iface.mapCanvas()
        rasters = [each for each in project.mapLayers().values() if isinstance(each, QgsRasterLayer)]
        there = [each for each in rasters if layers.path_of(each) == files["scene"]]
        layer = there[0] if there else QgsRasterLayer(files["scene"], self.tr("Example"))
        if not layer.isValid():
            self._context.warn(
                self.tr("QGIS cannot read the example {}; remove the file and try again.").format(files["scene"])
            )
            return
        if not there:
            if not project.mapLayers():
                project.setCrs(layer.crs())
            project.addMapLayer(layer)
        self._context.iface.setActiveLayer(layer)
        shown = canvas.mapSettings().layerExtentToOutputExtent(layer, layer.extent())
        canvas.setExtent(shown)
        canvas.refresh()
        self.loaded.emit(layer)

    def _failed(self, kind: str, sentence: str) -> None:
        if kind != "cancelled":
            self._context.warn(sentence)
