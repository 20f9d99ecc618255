"""Finds a Python on this computer from which an environment can be made, or uv, which brings one along."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QCoreApplication

from .environment import NO_WINDOW, OLDEST, bundle, is_qgis, scrubbed_environment
from .failures import Failure

#: In the order of how surely all packages have wheels for it.
_VERSIONS = ("3.12", "3.13", "3.11", "3.14")
_TIME_OUT = 20  # seconds a candidate may take to answer

# 64 bits because onnxruntime has no wheels for 32.
_FIT = (
    "import sys, venv, ensurepip; "
    "sys.exit(0 if sys.version_info >= {oldest} and sys.maxsize > 2**32 else 'unfit: ' + sys.version)"
)

#: What may stay of pip's variables: the way to the packages, not what is done with them.
_PIP_KEPT = (
    *(
        "CACHE_DIR",
        "CERT",
        "CLIENT_CERT",
        "CONFIG_FILE",
        "DEFAULT_TIMEOUT",
        "EXTRA_INDEX_URL",
        "FIND_LINKS",
        "INDEX_URL",
    ),
    *("KEYRING_PROVIDER", "NO_INDEX", "PROXY", "TRUSTED_HOST"),
)


def find(note: Any) -> list[str] | None:
    """The command of a 64-bit Python >= 3.11 that can make environments; None: there is none. Takes seconds.

    `note(line)` hears why each other one was not taken."""
    seen = set()
    for command in _candidates():
        identity = (os.path.realpath(command[0]), *command[1:])
        if identity in seen or is_qgis(command[0]):
            continue
        seen.add(identity)
        code, output = _ask([*command, "-s", "-c", _FIT.format(oldest=OLDEST)])
        if code == 0:
            return command
        note(f"{' '.join(command)}: {(output.strip().splitlines() or [str(code)])[-1]}")
    return None


def find_uv() -> str | None:
    """The program uv, or None."""
    places = (Path.home() / ".local" / "bin", Path.home() / ".cargo" / "bin", "/opt/homebrew/bin", "/usr/local/bin")
    return shutil.which("uv") or shutil.which("uv", path=os.pathsep.join(str(place) for place in places))


def missing() -> Failure:
    """What to say when neither was found."""
    translate = QCoreApplication.translate
    if sys.platform.startswith("linux"):
        how = translate(
            "BasePython", "Install it, on Debian and Ubuntu with “sudo apt install python3-venv”, and try again."
        )
    else:
        how = translate("BasePython", "Install Python 3.12 (64-bit) from python.org, and try again.")
    return Failure(
        translate("BasePython", "No Python 3.11 or newer that can make environments was found on this computer."), how
    )


def installer_environment(index_url: str = "", strict: bool = False) -> dict[str, str]:
    """The environment variables for pip and uv: scrubbed, with those for the user's index, proxy and certificates
    unless `strict`. No configuration file of theirs counts, for it could bring packages from anywhere. The index is
    given here because others can see a command line."""
    environment = scrubbed_environment()
    environment.update(PIP_CONFIG_FILE=os.devnull, UV_NO_CONFIG="1")
    if not strict:
        for name in _PIP_KEPT:
            if f"PIP_{name}" in os.environ:
                environment[f"PIP_{name}"] = os.environ[f"PIP_{name}"]
    if index_url:
        environment["PIP_INDEX_URL"] = environment["UV_DEFAULT_INDEX"] = index_url
    return environment


def _candidates() -> Iterator[Any]:
    """Commands that may start a Python, the best ones first. One that stands in QGIS' own folder comes last: the next
    version of QGIS takes it away."""
    beside = Path(sys.base_prefix) / ("python.exe" if os.name == "nt" else "bin/python3")
    own = [[str(beside)]] if beside.is_file() else []
    if bundle() is None:
        yield from own
    for name in (*(f"python{version}" for version in _VERSIONS), "python3", "python"):
        found = shutil.which(name)
        if found:
            yield [found]
    launcher = shutil.which("py") if os.name == "nt" else None
    if launcher:
        yield from ([launcher, f"-{version}"] for version in _VERSIONS)
    for pattern in _places():
        for path in sorted(Path(pattern.anchor).glob(str(pattern.relative_to(pattern.anchor)))):
            yield [str(path)]
    uv = find_uv()
    if uv:
        code, output = _ask([uv, "python", "find", "--no-python-downloads", ">={}.{}".format(*OLDEST)])
        if code == 0 and output.strip():
            yield [output.strip().splitlines()[-1]]
    if bundle() is not None:
        yield from own


def _places() -> list[Path]:
    """Where Pythons are usually installed outside the search path."""
    if os.name == "nt":
        local = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
        programs = Path(os.environ.get("PROGRAMFILES", "C:/Program Files"))
        return [local / "Programs" / "Python" / "Python3*" / "python.exe", programs / "Python3*" / "python.exe"]
    folders = ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/Library/Frameworks/Python.framework/Versions/*/bin")
    return [Path(folder) / f"python{version}" for folder in folders for version in _VERSIONS] + [
        Path("/usr/bin/python3")
    ]


def _ask(command: list[str]) -> tuple[int, str]:
    """Exit code and output of a short question; 127 when it cannot be asked or is not answered in time."""
    try:
        answer = subprocess.run(  # a Python or uv found here, a fixed question # noqa: S603 # nosec B603
            command,
            env=scrubbed_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_TIME_OUT,
            creationflags=NO_WINDOW,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return 127, str(error)
    return answer.returncode, answer.stdout.decode("utf-8", "replace")
