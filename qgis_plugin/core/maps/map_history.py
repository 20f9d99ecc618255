"""What was done to a map, as the worker tells it, among the metadata that QGIS shows of its layer and keeps with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from qgis.core import QgsMapLayer, QgsProject, QgsRasterLayer

from .. import layers

if TYPE_CHECKING:
    from ...context import Context


def set_history(layer: QgsMapLayer, steps: Iterable[str]) -> None:
    """Have a layer tell these steps among its metadata."""
    metadata = layer.metadata()
    metadata.setHistory([str(step) for step in steps])
    layer.setMetadata(metadata)


def keep_history(context: Context, layer: QgsRasterLayer) -> None:
    """Ask what was done to a map and keep it with its layer; what is not told leaves the layer as it is."""
    identity = layer.id()

    def keep(told: dict[str, Any]) -> None:
        asked = QgsProject.instance().mapLayer(identity)
        if asked is not None and told.get("history"):
            set_history(asked, told["history"])

    context.client.submit("info", {"file": layers.path_of(layer)}).finished.connect(keep)
