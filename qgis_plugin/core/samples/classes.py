"""The classes samples are drawn for: the value in the map, the name people read, the colour they see. Pure values."""

import json
import re
from typing import NamedTuple

from qgis.PyQt.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

#: A map holds classes 1 … 254; 0 is no-data and 255 "unknown".
LAST_VALUE = 254

# Okabe & Ito (2008), "Color Universal Design", without black; then P. Tol's "muted" scheme (SRON/EPS/TN/09-002).
_OKABE_ITO = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7")
_TOL_MUTED = ("#332288", "#117733", "#882255", "#ddcc77", "#999933", "#88ccee", "#44aa99", "#cc6677", "#aa4499")
PALETTE = _OKABE_ITO + _TOL_MUTED

# What map readers expect, within the palette and so still safe for colour-blind readers.
_EXPECTED = (
    ("#0072b2", "water sea lake river ocean pond reservoir"),
    ("#009e73", "forest wood woodland tree trees"),
    ("#d55e00", "built urban building buildings town city settlement artificial impervious residential industrial"),
    ("#f0e442", "grass grassland pasture meadow"),
    ("#e69f00", "crop crops cropland field arable farmland agriculture"),
    ("#56b4e9", "snow ice glacier wetland marsh"),
    ("#cc79a7", "bare soil sand rock beach"),
)
_COLOUR_OF = {word: colour for colour, words in _EXPECTED for word in words.split()}

#: What a new sample layer starts with.
LAND_COVER = (
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
    """One class: `value` in the map (1 … 254), `name`, `colour` as #rrggbb."""

    value: int
    name: str
    colour: str


def conventional_colours(names, avoid=()) -> list:
    """A colour for each name, none of them in `avoid`: the one map readers expect where the name says so, the next
    free one of the palette otherwise. Beyond the palette's length colours repeat."""
    taken = {colour.lower() for colour in avoid}
    chosen = {}
    for name in names:
        words = re.findall(r"[a-z]+", name.lower())
        colour = next((_COLOUR_OF[word] for word in words if word in _COLOUR_OF), None)
        if colour is not None and colour not in taken:
            chosen[name] = colour
            taken.add(colour)
    free = [colour for colour in PALETTE if colour not in taken]
    for position, name in enumerate(name for name in names if name not in chosen):
        chosen[name] = free[position] if position < len(free) else PALETTE[position % len(PALETTE)]
    return [chosen[name] for name in names]


def numbered(names) -> list:
    """Classes 1, 2, … with the conventional colours."""
    colours = conventional_colours(names)
    return [SampleClass(i, name, colour) for i, (name, colour) in enumerate(zip(names, colours), start=1)]


def land_cover() -> list:
    """The classes of `LAND_COVER`, named in the user's language."""
    return [c._replace(name=QCoreApplication.translate("Samples", c.name)) for c in numbered(LAND_COVER)]


def next_value(classes, last: int) -> int:
    """The value of a new class: above all there are and above `last`, the highest ever given, so that no map made
    before shows the new class where it shows one that was removed. `SampleError` when there is none left."""
    value = max([last, *(c.value for c in classes)], default=0) + 1
    if value > LAST_VALUE:
        raise SampleError(
            QCoreApplication.translate(
                "Samples", "A map holds {} classes and their values are used up; start a new sample layer."
            ).format(LAST_VALUE)
        )
    return value


def to_json(classes) -> str:
    """`[{"value": 1, "name": "water", "colour": "#0072b2"}, …]`, in the order of the table."""
    return json.dumps([c._asdict() for c in classes], ensure_ascii=False)


def from_json(stored) -> list:
    """The inverse of `to_json`; an empty list for anything else."""
    try:
        classes = [SampleClass(int(c["value"]), str(c["name"]), str(c["colour"])) for c in json.loads(stored)]
    except (TypeError, ValueError, KeyError):
        return []
    unique = len({c.value for c in classes}) == len(classes) == len({c.name for c in classes})
    return classes if unique else []
