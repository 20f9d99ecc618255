"""Files that are about to be replaced: their layers leave the project first, since an open file cannot be replaced on
every system, and come back when nothing came of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from qgis.core import QgsMapLayer, QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication

from . import layers

#: A layer that was taken out of the project: its file, its name, our properties of it.
Released = tuple[str, str, dict[str, Any]]


def why_not(paths: Iterable[str | Path]) -> str:
    """Why these files should not be replaced now, in a sentence: edits of one of their layers would be lost. Empty when
    nothing speaks against it."""
    for layer in _layers_of(paths):
        if isinstance(layer, QgsVectorLayer) and layer.isModified():
            text = QCoreApplication.translate(
                "ReplacedFiles", "{} is a file with unsaved edits ({}); save or discard them, or choose another name."
            )
            return text.format(layers.path_of(layer), layer.name())
    return ""


def release(paths: Iterable[str | Path]) -> list[Released]:
    """Take the layers of these files out of the project; returns what `open_again` needs."""
    found = _layers_of(paths)
    released = [
        (layers.path_of(layer), layer.name(), {key: layer.customProperty(key) for key in _ours(layer)})
        for layer in found
    ]
    QgsProject.instance().removeMapLayers([layer.id() for layer in found])
    return released


def open_again(released: Iterable[Released]) -> None:
    """Bring back the layers whose files are still there."""
    for path, name, properties in released:
        if not Path(path).exists():
            continue
        vector = Path(path).suffix.lower() == ".gpkg"
        layer = QgsVectorLayer(path, name, "ogr") if vector else QgsRasterLayer(path, name)
        for key, value in properties.items():
            layer.setCustomProperty(key, value)
        QgsProject.instance().addMapLayer(layer)


def _layers_of(paths: Iterable[str | Path]) -> list[QgsMapLayer]:
    wanted = {Path(path).resolve() for path in paths}
    return [
        layer
        for layer in QgsProject.instance().mapLayers().values()
        if layer.providerType() in ("gdal", "ogr") and Path(layers.path_of(layer)).resolve() in wanted
    ]


def _ours(layer: QgsMapLayer) -> list[str]:
    return [key for key in layer.customPropertyKeys() if key.startswith("mmearth/")]
