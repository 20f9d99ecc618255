"""Legends: distinct, readable colours; JSON that comes back as it was."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmearth_core.errors import MMEarthError
from mmearth_core.maps.conventions import (
    MAX_CLASSES,
    Colour,
    conventional_colours,
    format_colour,
    palette,
    parse_colour,
)
from mmearth_core.maps.legend import ClassTable, Legend, MapClass
from mmearth_core.records import plain, value

# Machado, Oliveira & Fernandes (2009), full deficiency, on linear RGB.
PROTANOPIA = [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
DEUTERANOPIA = [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
TO_XYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]


def lab(colour: Colour, deficiency: list[list[float]] | None) -> np.ndarray:
    c = np.array(colour) / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    if deficiency is not None:
        linear = np.clip(np.array(deficiency) @ linear, 0, 1)
    t = np.array(TO_XYZ) @ linear / np.array([0.9505, 1, 1.089])
    f = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("deficiency", [None, PROTANOPIA, DEUTERANOPIA], ids=["normal", "protanopia", "deuteranopia"])
def test_the_first_seven_colours_are_told_apart_by_colour_blind_readers(deficiency: list[list[float]] | None) -> None:
    seen = [lab(c, deficiency) for c in palette()[:7]]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 10


#: White paper, the greys of a dark window and of "unknown", and the ground in natural colour: shade, stubble, forest,
#: meadow, bare soil, deep water, dry sand.
GROUNDS = [(255, 255, 255), (35, 35, 35), (64, 64, 64), (110, 110, 105), (45, 58, 38), (74, 92, 56), (140, 122, 96)]
GROUNDS += [(28, 43, 58), (190, 180, 165)]


def ciede2000(first: Any, second: Any) -> float:
    """Difference of two colours in L*a*b* as readers see it (Sharma, Wu & Dalal 2005); 1 can just be noticed."""
    (l1, a1, b1), (l2, a2, b2) = first, second
    mean = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    stretch = 1.5 - 0.5 * math.sqrt(mean**7 / (mean**7 + 25.0**7))
    c1, c2 = math.hypot(stretch * a1, b1), math.hypot(stretch * a2, b2)
    h1, h2 = math.degrees(math.atan2(b1, stretch * a1)) % 360, math.degrees(math.atan2(b2, stretch * a2)) % 360
    turn = (h2 - h1 + 180) % 360 - 180
    hue = (h1 + turn / 2) % 360
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    t = 1 - 0.17 * cosine(hue - 30) + 0.24 * cosine(2 * hue) + 0.32 * cosine(3 * hue + 6) - 0.2 * cosine(4 * hue - 63)
    lightness = (l2 - l1) / (1 + 0.015 * (light - 50) ** 2 / math.sqrt(20 + (light - 50) ** 2))
    colourful = (c2 - c1) / (1 + 0.045 * chroma)
    huely = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2)) / (1 + 0.015 * chroma * t)
    rotation = -2 * math.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    rotation *= math.sin(math.radians(60 * math.exp(-(((hue - 275) / 25) ** 2))))
    return math.sqrt(lightness**2 + colourful**2 + huely**2 + rotation * colourful * huely)


def cosine(degrees: float) -> float:
    return math.cos(math.radians(degrees))


@pytest.mark.parametrize(
    ("first", "second", "difference"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_colours_differ_as_the_authors_of_the_formula_say(first: Any, second: Any, difference: float) -> None:
    assert ciede2000(first, second) == pytest.approx(difference, abs=1e-4)


def test_thirty_classes_are_told_apart_on_paper_and_over_a_scene() -> None:
    seen, grounds = [lab(c, None) for c in palette()[:30]], [lab(c, None) for c in GROUNDS]
    assert min(ciede2000(a, b) for a, b in itertools.combinations(seen, 2)) > 15
    assert min(ciede2000(colour, ground) for colour in seen[10:] for ground in grounds) > 20


def test_every_class_has_a_colour_of_its_own_and_the_first_ten_are_those_of_old_maps() -> None:
    assert len(set(palette())) == MAX_CLASSES
    assert all(0 <= v <= 255 for c in palette() for v in c)
    assert [format_colour(colour) for colour in palette()[:10]] == [
        *("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#332288", "#117733", "#882255")
    ]


def test_more_classes_than_colours_are_coloured_all_the_same() -> None:
    assert len(conventional_colours([str(n) for n in range(600)])) == 600


@given(
    st.lists(
        st.sampled_from(["Water", "sea", "deep water", "forest", "a", "b", "c 7", "built-up", "grass"]), unique=True
    )
)
def test_conventional_colours_stay_distinct(names: list[str]) -> None:
    assert len(set(conventional_colours(names))) == len(names)


def test_water_is_blue_and_forest_is_green_whatever_their_order() -> None:
    for names in (["urban", "Water", "Forest (old)"], ["Forest (old)", "Water", "urban"]):
        colours = dict(zip(names, conventional_colours(names), strict=True))
        assert np.argmax(colours["Water"]) == 2
        assert np.argmax(colours["Forest (old)"]) == 1


def test_json_round_trip() -> None:
    legend = Legend((MapClass(3, "öde Fläche", (1, 2, 3)), MapClass(1, "x", (255, 0, 16))))
    assert value(ClassTable, plain(legend.classes), "x") == legend
    assert legend.names == ("öde Fläche", "x") and legend.values[legend.names.index("x")] == 1


@pytest.mark.parametrize(
    "bad",
    [
        None,
        {},
        [1],
        [{"value": 1, "name": "a"}],
        [{"value": 1.5, "name": "a", "colour": "#000000"}],
        [{"value": True, "name": "a", "colour": "#000000"}],
        [{"value": 1, "name": "a", "colour": "red"}],
        [{"value": 1, "name": "a", "colour": "#000000"}, {"value": 1, "name": "b", "colour": "#000001"}],
        [{"value": 1, "name": "a", "colour": "#000000"}, {"value": 2, "name": "a", "colour": "#000001"}],
    ],
)
def test_broken_json_is_refused(bad: object) -> None:
    with pytest.raises(MMEarthError, match="^The legend"):
        value(ClassTable, bad, "The legend")


def test_colours_are_read_as_rrggbb() -> None:
    assert parse_colour("#0a10FF") == (10, 16, 255)
