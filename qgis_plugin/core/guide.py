"""Where the guide is that ships with the plugin, and which heading of it a part of the plugin is explained under."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import QUrl

#: Pages and pictures; .ci/guide.py makes them of docs/ when the plugin is packed.
FOLDER = Path(__file__).resolve().parents[1] / "help"
#: Where the same pages are read on the network, from a copy of the plugin that has none.
_ONLINE = "https://github.com/mmearth-few-shot-mapper/mmearth-few-shot-mapper/blob/main/docs"

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
    """The address of a page at a heading: a file of the plugin, or the same page on the network where it has none."""
    file = FOLDER / f"{name}.html"
    url = QUrl.fromLocalFile(str(file)) if file.is_file() else QUrl(f"{_ONLINE}/{name}.md")
    if heading:
        url.setFragment(heading)
    return url
