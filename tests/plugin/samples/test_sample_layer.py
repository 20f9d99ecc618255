"""Sample layers in real QGIS: what is written, kept, collected, renamed, removed, taken back."""

import json

import pytest
from fake_greeting import GREETING
from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)

from qgis_plugin.core.samples import class_edits, sample_edits, sample_layer
from qgis_plugin.core.samples.class_model import COLOUR, COUNT, KEY, NAME, ClassTable, area_text
from qgis_plugin.core.samples.classes import (
    SampleClass,
    SampleError,
    land_cover,
)
from qgis_plugin.core.worker.greeting import Greeting

RULES = Greeting.of(GREETING).classes
UTM = QgsCoordinateReferenceSystem("EPSG:32630")


def square(x, y, side=100.0):
    return QgsGeometry.fromRect(QgsRectangle(500000 + x, 5000000 + y, 500000 + x + side, 5000000 + y + side))


@pytest.fixture
def samples(qgis_new_project, tmp_path):
    made = sample_layer.create_sample_layer(tmp_path / "my samples.gpkg", UTM, land_cover(RULES))
    QgsProject.instance().addMapLayer(made)
    return made


@pytest.fixture
def table(samples):
    table = ClassTable(samples, "class", RULES)
    yield table
    table.close()


def draw(layer, name, x, y=0.0, field="class"):
    [chosen] = [c for c in sample_layer.read_classes(layer, field) if c.name == name]
    return sample_edits.add_sample(layer, field, chosen, square(x, y), UTM)


def stroke(layer):
    """The colour of the first class' outline."""
    categories = layer.renderer().categories()  # own the symbols
    return categories[0].symbol().symbolLayer(0).strokeColor().name()


def in_field(layer, field="class"):
    return sorted(sample_layer.as_name(f[field]) for f in layer.getFeatures())


def memory(fields, crs="EPSG:32630", kind="Polygon"):
    made = QgsVectorLayer(f"{kind}?crs={crs}&{fields}", "theirs", "memory")
    QgsProject.instance().addMapLayer(made)
    return made


def put(layer, *values):
    features = []
    for i, value in enumerate(values):
        feature = QgsFeature(layer.fields())
        feature.setGeometry(square(200 * i, 0))
        feature.setAttributes([value])
        features.append(feature)
    assert layer.dataProvider().addFeatures(features)[0]


def test_a_new_layer_has_its_fields_classes_and_colours(samples):
    assert [f.name() for f in samples.fields()] == ["fid", "class", "note", "source", "created"]
    assert sample_layer.read_classes(samples, "class")[0] == SampleClass(1, "water", "#0072b2")
    assert [c.label() for c in samples.renderer().categories()] == list(RULES.land_cover)
    assert stroke(samples) == "#0072b2"
    categories = samples.renderer().categories()
    assert categories[0].symbol().color().alpha() < 128


def test_a_file_that_exists_is_not_overwritten(samples, tmp_path):
    with pytest.raises(SampleError, match="exists already"):
        sample_layer.create_sample_layer(tmp_path / "my samples.gpkg", UTM, [])
    assert sample_layer.unique_path(tmp_path, "my samples") == tmp_path / "my samples_2.gpkg"


def test_a_folder_that_cannot_be_written_is_a_sentence(qgis_new_project, tmp_path):
    with pytest.raises(SampleError, match="cannot be written"):
        sample_layer.create_sample_layer(tmp_path / "nowhere" / "s.gpkg", UTM, [])


def test_colours_and_classes_come_back_from_the_geopackage_alone(samples, table, tmp_path, wait):
    table.recolour(0, "#123456")
    table.rename(1, "wood")
    wait(lambda: not table._styling.isActive())
    again = QgsVectorLayer(str(tmp_path / "my samples.gpkg"), "again", "ogr")
    assert sample_layer.read_classes(again, "class") == table.classes
    assert again.customProperty("mmearth/product") == "samples"
    assert stroke(again) == "#123456"
    assert again.listStylesInDatabase()[0] == 1


def test_keeping_colours_hides_no_sample_whatever_is_being_edited(samples, table, tmp_path):
    """QGIS' own saveStyleToDatabase left readers of the layer without features."""
    for i in range(3):
        draw(samples, "water", 300 * i)
        table.recolour(0, f"#12345{i}")
        assert sample_layer.save_style(samples) == ""
        assert len(in_field(samples)) == i + 1
        sample_edits.save(samples)
        assert sample_layer.save_style(samples) == ""
        assert len(in_field(samples)) == i + 1
    samples.commitChanges()
    table.recolour(0, "#abcdef")
    assert sample_layer.save_style(samples) == ""
    assert len(in_field(samples)) == 3
    again = QgsVectorLayer(str(tmp_path / "my samples.gpkg"), "again", "ogr")
    assert len(in_field(again)) == 3
    assert sample_layer.read_classes(again, "class")[0].colour == "#abcdef"


def test_a_style_saved_by_qgis_itself_loses_no_sample(samples, table):
    for i in range(3):
        draw(samples, "water", 300 * i)
        sample_edits.save(samples)
        samples.commitChanges()
        assert len(sample_layer.collect(samples, "class")["features"]) == i + 1
        assert samples.saveStyleToDatabase(f"mine {i}", "", False, "") == ""
        assert len(sample_layer.collect(samples, "class")["features"]) == i + 1
        table.recount()
        assert table.count(0) == i + 1


def test_a_project_brings_layer_field_and_classes_back(samples, tmp_path):
    project = QgsProject.instance()
    project.write(str(tmp_path / "p.qgz"))
    project.clear()
    project.read(str(tmp_path / "p.qgz"))
    found, field = sample_layer.find_samples()
    assert (found.name(), field) == ("my samples", "class")
    assert [c.name for c in sample_layer.read_classes(found, field)] == list(RULES.land_cover)


def test_collect_has_saved_and_unsaved_samples_as_the_protocol_wants(samples):
    draw(samples, "water", 0)
    sample_edits.save(samples)
    [new] = draw(samples, "forest", 300)
    collected = sample_layer.collect(samples, "class")
    assert json.loads(json.dumps(collected)) == collected
    assert QgsCoordinateReferenceSystem(collected["crs"]).authid() == "EPSG:32630"
    assert collected["classes"][1] == {"value": 2, "name": "forest", "colour": "#009e73"}
    assert {(fid, name) for fid, name, _ in collected["features"]} == {(1, "water"), (new, "forest")}
    assert new < 0
    shape = QgsGeometry()
    shape.fromWkb(bytes.fromhex({f[1]: f[2] for f in collected["features"]}["forest"]))
    assert shape.boundingBox() == square(300, 0).boundingBox()


def test_collect_leaves_out_what_has_no_shape_or_class(samples):
    samples.startEditing()
    for name, shape in (("water", QgsGeometry()), ("", square(0, 0)), (None, square(0, 0)), ("water", square(0, 0))):
        feature = QgsFeature(samples.fields())
        feature["class"] = name
        feature.setGeometry(shape)
        samples.addFeature(feature)
    assert [name for _, name, _ in sample_layer.collect(samples, "class")["features"]] == ["water"]


def test_collect_makes_curves_straight_and_flat(qgis_new_project):
    curved = memory("field=class:string", kind="CurvePolygonZ")
    feature = QgsFeature(curved.fields())
    feature.setGeometry(QgsGeometry.fromWkt("CurvePolygonZ (CircularStringZ (0 0 1, 5 5 1, 10 0 1, 5 -5 1, 0 0 1))"))
    feature["class"] = "water"
    curved.dataProvider().addFeature(feature)
    [[_, _, wkb]] = sample_layer.collect(curved, "class", [])["features"]
    shape = QgsGeometry()
    shape.fromWkb(bytes.fromhex(wkb))
    assert wkb.startswith("0103000000")  # a plain polygon
    assert shape.area() == pytest.approx(78.5, rel=0.01)


def test_the_digest_follows_shapes_and_classes_but_not_saving(samples, table):
    def now():
        return sample_layer.digest(sample_layer.collect(samples, "class"))

    empty = now()
    draw(samples, "water", 0)
    drawn = now()
    sample_edits.save(samples)
    saved = now()
    draw(samples, "water", 300)
    more = now()
    table.recolour(0, "#000000")
    assert drawn == saved
    assert len({empty, drawn, more, now()}) == 4


def test_a_layer_without_crs_is_a_sentence(qgis_new_project):
    lost = memory("field=class:string", crs="")
    lost.setCrs(QgsCoordinateReferenceSystem())
    with pytest.raises(SampleError, match="no coordinate reference system"):
        sample_layer.collect(lost, "class")
    with pytest.raises(SampleError, match="no coordinate reference system"):
        sample_edits.add_sample(lost, "class", SampleClass(1, "water", "#0072b2"), square(0, 0), UTM)


def test_a_read_only_layer_is_a_sentence(samples):
    samples.setReadOnly(True)
    with pytest.raises(SampleError, match="read-only"):
        draw(samples, "water", 0)
    assert not samples.isEditable()
    assert in_field(samples) == []


def test_another_crs_than_the_layers_is_transformed(samples):
    degrees = QgsCoordinateReferenceSystem("EPSG:4326")
    shape = QgsGeometry.fromRect(QgsRectangle(-3.0, 45.0, -2.99, 45.01))
    [water] = [c for c in sample_layer.read_classes(samples, "class") if c.name == "water"]
    [fid] = sample_edits.add_sample(samples, "class", water, shape, degrees)
    box = samples.getFeature(fid).geometry().boundingBox()
    assert 499000 < box.xMinimum() < 501000
    assert 4982000 < box.yMinimum() < 4984000


def test_a_shape_that_crosses_itself_is_repaired_and_one_without_area_refused(samples):
    [water] = [c for c in sample_layer.read_classes(samples, "class") if c.name == "water"]
    bow = QgsGeometry.fromWkt("Polygon ((0 0, 10 10, 10 0, 0 10, 0 0))")
    [fid] = sample_edits.add_sample(samples, "class", water, bow, UTM)
    assert samples.getFeature(fid).geometry().isGeosValid()
    assert samples.getFeature(fid).geometry().area() == pytest.approx(50)
    with pytest.raises(SampleError, match="no area"):
        sample_edits.add_sample(samples, "class", water, QgsGeometry.fromWkt("Polygon ((0 0, 9 9, 0 0))"), UTM)
    assert samples.featureCount() == 1


def test_a_layer_of_single_polygons_takes_both_halves(qgis_new_project):
    theirs = memory("field=class:string")
    bow = QgsGeometry.fromWkt("Polygon ((0 0, 10 10, 10 0, 0 10, 0 0))")
    fids = sample_edits.add_sample(theirs, "class", SampleClass(1, "water", "#0072b2"), bow, UTM)
    assert len(fids) == 2
    sample_edits.undo(theirs)
    assert theirs.featureCount() == 0


def test_undo_and_redo_follow_every_step(samples, table):
    draw(samples, "water", 0)
    draw(samples, "forest", 300)
    assert sample_edits.undo(samples)
    assert in_field(samples) == ["water"]
    assert sample_edits.redo(samples)
    assert in_field(samples) == ["forest", "water"]
    table.recount()
    assert [table.count(i) for i in range(3)] == [1, 1, 0]
    sample_edits.undo(samples)
    sample_edits.undo(samples)
    assert not sample_edits.undo(samples)


def test_renaming_a_class_renames_its_samples_in_one_step_and_keeps_its_value(samples, table):
    draw(samples, "water", 0)
    sample_edits.save(samples)
    draw(samples, "water", 300)
    table.rename(0, "lake")
    assert in_field(samples) == ["lake", "lake"]
    assert table.classes[0] == SampleClass(1, "lake", "#0072b2")
    assert samples.renderer().categories()[0].value() == "lake"
    sample_edits.undo(samples)
    assert in_field(samples) == ["water", "water"]
    assert table.classes[0].name == "water"
    sample_edits.redo(samples)
    assert in_field(samples) == ["lake", "lake"]
    assert table.classes[0].name == "lake"


@pytest.mark.parametrize(("name", "why"), [("forest", "already"), ("  ", "has no name"), ("x" * 81, "too long")])
def test_a_name_that_cannot_be_is_refused(samples, table, name, why):
    said = []
    table.refused.connect(said.append)
    assert not table.setData(table.index(0, NAME), name)
    assert why in said[0]
    assert table.classes[0].name == "water"


def test_removing_a_class_takes_its_samples_and_comes_back_by_undo(samples, table):
    draw(samples, "water", 0)
    draw(samples, "forest", 300)
    table.remove(0)
    assert in_field(samples) == ["forest"]
    assert [c.name for c in table.classes] == list(RULES.land_cover[1:])
    sample_edits.undo(samples)
    assert in_field(samples) == ["forest", "water"]
    assert table.classes[0] == SampleClass(1, "water", "#0072b2")


def test_discarding_the_edits_brings_removed_and_renamed_classes_back(samples, table):
    draw(samples, "water", 0)
    sample_edits.save(samples)
    table.rename(1, "wood")
    table.remove(0)
    samples.rollBack()
    assert [c.name for c in table.classes] == list(RULES.land_cover)
    assert in_field(samples) == ["water"]


def test_the_value_of_a_removed_class_is_never_given_again(samples, table, tmp_path):
    table.remove(5)
    table.add("snow")
    assert table.classes[-1].value == 7
    table.remove(table.rowCount() - 1)
    sample_layer.save_style(samples)
    again = QgsVectorLayer(str(tmp_path / "my samples.gpkg"), "again", "ogr")
    assert class_edits.add_class(again, "class", "ice", "#ffffff", RULES).value == 8


def test_values_end_at_254(samples, table):
    samples.setCustomProperty(sample_layer.LAST, 254)
    with pytest.raises(SampleError, match="used up"):
        table.add("one more")


def test_the_class_drawn_with_stays_the_same_when_others_move_or_go(samples, table):
    table.choose(2)
    table.move(2, 0)
    assert (table.current, table.current_class.name) == (0, "grass")
    assert table.data(table.index(0, KEY)) == "1"
    table.remove(1)
    assert table.current_class.name == "grass"
    table.remove(0)
    assert (table.current, table.current_class.name) == (0, "forest")
    for _ in range(table.rowCount()):
        table.remove(0)
    assert (table.current, table.current_class) == (-1, None)
    assert table.current_class is None
    table.add()
    assert (table.current, table.current_class.name) == (0, "class 1")


def test_the_table_counts_edits_of_all_kinds(samples, table, wait):
    [fid] = draw(samples, "water", 0)
    draw(samples, "water", 300)
    wait(lambda: table.count(0) == 2)
    assert table.area(0) == pytest.approx(20000, rel=0.002)
    samples.changeGeometry(fid, square(0, 0, 200))
    wait(lambda: table.area(0) > 40000)
    samples.changeAttributeValue(fid, 1, "forest")
    wait(lambda: (table.count(0), table.count(1)) == (1, 1))
    samples.commitChanges(False)
    wait(lambda: not table._counting.isActive())
    assert (table.data(table.index(0, COUNT)), table.count(1)) == ("1", 1)
    samples.deleteFeature(next(samples.getFeatures()).id())
    wait(lambda: table.count(0) + table.count(1) == 1)
    samples.rollBack()
    wait(lambda: table.count(0) + table.count(1) == 2)


def test_a_name_typed_into_the_attribute_table_becomes_a_class(samples, table):
    [fid] = draw(samples, "water", 0)
    samples.changeAttributeValue(fid, 1, "marsh")
    table.recount()
    assert table.classes[-1] == SampleClass(7, "marsh", "#56b4e9")
    assert table.count(6) == 1


def test_any_layer_of_polygons_gives_its_values_conventional_colours(qgis_new_project):
    theirs = memory("field=kind:string")
    put(theirs, "Water", "deep forest", "Water", "quarry", None, "")
    drawn = theirs.renderer()
    classes = sample_layer.open_classes(theirs, "kind", RULES)
    assert [(c.value, c.name) for c in classes] == [(1, "Water"), (2, "deep forest"), (3, "quarry")]
    assert [c.colour for c in classes[:2]] == ["#0072b2", "#009e73"]
    assert classes[2].colour in RULES.palette
    assert theirs.renderer() is drawn  # theirs to style
    assert sample_layer.open_classes(theirs, "kind", RULES) == classes


def test_colours_of_a_categorized_layer_are_taken_and_changed_in_place(qgis_new_project):
    theirs = memory("field=code:integer")
    put(theirs, 10, 20, 10)
    categories = [
        sample_layer.QgsRendererCategory(v, sample_layer._symbol(colour, theirs), label)
        for v, colour, label in ((10, "#112233", "trees"), (20, "#445566", "shrubs"))
    ]
    theirs.setRenderer(QgsCategorizedSymbolRenderer("code", categories))
    table = ClassTable(theirs, "code", RULES)
    assert table.classes == [SampleClass(10, "trees", "#112233"), SampleClass(20, "shrubs", "#445566")]
    assert [table.count(0), table.count(1)] == [2, 1]
    assert [f[1] for f in sample_layer.collect(theirs, "code")["features"]] == ["trees", "shrubs", "trees"]
    table.setData(table.index(1, COLOUR), "#abcdef")
    categories = theirs.renderer().categories()
    assert categories[1].symbol().color().name() == "#abcdef"
    table.rename(0, "forest")
    assert in_field(theirs, "code") == ["10", "10", "20"]
    sample_edits.add_sample(theirs, "code", table.classes[1], square(900, 0), UTM)
    assert in_field(theirs, "code") == ["10", "10", "20", "20"]
    table.close()


@pytest.mark.parametrize(
    ("fields", "values", "field", "why"),
    [
        ("field=kind:string", ["a"], "class", "no field class"),
        ("field=kind:double", [1, 0.5], "kind", "other than whole numbers"),
        ("field=kind:string", [f"n{i}" for i in range(300)], "kind", "more than 254"),
    ],
)
def test_a_field_that_cannot_name_classes_is_a_sentence(qgis_new_project, fields, values, field, why):
    theirs = memory(fields)
    put(theirs, *values)
    with pytest.raises(SampleError, match=why):
        sample_layer.open_classes(theirs, field, RULES)


def test_codes_that_no_map_holds_get_values_and_stay_in_the_field(qgis_new_project):
    theirs = memory("field=code:integer")
    put(theirs, 523, 111, 312, 111, 3)
    table = ClassTable(theirs, "code", RULES)
    assert [(c.value, c.name, c.number) for c in table.classes] == [
        (3, "3", 3),
        (111, "111", 111),
        (112, "312", 312),
        (113, "523", 523),
    ]
    assert [table.count(row) for row in range(4)] == [1, 2, 1, 1]
    sent = sample_layer.collect(theirs, "code")
    assert [name for _, name, _ in sent["features"]] == ["523", "111", "312", "111", "3"]
    assert sent["classes"][1] == {"value": 111, "name": "111", "colour": table.classes[1].colour}
    table.rename(1, "built-up")
    sample_edits.add_sample(theirs, "code", table.classes[1], square(900, 0), UTM)
    assert in_field(theirs, "code") == ["111", "111", "111", "3", "312", "523"]
    assert [name for _, name, _ in sample_layer.collect(theirs, "code")["features"]].count("built-up") == 3
    # A number that is another class's value in the map is a class of its own.
    put(theirs, 112)
    theirs.dataProvider().dataChanged.emit()
    table.recount()
    assert table.classes[-1].number == 112 and table.classes[-1].value == 114
    assert sample_layer.read_classes(theirs, "code") == table.classes
    table.close()


@pytest.mark.parametrize(
    ("kind", "shape"), [("Point", "Point(500050 5000050)"), ("LineString", "LineString(0 0, 9 9)")]
)
def test_points_and_lines_are_samples(qgis_new_project, kind, shape):
    theirs = memory("field=class:string", kind=kind)
    feature = QgsFeature(theirs.fields())
    feature.setGeometry(QgsGeometry.fromWkt(shape))
    feature.setAttributes(["water"])
    assert theirs.dataProvider().addFeatures([feature])[0]
    table = ClassTable(theirs, "class", RULES)
    assert [c.name for c in table.classes] == ["water"] and table.count(0) == 1
    assert len(sample_layer.collect(theirs, "class")["features"]) == 1
    with pytest.raises(SampleError, match="only polygons can be drawn"):
        sample_edits.add_sample(theirs, "class", table.classes[0], square(0, 0), UTM)
    assert not theirs.isModified()
    table.close()


def test_a_point_is_under_the_cursor_within_reach(qgis_new_project):
    theirs = memory("field=class:string", kind="Point")
    feature = QgsFeature(theirs.fields())
    feature.setGeometry(QgsGeometry.fromWkt("Point(500050 5000050)"))
    assert theirs.dataProvider().addFeatures([feature])[0]
    near = QgsPointXY(500053, 5000050)
    assert sample_edits.sample_at(theirs, near, UTM, reach=5) is not None
    assert sample_edits.sample_at(theirs, near, UTM, reach=2) is None


def test_of_samples_one_in_the_other_the_smallest_is_under_the_cursor(samples, table):
    large = sample_edits.add_sample(samples, "class", table.classes[0], square(0, 0, 300), UTM)
    small = sample_edits.add_sample(samples, "class", table.classes[1], square(100, 100, 50), UTM)
    assert [sample_edits.sample_at(samples, QgsPointXY(500000 + x, 5000000 + x), UTM) for x in (120, 20, 400)] == [
        *small, *large, None
    ]  # fmt: skip


def test_what_was_removed_is_unsaved_too_and_saving_goes_on_editing(samples, table):
    for number in range(2):
        draw(samples, table.classes[0].name, 200 * number)
    assert sample_edits.unsaved(samples) == 2
    sample_edits.save(samples)
    assert sample_edits.unsaved(samples) == 0 and samples.isEditable()
    sample_edits.erase_samples(samples, [next(samples.getFeatures()).id()])
    assert sample_edits.unsaved(samples) == 1


def test_a_table_whose_layer_goes_away_lets_go(samples):
    table = ClassTable(samples, "class", RULES)
    QgsProject.instance().removeMapLayer(samples.id())
    assert table.layer is None
    assert table.rowCount() == 6
    assert table.data(table.index(0, COUNT)) == "0"
    table.recount()
    table.close()


def test_no_colour_is_given_twice_within_the_palette():
    names = [f"kind {i}" for i in range(len(RULES.palette))]
    assert len(set(RULES.colours(names))) == len(names)
    assert RULES.colours([*names, "one more"])[-1] in RULES.palette
    assert RULES.colours(["lake", "sea"])[0] == "#0072b2"
    assert len({*RULES.colours(["lake", "sea"], avoid=["#E69F00"]), "#e69f00"}) == 3


@pytest.mark.parametrize(("area", "shown"), [(0, "–"), (420, "420 m²"), (12_000, "1.2 ha"), (3_400_000, "3.4 km²")])
def test_areas_read_well(qgis_app, area, shown):
    assert area_text(area) == shown


def test_taking_a_rename_back_whose_name_was_given_again_keeps_the_classes(samples, table):
    draw(samples, "water", 0)
    [fid] = draw(samples, "forest", 300)
    table.rename(0, "lake")
    samples.changeAttributeValue(fid, samples.fields().indexOf("class"), "water")  # in the attribute table
    table.recount()
    assert [c.name for c in table.classes] == ["lake", *RULES.land_cover[1:], "water"]
    sample_edits.undo(samples)
    sample_edits.undo(samples)
    assert [c.name for c in table.classes] == list(RULES.land_cover)
    assert sample_layer.read_classes(samples, "class") == table.classes
    assert in_field(samples) == ["forest", "water"]
    sample_edits.redo(samples)
    assert [c.name for c in table.classes] == ["lake", *RULES.land_cover[1:]]
    assert in_field(samples) == ["forest", "lake"]


def test_a_name_that_a_shapefile_would_cut_is_refused(samples, tmp_path):
    from qgis.core import QgsVectorFileWriter

    source = memory("field=class:string(10)")
    put(source, "Acker")
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName, options.fileEncoding = "ESRI Shapefile", "UTF-8"
    path = str(tmp_path / "fields.shp")
    QgsVectorFileWriter.writeAsVectorFormatV3(source, path, QgsProject.instance().transformContext(), options)
    layer = QgsVectorLayer(path, "fields", "ogr")
    table = ClassTable(layer, "class", RULES)
    with pytest.raises(SampleError, match="too long"):
        table.rename(0, "Gewächshäu")
    table.rename(0, "Gewächsh")
    sample_edits.save(layer)
    assert in_field(layer) == ["Gewächsh"]
    layer.commitChanges()
    table.close()


def test_a_class_field_that_is_removed_is_a_sentence(samples, table):
    draw(samples, "water", 0)
    samples.startEditing()
    assert samples.deleteAttribute(samples.fields().indexOf("class"))
    table.recount()
    assert table.count(0) == 0
    with pytest.raises(SampleError, match="has no field class"):
        sample_layer.collect(samples, "class")
    with pytest.raises(SampleError, match="has no field class"):
        sample_edits.add_sample(samples, "class", table.classes[0], square(300, 0), UTM)
    for change in (lambda: table.remove(0), lambda: table.rename(0, "wood"), lambda: table.add("wood")):
        with pytest.raises(SampleError, match="has no field class"):
            change()
    sample_edits.undo(samples)
    table.recount()
    assert table.count(0) == 1 and [c.name for c in table.classes] == list(RULES.land_cover)
    samples.rollBack()
