"""Two dates compared from the dock, with a real worker: the map, its matrix, and what is refused."""

import csv
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import QgsProject, QgsVectorLayer
from qgis.PyQt.QtWidgets import QApplication

sys.path.insert(0, str(Path(__file__).parents[1] / "embed"))
from embed_material import own_context, wait_until

from qgis_plugin.core import layers
from qgis_plugin.core.samples.sample_layer import open_classes
from qgis_plugin.gui.embed.panel import EmbedPanel
from qgis_plugin.gui.scenes.desk import ScenesDesk


@pytest.fixture
def desk(qgis_iface, client, embedding, polygons, rules, tmp_path):
    """Two dates of a place, of which a corner is another land on the second, and samples in work."""
    with own_context(qgis_iface, client, tmp_path) as context:
        for day in ("20210401", "20220406"):
            shutil.copy(embedding, tmp_path / f"field_{day}.tif")
        later = gdal.Open(str(tmp_path / "field_20220406.tif"), gdal.GA_Update)
        values = later.ReadAsArray()
        values[:, :80, :80] = values[:, -80:, -80:]
        later.WriteArray(values)
        del later
        panel = EmbedPanel(context)
        desk = ScenesDesk(context, panel, panel)
        desk.window.add_files([str(tmp_path / f"field_{day}.tif") for day in ("20210401", "20220406")])
        samples = QgsVectorLayer(f"{polygons}|layername=samples", "samples", "ogr")
        QgsProject.instance().addMapLayer(samples)
        open_classes(samples, "class", rules)
        context.workspace.set_samples(samples, "class")
        yield desk
        desk.close()
        panel.close()
        panel.deleteLater()


def test_what_became_what_is_mapped_and_told_in_hectares(desk, tmp_path):
    desk.open_change()
    dialog = desk.change
    assert dialog.before.currentText() == "field_20210401" and dialog.after.currentText() == "field_20220406"
    assert dialog.run_button.isEnabled(), dialog.run_button.toolTip()
    dialog.file.setFilePath(str(tmp_path / "change"))
    dialog.run_button.click()
    assert dialog.cancel_button.isVisible() and not dialog.before.isEnabled()
    wait_until(lambda: not dialog.job.running)
    assert dialog.failure.isHidden(), dialog.failure.label.text()
    (drawn,) = [
        each for each in QgsProject.instance().mapLayers().values() if each.customProperty(layers.PRODUCT) == "map"
    ]
    assert layers.path_of(drawn) == str(tmp_path / "change.tif") and drawn.renderer().type() == "paletted"
    assert any("→" in entry.label for entry in drawn.renderer().classes())

    # The table sums up to what the map shows.
    codes = gdal.Open(str(tmp_path / "change.tif")).ReadAsArray()
    changed = float(np.count_nonzero(codes > 1)) / 100
    assert changed > 5
    matrix = {name: dict(row) for name, row in dialog.table._hectares.items()}
    off = sum(value for name, row in matrix.items() for other, value in row.items() if name != other)
    assert off == pytest.approx(changed) and f"{changed:.2f} ha changed" in dialog.table.headline.text()
    dialog.table.copy()
    lines = QApplication.clipboard().text().strip().split("\n")
    assert len(lines) == len(matrix) + 2 and lines[0].split("\t")[1:-1] == list(matrix)
    dialog.table.write_csv(tmp_path / "m.csv")
    with (tmp_path / "m.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    assert [row[0] for row in rows[1:]] == list(matrix)
    assert float(rows[1][1]) == pytest.approx(matrix[rows[1][0]][rows[0][1]], abs=1e-4)


def test_what_cannot_be_compared_is_told_before(desk, tmp_path):
    desk.open_change()
    dialog = desk.change
    before, after = dialog.before.currentIndex(), dialog.after.currentIndex()
    dialog.after.setCurrentIndex(before)
    assert not dialog.run_button.isEnabled() and "two different images" in dialog.run_button.toolTip()
    dialog.before.setCurrentIndex(after)
    assert "(2022-04-06) is later than the one after (2021-04-01)" in dialog.run_button.toolTip()
    dialog.before.setCurrentIndex(before)
    dialog.after.setCurrentIndex(after)
    dialog.classes.setCurrentIndex(dialog.classes.count() - 1)
    assert "Choose the model" in dialog.run_button.toolTip() and dialog.model.isVisible()
    (tmp_path / "no_model.json").write_text("{}")
    dialog.model.setFilePath(str(tmp_path / "no_model.json"))
    dialog.file.setFilePath(str(tmp_path / "c.tif"))
    dialog.run_button.click()
    wait_until(lambda: not dialog.job.running)
    assert "no_model.json" in dialog.failure.label.text() and not (tmp_path / "c.tif").exists()
    assert dialog.before.isEnabled() and dialog.table.isHidden()
