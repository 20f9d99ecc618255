"""Shown in place of the other panels while the worker has no Python that works: creates one, or takes one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.gui import QgsCollapsibleGroupBox
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtGui import QShowEvent
from qgis.PyQt.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ...core.python.environment import Report, find_python
from ...core.python.own_environment import status
from ..widgets.scrolling import fill
from .diagnostics_button import DiagnosticsButton
from .environment_box import EnvironmentBox
from .python_chooser import PythonChooser

if TYPE_CHECKING:
    from ...context import Context


class SetupPanel(QWidget):
    """Emits `ready` when a usable Python has been set."""

    ready = pyqtSignal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("setupPanel")
        self.context = context
        self._failure = ""
        self.title = QLabel(self.tr("Set up MMEarth"), self)
        self.title.setWordWrap(True)
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.explanation = QLabel(self)
        self.explanation.setObjectName("setupExplanation")
        self.explanation.setWordWrap(True)
        self.environment = EnvironmentBox(context.settings, context.client, self)
        self.environment.installed.connect(self._take_environment)
        self.chooser = PythonChooser(parent=self)
        self.chooser.tested.connect(self._offer)
        self.chooser.changed.connect(self._withdraw)
        self.use_button = QPushButton(self.tr("Use this Python"), self)
        self.use_button.setObjectName("usePython")
        self.use_button.setToolTip(self.tr("Run the worker in the Python that was tested"))
        self.use_button.setEnabled(False)
        self.use_button.clicked.connect(self._use)
        self.copy_button = DiagnosticsButton(lambda: self.chooser.report, self)
        self._lay_out()

    def explain_failure(self, sentence: str) -> None:
        """Say why the worker could not be started, a sentence of its own."""
        self._failure = sentence
        if self.isVisible() and not self.environment.installation.running:
            self._explain(find_python(self.context.settings))

    def close(self) -> bool:
        """Stop an installation that is running."""
        self.environment.close()
        return super().close()

    def showEvent(self, event: QShowEvent) -> None:
        """Looks at how things stand only now: the dock makes this panel even when it is not needed."""
        super().showEvent(event)
        if not event.spontaneous() and not self.environment.installation.running:
            self.environment.refresh()
            self._explain(find_python(self.context.settings))

    def _lay_out(self) -> None:
        create = QgsCollapsibleGroupBox(self.tr("Create an environment"), self)
        QVBoxLayout(create).addWidget(self.environment)
        existing = QgsCollapsibleGroupBox(self.tr("Use an existing Python"), self)
        column = QVBoxLayout(existing)
        column.addWidget(self.chooser)
        column.addWidget(self.use_button)
        content = QWidget(self)
        column = QVBoxLayout(content)
        for widget in (self.title, self.explanation, create, existing):
            column.addWidget(widget)
        column.addStretch(1)
        column.addWidget(self.copy_button)
        content.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        fill(self, content, sideways=True)

    def _explain(self, choice: Any) -> None:
        """What is missing and why, in two sentences."""
        why = self.tr("MMEarth computes in a Python of its own, so that nothing inside QGIS changes.")
        if choice is not None:
            origins = {
                "setting": self.tr("The one set cannot be used yet; its test is below."),
                "variable": self.tr("The one that MMEARTH_PYTHON names cannot be used yet; its test is below."),
                "managed": self.tr("The environment does not work; its test is below."),
            }
            what = f"{origins[choice.origin]} {self._failure}".strip()
            self.chooser.path_widget.setFilePath(choice.python)
            self.chooser.test()
        elif status(self.context.settings.environment_folder) == "update":
            what = self.tr("Its environment was made for another version of the plugin and needs an update.")
        else:
            what = self.tr("There is none yet: create an environment here, or choose a Python that has mmearth.")
        self.explanation.setText(f"{why} {what}")

    def _offer(self, _path: str, report: Report) -> None:
        self.use_button.setEnabled(report.ok)

    def _withdraw(self) -> None:
        self.use_button.setEnabled(False)

    def _use(self) -> None:
        choice = find_python(self.context.settings)
        if choice is None or choice.python != self.chooser.python:
            self.context.settings.python = self.chooser.python
        self._announce()

    def _take_environment(self) -> None:
        """The environment was made and tested: it counts, whatever was set before."""
        settings = self.context.settings
        settings.python = ""
        choice = find_python(settings)
        if choice is not None and choice.origin == "variable":
            settings.python = str(self.environment.python)
        self._announce()

    def _announce(self) -> None:
        self._failure = ""
        if self.context.client is not None:
            self.context.client.stop()
        self.ready.emit()
