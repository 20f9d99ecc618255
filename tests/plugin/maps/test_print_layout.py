"""A map laid out to be printed: what is on the sheet is what is on the map, and it stays the user's."""

import shutil

import pytest
from qgis.core import QgsLayoutExporter, QgsLayoutItemLegend, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import Qt

from qgis_plugin.core import layers
from qgis_plugin.core.maps.map_history import keep_history
from qgis_plugin.core.maps.print_layout import MapSheets, round_length


@pytest.fixture(scope="module")
def made(mapped, run_core, tmp_path_factory):
    """A folder with the map of the material, of which one class was cut away: it is in the legend of the file and not
    on the map."""
    folder = tmp_path_factory.mktemp("made") / "town"
    shutil.copytree(mapped, folder)
    run_core(
        *("tidy", folder / "town_map.tif", "-o", folder / "town.tif", "--quiet"),
        *("--min-area", "0", "water=99999"),
    )
    return folder


@pytest.fixture
def town(context, made, tmp_path):
    """The layer of the map, of a copy."""
    shutil.copytree(made, tmp_path / "town")
    layer = QgsRasterLayer(str(tmp_path / "town" / "town.tif"), "Town [% 1 + 1 %]")
    layers.mark(layer, "map")
    QgsProject.instance().addMapLayer(layer)
    return layer


def test_a_map_is_laid_out_with_the_classes_that_are_on_it(context, town, wait, tmp_path):
    found, sheets = [], MapSheets(context)
    sheets.made.connect(found.append)
    sheets.failed.connect(lambda *why: found.append(why))
    sheets.lay_out(town)
    wait(lambda: found, 60, "the layout")
    layout = found[0]
    assert QgsProject.instance().layoutManager().layoutByName(layout.name()) is layout
    legend = next(item for item in layout.items() if isinstance(item, QgsLayoutItemLegend))
    model = legend.model()
    nodes = model.layerLegendNodes(model.rootGroup().findLayer(town.id()))
    shown = [each.data(Qt.ItemDataRole.DisplayRole) for each in nodes]
    assert len(shown) == 5 and all(text.endswith(" ha") for text in shown)
    assert not any("water" in text for text in shown) and any(text.startswith("forest") for text in shown)
    origin = layout.itemById("origin").currentText()
    assert "classified by mmearth" in origin and "tidied by mmearth" in origin and "probe model.json" in origin
    assert layout.itemById("title").currentText() == "Town [ % 1 + 1 %]", "a name is no expression"
    bar, metres = layout.itemById("scale"), layout.itemById("map").scale() / 1000
    assert 9 <= bar.unitsPerSegment() / metres <= 24.1, "millimetres of a part: room for its labels"
    assert bar.rect().width() > 2 * 9
    assert layout.itemById("north").linkedMap() is layout.itemById("map")
    assert layout.itemById("map").layers() == [town]
    assert QgsLayoutExporter(layout).exportToPdf(str(tmp_path / "s.pdf"), QgsLayoutExporter.PdfExportSettings()) == 0
    again, other = [], MapSheets(context)
    other.made.connect(again.append)
    other.lay_out(town)
    wait(lambda: again, 60, "a second layout")
    assert again[0].name() == f"{layout.name()} 2"
    QgsProject.instance().layoutManager().clear()


def test_what_was_done_to_a_map_is_among_its_metadata(context, town, wait):
    keep_history(context, town)
    wait(lambda: town.metadata().history(), 60, "the history")
    first, second = town.metadata().history()
    assert "classified by mmearth" in first and "tidied by mmearth" in second


def test_round_lengths():
    assert [round_length(each) for each in (1, 4.9, 24, 999, 2000)] == [1, 2, 20, 500, 2000]
