"""Where our layers come to stand: one group above each scene, samples on top, whatever the order they are made in."""

import shutil

import pytest
from qgis.core import QgsProject, QgsRasterLayer, QgsVectorLayer

from qgis_plugin.core.layer_tree import free_name, keep_above, place, topmost
from qgis_plugin.core.layers import mark, with_names


@pytest.fixture
def root(qgis_new_project):
    return QgsProject.instance().layerTreeRoot()


def raster(scene, name, product=""):
    layer = QgsRasterLayer(str(scene), name)
    if product:
        mark(layer, product)
    return layer


def vector(name, product=""):
    layer = QgsVectorLayer("Polygon?crs=EPSG:32632", name, "memory")
    if product:
        mark(layer, product)
    return layer


def names(root):
    return [node.name() for node in root.findLayers()]


def test_samples_lie_on_top_of_map_embedding_and_scene(root, scene):
    source = QgsProject.instance().addMapLayer(raster(scene, "the scene"))
    QgsProject.instance().addMapLayer(vector("roads"))
    made = raster(scene, "Embedding", "embedding")
    place(made, source)
    place(vector("Samples", "samples"), made)
    place(raster(scene, "Map", "map"), made)
    place(raster(scene, "Live map", "live"), made)
    place(vector("Reference points", "reference"), QgsProject.instance().mapLayersByName("Map")[0])
    place(raster(scene, "Map of today", "map"), made)
    group = root.findLayer(made.id()).parent()
    assert group.name() == "the scene"
    inside = ["Samples", "Reference points", "Live map", "Map of today", "Map", "Embedding"]
    assert [node.name() for node in group.children()] == inside
    assert names(root) == ["roads", *inside, "the scene"]


def test_each_scene_has_its_group_and_a_second_embedding_joins_it(root, scene):
    for name in ("one", "two"):
        source = QgsProject.instance().addMapLayer(raster(scene, name))
        place(raster(scene, f"embedding of {name}", "embedding"), source)
    place(raster(scene, "again", "embedding"), QgsProject.instance().mapLayersByName("one")[0])
    groups = {group.name(): [node.name() for node in group.children()] for group in root.findGroups()}
    assert groups == {"one": ["again", "embedding of one"], "two": ["embedding of two"]}


def test_an_embedding_without_scene_gets_no_group_and_its_layers_lie_above_it(root, scene):
    made = raster(scene, "from a file", "embedding")
    place(made)
    QgsProject.instance().addMapLayer(vector("roads"))
    place(raster(scene, "Map", "map"), made)
    place(vector("Samples", "samples"), made)
    assert names(root) == ["roads", "Samples", "Map", "from a file"]


def test_samples_below_a_map_are_lifted_and_others_left_alone(root, scene):
    first, second = raster(scene, "Map", "map"), raster(scene, "Live map", "live")
    below = vector("mine")
    for layer in (below, first, second):
        place(layer)
    keep_above(below, [first, None, second])
    assert names(root) == ["mine", "Live map", "Map"]
    keep_above(second, [first])
    assert names(root) == ["mine", "Live map", "Map"]


def test_a_name_is_short_until_it_is_taken(root):
    assert free_name("Samples", "scene") == "Samples"
    QgsProject.instance().addMapLayer(vector("Samples"))
    assert free_name("Samples", "scene") == "Samples – scene"


def test_sentences_name_layers_and_not_their_files(qgis_new_project, embedding, tmp_path):
    kept = tmp_path / "autumn-0123456789ab.tif"
    shutil.copy(embedding, kept)
    QgsProject.instance().addMapLayer(raster(kept, "Embedding", "embedding"))
    assert with_names(f"{kept} is damaged; embed it again.") == "“Embedding” is damaged; embed it again."
    assert with_names(f"No room for {kept}.") == "No room for “Embedding”."
    beside = f"{kept}.partial and {kept.parent}/x{kept.name} are other files"
    assert with_names(beside) == beside


def test_of_several_dates_the_one_on_top_is_found(root, scene):
    dates = [raster(scene, name, "embedding") for name in ("April", "July", "October")]
    for layer in dates:
        QgsProject.instance().addMapLayer(layer, False)
    root.addLayer(dates[1])
    root.addLayer(dates[0])
    assert topmost(dates) is dates[1] and topmost([dates[2], dates[0]]) is dates[0]
