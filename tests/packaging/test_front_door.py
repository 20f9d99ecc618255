"""One table of verbs: Python, its stub, the command line, the worker and QGIS say the same."""

import ast
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

import mmearth_core
from mmearth_core.cli.declarations import STUB, declarations
from mmearth_core.errors import MMEarthError
from mmearth_core.verbs import PUBLIC, VERBS, lanes, python_name

ROOT = Path(__file__).parents[2]

RIGHT = """
import mmearth_core
from mmearth_core import EmbeddingRaster, MMEarthError

made = mmearth_core.embed(scene="scene.tif", output="embedding.tif", bands=["B02", "B03"], offset=-1000)
result = mmearth_core.fit(embeddings=[made.output], samples=["polygons.gpkg"], output="classes.json")
mmearth_core.classify(embedding=made.output, model="classes.json", output="map.tif", unknown=0.02)
try:
    print(mmearth_core.assess(map="map.tif", reference="points.gpkg").as_dict())
except MMEarthError as error:
    print(error.about)
raster: EmbeddingRaster = EmbeddingRaster.open("embedding.tif")
print(mmearth_core.weights_list(), mmearth_core.info(file=raster.path), result)
"""
#: Lines that are wrong, and what a type checker says of each.
WRONG = {
    'mmearth_core.embed(scen="scene.tif", output="e.tif")': 'Unexpected keyword argument "scen" for "embed"',
    'mmearth_core.embed(scene="scene.tif", output="e.tif", level="l3a")': 'Argument "level" to "embed" has',
    'mmearth_core.fit("e.tif", "polygons.gpkg", "m.json")': 'Too many positional arguments for "fit"',
    'mmearth_core.cluster(embedding="e.tif", output="m.tif")': 'Missing named argument "k" for "cluster"',
    'mmearth_core.classifi(embedding="e.tif", model="m.json", output="m.tif")': 'Module has no attribute "classifi"',
    'mmearth_core.assess(map="m.tif", reference="r.gpkg").accuracies': '"AccuracyReport" has no attribute "accuracies"',
}


def checked(script: Path) -> str:
    # With the options of `make lint-types`, so that what it has kept of libraries is of use.
    command = [sys.executable, "-m", "mypy", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=300, check=False)
    return done.stdout


def test_a_users_script_is_checked_to_the_letter(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(RIGHT + "\n".join(["reveal_type(mmearth_core.embed)", *WRONG]), encoding="utf-8")
    said = checked(script)
    revealed = re.search(r'Revealed type is "(.*?)"', said)
    assert revealed is not None
    assert "scene:" in revealed[1] and "EmbedResult" in revealed[1]
    first = RIGHT.count("\n") + 2
    errors = [line for line in said.splitlines() if ": error: " in line]
    assert [int(line.split(":")[1]) for line in errors] == [*range(first, first + len(WRONG))], said
    for line, text in zip(errors, WRONG.values(), strict=True):
        assert text in line


def test_the_stub_is_what_the_functions_say() -> None:
    pytest.importorskip("torch")
    spec = importlib.util.spec_from_file_location("stub", ROOT / ".ci" / "stub.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.made() == STUB.read_text(encoding="utf-8"), "run: make stub"


def test_the_package_lists_its_verbs_and_little_else() -> None:
    assert set(dir(mmearth_core)) == {"__version__", *PUBLIC}
    assert {"embed", "weights_fetch", "info", "demo", "EmbeddingRaster", "MMEarthError"} <= set(dir(mmearth_core))
    with pytest.raises(AttributeError, match="classifi"):
        _ = mmearth_core.classifi


def test_importing_the_package_loads_nothing() -> None:
    code = "import sys; before = set(sys.modules); import mmearth_core; print(sorted(set(sys.modules) - before))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout
    assert "mmearth_core.verbs" in shown
    assert not {"numpy", "rasterio", "mmearth_core.errors"} & set(re.findall(r"'([\w.]+)'", shown))


def test_every_verb_is_one_function_one_command_and_what_the_worker_offers() -> None:
    declared = declarations(STUB)
    for name, verb in VERBS.items():
        parameters = declared[python_name(name)].parameters
        assert {*verb.inputs, *verb.many} <= set(parameters)
        assert verb.lane is None or python_name(name) in lanes()
    assert set(lanes().values()) == {"live", "check", "work"}


def test_the_worker_answers_every_verb_it_has_a_lane_for() -> None:
    from mmearth_core.worker.live_verbs import LiveVerbs

    for name in lanes():
        assert callable(getattr(LiveVerbs, name, None)) or name in PUBLIC


def test_errors_say_what_they_are_about() -> None:
    error = MMEarthError("scene.tif: its bands have no names; say what they are with `bands`, or `level=l2a`.")
    assert error.about == ("bands", "level")
    assert str(error) == "scene.tif: its bands have no names; say what they are with bands=, or level=l2a."


def test_no_sentence_of_the_core_speaks_of_options() -> None:
    """What is an option on the command line is a widget in QGIS: only whole commands may be spelled out."""
    for path in (ROOT / "mmearth_core").rglob("*.py"):
        if "cli" in path.parts or path.name == "verbs.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise):
                text = re.sub(r"\{.*?\}", "", ast.unparse(node))
                assert not re.search(r" --[a-z]", re.sub(r"mmearth \w+ .*", "", text)), f"{path}: {text}"
