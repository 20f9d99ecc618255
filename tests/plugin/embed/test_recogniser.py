"""Embeddings that others made, in the dock: known by the worker, listed with their maker, and worked with."""

import json
import subprocess

import pytest
from conftest import ROOT, wait_for
from qgis.core import QgsProject, QgsRasterLayer

from qgis_plugin.core import layers
from qgis_plugin.gui.embed.embeddings_box import EmbeddingsBox

#: Writes a tile as AlphaEarth's are, and a raster of as many bands of which nothing is known.
_MAKE = """
import sys
from pathlib import Path
sys.path[:0] = [sys.argv[2]]
from foreign_embeddings import Fields, write_alphaearth, write_raster
folder, fields = Path(sys.argv[1]), Fields.drawn()
write_alphaearth(folder / "aef.tif", fields)
write_raster(folder / "many.tif", fields.vectors, [""] * 64)
fields.polygons(folder / "fields.gpkg")
"""


@pytest.fixture(scope="module")
def folder(worker_python, tmp_path_factory):
    made = tmp_path_factory.mktemp("foreign")
    command = [worker_python, "-c", _MAKE, str(made), str(ROOT / "tests" / "material")]
    subprocess.run(command, check=True, cwd=made)
    return made


@pytest.fixture
def box(context):
    made = EmbeddingsBox(context, list)
    yield made
    made.close_box()


def listed(box):
    return [box.combo.itemText(index) for index in range(box.combo.count())]


def test_a_layer_of_the_project_is_known_listed_and_in_work(box, context, folder):
    layer = QgsRasterLayer(str(folder / "aef.tif"), "Tile")
    assert not layers.is_embedding(layer)
    QgsProject.instance().addMapLayer(layer)
    wait_for(lambda: context.workspace.embedding is layer, what="recognition")
    wait_for(lambda: listed(box) == ["Tile – AlphaEarth Satellite Embedding V1"], what="the list")
    assert layers.is_embedding(layer)


def test_a_file_is_opened_and_a_raster_of_which_nothing_is_known_is_told(box, context, folder, monkeypatch):
    warned, logged = [], []
    monkeypatch.setattr(context, "warn", warned.append)
    monkeypatch.setattr(context, "log", logged.append)
    assert box.open_file(str(folder / "many.tif"))
    wait_for(lambda: warned, what="a sentence")
    assert "64 bands" in warned[0] and "many.card.json" in warned[0]
    assert context.workspace.embedding is None and not logged
    QgsProject.instance().addMapLayer(QgsRasterLayer(str(folder / "many.tif"), "Hyperspectral"))
    wait_for(lambda: logged, what="a line in the log")
    assert len(warned) == 1
    assert box.open_file(str(folder / "aef.tif"))
    wait_for(lambda: context.workspace.embedding is not None, what="the embedding")
    assert context.workspace.embedding_path == str(folder / "aef.tif")


def test_it_can_be_labelled_at_once(context, client, folder, tmp_path):
    """The live map of the worker, as the dock asks for it."""
    from qgis.core import QgsVectorLayer

    fields = QgsVectorLayer(str(folder / "fields.gpkg"), "fields")
    rows = [[each.id(), each["class"], each.geometry().asWkb().data().hex()] for each in fields.getFeatures()]
    layer = QgsRasterLayer(str(folder / "aef.tif"), "Tile")
    extent = layer.extent()
    bounds = [extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum()]
    arguments = {
        "embedding": layers.path_of(layer),
        "samples": {"crs": fields.crs().authid(), "features": rows, "classes": []},
        "view": {"bounds": bounds, "width": 200, "height": 200},
        "output": str(tmp_path / "live.tif"),
    }
    told = client.call("preview", json.loads(json.dumps(arguments)))
    assert len(told["pixels"]) == 4 and told["nodata"] > 0
