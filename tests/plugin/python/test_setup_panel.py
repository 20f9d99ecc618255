"""The panel of the first start and the options page, as a user clicks through them."""

import socket

import pytest
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtGui import QGuiApplication
from qgis.PyQt.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QWidget

from qgis_plugin.core.python.environment import plugin_version, python_in
from qgis_plugin.gui.options_factory import OptionsFactory
from qgis_plugin.gui.setup.environment_box import INDEX, WHEELS
from qgis_plugin.gui.setup.options_page import OptionsPage
from qgis_plugin.gui.setup.panel import SetupPanel

SIZE = (380, 700)


@pytest.fixture
def panel(context, monkeypatch):
    monkeypatch.delenv("MMEARTH_PYTHON", raising=False)
    panel = SetupPanel(context)
    panel.resize(*SIZE)
    panel.show()
    panel.announced = []
    panel.ready.connect(lambda: panel.announced.append(True))
    yield panel
    panel.close()
    panel.deleteLater()


@pytest.fixture
def page(context):
    page = OptionsPage(context)
    page.show()
    yield page
    page.close()
    page.deleteLater()


def test_the_panel_says_what_is_missing_and_why(panel):
    text = panel.explanation.text()
    assert "so that nothing inside QGIS changes" in text
    assert "There is none yet" in text
    assert text.count(". ") == 1
    assert not panel.use_button.isEnabled()


def test_an_existing_python_is_tested_then_used(panel, context, worker_python, wait):
    panel.chooser.path_widget.setFilePath(worker_python)
    panel.chooser.test_button.click()
    assert panel.announced == []
    wait(panel.use_button.isEnabled, 60, "a good test")
    assert panel.chooser.verdict.text().startswith("Ready: Python ")
    panel.use_button.click()
    assert panel.announced == [True]
    assert context.settings.python == worker_python


def test_a_python_that_does_not_work_cannot_be_used(panel, wait):
    panel.chooser.path_widget.setFilePath("/nowhere/python")
    panel.chooser.test_button.click()
    wait(lambda: panel.chooser.report is not None, 20, "the test")
    assert panel.chooser.verdict.text() == (
        "/nowhere/python was not found: choose another Python, or create the environment."
    )
    assert not panel.use_button.isEnabled()


def test_another_path_withdraws_what_was_tested(panel, worker_python, wait):
    panel.chooser.path_widget.setFilePath(worker_python)
    panel.chooser.test()
    wait(panel.use_button.isEnabled, 60, "a good test")
    panel.chooser.path_widget.setFilePath("/bin/ls")
    assert not panel.use_button.isEnabled()
    assert panel.chooser.verdict.text() == ""


def test_a_broken_setting_is_tested_and_told_at_once(context, wait, monkeypatch):
    monkeypatch.delenv("MMEARTH_PYTHON", raising=False)
    context.settings.python = "/gone/python"
    panel = SetupPanel(context)
    assert panel.chooser.verdict.text() == "", "a Python was started for a panel that nobody sees"
    panel.show()
    wait(lambda: panel.chooser.report is not None, 20, "the test")
    assert "The one set cannot be used yet" in panel.explanation.text()
    assert "/gone/python was not found" in panel.chooser.verdict.text()
    panel.close()


def test_an_environment_of_another_version_asks_for_an_update(context, monkeypatch):
    monkeypatch.delenv("MMEARTH_PYTHON", raising=False)
    folder = context.settings.environment_folder
    python_in(folder).parent.mkdir(parents=True)
    python_in(folder).touch()
    (folder / "mmearth.json").write_text('{"version": "0.0.1"}')
    panel = SetupPanel(context)
    panel.show()
    assert "needs an update" in panel.explanation.text()
    assert panel.environment.create_button.text() == "Update environment"
    assert "(0.0.1)" in panel.environment.status_label.text()
    panel.close()


def test_nothing_starts_without_a_place_to_install_from(panel):
    panel.environment.source_combo.setCurrentIndex(INDEX)
    panel.environment.create_button.click()
    assert not panel.environment.installation.running
    assert "missing" in panel.environment.failure.text()


def test_a_failure_is_shown_and_the_form_is_usable_again(panel, tmp_path, wait):
    box = panel.environment
    box.source_combo.setCurrentIndex(WHEELS)
    box.wheels_widget.setFilePath(str(tmp_path))
    box.create_button.click()
    assert box.progress_row.isVisible()
    wait(box.failure.text, 60, "the failure")
    assert box.failure.text().startswith(f"{tmp_path} holds no wheels.")
    assert box.create_button.isEnabled()
    assert not box.progress_row.isVisible()
    assert panel.announced == []


def test_cancel_ends_an_installation_that_runs(panel, context, wait, monkeypatch):
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    box = panel.environment
    with socket.create_server(("127.0.0.1", 0)) as server:
        box.source_combo.setCurrentIndex(INDEX)
        box.index_edit.setText(f"http://127.0.0.1:{server.getsockname()[1]}/simple")
        box.create_button.click()
        wait(lambda: box.progress_bar.value() >= 4, 120, "the environment in the making")
        box.cancel_button.click()
        wait(lambda: not box.installation.running and box.create_button.isEnabled(), 30, "the end")
    assert "nothing was left behind" in box.failure.text()
    assert not context.settings.environment_folder.exists()


def test_a_password_in_the_address_is_neither_shown_nor_lost(context, monkeypatch):
    monkeypatch.delenv("MMEARTH_PYTHON", raising=False)
    context.settings.index_url = "https://me:hush@index.example/simple"
    panel = SetupPanel(context)
    assert "hush" not in panel.environment.index_edit.text()
    assert panel.environment.options().index_url == "https://me:hush@index.example/simple"
    panel.copy_button.click()
    copied = QGuiApplication.clipboard().text()
    assert "index.example" in copied
    assert "hush" not in copied
    panel.close()


def test_diagnostics_carry_what_a_report_needs(panel, worker_python, wait):
    panel.chooser.path_widget.setFilePath(worker_python)
    panel.chooser.test()
    wait(panel.use_button.isEnabled, 60, "a good test")
    panel.copy_button.click()
    text = QGuiApplication.clipboard().text()
    for part in ("QGIS | 3.", "Qt, PyQt", "onnxruntime", f"Plugin | {plugin_version()}", "Installation: last lines"):
        assert part in text


@pytest.mark.parametrize("dark", [False, True])
def test_nothing_is_wider_than_the_dock(panel, dark):
    from qgis.PyQt.QtGui import QColor, QPalette

    if dark:
        palette = QPalette(QColor("#333333"), QColor("#222222"))
        panel.setPalette(palette)
    panel.environment.failure.say("The disk is full. " * 12 + "/a/very/long/path" * 12, False)
    panel.chooser.verdict.say("/a/very/long/path" * 12, False)
    panel.grab()
    for child in panel.findChildren(QWidget):
        if child.isVisible() and child.parent() is not None and type(child).__name__ != "QScrollBar":
            right = child.mapTo(panel, child.rect().topRight()).x()
            assert right < SIZE[0], f"{child.objectName() or child} ends at {right}"


def test_every_control_has_a_tip_and_can_be_reached_by_keyboard(panel, page):
    from qgis.PyQt.QtCore import Qt

    for window in (panel, page):
        for child in window.findChildren((QAbstractButton, QComboBox, QgsFileWidget, QLineEdit)):
            if child.objectName() and not child.objectName().startswith(("qt_", "scroll", "collapse")):
                own = isinstance(child.parent(), QgsFileWidget)
                assert own or child.toolTip(), child.objectName()
                if isinstance(child, QAbstractButton) and not own:
                    assert child.focusPolicy() & Qt.FocusPolicy.TabFocus or child.focusPolicy() == 8, child.objectName()


def test_the_options_page_keeps_what_is_set(page, context, tmp_path):
    page.chooser.path_widget.setFilePath("/some/python")
    page.cache_widget.setFilePath(str(tmp_path / "cache"))
    page.limit_spin.setValue(7.5)
    page.model_widget.setFilePath("starter")
    page.apply()
    settings = context.settings
    assert settings.python == "/some/python"
    assert settings.cache_folder == tmp_path / "cache"
    assert (settings.cache_limit, settings.model) == (7.5, "starter")
    page.model_widget.setFilePath("")
    page.apply()
    assert settings.model == "default"


def test_the_options_page_counts_and_empties_the_cache(context, wait, monkeypatch):
    from qgis.PyQt.QtWidgets import QMessageBox

    from qgis_plugin.core.embed.cache import EmbeddingCache

    folder = context.settings.cache_folder
    folder.mkdir(parents=True)
    path = EmbeddingCache(folder, 1).path_for("a" * 64, "scene")
    path.write_bytes(b"0" * 20_000_000)
    page = OptionsPage(context)
    wait(lambda: page.size_label.text() == "0.02 GB", 20, "the size")
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)
    page.purge_button.click()
    wait(lambda: page.size_label.text() == "0.00 GB", 20, "the empty cache")
    assert not path.exists()
    page.close()


def test_qgis_gets_a_page_from_the_factory(context):
    factory = OptionsFactory(lambda: context)
    assert factory.title() == "MMEarth"
    page = factory.createWidget(None)
    assert isinstance(page, OptionsPage)
    page.close()
