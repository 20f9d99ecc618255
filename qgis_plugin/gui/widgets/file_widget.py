"""A file or folder to choose, whose path is told in full where a narrow panel shows only its end."""

from __future__ import annotations

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtWidgets import QWidget


class FileWidget(QgsFileWidget):
    """As QGIS' own; the tooltip of the path says what it is for, and the path."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fileChanged.connect(self._tell)

    def setToolTip(self, text: str) -> None:
        """What the file or folder is for."""
        super().setToolTip(text)
        self._tell()

    def save_as(self, kinds: str) -> None:
        """A file to write, of `kinds` as file dialogs name them. Whoever writes it asks before it is replaced, because
        a path that is typed is not asked for here."""
        self.setStorageMode(QgsFileWidget.StorageMode.SaveFile)
        self.setFilter(kinds)
        if hasattr(self, "setConfirmOverwrite"):
            self.setConfirmOverwrite(False)

    def _tell(self, *_: object) -> None:
        self.lineEdit().setToolTip("\n".join(filter(None, (self.toolTip(), self.filePath()))))
