"""The classes samples are drawn for: the value in the map, the name people read, the colour they see. Pure values."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from qgis.PyQt.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from ..worker.greeting import ClassRules

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
    """One class: `value` in the map (from 1), `name`, `colour` as #rrggbb."""

    value: int
    name: str
    colour: str


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
    if value > rules.last_value:
        raise SampleError(
            QCoreApplication.translate(
                "Samples", "A map holds {} classes and their values are used up; start a new sample layer."
            ).format(rules.last_value)
        )
    return value


def to_json(classes: Sequence[SampleClass]) -> str:
    """`[{"value": 1, "name": "water", "colour": "#0072b2"}, …]`, in the order of the table."""
    return json.dumps([c._asdict() for c in classes], ensure_ascii=False)


def from_json(stored: Any) -> list[SampleClass]:
    """The inverse of `to_json`; an empty list for anything else."""
    try:
        classes = [SampleClass(int(c["value"]), str(c["name"]), str(c["colour"])) for c in json.loads(stored)]
    except (TypeError, ValueError, KeyError):
        return []
    unique = len({c.value for c in classes}) == len(classes) == len({c.name for c in classes})
    return classes if unique else []
