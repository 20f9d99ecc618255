"""What a report of a problem should carry, as Markdown without names, home folders and credentials."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from qgis.core import Qgis
from qgis.PyQt.QtCore import PYQT_VERSION_STR, QT_VERSION_STR, QSettings

from ...settings import Settings, home
from .environment import Report, find_python, plugin_version, read_marker
from .own_environment import log_file, shipped_package, status
from .redaction import redacted

LINES = 50  # of each log
_TAIL = 64 * 1024  # bytes in which these lines are looked for


def diagnostics(report: Report | None = None) -> str:
    """Versions, the Python in use, the settings and the ends of the logs, redacted. `report` is the last of
    `check_python`; this function starts nothing and reads small files only."""
    settings = Settings()
    choice = find_python(settings)
    folder = settings.environment_folder
    package = shipped_package()
    language = QSettings().value("locale/userLocale", "", type=str)
    facts = [
        ("Plugin", plugin_version() or "unknown"),
        ("QGIS", Qgis.QGIS_VERSION),
        ("Qt, PyQt", f"{QT_VERSION_STR}, {PYQT_VERSION_STR}"),
        ("Python of QGIS", platform.python_version()),
        ("System", f"{platform.platform()}, {platform.machine()}, {language}"),
        ("Worker's Python", f"{choice.python} ({choice.origin})" if choice else "none"),
        ("Test of it", report.sentence if report else "not made"),
        ("Package", package.name if package else "missing"),
        ("Environment", f"{status(folder)} in {folder}"),
        ("Marker", _pairs(read_marker(folder))),
    ]
    set_values = {
        "python": settings.python,
        "index_url": settings.index_url,
        "wheels_folder": settings.wheels_folder,
        "cache_folder": settings.cache_folder,
        "cache_limit": settings.cache_limit,
        "model": settings.model,
    }
    parts = ["### MMEarth diagnostics", _table(facts), "#### Settings", _table(set_values.items())]
    if report is not None and report.versions:
        parts += [
            "#### Found in that Python",
            _table((name, value) for name, value in report.versions.items() if value),
        ]
    for title, path in (("Installation", log_file()), ("Worker", home() / "logs" / "worker.log")):
        parts += [f"#### {title}: last lines of {path}", "```text\n" + last_lines(path).replace("```", "'''") + "\n```"]
    return redacted("\n\n".join(parts)) + "\n"


def last_lines(path: Path, lines: int = LINES) -> str:
    """The end of a text file; a sentence when there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL))
            text = file.read().decode("utf-8", "replace")
    except OSError as error:
        return f"(none: {error.strerror})"
    return "\n".join(line[:500] for line in text.splitlines()[-lines:]) or "(empty)"


def _pairs(values: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items()) or "none"


def _table(rows: Iterable[tuple[str, Any]]) -> str:
    """Two columns; what would break a cell is replaced."""
    lines = ["| | |", "|---|---|"]
    for name, value in rows:
        text = str(value).replace("|", "\\|").replace("\n", " ")
        lines.append(f"| {name} | {text or '–'} |")
    return "\n".join(lines)
