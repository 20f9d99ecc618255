"""Plain values (JSON, YAML, the text of a command line) become frozen records, and records plain values again.

A record is a frozen dataclass whose type hints say what may be written; every mistake is one sentence with its place.
It is our own because pydantic, msgspec, or attrs with cattrs would each be one more package in the analyst's
environment, and turning their messages into such sentences takes as much code as checking does.
"""

import dataclasses
import inspect
import json
import math
import os
import re
import types
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from mmearth_core.errors import MMEarthError
from mmearth_core.wording import nearest

T = TypeVar("T")

#: What to do about a mistake where nothing better is known.
CORRECT = "correct it"
#: Numbers that YAML 1.1 takes for texts, such as 2e-4.
_EXPONENT = re.compile(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+")
_LONGEST_SHOWN = 60
#: How many values a file of JSON or YAML may hold, and how deep they may lie in each other.
_MOST_VALUES, _DEEPEST = 20_000_000, 64
_WORDS: Mapping[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    Path: "a path",
    date: "a date such as 2020-04-08",
    types.NoneType: "null",
}


@dataclass(frozen=True)
class Rule:
    """In `Annotated`: what a value must satisfy beside its type. `text` says it, as in "must be positive"."""

    holds: Callable[[Any], bool]
    text: str


POSITIVE = Rule(lambda number: number > 0, "must be positive")
NOT_NEGATIVE = Rule(lambda number: number >= 0, "must not be negative")


@dataclass(frozen=True)
class Form:
    """In `Annotated`: a value is written in another form than its type's. `read` makes of it what the type takes, or
    raises `ValueError`; `write` is its inverse."""

    read: Callable[[Any], Any]
    write: Callable[[Any], Any] = lambda value: value


@dataclass(frozen=True)
class _Marker:
    name: str


#: In `Annotated`: a text that is a path, relative to the folder of the file it is written in.
RELATIVE = _Marker("relative")
#: In `Annotated`, for a parameter whose type is a record: `grouped` takes the record's fields as keywords.
FLAT = _Marker("flat")
#: In `Annotated`: one value alone stands for a list of it.
ONE_OR_MANY = Form(lambda content: content if isinstance(content, list | tuple | None) else [content])
#: In `Annotated`: a text stands for the list of its parts between commas.
COMMAS = Form(lambda content: [part.strip() for part in content.split(",")] if isinstance(content, str) else content)


def shorthand(name: str) -> Form:
    """For `Annotated`: what is no mapping stands for a record of which it is the field `name`."""
    return Form(lambda content: content if content is None or isinstance(content, Mapping) else {name: content})


def read(
    record: type[T],
    content: Any,
    place: str | Path,
    *,
    under: str = "",
    folder: Path | None = None,
    known_only: bool = True,
    remedy: str = CORRECT,
) -> T:
    """The record of a mapping of plain values.

    `place` begins the sentences, `remedy` ends them; `under` is the name the mapping has there. Paths that are
    `RELATIVE` are taken from `folder`. Unless `known_only`, names that the record does not have are passed over. Raises
    `MMEarthError`.
    """
    with _told(place, remedy):
        made: T = _Reader(folder, known_only, text=False).value(record, content, under)
        return made


def value(hint: Any, content: Any, place: str | Path, *, text: bool = False, remedy: str = CORRECT) -> Any:
    """The value of a type hint; with `text` from what a user types: "3", "auto", or "0.5,1" where several are meant.

    Raises `MMEarthError` that begins with `place`.
    """
    with _told(place, remedy):
        return _Reader(None, True, text).value(hint, content, "")


def parsed(text: str | bytes, place: str | Path, *, remedy: str = CORRECT) -> Any:
    """The plain values of JSON. Raises `MMEarthError`."""
    with _told(place, remedy):
        try:
            return _bounded(json.loads(text))
        except (TypeError, ValueError, RecursionError) as error:
            raise _Wrong("", f"it is not valid JSON ({' '.join(str(error).split())})") from error


def parsed_yaml(path: Path) -> Any:
    """The plain values of a YAML file in UTF-8. Raises `MMEarthError`."""
    import yaml  # noqa: PLC0415 - only when there is such a file

    try:
        return _bounded(yaml.safe_load(path.read_text(encoding="utf-8-sig")))
    except UnicodeDecodeError as error:
        raise MMEarthError(f"{path} is not in UTF-8 ({error.reason}); save it with that encoding.") from error
    except OSError as error:
        raise MMEarthError(f"{path} cannot be read ({error.strerror}); give a file that you may read.") from error
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        raise MMEarthError(f"{path} is no YAML file ({' '.join(str(error).split())[:300]}); correct it.") from error


def _bounded(content: Any) -> Any:
    """The same values, when a reader may walk through them. Raises `ValueError`.

    YAML's aliases let a few lines mean more values than memory holds, or a list that contains itself.
    """
    left, level, deep = _MOST_VALUES, [content], 0
    while level:
        deep += 1
        inside: list[Any] = []
        for each in level:
            inside.extend(each.values() if isinstance(each, Mapping) else each if isinstance(each, list) else ())
            if len(inside) > left:
                raise ValueError(f"it holds more than {_MOST_VALUES} values")
        left, level = left - len(inside), inside
        if deep > _DEEPEST:
            raise ValueError(f"its values are nested more than {_DEEPEST} deep")
    return content


def grouped(
    function: Callable[..., Any], flat: Mapping[str, Any], place: str, *, provided: Collection[str] = ()
) -> dict[str, Any]:
    """The keyword arguments of a function, of plain values by name; parameters marked `FLAT` take several of them.

    `provided` are those the caller adds itself. Raises `TypeError` for an argument that is unknown, missing or of
    another type, and `MMEarthError` for values that do not belong together.
    """
    slots, groups = _parameters(function)
    slots = [each for each in slots if each.name not in provided]
    reader = _Reader(None, True, text=False)
    try:
        reader.check_names(slots, flat, "")
        found = reader.fields(slots, flat, "")
    except _Wrong as error:
        raise TypeError(error.sentence(place, CORRECT)) from error
    with _told(place, CORRECT):
        for name, record in groups.items():
            own = [each.name for each in _fields(record) if each.name in found]
            found[name] = _made(record, {each: found.pop(each) for each in own}, "")
        return found


def plain(content: Any) -> Any:
    """Anything as JSON values: records by their fields, objects by `as_dict`, paths as text, not-a-number as null."""
    for method in ("as_dict", "tolist"):  # the last is that of numpy's scalars and arrays
        if hasattr(content, method):
            return plain(getattr(content, method)())
    if dataclasses.is_dataclass(content) and not isinstance(content, type):
        return {slot.name: plain(slot.written(getattr(content, slot.name))) for slot in _fields(type(content))}
    if isinstance(content, Mapping):
        return {str(key): plain(each) for key, each in content.items()}
    if isinstance(content, list | tuple | set | frozenset):
        return [plain(each) for each in content]
    if isinstance(content, float) and not math.isfinite(content):
        return None
    return content if isinstance(content, str | int | float | bool | None) else str(content)


def in_words(hint: Any, *, text: bool = False) -> str:
    """A type for a reader; with `text`, what to type."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return in_words(arguments[0], text=text)
    if origin in (Union, types.UnionType):
        kept = [each for each in arguments if not (text and each is types.NoneType)]
        return " or ".join(dict.fromkeys(in_words(each, text=text) for each in kept))
    if origin is Literal:
        return " or ".join(map(str, arguments))
    if origin in _SEQUENCES:
        count = len(arguments) if origin is tuple and Ellipsis not in arguments else 0
        kind = "numbers" if _bare(arguments[0]) in (int, float) else "values"
        typed = f"{count or ''} {kind} separated by commas".strip()
        return typed if text else f"a list{f' of {count} values' if count else ''} ({in_words(arguments[0])} each)"
    composed = dataclasses.is_dataclass(hint) or origin in _MAPPINGS
    return "names with values" if composed else _WORDS.get(hint, getattr(hint, "__name__", str(hint)))


_SEQUENCES = (list, tuple, Sequence)
_MAPPINGS = (dict, Mapping)


class _Wrong(Exception):
    """A value that is not as it must be: where, and what. `alien` when it is not even of the kind that is expected."""

    def __init__(self, path: str, text: str, *, alien: bool = False) -> None:
        super().__init__(path, text)
        self.path, self.text, self.alien = path, text, alien

    def sentence(self, place: str | Path, remedy: str) -> str:
        said = f"{place}, {self.path}: {self.text}" if self.path else f"{place}: {self.text}"
        return f"{said} Else {remedy}." if said.endswith("?") else f"{said}; {remedy}."


@contextmanager
def _told(place: str | Path, remedy: str) -> Iterator[None]:
    """Mistakes found inside, as sentences."""
    try:
        yield
    except _Wrong as error:
        raise MMEarthError(error.sentence(place, remedy)) from error


@dataclass(frozen=True)
class _Slot:
    """A field of a record or a parameter of a function."""

    name: str
    hint: Any
    needed: bool

    def written(self, content: Any) -> Any:
        """Its value in the form in which it is written."""
        for form in reversed([each for each in getattr(self.hint, "__metadata__", ()) if isinstance(each, Form)]):
            content = form.write(content)
        return content


@cache
def _fields(record: Any) -> tuple[_Slot, ...]:
    hints = get_type_hints(record, include_extras=True)
    return tuple(
        _Slot(each.name, hints[each.name], each.default is each.default_factory is dataclasses.MISSING)
        for each in dataclasses.fields(record)
        if each.init
    )


def _parameters(function: Callable[..., Any]) -> tuple[list[_Slot], dict[str, Any]]:
    """What a function takes by keyword, fields of `FLAT` records one by one; and those records by parameter."""
    hints = get_type_hints(function, include_extras=True)
    slots: list[_Slot] = []
    groups: dict[str, Any] = {}
    for name, each in inspect.signature(function).parameters.items():
        if FLAT in getattr(hints[name], "__metadata__", ()):
            groups[name] = get_args(hints[name])[0]
            slots.extend(_fields(groups[name]))
        else:
            slots.append(_Slot(name, hints[name], each.default is each.empty))
    return slots, groups


@dataclass(frozen=True)
class _Reader:
    """How values are read: relative to which folder, whether unknown names are refused, whether texts are typed."""

    folder: Path | None
    known_only: bool
    text: bool

    def value(self, hint: Any, content: Any, path: str) -> Any:
        """The value of a type hint; `path` is where it stands."""
        origin, arguments = get_origin(hint), get_args(hint)
        if origin is Annotated:
            return self._annotated(arguments[0], hint.__metadata__, content, path)
        if origin in (Union, types.UnionType):
            return self._one_of(hint, content, path)
        if dataclasses.is_dataclass(hint):
            return content if type(content) is hint else self._record(hint, content, path)
        if origin in _MAPPINGS and isinstance(content, Mapping):
            return {
                self.value(arguments[0], key, _inside(path, key)): self.value(arguments[1], each, _inside(path, key))
                for key, each in content.items()
            }
        if origin in _SEQUENCES:
            return self._sequence(hint, content, path)
        try:
            return self._single(hint, content)
        except (ValueError, OverflowError) as error:
            raise _expected(hint, content, path, self.text) from error

    def check_names(self, slots: Iterable[_Slot], content: Mapping[str, Any], path: str) -> None:
        """Refuse names that nobody knows, and the absence of what is needed."""
        known = {slot.name: slot for slot in slots}
        for name in content if self.known_only else ():
            if name not in known:
                near = nearest(str(name), known)
                hint = f"did you mean {near!r}?" if near else f"known are {', '.join(known)}"
                raise _Wrong(path, f"there is no {name!r}; {hint}")
        for name, slot in known.items():
            if slot.needed and name not in content:
                raise _Wrong(_inside(path, name), "it is needed here")

    def fields(self, slots: Iterable[_Slot], content: Mapping[str, Any], path: str) -> dict[str, Any]:
        """Values by name, of those that are given."""
        given = (slot for slot in slots if slot.name in content)
        return {slot.name: self.value(slot.hint, content[slot.name], _inside(path, slot.name)) for slot in given}

    def _record(self, record: Any, content: Any, path: str) -> Any:
        if not isinstance(content, Mapping):
            raise _expected(record, content, path, self.text)
        self.check_names(_fields(record), content, path)
        return _made(record, self.fields(_fields(record), content, path), path)

    def _annotated(self, hint: Any, markers: Sequence[Any], content: Any, path: str) -> Any:
        given = content
        for form in (each for each in markers if isinstance(each, Form)):
            try:
                content = form.read(content)
            except ValueError as error:
                raise _Wrong(path, str(error)) from error
        found = self.value(hint, content, path)
        if RELATIVE in markers and self.folder is not None and not (found.startswith("/vsi") or "://" in found):
            # Addresses and GDAL's virtual paths stay as they are.
            found = str(self.folder / Path(found).expanduser())
        for rule in (each for each in markers if isinstance(each, Rule)):
            if not rule.holds(found):
                raise _Wrong(path, f"it {rule.text}, found {_shown(given)}")
        return found

    def _one_of(self, hint: Any, content: Any, path: str) -> Any:
        """By the alternative that takes it: a text is tried after numbers and words, and before several values."""
        nearest: _Wrong | None = None
        for each in sorted(get_args(hint), key=_rank):
            try:
                return self.value(each, content, path)
            except _Wrong as error:
                if not error.alien or error.path != path:
                    nearest = error
        raise nearest or _expected(hint, content, path, self.text)

    def _sequence(self, hint: Any, content: Any, path: str) -> Any:
        origin, arguments = get_origin(hint), get_args(hint)
        typed = self.text and isinstance(content, str)
        items = [part.strip() for part in content.split(",")] if typed else content
        fixed = origin is tuple and Ellipsis not in arguments
        if not isinstance(items, list | tuple) or (fixed and len(arguments) != len(items)):
            raise _expected(hint, content, path, self.text)
        hints = arguments if fixed else [arguments[0]] * len(items)
        try:
            found = [self.value(h, each, f"{path}[{i}]") for i, (h, each) in enumerate(zip(hints, items, strict=True))]
        except _Wrong as error:
            if not typed:
                raise
            raise _expected(hint, content, path, self.text) from error
        return tuple(found) if origin is tuple else found

    def _single(self, hint: Any, content: Any) -> Any:
        """A value of one of the simple types. Raises `ValueError`."""
        typed = self.text and isinstance(content, str)
        if get_origin(hint) is Literal:
            return _word(get_args(hint), content)
        if hint is float:
            return _number(content, typed)
        if hint is int and typed:
            return int(content)
        if hint is date and not isinstance(content, date):
            return date.fromisoformat(str(content)[:10])
        if hint in (str, Path) and isinstance(content, str):
            os.fsencode(content)  # halves of characters are no text, and none has the character 0
            if "\0" in content:
                raise ValueError
        if hint is Path and isinstance(content, str):
            return Path(content)
        # To Python, true is a number too.
        if hint is not Any and (not isinstance(content, _type_of(hint)) or (hint is int and isinstance(content, bool))):
            raise ValueError
        return content.date() if hint is date and isinstance(content, datetime) else content


def _made(record: Any, values: Mapping[str, Any], path: str) -> Any:
    """A record, which may find that its values do not belong together."""
    try:
        return record(**values)
    except ValueError as error:
        raise _Wrong(path, str(error)) from error


def _inside(path: str, name: Any) -> str:
    return f"{path}.{name}" if path else str(name)


def _bare(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def _type_of(hint: Any) -> Any:
    """The type that a value of a hint has; some hints, such as numpy's for arrays, are names of others."""
    origin = get_origin(hint) or hint
    return _type_of(origin.__value__) if hasattr(origin, "__value__") else origin


def _rank(hint: Any) -> int:
    bare = _bare(hint)
    return 2 if get_origin(bare) in _SEQUENCES else int(bare in (str, Path))


def _expected(hint: Any, content: Any, path: str, text: bool) -> _Wrong:
    return _Wrong(path, f"expected {in_words(hint, text=text)}, found {_shown(content)}", alien=True)


def _shown(content: Any) -> str:
    text = "null" if content is None else str(content).lower() if isinstance(content, bool) else repr(content)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"


def _word(words: Sequence[Any], content: Any) -> Any:
    """One of some words or numbers, in any case."""
    for word in words:
        if isinstance(content, str | int) and str(word).lower() == str(content).strip().lower():
            return word
    raise ValueError


def _number(content: Any, typed: bool) -> float:
    """A finite number."""
    written = isinstance(content, str) and (typed or _EXPONENT.fullmatch(content))
    if isinstance(content, bool) or not (written or isinstance(content, int | float)):
        raise ValueError
    if not math.isfinite(found := float(content)):
        raise ValueError
    return found
