"""What the verbs take: signatures and docstrings, read from the package's stub as text.

So the help of a verb answers at once: nothing of what does its work is imported for it. A test holds the stub and the
functions together.
"""

import ast
import inspect
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import EllipsisType
from typing import Any, Literal

#: The stub of the package.
STUB = Path(__file__).parents[1] / "__init__.pyi"
#: What a function takes that no user types.
PROVIDED = frozenset({"progress", "cancel"})
#: What an "Args:" section calls the arguments that are as other functions, which it names, describe theirs.
_OTHERS = "others"
#: The default of a parameter that has none.
NEEDED = object()

_TYPES = {"str": str, "int": int, "float": float, "bool": bool, "Path": Path, "date": date}
_GENERIC: dict[str, Any] = {"Sequence": Sequence, "tuple": tuple, "list": list}


@dataclass(frozen=True)
class Parameter:
    """One argument: its type hint, its default (`NEEDED` when there is none), what its docstring says of it."""

    name: str
    hint: Any
    default: Any
    meaning: str

    @property
    def needed(self) -> bool:
        return self.default is NEEDED


@dataclass(frozen=True)
class Declaration:
    """What users are told of a function: paragraphs, what they may type by name, what the caller `provides` itself."""

    paragraphs: tuple[str, ...]
    parameters: dict[str, Parameter]
    provides: frozenset[str]


@cache
def declarations(path: Path) -> dict[str, Declaration]:
    """The functions of a stub, or of a module, by name. Nothing is imported."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    meanings = {node.name: _meanings(_documentation(node)) for node in functions}
    for own in meanings.values():
        for other in re.findall(r"`(\w+)`", own.pop(_OTHERS, "")):
            own |= {name: meaning for name, meaning in meanings[other].items() if name not in own}
    return {node.name: _declaration(node, meanings[node.name]) for node in functions}


def _documentation(function: ast.FunctionDef) -> str:
    return inspect.cleandoc(ast.get_docstring(function) or "")


def _declaration(function: ast.FunctionDef, meanings: dict[str, str]) -> Declaration:
    doc = _documentation(function)
    parameters = {}
    for each, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
        if each.arg not in PROVIDED and each.annotation is not None:
            value = NEEDED if default is None else ast.literal_eval(default)
            parameters[each.arg] = Parameter(each.arg, _hint(each.annotation), value, meanings.get(each.arg, ""))
    text = re.split(r"^(?:Args|Returns|Raises):", doc, flags=re.MULTILINE)[0]
    return Declaration(
        paragraphs=tuple(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n")),
        parameters=parameters,
        provides=PROVIDED & {each.arg for each in function.args.kwonlyargs},
    )


def _meanings(doc: str) -> dict[str, str]:
    """What the "Args:" section says of each parameter, without the full stop at the end."""
    section = re.search(r"^Args:\n(.*?)(?=^\S|\Z)", doc, re.MULTILINE | re.DOTALL)
    found = re.findall(r"^ {4}(\w+): (.*(?:\n {5,}.*)*)", section[1] if section else "", re.MULTILINE)
    texts = ((name, " ".join(text.split()).removesuffix(".")) for name, text in found)
    return {name: text if text[1:2].isupper() else text[0].lower() + text[1:] for name, text in texts}


def _hint(node: ast.expr) -> Any:
    """The type hint that an annotation spells; `Any` for what no user types."""
    match node:
        case ast.Constant(value=None | EllipsisType() as value):
            return value
        case ast.Name(id=name) if name in _TYPES:
            return _TYPES[name]
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _hint(left) | _hint(right)
        case ast.Subscript(value=ast.Name(id="Literal"), slice=words):
            return Literal[ast.literal_eval(words)]
        case ast.Subscript(value=ast.Name(id=name), slice=inner) if name in _GENERIC:
            items = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return _GENERIC[name][tuple(map(_hint, items))]
    return Any
