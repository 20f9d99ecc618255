"""Writes mmearth_core/__init__.pyi: every public function with its signature and docstring, from the functions
themselves. Type checkers, editors and the command line read it; a test fails while it is not what this script makes.
"""

import inspect
import subprocess
import sys
import textwrap
import types
import typing
from collections.abc import Callable
from pathlib import Path

import numpy as np

import mmearth_core
from mmearth_core.verbs import PUBLIC

STUB = Path(mmearth_core.__file__).with_suffix(".pyi")
HEAD = """\
# Made by `make stub` from the functions themselves: change those, then make it again.
\"\"\"{}\"\"\"
"""


class Spelling:
    """Type hints as text, and the imports that the text needs."""

    def __init__(self) -> None:
        self.imports: set[str] = set()

    def of(self, hint: typing.Any) -> str:
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if hint is types.NoneType or hint is Ellipsis:
            return "None" if hint is types.NoneType else "..."
        if origin in (typing.Union, types.UnionType):
            return " | ".join(map(self.of, arguments))
        if origin is typing.Literal:
            self.imports.add("from typing import Literal")
            return f"Literal[{', '.join(map(repr, arguments))}]"
        if origin is np.ndarray:
            self.imports |= {"import numpy as np", "from numpy.typing import NDArray"}
            scalar = typing.get_args(arguments[1])[0]
            return f"NDArray[np.{'bool_' if scalar is np.bool_ else scalar.__name__}]"
        if origin is not None:
            return f"{self.of(origin)}[{', '.join(map(self.of, arguments))}]"
        if hint.__module__ != "builtins":
            self.imports.add(f"from {hint.__module__.partition('._')[0]} import {hint.__name__}")
        return str(hint.__name__)

    def function(self, name: str, function: Callable[..., typing.Any]) -> str:
        """`def …:` with the docstring as its body."""
        hints = typing.get_type_hints(function)
        signature = inspect.signature(function)
        parts, starred = [], False
        for each in signature.parameters.values():
            if each.kind is each.KEYWORD_ONLY and not starred:
                parts, starred = [*parts, "*"], True
            default = "" if each.default is each.empty else f" = {each.default!r}"
            parts.append(f"{each.name}: {self.of(hints[each.name])}{default}")
        head = f"def {name}({', '.join(parts)}) -> {self.of(hints['return'])}:"
        doc = inspect.getdoc(function) or ""
        return (
            f"{head}\n{textwrap.indent(chr(34) * 3 + doc + (chr(10) if chr(10) in doc else '') + chr(34) * 3, '    ')}"
        )


def made() -> str:
    """The text of the stub."""
    spelling, functions = Spelling(), []
    for name, module in PUBLIC.items():
        value = getattr(mmearth_core, name)
        if inspect.isclass(value):
            spelling.imports.add(f"from {module} import {name} as {name}")
        else:
            functions.append(spelling.function(name, value))
    names = ", ".join(map(repr, mmearth_core.__all__))
    head = HEAD.format(mmearth_core.__doc__)
    text = "\n".join([head, *sorted(spelling.imports), f"__all__ = [{names}]", "__version__: str", *functions, ""])
    settings = ["--stdin-filename", str(STUB), "-"]
    for command in (["check", "--quiet", "--fix-only", "--select", "I"], ["format", "--quiet"]):
        done = subprocess.run(  # noqa: S603 - ruff, on text of ours
            [sys.executable, "-m", "ruff", *command, *settings], input=text, capture_output=True, text=True, check=True
        )
        text = done.stdout
    return text


if __name__ == "__main__":
    STUB.write_text(made(), encoding="utf-8")
