"""Panels that may be higher than the dock: they scroll up and down."""

from __future__ import annotations

from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QObject, QPoint, QSize, Qt, QTimer
from qgis.PyQt.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

#: Pixels that are seen above and below what is revealed.
_AROUND = 6


class _UpAndDown(QScrollArea):
    """Never narrower than what is in it, for there is no way to see what would be cut off."""

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        if self.widget() is not None:
            beside = self.verticalScrollBar().sizeHint().width() + 2 * self.frameWidth()
            hint.setWidth(self.widget().minimumSizeHint().width() + beside)
        return hint

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What is inside may have become wider."""
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)


def scrolled(inside: QWidget, sideways: bool = False) -> QScrollArea:
    """A widget in an area without a frame that scrolls; to the sides only when `sideways`."""
    area = QScrollArea() if sideways else _UpAndDown()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    if not sideways:
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inside)
    return area


def fill(panel: QWidget, inside: QWidget, sideways: bool = False) -> QScrollArea:
    """Fill a panel with a widget that scrolls, see `scrolled`."""
    area = scrolled(inside, sideways)
    layout = QVBoxLayout(panel)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(area)
    return area


def reveal(widget: QWidget) -> None:
    """Scroll so that a widget is seen, once it has its place; its beginning where there is no room for all of it."""
    area = widget.parentWidget()
    while area is not None and not isinstance(area, QScrollArea):
        area = area.parentWidget()
    if area is not None:
        QTimer.singleShot(50, lambda: None if sip.isdeleted(area) or sip.isdeleted(widget) else _show(area, widget))


def _show(area: QScrollArea, widget: QWidget) -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)  # what was shown just now has its place then
    if widget.height() <= area.viewport().height() - 2 * _AROUND:
        area.ensureWidgetVisible(widget, 0, _AROUND)
    else:
        area.verticalScrollBar().setValue(widget.mapTo(area.widget(), QPoint(0, 0)).y() - _AROUND)
