"""Help in place: the guide opens where one is, the sheet of keys is the keys."""

import pytest
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QPoint, Qt, QTimer, QUrl
from qgis.PyQt.QtGui import QDesktopServices, QFontMetricsF, QImage, QKeyEvent, QKeySequence, QTextCursor
from qgis.PyQt.QtWidgets import QDialog, QLabel, QToolButton

from qgis_plugin import classFactory
from qgis_plugin.core import guide
from qgis_plugin.gui.help.guide_window import GuideWindow
from qgis_plugin.gui.help.key_sheet import KeySheet
from qgis_plugin.gui.samples.segment_tool import SegmentTool
from qgis_plugin.gui.widgets import keys


@pytest.fixture
def plugin(qgis_iface, settings, worker_python, qgis_new_project):
    plugin = classFactory(qgis_iface)
    plugin.initGui()
    qgis_iface.mainWindow().show()
    yield plugin
    plugin.unload()
    qgis_iface.mainWindow().hide()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A guide of one page with all headings far from each other, and a wide picture."""
    made = tmp_path / "help"
    made.mkdir()
    gap = "<p>text</p>" * 60
    headings = "".join(f'<h2 id="{heading}">{heading}</h2>{gap}' for _, heading in guide.PLACES.values())
    body = f'<p><a href="other.html#there">other</a></p>{headings}<p><img src="wide.png"></p>'
    (made / "qgis.html").write_text(f"<html><body>{body}</body></html>", encoding="utf-8")
    (made / "other.html").write_text(f'<html><body>{gap}<h2 id="there">there</h2></body></html>', encoding="utf-8")
    QImage(3000, 300, QImage.Format.Format_RGB32).save(str(made / "wide.png"))
    monkeypatch.setattr(guide, "FOLDER", made)
    return made


@pytest.fixture
def opened(monkeypatch):
    """Addresses that went to the web browser."""
    urls = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: urls.append(url.toString()) or True)
    return urls


def event_of(text):
    parts = text.split("+") if text != "+" else [text]
    modifiers = Qt.KeyboardModifier.NoModifier
    for name, modifier in (("Ctrl", Qt.KeyboardModifier.ControlModifier), ("Shift", Qt.KeyboardModifier.ShiftModifier)):
        if name in parts[:-1]:
            modifiers |= modifier
    return QKeyEvent(QEvent.Type.KeyPress, QKeySequence(parts[-1])[0], modifiers)


def test_help_opens_the_guide_at_what_is_seen(plugin, folder, opened):
    plugin.toggle_dock(True)
    dock = plugin.dock
    button = dock.findChild(QToolButton, "help")
    dock._pages.setCurrentWidget(dock.tabs)
    seen = []
    for panel, name in (
        (dock.embed, "embed"),
        (dock.samples, "samples"),
        (dock.map, "map"),
        (dock.accuracy, "accuracy"),
    ):
        dock.tabs.setCurrentWidget(panel)
        button.click()
        window = dock.window().findChild(QDialog, "guideWindow")
        assert window.isVisible()
        page, heading = guide.PLACES[name]
        assert window.pages.source() == QUrl.fromLocalFile(str(folder / f"{page}.html")).resolved(QUrl(f"#{heading}"))
        seen.append(window.pages.verticalScrollBar().value())
    assert seen == sorted(seen) and len(set(seen)) == len(seen), "each is at a place of its own"
    dock._pages.setCurrentWidget(dock.setup)
    button.click()
    assert window.pages.source().fragment() == "install"
    assert opened == []


def test_pages_show_their_pictures_within_the_window_and_follow_links(qgis_app, folder, opened):
    window = GuideWindow()
    window.show_place("qgis", "")
    QCoreApplication.processEvents()
    pages = window.pages
    picture = pages.loadResource(2, QUrl.fromLocalFile(str(folder / "wide.png")))
    assert 300 < picture.width() <= pages.viewport().width()
    pages.anchorClicked.emit(QUrl("other.html#there"))
    assert pages.source().fileName() == "other.html" and pages.verticalScrollBar().value() > 0
    window.findChild(QToolButton, "guideBack").click()
    assert pages.source().fileName() == "qgis.html"
    pages.anchorClicked.emit(QUrl("https://example.org/page"))
    assert opened == ["https://example.org/page"]
    window.findChild(QToolButton, "guideOutside").click()
    assert opened[-1] == pages.source().toString()
    window.close()


def test_a_page_is_shown_once_and_at_its_heading_however_wide_the_window_is(qgis_app, folder):
    """Its own scroll bar makes a page narrower while it is being loaded."""
    window, words = GuideWindow(), "<p>words</p>" * 200
    for name in ("first", "second"):
        text = f'<html><body><p><img src="wide.png"></p>{words}<h2 id="{name}">{name}</h2>{words}</body></html>'
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    for name in ("first", "second", "first"):
        window.show_place(name, name)
        for width in (window.width(), 500, 900):
            window.resize(width, 600)
            QCoreApplication.processEvents()
            assert window.pages.toPlainText().count(name) == 1
            assert window.pages.cursorForPosition(QPoint(20, 20)).block().text() == name
    bar = window.pages.verticalScrollBar()
    bar.setValue(bar.value() + 300)
    window.resize(600, 600)
    QCoreApplication.processEvents()
    assert window.pages.cursorForPosition(QPoint(20, 20)).block().text().startswith("words"), "one reads on"
    for _ in range(5):
        QCoreApplication.processEvents()
    assert not window.pages.findChild(QTimer).isActive(), "it is not laid out for ever"
    window.close()


def test_what_is_typed_stands_in_columns(qgis_app, folder):
    (folder / "other.html").write_text("<html><pre><code>iiii\nMMMM</code></pre></html>", encoding="utf-8")
    window = GuideWindow()
    window.show_place("other", "")
    cursor = QTextCursor(window.pages.document())
    cursor.movePosition(QTextCursor.MoveOperation.Right)
    letters = QFontMetricsF(cursor.charFormat().font())
    assert letters.horizontalAdvance("iiii") == letters.horizontalAdvance("MMMM")
    window.close()


def test_a_plugin_without_its_guide_opens_the_page_on_the_network(qgis_app, tmp_path, monkeypatch, opened):
    monkeypatch.setattr(guide, "FOLDER", tmp_path)
    window = GuideWindow()
    window.show_place("qgis", "samples")
    assert not window.isVisible()
    assert opened == [guide.page("qgis", "samples").toString()]
    assert opened[0].startswith("https://") and opened[0].endswith("docs/qgis.md#samples")


@pytest.fixture
def in_german(folder, monkeypatch):
    """QGIS speaks German, and of the guide one page does, but for what is said of accuracy."""
    (folder / "de").mkdir()
    headings = "".join(f'<h2 id="{name}">{name}</h2>' for _, name in guide.PLACES.values() if name != "accuracy")
    page = f'<html><body>{headings}<p><a href="../qgis.html">English</a></p></body></html>'
    (folder / "de" / "qgis.html").write_text(page, encoding="utf-8")
    (folder / "de" / "qgis-processing.html").write_text('<html><h2 id="embed">embed</h2></html>', encoding="utf-8")
    (folder / "qgis-processing.html").write_text("<html></html>", encoding="utf-8")
    monkeypatch.setattr(QgsApplication, "locale", lambda: "de_AT")


def file_of(url, folder):
    return url.toLocalFile().removeprefix(f"{folder}/"), url.fragment()


def test_the_guide_speaks_the_language_of_qgis_and_english_where_it_does_not(folder, in_german, monkeypatch):
    assert file_of(guide.page("qgis"), folder) == ("de/qgis.html", "")
    assert file_of(guide.page("qgis", "samples"), folder) == ("de/qgis.html", "samples")
    assert file_of(guide.page("qgis", "accuracy"), folder) == ("qgis.html", "accuracy"), "a heading is not translated"
    assert file_of(guide.page("other", "there"), folder) == ("other.html", "there"), "a page is not translated"
    for locale in ("en_US", "nl", "C", ""):
        monkeypatch.setattr(QgsApplication, "locale", lambda locale=locale: locale)
        assert file_of(guide.page("qgis", "samples"), folder) == ("qgis.html", "samples")


def test_algorithms_are_explained_in_the_language_of_qgis(plugin, folder, in_german):
    algorithms = QgsApplication.processingRegistry().providerById("mmearth").algorithms()
    files = {each.name(): file_of(QUrl(each.helpUrl()), folder) for each in algorithms}
    assert files.pop("embed") == ("de/qgis-processing.html", "embed")
    assert files == {name: ("qgis-processing.html", name) for name in files}


def test_a_page_says_that_it_is_in_english_where_the_reader_is_not(qgis_app, folder, in_german, monkeypatch):
    window = GuideWindow()
    note = window.findChild(QLabel, "guideLanguage")
    window.show_place("qgis", "")
    assert window.pages.source().toLocalFile() == str(folder / "de" / "qgis.html") and not note.isVisible()
    window.pages.anchorClicked.emit(QUrl("../qgis.html"))
    assert window.pages.source().toLocalFile() == str(folder / "qgis.html") and note.isVisible()
    window.findChild(QToolButton, "guideBack").click()
    assert not note.isVisible()
    monkeypatch.setattr(QgsApplication, "locale", lambda: "en_GB")
    window.findChild(QToolButton, "guideForward").click()
    assert window.pages.source().toLocalFile() == str(folder / "qgis.html") and not note.isVisible()
    window.close()


def test_a_copy_without_the_guide_opens_the_page_in_the_language_too(qgis_app, tmp_path, monkeypatch):
    monkeypatch.setattr(guide, "FOLDER", tmp_path)
    monkeypatch.setattr(QgsApplication, "locale", lambda: "de")
    assert guide.page("qgis", "samples").toString().endswith("/docs/de/qgis.md#samples")


def test_every_algorithm_has_its_page(plugin, folder):
    algorithms = QgsApplication.processingRegistry().providerById("mmearth").algorithms()
    (folder / "qgis-processing.html").write_text("<html></html>", encoding="utf-8")
    assert len(algorithms) >= 12
    for algorithm in algorithms:
        url = QUrl(algorithm.helpUrl())
        assert url.isLocalFile() and url.fragment() == algorithm.name()
        assert len(algorithm.shortHelpString().splitlines()) > 3


def test_every_key_of_the_tables_does_something_while_one_draws(qgis_canvas, context):
    tool = SegmentTool(qgis_canvas, context.workspace, context.client)
    tool._points = [None]
    for table in (keys.DRAWING, *tool.shape_keys):
        for key in (key for bound in table.bound for key in bound.keys):
            assert tool._meaning(event_of(key)) is not None, key
    tool._points = []
    tool.close()


def test_keys_mean_what_they_meant():
    find = keys.DRAWING.find
    assert find(event_of("Z")).act == find(event_of("Ctrl+Z")).act == "undo"
    assert find(event_of("Shift+Z")).act == find(event_of("Ctrl+Shift+Z")).act == find(event_of("Ctrl+Y")).act == "redo"
    assert find(event_of("Y")) is None and find(event_of("Ctrl+E")) is None
    assert find(event_of("Shift+5")).act == "choose", "on a French keyboard digits are typed with Shift"
    alt = QKeyEvent(QEvent.Type.KeyPress, int(Qt.Key.Key_Z), Qt.KeyboardModifier.AltModifier)
    assert find(alt) is None


def test_the_sheet_shows_every_key_and_every_tool(qgis_app):
    sheet = KeySheet([("Lasso", "throw it")])
    shown = {label.text() for label in sheet.findChildren(QLabel)}
    for table in keys.TABLES:
        for bound in table.bound:
            assert {bound.text(), *bound.caps()} <= shown | {"…"}
    assert {"Lasso", "throw it"} <= shown


def test_the_question_mark_shows_the_sheet_in_the_dock_and_while_one_draws(plugin, context):
    plugin.toggle_dock(True)
    dock, canvas = plugin.dock, plugin._iface.mapCanvas()
    tool = dock.samples.tools["polygon"]
    canvas.setMapTool(tool)
    assert tool._press(event_of("?"))
    sheet = dock.help._sheet
    assert sheet is not None and sheet.isVisible()
    assert {name for name, _ in dock.samples.instructions()} <= {each.text() for each in sheet.findChildren(QLabel)}
    sheet.close()
    dock.help.menu_of_help.actions()[1].trigger()
    assert sheet.isVisible()
    canvas.unsetMapTool(tool)
