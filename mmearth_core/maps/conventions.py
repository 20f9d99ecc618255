"""What maps look like wherever they are shown: values with a meaning of their own, colours, the ramp of confidence.

Pure values. The worker tells them to its clients, so that nobody else keeps a copy.
"""

import math
import re
from collections.abc import Collection, Sequence
from functools import cache
from itertools import chain, cycle, product
from typing import Any

Colour = tuple[int, int, int]

#: Value of no-data in our maps.
NODATA = 0
#: Value of "unknown" in our maps: an embedding unlike every training sample.
UNKNOWN = 255
UNKNOWN_NAME = "unknown"
UNKNOWN_COLOUR: Colour = (64, 64, 64)
#: A uint8 map holds classes 1 … 254.
MAX_CLASSES = 254

# What pixels and features without a class are called, in small letters without spaces, hyphens and underscores.
_CALLED_NONE = {
    "nodata",
    "unclassified",
    "notclassified",
    "unlabelled",
    "unlabeled",
    "nan",
    "n/a",
    "na",
    "null",
    "noclass",
}

#: What a new set of samples may start with.
LAND_COVER = ("water", "forest", "grass", "crop", "built", "bare")

# Okabe & Ito (2008), "Color Universal Design", without black; three of P. Tol's "muted" scheme (SRON/EPS/TN/09-002).
_BLUE, _GREEN, _YELLOW, _RED = (0, 114, 178), (0, 158, 115), (240, 228, 66), (213, 94, 0)
_ORANGE, _SKY, _PINK = (230, 159, 0), (86, 180, 233), (204, 121, 167)
_OKABE_ITO: tuple[Colour, ...] = (_ORANGE, _SKY, _GREEN, _YELLOW, _BLUE, _RED, _PINK)
_TOL_MUTED: tuple[Colour, ...] = ((51, 34, 136), (17, 119, 51), (136, 34, 85))
# One by one what is farthest (CIEDE2000) from those before, from white, from greys and from the ground as Sentinel-2
# shows it: 30 colours that are all told apart, on a page and over a scene.
_FAR_APART: tuple[Colour, ...] = (
    (0, 255, 75),
    (180, 0, 255),
    (225, 15, 60),
    (165, 150, 255),
    (0, 225, 225),
    (135, 30, 0),
    (120, 165, 0),
    (255, 195, 255),
    (255, 135, 120),
    (120, 105, 165),
    (165, 225, 180),
    (0, 135, 150),
    (45, 75, 240),
    (255, 75, 255),
    (90, 60, 0),
    (210, 15, 150),
    (150, 90, 90),
    (255, 195, 195),
    (180, 165, 195),
    (255, 165, 105),
)
_BASE = _OKABE_ITO + _TOL_MUTED + _FAR_APART

# What map readers expect: water is blue, trees are green. Within the palette, so still colour-blind-safe.
_CONVENTIONS: tuple[tuple[Colour, tuple[str, ...]], ...] = (
    (_BLUE, ("water", "sea", "lake", "river", "ocean", "pond", "reservoir")),
    (_GREEN, ("forest", "wood", "woodland", "tree", "trees")),
    (_RED, ("urban", "built", "building", "buildings", "town", "city", "settlement", "artificial", "impervious")),
    (_RED, ("residential", "industrial")),
    (_YELLOW, ("grass", "grassland", "pasture", "meadow")),
    (_ORANGE, ("crop", "crops", "cropland", "field", "arable", "farmland", "agriculture")),
    (_SKY, ("snow", "ice", "glacier", "wetland", "marsh")),
    (_PINK, ("bare", "soil", "sand", "rock", "beach", "bareland")),
)

#: From low to high: anchor colours of cividis (Nuñez, Anderton & Renslow 2018, PLOS ONE 13), legible to all eyes.
CONFIDENCE_RAMP: tuple[Colour, ...] = (
    (0, 34, 78),
    (43, 61, 108),
    (86, 92, 108),
    (124, 123, 120),
    (165, 156, 116),
    (210, 192, 96),
    (254, 232, 56),
)


@cache
def palette() -> tuple[Colour, ...]:
    """Distinct colours, each as far as can be from all before it: more than a map holds classes.

    Okabe & Ito's seven, safe for colour-blind readers; three of Tol's; twenty far from all of them; then, one by one,
    what is farthest in CIE L*a*b* from those that are taken (farthest-first, Gonzalez 1985), neither nearly black nor
    nearly white.
    """
    shades = range(0, 256, 51), range(0, 256, 36), range(0, 256, 51)
    candidates = {colour: _lab(colour) for colour in product(*shades)}
    candidates = {colour: lab for colour, lab in candidates.items() if 20 < lab[0] < 90}
    chosen = list(_BASE)
    nearest = {colour: min(math.dist(lab, _lab(each)) for each in chosen) for colour, lab in candidates.items()}
    while len(chosen) < MAX_CLASSES:
        farthest = max(nearest, key=lambda colour: (nearest[colour], colour))
        chosen.append(farthest)
        lab = candidates[farthest]
        nearest = {each: min(nearest[each], math.dist(candidates[each], lab)) for each in nearest if each != farthest}
    return tuple(chosen)


def _lab(colour: Colour) -> tuple[float, float, float]:
    """CIE L*a*b* of an sRGB colour under D65 (IEC 61966-2-1)."""
    r, g, b = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (c / 255 for c in colour))
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def conventional_colours(names: Sequence[str], *, avoid: Collection[Colour] = ()) -> tuple[Colour, ...]:
    """A colour of `palette` for each class, the one map readers expect where a name says so (water: blue).

    Colours in `avoid` are not given, and none twice, until the palette is used up.
    """
    free = [colour for colour in palette() if colour not in avoid]
    chosen: list[Colour | None] = [None] * len(names)
    for index, name in enumerate(names):
        words = set(re.findall(r"[a-z]+", name.lower()))
        for colour, expected in _CONVENTIONS:
            if colour in free and not words.isdisjoint(expected):
                chosen[index] = colour
                free.remove(colour)
                break
    rest = chain(free, cycle(palette()))
    return tuple(next(rest) if colour is None else colour for colour in chosen)


def means_none(name: str) -> bool:
    """Whether a class is called as programs call what has no class ("Unclassified", "NA")."""
    return re.sub(r"[\s_-]", "", name.casefold()).strip("()<>") in _CALLED_NONE


def format_colour(colour: Colour) -> str:
    """`#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def parse_colour(text: Any) -> Colour:
    """The colour of `#rrggbb`; raises `ValueError` for anything else."""
    if not isinstance(text, str) or not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise ValueError(f"{text!r} is not a colour like #0072b2")
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def conventions() -> dict[str, Any]:
    """All of it as plain JSON: `classes` and `confidence`, as docs/worker-protocol.md says of the greeting."""
    last = len(CONFIDENCE_RAMP) - 1
    return {
        "classes": {
            "last_value": MAX_CLASSES,
            "unknown": {"value": UNKNOWN, "name": UNKNOWN_NAME, "colour": format_colour(UNKNOWN_COLOUR)},
            "palette": [format_colour(colour) for colour in palette()],
            "conventions": [{"colour": format_colour(c), "words": list(words)} for c, words in _CONVENTIONS],
            "land_cover": list(LAND_COVER),
        },
        "confidence": [[step / last, format_colour(colour)] for step, colour in enumerate(CONFIDENCE_RAMP)],
    }
