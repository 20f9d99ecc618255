"""The plugin's page in QGIS' own options: the worker's Python, its environment, the cache and the model."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.gui import QgsFileWidget, QgsOptionsPageWidget
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QDoubleSpinBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ...core.numbers import decimal
from ..widgets.file_widget import FileWidget
from ..widgets.scrolling import fill
from .diagnostics_button import DiagnosticsButton
from .environment_box import EnvironmentBox
from .python_chooser import PythonChooser

if TYPE_CHECKING:
    from ...context import Context


class _CacheWork(QObject):
    """Size and purge of the cache, off the main thread because they look at every file."""

    measured = pyqtSignal(float)  # bytes

    def start(self, folder: Path, limit: float, purge: bool, keep: Iterable[str]) -> None:
        threading.Thread(target=self._run, args=(folder, limit, purge, keep), daemon=True).start()

    def _run(self, folder: Path, limit: float, purge: bool, keep: Iterable[str]) -> None:
        from ...core.embed.cache import EmbeddingCache

        cache = EmbeddingCache(folder, limit)
        try:
            if purge:
                cache.purge(keep)
            size = float(cache.size())
        except OSError:
            size = -1.0
        try:
            self.measured.emit(size)
        except RuntimeError:
            return  # the page was closed meanwhile


class OptionsPage(QgsOptionsPageWidget):
    """Writes paths, limit and model when the dialog is accepted; creating, removing and emptying happen at once."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mmearthOptions")
        self._context = context
        settings = context.settings
        self.chooser = PythonChooser(settings.python, self)
        self.environment = EnvironmentBox(settings, context.client, self)
        self.environment.installed.connect(self._renew_worker)
        self._cache_work = _CacheWork(self)
        self._cache_work.measured.connect(self._show_size)
        self.cache_widget = self._folder(str(settings.cache_folder), "cacheFolder")
        self.cache_widget.setToolTip(self.tr("Where embeddings are kept, so that the same layer is embedded once"))
        self.cache_widget.fileChanged.connect(self._measure)
        self.limit_spin = QDoubleSpinBox(self)
        self.limit_spin.setObjectName("cacheLimit")
        self.limit_spin.setRange(0.5, 10000)
        self.limit_spin.setDecimals(1)
        self.limit_spin.setSuffix(self.tr(" GB"))
        self.limit_spin.setValue(settings.cache_limit)
        self.limit_spin.setToolTip(self.tr("Beyond it the embeddings unused for longest are removed"))
        self.size_label = QLabel(self)
        self.size_label.setObjectName("cacheSize")
        self.purge_button = QPushButton(self.tr("Empty…"), self)
        self.purge_button.setObjectName("purgeCache")
        self.purge_button.setToolTip(self.tr("Delete all embeddings in the cache that no layer of the project uses"))
        self.purge_button.clicked.connect(self._ask_to_purge)
        self.model_widget = FileWidget(self)
        self.model_widget.setObjectName("modelName")
        self.model_widget.setStorageMode(QgsFileWidget.StorageMode.GetFile)
        self.model_widget.setFilter(
            self.tr("Encoders") + " (*.onnx *.safetensors *.pt);;" + self.tr("All files") + " (*)"
        )
        self.model_widget.setFilePath(settings.model)
        self.model_widget.setToolTip(self.tr("The model to embed with: a name or a file; “default” comes with mmearth"))
        self.copy_button = DiagnosticsButton(lambda: self.chooser.report, self)
        self._lay_out()
        self._measure()

    def apply(self) -> None:
        """Keep what was set; the worker starts anew when its Python is another one."""
        settings = self._context.settings
        if self.chooser.python != settings.python:
            settings.python = self.chooser.python
            self._renew_worker()
        folder = self.cache_widget.filePath().strip()
        settings.cache_folder = Path(folder).expanduser() if folder else settings.cache_folder
        settings.cache_limit = self.limit_spin.value()
        settings.model = self.model_widget.filePath().strip() or "default"

    def _renew_worker(self) -> None:
        """The worker's Python is another one; starting it tells the dock whether it works."""
        client = self._context.client
        if client is not None:
            client.stop()
            if client.available():
                client.start()

    def helpKey(self) -> str:
        """No page of QGIS' own manual is about it."""
        return ""

    def _folder(self, path: str, name: str) -> QgsFileWidget:
        widget = FileWidget(self)
        widget.setObjectName(name)
        widget.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        widget.setFilePath(path)
        return widget

    def _lay_out(self) -> None:
        python = QGroupBox(self.tr("Python of your own"), self)
        column = QVBoxLayout(python)
        note = QLabel(self.tr("Leave it empty to use the environment below."), self)
        note.setWordWrap(True)
        column.addWidget(note)
        column.addWidget(self.chooser)
        environment = QGroupBox(self.tr("Environment"), self)
        QVBoxLayout(environment).addWidget(self.environment)
        embedding = QGroupBox(self.tr("Embeddings"), self)
        form = QFormLayout(embedding)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("Model"), self.model_widget)
        form.addRow(self.tr("Cache"), self.cache_widget)
        form.addRow(self.tr("At most"), self.limit_spin)
        row = QHBoxLayout()
        row.addWidget(self.size_label, 1)
        row.addWidget(self.purge_button)
        form.addRow(self.tr("In use"), row)
        content = QWidget(self)
        column = QVBoxLayout(content)
        for widget in (python, environment, embedding):
            column.addWidget(widget)
        column.addWidget(self.copy_button)
        column.addStretch(1)
        fill(self, content, sideways=True)

    def _measure(self, purge: bool = False) -> None:
        folder = self.cache_widget.filePath().strip()
        if not folder:
            return
        keep: tuple[str, ...] = ()
        if purge is True:
            from ...core.embed.job import files_in_use

            keep = tuple(files_in_use())
        self.size_label.setText(self.tr("Counting…"))
        self._cache_work.start(Path(folder).expanduser(), self.limit_spin.value(), purge is True, keep)

    def _show_size(self, size: float) -> None:
        self.size_label.setText(
            self.tr("{size} GB").format(size=decimal(size / 1e9, 2)) if size >= 0 else self.tr("Not readable")
        )
        self.purge_button.setEnabled(size > 0)

    def _ask_to_purge(self) -> None:
        text = self.tr("Delete the embeddings in {folder} that no layer of the project uses? They can be made again.")
        text = text.format(folder=self.cache_widget.filePath())
        yes = QMessageBox.StandardButton.Yes
        if QMessageBox.question(self, self.tr("Empty the cache"), text) == yes:
            self._measure(purge=True)
