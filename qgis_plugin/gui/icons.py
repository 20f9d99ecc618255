"""The plugin's icons, by name."""

from pathlib import Path

from qgis.PyQt.QtGui import QIcon

_FOLDER = Path(__file__).parents[1] / "resources" / "icons"


def icon(name: str) -> QIcon:
    """The icon `resources/icons/NAME.svg`."""
    return QIcon(str(_FOLDER / f"{name}.svg"))
