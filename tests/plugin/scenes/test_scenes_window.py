"""Many scenes in one window, with a real worker: listed, embedded, worked on together, saved and opened."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from osgeo import gdal
from qgis.core import QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtCore import Qt

sys.path.insert(0, str(Path(__file__).parents[1] / "embed"))
from embed_material import add_layer, crop, own_context, strip_names, wait_until

from qgis_plugin.core import layers
from qgis_plugin.core.maps.final_map import FinalMap, outputs_of_places
from qgis_plugin.core.maps.live_session import LiveSession
from qgis_plugin.core.samples.sample_layer import collect, open_classes
from qgis_plugin.core.scenes.scene_list import state_text
from qgis_plugin.gui.embed.embeddings_box import EmbeddingsBox
from qgis_plugin.gui.embed.panel import EmbedPanel
from qgis_plugin.gui.scenes.desk import ScenesDesk


@pytest.fixture(scope="session")
def folder(material, tmp_path_factory):
    """Two scenes 20 km apart, a height model and a text."""
    folder = tmp_path_factory.mktemp("scenes")
    crop(material / "scene.tif", folder / "west_20210401.tif")
    shutil.copy(folder / "west_20210401.tif", folder / "east_20210712.tif")
    moved = gdal.Open(str(folder / "east_20210712.tif"), gdal.GA_Update)
    left, pixel, turn, top, *rest = moved.GetGeoTransform()
    moved.SetGeoTransform((left + 20_000, pixel, turn, top, *rest))
    del moved
    gdal.Translate(str(folder / "heights.tif"), str(folder / "west_20210401.tif"), bandList=[1])
    (folder / "notes.txt").write_text("no raster")
    return folder


@pytest.fixture
def context(qgis_iface, client, tmp_path):
    with own_context(qgis_iface, client, tmp_path) as context:
        yield context


@pytest.fixture
def desk(context):
    panel = EmbedPanel(context)
    desk = ScenesDesk(context, panel, panel)
    yield desk
    desk.close()
    panel.close()
    panel.deleteLater()


@pytest.fixture
def window(desk):
    desk.open()
    return desk.window


def rows(window):
    return {row.name: row for row in window.scenes.rows()}


def states(window):
    return {name: row.state for name, row in rows(window).items()}


def test_a_folder_of_scenes_is_embedded_worked_on_and_mapped(
    window, context, folder, polygons, rules, shown_canvas, tmp_path
):
    window.add_folder(str(folder))
    assert "2 added and ticked." in window.note.text() and "(1): heights.tif" in window.note.text()
    assert states(window) == {"west_20210401": "new", "east_20210712": "new"}
    assert rows(window)["west_20210401"].day == "2021-04-01" and rows(window)["west_20210401"].guessed
    assert not window.work_button.isEnabled() and window.embed_button.text() == "Embed 2"
    window.embed_button.click()
    assert sorted(states(window).values()) == ["running", "waiting"]
    wait_until(lambda: window._queue.running is None)
    wait_until(window.work_button.isEnabled)
    assert set(states(window).values()) == {"embedded"}
    window.work_button.click()
    wait_until(lambda: context.workspace.working_set is not None)
    assert {place.name for place in context.workspace.places} == {"west", "east"}
    assert window.draw_button.isVisible() and not window.work_button.isEnabled()
    box = EmbeddingsBox(context, list)
    assert box.combo.currentText() == "2 scenes together, 2 places"
    box.close_box()

    samples = QgsVectorLayer(f"{polygons}|layername=samples", "samples", "ogr")
    QgsProject.instance().addMapLayer(samples)
    open_classes(samples, "class", rules)
    context.workspace.set_samples(samples, "class")
    live, painted = LiveSession(context, shown_canvas), []
    live.repainted.connect(painted.append)
    for name in ("west_20210401", "east_20210712"):  # one place each time, by what is in view
        scene = rows(window)[name].layer
        shown_canvas.setDestinationCrs(scene.crs())
        shown_canvas.setExtent(scene.extent())
        painted.clear()
        assert live.start()
        wait_until(lambda: painted)
        assert QgsRasterLayer(painted[0]["path"]).extent().intersects(scene.extent()), painted
        live.stop()
    live.close()
    final, made, failed = FinalMap(context), [], []
    final.finished.connect(lambda layer, _: made.append(layer))
    final.failed.connect(lambda _, sentence: failed.append(sentence))
    names = [place.name for place in context.workspace.places]
    final.make(collect(samples, "class"), outputs_of_places(tmp_path / "maps", names, confidence=True))
    wait_until(lambda: made or failed)
    assert not failed
    maps = [each for each in QgsProject.instance().mapLayers().values() if each.customProperty(layers.PRODUCT) == "map"]
    assert {Path(layers.path_of(each)).name for each in maps} == {"west.tif", "east.tif"}
    scenes = {layers.source_of(layers.source_of(each)).name() for each in maps}
    assert {each.name() for each in maps} == {"Map – west", "Map – east"}
    assert scenes == {"west_20210401", "east_20210712"}, "each map lies with the scene it was made of"
    assert (tmp_path / "maps" / "confidence" / "east.tif").exists() and (tmp_path / "maps" / "model.json").exists()

    # A layer that leaves the project ends work on the set.
    QgsProject.instance().removeMapLayer(rows(window)["east_20210712"].embedding.id())
    assert context.workspace.working_set is None and context.workspace.embedding is not None


def test_each_row_says_how_it_stands(window, desk, context, folder, tmp_path):
    mine = tmp_path / "mine.tif"
    shutil.copy(folder / "west_20210401.tif", mine)
    plain = strip_names(folder / "west_20210401.tif", tmp_path / "plain.tif")
    window.add_files([str(mine), str(plain), str(folder / "heights.tif")])
    assert states(window) == {"mine": "new", "plain": "new", "heights": "layer"}
    window.embed_all()
    wait_until(lambda: window._queue.running is None)
    wait_until(lambda: states(window) == {"mine": "embedded", "plain": "failed", "heights": "layer"})
    assert "bands" in state_text(rows(window)["plain"])
    shown = []
    desk.embed_wanted.connect(lambda: shown.append(desk._embed.layer_combo.currentLayer().name()))
    window.table.itemDoubleClicked.emit(window.table.item_of("plain"), 3)
    assert shown == ["plain"], "what waits for an answer is opened where it is given"

    # The scene is changed: its embedding is no longer its.
    first = rows(window)["mine"].embedding
    dataset = gdal.Open(str(mine), gdal.GA_Update)
    band = dataset.GetRasterBand(4)
    band.WriteArray(band.ReadAsArray() + 200)
    del band, dataset
    os.utime(mine, ns=(1, 1))
    assert states(window)["mine"] == "stale"
    window.scenes.set_used(rows(window)["plain"].kept, used=False)
    window.embed_all()
    wait_until(lambda: window._queue.running is None)
    wait_until(lambda: states(window)["mine"] == "embedded")
    assert first not in layers.embeddings() and len(layers.embeddings()) == 1
    assert context.workspace.embedding is rows(window)["mine"].embedding

    Path(layers.path_of(context.workspace.embedding)).unlink()
    assert states(window)["mine"] == "gone" and not window.scenes.changed.emit()


def test_dates_are_read_said_and_refused(window, embedding, tmp_path):
    for name in ("field_20210527", "field_20211301", "from_2021-04-01_to_20210712"):
        gdal.Translate(str(tmp_path / f"{name}.tif"), str(embedding), srcWin=[0, 0, 20, 20], bandList=[1, 2, 3, 4])
    window.add_files([str(path) for path in tmp_path.glob("f*.tif")])
    days = {name: row.day for name, row in rows(window).items()}
    assert days == {"field_20210527": "2021-05-27", "field_20211301": "", "from_2021-04-01_to_20210712": ""}
    item = window.table.item_of("field_20211301")
    item.setText(1, "2021-07-32")
    wait_until(lambda: window.table.item_of("field_20211301").text(1) == "")
    window.table.item_of("field_20211301").setText(1, "2021-07-30")
    wait_until(lambda: rows(window)["field_20211301"].day == "2021-07-30")
    assert not rows(window)["field_20211301"].guessed
    window.table.item_of("field_20211301").setCheckState(0, Qt.CheckState.Unchecked)
    wait_until(lambda: not rows(window)["field_20211301"].used)


def test_a_set_is_saved_and_opened_again(window, context, folder, embedding, tmp_path, monkeypatch):
    from qgis_plugin.gui.scenes import window as module

    for name in ("april_20210401", "july_20210712"):
        shutil.copy(embedding, tmp_path / f"{name}.tif")
    heights = gdal.Translate(str(tmp_path / "h.tif"), str(embedding), bandList=[1], outputType=gdal.GDT_Float32)
    del heights
    window.add_files([str(tmp_path / f"{name}.tif") for name in ("april_20210401", "july_20210712", "h")])
    assert states(window) == {"april_20210401": "embedded", "july_20210712": "embedded", "h": "layer"}
    (tmp_path / "deep").mkdir()
    window.save_set(str(tmp_path / "set"))
    wait_until(lambda: "Saved: 2 scenes (" in window.note.text() or not window.failure.isHidden())
    assert window.failure.isHidden(), window.failure.label.text()
    (place,) = json.loads((tmp_path / "set.json").read_text())["places"]
    assert [each["date"] for each in place["embeddings"]] == ["2021-04-01", "2021-07-12"]
    assert place["layers"][0]["name"] == "h" and context.workspace.working_set is None

    QgsProject.instance().clear()
    other = add_layer(folder / "west_20210401.tif", "other")
    window.scenes.set_used(other, used=True)
    window.open_set(str(tmp_path / "set.json"))
    assert context.workspace.working_set == str(tmp_path / "set.json")
    assert [row.name for row in window.scenes.used()] == ["april_20210401", "july_20210712", "h"]
    project = str(tmp_path / "p.qgs")
    assert QgsProject.instance().write(project)
    QgsProject.instance().clear()
    assert context.workspace.working_set is None
    assert QgsProject.instance().read(project)
    assert context.workspace.working_set == str(tmp_path / "set.json") and len(context.workspace.set_layers) == 2

    # What lies elsewhere is asked about; what is no set is refused.
    moved = tmp_path / "deep" / "set.json"
    told = json.loads((tmp_path / "set.json").read_text())
    for each in (*told["places"][0]["embeddings"], *told["places"][0]["layers"]):
        key = "raster" if "raster" in each else "embedding"
        each[key] = str(tmp_path / each[key])
    moved.write_text(json.dumps(told))
    asked, no = [], module.QMessageBox.StandardButton.No
    monkeypatch.setattr(module.QMessageBox, "question", lambda *text: (asked.append(text[-1]), no)[1])
    window.open_set(str(moved))
    assert "h.tif" in asked[0] and context.workspace.working_set == str(tmp_path / "set.json")
    moved.write_text("{}")
    window.open_set(str(moved))
    assert "is not a working set" in window.failure.label.text()


def test_places_without_a_layer_are_left_out_by_a_click(window, context, embedding, tmp_path):
    for name, shift in (("here", 0), ("there", 90_000)):
        shutil.copy(embedding, tmp_path / f"{name}.tif")
        moved = gdal.Open(str(tmp_path / f"{name}.tif"), gdal.GA_Update)
        left, *rest = moved.GetGeoTransform()
        moved.SetGeoTransform((left + shift, *rest))
        del moved
    half = gdal.Open(str(embedding)).RasterXSize // 2
    gdal.Translate(
        str(tmp_path / "h.tif"), str(embedding), bandList=[1], outputType=gdal.GDT_Float32, srcWin=[0, 0, half, 9999]
    )
    window.add_files([str(tmp_path / f"{name}.tif") for name in ("here", "there", "h")])
    window.show()
    wait_until(window.work_button.isEnabled)
    window.work_button.click()
    wait_until(lambda: not window.failure.isHidden())
    assert "there: " in window.failure.label.text() and "“Go on without these places”" in window.failure.label.text()
    assert window.failure.way_out.isVisible() and window.failure.way_out.text() == "Go on without these places"
    assert context.workspace.working_set is None
    window.failure.way_out.click()
    wait_until(lambda: context.workspace.working_set is not None)
    assert [place.name for place in context.workspace.places] == ["here"]
    assert len(context.workspace.set_layers) == 1 and window.failure.isHidden()
    assert [row.name for row in window.scenes.used()] == ["here", "h"]
    assert "no value there: there." in window.note.text() and "beyond, it counts as its mean" in window.note.text()
    window.add_files([str(tmp_path / "gone.tif")])
    window._failed("Another.")
    assert not window.failure.way_out.isVisible(), "a way out is of its own failure"


def test_a_folder_is_mapped_with_what_the_samples_in_work_teach(
    window, context, embedding, polygons, rules, tmp_path, monkeypatch
):
    processing = pytest.importorskip("processing")
    opened = []
    monkeypatch.setattr(processing, "execAlgorithmDialog", lambda name, given: opened.append((name, given)))
    window.folder_button.click()
    assert opened == [("mmearth:map_folder", {})], "nothing is learned yet"
    shutil.copy(embedding, tmp_path / "field.tif")
    window.add_files([str(tmp_path / "field.tif")])
    context.workspace.embedding = layers.embeddings()[0]
    samples = QgsVectorLayer(f"{polygons}|layername=samples", "samples", "ogr")
    QgsProject.instance().addMapLayer(samples)
    open_classes(samples, "class", rules)
    context.workspace.set_samples(samples, "class")
    window.folder_button.click()
    assert not window.folder_button.isEnabled()
    wait_until(lambda: len(opened) > 1 or not window.failure.isHidden())
    model = tmp_path / "field_map_samples_model.json"
    assert opened[1:] == [("mmearth:map_folder", {"MODEL": str(model)})], window.failure.label.text()
    assert json.loads(model.read_text())["classes"] and str(model) in window.note.text()
    wait_until(window.folder_button.isEnabled)
