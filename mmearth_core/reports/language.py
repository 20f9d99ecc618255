"""The reader's language: sentences of reports, results and errors, and how their numbers are written.

The words stand in `words/LANGUAGE/*.json`: an English text with gaps, and what it is in the language. `report.json` has
what reports and results say; the other files have the sentences of errors, those of a room in one file.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from itertools import islice
from typing import Any, Literal, get_args

from mmearth_core.accuracy.estimators import Estimate
from mmearth_core.accuracy.summary import area, joined, percent
from mmearth_core.wording import NO_FILE, hectares

#: English, German and French.
LanguageName = Literal["en", "de", "fr"]
LANGUAGES: tuple[str, ...] = get_args(LanguageName)
#: What stands for the comma between thousands and the decimal point.
_MARKS = {"en": {}, "de": {",": ".", ".": ","}, "fr": {",": "\u202f", ".": ","}}
#: A gap in a text, those of reports that hold a number, and how numbers and other things are found again.
_GAP = re.compile(r"\{([^{}]+)\}")
_NUMBERS = frozenset({"number", "all", "share", "hectares", "metres", "value"})
_NUMBER, _DATE, _ANYTHING = r"-?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?", r"\d{4}-\d\d-\d\d", ".+?"
#: A number with a mark in it, and the gaps of errors where such a number is no name and nothing to type.
_MARKED = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+)")
_COMPUTED = re.compile(r"…|_?[A-Z][A-Z_]*")
#: How the name of a gap begins, in reports, or ends, in errors, that holds a text which has words of its own; those
#: without which a sentence would be in two languages.
_SAID, _NEEDED = "said", frozenset({"text", "remedy", "sentence", "note"})
#: How the name of a gap ends that holds a name, which stays.
_NAMES = frozenset({"path", "name", "source", "file", "folder", "field", "output", "filename"})
#: A day of the year as `sources.slots` writes it, several of them, and which stands for which.
_DAY = re.compile(
    r"(\d{1,2}) (January|February|March|April|May|June|July|August|September|October|November|December)|undated"
)
_DAYS = re.compile(rf"(?:{_DAY.pattern})(?:(?:, |; | for )(?:{_DAY.pattern}))*")
#: A number stays on the line of its per cent sign.
_BREAK = re.compile(r"(?<=\d) %")
#: How many sentences are told in a row, and how deep in each other.
_DEEPEST = 4
#: Where one sentence ends and another begins.
_END = re.compile(r"(?<=[.?!]) (?=\S)")


class Language:
    """Says English texts in a language; what is not known there stays English.

    Sentences that others made, with their values in them, or that a file keeps, are found again by the texts with gaps:
    `told`. In a text of reports the value of a gap whose name begins with "said" is such a sentence in turn, that of a
    gap in `_NUMBERS` gets the marks of the language, any other, as a name, stays as it is. The gaps of an error are
    those of the source, `{error.strerror}` or `{…}`; the nth of a name there is the nth of that name in the language.
    """

    def __init__(self, name: LanguageName = "en") -> None:
        self.name = name
        self._marks = str.maketrans(_MARKS[name])
        self._words: dict[str, str] = {}
        self._templates: list[_Template] = []
        for file, words in _catalogue(name):
            self._words |= words
            with_gaps = {text: said for text, said in words.items() if _GAP.search(text)}
            self._templates += [_Template(*pair, file == "report.json") for pair in with_gaps.items()]
        self._templates.sort(key=lambda each: len(_GAP.sub("", each.text)), reverse=True)  # what says most comes first

    def __call__(self, text: str, /, **values: Any) -> str:
        """The text in the language, with values in its gaps."""
        said = self._words.get(text, text)
        return said.format(**values) if values else said

    def told(self, sentence: str) -> str:
        """A sentence in the language, whatever values stand in it; of several, each has to be known."""
        found = self._told(sentence)
        return sentence if found is None else _BREAK.sub("\xa0%", found)

    def days(self, text: str) -> str:
        """A text with its days of the year as the language has them: "E00, 12 May"."""
        return _DAY.sub(self._day, text) if self._words else text

    def _day(self, found: re.Match[str]) -> str:
        day = found[0]
        return self._words.get(day) or self._words[f"{{number}} {found[2]}"].format(number=found[1])

    def _told(self, said: str, depth: int = 0) -> str | None:
        """A sentence, or several, in the language; None when it is not known, or has more parts than any of ours."""
        if not self._words or depth > _DEEPEST:
            return None
        if said in self._words:
            return self._words[said]
        for end in islice(
            _END.finditer(said), _DEEPEST
        ):  # before the whole, of which a gap may take in a sentence without words
            first = self._words.get(said[: end.start()]) or self._found(said[: end.start()], depth)
            if first is not None and (rest := self._told(said[end.end() :], depth + 1)) is not None:
                return f"{first} {rest}"
        return self._found(said, depth)

    def _found(self, sentence: str, depth: int) -> str | None:
        """What the first template that fits makes of it."""
        for template in self._templates:
            if (values := template.values(sentence)) is None:
                continue
            worded = [self._value(*each, depth=depth + 1, of_report=template.of_report) for each in values]
            if None not in worded:
                names = [name for name, _ in values]
                return template.filled(dict(zip(template.keys(names), map(str, worded), strict=True)))
        return None

    def _value(self, gap: str, text: str, *, depth: int, of_report: bool) -> str | None:
        """The value of a gap as it is told; None when it must have words and has none."""
        if of_report:
            return (
                self.numeral(text)
                if gap in _NUMBERS
                else (self._told(text, depth) or text)
                if gap.startswith(_SAID)
                else text
            )
        last = gap.rpartition(".")[2]
        if last in _NEEDED:
            return self._told(text, depth)
        if _COMPUTED.fullmatch(gap) and _MARKED.fullmatch(text):
            return self.numeral(text)
        if last in _NAMES:
            return self._words.get(text, text) if text == NO_FILE else text
        if _DAYS.fullmatch(text):
            return self.days(text).replace(" for ", self._words[" for "])
        return self._listed(text, depth) if " " in text else text

    def _listed(self, text: str, depth: int) -> str:
        """A part of a sentence in the language: one by one when it is a list of known things, else as a whole."""
        said = text.lstrip()
        parts = [self._told(each, depth) for each in said.split(", ")]
        return text.removesuffix(said) + (
            (self._told(said, depth) or said) if None in parts else ", ".join(map(str, parts))
        )

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


def _catalogue(language: LanguageName) -> Iterator[tuple[str, dict[str, str]]]:
    """The files of a language and the words in them."""
    if language != "en":
        for file in resources.files(__package__).joinpath("words", language).iterdir():
            if file.name.endswith(".json"):
                yield file.name, json.loads(file.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class _Template:
    """A text with gaps and what it is in a language."""

    text: str
    words: str
    of_report: bool

    def values(self, sentence: str) -> list[tuple[str, str]] | None:
        """The gaps and what stands in them, in order, when the sentence is this one."""
        if self._ends_in_name and sentence.endswith("."):
            return None
        if self._longest not in sentence or (found := self._pattern.fullmatch(sentence)) is None:
            return None
        return list(zip(self._gaps, found.groups(), strict=True))

    def filled(self, values: dict[str, str]) -> str:
        """The words with values, by `keys`, in their gaps."""
        parts = _GAP.split(self.words)
        parts[1::2] = [values[key] for key in self.keys(parts[1::2])]
        return "".join(parts)

    def keys(self, names: list[str]) -> list[str]:
        """What tells gaps of one name apart: in a report they hold the same, in an error each has its own."""
        seen: defaultdict[str, int] = defaultdict(int)
        made = []
        for name in names:
            made.append(name if self.of_report else f"{name} {seen[name]}")
            seen[name] += 1
        return made

    @cached_property
    def _longest(self) -> str:
        """The longest part without a gap: looked for first, it is fast."""
        return max(_GAP.split(self.text)[::2], key=len)

    @cached_property
    def _ends_in_name(self) -> bool:
        """Whether a gap ends it that holds no sentence: a name of something, whatever it is, has no full stop."""
        return self.text.endswith("}") and not _GAP.findall(self.text)[-1].startswith(_SAID)

    @cached_property
    def _gaps(self) -> list[str]:
        gaps = _GAP.findall(self.text)
        return list(dict.fromkeys(gaps)) if self.of_report else gaps

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """Finds the text again, whatever is in its gaps; in a report the same gap holds the same."""
        parts, seen = _GAP.split(self.text), set[str]()
        made = ""
        for index, part in enumerate(parts):
            if index % 2 == 0:
                made += re.escape(part)
            elif self.of_report:
                made += f"(?P={part})" if part in seen else f"(?P<{part}>{_found_by(part)})"
                seen.add(part)
            else:
                made += "(.*?)"
        return re.compile(made)


def _found_by(gap: str) -> str:
    """What a gap of a report can hold."""
    return _NUMBER if gap in _NUMBERS else _DATE if gap == "date" else _ANYTHING
