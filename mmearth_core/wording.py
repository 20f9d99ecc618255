"""Texts as they may be shown anywhere: in a terminal, in XML, in a table."""

from collections.abc import Iterable, Sequence
from unicodedata import category, normalize

#: Marks that turn the order of what is read.
_TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
#: What stands for the name of their file where samples are in none.
NO_FILE = "The sample layer"
#: Letters of a part of a word that tells the whole.
_TELLING = 4


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


def counted(number: int, noun: str, of: int | None = None) -> str:
    """So many of a noun, in English: "1 place", "2 classes"; of how many: "1 of 3 places"."""
    plural = noun + ("es" if noun.endswith("s") else "s")
    if of is not None:
        return f"{number} of {counted(of, noun)}"
    return f"{number} {noun if number == 1 else plural}"


def left_out(number: int, noun: str, why: str, of: int | None = None) -> str:
    """What is not used, and why: "1 of 3 points left out: outside the map"."""
    return f"{counted(number, noun, of)} left out: {why}"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant: it differs by a slip of the keys, or one is the beginning or the end of
    the other; None when none is so near, for a far one misleads."""

    def far(other: str) -> tuple[bool, int]:
        one, two = sorted((word.casefold().strip("-"), other.casefold().strip("-")), key=len)
        within = len(one) >= _TELLING and (two.startswith(one) or two.endswith(one))
        slips = _slips(one, two)
        return not within and slips > min(2, len(two) // 3), slips

    best = min(known, key=far, default=None)
    return None if best is None or far(best)[0] else best


def _slips(one: str, two: str) -> int:
    """Letters to change, add, leave out or swap with their neighbour to make one word of the other (Damerau 1964)."""
    before, row = [0] * (len(two) + 1), list(range(len(two) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, other in enumerate(two, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other)))
            if i > 1 and j > 1 and letter == two[j - 2] and one[i - 2] == other:
                row[j] = min(row[j], earlier[j - 2] + 1)
    return row[-1]
