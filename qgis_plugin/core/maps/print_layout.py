"""A map on a sheet to print: title, legend of the classes that are on it, scale bar, north arrow and its origin.

What is made is an ordinary print layout of the project, for its owner to change and export.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsLayoutItem,
    QgsLayoutItemLabel,
    QgsLayoutItemLegend,
    QgsLayoutItemMap,
    QgsLayoutItemPicture,
    QgsLayoutItemScaleBar,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsLegendRenderer,
    QgsLegendStyle,
    QgsMapLayerLegendUtils,
    QgsPrintLayout,
    QgsProject,
    QgsRasterLayer,
    QgsTextFormat,
)
from qgis.PyQt.QtCore import QObject, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QFont

from ...compat import METRES
from .. import layers
from ..accuracy.figures import area
from ..sources import name_of

if TYPE_CHECKING:
    from ...context import Context

#: Millimetres of a sheet (A4 across): its size, its margin, the column beside the map, the lines above and below it.
SHEET, MARGIN, BESIDE, ABOVE, BELOW = (297.0, 210.0), 12.0, 68.0, 14.0, 24.0
#: Millimetres that one of the two parts of the scale bar has at most; its labels have room then.
PART = 24.0
ICONS = Path(__file__).parents[2] / "resources" / "icons"


class MapSheets(QObject):
    """Lays maps out, one at a time: asks the worker what is on the map and what was done to it, then fills a sheet."""

    #: The layout, which is in the project.
    made = pyqtSignal(object)
    #: Error kind and sentence.
    failed = pyqtSignal(str, str)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._asking = False

    def lay_out(self, layer: QgsRasterLayer) -> None:
        """Make a layout of a class map's layer; unless one is being made."""
        if self._asking:
            return
        self._asking, identity = True, layer.id()
        job = self._context.client.submit("info", {"file": layers.path_of(layer)})
        job.finished.connect(lambda told: self._ask_areas(identity, told))
        job.failed.connect(self._fail)

    def _ask_areas(self, identity: str, told: dict[str, Any]) -> None:
        layer = QgsProject.instance().mapLayer(identity)
        if layer is None:
            self._fail("cancelled", self.tr("The map is no longer in the project."))
            return
        job = self._context.client.submit("areas", {"map": layers.path_of(layer)}, title=self.tr("Measuring the map"))
        job.finished.connect(lambda result: self._set(identity, told, result["hectares"]))
        job.failed.connect(self._fail)

    def _fail(self, kind: str, message: str) -> None:
        self._asking = False
        self.failed.emit(kind, message)

    def _set(self, identity: str, told: dict[str, Any], hectares: dict[str, float]) -> None:
        self._asking = False
        layer = QgsProject.instance().mapLayer(identity)
        if layer is None:
            self._fail("cancelled", self.tr("The map is no longer in the project."))
            return
        self.made.emit(lay_out(layer, hectares, self._origin(layer, told)))

    def _origin(self, layer: QgsRasterLayer, told: dict[str, Any]) -> str:
        """Where the map comes from, in a few lines."""
        made_of = ", ".join(
            f"{each['name']} ({each['identity'][:12]})" + (f", {each['date']}" if each.get("date") else "")
            for each in told.get("made of") or []
        )
        lines = [f"{Path(layers.path_of(layer)).name}, {name_of(layer.crs())}"]
        lines += [self.tr("Embedding: {}").format(made_of)] if made_of else []
        return "\n".join([*lines, *(told.get("history") or [])])


def lay_out(layer: QgsRasterLayer, hectares: dict[str, float], origin: str) -> QgsPrintLayout:
    """A layout of a class map in its project. `hectares`: of each class that is on it; `origin`: a few lines."""
    layout = QgsPrintLayout(QgsProject.instance())
    layout.initializeDefaults()
    title = _title(layer)
    layout.setName(_free_name(title))
    width = SHEET[0] - 2 * MARGIN - BESIDE - 4
    height = SHEET[1] - 2 * MARGIN - ABOVE - BELOW
    _text(layout, title, (MARGIN, MARGIN, SHEET[0] - 2 * MARGIN, ABOVE), 18, bold=True)
    shown = QgsLayoutItemMap(layout)
    shown.setId("map")
    _place(layout, shown, (MARGIN, MARGIN + ABOVE, width, height))
    shown.setCrs(layer.crs())
    shown.setLayers([layer])
    shown.setKeepLayerSet(True)
    extent = layer.extent()
    extent.scale(1.02)
    shown.setExtent(extent)  # which takes the size that suits it; the sheet gives it room again
    shown.attemptResize(QgsLayoutSize(width, height))
    shown.zoomToExtent(extent)
    shown.setFrameEnabled(True)
    left = MARGIN + width + 4
    _legend(layout, shown, layer, hectares, (left, MARGIN + ABOVE))
    _scale_bar(layout, shown, (left, MARGIN + ABOVE + height - 14))
    north = QgsLayoutItemPicture(layout)
    north.setId("north")
    north.setPicturePath(str(ICONS / "north.svg"))
    north.setLinkedMap(shown)  # turns with the map
    _place(layout, north, (left, MARGIN + ABOVE + height - 36, 12, 18))
    _text(layout, origin, (MARGIN, SHEET[1] - MARGIN - BELOW + 3, SHEET[0] - 2 * MARGIN, BELOW - 3), 7, name="origin")
    QgsProject.instance().layoutManager().addLayout(layout)
    return layout


def _title(layer: QgsRasterLayer) -> str:
    """The name of the map, with that of the scene it shows."""
    embedding = layers.source_of(layer)
    scene = None if embedding is None else layers.source_of(embedding) or embedding
    return layer.name() if scene is None or scene.name() in layer.name() else f"{layer.name()} – {scene.name()}"


def _free_name(name: str) -> str:
    """The name, or the first of "name 2", "name 3" … that no layout of the project has."""
    manager, number, free = QgsProject.instance().layoutManager(), 1, name
    while manager.layoutByName(free) is not None:
        number += 1
        free = f"{name} {number}"
    return free


def _legend(
    layout: QgsPrintLayout,
    shown: QgsLayoutItemMap,
    layer: QgsRasterLayer,
    hectares: dict[str, float],
    at: tuple[float, float],
) -> None:
    """The classes that are on the map, with their areas."""
    legend = QgsLayoutItemLegend(layout)
    legend.setId("legend")
    legend.setLinkedMap(shown)
    legend.setAutoUpdateModel(False)
    model = legend.model()
    model.rootGroup().clear()
    node = model.rootGroup().addLayer(layer)
    QgsLegendRenderer.setNodeLegendStyle(node, QgsLegendStyle.Style.Hidden)
    names = [str(each.data(Qt.ItemDataRole.DisplayRole)) for each in model.layerOriginalLegendNodes(node)]
    present = [number for number, name in enumerate(names) if name in hectares]
    for number in present:
        text = f"{names[number]}  {area(hectares[names[number]])} ha"
        QgsMapLayerLegendUtils.setLegendNodeUserLabel(node, number, text)
    QgsMapLayerLegendUtils.setLegendNodeOrder(node, present)
    model.refreshLayerLegend(node)
    _place(layout, legend, (*at, BESIDE, 40))
    legend.adjustBoxSize()


def _scale_bar(layout: QgsPrintLayout, shown: QgsLayoutItemMap, at: tuple[float, float]) -> None:
    """Two parts of a round length."""
    bar = QgsLayoutItemScaleBar(layout)
    bar.setId("scale")
    bar.setStyle("Single Box")
    bar.setLinkedMap(shown)
    bar.setUnits(METRES)
    part = round_length(shown.scale() * PART / 1000)
    kilometres = part >= 1000
    bar.setMapUnitsPerScaleBarUnit(1000 if kilometres else 1)
    bar.setUnitLabel("km" if kilometres else "m")
    bar.setNumberOfSegmentsLeft(0)
    bar.setNumberOfSegments(2)
    bar.setUnitsPerSegment(part)  # metres, whatever its labels are
    bar.setTextFormat(_format(8))
    bar.setHeight(2)
    _place(layout, bar, (*at, BESIDE, 12))
    bar.update()


def round_length(most: float) -> float:
    """The longest of 1, 2, 5, 10, 20 … that is not longer."""
    decade = 10 ** math.floor(math.log10(most))
    return next(each * decade for each in (5, 2, 1) if each * decade <= most)


def _text(
    layout: QgsPrintLayout,
    text: str,
    place: tuple[float, float, float, float],
    size: float,
    bold: bool = False,
    name: str = "title",
) -> None:
    label = QgsLayoutItemLabel(layout)
    label.setId(name)
    label.setText(text.replace("[%", "[ %"))  # never an expression
    if hasattr(label, "setTextFormat"):
        label.setTextFormat(_format(size, bold))
    else:  # QGIS 3.22
        font = QFont("Sans Serif")
        font.setPointSizeF(size)
        font.setBold(bold)
        label.setFont(font)
    _place(layout, label, place)


def _format(size: float, bold: bool = False) -> QgsTextFormat:
    text_format = QgsTextFormat()
    font = QFont("Sans Serif")
    font.setBold(bold)
    text_format.setFont(font)
    text_format.setSize(size)
    text_format.setColor(QColor("#1d232b"))
    return text_format


def _place(layout: QgsPrintLayout, item: QgsLayoutItem, place: tuple[float, float, float, float]) -> None:
    layout.addLayoutItem(item)
    item.attemptMove(QgsLayoutPoint(*place[:2]))
    item.attemptResize(QgsLayoutSize(*place[2:]))
