"""The reader's language: sentences of a report, and how its numbers are written."""

import json
from importlib import resources
from typing import Any, Literal, get_args

from mmearth_core.accuracy.estimators import Estimate
from mmearth_core.accuracy.summary import area, joined, percent
from mmearth_core.wording import hectares

#: English, German and French.
LanguageName = Literal["en", "de", "fr"]
LANGUAGES: tuple[str, ...] = get_args(LanguageName)
#: What stands for the comma between thousands and the decimal point.
_MARKS = {"en": {}, "de": {",": ".", ".": ","}, "fr": {",": "\u202f", ".": ","}}


class Language:
    """Says English texts in a language; what is not known there stays English."""

    def __init__(self, name: LanguageName = "en") -> None:
        self.name = name
        self._marks = str.maketrans(_MARKS[name])
        self._words: dict[str, str] = {}
        if name != "en":
            words = resources.files(__package__).joinpath(f"words_{name}.json").read_text(encoding="utf-8")
            self._words = json.loads(words)

    def __call__(self, text: str, /, **values: Any) -> str:
        """The text in the language, with values in its gaps."""
        said = self._words.get(text, text)
        return said.format(**values) if values else said

    def numeral(self, text: str) -> str:
        """A number that is written as in English, 1,234.5, as the language has it."""
        return text.translate(self._marks)

    def number(self, value: float, digits: int = 0) -> str:
        return self.numeral(f"{value:,.{digits}f}")

    def hectares(self, value: float) -> str:
        """An area, a small one with decimals."""
        return self.numeral(hectares(value))

    def share(self, estimate: Estimate) -> str:
        """A share and its interval, or that there are too few points to tell one."""
        return joined(self.apart(estimate))

    def apart(self, estimate: Estimate) -> tuple[str, str]:
        """The same in two."""
        number, between = percent(estimate, " %")
        return self.numeral(number), self("too few") if between == "too few" else self.numeral(between)

    def area(self, estimate: Estimate) -> str:
        """An area in hectares and its interval."""
        number, between = area(estimate)
        return joined((self.numeral(number), self.numeral(between)))
