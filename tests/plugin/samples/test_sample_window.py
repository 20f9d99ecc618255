"""The table of samples: what it shows, and what can be done with the samples selected in it."""

import pytest
from fake_greeting import GREETING
from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry, QgsProject, QgsRectangle
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QInputDialog

from qgis_plugin.context import Context
from qgis_plugin.core.samples import sample_edits, sample_layer
from qgis_plugin.core.samples.class_model import ClassTable
from qgis_plugin.core.samples.classes import land_cover
from qgis_plugin.core.samples.sample_model import AGREES, AREA, CLASS, DATE, PIXELS, SEEN, SOURCE
from qgis_plugin.core.worker.client import WorkerClient
from qgis_plugin.core.worker.greeting import Greeting
from qgis_plugin.core.workspace import Workspace
from qgis_plugin.gui.samples.sample_window import SampleWindow

RULES = Greeting.of(GREETING).classes
UTM = QgsCoordinateReferenceSystem("EPSG:32630")
WATER, FOREST, GRASS, CROP, BUILT, BARE = RULES.land_cover


@pytest.fixture
def here(qgis_iface, settings, qgis_new_project):
    """A context whose worker does not run."""
    workspace = Workspace()
    qgis_iface.mapCanvas().setDestinationCrs(UTM)
    yield Context(qgis_iface, WorkerClient(settings), settings, workspace)
    workspace.close()


@pytest.fixture
def table(here, tmp_path):
    layer = sample_layer.create_sample_layer(tmp_path / "s.gpkg", UTM, land_cover(RULES))
    QgsProject.instance().addMapLayer(layer)
    here.workspace.set_samples(layer, "class")
    table = ClassTable(layer, "class", RULES)
    yield table
    table.close()


@pytest.fixture
def window(here, table):
    """Four samples of forest, grass, grass, water, 1 to 4 hectares large."""
    for number, row in enumerate((1, 2, 2, 0), start=1):
        draw(table, row, 300 * number, 100.0 * number)
    window = SampleWindow(here)
    window.set_table(table)
    window.resize(900, 300)
    window.show()
    yield window
    window.close()
    window.deleteLater()


def draw(table, row, x, height=100.0):
    shape = QgsGeometry.fromRect(QgsRectangle(500000 + x, 5000000, 500100 + x, 5000000 + height))
    [fid] = sample_edits.add_sample(table.layer, table.field, table.classes[row], shape, UTM)
    table.recount()
    return fid


def column(window, number):
    return [window.rows.index(row, number).data() for row in range(window.rows.rowCount())]


def select(window, *rows):
    window.view.clearSelection()
    for row in rows:
        flag = window.view.selectionModel().SelectionFlag
        window.view.selectionModel().select(window.rows.index(row, 0), flag.Select | flag.Rows)


def in_field(table):
    return sorted(sample_layer.as_name(f["class"]) for f in table.layer.getFeatures())


def told(window, verdicts):
    """What a worker says of the first samples: pixels, class, share right."""
    fids = window.model.fids
    names = ("fid", "pixels", "predicted", "share_right")
    window.model.set_verdicts(
        [dict(zip(names, (f, *v), strict=True)) for f, v in zip(fids, verdicts, strict=False)], fids
    )


def test_every_sample_has_a_row_with_what_is_known_of_it(window, table):
    assert column(window, CLASS) == [FOREST, GRASS, GRASS, WATER]
    assert column(window, AREA)[0] == "1.0 ha"
    assert column(window, SOURCE) == ["drawn"] * 4
    assert all(column(window, DATE))
    assert column(window, PIXELS) == ["…"] * 4
    assert window.state.text() == "0 of 4 selected"


def test_rows_are_sorted_by_numbers_and_doubtful_ones_come_first(window):
    told(window, [(100, FOREST, 0.9), (20, WATER, 0.1), (300, GRASS, 0.6)])
    window.view.sortByColumn(PIXELS, Qt.SortOrder.AscendingOrder)
    assert column(window, PIXELS) == ["0", "20", "100", "300"]
    window.view.sortByColumn(AREA, Qt.SortOrder.DescendingOrder)
    assert column(window, AREA) == ["4.0 ha", "3.0 ha", "2.0 ha", "1.0 ha"]
    window.view.sortByColumn(SEEN, Qt.SortOrder.AscendingOrder)
    assert column(window, SEEN) == [WATER, GRASS, FOREST, "–"]
    assert column(window, AGREES) == ["10\xa0%", "60\xa0%", "90\xa0%", "–"]
    window.doubtful.setChecked(True)
    assert column(window, SEEN) == [WATER]
    assert window.rows.index(0, SEEN).data(Qt.ItemDataRole.DecorationRole) is not None
    assert "10\xa0% of its pixels" in window.rows.index(0, SEEN).data(Qt.ItemDataRole.ToolTipRole)


def test_what_is_known_of_a_sample_goes_when_it_changes(window, table, wait):
    fids = window.model.fids
    told(window, [(9, WATER, 1.0)] * 4)
    sample_edits.relabel_samples(table.layer, "class", fids[:1], table.classes[4])
    wait(lambda: column(window, PIXELS).count("…") == 1)
    table.layer.changeGeometry(fids[1], QgsGeometry.fromRect(QgsRectangle(500000, 5000000, 500010, 5000010)))
    wait(lambda: column(window, PIXELS).count("…") == 2)


def faint(window, row):
    return window.rows.index(row, AGREES).data(Qt.ItemDataRole.ForegroundRole) is not None


def test_what_was_said_before_an_edit_is_marked_until_it_is_said_anew(window, here, table, wait):
    told(window, [(9, WATER, 0.2)] * 4)
    assert not faint(window, 0) and "before the last change" not in window.model.data(
        window.model.index(0, SEEN), Qt.ItemDataRole.ToolTipRole
    )
    table.changed.emit()  # a colour, say: no model learns otherwise
    assert not faint(window, 0)
    draw(table, 4, 3000)
    assert all(faint(window, row) for row in range(4)), "of the others something else may be true now"
    assert "before the last change" in window.model.index(0, SEEN).data(Qt.ItemDataRole.ToolTipRole)
    assert window.rows.index(0, AREA).data(Qt.ItemDataRole.ForegroundRole) is None
    told(window, [(9, WATER, 0.2)] * 5)
    assert not faint(window, 0)
    here.workspace.dates = "together"
    assert faint(window, 0)
    told(window, [(9, WATER, 0.2)] * 5)
    here.workspace.embeddingChanged.emit(None)  # nothing that was said is of this one
    assert column(window, PIXELS) == ["…"] * 5 and not faint(window, 0)


def test_the_worker_is_free_for_the_map_as_soon_as_a_sample_is_drawn(window, here, monkeypatch):
    """What is being said of the samples is given up at once, not when the hand rests."""
    cancelled = []

    class Job:
        def cancel(self):
            cancelled.append(True)

    window._check._job = Job()
    window._check.ask()
    window._check._job = None
    assert cancelled == [True]


def test_keys_give_the_selected_samples_a_class_erase_and_take_back(window, table, wait):
    select(window, 0, 1)
    QTest.keyClick(window.view, Qt.Key.Key_5)
    assert in_field(table) == sorted([BUILT, BUILT, GRASS, WATER])
    assert table.current == 0, "the class to draw with stays"
    QTest.keyClick(window.view, Qt.Key.Key_Z)
    assert in_field(table) == sorted([FOREST, GRASS, GRASS, WATER])
    wait(lambda: len(window.selected) == 2)
    QTest.keyClick(window.view, Qt.Key.Key_Delete)
    assert len(in_field(table)) == 2
    wait(lambda: window.model.rowCount() == 2)
    QTest.keyClick(window.view, Qt.Key.Key_Z)
    wait(lambda: window.model.rowCount() == 4)


def test_a_first_digit_changes_nothing_until_the_second(window, table, wait):
    for _ in range(6):
        table.add()
    select(window, 0)
    QTest.keyClick(window.view, Qt.Key.Key_1)
    assert in_field(table).count(FOREST) == 1 and window.state.text().startswith("1_")
    QTest.keyClick(window.view, Qt.Key.Key_2)
    assert in_field(table).count(table.classes[11].name) == 1
    QTest.keyClick(window.view, Qt.Key.Key_1)
    select(window, 2)  # another sample: the digit was not meant for it
    QTest.qWait(900)
    assert in_field(table).count(WATER) == 1


def test_selected_samples_become_a_class_of_their_own(window, table, monkeypatch):
    asked = []
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, text: (asked.append(text), ("hay", True))[1])
    select(window, 1)
    window.new.click()
    assert asked == ["class 7"]
    assert in_field(table) == sorted([FOREST, GRASS, "hay", WATER])
    assert table.classes[-1].name == "hay"
    sample_edits.undo(table.layer)
    assert in_field(table) == sorted([FOREST, GRASS, GRASS, WATER]) and len(table.classes) == 6


def test_selected_samples_are_outlined_and_those_selected_on_the_map_are_selected_here(window, here, table):
    scene = here.iface.mapCanvas().scene()
    before = len(scene.items())
    select(window, 0, 3)
    assert window.state.text() == "2 of 4 selected, 5.0 ha"
    assert table.layer.selectedFeatureCount() == 0, "QGIS would fill them, and hide the ground"
    assert len(scene.items()) == before + 1
    [fid] = [f.id() for f in table.layer.getFeatures() if f["class"] == WATER]
    table.layer.selectByIds([fid])
    assert window.selected == [fid]
    window.hide()
    assert len(scene.items()) == before


def test_selected_samples_are_shown_with_their_surroundings(window, here, table):
    canvas = here.iface.mapCanvas()
    canvas.resize(400, 400)
    canvas.setExtent(QgsRectangle(0, 0, 1, 1))
    select(window, 3)
    QTest.keyClick(window.view, Qt.Key.Key_Return)
    [shape] = [f.geometry().boundingBox() for f in table.layer.getFeatures() if f["class"] == WATER]
    assert canvas.extent().contains(shape) and canvas.extent().width() > 2 * shape.height()


def test_a_layer_that_goes_is_painted_no_more(window, table):
    table.close()
    assert len(column(window, CLASS)) == 4


def test_a_table_that_goes_leaves_an_empty_window(window):
    window.set_table(None)
    assert window.model.rowCount() == 0
    assert not window.give.isEnabled()
    QTest.keyClick(window.view, Qt.Key.Key_1)


def test_a_real_worker_says_pixels_and_doubts(workbench, rules, two_dates, monkeypatch, wait):
    """A sample that is called otherwise is pointed at; the table does not wait for the live map."""
    samples = workbench.workspace.samples
    table = ClassTable(samples, "class", rules)
    first = next(iter(table.samples))
    wrong = next(each for each in table.classes if str(each.name) != table.samples[first].name)
    right = table.samples[first].name
    sample_edits.relabel_samples(samples, "class", [first], wrong)
    table.recount()
    window = SampleWindow(workbench)
    window.set_table(table)
    window.show()
    wait(lambda: not window.model.unknown, seconds=120)
    assert column(window, PIXELS).count("0") == 0
    row = window.model.rows_of([first])[0]
    assert window.model.is_doubtful(row) and window.model.index(row, SEEN).data() == right

    # It is the model of the map that is asked: on all dates of a set, in the way that is chosen.
    path, dates = two_dates
    asked, submit = [], workbench.client.submit
    monkeypatch.setattr(workbench.client, "submit", lambda verb, said: asked.append(said) or submit(verb, said))
    workbench.workspace.work_on_set(path, dates)
    wait(lambda: not window.model.unknown, seconds=120)
    workbench.workspace.dates = "together"
    assert window.model.stale
    wait(lambda: not window.model.stale, seconds=120)
    assert [(each["embedding"], each["dates"]) for each in asked] == [(path, "vote"), (path, "together")]
    window.close()
    window.deleteLater()
    table.close()
