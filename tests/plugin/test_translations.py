"""German and French: every text is translated, the compiled files hold it, and the plugin speaks it."""

import importlib.util
import re
import string
import sys
from pathlib import Path

import pytest
from qgis.core import QgsApplication, QgsSettings
from qgis.gui import QgsCollapsibleGroupBoxBasic
from qgis.PyQt.QtCore import QCoreApplication, QTranslator
from qgis.PyQt.QtWidgets import QScrollArea

from qgis_plugin import classFactory

ROOT = Path(__file__).parents[2]
I18N = ROOT / "qgis_plugin" / "i18n"
LANGUAGES = ["de", "fr"]
TABS = {
    "de": ["Einbetten", "Beispiele", "Karte", "Genauigkeit"],
    "fr": ["Plongement", "Échantillons", "Carte", "Exactitude"],
}


@pytest.fixture(scope="module")
def translations():
    """The script that takes up the texts."""
    specification = importlib.util.spec_from_file_location("translations", ROOT / ".ci" / "translations.py")
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    yield module
    del sys.modules[specification.name]


@pytest.fixture(scope="module")
def messages(translations):
    return [(context, text) for context, texts in translations.texts_of().items() for text in texts]


@pytest.fixture
def in_language(qgis_app):
    """QGIS in a language, as its options set it."""

    def choose(language):
        QgsSettings().setValue("locale/overrideFlag", True)
        QgsSettings().setValue("locale/userLocale", language)

    yield choose
    QgsSettings().remove("locale/overrideFlag")
    QgsSettings().remove("locale/userLocale")


@pytest.fixture
def plugin_in(in_language, qgis_iface, settings, worker_python, qgis_new_project):
    loaded = []

    def load(language):
        in_language(language)
        loaded.append(classFactory(qgis_iface))
        loaded[0].initGui()
        loaded[0].toggle_dock(True)
        return loaded[0]

    yield load
    for plugin in loaded:
        plugin.unload()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_no_other(translations, messages, language):
    assert set(translations.read(I18N / f"mmearth_{language}.ts")) == set(messages)


@pytest.mark.parametrize("language", LANGUAGES)
def test_taking_up_the_texts_again_changes_nothing(translations, language):
    path = I18N / f"mmearth_{language}.ts"
    assert translations.written(language, translations.texts_of(), translations.read(path)) == path.read_text("utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_take_what_the_texts_take(translations, language):
    for (_, text), translation in translations.read(I18N / f"mmearth_{language}.ts").items():
        wanted, found = _fields(text), _fields(translation)
        assert sorted(found) == sorted(wanted), translation
        # Those without a name or a number are filled by their order.
        assert [each for each in found if not each[0]] == [each for each in wanted if not each[0]], translation
        for pattern in (
            r"%[vm]\b",
            r"\*\.\w+",
            r";;",
            r"<\w+>",
            r"https?://[\w:@]+",
            r"sudo apt install [\w-]+",
            r"\n",
        ):
            assert sorted(re.findall(pattern, translation)) == sorted(re.findall(pattern, text)), translation
        assert translation.endswith("…") == text.endswith("…"), translation
        assert translation[:1].isspace() == text[:1].isspace(), translation
        assert ("%" in translation) == ("%" in text), translation


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_begins_with_what_ends_a_word(translations, language):
    """As "8,6 %" or "Carte : …" would, where their blank breaks."""
    breaks = r"[\d}] %|« | [»;:?!](?!\w)" if language == "fr" else r"[\d}] %"
    texts = translations.read(I18N / f"mmearth_{language}.ts").values()
    assert not [text for text in texts if re.search(breaks, text)]


def _fields(text):
    return [(name, form) for _, name, form, _ in string.Formatter().parse(text) if name is not None]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_file_holds_every_translation(translations, qgis_app, language):
    translator = QTranslator()
    assert translator.load(str(I18N / f"mmearth_{language}.qm"))
    QCoreApplication.installTranslator(translator)
    found = {key: QCoreApplication.translate(*key) for key in translations.read(I18N / f"mmearth_{language}.ts")}
    QCoreApplication.removeTranslator(translator)
    assert found == translations.read(I18N / f"mmearth_{language}.ts")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_dock_speaks_the_language(plugin_in, language):
    dock = plugin_in(language).dock
    assert [dock.tabs.tabText(index) for index in range(dock.tabs.count())] == TABS[language]
    here = [dock.embed.embed_button.text(), dock.map.live.switch.text()]
    assert (
        here
        == {
            "de": ["Layer einbetten", "Live-Karte"],
            "fr": ["Calculer le plongement", "Carte en direct"],
        }[language]
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_of_base_classes_wrappers_and_tables_are_translated(plugin_in, rules, language):
    from qgis_plugin.core.embed.request import _tr
    from qgis_plugin.core.python.failures import explain
    from qgis_plugin.core.samples.classes import land_cover
    from qgis_plugin.gui.embed.band_table import BandTable

    dock = plugin_in(language).dock
    first = [
        dock.accuracy.tr("Map and sample"),  # written in AccuracyForm, looked up for AccuracyPanel
        _tr("The polygons of {0} cannot be written ({1}); make room on the disk and try again."),
        explain("OSError: [Errno 28] No space left on device").sentence,
        land_cover(rules)[0].name,
        QCoreApplication.translate(BandTable.__name__, "red"),
    ]
    assert (
        first
        == {
            "de": [
                "Karte und Stichprobe",
                "Die Polygone von {0} lassen sich nicht schreiben ({1}); schaffen Sie Platz auf dem Datenträger und"
                " versuchen Sie es noch einmal.",
                "Der Datenträger ist voll.",
                "Wasser",
                "Rot",
            ],
            "fr": [
                "Carte et échantillon",
                "Les polygones de {0} ne peuvent pas être écrits ({1})\u00a0; libérez de l'espace sur le disque et"
                " réessayez.",
                "Le disque est plein.",
                "eau",
                "rouge",
            ],
        }[language]
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_tab_is_wider_than_the_dock(plugin_in, language):
    dock = plugin_in(language).dock
    for box in dock.findChildren(QgsCollapsibleGroupBoxBasic):
        box.setCollapsed(False)
    # The dock is 390 pixels wide where a letter of average width has 7: some 55 letters.
    widest = 55 * dock.fontMetrics().averageCharWidth()
    for index in range(dock.tabs.count()):
        for scroll in dock.tabs.widget(index).findChildren(QScrollArea):
            if scroll.widget() is not None and scroll.widgetResizable():
                assert scroll.widget().minimumSizeHint().width() <= widest, dock.tabs.tabText(index)
    assert dock.minimumSizeHint().width() <= widest


def test_algorithms_speak_the_language_without_a_desktop(in_language, qgis_iface, settings, worker_python):
    in_language("de")
    plugin = classFactory(qgis_iface)
    plugin.initProcessing()  # all that qgis_process calls
    algorithm = QgsApplication.processingRegistry().algorithmById("mmearth:fit")
    assert algorithm.displayName() == "Klassen aus Beispielen lernen"
    assert algorithm.group() == "Kartierung"
    assert "Was herauskommt: " in algorithm.shortHelpString()
    plugin.unload()


def test_other_languages_see_the_english_texts(plugin_in):
    dock = plugin_in("nl").dock
    assert dock.tabs.tabText(0) == "Embed"


def test_a_text_put_together_at_run_time_is_refused(translations, tmp_path):
    module = tmp_path / "plugin" / "panel.py"
    module.parent.mkdir()
    module.write_text('class Panel:\n    def fill(self, n):\n        self.tr(f"{n} tiles")\n')
    with pytest.raises(translations.UnreadableText, match=r"panel\.py:3"):
        translations.texts_of(module.parent)
