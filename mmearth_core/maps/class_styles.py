"""Class names and colours from a QGIS categorized style: a GeoPackage's `layer_styles` table or the `.qml` beside it.

A style only decorates: one that is absent, broken or of another kind yields nothing, never an error.
"""

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mmearth_core.maps.conventions import Colour
from mmearth_core.xml_reading import DamagedXmlError, parsed_xml

# A property may be "r,g,b,a", newer QGIS appends ",rgb:…"; which holds the visible colour depends on the symbol.
_COLOUR_KEYS = ("color", "line_color", "outline_color")
_RGB = re.compile(r"\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})")


@dataclass(frozen=True)
class ClassStyle:
    """What a style says of one value of the class field."""

    label: str
    colour: Colour


def read_styles(path: Path, layer: str, field: str) -> dict[str, ClassStyle]:
    """Value of `field` (as text) → its label and colour, where `path` comes with a categorized style on that field."""
    beside = path.with_suffix(".qml")
    texts = [_geopackage_style(path, layer)]
    if beside.is_file():
        texts.append(beside.read_text(encoding="utf-8", errors="replace"))
    for text in texts:
        if text and (styles := parse_qml(text, field)):
            return styles
    return {}


def parse_qml(text: str, field: str) -> dict[str, ClassStyle]:
    """The categories of a QGIS vector style on `field`; empty when it is not such a style."""
    try:
        root = parsed_xml(text)
    except DamagedXmlError:
        return {}
    renderer = root.find(".//renderer-v2[@type='categorizedSymbol']")
    if renderer is None or renderer.get("attr", "").strip('"') != field:
        return {}
    colours = {symbol.get("name"): _symbol_colour(symbol) for symbol in renderer.iterfind("symbols/symbol")}
    styles = {}
    for category in renderer.iterfind("categories/category"):
        value, colour = category.get("value", ""), colours.get(category.get("symbol"))
        if value and colour is not None:
            styles[value] = ClassStyle(category.get("label", "") or value, colour)
    return styles


def _symbol_colour(symbol: Any) -> Colour | None:
    layer = symbol.find("layer")
    if layer is None:
        return None
    properties = {option.get("name"): option.get("value") for option in layer.iterfind("Option/Option")}
    properties |= {prop.get("k"): prop.get("v") for prop in layer.iterfind("prop")}
    for key in _COLOUR_KEYS:
        match = _RGB.match(properties.get(key) or "")
        if match:
            r, g, b = (min(255, int(v)) for v in match.groups())
            return r, g, b
    return None


def _geopackage_style(path: Path, layer: str) -> str | None:
    """The style QGIS stored in a GeoPackage for `layer`: the default one first, else the newest."""
    if path.suffix.lower() != ".gpkg":
        return None
    query = (
        "SELECT styleQML FROM layer_styles WHERE f_table_name = ? ORDER BY useAsDefault DESC, update_time DESC, id DESC"
    )
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True)) as connection:
            row = connection.execute(query, (layer,)).fetchone()
    except sqlite3.Error:  # no such table: a GeoPackage without styles
        return None
    return row[0] if row and isinstance(row[0], str) else None
