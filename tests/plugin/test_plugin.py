"""The plugin as QGIS loads it: everything is there, and nothing is left when it is unloaded."""

import ast
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from qgis.core import QgsApplication, QgsProject, QgsRasterLayer
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication, QEvent
from qgis.PyQt.QtGui import QCloseEvent
from qgis.PyQt.QtWidgets import QDockWidget, QLabel, QMessageBox, QPushButton, QScrollArea

from qgis_plugin import classFactory
from qgis_plugin.compat import QAction
from qgis_plugin.core.layer_tree import place, visible
from qgis_plugin.core.layers import mark

ROOT = Path(__file__).parents[2]


@pytest.fixture
def window(qgis_iface):
    """QGIS' window, on the screen."""
    qgis_iface.mainWindow().show()
    yield qgis_iface.mainWindow()
    qgis_iface.mainWindow().hide()


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


def test_the_dock_is_loaded_piece_by_piece_so_that_qgis_never_stands_still(plugin, wait, window):
    """Each turn of QGIS' events loads one piece; the dock itself has nothing left to load."""
    plugin._open_action.trigger()
    assert plugin._dock is None and plugin._open_action.isChecked()
    wait(lambda: plugin._dock is not None, what="the dock")
    assert plugin.dock.isUserVisible()
    code = (
        "import sys; from importlib import import_module; from qgis_plugin.plugin import _PARTS\n"
        "def ours(): return sum(m.startswith('qgis_plugin') for m in sys.modules)\n"
        "before, loaded = ours(), []\n"
        "for part in _PARTS:\n"
        "    import_module(f'qgis_plugin.{part}'); loaded.append(ours() - before); before = ours()\n"
        "print(loaded)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True, text=True)
    loaded = ast.literal_eval(done.stdout.strip().splitlines()[-1])
    assert max(loaded) <= 25, f"a piece of the dock is too large: {loaded}"


def test_the_panels_of_the_dock_are_made_one_at_a_time(plugin, window):
    """In QGIS' dark theme all of them at once take longer than a person waits."""
    plugin._wanted, made = lambda: plugin.toggle_dock(True), []
    while plugin._dock is None:
        plugin._load_part()
        made.append(0 if plugin._panels is None else len(plugin._panels._made))
    assert list(dict.fromkeys(made)) == [0, 1, 2, 3, 4, 5]
    assert plugin._panels is None and plugin.dock.embed.parent() is not None


def test_unloading_between_two_panels_leaves_nothing(qgis_iface, settings, worker_python, wait):
    plugin = classFactory(qgis_iface)
    plugin.initGui()
    while plugin._panels is None or len(plugin._panels._made) < 3:
        plugin._load_part()
    panels = list(plugin._panels._made.values())
    plugin.unload()
    wait(lambda: all(sip.isdeleted(panel) for panel in panels), 5, "the panels are gone")


def test_unloading_while_the_dock_is_being_loaded_leaves_nothing(qgis_iface, settings, worker_python, wait):
    plugin = classFactory(qgis_iface)
    plugin.initGui()
    plugin._open_action.trigger()
    plugin.unload()
    QCoreApplication.processEvents()
    assert plugin._dock is None and plugin._client is None


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


def test_each_step_offers_the_next(plugin, scene, wait, window, tmp_path, monkeypatch):
    dock = plugin.dock
    plugin.toggle_dock(True)
    button = dock.findChild(QPushButton, "drawSamples")
    assert button.isHidden()
    copy = shutil.copy(scene, tmp_path / "scene.tif")
    layer = QgsRasterLayer(str(copy), "scene")
    QgsProject.instance().addMapLayer(layer)
    made = QgsRasterLayer(str(copy), "Embedding")
    mark(made, "embedding", layer)
    place(made, layer)
    plugin.context.workspace.embedding = made
    assert not button.isHidden()
    wait(lambda: plugin.client.greeting is not None, what="the worker's greeting")
    button.click()
    samples = plugin.context.workspace.samples
    assert dock.tabs.currentWidget() is dock.samples and samples is not None and samples.isEditable() is False
    canvas = plugin._iface.mapCanvas()
    assert canvas.mapTool() is dock.samples.tools["polygon"] and not visible(made)
    dock.tabs.setCurrentWidget(dock.map)
    assert canvas.mapTool() is dock.samples.tools["polygon"], "one draws with the map in view"
    dock.tabs.setCurrentWidget(dock.accuracy)
    assert canvas.mapTool() is not dock.samples.tools["polygon"]
    asked = []
    monkeypatch.setattr(dock.map.final_map, "make", lambda: asked.append(dock.tabs.currentWidget()))
    dock.tabs.setCurrentWidget(dock.samples)
    dock.findChild(QPushButton, "samplesMakeMap").click()
    assert asked == [dock.map]


def test_make_map_is_in_sight_without_scrolling(plugin, window):
    plugin.toggle_dock(True)
    plugin.dock.resize(390, 560)  # of a screen of 1366 × 768
    plugin.dock.tabs.setCurrentWidget(plugin.dock.map)
    QCoreApplication.processEvents()
    button = plugin.dock.findChild(QPushButton, "final_map_make")
    assert plugin.dock.rect().contains(button.mapTo(plugin.dock, button.rect().bottomRight()))
    assert not any(scroll.isAncestorOf(button) for scroll in plugin.dock.map.findChildren(QScrollArea))


def test_the_foot_of_the_dock_tells_the_workers_memory(plugin, wait):
    plugin.toggle_dock(True)
    plugin.client.start()
    label = plugin.dock.findChild(QLabel, "workerLabel")
    wait(lambda: "Worker: ready, " in label.toolTip(), what="the memory")
    assert "MB of memory" in label.toolTip()
    assert not label.text() and not label.pixmap().isNull(), "a sign says that all is well"


def workers_of(parent: int) -> set:
    """The worker processes that a process has started, as Linux tells."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = (stat.parent / "cmdline").read_bytes().split(b"\0")
            ours = int(stat.read_text().rpartition(")")[2].split()[1]) == parent
        except OSError:  # it has ended meanwhile
            continue
        if ours and b"mmearth_core.worker" in words:
            found.add(int(stat.parent.name))
    return found


def test_four_times_loaded_and_unloaded_leaves_nothing(qgis_iface, settings, worker_python, qgis_new_project, wait):
    from qgis_plugin.settings import home

    threads, before = set(threading.enumerate()), workers_of(os.getpid())
    for _ in range(4):
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
    assert not [action for action in qgis_iface.mainWindow().findChildren(QAction) if "mmearth" in action.objectName()]
    assert not list(home().glob("live/*"))
    wait(lambda: workers_of(os.getpid()) == before, seconds=20, what="the end of all workers")


def test_no_tab_is_wider_than_the_dock(plugin):
    plugin.toggle_dock(True)
    # The dock is 390 pixels wide where a letter of average width has 7: some 55 letters.
    widest = 55 * plugin.dock.fontMetrics().averageCharWidth()
    for index in range(plugin.dock.tabs.count()):
        panel = plugin.dock.tabs.widget(index)
        for scroll in panel.findChildren(QScrollArea):
            if scroll.widget() is not None and scroll.widgetResizable():
                assert scroll.widget().minimumSizeHint().width() <= widest, plugin.dock.tabs.tabText(index)


def test_a_python_without_mmearth_leads_to_the_setup_page_with_the_reason(
    plugin, window, monkeypatch, wait, worker_python
):
    monkeypatch.setenv("MMEARTH_PYTHON", sys.executable)
    plugin.toggle_dock(True)
    dock = plugin.dock
    assert dock._pages.currentWidget() is dock.tabs, "nothing is known against it yet"
    plugin.client.start()
    wait(lambda: dock._pages.currentWidget() is dock.setup, what="the setup page")
    wait(lambda: "mmearth_core" in dock.setup.explanation.text(), seconds=5, what="the reason")
    wait(lambda: dock.setup.chooser.report is not None, what="the test of the Python")
    assert not dock.setup.use_button.isEnabled()

    monkeypatch.setenv("MMEARTH_PYTHON", worker_python)
    dock.setup.chooser.path_widget.setFilePath(worker_python)
    dock.setup.chooser.test()
    wait(dock.setup.use_button.isEnabled, what="a Python that works")
    dock.setup.use_button.click()
    assert dock._pages.currentWidget() is dock.tabs
    assert plugin.context.settings.python == "", "the one that is found anyway need not be set"
    wait(lambda: plugin.client.state == "ready", what="the worker")
    assert dock._pages.currentWidget() is dock.tabs


def test_a_python_found_later_brings_the_tabs_back(plugin, window, monkeypatch, worker_python):
    monkeypatch.delenv("MMEARTH_PYTHON")
    plugin.toggle_dock(True)
    assert plugin.dock._pages.currentWidget() is plugin.dock.setup
    plugin.dock.hide()
    monkeypatch.setenv("MMEARTH_PYTHON", worker_python)
    plugin.dock.show()
    assert plugin.dock._pages.currentWidget() is plugin.dock.tabs


def test_closing_qgis_names_the_layers_that_wait(plugin, scene, wait, monkeypatch):
    asked = []
    monkeypatch.setattr(
        QMessageBox, "question", lambda *said: (asked.append(said[-1]), QMessageBox.StandardButton.No)[1]
    )
    queue = plugin.dock.embed.queue
    for name in ("April", "July"):
        plugin.dock.embed.embed_layer(QgsProject.instance().addMapLayer(QgsRasterLayer(str(scene), name)))
    wait(lambda: any(job.verb == "embed" for job in plugin.client.running()), what="the first of them")
    QCoreApplication.sendEvent(plugin._iface.mainWindow(), QCloseEvent())
    assert "Not begun yet, and to be asked for again then: July" in asked[0]
    queue.cancel_all()
    wait(lambda: queue.running is None, what="the end")


@pytest.mark.parametrize("answer", ["Yes", "No"])
def test_closing_qgis_while_it_embeds_asks(plugin, scene, wait, monkeypatch, answer):
    asked = []

    def question(parent, title, text):
        asked.append((parent, title, text))
        return getattr(QMessageBox.StandardButton, answer)

    monkeypatch.setattr(QMessageBox, "question", question)
    window = plugin._iface.mainWindow()

    def close():
        event = QCloseEvent()
        QCoreApplication.sendEvent(window, event)
        return event.isAccepted()

    assert close() and not asked, "nothing is at work"
    job = plugin.client.submit("embed", {"scene": str(scene), "output": str(scene.with_name(f"{answer}.tif"))})
    assert close() == (answer == "Yes")
    assert [(parent, title) for parent, title, _ in asked] == [(window, "Still embedding")]
    assert "Finished tiles are kept" in asked[0][2]
    job.cancel()
    wait(lambda: not job.running, what="the end")
    assert close() and len(asked) == 1
    plugin.unload()
    QCoreApplication.sendEvent(window, QCloseEvent())
    assert len(asked) == 1


def test_the_worker_is_not_looked_for_while_qgis_starts():
    code = (
        "import sys; from qgis.core import QgsApplication; import qgis.gui; app = QgsApplication([], True)\n"
        "app.initQgis(); from qgis.PyQt.QtWidgets import QMainWindow; window = QMainWindow()\n"
        "class Interface:\n"
        "    mainWindow = lambda self: window\n"
        "    __getattr__ = lambda self, name: lambda *arguments: None\n"
        "import qgis_plugin; plugin = qgis_plugin.classFactory(Interface()); plugin.initGui()\n"
        "print(sorted(m for m in sys.modules if m.startswith(('qgis_plugin.core.', 'qgis_plugin.gui.'))), flush=True)\n"
        "import os; os._exit(0)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True, text=True)
    light = {"qgis_plugin.core.accuracy.figures", "qgis_plugin.core.layers", "qgis_plugin.core.worker.request"}
    light |= {"qgis_plugin.core.accuracy", "qgis_plugin.core.worker"}
    light |= {"qgis_plugin.core.worker.greeting", "qgis_plugin.core.worker.wording"}
    light |= {"qgis_plugin.core.embed", "qgis_plugin.core.embed.ground", "qgis_plugin.core.sources"}
    light |= {"qgis_plugin.core.numbers", "qgis_plugin.core.guide"}
    light |= {"qgis_plugin.core.working_set"}  # reads JSON
    light |= {"qgis_plugin.core.scenes", "qgis_plugin.core.scenes.single_scenes"}  # a sentence
    light |= {"qgis_plugin.core.workspace", "qgis_plugin.core.layer_tree"}  # which ways to smooth there are
    light |= {"qgis_plugin.core.samples", "qgis_plugin.core.samples.pixels", "qgis_plugin.core.pixel_grid"}
    light |= {"qgis_plugin.core.maps", "qgis_plugin.core.maps.map_history"}  # what was done to a map, a few lines
    light |= {"qgis_plugin.gui.icons", "qgis_plugin.gui.options_factory"}
    assert set(ast.literal_eval(done.stdout.strip().splitlines()[-1])) <= light


def test_a_client_made_in_another_thread_serves_the_main_thread(plugin, wait):
    thread = threading.Thread(target=lambda: plugin.client)
    thread.start()
    thread.join()
    told = []
    plugin.client.stateChanged.connect(told.append)
    plugin.client.start()
    wait(lambda: "ready" in told, what="the worker")


def test_unloading_in_the_middle_of_everything_leaves_the_users_layers_alone(
    plugin, window, scene, embedding, polygons, tmp_path, wait
):
    from qgis.core import QgsVectorLayer

    copy = tmp_path / "samples.gpkg"
    copy.write_bytes(polygons.read_bytes())
    source, raster = QgsRasterLayer(str(scene), "scene"), QgsRasterLayer(str(embedding), "embedding")
    samples = QgsVectorLayer(f"{copy}|layername=samples", "samples", "ogr")
    QgsProject.instance().addMapLayers([source, raster, samples])
    mine = set(QgsProject.instance().mapLayers())
    plugin.toggle_dock(True)
    canvas, dock, workspace = plugin._iface.mapCanvas(), plugin.dock, plugin.context.workspace
    canvas.setDestinationCrs(raster.crs())
    canvas.setExtent(raster.extent())
    workspace.embedding = raster
    workspace.set_samples(samples, "class")
    dock.map.live.switch.click()
    wait(lambda: dock.map.session.layer is not None, what="the live map")
    dock.map.live.swipe.click()
    dock.samples.tool_row.actions_of["polygon"].trigger()
    dock.map.similarity.search(raster.extent().center())
    wait(lambda: dock.map.similarity.layer is not None, what="similar places")
    dock.map.suggestions.button.click()
    dock.embed.embed_layer(source)
    samples.startEditing()
    samples.deleteFeature(next(samples.getFeatures()).id())
    plugin.unload()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    for _ in range(20):
        QCoreApplication.processEvents()
    assert set(QgsProject.instance().mapLayers()) == mine
    assert samples.isModified(), "edits are the user's to save or discard"
    assert canvas.mapTool() is None or not type(canvas.mapTool()).__module__.startswith("qgis_plugin")
    samples.rollBack()


def test_nothing_is_remembered_outside_the_prefix(plugin, window):
    from qgis.core import QgsSettings
    from qgis.gui import QgsCollapsibleGroupBox

    from qgis_plugin.settings import PREFIX

    before = set(QgsSettings().allKeys())
    plugin.toggle_dock(True)
    for index in range(plugin.dock.tabs.count()):
        plugin.dock.tabs.setCurrentIndex(index)
        for box in plugin.dock.tabs.widget(index).findChildren(QgsCollapsibleGroupBox):
            box.setCollapsed(not box.isCollapsed())
    plugin.unload()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    new = {key for key in set(QgsSettings().allKeys()) - before if not key.startswith(PREFIX)}
    assert not new
