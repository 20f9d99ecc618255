"""The embeddings at hand: those of the project, one of which is in work, others from files, and the cache."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import QgsApplication, QgsMapLayer, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import Qt, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QGroupBox,
    QLabel,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from ...core import layers
from ...core.embed.cache import EmbeddingCache
from ...core.embed.recogniser import EmbeddingRecogniser
from ...core.layer_tree import place
from .cache_dialog import CacheDialog, size_text

if TYPE_CHECKING:
    from ...context import Context


#: What the list holds in place of a layer's id for the working set in work.
_SET = "set"


class EmbeddingsBox(QGroupBox):
    """Chooses the workspace's embedding. `keep`: a callable that gives the files at work, which the cache must keep."""

    #: The window of many scenes is asked for.
    scenes_wanted = pyqtSignal()

    def __init__(self, context: Context, keep: Callable[[], list[str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Embedding in use"))
        self._context = context
        self._keep = keep
        self.combo = QComboBox(self)
        self.combo.setObjectName("embeddings")
        self.combo.setToolTip(self.tr("The embedding that samples, map and similarity work on"))
        self.combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.combo.activated.connect(self._choose)
        self.open_button = _tool("openEmbedding", "/mActionFileOpen.svg", self.tr("Open embedding file…"), self)
        self.open_button.clicked.connect(self._browse)
        self.cache_label = QLabel(self)
        self.cache_label.setObjectName("cacheSize")
        self.cache_button = QToolButton(self)
        self.cache_button.setObjectName("cacheButton")
        self.cache_button.setText(self.tr("Cache…"))
        self.cache_button.setToolTip(self.tr("See what the cache holds, open or remove it"))
        self.cache_button.clicked.connect(self._show_cache)
        layout = QGridLayout(self)
        layout.addWidget(self.combo, 0, 0)
        layout.addWidget(self.open_button, 0, 1)
        layout.addWidget(self.cache_label, 1, 0)
        layout.addWidget(self.cache_button, 1, 1)
        self.scenes_button = QToolButton(self)
        self.scenes_button.setObjectName("scenesButton")
        self.scenes_button.setText(self.tr("Several scenes…"))
        tip = self.tr("Several dates, places and layers together: list them, embed them all, map them with one model")
        self.scenes_button.setToolTip(tip)
        self.scenes_button.clicked.connect(self.scenes_wanted)
        layout.addWidget(self.scenes_button, 2, 0, 1, 2)
        layout.setColumnStretch(0, 1)
        # Once for many changes, and after them: whoever adds a layer may mark it only then.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self.fill)
        project = QgsProject.instance()
        project.layersAdded.connect(self._fill_later)
        project.layersRemoved.connect(self._fill_later)
        project.readProject.connect(self._take_up)
        context.workspace.embeddingChanged.connect(self._fill_later)
        self.recogniser = EmbeddingRecogniser(context.client, self)
        self.recogniser.recognised.connect(self._recognised)
        self.recogniser.doubtful.connect(self._doubt)
        self._wanted = ""  # the layer of a file that was opened to work with it, while the worker is asked
        self._take_up()
        self.recogniser.look()
        self.fill()

    def cache(self) -> EmbeddingCache:
        """The cache, by the settings as they are now."""
        return EmbeddingCache(self._context.settings.cache_folder, self._context.settings.cache_limit)

    def fill(self) -> None:
        """List the project's embeddings and measure the cache."""
        current = self._context.workspace.embedding
        self.combo.clear()
        for layer in sorted(layers.embeddings(), key=lambda layer: layer.name().lower()):
            self.combo.addItem(layers.title_of(layer), layer.id())
            self.combo.setItemData(self.combo.count() - 1, layers.path_of(layer), Qt.ItemDataRole.ToolTipRole)
        if self.combo.count() == 0:
            self.combo.addItem(self.tr("None yet"), "")
        self.combo.setEnabled(bool(self.combo.itemData(0)))
        if self._context.workspace.working_set is not None:
            self.combo.insertItem(0, self._title_of_set(), _SET)
            self.combo.setCurrentIndex(0)
        elif current is not None:
            self.combo.setCurrentIndex(max(0, self.combo.findData(current.id())))
        elif self.combo.itemData(0):
            self.combo.insertItem(0, self.tr("Choose one"), "")
            self.combo.setCurrentIndex(0)
        cache = self.cache()
        self.cache_label.setText(
            self.tr("Cache: {0} of {1}").format(size_text(cache.size()), size_text(cache.limit * 1e9))
        )

    def open_file(self, path: str) -> bool:
        """Add an embedding raster to the project and work with it, at once or when the worker knows it; False when it
        is none."""
        cache = self.cache()
        layer = next((each for each in layers.embeddings() if layers.path_of(each) == path), None)
        if layer is None:
            layer = QgsRasterLayer(path, Path(path).stem, "gdal")
            if not layers.may_be_embedding(layer):
                self._context.warn(self.tr("{} is no embedding raster; embed a layer first.").format(path))
                return False
            if not layers.is_embedding(layer):
                self._wanted = layer.id()
                place(layer)
                return True
            layers.mark(layer, "embedding")
            place(layer)
        if cache.owns(path):
            cache.touch(path)
        self._context.workspace.embedding = layer
        return True

    def close_box(self) -> None:
        """Let go of project and workspace."""
        self._later.stop()
        project = QgsProject.instance()
        project.layersAdded.disconnect(self._fill_later)
        project.layersRemoved.disconnect(self._fill_later)
        project.readProject.disconnect(self._take_up)
        self._context.workspace.embeddingChanged.disconnect(self._fill_later)
        self.recogniser.close()

    def _take_up(self, *_: object) -> None:
        """A project that has one embedding is opened to work with it, as with its samples."""
        found, workspace = layers.embeddings(), self._context.workspace
        if workspace.embedding is None and len(found) == 1:
            workspace.embedding = found[0]
        if workspace.lost_set:
            self._context.warn(workspace.lost_set)
            workspace.lost_set = ""

    def _recognised(self, layer: QgsMapLayer) -> None:
        """An embedding is listed, and worked with when it was opened for that or is the only one."""
        if layer.id() == self._wanted:
            self._wanted = ""
            self._context.workspace.embedding = layer
        self._take_up()
        self._fill_later()

    def _doubt(self, layer: QgsMapLayer, sentence: str) -> None:
        """Who opened a file as an embedding is told what is wrong; any other raster may well have many bands."""
        sentence = sentence or self.tr("{} is no embedding raster; embed a layer first.").format(layer.name())
        if layer.id() == self._wanted:
            self._wanted = ""
            self._context.warn(sentence)
        else:
            self._context.log(sentence)

    def _fill_later(self, *_: object) -> None:
        self._later.start()

    def _title_of_set(self) -> str:
        """`3 scenes together`, and of how many places."""
        workspace = self._context.workspace
        scenes = self.tr("{} scenes together").format(len(workspace.set_layers))
        places = len(workspace.places)
        return scenes if places < 2 else self.tr("{0}, {1} places").format(scenes, places)

    def _choose(self, index: int) -> None:
        if self.combo.itemData(index) == _SET:
            return
        self._context.workspace.embedding = QgsProject.instance().mapLayer(self.combo.itemData(index) or "")

    def _browse(self) -> None:
        title, kind = self.tr("Open embedding file"), self.tr("Embedding rasters (*.tif *.tiff)")
        path = QFileDialog.getOpenFileName(self, title, "", kind)[0]
        if path:
            self.open_file(path)

    def _show_cache(self) -> None:
        dialog = CacheDialog(self.cache(), self._keep(), self)
        dialog.open_requested.connect(self.open_file)
        dialog.exec()
        dialog.deleteLater()
        self.fill()


def _tool(name: str, icon: str, text: str, parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setObjectName(name)
    button.setIcon(QgsApplication.getThemeIcon(icon))
    button.setText(text)
    button.setToolTip(text)
    return button
