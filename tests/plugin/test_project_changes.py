"""The project is saved, closed or exchanged while something is under way: nothing turns up where it should not."""

import shutil
from pathlib import Path

import pytest
from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QCoreApplication

from qgis_plugin.core.maps.live_layer import LiveLayer, set_aside
from qgis_plugin.core.maps.map_style import palette

CLASSES = [{"value": 1, "name": "water", "colour": "#0072b2"}]


@pytest.fixture
def live(qgis_new_project, embedding):
    """A project with an embedding and a picture of the moment above it."""
    project = QgsProject.instance()
    raster = QgsRasterLayer(str(embedding), "embedding")
    project.addMapLayer(raster)
    live = LiveLayer("live", "Live map")
    assert live.show(shutil.copy(embedding, live.new_path()), palette(CLASSES), above=raster)
    project.writeProject.connect(set_aside)
    yield live
    project.writeProject.disconnect(set_aside)
    live.close()
    project.clear()


def names():
    return [node.name() for node in QgsProject.instance().layerTreeRoot().findLayers()]


def test_saving_twice_does_not_double_the_live_map_in_the_layer_tree(live, tmp_path):
    for _ in range(2):
        assert QgsProject.instance().write(str(tmp_path / "a.qgs"))
        QCoreApplication.processEvents()
    assert names() == ["Live map", "embedding"]
    assert len(QgsProject.instance().mapLayers()) == 2


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


def test_a_home_that_cannot_be_written_does_not_keep_the_dock_from_opening(qgis_app, tmp_path, monkeypatch):
    (tmp_path / "occupied").write_text("a file")
    monkeypatch.setenv("MMEARTH_HOME", str(tmp_path / "occupied"))
    live = LiveLayer("live", "Live map")
    assert Path(live.new_path()).parent.is_dir()
    live.close()
    assert not Path(live.new_path()).parent.exists()
