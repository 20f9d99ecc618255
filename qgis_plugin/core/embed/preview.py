"""What `embed` has finished so far, as a layer on the map."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsDataProvider, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QObject

from .. import layers
from ..layer_tree import place

#: The same stretch for every scene and every tile, 64 steps on either side of the middle, as an embedding has it.
_STRETCH = "".join(
    f"<{colour}ContrastEnhancement><minValue>64</minValue><maxValue>192</maxValue>"
    f"<algorithm>StretchToMinimumMaximum</algorithm></{colour}ContrastEnhancement>"
    for colour in ("red", "green", "blue")
)
_STYLE = (
    '<qgis version="3.22.0" styleCategories="Symbology"><pipe>'
    '<rasterrenderer type="multibandcolor" redBand="1" greenBand="2" blueBand="3" opacity="1" alphaBand="-1">'
    f"{_STRETCH}</rasterrenderer></pipe></qgis>"
)


class EmbedPreview(QObject):
    """A layer that exists from the first finished tile to `remove`, at most once: who removes it does not want it."""

    def __init__(self, name: str, source_id: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._source_id = source_id
        self._layer_id = None

    @property
    def layer(self) -> QgsRasterLayer | None:
        """The layer (QgsRasterLayer), or None."""
        return QgsProject.instance().mapLayer(self._layer_id) if self._layer_id else None

    def show(self, path: str) -> None:
        """Show a raster of three bands: a new layer at first, then the same one with other data."""
        layer = self.layer
        if layer is None:
            if self._layer_id is None:
                self._add(path)
            return
        layer.setDataSource(path, self._name, "gdal", QgsDataProvider.ProviderOptions(), False)
        layer.triggerRepaint()

    def remove(self) -> None:
        """Take the layer off the map."""
        if self.layer is not None:
            QgsProject.instance().removeMapLayer(self._layer_id)

    def _add(self, path: str) -> None:
        # Without a style QGIS measures the tiles, and leaves what it finds beside them, in the worker's folder.
        try:
            Path(path).with_suffix(".qml").write_text(_STYLE, encoding="utf-8")
        except OSError:
            return
        layer = QgsRasterLayer(path, self._name, "gdal")
        if not layer.isValid():
            return
        layers.mark(layer, "embedding_preview")
        self._layer_id = layer.id()
        place(layer, QgsProject.instance().mapLayer(self._source_id))
