"""What is told on the way, and what a result says beside its figures, has its words in German and in French."""

import ast
import re
from collections.abc import Iterator

import pytest
from error_sentences import called
from test_error_sentences import CORE
from test_error_words import NOT_IN_QGIS, WORDS

from mmearth_core.reports.language import Language

#: What a list of sentences is called, in a result or on its way into one.
LISTS = {"messages", "warnings", "notes"}
#: What is told in a terminal alone.
ROOMS_APART = NOT_IN_QGIS | {"demonstration", "evaluation"}
#: Sentences without words of their own, and why.
EXCEPTIONS = {
    "value {value} , so it is no class": "the reason in it is never empty",
    "Nobody publishes a digest of {known.name}: what was fetched has sha256 {digest}, which it must have from now on;"
    " compare it where you know it from elsewhere, or give it as `sha256`.": "`weights fetch` is a command alone",
}
_GAP = re.compile(r"\{[^{}]*\}")


def given(node: ast.AST) -> Iterator[ast.expr]:
    """What an expression or statement tells: an argument of `message`, the elements of a list of sentences."""
    if isinstance(node, ast.Call):
        name = called(node)
        if name == "message" and isinstance(node.func, ast.Attribute) and node.args:
            yield node.args[0]
        elif name in {"append", "extend"} and isinstance(node.func, ast.Attribute) and node.args:
            if _named(node.func.value):
                yield from _elements(node.args[0])
        elif name == "left_out" and len(node.args) > 2:
            yield node.args[2]
        for keyword in node.keywords:
            if keyword.arg in LISTS:
                yield from _elements(keyword.value)
    elif isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(_named(each) for each in targets):
            yield from _elements(node.value)


def _named(node: ast.expr) -> bool:
    return (isinstance(node, ast.Name) and node.id in LISTS) or (isinstance(node, ast.Attribute) and node.attr in LISTS)


def _elements(node: ast.expr) -> Iterator[ast.expr]:
    """The single sentences of a list, or a sentence."""
    if isinstance(node, ast.List | ast.Tuple):
        for each in node.elts:
            yield from _elements(each)
    elif isinstance(node, ast.ListComp | ast.GeneratorExp):
        yield from _elements(node.elt)
    elif isinstance(node, ast.IfExp):
        yield from _elements(node.body)
        yield from _elements(node.orelse)
    elif isinstance(node, ast.Call) and called(node) == "tuple":
        yield from (found for each in node.args for found in _elements(each))
    elif isinstance(node, ast.JoinedStr | ast.BinOp | ast.Constant):
        yield node


def told() -> set[str]:
    """The sentences as the source has them, but those that are made of others alone."""
    return {
        text
        for path, node in CORE.walk()
        if path.relative_to(CORE.root).parts[0] not in ROOMS_APART
        for expression in given(node)
        for text in CORE.texts(expression)
        if re.search("[a-z]{2}.* ", _GAP.sub("", text)) and text not in EXCEPTIONS
    }


@pytest.mark.parametrize("language", ["de", "fr"])
def test_what_is_told_on_the_way_has_its_words(language: str) -> None:
    say, sentences = Language("de" if language == "de" else "fr"), told()
    assert len(sentences) > 50, "the sentences are no longer found"

    def known(text: str) -> bool:
        """With a name or a number in its gaps."""
        return any(say.told(sentence) != sentence for sentence in (_GAP.sub(each, text) for each in ("X", "7")))

    assert sorted(text for text in sentences if not known(text)) == []


def test_what_the_system_says_has_words_in_all_languages() -> None:
    """The usual ones, and as many in each language."""
    import errno
    import json
    import os

    said = {language: json.loads((WORDS / language / "system.json").read_text("utf-8")) for language in ("de", "fr")}
    assert said["de"].keys() == said["fr"].keys()
    usual = ("ENOSPC", "EACCES", "ENOENT", "EROFS", "EBUSY", "EPERM", "EIO", "EDQUOT", "EMFILE", "EEXIST", "EISDIR")
    assert {os.strerror(getattr(errno, name)) for name in usual} <= said["de"].keys()
