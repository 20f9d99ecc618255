"""The window that compares classes: drawn from what a real worker says, copied, and linked to the samples."""

import os

import pytest
from qgis.core import QgsApplication, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtTest import QTest

from qgis_plugin.core import layers
from qgis_plugin.core.samples import sample_edits
from qgis_plugin.core.samples.class_model import ClassTable
from qgis_plugin.gui.plots.class_plots import ClassPlots


@pytest.fixture
def plots(workbench, scene, rules, wait):
    """The window, open, on samples of which the scene is in the project."""
    layer = QgsRasterLayer(str(scene), "scene")
    QgsProject.instance().addMapLayer(layer)
    layers.mark(workbench.workspace.embedding, "embedding", layer)
    table = ClassTable(workbench.workspace.samples, workbench.workspace.field, rules)
    plots = ClassPlots(workbench)
    plots.set_table(table)
    plots.table = table
    plots.show()
    wait(lambda: plots._result is not None, what="a comparison")
    yield plots
    plots.let_go()
    table.close()
    plots.deleteLater()


def test_classes_are_drawn_in_their_colours_and_values_are_told(plots):
    names = [each.name for each in plots.table.classes]
    assert sorted(plots.spectra.shown) == sorted(names) == sorted(plots.embedding.shown)
    for page, plot in ((0, plots.spectra), (1, plots.embedding)):
        plots.pages.setCurrentIndex(page)
        picture = plot.grab().toImage()
        painted = {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())}
        assert {QColor(each.colour).name() for each in plots.table.classes} <= painted
        if os.environ.get("MMEARTH_PICTURES"):
            plots.grab().save(f"{os.environ['MMEARTH_PICTURES']}/plots-{page}.png")
    told = plots.spectra.text_at(0).splitlines()
    assert "nm" in told[0] and len(told) == 1 + len(names) and "…" in told[1]


def test_a_click_on_a_name_hides_the_class(plots):
    plots.pages.setCurrentIndex(0)
    plots.spectra.grab()
    box, name = plots.spectra._names[0]
    QTest.mouseClick(plots.spectra, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, box.center().toPoint())
    assert name not in plots.spectra.shown
    QTest.mouseClick(plots.spectra, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, box.center().toPoint())
    assert name in plots.spectra.shown
    QTest.mouseMove(plots.spectra, QPoint(5, 5))


def test_the_matrix_is_told_and_copied(plots):
    plots.pages.setCurrentIndex(2)
    size = len(plots.table.classes)
    assert plots.matrix.rowCount() == size and plots.matrix.item(0, 0).text() == ""
    assert plots.matrix.item(0, 1).text() == plots.matrix.item(1, 0).text() != ""
    assert "0 is the same, 2 is never mixed up" in plots.verdict.text()
    plots.copy_table.click()
    rows = QgsApplication.clipboard().text().splitlines()
    assert rows[0].startswith("class,") and len(rows) == size + 1
    assert 0 <= float(rows[1].split(",")[2]) <= 2
    plots.copy_picture.click()
    assert QgsApplication.clipboard().pixmap().width() > 100
    plots.pages.setCurrentIndex(0)
    plots.copy_table.click()
    head, *rows = QgsApplication.clipboard().text().splitlines()
    assert head == "class,band,wavelength_nm,p10,p50,p90"
    assert len(rows) == size * len(plots._result["spectra"]["bands"])


@pytest.mark.parametrize(
    ("worst", "said"),
    [(0.4, "b and c will be mixed up"), (1.0, "Closest are b and c"), (1.9, "All classes are well apart")],
)
def test_the_verdict_is_on_the_two_classes_that_are_least_apart(plots, worst, said):
    colours = {"a": "#ff0000", "b": "#00ff00", "c": "#0000ff"}
    classes = [{"name": name, "colour": colour} for name, colour in colours.items()]
    values = [[None, 1.95, 2.0], [1.95, None, worst], [2.0, worst, None]]
    plots._show({**plots._result, "classes": classes, "separability": values, "odd": []})
    assert said in plots.verdict.text()
    red, green = (plots.matrix.item(1, column).background().color() for column in (2, 0))
    assert green.green() > green.red() and (red.red() > red.green()) == (worst < 1)


def test_an_odd_sample_is_shown_and_selected_and_edits_are_followed(plots, shown_canvas, wait):
    layer, table = plots.table.layer, plots.table
    before = {each["fid"] for each in plots._result["odd"]}
    wrong = next(
        f
        for f in layer.getFeatures()
        if f.id() not in before and table.count(0) and f["class"] == table.classes[0].name
    )
    sample_edits.relabel_samples(layer, "class", [wrong.id()], table.classes[1])
    wait(lambda: wrong.id() in {each["fid"] for each in plots._result["odd"]}, what="the odd sample")
    plots.pages.setCurrentIndex(3)
    row = [each["fid"] for each in plots._result["odd"]].index(wrong.id())
    plots.odd.selectRow(row)
    assert layer.selectedFeatureIds() == [wrong.id()]
    assert shown_canvas.extent().intersects(wrong.geometry().boundingBox())
    assert shown_canvas.extent().width() < plots._context.workspace.embedding.extent().width()
    if os.environ.get("MMEARTH_PICTURES"):
        plots.grab().save(f"{os.environ['MMEARTH_PICTURES']}/plots-3.png")
        plots.pages.setCurrentIndex(2)
        plots.grab().save(f"{os.environ['MMEARTH_PICTURES']}/plots-2.png")


def test_without_the_scene_the_embedding_is_compared_all_the_same(plots, workbench, wait):
    QgsProject.instance().removeMapLayer(layers.source_of(workbench.workspace.embedding).id())
    plots._result = None
    plots._ask()
    wait(lambda: plots._result is not None, what="a comparison")
    assert plots._result["spectra"] is None and plots.spectra._why.startswith("Spectra are shown where")
    assert plots.embedding.shown
    plots.pages.setCurrentIndex(0)
    QgsApplication.clipboard().setText("before")
    plots.copy_table.click()
    assert QgsApplication.clipboard().text() == "before"


def test_classes_are_compared_on_what_the_map_learns_from(plots, workbench, two_dates, wait):
    path, dates = two_dates
    workspace = workbench.workspace

    def compared():
        plots._result = None
        wait(lambda: plots._result is not None, what="a comparison")
        return plots._result

    workspace.work_on_set(path, dates)
    voted = compared()
    assert len(voted["embedding"]["bands"]) == 128 and voted["told_on"] is not None
    assert "Each date votes" in plots.verdict.text()
    assert "Told apart best on" in plots.matrix.item(0, 1).toolTip()
    workspace.dates = "together"
    joined = compared()
    assert joined["told_on"] is None and sum(joined["pixels"]) < sum(voted["pixels"]), "a cloud hides what is below it"
    assert "pixels left out: without an embedding on every date" in plots.note.text()
    assert "Each date votes" not in plots.verdict.text() and plots.matrix.item(0, 1).toolTip() == ""
    workspace.dates = "vote"
    compared()
    if os.environ.get("MMEARTH_PICTURES"):
        for page in (1, 2, 3):
            plots.pages.setCurrentIndex(page)
            plots.grab().save(f"{os.environ['MMEARTH_PICTURES']}/plots-dates-{page}.png")
    plots._show({**plots._result, "odd": [{**ODD, "date": "1 July"}, {**ODD, "date": None}]})
    assert [plots.odd.item(row, 2).text().endswith("spread (1 July)") for row in (0, 1)] == [True, False]


def test_where_there_are_no_spectra_their_place_says_why(plots):
    why = "No spectra: the samples lie on several places; choose one embedding."
    plots._show({**plots._result, "spectra": None, "no_spectra": why})
    assert plots.spectra._why == why and plots.spectra._spread is None


ODD = {"fid": 1, "part": 0, "label": "water", "nearest": "forest", "distance": 3.2}
