"""The pages for users say what the plugin says."""

import re
from pathlib import Path

from qgis_plugin.core.python import failures

DOCS = Path(__file__).parents[2] / "docs"


def test_the_troubleshooting_page_has_every_failure_of_an_installation():
    page = (DOCS / "qgis-troubleshooting.md").read_text(encoding="utf-8")
    for rule in failures._RULES:
        assert f"| {rule.sentence} | {rule.action} |" in page


def test_pictures_and_pages_that_are_linked_are_there():
    for page in (DOCS / "qgis.md", DOCS / "qgis-troubleshooting.md"):
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (DOCS / target).exists(), f"{page.name} links to {target}"
