"""The final map in QGIS: the same as the command line's, asked before anything is replaced, nothing left on cancel."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from qgis.core import QgsPalettedRasterRenderer, QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QApplication, QCheckBox, QLabel, QMessageBox, QPushButton

from qgis_plugin.core import layers
from qgis_plugin.core.maps.final_map import MODEL, default_output, outputs_beside
from qgis_plugin.core.samples.sample_layer import open_classes
from qgis_plugin.gui.maps.final_map_box import ApplyDialog, FinalMapBox, class_shares


@pytest.fixture
def project(context, rules, scene, embedding, polygons):
    """The scene, its embedding and its samples in QGIS, in work."""
    raster = QgsRasterLayer(str(scene), "scene")
    made = QgsRasterLayer(str(embedding), "embedding")
    drawn = QgsVectorLayer(str(polygons), "samples", "ogr")
    QgsProject.instance().addMapLayers([raster, made, drawn])
    layers.mark(made, "embedding", raster)
    open_classes(drawn, "class", rules)
    context.workspace.embedding = made
    context.workspace.set_samples(drawn, "class")
    return context


@pytest.fixture
def box(project, tmp_path):
    box = FinalMapBox(project)
    box._file.setFilePath(str(tmp_path / "town_map.tif"))
    yield box
    box.close()


def pixels(path):
    """The values of a raster as bytes, by QGIS itself."""
    layer = QgsRasterLayer(str(path), "x")
    assert layer.isValid(), path
    block = layer.dataProvider().block(1, layer.extent(), layer.width(), layer.height())
    return bytes(block.data())


def press(box, name):
    box.findChild(QPushButton, name).click()


def text(box, name):
    return box.findChild(QLabel, name).text()


def answer(button, seen):
    """Press a button of the question that comes, and keep what it asked."""

    def press_it():
        question = QApplication.activeModalWidget()
        if isinstance(question, QMessageBox):
            seen.append(question.text())
            question.button(button).click()

    QTimer.singleShot(300, press_it)


def make(box, wait):
    ended = []
    box.final_map.finished.connect(lambda *outcome: ended.append(outcome))
    box.final_map.failed.connect(lambda *outcome: ended.append(outcome))
    press(box, "final_map_make")
    wait(lambda: ended, 90, "the map")
    return ended[0]


def test_names_beside_the_map(tmp_path):
    outputs = outputs_beside(tmp_path / "town_map.tif", confidence=True, polygons=True)
    assert [path.name for path in outputs.files] == [
        "town_map.tif",
        "town_model.json",
        "town_confidence.tif",
        "town_polygons.gpkg",
    ]
    assert outputs_beside(tmp_path / "town").map.name == "town.tif"
    assert outputs_beside(tmp_path / "_map.tif").model.name == "_map_model.json"
    assert outputs.existing() == []
    (tmp_path / "town_map.qml").write_text("the style of something else")
    assert [path.name for path in outputs.existing()] == ["town_map.qml"]


def test_the_map_is_suggested_beside_the_scene(project, scene):
    assert default_output(project.workspace.embedding) == Path(scene).with_name("scene_map.tif")


def test_final_map_equals_the_command_line(box, wait, run_core, embedding, tmp_path):
    box.findChild(QCheckBox, "final_map_confidence").setChecked(True)
    box.findChild(QCheckBox, "final_map_polygons").setChecked(True)
    box.findChild(QCheckBox, "final_map_unknown").setChecked(True)
    layer, result = make(box, wait)

    run_core(
        *("classify", embedding, tmp_path / "town_model.json", "-o", tmp_path / "cli.tif", "--unknown", "0.01"),
        *("--confidence", tmp_path / "cli_confidence.tif", "--quiet"),
    )
    assert pixels(tmp_path / "town_map.tif") == pixels(tmp_path / "cli.tif")
    assert pixels(tmp_path / "town_confidence.tif") == pixels(tmp_path / "cli_confidence.tif")
    assert len(set(pixels(tmp_path / "town_map.tif"))) > 3
    assert layer is QgsProject.instance().mapLayer(layer.id())
    assert layer.customProperty(layers.PRODUCT) == "map"
    assert layers.source_of(layer) is box._context.workspace.embedding
    assert Path(layer.customProperty(MODEL)) == tmp_path / "town_model.json"
    assert isinstance(layer.renderer(), QgsPalettedRasterRenderer)
    legend = {entry.label for entry in layer.renderer().classes()}
    assert set(result["pixels"]) <= legend
    shown = {each.customProperty(layers.PRODUCT): each for each in QgsProject.instance().mapLayers().values()}
    assert shown["confidence"].isValid()
    assert shown["polygons"].featureCount() > 10
    root = QgsProject.instance().layerTreeRoot()
    order = [each.name() for each in root.layerOrder()]
    assert order.index("town_map") < order.index("embedding")
    assert "%" in text(box, "final_map_result")
    assert "unknown" in text(box, "final_map_result")


def test_fit_equals_the_command_line(box, wait, run_core, embedding, polygons, tmp_path):
    make(box, wait)
    run_core("fit", embedding, polygons, "-o", tmp_path / "cli.json", "--quiet")
    run_core("classify", embedding, tmp_path / "cli.json", "-o", tmp_path / "cli.tif", "--quiet")
    assert pixels(tmp_path / "town_map.tif") == pixels(tmp_path / "cli.tif")


def test_the_model_is_validated_with_the_chosen_distance(box, wait, tmp_path):
    box._context.workspace.block = 70.0
    make(box, wait)
    model = json.loads((tmp_path / "town_model.json").read_text())
    assert model["validation"]["block_m"] == 70


def test_asks_before_replacing(box, wait, tmp_path):
    make(box, wait)
    before = digest(tmp_path / "town_map.tif")
    seen = []
    answer(QMessageBox.StandardButton.No, seen)
    press(box, "final_map_make")
    assert len(seen) == 1
    assert "town_map.tif" in seen[0]
    assert "town_model.json" in seen[0]
    assert not box.final_map.running
    assert digest(tmp_path / "town_map.tif") == before

    answer(QMessageBox.StandardButton.Yes, seen)
    layer, _ = make(box, wait)
    assert len(seen) == 2
    maps = [each for each in QgsProject.instance().mapLayers().values() if each.name() == "town_map"]
    assert maps == [layer]


def test_cancel_leaves_nothing(box, wait, tmp_path):
    ended = []
    box.final_map.failed.connect(lambda *outcome: ended.append(outcome))
    press(box, "final_map_make")
    assert box.final_map.running
    press(box, "final_map_cancel")
    wait(lambda: ended, 60, "the end")
    assert ended[0][0] == "cancelled"
    assert list(tmp_path.glob("town*")) == []
    assert "Cancelled" in text(box, "final_map_result")
    assert box.findChild(QPushButton, "final_map_make").isEnabled()


def test_cancelled_replacement_keeps_the_old_map(box, wait, tmp_path):
    make(box, wait)
    before = [digest(tmp_path / name) for name in ("town_map.tif", "town_model.json")]
    samples = box._context.workspace.samples
    samples.startEditing()
    samples.deleteFeature(next(samples.getFeatures()).id())  # the next model would be another one
    ended, seen = [], []
    box.final_map.failed.connect(lambda *outcome: ended.append(outcome))
    answer(QMessageBox.StandardButton.Yes, seen)
    press(box, "final_map_make")
    wait(lambda: box.final_map._job is None or box.final_map._job.verb == "classify", 60, "the model")
    box.final_map.cancel()
    wait(lambda: ended, 60, "the end")
    samples.rollBack()
    assert ended[0][0] == "cancelled"
    assert [digest(tmp_path / name) for name in ("town_map.tif", "town_model.json")] == before
    assert not list(tmp_path.glob("*partial*"))
    assert [each for each in QgsProject.instance().mapLayers().values() if each.name() == "town_map"]


def test_embedding_removed_meanwhile(box, wait):
    ended = []
    box.final_map.finished.connect(lambda *outcome: ended.append(outcome))
    press(box, "final_map_make")
    QgsProject.instance().removeMapLayer(box._context.workspace.embedding.id())
    wait(lambda: ended, 60, "the map")
    assert ended[0][0].isValid()
    assert not box.findChild(QPushButton, "final_map_make").isEnabled()


@pytest.mark.parametrize("when", ["at once", "between two steps"])
def test_an_embedding_that_is_deleted_meanwhile_leaves_nothing(box, project, embedding, wait, tmp_path, when):
    own, ended = tmp_path / "own.tif", []
    shutil.copy(embedding, own)
    layer = QgsRasterLayer(str(own), "own")
    QgsProject.instance().addMapLayer(layer)
    project.workspace.embedding = layer
    box._file.setFilePath(str(tmp_path / "town_map.tif"))
    box.final_map.failed.connect(lambda *outcome: ended.append(outcome))
    box.final_map.finished.connect(lambda *outcome: ended.append(outcome))
    press(box, "final_map_make")
    if when == "at once":
        own.unlink()
    else:
        job = box.final_map._job
        job.finished.disconnect(box.final_map._done)
        wait(lambda: not job.running, 60, "the model")
        own.unlink()
        job.finished.connect(box.final_map._done)
        job.finished.emit(job.result())
    wait(lambda: ended, 60, "the end")
    kind, told = ended[0][:2]
    assert kind == "input" and "“own” does not exist" in told
    assert list(tmp_path.glob("town*")) == []


def test_cancelled_between_two_steps(box, wait, tmp_path):
    ended = []
    box.final_map.failed.connect(lambda *outcome: ended.append(outcome))
    press(box, "final_map_make")
    box.final_map._job.finished.disconnect(box.final_map._done)
    job = box.final_map._job
    wait(lambda: not job.running, 60, "the model")
    box.final_map.cancel()
    job.finished.connect(box.final_map._done)
    job.finished.emit(job.result())  # the result was on its way when the user pressed Cancel
    wait(lambda: ended, 10, "the end")
    assert ended[0][0] == "cancelled"
    assert list(tmp_path.glob("town*")) == []


def test_apply_a_saved_model(box, wait, tmp_path):
    make(box, wait)
    ended = []
    box.final_map.finished.connect(lambda *outcome: ended.append(outcome))
    dialog = ApplyDialog(box._context.workspace.embedding)
    assert dialog.embedding is box._context.workspace.embedding
    dialog._model.setFilePath(str(tmp_path / "town_model.json"))
    dialog._output.setFilePath(str(tmp_path / "other_map.tif"))
    assert dialog._ok.isEnabled()
    box.apply_model(dialog.model, dialog.embedding, dialog.output)
    wait(lambda: ended, 60, "the map")
    assert pixels(tmp_path / "other_map.tif") == pixels(tmp_path / "town_map.tif")
    assert not (tmp_path / "other_model.json").exists()


def test_a_failure_is_told_and_leaves_nothing(box, wait, tmp_path):
    ended = []
    box.final_map.failed.connect(lambda *outcome: ended.append(outcome))
    (tmp_path / "broken.json").write_text("{}")
    box.apply_model(tmp_path / "broken.json", box._context.workspace.embedding, tmp_path / "town_map.tif")
    wait(lambda: ended, 60, "the failure")
    assert ended[0][0] == "input"
    assert "broken.json" in ended[0][1]
    assert not (tmp_path / "town_map.tif").exists()


def test_nothing_to_do_is_said(context):
    box = FinalMapBox(context)
    button = box.findChild(QPushButton, "final_map_make")
    assert not button.isEnabled()
    assert "Embed a layer" in button.toolTip()
    box.close()


def test_shares_of_classes():
    assert class_shares({"pixels": {"a": 1, "b": 3}, "unknown": 0}) == "b 75.0\xa0%, a 25.0\xa0%"
    assert class_shares({"pixels": {"a": 1}, "unknown": 1}) == "a 50.0\xa0%, unknown 50.0\xa0%"
    assert "no pixel" in class_shares({"pixels": {"a": 0}, "unknown": 0})


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_map_whose_project_was_closed_is_not_added_to_the_next(box, project, wait):
    box.make()
    QgsProject.instance().clear()
    wait(lambda: not box.final_map.running, what="the end")
    assert not QgsProject.instance().mapLayers()
    assert Path(box._file.filePath()).exists() and "closed" in text(box, "final_map_result")
