"""The Embed tab: what it shows of a layer, what it asks for, and that its buttons do what they say."""

import re
import shutil
from pathlib import Path

import pytest
from embed_material import add_layer, crop, own_context, record, strip_names, wait_until
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsRasterLayer, QgsRectangle, QgsVectorLayer
from qgis.gui import QgsCollapsibleGroupBox
from qgis.PyQt.QtCore import QCoreApplication, QPoint, QPointF, Qt
from qgis.PyQt.QtGui import QWheelEvent
from qgis.PyQt.QtWidgets import QToolButton

from qgis_plugin.core import layers
from qgis_plugin.core.embed.cache import EmbeddingCache
from qgis_plugin.core.layer_tree import visible
from qgis_plugin.core.worker.request import WorkerError
from qgis_plugin.gui.embed.band_table import guess
from qgis_plugin.gui.embed.cache_dialog import CacheDialog, size_text
from qgis_plugin.gui.embed.panel import EmbedPanel

TWELVE = ["B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12"]


def boxes_around(widget):
    while widget is not None:
        if isinstance(widget, QgsCollapsibleGroupBox):
            yield widget
        widget = widget.parentWidget()


@pytest.fixture(scope="session")
def scene_file(material, tmp_path_factory):
    return crop(material / "scene.tif", tmp_path_factory.mktemp("panel") / "autumn.tif")


@pytest.fixture(scope="session")
def plain_file(scene_file, tmp_path_factory):
    return strip_names(scene_file, tmp_path_factory.mktemp("panel") / "plain.tif")


@pytest.fixture
def context(qgis_iface, client, tmp_path):
    with own_context(qgis_iface, client, tmp_path) as context:
        yield context


@pytest.fixture
def panel(context):
    panel = EmbedPanel(context)
    panel.resize(380, 700)
    panel.show()
    yield panel
    panel.close()
    panel.deleteLater()


def plainly(widget):
    return widget.text().replace("\xa0", " ")


def inspected(panel):
    wait_until(lambda: panel._inspection is not None)


def ended(panel):
    wait_until(lambda: panel.queue.running is None)


def test_an_empty_project_says_how_to_begin(panel):
    assert "Add a Sentinel-2 raster" in panel.summary.text()
    assert not panel.embed_button.isEnabled() and panel.run.cancel_button.isHidden() and panel.run.bar.isHidden()


def test_a_layer_is_read_by_itself(panel, scene_file):
    layer = add_layer(scene_file, "Autumn")
    inspected(panel)
    assert panel.layer_combo.currentLayer() is layer
    text = plainly(panel.summary)
    assert "12 of 12 bands · L2A · offset 0" in text and "256 × 256 px · 6.6 km² · about" in text
    assert "Level L2A" in panel.form.evidence.text()
    assert panel.embed_button.isEnabled()
    assert panel.form.details.isCollapsed() and panel.form.band_box.isCollapsed()


def test_nothing_is_asked_while_nobody_looks(context, scene_file, monkeypatch):
    verbs = record(context.client, monkeypatch)
    panel = EmbedPanel(context)
    add_layer(scene_file, "Autumn")
    wait_until(lambda: panel.layer_combo.currentLayer() is not None)
    assert not panel.inspector._timer.isActive()
    panel.show()
    inspected(panel)
    assert verbs == ["inspect"]
    panel.close()


def test_what_is_said_is_of_the_layer_that_was_chosen_while_nobody_looked(panel, scene_file, tmp_path):
    add_layer(scene_file, "Autumn")
    wait_until(lambda: panel.inspector.busy)
    panel.hide()
    gdal.Translate(str(tmp_path / "small.tif"), str(scene_file), srcWin=[0, 0, 200, 180])
    panel._follow(add_layer(tmp_path / "small.tif", "small"))
    panel.show()
    inspected(panel)
    assert "200 × 180 px" in plainly(panel.summary)


def test_only_rasters_that_can_be_embedded_are_offered(panel, scene_file, embedding):
    scene = add_layer(scene_file, "Autumn")
    add_layer(embedding, "An embedding")
    made = QgsRasterLayer(str(scene_file), "A map of ours")
    layers.mark(made, "map")
    QgsProject.instance().addMapLayer(made)
    QgsProject.instance().addMapLayer(QgsRasterLayer("type=xyz&url=http://127.0.0.1/{z}", "tiles", "wms"))
    wait_until(lambda: panel.layer_combo.count() == 1)
    assert panel.layer_combo.currentLayer() is scene
    panel._follow(made)
    assert panel.layer_combo.currentLayer() is scene


def test_it_follows_the_active_layer(panel, scene_file):
    first, second = add_layer(scene_file, "A"), add_layer(scene_file, "B")
    wait_until(lambda: panel.layer_combo.count() == 2)
    for layer in (second, first):
        panel._follow(layer)
        assert panel.layer_combo.currentLayer() is layer


def test_what_was_left_out_is_told_beside_the_layer(panel, context, scene_file, tmp_path):
    frame = tmp_path / "frame.tif"
    shutil.copy(scene_file, frame)
    dataset = gdal.Open(str(frame), gdal.GA_Update)
    for number in range(1, dataset.RasterCount + 1):
        band = dataset.GetRasterBand(number)
        values = band.ReadAsArray()
        values[:, :20] = 65535
        band.WriteArray(values)
    dataset = None
    add_layer(frame, "Framed")
    inspected(panel)
    panel.embed_button.click()
    ended(panel)
    assert (
        panel.run.status.text().startswith("Framed is embedded. ")
        and "fill that is not declared" in panel.run.status.text()
    )


def test_embedding_once_and_opening_it_the_second_time(panel, context, scene_file, monkeypatch):
    layer = add_layer(scene_file, "Autumn")
    inspected(panel)
    done = []
    panel.embedded.connect(done.append)
    panel.embed_button.click()
    assert not panel.embed_button.isEnabled() and not panel.run.cancel_button.isHidden()
    ended(panel)
    assert done == [context.workspace.embedding] and panel.run.status.text() == "Autumn is embedded."
    assert panel.box.combo.currentText() == "Embedding – Autumn"
    assert panel.layer_combo.currentLayer() is layer
    inspected(panel)
    assert "Already embedded – opens at once." in panel.summary.text()
    QgsProject.instance().removeMapLayer(context.workspace.embedding.id())
    verbs = record(context.client, monkeypatch)
    panel.embed_button.click()
    ended(panel)
    assert "embed" not in verbs and "opened from the cache" in panel.run.status.text()
    assert context.workspace.embedding is not None
    assert not plainly(panel.box.cache_label).startswith("Cache: 0 MB")


def test_cancelling_keeps_and_says_so(panel, context, scene_file, monkeypatch):
    add_layer(scene_file, "Autumn")
    inspected(panel)
    chosen = panel.form.options
    monkeypatch.setattr(panel.form, "options", lambda: chosen().__class__(**{**chosen().__dict__, "tile": 64}))
    panel.embed()
    wait_until(lambda: panel.queue.running is None or panel.queue.running.job.kept)
    assert panel.run.bar.isVisible()
    panel.run.cancel_button.click()
    ended(panel)
    assert "Autumn cancelled. Finished tiles (" in panel.run.status.text() and panel.run.bar.isHidden()
    inspected(panel)
    assert "of 16 tiles are done – goes on there." in panel.summary.text()
    assert not EmbeddingCache(context.settings.cache_folder, 20).entries()[0].complete


def test_a_height_model_is_not_asked_for_its_bands(panel, scene_file, tmp_path):
    gdal.Translate(str(tmp_path / "dem.tif"), str(scene_file), bandList=[1])
    add_layer(tmp_path / "dem.tif", "heights")
    wait_until(panel.summary.isVisible)
    assert "heights has too few bands for a Sentinel-2 scene (1 of at least 4)" in plainly(panel.summary)
    assert not panel.embed_button.isEnabled() and panel.form.band_box.isCollapsed()


def test_what_cannot_be_read_is_not_offered_to_be_embedded(panel, plain_file):
    add_layer(plain_file, "plain")
    wait_until(panel.warnings.isVisible)
    assert not panel.embed_button.isEnabled()
    panel.form.band_table.confirm_button.click()
    inspected(panel)
    assert panel.embed_button.isEnabled() and panel.warnings.isHidden()


def test_cancelling_the_only_tile_promises_nothing(panel, scene_file):
    add_layer(scene_file, "Autumn")
    inspected(panel)
    panel.embed()
    wait_until(lambda: panel.queue.running is None or panel.queue.running.job.output is not None)
    panel.run.cancel_button.click()
    ended(panel)
    assert panel.run.status.text() == "Autumn cancelled; no tile was finished yet."
    inspected(panel)
    assert "tiles are done" not in panel.summary.text()


def test_bands_without_names_open_the_table(panel, context, plain_file):
    layer = add_layer(plain_file, "plain")
    wait_until(panel.warnings.isVisible)
    assert not panel.form.band_box.isCollapsed()
    assert "“Bands”" in panel.warnings.label.text() and "`" not in panel.warnings.label.text()
    table = panel.form.band_table
    assert table.bands() is None and "guess" in table._note.text()
    assert [table.combo(band).currentData() for band in range(1, 13)] == TWELVE
    table.combo(1).setCurrentIndex(table.combo(1).findData("B02"))
    assert not table.confirm_button.isEnabled() and "B02 is chosen twice" in table._note.text()
    table.combo(1).setCurrentIndex(table.combo(1).findData("-"))
    table.confirm_button.click()
    inspected(panel)
    assert "11 of 12 bands" in panel.summary.text() and not panel.warnings.isVisible()
    panel.embed()
    ended(panel)
    assert context.workspace.embedding is not None, panel.run.failure.label.text()
    # What was said of a layer is kept with it.
    add_layer(plain_file, "another")
    wait_until(lambda: panel.layer_combo.count() == 2)
    panel._follow(next(each for each in QgsProject.instance().mapLayersByName("another")))
    assert panel.form.band_table.bands() is None
    panel._follow(layer)
    assert panel.form.band_table.bands() == ("-", *TWELVE[1:])
    panel.form.band_table.file_button.click()
    assert panel.form.options().bands is None


def test_level_and_offset_are_passed_on(panel, scene_file):
    add_layer(scene_file, "Autumn")
    inspected(panel)
    panel.form.level.setCurrentIndex(panel.form.level.findData("l1c"))
    assert panel._inspection is None
    inspected(panel)
    assert "L1C" in panel.summary.text()


def test_the_mouse_wheel_passes_over_choices(panel, scene_file):
    add_layer(scene_file, "Autumn")
    inspected(panel)
    panel.form.details.setCollapsed(False)
    panel.form.band_box.setCollapsed(False)
    panel.embed_button.setFocus()
    for combo in (panel.form.level, panel.form.band_table.combo(3), panel.layer_combo):
        before, centre = combo.currentIndex(), QPointF(combo.rect().center())
        none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
        down = QPoint(0, -120)
        turned = QWheelEvent(centre, QPointF(combo.mapToGlobal(combo.rect().center())), down, down, *none, False)
        QCoreApplication.sendEvent(combo, turned)
        assert combo.currentIndex() == before
    assert panel._inspection is not None


def test_an_ambiguous_offset_opens_its_choice(panel):
    text = "x.tif: the values do not tell the offset, see `tile`; choose `offset=-1000` or `offset=0`."
    panel._show_refusal(WorkerError("input", text, about=("tile", "offset")))
    assert not panel.form.details.isCollapsed()
    assert panel._sought is panel.form.offset
    said = "x.tif: the values do not tell the offset, see tile; choose “Offset” = -1000 or “Offset” = 0."
    assert panel.warnings.label.text() == said


@pytest.mark.parametrize(
    "name", ["bands", "level", "scale", "bounds", "aoi", "model", "output", "exclude_clouds", "trust"]
)
def test_what_an_error_is_about_is_opened_and_called_as_on_the_screen(panel, scene_file, name):
    add_layer(scene_file, "Autumn")
    widget = panel.form.open_place([name])
    wait_until(lambda: not any(box.isCollapsed() for box in boxes_around(widget)))
    text = panel.form.worded(f"Look at `{name}` and `{name}=3`.")
    assert re.fullmatch(r"Look at “[A-Z].+” and “[A-Z].+” = 3\.", text), text


def test_a_warning_calls_arguments_as_on_the_screen(panel, scene_file):
    add_layer(scene_file, "Autumn")
    inspected(panel)
    panel._show_inspection({**panel._inspection, "warnings": ["It looks like L2A; pass `level` if that is wrong."]})
    assert panel.warnings.label.text() == "It looks like L2A; pass “Level” if that is wrong."


def test_a_layer_is_looked_at_again_when_its_place_changes(panel, scene_file, tmp_path):
    gdal.Translate(str(tmp_path / "bare.tif"), str(scene_file))
    bare = gdal.Open(str(tmp_path / "bare.tif"), gdal.GA_Update)
    bare.SetProjection("")
    del bare
    layer = add_layer(tmp_path / "bare.tif", "Bare")
    right = add_layer(scene_file, "Autumn").crs()
    layer.setCrs(QgsCoordinateReferenceSystem())
    panel.layer_combo.setLayer(layer)
    wait_until(lambda: "has no coordinate reference system" in panel.warnings.label.text())
    panel.embed()
    ended(panel)
    assert panel.run.failure.isVisible()
    layer.setCrs(right)
    inspected(panel)
    assert panel.run.failure.isHidden(), "what was wrong is wrong no longer"
    assert any("as given" in sentence for sentence in panel._inspection["evidence"]) and not panel.warnings.label.text()
    layer.setCrs(QgsCoordinateReferenceSystem())
    wait_until(lambda: "has no coordinate reference system" in panel.warnings.label.text())


def test_the_visible_part_and_its_change(panel, context, scene_file):
    layer = add_layer(scene_file, "Autumn")
    canvas = context.iface.mapCanvas()
    canvas.setDestinationCrs(layer.crs())
    extent, size = layer.extent(), layer.rasterUnitsPerPixelX()
    box = QgsRectangle(
        extent.xMinimum(), extent.yMinimum(), extent.xMinimum() + 50 * size, extent.yMinimum() + 40 * size
    )
    canvas.setExtent(box)
    panel.form.visible.setChecked(True)
    inspected(panel)
    small = panel._inspection["width"] * panel._inspection["height"]
    assert small < 256 * 256
    canvas.setExtent(extent.buffered(5000))
    assert panel._inspection is None
    inspected(panel)
    assert panel._inspection["width"] == 256


def test_polygons_have_to_be_chosen(panel, scene_file, polygons):
    add_layer(scene_file, "Autumn")
    panel.form.inside.setChecked(True)
    wait_until(lambda: "No layer of polygons is chosen" in panel.summary.text())
    panel.embed()
    assert panel.queue.running is None and "No layer of polygons" in panel.run.status.text()
    QgsProject.instance().addMapLayer(QgsVectorLayer(str(polygons), "areas", "ogr"))
    inspected(panel)


def test_the_context_menu_embeds_the_whole_layer(panel, context, scene_file, embedding):
    add_layer(scene_file, "Other")
    layer = add_layer(scene_file, "Autumn")
    product = add_layer(embedding, "An embedding")
    wait_until(lambda: panel.layer_combo.count() == 2)
    panel.form.visible.setChecked(True)
    panel.embed_layer(product)
    assert panel.queue.running is None and "cannot be embedded" in panel.run.status.text()
    panel.embed_layer(layer)
    assert panel.form.whole.isChecked()
    ended(panel)
    assert layers.source_of(context.workspace.embedding) is layer


def test_a_failing_disk_offers_another_try(panel, context, scene_file, tmp_path):
    add_layer(scene_file, "Autumn")
    inspected(panel)
    (tmp_path / "occupied").write_text("a file")
    context.settings.cache_folder = tmp_path / "occupied"
    panel.embed()
    ended(panel)
    assert panel.run.failure.isVisible() and panel.embed_button.text() == "Try again"
    context.settings.cache_folder = tmp_path / "cache"
    panel.embed_button.click()
    ended(panel)
    assert context.workspace.embedding is not None and panel.run.failure.isHidden()


def test_closing_while_it_runs_leaves_nothing_on_the_map(context, scene_file):
    panel = EmbedPanel(context)
    panel.show()
    add_layer(scene_file, "Autumn")
    wait_until(lambda: panel.layer_combo.currentLayer() is not None)
    panel.embed()
    wait_until(lambda: panel.queue.running is None or panel.run.bar.maximum() > 0)
    panel.close()
    wait_until(lambda: not context.client.running())
    assert [each.name() for each in QgsProject.instance().mapLayers().values()] == ["Autumn"]


def test_embeddings_from_files_and_the_one_in_use(panel, context, embedding, scene_file):
    assert not panel.box.open_file(str(scene_file))
    assert panel.box.open_file(str(embedding))
    first = context.workspace.embedding
    assert layers.path_of(first) == str(embedding)
    assert panel.box.open_file(str(embedding)) and context.workspace.embedding is first
    second = add_layer(embedding, "zz second")
    wait_until(lambda: panel.box.combo.count() == 2)
    panel.box.combo.setCurrentIndex(1)
    panel.box.combo.activated.emit(1)
    assert context.workspace.embedding is second
    QgsProject.instance().removeMapLayer(second.id())
    wait_until(lambda: panel.box.combo.currentText() == "Choose one")


def test_the_cache_dialog_removes_what_is_not_in_use(qgis_new_project, embedding, tmp_path):
    folder = tmp_path / "cache"
    folder.mkdir()
    used, free = folder / "used-0123456789ab.tif", folder / "free-ba9876543210.tif"
    for path in (used, free):
        path.write_bytes(Path(embedding).read_bytes())
    add_layer(used, "in use")
    dialog = CacheDialog(EmbeddingCache(folder, 20))
    assert dialog.list.topLevelItemCount() == 2
    dialog.list.selectAll()
    dialog.remove_button.click()
    assert used.exists() and not free.exists() and not dialog.note.isHidden()
    assert dialog.list.topLevelItemCount() == 1
    dialog.deleteLater()


def test_names_and_numbers_of_bands():
    unnamed = [f"Band {number}" for number in range(1, 13)]
    assert guess(unnamed) == (TWELVE, True)
    assert guess([f"Band 0{n}" for n in range(1, 5)]) == (["B02", "B03", "B04", "B08"], True)
    assert guess(["Band 1: B02", "Band 2: B8A", "Band 3: SCL"]) == (["B02", "B8A", "SCL"], False)
    assert guess(["Band 1 (Gray)", "Band 2", "Band 3"]) == (["-", "-", "-"], False)
    assert guess([f"Band {number}" for number in range(1, 14)])[0][9:11] == ["B09", "B10"]


def test_sizes_read_well():
    assert [size_text(x).replace("\xa0", " ") for x in (0, 5e3, 8.5e8, 1.24e9, 2e10)] == [
        "0 MB",
        "5 kB",
        "850 MB",
        "1.2 GB",
        "20 GB",
    ]


def test_making_a_layer_of_polygons_active_keeps_the_layer_to_embed(panel, context, scene_file, polygons):
    scene = add_layer(scene_file, "scene")
    assert panel.layer_combo.currentLayer() is scene
    drawn = QgsVectorLayer(str(polygons), "samples", "ogr")
    QgsProject.instance().addMapLayer(drawn)
    context.iface.currentLayerChanged.emit(drawn)
    assert panel.layer_combo.currentLayer() is scene


def test_the_unit_that_was_chosen_is_known_again(panel, scene_file, plain_file):
    scene, other = add_layer(scene_file, "scene"), add_layer(plain_file, "other")
    panel.layer_combo.setLayer(scene)
    panel.form.scale.setCurrentIndex(panel.form.scale.findData(0.001))
    panel.layer_combo.setLayer(other)
    assert panel.form.scale.currentData() == "auto"
    panel.layer_combo.setLayer(scene)
    assert panel.form.scale.currentData() == 0.001


def test_a_file_that_exists_is_replaced_only_when_agreed(panel, context, scene_file, tmp_path, monkeypatch):
    from qgis_plugin.gui.embed import panel as embed_panel

    answers, asked = [], []
    buttons = embed_panel.QMessageBox.StandardButton
    monkeypatch.setattr(embed_panel.QMessageBox, "question", lambda *text: (asked.append(text[-1]), answers.pop(0))[1])
    add_layer(scene_file, "scene")
    target = tmp_path / "mine.tif"
    panel.form.output.setFilePath(str(target))
    panel.embed()
    ended(panel)
    first, inode = context.workspace.embedding, target.stat().st_ino
    assert not asked and Path(layers.path_of(first)) == target

    answers.append(buttons.No)
    panel.embed()
    assert panel.queue.running is None and str(target) in asked[0] and target.stat().st_ino == inode

    changes = []
    context.workspace.embeddingChanged.connect(changes.append)
    answers.append(buttons.Yes)
    panel.embed()
    ended(panel)
    assert target.stat().st_ino != inode
    assert len(layers.embeddings()) == 1 and context.workspace.embedding is layers.embeddings()[0]
    assert changes, "what is made from the file has to be made anew"


def test_an_embedding_that_was_not_replaced_after_all_is_in_use_again(
    panel, context, scene_file, tmp_path, monkeypatch
):
    from qgis_plugin.gui.embed import panel as embed_panel

    yes = embed_panel.QMessageBox.StandardButton.Yes
    monkeypatch.setattr(embed_panel.QMessageBox, "question", lambda *_: yes)
    add_layer(scene_file, "scene")
    target = tmp_path / "mine.tif"
    panel.form.output.setFilePath(str(target))
    panel.embed()
    ended(panel)
    panel.embed()
    wait_until(lambda: context.workspace.embedding is None)
    panel.cancel()
    ended(panel)
    assert Path(layers.path_of(context.workspace.embedding)) == target and len(layers.embeddings()) == 1


def test_a_project_that_is_opened_brings_its_embedding(panel, context, embedding, tmp_path):
    project, path = QgsProject.instance(), str(tmp_path / "town.qgs")
    layers.mark(add_layer(embedding, "embedding"), "embedding")
    assert project.write(path)
    project.clear()
    assert context.workspace.embedding is None
    assert project.read(path)
    assert context.workspace.embedding is layers.embeddings()[0]


def test_a_mosaic_of_files_elsewhere_is_read_when_the_user_says_so(panel, scene_file, tmp_path):
    gdal.BuildVRT(str(tmp_path / "mosaic.vrt"), str(scene_file)).FlushCache()
    gdal.Translate(str(tmp_path / "named.vrt"), str(tmp_path / "mosaic.vrt"), format="VRT").FlushCache()
    add_layer(tmp_path / "named.vrt", "Mosaic")
    wait_until(lambda: not panel.warnings.isHidden())
    assert "“Follow what the layer refers to”" in panel.warnings.label.text()
    assert panel.form.trust in panel.form.advanced.findChildren(type(panel.form.trust))
    assert not panel.form.advanced.isCollapsed()
    panel.form.trust.setChecked(True)
    wait_until(lambda: panel._inspection is not None or "refers to" not in panel.warnings.label.text())
    assert "refers to" not in panel.warnings.label.text()
    add_layer(scene_file, "Autumn")
    panel.layer_combo.setLayer(QgsProject.instance().mapLayersByName("Autumn")[0])
    assert not panel.form.trust.isChecked()  # one layer is no other


def test_further_layers_wait_while_one_is_embedded(panel, context, scene_file, plain_file, tmp_path):
    """The form stays free, each has its own cancel, and what fails does not stop the others."""
    other = crop(scene_file, tmp_path / "other.tif")
    first, third = add_layer(scene_file, "Autumn"), add_layer(other, "Other")
    fails, fourth = add_layer(plain_file, "Plain"), add_layer(scene_file, "Not wanted")
    wait_until(lambda: panel.layer_combo.count() == 4)
    for layer in (first, fails, third, fourth):
        panel.layer_combo.setLayer(layer)
        panel.embed()
        assert panel.queue.at_work(layer.id()) and panel.layer_combo.isEnabled()
        assert not panel.embed_button.isEnabled(), "the same layer is not embedded twice"
    assert [item.name for item in panel.queue.waiting] == ["Plain", "Other", "Not wanted"]
    panel.run.findChildren(QToolButton, "cancelWaiting")[2].click()
    assert panel.queue.of(fourth.id()).state == "cancelled"
    panel.layer_combo.setLayer(first)
    wait_until(lambda: panel.queue.running is None)
    assert [panel.queue.of(each.id()).state for each in (first, fails, third)] == ["done", "failed", "done"]
    assert panel.run.failure.label.text().startswith("Plain was not embedded: "), "Other came after it"
    assert layers.source_of(context.workspace.embedding) is first, "what waited does not push it aside"
    behind = panel.queue.of(third.id()).layer
    assert behind is not None and not visible(behind) and visible(context.workspace.embedding)
    panel.layer_combo.setLayer(fails)
    wait_until(lambda: not panel.warnings.isHidden())
    assert panel.run.failure.isHidden(), "the same sentence stands above, once"


def test_two_layers_are_not_written_to_one_file(panel, scene_file, tmp_path):
    first, second = add_layer(scene_file, "A"), add_layer(scene_file, "B")
    wait_until(lambda: panel.layer_combo.count() == 2)
    for layer in (first, second):
        panel.layer_combo.setLayer(layer)
        panel.form.output.setFilePath(str(tmp_path / "one.tif"))
        panel.embed()
    assert not panel.queue.at_work(second.id()) and "is being written already" in panel.run.status.text()
    ended(panel)


def test_another_project_takes_out_what_waits(panel, scene_file):
    first, second = add_layer(scene_file, "A"), add_layer(scene_file, "B")
    wait_until(lambda: panel.layer_combo.count() == 2)
    for layer in (first, second):
        panel.layer_combo.setLayer(layer)
        panel.embed()
    QgsProject.instance().clear()
    assert not panel.queue.waiting
    ended(panel)
    assert "Its project was closed" in panel.run.status.text()
