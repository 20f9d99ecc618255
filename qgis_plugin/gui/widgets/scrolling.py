"""Panels that may be higher than the dock: they scroll up and down."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget


def scrolled(inside: QWidget, sideways: bool = False) -> QScrollArea:
    """A widget in an area without a frame that scrolls; to the sides only when `sideways`."""
    area = QScrollArea()
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
