"""Telling our layers from others, by custom properties and by what is in the file; the way from one to another."""

from __future__ import annotations

import re
from pathlib import Path

from qgis.core import QgsMapLayer, QgsProject, QgsRasterLayer, QgsVectorLayer

#: Custom properties of layers: what it is ("embedding", "samples", "map", "confidence", "polygons", "similarity",
#: "distance", "reference", or one of `TRANSIENT`) and the id of the layer it was made from.
PRODUCT = "mmearth/product"
#: Products that are pictures of the moment and are not saved with a project.
TRANSIENT = ("live", "live_confidence", "similarity_preview", "embedding_preview")
SOURCE = "mmearth/source"
#: Custom property of an embedding: `file_state` of its scene when it was made.
SOURCE_STATE = "mmearth/source_state"
#: Custom property of an embedding that the worker recognised: who made it.
MAKER = "mmearth/maker"
#: A raster of as many bands may be an embedding; whether it is, the worker knows.
_MANY = 16


def path_of(layer: QgsMapLayer) -> str:
    """The file of a raster layer, without what follows a "|"."""
    return layer.source().split("|")[0]


def is_embedding(layer: QgsMapLayer) -> bool:
    """Whether a layer is an embedding raster: marked as one, or a file that has its sidecar and band names."""
    if not isinstance(layer, QgsRasterLayer) or not layer.isValid():
        return False
    if layer.customProperty(PRODUCT) == "embedding":
        return True
    named = layer.bandCount() >= 8 and layer.bandName(1).endswith("E00")
    return named and Path(path_of(layer)).suffix.lower() in {".tif", ".tiff"}


def may_be_embedding(layer: QgsMapLayer) -> bool:
    """Whether a layer is an embedding, or a raster of many bands, of which the worker can tell."""
    many = isinstance(layer, QgsRasterLayer) and layer.isValid() and layer.bandCount() >= _MANY
    return many or is_embedding(layer)


def title_of(layer: QgsMapLayer) -> str:
    """The name of an embedding's layer, with that of its scene and, where that was not us, who made it."""
    scene, maker = source_of(layer), layer.customProperty(MAKER, "")
    name = layer.name() if scene is None or scene.name() in layer.name() else f"{layer.name()} – {scene.name()}"
    return f"{name} – {maker}" if maker else name


def mark(layer: QgsMapLayer, product: str, source: QgsMapLayer = None) -> None:
    """Say what a layer is, and what it was made from."""
    layer.setCustomProperty(PRODUCT, product)
    if source is not None:
        layer.setCustomProperty(SOURCE, source.id())


def file_state(layer: QgsMapLayer) -> str:
    """Size and time of a layer's file, as a text: another one when the file was changed, empty without a file."""
    try:
        status = Path(path_of(layer)).stat()
    except OSError:
        return ""
    return f"{status.st_size} {status.st_mtime_ns}"


def source_of(layer: QgsMapLayer) -> QgsMapLayer | None:
    """The layer this one was made from, or None when it is no longer in the project."""
    return QgsProject.instance().mapLayer(layer.customProperty(SOURCE, "") or "")


def with_names(sentence: str) -> str:
    """A sentence with the names of the project's layers for their files, of which those in the cache say nothing. For
    the main thread."""
    names = {path_of(layer): title_of(layer) for layer in QgsProject.instance().mapLayers().values()}
    for path in sorted(filter(None, names), key=len, reverse=True):
        if path in sentence:
            pattern = rf"(?<![\w/.-]){re.escape(path)}(?![\w/-]|\.\w)"
            sentence = f"“{names[path]}”".join(re.split(pattern, sentence))
    return sentence


def embeddings() -> list[QgsRasterLayer]:
    """The embedding layers of the project."""
    return [layer for layer in QgsProject.instance().mapLayers().values() if is_embedding(layer)]


def is_samples(layer: QgsMapLayer) -> bool:
    """Whether a layer is one of ours to draw samples in."""
    return isinstance(layer, QgsVectorLayer) and layer.customProperty(PRODUCT) == "samples"
