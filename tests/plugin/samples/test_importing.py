"""Samples from other layers: polygons, lines, points, names and codes, in any coordinate system, in one undo step."""

import itertools
from time import thread_time

import pytest
from fake_greeting import GREETING
from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsEditorWidgetSetup,
    QgsFeature,
    QgsFillSymbol,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsRendererCategory,
    QgsVectorLayer,
)
from qgis.PyQt import sip
from qgis.PyQt.QtWidgets import QDialogButtonBox

from qgis_plugin.core.pixel_grid import grid_of
from qgis_plugin.core.samples import sample_edits, sample_layer
from qgis_plugin.core.samples.class_model import ClassTable
from qgis_plugin.core.samples.classes import SampleError, land_cover
from qgis_plugin.core.samples.importing import Ground, Source, Wish, take_in
from qgis_plugin.core.worker.greeting import Greeting
from qgis_plugin.gui.samples.import_dialog import ImportDialog

RULES = Greeting.of(GREETING).classes
WATER, FOREST, GRASS, CROP, BUILT, BARE = RULES.land_cover


@pytest.fixture
def raster(embedding, qgis_new_project):
    raster = QgsRasterLayer(str(embedding), "embedding")
    QgsProject.instance().addMapLayer(raster)
    return raster


@pytest.fixture
def table(raster, tmp_path):
    layer = sample_layer.create_sample_layer(tmp_path / "s.gpkg", raster.crs(), land_cover(RULES))
    QgsProject.instance().addMapLayer(layer)
    table = ClassTable(layer, "class", RULES)
    yield table
    table.close()


def box(raster, column, row, side=4):
    return grid_of(raster).pixels(column, row, side)


def layer_of(raster, kind, field, rows, crs=None):
    """A layer of (value, shape in the embedding's CRS) in another CRS."""
    crs = QgsCoordinateReferenceSystem(crs) if crs else raster.crs()
    made = QgsVectorLayer(f"{kind}?crs={crs.authid()}&field={field}", "survey 2024", "memory")
    to_theirs = QgsCoordinateTransform(raster.crs(), crs, QgsProject.instance())
    features = []
    for value, shape in rows:
        feature = QgsFeature(made.fields())
        feature.setAttributes([value])
        if shape is not None:
            shape.transform(to_theirs)
            feature.setGeometry(shape)
        features.append(feature)
    assert made.dataProvider().addFeatures(features)[0]
    QgsProject.instance().addMapLayer(made)
    return made


def found(table):
    return sorted((f["class"], round(f.geometry().area())) for f in table.layer.getFeatures())


def test_polygons_of_another_system_come_in_and_what_does_not_is_counted(table, raster):
    bow = QgsGeometry.fromWkt(box(raster, 40, 40, 10).asWkt())
    ring = bow.asPolygon()[0]
    bow = QgsGeometry.fromPolygonXY([[ring[0], ring[2], ring[1], ring[3], ring[0]]])
    far = box(raster, 10, 10)
    far.translate(60_000, 0)
    rows = [("wood", box(raster, 10, 10)), ("wood", bow), ("lake", far), ("lake", None)]
    rows += [(None, box(raster, 60, 60)), ("odd", box(raster, 80, 80))]
    theirs = layer_of(raster, "Polygon", "kind:string", rows, "EPSG:4326")
    wishes = {"wood": Wish(FOREST), "lake": Wish("lake")}
    taken = take_in(table.layer, "class", Source(theirs, "kind"), wishes, RULES, Ground(raster))
    assert (taken.added, taken.repaired, taken.new) == (2, 1, [])
    assert taken.left_out == {"outside the embedding": 1, "without a shape": 1, "without a class": 2}
    assert [name for name, _ in found(table)] == [FOREST, FOREST]
    assert found(table)[0][1] == pytest.approx(1600, rel=0.02)
    assert {f["source"] for f in table.layer.getFeatures()} == {"survey 2024"}
    again = take_in(table.layer, "class", Source(theirs, "kind"), wishes, RULES, Ground(raster))
    assert again.added == 0 and again.left_out["of the same shape as a sample there is"] == 2
    assert [c.name for c in table.classes] == list(RULES.land_cover), "no class of which there is nothing"


def test_new_classes_and_samples_are_one_step_of_undo(table, raster):
    before = table.classes
    rows = [(311, box(raster, 10, 10)), (512, box(raster, 20, 10)), (20, box(raster, 30, 10))]
    theirs = layer_of(raster, "Polygon", "code_18:int", rows)
    wishes = {"311": Wish("Broad-leaved forest", 311, "#80ff00"), "512": Wish("512", 512), "20": Wish("20", 20)}
    taken = take_in(table.layer, "class", Source(theirs, "code_18"), wishes, RULES, Ground(raster))
    assert taken.new == ["Broad-leaved forest", "512", "20"]
    new = table.classes[6:]
    assert [(c.name, c.value) for c in new] == [("Broad-leaved forest", 21), ("512", 22), ("20", 20)]
    assert new[0].colour == "#80ff00" and len({c.colour for c in table.classes}) == 9
    sample_edits.undo(table.layer)
    assert table.classes == before and found(table) == []
    sample_edits.redo(table.layer)
    assert len(found(table)) == 3 and table.classes[6:] == new


def test_points_become_pixels_and_lines_strips_of_the_embedding(table, raster):
    grid = grid_of(raster)
    middle = grid.pixels(50, 60, 1).centroid().asPoint()
    side = raster.rasterUnitsPerPixelX()
    outside = QgsPointXY(raster.extent().xMaximum() + 100, middle.y())
    points = layer_of(raster, "Point", "kind:string", [(WATER, QgsGeometry.fromPointXY(p)) for p in (middle, outside)])
    taken = take_in(table.layer, "class", Source(points, "kind"), {WATER: Wish(WATER)}, RULES, Ground(raster, width=3))
    assert taken.added == 1 and taken.left_out == {"outside the embedding": 1}
    [(_, area)] = found(table)
    assert area == pytest.approx((3 * side) ** 2)
    end = QgsPointXY(middle.x() + 20 * side, middle.y())
    lines = layer_of(raster, "LineString", "kind:string", [("road", QgsGeometry.fromPolylineXY([middle, end]))])
    taken = take_in(table.layer, "class", Source(lines, "kind"), {"road": Wish(BUILT)}, RULES, Ground(raster, width=2))
    assert taken.added == 1
    [(_, area)] = [each for each in found(table) if each[0] == BUILT]
    assert area == pytest.approx(20 * side * 2 * side + 3.14 * side**2, rel=0.01)
    with pytest.raises(SampleError, match="choose an embedding first"):
        take_in(table.layer, "class", Source(points, "kind"), {WATER: Wish(WATER)}, RULES)


def test_samples_in_degrees_get_points_and_lines_where_they_are(raster, tmp_path):
    degrees = QgsCoordinateReferenceSystem("EPSG:4326")
    layer = sample_layer.create_sample_layer(tmp_path / "degrees.gpkg", degrees, land_cover(RULES))
    QgsProject.instance().addMapLayer(layer)
    middle = grid_of(raster).pixels(50, 60, 1).centroid().asPoint()
    lines = [("road", QgsGeometry.fromPolylineXY([middle, QgsPointXY(middle.x() + 200, middle.y())]))]
    for theirs in (
        layer_of(raster, "Point", "kind:string", [("road", QgsGeometry.fromPointXY(middle))], "EPSG:3857"),
        layer_of(raster, "LineString", "kind:string", lines, "EPSG:3857"),
    ):
        assert take_in(layer, "class", Source(theirs, "kind"), {"road": Wish(BUILT)}, RULES, Ground(raster)).added == 1
    back = QgsCoordinateTransform(degrees, raster.crs(), QgsProject.instance())
    for feature in layer.getFeatures():
        shape = feature.geometry()
        shape.transform(back)
        assert shape.distance(QgsGeometry.fromPointXY(middle)) < 1


def test_what_a_layer_has_twice_comes_once(table, raster):
    rows = [("x", box(raster, 10, 10)), ("x", box(raster, 10, 10))]
    theirs = layer_of(raster, "Polygon", "kind:string", rows)
    taken = take_in(table.layer, "class", Source(theirs, "kind"), {"x": Wish(FOREST)}, RULES, Ground(raster))
    assert taken.added == 1 and list(taken.left_out.values()) == [1]


def test_who_cancels_changes_nothing(table, raster):
    theirs = layer_of(raster, "Polygon", "kind:string", [("x", box(raster, 10, 10))])
    taken = take_in(
        table.layer, "class", Source(theirs, "kind"), {"x": Wish("x")}, RULES, Ground(raster), lambda _share: False
    )
    assert taken is None and found(table) == [] and not sample_edits.undo(table.layer)


def test_only_the_selected_features(table, raster):
    theirs = layer_of(raster, "Polygon", "kind:string", [("x", box(raster, n, 10)) for n in (10, 20, 30)])
    theirs.selectByIds([2])
    source = Source(theirs, "kind", selected=True)
    assert source.values(10) == {"x": 1}
    assert take_in(table.layer, "class", source, {"x": Wish(FOREST)}, RULES, Ground(raster)).added == 1


def test_a_layer_that_says_not_where_it_is_and_a_field_of_many_values_are_sentences(table, raster):
    theirs = layer_of(raster, "Polygon", "id:int", [(n, box(raster, n, 10)) for n in range(5)])
    with pytest.raises(SampleError, match="more than 3 different values"):
        Source(theirs, "id").values(3)
    theirs.setCrs(QgsCoordinateReferenceSystem())
    with pytest.raises(SampleError, match="survey 2024"):
        take_in(table.layer, "class", Source(theirs, "id"), {"1": Wish("x")}, RULES, Ground(raster))


def test_codes_of_a_field_of_numbers_stay_codes(raster, qgis_new_project):
    QgsProject.instance().addMapLayer(raster)
    numbers = layer_of(raster, "Polygon", "code:int", [(311, box(raster, 5, 5))])
    table = ClassTable(numbers, "code", RULES)
    theirs = layer_of(raster, "Polygon", "c:int", [(512, box(raster, 20, 10)), (311, box(raster, 30, 10))])
    wishes = {"512": Wish("Water bodies", 512), "311": Wish("311", 311)}
    assert take_in(numbers, "code", Source(theirs, "c"), wishes, RULES, Ground(raster)).added == 2
    assert sorted(f["code"] for f in numbers.getFeatures()) == [311, 311, 512]
    assert [(c.name, c.number) for c in table.classes] == [("311", 311), ("Water bodies", 512)]
    table.close()


# --- the dialog -------------------------------------------------------------------------------------------------


@pytest.fixture
def opened(context, rules, table, raster, qgis_canvas):
    context.workspace.embedding = raster
    made = []

    def open_on(layer):
        made.append(ImportDialog(context, table))
        made[0].layers.setLayer(layer)
        return made[0]

    yield open_on
    sip.delete(made[0])


def rows_of(dialog):
    return {
        dialog.values.item(row, 0).text(): dialog.values.cellWidget(row, 2).currentText()
        for row in range(dialog.values.rowCount())
    }


def test_values_find_the_classes_of_their_name(opened, table, raster):
    rows = [("Forest", box(raster, 5, 9)), ("hay", box(raster, 15, 9))]
    theirs = layer_of(raster, "Polygon", "kind:string", rows)
    dialog = opened(theirs)
    assert rows_of(dialog) == {"Forest": FOREST, "hay": "hay"}
    assert dialog.summary.text() == "2 of 2 features in 2 classes, 1 of them new"
    dialog.values.cellWidget(1, 2).setCurrentIndex(0)
    assert dialog.summary.text() == "1 of 2 features in 1 classes, 0 of them new"
    dialog.accept()
    assert dialog.told() == "1 samples added; left out: 1 without a class."
    assert [name for name, _ in found(table)] == [FOREST]


def test_codes_of_a_known_set_get_its_names_and_colours(opened, table, raster):
    rows = [(code, box(raster, 5 * n, 9)) for n, code in enumerate((10, 40, 80))]
    dialog = opened(layer_of(raster, "Polygon", "lc:int", rows))
    assert dialog.codes.currentText() == "ESA WorldCover"
    assert rows_of(dialog) == {"10": "Tree cover", "40": "Cropland", "80": "Permanent water bodies"}
    dialog.accept()
    new = table.classes[6]
    assert (new.value, new.name, new.colour) == (10, "Tree cover", "#006400")
    assert "new classes: Tree cover, Cropland, Permanent water bodies" in dialog.told()


def test_what_the_layer_calls_its_codes_comes_first(opened, raster):
    theirs = layer_of(raster, "Polygon", "code:int", [(1, box(raster, 5, 9)), (2, box(raster, 15, 9))])
    symbol = QgsFillSymbol.createSimple({"color": "#123456"})
    theirs.setRenderer(QgsCategorizedSymbolRenderer("code", [QgsRendererCategory(1, symbol, "beech")]))
    theirs.setEditorWidgetSetup(0, QgsEditorWidgetSetup("ValueMap", {"map": [{"oak": "2"}, {"not this": "1"}]}))
    dialog = opened(theirs)
    assert rows_of(dialog) == {"1 (beech)": "beech", "2 (oak)": "oak"}
    assert dialog.wishes()["1"] == Wish("beech", 1, "#123456")


def test_a_refused_import_leaves_the_dialog_open_with_the_reason(opened, table, raster):
    theirs = layer_of(raster, "Polygon", "kind:string", [("x", box(raster, 5, 9))])
    dialog = opened(theirs)
    table.layer.setReadOnly(True)
    dialog.show()
    dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).click()
    assert dialog.isVisible() and "read-only" in dialog.note.text()
    dialog.reject()


def test_a_large_import_tells_how_far_it_is_to_the_end_and_can_be_stopped_there(table, raster):
    """The last part, making and adding the samples, took most of the time and told nothing."""
    rows = [("wood", box(raster, 2 * (each % 100), 2 * (each // 100), 1)) for each in range(2_000)]
    theirs = layer_of(raster, "Polygon", "kind:string", rows)
    told, busy = [], [thread_time()]

    def go_on(share):
        told.append(share)
        busy.append(thread_time())
        return len(told) != stop

    def taken():
        return take_in(
            table.layer, "class", Source(theirs, "kind"), {"wood": Wish("wood")}, RULES, Ground(raster), go_on
        )

    stop, before = 15, table.classes  # ten looks, then samples are added
    assert taken() is None and told[-1] > 0.6
    assert found(table) == [] and table.classes == before and not table.layer.isEditCommandActive()
    stop, told[:], busy[1:] = 0, [], []
    busy[0] = thread_time()
    assert taken().added == 2_000
    assert told == sorted(told) and told[0] == 0 and told[-1] > 0.9 and len(told) == 20
    busy.append(thread_time())
    assert max(after - since for since, after in itertools.pairwise(busy)) < 0.2
    sample_edits.undo(table.layer)
    assert found(table) == [] and table.classes == before
