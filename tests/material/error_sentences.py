"""Sentences that tell of errors, found in the source of a package."""

import ast
import itertools
import math
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

#: Variants of one sentence that are looked at; of more, the parts before the last are left open.
_MOST = 60
#: How far a part of a sentence is followed into functions.
_DEEPEST = 10
#: What brings a text in another language: it stands last.
_TRANSLATING = {"tr", "_tr", "translate"}
#: What leaves a sentence as it is.
_HANDING_ON = {"format", "removesuffix", "rstrip", "strip", "str"}
#: A place in a sentence for what is put in.
_PLACE = re.compile(r"\{\w*\}")
#: What words a number, in several ways.
_COUNTING = {"counted", "left_out", "decimal", "area"}
#: Names of parts of sentences: what is given for them is looked for where it comes from.
_PARTS = {"remedy", "ask", "wanted", "what", "how", "hint", "elsewhere", "problem", "sentence"}


@dataclass(frozen=True)
class Sentence:
    """One that the source can tell, in one of its variants."""

    module: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.text}"


@dataclass
class Source:
    """The modules of a package: what they define is found by name, where only one thing has that name."""

    root: Path
    trees: dict[Path, ast.Module] = field(init=False)

    def __post_init__(self) -> None:
        self.trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(self.root.rglob("*.py"))}
        for tree in self.trees.values():
            for parent in ast.walk(tree):
                for child in ast.iter_child_nodes(parent):
                    child.parent = parent  # type: ignore[attr-defined]

    def walk(self) -> Iterator[tuple[Path, ast.AST]]:
        for path, tree in self.trees.items():
            for node in ast.walk(tree):
                yield path, node

    @cached_property
    def functions(self) -> dict[str, list[ast.FunctionDef]]:
        found = defaultdict(list)
        for _, node in self.walk():
            if isinstance(node, ast.FunctionDef):
                found[node.name].append(node)
        return found

    @cached_property
    def calls(self) -> dict[str, list[ast.Call]]:
        found = defaultdict(list)
        for _, node in self.walk():
            if isinstance(node, ast.Call):
                found[called(node)].append(node)
        return found

    @cached_property
    def constants(self) -> dict[str, list[ast.expr]]:
        """Values of names of modules and classes."""
        found = defaultdict(list)
        for _, node in self.walk():
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.parent, (ast.Module, ast.ClassDef)):
                for name, value in _assigned(node):
                    found[name].append(value)
        return found

    @cached_property
    def kept(self) -> dict[str, list[ast.expr]]:
        """Values given to attributes, `self.name = …`, and by keyword to a call."""
        found = defaultdict(list)
        for _, node in self.walk():
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Attribute):
                        found[target.attr].append(node.value)
            elif isinstance(node, ast.keyword) and node.arg:
                found[node.arg].append(node.value)
        return found

    def given_as(self, name: str) -> list[str]:
        """All texts that something of this name can be, wherever it gets its value."""
        values = [value for _, node in self.walk() for each, value in _assigned(node) if each == name]
        values += self.kept.get(name, [])
        for functions in self.functions.values():
            for function in functions:
                defaults = dict(zip(reversed(_arguments(function)), reversed(_defaults(function)), strict=False))
                values += [value for each, value in defaults.items() if each.arg == name and value is not None]
                if name in {each.arg for each in _arguments(function)}:
                    values += self._handed(function, name)
        return [text for text in self._of_all(values, 0) if " " in text]

    def errors(self, *bases: str) -> set[str]:
        """Names of the classes derived of these, and these."""
        known = set(bases)
        classes = [node for _, node in self.walk() if isinstance(node, ast.ClassDef)]
        while True:
            more = {each.name for each in classes if {ast.unparse(base).split(".")[-1] for base in each.bases} & known}
            if more <= known:
                return known
            known |= more

    def texts(self, node: ast.expr, *, depth: int = 0) -> list[str]:
        """What an expression can read as; what is not known before the program runs stands as {expression}."""
        open_ = ["{" + (ast.unparse(node) if isinstance(node, (ast.Name, ast.Attribute)) else "…") + "}"]
        if depth > _DEEPEST:
            return open_
        found = dict.fromkeys(self._known(node, depth + 1))
        if isinstance(node, (ast.Name, ast.Attribute)) and not any(" " in text for text in found):
            return open_  # a name or a number of something
        return list(found) or open_

    def _known(self, node: ast.expr, depth: int) -> list[str]:
        if isinstance(node, ast.Constant):
            found = [node.value] if isinstance(node.value, str) else [""] if node.value is None else []
        elif isinstance(node, ast.JoinedStr) or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)):
            found = self._joined(_parts(node), depth)
        elif isinstance(node, (ast.IfExp, ast.BoolOp, ast.NamedExpr, ast.Dict)):
            found = self._of_all(_ways(node), depth)
        elif isinstance(node, ast.Subscript) and isinstance(node.value, (ast.Name, ast.Dict)):
            found = self._known(node.value, depth)
        elif isinstance(node, ast.Name):
            found = self._named(node, depth)
        elif isinstance(node, ast.Attribute):
            found = self._of_all(self.kept.get(node.attr, []), depth) if node.attr in _PARTS else []
        else:
            found = self._call(node, depth) if isinstance(node, ast.Call) else []
        return found

    def _joined(self, parts: list[ast.expr], depth: int) -> list[str]:
        variants = [self.texts(part, depth=depth) for part in parts]
        for number in range(len(variants) - 1):
            if math.prod(map(len, variants)) <= _MOST:
                break
            if len(variants[number]) > 1:
                variants[number] = ["{…}"]
        return ["".join(each) for each in itertools.islice(itertools.product(*variants), _MOST)]

    def _of_all(self, values: list[ast.expr], depth: int) -> list[str]:
        said = [each for each in values if not (isinstance(each, ast.Constant) and each.value in (None, ""))]
        values = said if len(values) > len(said) > 0 and not _is_a_way(values[0]) else values
        return [text for value in values for text in self.texts(value, depth=depth)][:_MOST]

    def _named(self, node: ast.Name, depth: int) -> list[str]:
        function = _function_of(node)
        if function is not None:
            given = [
                value
                for each in ast.walk(function)
                for name, value in _assigned(each)
                if name == node.id and not _within(node, value)
            ]
            if given:
                return self._of_all(given, depth)
            if node.id in _PARTS and node.id in {each.arg for each in _arguments(function)}:
                unique = len(self.functions[function.name]) == 1
                return self._of_all(self._handed(function, node.id), depth) if unique else []
        constants = self.constants.get(node.id, [])
        own = [each for each in constants if _module_of(each) is _module_of(node)]
        return self._of_all(own or constants, depth) if len(own or constants) == 1 else []

    def _handed(self, function: ast.FunctionDef, name: str) -> list[ast.expr]:
        """What calls of a function give for a parameter."""
        names = [each.arg for each in function.args.posonlyargs + function.args.args]
        names = names[1:] if names and names[0] in {"self", "cls"} else names
        owner = function.parent.name if function.name == "__init__" else function.name  # type: ignore[attr-defined]
        found = []
        for call in self.calls.get(owner, ()):
            found += [each.value for each in call.keywords if each.arg == name]
            if name in names and len(call.args) > names.index(name):
                found.append(call.args[names.index(name)])
        return found

    def _filled(self, text: str, node: ast.Call, depth: int) -> str:
        """A sentence that has another one put in at its beginning."""
        said = self.texts(node.args[0], depth=depth)[0] if node.args else ""
        return _PLACE.sub(lambda _: said, text, count=1) if " " in said and text.startswith("{") else text

    def _call(self, node: ast.Call, depth: int) -> list[str]:
        name = called(node)
        if name in _TRANSLATING:
            return self.texts(node.args[-1], depth=depth)
        if name in _HANDING_ON and (isinstance(node.func, ast.Attribute) or node.args):
            kept = node.func.value if isinstance(node.func, ast.Attribute) else node.args[0]
            texts = self.texts(kept, depth=depth)
            return [self._filled(text, node, depth) for text in texts] if name == "format" else texts
        if len(self.functions.get(name, ())) != 1 or name in _COUNTING:
            return []
        returned = [
            each.value
            for each in ast.walk(self.functions[name][0])
            if isinstance(each, ast.Return) and each.value is not None
        ]
        return self._of_all(returned, depth)


def called(node: ast.Call) -> str:
    """The last name of what is called."""
    return ast.unparse(node.func).rpartition(".")[2]


def _parts(node: ast.JoinedStr | ast.BinOp) -> list[ast.expr]:
    """What is put together, in order."""
    if isinstance(node, ast.JoinedStr):
        return [each.value if isinstance(each, ast.FormattedValue) else each for each in node.values]
    return [node.left, node.right]


def _ways(node: ast.IfExp | ast.BoolOp | ast.NamedExpr | ast.Dict) -> list[ast.expr]:
    """What it can be."""
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    return [node.value] if isinstance(node, ast.NamedExpr) else list(node.values)


def _is_a_way(node: ast.expr) -> bool:
    """Whether it stands in an expression that is one thing or another, not in a statement that begins with nothing."""
    return isinstance(node.parent, ast.IfExp | ast.BoolOp | ast.Dict)  # type: ignore[attr-defined]


def _module_of(node: ast.AST) -> ast.AST:
    while getattr(node, "parent", None) is not None:
        node = node.parent  # type: ignore[attr-defined]
    return node


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The names that a statement gives values, and these."""
    if isinstance(node, (ast.AnnAssign, ast.NamedExpr)):
        pairs = [(node.target, node.value)]
    elif isinstance(node, ast.Assign):
        pairs = [(target, node.value) for target in node.targets]
    else:
        return
    for target, value in pairs:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            yield from ((a.id, b) for a, b in zip(target.elts, value.elts, strict=True) if isinstance(a, ast.Name))
        elif isinstance(target, ast.Name) and value is not None:
            yield target.id, value


def _function_of(node: ast.AST) -> ast.FunctionDef | None:
    while (node := getattr(node, "parent", None)) is not None:
        if isinstance(node, ast.FunctionDef):
            return node
    return None


def _within(node: ast.AST, outer: ast.AST) -> bool:
    while node is not None:
        if node is outer:
            return True
        node = getattr(node, "parent", None)
    return False


def _arguments(function: ast.FunctionDef) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def _defaults(function: ast.FunctionDef) -> list[ast.expr | None]:
    plain = [*function.args.defaults]
    missing: list[ast.expr | None] = [None] * (len(function.args.posonlyargs + function.args.args) - len(plain))
    return [*missing, *plain, *function.args.kw_defaults]
