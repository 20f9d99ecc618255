"""Texts as they may be shown anywhere: in a terminal, in XML, in a table."""


def printable(text: str | None) -> str:
    """The text on one line without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text or "").split())
