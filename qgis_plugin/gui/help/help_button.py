"""The dock's way to help: a button at its foot with a menu, the key "?", and the same for who draws on the map."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QKeySequence
from qgis.PyQt.QtWidgets import QMenu, QToolButton, QWidget

from ...compat import QAction, QShortcut
from ...core import guide
from ..widgets.keys import DOCK
from .guide_window import GuideWindow
from .key_sheet import KeySheet


class HelpButton(QToolButton):
    """`shown()` is the object name of the page of the dock that is shown; `tools()` are those of `KeySheet`."""

    #: The tour of the first map is asked for.
    tour_wanted = pyqtSignal()

    def __init__(self, shown: Callable[[], str], tools: Callable[[], Sequence[tuple[str, str]]], dock: QWidget) -> None:
        super().__init__(dock)
        self.setObjectName("help")
        self._shown, self._tools, self._dock = shown, tools, dock
        self._guide: GuideWindow | None = None
        self._sheet: KeySheet | None = None
        self.setText(self.tr("Help"))
        self.setIcon(QgsApplication.getThemeIcon("/mActionHelpContents.svg"))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setAutoRaise(True)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.setToolTip(self.tr("What this page is for and how it is used; no network is needed"))
        self.clicked.connect(self.open_guide)
        self.menu_of_help = QMenu(self)
        self.setMenu(self.menu_of_help)
        for name, words, act in (
            ("helpGuide", self.tr("Help on this page"), self.open_guide),
            ("helpKeys", self.tr("Keys"), self.open_keys),
            ("helpTour", self.tr("Tour of the first map"), self.tour_wanted.emit),
        ):
            action = QAction(words, self)
            action.setObjectName(name)
            action.triggered.connect(lambda _checked=False, act=act: act())
            self.menu_of_help.addAction(action)
            if act == self.open_keys:
                action.setText(f"{words}\t{DOCK.bound[0].keys[0]}")
        for key in DOCK.bound[0].keys:
            shortcut = QShortcut(QKeySequence(key), dock)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.open_keys)

    def open_guide(self, *_checked: object) -> None:
        """The guide, at what is said of the page of the dock that is shown."""
        if self._guide is None:
            self._guide = GuideWindow(self._dock.window())
        self._guide.show_place(*guide.PLACES[self._shown()])

    def open_keys(self) -> None:
        """The sheet of keys."""
        if self._sheet is None:
            self._sheet = KeySheet(self._tools(), self._dock.window())
        self._sheet.show()
        self._sheet.raise_()

    def close(self) -> bool:
        """Close the windows too."""
        for window in (self._guide, self._sheet):
            if window is not None:
                window.close()
                window.deleteLater()
        self._guide = self._sheet = None
        return super().close()
