"""Choosing a Python that is already there, and trying whether the worker runs in it."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QStyle, QVBoxLayout, QWidget

from ...core.python.environment import Check, Report
from ..widgets.file_widget import FileWidget


class Verdict(QWidget):
    """A sentence that wraps, with an icon that says whether it is good news; hidden while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = QLabel(self)
        self._icon.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        self.hide()

    def say(self, text: str, good: bool | None = None) -> None:
        """Show a sentence as good (True), bad (False) or neutral (None); an empty one hides it."""
        icon = "/mIconInfo.svg" if good is None else "/mIconSuccess.svg" if good else "/mIconWarning.svg"
        side = self.style().pixelMetric(QStyle.PixelMetric.PM_SmallIconSize)
        self._icon.setPixmap(QgsApplication.getThemeIcon(icon).pixmap(side, side))
        # A long path has no place to wrap at but after its separators.
        self._text.setText(text.replace("/", "/\u200b").replace("\\", "\\\u200b"))
        self._text.setAccessibleName(text)
        self.setVisible(bool(text))

    def text(self) -> str:
        """The sentence as it was given."""
        return self._text.accessibleName()


class PythonChooser(QWidget):
    """A path, a button that tests it, and what came out. `tested` carries the path and its `Report`."""

    tested = pyqtSignal(str, object)
    changed = pyqtSignal()  # another path stands there: what was tested before does not count

    def __init__(self, python: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.report: Report | None = None
        self._check = Check(self)
        self._check.done.connect(self._take)
        self.path_widget = FileWidget(self)
        self.path_widget.setObjectName("pythonPath")
        self.path_widget.setStorageMode(QgsFileWidget.StorageMode.GetFile)
        self.path_widget.setDialogTitle(self.tr("Choose a Python program"))
        self.path_widget.setToolTip(self.tr("The Python program of an environment in which mmearth is installed"))
        self.path_widget.lineEdit().setPlaceholderText(self.tr("…/python or …\\python.exe"))
        self.path_widget.setFilePath(python)
        self.path_widget.fileChanged.connect(self._forget)
        self.test_button = QPushButton(self.tr("Test"), self)
        self.test_button.setObjectName("testPython")
        self.test_button.setToolTip(self.tr("Start this Python and see whether mmearth works in it"))
        self.test_button.clicked.connect(self.test)
        self.verdict = Verdict(self)
        self.verdict.setObjectName("pythonResult")
        row = QHBoxLayout()
        row.addWidget(self.path_widget, 1)
        row.addWidget(self.test_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addWidget(self.verdict)
        self._forget()

    @property
    def python(self) -> str:
        """The path as it stands there, without spaces around it or quotes."""
        return self.path_widget.filePath().strip().strip('"')

    def test(self) -> None:
        """Ask the Python; the answer comes with `tested`."""
        if self.python:
            self.test_button.setEnabled(False)
            self.verdict.say(self.tr("Testing, this takes some seconds…"))
            self._check.start(self.python)

    def _take(self, path: str, report: Report) -> None:
        if path != self.python:
            return
        self.report = report
        self.test_button.setEnabled(True)
        self.verdict.say(report.sentence, report.ok)
        self.tested.emit(path, report)

    def _forget(self) -> None:
        self.report = None
        self.test_button.setEnabled(bool(self.python))
        self.verdict.say("")
        self.changed.emit()
