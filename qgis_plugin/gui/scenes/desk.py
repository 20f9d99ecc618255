"""The windows of many scenes, made when they are first asked for, and their ways into the dock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsRasterLayer
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QWidget

if TYPE_CHECKING:
    from ...context import Context
    from ..embed.panel import EmbedPanel
    from .change_dialog import ChangeDialog
    from .window import ScenesWindow


class ScenesDesk(QObject):
    """`draw_wanted`: samples are to be drawn; `embed_wanted`: the Embed tab is to be seen."""

    draw_wanted = pyqtSignal()
    embed_wanted = pyqtSignal()

    def __init__(self, context: Context, embed: EmbedPanel, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._embed, self._parent = context, embed, parent
        self._window: ScenesWindow | None = None
        self._change: ChangeDialog | None = None
        embed.box.scenes_wanted.connect(self.open)

    @property
    def window(self) -> ScenesWindow:
        """The window of the scenes."""
        if self._window is None:
            from .window import ScenesWindow

            self._window = ScenesWindow(self._context, self._embed.queue, self._parent)
            self._window.chosen.connect(self._show_in_tab)
            self._window.draw_wanted.connect(self.draw_wanted)
            self._window.change_wanted.connect(self.open_change)
        return self._window

    def open(self) -> None:
        """Show the window."""
        self.window.show()
        self.window.raise_()

    def close(self) -> None:
        """Take the windows away."""
        if self._change is not None:
            self._change.close_dialog()
            self._change.deleteLater()
            self._change = None
        if self._window is not None:
            self._window.close_window()
            self._window.deleteLater()
            self._window = None

    @property
    def change(self) -> ChangeDialog:
        """The dialog that compares two dates."""
        if self._change is None:
            from .change_dialog import ChangeDialog

            self._change = ChangeDialog(self._context, self.window.scenes, self._parent)
        return self._change

    def open_change(self) -> None:
        """Show the dialog that compares two dates."""
        self.change.offer()
        self.change.show()
        self.change.raise_()

    def _show_in_tab(self, layer: QgsRasterLayer) -> None:
        self._embed.layer_combo.setLayer(layer)
        self.embed_wanted.emit()
