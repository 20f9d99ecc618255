"""The windows, the menu of classes and the tables of results can be read too: in each language, in light and dark."""

import json
import shutil

import pytest
from qgis.core import QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.gui import QgsCollapsibleGroupBoxBasic
from qgis.PyQt.QtCore import QPoint
from qgis.PyQt.QtGui import QColor
from test_legible import catalogue, language, legible, letters, plugin, settle, theme  # noqa: F401 - fixtures

from qgis_plugin.core.samples.sample_layer import open_classes
from qgis_plugin.gui.embed.cache_dialog import CacheDialog
from qgis_plugin.gui.maps.final_map_box import ApplyDialog
from qgis_plugin.gui.samples.import_dialog import ImportDialog

NAMES = ["Dauergrünland mit Gehölzen", "Fichten", "Winterraps", "Kies", "Dorf", "Weiher"]
SPREAD = {"bands": ["B02", "B03", "B04"], "wavelengths": [490.0, 560.0, 665.0]}


@pytest.fixture(scope="session")
def assessed(material, run_core, tmp_path_factory):
    """What the core says of a map and points of which every fifth is called as the one before; one name is long."""
    points = tmp_path_factory.mktemp("assessed") / "points.gpkg"
    run_core("sample", material / "truth.tif", "-n", 120, "-o", points, "--quiet")
    layer, truth = QgsVectorLayer(str(points), "points", "ogr"), QgsRasterLayer(str(material / "truth.tif"), "truth")
    names = {int(entry.value): entry.label for entry in truth.renderer().classes()}
    layer.startEditing()
    name = names[1]
    for number, feature in enumerate(layer.getFeatures()):
        value, _ = truth.dataProvider().sample(feature.geometry().asPoint(), 1)
        name = name if number % 5 == 4 else names[int(value)]
        layer.changeAttributeValue(feature.id(), layer.fields().indexOf("class"), name)
    assert layer.commitChanges()
    result = json.loads(run_core("assess", material / "truth.tif", points, "--json").splitlines()[-1])["result"]
    for entry, name in zip(result["classes"], NAMES, strict=False):
        entry["name"] = name
    return result


@pytest.fixture
def dock(plugin, embedding, polygons, rules, tmp_path):  # noqa: F811
    """The dock with an embedding and samples in work."""
    raster = QgsRasterLayer(str(embedding), "Tal 2024")
    copy = shutil.copy(polygons, tmp_path / "samples.gpkg")
    samples = QgsVectorLayer(f"{copy}|layername=samples", "Kartierung", "ogr")
    QgsProject.instance().addMapLayers([raster, samples])
    samples.startEditing()
    called = dict(zip(sorted(samples.uniqueValues(samples.fields().indexOf("class"))), NAMES, strict=False))
    for feature in samples.getFeatures():
        samples.changeAttributeValue(feature.id(), samples.fields().indexOf("class"), called[feature["class"]])
    assert samples.commitChanges()
    open_classes(samples, "class", rules)
    plugin.context.workspace.embedding = raster
    plugin.context.workspace.set_samples(samples, "class")
    settle()
    return plugin.dock


def test_the_tables_of_the_accuracy_tab_can_be_read(dock, legible, catalogue, assessed, tmp_path):  # noqa: F811
    dock.tabs.setCurrentWidget(dock.accuracy)
    for box in dock.accuracy.findChildren(QgsCollapsibleGroupBoxBasic):
        box.setCollapsed(False)
    outcome, found = dock.accuracy._table, []
    colours = {each["name"]: QColor("#0072b2") for each in assessed["classes"]}
    outcome.show_result(assessed, colours, tmp_path / "accuracy.csv")
    outcome.show()
    settle()
    assert outcome.table.rowCount() == len(assessed["classes"]) > 4
    for kind in range(outcome.matrix.what.count()):
        outcome.matrix.what.setCurrentIndex(kind)
        settle()
        found += legible.faults("qgis_plugin", catalogue)
    assert not found, "\n".join(sorted(set(found)))


def compared():
    """A comparison of classes as the worker tells it."""
    size, bands = len(NAMES), len(SPREAD["bands"])
    spread = {**SPREAD, "low": [[0.1] * bands] * size, "middle": [[0.2] * bands] * size, "high": [[0.3] * bands] * size}
    odd = {"fid": 1, "label": NAMES[0], "nearest": NAMES[3], "distance": 3.4, "date": "2024-06-12"}
    return {
        "classes": [{"name": name, "colour": "#0072b2"} for name in NAMES],
        "spectra": spread,
        "embedding": {**spread, "wavelengths": None},
        "separability": [[None if row == other else 0.8 + 0.1 * row for other in range(size)] for row in range(size)],
        "told_on": None,
        "odd": [odd, {**odd, "nearest": NAMES[0], "date": None}],
        "messages": [],
        "no_spectra": None,
    }


def test_windows_and_menus_can_be_read(dock, plugin, legible, catalogue, embedding, tmp_path):  # noqa: F811
    context, found = plugin.context, []
    dock.hide()

    def look(window):
        window.show()
        settle()
        found.extend(legible.faults("qgis_plugin", catalogue))
        window.hide()

    many = dock.scenes.window
    many.add_files([shutil.copy(embedding, tmp_path / "town_20240612.tif"), str(embedding)])
    look(many)
    change = dock.scenes.change
    change.table.show_result(
        {
            "hectares": {one: dict.fromkeys(NAMES, 1234.5) for one in NAMES},
            "changed_ha": 1234.5, "unchanged_ha": 99.5, "unsure_ha": 3.25, "messages": [],
        }
    )  # fmt: skip
    change.table.show()
    look(change)
    table = dock.samples.window_of_samples
    table.setFloating(True)
    table.resize(900, 300)
    look(table)
    plots = dock.samples.class_plots
    plots._show(compared())
    for page in range(plots.pages.count()):
        plots.pages.setCurrentIndex(page)
        look(plots)
    survey = QgsVectorLayer("Polygon?crs=EPSG:32632&field=land use:string", "Field survey 2024", "memory")
    QgsProject.instance().addMapLayer(survey)
    for dialog in (
        ImportDialog(context, dock.samples.table),
        ApplyDialog(context.workspace.embedding),
        CacheDialog(dock.embed.box.cache()),
    ):
        look(dialog)
        dialog.deleteLater()
    dock.help.open_keys()
    settle()
    found += legible.faults("qgis_plugin", catalogue)
    menu = dock.samples.classes.menu
    for each in (menu, menu.merge, menu.sets):
        each.popup(QPoint(0, 0))
        settle()
        found += legible.faults("qgis_plugin", catalogue)
        each.hide()
    assert not found, "\n".join(sorted(set(found)))
