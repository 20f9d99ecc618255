"""What the layers beside a map look like, and which classes a map layer shows. Knows no file and no worker."""

from __future__ import annotations

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsFillSymbol,
    QgsGradientColorRamp,
    QgsGradientStop,
    QgsPalettedRasterRenderer,
    QgsRendererCategory,
    QgsSingleBandPseudoColorRenderer,
)
from qgis.PyQt.QtGui import QColor


def class_colours(layer) -> dict:
    """Class name → QColor of a paletted raster layer, in its order; empty for other layers."""
    renderer = layer.renderer() if layer is not None else None
    if not isinstance(renderer, QgsPalettedRasterRenderer):
        return {}
    return {entry.label or f"{entry.value:g}": QColor(entry.color) for entry in renderer.classes()}


def class_values(layer) -> dict:
    """Class name → value of a paletted raster layer; empty for other layers."""
    renderer = layer.renderer() if layer is not None else None
    if not isinstance(renderer, QgsPalettedRasterRenderer):
        return {}
    return {entry.label or f"{entry.value:g}": int(entry.value) for entry in renderer.classes()}


def style_confidence(layer) -> None:
    """Dark to bright from 0 to 1, in colours told apart without seeing red and green."""
    ramp = QgsGradientColorRamp(QColor("#440154"), QColor("#fde725"))
    stops = [(0.25, "#3b528b"), (0.5, "#21918c"), (0.75, "#5ec962")]
    ramp.setStops([QgsGradientStop(where, QColor(colour)) for where, colour in stops])
    renderer = QgsSingleBandPseudoColorRenderer(layer.dataProvider(), 1)
    renderer.setClassificationMin(0.0)
    renderer.setClassificationMax(1.0)
    renderer.createShader(ramp)
    layer.setRenderer(renderer)


def style_polygons(layer, colours: dict, field: str = "class") -> None:
    """Polygons in the colours of their classes; left alone when there is no such field."""
    if layer.fields().indexOf(field) < 0 or not colours:
        return
    categories = []
    for name, colour in colours.items():
        look = {"color": colour.name(), "outline_color": "#404040", "outline_width": "0.1"}
        symbol = QgsFillSymbol.createSimple(look)
        categories.append(QgsRendererCategory(name, symbol, name))
    layer.setRenderer(QgsCategorizedSymbolRenderer(field, categories))
