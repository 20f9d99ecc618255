"""Whose turn it is on the canvas: a tool of ours takes it, and gives it back to the tool there was before."""

from __future__ import annotations

from qgis.gui import QgsMapCanvas, QgsMapTool
from qgis.PyQt import sip


def take(canvas: QgsMapCanvas, tool: QgsMapTool, passing: bool = False) -> None:
    """Make a tool of ours the canvas' tool. A `passing` one (swipe, a single click) gives the turn back to the tool
    that draws; one that draws gives it back to the tool the user had before all of ours."""
    before = canvas.mapTool()
    if before is not tool:
        while before is not None and hasattr(before, "mmearth_before") and (before.mmearth_passing or not passing):
            before = before.mmearth_before
        tool.mmearth_before, tool.mmearth_passing = before, passing
    canvas.setMapTool(tool)


def give_back(canvas: QgsMapCanvas, tool: QgsMapTool) -> None:
    """Put the tool before ours back in its place, if the canvas still has ours."""
    if canvas.mapTool() is not tool:
        return
    canvas.unsetMapTool(tool)
    before = getattr(tool, "mmearth_before", None)
    if before is not None and not sip.isdeleted(before):
        canvas.setMapTool(before)
