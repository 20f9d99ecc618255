"""The reader's language: sentences of a report, and how its numbers are written."""

import json
import re
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
#: A gap in a text, those that hold a number, and how numbers and other things are found again in what was said.
_GAP = re.compile(r"\{(\w+)\}")
_NUMBERS = frozenset({"number", "all", "share", "hectares", "metres", "value"})
_NUMBER, _ANYTHING = r"-?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?", ".+?"
#: How the name of a gap begins that holds a text which has words of its own.
_SAID = "said"


class Language:
    """Says English texts in a language; what is not known there stays English.

    Sentences that others made, with their values in them, or that a file keeps, are found again by the texts with gaps:
    `told`. The value of a gap whose name begins with "said" is such a sentence in turn, that of a gap in `_NUMBERS`
    gets the marks of the language, any other, as a name, stays as it is.
    """

    def __init__(self, name: LanguageName = "en") -> None:
        self.name = name
        self._marks = str.maketrans(_MARKS[name])
        self._words: dict[str, str] = {}
        if name != "en":
            words = resources.files(__package__).joinpath(f"words_{name}.json").read_text(encoding="utf-8")
            self._words = json.loads(words)
        with_gaps = [text for text in self._words if _GAP.search(text)]
        with_gaps.sort(key=lambda text: len(_GAP.sub("", text)), reverse=True)  # what says most is found first
        self._patterns = [(_pattern(text), self._words[text]) for text in with_gaps]

    def __call__(self, text: str, /, **values: Any) -> str:
        """The text in the language, with values in its gaps."""
        said = self._words.get(text, text)
        return said.format(**values) if values else said

    def told(self, sentence: str) -> str:
        """A sentence in the language, whatever values stand in it."""
        if sentence in self._words:
            return self._words[sentence]
        for pattern, words in self._patterns:
            if found := pattern.fullmatch(sentence):
                return words.format(**{name: self._value(name, each) for name, each in found.groupdict().items()})
        return sentence

    def _value(self, name: str, text: str) -> str:
        if name in _NUMBERS:
            return self.numeral(text)
        return self.told(text) if name.startswith(_SAID) else text

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


def _pattern(text: str) -> re.Pattern[str]:
    """Finds a text with gaps again, whatever is in them; the same gap holds the same."""
    parts, seen = _GAP.split(text), set[str]()
    made = ""
    for index, part in enumerate(parts):
        if index % 2 == 0:
            made += re.escape(part)
        else:
            made += f"(?P={part})" if part in seen else f"(?P<{part}>{_NUMBER if part in _NUMBERS else _ANYTHING})"
            seen.add(part)
    return re.compile(made)
