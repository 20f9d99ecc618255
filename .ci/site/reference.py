"""The pages of the site that nobody writes: every command and every function, of the table of verbs and the docstrings.

Both are read from where the front door has them: the options of a command as its `--help` says them, the functions from
the package's stub, their docstrings by the converter of `make api`. Of the package only its command line is imported,
which loads nothing heavy.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from pdoc.docstrings import google

from mmearth_core.cli.arguments import CommandLine
from mmearth_core.cli.declarations import STUB, declarations
from mmearth_core.verbs import VERBS, python_name

_TITLES = {"Arguments": "Arguments", "Returns": "Returns", "Raises": "Errors"}


def commands() -> str:
    """Every command with its options."""
    parts = [
        "# The command line",
        "What `mmearth VERB --help` prints. Each verb is one [Python function](python.md) with the same words; exit"
        " codes are 0 done, 1 an error in one line, 2 bad arguments, 130 cancelled.",
    ]
    for group in dict.fromkeys(verb.group for verb in VERBS.values()):
        parts.append(f"## {group[0].upper()}{group[1:]}")
        for name, verb in VERBS.items():
            if verb.group != group:
                continue
            command = CommandLine(f"mmearth {name}", declarations(STUB)[python_name(name)], verb)
            parts += [f"### {name}", f"```text\n{command.usage}\n```"]
            parts += [_prose(paragraph) for paragraph in command.paragraphs]
            parts += [_table("given by position", command.inputs)] if command.inputs else []
            parts.append(_table("option", command.options))
    return "\n\n".join([*parts, ""])


def functions() -> str:
    """Every function of the package, the verbs in the order of the command line, then what else is public."""
    tree = ast.parse(STUB.read_text("utf-8"))
    found = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    sources = _result_sources(tree)
    verbs = [python_name(name) for name in VERBS]
    parts = [
        "# The Python functions",
        "What `import mmearth_core` offers. Each verb of the [command line](commands.md) is a function here, imported"
        " when it is first used; all arguments are named. What went wrong is an `MMEarthError` with one sentence: which"
        " file, what is wrong, what to do. `EnvironmentFailure` and `Cancelled` mean that finished work is kept."
        " `make api` writes pages of every module inside.",
    ]
    for name in [*verbs, *(name for name in found if name not in verbs)]:
        node = found[name]
        parts += [f"## {name}", f"```python\n{_signature(node)}\n```", _docstring(ast.get_docstring(node) or "")]
        result = ast.unparse(node.returns) if node.returns else ""
        if result in sources:
            parts.append(_result(_defined(result, sources[result])))
    for name in _exported(tree):
        if name in sources:
            parts += [f"## {name}", *_offered(_defined(name, sources[name]))]
    return "\n\n".join([*parts, ""])


def _prose(text: str) -> str:
    """Words that are no Markdown: what looks like it is shown as it is, apart from back quotes."""
    return "".join(
        part if at % 2 else re.sub(r"([*_<>\[\]{}#\\])", r"\\\1", part)
        for at, part in enumerate(re.split(r"(`[^`]*`)", text))
    )


def _table(head: str, rows: list[tuple[str, str]]) -> str:
    lines = [f"| {head} | meaning |", "|---|---|"]
    for typed, meaning in rows:
        forms = "<br>".join(f"`{form}`" for form in re.split(r", (?=-)", typed))
        lines.append(f"| {forms} | {_prose(meaning).replace('|', '&#124;')} |")
    return "\n".join(lines)


def _signature(node: ast.FunctionDef) -> str:
    """`fit(*, embeddings: …, …) -> FitResult`, an argument a line where there are several."""
    given = node.args
    by_place = [*given.posonlyargs, *given.args]
    defaults = [None] * (len(by_place) - len(given.defaults)) + given.defaults
    shown = [_argument(each, default) for each, default in zip(by_place, defaults, strict=True)]
    shown += ["*"] if given.kwonlyargs else []
    shown += [_argument(each, default) for each, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    result = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    if len(shown) < 3:
        return f"{node.name}({', '.join(shown)}){result}"
    return "\n".join([f"{node.name}(", *(f"    {each}," for each in shown), f"){result}"])


def _argument(each: ast.arg, default: ast.expr | None) -> str:
    typed = each.arg if each.annotation is None else f"{each.arg}: {ast.unparse(each.annotation)}"
    return typed if default is None else f"{typed} = {ast.unparse(default)}"


def _docstring(text: str) -> str:
    """A docstring in Google's style as Markdown, its sections as small headings without an entry in the contents."""
    made = google(inspect.cleandoc(text))
    return re.sub(r"^#+ (\w+): *$", lambda found: f"**{_TITLES.get(found[1], found[1])}**\n", made, flags=re.MULTILINE)


def _result_sources(tree: ast.Module) -> dict[str, Path]:
    """Where the classes that functions return are defined, as the stub imports them."""
    root = STUB.parents[1]
    imports = [
        node
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mmearth_core.")
    ]
    files = {alias.name: root / f"{str(node.module).replace('.', '/')}" for node in imports for alias in node.names}
    return {name: path.with_suffix(".py") for name, path in files.items() if path.with_suffix(".py").is_file()}


def _exported(tree: ast.Module) -> list[str]:
    """The names of the stub's `__all__`."""
    values = [
        node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    return list(ast.literal_eval(values[0]))


def _defined(name: str, path: Path) -> ast.ClassDef:
    """The class of a module."""
    tree = ast.parse(path.read_text("utf-8"))
    return next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)


def _fields(record: ast.ClassDef) -> Iterator[str]:
    """What a record holds, if it holds something by declaration: a name and a type a line."""
    fields = [
        f"    {node.target.id}: {ast.unparse(node.annotation)}"
        for node in record.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and not node.target.id.startswith("_")
    ]
    if fields:
        yield "\n".join(["```python", record.name, *fields, "```"])


def _result(record: ast.ClassDef) -> str:
    """What a function returns: the docstring of the record and its fields."""
    said = " ".join((ast.get_docstring(record) or "").split())
    return "\n\n".join([f"**Returns** `{record.name}`: {said}", *_fields(record)])


def _offered(node: ast.ClassDef) -> Iterator[str]:
    """A class: its docstring, its fields, and its methods with theirs."""
    yield _docstring(ast.get_docstring(node) or "")
    yield from _fields(node)
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and not each.name.startswith("_"):
            yield f"```python\n{_signature(each)}\n```"
            yield _docstring(ast.get_docstring(each) or "")
