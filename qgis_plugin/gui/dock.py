"""The dock: a page that sets the environment up while none works, then the tabs in the order of the work."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from qgis.gui import QgsDockWidget
from qgis.PyQt.QtGui import QShowEvent
from qgis.PyQt.QtWidgets import QHBoxLayout, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from .accuracy.panel import AccuracyPanel
from .embed.panel import EmbedPanel
from .help.help_button import HelpButton
from .help.tour import Tour
from .maps.panel import MapPanel
from .samples.panel import SamplesPanel
from .scenes.desk import ScenesDesk
from .setup.panel import SetupPanel
from .worker_label import WorkerLabel

if TYPE_CHECKING:
    from ..context import Context

Panel = TypeVar("Panel", bound=QWidget)


class Panels:
    """The panels of a dock, made one at a time: all at once they make QGIS stand still in its dark theme."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._made: dict[type[QWidget], QWidget] = {}

    def make_next(self) -> bool:
        """Make one of those that are not there yet; whether there was one."""
        for kind in (SetupPanel, EmbedPanel, SamplesPanel, MapPanel, AccuracyPanel):
            if kind not in self._made:
                self._made[kind] = kind(self._context)
                return True
        return False

    def of(self, kind: type[Panel]) -> Panel:
        """The panel of a kind; what was not made yet is made now."""
        while kind not in self._made and self.make_next():
            pass
        return cast("Panel", self._made[kind])

    def close(self) -> None:
        """Nobody wants them any more."""
        for panel in self._made.values():
            panel.close()
            panel.deleteLater()


class Dock(QgsDockWidget):
    """All panels. `close_panels` must be called before it is deleted."""

    def __init__(self, context: Context, parent: QWidget | None = None, panels: Panels | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("MMEarthDock")
        self.setWindowTitle(self.tr("MMEarth Few-Shot Mapper"))
        self._context = context
        panels = panels or Panels(context)
        self.setup = panels.of(SetupPanel)
        self.embed = panels.of(EmbedPanel)
        self.samples = panels.of(SamplesPanel)
        self.map = panels.of(MapPanel)
        self.accuracy = panels.of(AccuracyPanel)
        self.scenes = ScenesDesk(context, self.embed, self)
        # From outside to inside: with a style sheet Qt styles a widget and all in it whenever it gets a parent.
        whole = QWidget()
        self.setWidget(whole)
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(2)
        self._pages = QStackedWidget()
        layout.addWidget(self._pages, 1)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("tabs")
        self.tabs.setDocumentMode(True)
        self._pages.addWidget(self.setup)
        self._pages.addWidget(self.tabs)
        for panel, title in (
            (self.embed, self.tr("Embed")),
            (self.samples, self.tr("Samples")),
            (self.map, self.tr("Map")),
            (self.accuracy, self.tr("Accuracy")),
        ):
            self.tabs.addTab(panel, title)
        self.tabs.currentChanged.connect(self._put_tools_down)
        self._worker = WorkerLabel(context.client)
        self.help = HelpButton(self._shown, self.samples.instructions, self)
        foot = QHBoxLayout()
        foot.addWidget(self._worker, 1)
        foot.addWidget(self.help)
        foot.addSpacing(4)
        layout.addLayout(foot)
        self._worker.setIndent(10)
        self.setMinimumWidth(340)
        self.setup.ready.connect(self._begin)
        self.embed.draw_wanted.connect(self._draw)
        self.scenes.draw_wanted.connect(self._draw)
        self.scenes.embed_wanted.connect(lambda: self.tabs.setCurrentWidget(self.embed))
        self.samples.seen.live_wanted.connect(self._switch_live)
        self.samples.seen.map_wanted.connect(self._make_map)
        self.map.session.switched.connect(self.samples.seen.show_live)
        self.tour = Tour(context, self)
        self.embed.example.loaded.connect(self.tour.begin_first)
        self.help.tour_wanted.connect(self._begin_tour)
        for tool in self.samples.tools.values():
            tool.keys_wanted.connect(self.help.open_keys)
        context.client.stateChanged.connect(self._worker_changed)
        self.choose_page()

    def choose_page(self) -> None:
        """The tabs when there is a Python to work with, as far as is known, else the page that sets it up."""
        client = self._context.client
        usable = client.available() and client.state != "failed"
        if usable and client.greeting is None:
            client.start()  # once: what it says is kept, and is needed to draw samples
        self._pages.setCurrentWidget(self.tabs if usable else self.setup)

    def close_panels(self) -> None:
        """Let every panel give back what it holds."""
        self._context.client.stateChanged.disconnect(self._worker_changed)
        self.tour.end()
        self.scenes.close()
        for panel in (self.help, self.accuracy, self.map, self.samples, self.embed, self.setup, self._worker):
            panel.close()

    def showEvent(self, event: QShowEvent) -> None:
        """A Python may have come or gone meanwhile, in QGIS' options."""
        super().showEvent(event)
        self.choose_page()

    def _shown(self) -> str:
        """The page that is seen, by its name in `guide.PLACES`."""
        if self._pages.currentWidget() is self.setup:
            return "setup"
        return ("embed", "samples", "map", "accuracy")[self.tabs.currentIndex()]

    def _begin_tour(self) -> None:
        """The tour was asked for: on the scene that there is, else on the example."""
        if self._pages.currentWidget() is self.setup:
            self._context.tell(self.tr("The tour needs a Python to compute with: set one up on this page first."))
            return
        self._context.settings.tour_shown = False
        self.tabs.setCurrentWidget(self.embed)
        if self.embed.layer_combo.currentLayer() is None and self._context.workspace.embedding is None:
            self.embed.example.load()
        else:
            self.tour.begin()

    def _draw(self) -> None:
        """From the embedding to its samples."""
        self.tabs.setCurrentWidget(self.samples)
        self.samples.begin()

    def _switch_live(self, wanted: bool) -> None:
        """The live map from the tab of samples; why there is none stands on the tab of the map."""
        self.map.live.switch.setChecked(wanted)
        self.samples.seen.show_live(self.map.session.on)
        if wanted and not self.map.session.on:
            self._context.tell(self.map.live.note.text())

    def _make_map(self) -> None:
        """From the samples to the map."""
        self.tabs.setCurrentWidget(self.map)
        self.map.final_map.make()

    def _put_tools_down(self, _index: int) -> None:
        """What draws is in the hand on the tabs of samples and map only."""
        if self.tabs.currentWidget() not in (self.samples, self.map):
            self.map.put_down()
            self.samples.put_down()

    def _begin(self) -> None:
        """A Python was set up: work with it, and come back here if it fails all the same."""
        self._pages.setCurrentWidget(self.tabs if self._context.client.available() else self.setup)
        if self._context.client.available():
            self._context.client.start()

    def _worker_changed(self, state: str) -> None:
        if state == "failed":
            self.setup.explain_failure(self._context.client.failure)
        if state in ("failed", "ready"):
            self.choose_page()
