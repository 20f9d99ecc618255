"""The live map in a real canvas with the real worker: edits and moves repaint it, and it equals the final map."""

import os
import shutil
import signal
import subprocess

import pytest
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsMapSettings,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QSize

from qgis_plugin.core import layers
from qgis_plugin.core.maps.live_session import LiveSession
from qgis_plugin.core.maps.view import view_of


@pytest.fixture
def at_work(workbench, shown_canvas):
    """The live session of a project with embedding and samples."""
    session = LiveSession(workbench, shown_canvas)
    session.results, session.reasons, session.checks = [], [], []
    session.repainted.connect(session.results.append)
    session.told.connect(session.reasons.append)
    session.validated.connect(session.checks.append)
    yield session
    session.close()


def values(layer, extent, width, height):
    block = layer.dataProvider().block(1, extent, width, height)
    return [[int(block.value(row, column)) for column in range(width)] for row in range(height)]


def add(layer, name, x, y, size=40):
    feature = QgsFeature(layer.fields())
    feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(x, y, x + size, y + size)))
    feature["class"] = name
    layer.startEditing()
    layer.beginEditCommand("add")
    assert layer.addFeature(feature)
    layer.endEditCommand()
    return feature.id()


def test_the_map_appears_and_follows_edits_undo_and_moves(at_work, context, qgis_canvas, wait):
    session, samples, embedding = at_work, context.workspace.samples, context.workspace.embedding
    assert session.start()
    wait(lambda: session.results, what="the first map")
    assert session.layer is not None and layers.PRODUCT in session.layer.customPropertyKeys()
    first = session.results[-1]["pixels"]
    assert sum(first.values()) + session.results[-1]["nodata"] == embedding.width() * embedding.height()

    count = len(session.results)
    centre = embedding.extent().center()
    add(samples, "a new class", centre.x(), centre.y())
    wait(lambda: len(session.results) > count, what="a map after an edit")
    assert session.results[-1]["refitted"] and session.results[-1]["pixels"]["a new class"] > 0

    count = len(session.results)
    samples.undoStack().undo()
    wait(lambda: len(session.results) > count, what="a map after undo")
    assert session.results[-1]["pixels"] == first

    count = len(session.results)
    qgis_canvas.zoomByFactor(0.5)
    wait(lambda: len(session.results) > count, what="a map after a move")
    assert not session.results[-1]["refitted"]
    assert session.layer.extent().width() < embedding.extent().width()
    wait(lambda: session.checks, what="validation")
    assert 0 <= session.checks[-1]["accuracy"] <= 1 and session.checks[-1]["headline"]
    samples.rollBack()


def test_the_preview_equals_the_final_map(at_work, context, worker_python, tmp_path, wait, qgis_canvas):
    session, embedding = at_work, context.workspace.embedding
    # A part at full resolution, so that pixels can be compared one by one.
    extent = embedding.extent()
    part = QgsRectangle(
        extent.xMinimum() + 400, extent.yMinimum() + 300, extent.xMinimum() + 1400, extent.yMinimum() + 1200
    )
    qgis_canvas.setExtent(part)
    assert session.start()
    wait(lambda: session.results, what="the map")
    model, final = tmp_path / "model.json", tmp_path / "map.tif"
    arguments = {"embedding": str(context.workspace.embedding_path), "samples": session.samples(), "output": str(model)}
    context.client.call("fit_samples", arguments)
    command = [
        worker_python,
        "-m",
        "mmearth_core",
        "classify",
        context.workspace.embedding_path,
        str(model),
        "-o",
        str(final),
    ]
    subprocess.run([*command, "--quiet"], check=True)
    preview, whole = session.layer, QgsRasterLayer(str(final), "map")
    box = preview.extent()
    assert values(preview, box, preview.width(), preview.height()) == values(
        whole, box, preview.width(), preview.height()
    )
    assert preview.width() * preview.height() > 5000


def test_the_newest_question_wins(at_work, context, wait):
    session, samples, embedding = at_work, context.workspace.samples, context.workspace.embedding
    assert session.start()
    wait(lambda: session.results, what="the first map")
    centre = embedding.extent().center()
    for step in range(8):
        add(samples, "many", centre.x() + 50 * step, centre.y())
        wait(lambda: True)
    expected = len(session.samples()["features"])
    wait(lambda: session.results[-1]["pixels"].get("many"), what="the last map")
    assert expected == len(session.samples()["features"]) and len(session.results) <= 10
    samples.rollBack()


def test_one_class_is_told_and_the_map_goes(at_work, context, wait):
    session, samples = at_work, context.workspace.samples
    assert session.start()
    wait(lambda: session.results, what="the first map")
    samples.startEditing()
    samples.deleteFeatures([f.id() for f in samples.getFeatures() if f["class"] != "water"])
    wait(lambda: session.reasons, what="a reason")
    assert "at least two classes" in session.reasons[-1] and session.layer is None
    samples.rollBack()
    wait(lambda: session.layer is not None, what="the map after roll-back")


def test_nothing_to_follow_is_told(context, qgis_canvas):
    session = LiveSession(context, qgis_canvas)
    reasons = []
    session.told.connect(reasons.append)
    assert not session.start() and "Embed a layer first" in reasons[0]
    session.close()


def test_confidence_and_unknown_are_drawn_on_request(at_work, wait):
    session = at_work
    session.set_confidence(True)
    session.set_unknown(0.2)
    assert session.start()
    wait(lambda: session.confidence_layer is not None, what="the confidence")
    assert session.results[-1]["unknown"] > 0
    session.set_confidence(False)
    assert session.confidence_layer is None


def test_smoothing_is_chosen_for_the_live_map_and_told_where_it_is_not_seen(at_work, context, wait):
    session = at_work
    context.workspace.smooth = "none"
    assert session.start()
    wait(lambda: session.results, what="a map that is not smoothed")
    plain = session.results[-1]
    context.workspace.smooth = "strong"
    session.refresh()
    wait(lambda: len(session.results) > 1, what="another map")
    smooth = session.results[-1]
    seen_in_full = smooth["smoothed"]
    assert not plain["smoothed"] and (plain["pixels"] != smooth["pixels"]) == seen_in_full


def test_a_move_does_not_read_the_samples_again(at_work, context, qgis_canvas, wait, monkeypatch):
    session, samples, read = at_work, context.workspace.samples, []
    collect = session.samples
    monkeypatch.setattr(session, "samples", lambda: (read.append(1), collect())[1])
    assert session.start()
    wait(lambda: session.results and session.checks, what="the map and its validation")
    qgis_canvas.zoomByFactor(0.5)
    wait(lambda: len(session.results) > 1, what="a map after a move")
    assert len(read) == 1
    samples.setSubsetString("\"class\" IN ('water', 'forest')")
    wait(lambda: len(session.results) > 2, what="a map of fewer samples")
    assert len(read) == 2 and len(session.samples()["features"]) < samples.dataProvider().featureCount() + 1
    assert set(session.results[-1]["pixels"]) == {"water", "forest"}


def test_removing_samples_or_map_stops_it(at_work, context, wait):
    session = at_work
    assert session.start()
    wait(lambda: session.results, what="the map")
    QgsProject.instance().removeMapLayer(session.layer.id())
    assert not session.on
    assert session.start()
    wait(lambda: session.layer is not None, what="the map again")
    QgsProject.instance().removeMapLayer(context.workspace.samples.id())
    assert not session.on and session.layer is None


def test_a_new_project_while_the_live_map_is_on_ends_it(at_work, context, wait):
    session = at_work
    session.set_confidence(True)
    assert session.start()
    wait(lambda: session.confidence_layer is not None, what="map and confidence")
    QgsProject.instance().clear()  # ended QGIS by removing a layer that was being removed
    assert not session.on and session.layer is None and session.confidence_layer is None
    wait(lambda: session._preview is None, what="the end of what was under way")
    assert not QgsProject.instance().mapLayers()


def test_removing_the_live_map_together_with_its_confidence_ends_both(at_work, wait):
    session = at_work
    session.set_confidence(True)
    assert session.start()
    wait(lambda: session.confidence_layer is not None, what="map and confidence")
    QgsProject.instance().removeMapLayers([session.layer.id(), session.confidence_layer.id()])
    wait(lambda: len(QgsProject.instance().mapLayers()) == 2, what="embedding and samples alone")
    assert not session.on


def test_a_killed_worker_is_replaced(at_work, context, wait):
    session, samples = at_work, context.workspace.samples
    assert session.start()
    wait(lambda: session.results, what="the map")
    count = len(session.results)
    os.kill(context.client.pid, signal.SIGKILL)
    centre = context.workspace.embedding.extent().center()
    add(samples, "later", centre.x(), centre.y())
    wait(lambda: len(session.results) > count, seconds=90, what="a map by the next worker")
    assert session.results[-1]["pixels"]["later"] > 0
    samples.rollBack()


def test_an_embedding_that_is_deleted_is_told_and_followed_again_when_it_is_back(
    at_work, context, embedding, tmp_path, wait
):
    """Also while the map is fitted: the file goes as soon as the question is asked."""
    session, samples, file, away = at_work, context.workspace.samples, tmp_path / "own.tif", tmp_path / "away.tif"
    shutil.copy(embedding, file)
    own = QgsRasterLayer(str(file), "own")
    QgsProject.instance().addMapLayer(own)
    context.workspace.embedding = own
    assert session.start()
    wait(lambda: session.results, what="the map")
    centre = own.extent().center()
    add(samples, "another", centre.x(), centre.y())
    file.rename(away)
    add(samples, "another", centre.x() + 200, centre.y())
    wait(lambda: session.reasons and "“own” does not exist" in session.reasons[-1], what="the reason")
    assert session.on and session.layer is None, "no map of what is not there stays as if it were"
    away.rename(file)
    count = len(session.results)
    add(samples, "another", centre.x(), centre.y() + 200)
    wait(lambda: len(session.results) > count, what="the map again")
    assert session.results[-1]["pixels"]["another"] > 0 and session.layer is not None
    samples.rollBack()


def test_the_live_map_is_not_saved_with_the_project(at_work, tmp_path, wait):
    from qgis_plugin.core.maps.live_layer import set_aside

    session = at_work
    assert session.start()
    wait(lambda: session.results, what="the map")
    project = QgsProject.instance()
    project.writeProject.connect(set_aside)
    path = tmp_path / "project.qgs"
    assert project.write(str(path))
    project.writeProject.disconnect(set_aside)
    assert session.layer.id() not in path.read_text()
    wait(lambda: QgsProject.instance().mapLayer(session.layer.id()) is not None, what="the map is back")
    order = [node.name() for node in QgsProject.instance().layerTreeRoot().findLayers()]
    assert order.index("Live map") < order.index("embedding") and session.on
    assert session._context.workspace.embedding.id() in path.read_text()


def test_a_very_large_screen_does_not_ask_for_more_than_two_million_pixels(at_work):
    canvas, embedding = at_work._canvas, at_work._context.workspace.embedding

    class Huge:
        def mapSettings(self):
            settings = QgsMapSettings(canvas.mapSettings())
            settings.setOutputSize(QSize(3840, 2160))
            return settings

    small, large = view_of(canvas, embedding), view_of(Huge(), embedding)
    assert large["width"] * large["height"] <= 2_000_000 < 3840 * 2160
    assert large["width"] / large["height"] == pytest.approx(16 / 9, rel=0.01)
    assert small["width"] >= 590


def test_another_crs_of_the_canvas(at_work, context, qgis_canvas, wait):
    from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform

    session, embedding = at_work, context.workspace.embedding
    web = QgsCoordinateReferenceSystem("EPSG:3857")
    qgis_canvas.setDestinationCrs(web)
    transform = QgsCoordinateTransform(embedding.crs(), web, QgsProject.instance())
    qgis_canvas.setExtent(transform.transformBoundingBox(embedding.extent()))
    assert session.start()
    wait(lambda: session.results, what="the map")
    assert session.results[-1]["path"] is not None
    assert session.layer.extent().contains(QgsPointXY(embedding.extent().center()))
    part = transform.transformBoundingBox(QgsRectangle(embedding.extent().center(), QgsPointXY(*corner(embedding))))
    qgis_canvas.setExtent(part)
    wait(lambda: len(session.results) > 1, what="the map of a part")
    shown = session.layer.extent()
    assert shown.width() < 0.8 * embedding.extent().width() and shown.contains(
        QgsRectangle(embedding.extent().center(), QgsPointXY(*corner(embedding))).buffered(-20)
    )


def corner(layer):
    extent = layer.extent()
    return extent.xMaximum(), extent.yMinimum()


def test_an_embedding_that_was_moved_in_qgis_gets_no_map_of_elsewhere(at_work, context, wait):
    from qgis.core import QgsCoordinateReferenceSystem

    context.workspace.embedding.setCrs(QgsCoordinateReferenceSystem("EPSG:32733"))
    assert at_work.start()
    wait(lambda: at_work.reasons, what="the reason")
    assert "by its file and in EPSG:32733" in at_work.reasons[-1] and at_work.layer is None and not at_work.results
