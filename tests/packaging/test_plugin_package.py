"""The zip that users install: what QGIS' plugin repository asks of it, and that a fresh QGIS loads it.

It is packed as `make package` packs it, from a fresh repository that holds this working tree as its only commit.
"""

import configparser
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
import rasterio

ROOT = Path(__file__).parents[2]
SLUG = "mmearth_few_shot_mapper"
ALGORITHMS = {"embed", "fit", "classify", "similar", "cluster", "suggest", "sample", "assess"}
MEGABYTE = 1_000_000


def git(*arguments: str, folder: Path) -> str:
    who = ["-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "commit.gpgSign=false"]
    command = ["git", *who, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with one commit, in which somebody is at work: changed, staged and new files are not committed."""
    folder = tmp_path_factory.mktemp("package") / "clone"
    folder.mkdir()
    for name in git("ls-files", "-z", "--cached", "--others", "--exclude-standard", folder=ROOT).split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    git("init", "--quiet", folder=folder)
    git("add", "--all", folder=folder)
    git("commit", "--quiet", "--message", "The working tree", folder=folder)
    for name in ("README.md", "qgis_plugin/context.py", "qgis_plugin/metadata.txt"):
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write("# scribble\n")
    git("add", "README.md", folder=folder)
    (folder / "qgis_plugin" / "scribble.py").write_text("", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def package(clone: Path, package_environment: Path, make: Callable[..., subprocess.CompletedProcess[str]]) -> Path:
    before = git("status", "--porcelain", folder=clone), (clone / "qgis_plugin" / "context.py").read_bytes()
    made = make("package", f"PACKAGE_ENV={package_environment}", folder=clone)
    assert made.returncode == 0, made.stdout + made.stderr
    after = git("status", "--porcelain", folder=clone), (clone / "qgis_plugin" / "context.py").read_bytes()
    assert before == after  # qgis-plugin-ci by itself would have discarded the scribbles
    (found,) = (clone / "dist").iterdir()
    return found


@pytest.fixture(scope="module")
def names(package: Path) -> list[str]:
    with zipfile.ZipFile(package) as archive:
        return archive.namelist()


@pytest.fixture(scope="module")
def unzipped(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plugin's folder as QGIS unzips it into the profile of a new user."""
    home = tmp_path_factory.mktemp("home")
    home.chmod(0o700)
    plugins = home / ".local" / "share" / "QGIS" / "QGIS3" / "profiles" / "default" / "python" / "plugins"
    with zipfile.ZipFile(package) as archive:
        archive.extractall(plugins)
    return plugins / SLUG


@pytest.fixture(scope="module")
def fresh(unzipped: Path) -> dict[str, str]:
    """The environment of a user who has just installed the plugin and nothing else: no worker, no settings."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("XDG_", "QGIS_", "PYTHON", "MMEARTH_", "VIRTUAL_ENV"))
    }
    return {
        **kept,
        "HOME": str(unzipped.parents[8]),
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_RUNTIME_DIR": str(unzipped.parents[8]),
    }


def test_the_zip_is_named_after_plugin_and_version(package: Path) -> None:
    assert re.fullmatch(SLUG + r"\.\d+\.\d+\.\d+\.zip", package.name)


def test_the_zip_holds_one_folder_with_what_qgis_asks_for(names: list[str]) -> None:
    assert {PurePosixPath(name).parts[0] for name in names} == {SLUG}
    assert SLUG.isidentifier()
    assert {f"{SLUG}/{name}" for name in ("LICENSE", "metadata.txt", "__init__.py")} <= set(names)
    assert not [name for name, count in Counter(names).items() if count > 1]
    assert not [name for name in names if ".." in name or name.startswith("/") or "scribble" in name]


def test_every_committed_file_of_the_plugin_is_in_the_zip(clone: Path, names: list[str]) -> None:
    committed = git("ls-tree", "-r", "--name-only", "HEAD", "qgis_plugin", folder=clone).splitlines()
    assert {name.replace("qgis_plugin", SLUG, 1) for name in committed} <= set(names)


def test_the_guide_is_in_the_zip_with_its_pictures(names: list[str]) -> None:
    pages = ("qgis.html", "de/qgis.html", "fr/qgis-processing.html", "guide.css")
    assert {f"{SLUG}/help/{name}" for name in pages} <= set(names)
    assert len([name for name in names if name.startswith(f"{SLUG}/help/images/qgis-")]) > 5


def test_nothing_that_the_repository_refuses_is_in_the_zip(names: list[str]) -> None:
    suffixes = {".pyc", ".pyo", ".exe", ".dll", ".so", ".dylib", ".sh", ".bat", ".cmd", ".qrc"}
    parts = {"__pycache__", "__MACOSX", ".git", ".gitignore", ".DS_Store"}
    for name in names:
        path = PurePosixPath(name)
        assert path.suffix.lower() not in suffixes, name
        assert not parts & set(path.parts), name
        assert "qgis_plugin" not in name


def test_the_zip_is_small_though_wheel_and_model_are_inside(package: Path, names: list[str]) -> None:
    assert package.stat().st_size < 16 * MEGABYTE
    (wheel,) = (name for name in names if name.endswith(".whl"))
    assert PurePosixPath(wheel).parent == PurePosixPath(SLUG, "wheels")
    with zipfile.ZipFile(package) as archive, archive.open(wheel) as file, zipfile.ZipFile(file) as inner:
        assert [name for name in inner.namelist() if name.endswith(".onnx")] == [
            "mmearth_core/encoder/models/starter-atto-p8.onnx"
        ]
        assert "mmearth_core/worker/server.py" in inner.namelist()
        assert not [name for name in inner.namelist() if "qgis_plugin" in name]


def test_the_metadata_in_the_zip_are_readable_and_of_the_commit(unzipped: Path) -> None:
    parser = configparser.ConfigParser()  # as QGIS reads them: a % in what was added from CHANGELOG.md would be refused
    parser.read(unzipped / "metadata.txt", encoding="utf-8")
    general = dict(parser["general"])
    (wheel,) = (unzipped / "wheels").iterdir()
    assert general["name"] == "MMEarth Few-Shot Mapper"
    assert wheel.name == f"mmearth-{general['version']}-py3-none-any.whl"
    assert general["changelog"]
    assert "scribble" not in (unzipped / "metadata.txt").read_text(encoding="utf-8")
    assert (unzipped / general["icon"]).is_file()
    assert (unzipped / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_bandit_finds_nothing_by_the_rules_of_the_repository(unzipped: Path) -> None:
    rules = (ROOT / ".ci" / "bandit-rules.txt").read_text(encoding="utf-8").strip()
    command = [sys.executable, "-m", "bandit", "--quiet", "-r", str(unzipped), "-t", rules, "-f", "json"]
    shown = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    report = json.loads(shown.stdout)
    assert report["metrics"]["_totals"]["loc"] > 0
    assert [f"{each['filename']}:{each['line_number']} {each['test_id']}" for each in report["results"]] == []
    assert report["errors"] == []


def test_detect_secrets_finds_nothing(unzipped: Path) -> None:
    command = [sys.executable, "-m", "detect_secrets", "scan", "--all-files", "."]
    shown = subprocess.run(command, cwd=unzipped, capture_output=True, text=True, check=True, timeout=300)
    report = json.loads(shown.stdout)  # its exit code is 0 whatever it finds
    assert report["plugins_used"]
    assert report["results"] == {}


LOADING = """
import importlib, json, os, sys
from pathlib import Path

from qgis.core import QgsApplication


def test_loading(qgis_iface, qgis_processing):
    plugins, name, way = (os.environ[each] for each in ("PLUGINS", "PLUGIN", "WAY"))
    sys.path.insert(0, plugins)
    before = set(sys.modules)
    plugin = importlib.import_module(name).classFactory(qgis_iface if way == "gui" else None)
    at_start = sorted({each.partition(".")[0] for each in set(sys.modules) - before})
    plugin.initGui() if way == "gui" else plugin.initProcessing()
    provider = QgsApplication.processingRegistry().providerById("mmearth")
    algorithms = [] if provider is None else [each.name() for each in provider.algorithms()]
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    plugin.unload()
    left = QgsApplication.processingRegistry().providerById("mmearth") is not None
    told = {"algorithms": algorithms, "at_start": at_start, "children": children, "left": left}
    Path("told.json").write_text(json.dumps(told))
"""


@pytest.mark.parametrize("way", ["gui", "processing"])
def test_a_fresh_qgis_loads_it(
    unzipped: Path, fresh: dict[str, str], qgis_python: Path, tmp_path: Path, way: str
) -> None:
    """With windows, and as `qgis_process` does it, without."""
    (tmp_path / "test_loading.py").write_text(LOADING, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    environment = {**fresh, "PLUGINS": str(unzipped.parent), "PLUGIN": SLUG, "WAY": way}
    command = [str(qgis_python), "-B", "-m", "pytest", "-p", "no:cacheprovider", "test_loading.py"]
    shown = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=180
    )
    assert shown.returncode == 0, shown.stdout + shown.stderr
    told = json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))
    assert set(told["algorithms"]) >= ALGORITHMS
    assert set(told["at_start"]) <= {
        SLUG,
        "processing",
        *sys.stdlib_module_names,
        "qgis",
    }  # QGIS starts as fast as before
    assert not told["children"]  # no worker before it is asked for
    assert not told["left"]


@pytest.fixture(scope="module")
def qgis_process(unzipped: Path, fresh: dict[str, str], qgis_python: Path) -> Callable[..., str]:
    """`qgis_process(*arguments, **environment)`: what it prints, in the fresh profile with the plugin enabled."""
    assert unzipped.is_dir() and qgis_python.exists()
    program = shutil.which("qgis_process.bin") or "qgis_process"  # Debian's wrapper hands it an option of the desktop

    def run(*arguments: str, **environment: str) -> str:
        command = [program, *arguments]
        shown = subprocess.run(
            command, env=fresh | environment, capture_output=True, text=True, check=False, timeout=300
        )
        assert shown.returncode == 0, shown.stdout + shown.stderr
        return shown.stdout

    run("plugins", "enable", SLUG)
    return run


def test_qgis_process_lists_its_algorithms(qgis_process: Callable[..., str]) -> None:
    assert set(re.findall(r"\bmmearth:(\w+)", qgis_process("list"))) >= ALGORITHMS


@pytest.mark.realdata
def test_the_installed_zip_maps_a_real_scene_without_a_desktop(
    qgis_process: Callable[..., str], realdata: Path, tmp_path: Path
) -> None:
    worker = {"MMEARTH_PYTHON": sys.executable, "MMEARTH_HOME": str(tmp_path / "home")}
    embedding, model, land_cover = (str(tmp_path / name) for name in ("emb.tif", "model.json", "map.tif"))
    scene, samples = realdata / "aberystwyth_s2_20210527.tif", realdata / "aberystwyth_samples.gpkg"
    qgis_process("run", "mmearth:embed", "--", f"SCENE={scene}", f"OUTPUT={embedding}", **worker)
    fitted = ("run", "mmearth:fit", "--", f"EMBEDDING={embedding}", f"SAMPLES={samples}", f"OUTPUT={model}")
    accuracy = re.search(r"ACCURACY:\s*([\d.]+)", qgis_process(*fitted, **worker))
    assert accuracy is not None and 0.8 < float(accuracy[1]) <= 1
    mapped = ("run", "mmearth:classify", "--", f"EMBEDDING={embedding}", f"MODEL={model}", f"OUTPUT={land_cover}")
    qgis_process(*mapped, **worker)
    with rasterio.open(land_cover) as dataset:
        values = dataset.read(1)
    assert set(np.unique(values)) <= {0, 1, 2, 3, 4} and (values > 0).mean() > 0.9
