"""Scenes in natural and false colours, by the names of their bands."""

import pytest
from embed_material import strip_names
from qgis.core import QgsProject, QgsRasterLayer

from qgis_plugin.core.embed import colours


def shown(layer):
    renderer = layer.renderer()
    return renderer.redBand(), renderer.greenBand(), renderer.blueBand()


@pytest.fixture
def layer(qgis_new_project, scene):
    return QgsProject.instance().addMapLayer(QgsRasterLayer(str(scene), "scene"))


def test_a_scene_of_named_bands_turns_natural_once(layer):
    assert shown(layer) == (1, 2, 3)
    colours.show_once(layer, None)
    assert shown(layer) == (4, 3, 2)
    assert layer.renderer().redContrastEnhancement().maximumValue() > 100
    assert colours.show(layer, colours.FALSE)
    assert [layer.bandName(band).split()[-1] for band in shown(layer)] == ["B08", "B04", "B03"]
    colours.show_once(layer, None)
    assert shown(layer) != (4, 3, 2), "what the user chose stays"


def test_bands_that_nobody_named_stay_as_they_are(qgis_new_project, scene, tmp_path):
    layer = QgsRasterLayer(str(strip_names(scene, tmp_path / "plain.tif")), "plain")
    colours.show_once(layer, None)
    assert shown(layer) == (1, 2, 3) and not colours.show(layer, colours.FALSE)
    names = ["-"] * layer.bandCount()
    names[0:4] = ["B08", "B04", "B03", "B02"]
    colours.show_once(layer, names)
    assert shown(layer) == (2, 3, 4)
    assert colours.show(layer, colours.FALSE) and shown(layer) == (1, 2, 3)
