"""Reports in German and French: every text has its words, with the same gaps, and numbers their marks."""

import ast
import json
import re
from importlib import resources
from pathlib import Path

import pytest

from mmearth_core.accuracy.estimators import Estimate, Share
from mmearth_core.reports import sections
from mmearth_core.reports.language import Language

#: Words that are not written where they are said: units, and what stands in tables.
_ELSEWHERE = {"points", "pixels", "too few", sections.UNTRAINED, *sections._PROVENANCE.values()}
_LABELS = {"Map", "Grid", "Made of", "Smoothing", "Tidied", "Embedding", "Model", "Model identity", "Area"}


def said() -> set[str]:
    """The texts of the report's sections."""
    tree = ast.parse(Path(sections.__file__).read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "say"]
    return {c.args[0].value for c in calls if isinstance(c.args[0], ast.Constant)} | _ELSEWHERE | _LABELS


@pytest.mark.parametrize("name", ["de", "fr"])
def test_every_text_is_translated_and_none_is_left_over(name):
    words = json.loads(resources.files(sections.__package__).joinpath(f"words_{name}.json").read_text("utf-8"))
    assert set(words) == said()
    for text, told in words.items():
        assert sorted(re.findall(r"\{\w*\}", text)) == sorted(re.findall(r"\{\w*\}", told)), text


def test_numbers_have_the_marks_of_the_language():
    share, hectares = Share(0.8123, 0.02, (0.7501, 0.8604)), Estimate(12345.6, 100.0, (11000.0, 13000.0))
    assert Language("en").share(share) == "81.2 % (75.0–86.0)"
    assert Language("de").share(share) == "81,2 % (75,0–86,0)"
    assert Language("de").area(hectares) == "12.346 (11.000–13.000)"
    assert Language("fr").area(hectares) == "12\u202f346 (11\u202f000–13\u202f000)"
    assert Language("de").share(Share(0.5, None, (0.1, 0.9))) == "50,0 % (zu wenige)"
