"""The environments that the tests of the packaged plugin work with; made once, as `make` makes them."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def make(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run make by itself, not as a part of the make that runs the tests."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=900
    )


@pytest.fixture(scope="session", name="make")
def make_fixture() -> Callable[..., subprocess.CompletedProcess[str]]:
    """`make(*arguments, folder=…)`, see above."""
    return make


@pytest.fixture(scope="session")
def package_environment() -> Path:
    """The environment that packs the plugin and makes the site of the documentation."""
    made = make("env-package")
    assert made.returncode == 0, made.stdout + made.stderr
    return ROOT / ".venv-package"


@pytest.fixture(scope="session")
def qgis_python() -> Path:
    """The Python that has QGIS and pytest-qgis. Without QGIS, what needs it is skipped, but not where QGIS must be."""
    made = make("env-qgis")
    if made.returncode and "need QGIS" in made.stderr and not os.environ.get("MMEARTH_REQUIRE_QGIS"):
        pytest.skip(made.stderr.splitlines()[0])
    assert made.returncode == 0, made.stdout + made.stderr
    return ROOT / ".venv-qgis" / "bin" / "python"
