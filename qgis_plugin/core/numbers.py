"""Numbers as the user's language writes them."""

from __future__ import annotations

import re

from qgis.PyQt.QtCore import QLocale


def decimal(value: float, digits: int = 0) -> str:
    """A number with so many digits behind the comma: 1,234.5 in English, 1.234,5 in German."""
    return QLocale().toString(float(value), "f", digits)


def square_kilometres(square_metres: float) -> str:
    """An area as people read it; it never breaks between number and unit."""
    return f"{decimal(square_metres / 1e6, 0 if square_metres >= 1e7 else 1)}\xa0km²"


def significant(value: float, digits: int) -> str:
    """A number with so many digits that count, without zeros at the end: 6.23, 62.3, 5."""
    return decimal(value, len(f"{value:.{digits}g}".partition(".")[2]))


def in_locale(sentence: str) -> str:
    """A sentence of the worker with the user's sign for the points in its numbers."""
    return re.sub(r"(?<=\d)\.(?=\d)", QLocale().decimalPoint(), sentence)


def language() -> str:
    """The user's language as the worker calls it; English for those it does not speak."""
    name = QLocale().name()[:2]
    return name if name in ("de", "fr") else "en"
