"""The pages for users say what the plugin says."""

import re
from pathlib import Path

import pytest
from qgis.PyQt.QtCore import QCoreApplication, QTranslator

from qgis_plugin.core.python import failures

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_the_troubleshooting_page_has_every_failure_of_an_installation(qgis_app, language):
    translator = QTranslator()
    assert translator.load(str(ROOT / "qgis_plugin" / "i18n" / f"mmearth_{language}.qm")) or language == "en"
    QCoreApplication.installTranslator(translator)
    look_up = QCoreApplication.translate
    rows = [f"| {look_up('Failures', r.sentence)} | {look_up('Failures', r.action)} |" for r in failures._RULES]
    QCoreApplication.removeTranslator(translator)
    page = (DOCS / ("" if language == "en" else language) / "qgis-troubleshooting.md").read_text(encoding="utf-8")
    lines = {line.replace("\xa0", " ") for line in page.splitlines()}
    assert [row for row in rows if row.replace("\xa0", " ") not in lines] == []


def test_pictures_and_pages_that_are_linked_are_there():
    for page in (DOCS / "qgis.md", DOCS / "qgis-troubleshooting.md"):
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (DOCS / target).exists(), f"{page.name} links to {target}"
