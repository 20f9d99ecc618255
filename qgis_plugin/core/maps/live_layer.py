"""Raster layers whose picture is replaced all the time: the live map, its confidence, a similarity.

A new picture is a new file, and the layer turns to it without losing its place, name or opacity. Such a layer is never
saved with the project.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from qgis.core import (
    QgsMapLayer,
    QgsProject,
    QgsRasterLayer,
)
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal
from qgis.PyQt.QtXml import QDomDocument

from ...settings import home
from .. import layers
from ..layer_tree import place
from ..layer_tree import put_back as back_in_tree
from .map_style import Style

#: Pictures kept: the one that is shown, and one that a rendering may still be reading.
_KEPT = 2


class LiveLayer(QObject):
    """One layer and the folder of its pictures. `removed` when the user takes the layer out of the project."""

    removed = pyqtSignal()

    def __init__(self, product: str, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._product, self._name = product, name
        self._folder = _own_folder(product)
        self._number = 0
        self._files: list[str] = []
        self._layer: QgsRasterLayer | None = None

    @property
    def layer(self) -> QgsRasterLayer | None:
        """The layer while it is in the project, else None."""
        return self._layer

    def new_path(self) -> str:
        """Where the next picture is to be written."""
        self._number += 1
        return str(self._folder / f"{self._product}-{self._number}.tif")

    def show(self, path: str, style: Style, beside: QgsMapLayer | None = None) -> bool:
        """Turn to a picture. `style(layer)` is called when the layer is new, and must be idempotent; `beside` is the
        embedding it was made of. False when the picture cannot be read."""
        if self._layer is None:
            layer = QgsRasterLayer(path, self._name, "gdal")
            if not layer.isValid():
                return False
            layers.mark(layer, self._product)
            self._layer = layer
            style(layer)
            place(layer, beside)
            layer.willBeDeleted.connect(self._gone)
        else:
            self._layer.setDataSource(path, self._layer.name(), "gdal", False)
            style(self._layer)
            self._layer.triggerRepaint()
        self._files.append(path)
        while len(self._files) > _KEPT:
            _remove(self._files.pop(0))
        return True

    def set_opacity(self, opacity: float) -> None:
        """0 … 1."""
        if self._layer is not None:
            self._layer.setOpacity(opacity)
            self._layer.triggerRepaint()

    def hide(self) -> None:
        """Take the layer out of the project a moment later: this may be called while the project is removing many
        layers, and QGIS does not survive that one of them goes in between."""
        forgotten = self._forget()
        QTimer.singleShot(0, lambda: _discard(*forgotten))

    def close(self) -> None:
        """Leave nothing behind. Not to be called while layers are being removed."""
        _discard(*self._forget())
        shutil.rmtree(str(self._folder), ignore_errors=True)

    def _forget(self) -> tuple[str, list[str]]:
        layer, files = self._layer, self._files
        self._layer, self._files = None, []
        if layer is not None:
            layer.willBeDeleted.disconnect(self._gone)
        return layer.id() if layer is not None else "", files

    def _gone(self) -> None:
        self._layer = None
        self.removed.emit()


def set_aside(document: QDomDocument) -> None:
    """While a project is being saved, take out of it what is only a picture of the moment.

    To be called on `QgsProject.writeProject`: the tree of the layers is in `document` by then, the layers are not yet.
    """
    project = QgsProject.instance()
    root = project.layerTreeRoot()
    aside = []
    for layer in list(project.mapLayers().values()):
        if layer.customProperty(layers.PRODUCT) in layers.TRANSIENT:
            node = root.findLayer(layer.id())
            below = None
            if node is not None:
                siblings = node.parent().findLayers()
                following = siblings[siblings.index(node) + 1 :]
                below = following[0].layerId() if following else None
            visible = node is None or node.itemVisibilityChecked()
            aside.append((project.takeMapLayer(layer), below, visible))
    if not aside:
        return
    ids = {layer.id() for layer, *_ in aside}
    doomed = []
    for tag, attribute in (("layer-tree-layer", "id"), ("layer", "id"), ("legendlayer", "name"), ("item", "")):
        nodes = document.elementsByTagName(tag)
        for index in range(nodes.count()):
            element = nodes.at(index).toElement()
            if (element.attribute(attribute) if attribute else element.text()) in ids:
                doomed.append(nodes.at(index))
    for node in doomed:
        node.parentNode().removeChild(node)

    unsaved = project.isDirty()

    def let_go() -> None:
        project.projectSaved.disconnect(saved)
        project.cleared.disconnect(let_go)
        aside.clear()

    def put_back(dirty: bool) -> None:
        back = list(aside)
        let_go()
        for layer, below, visible in back:
            back_in_tree(layer, project.mapLayer(below) if below else None).setItemVisibilityChecked(visible)
        project.setDirty(dirty)

    def saved() -> None:
        # At once: as soon as QGIS looks at the tree again and finds other layers, the project counts as changed.
        put_back(False)

    def not_saved() -> None:
        if aside:
            put_back(unsaved)

    project.projectSaved.connect(saved)
    project.cleared.connect(let_go)  # another project by then, in which these have no place
    QTimer.singleShot(0, not_saved)


def _own_folder(product: str) -> Path:
    folder = home() / "live"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f"{product}-", dir=str(folder)))
    except OSError:  # the plugin's folder cannot be written
        return Path(tempfile.mkdtemp(prefix=f"mmearth-{product}-"))


def _discard(layer_id: str, files: Iterable[str]) -> None:
    layer = QgsProject.instance().mapLayer(layer_id) if layer_id else None
    if layer is not None:
        layer.triggerRepaint()  # a canvas that notices only afterwards that it is gone finds nothing to draw anew
        QgsProject.instance().removeMapLayer(layer_id)
    for path in files:
        _remove(path)


def _remove(path: str) -> None:
    for file in (Path(path), Path(path + ".aux.xml")):
        try:
            file.unlink()
        except OSError:
            # Windows keeps a file that is still being drawn; its folder goes when the session ends.
            continue
