"""Where the guide is that ships with the plugin, and which heading of it a part of the plugin is explained under."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QUrl

#: Pages and pictures; .ci/guide.py makes them of docs/ when the plugin is packed. Translated pages are in a folder of
#: their language, and their headings have the same ids.
FOLDER = Path(__file__).resolve().parents[1] / "help"
#: Where the same pages are read on the network, from a copy of the plugin that has none, and the languages there.
_ONLINE = "https://github.com/mmearth-few-shot-mapper/mmearth-few-shot-mapper/blob/main/docs"
_LANGUAGES = ("de", "fr")

#: (page, heading) of what the dock shows, by its object name.
PLACES = {
    "setup": ("qgis", "install"),
    "embed": ("qgis", "embed-layer"),
    "samples": ("qgis", "samples"),
    "map": ("qgis", "live-map"),
    "accuracy": ("qgis", "accuracy"),
}
#: The page whose headings are called by the names of the algorithms.
ALGORITHMS = "qgis-processing"


def page(name: str, heading: str = "") -> QUrl:
    """The address of a page at a heading: a file of the plugin, or the same page on the network where it has none.

    In the language of QGIS where the page is translated and has that heading, else in English.
    """
    own = _language()
    for file in (FOLDER / own / f"{name}.html", FOLDER / f"{name}.html"):
        if file.is_file() and (not heading or f'id="{heading}"' in file.read_text(encoding="utf-8")):
            break
    url = QUrl.fromLocalFile(str(file))
    if not file.is_file():
        url = QUrl(f"{_ONLINE}/{own}/{name}.md" if own in _LANGUAGES else f"{_ONLINE}/{name}.md")
    if heading:
        url.setFragment(heading)
    return url


def is_foreign(url: QUrl) -> bool:
    """Whether a page of the plugin is in English, and QGIS is not."""
    return Path(url.toLocalFile()).parent == FOLDER and _language() not in ("en", "C", "")


def _language() -> str:
    return QgsApplication.locale()[:2]
