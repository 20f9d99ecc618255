"""The tab "Map": suggestions are labelled by keys, similar places become polygons, swipe takes turns."""

import pytest
from qgis.core import QgsPointXY, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QPushButton
from qgis.PyQt.QtXml import QDomDocument

from qgis_plugin.core.layer_tree import visible
from qgis_plugin.core.layers import mark
from qgis_plugin.core.samples.sample_layer import read_classes


@pytest.fixture
def panel(workbench, shown_canvas, qgis_iface, monkeypatch):
    from qgis_plugin.gui.maps.panel import MapPanel

    monkeypatch.setattr(qgis_iface, "mapCanvas", lambda: shown_canvas, raising=False)
    panel = MapPanel(workbench)
    panel.resize(390, 700)
    panel.show()
    samples = workbench.workspace.samples
    yield panel
    samples.rollBack()
    panel.close()


def test_the_switch_shows_shares_and_validation(panel, wait):
    panel.live.switch.click()
    wait(lambda: panel.session.layer is not None, what="the live map")
    wait(panel.live.validation.text, what="validation")
    assert "places left out in turn" in panel.live.validation.text()
    shares = [row[3].text() for row in panel.live.shares._rows.values()]
    assert len(shares) == 6 and sum(float(text.split()[0]) for text in shares) == pytest.approx(100, abs=0.4)
    panel.live.opacity.setValue(40)
    assert panel.session.layer.opacity() == pytest.approx(0.4)
    panel.live.switch.click()
    assert panel.session.layer is None and not panel.session.on


def test_the_distance_between_places_is_chosen_beside_the_live_map(panel, context, wait):
    checks = []
    panel.session.validated.connect(checks.append)
    panel.live.switch.click()
    wait(lambda: checks, what="a validation")
    by_itself = checks[-1]["block_m"]
    panel.live.block.setValue(70)
    wait(lambda: len(checks) > 1, what="another validation")
    assert checks[-1]["block_m"] == 70 != by_itself and "70 m apart" in panel.live.validation.text()
    assert context.workspace.block == 70
    panel.live.block.setValue(0)
    wait(lambda: len(checks) > 2, what="the first validation again")
    assert checks[-1]["block_m"] == by_itself


def test_smoothing_is_chosen_beside_the_live_map_for_all_maps(panel, context, qgis_canvas, wait):
    results = []
    panel.session.repainted.connect(results.append)
    panel.live.switch.click()
    wait(lambda: results, what="the live map")
    assert panel.live.smooth.currentData() == context.workspace.smooth == "edges"
    qgis_canvas.zoomByFactor(0.1)
    wait(lambda: len(results) > 1 and results[-1]["smoothed"], what="a map of all pixels that are seen")
    assert "Not smoothed" not in panel.live.note.text()
    qgis_canvas.zoomByFactor(60)
    wait(lambda: not results[-1]["smoothed"], what="a map of some pixels")
    assert "Not smoothed at this scale" in panel.live.note.text()
    before = len(results)
    panel.live.smooth.setCurrentIndex(panel.live.smooth.findData("none"))
    assert context.workspace.smooth == "none"
    wait(lambda: len(results) > before, what="a map without smoothing")
    assert "Not smoothed" not in panel.live.note.text()


def test_tidy_opens_the_algorithm_with_the_map(panel, context, monkeypatch):
    import processing

    asked = []
    monkeypatch.setattr(processing, "execAlgorithmDialog", lambda *a: asked.append(a), raising=False)
    panel.final_map.findChild(QPushButton, "final_map_tidy").click()
    layer = QgsRasterLayer(context.workspace.embedding_path, "a map")
    mark(layer, "map")
    QgsProject.instance().addMapLayer(layer)
    panel.final_map._made = layer.id()
    panel.final_map.findChild(QPushButton, "final_map_tidy").click()
    assert asked == [("mmearth:tidy", {}), ("mmearth:tidy", {"MAP": layer.id()})]


def test_without_material_the_switch_stays_off_and_says_why(panel, context):
    context.workspace.set_samples(None)
    panel.live.switch.click()
    assert not panel.live.switch.isChecked() and "sample layer" in panel.live.note.text()


def test_swipe_takes_the_tool_and_gives_it_back(panel, qgis_canvas, wait):
    before = qgis_canvas.mapTool()
    panel.live.switch.click()
    wait(lambda: panel.session.layer is not None, what="the live map")
    panel.live.swipe.click()
    assert qgis_canvas.mapTool() is panel._swipe
    wait(lambda: panel._swipe._curtain._image is not None, what="what is under the map")
    panel.live.switch.click()
    assert qgis_canvas.mapTool() is before and not panel.live.swipe.isChecked()


def test_suggestions_zoom_and_number_keys_label(panel, context, qgis_canvas, wait):
    samples, box = context.workspace.samples, panel.suggestions
    before, wide = samples.featureCount(), qgis_canvas.extent().width()
    box.button.click()
    wait(lambda: box.list.count() == 10, what="ten places")
    assert qgis_canvas.extent().width() < wide / 2
    classes = read_classes(samples, "class")
    QTest.keyClick(box.list, Qt.Key.Key_2)
    assert samples.featureCount() == before + 1 and box.list.count() == 9
    newest = max(samples.getFeatures(), key=lambda feature: feature.id() < 0)
    assert newest["class"] == classes[1].name and newest.geometry().area() == pytest.approx(900)
    QTest.keyClick(box.list, Qt.Key.Key_Delete)
    assert samples.featureCount() == before + 1 and box.list.count() == 8
    QTest.keyClick(box.list, Qt.Key.Key_9)
    assert box.list.count() == 8, "there is no ninth class"
    samples.undoStack().undo()
    assert samples.featureCount() == before


def test_a_search_can_be_cancelled(panel, wait):
    panel.suggestions.button.click()
    panel.suggestions.button.click()
    wait(lambda: panel.suggestions._job is None, what="the end")
    assert panel.suggestions.button.text() == "Suggest places"


def test_similar_places_follow_the_click_and_become_polygons(panel, context, tmp_path, wait, monkeypatch):
    from qgis_plugin.gui.maps import similarity_box

    box, embedding = panel.similarity, context.workspace.embedding
    assert not box.save.isEnabled()
    place = QgsPointXY(embedding.extent().xMinimum() + 1503, embedding.extent().yMaximum() - 1204)
    box.search(place)
    wait(lambda: box.layer is not None, what="the heat map")
    provider = box.layer.dataProvider()
    value, ok = provider.sample(place, 1)
    assert box.layer.width() == embedding.width()
    assert ok and value == pytest.approx(1, abs=0.01)

    target = tmp_path / "alike.gpkg"
    monkeypatch.setattr(similarity_box.QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    box.threshold.setValue(80)
    box.polygons.click()
    wait(lambda: QgsProject.instance().mapLayersByName("alike"), what="the polygons")
    shapes = QgsProject.instance().mapLayersByName("alike")[0]
    assert shapes.featureCount() > 0
    assert any(feature.geometry().contains(place) for feature in shapes.getFeatures())
    assert not list(tmp_path.glob(".alike*"))
    wait(box.polygons.isEnabled, what="the end of saving")

    heat = tmp_path / "heat.tif"
    monkeypatch.setattr(similarity_box.QFileDialog, "getSaveFileName", lambda *_: (str(heat), ""))
    box.save.click()
    wait(lambda: QgsProject.instance().mapLayersByName("heat"), what="the raster")
    box.pick.setChecked(True)
    box.clear.click()
    assert not box.pick.isChecked()
    assert box.layer is None and not box.save.isEnabled()


def test_a_click_beside_the_embedding_is_told(panel, context, wait):
    extent = context.workspace.embedding.extent()
    point = extent.center()
    point.setX(extent.xMaximum() + 5000)
    panel.similarity.search(point)
    wait(panel.similarity.note.text, what="a sentence")
    assert "outside" in panel.similarity.note.text()


@pytest.fixture
def pan(qgis_canvas):
    from qgis.gui import QgsMapToolPan

    tool = QgsMapToolPan(qgis_canvas)
    qgis_canvas.setMapTool(tool)
    yield tool
    qgis_canvas.unsetMapTool(tool)


def test_the_swipe_does_not_come_back_after_another_tool(panel, pan, qgis_canvas, wait):
    panel.live.switch.click()
    wait(lambda: panel.session.layer is not None, what="the live map")
    panel.live.swipe.click()
    panel.similarity.pick.click()
    assert not panel.live.swipe.isChecked() and panel.similarity.pick.isChecked()
    panel.similarity.pick.click()
    assert qgis_canvas.mapTool() is pan


def test_after_looking_for_similar_places_the_canvas_has_its_tool_again(panel, pan, qgis_canvas):
    panel.similarity.pick.click()
    assert qgis_canvas.mapTool() is panel.similarity._tool
    panel.similarity.pick.click()
    assert qgis_canvas.mapTool() is pan


def test_places_suggested_for_another_embedding_are_not_shown(panel, context, embedding, wait):
    panel.suggestions.button.click()
    job = panel.suggestions._job
    other = QgsRasterLayer(str(embedding), "another")
    QgsProject.instance().addMapLayer(other)
    job.cancel = lambda: None  # it was too late
    context.workspace.embedding = other
    wait(lambda: not job.running, what="the end of the search")
    assert panel.suggestions.list.count() == 0 and panel.suggestions.list.isHidden()


def test_confidence_switched_off_while_a_picture_is_under_way_stays_off(panel, wait):
    session = panel.session
    panel.live.switch.click()
    wait(lambda: session.layer is not None, what="the live map")
    results = []
    session.repainted.connect(results.append)
    panel.live.confidence.setChecked(True)
    session._ask()
    session._preview.cancel = lambda: None  # it was too late
    panel.live.confidence.setChecked(False)
    wait(lambda: len(results) > 1, what="both pictures")
    assert session.confidence_layer is None


def test_shares_and_validation_go_with_the_live_map(panel, wait):
    panel.live.switch.click()
    wait(panel.live.validation.text, what="validation")
    panel.live.switch.click()
    assert not panel.live.shares._rows and not panel.live.validation.text() and not panel.live.doubts.text()


def test_another_crs_of_the_samples_repaints_the_live_map(panel, context, wait):
    from qgis.core import QgsCoordinateReferenceSystem

    panel.live.switch.click()
    wait(lambda: panel.session.layer is not None, what="the live map")
    told = []
    panel.session.told.connect(told.append)
    context.workspace.samples.setCrs(QgsCoordinateReferenceSystem("EPSG:32750"))
    wait(lambda: told, what="why there is no map any more")
    assert panel.session.layer is None
    wait(lambda: not panel.live.shares._rows, seconds=2, what="no shares of a map that is gone")


def test_names_of_classes_are_no_markup_and_no_wider_than_the_dock(panel):
    name = "<b>wide</b> & " + "Gewächshausanlage" * 5
    classes = [{"value": 1, "name": name, "colour": "#0072b2"}]
    panel.live.shares.show_shares(classes, {name: 1})
    [(_, label, *_rest)] = panel.live.shares._rows.values()
    assert label.textFormat() == Qt.TextFormat.PlainText and label.toolTip()
    assert panel.live.shares.minimumSizeHint().width() < 390
    doubt = {"fid": 1, "label": "a<b", "predicted": "c&d"}
    assert "a&lt;b" in panel.live._doubt(0, doubt) and "c&amp;d" in panel.live._doubt(0, doubt)


def test_a_name_without_ending_asks_before_it_replaces_a_heat_map(panel, context, tmp_path, wait, monkeypatch):
    from qgis_plugin.gui.maps import similarity_box

    kept = tmp_path / "heat.tif"
    kept.write_bytes(b"mine")
    monkeypatch.setattr(similarity_box.QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "heat"), ""))
    monkeypatch.setattr(similarity_box.QMessageBox, "question", lambda *_: similarity_box.QMessageBox.StandardButton.No)
    panel.similarity.search(context.workspace.embedding.extent().center())
    panel.similarity.save.click()
    assert panel.similarity._saving is None and kept.read_bytes() == b"mine"


def test_outlining_that_fails_leaves_no_hidden_raster(panel, context, tmp_path, wait, monkeypatch):
    from qgis_plugin.gui.maps import similarity_box

    box = panel.similarity
    target = tmp_path / "alike.gpkg"
    monkeypatch.setattr(similarity_box.QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    box.search(context.workspace.embedding.extent().center())
    target.mkdir()  # the polygons cannot be written there
    box.polygons.click()
    wait(lambda: box._saving is None or not box._saving.running, what="the end")
    wait(box.polygons.isEnabled, what="the end of saving")
    assert not list(tmp_path.glob(".alike*"))


def test_samples_with_unsaved_edits_are_not_replaced_by_polygons(panel, context, wait, monkeypatch):
    from qgis_plugin.gui.maps import similarity_box

    samples = context.workspace.samples
    target = samples.source().split("|")[0]
    samples.startEditing()
    samples.deleteFeature(next(samples.getFeatures()).id())
    monkeypatch.setattr(similarity_box.QFileDialog, "getSaveFileName", lambda *_: (target, ""))
    panel.similarity.search(context.workspace.embedding.extent().center())
    panel.similarity.polygons.click()
    assert panel.similarity._saving is None and "unsaved edits" in panel.similarity.note.text()
    assert context.workspace.samples is samples and samples.isModified()


def test_removing_the_confidence_layer_by_hand_unchecks_it(panel, wait):
    panel.live.confidence.setChecked(True)
    panel.live.switch.click()
    wait(lambda: panel.session.confidence_layer is not None, what="the confidence")
    QgsProject.instance().removeMapLayer(panel.session.confidence_layer.id())
    wait(lambda: not panel.live.confidence.isChecked(), what="the box unchecked")
    assert panel.session.on


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"accuracy": None, "interval95": None}, "in two places or more, apart from each other."),
        ({"block_m": 40.0}, "80\xa0% right (70 … 90\xa0%) on 7 places left out in turn, only 40 m apart."),
        ({}, "80\xa0% right (70 … 90\xa0%) on 7 places left out in turn."),
        ({"enough": False}, "Too few to know: 80\xa0% right (70 … 90\xa0%) on 7 places left out in turn."),
        ({"enough": False, "unvalidated": ["b"]}, "left out in turn; no second place of b."),
    ],
)
def test_what_the_worker_says_of_a_validation_is_shown_and_not_worked_out_again(panel, parts, says):
    told = {"accuracy": 0.8, "interval95": [0.7, 0.9], "left_out": 7, "unvalidated": [], "enough": True, "doubts": []}
    told |= {"block_m": 640.0, "sight_m": 640.0}
    panel.session.validated.emit({**told, "places": {"a": 2, "b": 9}, **parts})
    assert panel.live.validation.text().endswith(says)


def test_swipe_and_similar_places_give_the_turn_back_to_what_draws(panel, workbench, shown_canvas, qgis_iface):
    from qgis.gui import QgsMapToolPan

    from qgis_plugin.gui.widgets.canvas_tool import give_back, take

    pan, draws = QgsMapToolPan(shown_canvas), QgsMapToolPan(shown_canvas)
    shown_canvas.setMapTool(pan)
    take(shown_canvas, draws)
    panel._toggle_swipe(True)
    panel.similarity.pick.click()
    assert shown_canvas.mapTool() is panel.similarity._tool
    panel.similarity.pick.click()
    assert shown_canvas.mapTool() is draws, "not the swipe, which passed by"
    panel._toggle_swipe(True)
    panel._toggle_swipe(False)
    assert shown_canvas.mapTool() is draws
    other = QgsMapToolPan(shown_canvas)
    panel._toggle_swipe(True)
    take(shown_canvas, other)
    give_back(shown_canvas, other)
    assert shown_canvas.mapTool() is pan, "what draws gives back to the user's own tool"
    shown_canvas.unsetMapTool(pan)


def test_the_ground_is_seen_where_a_place_is_to_be_labelled(panel, workbench, wait):
    panel.live.switch.click()
    wait(lambda: panel.session.layer is not None, what="the live map")
    panel.suggestions.number.setValue(3)
    panel.suggestions.suggest()
    wait(panel.suggestions.list.count, what="suggestions")
    assert not visible(panel.session.layer)
    QTest.keyPress(panel.suggestions.list, Qt.Key.Key_M)
    assert visible(panel.session.layer)
    QTest.keyRelease(panel.suggestions.list, Qt.Key.Key_M)
    assert not visible(panel.session.layer)
    assert "[" in panel.suggestions.list.item(0).text(), "the key that gives the class stands beside it"
    for _ in range(panel.suggestions.list.count()):
        QTest.keyClick(panel.suggestions.list, Qt.Key.Key_Delete)
    panel.suggestions.close()
    assert visible(panel.session.layer)


def test_what_was_said_of_the_live_map_goes_with_it(panel, wait):
    panel.live.switch.click()
    wait(lambda: "painted in" in panel.live.note.text(), what="the live map")
    panel.live.switch.click()
    assert "painted in" not in panel.live.note.text() and not panel.live.shares._rows


def test_numbers_are_written_as_the_language_has_it(qgis_app):
    from qgis.PyQt.QtCore import QLocale

    from qgis_plugin.core.accuracy.figures import hectares, percent
    from qgis_plugin.core.numbers import decimal, significant

    before = QLocale()
    QLocale.setDefault(QLocale("de_DE"))
    try:
        assert percent({"value": 0.217, "low95": 0.2, "high95": 0.234}) == "21,7 (20,0–23,4)"
        assert hectares({"value": 1234.6, "low95": None, "high95": None}) == ("1.235", "")
        assert decimal(0.12, 2) == "0,12" and significant(6.2349, 3) == "6,23"
    finally:
        QLocale.setDefault(before)


def test_how_dates_decide_together_is_chosen_for_the_live_map_and_the_map(panel, context, two_dates, tmp_path, wait):
    path, dates = two_dates
    assert panel.live.dates.isHidden(), "one date: there is nothing to choose"
    context.workspace.work_on_set(path, dates)
    assert not panel.live.dates.isHidden() and "they vote" in panel.live.dates.sentence.text()

    results, checks = [], []
    panel.session.repainted.connect(results.append)
    panel.session.validated.connect(checks.append)
    panel.live.switch.click()
    wait(lambda: checks, what="the live map and its validation")
    voted = results[-1]["nodata"]  # what is seen beside the scene
    panel.live.dates.combo.setCurrentIndex(panel.live.dates.combo.findData("together"))
    wait(lambda: len(checks) > 1, what="the map and validation of one model")
    assert results[-1]["nodata"] > 1.05 * voted, "where one date is not clear there is no map, by votes there is"
    assert "one model" in panel.live.dates.sentence.text().lower()

    panel.live.switch.click()
    box = panel.final_map
    box._file.setFilePath(str(tmp_path / "joined.tif"))
    box.make()
    wait(lambda: not box.final_map.running, 90, "the map")
    told = context.client.call("info", {"file": str(tmp_path / "joined.tif")})
    assert told["dates"] == "together", told
    assert QgsProject.instance().write(str(tmp_path / "p.qgs"))
    context.workspace.dates = "vote"
    QgsProject.instance().readProject.emit(QDomDocument())  # as when it is opened
    assert context.workspace.dates == "together"
