"""Which band of Sentinel-2 a raster's band is by its name, as QGIS shows it."""

from __future__ import annotations

import re

_CODE = re.compile(r"(?<![a-z0-9])(?:b|band)[ _]?(0?8a|0?[1-9]|1[0-2])(?![a-z0-9])", re.IGNORECASE)
#: What QGIS puts before each name, and calls a band without one.
_COUNTED = re.compile(r"^Band \d+\b\s*(?::|\(\w+\))?")


def plain_name(name: str) -> str:
    """A band's own name, without what QGIS puts before it."""
    return _COUNTED.sub("", name).strip()


def code_of(name: str) -> str:
    """B02, B8A, SCL; empty where the name says none."""
    text = plain_name(name)
    match = _CODE.search(text)
    if match is None:
        return "SCL" if text.upper() == "SCL" else ""
    code = match[1].upper().lstrip("0")
    return "B8A" if code == "8A" else f"B{int(code):02d}"
