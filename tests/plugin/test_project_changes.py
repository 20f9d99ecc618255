"""The project is saved, closed or exchanged while something is under way: nothing turns up where it should not."""

import shutil
from pathlib import Path

import pytest
from qgis.core import QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.gui import QgsLayerTreeMapCanvasBridge, QgsMapCanvas
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtTest import QTest

from qgis_plugin import classFactory
from qgis_plugin.core.layers import mark
from qgis_plugin.core.maps.live_layer import LiveLayer, set_aside
from qgis_plugin.core.maps.map_style import palette
from qgis_plugin.core.samples.sample_layer import FIELD

CLASSES = [{"value": 1, "name": "water", "colour": "#0072b2"}]


@pytest.fixture
def live(qgis_new_project, embedding):
    """A project with an embedding and a picture of the moment above it."""
    project = QgsProject.instance()
    raster = QgsRasterLayer(str(embedding), "embedding")
    project.addMapLayer(raster)
    live = LiveLayer("live", "Live map")
    assert live.show(shutil.copy(embedding, live.new_path()), palette(CLASSES), beside=raster)
    project.writeProject.connect(set_aside)
    yield live
    project.writeProject.disconnect(set_aside)
    live.close()
    project.clear()


@pytest.fixture
def canvas(live):
    """A canvas that shows what the project's tree has, as QGIS' own does."""
    canvas = QgsMapCanvas()
    canvas.resize(200, 200)
    canvas.show()
    bridge = QgsLayerTreeMapCanvasBridge(QgsProject.instance().layerTreeRoot(), canvas)
    embedding = QgsProject.instance().mapLayersByName("embedding")[0]
    canvas.setDestinationCrs(embedding.crs())
    canvas.setExtent(embedding.extent())
    drawn = []
    canvas.renderComplete.connect(drawn.append)
    while len(drawn) < 1 or canvas.isDrawing():
        QTest.qWait(100)
    QTest.qWait(400)  # nothing is drawn any more
    canvas.renderComplete.disconnect(drawn.append)
    yield canvas
    bridge.deleteLater()
    canvas.close()
    canvas.deleteLater()


def names():
    return [node.name() for node in QgsProject.instance().layerTreeRoot().findLayers()]


def test_saving_twice_does_not_double_the_live_map_in_the_layer_tree(live, tmp_path):
    for _ in range(2):
        assert QgsProject.instance().write(str(tmp_path / "a.qgs"))
        QCoreApplication.processEvents()
    assert names() == ["Live map", "embedding"]
    assert len(QgsProject.instance().mapLayers()) == 2


@pytest.mark.parametrize("ending", ["qgs", "qgz"])
def test_a_project_that_was_saved_with_a_live_map_is_not_changed(live, canvas, tmp_path, ending):
    # As QGIS itself has it: other layers on the canvas are a change of the project.
    canvas.layersChanged.connect(lambda: QgsProject.instance().setDirty(True))
    assert live.layer in canvas.layers()
    assert QgsProject.instance().write(str(tmp_path / f"a.{ending}"))
    QTest.qWait(300)
    assert not QgsProject.instance().isDirty() and live.layer in canvas.layers()


def test_what_was_hidden_is_no_longer_painted(live, canvas, wait):
    drawn = []
    canvas.renderComplete.connect(lambda _painter: drawn.append([layer.name() for layer in canvas.layers()]))
    live.hide()
    wait(lambda: drawn and drawn[-1] == ["embedding"], 10, "a picture without it")


def test_a_live_map_that_is_switched_off_stays_off_when_the_project_is_saved(live, tmp_path):
    root = QgsProject.instance().layerTreeRoot()
    root.findLayer(live.layer.id()).setItemVisibilityChecked(False)
    assert QgsProject.instance().write(str(tmp_path / "a.qgs"))
    QCoreApplication.processEvents()
    assert not root.findLayer(live.layer.id()).itemVisibilityChecked()


def test_a_new_project_right_after_saving_gets_no_live_map(live, tmp_path):
    assert QgsProject.instance().write(str(tmp_path / "a.qgs"))
    QgsProject.instance().clear()
    QCoreApplication.processEvents()
    assert names() == [] and not QgsProject.instance().mapLayers()


def test_a_project_that_could_not_be_saved_is_still_unsaved(live, tmp_path):
    QgsProject.instance().setDirty(True)
    assert not QgsProject.instance().write(str(tmp_path / "missing" / "a.qgs"))
    QCoreApplication.processEvents()
    assert QgsProject.instance().isDirty()
    assert names() == ["Live map", "embedding"]


def test_what_was_worked_on_and_the_open_dock_come_back_with_the_project(
    qgis_iface, settings, worker_python, qgis_new_project, scene, embedding, polygons, tmp_path, wait
):
    def two_of_each():
        for number in (1, 2):
            raster = QgsRasterLayer(str(embedding), f"embedding {number}")
            copy = shutil.copy(polygons, tmp_path / f"s{number}.gpkg")
            drawn = QgsVectorLayer(f"{copy}|layername=samples", f"samples {number}", "ogr")
            mark(raster, "embedding")
            mark(drawn, "samples")
            drawn.setCustomProperty(FIELD, "class")
            QgsProject.instance().addMapLayers([raster, drawn])

    path = str(tmp_path / "p.qgz")
    plugin = classFactory(qgis_iface)
    plugin.initGui()
    qgis_iface.mainWindow().show()
    plugin.toggle_dock(True)
    two_of_each()
    workspace = plugin.context.workspace
    workspace.embedding = QgsProject.instance().mapLayersByName("embedding 2")[0]
    workspace.set_samples(QgsProject.instance().mapLayersByName("samples 2")[0], "class")
    assert QgsProject.instance().write(path)
    plugin.toggle_dock(False)
    QgsProject.instance().clear()
    assert workspace.embedding is None
    QgsProject.instance().read(path)
    assert workspace.embedding.name() == "embedding 2" and workspace.samples.name() == "samples 2"
    assert plugin.dock.isUserVisible()
    plugin.unload()

    # In another session the dock is made only then.
    QgsProject.instance().clear()
    plugin = classFactory(qgis_iface)
    plugin.initGui()
    QgsProject.instance().read(path)
    wait(lambda: plugin._dock is not None, what="the dock of the project")
    assert plugin.context.workspace.embedding.name() == "embedding 2"
    assert plugin.context.workspace.samples.name() == "samples 2"
    plugin.toggle_dock(False)
    assert QgsProject.instance().write(path)
    plugin.unload()
    QgsProject.instance().clear()
    plugin = classFactory(qgis_iface)
    plugin.initGui()
    QgsProject.instance().read(path)
    wait(lambda: not plugin._loading.isActive())
    assert plugin._dock is None, "it was closed"
    plugin.unload()
    qgis_iface.mainWindow().hide()


def test_a_home_that_cannot_be_written_does_not_keep_the_dock_from_opening(qgis_app, tmp_path, monkeypatch):
    (tmp_path / "occupied").write_text("a file")
    monkeypatch.setenv("MMEARTH_HOME", str(tmp_path / "occupied"))
    live = LiveLayer("live", "Live map")
    assert Path(live.new_path()).parent.is_dir()
    live.close()
    assert not Path(live.new_path()).parent.exists()
