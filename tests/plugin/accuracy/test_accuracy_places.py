"""The Accuracy tab on the maps of all places of a working set: one sample, one table, one report of them all."""

import os
import shutil
from pathlib import Path

import pytest
from osgeo import gdal
from qgis.core import QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QCheckBox, QLabel, QPushButton

from qgis_plugin.core import layers
from qgis_plugin.core.accuracy.judged_maps import JudgedMaps
from qgis_plugin.core.layer_tree import set_visible, visible
from qgis_plugin.core.maps.final_map import CONFIDENCE
from qgis_plugin.gui.accuracy.panel import AccuracyPanel

PLACES = ("west", "east")


@pytest.fixture(scope="session")
def two_places(mapped, run_core, tmp_path_factory):
    """The scene, its truth and its embedding, the same 20 km to the east, the working set of both, and its maps."""
    folder = tmp_path_factory.mktemp("places")
    for name in ("scene", "truth", "embedding"):
        for place in PLACES:
            shutil.copy(mapped / f"{name}.tif", folder / f"{place}_{name}.tif")
        moved = gdal.Open(str(folder / f"east_{name}.tif"), gdal.GA_Update)
        left, pixel, turn, top, *rest = moved.GetGeoTransform()
        moved.SetGeoTransform((left + 20_000, pixel, turn, top, *rest))
        del moved
    embeddings = [folder / f"{place}_embedding.tif" for place in PLACES]
    run_core("working-set", *embeddings, "-o", folder / "set.json", "--names", *PLACES)
    (folder / "maps").mkdir()
    shutil.copy(mapped / "model.json", folder)
    run_core(
        *("classify", folder / "set.json", folder / "model.json", "-o", folder / "maps", "--quiet"),
        *("--confidence", folder / "maps" / "confidence"),
    )
    return folder


@pytest.fixture
def desk(context, two_places):
    """Scenes and embeddings in the project, the working set in work; returns the layers by their names."""
    added = {}
    for place in PLACES:
        for name in ("scene", "embedding"):
            added[f"{place}_{name}"] = QgsRasterLayer(str(two_places / f"{place}_{name}.tif"), f"{place}_{name}")
    QgsProject.instance().addMapLayers(list(added.values()))
    for place in PLACES:
        layers.mark(added[f"{place}_embedding"], "embedding", added[f"{place}_scene"])
    context.workspace.work_on_set(str(two_places / "set.json"), [added[f"{place}_embedding"] for place in PLACES])
    return added


def add_map(desk, folder, place):
    drawn = QgsRasterLayer(str(folder / f"{place}.tif"), f"Map – {place}")
    layers.mark(drawn, "map", desk[f"{place}_embedding"])
    drawn.setCustomProperty(CONFIDENCE, str(folder / "confidence" / f"{place}.tif"))
    QgsProject.instance().addMapLayer(drawn)
    return drawn


@pytest.fixture
def panel(context, desk, shown_canvas):
    shown_canvas.setDestinationCrs(desk["west_scene"].crs())
    shown_canvas.setExtent(desk["west_scene"].extent())
    panel = AccuracyPanel(context)
    yield panel
    panel.close()
    panel.deleteLater()


def told(panel, name):
    return panel.findChild(QLabel, name).text()


def drawn(panel, wait, path, points=80):
    panel._points.setValue(points)
    panel.draw_to(path)
    wait(lambda: panel.reference_layer is not None and not panel._drawing.running, 60, "the sample")
    return panel.reference_layer


def label(sample, folder, places=PLACES):
    """Give the points of some places their true class."""
    column = sample.fields().indexOf("class")
    sample.startEditing()
    for place in places:
        truth = QgsRasterLayer(str(folder / f"{place}_truth.tif"), "truth")
        names = {int(entry.value): entry.label for entry in truth.renderer().classes()}
        for feature in sample.getFeatures(f"\"place\" = '{place}'"):
            value, _ = truth.dataProvider().sample(feature.geometry().asPoint(), 1)
            sample.changeAttributeValue(feature.id(), column, names.get(int(value), ""))
    assert sample.commitChanges()


def test_one_sample_one_table_and_one_report_of_all_places(panel, desk, two_places, wait, run_core, tmp_path):
    maps = [add_map(desk, two_places / "maps", place) for place in PLACES]
    assert panel.judged == JudgedMaps(tuple(maps), str(two_places / "maps"), PLACES, str(two_places / "set.json"))
    assert not panel._map.isEnabled() and "west, east" in told(panel, "accuracy_places")
    sample = drawn(panel, wait, tmp_path / "points.gpkg")
    assert {feature["place"] for feature in sample.getFeatures()} == set(PLACES)
    assert "By place: west" in told(panel, "accuracy_allocation")

    label(sample, two_places, PLACES[:1])
    wait(lambda: "None is of east" in told(panel, "accuracy_missing"), 20, "what is missing")
    assert not panel._assess.isEnabled(), "one place of two is no random sample of both"
    label(sample, two_places)
    wait(panel._assess.isEnabled, 20, "the count")
    panel.assess()
    wait(lambda: panel.assessment.result is not None, 60, "the assessment")
    printed = run_core(
        *("assess", two_places / "maps", tmp_path / "points.gpkg", "--working-set", two_places / "set.json"),
        *("--output", tmp_path / "theirs.json"),
    )
    result = panel.assessment.result
    assert result["places"] == list(PLACES) and f"against {result['units']} reference points" in printed
    assert f"{100 * result['overall_accuracy']['value']:.1f} %" in printed
    assert panel.assessment.judged.beside("_accuracy.csv") == two_places / "maps" / "accuracy.csv"

    failed = []
    panel.assessment.failed.connect(lambda *why: failed.append(why))
    for ending in (".html", ".pdf"):
        panel.save_report(tmp_path / f"report{ending}")
        wait(lambda: not panel.assessment.running, 90, "the report")
        assert not failed and (tmp_path / f"report{ending}").stat().st_size > 10_000
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert all(f"Confidence ({place})" in page for place in PLACES), "the confidence of both places"


def test_points_are_labelled_place_by_place_on_the_ground(panel, desk, context, two_places, wait, tmp_path):
    maps = [add_map(desk, two_places / "maps", place) for place in PLACES]
    sample = drawn(panel, wait, tmp_path / "points.gpkg")
    for layer in (*desk.values(), *maps):
        set_visible(layer, True)
    panel.findChild(QPushButton, "labelling_start").click()
    wait(lambda: panel.labelling.labelling is not None, 60, "the labelling")
    labelling = panel.labelling.labelling
    seen = []
    for position in range(labelling.total):
        labelling.go(position)
        seen.append(labelling.place)
        assert f"· {labelling.place}" in told(panel, "labelling_place")
        ground = desk[f"{labelling.place}_scene"]
        assert ground.extent().contains(context.iface.mapCanvas().extent().center())
        marked = panel.labelling._bands[0].asGeometry().boundingBox()
        assert ground.extent().contains(marked) and marked.width() == pytest.approx(10, abs=0.01)
    assert seen == sorted(seen, key=PLACES.index) and set(seen) == set(PLACES), "one place after the other"
    assert [visible(each) for each in maps] == [False, False]
    assert visible(desk["west_scene"]) and visible(desk["east_scene"])
    assert not visible(desk["west_embedding"]), "an embedding covers the ground"
    panel.labelling.stop()
    assert all(map(visible, (*maps, *desk.values())))
    assert sample.customProperty(layers.PRODUCT) == "reference"


def test_the_place_without_a_map_is_named_and_so_is_a_stale_one(panel, desk, two_places, tmp_path):
    folder = tmp_path / "maps"
    shutil.copytree(two_places / "maps", folder)
    add_map(desk, folder, "west")
    assert panel.judged is None and not panel._draw.isEnabled()
    assert "No map in the project: east." in told(panel, "accuracy_places")
    east = add_map(desk, folder, "east")
    assert panel.judged is not None and panel._draw.isEnabled()
    QgsProject.instance().removeMapLayer(east.id())
    QTest.qWait(10)
    assert panel.judged is None and "east" in told(panel, "accuracy_places")
    os.utime(folder / "east.tif", (1, 1))
    add_map(desk, folder, "east")
    assert "Older than its embedding: the map of east." in told(panel, "accuracy_places")

    together = panel.findChild(QCheckBox, "accuracy_together")
    together.setChecked(False)
    assert panel.judged.places == () and panel._map.isEnabled()
    together.setChecked(True)
    assert panel.judged.places == PLACES
    panel._context.workspace.embedding = desk["west_embedding"]
    assert together.isHidden() and panel.judged.places == ()


def test_maps_of_two_folders_are_not_mixed(panel, desk, two_places, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(two_places / "maps", other)
    add_map(desk, two_places / "maps", "west")
    add_map(desk, other, "east")
    assert panel.judged is None
    add_map(desk, other, "west")
    assert Path(panel.judged.path) == other


def test_the_print_layout_is_of_the_place_in_view(panel, desk, context, two_places, wait):
    for place in PLACES:
        add_map(desk, two_places / "maps", place)
    context.iface.mapCanvas().setExtent(desk["east_scene"].extent())
    made = []
    panel._sheets.made.disconnect()
    panel._sheets.made.connect(made.append)
    panel.findChild(QPushButton, "accuracy_print").click()
    wait(lambda: made, 60, "the layout")
    (shown,) = made[0].referenceMap().layers()
    assert Path(layers.path_of(shown)).name == "east.tif"
    assert not isinstance(shown, QgsVectorLayer)
