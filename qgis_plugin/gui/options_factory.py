"""How QGIS asks for the plugin's page in its options; the page itself is loaded when it is first opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from qgis.gui import QgsOptionsWidgetFactory
from qgis.PyQt.QtWidgets import QWidget

from ..context import TITLE
from .icons import icon

if TYPE_CHECKING:
    from ..context import Context
    from .setup.options_page import OptionsPage


class OptionsFactory(QgsOptionsWidgetFactory):
    """What `iface.registerOptionsWidgetFactory` takes; to be unregistered when the plugin is unloaded. `get_context` is
    called without arguments when a page is made."""

    def __init__(self, get_context: Callable[[], Context]) -> None:
        super().__init__(TITLE, icon("icon"))
        self._get_context = get_context

    def createWidget(self, parent: QWidget) -> OptionsPage:
        """A new page, as QGIS asks for it each time its options are opened."""
        from .setup.options_page import OptionsPage

        return OptionsPage(self._get_context(), parent)
