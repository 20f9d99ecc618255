"""Records: what may be written, what is read of it, and the sentence for what is not as it must be."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import pytest

from mmearth_core import records
from mmearth_core.errors import MMEarthError
from mmearth_core.records import COMMAS, FLAT, ONE_OR_MANY, RELATIVE, Form, Rule, grouped, plain, read, shorthand, value

Share = Annotated[float, Rule(lambda share: 0 <= share <= 1, "must be from 0 to 1")]
Hexadecimal = Annotated[int, Form(lambda text: int(text, 16), hex)]


@dataclass(frozen=True)
class Dish:
    path: Annotated[str, RELATIVE]
    units: Literal["dB", "linear"] = "dB"
    bands: Annotated[tuple[str, ...] | None, COMMAS] = None


@dataclass(frozen=True)
class Place:
    name: str
    scene: Annotated[Dish, shorthand("path")]
    others: Annotated[tuple[Dish, ...], ONE_OR_MANY] = ()
    offset: Literal["auto"] | float = "auto"
    share: Share = 1.0
    clip: float | None = None
    window: tuple[int, int, int, int] | None = None
    day: date | None = None
    weights: Literal["sum"] | dict[str, float] = "sum"
    codes: Mapping[int, str | None] = field(default_factory=dict)
    keep: bool = True
    colour: Hexadecimal = 0

    def __post_init__(self) -> None:
        if self.name == "nowhere":
            raise ValueError("there is no such place")


class _Named:
    """What `type Array = numpy.ndarray` is to Python from 3.12 on: numpy's own for arrays became one with 2.5."""

    __value__ = np.ndarray


def test_a_hint_may_be_a_name_of_another() -> None:
    values = np.arange(3)
    assert value(_Named(), values, "it") is values
    with pytest.raises(MMEarthError, match="it"):
        value(_Named(), [0, 1, 2], "it")


LEAST = {"name": "here", "scene": "a.tif"}


def test_a_record_is_read_with_all_that_is_in_it() -> None:
    content = LEAST | {
        "others": {"path": "/vsizip/b.zip/b.tif", "units": "DB", "bands": "VV, VH"},
        "offset": -1000,
        "clip": "2e-4",  # what YAML 1.1 makes of a number
        "window": [1, 2, 3, 4],
        "day": "2020-04-08T10:00:00Z",
        "weights": {"a": 1},
        "codes": {1: "water", 2: None},
        "keep": False,
        "colour": "ff",
    }
    found = read(Place, content, "x.yaml", folder=Path("/data"))
    assert found.scene == Dish("/data/a.tif")
    assert found.others == (Dish("/vsizip/b.zip/b.tif", "dB", ("VV", "VH")),)
    assert (found.offset, found.clip, found.window, found.day) == (-1000.0, 2e-4, (1, 2, 3, 4), date(2020, 4, 8))
    assert (found.weights, found.codes, found.keep) == ({"a": 1.0}, {1: "water", 2: None}, False)
    assert isinstance(found.offset, float)
    assert read(Place, LEAST | {"day": datetime(2020, 4, 8, 10)}, "x").day == date(2020, 4, 8)
    assert read(Place, LEAST, "x") == Place("here", Dish("a.tif"))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": 5}, "x.yaml, name: expected a text, found 5"),
        ({"colur": 1}, "x.yaml: there is no 'colur'; did you mean 'colour'?"),
        ({"flurb": 1}, "x.yaml: there is no 'flurb'; known are name, "),
        ({"scene": {}}, "x.yaml, scene.path: it is needed here"),
        ({"scene": {"path": "a", "unit": "dB"}}, "x.yaml, scene: there is no 'unit'; did you mean 'units'?"),
        ({"scene": 3}, "x.yaml, scene.path: expected a text, found 3"),
        ({"others": [{"path": "a"}, 5]}, "x.yaml, others[1]: expected names with values, found 5"),
        ({"others": {"path": "a", "units": "W"}}, "x.yaml, others[0].units: expected dB or linear, found 'W'"),
        ({"offset": "x"}, "x.yaml, offset: expected auto or a number, found 'x'"),
        ({"offset": True}, "x.yaml, offset: expected auto or a number, found true"),
        ({"offset": None}, "x.yaml, offset: expected auto or a number, found null"),
        ({"offset": math.nan}, "x.yaml, offset: expected auto or a number, found nan"),
        ({"offset": 10**400}, "x.yaml, offset: expected auto or a number, found 1"),
        ({"share": 1.5}, "x.yaml, share: it must be from 0 to 1, found 1.5"),
        ({"clip": "soft"}, "x.yaml, clip: expected a number or null, found 'soft'"),
        ({"window": [1, 2, 3]}, "x.yaml, window: expected a list of 4 values (a whole number each) or null, found [1,"),
        ({"window": [1, 2, 3, 4.5]}, "x.yaml, window[3]: expected a whole number, found 4.5"),
        ({"day": "soon"}, "x.yaml, day: expected a date such as 2020-04-08 or null, found 'soon'"),
        ({"weights": "product"}, "x.yaml, weights: expected sum or names with values, found 'product'"),
        ({"weights": {"a": "b"}}, "x.yaml, weights.a: expected a number, found 'b'"),
        ({"codes": {"1": "water"}}, "x.yaml, codes.1: expected a whole number, found '1'"),
        ({"keep": 1}, "x.yaml, keep: expected true or false, found 1"),
        ({"colour": "red"}, "x.yaml, colour: invalid literal"),
        ({"name": "nowhere"}, "x.yaml: there is no such place"),
        ({"name": ["a" * 99]}, "x.yaml, name: expected a text, found ['aaa"),
    ],
    ids=str,
)
def test_a_mistake_is_one_sentence_with_its_place(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(MMEarthError) as caught:
        read(Place, LEAST | change, "x.yaml")
    assert str(caught.value).startswith(sentence)
    assert str(caught.value).lower().endswith("correct it.")
    assert len(str(caught.value)) < 160


def test_what_is_no_record_at_all_and_what_to_do_about_it() -> None:
    with pytest.raises(MMEarthError, match=r"^x: expected names with values, found \[\]; mend it\.$"):
        read(Place, [], "x", remedy="mend it")
    with pytest.raises(MMEarthError, match=r"^x, name: it is needed here; mend it\.$"):
        read(Place, {"scene": "a.tif"}, "x", remedy="mend it")


def test_names_of_later_versions_are_passed_over_where_that_is_wanted() -> None:
    assert read(Place, LEAST | {"later": 1}, "x", known_only=False) == Place("here", Dish("a.tif"))


@pytest.mark.parametrize(
    ("hint", "text", "expected"),
    [
        (int, "3", 3),
        (float, "-1e3", -1000.0),
        (Literal["auto"] | float, "Auto", "auto"),
        (float | Literal["auto"], "7", 7.0),
        (int | Literal["exact"] | None, "64", 64),
        (Literal[64, 128], "128", 128),
        (Sequence[str] | None, "B02, B03", ["B02", "B03"]),
        (tuple[int, ...], "3", (3,)),
        (tuple[float, float], "-4.1,52", (-4.1, 52.0)),
        (str | Path | Sequence[str | Path], "a,b.tif", "a,b.tif"),
        (Path, "a b", Path("a b")),
    ],
    ids=str,
)
def test_what_is_typed_becomes_the_value_that_is_meant(hint: Any, text: str, expected: Any) -> None:
    found = value(hint, text, "--x", text=True)
    assert found == expected and type(found) is type(expected)


@pytest.mark.parametrize(
    ("hint", "text", "words"),
    [
        (int, "3.5", "a whole number"),
        (Literal["auto"] | float, "x", "auto or a number"),
        (Literal["auto", "l1c", "l2a"], "l3", "auto or l1c or l2a"),
        (tuple[int, int, int, int] | None, "1,2,3", "4 numbers separated by commas"),
        (tuple[int, int] | None, "1,b", "2 numbers separated by commas"),
        (Sequence[int] | None, "a", "numbers separated by commas"),
        (float, "nan", "a number"),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_told_as_it_was_typed(hint: Any, text: str, words: str) -> None:
    with pytest.raises(MMEarthError) as caught:
        value(hint, text, "--x", text=True)
    assert str(caught.value) == f"--x: expected {words}, found {text!r}; correct it."


def test_what_is_written_reads_back_the_same() -> None:
    whole = Place("é", Dish("b", bands=("VV",)), window=(1, 2, 3, 4), colour=255, weights={"a": 0.5})
    written = plain(whole)
    assert written["colour"] == "0xff" and written["scene"]["bands"] == ["VV"] and written["window"] == [1, 2, 3, 4]
    assert read(Place, written, "x") == whole
    assert plain({"path": Path("a"), 1: math.inf, "day": date(2020, 4, 8)}) == {
        "path": "a",
        "1": None,
        "day": "2020-04-08",
    }


@dataclass(frozen=True)
class Options:
    level: Literal["auto", "l2a"] = "auto"
    window: tuple[int, int] | None = None


def look(
    *, scene: str, options: Annotated[Options, FLAT] = Options(), dish: Dish | None = None, cancel: object
) -> None:
    """A function with a record that is flat, one that is not, and something its caller provides."""


def test_flat_keywords_become_the_arguments_of_a_function() -> None:
    found = grouped(look, {"scene": "a", "level": "l2a", "dish": {"path": "b"}}, "look", provided={"cancel"})
    assert found == {"scene": "a", "options": Options("l2a"), "dish": Dish("b")}
    assert grouped(look, {"scene": "a"}, "look", provided={"cancel"})["options"] == Options()


@pytest.mark.parametrize(
    ("flat", "sentence"),
    [
        ({"scene": "a", "levle": "l2a"}, "look: there is no 'levle'; did you mean 'level'?"),
        ({"scene": "a", "options": {}}, "look: there is no 'options'; known are scene, level, window, dish"),
        ({"scene": "a", "cancel": 1}, "look: there is no 'cancel'; known are scene, level, window, dish"),
        ({}, "look, scene: it is needed here"),
        ({"scene": "a", "level": "l3"}, "look, level: expected auto or l2a, found 'l3'"),
        ({"scene": "a", "window": "1,2"}, "look, window: expected a list of 2 values (a whole number each) or null,"),
        ({"scene": "a", "dish": {}}, "look, dish.path: it is needed here"),
    ],
    ids=str,
)
def test_a_wrong_argument_is_told_by_name(flat: dict[str, Any], sentence: str) -> None:
    with pytest.raises(TypeError) as caught:
        grouped(look, flat, "look", provided={"cancel"})
    assert str(caught.value).startswith(sentence)


def test_types_have_words() -> None:
    assert records.in_words(Share) == "a number"
    assert records.in_words(Sequence[str | Path] | None) == "a list (a text or a path each) or null"
