"""What maps and the layers beside them look like, and which classes a map layer shows. Knows no file and no worker."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsColorRampShader,
    QgsFillSymbol,
    QgsMapLayer,
    QgsPalettedRasterRenderer,
    QgsRasterLayer,
    QgsRasterShader,
    QgsRendererCategory,
    QgsSingleBandPseudoColorRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtGui import QColor

#: Gives a layer its look.
Style = Callable[[QgsRasterLayer], None]
#: A value, its colour, its label.
Stop = tuple[float, Any, str]


def class_colours(layer: QgsMapLayer | None) -> dict[str, Any]:
    """Class name → QColor of a paletted raster layer, in its order; empty for other layers."""
    renderer = layer.renderer() if layer is not None else None
    if not isinstance(renderer, QgsPalettedRasterRenderer):
        return {}
    return {entry.label or f"{entry.value:g}": QColor(entry.color) for entry in renderer.classes()}


def class_values(layer: QgsMapLayer | None) -> dict[str, Any]:
    """Class name → value of a paletted raster layer; empty for other layers."""
    renderer = layer.renderer() if layer is not None else None
    if not isinstance(renderer, QgsPalettedRasterRenderer):
        return {}
    return {entry.label or f"{entry.value:g}": int(entry.value) for entry in renderer.classes()}


def palette(classes: Iterable[Mapping[str, Any]]) -> Style:
    """A style for class maps: `classes` as the protocol has them."""
    entries = [QgsPalettedRasterRenderer.Class(c["value"], QColor(c["colour"]), c["name"]) for c in classes]

    def style(layer: QgsRasterLayer) -> None:
        layer.setRenderer(QgsPalettedRasterRenderer(layer.dataProvider(), 1, entries))

    return style


def ramp(stops: Sequence[Stop]) -> Style:
    """A style for the first band: from low to high; colours between the stops are mixed."""

    def style(layer: QgsRasterLayer) -> None:
        shader = QgsColorRampShader(stops[0][0], stops[-1][0], None, QgsColorRampShader.Type.Interpolated)
        shader.setColorRampItemList(
            [QgsColorRampShader.ColorRampItem(value, QColor(colour), label) for value, colour, label in stops]
        )
        raster_shader = QgsRasterShader(stops[0][0], stops[-1][0])
        raster_shader.setRasterShaderFunction(shader)
        renderer = QgsSingleBandPseudoColorRenderer(layer.dataProvider(), 1, raster_shader)
        renderer.setClassificationMin(stops[0][0])
        renderer.setClassificationMax(stops[-1][0])
        layer.setRenderer(renderer)

    return style


def confidence(stops: Iterable[tuple[float, str]]) -> Style:
    """A style for the probability of a pixel's class, in the colours that the worker names (`Greeting.confidence`)."""
    return ramp([(value, colour, f"{value:g}") for value, colour in stops])


def style_polygons(layer: QgsVectorLayer, colours: dict[str, Any], field: str = "class") -> None:
    """Polygons in the colours of their classes; left alone when there is no such field."""
    if layer.fields().indexOf(field) < 0 or not colours:
        return
    categories = []
    for name, colour in colours.items():
        look = {"color": colour.name(), "outline_color": "#404040", "outline_width": "0.1"}
        symbol = QgsFillSymbol.createSimple(look)
        categories.append(QgsRendererCategory(name, symbol, name))
    layer.setRenderer(QgsCategorizedSymbolRenderer(field, categories))
