"""What can be done with classes as a whole: merge one into another, take or keep a set of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import QFileDialog, QMenu, QWidget

from ...core.samples import class_sets
from ...core.samples.classes import SampleError
from ..icons import swatch

if TYPE_CHECKING:
    from ...context import Context
    from ...core.samples.class_model import ClassTable


class ClassMenu(QMenu):
    """Of the `ClassTable` it was given; empty entries are disabled."""

    #: Samples of another layer are to be taken in.
    import_wanted = pyqtSignal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._table: ClassTable | None = None
        self.setToolTipsVisible(True)
        self.take_in = self.addAction(
            QgsApplication.getThemeIcon("/mActionSharingImport.svg"), self.tr("Import samples…")
        )
        self.take_in.setObjectName("importSamples")
        self.take_in.setToolTip(self.tr("Polygons, lines or points of another layer become samples"))
        self.take_in.triggered.connect(lambda _checked: self.import_wanted.emit())
        self.addSeparator()
        self.merge = self._submenu("mActionMergeFeatures", self.tr("Merge into"))
        self.sets = self._submenu("mActionAddBasicShape", self.tr("Load class set"))
        self.keep = self.addAction(QgsApplication.getThemeIcon("/mActionFileSave.svg"), self.tr("Save class set…"))
        self.keep.setObjectName("saveClassSet")
        self.keep.setToolTip(self.tr("Names, colours and codes as a file for colleagues and other samples"))
        self.keep.triggered.connect(lambda _checked: self.save())
        self.aboutToShow.connect(self.fill)

    def set_table(self, table: ClassTable | None) -> None:
        """Work on other classes, or on none."""
        self._table = table

    def fill(self) -> None:
        """Offer what there is now."""
        table = self._table
        current = None if table is None else table.current_class
        self.merge.clear()
        self.merge.setTitle(
            self.tr("Merge into") if current is None else self.tr("Merge {} into").format(_plain(current.name))
        )
        self.merge.setEnabled(table is not None and current is not None and len(table.classes) > 1)
        for row, other in enumerate([] if table is None else table.classes):
            if other != current:
                action = self.merge.addAction(swatch(QColor(other.colour)), _plain(other.name))
                action.triggered.connect(lambda _checked, row=row: self.merge_into(row))
        self.sets.clear()
        self.sets.setEnabled(table is not None)
        own, problems = class_sets.own_sets()
        for problem in problems:
            self._context.log(problem)
        for each in class_sets.shipped_sets():
            self._offer(each)
        self.sets.addSeparator()
        for each in own:
            self._offer(each)
        self.sets.addAction(self.tr("From file…")).triggered.connect(lambda _checked: self.load())
        self.keep.setEnabled(table is not None and bool(table.classes))

    def merge_into(self, row: int) -> None:
        """Make the samples of the class drawn with those of another row."""
        table = self._table
        if table is None or table.current_class is None:
            return
        gone, kept = table.current_class, table.classes[row]
        try:
            number = table.merge(table.current, row)
        except SampleError as error:
            self._context.warn(str(error))
            return
        self._context.tell(
            self.tr("{} is {} now ({} samples); undo takes it back.").format(gone.name, kept.name, number)
        )

    def load(self) -> None:
        """Take a set from a file."""
        chosen, _ = QFileDialog.getOpenFileName(
            self, self.tr("Load class set"), _folder(), self.tr("Class sets (*.json)")
        )
        if chosen:
            try:
                self.apply(class_sets.load(chosen))
            except SampleError as error:
                self._context.warn(str(error))

    def apply(self, wanted: class_sets.ClassSet) -> None:
        """Give the samples the classes of a set."""
        table = self._table
        if table is None:
            return
        counts = {each.value: table.count(row) for row, each in enumerate(table.classes)}
        try:
            done = class_sets.apply(table.layer, table.field, wanted, table.rules, counts)
        except SampleError as error:
            self._context.warn(str(error))
            return
        parts = [
            (done.added, self.tr("{} added")),
            (done.changed, self.tr("{} renamed or recoloured")),
            (done.dropped, self.tr("{} without samples removed")),
            (done.kept, self.tr("{} others with samples kept")),
            (done.moved, self.tr("{} with another map value than their code, which was taken")),
        ]
        said = ", ".join(text.format(number) for number, text in parts if number)
        self._context.tell(f"{wanted.name}: {said or self.tr('nothing to change')}.", duration=12)

    def save(self) -> None:
        """Keep names, colours and codes in a file, of the own folder unless another is chosen."""
        table = self._table
        if table is None:
            return
        class_sets.own_folder().mkdir(parents=True, exist_ok=True)
        chosen, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save class set"), str(Path(_folder()) / "classes.json"), self.tr("Class sets (*.json)")
        )
        if not chosen:
            return
        path = Path(chosen).with_suffix(".json")
        try:
            class_sets.save(path, path.stem, table.classes)
        except SampleError as error:
            self._context.warn(str(error))
            return
        self._context.tell(self.tr("{} classes are kept in {}.").format(len(table.classes), path))

    def _offer(self, each: class_sets.ClassSet) -> None:
        action = self.sets.addAction(f"{_plain(each.name)} ({len(each.classes)})")
        action.setToolTip(f"{each.source}\n{', '.join(member.name for member in each.classes)}".strip())
        action.triggered.connect(lambda _checked: self.apply(each))

    def _submenu(self, image: str, title: str) -> QMenu:
        menu = self.addMenu(QgsApplication.getThemeIcon(f"/{image}.svg"), title)
        menu.setToolTipsVisible(True)
        return menu


def _folder() -> str:
    folder = class_sets.own_folder()
    return str(folder if folder.is_dir() else Path.home())


def _plain(text: str) -> str:
    return text.replace("&", "&&")
