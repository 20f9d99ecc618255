"""Which Python runs the worker, whether it is fit for it, and the environment variables it is started with.

QGIS' own interpreter never imports `mmearth_core`, and the QGIS program is never started as if it were a Python.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from configparser import ConfigParser
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QObject, pyqtSignal

from .failures import explain

if TYPE_CHECKING:
    from ...settings import Settings


OLDEST = (3, 11)
TIME_OUT = 60  # seconds: a first import from a cold or virus-scanned disk takes its time
MARKER = "mmearth.json"
PLUGIN = Path(__file__).resolve().parents[2]

#: Started without a window on Windows; 0 elsewhere.
NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)

_DROPPED = ("PYTHON", "PIP_", "UV_", "PROJ_", "GDAL_", "DYLD_", "QT_", "CONDA_")
_DROPPED_NAMES = {"LD_LIBRARY_PATH", "LD_PRELOAD", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"}

# Read by the Python in question on its stdin, so old ones must understand it. Prints a JSON object in the last line.
_QUESTIONS = """
import json, platform, sys
sys.path[:] = [folder for folder in sys.path if folder]
found = {"python": platform.python_version(), "platform": platform.platform(), "executable": sys.executable,
         "mmearth": None, "worker": False, "onnxruntime": None, "rasterio": None, "torch": None, "problems": {}}
if sys.version_info >= (3, 11):
    import importlib, importlib.metadata, importlib.util
    for name, module in (("mmearth", "mmearth_core"), ("rasterio", "rasterio"), ("onnxruntime", "onnxruntime")):
        try:
            found[name] = getattr(importlib.import_module(module), "__version__", "?")
        except (ImportError, OSError) as error:
            found["problems"][name] = "%s: %s" % (type(error).__name__, error)
    if found["mmearth"]:
        found["worker"] = importlib.util.find_spec("mmearth_core.worker") is not None
    try:
        found["torch"] = importlib.metadata.version("torch")
    except importlib.metadata.PackageNotFoundError:
        pass
print("")
print(json.dumps(found))
"""


class Choice(NamedTuple):
    """A Python for the worker and what chose it: "setting", "variable" (MMEARTH_PYTHON) or "managed"."""

    python: str
    origin: str


class Report(NamedTuple):
    """Whether a Python can run the worker, one sentence about it, and the versions found in it (may be empty)."""

    ok: bool
    sentence: str
    versions: dict[str, Any]


def plugin_version() -> str:
    """The version in the plugin's metadata.txt; empty when it cannot be read."""
    parser = ConfigParser(interpolation=None, strict=False)
    parser.read(PLUGIN / "metadata.txt", encoding="utf-8")
    return parser.get("general", "version", fallback="")


def python_in(folder: str | Path) -> Path:
    """Where the Python of a virtual environment stands, whether it is there or not."""
    return Path(folder) / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def read_marker(folder: str | Path) -> dict[str, Any]:
    """What a finished installation wrote (`version`, `digest`, …); empty when there is none."""
    try:
        marker = json.loads((Path(folder) / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return marker if isinstance(marker, dict) else {}


def find_python(settings: Settings) -> Choice | None:
    """The Python to use: the one set by the user, that of MMEARTH_PYTHON, or that of the managed environment when it
    was installed to the end and is of the plugin's version. The first two are given even if they are not there, so that
    `check_python` tells what is wrong with them. None: nothing is set and nothing installed."""
    if settings.python.strip():
        return Choice(str(Path(settings.python.strip()).expanduser()), "setting")
    variable = os.environ.get("MMEARTH_PYTHON", "").strip()
    if variable:
        return Choice(str(Path(variable).expanduser()), "variable")
    folder = settings.environment_folder
    python, marker = python_in(folder), read_marker(folder)
    if python.is_file() and marker and plugin_version() in ("", marker.get("version")):
        return Choice(str(python), "managed")
    return None


def worker_command(python: str) -> list[str]:
    """How the worker is started with a Python. Belongs together with `scrubbed_environment`, whose PYTHONSAFEPATH keeps
    the current folder out (`-I` would ignore that and PYTHONUNBUFFERED)."""
    return [str(python), "-s", "-u", "-m", "mmearth_core.worker"]


def scrubbed_environment() -> dict[str, str]:
    """This process' environment variables without those by which QGIS would bend another Python, its libraries or their
    data (PYTHON*, PIP_*, UV_*, PROJ_*, GDAL_*, Qt's and the loader's paths, certificates inside QGIS); proxies stay."""
    inside = bundle()
    environment = {}
    for name, value in os.environ.items():
        upper = name.upper()
        if upper in _DROPPED_NAMES or upper.startswith(_DROPPED):
            continue
        if upper.startswith("SSL_CERT_") and inside is not None and _inside(value, inside):
            continue
        environment[name] = value
    environment.update(PYTHONUNBUFFERED="1", PYTHONIOENCODING="utf-8", PYTHONSAFEPATH="1", PYTHONNOUSERSITE="1")
    return environment


def is_qgis(path: str | Path) -> bool:
    """Whether a program is QGIS itself, which must not be started as a Python: it would open another window."""
    path = Path(path)
    if path.stem.lower().startswith("qgis"):
        return True
    host = Path(sys.executable or "")
    return not host.stem.lower().startswith("python") and host.is_file() and path.is_file() and path.samefile(host)


def check_python(path: str | Path) -> Report:
    """Start a Python and ask what is in it; takes seconds, at most `TIME_OUT`: not for the main thread.

    Never raises: whatever is wrong is the report's sentence, with what to do about it."""
    path = Path(path).expanduser()
    refusal = _refusal(path)
    if refusal:
        return Report(False, refusal, {})
    translate = QCoreApplication.translate
    try:
        answer = subprocess.run(  # the program the user chose, asked fixed questions # noqa: S603 # nosec B603
            [str(path), "-s", "-"],
            input=_QUESTIONS.encode(),
            env=scrubbed_environment(),
            capture_output=True,
            timeout=TIME_OUT,
            creationflags=NO_WINDOW,
            check=False,
        )
    except subprocess.TimeoutExpired:
        sentence = translate(
            "Environment", "{path} did not answer within {seconds} s: try again, or choose another Python."
        )
        return Report(False, sentence.format(path=path, seconds=TIME_OUT), {})
    except OSError as error:
        sentence = translate("Environment", "{path} cannot be started ({reason}): choose another Python.")
        return Report(False, sentence.format(path=path, reason=error.strerror or error), {})
    versions = _last_object(answer.stdout.decode("utf-8", "replace"))
    if versions is None:
        lines = answer.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = lines[-1][:200] if lines else translate("Environment", "it gave no answer")
        sentence = translate("Environment", "{path} does not work as a Python ({reason}): choose another one.")
        return Report(False, sentence.format(path=path, reason=reason), {})
    return _judge(path, versions)


class Check(QObject):
    """`check_python` off the main thread; `done(path, report)` arrives on the thread this object lives in, and only for
    the path asked for last."""

    done = pyqtSignal(str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._last = 0

    def start(self, path: str | Path) -> None:
        """Ask about a Python; returns at once."""
        self._last += 1
        threading.Thread(target=self._run, args=(self._last, str(path)), daemon=True, name="mmearth-check").start()

    def _run(self, number: int, path: str) -> None:
        report = check_python(path)
        if number == self._last:
            try:
                self.done.emit(path, report)
            except RuntimeError:
                return  # the object went while this thread was at work


def _refusal(path: Path) -> str:
    """Why a path is not even started; empty when it may be."""
    translate = QCoreApplication.translate
    if path.is_dir():
        text = translate("Environment", "{path} is a folder: choose the Python in it, for example {example}.")
        return text.format(path=path, example=python_in(path))
    if not path.is_file():
        text = translate("Environment", "{path} was not found: choose another Python, or create the environment.")
    elif is_qgis(path):
        text = translate(
            "Environment", "{path} is QGIS itself: choose a Python outside QGIS, or create the environment."
        )
    elif not os.access(path, os.X_OK):
        text = translate("Environment", "{path} is not executable: choose a Python program, or allow it to be run.")
    else:
        text = ""
    return text.format(path=path)


def _judge(path: Path, versions: dict[str, Any]) -> Report:
    """The sentence about a Python that answered."""
    translate = QCoreApplication.translate
    problems = versions.get("problems", {})
    wanted = plugin_version()
    names = {"path": path, **versions, "wanted": wanted, "oldest": "{}.{}".format(*OLDEST)}
    broken = next((name for name in ("mmearth", "onnxruntime", "rasterio") if name in problems), None)
    names["package"] = broken
    if tuple(int(part) for part in versions["python"].split(".")[:2]) < OLDEST:
        text = translate("Environment", "{path} is Python {python}, which is too old: choose Python {oldest} or newer.")
    elif broken and problems[broken].startswith("ModuleNotFoundError"):
        text = translate(
            "Environment",
            "{path} has no {package}: install mmearth there with “pip install mmearth”, or create the environment.",
        )
    elif broken:
        failure = explain(problems[broken])
        text = translate("Environment", "{path}: {package} cannot be loaded. {failure} {action}")
        names.update(failure=failure.sentence, action=failure.action)
    elif wanted and versions["mmearth"] != wanted:
        text = translate(
            "Environment",
            "{path} has mmearth {mmearth}, but the plugin needs {wanted}: install that version there, "
            "or create the environment anew.",
        )
    elif not versions["worker"]:
        text = translate("Environment", "{path}: its mmearth {mmearth} has no worker: install it again.")
    else:
        text = translate("Environment", "Ready: Python {python}, mmearth {mmearth}, ONNX Runtime {onnxruntime}")
        if versions.get("torch"):
            text += translate("Environment", ", torch {torch}")
        return Report(True, text.format(**names) + ".", versions)
    return Report(False, text.format(**names), versions)


def _last_object(output: str) -> dict[str, Any] | None:
    """The last line of an output that is a JSON object with a Python version; None when there is none."""
    for line in reversed(output.splitlines()):
        if line.startswith("{"):
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict) and isinstance(found.get("python"), str):
                return found
    return None


def bundle() -> Path | None:
    """The folder that holds QGIS with all its libraries, where it comes in one of its own (Windows, macOS, AppImage,
    Flatpak); None where QGIS is part of the system."""
    prefix = QgsApplication.prefixPath()
    if not prefix or Path(prefix) in {Path("/"), Path("/usr"), Path("/usr/local")}:
        return None
    prefix = Path(prefix)
    for parent in (prefix, *prefix.parents):
        if parent.suffix == ".app":
            return parent
    if os.name == "nt" and prefix.parent.name.lower() == "apps":
        return prefix.parent.parent
    return prefix


def _inside(path: str, folder: Path) -> bool:
    """Whether a path is a folder or in it, as they are written (nothing is looked up)."""
    try:
        Path(os.path.normcase(path)).relative_to(Path(os.path.normcase(folder)))
    except ValueError:
        return False
    return True
