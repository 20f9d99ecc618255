"""What the canvas shows, as the worker is told of it."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsRasterLayer

from ..samples.classes import SampleError
from ..sources import why_not_placed, wkt

#: Most pixels of a picture.
MOST_PIXELS = 2_000_000


def view_of(canvas: Any, embedding: QgsRasterLayer) -> dict[str, Any]:
    """What a map canvas shows, in its own CRS: which pixels these are, the worker finds. Raises `SampleError`."""
    require_place(embedding)
    settings = canvas.mapSettings()
    extent, crs, size = settings.visibleExtent(), settings.destinationCrs(), settings.outputSize()
    # On a very large screen every second pixel must do until one zooms in: it stays quick, and memory bounded.
    coarser = max(1.0, (size.width() * size.height() / MOST_PIXELS) ** 0.5)
    return {
        "bounds": [extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum()],
        "width": max(1, int(size.width() / coarser)),
        "height": max(1, int(size.height() / coarser)),
        "crs": wkt(crs) if crs.isValid() else None,
    }


def require_place(embedding: QgsRasterLayer) -> None:
    """`SampleError` where an embedding layer was given another CRS than its file has: samples would be of elsewhere."""
    problem = why_not_placed(embedding)
    if problem:
        raise SampleError(problem)
