"""MMEarth Few-Shot Mapper: embed Sentinel-2 layers and map land cover from a few samples, in QGIS.

QGIS calls `classFactory` when it starts; nothing else is imported before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

    from .plugin import Plugin


def classFactory(iface: QgisInterface) -> Plugin:
    """The plugin, as QGIS asks for it."""
    from .plugin import Plugin

    return Plugin(iface)
