"""Texts as they may be shown anywhere: in a terminal, in XML, in a table."""

from collections.abc import Sequence
from unicodedata import category, normalize

#: Marks that turn the order of what is read.
_TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def printable(text: str | None) -> str:
    """The text on one line without control characters; an accent is of its letter (NFC), as it looks."""
    return " ".join("".join(c if c.isprintable() else " " for c in normalize("NFC", text or "")).split())


def tamed(text: str, *, kept: str = "") -> str:
    """The text with what a terminal would obey made visible: an escape (`\\x1b`), a space for a line break or a tab.

    `kept`: characters that stay as they are.
    """
    if text.isprintable():
        return text
    return "".join(c if c in kept or not _is_control(c) else " " if c.isspace() else ascii(c)[1:-1] for c in text)


def _is_control(character: str) -> bool:
    return category(character) in {"Cc", "Zl", "Zp"} or character in _TURNING


def hectares(value: float) -> str:
    """An area in hectares, a small one with decimals."""
    return f"{value:,.{decimals_of_area(value)}f}"


def decimals_of_area(value: float) -> int:
    """Digits after the point that say something of an area in hectares."""
    return 0 if value >= 100 else 2


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table: its first column left, the others right aligned."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
    return lines


def counted(number: int, noun: str) -> str:
    """So many of a noun, in English: "1 place", "2 places"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
