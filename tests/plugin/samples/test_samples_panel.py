"""The samples panel in real QGIS: layer, classes, tools, edits, and what happens when layers come and go."""

import json
from pathlib import Path

import pytest
from fake_greeting import GREETING
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.gui import QgsColorButton, QgsMapToolPan
from qgis.PyQt.QtCore import QCoreApplication, QPoint, Qt
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QToolButton

from qgis_plugin.context import Context
from qgis_plugin.core import layers
from qgis_plugin.core.layer_tree import keep_above, place, set_visible, visible
from qgis_plugin.core.samples import sample_edits, sample_layer
from qgis_plugin.core.samples.class_model import COLOUR, NAME
from qgis_plugin.core.samples.classes import land_cover
from qgis_plugin.core.worker.client import WorkerClient
from qgis_plugin.core.worker.greeting import Greeting
from qgis_plugin.core.workspace import Workspace
from qgis_plugin.gui.samples.panel import SamplesPanel

RULES = Greeting.of(GREETING).classes

UTM = QgsCoordinateReferenceSystem("EPSG:32630")


@pytest.fixture
def here(qgis_iface, settings, qgis_new_project):
    """A context whose worker does not run: drawing needs none, once it has been there."""
    workspace = Workspace()
    qgis_iface.mapCanvas().setDestinationCrs(UTM)
    yield Context(qgis_iface, WorkerClient(settings), settings, workspace)
    workspace.close()


@pytest.fixture
def panel(here):
    panel = SamplesPanel(here)
    panel.resize(380, 700)
    panel.show()
    yield panel
    panel.close()
    panel.deleteLater()


@pytest.fixture
def drawn(panel, tmp_path):
    """The panel with a new layer of the six classes."""
    panel.box.new_layer(tmp_path / "s.gpkg")
    return panel


def button(panel, name):
    return panel.findChild(QToolButton, name) or panel.findChild(QPushButton, name)


def sample(panel, row, x, layer=None):
    shape = QgsGeometry.fromRect(QgsRectangle(500000 + x, 5000000, 500100 + x, 5000100))
    table = panel.table
    return sample_edits.add_sample(layer or table.layer, table.field, table.classes[row], shape, UTM)


def notice(panel):
    label = panel.findChild(QLabel, "samplesNotice")
    return label.text() if label.isVisible() else ""


def test_before_there_is_a_layer(panel):
    assert panel.table is None
    assert "Make a sample layer" in notice(panel)
    for name in ("addClass", "removeClass", "upClass", "downClass", "undoSamples", "redoSamples", "saveSamples"):
        assert not button(panel, name).isEnabled()


def test_everything_to_press_has_a_tooltip_and_a_name(drawn):
    for kind in (QToolButton, QPushButton):
        for each in drawn.findChildren(kind):
            if each.parent().objectName() != "qt_toolbar_ext_button" and not isinstance(each, QgsColorButton):
                assert each.toolTip(), each.objectName()
                assert each.objectName()


def test_a_new_layer_lies_beside_the_embedding_and_asks_nothing(panel, here, embedding, tmp_path):
    copy = tmp_path / "s2.tif"
    copy.write_bytes(Path(embedding).read_bytes())
    raster = QgsRasterLayer(str(copy), "my embedding")
    QgsProject.instance().addMapLayer(raster)
    here.workspace.embedding = raster
    button(panel, "newSampleLayer").click()
    button(panel, "newSampleLayer").click()
    assert (tmp_path / "s2_samples.gpkg").exists()
    layer = here.workspace.samples
    assert Path(layers.path_of(layer)) == tmp_path / "s2_samples_2.gpkg"
    assert layer.crs() == raster.crs()
    assert QgsProject.instance().mapLayer(layer.id()) is layer
    assert here.workspace.field == "class"
    assert panel.box.layers.currentLayer() is layer
    assert [c.name for c in panel.table.classes] == list(RULES.land_cover)


def test_a_new_layer_does_not_lie_in_the_cache(panel, here, embedding, tmp_path):
    here.settings.cache_folder = tmp_path / "cache"
    (tmp_path / "cache").mkdir()
    (tmp_path / "project").mkdir()
    copy = tmp_path / "cache" / "s2.tif"
    copy.write_bytes(Path(embedding).read_bytes())
    raster = QgsRasterLayer(str(copy), "summer")
    QgsProject.instance().addMapLayer(raster)
    here.workspace.embedding = raster
    QgsProject.instance().write(str(tmp_path / "project" / "p.qgz"))
    button(panel, "newSampleLayer").click()
    assert (tmp_path / "project" / "summer_samples.gpkg").exists()


def test_the_empty_preset_starts_without_classes(panel, here, tmp_path):
    panel.box.preset.setCurrentIndex(1)
    panel.box.new_layer(tmp_path / "s.gpkg")
    assert panel.table.rowCount() == 0
    assert "at least two classes" in notice(panel)
    button(panel, "addClass").click()
    button(panel, "addClass").click()
    assert [c.name for c in panel.table.classes] == ["class 1", "class 2"]
    assert [c.value for c in panel.table.classes] == [1, 2]


def test_any_polygon_layer_and_field(panel, here, polygons):
    layer = QgsVectorLayer(str(polygons), "theirs", "ogr")
    QgsProject.instance().addMapLayer(layer)
    assert here.workspace.samples is None
    panel.box.layers.setLayer(layer)
    assert here.workspace.samples is layer
    assert here.workspace.field == "class"
    assert panel.table.rowCount() >= 2
    assert sum(panel.table.count(i) for i in range(panel.table.rowCount())) == layer.featureCount()
    panel.box.layers.setLayer(None)
    assert here.workspace.samples is None
    assert panel.table is None


def test_a_field_of_fractions_is_a_sentence(panel, here):
    layer = QgsVectorLayer("Polygon?crs=EPSG:32630&field=kind:string&field=parcel:double", "theirs", "memory")
    QgsProject.instance().addMapLayer(layer)
    panel.box.layers.setLayer(layer)
    assert here.workspace.field == "kind"
    layer.startEditing()
    sample_edits.add_sample(
        layer,
        "parcel",
        sample_layer.SampleClass(1, "x", "#000000", 0.5),
        QgsGeometry.fromWkt("Polygon((0 0,1 0,1 1,0 0))"),
        UTM,
    )
    here.workspace.set_samples(layer, "parcel")
    assert "other than whole numbers" in notice(panel)
    assert panel.table is None


def test_the_name_is_edited_in_place(drawn, wait):
    index = drawn.table.index(0, NAME)
    drawn.classes.view.setCurrentIndex(index)
    drawn.classes.view.edit(index)
    editor = drawn.classes.view.findChild(QLineEdit)
    editor.setText("lake")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    wait(lambda: drawn.table.classes[0].name == "lake")


def test_the_colour_button_recolours_class_and_layer(drawn):
    colour = drawn.classes.view.indexWidget(drawn.table.index(1, COLOUR))
    assert isinstance(colour, QgsColorButton)
    assert colour.color().name() == "#009e73"
    colour.setColor(QColor("#204060"))
    assert drawn.table.classes[1].colour == "#204060"
    categories = drawn.table.layer.renderer().categories()
    assert categories[1].symbol().symbolLayer(0).strokeColor().name() == "#204060"


def test_rows_and_the_class_drawn_with_follow_each_other(drawn):
    drawn.classes.view.selectRow(3)
    assert drawn.table.current == 3
    drawn.table.choose(1)
    assert drawn.classes.view.currentIndex().row() == 1
    button(drawn, "downClass").click()
    assert [c.name for c in drawn.table.classes][:3] == ["water", "grass", "forest"]
    assert drawn.classes.view.currentIndex().row() == 2
    button(drawn, "upClass").click()
    button(drawn, "upClass").click()
    assert not button(drawn, "upClass").isEnabled()
    assert isinstance(drawn.classes.view.indexWidget(drawn.table.index(0, COLOUR)), QgsColorButton)


def test_edits_are_counted_saved_and_taken_back(drawn, wait):
    sample(drawn, 0, 0)
    sample(drawn, 0, 500)
    wait(lambda: "2 unsaved" in drawn.save.text() and "Samples: 2" in drawn.classes.total.toolTip())
    assert "forest" in notice(drawn)
    assert "water" not in notice(drawn)
    drawn.undo.click()
    wait(lambda: "1 unsaved" in drawn.save.text())
    drawn.redo.click()
    wait(lambda: "2 unsaved" in drawn.save.text())
    drawn.save.click()
    wait(lambda: not drawn.save.isEnabled())
    assert drawn.table.layer.isEditable()
    assert not drawn.undo.isEnabled()
    again = QgsVectorLayer(drawn.table.layer.source(), "again", "ogr")
    assert again.featureCount() == 2


def test_removing_a_class_can_be_undone_from_the_panel(drawn, wait):
    sample(drawn, 0, 0)
    drawn.table.choose(0)
    drawn.classes.remove.click()
    assert drawn.table.rowCount() == 5
    drawn.undo.click()
    wait(lambda: drawn.table.count(0) == 1)
    assert [c.name for c in drawn.table.classes] == list(RULES.land_cover)


def test_a_class_that_comes_back_is_drawn_with_again(drawn):
    view = drawn.classes.view
    for row in (5, 2):  # the last one, which leaves the one above chosen, and one among others
        drawn.table.choose(row)
        drawn.classes.remove.click()
        drawn.undo.click()
        assert drawn.table.current == row and view.currentIndex().row() == row
    drawn.classes.remove.click()
    drawn.table.choose(0)  # since then another one was chosen
    drawn.undo.click()
    assert drawn.table.current == 0


def test_tools_exclude_each_other_and_give_the_canvas_back(drawn, here):
    canvas = here.iface.mapCanvas()
    pan = QgsMapToolPan(canvas)
    canvas.setMapTool(pan)
    button(drawn, "polygonTool").click()
    assert canvas.mapTool() is drawn.tools["polygon"]
    button(drawn, "squareTool").click()
    assert not button(drawn, "polygonTool").isChecked()
    assert button(drawn, "squareTool").isChecked()
    drawn.tool_row.square_size.setValue(5)
    assert drawn.tools["square"].size == 5
    button(drawn, "squareTool").click()
    assert canvas.mapTool() is pan
    button(drawn, "freehandTool").click()
    canvas.setMapTool(pan)
    assert not button(drawn, "freehandTool").isChecked()
    canvas.unsetMapTool(pan)


def test_drawing_from_the_panel_with_mouse_and_keys(drawn, here, wait):
    canvas = here.iface.mapCanvas()
    canvas.resize(400, 400)
    canvas.setExtent(QgsRectangle(500000, 5000000, 504000, 5004000))
    button(drawn, "polygonTool").click()
    QTest.keyClick(canvas, Qt.Key.Key_3)
    assert drawn.classes.view.currentIndex().row() == 2
    for x, y in ((100, 100), (200, 100), (200, 200)):
        QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(x, y))
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    wait(lambda: drawn.table.count(2) == 1)


def test_a_layer_removed_while_a_tool_is_in_use(drawn, here, polygons):
    QgsProject.instance().addMapLayer(QgsVectorLayer(str(polygons), "another", "ogr"))
    button(drawn, "polygonTool").click()
    sample(drawn, 0, 0)
    QgsProject.instance().removeMapLayer(here.workspace.samples.id())
    assert here.workspace.samples is None
    assert drawn.table is None
    assert drawn.box.layers.currentLayer() is None
    assert "Make a sample layer" in notice(drawn)
    QCoreApplication.processEvents()


def test_no_layer_stays_no_layer_when_others_come(drawn, here, polygons):
    drawn.box.layers.setLayer(None)
    QgsProject.instance().addMapLayer(QgsVectorLayer(str(polygons), "another", "ogr"))
    assert here.workspace.samples is None


def test_a_read_only_layer_is_said_in_the_panel(drawn):
    drawn.table.layer.setReadOnly(True)
    assert "read-only" in notice(drawn)


def test_a_project_that_is_opened_brings_its_samples(drawn, here, tmp_path):
    sample(drawn, 0, 0)
    drawn.save.click()
    drawn.table.layer.commitChanges()
    project = QgsProject.instance()
    project.write(str(tmp_path / "p.qgz"))
    project.clear()
    assert drawn.table is None
    project.read(str(tmp_path / "p.qgz"))
    assert here.workspace.samples.name() == "Samples"
    assert drawn.box.layers.currentLayer() is here.workspace.samples
    assert drawn.table.count(0) == 1
    assert next(c.colour for c in drawn.table.classes) == "#0072b2"


def test_the_geopackage_alone_is_known_again(drawn, here, tmp_path):
    drawn.table.recolour(0, "#123456")
    QgsProject.instance().removeMapLayer(here.workspace.samples.id())
    QgsProject.instance().addMapLayer(QgsVectorLayer(str(tmp_path / "s.gpkg"), "from the browser", "ogr"))
    assert here.workspace.samples.name() == "from the browser"
    assert drawn.table.classes[0].colour == "#123456"


def test_closing_the_panel_gives_everything_back_and_keeps_the_edits(here, tmp_path):
    canvas = here.iface.mapCanvas()
    items = len(canvas.scene().items())
    for _ in range(3):
        panel = SamplesPanel(here)
        panel.box.new_layer(sample_layer.unique_path(tmp_path, "s"))
        sample(panel, 0, 0)
        button(panel, "rectangleTool").click()
        layer = here.workspace.samples
        panel.close()
        panel.deleteLater()
        assert canvas.mapTool() is None
        assert len(canvas.scene().items()) == items
        assert sample_edits.unsaved(layer) == 1
        layer.undoStack().undo()
        here.workspace.set_samples(None)


def test_why_no_layer_can_be_made_before_the_first_greeting_of_all(here, settings):
    settings.greeting = ""
    panel = SamplesPanel(here)
    panel.show()
    assert not panel.box.new.isEnabled()
    assert "for the first time" in notice(panel)
    settings.greeting = json.dumps(GREETING)
    here.client.greeted.emit()
    assert panel.box.new.isEnabled()
    assert "Make a sample layer" in notice(panel)
    panel.close()
    panel.deleteLater()


def test_samples_wait_for_the_first_greeting_of_all(here, settings, tmp_path):
    path = tmp_path / "s.gpkg"
    layer = sample_layer.create_sample_layer(path, UTM, land_cover(RULES))
    QgsProject.instance().addMapLayer(layer)
    settings.greeting = ""
    panel = SamplesPanel(here)
    assert here.workspace.samples is layer
    assert panel.table is None
    assert "for the first time" in panel.notice.text()
    assert not panel.box.new.isEnabled()
    assert panel.box.new_layer(tmp_path / "other.gpkg") is None
    settings.greeting = json.dumps(GREETING)
    here.client.greeted.emit()
    assert [c.name for c in panel.table.classes] == list(RULES.land_cover)
    assert panel.box.new.isEnabled()
    assert panel.box.preset.itemText(1) == "Empty"
    panel.close()
    panel.deleteLater()


def test_a_second_click_on_a_class_does_not_open_its_name(drawn):
    at = drawn.classes.view.visualRect(drawn.table.index(1, NAME)).center()
    for _ in range(2):
        QTest.mouseClick(drawn.classes.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
        QTest.qWait(QApplication.doubleClickInterval() + 50)
    assert drawn.classes.view.state() != drawn.classes.view.State.EditingState
    QTest.keyClick(drawn.classes.view, Qt.Key.Key_4)
    assert [c.name for c in drawn.table.classes] == list(RULES.land_cover)
    assert drawn.table.current == 3, "the key chooses the class, wherever the focus is in the panel"


def test_digits_choose_the_class_after_a_click_anywhere_in_the_panel(drawn):
    button(drawn, "polygonTool").click()
    QTest.keyClick(button(drawn, "undoSamples"), Qt.Key.Key_5)
    assert drawn.table.current == 4
    QTest.keyClick(button(drawn, "newSampleLayer"), Qt.Key.Key_2)
    assert drawn.table.current == 1


def test_a_digit_that_waits_is_shown_and_the_panel_stays_as_wide(drawn, wait):
    for _ in range(6):
        drawn.table.add()
    inner = drawn.classes.parentWidget()
    wide = inner.minimumSizeHint().width()
    QTest.keyClick(drawn, Qt.Key.Key_1)
    assert drawn.classes.typed.text() == "1_" and drawn.table.current == 0
    assert inner.minimumSizeHint().width() <= wide
    QTest.keyClick(drawn, Qt.Key.Key_1)
    assert drawn.classes.typed.text() == "" and drawn.table.current == 10
    assert drawn.classes.total.isVisibleTo(drawn)


def test_many_classes_leave_the_buttons_below_them_in_sight(drawn, wait):
    make, table = drawn.findChild(QPushButton, "samplesMakeMap"), drawn.classes.view
    for _ in range(30):
        drawn.table.add()
    drawn.resize(390, 800)
    drawn.show()
    wait(lambda: drawn.height() == 800 and make.visibleRegion().boundingRect().height() == make.height())
    low = table.height()
    drawn.resize(390, 1200)
    wait(lambda: table.height() >= low + 350, what="a higher dock shows more classes")


def test_few_classes_leave_no_gap_below_them(drawn, wait):
    drawn.resize(390, 1200)
    drawn.show()
    table, add = drawn.classes.view, drawn.classes.add
    wait(lambda: drawn.height() == 1200 and table.height() == table.sizeHint().height())
    assert add.y() - table.geometry().bottom() < 20


def test_the_notice_is_in_sight_however_low_the_dock_is(drawn, wait):
    drawn.resize(390, 500)
    drawn.show()
    wait(lambda: drawn.notice.text() and drawn.notice.visibleRegion().boundingRect().height() == drawn.notice.height())


def test_the_class_that_is_drawn_stays_in_sight(drawn, wait):
    drawn.show()
    drawn.table.choose(5)
    drawn.resize(390, 500)
    table = drawn.classes.view
    wait(lambda: drawn.height() == 500 and table.height() < table.sizeHint().height())
    wait(lambda: table.viewport().rect().contains(table.visualRect(table.currentIndex()).center()))


def test_a_key_shows_the_table_of_samples(drawn, here, wait):
    button(drawn, "polygonTool").click()
    QTest.keyClick(here.iface.mapCanvas(), Qt.Key.Key_T)
    window = drawn.window_of_samples
    assert drawn.classes.listed.isChecked() and not window.isHidden()
    sample(drawn, 0, 0)
    wait(lambda: window.model.rowCount() == 1)
    QTest.keyClick(drawn, Qt.Key.Key_T)
    assert not drawn.classes.listed.isChecked()


def test_classes_are_merged_and_sets_are_loaded_from_the_menu(drawn, here, monkeypatch):
    told = []
    monkeypatch.setattr(here, "tell", lambda text, *_, **__: told.append(text))
    sample(drawn, 0, 0)
    drawn.table.recount()
    menu = drawn.classes.menu
    menu.fill()
    drawn.table.choose(0)
    menu.fill()
    assert menu.merge.title() == "Merge water into"
    menu.merge.actions()[0].trigger()
    assert told == ["water is forest now (1 samples); undo takes it back."]
    drawn.table.recount()
    menu.fill()
    next(each for each in menu.sets.actions() if each.text().startswith("CORINE, level 1")).trigger()
    assert told[1] == (
        "CORINE, level 1: 5 added, 4 without samples removed, 1 others with samples kept, 5 with another map value"
        " than their code, which was taken."
    )
    for _ in range(2):
        button(drawn, "undoSamples").click()
    assert [c.name for c in drawn.table.classes] == list(RULES.land_cover)


def test_drawing_brings_samples_up_and_hides_the_embedding_once(here, panel, scene, embedding, tmp_path):
    source, raster = QgsRasterLayer(str(scene), "scene"), QgsRasterLayer(str(embedding), "Embedding")
    QgsProject.instance().addMapLayer(source)
    layers.mark(raster, "embedding", source)
    place(raster, source)
    here.workspace.embedding = raster
    panel.box.new_layer(tmp_path / "s.gpkg")
    root = QgsProject.instance().layerTreeRoot()
    assert [node.name() for node in root.findLayers()] == ["Samples", "Embedding", "scene"]
    assert visible(raster)
    button(panel, "polygonTool").click()
    assert not visible(raster) and visible(source) and visible(here.workspace.samples)
    set_visible(raster, True)
    button(panel, "rectangleTool").click()
    assert visible(raster), "who shows it again wants to see it"


def test_samples_of_the_users_own_are_lifted_when_drawing_begins(here, panel, scene, embedding):
    theirs = QgsVectorLayer("Polygon?crs=EPSG:32630&field=class:string", "theirs", "memory")
    source, raster = QgsRasterLayer(str(scene), "scene"), QgsRasterLayer(str(embedding), "Embedding")
    QgsProject.instance().addMapLayers([theirs, source])
    layers.mark(raster, "embedding", source)
    place(raster, source)
    root = QgsProject.instance().layerTreeRoot()
    order = [node.name() for node in root.findLayers()]
    keep_above(raster, [theirs])
    assert [node.name() for node in root.findLayers()].index("theirs") > 0, order
    here.workspace.embedding = raster
    here.workspace.set_samples(theirs)
    button(panel, "polygonTool").click()
    names = [node.name() for node in root.findLayers()]
    assert names.index("theirs") < names.index("Embedding")
