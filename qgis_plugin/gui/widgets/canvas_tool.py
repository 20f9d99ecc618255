"""Whose turn it is on the canvas: a tool of ours takes it, and gives it back to the tool the user had before ours."""

from __future__ import annotations

from qgis.gui import QgsMapCanvas, QgsMapTool
from qgis.PyQt import sip


def take(canvas: QgsMapCanvas, tool: QgsMapTool) -> None:
    """Make a tool of ours the canvas' tool."""
    before = canvas.mapTool()
    if before is not tool:
        tool.mmearth_before = getattr(before, "mmearth_before", before)  # one of ours knows whom it took the turn from
    canvas.setMapTool(tool)


def give_back(canvas: QgsMapCanvas, tool: QgsMapTool) -> None:
    """Put the tool the user had back in its place, if the canvas still has ours."""
    if canvas.mapTool() is not tool:
        return
    canvas.unsetMapTool(tool)
    before = getattr(tool, "mmearth_before", None)
    if before is not None and not sip.isdeleted(before):
        canvas.setMapTool(before)
