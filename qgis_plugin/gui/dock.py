"""The dock: a page that sets the environment up while there is none, then the tabs in the order of the work."""

from qgis.gui import QgsDockWidget
from qgis.PyQt.QtWidgets import QStackedWidget, QTabWidget

from .accuracy_panel import AccuracyPanel
from .embed_panel import EmbedPanel
from .icons import icon
from .map_panel import MapPanel
from .samples_panel import SamplesPanel
from .setup_panel import SetupPanel


class Dock(QgsDockWidget):
    """All panels. `close_panels` must be called before it is deleted."""

    def __init__(self, context, parent=None):
        super().__init__(parent)
        self.setObjectName("MMEarthDock")
        self.setWindowTitle(self.tr("MMEarth Few-Shot Mapper"))
        self._context = context
        self.setup = SetupPanel(context)
        self.embed = EmbedPanel(context)
        self.samples = SamplesPanel(context)
        self.map = MapPanel(context)
        self.accuracy = AccuracyPanel(context)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("tabs")
        self.tabs.setDocumentMode(True)
        for panel, name, title in (
            (self.embed, "embed", self.tr("Embed")),
            (self.samples, "samples", self.tr("Samples")),
            (self.map, "map", self.tr("Map")),
            (self.accuracy, "accuracy", self.tr("Accuracy")),
        ):
            self.tabs.addTab(panel, icon(name), title)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.setup)
        self._pages.addWidget(self.tabs)
        self.setWidget(self._pages)
        self.setMinimumWidth(340)
        self.setup.ready.connect(self.choose_page)
        self.choose_page()

    def choose_page(self) -> None:
        """The tabs when there is a Python to work with, else the page that sets it up."""
        self._pages.setCurrentWidget(self.tabs if self._context.client.available() else self.setup)

    def close_panels(self) -> None:
        """Let every panel give back what it holds."""
        for panel in (self.accuracy, self.map, self.samples, self.embed, self.setup):
            panel.close()
