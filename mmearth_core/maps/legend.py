"""Classes of a map: the value in the raster, the name people read, the colour they see. Pure values, no files."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Self

from mmearth_core.records import Form, Rule

Colour = tuple[int, int, int]

#: Value of no-data in our maps.
NODATA = 0
#: Value of "unknown" in our maps: an embedding unlike every training sample.
UNKNOWN = 255
UNKNOWN_NAME = "unknown"
UNKNOWN_COLOUR: Colour = (64, 64, 64)
#: A uint8 map holds classes 1 … 254.
MAX_CLASSES = 254

# Okabe & Ito (2008), "Color Universal Design", without black; then P. Tol's "muted" scheme (SRON/EPS/TN/09-002).
_BLUE, _GREEN, _YELLOW, _RED = (0, 114, 178), (0, 158, 115), (240, 228, 66), (213, 94, 0)
_ORANGE, _SKY, _PINK = (230, 159, 0), (86, 180, 233), (204, 121, 167)
_OKABE_ITO: tuple[Colour, ...] = (_ORANGE, _SKY, _GREEN, _YELLOW, _BLUE, _RED, _PINK)
_TOL_MUTED: tuple[Colour, ...] = (
    (51, 34, 136),
    (17, 119, 51),
    (136, 34, 85),
    (221, 204, 119),
    (153, 153, 51),
    (136, 204, 238),
    (68, 170, 153),
    (204, 102, 119),
    (170, 68, 153),
)
_BASE = _OKABE_ITO + _TOL_MUTED

# What map readers expect: water is blue, trees are green. Within the palette, so still colour-blind-safe.
_CONVENTIONS: tuple[tuple[str, Colour], ...] = (
    (r"water|sea|lake|river|ocean|pond|reservoir", _BLUE),
    (r"forest|wood|woodland|trees?", _GREEN),
    (r"urban|built|building|buildings|town|city|settlement|artificial|impervious|residential|industrial", _RED),
    (r"grass|grassland|pasture|meadow", _YELLOW),
    (r"crops?|cropland|field|arable|farmland|agriculture", _ORANGE),
    (r"snow|ice|glacier|wetland|marsh", _SKY),
    (r"bare|soil|sand|rock|beach|bareland", _PINK),
)


def format_colour(colour: Colour) -> str:
    """`#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def parse_colour(text: Any) -> Colour:
    """The colour of `#rrggbb`; raises `ValueError` for anything else."""
    if not isinstance(text, str) or not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise ValueError(f"{text!r} is not a colour like #0072b2")
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


@dataclass(frozen=True)
class MapClass:
    """One class: `value` in the raster (1 … 254 in our maps, any integer in others'), `name`, `colour` (0 … 255)."""

    value: int
    name: str
    colour: Annotated[Colour, Form(parse_colour, format_colour)]


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

    def by_name(self) -> dict[str, MapClass]:
        """Name → class."""
        return {c.name: c for c in self.classes}

    def by_value(self) -> dict[int, MapClass]:
        """Raster value → class."""
        return {c.value: c for c in self.classes}


#: A legend as files and messages hold it: `[{"value": 1, "name": "water", "colour": "#0072b2"}, …]`.
ClassTable = Annotated[Legend, Form(lambda listed: {"classes": listed}, lambda legend: legend.classes)]
#: What a legend must satisfy to be that of a map of ours.
IN_A_MAP = Rule(
    lambda legend: all(NODATA < value <= MAX_CLASSES for value in legend.values),
    f"must have class values 1 … {MAX_CLASSES}",
)


def palette(n: int) -> tuple[Colour, ...]:
    """`n` distinct colours: first Okabe & Ito's seven, safe for colour-blind readers; then Tol's; then shades."""
    colours = list(_BASE)
    lap = 1
    while len(colours) < n:
        # Alternate darker and lighter laps; no palette of this size is colour-blind-safe, but every entry differs.
        towards, share = (0, 255)[lap % 2], 0.8 * ((lap + 1) // 2) / (n // len(_BASE) // 2 + 2)
        shades = [tuple(round(v + (towards - v) * share) for v in c) for c in _BASE]
        colours += [(r, g, b) for r, g, b in shades if (r, g, b) not in colours]
        lap += 1
    return tuple(colours[:n])


def conventional_colours(names: Sequence[str], *, avoid: Collection[Colour] = ()) -> tuple[Colour, ...]:
    """A distinct colour of `palette` for each class, the one map readers expect where a name says so (water: blue).

    Colours in `avoid` are not given.
    """
    free = [colour for colour in palette(len(names) + len(_BASE) + len(avoid)) if colour not in avoid]
    chosen: list[Colour | None] = [None] * len(names)
    for index, name in enumerate(names):
        words = set(re.findall(r"[a-z]+", name.lower()))
        for pattern, colour in _CONVENTIONS:
            if colour in free and any(re.fullmatch(pattern, word) for word in words):
                chosen[index] = colour
                free.remove(colour)
                break
    return tuple(free.pop(0) if c is None else c for c in chosen)
