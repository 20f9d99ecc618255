"""The options of a command, made from what its function declares: one definition for typed words and a YAML file.

Knows nothing of any verb but its declaration and how the table of verbs writes it.
"""

import re
import textwrap
import types
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from mmearth_core.cli.declarations import Declaration, Parameter
from mmearth_core.errors import MMEarthError
from mmearth_core.records import parsed_yaml, value
from mmearth_core.verbs import Verb
from mmearth_core.wording import nearest

#: How values that are more than one word are written.
METAVARS = {
    "at": "X,Y",
    "bands": "NAME,…",
    "bounds": "MINX,MINY,MAXX,MAXY",
    "calibrate": "SCENE …",
    "mask_bits": "BIT,…",
    "mask_values": "VALUE,…",
    "set": "KEY=VALUE …",
    "window": "COL,ROW,WIDTH,HEIGHT",
}
#: Options of every verb that are no arguments of its function.
COMMON = {
    "json": "print progress and result as JSON, one object a line",
    "quiet": "print the result only",
    "debug": "on an error, print where in the program it happened",
    "trust": "follow what the inputs refer to (VRT, STAC item) into other folders and onto the network too",
}
#: What switching off means where the docstring says what is on.
_OFF = {"resume": "start afresh instead of going on with what an interrupted run left"}
_WIDTH, _INDENT = 100, 24


class ArgumentsError(Exception):
    """Arguments that make no sense: one sentence for the user."""


@dataclass(frozen=True)
class Arguments:
    """What the user asked for: the function's keyword arguments and the common options."""

    keywords: dict[str, Any]
    json: bool
    quiet: bool
    debug: bool
    trust: bool


class CommandLine:
    """The command line of one function."""

    def __init__(self, program: str, declaration: Declaration, verb: Verb) -> None:
        self._program, self._declaration, self._verb = program, declaration, verb
        self._parameters = declaration.parameters
        #: What each option sets: a flag with its value, an option that is followed by one.
        self._flags: dict[str, tuple[str, bool]] = {f"--{name}": (name, True) for name in COMMON}
        self._values: dict[str, str] = {}
        for name, each in self._parameters.items():
            if each.hint is bool:
                self._flags[self.named(name)] = (name, not each.default)
            else:
                self._values |= dict.fromkeys(self._written(name), name)
        # A verb with a configuration of its own has few other options.
        self._from_file = "config" not in self._parameters
        if self._from_file:
            self._values["--config"] = "config"

    def parse(self, argv: Sequence[str]) -> Arguments:
        """The arguments of a command line. Raises `ArgumentsError`."""
        typed, flags, positions = self._split(argv)
        keywords = {name: each.default for name, each in self._parameters.items() if not each.needed}
        for path in typed.pop("config", []) if self._from_file else []:
            given = self._of_file(path)
            flags = {name: given.pop(name) for name in COMMON if name in given} | flags
            keywords |= given
        keywords |= {name: on for name, on in flags.items() if name in self._parameters}
        keywords |= {name: self._converted(name, values) for name, values in typed.items()}
        keywords |= self._by_position(positions)
        missing = [self.named(name) for name in self._parameters if name not in keywords]
        if missing:
            raise ArgumentsError(f"still needed: {', '.join(missing)}")
        return Arguments(keywords, **{name: flags.get(name, False) for name in COMMON})

    def word(self, name: str, given: str | None) -> str:
        """How this command writes an argument that a sentence names, with its value or alone."""
        if name in COMMON:
            return f"--{name}"
        if name not in self._parameters:
            return name if given is None else f"{name} {given}"
        if given is None or given in {"True", "False"}:
            return self.named(name)
        return given if name in self._verb.inputs else f"{_option(name)} {given}"

    def named(self, name: str) -> str:
        """An argument as the command line calls it."""
        if name in self._verb.inputs:
            return _metavar(name)
        return f"--no-{_option(name)[2:]}" if self._parameters[name].default is True else _option(name)

    @property
    def help(self) -> str:
        """What `--help` prints."""
        wrapper = textwrap.TextWrapper(_WIDTH, break_on_hyphens=False)
        parts = [f"usage: {self.usage}"]
        parts += [wrapper.fill(paragraph) for paragraph in self.paragraphs]
        if self._verb.inputs:
            width = max(map(len, self._verb.inputs)) + 4
            parts.append("\n".join(["inputs:", *(_row(typed, meaning, width) for typed, meaning in self.inputs)]))
        rows = [_row(typed, meaning, _INDENT) for typed, meaning in self.options]
        return "\n\n".join([*parts, "\n".join(["options:", *rows]), ""])[:-1]

    @property
    def paragraphs(self) -> list[str]:
        """What the verb does, with its arguments as they are typed."""
        return [self._in_options(paragraph) for paragraph in self._declaration.paragraphs]

    @property
    def inputs(self) -> list[tuple[str, str]]:
        """What is given by position: how the help writes it, and what it means."""
        return [(_metavar(name), self._meaning(self._parameters[name])) for name in self._verb.inputs]

    @property
    def options(self) -> list[tuple[str, str]]:
        """Every option: how it is typed, `-o OUTPUT, --output OUTPUT`, and what it means."""
        named = [each for name, each in self._parameters.items() if name not in self._verb.inputs]
        found = [(", ".join(self._forms(each)), self._meaning(each)) for each in named]
        if self._from_file:
            found.append(("--config YAML", "read options from this file (NAME: VALUE)"))
        found += [(f"--{name}", text) for name, text in COMMON.items()]
        return [*found, ("-h, --help", "show this and exit")]

    @property
    def usage(self) -> str:
        """The command in one line: `mmearth fit EMBEDDING SAMPLES -o OUTPUT [options]`."""
        inputs = self._typed_inputs
        if self._verb.inputs and not self._parameters[self._verb.inputs[0]].needed:
            inputs = f"[{inputs}]"
        required = [
            self._forms(each)[0]
            for name, each in self._parameters.items()
            if each.needed and name not in self._verb.inputs
        ]
        return " ".join(filter(None, [self._program, inputs, *required, "[options]"]))

    @property
    def _typed_inputs(self) -> str:
        """The inputs as they are typed: `EMBEDDING SAMPLES [EMBEDDING SAMPLES …]`."""
        names = " ".join(map(_metavar, self._verb.inputs))
        return names if self._verb.shape == "one each" else f"{names} [{names} …]"

    def _in_options(self, text: str) -> str:
        """The text with the arguments it names in back quotes as they are typed."""
        return re.sub(r"`(\w+)`", lambda found: self.word(found[1], None), text)

    def _meaning(self, each: Parameter) -> str:
        """What an argument means, with its default."""
        if each.default is True:
            return _OFF.get(each.name, f"switch off: {each.meaning}")
        shown = each.default is not False and each.default is not None and each.default != () and not each.needed
        return self._in_options(each.meaning) + (f" (default: {each.default})" if shown else "")

    def _written(self, name: str) -> list[str]:
        """An option's names, the short one first."""
        short = dict(self._verb.short).get(name)
        return [short, _option(name)] if short else [_option(name)]

    def _forms(self, each: Parameter) -> list[str]:
        """An option as the help writes it: `-o OUTPUT`, `--output OUTPUT`."""
        if each.hint is bool:
            return [self.named(each.name)]
        words = _choices(each.hint)
        followed = f"{{{','.join(words)}}}" if words else _metavar(each.name)
        return [f"{form} {followed}" for form in self._written(each.name)]

    def _converted(self, name: str, typed: list[str]) -> Any:
        """The value of an option."""
        given = typed if name in self._verb.many else typed[-1]
        return self._value(self._parameters[name].hint, given, self.named(name), text=True)

    @staticmethod
    def _value(hint: Any, content: Any, place: str, *, text: bool = False) -> Any:
        try:
            return value(hint, content, place, text=text)
        except MMEarthError as error:
            raise ArgumentsError(error.text) from error

    def _of_file(self, path: str) -> dict[str, Any]:
        """The arguments that a YAML file gives."""
        try:
            content = parsed_yaml(Path(path))
        except MMEarthError as error:
            raise ArgumentsError(f"--config {error.text}") from error
        if not isinstance(content, dict):
            raise ArgumentsError(f"--config {path} holds no options; write them as NAME: VALUE")
        found = {}
        for key, given in content.items():
            name, place = str(key).replace("-", "_"), f"{path}, {key}"
            if f"--{key}" in self._flags:
                argument, on = self._flags[f"--{key}"]
                found[argument] = on is self._value(bool, given, place)
            elif name in self._parameters:
                found[name] = self._value(self._parameters[name].hint, given, place, text=isinstance(given, str))
            else:
                raise ArgumentsError(f"{path}: there is no option {key}{_nearest(name, self._parameters)}")
        return found

    def _split(self, argv: Sequence[str]) -> tuple[dict[str, list[str]], dict[str, bool], list[str]]:
        """(texts of options by argument, flags, values given by position). A value may begin with a minus."""
        typed: dict[str, list[str]] = {}
        flags: dict[str, bool] = {}
        positions: list[str] = []
        rest = list(argv)
        while rest:
            word = rest.pop(0)
            option, equals, given = word.partition("=")
            if word == "--":
                positions.extend(rest)
                rest.clear()
            elif not word.startswith("-") or word == "-":
                positions.append(word)
            elif word in self._flags:
                name, on = self._flags[word]
                flags[name] = on
            elif option in self._values:
                name = self._values[option]
                values = [given] if equals else rest[:1]
                del rest[: 0 if equals else 1]
                while name in self._verb.many and rest and not rest[0].startswith("-"):
                    values.append(rest.pop(0))
                if not values:
                    raise ArgumentsError(f"{option} needs a value")
                typed.setdefault(name, []).extend(values)  # what is given in several goes adds up
            elif word[:2] in self._values:
                typed.setdefault(self._values[word[:2]], []).append(word[2:])
            elif option in self._flags:
                raise ArgumentsError(f"{option} takes no value")
            else:
                raise ArgumentsError(f"there is no option {option}{_nearest(option, [*self._values, *self._flags])}")
        return typed, flags, positions

    def _by_position(self, values: list[str]) -> dict[str, Any]:
        names, shape = self._verb.inputs, self._verb.shape
        if not values:
            return {}
        if shape == "all":
            alone = len(values) == 1 and str in get_args(self._parameters[names[0]].hint)
            return {names[0]: values[0] if alone else values}
        if shape == "pairs":
            if len(values) == 1:
                return {names[0]: values}
            if len(values) % len(names):
                raise ArgumentsError(f"expected {self._typed_inputs}, but there are {len(values)} files")
            return {name: values[index :: len(names)] for index, name in enumerate(names)}
        if len(values) > len(names):
            raise ArgumentsError(f"unexpected argument {values[len(names)]}")
        return dict(zip(names, values, strict=False))


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def _metavar(name: str) -> str:
    return METAVARS.get(name, name.upper())


def _nearest(word: str, known: Iterable[str]) -> str:
    near = nearest(word, known)
    return f"; did you mean {near}?" if near else ""


def _row(left: str, text: str, indent: int) -> str:
    """A row of the help: what is typed, and beside it or below what it means."""
    wrapped = textwrap.wrap(text, _WIDTH - indent, break_on_hyphens=False) or [""]
    first = f"  {left}".ljust(indent) if len(left) + 4 <= indent else f"  {left}\n{' ' * indent}"
    return "\n".join([first + wrapped[0], *(" " * indent + line for line in wrapped[1:])])


def _choices(hint: Any) -> list[str]:
    """The words an option takes when it takes nothing else."""
    alternatives = get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    words = [each for each in alternatives if each is not types.NoneType]
    literal = all(get_origin(each) is Literal for each in words)
    return [str(word) for each in words for word in get_args(each)] if literal else []
