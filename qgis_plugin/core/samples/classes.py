"""The classes samples are drawn for: the value in the map, the name people read, the colour they see. Pure values."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from qgis.PyQt.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from ..worker.greeting import ClassRules

#: A whole number as a field has it, as text or as a number.
_WHOLE = re.compile(r"[+-]?\d{1,18}")

#: The words for which there are translations, of those a new sample layer starts with.
_TRANSLATED = (
    QT_TRANSLATE_NOOP("Samples", "water"),
    QT_TRANSLATE_NOOP("Samples", "forest"),
    QT_TRANSLATE_NOOP("Samples", "grass"),
    QT_TRANSLATE_NOOP("Samples", "crop"),
    QT_TRANSLATE_NOOP("Samples", "built"),
    QT_TRANSLATE_NOOP("Samples", "bare"),
)


class SampleError(Exception):
    """What was asked cannot be done with this layer; the text is one sentence for the user."""


class SampleClass(NamedTuple):
    """One class: `value` in the map (from 1), `name`, `colour` as #rrggbb. `code`: what a field of numbers holds for
    it, where that is another number than the value."""

    value: int
    name: str
    colour: str
    code: int | None = None

    @property
    def number(self) -> int:
        """What a field of numbers holds for the class."""
        return self.value if self.code is None else self.code

    @property
    def told(self) -> dict[str, Any]:
        """The class as the worker's protocol has it."""
        return {"value": self.value, "name": self.name, "colour": self.colour}


def land_cover(rules: ClassRules) -> list[SampleClass]:
    """The classes that most maps have, numbered from 1, named in the user's language."""
    named = zip(rules.land_cover, rules.colours(rules.land_cover))
    return [
        SampleClass(value, QCoreApplication.translate("Samples", name), colour)
        for value, (name, colour) in enumerate(named, start=1)
    ]


def next_value(classes: Sequence[SampleClass], last: int, rules: ClassRules) -> int:
    """The value of a new class: above all there are and above `last`, the highest ever given, so that no map made
    before shows the new class where it shows one that was removed. `SampleError` when there is none left."""
    value = max([last, *(c.value for c in classes)], default=0) + 1
    while value in {c.code for c in classes}:  # in a field of numbers it would be another class
        value += 1
    if value > rules.last_value:
        raise SampleError(
            QCoreApplication.translate(
                "Samples", "A map holds {} classes and their values are used up; start a new sample layer."
            ).format(rules.last_value)
        )
    return value


def values_of(names: Sequence[str], rules: ClassRules) -> dict[str, int]:
    """The value in the map of each class by its name, as the worker gives them (`labelling.class_values`): the number
    it is called by where a map can hold that; other numbers follow above in their order, names get the lowest free ones
    in the order of the alphabet."""
    codes = {name: int(name) if _WHOLE.fullmatch(name) else None for name in names}
    claimed = list(codes.values())
    values = {
        name: code
        for name, code in codes.items()
        if code is not None and 1 <= code <= rules.last_value and claimed.count(code) == 1
    }
    highest = max(values.values(), default=0)
    above = [*range(highest + 1, rules.last_value + 1), *range(1, highest + 1)]
    for name in sorted(set(codes) - set(values), key=lambda name: (codes[name] is None, codes[name] or 0, name)):
        free = range(1, rules.last_value + 1) if codes[name] is None else above
        values[name] = next(value for value in free if value not in values.values())
    return values


def to_json(classes: Sequence[SampleClass]) -> str:
    """`[{"value": 1, "name": "water", "colour": "#0072b2"}, …]`, in the order of the table."""
    kept = [c.told if c.code is None else {**c.told, "code": c.code} for c in classes]
    return json.dumps(kept, ensure_ascii=False)


def from_json(stored: Any) -> list[SampleClass]:
    """The inverse of `to_json`; an empty list for anything else."""
    try:
        classes = [
            SampleClass(int(c["value"]), str(c["name"]), str(c["colour"]), int(c["code"]) if "code" in c else None)
            for c in json.loads(stored)
        ]
    except (TypeError, ValueError, KeyError):
        return []
    unique = len({c.value for c in classes}) == len(classes) == len({c.name for c in classes})
    return classes if unique else []
