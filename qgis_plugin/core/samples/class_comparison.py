"""Asks the worker how the classes of the samples differ, and makes tables of the answer."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from qgis.core import QgsRasterLayer
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..layers import path_of, source_of
from ..sources import why_not_readable
from .rested_question import Question, RestedQuestion

if TYPE_CHECKING:
    from ...context import Context

#: Milliseconds after the last edit before the worker is asked.
_PAUSE = 500


class ClassComparison(RestedQuestion):
    """How classes differ on what is in work, as the map learns from it, and in the scene that the embedding was made
    of where that is in the project."""

    #: The result of the worker's `compare_classes`.
    found = pyqtSignal(dict)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(context, _PAUSE, parent)

    def _question(self) -> Question | None:
        workspace = self._context.workspace
        if workspace.embedding is None or workspace.samples is None:
            self.told.emit(self.tr("Choose an embedding and samples to see how classes differ."))
            return None
        samples = self._samples()
        if samples is None:
            return None
        scene = source_of(workspace.embedding)
        known = isinstance(scene, QgsRasterLayer) and not why_not_readable(scene)
        arguments = {
            **workspace.learned(),
            "samples": samples,
            "scene": path_of(scene) if known else None,
            "scene_of": workspace.embedding_path,
        }
        return Question("compare_classes", arguments, self.tr("Comparing the classes …"), self.found.emit)


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
