"""The example and the tour of the first map: who has no data gets some, and each step goes by when it is done."""

import pytest
from qgis.core import QgsGeometry, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QCoreApplication, QPoint, QRect
from qgis.PyQt.QtWidgets import QLabel, QPushButton, QWidget

from qgis_plugin import classFactory
from qgis_plugin.core.samples.sample_edits import add_sample


@pytest.fixture
def dock(qgis_iface, settings, worker_python, qgis_new_project):
    plugin = classFactory(qgis_iface)
    plugin.initGui()
    window = qgis_iface.mainWindow()
    window.resize(1366, 700)
    window.show()
    plugin.toggle_dock(True)
    QCoreApplication.processEvents()
    yield plugin.dock
    plugin.unload()
    window.hide()


def words(dock):
    return [
        label.text()
        for label in dock.window().findChildren(QLabel)
        if label.objectName() in ("tourHead", "tourText") and label.isVisible()
    ]


def bubble_of(dock):
    return dock.window().findChild(QWidget, "tourBubble")


def test_who_has_no_scene_is_offered_the_example_and_the_tour_goes_with_what_is_done(dock, wait, scene, embedding):
    context = dock._context
    button = dock.embed.example
    assert button.isVisible() and button.text() == "Try with the example"
    context.client.submit = lambda verb, arguments, **_: FinishedJob(verb, arguments, {"scene": str(scene)})
    button.click()
    layer = next(iter(QgsProject.instance().mapLayers().values()))
    assert layer.name() == "Example" and dock.embed.layer_combo.currentLayer() is layer and not button.isVisible()
    del context.client.submit
    tour = dock.tour
    assert tour.step == 1 and words(dock)[0] == "1 of 4 · Embed"
    made = QgsRasterLayer(str(embedding), "embedding")
    QgsProject.instance().addMapLayer(made)
    context.workspace.embedding = made
    wait(lambda: tour.step == 2, what="the second step")
    wait(lambda: context.client.greeting is not None, what="the worker's greeting")
    dock._draw()
    table = dock.samples.table
    for number in range(4):
        square = QgsGeometry.fromRect(made.extent()).centroid().buffer(40 + 10 * number, 2)
        add_sample(table.layer, table.field, table.classes[number % 2], square, made.crs())
    wait(lambda: tour.step == 3, what="the third step")
    dock.map.session.start()
    wait(lambda: tour.step == 4, what="the fourth step")
    dock.map.session.stop()
    dock.map.final_map.final_map.finished.emit(None, {})
    assert tour.step == 5 and "Accuracy" in words(dock)[1]
    dock.window().findChild(QPushButton, "tourNext").click()
    assert tour.step == 0 and words(dock) == []
    tour.begin_first()
    assert tour.step == 0, "it does not come again by itself"


class FinishedJob:
    """What the worker would have made."""

    class Signal:
        def __init__(self, act):
            self.connect = act

    def __init__(self, verb, arguments, result):
        assert verb == "example" and arguments["folder"].endswith("example")
        self.finished = self.Signal(lambda slot: slot(result))
        self.failed = self.Signal(lambda _slot: None)
        self.ended = self.Signal(lambda slot: slot())

    def cancel(self):
        pass


def test_the_tour_can_be_left_and_asked_for_again_on_the_own_scene(dock, scene):
    QgsProject.instance().addMapLayer(QgsRasterLayer(str(scene), "mine"))
    QCoreApplication.processEvents()
    assert not dock.embed.example.isVisible()
    dock.help.tour_wanted.emit()
    assert dock.tour.step == 1
    dock.window().findChild(QPushButton, "tourNext").click()
    assert dock.tour.step == 2
    dock.window().findChild(QPushButton, "tourSkip").click()
    assert dock.tour.step == 0
    QCoreApplication.processEvents()
    assert words(dock) == []
    dock.help.tour_wanted.emit()
    assert dock.tour.step == 1
    dock._pages.setCurrentWidget(dock.setup)
    dock.tour.end()
    dock.help.tour_wanted.emit()
    assert dock.tour.step == 0, "without a Python it says what to do first"


def test_the_bubble_is_in_the_window_and_beside_what_it_points_at(dock, scene):
    QgsProject.instance().addMapLayer(QgsRasterLayer(str(scene), "mine"))
    dock.help.tour_wanted.emit()
    window, bubble = dock.window(), bubble_of(dock)
    for size in ((1366, 700), (900, 500)):
        window.resize(*size)
        QCoreApplication.processEvents()
        bubble._follow()
        button = dock.embed.embed_button
        aim = QRect(button.mapTo(window, QPoint(0, 0)), button.size())
        assert window.rect().contains(bubble.geometry())
        assert not bubble.geometry().intersects(aim)
    dock.tabs.setCurrentWidget(dock.accuracy)
    dock.tour._see()
    bar = dock.tabs.tabBar()
    tab = bar.tabRect(0).translated(bar.mapTo(window, QPoint(0, 0)))
    assert bubble._aim() == tab, "on another tab it points at the one that is meant"


def test_the_bubble_goes_with_a_dock_that_floats_and_comes_back(dock, scene, wait):
    QgsProject.instance().addMapLayer(QgsRasterLayer(str(scene), "scene"))
    dock.tour.begin()
    bubble = bubble_of(dock)
    for floating in (True, False):
        dock.setFloating(floating)
        wait(lambda: bubble.window() is dock.window(), what="the bubble in the window of the dock")
        wait(lambda: bubble.isVisible() and bubble._ring.isVisible() and bubble._ring.window() is dock.window(), 5)
        assert bubble.parentWidget().rect().contains(bubble.geometry()), floating
    dock.tour.end()


def test_a_failed_example_says_why(dock, monkeypatch):
    said = []
    monkeypatch.setattr(dock._context, "warn", said.append)
    dock.embed.example._failed("environment", "Cannot make the folder x (No space left on device).")
    dock.embed.example._failed("cancelled", "Cancelled.")
    assert said == ["Cannot make the folder x (No space left on device)."]
    dock.embed.example._add({"scene": "/nowhere/scene.tif"})
    assert "remove the file and try again" in said[1]
