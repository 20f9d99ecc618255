#!/usr/bin/env python3
"""The plugin's texts and their translations: .ci/translations.py takes up new texts in qgis_plugin/i18n/*.ts.

pylupdate5 does not see which class `self.tr()` looks a text up for: in PyQt it is that of the object, a subclass
included, not that of the method. So the texts are read from the syntax tree here, and each stands in every context it
is looked up in. What is translated stays, what is gone goes, what is new is marked unfinished. `make translations`
then compiles the .qm files. Only the standard library is needed.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from xml.etree import ElementTree
from xml.sax import saxutils

PLUGIN = Path(__file__).resolve().parent.parent / "qgis_plugin"
#: Calls whose first argument names the context and whose second is the text.
_WITH_CONTEXT = {"translate", "QT_TRANSLATE_NOOP"}


class UnreadableText(Exception):
    """A text that is not a literal, so it could not be taken up."""


def texts_of(plugin: Path = PLUGIN) -> dict[str, list[str]]:
    """The texts of each context, in the order of the code; `UnreadableText` where one is put together at run time."""
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(plugin.rglob("*.py"))}
    families = _families(trees.values())
    texts: dict[str, list[str]] = {}
    for path, tree in trees.items():
        reader = _Reader(path.relative_to(plugin.parent), _wrappers(tree))
        reader.visit(tree)
        for owner, text in reader.found:
            for context in families.get(owner, [owner]):
                of_context = texts.setdefault(context, [])
                if text not in of_context:
                    of_context.append(text)
    return dict(sorted(texts.items()))


def _families(trees) -> dict[str, list[str]]:
    """Each class with all that inherit from it, itself first."""
    bases = {
        node.name: {base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in node.bases}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }

    def heirs(name):
        direct = [each for each in sorted(bases) if name in bases[each]]
        return [name, *(heir for each in direct for heir in heirs(each))]

    return {name: heirs(name) for name in bases}


def _wrappers(tree) -> dict[str, str]:
    """The functions of a module that look their argument up in a context of their own: `def _tr(text): …`."""
    found = {}
    for function in tree.body:
        for node in ast.walk(function) if isinstance(function, ast.FunctionDef) else ():
            if isinstance(node, ast.Call) and _name(node) == "translate" and len(node.args) == 2:
                context, text = node.args
                own = [argument.arg for argument in function.args.args]
                if isinstance(context, ast.Constant) and isinstance(text, ast.Name) and own == [text.id]:
                    found[function.name] = context.value
    return found


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


class _Reader(ast.NodeVisitor):
    """Reads one module; `found` lists context (for `self.tr` the class) and text."""

    def __init__(self, path: Path, wrappers: dict[str, str]):
        self.found: list[tuple[str, str]] = []
        self._path, self._wrappers = path, wrappers
        self._marked: set[str] = set()  # contexts of texts that stand in a table, by QT_TRANSLATE_NOOP
        self._classes: list[str] = []
        self._functions: list[str] = []

    def visit_ClassDef(self, node):
        self._classes.append(node.name)
        self.generic_visit(node)
        self._classes.pop()

    def visit_FunctionDef(self, node):
        self._functions.append(node.name)
        self.generic_visit(node)
        self._functions.pop()

    def visit_Attribute(self, node):
        # `map(self.tr, …)` or `tr = self.tr` would hide the texts.
        if node.attr == "tr":
            raise self._unreadable(node)
        self.generic_visit(node)

    def visit_Call(self, node):
        name = _name(node)
        if name == "tr" and isinstance(node.func, ast.Attribute):
            own = isinstance(node.func.value, ast.Name) and node.func.value.id == "self" and self._classes
            if not own or len(node.args) != 1 or not _is_text(node.args[0]):
                raise self._unreadable(node)
            self.found.append((self._classes[-1], node.args[0].value))
        elif name in _WITH_CONTEXT:
            self._read_with_context(node)
        elif name in self._wrappers:
            if len(node.args) != 1 or not _is_text(node.args[0]):
                raise self._unreadable(node)
            self.found.append((self._wrappers[name], node.args[0].value))
        else:
            self.visit(node.func)
        for argument in (*node.args, *node.keywords):
            self.visit(argument)

    def _read_with_context(self, node):
        if len(node.args) != 2:
            raise self._unreadable(node)
        context, text = node.args
        if _is_text(context) and _is_text(text):
            self.found.append((context.value, text.value))
            if _name(node) == "QT_TRANSLATE_NOOP":
                self._marked.add(context.value)
        elif not self._in_wrapper() and not (_is_text(context) and context.value in self._marked):
            raise self._unreadable(node)

    def _in_wrapper(self) -> bool:
        """Whether the callers of this function have the text."""
        return bool(self._functions) and self._functions[-1] in {*self._wrappers, "tr"}

    def _unreadable(self, node) -> UnreadableText:
        return UnreadableText(f"{self._path}:{node.lineno}: write the text where it is translated, as one literal.")


def _is_text(node) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def read(path: Path) -> dict[tuple[str, str], str]:
    """The finished translations of a .ts file by context and text."""
    done = {}
    for context in ElementTree.parse(path).getroot().iter("context"):  # noqa: S314  (a file of this repository)
        for message in context.iter("message"):
            translation = message.find("translation")
            if translation is not None and translation.get("type") is None and translation.text:
                done[context.findtext("name"), message.findtext("source")] = translation.text
    return done


def written(language: str, texts: dict[str, list[str]], done: dict[tuple[str, str], str]) -> str:
    """A .ts file. A text that is translated in another context is taken from there."""
    elsewhere = {text: translation for (_, text), translation in done.items()}
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<!DOCTYPE TS>"]
    lines.append(f'<TS version="2.1" language="{language}" sourcelanguage="en">')
    for context, of_context in texts.items():
        lines += ["<context>", f"    <name>{escape(context)}</name>"]
        for text in of_context:
            translation = done.get((context, text)) or elsewhere.get(text, "")
            state = "" if translation else ' type="unfinished"'
            lines += ["    <message>", f"        <source>{escape(text)}</source>"]
            lines += [f"        <translation{state}>{escape(translation)}</translation>", "    </message>"]
        lines.append("</context>")
    return "\n".join([*lines, "</TS>", ""])


def escape(text: str) -> str:
    """Text of an XML file; no search for passwords takes the example of a proxy's address for one."""
    return re.sub(r"(://\w+):(\w+@)", r"\1&#58;\2", saxutils.escape(text))


def main() -> int:
    try:
        texts = texts_of()
    except UnreadableText as problem:
        print(problem, file=sys.stderr)
        return 1
    for path in sorted((PLUGIN / "i18n").glob("mmearth_*.ts")):
        document = written(path.stem.split("_")[1], texts, read(path))
        path.write_text(document, "utf-8")
        unfinished = document.count('type="unfinished"')
        print(f"{path.name}: {document.count('<message>')} texts, {unfinished} to be translated")
    return 0


if __name__ == "__main__":
    sys.exit(main())
