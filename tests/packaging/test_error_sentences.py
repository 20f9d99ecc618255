"""Every sentence that tells a user of an error names the thing, says what is wrong, and ends with what to do."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from error_rules import says_what_to_do, wrong_with
from error_sentences import Source, called

ROOT = Path(__file__).parents[2]
CORE, PLUGIN = Source(ROOT / "mmearth_core"), Source(ROOT / "qgis_plugin")

#: What the command line says below a sentence about what was typed.
TRY = "Try: mmearth VERB --help"
#: Sentences that need not end with what to do, and why.
CORE_EXCEPTIONS = {
    "Cancelled.": "the user asked for it; what was kept is said by the command line",
}
PLUGIN_EXCEPTIONS = {
    "Cancelled.": "the user asked for it",
    "Cancelled: the worker was stopped.": "the user asked for it",
    "": "the worker died; `_bury` makes the sentence of how it ended",
    **dict.fromkeys(
        (
            "The worker {end.what}",
            "The worker did not answer within {self._start_seconds} s",
            "The worker hung: nothing was heard of it for {self._silence_seconds} s",
            "The worker did not stop within {self._cancel_seconds} s of a cancel",
        ),
        "`_bury` and `_mourn` end it with what helps, or with the start of another worker",
    ),
}
#: The errors of the plugin, and which of their arguments are told.
ERRORS_OF_PLUGIN = {
    "SampleError": slice(0, 1),
    "RequestError": slice(0, 1),
    "QgsProcessingException": slice(0, 1),
    "WorkerError": slice(1, 2),
    "_Failed": slice(0, 2),
}
#: Parts that come with what the plugin asked for: a sentence, or what helps.
WHOLE = {
    "{report.sentence}. ": "The environment fails. ",
    "{end.help}": "see the log",
    "{self.text} Else": "It differs. Else",
}
#: Methods of the plugin that are given a sentence about what went wrong, as their last argument.
TELLING_IN_PLUGIN = {"warn", "failed.emit", "refused.emit", "_failed.emit"}


def test_a_sentence_lacks_what_it_does_not_say():
    assert wrong_with("Bad value") == "does not end with what to do" or wrong_with("Bad value") == "names nothing"
    assert wrong_with("Bad value.") == "names nothing"
    assert wrong_with("{path} is damaged.") == "does not end with what to do"
    assert wrong_with("{path} is damaged; nobody knows why.") == "does not end with what to do"
    assert wrong_with("Fetch {path} again, it is damaged. That is all.") == "does not end with what to do"
    assert wrong_with("`bands` is wrong.") == "does not end with what to do"
    assert wrong_with("{path}: run error 5.") == "does not end with what to do"
    assert wrong_with("{path} and its copy; copies and reads fail.") == "does not end with what to do"
    assert wrong_with("Choose {path}.") == "does not say what is wrong"
    assert wrong_with("Something is wrong; try again.") == "names nothing"
    assert wrong_with("{path} is damaged; fetch it again.") == ""
    assert wrong_with("{path} is damaged. Run: mmearth weights fetch NAME") == ""
    assert wrong_with("{path} has {n} bands, but `bands` names {m}; name each, '-' for one to ignore.") == ""


def told_in_core() -> Iterator[tuple[Path, int, list[str]]]:
    errors = CORE.errors("MMEarthError")
    for path, node in CORE.walk():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            if node.func.id in errors:
                yield path, node.lineno, CORE.texts(node.args[0])
            elif node.func.id == "ArgumentsError":
                yield path, node.lineno, [f"{text}. {TRY}" for text in CORE.texts(node.args[0])]


def told_in_plugin() -> Iterator[tuple[Path, int, list[str]]]:
    for path, node in PLUGIN.walk():
        if isinstance(node, ast.FunctionDef) and ("problem" in node.name or node.name.startswith(("why_", "obstacle"))):
            for each in ast.walk(node):
                if isinstance(each, ast.Return) and each.value is not None:
                    yield path, each.lineno, [text for text in PLUGIN.texts(each.value) if text]
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = called(node)
        if name in ERRORS_OF_PLUGIN:
            parts = [PLUGIN.texts(each) for each in node.args[ERRORS_OF_PLUGIN[name]]]
            if parts:
                yield (
                    path,
                    node.lineno,
                    ([f"{a.rstrip('.')}. {b}" for a in parts[0] for b in parts[-1]] if parts[1:] else parts[0]),
                )
        elif any(ast.unparse(node.func).endswith(each) for each in TELLING_IN_PLUGIN):
            yield path, node.lineno, [text for text in PLUGIN.texts(node.args[-1]) if text]


def handed_on(text: str) -> bool:
    """Whether it is a sentence of another error, which is looked at where that is made."""
    return text.startswith(("{", "--config {error.text}")) and (" " not in text or "error.text" in text)


def unfinished(told: Iterator[tuple[Path, int, list[str]]], exceptions: dict[str, str]) -> list[str]:
    found = []
    for path, line, texts in told:
        for text in texts:
            whole = text
            for part, example in WHOLE.items():
                whole = whole.replace(part, example)
            missing = "" if text in exceptions or handed_on(text) else wrong_with(whole)
            if missing:
                found.append(f"{path.relative_to(ROOT)}:{line} {missing}: {text}")
    return found


def test_the_sentences_of_the_core_end_with_what_to_do():
    told = list(told_in_core())
    assert len(told) > 500, "the sentences are no longer found"
    found = unfinished(iter(told), CORE_EXCEPTIONS)
    assert not found, "\n".join(found)


def test_the_sentences_of_the_plugin_end_with_what_to_do():
    told = list(told_in_plugin())
    assert len(told) > 100, "the sentences are no longer found"
    found = unfinished(iter(told), PLUGIN_EXCEPTIONS)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["remedy", "ask"])
def test_what_is_handed_on_as_what_to_do_asks_for_something(name: str):
    remedies = CORE.given_as(name)
    assert remedies
    assert [text for text in remedies if not says_what_to_do(text)] == []


def test_no_sentence_names_a_class_of_the_program():
    inner = []
    errors = CORE.errors("MMEarthError")
    for path, node in CORE.walk():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in errors:
            for each in ast.walk(node):
                if (isinstance(each, ast.Attribute) and each.attr in {"__name__", "__class__"}) or (
                    isinstance(each, ast.Call) and called(each) in {"type", "repr", "format_exc"}
                ):
                    inner.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert inner == []
