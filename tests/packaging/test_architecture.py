"""The house rules of the code: who may import whom, what needs torch, how long a module may be.

A failure here means that an analyst would need torch, QGIS would load our libraries, or a reader would go in circles.
"""

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

from house_rules import for_every

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "mmearth_core"
MODULES = sorted(PACKAGE.rglob("*.py"))

#: The rooms from the front door to the foundations: a room imports from those after it, never from those before.
#: Rooms on one line do not import each other.
ROOMS = (
    {"__main__"},
    {"worker"},
    {"cli"},
    {"demonstration", "inspection", "adapters"},
    {"country"},
    {"pretraining"},
    {"evaluation"},
    {"tiles"},
    {"reports"},
    {"accuracy"},
    {"labelling"},
    {"sources"},
    {"maps"},
    {"embedding"},
    {"encoder", "vectors"},
    {"raster"},
    {"modalities", "band_names", "kinds"},
    {"sentinel2"},
    {"locks"},
    {"files", "progress", "processors", "records", "xml_reading", "intervals"},
    {"errors", "verbs"},
    {"wording"},
)
#: Where torch and its companions may be imported. Everything an analyst runs does without.
TORCH_ROOMS = (
    "encoder.network",
    "encoder.masking",
    "encoder.official",
    "encoder.loading",
    "encoder.calibration",
    "encoder.onnx_graph",
    "encoder.torch_backend",
    "embedding.model_writing",
    "evaluation.trained",
    "pretraining",
    "adapters",
)
#: Where the library of the extra `zarr` may be imported, those of `search`, `cluster` and `cloud`, and the others of
#: `train`.
ZARR_ROOMS = ("sources.elsewhere.tessera_zarr", "country.zarr_copy")
COUNTRY = "country"
TRAINING_ROOMS = ("pretraining", "tiles", "evaluation.curves", "evaluation.tasks.geobench")
TORCH_LIBRARIES = {"torch", "torchvision", "timm", "safetensors", "onnx"}
LONGEST_MODULE, LARGEST_ROOM = 450, 16


def name_of(path: Path) -> str:
    """`mmearth_core/encoder/network.py` → `encoder.network`; a package's `__init__` has the package's name."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


NAMES = {name_of(path) for path in MODULES}


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports_of(tree: ast.AST) -> set[str]:
    """Every module a tree imports, wherever it does so; `from a import b` counts as `a.b`."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def own_imports(path: Path) -> set[str]:
    """The modules of ours that a module imports, by `name_of`."""
    own = set()
    for name in imports_of(tree_of(path)):
        if name.startswith("mmearth_core."):
            inner = name.removeprefix("mmearth_core.")
            own.add(inner if inner in NAMES else inner.rpartition(".")[0])
    return own - {"", name_of(path)}


def room_of(name: str) -> int:
    return next(index for index, rooms in enumerate(ROOMS) if name.partition(".")[0] in rooms)


@for_every(MODULES, name_of)
def test_imports_run_towards_the_foundations(path: Path) -> None:
    name = name_of(path)
    if name == "__init__":
        assert own_imports(path) == {"verbs"}
        return
    for other in own_imports(path):
        same_room = name.split(".")[0] == other.split(".")[0]
        assert same_room or room_of(other) > room_of(name), f"{name} imports {other}, which is not behind it"


def test_no_module_imports_itself_by_a_detour() -> None:
    graph = {name_of(path): own_imports(path) for path in MODULES}
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " → ".join([*way[way.index(name) :], name])
        if name not in done:
            for other in sorted(graph.get(name, ())):
                visit(other, (*way, name))
            done.add(name)

    for name in graph:
        visit(name, ())


@for_every(MODULES, name_of)
def test_neither_qgis_nor_a_library_with_risks_is_imported(path: Path) -> None:
    roots = {name.split(".")[0] for name in imports_of(tree_of(path))}
    assert not roots & {"qgis", "PyQt5", "PyQt6", "osgeo", "requests", "joblib", "dill", "shelve"}
    assert not {name for name in imports_of(tree_of(path)) if name.startswith("xml.etree")}
    assert "defusedxml" not in roots or name_of(path) == "xml_reading"


@for_every(MODULES, name_of)
def test_only_the_rooms_of_torch_import_torch(path: Path) -> None:
    roots = {name.split(".")[0] for name in imports_of(tree_of(path))}
    if not name_of(path).startswith(TORCH_ROOMS):
        assert not roots & TORCH_LIBRARIES


def test_every_library_that_is_imported_is_asked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    distributions = {
        "pystac_client": "pystac-client",
        "sklearn": "scikit-learn",
        "yaml": "pyyaml",
        "google": "protobuf",
    }
    core = {re.match(r"[\w-]+", each)[0].lower() for each in project["dependencies"]}
    extras = project["optional-dependencies"]
    torch, train, zarr, *far = (
        {re.match(r"[\w-]+", each)[0].lower() for each in extras[name]}
        for name in ("torch", "train", "zarr", "search", "cluster", "cloud")
    )
    for path in MODULES:
        for name in imports_of(tree_of(path)):
            root = name.partition(".")[0]
            if root not in sys.stdlib_module_names and root != "mmearth_core":
                if root == "torchgeo_bench" and name_of(path) == "adapters.torchgeo_bench":
                    continue  # it is loaded by that library, never by us
                asked = core | torch | (train if name_of(path).startswith(TRAINING_ROOMS) else set())
                asked |= zarr if name_of(path) in ZARR_ROOMS else set()
                asked |= set().union(*far, {"dask"}) if name_of(path).startswith(COUNTRY) else set()
                assert distributions.get(root, root) in asked, f"{name_of(path)} imports {root}"


@for_every(MODULES, name_of)
def test_no_except_clause_catches_everything(path: Path) -> None:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            names = {each.id for each in caught if isinstance(each, ast.Name)}
            assert node.type is not None, f"bare except in line {node.lineno}"
            assert not names & {"Exception", "BaseException"}, f"broad except in line {node.lineno}"


@for_every(MODULES, name_of)
def test_a_module_is_short_and_says_what_it_is_for(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE
    assert ast.get_docstring(tree_of(path))


def test_no_room_is_larger_than_a_reader_can_hold_in_mind() -> None:
    for folder in {path.parent for path in MODULES}:
        modules = [path.stem for path in folder.glob("*.py") if path.stem != "__init__"]
        assert len(modules) <= LARGEST_ROOM, f"{folder.relative_to(ROOT)} holds {len(modules)} modules"


@for_every(MODULES, name_of)
def test_no_module_has_a_name_that_says_nothing(path: Path) -> None:
    assert path.stem not in {"utils", "util", "helpers", "common", "misc", "manager"}


@for_every(MODULES, name_of)
def test_shipped_code_neither_asserts_nor_silences_the_type_checker(path: Path) -> None:
    assert not [node.lineno for node in ast.walk(tree_of(path)) if isinstance(node, ast.Assert)]
    assert "type: ignore" not in path.read_text(encoding="utf-8")


def loaded_by(code: str) -> set[str]:
    """Top-level modules in memory after running `code` in a fresh interpreter."""
    script = f"{code}\nimport sys\nprint(' '.join({{name.partition('.')[0] for name in sys.modules}}))"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    return set(shown.stdout.split())


def test_what_an_analyst_runs_loads_no_torch() -> None:
    verbs = ("embed", "embed_array", "fit", "classify", "similar", "cluster", "suggest", "sample", "assess")
    loaded = loaded_by(f"from mmearth_core import {', '.join(verbs)}\nimport mmearth_core.inspection")
    assert "rasterio" in loaded  # the check can see something
    assert not loaded & TORCH_LIBRARIES


def test_the_help_of_a_verb_waits_for_no_slow_library() -> None:
    verbs = "from importlib import import_module\nfrom mmearth_core.cli.command import VERBS"
    loaded = loaded_by(f"{verbs}\nfor verb in VERBS.values():\n    import_module(verb.module)")
    assert "rasterio" in loaded  # the check can see something
    assert not loaded & (TORCH_LIBRARIES | {"sklearn", "scipy", "onnxruntime", "matplotlib", "tensorboard", "h5py"})


def test_the_front_door_loads_nothing_but_the_standard_library() -> None:
    before = loaded_by("")
    new = loaded_by("import mmearth_core.cli.command") - before
    assert new - set(sys.stdlib_module_names) == {"mmearth_core"}


def test_the_map_of_the_house_names_what_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:[\w.-]+/)*\w+\.(?:py|pyi))`", text)) - {"settings.py", "built.py"}
    places = (ROOT, PACKAGE, ROOT / "qgis_plugin")
    assert len(named) > 20
    assert not {name for name in named if not any((place / name).is_file() for place in places)}
