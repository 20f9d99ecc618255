"""The plugin as QGIS loads it: everything is there, and nothing is left when it is unloaded."""

import subprocess
import sys
from pathlib import Path

import pytest
from qgis.core import QgsApplication, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QCoreApplication, QEvent
from qgis.PyQt.QtWidgets import QDockWidget, QScrollArea

from qgis_plugin import classFactory

ROOT = Path(__file__).parents[2]


@pytest.fixture
def plugin(qgis_iface, settings, worker_python, qgis_new_project):
    plugin = classFactory(qgis_iface)
    plugin.initGui()
    yield plugin
    if plugin._provider is not None:
        plugin.unload()


def providers():
    return [provider.id() for provider in QgsApplication.processingRegistry().providers()]


def test_importing_the_plugin_loads_no_part_of_it():
    code = "import sys, qgis_plugin; print([m for m in sys.modules if m.startswith('qgis_plugin.')])"
    done = subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_the_dock_has_its_tabs_in_the_order_of_the_work(plugin):
    assert "mmearth" in providers()
    plugin.toggle_dock(True)
    tabs = plugin.dock.tabs
    assert [tabs.tabText(index) for index in range(tabs.count())] == ["Embed", "Samples", "Map", "Accuracy"]
    names = [child.objectName() for child in plugin.dock.findChildren(object) if hasattr(child, "objectName")]
    assert {"liveSwitch", "suggest", "similarPick", "swipe"} <= set(names)


def test_without_a_python_the_dock_says_what_to_do(plugin, monkeypatch):
    monkeypatch.delenv("MMEARTH_PYTHON")
    plugin.dock.choose_page()
    assert plugin.dock._pages.currentWidget() is plugin.dock.setup


def test_embed_layer_of_the_layers_menu(plugin, scene, wait):
    layer = QgsRasterLayer(str(scene), "scene")
    QgsProject.instance().addMapLayer(layer)
    plugin._iface.setActiveLayer(layer)
    plugin.embed_active_layer()
    wait(lambda: plugin.context.workspace.embedding is not None, seconds=120, what="the embedding")
    assert plugin.dock.tabs.currentWidget() is plugin.dock.embed


def test_ten_times_loaded_and_unloaded_leaves_nothing(qgis_iface, settings, worker_python, qgis_new_project, wait):
    import threading

    from qgis_plugin.settings import home

    threads = set(threading.enumerate())
    for _ in range(10):
        plugin = classFactory(qgis_iface)
        plugin.initGui()
        plugin.toggle_dock(True)
        plugin.dock.map.session.start()
        plugin.client.start()
        plugin.unload()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()
    wait(lambda: set(threading.enumerate()) <= threads, seconds=20, what="the end of all threads")
    assert "mmearth" not in providers()
    assert not [
        w
        for w in QgsApplication.instance().allWidgets()
        if isinstance(w, QDockWidget) and w.objectName() == "MMEarthDock"
    ]
    assert not QgsApplication.taskManager().activeTasks()
    left = list((home() / "live").glob("*")) if (home() / "live").exists() else []
    assert not left


def test_no_tab_is_wider_than_the_dock(plugin):
    plugin.toggle_dock(True)
    # The dock is 390 pixels wide where a letter of average width has 7: some 55 letters.
    widest = 55 * plugin.dock.fontMetrics().averageCharWidth()
    for index in range(plugin.dock.tabs.count()):
        panel = plugin.dock.tabs.widget(index)
        for scroll in panel.findChildren(QScrollArea):
            if scroll.widget() is not None and scroll.widgetResizable():
                assert scroll.widget().minimumSizeHint().width() <= widest, plugin.dock.tabs.tabText(index)
