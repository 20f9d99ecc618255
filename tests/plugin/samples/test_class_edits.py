"""Classes changed as a whole: merged, split, taken back; and the digits that stand for them."""

import gc
import weakref

import pytest
from fake_greeting import GREETING
from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry, QgsProject, QgsRectangle, QgsVectorLayer

from qgis_plugin.core.samples import class_edits, sample_edits, sample_layer
from qgis_plugin.core.samples.class_keys import PAUSE, ClassKeys, key_text
from qgis_plugin.core.samples.class_model import ClassTable
from qgis_plugin.core.samples.classes import SampleError, land_cover
from qgis_plugin.core.worker.greeting import Greeting

RULES = Greeting.of(GREETING).classes
UTM = QgsCoordinateReferenceSystem("EPSG:32630")
WATER, FOREST, GRASS, CROP, BUILT, BARE = RULES.land_cover


@pytest.fixture
def samples(qgis_new_project, tmp_path):
    made = sample_layer.create_sample_layer(tmp_path / "s.gpkg", UTM, land_cover(RULES))
    QgsProject.instance().addMapLayer(made)
    return made


@pytest.fixture
def table(samples):
    table = ClassTable(samples, "class", RULES)
    yield table
    table.close()


def draw(table, row, x):
    shape = QgsGeometry.fromRect(QgsRectangle(500000 + x, 5000000, 500100 + x, 5000100))
    return sample_edits.add_sample(table.layer, table.field, table.classes[row], shape, UTM)[0]


def in_field(layer):
    return sorted(sample_layer.as_name(f["class"]) for f in layer.getFeatures())


def names(table):
    return [c.name for c in table.classes]


def test_classes_are_merged_in_one_step_and_come_apart_again(samples, table):
    for number, row in enumerate((0, 2, 2, 3)):
        draw(table, row, 200 * number)
    before = table.classes
    moved = class_edits.merge_classes(samples, "class", [before[2].value, before[3].value], before[1].value)
    assert moved == 3
    assert names(table) == [WATER, FOREST, BUILT, BARE]
    assert in_field(samples) == [FOREST, FOREST, FOREST, WATER]
    sample_edits.undo(samples)
    assert table.classes == before
    assert in_field(samples) == [CROP, GRASS, GRASS, WATER]
    sample_edits.redo(samples)
    assert in_field(samples) == [FOREST, FOREST, FOREST, WATER] and names(table) == [WATER, FOREST, BUILT, BARE]


def test_a_class_that_is_merged_into_itself_as_well_stays(samples, table):
    draw(table, 1, 0)
    draw(table, 2, 200)
    water, forest, grass = (each.value for each in table.classes[:3])
    assert class_edits.merge_classes(samples, "class", [forest, grass], forest) == 1
    assert forest in [each.value for each in table.classes] and grass not in [each.value for each in table.classes]
    assert class_edits.merge_classes(samples, "class", [water], water) == 0 and water == table.classes[0].value


def test_nothing_of_a_step_that_fails_stays(samples, table):
    before = table.classes
    draw(table, 1, 0)
    with pytest.raises(RuntimeError), class_edits.one_step(samples, "class", before[:2], "half a step"):
        samples.deleteFeatures([f.id() for f in samples.getFeatures()])
        raise RuntimeError
    assert samples.featureCount() == 1 and table.classes == before


def test_colours_chosen_one_after_the_other_are_done_again_with_the_last(samples, table):
    samples.startEditing()
    before = table.classes[0].colour
    for colour in ("#111111", "#222222"):
        table.recolour(0, colour)
    sample_edits.undo(samples)
    assert table.classes[0].colour == before
    sample_edits.redo(samples)
    assert table.classes[0].colour == "#222222"


def test_a_class_is_split_in_one_step(samples, table):
    fids = [draw(table, 1, 200 * number) for number in range(3)]
    made = class_edits.split_class(samples, "class", fids[:2], "beech", "#123456", RULES)
    assert made.value == 7
    assert names(table)[-1] == "beech"
    assert in_field(samples) == ["beech", "beech", FOREST]
    with pytest.raises(SampleError, match="already"):
        class_edits.split_class(samples, "class", fids[2:], "beech", "#123456", RULES)
    assert in_field(samples) == ["beech", "beech", FOREST]
    sample_edits.undo(samples)
    assert names(table) == list(RULES.land_cover) and in_field(samples) == [FOREST] * 3


def test_every_change_of_the_table_can_be_taken_back(samples, table):
    before = table.classes
    table.add("snow")
    table.move(6, 0)
    table.recolour(0, "#123456")
    table.rename(1, "lake")
    table.remove(2)
    after = table.classes
    assert [c.name for c in after] == ["snow", "lake", GRASS, CROP, BUILT, BARE]
    steps = 0
    while sample_edits.undo(samples):
        steps += 1
    assert steps == 5 and table.classes == before
    while sample_edits.redo(samples):
        pass
    assert table.classes == after


def test_trying_colours_for_a_class_is_one_step(samples, table):
    before = table.classes
    for colour in ("#111111", "#222222", "#333333"):
        table.recolour(0, colour)
    table.recolour(1, "#444444")
    sample_edits.undo(samples)
    assert table.classes[0].colour == "#333333" and table.classes[1] == before[1]
    sample_edits.undo(samples)
    assert table.classes == before
    assert not sample_edits.undo(samples)


def test_a_step_of_undo_does_not_keep_its_layer_alive(samples):
    again = QgsVectorLayer(samples.source(), "again", "ogr")
    class_edits.add_class(again, "class", "snow", "#ffffff", RULES)
    assert again.undoStack().count() == 1
    gone = weakref.ref(again)
    del again
    gc.collect()
    assert gone() is None


def test_classes_of_a_layer_that_cannot_be_edited_can_be_coloured_but_not_merged(samples, table):
    draw(table, 0, 0)
    samples.commitChanges()
    samples.setReadOnly(True)
    table.recolour(0, "#123456")
    assert table.classes[0].colour == "#123456" and not samples.isEditable()
    with pytest.raises(SampleError, match="read-only"):
        class_edits.merge_classes(samples, "class", [1], 2)
    assert names(table) == list(RULES.land_cover)


def test_many_samples_change_class_or_go_in_one_step(samples, table):
    fids = [draw(table, 1, 200 * number) for number in range(4)]
    sample_edits.relabel_samples(samples, "class", fids[:3], table.classes[4])
    assert in_field(samples) == [BUILT, BUILT, BUILT, FOREST]
    sample_edits.erase_samples(samples, fids[1:])
    assert in_field(samples) == [BUILT]
    sample_edits.undo(samples)
    sample_edits.undo(samples)
    assert in_field(samples) == [FOREST] * 4


def test_codes_of_a_field_of_numbers_are_merged_too(qgis_new_project):
    theirs = QgsVectorLayer("Polygon?crs=EPSG:32630&field=code:int", "theirs", "memory")
    QgsProject.instance().addMapLayer(theirs)
    theirs.startEditing()
    for x, code in enumerate((311, 312, 511)):
        shape = QgsGeometry.fromRect(QgsRectangle(500000 + 200 * x, 5000000, 500100 + 200 * x, 5000100))
        sample_edits.add_sample(theirs, "code", sample_layer.SampleClass(1, "x", "#000000", code), shape, UTM)
    table = ClassTable(theirs, "code", RULES)
    assert names(table) == ["311", "312", "511"]
    assert class_edits.merge_classes(theirs, "code", [table.classes[1].value], table.classes[0].value) == 1
    assert sorted(f["code"] for f in theirs.getFeatures()) == [311, 311, 511]
    table.close()


@pytest.fixture
def keys(qgis_app):
    def make(eager):
        made = ClassKeys(eager)
        made.rows, made.typed, made.none = [], [], []
        made.chosen.connect(made.rows.append)
        made.waiting.connect(made.typed.append)
        made.missing.connect(made.none.append)
        return made

    return make


def test_up_to_ten_classes_one_digit_is_enough(keys):
    made = keys(False)
    for digit in (1, 9, 0, 3):
        made.press(digit, 10)
    assert made.rows == [0, 8, 9, 2] and made.typed == []
    made.press(7, 6)
    assert made.none == ["7"]
    assert [key_text(row, 10) for row in (0, 8, 9)] == ["1", "9", "0"]


def test_who_gives_a_class_waits_until_it_is_clear_which(keys, wait):
    made = keys(False)
    made.press(3, 12)  # there is no thirtieth class
    assert made.rows == [2] and made.first == ""
    made.press(1, 12)
    assert made.rows == [2] and made.first == "1" and made.typed == ["1"]
    made.press(2, 12)
    assert made.rows == [2, 11] and made.first == ""
    made.press(0, 12)
    made.press(1, 12)
    assert made.rows == [2, 11, 0]
    made.press(1, 12)
    wait(lambda: made.first == "", seconds=PAUSE / 1000 + 2)
    assert made.rows == [2, 11, 0, 0]
    made.press(1, 12)
    made.press(5, 12)
    assert made.rows == [2, 11, 0, 0] and made.none == ["15"]
    made.press(1, 12)
    made.forget()
    assert made.rows == [2, 11, 0, 0] and made.first == ""
    assert [key_text(row, 120) for row in (0, 9, 98, 99)] == ["1", "10", "99", ""]
