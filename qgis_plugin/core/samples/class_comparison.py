"""Asks the worker how the classes of the samples differ, and makes tables of the answer. Waits for a pause in edits."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from qgis.core import QgsRasterLayer
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..layers import path_of, source_of
from ..sources import why_not_placed, why_not_readable
from .classes import SampleError
from .sample_layer import collect

if TYPE_CHECKING:
    from ...context import Context
    from ..worker.client import Job

#: Milliseconds after the last edit before the worker is asked.
_PAUSE = 500


class ClassComparison(QObject):
    """Of the workspace's samples on its embedding, and in the scene it was made of where that is in the project."""

    #: The result of the worker's `compare_classes`.
    found = pyqtSignal(dict)
    #: What is going on, or why nothing is known; empty when all is said.
    told = pyqtSignal(str)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._job: Job | None = None
        self._again = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE)
        self._timer.timeout.connect(self._ask)

    def ask(self) -> None:
        """Compare, once the samples rest."""
        self._timer.start()

    def stop(self) -> None:
        """Ask no more."""
        self._timer.stop()
        self._again = False
        if self._job is not None:
            self._job.cancel()

    def _ask(self) -> None:
        workspace = self._context.workspace
        if workspace.embedding is None or workspace.samples is None:
            self.told.emit(self.tr("Choose an embedding and samples to see how classes differ."))
            return
        if self._job is not None:
            self._again = True
            self._job.cancel()
            return
        problem = why_not_placed(workspace.embedding)
        try:
            samples = {} if problem else collect(workspace.samples, workspace.field)
        except SampleError as error:
            problem = str(error)
        if problem:
            self.told.emit(problem)
            return
        scene = source_of(workspace.embedding)
        known = isinstance(scene, QgsRasterLayer) and not why_not_readable(scene)
        self.told.emit(self.tr("Comparing the classes …"))
        arguments = {
            "embedding": workspace.embedding_path,
            "samples": samples,
            "scene": path_of(scene) if known else None,
        }
        job = self._job = self._context.client.submit("compare_classes", arguments)
        job.finished.connect(self._finished)
        job.failed.connect(self._failed)
        job.ended.connect(self._ended)

    def _finished(self, result: dict[str, Any]) -> None:
        self.told.emit("")
        self.found.emit(result)

    def _failed(self, kind: str, message: str) -> None:
        if kind != "cancelled":
            self.told.emit(message)

    def _ended(self) -> None:
        self._job = None
        if self._again:
            self._again = False
            self._ask()


def spread_csv(spread: dict[str, Any], names: list[str]) -> str:
    """A row for each class and band, with full figures and points, as programs read them."""
    rows: list[list[Any]] = [["class", "band", "wavelength_nm", "p10", "p50", "p90"]]
    waves = spread["wavelengths"] or [""] * len(spread["bands"])
    for number, name in enumerate(names):
        for index, band in enumerate(spread["bands"]):
            values = [spread[each][number][index] for each in ("low", "middle", "high")]
            rows.append([name, band, waves[index], *("" if value is None else value for value in values)])
    return _csv(rows)


def separability_csv(result: dict[str, Any]) -> str:
    """The matrix; empty on the diagonal, `too few` where a class has too few samples."""
    names = [each["name"] for each in result["classes"]]
    rows: list[list[Any]] = [["class", *names]]
    for number, name in enumerate(names):
        cells = ["too few" if value is None else value for value in result["separability"][number]]
        rows.append([name, *cells[:number], "", *cells[number + 1 :]])
    return _csv(rows)


def _csv(rows: list[list[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
