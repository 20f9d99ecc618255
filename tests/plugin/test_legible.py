"""Every text of the dock can be read: in each language, in light and dark, as wide as it is on a small screen."""

import importlib.util
import sys
from pathlib import Path

import pytest
from qgis.core import QgsApplication, QgsProject, QgsRasterLayer, QgsSettings
from qgis.gui import QgsCollapsibleGroupBoxBasic
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QLocale, QPoint
from qgis.PyQt.QtGui import QFont, QFontMetrics
from qgis.PyQt.QtWidgets import QApplication, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from qgis_plugin import classFactory

ROOT = Path(__file__).parents[2]
#: What is left for the dock of a window of 1366 × 768 pixels.
WIDTH, HEIGHT = 390, 650
#: What is written in QGIS' font of 9 points is so wide there.
SPECIMEN, WIDE = "Plongement Échantillons", 161


@pytest.fixture(scope="module")
def legible():
    """The check of the walks."""
    specification = importlib.util.spec_from_file_location("legible", ROOT / "docs" / "desktop" / "legible.py")
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    yield module
    del sys.modules[specification.name]


@pytest.fixture
def letters(qgis_app):
    """As large as on a screen of 100 dots per inch."""
    before = QApplication.font()
    font = QFont(before)
    while QFontMetrics(font).horizontalAdvance(SPECIMEN) > WIDE:
        font.setPointSizeF(font.pointSizeF() - 0.25)
    QApplication.setFont(font)
    yield
    QApplication.setFont(before)


@pytest.fixture(params=["default", "Night Mapping"])
def theme(request, letters):
    if request.param not in QgsApplication.uiThemes():
        pytest.skip(f"QGIS has no theme {request.param}")
    palette = QApplication.palette()
    QgsApplication.setUITheme(request.param)
    yield request.param
    QgsApplication.setUITheme("default")
    QApplication.setPalette(palette)


@pytest.fixture(params=["en", "de", "fr"])
def language(request, qgis_app):
    QgsSettings().setValue("locale/overrideFlag", True)
    QgsSettings().setValue("locale/userLocale", request.param)
    QLocale.setDefault(QLocale(request.param))
    yield request.param
    QLocale.setDefault(QLocale("en"))
    QgsSettings().remove("locale/overrideFlag")
    QgsSettings().remove("locale/userLocale")


@pytest.fixture
def plugin(language, theme, qgis_iface, settings, worker_python, qgis_new_project):
    plugin = classFactory(qgis_iface)
    plugin.initGui()
    plugin.toggle_dock(True)
    plugin.dock.setFloating(True)
    plugin.dock.resize(WIDTH, HEIGHT)
    yield plugin
    plugin.unload()


@pytest.fixture
def catalogue(legible, language):
    path = ROOT / "qgis_plugin" / "i18n" / f"mmearth_{language}.ts"
    return legible.Catalogue(path) if path.exists() else None


def settle():
    for _ in range(5):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_every_text_of_the_dock_can_be_read(plugin, legible, catalogue, embedding):
    dock, found = plugin.dock, []
    fill_in(plugin, embedding)
    for page in range(dock.tabs.count()):
        dock.tabs.setCurrentIndex(page)
        for box in dock.findChildren(QgsCollapsibleGroupBoxBasic):
            box.setCollapsed(False)
        settle()
        found += legible.faults("qgis_plugin", catalogue)
    dock._pages.setCurrentWidget(dock.setup)
    settle()
    found += legible.faults("qgis_plugin", catalogue)
    assert not found, "\n".join(sorted(set(found)))
    assert dock.width() == WIDTH, "the dock is wider than there is room for"
    assert dock.minimumSizeHint().width() <= WIDTH


def test_the_check_finds_what_cannot_be_read(legible, theme):
    whole = QWidget()
    whole.resize(400, 300)
    named = {}
    for name, kind, text, place in (
        ("good", QLabel, "Wasser", (0, 0, 80, 20)),
        ("cut", QLabel, "a text that is far too long", (0, 30, 60, 20)),
        ("low", QLabel, "a text that is far too long for its one line", (0, 60, 60, 20)),
        ("told", QLabel, "a text that is far too long", (0, 90, 60, 20)),
        ("faint", QLabel, "Wasser", (0, 120, 80, 20)),
        ("above", QLabel, "Wasser", (100, 0, 80, 20)),
        ("below", QLabel, "Wald", (105, 5, 80, 20)),
        ("out", QPushButton, "Wasser", (380, 100, 100, 30)),
        ("bar", QProgressBar, "", (0, 200, 100, 20)),
        ("point", QLabel, "1.5 ha", (0, 230, 80, 20)),
        ("english", QLabel, "Draw samples", (0, 260, 120, 20)),
    ):
        named[name] = widget = kind(text, whole) if text else kind(whole)
        widget.setObjectName(name)
        widget.setGeometry(*place)
    named["low"].setWordWrap(True)
    named["told"].setToolTip("A text that is far too long")
    named["faint"].setStyleSheet("color: #777777; background-color: #808080")
    named["bar"].setValue(30)
    whole.show()
    settle()
    catalogue = legible.Catalogue(ROOT / "qgis_plugin" / "i18n" / "mmearth_de.ts")
    package = type(whole).__module__.split(".")[0]
    found = {fault.split(":")[0] for fault in legible.faults(package, catalogue)}
    assert found == {"cut", "low", "faint", "above", "below", "out", "bar", "point", "english"}
    whole.deleteLater()


def test_a_bar_says_how_far_it_is_beside_it(theme):
    from qgis_plugin.gui.widgets.progress import ProgressBar

    bar = ProgressBar()
    bar.resize(200, 24)
    bar.show()
    label = bar.findChild(QLabel)
    for value in (0, 7, 100):
        bar.setValue(value)
        assert label.text() == f"{value}\xa0%"
        assert label.width() >= label.sizeHint().width() and label.geometry().right() <= bar.width()
    bar.setRange(0, 0)
    assert label.text() == ""
    bar.setRange(0, 100)
    bar.setValue(100)
    bar.setFormat("a step that takes many words to say – %p %")
    assert label.text().endswith("…") and label.toolTip() == "a step that takes many words to say – 100 %"
    assert label.x() >= 40, "something is left of the bar"
    bar.deleteLater()


def test_the_message_bar_has_one_line_and_the_rest_on_demand(context, shown_canvas, monkeypatch):
    pushed = []
    monkeypatch.setattr(context.iface.messageBar(), "pushMessage", lambda *told: pushed.append(told))
    context.tell("The map is written.")
    context.warn("The file town.tif is there. " + 10 * "It would be replaced, which is to be said. ")
    context.warn(60 * "word " + "end.")
    assert pushed[0][1] == "The map is written." and len(pushed[0]) == 4
    assert pushed[1][1] == "The file town.tif is there." and pushed[1][2].startswith("It would be replaced")
    assert pushed[2][1].endswith("…") and pushed[2][2] == 60 * "word " + "end."


@pytest.mark.parametrize(("height", "above"), [(80, None), (900, 6)])
def test_what_is_revealed_is_seen_from_its_beginning(qgis_app, wait, height, above):
    from qgis_plugin.gui.widgets.scrolling import reveal, scrolled

    inside, outcome = QWidget(), QLabel("outcome")
    column = QVBoxLayout(inside)
    column.addWidget(QLabel("\n" * 60))
    column.addWidget(outcome)
    outcome.hide()
    area = scrolled(inside)
    area.resize(300, 300)
    area.show()
    settle()
    outcome.setFixedHeight(height)
    outcome.show()
    reveal(outcome)
    wait(lambda: area.verticalScrollBar().value() > 0)
    top = outcome.mapTo(area, QPoint(0, 0)).y()
    assert top == above if above is not None else 0 < top <= 300 - height
    area.deleteLater()


def test_the_whole_path_is_in_the_tooltip(qgis_app):
    from qgis_plugin.gui.widgets.file_widget import FileWidget

    widget = FileWidget()
    widget.setToolTip("The map to write")
    widget.setFilePath("/a/long/way/to/map.tif")
    assert widget.lineEdit().toolTip() == "The map to write\n/a/long/way/to/map.tif"


def test_numbers_in_sentences_of_the_worker_have_the_users_sign(language):
    from qgis_plugin.core.numbers import in_locale

    said = "B09 = 0.89 B8A + 0.11 B11."
    assert in_locale(said) == (said if language == "en" else "B09 = 0,89 B8A + 0,11 B11.")


def fill_in(plugin, embedding):
    """An embedding and samples, as when one draws."""
    raster = QgsRasterLayer(str(embedding), "embedding")
    QgsProject.instance().addMapLayer(raster)
    plugin.context.workspace.embedding = raster
    plugin.dock.samples.begin()
    assert plugin.context.workspace.samples is not None
    settle()
