"""What the plugin hands to its panels: QGIS, the worker, the settings, what is being worked on, and how to tell the
user something."""

from qgis.core import Qgis, QgsMessageLog

TITLE = "MMEarth"


class Context:
    """Made once by `plugin.Plugin`; lives as long as the plugin is loaded."""

    def __init__(self, iface, client, settings, workspace):
        self.iface = iface
        self.client = client
        self.settings = settings
        self.workspace = workspace

    def tell(self, text: str, level=Qgis.MessageLevel.Info, duration: int = 6) -> None:
        """One sentence in QGIS' message bar and in the log."""
        QgsMessageLog.logMessage(text, TITLE, level, False)
        self.iface.messageBar().pushMessage(TITLE, text, level, duration)

    def warn(self, text: str) -> None:
        """A sentence that asks for action; it stays until it is closed."""
        self.tell(text, Qgis.MessageLevel.Warning, 0)

    def log(self, text: str) -> None:
        """A line for the log alone."""
        QgsMessageLog.logMessage(text, TITLE, Qgis.MessageLevel.Info, False)
