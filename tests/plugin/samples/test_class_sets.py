"""Class sets: those that come along, own ones in files, and what they do to samples."""

import json

import pytest
from fake_greeting import GREETING
from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry, QgsProject, QgsRectangle, QgsVectorLayer

from qgis_plugin.core.samples import class_sets, sample_edits, sample_layer
from qgis_plugin.core.samples.class_model import ClassTable
from qgis_plugin.core.samples.class_sets import ClassSet, Member
from qgis_plugin.core.samples.classes import SampleClass, SampleError, land_cover
from qgis_plugin.core.worker.greeting import Greeting

RULES = Greeting.of(GREETING).classes
UTM = QgsCoordinateReferenceSystem("EPSG:32630")


@pytest.fixture
def table(qgis_new_project, tmp_path):
    layer = sample_layer.create_sample_layer(tmp_path / "s.gpkg", UTM, land_cover(RULES))
    QgsProject.instance().addMapLayer(layer)
    table = ClassTable(layer, "class", RULES)
    yield table
    table.close()


def draw(table, row, x):
    shape = QgsGeometry.fromRect(QgsRectangle(500000 + x, 5000000, 500100 + x, 5000100))
    sample_edits.add_sample(table.layer, table.field, table.classes[row], shape, UTM)
    table.recount()


def apply(table, wanted):
    counts = {each.value: table.count(row) for row, each in enumerate(table.classes)}
    return class_sets.apply(table.layer, table.field, wanted, table.rules, counts)


def test_the_sets_that_come_along_can_be_maps_of_their_codes(qgis_app):
    sets = class_sets.shipped_sets()
    assert [(each.name, len(each.classes)) for each in sets] == [
        ("ESA WorldCover", 11),
        ("CORINE, level 1", 5),
        ("CORINE, level 2", 15),
        ("FAO LCCS, major types", 8),
        ("ESA CCI (LCCS)", 22),
    ]
    for each in sets:
        classes = class_sets.as_classes(each, RULES)
        assert len({c.value for c in classes}) == len({c.name for c in classes}) == len({c.colour for c in classes})
        assert all(len(c.name) <= 80 for c in classes), "the field of new layers takes 80 letters"
        assert all(member.code in (None, made.value) for member, made in zip(each.classes, classes, strict=True))
    assert sets[0].names["80"] == "Permanent water bodies"


def test_a_set_comes_back_as_it_was_kept(qgis_app, tmp_path):
    classes = [SampleClass(3, "Öde & <leer>", "#123456"), SampleClass(1, "forest", "#009e73", 311)]
    class_sets.save(tmp_path / "own" / "mine.json", "mine", classes)
    again = class_sets.load(tmp_path / "own" / "mine.json")
    assert again == ClassSet("mine", "", (Member(3, "Öde & <leer>", "#123456"), Member(311, "forest", "#009e73")))
    assert json.loads((tmp_path / "own" / "mine.json").read_text("utf-8"))["format_version"] == 1
    assert [path.name for path in (tmp_path / "own").iterdir()] == ["mine.json"]
    assert [(c.value, c.name) for c in class_sets.as_classes(again, RULES)] == [(3, "Öde & <leer>"), (4, "forest")]


def test_own_sets_are_found_and_a_broken_one_hides_no_other(qgis_app):
    class_sets.save(class_sets.own_folder() / "b.json", "b", land_cover(RULES))
    (class_sets.own_folder() / "a.json").write_text("{", "utf-8")
    found, problems = class_sets.own_sets()
    assert [each.name for each in found] == ["b"]
    assert len(problems) == 1 and "a.json is not a class set, for it is no JSON" in problems[0]


GOOD = {"format": "mmearth-class-set", "format_version": 1, "classes": [{"name": "a", "colour": "#000000"}]}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"format": "other"}, "“format” is not"),
        ({"format_version": 2}, "version 2"),
        ({"classes": []}, "lists no classes"),
        ({"classes": ["a"]}, "class 1 is no object"),
        ({"classes": [{"name": " ", "colour": "#000000"}]}, "class 1 has no name"),
        ({"classes": [{"name": "a", "colour": "red"}]}, "colour of a is no colour"),
        ({"classes": [{"name": "a", "colour": "#000000", "code": "7"}]}, "code of a is no whole number"),
        ({"classes": [{"name": "a", "colour": "#000000", "code": True}]}, "code of a is no whole number"),
        ({"classes": 2 * [{"name": "a", "colour": "#000000"}]}, "the name a twice"),
        ({"classes": [{"name": n, "colour": "#000000", "code": 1} for n in "ab"]}, "the code 1 twice"),
    ],
)
def test_what_is_no_set_is_a_sentence_that_names_file_and_fault(qgis_app, tmp_path, change, why):
    path = tmp_path / "theirs.json"
    path.write_text(json.dumps({**GOOD, **change}), "utf-8")
    with pytest.raises(SampleError, match=why) as error:
        class_sets.load(path)
    assert str(path) in str(error.value)


def test_a_set_replaces_what_nobody_drew_and_keeps_what_somebody_did(table):
    draw(table, 0, 0)  # water
    before = table.classes
    members = Member(10, "tree cover", "#006400"), Member(3, "bog", "#123456"), Member(None, "water", "#0000ff")
    wanted = ClassSet("mine", "", members)
    done = apply(table, wanted)
    assert done == class_sets.Applied(added=2, changed=1, dropped=5, kept=0, moved=1)
    assert [(c.name, c.value, c.colour) for c in table.classes] == [
        ("tree cover", 10, "#006400"),
        ("bog", 11, "#123456"),  # 3 was the value of grass in maps made before
        ("water", 1, "#0000ff"),
    ]
    assert apply(table, wanted) == class_sets.Applied(0, 0, 0, 0, 0)
    sample_edits.undo(table.layer)
    sample_edits.undo(table.layer)
    assert table.classes == before
    draw(table, 1, 300)
    done = apply(table, class_sets.shipped_sets()[0])
    assert (done.added, done.dropped, done.kept) == (11, 4, 2)
    assert [c.name for c in table.classes][-2:] == ["water", "forest"]


def test_the_value_of_a_class_that_went_is_not_given_again_by_a_set(table):
    table.remove(5)
    apply(table, ClassSet("mine", "", (Member(6, "bog", "#123456"), Member(9, "heath", "#654321"))))
    assert [(c.name, c.value) for c in table.classes] == [("bog", 10), ("heath", 9)]


def test_codes_taken_in_as_names_get_the_names_of_the_set(table):
    table.add("80")
    draw(table, 6, 0)
    done = apply(table, class_sets.shipped_sets()[0])
    assert (done.added, done.changed, done.dropped, done.kept) == (10, 1, 6, 0)
    [feature] = table.layer.getFeatures()
    assert feature["class"] == "Permanent water bodies"
    sample_edits.undo(table.layer)
    [feature] = table.layer.getFeatures()
    assert feature["class"] == "80" and "80" in [c.name for c in table.classes]


def test_a_field_of_numbers_keeps_its_codes_and_gets_the_names(qgis_new_project):
    theirs = QgsVectorLayer("Polygon?crs=EPSG:32630&field=code:int", "theirs", "memory")
    QgsProject.instance().addMapLayer(theirs)
    theirs.startEditing()
    for x, code in enumerate((311, 20)):
        shape = QgsGeometry.fromRect(QgsRectangle(500000 + 200 * x, 5000000, 500100 + 200 * x, 5000100))
        sample_edits.add_sample(theirs, "code", SampleClass(1, "x", "#000000", code), shape, UTM)
    table = ClassTable(theirs, "code", RULES)
    wanted = ClassSet("c", "", (Member(311, "Broad-leaved forest", "#80ff00"), Member(512, "Water bodies", "#80f2e6")))
    done = apply(table, wanted)
    assert (done.added, done.changed, done.kept, done.moved) == (1, 1, 1, 0)
    assert [(c.name, c.number) for c in table.classes] == [
        ("Broad-leaved forest", 311),
        ("Water bodies", 512),
        ("20", 20),
    ]
    assert sorted(f["code"] for f in theirs.getFeatures()) == [20, 311]
    table.close()


def test_two_classes_of_one_name_are_refused(table):
    table.add("7")
    draw(table, 6, 0)
    draw(table, 0, 300)
    wanted = ClassSet("mine", "", (Member(7, "water", "#0000ff"),))
    with pytest.raises(SampleError, match="Two classes would be called water"):
        apply(table, wanted)
    assert "7" in [c.name for c in table.classes]
