"""The plugin's icons, by name."""

from pathlib import Path

from qgis.PyQt.QtGui import QColor, QIcon, QPixmap

_FOLDER = Path(__file__).parents[1] / "resources" / "icons"


def icon_path(name: str) -> str:
    """The file `resources/icons/NAME.svg`."""
    return str(_FOLDER / f"{name}.svg")


def icon(name: str) -> QIcon:
    """An icon of the plugin."""
    return QIcon(icon_path(name))


def swatch(colour: QColor, side: int = 12) -> QIcon:
    """A square patch of a colour, of so many pixels."""
    patch = QPixmap(side, side)
    patch.fill(colour)
    return QIcon(patch)
