"""What the worker says of itself in answer to `hello`: its lanes, what classes are like, the ramp of a confidence.

The tables stand in the core alone; the plugin keeps the last greeting in its settings, so that colours are known before
the worker of this session has answered. Before the first greeting of all there are none. Pure Python, no Qt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, cycle
from typing import Any

_COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True)
class ClassRules:
    """What the classes of a map are like.

    Values go from 1 to `last_value`; `unknown` is what a map shows where nothing is like the samples, as the protocol
    has classes. `palette`: colours for all the classes of a map, in the order in which they are given. `expected`: a
    colour and the words that call for it. `land_cover`: the classes that most maps have.
    """

    last_value: int
    unknown: Mapping[str, Any]
    palette: tuple[str, ...]
    expected: tuple[tuple[str, frozenset[str]], ...]
    land_cover: tuple[str, ...]

    def colours(self, names: Sequence[str], avoid: Iterable[str] = ()) -> list[str]:
        """A colour for each name, none of them in `avoid`: the one map readers expect where a word of the name says so,
        the next free one of the palette otherwise. None is given twice until the palette is used up. The core gives
        its own classes the same (`maps.conventions`)."""
        taken = {colour.lower() for colour in avoid}
        free = [colour for colour in self.palette if colour not in taken]
        chosen: dict[int, str] = {}
        for index, name in enumerate(names):
            words = set(re.findall(r"[a-z]+", name.lower()))
            colour = next((colour for colour, called in self.expected if colour in free and words & called), None)
            if colour is not None:
                chosen[index] = colour
                free.remove(colour)
        rest = chain(free, cycle(self.palette))
        return [chosen.get(index) or next(rest) for index in range(len(names))]


@dataclass(frozen=True)
class Greeting:
    """`lanes`: what every verb of the worker waits for, one request after the other in each lane. `confidence`: stops
    (value 0 … 1, colour) from low to high. `told`: the whole answer, as JSON has it."""

    told: Mapping[str, Any]
    lanes: Mapping[str, str]
    classes: ClassRules
    confidence: tuple[tuple[float, str], ...]

    @classmethod
    def of(cls, told: Any) -> Greeting:
        """The greeting in an answer to `hello`. Raises `ValueError` that says what is amiss."""
        told = _typed(told, dict, "the answer")
        classes = _typed(told.get("classes"), dict, "classes")
        unknown = _typed(classes.get("unknown"), dict, "classes.unknown")
        stops = _typed(told.get("confidence"), list, "confidence")
        if len(stops) < 2 or not all(isinstance(stop, list) and len(stop) == 2 for stop in stops):
            raise ValueError("confidence is not a list of stops")
        palette = tuple(_colour(each, "classes.palette") for each in _typed(classes.get("palette"), list, "palette"))
        if not palette or len(set(palette)) < len(palette):
            raise ValueError("classes.palette does not hold different colours")
        rules = ClassRules(
            last_value=_typed(classes.get("last_value"), int, "classes.last_value"),
            unknown={
                "value": _typed(unknown.get("value"), int, "classes.unknown.value"),
                "name": _typed(unknown.get("name"), str, "classes.unknown.name"),
                "colour": _colour(unknown.get("colour"), "classes.unknown.colour"),
            },
            palette=palette,
            expected=tuple(
                (
                    _colour(_typed(each, dict, "a convention").get("colour"), "classes.conventions"),
                    frozenset(_texts(each.get("words"), "classes.conventions")),
                )
                for each in _typed(classes.get("conventions"), list, "classes.conventions")
            ),
            land_cover=tuple(_texts(classes.get("land_cover"), "classes.land_cover")),
        )
        lanes = _typed(told.get("lanes"), dict, "lanes")
        return cls(
            told,
            {verb: _typed(lane, str, f"lanes.{verb}") for verb, lane in lanes.items()},
            rules,
            tuple((_number(value, "confidence"), _colour(colour, "confidence")) for value, colour in stops),
        )


def _typed(value: Any, kind: type, name: str) -> Any:
    if type(value) is not kind:
        raise ValueError(f"{name} is {'missing' if value is None else f'no {kind.__name__}'}")
    return value


def _number(value: Any, name: str) -> float:
    if type(value) not in (int, float):
        raise ValueError(f"{name} holds what is no number")
    return float(value)


def _colour(value: Any, name: str) -> str:
    if not isinstance(value, str) or _COLOUR.fullmatch(value) is None:
        raise ValueError(f"{name} holds what is no #rrggbb colour")
    return value


def _texts(value: Any, name: str) -> list[str]:
    return [_typed(each, str, name) for each in _typed(value, list, name)]
