"""The tools that draw samples, with the mouse and keys of a real canvas."""

import math

import pytest
from fake_greeting import GREETING
from osgeo import gdal
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QEvent, QPoint, Qt
from qgis.PyQt.QtGui import QKeyEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QWidget

from qgis_plugin.core.samples import sample_edits, sample_layer
from qgis_plugin.core.samples.class_model import ClassTable
from qgis_plugin.core.samples.classes import land_cover
from qgis_plugin.core.worker.greeting import Greeting
from qgis_plugin.core.workspace import Workspace
from qgis_plugin.gui.samples.map_tools import FreehandTool, PolygonTool, RectangleTool, SquareTool

RULES = Greeting.of(GREETING).classes
UTM = QgsCoordinateReferenceSystem("EPSG:32630")
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture
def canvas(qgis_new_project):
    canvas = QgsMapCanvas()
    canvas.setDestinationCrs(UTM)
    canvas.resize(400, 400)
    canvas.show()
    canvas.setExtent(QgsRectangle(500000, 5000000, 504000, 5004000))
    assert canvas.mapUnitsPerPixel() == pytest.approx(10, rel=0.02)
    yield canvas
    canvas.close()
    canvas.deleteLater()


@pytest.fixture
def workspace(qgis_new_project):
    workspace = Workspace()
    yield workspace
    workspace.close()


@pytest.fixture
def table(qgis_new_project, tmp_path):
    layer = sample_layer.create_sample_layer(tmp_path / "s.gpkg", UTM, land_cover(RULES))
    QgsProject.instance().addMapLayer(layer)
    table = ClassTable(layer, "class", RULES)
    yield table
    table.close()


@pytest.fixture
def use(canvas, workspace, table):
    """Makes a tool of a kind the canvas' own; what it says is in `tool.said`."""
    made = []

    def use(kind):
        tool = kind(canvas, workspace)
        tool.set_table(table)
        tool.said, tool.added = [], []
        tool.refused.connect(tool.said.append)
        tool.sampleAdded.connect(tool.added.append)
        canvas.setMapTool(tool)
        made.append(tool)
        return tool

    yield use
    for tool in made:
        tool.close()


def click(canvas, x, y, button=LEFT):
    QTest.mouseMove(canvas.viewport(), QPoint(x, y))
    QTest.mouseClick(canvas.viewport(), button, Qt.KeyboardModifier.NoModifier, QPoint(x, y))


def drag(canvas, *points):
    QTest.mousePress(canvas.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, QPoint(*points[0]))
    for point in points[1:]:
        move(canvas, *point, buttons=LEFT)
    QTest.mouseRelease(canvas.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, QPoint(*points[-1]))


def move(canvas, x, y, buttons=Qt.MouseButton.NoButton):
    """A move of the mouse with buttons held, which QTest cannot make."""
    from qgis.gui import QgsMapMouseEvent

    event = QgsMapMouseEvent(canvas, QEvent.Type.MouseMove, QPoint(x, y), Qt.MouseButton.NoButton, buttons)
    canvas.mapTool().canvasMoveEvent(event)


def key(canvas, name, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(canvas, name, modifier)


def drawn(table):
    return [(sample_layer.as_name(f["class"]), f.geometry()) for f in table.layer.getFeatures()]


def names(table):
    return sorted(name for name, _ in drawn(table))


@pytest.fixture
def embedded(workspace, tmp_path):
    """An embedding in work that covers the left half of the canvas."""
    made = gdal.GetDriverByName("GTiff").Create(str(tmp_path / "e.tif"), 20, 40, 1)
    made.SetProjection(UTM.toWkt())
    made.SetGeoTransform((500000, 100, 0, 5004000, 0, -100))
    del made
    raster = QgsRasterLayer(str(tmp_path / "e.tif"), "e")
    QgsProject.instance().addMapLayer(raster)
    workspace.embedding = raster
    return raster


def test_a_sample_that_nothing_can_be_learned_from_is_told(canvas, table, use, embedded):
    tool = use(RectangleTool)
    drag(canvas, (150, 100), (250, 200))  # half on it
    assert tool.said == [] and len(names(table)) == 1
    drag(canvas, (250, 100), (350, 200))
    assert len(names(table)) == 2  # it may be wanted for a scene that comes later
    assert tool.said == ["This sample lies outside the embedding: nothing is learned from it. Z takes it back."]
    key(canvas, Qt.Key.Key_Z)
    assert len(names(table)) == 1


def test_a_longitude_of_another_turn_is_no_other_place(embedded, workspace, tmp_path):
    made = gdal.GetDriverByName("GTiff").Create(str(tmp_path / "fiji.tif"), 20, 20, 1)
    made.SetProjection(QgsCoordinateReferenceSystem("EPSG:4326").toWkt())
    made.SetGeoTransform((179.9, 0.01, 0, -17, 0, -0.01))
    del made
    workspace.embedding = QgsRasterLayer(str(tmp_path / "fiji.tif"), "fiji")
    QgsProject.instance().addMapLayer(workspace.embedding)
    degrees = QgsCoordinateReferenceSystem("EPSG:4326")
    there, far = (QgsGeometry.fromRect(QgsRectangle(west, -17.1, west + 0.02, -17.05)) for west in (-179.95, -179.5))
    assert not workspace.is_beside(there, degrees) and workspace.is_beside(far, degrees)
    workspace.embedding = None
    assert not workspace.is_beside(far, degrees)


def test_a_polygon_by_clicks_ends_with_a_right_click(canvas, table, use):
    tool = use(PolygonTool)
    for x, y in ((100, 100), (200, 100), (200, 200), (100, 200)):
        click(canvas, x, y)
    assert names(table) == []
    click(canvas, 100, 200, RIGHT)
    [(name, shape)] = drawn(table)
    assert name == "water"
    assert shape.area() == pytest.approx((100 * canvas.mapUnitsPerPixel()) ** 2, rel=1e-6)
    assert table.layer.isEditable()
    assert tool.added == [next(table.layer.getFeatures()).id()]
    assert next(table.layer.getFeatures())["created"].isValid()


@pytest.mark.parametrize("end", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_ends_and_backspace_takes_a_corner_back(canvas, table, use, end):
    use(PolygonTool)
    for x, y in ((100, 100), (200, 100), (200, 200), (390, 390)):
        click(canvas, x, y)
    key(canvas, Qt.Key.Key_Backspace)
    key(canvas, end)
    [(_, shape)] = drawn(table)
    assert shape.area() == pytest.approx((100 * canvas.mapUnitsPerPixel()) ** 2 / 2, rel=1e-6)


def test_two_corners_are_not_a_polygon_and_escape_drops_them(canvas, table, use):
    tool = use(PolygonTool)
    click(canvas, 100, 100)
    click(canvas, 200, 100)
    click(canvas, 200, 100, RIGHT)
    assert tool.said == ["A polygon needs at least three corners."]
    click(canvas, 200, 200)
    key(canvas, Qt.Key.Key_Escape)
    click(canvas, 200, 200, RIGHT)
    assert names(table) == []


def test_backspace_to_the_first_corner_and_beyond(canvas, table, use):
    use(PolygonTool)
    click(canvas, 100, 100)
    for _ in range(3):
        key(canvas, Qt.Key.Key_Backspace)
    for x, y in ((100, 100), (200, 100), (200, 200)):
        click(canvas, x, y)
    key(canvas, Qt.Key.Key_Return)
    assert names(table) == ["water"]


def test_a_bow_tie_is_repaired(canvas, table, use):
    use(PolygonTool)
    for x, y in ((100, 100), (200, 200), (200, 100), (100, 200)):
        click(canvas, x, y)
    key(canvas, Qt.Key.Key_Return)
    [(_, shape)] = drawn(table)
    assert shape.isGeosValid()
    assert shape.area() == pytest.approx((100 * canvas.mapUnitsPerPixel()) ** 2 / 2, rel=1e-6)


def test_freehand_follows_the_mouse_and_is_simplified(canvas, table, use):
    use(FreehandTool)
    circle = [(round(200 + 80 * math.cos(a / 100)), round(200 + 80 * math.sin(a / 100))) for a in range(0, 628, 2)]
    drag(canvas, *circle)
    [(_, shape)] = drawn(table)
    assert shape.area() == pytest.approx(math.pi * (80 * canvas.mapUnitsPerPixel()) ** 2, rel=0.03)
    assert 8 < shape.constGet().nCoordinates() < 160


def test_a_click_with_a_drag_tool_draws_nothing(canvas, table, use):
    tool = use(FreehandTool)
    drag(canvas, (100, 100), (101, 100))
    assert names(table) == []
    assert "button pressed" in tool.said[0]


@pytest.mark.parametrize("rotation", [0, 30])
def test_a_rectangle_from_corner_to_corner_of_the_screen(canvas, table, use, rotation):
    canvas.setRotation(rotation)
    use(RectangleTool)
    drag(canvas, (100, 100), (150, 160), (300, 200))
    [(_, shape)] = drawn(table)
    pixel = canvas.mapUnitsPerPixel()
    assert shape.area() == pytest.approx(200 * pixel * 100 * pixel, rel=0.01)
    assert shape.constGet().nCoordinates() == 5


def test_escape_during_a_drag_drops_it(canvas, table, use):
    use(RectangleTool)
    QTest.mousePress(canvas.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, QPoint(100, 100))
    move(canvas, 200, 200, LEFT)
    key(canvas, Qt.Key.Key_Escape)
    QTest.mouseRelease(canvas.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, QPoint(200, 200))
    assert names(table) == []


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_click_makes_a_square_on_the_embeddings_grid(canvas, table, use, workspace, embedding, size):
    raster = QgsRasterLayer(str(embedding), "embedding")
    QgsProject.instance().addMapLayer(raster)
    workspace.embedding = raster
    canvas.setDestinationCrs(raster.crs())
    canvas.setExtent(raster.extent())
    tool = use(SquareTool)
    tool.size = size
    click(canvas, 200, 200)
    [(_, shape)] = drawn(table)
    spot = tool.toMapCoordinates(QPoint(200, 200))
    assert table.layer.crs() != raster.crs()
    there = QgsCoordinateTransform(table.layer.crs(), raster.crs(), QgsProject.instance())
    shape.transform(there)
    box, pixel = shape.boundingBox(), raster.rasterUnitsPerPixelX()
    for edge in (box.xMinimum() - raster.extent().xMinimum(), raster.extent().yMaximum() - box.yMaximum()):
        assert edge / pixel == pytest.approx(round(edge / pixel), abs=1e-4)
    assert box.width() / pixel == pytest.approx(size, abs=1e-4)
    assert box.height() / pixel == pytest.approx(size, abs=1e-4)
    assert box.contains(spot)


def test_a_square_needs_an_embedding_under_it(canvas, table, use, workspace, embedding):
    tool = use(SquareTool)
    click(canvas, 200, 200)
    raster = QgsRasterLayer(str(embedding), "embedding")
    QgsProject.instance().addMapLayer(raster)
    workspace.embedding = raster
    canvas.setExtent(QgsRectangle(700000, 6000000, 704000, 6004000))
    click(canvas, 200, 200)
    assert [sentence.split(":")[0] for sentence in tool.said] == [
        "Choose an embedding first",
        "That place is outside the embedding; choose one inside.",
    ]
    assert names(table) == []


def test_number_keys_choose_the_class_that_is_drawn(canvas, table, use):
    tool = use(RectangleTool)
    for number, x in ((Qt.Key.Key_2, 50), (Qt.Key.Key_6, 150), (Qt.Key.Key_1, 250)):
        key(canvas, number)
        drag(canvas, (x, 50), (x + 50, 100))
    assert names(table) == ["bare", "forest", "water"]
    assert table.current == 0
    key(canvas, Qt.Key.Key_0)
    assert tool.said == ["There is no class with that key; add it, or type another."]
    assert table.current == 0
    for _ in range(4):
        table.add()
    key(canvas, Qt.Key.Key_0)
    assert table.current == 9


def test_two_digits_choose_among_more_than_ten_classes_and_the_mouse_ends_the_first(canvas, table, use):
    tool, hints = use(RectangleTool), []
    tool.hinted.connect(hints.append)
    for _ in range(6):
        table.add()
    assert table.index(11, 0).data() == "12"
    key(canvas, Qt.Key.Key_1)
    assert table.current == 0 and hints[-1].startswith("1_")
    drag(canvas, (50, 50), (100, 100))  # quicker than the pause: the class of the first digit
    key(canvas, Qt.Key.Key_2)
    drag(canvas, (150, 50), (200, 100))
    assert names(table) == ["forest", "water"]
    key(canvas, Qt.Key.Key_1)
    key(canvas, Qt.Key.Key_2)
    assert table.current == 11 and not hints[-1].startswith("1_")
    key(canvas, Qt.Key.Key_0)
    key(canvas, Qt.Key.Key_5)
    assert table.current == 4
    key(canvas, Qt.Key.Key_1)
    key(canvas, Qt.Key.Key_9)
    assert table.current == 0 and tool.said == ["There is no class with that key; add it, or type another."]
    assert [c.name for c in table.classes][:6] == list(RULES.land_cover)


def test_undo_and_redo_by_keys(canvas, table, use):
    tool = use(RectangleTool)
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    for x in (50, 150, 250):
        drag(canvas, (x, 50), (x + 50, 100))
    key(canvas, Qt.Key.Key_Z)
    assert len(names(table)) == 2
    key(canvas, Qt.Key.Key_Z, control)
    assert len(names(table)) == 1
    key(canvas, Qt.Key.Key_Z, shift)
    assert len(names(table)) == 2
    key(canvas, Qt.Key.Key_Y, control)
    assert len(names(table)) == 3
    key(canvas, Qt.Key.Key_Y, control)
    assert tool.said == ["There is nothing to redo."]


def test_undo_while_drawing_takes_a_corner_back_not_a_sample(canvas, table, use):
    use(PolygonTool)
    for x, y in ((100, 100), (200, 100), (200, 200)):
        click(canvas, x, y)
    key(canvas, Qt.Key.Key_Return)
    click(canvas, 300, 300)
    key(canvas, Qt.Key.Key_Z)
    assert names(table) == ["water"]
    key(canvas, Qt.Key.Key_Z)
    assert names(table) == []


def test_shortcuts_of_qgis_stand_back_for_the_keys_of_the_tool(canvas, use):
    use(RectangleTool)
    for name, modifier, ours in (
        (Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier, True),
        (Qt.Key.Key_1, Qt.KeyboardModifier.NoModifier, True),
        (Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier, False),
    ):
        event = QKeyEvent(QEvent.Type.ShortcutOverride, name, modifier)
        event.ignore()
        QApplication.sendEvent(canvas, event)
        assert event.isAccepted() == ours
    canvas.unsetMapTool(canvas.mapTool())
    event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_1, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    QApplication.sendEvent(canvas, event)
    assert not event.isAccepted()


def test_e_erases_the_smallest_sample_under_the_cursor(canvas, table, use):
    tool = use(RectangleTool)
    drag(canvas, (50, 50), (350, 350))
    key(canvas, Qt.Key.Key_2)
    drag(canvas, (100, 100), (200, 200))
    QTest.mouseMove(canvas.viewport(), QPoint(150, 150))
    move(canvas, 150, 150)
    key(canvas, Qt.Key.Key_E)
    assert names(table) == ["water"]
    key(canvas, Qt.Key.Key_Z)
    assert names(table) == ["forest", "water"]
    move(canvas, 10, 10)
    key(canvas, Qt.Key.Key_E)
    assert tool.said == ["There is no sample under the cursor; move onto one."]


def test_another_crs_than_the_canvas(canvas, use, tmp_path):
    degrees = sample_layer.create_sample_layer(
        tmp_path / "d.gpkg", QgsCoordinateReferenceSystem("EPSG:4326"), land_cover(RULES)
    )
    QgsProject.instance().addMapLayer(degrees)
    tool = use(RectangleTool)
    other = ClassTable(degrees, "class", RULES)
    tool.set_table(other)
    drag(canvas, (100, 100), (200, 200))
    [(_, shape)] = drawn(other)
    back = QgsCoordinateTransform(degrees.crs(), UTM, QgsProject.instance())
    corner = back.transform(QgsPointXY(shape.vertexAt(0)))
    expected = tool.toMapCoordinates(QPoint(100, 100))
    assert corner.distance(expected) < 0.01
    move(canvas, 150, 150)
    key(canvas, Qt.Key.Key_E)
    assert names(other) == []
    tool.set_table(None)
    other.close()


@pytest.mark.parametrize("reason", ["read-only", "no coordinate reference system"])
def test_a_layer_that_cannot_be_drawn_into_says_why(canvas, table, use, reason):
    if reason == "read-only":
        table.layer.setReadOnly(True)
    else:
        table.layer.setCrs(QgsCoordinateReferenceSystem())
    tool = use(PolygonTool)
    click(canvas, 100, 100)
    assert reason in tool.said[0]
    rectangle = use(RectangleTool)
    drag(canvas, (100, 100), (200, 200))
    assert reason in rectangle.said[0]
    assert names(table) == []


def test_without_layer_or_class_the_tools_say_what_is_missing(canvas, table, use):
    tool = use(PolygonTool)
    while table.rowCount():
        table.remove(0)
    click(canvas, 100, 100)
    tool.set_table(None)
    click(canvas, 100, 100)
    for name in (Qt.Key.Key_1, Qt.Key.Key_E, Qt.Key.Key_Z, Qt.Key.Key_Return, Qt.Key.Key_Escape):
        key(canvas, name)
    assert tool.said[:2] == ["Add a class first.", "Choose or make a sample layer first."]


def test_a_layer_removed_while_drawing(canvas, table, use):
    tool = use(PolygonTool)
    click(canvas, 100, 100)
    click(canvas, 200, 100)
    QgsProject.instance().removeMapLayer(table.layer.id())
    click(canvas, 200, 200)
    click(canvas, 200, 200, RIGHT)
    key(canvas, Qt.Key.Key_E)
    key(canvas, Qt.Key.Key_Z)
    assert tool.said[-1] == "Choose or make a sample layer first."


def test_another_crs_of_the_canvas_or_another_tool_drops_what_is_drawn(canvas, table, use):
    use(PolygonTool)
    for x, y in ((100, 100), (200, 100), (200, 200)):
        click(canvas, x, y)
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    key(canvas, Qt.Key.Key_Return)
    assert names(table) == []


def test_closing_the_tool_leaves_nothing_on_the_canvas(canvas, table, use):
    before = len(canvas.scene().items())
    tool = use(PolygonTool)
    click(canvas, 100, 100)
    tool.close()
    assert len(canvas.scene().items()) == before
    assert canvas.mapTool() is None
    key(canvas, Qt.Key.Key_1)


def test_each_sample_is_one_step_of_undo(canvas, table, use):
    use(RectangleTool)
    drag(canvas, (50, 50), (100, 100))
    assert table.layer.undoStack().count() == 1
    assert table.layer.undoStack().undoText() == "Sample of water"
    sample_edits.undo(table.layer)
    assert names(table) == []


def test_the_canvas_takes_the_keys_when_the_mouse_comes_to_draw(canvas, table, use):
    window = QWidget()
    row = QHBoxLayout(window)
    elsewhere = QLineEdit()
    row.addWidget(elsewhere)
    row.addWidget(canvas)
    window.show()
    QTest.qWaitForWindowActive(window)
    use(PolygonTool)
    elsewhere.setFocus()
    assert QApplication.focusWidget() is elsewhere
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.Enter))
    assert QApplication.focusWidget() is canvas
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_4)
    assert table.current == 3 and elsewhere.text() == ""
    canvas.setParent(None)
    window.close()


def test_a_sample_gets_the_chosen_class_by_a_key(canvas, table, use):
    use(PolygonTool)
    for x, y in ((100, 100), (200, 100), (200, 200)):
        click(canvas, x, y)
    click(canvas, 200, 200, RIGHT)
    key(canvas, Qt.Key.Key_3)
    move(canvas, 180, 130)
    key(canvas, Qt.Key.Key_R)
    assert [name for name, _ in drawn(table)] == [table.classes[2].name]
    key(canvas, Qt.Key.Key_Z)
    assert [name for name, _ in drawn(table)] == [table.classes[0].name]


def test_a_rectangle_by_two_clicks(canvas, table, use):
    tool = use(RectangleTool)
    click(canvas, 100, 100)
    assert drawn(table) == [] and not tool.said
    move(canvas, 150, 140)
    click(canvas, 200, 160)
    [(_, shape)] = drawn(table)
    assert shape.boundingBox().width() == pytest.approx(1000, rel=0.05)
    click(canvas, 300, 300)
    key(canvas, Qt.Key.Key_Escape)
    click(canvas, 100, 300)
    click(canvas, 150, 350)
    assert len(drawn(table)) == 2, "Esc takes the first corner back"
