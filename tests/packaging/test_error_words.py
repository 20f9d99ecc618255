"""Every sentence of an error that a user of QGIS can meet has its words in German and in French."""

import json
import re
from collections import Counter
from itertools import pairwise

import pytest
from test_error_sentences import CORE, handed_on, told_in_core

from mmearth_core.reports.language import Language

WORDS = CORE.root / "reports" / "words"
#: Rooms that only the command line and Python lead to.
NOT_IN_QGIS = {"adapters", "cli", "country", "evaluation", "pretraining", "tiles"}
#: Sentences without words of their own, and why.
EXCEPTIONS: dict[str, str] = {}
#: What the operating system says, which stands in no source.
SYSTEM = "system.json"
_GAP = re.compile(r"\{([^{}]+)\}")
#: Pairs of words of a sentence that stand in no string, where its pieces are joined.
_JOINTS = 5


def told() -> set[str]:
    """The sentences as the source has them."""
    return {
        text
        for path, _, texts in told_in_core()
        if path.relative_to(CORE.root).parts[0] not in NOT_IN_QGIS
        for text in texts
        if text not in EXCEPTIONS and not handed_on(text)
    }


def words(language: str, *besides: str) -> dict[str, str]:
    """What stands in the files of a language for errors, but for some files."""
    files = [path for path in (WORDS / language).glob("*.json") if path.name not in {"report.json", *besides}]
    return {text: said for path in files for text, said in json.loads(path.read_text("utf-8")).items()}


def bare(text: str) -> str:
    """A sentence with its gaps left open: what a gap is called tells no sentence from another."""
    return _GAP.sub("{}", text)


@pytest.mark.parametrize("language", ["de", "fr"])
def test_every_sentence_has_its_words(language: str) -> None:
    sentences, known = told(), set(map(bare, words(language)))
    assert len(sentences) > 400, "the sentences are no longer found"
    assert sorted(text for text in sentences if bare(text) not in known) == []


@pytest.mark.parametrize("language", ["de", "fr"])
def test_the_words_have_the_gaps_and_the_arguments_of_the_sentence(language: str) -> None:
    for text, said in words(language).items():
        assert Counter(_GAP.findall(text)) == Counter(_GAP.findall(said)), text
        assert Counter(re.findall(r"`[^`]*`", text)) == Counter(re.findall(r"`[^`]*`", said)), text


@pytest.mark.parametrize("language", ["de", "fr"])
def test_no_words_are_left_over(language: str) -> None:
    """What the sentences do not have must at least stand in the source, as a part of one."""
    known = set(map(bare, told()))
    source = "\n".join(path.read_text("utf-8") for path in CORE.root.rglob("*.py"))
    for text in words(language, SYSTEM):
        if bare(text) not in known:
            pairs = [" ".join(pair) for part in _GAP.split(text)[::2] for pair in pairwise(part.split())]
            strange = [pair for pair in pairs if pair not in source]
            assert len(strange) <= max(2, min(_JOINTS, len(pairs) // 2)), (text, strange)


@pytest.mark.parametrize("language", ["de", "fr"])
def test_every_sentence_is_found_when_it_is_told(language: str) -> None:
    """With values in its gaps each is worded as itself, not as another whose words happen to fit."""
    language_of = Language("de" if language == "de" else "fr")
    wrong = []
    for text, said in words(language).items():
        values = Counter[str]()

        def value(gap: re.Match[str], values: Counter[str] = values) -> str:
            values[gap[1]] += 1
            return f"<{gap[1]}{values[gap[1]]}>"

        sentence = _GAP.sub(value, text)
        values.clear()
        if not _needs_words(text) and language_of.told(sentence) != _GAP.sub(value, said):
            wrong.append((sentence, language_of.told(sentence)))
    assert wrong == []


def _needs_words(text: str) -> bool:
    """Whether a part of it has to be known too."""
    return any(gap.rpartition(".")[2] in {"text", "remedy", "sentence", "note"} for gap in _GAP.findall(text))
