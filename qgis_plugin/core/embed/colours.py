"""A scene in natural or in false colours, by the names of its bands."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import QgsMultiBandColorRenderer, QgsRasterLayer

from .band_names import code_of

#: Red, green and blue of the screen.
NATURAL = ("B04", "B03", "B02")
#: Near infrared, red and green: plants are red.
FALSE = ("B08", "B04", "B03")
#: Custom properties of a layer: its colours were chosen once; its bands as the user named them.
_CHOSEN, _NAMED = "mmearth/colours", "mmearth/band_names"


def bands_of(layer: QgsRasterLayer, wanted: Sequence[str]) -> list[int] | None:
    """The numbers of some Sentinel-2 bands in a layer; None when one of them is not there, or twice."""
    names = list(layer.customProperty(_NAMED) or [])
    if not names:
        names = [code_of(layer.bandName(band)) for band in range(1, layer.bandCount() + 1)]
    if "B08" not in names:
        wanted = ["B8A" if name == "B08" else name for name in wanted]
    if any(names.count(name) != 1 for name in wanted):
        return None
    return [names.index(name) + 1 for name in wanted]


def show(layer: QgsRasterLayer, wanted: Sequence[str]) -> bool:
    """Draw a layer in these bands, stretched as QGIS does by default; False when it has not all of them."""
    bands = bands_of(layer, wanted)
    if bands is None:
        return False
    layer.setRenderer(QgsMultiBandColorRenderer(layer.dataProvider(), *bands))
    layer.setDefaultContrastEnhancement()
    layer.setCustomProperty(_CHOSEN, True)
    layer.triggerRepaint()
    layer.emitStyleChanged()
    return True


def show_once(layer: QgsRasterLayer, known: Sequence[str] | None) -> None:
    """Natural colours for a layer that is drawn as QGIS opens every raster: in its first three bands. `known`: a name
    for each band as the user confirmed them, or None to go by the file's."""
    if known is None:
        layer.removeCustomProperty(_NAMED)
    else:
        layer.setCustomProperty(_NAMED, list(known))
    renderer = layer.renderer()
    if layer.customProperty(_CHOSEN) or not isinstance(renderer, QgsMultiBandColorRenderer):
        return
    if (renderer.redBand(), renderer.greenBand(), renderer.blueBand()) == (1, 2, 3):
        show(layer, NATURAL)
