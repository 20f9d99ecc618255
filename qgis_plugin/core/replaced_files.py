"""Files that are about to be replaced: their layers leave the project first, since an open file cannot be replaced on
every system, and come back when nothing came of it."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsProject, QgsRasterLayer, QgsVectorLayer

from . import layers


def release(paths) -> list:
    """Take the layers of these files out of the project; returns what `open_again` needs."""
    wanted = {Path(path).resolve() for path in paths}
    found = [
        layer
        for layer in QgsProject.instance().mapLayers().values()
        if layer.providerType() in ("gdal", "ogr") and Path(layers.path_of(layer)).resolve() in wanted
    ]
    released = [
        (layers.path_of(layer), layer.name(), {key: layer.customProperty(key) for key in _ours(layer)})
        for layer in found
    ]
    QgsProject.instance().removeMapLayers([layer.id() for layer in found])
    return released


def open_again(released) -> None:
    """Bring back the layers whose files are still there."""
    for path, name, properties in released:
        if not Path(path).exists():
            continue
        vector = Path(path).suffix.lower() == ".gpkg"
        layer = QgsVectorLayer(path, name, "ogr") if vector else QgsRasterLayer(path, name)
        for key, value in properties.items():
            layer.setCustomProperty(key, value)
        QgsProject.instance().addMapLayer(layer)


def _ours(layer) -> list:
    return [key for key in layer.customPropertyKeys() if key.startswith("mmearth/")]
