"""Texts as they may be shown anywhere: in a terminal, in XML, in a table."""

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
