"""Choices that a passing mouse wheel does not change: whoever scrolls over them scrolls the panel."""

from __future__ import annotations

from qgis.PyQt.QtCore import QEvent, QObject, Qt
from qgis.PyQt.QtWidgets import QComboBox, QWidget


class CalmWheel(QObject):
    """Lets combo boxes take the wheel only while they have the focus."""

    def calm(self, widget: QWidget) -> None:
        """Calm a combo box, or all that a widget holds now."""
        for combo in [widget] if isinstance(widget, QComboBox) else widget.findChildren(QComboBox):
            combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            combo.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Pass the wheel on to what lies below."""
        if event.type() == QEvent.Type.Wheel and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)
