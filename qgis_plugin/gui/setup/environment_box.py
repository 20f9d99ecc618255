"""The plugin's own environment: where it is, how it stands, creating, updating and removing it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ...core.numbers import decimal
from ...core.python.environment import python_in, read_marker
from ...core.python.installation import Installation
from ...core.python.own_environment import Options, status
from ...core.python.redaction import without_credentials
from ..widgets.file_widget import FileWidget
from ..widgets.progress import ProgressBar
from .python_chooser import Verdict

if TYPE_CHECKING:
    from ...core.worker.client import WorkerClient
    from ...settings import Settings


INTERNET, INDEX, WHEELS = range(3)


class EnvironmentBox(QWidget):
    """Creates the environment when its button is clicked, which is the consent to the download it names."""

    installed = pyqtSignal()
    removed = pyqtSignal()

    def __init__(self, settings: Settings, client: WorkerClient | None = None, parent: QWidget | None = None) -> None:
        """`client`: the WorkerClient, stopped before files it may run from are replaced."""
        super().__init__(parent)
        self._settings = settings
        self._client = client
        self._removing = False
        self.installation = Installation(self)
        self.installation.progressed.connect(self._progress)
        self.installation.finished.connect(self._finish)
        self.installation.failed.connect(self._fail)
        self.installation.cancelled.connect(self._cancelled)
        self._make_form()
        self._make_progress()
        self._lay_out()
        self._show_source()
        self.refresh()

    def _make_form(self) -> None:
        self.folder_widget = FileWidget(self)
        self.folder_widget.setObjectName("environmentFolder")
        self.folder_widget.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.folder_widget.setDialogTitle(self.tr("Choose a new or empty folder"))
        self.folder_widget.setToolTip(self.tr("Where the environment is made: a new or empty folder"))
        self.folder_widget.setFilePath(str(self._settings.environment_folder))
        self.folder_widget.fileChanged.connect(self.refresh)
        self.source_combo = QComboBox(self)
        self.source_combo.setObjectName("packageSource")
        self.source_combo.addItems([self.tr("Internet (PyPI)"), self.tr("Another index"), self.tr("Folder of wheels")])
        self.source_combo.setToolTip(
            self.tr("Where the packages come from; pip's own configuration counts for the first")
        )
        self.source_combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.index_edit = QLineEdit(without_credentials(self._settings.index_url), self)
        self.index_edit.setObjectName("indexUrl")
        self.index_edit.setPlaceholderText("https://…/simple")
        self.index_edit.setToolTip(self.tr("Address of a package index, such as one inside your organisation"))
        self.wheels_widget = FileWidget(self)
        self.wheels_widget.setObjectName("wheelsFolder")
        self.wheels_widget.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.wheels_widget.setFilePath(self._settings.wheels_folder)
        self.wheels_widget.setToolTip(
            self.tr("Folder with the wheels of all packages, made by “pip download”; no network")
        )
        self.place = QStackedWidget(self)
        for widget in (QWidget(self), self.index_edit, self.wheels_widget):
            self.place.addWidget(widget)
        self.gpu_check = QCheckBox(self.tr("Use the graphics card (adds torch)"), self)
        self.gpu_check.setObjectName("useGpu")
        self.gpu_check.setToolTip(self.tr("Installs torch, which is large; without it the processor computes"))
        self.gpu_check.toggled.connect(self._show_size)
        self.source_combo.setCurrentIndex(
            WHEELS if self._settings.wheels_folder else INDEX if self._settings.index_url else INTERNET
        )
        self.source_combo.currentIndexChanged.connect(self._show_source)

    def _make_progress(self) -> None:
        self.status_label = Verdict(self)
        self.status_label.setObjectName("environmentStatus")
        self.size_label = QLabel(self)
        self.size_label.setObjectName("environmentSize")
        self.size_label.setWordWrap(True)
        self.create_button = QPushButton(self)
        self.create_button.setObjectName("createEnvironment")
        self.create_button.clicked.connect(self.create)
        self.remove_button = QPushButton(self.tr("Remove…"), self)
        self.remove_button.setObjectName("removeEnvironment")
        self.remove_button.setToolTip(self.tr("Delete the environment from the disk; embeddings and maps stay"))
        self.remove_button.clicked.connect(self._ask_to_remove)
        self.progress_bar = ProgressBar(self)
        self.progress_bar.setObjectName("installationProgress")
        self.progress_text = QLabel(self)
        self.progress_text.setObjectName("installationText")
        self.progress_text.setWordWrap(True)
        self.cancel_button = QPushButton(self.tr("Cancel"), self)
        self.cancel_button.setObjectName("cancelInstallation")
        self.cancel_button.setToolTip(self.tr("Stop, and remove what has been made so far"))
        self.cancel_button.clicked.connect(self.cancel)
        self.failure = Verdict(self)
        self.failure.setObjectName("installationFailure")

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("Folder"), self.folder_widget)
        form.addRow(self.tr("Packages"), self.source_combo)
        form.addRow("", self.place)
        buttons = QHBoxLayout()
        buttons.addWidget(self.create_button, 1)
        buttons.addWidget(self.remove_button)
        self.progress_row = QWidget(self)
        row = QHBoxLayout(self.progress_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.progress_bar, 1)
        row.addWidget(self.cancel_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.status_label)
        layout.addLayout(form)
        for widget in (self.gpu_check, self.size_label):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        for widget in (self.progress_row, self.progress_text, self.failure):
            layout.addWidget(widget)
        self._show_running(False)

    @property
    def python(self) -> Path:
        """The Python of the environment last created."""
        return python_in(self._settings.environment_folder)

    def options(self) -> Options:
        """What is set in the form."""
        source = self.source_combo.currentIndex()
        index = self.index_edit.text().strip()
        if index == without_credentials(self._settings.index_url):
            index = self._settings.index_url
        return Options(
            folder=Path(self.folder_widget.filePath().strip()).expanduser().absolute(),
            index_url=index if source == INDEX else "",
            wheels_folder=self.wheels_widget.filePath().strip() if source == WHEELS else "",
            gpu=self.gpu_check.isChecked(),
        )

    def create(self) -> None:
        """Start the installation with what is set, and remember it."""
        options = self.options()
        source = self.source_combo.currentIndex()
        if (source == INDEX and not options.index_url) or (source == WHEELS and not options.wheels_folder):
            self.failure.say(self.tr("Say from where: an address or a folder is missing."), False)
            return
        self._settings.environment_folder = options.folder
        self._settings.index_url = options.index_url
        self._settings.wheels_folder = options.wheels_folder
        self._begin(removing=False)
        self.installation.start(options)

    def cancel(self) -> None:
        """Stop what is running."""
        self.cancel_button.setEnabled(False)
        self.progress_text.setText(self.tr("Stopping…"))
        self.installation.cancel()

    def close(self) -> bool:
        """Stop what is running, and wait for its end a moment."""
        self.installation.cancel()
        self.installation.wait(2)
        return super().close()

    def refresh(self) -> None:
        """Look at the folder, and say how it stands."""
        folder = Path(self.folder_widget.filePath().strip() or ".").expanduser()
        state, marker = status(folder), read_marker(folder)
        self._show_size()
        names = {
            "version": marker.get("version"),
            "python": marker.get("python"),
            "size": decimal(marker.get("bytes", 0) / 1e9, 1),
        }
        if state == "ready":
            text = self.tr("Installed: mmearth {version}, Python {python}, {size} GB.")
            self.status_label.say(text.format(**names), True)
        elif state == "update":
            text = self.tr("The environment was made for another version of the plugin ({version}): update it.")
            self.status_label.say(text.format(**names), False)
        elif state == "unfinished":
            self.status_label.say(self.tr("An installation was interrupted: create the environment again."), False)
        elif state == "foreign":
            self.status_label.say(self.tr("This folder holds other files: choose a new or empty one."), False)
        else:
            self.status_label.say("")
        self.create_button.setText(
            {"ready": self.tr("Create again"), "update": self.tr("Update environment")}.get(
                state, self.tr("Create environment")
            )
        )
        self.create_button.setEnabled(state != "foreign")
        self.remove_button.setVisible(state in {"ready", "update", "unfinished"})

    def _show_source(self) -> None:
        source = self.source_combo.currentIndex()
        self.place.setCurrentIndex(source)
        self.place.setVisible(source != INTERNET)
        self._show_size()

    def _show_size(self) -> None:
        options = self.options()
        if options.wheels_folder or self.source_combo.currentIndex() == WHEELS:
            text = self.tr("Takes about {size} GB on disk and downloads nothing.")
        else:
            text = self.tr("Downloads about {download} GB and takes {size} GB on disk.")
        download = decimal(3) if options.gpu else decimal(0.2, 1)
        self.size_label.setText(text.format(size=decimal(options.size / 1e9, 1), download=download))
        self.create_button.setToolTip(self.tr("Make the environment now.") + " " + self.size_label.text())

    def _show_running(self, running: bool) -> None:
        for widget in (self.folder_widget, self.source_combo, self.place, self.gpu_check):
            widget.setEnabled(not running)
        for widget in (self.create_button, self.remove_button):
            widget.setEnabled(not running)
        for widget in (self.progress_row, self.progress_text):
            widget.setVisible(running)
        self.cancel_button.setEnabled(running)

    def _begin(self, removing: bool) -> None:
        self._removing = removing
        if self._client is not None:
            self._client.stop()
        self.failure.say("")
        self.progress_bar.setValue(0)
        self.progress_text.clear()
        self._show_running(True)

    def _end(self) -> None:
        self._show_running(False)
        self.refresh()

    def _progress(self, per_cent: float, text: str) -> None:
        self.progress_bar.setValue(round(per_cent))
        if self.cancel_button.isEnabled():
            self.progress_text.setText(text)

    def _finish(self) -> None:
        self._end()
        (self.removed if self._removing else self.installed).emit()

    def _fail(self, sentence: str, action: str) -> None:
        self._end()
        self.failure.say(f"{sentence} {action}", False)

    def _cancelled(self) -> None:
        self._end()
        self.failure.say(self.tr("Cancelled; nothing was left behind."))

    def _ask_to_remove(self) -> None:
        folder = self.options().folder
        text = self.tr("Delete the environment in {folder}? Embeddings and maps stay.").format(folder=folder)
        yes = QMessageBox.StandardButton.Yes
        if QMessageBox.question(self, self.tr("Remove environment"), text) == yes:
            self.remove()

    def remove(self) -> None:
        """Delete the environment; asks nothing."""
        self._begin(removing=True)
        self.installation.remove(self.options().folder)
