"""How the dates of a place are used together, with a sentence on each way; seen only where a place has several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ...core.workspace import DATES
from ..widgets.labels import wrapped

if TYPE_CHECKING:
    from ...context import Context


class DatesBox(QWidget):
    """Follows the workspace; `chosen` when the user has chosen another way."""

    chosen = pyqtSignal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._closed = False
        self._sentences = {
            "vote": self.tr(
                "Each date has a model of its own, and they vote where they are clear: a cloud on one hides nothing."
            ),
            "together": self.tr(
                "One model sees all dates at once and can tell classes by how they change; where a date is not clear"
                " there is no map."
            ),
        }
        names = {"vote": self.tr("each votes"), "together": self.tr("joined in one model")}
        self.combo = QComboBox(self)
        self.combo.setObjectName("datesTogether")
        for way in DATES:
            self.combo.addItem(names[way], way)
        self.combo.setToolTip(
            self.tr("How the dates of a place decide together: for the live map, validation and the map of the whole")
        )
        self.sentence = wrapped("datesSentence", self)
        row = QHBoxLayout()
        row.addWidget(QLabel(self.tr("Dates"), self))
        row.addWidget(self.combo)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addWidget(self.sentence)
        self.combo.currentIndexChanged.connect(self._choose)
        context.workspace.embeddingChanged.connect(self._follow)
        self._follow()

    def close(self) -> bool:
        """Let go of the workspace."""
        if not self._closed:
            self._closed = True
            self._context.workspace.embeddingChanged.disconnect(self._follow)
        return super().close()

    def _follow(self, *_embedding: object) -> None:
        workspace = self._context.workspace
        self.setVisible(any(len(place.embeddings) > 1 for place in workspace.places))
        self.combo.setCurrentIndex(self.combo.findData(workspace.dates))
        self.sentence.setText(self._sentences[workspace.dates])

    def _choose(self, _index: int) -> None:
        way = self.combo.currentData()
        if way != self._context.workspace.dates:
            self._context.workspace.dates = way
            self.sentence.setText(self._sentences[way])
            self.chosen.emit()
