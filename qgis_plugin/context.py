"""What the plugin hands to its panels: QGIS, the worker, the settings, what is being worked on, and how to tell the
user something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import Qgis, QgsMessageLog
from qgis.gui import QgisInterface

if TYPE_CHECKING:
    from .core.worker.client import WorkerClient
    from .core.workspace import Workspace
    from .settings import Settings


TITLE = "MMEarth"


class Context:
    """Made once by `plugin.Plugin`; lives as long as the plugin is loaded."""

    def __init__(self, iface: QgisInterface, client: WorkerClient, settings: Settings, workspace: Workspace) -> None:
        self.iface = iface
        self.client = client
        self.settings = settings
        self.workspace = workspace

    def tell(self, text: str, level: Qgis.MessageLevel = Qgis.MessageLevel.Info, duration: int = 6) -> None:
        """One sentence in QGIS' message bar and in the log."""
        QgsMessageLog.logMessage(text, TITLE, level, False)
        self.iface.messageBar().pushMessage(TITLE, text, level, duration)

    def warn(self, text: str) -> None:
        """A sentence that asks for action; it stays until it is closed."""
        self.tell(text, Qgis.MessageLevel.Warning, 0)

    def log(self, text: str) -> None:
        """A line for the log alone."""
        QgsMessageLog.logMessage(text, TITLE, Qgis.MessageLevel.Info, False)
