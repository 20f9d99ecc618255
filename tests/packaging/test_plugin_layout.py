"""The house rules of the plugin's code: what it may import, which Python and which Qt it must run in.

A failure here means that QGIS would load our libraries, that an old QGIS could not read the plugin, or that one built
on Qt 6 would stop at a name that is gone. Which names Qt 6 has is read from PyQt6's own list of them; QGIS' names are
looked up in the QGIS that is installed.
"""

import ast
import configparser
import json
import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest
from house_rules import for_every

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "qgis_plugin"
MODULES = sorted(PLUGIN.rglob("*.py"))

LONGEST_MODULE = 450
#: In the standard library of this Python, not yet in that of the oldest one to run in.
YOUNGER_THAN_39 = {"tomllib"}
#: No network but through pip in a process of its own, or QGIS' own network access.
FORBIDDEN_LIBRARIES = {"ftplib", "http", "pickle", "shelve", "smtplib", "socket", "xmlrpc"}
#: The modules that start processes.
STARTERS = {
    "core/worker/process.py",
    "core/python/environment.py",
    "core/python/installation.py",
    "core/python/base_python.py",
}
#: Methods of Qt 5 that Qt 6 does not have, whatever the object.
GONE_METHODS = {"exec_", "print_", "delta", "globalX", "globalY", "localPos", "windowPos", "screenPos"}
GONE_METHODS |= {"setTabStopWidth", "toTime_t", "setTime_t", "setMargin"}
#: Members of QGIS' enums that are easily written without their enum, as `self.FlagAdvanced`.
UNSCOPED_QGIS = {
    "CanCancel",
    "FlagAdvanced",
    "FlagOptional",
    "FlagHidden",
    "FlagNoThreading",
    "Info",
    "Warning",
    "Critical",
}
#: Names that moved between the versions: taken from `compat`, which alone knows where they are.
MOVED = {"QAction", "QActionGroup", "QShortcut"}
#: What qgis.PyQt adds to Qt's own names.
OF_QGIS = {"NULL"}


def name_of(path: Path) -> str:
    return path.relative_to(PLUGIN).as_posix()


SCOPED = [path for path in MODULES if name_of(path) != "compat.py"]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path), feature_version=(3, 9))


def absolute_imports(path: Path) -> set[str]:
    """Every module outside the plugin that a module imports; `from a import b` counts as `a.b`."""
    found = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def relative_imports(path: Path) -> set[str]:
    """What a module imports of the plugin, as dotted names from the plugin's folder."""
    found = set()
    package = path.relative_to(PLUGIN).parts[:-1]
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom) and node.level:
            assert node.level <= len(package) + 1, f"line {node.lineno} imports from outside the plugin"
            base = [*package[: len(package) + 1 - node.level], *filter(None, (node.module or "").split("."))]
            found |= {".".join([*base, alias.name]) for alias in node.names}
    return found


@for_every(MODULES, name_of)
def test_only_qgis_and_the_standard_library_are_imported(path: Path) -> None:
    roots = {name.partition(".")[0] for name in absolute_imports(path)}
    assert roots <= (set(sys.stdlib_module_names) - YOUNGER_THAN_39 - FORBIDDEN_LIBRARIES) | {"qgis", "processing"}
    assert "urllib.request" not in {name.rpartition(".")[0] for name in absolute_imports(path)} | absolute_imports(path)


@for_every(MODULES, name_of)
def test_what_is_imported_of_the_plugin_is_there(path: Path) -> None:
    for name in relative_imports(path):
        module, _, member = name.rpartition(".")
        candidates = [PLUGIN.joinpath(*name.split(".")), PLUGIN.joinpath(*module.split("."))]
        files = [
            file for each in candidates for file in (each.with_suffix(".py"), each / "__init__.py") if file.is_file()
        ]
        assert files, f"{name} is not a module of the plugin"
        if files[0] in {candidates[0].with_suffix(".py"), candidates[0] / "__init__.py"}:
            continue
        defined = {
            each
            for node in ast.walk(tree_of(files[0]))
            for each in (
                [node.name]
                if isinstance(node, ast.FunctionDef | ast.ClassDef)
                else [alias.asname or alias.name for alias in node.names]
                if isinstance(node, ast.ImportFrom | ast.Import)
                else [node.id]
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
                else []
            )
        }
        assert member in defined, f"{name_of(files[0])} defines no {member}"


@for_every([path for path in MODULES if name_of(path) != "gui/widgets/keys.py"], name_of)
def test_keys_stand_in_the_tables_that_the_sheet_of_keys_shows(path: Path) -> None:
    """A key that is named elsewhere would be missing on the sheet: put it into a table of `gui/widgets/keys.py`."""
    named = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Attribute)]
    assert not [f"line {node.lineno}: {node.attr}" for node in named if node.attr.startswith("Key_")]
    calls = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]
    typed = [node for node in calls if ast.unparse(node.func) in ("QKeySequence", "QShortcut")]
    assert not [node.lineno for node in typed if any(isinstance(each, ast.Constant) for each in node.args)]


@for_every([path for path in MODULES if name_of(path).startswith("core/")], name_of)
def test_the_core_has_no_widgets(path: Path) -> None:
    assert not {name for name in absolute_imports(path) if name.startswith(("qgis.gui", "qgis.PyQt.QtWidgets"))}
    assert not {
        name for name in relative_imports(path) if name.split(".")[0] in {"gui", "processing", "plugin", "provider"}
    }


@for_every(
    [path for path in MODULES if name_of(path).startswith("processing/") or path.stem == "provider"],
    name_of,
)
def test_processing_needs_no_dock(path: Path) -> None:
    """`qgis_process` has no windows; pictures are all it shares with them."""
    shared = {name for name in relative_imports(path) if name.split(".")[0] in {"gui", "plugin"}}
    assert not {name for name in shared if not name.startswith("gui.icons")}


@for_every(MODULES, name_of)
def test_processes_are_started_in_few_places(path: Path) -> None:
    if name_of(path) not in STARTERS:
        assert "subprocess" not in {name.partition(".")[0] for name in absolute_imports(path)}
    calls = {ast.unparse(node.func) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)}
    assert not calls & {"os.system", "os.popen", "QProcess", "QProcess.startDetached", "eval", "exec"}
    assert "shell=True" not in path.read_text(encoding="utf-8")


@for_every(MODULES, name_of)
def test_a_module_is_short_and_says_what_it_is_for(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE
    assert ast.get_docstring(tree_of(path))
    assert path.stem not in {"utils", "util", "helpers", "common", "misc", "manager"}


@for_every(MODULES, name_of)
def test_shipped_code_neither_asserts_nor_catches_everything(path: Path) -> None:
    for node in ast.walk(tree_of(path)):
        assert not isinstance(node, ast.Assert), f"assert in line {node.lineno}"
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"bare except in line {node.lineno}"
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            names = {each.id for each in caught if isinstance(each, ast.Name)}
            assert not names & {"Exception", "BaseException"}, f"broad except in line {node.lineno}"


@for_every(MODULES, name_of)
def test_annotations_of_younger_pythons_are_never_evaluated(path: Path) -> None:
    lazy = any(
        isinstance(node, ast.ImportFrom) and node.module == "__future__" and node.names[0].name == "annotations"
        for node in tree_of(path).body
    )
    for node in ast.walk(tree_of(path)):
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if annotation is not None and not lazy:
                unions = [each for each in ast.walk(annotation) if isinstance(each, ast.BitOr)]
                assert not unions, (
                    f"X | Y in an annotation needs `from __future__ import annotations`, line {node.lineno}"
                )
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"isinstance", "issubclass"}:
            unions = [each for each in ast.walk(node.args[1]) if isinstance(each, ast.BitOr)]
            assert not unions, f"isinstance(…, X | Y) in line {node.lineno}"


def test_no_file_needs_a_compiler_of_qt_5_or_loses_its_name_in_the_zip() -> None:
    assert not [*PLUGIN.rglob("*.qrc"), *PLUGIN.rglob("*_rc.py")]
    assert not [path for path in PLUGIN.rglob("*") if "qgis_plugin" in path.name]
    for path in MODULES:
        assert "qgis_plugin" not in path.read_text(encoding="utf-8"), (
            f"{name_of(path)}: the folder is not called so in QGIS"
        )


# Names of Qt 6


def qt_names(path: Path) -> dict[str, str]:
    """Local name → name in Qt, of everything a module imports of `qgis.PyQt.Qt…`."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("qgis.PyQt.Qt")
        for alias in node.names
    }


def qgis_names(path: Path) -> dict[str, str]:
    """Local name → `module:name`, of everything a module imports of QGIS."""
    return {
        alias.asname or alias.name: f"{node.module}:{alias.name}"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("qgis.")
        and not node.module.startswith("qgis.PyQt")
        for alias in node.names
    }


def chains(path: Path) -> set[tuple[int, tuple[str, ...]]]:
    """Every `name.attribute.attribute…` of a module at its longest, with its line."""
    inner: set[int] = set()
    found = set()
    for node in ast.walk(tree_of(path)):
        if not isinstance(node, ast.Attribute) or id(node) in inner:
            continue
        parts: list[str] = []
        each: ast.expr = node
        while isinstance(each, ast.Attribute):
            inner.add(id(each))
            parts.insert(0, each.attr)
            each = each.value
        if isinstance(each, ast.Name):
            found.add((node.lineno, (each.id, *parts)))
    return found


class Stub:
    """A class as a list of names describes it: its bases, the names in it, and the classes in it."""

    def __init__(self, node: ast.ClassDef) -> None:
        self.bases = [ast.unparse(base).rpartition(".")[2] for base in node.bases]
        self.classes = {each.name: Stub(each) for each in node.body if isinstance(each, ast.ClassDef)}
        self.names = set(self.classes)
        for each in node.body:
            if isinstance(each, ast.FunctionDef):
                self.names.add(each.name)
            elif isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
                self.names.add(each.target.id)
            elif isinstance(each, ast.Assign):
                self.names |= {target.id for target in each.targets if isinstance(target, ast.Name)}

    @property
    def is_enum(self) -> bool:
        return bool({"Enum", "IntEnum", "Flag", "IntFlag"} & set(self.bases))


@cache
def names_of_pyqt6(folder: Path) -> dict[str, dict[str, Stub | None]]:
    """Module of PyQt6 → name → class, or None for a function or value."""
    found: dict[str, dict[str, Stub | None]] = {}
    for name in (
        "QtCore",
        "QtGui",
        "QtWidgets",
        "QtNetwork",
        "QtSvg",
        "QtSvgWidgets",
        "QtXml",
        "QtPrintSupport",
        "QtTest",
    ):
        found[name] = {"pyqtSignal": None, "pyqtSlot": None, "pyqtProperty": None} if name == "QtCore" else {}
        # Some of its signatures are no Python: a `/` behind `*args`.
        text = (folder / f"{name}.pyi").read_text(encoding="utf-8").replace(", /)", ")")
        for node in ast.parse(text).body:
            if isinstance(node, ast.ClassDef):
                found[name].setdefault(node.name, Stub(node))
            elif isinstance(node, ast.FunctionDef):
                found[name][node.name] = None
            elif isinstance(node, ast.AnnAssign | ast.Assign):
                for target in [node.target] if isinstance(node, ast.AnnAssign) else node.targets:
                    found[name][ast.unparse(target)] = None
    return found


@pytest.fixture(scope="module")
def qt6(package_environment: Path) -> dict[str, dict[str, Stub | None]]:
    (folder,) = (package_environment / "lib").glob("python3*/site-packages/PyQt6")
    return names_of_pyqt6(folder)


def member(classes: dict[str, Stub | None], stub: Stub, name: str) -> tuple[bool, Stub | None]:
    """Whether a class or one of its bases has a name, and the class it is, if it is one."""
    if name in stub.names:
        return True, stub.classes.get(name)
    for base in stub.bases:
        parent = classes.get(base)
        if parent is not None:
            known, inner = member(classes, parent, name)
            if known:
                return True, inner
    return False, None


@for_every(SCOPED, name_of)
def test_every_name_of_qt_is_one_of_qt_6(path: Path, qt6: dict[str, dict[str, Stub | None]]) -> None:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("qgis.PyQt.Qt"):
            known = qt6.get(node.module.removeprefix("qgis.PyQt."))
            assert known is not None, f"line {node.lineno}: Qt 6 has no {node.module}"
            for alias in node.names:
                assert alias.name not in MOVED, f"line {node.lineno}: {alias.name} moved; import it from compat"
                assert alias.name in known or alias.name in OF_QGIS, (
                    f"line {node.lineno}: no {alias.name} in {node.module}"
                )
    names = qt_names(path)
    classes = {name: stub for module in qt6.values() for name, stub in module.items()}
    for line, (root, *rest) in sorted(chains(path)):
        stub = classes.get(names.get(root, ""))
        for attribute in rest:
            if stub is None or attribute.startswith("__"):
                break
            known, stub = member(classes, stub, attribute)
            assert known, f"line {line}: Qt 6 has no {'.'.join([root, *rest])}"


@for_every(SCOPED, name_of)
def test_no_enum_is_read_off_an_object(path: Path, qt6: dict[str, dict[str, Stub | None]]) -> None:
    """`self.Accepted` and the like are gone in Qt 6 as well; they cannot be looked up, so they are found by name."""
    members = set(UNSCOPED_QGIS)
    stubs = [stub for module in qt6.values() for stub in module.values() if stub is not None]
    while stubs:
        stub = stubs.pop()
        members |= {name for name in stub.names if name[:1].isupper()} if stub.is_enum else set()
        stubs += stub.classes.values()
    short = {
        ast.unparse(target)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute) and node.value.attr[:1].isupper()
        for target in node.targets
    }
    short |= {name for name in absolute_imports(path) if "." not in name}  # a module's own names, such as sqlite3.Error
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Attribute) and node.attr in members and ast.unparse(node.value) not in short:
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            assert owner.lstrip("_")[:1].isupper(), f"line {node.lineno}: {ast.unparse(node)} without its enum"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in GONE_METHODS, f"line {node.lineno}: Qt 6 has no {node.func.attr}"


LOOK_UP = """
import importlib, json, sys
from qgis.core import QgsApplication
wrong = []
for where, (module, name), attributes in json.load(sys.stdin):
    owner, value = None, getattr(importlib.import_module(module), name, None)
    text = ".".join([name, *attributes])
    if value is None:
        wrong.append(f"{where}: {module} has no {name}")
        continue
    for attribute in attributes:
        if not isinstance(value, type) or attribute.startswith("__"):
            break
        owner, value = value, getattr(value, attribute, None)
        if value is None:
            wrong.append(f"{where}: there is no {text}")
        elif not callable(value) and type(value).__name__ in vars(owner) and type(value) is not owner:
            wrong.append(f"{where}: {text} without its enum {type(value).__name__}")
print(json.dumps(wrong))
"""


def test_every_name_of_qgis_is_there_and_every_enum_is_named(qgis_python: Path) -> None:
    """In the QGIS that is installed: all names of its modules that the plugin uses, in code that tests reach or not."""
    wanted = []
    for path in SCOPED:
        names = qgis_names(path)
        wanted += [(f"{name_of(path)}", each.split(":"), []) for each in names.values()]
        for line, (root, *rest) in sorted(chains(path)):
            if root in names:
                wanted.append((f"{name_of(path)}:{line}", names[root].split(":"), rest))
    command = [str(qgis_python), "-c", LOOK_UP]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    shown = subprocess.run(
        command, input=json.dumps(wanted), capture_output=True, text=True, check=False, timeout=120, env=environment
    )
    assert shown.returncode == 0, shown.stderr
    assert json.loads(shown.stdout.splitlines()[-1]) == []


# What QGIS and its plugin repository read


def metadata() -> dict[str, str]:
    parser = configparser.ConfigParser()  # as QGIS reads them: a % in the text makes them unreadable
    parser.optionxform = str
    parser.read(PLUGIN / "metadata.txt", encoding="utf-8")
    return dict(parser["general"])


def test_the_metadata_are_the_same_in_both_places() -> None:
    top, inner = ROOT / "metadata.txt", PLUGIN / "metadata.txt"
    assert not top.is_symlink()
    assert not inner.is_symlink()  # qgis-plugin-ci stops at one
    assert top.read_bytes() == inner.read_bytes()


def test_the_metadata_say_what_the_plugin_repository_asks_for() -> None:
    said = metadata()
    required = (
        "name description version qgisMinimumVersion qgisMaximumVersion author email about tracker repository homepage"
    )
    assert not [key for key in required.split() if not said.get(key, "").strip()]
    assert "plugin" not in said["name"].lower()
    assert re.fullmatch(r"\d+\.\d+\.\d+", said["version"])
    assert "/" not in said["author"]
    assert re.fullmatch(r"[^@\s]+@[^@\s]+\.[a-z]+", said["email"])
    assert all(said[key].startswith("https://") for key in ("tracker", "repository", "homepage"))
    assert (said["qgisMinimumVersion"], said["qgisMaximumVersion"]) == ("3.22", "4.99")
    assert (said["category"], said["hasProcessingProvider"], said["experimental"]) == ("Raster", "yes", "True")
    assert "ONNX Runtime" in said["about"]
    assert "changelog" in said
    assert (PLUGIN / said["icon"]).is_file()


def test_plugin_and_library_have_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert metadata()["version"] == project["version"]
