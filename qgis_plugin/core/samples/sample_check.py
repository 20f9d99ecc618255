"""Asks the worker what samples look like to a model that did not learn from their place. The live map asks the same
while it is on: the worker answers the second of them at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.PyQt.QtCore import QObject, pyqtSignal

from .rested_question import Question, RestedQuestion

if TYPE_CHECKING:
    from ...context import Context

#: Milliseconds after the last edit before the worker is asked.
_PAUSE = 800


class SampleCheck(RestedQuestion):
    """What each sample looks like, its pixels, and whether to doubt it."""

    #: What is known of each sample (`features` of the worker's `validate`), and the fids that were asked for.
    found = pyqtSignal(list, list)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(context, _PAUSE, parent)

    def _question(self) -> Question | None:
        workspace = self._context.workspace
        if workspace.samples is None:
            return None
        if workspace.embedding is None:
            self.told.emit(self.tr("Choose an embedding to see pixels and doubtful samples."))
            return None
        samples = self._samples()
        if samples is None:
            return None
        fids = [fid for fid, *_ in samples["features"]]
        arguments = {**workspace.learned(), "samples": samples, "block": workspace.block}

        def answered(result: dict[str, Any]) -> None:
            self.found.emit(result["features"], fids)

        return Question("validate", arguments, self.tr("Looking at the samples…"), answered)
