"""Classes of a map: the value in the raster, the name people read, the colour they see. Pure values, no files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from mmearth_core.maps.conventions import Colour, conventional_colours, format_colour, parse_colour


@dataclass(frozen=True)
class MapClass:
    """One class: `value` in the raster (1 … 254 in our maps, any integer in others'), `name`, `colour` (0 … 255)."""

    value: int
    name: str
    colour: Colour


@dataclass(frozen=True)
class Legend:
    """The classes of a map or probe, in the order of their scores. `ValueError` unless values and names are unique."""

    classes: tuple[MapClass, ...]

    def __post_init__(self) -> None:
        if len(set(self.values)) != len(self.classes) or len(set(self.names)) != len(self.classes):
            raise ValueError(
                f"class values and names must be unique, got {list(zip(self.values, self.names, strict=True))}"
            )

    @classmethod
    def numbered(cls, names: Sequence[str], colours: Sequence[Colour] | None = None) -> Self:
        """Classes 1, 2, … in the order of `names`, with the conventional colours unless others are given."""
        chosen = conventional_colours(names) if colours is None else colours
        return cls(tuple(MapClass(i, n, c) for i, (n, c) in enumerate(zip(names, chosen, strict=True), start=1)))

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """The inverse of `to_json`; raises `ValueError` when `value` is anything else."""
        if not isinstance(value, list):
            raise ValueError("the classes must be a list")
        classes = []
        for entry in value:
            if not isinstance(entry, dict) or set(entry) != {"value", "name", "colour"}:
                raise ValueError("a class must have value, name and colour, and nothing else")
            number, name, colour = entry["value"], entry["name"], entry["colour"]
            if type(number) is not int or not isinstance(name, str) or not isinstance(colour, str):
                raise ValueError("a class must have an integer value, a text name and a #rrggbb colour")
            classes.append(MapClass(number, name, parse_colour(colour)))
        return cls(tuple(classes))

    def to_json(self) -> list[dict[str, Any]]:
        """Plain JSON: `[{"value": 1, "name": "water", "colour": "#0072b2"}, …]`."""
        return [{"value": c.value, "name": c.name, "colour": format_colour(c.colour)} for c in self.classes]

    def __len__(self) -> int:
        return len(self.classes)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.classes)

    @property
    def values(self) -> tuple[int, ...]:
        return tuple(c.value for c in self.classes)

    def by_name(self) -> dict[str, MapClass]:
        """Name → class."""
        return {c.name: c for c in self.classes}

    def by_value(self) -> dict[int, MapClass]:
        """Raster value → class."""
        return {c.value: c for c in self.classes}
