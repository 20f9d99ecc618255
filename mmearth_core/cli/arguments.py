"""A command's options, made from the keyword-only signature and the docstring of the function behind it.

One definition serves Python, the command line and a YAML file (`--config`). Knows nothing of any verb but its words.
"""

import difflib
import inspect
import json
import re
import textwrap
import types
import typing
from argparse import ArgumentError, RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from jsonargparse import SUPPRESS, ArgumentParser

#: How the values given by position fall to the inputs: one each, all to the one input, or in pairs to the two.
Shape = Literal["one each", "all", "pairs"]

#: What the options of the verbs mean: a word means the same everywhere.
GLOSSARY = {
    "at": "a place by its coordinates in the CRS of the embedding",
    "embedding": "embedding raster made by mmearth embed",
    "embeddings": "embedding rasters made by mmearth embed with one model",
    "field": "attribute that holds the class",
    "file": "embedding raster, map, probe, model or any other raster",
    "k": "number of clusters, 2 to 254",
    "layer": "layer of the vector file; by default its only one",
    "like": "vector file of polygons, lines or points that show what to look for (any CRS)",
    "map": "map made by mmearth classify, or any integer raster",
    "min_per_class": "points that each class gets at least; by default 50, or fewer when N is small",
    "model": "name of a model, or path of its file",
    "n": "number of points",
    "output": "file to write",
    "overwrite": "replace an output that exists",
    "reference": "vector file of reference points or polygons (any CRS)",
    "resume": "start afresh instead of going on with what an interrupted run left",
    "samples": "vector file of polygons, lines or points with a class (any CRS)",
    "seed": "start of the random numbers; the same seed gives the same result",
}
#: How values of several numbers are written.
METAVARS = {
    "at": "X,Y",
    "bands": "NAME,…",
    "mask_values": "VALUE,…",
    "set": "KEY=VALUE …",
    "window": "COL,ROW,WIDTH,HEIGHT",
}

#: Options of every verb that are no parameters of its function.
COMMON = {
    "json": "print progress and result as JSON, one object a line",
    "quiet": "print the result only",
    "debug": "on an error, print where in the program it happened",
}
#: Parameters that the command line provides itself.
_PROVIDED = frozenset({"progress", "cancel"})
_HELP_WIDTH = 100


class ArgumentsError(Exception):
    """Arguments that make no sense: one sentence for the user."""


@dataclass(frozen=True)
class Arguments:
    """What the user asked for: the function's keyword arguments and the common options."""

    keywords: dict[str, Any]
    json: bool
    quiet: bool
    debug: bool


@dataclass(frozen=True)
class Syntax:
    """How a verb is written.

    `inputs`: parameters given by position, in the `shape` told. `short`: parameters with a short option too.
    `many`: options followed by one or more files or texts (other lists are one value with commas).
    """

    inputs: tuple[str, ...] = ()
    shape: Shape = "one each"
    short: tuple[tuple[str, str], ...] = ()
    many: tuple[str, ...] = ()

    @property
    def usage(self) -> str:
        """The inputs as they are typed: `EMBEDDING SAMPLES [EMBEDDING SAMPLES …]`."""
        names = " ".join(_metavar(name) for name in self.inputs)
        return names if self.shape == "one each" else f"{names} [{names} …]"


class CommandLine:
    """The command line of one function."""

    def __init__(self, program: str, function: Callable[..., Any], syntax: Syntax) -> None:
        self._syntax = syntax
        hints = typing.get_type_hints(function)
        parameters = inspect.signature(function).parameters
        #: What the function takes that no user types: "progress", "cancel".
        self.provides = frozenset(parameters) & _PROVIDED
        self._parameters = {name: each for name, each in parameters.items() if name not in _PROVIDED}
        self._hints = {name: hints[name] for name in self._parameters}
        self._meanings = GLOSSARY | _described_parameters(function)
        self._parser = ArgumentParser(
            prog=program,
            usage=self._usage(program),
            description=self._description(function),
            formatter_class=_HelpFormatter,
            exit_on_error=False,
            allow_abbrev=False,
            print_config=None,
        )
        self._flags = {"-h", "--help"}
        self._values: dict[str, str] = {}
        for name in self._parameters:
            self._add(name)
        if "config" not in self._parameters:  # a verb with a configuration of its own has few other options
            self._values["--config"] = "--config"
            self._parser.add_argument(
                "--config", action="config", metavar="YAML", help="read options from this file (NAME: VALUE)"
            )
        for name, text in COMMON.items():
            self._parser.add_argument(f"--{name}", action="store_true", help=text)
            self._flags.add(f"--{name}")

    def parse(self, argv: Sequence[str]) -> Arguments:
        """The arguments of a command line.

        Raises `ArgumentsError`; exits for `--help`.
        """
        options, positions = self._split(argv)
        try:
            parsed = self._parser.parse_args(options)
        except ArgumentError as error:
            raise ArgumentsError(self._one_sentence(error)) from error
        keywords = {name: parsed[name] for name in self._parameters} | self._by_position(positions)
        missing = [
            self._named(name)
            for name, parameter in self._parameters.items()
            if parameter.default is inspect.Parameter.empty and keywords[name] in (None, [])
        ]
        if missing:
            raise ArgumentsError(f"still needed: {', '.join(missing)}")
        return Arguments(keywords, parsed["json"], parsed["quiet"], parsed["debug"])

    def _usage(self, program: str) -> str:
        required = [
            f"{self._short(name) or _option(name)} {_metavar(name)}"
            for name, parameter in self._parameters.items()
            if parameter.default is inspect.Parameter.empty and name not in self._syntax.inputs
        ]
        optional = self._syntax.inputs and self._default(self._syntax.inputs[0]) is not None
        inputs = f"[{self._syntax.usage}]" if optional else self._syntax.usage
        return " ".join(filter(None, [program, inputs, *required, "[options]"]))

    def _default(self, name: str) -> Any:
        """What a parameter is when it is not given; None also when it must be."""
        default = self._parameters[name].default
        return None if default is inspect.Parameter.empty or default == () else default

    def _description(self, function: Callable[..., Any]) -> str:
        """The docstring up to what it says of single parameters and of errors, then the inputs."""
        text = re.split(r"^Args:|\bRaises\s+`|^Raises:", inspect.getdoc(function) or "", flags=re.MULTILINE)[0]
        paragraphs = text.strip().split("\n\n")
        wrapper = textwrap.TextWrapper(_HELP_WIDTH, break_on_hyphens=False)
        wrapped = [wrapper.fill(" ".join(self._in_options(p).split())) for p in paragraphs]
        if self._syntax.inputs:
            width = max(map(len, self._syntax.inputs)) + 2
            inputs = [f"  {_metavar(name).ljust(width)}{self._meaning(name)}" for name in self._syntax.inputs]
            wrapped.append("\n".join(["inputs:", *inputs]))
        return "\n\n".join(wrapped)

    def _in_options(self, text: str) -> str:
        """The text with the parameters it names in back quotes as they are typed."""
        return re.sub(
            r"`(\w+)`",
            lambda match: self._named(match[1]) if match[1] in self._parameters else match[0],
            text,
        )

    def _named(self, name: str) -> str:
        """A parameter as the command line calls it."""
        if name in self._syntax.inputs:
            return _metavar(name)
        return f"--no-{name}" if self._parameters[name].default is True else _option(name)

    def _meaning(self, name: str) -> str:
        """What a parameter means, with its default."""
        default = self._default(name)
        return self._meanings.get(name, "") + ("" if default is None else f" (default: {default})")

    def _short(self, name: str) -> str | None:
        return dict(self._syntax.short).get(name)

    def _add(self, name: str) -> None:
        """Declare one parameter to the parser and to `_split`."""
        hint, default = self._hints[name], self._parameters[name].default
        text = self._meanings.get(name, "")
        option, short = _option(name), self._short(name)
        names = [short, option] if short else [option]
        if hint is bool:
            if default:  # the option switches off what a docstring says is on
                text = GLOSSARY.get(name, f"switch off: {text}")
            option = f"--no-{option[2:]}" if default else option
            self._flags.add(option)
            self._parser.add_argument(
                option, dest=name, action="store_false" if default else "store_true", default=default, help=text
            )
            return
        for each in names:
            self._values[each] = option
        choices = _choices(hint)
        self._parser.add_argument(
            *names,
            dest=name,
            type=self._type(name),
            default=None if default is inspect.Parameter.empty else default,
            metavar=f"{{{','.join(choices)}}}" if choices else _metavar(name),
            help=SUPPRESS if name in self._syntax.inputs else self._meaning(name).replace("%", "%%"),
        )

    def _type(self, name: str) -> Any:
        """What turns the text of an option into its value."""
        hint = self._hints[name]
        if name in self._syntax.many:
            return _files
        if _item(hint):
            return _CommaList(hint)
        return hint | None if self._parameters[name].default is inspect.Parameter.empty else hint

    def _split(self, argv: Sequence[str]) -> tuple[list[str], list[str]]:
        """(options as `--name=value`, values given by position). So a value may begin with a minus."""
        options: list[str] = []
        positions: list[str] = []
        many: dict[str, list[str]] = {_option(name): [] for name in self._syntax.many}
        rest = list(argv)
        while rest:
            word = rest.pop(0)
            name, equals, value = word.partition("=")
            if word == "--":
                positions.extend(rest)
                rest.clear()
            elif not word.startswith("-") or word == "-":
                positions.append(word)
            elif name in self._flags:
                options.append(word)
            elif name in self._values:
                values = [value] if equals else rest[:1]
                del rest[: 0 if equals else 1]
                while name in many and rest and not rest[0].startswith("-"):
                    values.append(rest.pop(0))
                if not values:
                    raise ArgumentsError(f"{name} needs a value")
                if name in many:  # what is given in several goes adds up
                    many[name].extend(values)
                else:
                    options.append(f"{self._values[name]}={values[0]}")
            elif word[:2] in self._values:
                options.append(f"{self._values[word[:2]]}={word[2:]}")
            else:
                near = difflib.get_close_matches(name, [*self._values, *self._flags], n=1)
                raise ArgumentsError(f"there is no option {name}" + (f"; did you mean {near[0]}?" if near else ""))
        options.extend(f"{name}={json.dumps(values)}" for name, values in many.items() if values)
        return options, positions

    def _by_position(self, values: list[str]) -> dict[str, Any]:
        names, shape = self._syntax.inputs, self._syntax.shape
        if not values:
            return {}
        if shape == "all":
            return {names[0]: values[0] if len(values) == 1 else values}
        if shape == "pairs":
            if len(values) % len(names):
                raise ArgumentsError(f"expected {self._syntax.usage}, but there are {len(values)} files")
            return {name: values[index :: len(names)] for index, name in enumerate(names)}
        if len(values) > len(names):
            raise ArgumentsError(f"unexpected argument {values[len(names)]}")
        return dict(zip(names, values, strict=False))

    def _one_sentence(self, error: ArgumentError) -> str:
        """What is wrong with which option, from the parser's longer message."""
        text = str(error)
        key = re.search(r'Parser key "(\w+)"|argument (?:-\w/)?--([\w-]+)', text)
        name = (key[1] or key[2]).replace("-", "_") if key else ""
        given = re.search(r"Given value: (.*)$|invalid parse value: '?(.*?)'?$|value: '?(.*?)'?$", text)
        if name not in self._hints or given is None:
            return " ".join(re.sub(r'Parser key "(\w+)":', r"--\1:", text).split())
        value = next(group for group in given.groups() if group is not None)
        return f"{self._named(name)} {value}: expected {_in_words(self._hints[name])}"


class _HelpFormatter(RawDescriptionHelpFormatter):
    """Options as wide as the description."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_HELP_WIDTH)


def _files(value: Any) -> list[str]:
    """The values of an option that takes many: a JSON list from `_split`, or the list of a YAML file."""
    return [str(each) for each in (json.loads(value) if isinstance(value, str) else value)]


def _described_parameters(function: Callable[..., Any]) -> dict[str, str]:
    """What the "Args:" section of a docstring says of each parameter, without the full stop at the end."""
    section = re.search(r"^Args:\n(.*?)(?=^\S|\Z)", inspect.getdoc(function) or "", re.MULTILINE | re.DOTALL)
    found = re.findall(r"^ {4}(\w+): (.*(?:\n {5,}.*)*)", section[1] if section else "", re.MULTILINE)
    texts = ((name, " ".join(text.split()).removesuffix(".")) for name, text in found)
    return {name: text if text[1:2].isupper() else text[0].lower() + text[1:] for name, text in texts}


class _CommaList:
    """Turns `a,b,c`, or the list of a YAML file, into a list of the items a type hint names."""

    def __init__(self, hint: Any) -> None:
        self._item = _item(hint)
        self._count = _count(hint)
        self._kind = typing.get_origin(_sequence(hint))

    def __call__(self, value: Any) -> Any:
        if value is None:
            return None
        values = value.split(",") if isinstance(value, str) else list(value)
        if self._item is None or (self._count is not None and len(values) != self._count):
            raise ValueError(f"expected {self._count} values")
        items = [self._item(each.strip() if isinstance(each, str) else each) for each in values]
        return tuple(items) if self._kind is tuple else items


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def _metavar(name: str) -> str:
    return METAVARS.get(name, name.upper())


def _alternatives(hint: Any) -> tuple[Any, ...]:
    """The members of a union, or the hint alone; None left out."""
    union = typing.get_origin(hint) in (typing.Union, types.UnionType)
    return tuple(h for h in (typing.get_args(hint) if union else (hint,)) if h is not types.NoneType)


def _sequence(hint: Any) -> Any:
    """The sequence among the alternatives of a hint; None when there is none."""
    return next((h for h in _alternatives(hint) if typing.get_origin(h) in (list, tuple, Sequence)), None)


def _item(hint: Any) -> Callable[[Any], Any] | None:
    """The type of a sequence's items: text for paths, which may be addresses."""
    sequence = _sequence(hint)
    if sequence is None:
        return None
    item = _alternatives(typing.get_args(sequence)[0])[0]
    return item if item in (int, float) else str


def _count(hint: Any) -> int | None:
    """How many items a sequence has when its type says so."""
    sequence = _sequence(hint)
    arguments = typing.get_args(sequence)
    return len(arguments) if typing.get_origin(sequence) is tuple and Ellipsis not in arguments else None


def _choices(hint: Any) -> list[str]:
    """The words an option takes when it takes nothing else."""
    alternatives = _alternatives(hint)
    literal = all(typing.get_origin(each) is Literal for each in alternatives)
    return [str(word) for each in alternatives for word in typing.get_args(each)] if literal else []


def _in_words(hint: Any) -> str:
    """A type hint for a reader."""
    item = _item(hint)
    if item is not None:
        many = f"{_count(hint)} " if _count(hint) else ""
        return f"{many}{'values' if item is str else 'numbers'} separated by commas"
    names = {int: "a whole number", float: "a number", str: "a text"}
    words: list[str] = []
    for each in _alternatives(hint):
        if typing.get_origin(each) is Literal:
            words.extend(map(str, typing.get_args(each)))
        elif each in names:
            words.append(names[each])
    return " or ".join(words) or json.dumps(str(hint))
