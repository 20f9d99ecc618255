"""How far the layers in the queue are: the one that is being embedded with its progress, those that wait, each with a
button that cancels it; and in a sentence what became of the last one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..widgets.labels import WarningLine, selectable
from ..widgets.progress import ProgressBar

if TYPE_CHECKING:
    from ...core.embed.queue import EmbedQueue, Queued

#: Steps of the progress bar.
_STEPS = 1000
#: Layers that wait and are named; the rest is counted.
_NAMED = 3


class RunBox(QWidget):
    """Follows a queue. What is told by `say` and `fail` stands below."""

    def __init__(self, queue: EmbedQueue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queue = queue
        self.bar = ProgressBar(self)
        self.bar.setObjectName("embedProgress")
        self.cancel_button = QPushButton(self.tr("Cancel"), self)
        self.cancel_button.setObjectName("cancelEmbed")
        self.cancel_button.setToolTip(self.tr("Stop; finished tiles are kept and embedding goes on there next time"))
        self.cancel_button.clicked.connect(self.cancel)
        self.pace = selectable("embedPace", self)
        self.status = selectable("embedStatus", self)
        self.failure = WarningLine("embedFailure", self)
        self._waiting = QWidget(self)
        self._waiting.setObjectName("embedWaiting")
        QGridLayout(self._waiting).setContentsMargins(0, 0, 0, 0)
        line = QHBoxLayout()
        line.addWidget(self.bar, 1)
        line.addWidget(self.cancel_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(line)
        for widget in (self.pace, self.status, self._waiting, self.failure):
            layout.addWidget(widget)
        self._failed, self._sentence = "", ""
        queue.said.connect(lambda _item, text: self.say(text))
        queue.progressed.connect(self._show_progress)
        queue.changed.connect(self._show)
        self.say("")
        self._show()

    def cancel(self) -> None:
        """Stop the layer that is being embedded; its finished tiles are kept."""
        item = self._queue.running
        if item is not None:
            self.cancel_button.setEnabled(False)
            self._queue.cancel(item)

    def say(self, text: str) -> None:
        """A sentence on how it goes or went."""
        self.status.setText(text)
        self.status.setVisible(bool(text))

    def fail(self, item: Queued, sentence: str) -> None:
        """Why a layer was not embedded; it stands there until `forgive`, whatever the others in the queue do."""
        self.say("")
        self._failed, self._sentence = item.source, sentence
        self.failure.show_text(self.tr("{0} was not embedded: {1}").format(item.name, sentence))

    def forgive(self, source: str | None, sentence: str | None = None) -> None:
        """What failed with a layer, by its id, is over; with a `sentence` only if that is what is said."""
        if source == self._failed and sentence in (None, self._sentence):
            self.failure.show_text("")

    def _show(self) -> None:
        item = self._queue.running
        for widget in (self.bar, self.cancel_button, self.pace):
            widget.setVisible(item is not None)
        self.cancel_button.setEnabled(item is not None)
        self.pace.clear()
        if item is not None:
            self._show_progress(item)
        self._list(self._queue.waiting)

    def _show_progress(self, item: Queued) -> None:
        self.bar.setRange(0, _STEPS if item.share > 0 else 0)
        self.bar.setValue(round(item.share * _STEPS))
        pace = (item.pace.get("rate"), item.pace.get("left"))
        self.pace.setText(" · ".join(part for part in pace if part))

    def _list(self, waiting: list[Queued]) -> None:
        grid = self._waiting.layout()
        while grid.count():
            gone = grid.takeAt(0).widget()
            gone.setParent(None)
            gone.deleteLater()
        for row, item in enumerate(waiting[:_NAMED]):
            label = QLabel(self.tr("Waits: {}").format(item.name))
            label.setTextFormat(Qt.TextFormat.PlainText)
            button = QToolButton()
            button.setObjectName("cancelWaiting")
            button.setIcon(QgsApplication.getThemeIcon("/mActionRemove.svg"))
            button.setAutoRaise(True)
            button.setToolTip(self.tr("Do not embed {}").format(item.name))
            button.clicked.connect(lambda _=False, item=item: self._queue.cancel(item))
            grid.addWidget(label, row, 0)
            grid.addWidget(button, row, 1)
            grid.setColumnStretch(0, 1)
        if len(waiting) > _NAMED:
            grid.addWidget(QLabel(self.tr("… and {} more").format(len(waiting) - _NAMED)), _NAMED, 0)
        self._waiting.setVisible(bool(waiting))
