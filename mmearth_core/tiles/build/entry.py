"""A mapping of a specification, read key by key: types checked, paths resolved, mistakes named with their place."""

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, overload

from mmearth_core.errors import MMEarthError


class Entry:
    """One mapping. What was asked for is remembered, so that `finish` can refuse the keys nobody knows."""

    def __init__(self, content: Any, place: str, folder: Path) -> None:
        if not isinstance(content, Mapping):
            raise MMEarthError(f"{place}: expected names with values, found {_short(content)}.")
        self._content = content
        self._asked: dict[str, None] = {}
        self.place, self.folder = place, folder

    def __contains__(self, key: str) -> bool:
        return self._content.get(key) is not None

    def wrong(self, key: str, text: str) -> MMEarthError:
        """The error that says what is wrong with a value."""
        return MMEarthError(f"{self.place}, {key}: {text}.")

    def finish(self) -> None:
        """Raise `MMEarthError` when there is a key that was never asked for."""
        for key in self._content:
            if key not in self._asked:
                near = difflib.get_close_matches(str(key), self._asked, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(self._asked)}."
                raise MMEarthError(f"{self.place}: there is no {key!r}; {hint}")

    def value(self, key: str, *, required: bool = True) -> Any:
        """Whatever is under a key."""
        self._asked[key] = None
        if key not in self and required:
            raise self.wrong(key, "it is needed here")
        return self._content.get(key)

    @overload
    def entry(self, key: str, *, shorthand: str = "", required: Literal[True]) -> "Entry": ...
    @overload
    def entry(self, key: str, *, shorthand: str = "", required: bool = False) -> "Entry | None": ...
    def entry(self, key: str, *, shorthand: str = "", required: bool = False) -> "Entry | None":
        """The mapping under a key; with a `shorthand` anything else stands for a mapping of that one name."""
        value = self.value(key, required=required)
        if value is None:
            return None
        if shorthand and not isinstance(value, Mapping):
            value = {shorthand: value}
        return Entry(value, f"{self.place}, {key}", self.folder)

    def entries(self, key: str, *, required: bool = True) -> list["Entry"]:
        """The mappings listed under a key; a single one stands for a list of one."""
        value = self.value(key, required=required)
        if value is None:
            return []
        if isinstance(value, Mapping):
            return [Entry(value, f"{self.place}, {key}", self.folder)]
        if not isinstance(value, list):
            raise self.wrong(key, f"expected a list, found {_short(value)}")
        return [Entry(each, f"{self.place}, {key}[{index}]", self.folder) for index, each in enumerate(value)]

    def text(self, key: str, *, default: str) -> str:
        """A text (a number is taken as it is written)."""
        value = self.value(key, required=False)
        if isinstance(value, Mapping | list):
            raise self.wrong(key, f"expected a text, found {_short(value)}")
        return default if value is None else str(value)

    def choice(self, key: str, words: tuple[str, ...], *, default: str | None = None) -> str:
        """One of some words, in any case."""
        value = self.value(key, required=default is None)
        if value is None and default is not None:
            return default
        found = next((word for word in words if word.lower() == str(value).lower()), None)
        if found is None:
            raise self.wrong(key, f"{_short(value)} is none of {', '.join(words)}")
        return found

    def flag(self, key: str) -> bool:
        """true or false; false when absent."""
        value = self.value(key, required=False)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(key, f"expected true or false, found {_short(value)}")
        return bool(value)

    def number_or(self, key: str, word: str) -> float | str:
        """A number, or the one word that is also the default."""
        value = self.value(key, required=False)
        if value is None or value == word:
            return word
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(key, f"expected a number or {word}, found {_short(value)}")
        return float(value)

    def words(self, key: str) -> tuple[str, ...] | None:
        """Texts, as a list or separated by commas."""
        value = self.value(key, required=False)
        if value is None:
            return None
        parts = value.split(",") if isinstance(value, str) else value
        if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
            raise self.wrong(key, f"expected a list of names, found {_short(value)}")
        return tuple(part.strip() for part in parts)

    def integers(self, key: str) -> tuple[int, ...] | None:
        """Whole numbers, as a list or one alone."""
        value = self.value(key, required=False)
        if value is None:
            return None
        parts = value if isinstance(value, list) else [value]
        if not all(type(part) is int for part in parts):
            raise self.wrong(key, f"expected whole numbers, found {_short(value)}")
        return tuple(parts)

    def path(self, key: str) -> str:
        """One path, relative to the specification's folder."""
        value = self.value(key)
        if not isinstance(value, str):
            raise self.wrong(key, f"expected a path, found {_short(value)}")
        return self._resolved(value)

    def paths(self, key: str) -> tuple[str, ...]:
        """One path or a list of them."""
        value = self.value(key)
        parts = value if isinstance(value, list) else [value]
        if not parts or not all(isinstance(part, str) for part in parts):
            raise self.wrong(key, f"expected a path or a list of paths, found {_short(value)}")
        return tuple(self._resolved(part) for part in parts)

    def _resolved(self, path: str) -> str:
        """Addresses and GDAL's virtual paths stay as they are."""
        if path.startswith("/vsi") or "://" in path:
            return path
        return str(self.folder / Path(path).expanduser())


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
