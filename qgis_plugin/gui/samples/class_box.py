"""The classes in the samples panel: their table, the buttons that change them, how many samples there are in all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ...core.samples.class_model import ClassTable, area_text
from ...core.samples.classes import SampleError
from .class_menu import ClassMenu
from .class_table import ClassView

if TYPE_CHECKING:
    from ...context import Context


class ClassBox(QWidget):
    """Works on the `ClassTable` it was given, or on none."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._table: ClassTable | None = None
        self.view = ClassView()
        # As high as its classes where there is room for all of them, lower where there is not.
        self.view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.menu = ClassMenu(context, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        column.addLayout(self._buttons())

    def set_table(self, table: ClassTable | None) -> None:
        """Work on other classes, or on none."""
        if self._table is not None:
            self._table.keys.waiting.disconnect(self._show_typed)
        self._table = table
        self.view.set_table(table)
        self.menu.set_table(table)
        self.typed.clear()
        if table is not None:
            table.keys.waiting.connect(self._show_typed)

    def refresh(self) -> None:
        """Buttons and numbers as they are now."""
        table = None if self._table is None or self._table.layer is None else self._table
        rows, row = (0, -1) if table is None else (table.rowCount(), table.current)
        self.add.setEnabled(table is not None)
        self.listed.setEnabled(table is not None)
        self.compared.setEnabled(table is not None)
        self.remove.setEnabled(row >= 0)
        self.up.setEnabled(row > 0)
        self.down.setEnabled(0 <= row < rows - 1)
        self.total.clear()
        if table is not None:
            samples = sum(table.count(i) for i in range(rows))
            area = area_text(sum(table.area(i) for i in range(rows)))
            self.total.setText(f"{samples} · {area}")
            self.total.setToolTip(self.tr("Samples: {}, {}").format(samples, area))

    def _try(self, change: Callable[..., Any], *arguments: Any) -> Any:
        """Do something with the table; what it refuses is told."""
        try:
            return change(*arguments)
        except SampleError as error:
            self._context.warn(str(error))
            return None

    def _add_class(self) -> None:
        table = self._table
        row = None if table is None else self._try(table.add)
        if table is not None and row is not None:
            index = table.index(row, 2)
            self.view.setCurrentIndex(index)
            self.view.edit(index)

    def _remove_class(self) -> None:
        if self._table is not None:
            self._try(self._table.remove, self._table.current)

    def _move_class(self, by: int) -> None:
        if self._table is not None:
            self._try(self._table.move, self._table.current, self._table.current + by)

    def _show_typed(self, first: str) -> None:
        """A digit waits for a second one: it is shown in place of the total, for there is no room for both."""
        self.typed.setText(f"{first}_" if first else "")
        self.total.setVisible(not first)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2)
        for name, image, tip, act in (
            ("add", "symbologyAdd", self.tr("Add a class"), self._add_class),
            (
                "remove",
                "symbologyRemove",
                self.tr("Remove the class and its samples; undo brings both back"),
                self._remove_class,
            ),
            ("up", "mActionArrowUp", self.tr("Move the class up, to a smaller key"), lambda: self._move_class(-1)),
            ("down", "mActionArrowDown", self.tr("Move the class down, to a larger key"), lambda: self._move_class(1)),
        ):
            button = _button(f"{name}Class", image, tip)
            button.clicked.connect(act)
            setattr(self, name, button)
            row.addWidget(button)
        more = _button(
            "classMenu", "mActionOptions", self.tr("Import samples, merge classes, load or save a class set")
        )
        more.setMenu(self.menu)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        row.addWidget(more)
        self.typed = QLabel()
        self.typed.setObjectName("typedDigit")
        row.addWidget(self.typed)
        self.total = QLabel()
        self.total.setObjectName("sampleTotal")
        self.total.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.total.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # buttons come first
        row.addWidget(self.total, 1)
        self.compared = _button(
            "compareClasses",
            "histogram",
            self.tr("Compare classes: spectra, embedding, how well they can be told apart, samples that are odd"),
        )
        self.compared.setCheckable(True)
        row.addWidget(self.compared)
        self.listed = _button(
            "listSamples",
            "mActionOpenTable",
            self.tr("All samples in a table (T): sort, find those that look like another class, relabel, split, erase"),
        )
        self.listed.setCheckable(True)
        row.addWidget(self.listed)
        return row


def _button(name: str, image: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setIcon(QgsApplication.getThemeIcon(f"/{image}.svg"))
    button.setToolTip(tip)
    button.setAutoRaise(True)
    return button
