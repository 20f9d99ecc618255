"""The plugin's own environment as it stands on the disk, and the package that is installed in it."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import NamedTuple

from ...settings import home
from .environment import MARKER, PLUGIN, plugin_version, python_in, read_marker

#: Bytes on disk, about; 660 MB were measured on Linux without torch.
SIZE = 700_000_000
SIZE_GPU = 6_000_000_000


class Options(NamedTuple):
    """What to install and from where: pip's own index unless `index_url` or `wheels_folder` says otherwise.

    `package` is the wheel or source folder of mmearth; None: the one that comes with the plugin."""

    folder: Path
    index_url: str = ""
    wheels_folder: str = ""
    gpu: bool = False
    package: Path | None = None

    @property
    def size(self) -> int:
        """Bytes it takes on disk, about."""
        return SIZE_GPU if self.gpu else SIZE


def log_file() -> Path:
    """Where the last installation's output is kept, without credentials."""
    return home() / "logs" / "install.log"


def shipped_package() -> Path | None:
    """The wheel inside the plugin; in a development checkout without one the repository; None: neither is there."""
    wheels = sorted((PLUGIN / "wheels").glob("mmearth-*.whl"))
    fitting = [wheel for wheel in wheels if version_of(wheel) == plugin_version()]
    if wheels:
        return (fitting or wheels)[-1]
    return PLUGIN.parent if (PLUGIN.parent / "pyproject.toml").is_file() else None


def shipped_requirements() -> Path:
    """The versions of all packages that mmearth needs, each with the digests of its files: `make requirements`."""
    return PLUGIN / "requirements.txt"


def version_of(package: Path) -> str:
    """The version of a wheel by its name, or of a source folder by its pyproject.toml; empty when it is not there."""
    if package.suffix == ".whl":
        return package.name.split("-")[1]
    found = re.search(r'^version = "([^"]+)"', (package / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    return found.group(1) if found else ""


def digest_of(package: Path | None) -> str:
    """The SHA-256 of a wheel; empty for a source folder and for None."""
    if package is None or not package.is_file():
        return ""
    return hashlib.sha256(package.read_bytes()).hexdigest()


def status(folder: str | Path, package: Path | None = None) -> str:
    """What stands in the environment's folder: "missing", "unfinished", "ready", "update" (made for another version of
    the plugin) or "foreign" (other files, which are left alone)."""
    folder = Path(folder)
    package = package or shipped_package()
    try:
        if not folder.exists() or not any(folder.iterdir()):
            return "missing"
    except OSError:
        return "foreign"
    if not (folder / MARKER).is_file():
        return "foreign"
    marker = read_marker(folder)
    if "version" not in marker or not python_in(folder).is_file():
        return "unfinished"
    wanted = plugin_version() or (version_of(package) if package else "")
    digest = digest_of(package)
    if (wanted and marker["version"] != wanted) or (digest and marker.get("digest") != digest):
        return "update"
    return "ready"
