"""The plugin as QGIS sees it: wires the parts together when it is loaded, takes all of it away when it is unloaded.

The dock and what it needs are made when they are first asked for, so QGIS starts as fast as without the plugin.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import QgsApplication, QgsMapLayer, QgsProject
from qgis.gui import QgisInterface
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, QTranslator
from qgis.PyQt.QtWidgets import QMessageBox
from qgis.PyQt.QtXml import QDomDocument

from .compat import RASTER, QAction

if TYPE_CHECKING:
    from .context import Context
    from .core.worker.client import WorkerClient
    from .core.workspace import Workspace
    from .gui.dock import Dock, Panels
    from .gui.options_factory import OptionsFactory
    from .provider import Provider

_FOLDER = Path(__file__).parent
#: What the dock is made of: loaded one after the other when it is first opened, so that QGIS never stands still.
_PARTS = (
    "core.worker.process",
    "core.worker.client",
    "core.workspace",
    "gui.setup.panel",
    "gui.embed.panel",
    "gui.samples.sample_tool",
    "gui.samples.sample_window",
    "gui.samples.panel",
    "core.maps.live_session",
    "gui.maps.panel",
    "core.accuracy.assessment",
    "gui.accuracy.form",
    "gui.accuracy.panel",
    "gui.scenes.desk",
    "gui.dock",
)


class Plugin(QObject):
    """Made by `classFactory`; QGIS calls `initGui` or `initProcessing`, and `unload`."""

    def __init__(self, iface: QgisInterface) -> None:
        super().__init__()
        self._iface = iface
        self._provider: Provider | None = None
        self._options: OptionsFactory | None = None
        self._client: WorkerClient | None = None
        self._workspace: Workspace | None = None
        self._context: Context | None = None
        self._dock: Dock | None = None
        self._panels: Panels | None = None  # of the dock to be
        self._open_action: QAction | None = None
        self._layer_action: QAction | None = None
        self._translator: QTranslator | None = None
        self._making_client = threading.Lock()
        self._unloaded: list[str] = list(_PARTS)
        self._wanted: Callable[[], None] | None = None  # as soon as the parts are loaded
        self._loading = QTimer(self)
        self._loading.setInterval(0)
        self._loading.timeout.connect(self._load_part)

    def initGui(self) -> None:
        """Called in the desktop."""
        self.initProcessing()
        window = self._iface.mainWindow()
        from .gui.icons import icon
        from .gui.options_factory import OptionsFactory

        opens = self._open_action = QAction(icon("icon"), self.tr("MMEarth Few-Shot Mapper"), window)
        opens.setObjectName("mmearthOpen")
        opens.setCheckable(True)
        opens.setToolTip(self.tr("Map land cover from a few samples"))
        opens.triggered.connect(self.open_dock)
        self._iface.addToolBarIcon(opens)
        self._iface.addPluginToRasterMenu(self.tr("MMEarth Few-Shot Mapper"), opens)
        embeds = self._layer_action = QAction(icon("embed"), self.tr("Embed layer"), window)
        embeds.setObjectName("mmearthEmbedLayer")
        embeds.triggered.connect(self.embed_active_layer)
        self._iface.addCustomActionForLayerType(embeds, "", RASTER, True)
        self._options = OptionsFactory(lambda: self.context)
        self._iface.registerOptionsWidgetFactory(self._options)
        QgsProject.instance().writeProject.connect(self._project_written)
        QgsProject.instance().readProject.connect(self._project_read)
        window.installEventFilter(self)

    def initProcessing(self) -> None:
        """Called in the desktop and by qgis_process."""
        self._translate()
        from .provider import Provider

        self._provider = Provider(lambda: self.client)
        QgsApplication.processingRegistry().addProvider(self._provider)

    def unload(self) -> None:
        """Take everything away that was brought."""
        self._loading.stop()
        if self._open_action is not None and self._layer_action is not None:
            self._iface.mainWindow().removeEventFilter(self)
            QgsProject.instance().writeProject.disconnect(self._project_written)
            QgsProject.instance().readProject.disconnect(self._project_read)
            self._iface.unregisterOptionsWidgetFactory(self._options)
            self._iface.removeCustomActionForLayerType(self._layer_action)
            self._iface.removePluginRasterMenu(self.tr("MMEarth Few-Shot Mapper"), self._open_action)
            self._iface.removeToolBarIcon(self._open_action)
            for action in (self._open_action, self._layer_action):
                action.deleteLater()
            self._options = self._open_action = self._layer_action = None
        if self._panels is not None:
            self._panels.close()
            self._panels = None
        if self._dock is not None:
            self._dock.close_panels()
            self._iface.removeDockWidget(self._dock)
            self._dock.deleteLater()
            self._dock = None
        if self._workspace is not None:
            self._workspace.close()
        if self._client is not None:
            self._client.stop()
        self._workspace = self._context = self._client = None
        if self._provider is not None:
            QgsApplication.processingRegistry().removeProvider(self._provider)
            self._provider = None
        if self._translator is not None:
            QCoreApplication.removeTranslator(self._translator)
            self._translator = None

    @property
    def client(self) -> WorkerClient:
        """The worker's client, made when it is first asked for; a model's algorithm may ask in a thread of its own."""
        with self._making_client:
            if self._client is None:
                from .core.worker.client import WorkerClient
                from .settings import Settings

                self._client = WorkerClient(Settings())
            return self._client

    @property
    def context(self) -> Context:
        """What panels share, made when it is first asked for."""
        if self._context is None:
            from .context import Context
            from .core.workspace import Workspace
            from .settings import Settings

            self._workspace = Workspace()
            self._context = Context(self._iface, self.client, Settings(), self._workspace)
            self.client.told.connect(self._context.tell)
        return self._context

    @property
    def dock(self) -> Dock:
        """The dock, made when it is first asked for."""
        if self._dock is None:
            from .gui.dock import Dock

            panels, self._panels = self._panels, None
            dock = self._dock = Dock(self.context, self._iface.mainWindow(), panels)
            self._iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
            if self._open_action is not None:
                dock.visibilityChanged.connect(self._open_action.setChecked)
        return self._dock

    def toggle_dock(self, wanted: bool = True) -> None:
        """Show or hide the dock."""
        self.dock.setUserVisible(wanted)

    def open_dock(self, wanted: bool = True) -> None:
        """As `toggle_dock`, in a moment when the dock is yet to be made."""
        self._once_loaded(lambda: self.toggle_dock(wanted))

    def embed_active_layer(self) -> None:
        """What the layer's context menu does."""
        self._once_loaded(self._embed_active_layer)

    def _embed_active_layer(self) -> None:
        layer = self._iface.activeLayer()
        if isinstance(layer, QgsMapLayer):
            self.toggle_dock(True)
            self.dock.tabs.setCurrentWidget(self.dock.embed)
            self.dock.embed.embed_layer(layer)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Closing QGIS asks while the worker is at work: what is finished is kept, but it stops."""
        if (
            event.type() == QEvent.Type.Close
            and watched is self._iface.mainWindow()
            and self._client is not None
            and any(job.verb == "embed" for job in self._client.running())
        ):
            text = self.tr(
                "A layer is still being embedded. Quit all the same? Finished tiles are kept, and embedding the"
                " layer again goes on from there."
            )
            waiting = [] if self._dock is None else self._dock.embed.queue.waiting
            if waiting:
                names = ", ".join(item.name for item in waiting)
                text = self.tr("{0}\n\nNot begun yet, and to be asked for again then: {1}").format(text, names)
            answer = QMessageBox.question(watched, self.tr("Still embedding"), text)
            if answer != QMessageBox.StandardButton.Yes:
                event.ignore()
                return True
        return super().eventFilter(watched, event)

    def _project_written(self, document: QDomDocument) -> None:
        from .core.maps.live_layer import set_aside

        set_aside(document)
        shown = self._dock is not None and self._dock.isUserVisible()
        QgsProject.instance().writeEntryBool("mmearth", "dock", shown)

    def _project_read(self, _document: QDomDocument) -> None:
        """A project that was saved with the dock open is opened with it."""
        if QgsProject.instance().readBoolEntry("mmearth", "dock")[0]:
            self.open_dock(True)

    def _once_loaded(self, act: Callable[[], None]) -> None:
        """Do something that needs the dock: at once, or when its parts are loaded; the last wish counts."""
        if self._dock is not None:
            act()
            return
        self._wanted = act
        self._loading.start()

    def _load_part(self) -> None:
        """Load a part of the dock, or make a panel; with the last one do what is waited for, unless QGIS has closed
        meanwhile."""
        if self._unloaded:
            import_module(f".{self._unloaded.pop(0)}", __package__)
            return
        if self._dock is None:
            from .gui.dock import Panels

            self._panels = self._panels or Panels(self.context)
            if self._panels.make_next():
                return
        self._loading.stop()
        act, self._wanted = self._wanted, None
        if act is not None:
            act()

    def _translate(self) -> None:
        file = _FOLDER / "i18n" / f"mmearth_{QgsApplication.locale()[:2]}.qm"
        if file.exists():
            translator = self._translator = QTranslator()
            translator.load(str(file))
            QCoreApplication.installTranslator(translator)
