"""A question about the samples that the worker is asked when edits rest, and anew when they go on meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..sources import why_not_placed
from .classes import SampleError
from .sample_layer import collect

if TYPE_CHECKING:
    from ...context import Context
    from ..worker.client import Job


@dataclass
class Question:
    """The worker's verb and its arguments, what is told meanwhile, and what is done with the answer."""

    verb: str
    arguments: dict[str, Any]
    meanwhile: str
    answered: Callable[[dict[str, Any]], None]


class RestedQuestion(QObject):
    """Of the workspace's samples on its embedding. Subclasses say what is asked: `_question`."""

    #: What is going on, or why nothing is known; empty when all is said.
    told = pyqtSignal(str)

    def __init__(self, context: Context, pause: int, parent: QObject | None = None) -> None:
        """`pause`: milliseconds after the last edit before the worker is asked."""
        super().__init__(parent)
        self._context = context
        self._job: Job | None = None
        self._again = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(pause)
        self._timer.timeout.connect(self._ask)

    def ask(self) -> None:
        """Ask, once the samples rest. What is being answered was asked of others: the worker is free for the map."""
        self._timer.start()
        if self._job is not None:
            self._job.cancel()

    def stop(self) -> None:
        """Ask no more."""
        self._timer.stop()
        self._again = False
        if self._job is not None:
            self._job.cancel()

    def _question(self) -> Question | None:
        """What is to be asked now; None when nothing is, which was told where it needs to be."""
        raise NotImplementedError

    def _samples(self) -> dict[str, Any] | None:
        """The samples as the worker takes them; None when they or the embedding are unfit, which is told."""
        workspace = self._context.workspace
        problem = why_not_placed(workspace.embedding)
        try:
            if not problem:
                return collect(workspace.samples, workspace.field)
        except SampleError as error:
            problem = str(error)
        self.told.emit(problem)
        return None

    def _ask(self) -> None:
        question = self._question()
        if question is None:
            return
        if self._job is not None:
            self._again = True
            self._job.cancel()
            return
        self.told.emit(question.meanwhile)
        job = self._job = self._context.client.submit(question.verb, question.arguments)
        job.finished.connect(lambda result: self._finished(question, result))
        job.failed.connect(self._failed)
        job.ended.connect(self._ended)

    def _finished(self, question: Question, result: dict[str, Any]) -> None:
        self.told.emit("")
        question.answered(result)

    def _failed(self, kind: str, message: str) -> None:
        if kind != "cancelled":
            self.told.emit(message)

    def _ended(self) -> None:
        self._job = None
        if self._again:
            self._again = False
            self._ask()
