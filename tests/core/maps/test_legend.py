"""Legends: distinct, readable colours; JSON that comes back as it was."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmearth_core.errors import MMEarthError
from mmearth_core.maps.conventions import MAX_CLASSES, Colour, conventional_colours, palette, parse_colour
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


def test_every_class_has_a_colour_of_its_own_and_thirty_are_well_apart() -> None:
    assert len(set(palette())) == MAX_CLASSES
    assert all(0 <= v <= 255 for c in palette() for v in c)
    seen = [lab(c, None) for c in palette()[:30]]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 14


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
