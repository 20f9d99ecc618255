"""Reads NAME_tile_info.json, one tile after the other: of a million tiles it is larger than memory should be.

Knows a JSON object of objects, and nothing of tiles.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from mmearth_core.errors import MMEarthError

#: Characters read at a time, and the longest member that is believed.
_BLOCK, _LONGEST = 1 << 22, 1 << 26


def members(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Key and value of each member of the JSON object of objects in a file, in its order.

    Raises `MMEarthError` when it is something else or was cut off.
    """
    try:
        with path.open(encoding="utf-8") as file:
            scanner = _Scanner(file)
            following = scanner.symbol("{")
            if scanner.peek() == "}":
                following = scanner.symbol("}")
            while following != "}":
                key = scanner.value('"')
                scanner.symbol(":")
                yield key, scanner.value("{")
                following = scanner.symbol(",}")
    except OSError as error:
        raise MMEarthError(f"{path} cannot be read ({error}); get it again.") from error
    except ValueError as error:
        raise MMEarthError(f"{path} is not a JSON object of tiles or was cut off; get it again.") from error


class _Scanner:
    """A position in a text of which only the part around it is in memory."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text, self._at = "", 0
        self._decoder = json.JSONDecoder()

    def peek(self) -> str:
        """The next character that is not white space."""
        while True:
            while self._at < len(self._text):
                if not self._text[self._at].isspace():
                    return self._text[self._at]
                self._at += 1
            self._read_on()

    def symbol(self, allowed: str) -> str:
        """Pass over the next character, which must be one of `allowed`."""
        found = self.peek()
        if found not in allowed:
            raise ValueError(f"{found!r} instead of one of {allowed!r}")
        self._at += 1
        return found

    def value(self, begins: str) -> Any:
        """Pass over a value that begins with the given character."""
        if self.peek() != begins:
            raise ValueError(f"{self.peek()!r} instead of {begins!r}")
        while True:
            try:
                found, self._at = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                self._read_on()  # what is in memory may end inside the value
            else:
                return found

    def _read_on(self) -> None:
        block = self._file.read(_BLOCK)
        self._text, self._at = self._text[self._at :] + block, 0
        if not block or len(self._text) > _LONGEST:
            raise ValueError("no end")
