"""MMEarth Few-Shot Mapper: embed Sentinel-2 layers and map land cover from a few samples, in QGIS.

QGIS calls `classFactory` when it starts; nothing else is imported before.
"""


def classFactory(iface):
    """The plugin, as QGIS asks for it."""
    from .plugin import Plugin

    return Plugin(iface)
