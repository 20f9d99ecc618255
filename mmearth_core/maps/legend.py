"""Classes of a map: the value in the raster, the name people read, the colour they see. Pure values, no files."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Annotated, Self

from mmearth_core.maps.conventions import (
    MAX_CLASSES,
    NODATA,
    UNKNOWN,
    UNKNOWN_NAME,
    Colour,
    conventional_colours,
    format_colour,
    parse_colour,
)
from mmearth_core.records import Form, Rule
from mmearth_core.wording import printable


@dataclass(frozen=True)
class MapClass:
    """One class: `value` in the raster (1 … 254 in our maps, any integer in others'), `name`, `colour` (0 … 255)."""

    value: int
    name: Annotated[str, Form(lambda content: printable(content) if isinstance(content, str) else content)]
    colour: Annotated[Colour, Form(parse_colour, format_colour)]

    def __post_init__(self) -> None:
        # It goes to terminals and into XML: what cannot be printed is left out, wherever the name is from.
        object.__setattr__(self, "name", printable(self.name))
        if not self.name:
            raise ValueError(f"the class of value {self.value} has no name that can be printed")


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

    def __len__(self) -> int:
        return len(self.classes)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.classes)

    @property
    def values(self) -> tuple[int, ...]:
        return tuple(c.value for c in self.classes)


def unknown_name(names: Collection[str]) -> str:
    """What value 255 of a map with these classes is called: "unknown", unless one of them is."""
    taken = {name.casefold() for name in names}
    return f"{UNKNOWN_NAME} ({UNKNOWN})" if UNKNOWN_NAME in taken else UNKNOWN_NAME


#: A legend as files and messages hold it: `[{"value": 1, "name": "water", "colour": "#0072b2"}, …]`.
ClassTable = Annotated[Legend, Form(lambda listed: {"classes": listed}, lambda legend: legend.classes)]
#: What a legend must satisfy to be that of a map of ours.
IN_A_MAP = Rule(
    lambda legend: all(NODATA < value <= MAX_CLASSES for value in legend.values),
    f"must have class values 1 … {MAX_CLASSES}",
)
