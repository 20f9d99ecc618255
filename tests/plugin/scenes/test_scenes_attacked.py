"""Many scenes while the ground is taken away below them: layers, files and projects leave, move and come back."""

import json
import os
import shutil
import signal
import sys
from pathlib import Path

import pytest
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsProject

sys.path.insert(0, str(Path(__file__).parents[1] / "embed"))
from embed_material import crop, own_context, wait_until

from qgis_plugin.core import layers
from qgis_plugin.core.scenes.scene_list import state_text
from qgis_plugin.core.working_set import places_of
from qgis_plugin.gui.embed.panel import EmbedPanel
from qgis_plugin.gui.scenes.desk import ScenesDesk


@pytest.fixture
def context(qgis_iface, client, tmp_path):
    with own_context(qgis_iface, client, tmp_path) as context:
        yield context


@pytest.fixture
def window(context):
    panel = EmbedPanel(context)
    desk = ScenesDesk(context, panel, panel)
    desk.open()
    yield desk.window
    desk.close()
    panel.close()
    panel.deleteLater()


@pytest.fixture
def dates(embedding, tmp_path):
    """Two embeddings of a place."""
    folder = tmp_path / "dates"
    folder.mkdir()
    return [Path(shutil.copy(embedding, folder / f"field_{day}.tif")) for day in ("20210401", "20210701")]


def rows(window):
    return {row.name: row for row in window.scenes.rows()}


def work_with(window, context, paths):
    window.add_files([str(path) for path in paths])
    wait_until(window.work_button.isEnabled)
    window.work_button.click()
    wait_until(lambda: context.workspace.working_set is not None or not window.failure.isHidden())
    assert window.failure.isHidden(), window.failure.label.text()


@pytest.mark.parametrize("everything", [False, True])
def test_a_layer_that_leaves_while_they_are_put_together_ends_it(window, context, dates, everything):
    window.add_files([str(path) for path in dates])
    wait_until(window.work_button.isEnabled)
    window.work_button.click()
    if everything:
        QgsProject.instance().clear()
    else:
        QgsProject.instance().removeMapLayer(rows(window)["field_20210701"].embedding.id())
    wait_until(lambda: not window.failure.isHidden())
    assert "left the project" in window.failure.label.text() and context.workspace.working_set is None
    assert "Putting them together" not in window.note.text()


def test_a_layer_that_leaves_the_set_in_work_is_told(window, context, dates):
    work_with(window, context, dates)
    assert "Worked on now: 2 scenes" in window.note.text()
    QgsProject.instance().removeMapLayer(rows(window)["field_20210701"].embedding.id())
    wait_until(lambda: "no longer worked on together" in window.note.text())
    assert not window.draw_button.isVisible()


def test_another_date_makes_another_set(window, context, dates):
    work_with(window, context, dates)
    assert not window.work_button.isEnabled()
    assert window.scenes.set_day(rows(window)["field_20210701"].kept, "2021-08-15")
    wait_until(window.work_button.isEnabled)
    window.work_button.click()
    wait_until(lambda: not window.work_button.isEnabled() or not window.failure.isHidden())
    (place,) = context.workspace.places
    assert place.dates == ("2021-04-01", "2021-08-15")


def test_a_layer_is_called_as_it_is_called_now(window, dates):
    window.add_files([str(dates[0])])
    rows(window)["field_20210401"].layer.setName("Spring")
    wait_until(lambda: window.table.topLevelItem(0).text(0) == "Spring")


def test_what_is_ticked_and_gone_stays_in_the_list(window, scene, tmp_path):
    path = crop(scene, tmp_path / "mine.tif")
    window.add_files([str(path), str(crop(scene, tmp_path / "other.tif"))])
    path.unlink()
    window.scenes.look_again()
    wait_until(lambda: "gone" in window.table.item_of("mine").text(3))
    assert rows(window)["mine"].lost and window.embed_button.text() == "Embed 1"
    assert "1 ticked whose files are gone" in window.work_button.toolTip()
    chosen = []
    window.chosen.connect(chosen.append)
    window.table.itemDoubleClicked.emit(window.table.item_of("mine"), 3)
    assert not chosen, "there is nothing to see in the Embed tab"


def test_scenes_that_were_moved_are_missed_when_the_project_is_opened_again(window, scene, tmp_path):
    path = crop(scene, tmp_path / "mine.tif")
    window.add_files([str(path)])
    project = str(tmp_path / "p.qgs")
    assert QgsProject.instance().write(project)
    QgsProject.instance().clear()
    path.rename(tmp_path / "moved.tif")
    QgsProject.instance().read(project)
    # The list is drawn anew a moment after the project is read.
    wait_until(lambda: window.table.topLevelItemCount() == 1 and not window.embed_button.isEnabled())
    assert state_text(rows(window)["mine"]) == "its file is gone" == window.table.item_of("mine").text(3)
    rows(window)["mine"].layer.setDataSource(str(tmp_path / "moved.tif"), "mine", "gdal")
    window.scenes.look_again()
    wait_until(window.embed_button.isEnabled)


def test_a_cancelled_scene_keeps_what_is_true_of_its_old_embedding(window, context, scene, tmp_path):
    """Its file is gone: it was, and nothing can be worked with, whatever became of the next try."""
    path = crop(scene, tmp_path / "mine.tif")
    window.add_files([str(path)])
    window.embed_button.click()
    wait_until(lambda: window._queue.running is None)
    Path(layers.path_of(context.workspace.embedding)).unlink()
    os.kill(context.client.pid, signal.SIGSTOP)  # or it might be done before it hears of the cancel
    window.embed_all()
    assert not rows(window)["mine"].ready
    window._queue.cancel_all()
    os.kill(context.client.pid, signal.SIGCONT)
    wait_until(lambda: window._queue.running is None)
    row = rows(window)["mine"]
    assert row.state == "gone" and not row.ready and row.to_embed


def test_a_scene_that_leaves_takes_its_place_in_the_queue_with_it(window, scene, tmp_path):
    window.add_files([str(crop(scene, tmp_path / f"{name}.tif")) for name in ("a", "b", "c")])
    window.embed_button.click()
    waits = rows(window)["b"].layer.id()
    QgsProject.instance().removeMapLayer(waits)
    assert [item.name for item in window._queue.waiting] == ["c"]
    window.scenes.changed.emit()
    assert window.cancel_button.isVisible()
    window.cancel_button.click()
    wait_until(lambda: window._queue.running is None)
    assert not window._queue.items and {row.state for row in window.scenes.rows()} == {"new"}
    wait_until(lambda: not window.cancel_button.isVisible())


def test_two_scenes_of_one_content_have_an_embedding_each(window, context, scene, tmp_path):
    window.add_files([str(crop(scene, tmp_path / f"{name}_20210401.tif")) for name in ("a", "b")])
    window.embed_button.click()
    wait_until(lambda: window._queue.running is None)
    wait_until(lambda: [row.state for row in window.scenes.rows()] == ["embedded", "embedded"])
    wait_until(window.work_button.isEnabled)
    window.work_button.click()
    wait_until(lambda: not window.failure.isHidden())
    assert "twice" in window.failure.label.text() and context.workspace.working_set is None


def test_a_scene_without_a_place_fails_with_a_sentence_and_stops_nobody(window, scene, tmp_path):
    path = crop(scene, tmp_path / "nowhere.tif")
    dataset = gdal.Open(str(path), gdal.GA_Update)
    dataset.SetProjection("")
    del dataset
    window.add_files([str(path), str(crop(scene, tmp_path / "here.tif"))])
    rows(window)["nowhere"].layer.setCrs(QgsCoordinateReferenceSystem())
    window.embed_button.click()
    wait_until(lambda: window._queue.running is None)
    found = {name: row.state for name, row in rows(window).items()}
    assert found == {"nowhere": "failed", "here": "embedded"}
    assert "coordinate reference system" in state_text(rows(window)["nowhere"])


def test_the_folder_may_be_gone(window, tmp_path):
    window.add_folder(str(tmp_path / "no such folder"))
    assert "cannot be read" in window.failure.label.text()


@pytest.mark.parametrize("gone", ["set", "layer", "embedding"])
def test_a_set_that_is_not_as_it_was_is_told_when_the_project_is_opened(
    window, context, dates, embedding, tmp_path, monkeypatch, gone
):
    heights = tmp_path / "dates" / "h.tif"
    gdal.Translate(str(heights), str(embedding), bandList=[1], outputType=gdal.GDT_Float32)
    work_with(window, context, [*dates, heights])
    saved, project = context.workspace.working_set, str(tmp_path / "p.qgs")
    assert QgsProject.instance().write(project)
    QgsProject.instance().clear()
    Path({"set": saved, "layer": heights, "embedding": dates[1]}[gone]).unlink()
    told = []
    monkeypatch.setattr(context, "warn", told.append)
    QgsProject.instance().read(project)
    assert context.workspace.working_set is None
    assert [Path(saved).name in told[0], "h.tif" in told[0], "field_20210701.tif" in told[0]].count(True) == 1
    assert len(told) == 1 and "no longer worked on together" in told[0]


def test_a_set_that_is_as_it_was_is_worked_on_without_a_word(window, context, dates, tmp_path):
    work_with(window, context, dates)
    saved, project = context.workspace.working_set, str(tmp_path / "p.qgs")
    assert QgsProject.instance().write(project)
    QgsProject.instance().clear()
    QgsProject.instance().read(project)
    assert context.workspace.working_set == saved and not context.workspace.lost_set


def test_files_beside_the_folder_of_a_set_are_those_of_the_project(window, context, dates, tmp_path):
    """The worker writes ../dates/a.tif, QGIS knows no way up."""
    told = [{"embedding": f"../dates/{path.name}", "date": "2021-04-01"} for path in dates]
    (tmp_path / "sets").mkdir()
    content = {"format": "mmearth-working-set", "format_version": 1, "places": [{"name": "field", "embeddings": told}]}
    path = tmp_path / "sets" / "set.json"
    path.write_text(json.dumps(content))
    assert [Path(file) for file in places_of(str(path))[0].embeddings] == dates
