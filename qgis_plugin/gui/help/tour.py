"""The tour of the first map: four steps, each goes by when the user has really done what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject, QTimer
from qgis.PyQt.QtWidgets import QWidget

from ..widgets.scrolling import reveal
from .bubble import Bubble

if TYPE_CHECKING:
    from ...context import Context
    from ..dock import Dock

#: Samples of a class, and classes with so many, that a first map takes.
_SAMPLES, _CLASSES = 2, 2
_STEPS = 4
#: Milliseconds between looks at what was done.
_PERIOD = 300


class Tour(QObject):
    """Points at the dock's buttons one after the other. It only looks on: nothing waits for it, and nothing is done."""

    def __init__(self, context: Context, dock: Dock) -> None:
        super().__init__(dock)
        self._context, self._dock = context, dock
        self._bubble: Bubble | None = None
        self._step = 0  # 1 … 4, 5: what may follow; 0: there is no tour
        self._revealed: QWidget | None = None
        self._look = QTimer(self)
        self._look.setInterval(_PERIOD)
        self._look.timeout.connect(self._see)
        dock.map.final_map.final_map.finished.connect(self._made)

    @property
    def step(self) -> int:
        """The step that is shown, from 1 on; 0 without a tour."""
        return self._step

    def begin_first(self, _layer: object = None) -> None:
        """Begin unless it was shown before."""
        if not self._context.settings.tour_shown:
            self.begin()

    def begin(self) -> None:
        """Begin with the first step that is not done yet."""
        self.end()
        self._context.settings.tour_shown = True
        bubble = self._bubble = Bubble(self._dock.window(), self._dock)
        bubble.next_wanted.connect(self._next)
        bubble.skipped.connect(self.end)
        self._step = 1
        while self._step < _STEPS and self._done():
            self._step += 1
        self._show()
        self._look.start()

    def end(self) -> None:
        """Show nothing more."""
        self._look.stop()
        self._step, self._revealed = 0, None
        if self._bubble is not None:
            self._bubble.vanish()
            self._bubble.close()
            self._bubble.deleteLater()
            self._bubble = None

    def _next(self) -> None:
        self._step += 1
        if self._step > _STEPS + 1:
            self.end()
        else:
            self._show()

    def _made(self, *_: object) -> None:
        if self._step == _STEPS:
            self._next()

    def _see(self) -> None:
        """Go on when the step was done; point at what is next of it otherwise."""
        if self._step <= _STEPS and self._done():
            self._next()
        elif self._bubble is not None:
            self._point()

    def _done(self) -> bool:
        dock = self._dock
        if self._step == 1:
            return self._context.workspace.embedding is not None
        if self._step == 2:
            table = dock.samples.table
            rows = range(0 if table is None else table.rowCount())
            return table is not None and sum(table.count(row) >= _SAMPLES for row in rows) >= _CLASSES
        return self._step == 3 and dock.map.session.on

    def _show(self) -> None:
        heads = {
            1: self.tr("1 of 4 · Embed"),
            2: self.tr("2 of 4 · Samples"),
            3: self.tr("3 of 4 · Live map"),
            4: self.tr("4 of 4 · Make map"),
            5: self.tr("That is a map"),
        }
        texts = {
            1: self.tr(
                "Every pixel gets 64 numbers that say what it and its surroundings look like. Press the button; the"
                " example takes some seconds."
            ),
            2: self.tr(
                "Press “Draw samples”. Then choose a class by its digit, click the corners of an area of it on the map,"
                " and end with the right button. Draw two areas of each of two classes, apart from each other."
            ),
            3: self.tr(
                "What you see is mapped, and mapped again with every sample that you draw. Where it is wrong, draw one"
                " more."
            ),
            4: self.tr("Happy with it? The whole scene is mapped, with names, colours and the model in its files."),
            5: self.tr(
                "How good it is, the tab “Accuracy” tells, from points drawn at random. “Help”, below, explains every"
                " tab; the key ? shows all keys."
            ),
        }
        if self._bubble is None:
            return
        last = self._step > _STEPS
        self._bubble.show_at(
            heads[self._step],
            texts[self._step],
            "" if last else self.tr("Skip the tour"),
            self.tr("Close") if last else self.tr("Next"),
        )
        self._point()

    def _point(self) -> None:
        """At the first of a step's widgets that can be seen; at its tab when it is on another one."""
        dock, tabs = self._dock, self._dock.tabs
        names, panel = {
            1: (("embedButton",), dock.embed),
            2: (("polygonTool",), dock.samples),
            3: (("samplesLive",), dock.samples),
            4: (("samplesMakeMap",), dock.samples),
            5: (("help",), None),
        }[self._step]
        if self._step == 2 and tabs.currentWidget() is dock.embed:
            names, panel = ("drawSamples",), dock.embed
        elif self._step in (3, 4) and tabs.currentWidget() is dock.map:
            names, panel = (("liveSwitch",) if self._step == 3 else ("final_map_make",)), dock.map
        if self._bubble is None:
            return
        if panel is not None and tabs.currentWidget() is not panel:
            bar = tabs.tabBar()
            self._bubble.point_at(bar, bar.tabRect(tabs.indexOf(panel)))
            return
        target = dock.findChild(QWidget, names[0])
        if target is None:
            return
        if target.visibleRegion().isEmpty() and target is not self._revealed:
            self._revealed = target
            reveal(target)
        self._bubble.point_at(target)
