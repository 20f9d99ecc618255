"""What `pip install mmearth` brings: everything needed to run offline, nothing else."""

import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of what is needed for it so that nothing is written into the repository."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    tracked = [*ROOT.glob("mmearth_core/**/*"), *(ROOT / n for n in ("pyproject.toml", "README.md", "LICENSE"))]
    tracked += [*ROOT.glob("tests/**/*.py"), *ROOT.glob("training/**/*.py"), *ROOT.glob("qgis_plugin/**/*.py")]
    for path in tracked:
        if path.is_file() and "__pycache__" not in path.parts:
            copy = source / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(source)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (found,) = folder.glob("*.whl")
    return found


def files(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_the_wheel_holds_the_default_model_with_its_card_and_no_other_weights(wheel: Path) -> None:
    weights = [name for name in files(wheel) if Path(name).suffix in {".onnx", ".safetensors", ".pth", ".npz"}]
    assert weights == ["mmearth_core/encoder/models/starter-atto-p8.onnx"]
    assert "mmearth_core/encoder/models/starter-atto-p8.md" in files(wheel)


def test_the_wheel_is_small_and_holds_only_the_package(wheel: Path) -> None:
    assert wheel.stat().st_size <= 12 * MEGABYTE
    assert {Path(name).parts[0].split("-")[0] for name in files(wheel)} == {"mmearth_core", "mmearth"}
    assert not [name for name in files(wheel) if {"tests", "training", "qgis_plugin"} & set(Path(name).parts)]


def test_every_module_and_the_typing_marker_are_in_the_wheel(wheel: Path) -> None:
    modules = {str(path.relative_to(ROOT)) for path in ROOT.glob("mmearth_core/**/*.py")}
    assert modules | {
        "mmearth_core/py.typed",
        "mmearth_core/reports/page.css",
        "mmearth_core/reports/words/de/report.json",
    } <= set(files(wheel))


def test_the_wheel_names_its_command_licence_and_version(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (info,) = {name.split("/")[0] for name in archive.namelist() if ".dist-info/" in name}
        metadata = Parser().parsestr(archive.read(f"{info}/METADATA").decode())
        entry_points = archive.read(f"{info}/entry_points.txt").decode()
        assert f"{info}/licenses/LICENSE" in archive.namelist()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert metadata["Version"] == project["version"]
    assert metadata["License-Expression"] == "MIT"
    assert "mmearth = mmearth_core.__main__:main" in entry_points
    assert not [name for name in metadata.get_all("Requires-Dist") if name.startswith("torch") and "extra" not in name]


def test_the_version_is_said_once_and_twice_the_same() -> None:
    from mmearth_core import __version__

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert __version__ == project["version"]
