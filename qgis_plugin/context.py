"""What the plugin hands to its panels: QGIS, the worker, the settings, what is being worked on, and how to tell the
user something."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qgis.core import Qgis, QgsMessageLog
from qgis.gui import QgisInterface
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QFont, QFontMetrics

if TYPE_CHECKING:
    from .core.worker.client import WorkerClient
    from .core.workspace import Workspace
    from .settings import Settings


TITLE = "MMEarth"
#: Pixels of the message bar that are not the text's: signs and title; and the button that shows the rest.
_AROUND, _MORE = 230, 130


class Context:
    """Made once by `plugin.Plugin`; lives as long as the plugin is loaded."""

    def __init__(self, iface: QgisInterface, client: WorkerClient, settings: Settings, workspace: Workspace) -> None:
        self.iface = iface
        self.client = client
        self.settings = settings
        self.workspace = workspace

    def tell(self, text: str, level: Qgis.MessageLevel = Qgis.MessageLevel.Info, duration: int = 6) -> None:
        """A sentence or two in QGIS' message bar, one line and a button for what is longer, and in the log."""
        QgsMessageLog.logMessage(text, TITLE, level, False)
        shown, rest = self._in_one_line(text)
        if rest:
            self.iface.messageBar().pushMessage(TITLE, shown, rest, level, duration)
        else:
            self.iface.messageBar().pushMessage(TITLE, text, level, duration)

    def warn(self, text: str) -> None:
        """A sentence that asks for action; it stays until it is closed."""
        self.tell(text, Qgis.MessageLevel.Warning, 0)

    def _in_one_line(self, text: str) -> tuple[str, str]:
        """What there is room for above the map, the first sentence if it may be, and what it leaves to be said."""
        canvas = self.iface.mapCanvas()
        font = QFont(canvas.font())
        font.setBold(True)  # as QGIS writes there
        metrics, room = QFontMetrics(font), canvas.width() - _AROUND
        if metrics.horizontalAdvance(text) <= room:
            return text, ""
        sentences = re.match(r"(.+?[.!?])\s+(.+)", text, re.DOTALL)
        if sentences is not None and metrics.horizontalAdvance(sentences[1]) <= room - _MORE:
            return sentences[1], sentences[2]
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, room - _MORE), text

    def log(self, text: str) -> None:
        """A line for the log alone."""
        QgsMessageLog.logMessage(text, TITLE, Qgis.MessageLevel.Info, False)
