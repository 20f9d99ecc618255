"""Click to segment with the mouse and wheel of a real canvas and a real worker: outlined, turned, taken."""

import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QObject, QPoint, QPointF, Qt, pyqtSignal
from qgis.PyQt.QtGui import QWheelEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QLabel

from qgis_plugin.core.samples import sample_edits, sample_layer
from qgis_plugin.core.samples.class_model import ClassTable
from qgis_plugin.core.samples.region import RegionGrower
from qgis_plugin.gui.samples.segment_tool import SegmentTool

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE, SHIFT, CONTROL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


@pytest.fixture
def tool(workbench, shown_canvas, rules):
    """The tool on the canvas, with a new sample layer of no samples; what it says is in `said`."""
    layer, field = workbench.workspace.samples, workbench.workspace.field
    table = ClassTable(layer, field, rules)
    tool = SegmentTool(shown_canvas, workbench.workspace, workbench.client)
    tool.set_table(table)
    tool.table, tool.said, tool.hints = table, [], []
    tool.refused.connect(tool.said.append)
    tool.hinted.connect(tool.hints.append)
    shown_canvas.setMapTool(tool)
    yield tool
    tool.close()
    table.close()


def spot(canvas, x, y):
    """Where on the canvas a place of the embedding is, which is given as shares of its sides."""
    layer = canvas.layers()[-1]
    extent = layer.extent()
    point = QgsPointXY(extent.xMinimum() + x * extent.width(), extent.yMinimum() + y * extent.height())
    to = QgsCoordinateTransform(layer.crs(), canvas.mapSettings().destinationCrs(), QgsProject.instance())
    pixel = canvas.mapSettings().mapToPixel().transform(to.transform(point))
    return QPoint(round(pixel.x()), round(pixel.y()))


def click(canvas, at, button=LEFT, modifier=NONE):
    QTest.mouseMove(canvas.viewport(), at)
    QTest.mouseClick(canvas.viewport(), button, modifier, at)


def turn(canvas, notches, modifier=NONE):
    """Turn the wheel over the canvas; whether the zoom stayed."""
    before, at = canvas.mapUnitsPerPixel(), QPointF(100, 100)
    delta, phase = QPoint(0, round(120 * notches)), Qt.ScrollPhase.NoScrollPhase
    button = Qt.MouseButton.NoButton
    event = QWheelEvent(at, QPointF(canvas.viewport().mapToGlobal(QPoint(100, 100))), QPoint(), delta, button, modifier,
                        phase, False)  # fmt: skip
    QApplication.sendEvent(canvas.viewport(), event)
    return canvas.mapUnitsPerPixel() == pytest.approx(before)


def outlined(tool, wait):
    wait(lambda: not tool._grower.busy, what="an outline")
    return tool._region


def inside(canvas, region):
    """A point of the canvas that the shape holds."""
    to = QgsCoordinateTransform(region.crs, canvas.mapSettings().destinationCrs(), QgsProject.instance())
    point = to.transform(region.shape.pointOnSurface().asPoint())
    pixel = canvas.mapSettings().mapToPixel().transform(point)
    return QPoint(int(pixel.x()), int(pixel.y()))


def new_samples(tool):
    return [f for f in tool.layer.getFeatures() if f.id() < 0]


def test_a_click_outlines_the_wheel_turns_and_a_click_inside_takes_it(tool, shown_canvas, wait):
    number = tool.layer.featureCount()
    tool.table.choose(2)
    click(shown_canvas, spot(shown_canvas, 0.5, 0.5))
    first = outlined(tool, wait)
    note = shown_canvas.findChild(QLabel, "segmentNote")
    assert note.isVisible() and "wheel" in note.text() and note.width() < shown_canvas.width()
    assert first.pixels > 1 and tool._band.isVisible() and tool.layer.featureCount() == number
    assert turn(shown_canvas, 6), "the wheel does not zoom while a shape is outlined"
    larger = outlined(tool, wait)
    assert larger.pixels > first.pixels
    turn(shown_canvas, -4)
    taken = outlined(tool, wait)
    assert first.pixels <= taken.pixels < larger.pixels and "pixels" in tool.hints[-1]
    click(shown_canvas, inside(shown_canvas, taken))
    [sample] = new_samples(tool)
    assert sample["class"] == tool.table.classes[2].name
    assert sample.geometry().area() == pytest.approx(taken.area, rel=1e-3)
    assert not tool._points and not tool._band.isVisible() and not note.isVisible()
    sample_edits.undo(tool.layer)
    assert new_samples(tool) == []


def test_escape_drops_enter_takes_and_the_wheel_zooms_again(tool, shown_canvas, wait):
    click(shown_canvas, spot(shown_canvas, 0.4, 0.4))
    outlined(tool, wait)
    QTest.keyClick(shown_canvas, Qt.Key.Key_Escape)
    assert not tool._band.isVisible() and tool._region is None
    QTest.keyClick(shown_canvas, Qt.Key.Key_Return)
    assert new_samples(tool) == []
    assert not turn(shown_canvas, 1)
    click(shown_canvas, spot(shown_canvas, 0.4, 0.4))
    outlined(tool, wait)
    assert not turn(shown_canvas, 1, CONTROL), "with Ctrl the wheel zooms all the same"
    QTest.keyClick(shown_canvas, Qt.Key.Key_Return)
    assert len(new_samples(tool)) == 1


def test_an_answer_that_comes_after_escape_is_not_shown(tool, shown_canvas, wait):
    click(shown_canvas, spot(shown_canvas, 0.4, 0.4))
    QTest.keyClick(shown_canvas, Qt.Key.Key_Escape)
    wait(lambda: tool._grower._job is None)
    assert tool._region is None and not tool._band.isVisible()


def test_shift_adds_a_place_and_a_click_elsewhere_begins_anew(tool, shown_canvas, wait):
    click(shown_canvas, spot(shown_canvas, 0.2, 0.2))
    one = outlined(tool, wait)
    click(shown_canvas, spot(shown_canvas, 0.8, 0.8), modifier=SHIFT)
    both = outlined(tool, wait)
    assert both.pixels > one.pixels and len(both.shape.asGeometryCollection()) == 2
    QTest.keyClick(shown_canvas, Qt.Key.Key_Backspace)
    assert outlined(tool, wait).pixels == one.pixels
    click(shown_canvas, spot(shown_canvas, 0.8, 0.8))
    other = outlined(tool, wait)
    assert other.pixels == both.pixels - one.pixels and new_samples(tool) == []


def test_what_is_asked_of_the_worker_is_what_was_turned_typed_and_chosen(tool, shown_canvas, monkeypatch):
    asked = []
    monkeypatch.setattr(tool._grower, "ask", asked.append)

    def steps():
        return [seed["step"] for seed in asked[-1]["seeds"]]

    click(shown_canvas, spot(shown_canvas, 0.4, 0.4))
    assert steps() == [0] and asked[-1]["holes"] == 10
    QTest.keyClick(shown_canvas, Qt.Key.Key_Minus)
    assert steps() == [-1]
    for _ in range(3):
        QTest.keyClick(shown_canvas, Qt.Key.Key_Plus)
    assert steps() == [2]
    turn(shown_canvas, 0.75)  # a touchpad says less than a notch
    assert steps() == [2]
    turn(shown_canvas, 0.75)
    assert steps() == [3]
    turn(shown_canvas, 0.5)
    assert steps() == [4], "what was left of the notch before counts"
    click(shown_canvas, spot(shown_canvas, 0.8, 0.8), modifier=SHIFT)
    turn(shown_canvas, -5)
    assert steps() == [4, -5], "the wheel is that of the place clicked last"
    turn(shown_canvas, -100)
    assert steps() == [4, -63]
    turn(shown_canvas, 200)
    assert steps() == [4, 63]
    tool.holes = 3
    assert asked[-1]["holes"] == 3


def test_shift_and_a_click_inside_adds_a_place_and_takes_nothing(tool, shown_canvas, wait):
    click(shown_canvas, spot(shown_canvas, 0.4, 0.4))
    region = outlined(tool, wait)
    click(shown_canvas, inside(shown_canvas, region), modifier=SHIFT)
    assert new_samples(tool) == [] and len(tool._points) == 2


class AskedJob(QObject):
    """A question to the worker that is answered by hand."""

    finished, failed, ended = pyqtSignal(object), pyqtSignal(str, str), pyqtSignal()

    cancelled = False

    def cancel(self):
        self.cancelled = True


class Asked:
    """A worker that keeps what it is asked."""

    def __init__(self):
        self.jobs = []

    def submit(self, _verb, arguments):
        self.jobs.append((arguments, AskedJob()))
        return self.jobs[-1][1]


ANSWER = {"shape": QgsGeometry.fromWkt("Point (1 2)").asWkb().data().hex(), "crs": "", "pixels": 1, "area": 1.0,
          "bounded": None}  # fmt: skip


def test_of_quick_turns_the_newest_is_asked_and_what_was_dropped_is_not_shown():
    worker, shown, failed = Asked(), [], []
    grower = RegionGrower(worker)
    grower.grown.connect(shown.append)
    grower.failed.connect(failed.append)
    for number in range(4):
        grower.ask({"number": number})
    assert [each["number"] for each, _ in worker.jobs] == [0] and grower.busy
    worker.jobs[0][1].finished.emit(ANSWER)
    worker.jobs[0][1].ended.emit()
    assert [each["number"] for each, _ in worker.jobs] == [0, 3] and len(shown) == 1
    grower.drop()
    worker.jobs[1][1].finished.emit(ANSWER)
    worker.jobs[1][1].failed.emit("error", "no embedding here")
    worker.jobs[1][1].ended.emit()
    assert len(shown) == 1 and failed == [] and not grower.busy and len(worker.jobs) == 2
    grower.ask({"number": 5})
    worker.jobs[2][1].failed.emit("cancelled", "stopped")
    assert failed == []
    worker.jobs[2][1].failed.emit("error", "no embedding here")
    assert failed == ["no embedding here"]


def test_what_is_cut_by_the_view_is_told_once_and_grows_when_one_zooms_out(tool, shown_canvas, wait):
    whole = shown_canvas.extent()
    click(shown_canvas, spot(shown_canvas, 0.5, 0.5))
    full = outlined(tool, wait)
    tool.cancel()
    box = full.shape.boundingBox()
    middle = full.shape.pointOnSurface().asPoint()
    shown_canvas.setExtent(QgsRectangle.fromCenterAndSize(middle, box.width() / 4, box.height() / 4))
    click(shown_canvas, inside(shown_canvas, full))
    cut = outlined(tool, wait)
    assert cut.bounded == "view" and cut.pixels < full.pixels
    turn(shown_canvas, 1)
    outlined(tool, wait)
    assert len(tool.said) == 1 and "zoom out" in tool.said[0]
    shown_canvas.setExtent(whole)
    wait(lambda: outlined(tool, wait).bounded == "", what="a shape that is not cut")


def test_it_works_in_another_crs_of_the_canvas(tool, shown_canvas, wait):
    shown_canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    shown_canvas.zoomToFullExtent()
    layer = shown_canvas.layers()[-1]
    to = QgsCoordinateTransform(layer.crs(), QgsCoordinateReferenceSystem("EPSG:3857"), QgsProject.instance())
    shown_canvas.setExtent(to.transformBoundingBox(layer.extent()))
    click(shown_canvas, spot(shown_canvas, 0.5, 0.5))
    region = outlined(tool, wait)
    click(shown_canvas, inside(shown_canvas, region), RIGHT)
    [sample] = new_samples(tool)
    assert sample.geometry().area() == pytest.approx(region.area, rel=1e-3)
    drawn = sample_layer.collect(tool.layer, "class")
    assert len(drawn["features"]) == tool.layer.featureCount()


def test_without_an_embedding_or_beside_it_there_is_a_sentence(tool, workbench, shown_canvas, wait):
    click(shown_canvas, spot(shown_canvas, 1.02, 1.02))
    wait(lambda: tool.said)
    assert "outside the embedding" in tool.said[0] and not tool._points
    workbench.workspace.embedding = None
    click(shown_canvas, spot(shown_canvas, 0.5, 0.5))
    assert "Choose an embedding first" in tool.said[1]


def test_reading_ahead_stops_for_a_click_and_goes_on_after_it():
    worker = Asked()
    grower = RegionGrower(worker)
    grower.read_ahead({"view": 1})
    reading = worker.jobs[0][1]
    grower.ask({"number": 0})
    assert reading.cancelled and [each for each, _ in worker.jobs] == [{"view": 1}, {"number": 0}]
    reading.ended.emit()
    grower.read_ahead({"view": 2})
    assert len(worker.jobs) == 2, "it waits for the outline"
    worker.jobs[1][1].ended.emit()
    assert worker.jobs[2][0] == {"view": 2}
    worker.jobs[2][1].ended.emit()
    grower.ask({"number": 1})
    worker.jobs[3][1].ended.emit()
    assert len(worker.jobs) == 4, "what is ready is not read again"


def test_the_ground_of_the_view_is_read_when_the_tool_is_taken_up_and_when_the_view_rests(
    tool, workbench, shown_canvas, wait, monkeypatch
):
    asked = []
    monkeypatch.setattr(tool._grower, "read_ahead", asked.append)
    wait(lambda: asked, what="reading ahead")
    assert asked[0]["embedding"] == workbench.workspace.embedding_path
    shown_canvas.zoomByFactor(0.5)
    wait(lambda: len(asked) > 1, what="reading ahead of what is seen now")
    assert asked[-1]["view"] != asked[0]["view"]
    shown_canvas.unsetMapTool(tool)
    assert asked[-1] is None
