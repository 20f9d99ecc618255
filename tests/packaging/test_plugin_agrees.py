"""What the plugin takes from the worker's greeting is what the core means: verbs, classes, colours, the confidence."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmearth_core import __version__
from mmearth_core.maps import conventions as core
from qgis_plugin.core.worker.greeting import Greeting
from qgis_plugin.core.worker.request import PROTOCOL, WorkerError, greeting_of

PLUGIN = Path(__file__).parents[2] / "qgis_plugin"
ASKING = {"submit", "_submit", "call", "ask", "_follow", "Request"}
WORDS = [
    "water",
    "Lake",
    "lac",
    "forest",
    "field",
    "forest-field",
    "bareland",
    "bare",
    "soil",
    "urban",
    "built",
    "trees",
    "tree",
    "ice",
    "quarry",
    "class",
    "7",
    "x",
    "é",
]


@pytest.fixture(scope="module")
def answer():
    """The last event of `hello` of a real worker."""
    asked = json.dumps({"id": 1, "verb": "hello", "arguments": {"protocol": PROTOCOL, "client": __version__}})
    worker = [sys.executable, "-m", "mmearth_core.worker"]
    said = subprocess.run(
        worker, input=f'{asked}\n{{"verb": "quit"}}\n', capture_output=True, text=True, timeout=60, check=True
    )
    return next(event for event in map(json.loads, said.stdout.splitlines()) if event.get("id") == 1)


@pytest.fixture(scope="module")
def greeting(answer):
    return greeting_of(answer, __version__)


def verbs_asked_for():
    """The first text in every call by which the plugin asks the worker, and the verbs of its algorithms."""
    for path in PLUGIN.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in ASKING and isinstance(node.args[0].value, str):
                    yield node.args[0].value
            elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).startswith("(verb, symbol"):
                yield ast.literal_eval(node.value.elts[0])
            elif isinstance(node, ast.Tuple) and path.name == "final_map.py" and len(node.elts) == 3:
                verb = node.elts[0]  # its steps: (verb, arguments, title)
                if isinstance(verb, ast.Constant) and isinstance(node.elts[1], ast.Name):
                    yield verb.value


def test_the_worker_offers_every_verb_that_the_plugin_asks_for(greeting):
    asked = set(verbs_asked_for()) - {"hello"}
    assert {"embed", "preview", "validate", "fit_samples", "classify", "report", "info", "cluster"} <= asked
    assert asked <= set(greeting.lanes)


def test_classes_are_those_of_the_core(answer, greeting):
    rules, told = greeting.classes, answer["result"]["classes"]
    assert (rules.last_value, rules.land_cover) == (core.MAX_CLASSES, core.LAND_COVER)
    assert rules.unknown == told["unknown"]
    assert [core.parse_colour(colour) for colour in rules.palette] == list(core.palette())
    assert [core.parse_colour(colour) for _, colour in greeting.confidence] == list(core.CONFIDENCE_RAMP)
    assert greeting.confidence[0][0] == 0
    assert greeting.confidence[-1][0] == 1


@given(data=st.data())
def test_colours_are_given_as_the_core_gives_them(greeting, data):
    names = data.draw(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join), max_size=300))
    avoid = data.draw(st.sets(st.sampled_from(core.palette()), max_size=60))
    ours = greeting.classes.colours(names, [core.format_colour(colour).upper() for colour in avoid])
    assert ours == [core.format_colour(c) for c in core.conventional_colours(names, avoid=avoid)]


@pytest.mark.parametrize("part", ["lanes", "classes", "confidence"])
def test_a_greeting_that_lacks_a_part_is_refused_with_a_sentence(answer, part):
    short = {**answer, "result": {name: value for name, value in answer["result"].items() if name != part}}
    with pytest.raises(WorkerError, match=rf"does not understand \({part} is missing\); update the environment"):
        greeting_of(short, __version__)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"palette": ["#0072b2", "#0072b2"]}, "different colours"),
        ({"palette": ["blue"]}, "no #rrggbb colour"),
        ({"last_value": "254"}, "last_value is no int"),
        ({"unknown": {"value": 255, "name": "unknown"}}, "classes.unknown.colour"),
        ({"conventions": [{"colour": "#0072b2", "words": "water"}]}, "conventions is no list"),
    ],
)
def test_a_greeting_that_is_no_good_is_not_taken(answer, change, what):
    told = answer["result"]
    with pytest.raises(ValueError, match=what):
        Greeting.of({**told, "classes": {**told["classes"], **change}})
