"""Class sets: codes, names and colours in a small JSON file, to be kept, shared, and given to samples.

The plugin brings some; own ones lie in the folder `class_sets` of the plugin's home. In the file, `code` is a whole
number or absent:

    {"format": "mmearth-class-set", "format_version": 1, "name": "Farm survey", "source": "Guide of 2024",
     "classes": [{"code": 110, "name": "winter wheat", "colour": "#e69f00"}, …]}
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from qgis.core import QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication

from ...settings import home
from ..worker.greeting import ClassRules
from .class_edits import change_classes, samples_of
from .classes import SampleClass, SampleError, next_value
from .sample_layer import is_numeric, key_of, last_value, read_classes, require_field

_FORMAT, _VERSION = "mmearth-class-set", 1
_COLOUR = re.compile(r"#[0-9a-f]{6}")
#: Those that come with the plugin, in the order in which they are offered.
_SHIPPED = ("esa_worldcover", "corine_1", "corine_2", "lccs", "cci_lccs")
_FOLDER = Path(__file__).parents[2] / "class_sets"


class Member(NamedTuple):
    """A class of a set: `code` in the data that the set is of, or None; `colour` as #rrggbb."""

    code: int | None
    name: str
    colour: str


@dataclass(frozen=True)
class ClassSet:
    """`source`: where the classes are defined, for people."""

    name: str
    source: str
    classes: tuple[Member, ...]

    @property
    def names(self) -> dict[str, str]:
        """What codes, as text, are called."""
        return {str(each.code): each.name for each in self.classes if each.code is not None}


@dataclass(frozen=True)
class Applied:
    """What a set did to samples: classes that came, that are called or coloured otherwise now, that went as they had
    no samples, and that stayed though the set has none of theirs; the codes that are other values in the map."""

    added: int
    changed: int
    dropped: int
    kept: int
    moved: int


def own_folder() -> Path:
    """Where own sets lie."""
    return home() / "class_sets"


def shipped_sets() -> list[ClassSet]:
    """The sets that come with the plugin."""
    return [load(_FOLDER / f"{name}.json") for name in _SHIPPED]


def own_sets() -> tuple[list[ClassSet], list[str]]:
    """The sets in the own folder that can be read, and what is wrong with the others."""
    found, problems = [], []
    for path in sorted(own_folder().glob("*.json")):
        try:
            found.append(load(path))
        except SampleError as error:
            problems.append(str(error))
    return found, problems


def load(path: str | Path) -> ClassSet:
    """The set in a file. `SampleError` says what is wrong with it."""
    path = Path(path)
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SampleError(
            _tr("{} cannot be read ({}); choose a file that you may read.").format(path, error.strerror)
        ) from None
    except ValueError:
        raise SampleError(_tr("{} is not a class set, for it is no JSON; choose another file.").format(path)) from None
    if not isinstance(told, dict) or told.get("format") != _FORMAT:
        raise SampleError(
            _tr("{} is not a class set, for its “format” is not “{}”; choose another file.").format(path, _FORMAT)
        )
    if told.get("format_version") != _VERSION:
        raise SampleError(
            _tr("{} has version {} of the format of class sets, this plugin reads version {}; update it.").format(
                path, told.get("format_version"), _VERSION
            )
        )
    listed = told.get("classes")
    if not isinstance(listed, list) or not listed:
        raise SampleError(_tr("{} lists no classes; add some to it.").format(path))
    classes = [_member(each, path, number) for number, each in enumerate(listed, start=1)]
    codes: list[Any] = [each.code for each in classes if each.code is not None]
    names: list[Any] = [each.name for each in classes]
    for what, values in ((_tr("code"), codes), (_tr("name"), names)):
        twice = next((value for value in values if values.count(value) > 1), None)
        if twice is not None:
            raise SampleError(_tr("{} has the {} {} twice; correct it there.").format(path, what, twice))
    return ClassSet(str(told.get("name") or path.stem), str(told.get("source") or ""), tuple(classes))


def save(path: str | Path, name: str, classes: Sequence[SampleClass]) -> None:
    """Write classes as a set; their codes are what a field of numbers holds for them. `SampleError` when the file
    cannot be written."""
    path = Path(path)
    told = {
        "format": _FORMAT,
        "format_version": _VERSION,
        "name": name,
        "classes": [{"code": each.number, "name": each.name, "colour": each.colour} for each in classes],
    }
    draft = path.with_name(f"{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise SampleError(
            _tr("{} cannot be written ({}); choose another place.").format(path, error.strerror)
        ) from None


def as_classes(wanted: ClassSet, rules: ClassRules) -> list[SampleClass]:
    """The classes of a new sample layer: the code is the value in the map where a map can hold it."""
    classes: list[SampleClass] = []
    codes = [each.code for each in wanted.classes]
    for each in wanted.classes:
        classes.append(SampleClass(value_for(each.code, classes, 0, rules, codes), each.name, each.colour))
    return classes


def apply(layer: QgsVectorLayer, field: str, wanted: ClassSet, rules: ClassRules, counts: Mapping[int, int]) -> Applied:
    """Give samples the classes of a set, as one undo step. `counts`: the samples of each class by its value.

    A class of the same name, or whose name or number is the code, becomes that of the set and keeps its samples and its
    value; others are added. Classes that the set does not have stay while they have samples.
    """
    require_field(layer, field)
    numeric, before, last = is_numeric(layer, field), read_classes(layer, field), last_value(layer, field)
    named = {each.name: each for each in before}
    coded = {str(each.number) if numeric else each.name: each for each in before}
    met: dict[int, SampleClass] = {}  # by the value it had
    after: list[SampleClass] = []
    added = changed = moved = 0
    codes = [each.code for each in wanted.classes]
    for each in wanted.classes:
        found = None if each.code is None else coded.get(str(each.code))
        found = found or named.get(each.name)
        if found is not None and found.value not in met:
            made = found._replace(name=each.name, colour=each.colour)
            met[found.value] = made
            changed += made != found
        else:
            value = value_for(each.code, [*before, *after], last, rules, codes)
            moved += each.code is not None and not numeric and value != each.code
            made = SampleClass(value, each.name, each.colour, each.code if numeric and each.code != value else None)
            added += 1
        after.append(made)
    left = [each for each in before if each.value not in met]
    kept = [each for each in left if counts.get(each.value, 0)]
    taken = {each.name for each in after}
    clash = next((each.name for each in kept if each.name in taken), None)
    if clash is not None:
        raise SampleError(_tr("Two classes would be called {}; rename one of them first.").format(clash))
    renamed = [(each, met[each.value]) for each in before if each.value in met]
    moves = [(samples_of(layer, field, [old]), new) for old, new in renamed if _moves(layer, field, old, new)]
    change_classes(layer, field, [*after, *kept], _tr("Class set {}").format(wanted.name), moves)
    return Applied(added, changed, len(left) - len(kept), len(kept), moved)


def _moves(layer: QgsVectorLayer, field: str, old: SampleClass, new: SampleClass) -> bool:
    return key_of(layer, field, old) != key_of(layer, field, new)


def value_for(
    code: int | None, classes: Sequence[SampleClass], last: int, rules: ClassRules, codes: Collection[int | None]
) -> int:
    """The code where a map can hold it and no class ever had it, else the next value that is no code of the set."""
    if code is not None and last < code <= rules.last_value and code not in {each.value for each in classes}:
        return code
    reserved = [SampleClass(each, "", "") for each in codes if each is not None and each <= rules.last_value]
    return next_value([*classes, *reserved], last, rules)


def _member(told: Any, path: Path, number: int) -> Member:
    if not isinstance(told, dict):
        raise SampleError(_tr("{}: class {} is no object with name and colour; correct it there.").format(path, number))
    name, colour, code = told.get("name"), told.get("colour"), told.get("code")
    if not isinstance(name, str) or not name.strip():
        raise SampleError(_tr("{}: class {} has no name; give it one there.").format(path, number))
    if not isinstance(colour, str) or _COLOUR.fullmatch(colour.lower()) is None:
        raise SampleError(_tr("{}: the colour of {} is no colour; write it like #0072b2.").format(path, name))
    if code is not None and (type(code) is not int or code < 0):
        raise SampleError(_tr("{}: the code of {} is no whole number; correct it there.").format(path, name))
    return Member(code, name.strip(), colour.lower())


def _tr(text: str) -> str:
    return QCoreApplication.translate("Samples", text)
