"""A button that puts the diagnostics on the clipboard."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtGui import QGuiApplication
from qgis.PyQt.QtWidgets import QPushButton, QWidget

from ...core.python.diagnostics import diagnostics

_CONFIRMED = 3000  # milliseconds it says that it was done


class DiagnosticsButton(QPushButton):
    """Copies `diagnostics(report())` when clicked; `report` gives the last test of the worker's Python, or None."""

    def __init__(self, report: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report = report
        self.setObjectName("copyDiagnostics")
        self.setToolTip(self.tr("Copy versions, settings and logs, without names and passwords"))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._name)
        self.clicked.connect(self._copy)
        self._name()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(diagnostics(self._report()))
        self.setText(self.tr("Copied"))
        self._timer.start(_CONFIRMED)

    def _name(self) -> None:
        self.setText(self.tr("Copy diagnostics"))
