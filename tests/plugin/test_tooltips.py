"""Every control of the dock says why one would use it."""

import pytest
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QScrollBar,
    QWidget,
)

from qgis_plugin import classFactory

CONTROLS = (QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit, QAbstractSlider, QAbstractItemView)


@pytest.fixture
def plugin(qgis_iface, settings, worker_python, qgis_new_project):
    plugin = classFactory(qgis_iface)
    plugin.initGui()
    yield plugin
    plugin.unload()


def told_by(widget, dock):
    """Whether a control or what it is a part of has a tooltip: the arrow of a spin box is told by the spin box."""
    while widget is not None and widget is not dock:
        if widget.toolTip():
            return True
        parent = widget.parentWidget()
        if parent is not None and isinstance(parent.parentWidget(), QComboBox):  # its list lies in a frame
            parent = parent.parentWidget()
        if not isinstance(parent, CONTROLS) and not hasattr(parent, "filePath") and not hasattr(parent, "scale"):
            return False
        widget = parent
    return False


def described(widget):
    """A control by its name, or by its text and what it is in."""
    chain = [widget]
    while chain[-1].parentWidget() is not None and not chain[-1].objectName():
        chain.append(chain[-1].parentWidget())
    names = [each.objectName() or f"{type(each).__name__} {getattr(each, 'text', str)()!r}" for each in chain]
    return " in ".join(names)


def test_no_control_of_the_dock_is_without_a_tooltip(plugin):
    silent = set()
    for widget in plugin.dock.findChildren(QWidget):
        own = not widget.objectName().startswith(("qt_", "Scroll", "collapseButton"))
        if isinstance(widget, CONTROLS) and own and not isinstance(widget, (QHeaderView, QScrollBar)):
            silent |= set() if told_by(widget, plugin.dock) else {described(widget)}
    assert not silent
