"""Raster layers whose picture is replaced all the time: the live map, its confidence, a similarity.

A new picture is a new file, and the layer turns to it without losing its place, name or opacity. Such a layer is never
saved with the project.
"""

import shutil
import tempfile
from pathlib import Path

from qgis.core import (
    QgsColorRampShader,
    QgsPalettedRasterRenderer,
    QgsProject,
    QgsRasterLayer,
    QgsRasterShader,
    QgsSingleBandPseudoColorRenderer,
)
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QColor

from ..settings import home
from . import layers

#: Pictures kept: the one that is shown, and one that a rendering may still be reading.
_KEPT = 2


class LiveLayer(QObject):
    """One layer and the folder of its pictures. `removed` when the user takes the layer out of the project."""

    removed = pyqtSignal()

    def __init__(self, product: str, name: str, parent=None):
        super().__init__(parent)
        self._product, self._name = product, name
        folder = home() / "live"
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = Path(tempfile.mkdtemp(prefix=f"{product}-", dir=str(folder)))
        self._number = 0
        self._files = []
        self._layer = None
        self._legend = None

    @property
    def layer(self):
        """The layer while it is in the project, else None."""
        return self._layer

    def new_path(self) -> str:
        """Where the next picture is to be written."""
        self._number += 1
        return str(self._folder / f"{self._product}-{self._number}.tif")

    def show(self, path: str, style, above=None) -> bool:
        """Turn to a picture. `style(layer)` is called when the layer is new, and must be idempotent; `above` is the
        layer to be put on top of. False when the picture cannot be read."""
        if self._layer is None:
            layer = QgsRasterLayer(path, self._name, "gdal")
            if not layer.isValid():
                return False
            layers.mark(layer, self._product)
            self._layer = layer
            style(layer)
            place(layer, above)
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
        """Take the layer out of the project."""
        if self._layer is not None:
            layer, self._layer = self._layer, None
            layer.willBeDeleted.disconnect(self._gone)
            QgsProject.instance().removeMapLayer(layer.id())
        for path in self._files:
            _remove(path)
        self._files = []

    def close(self) -> None:
        """Leave nothing behind."""
        self.hide()
        shutil.rmtree(str(self._folder), ignore_errors=True)

    def _gone(self) -> None:
        self._layer = None
        self.removed.emit()


def place(layer, above=None) -> None:
    """Add a layer to the project right above another one, or on top."""
    project = QgsProject.instance()
    project.addMapLayer(layer, False)
    root = project.layerTreeRoot()
    node = None if above is None else root.findLayer(above.id())
    if node is None:
        root.insertLayer(0, layer)
    else:
        node.parent().insertLayer(node.parent().children().index(node), layer)


def keep_above(layer, other) -> None:
    """Move a layer right above another one in the project's tree, unless it is above it already."""
    root = QgsProject.instance().layerTreeRoot()
    order = [node.layerId() for node in root.findLayers()]
    if layer.id() not in order or other.id() not in order or order.index(layer.id()) < order.index(other.id()):
        return
    node, target = root.findLayer(layer.id()), root.findLayer(other.id())
    target.parent().insertChildNode(target.parent().children().index(target), node.clone())
    node.parent().removeChildNode(node)


def palette(classes, unknown: bool = False):
    """A style for class maps: `classes` as the protocol has them."""
    entries = [QgsPalettedRasterRenderer.Class(c["value"], QColor(c["colour"]), c["name"]) for c in classes]
    if unknown:
        entries.append(QgsPalettedRasterRenderer.Class(255, QColor("#404040"), "unknown"))

    def style(layer):
        layer.setRenderer(QgsPalettedRasterRenderer(layer.dataProvider(), 1, entries))

    return style


def ramp(stops, band: int = 1):
    """A style for one band: (value, colour, label) from low to high; colours between them are mixed."""

    def style(layer):
        shader = QgsColorRampShader(stops[0][0], stops[-1][0], None, QgsColorRampShader.Type.Interpolated)
        shader.setColorRampItemList(
            [QgsColorRampShader.ColorRampItem(value, QColor(colour), label) for value, colour, label in stops]
        )
        raster_shader = QgsRasterShader(stops[0][0], stops[-1][0])
        raster_shader.setRasterShaderFunction(shader)
        renderer = QgsSingleBandPseudoColorRenderer(layer.dataProvider(), band, raster_shader)
        renderer.setClassificationMin(stops[0][0])
        renderer.setClassificationMax(stops[-1][0])
        layer.setRenderer(renderer)

    return style


def set_aside(document) -> None:
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
            aside.append((project.takeMapLayer(layer), below))
    if not aside:
        return
    ids = {layer.id() for layer, _ in aside}
    doomed = []
    for tag, attribute in (("layer-tree-layer", "id"), ("layer", "id"), ("legendlayer", "name"), ("item", "")):
        nodes = document.elementsByTagName(tag)
        for index in range(nodes.count()):
            element = nodes.at(index).toElement()
            if (element.attribute(attribute) if attribute else element.text()) in ids:
                doomed.append(nodes.at(index))
    for node in doomed:
        node.parentNode().removeChild(node)

    def put_back():
        for layer, below in aside:
            place(layer, project.mapLayer(below) if below else None)
        project.setDirty(False)

    QTimer.singleShot(0, put_back)


def _remove(path: str) -> None:
    for file in (Path(path), Path(path + ".aux.xml")):
        try:
            file.unlink()
        except OSError:
            # Windows keeps a file that is still being drawn; its folder goes when the session ends.
            continue
