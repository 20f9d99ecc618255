"""The classes of a sample layer as a table that Qt shows: key, colour, name, number of samples, area.

The layer keeps the classes (`sample_layer`); this follows it, also when undo changes them, and holds which class is
drawn with.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from qgis.core import QgsVectorLayer
from qgis.PyQt.QtCore import QAbstractTableModel, QLocale, QModelIndex, QObject, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QColor, QFont

from ..worker.greeting import ClassRules
from . import class_edits, sample_layer
from .class_keys import ClassKeys, key_text
from .classes import SampleClass, SampleError, next_value

KEY, COLOUR, NAME, COUNT, AREA = range(5)

#: Milliseconds that edits are gathered before the samples are counted again.
_PAUSE = 80
#: Milliseconds after the last change of a class before the style goes to the GeoPackage.
_STYLE_PAUSE = 800

#: Areas remembered at most.
_REMEMBERED = 50_000

_Role = Qt.ItemDataRole
_CENTRE, _RIGHT = (
    int(getattr(flags, "value", flags))  # a number to Qt 5 and 6 alike
    for flags in (Qt.AlignmentFlag.AlignCenter, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
)


class ClassTable(QAbstractTableModel):
    """Made for a layer and its class field; `SampleError` when they cannot hold samples."""

    #: The class to draw with is another: its row, -1 for none.
    currentChanged = pyqtSignal(int)
    #: Classes came, went or look different.
    changed = pyqtSignal()
    #: Numbers of samples are known anew.
    counted = pyqtSignal()
    #: An edit in the table could not be made, with the sentence why.
    refused = pyqtSignal(str)

    def __init__(self, layer: QgsVectorLayer, field: str, rules: ClassRules, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.layer, self.field, self.rules = layer, field, rules
        self._classes = sample_layer.open_classes(layer, field, rules)
        self._counts: dict[str, tuple[int, float]] = {}
        self._measured: dict[int, sample_layer.Sample] = {}
        self._keyed: dict[str, SampleClass] | None = None  # by what the field holds, made when it is first asked for
        self._areas: dict[bytes, float] = {}
        self._dirty: set[int] | None = None  # fids to look at again; None: all of them
        self._current = 0 if self._classes else -1
        self._gone: int | None = None  # the value of the class that was drawn with when it was removed
        #: Digits that choose the class to draw with.
        self.keys = ClassKeys(eager=True, parent=self)
        self.keys.chosen.connect(self.choose)
        self.keys.waiting.connect(self._show_keys)
        self._counting = self._timer(_PAUSE, self.recount)
        self._styling = self._timer(_STYLE_PAUSE, self._save_style)
        self._links = [
            (layer.customPropertyChanged, self._follow),
            (layer.featureAdded, self._touch),
            (layer.featureDeleted, self._touch),
            (layer.geometryChanged, self._touch),
            (layer.attributeValueChanged, self._touch),
            (layer.afterCommitChanges, self._touch_all),
            (layer.afterRollBack, self._touch_all),
            (layer.subsetStringChanged, self._touch_all),
            (layer.dataChanged, self._touch_all),
            (layer.updatedFields, self._touch_all),
            (layer.crsChanged, self._forget_areas),
            (layer.willBeDeleted, self._lost),
        ]
        for signal, slot in self._links:
            signal.connect(slot)
        self.recount()

    def close(self) -> None:
        """Let go of the layer; what is still to be kept in its GeoPackage is written."""
        self._counting.stop()
        if self.layer is None:
            return
        if self._styling.isActive():
            self._save_style()
        self._lost()

    @property
    def classes(self) -> list[SampleClass]:
        """The classes in the order of their keys."""
        return list(self._classes)

    @property
    def current(self) -> int:
        """The row of the class to draw with; -1: none."""
        return self._current

    @property
    def current_class(self) -> SampleClass | None:
        """The class to draw with, or None."""
        return self._classes[self._current] if 0 <= self._current < len(self._classes) else None

    @property
    def is_numeric(self) -> bool:
        """Whether the field holds numbers rather than names."""
        return sample_layer.is_numeric(self.layer, self.field)

    @property
    def samples(self) -> Mapping[int, sample_layer.Sample]:
        """All samples by their fids, as they were counted last."""
        return self._measured

    def class_of(self, sample: sample_layer.Sample) -> SampleClass | None:
        """The class of a sample."""
        if self._keyed is None and self.layer is not None:
            self._keyed = {str(sample_layer.key_of(self.layer, self.field, each)): each for each in self._classes}
        return (self._keyed or {}).get(sample.name)

    def choose(self, row: int) -> bool:
        """Draw with another class; False when there is no such row."""
        if not 0 <= row < len(self._classes):
            return False
        if row != self._current:
            self._current, self._gone = row, None
            self.currentChanged.emit(row)
        return True

    def count(self, row: int) -> int:
        """Number of samples of a class, unsaved ones included."""
        return self._counted(row)[0]

    def area(self, row: int) -> float:
        """Area of the samples of a class in m²."""
        return self._counted(row)[1]

    def free_name(self) -> str:
        """A name that no class has: "class N"."""
        taken = {c.name for c in self._classes}
        numbered = (self.tr("class {}").format(number) for number in itertools.count(len(taken) + 1))
        return next(name for name in numbered if name not in taken)

    def colour_for(self, name: str) -> str:
        """A colour that no class has, for one of that name."""
        return self.rules.colours([name], avoid=[c.colour for c in self._classes])[0]

    def add(self, name: str = "") -> int:
        """A new class at the end, with a free name unless told; its row."""
        name = name or self.free_name()
        class_edits.add_class(self.layer, self.field, name, self.colour_for(name), self.rules)
        self.choose(len(self._classes) - 1)
        return len(self._classes) - 1

    def split(self, fids: Sequence[int], name: str) -> None:
        """A new class of some samples, as one undo step."""
        class_edits.split_class(self.layer, self.field, fids, name, self.colour_for(name.strip()), self.rules)

    def merge(self, row: int, into: int) -> int:
        """Make the samples of a class those of another, as one undo step; how many these were."""
        return class_edits.merge_classes(self.layer, self.field, [self._classes[row].value], self._classes[into].value)

    def rename(self, row: int, name: str) -> None:
        """Another name, in the samples too, as one undo step."""
        class_edits.rename_class(self.layer, self.field, self._classes[row].value, name)

    def recolour(self, row: int, colour: str) -> None:
        """Another colour (#rrggbb)."""
        if colour != self._classes[row].colour:
            class_edits.recolour_class(self.layer, self.field, self._classes[row].value, colour)

    def remove(self, row: int) -> None:
        """Take the class and its samples away, as one undo step."""
        class_edits.remove_class(self.layer, self.field, self._classes[row].value)

    def move(self, row: int, to: int) -> None:
        """Give a class another place, and so another key; the class drawn with stays the same."""
        classes = self.classes
        if row == to or not (0 <= row < len(classes) and 0 <= to < len(classes)):
            return
        text = self.tr("Key of {}").format(classes[row].name)
        classes.insert(to, classes.pop(row))
        class_edits.change_classes(self.layer, self.field, classes, text)

    def recount(self) -> None:
        """Count samples and areas now. Names found in the field that the table does not know become classes."""
        self._counting.stop()
        if self.layer is None:
            return
        if self._dirty is None:
            self._areas = {} if len(self._areas) > _REMEMBERED else self._areas
            self._measured = sample_layer.measured(self.layer, self.field, self._areas)
        elif self._dirty:
            for fid in self._dirty:
                self._measured.pop(fid, None)
            self._measured.update(sample_layer.measured(self.layer, self.field, self._areas, self._dirty))
        self._dirty = set()
        counts: dict[str, tuple[int, float]] = {}
        for each in self._measured.values():
            number, total = counts.get(each.name, (0, 0.0))
            counts[each.name] = number + 1, total + each.area
        self._counts = counts
        self._adopt()
        if self._classes:
            self.dataChanged.emit(self.index(0, COUNT), self.index(len(self._classes) - 1, AREA))
        self.counted.emit()

    # What Qt asks of a table.

    def rowCount(self, parent: QObject = QModelIndex()) -> int:  # noqa: B008 - Qt's name and its way
        return 0 if parent.isValid() else len(self._classes)

    def columnCount(self, parent: QObject = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else AREA + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or role != _Role.DisplayRole:
            return None
        return [self.tr("Key"), "", self.tr("Class"), self.tr("Samples"), self.tr("Area")][section]

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() in {COLOUR, NAME} else flags

    def data(self, index: QModelIndex, role: int = _Role.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._classes):
            return None
        row, column = index.row(), index.column()
        if role == _Role.TextAlignmentRole and column != NAME:
            return _CENTRE if column == KEY else _RIGHT
        if role == _Role.ToolTipRole and column == NAME:
            return self.tr("{}, value {} in the map").format(self._classes[row].name, self._classes[row].value)
        if role == _Role.FontRole and column == KEY and self.keys.first:
            font = QFont()
            font.setBold(key_text(row, len(self._classes)).startswith(self.keys.first))
            return font
        if role == _Role.EditRole and column == COLOUR:
            return QColor(self._classes[row].colour)
        return self._shown(row, column) if role in {_Role.DisplayRole, _Role.EditRole} else None

    def press(self, digit: int) -> None:
        """A digit was typed to choose the class to draw with."""
        self.keys.press(digit, len(self._classes))

    def _show_keys(self, _first: str) -> None:
        if self._classes:
            self.dataChanged.emit(self.index(0, KEY), self.index(len(self._classes) - 1, KEY))

    def _shown(self, row: int, column: int) -> str | None:
        if column == KEY:
            return key_text(row, len(self._classes))
        if column == NAME:
            return self._classes[row].name
        if column == COUNT:
            return QLocale().toString(self.count(row))
        return area_text(self.area(row)) if column == AREA else None

    def setData(self, index: QModelIndex, value: Any, role: int = _Role.EditRole) -> bool:
        if role != _Role.EditRole or not index.isValid():
            return False
        try:
            if index.column() == NAME:
                self.rename(index.row(), str(value))
            elif index.column() == COLOUR:
                self.recolour(index.row(), QColor(value).name())
            else:
                return False
        except SampleError as error:
            self.refused.emit(str(error))
            return False
        return True

    def _timer(self, pause: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(pause)
        timer.timeout.connect(slot)
        return timer

    def _counted(self, row: int) -> tuple[int, float]:
        key = sample_layer.key_of(self.layer, self.field, self._classes[row]) if self.layer is not None else ""
        return self._counts.get(str(key), (0, 0.0))

    def _adopt(self) -> None:
        known = {str(sample_layer.key_of(self.layer, self.field, c)) for c in self._classes}
        unknown = sorted(set(self._counts) - known)
        classes = self.classes
        numeric = sample_layer.is_numeric(self.layer, self.field)
        last = sample_layer.last_value(self.layer, self.field)
        for name, colour in zip(unknown, self.rules.colours(unknown, avoid=[c.colour for c in classes])):
            try:
                code = int(name) if numeric else None
                taken = {c.value for c in classes}
                if code is not None and 1 <= code <= self.rules.last_value and code not in taken:
                    classes.append(SampleClass(code, name, colour))
                else:
                    classes.append(SampleClass(next_value(classes, last, self.rules), name, colour, code))
            except (SampleError, ValueError):
                return
        if len(classes) > len(self._classes):
            sample_layer.write_classes(self.layer, self.field, classes)

    def _follow(self, key: str) -> None:
        if key != sample_layer.CLASSES:
            return
        classes = sample_layer.read_classes(self.layer, self.field)
        if classes == self._classes:
            return
        chosen, self._keyed = self.current_class, None
        same_rows = [c.value for c in classes] == [c.value for c in self._classes]
        if same_rows:
            self._classes = classes
            self.dataChanged.emit(self.index(0, 0), self.index(len(classes) - 1, AREA))
        else:
            self.beginResetModel()
            self._classes = classes
            self.endResetModel()
        values = [c.value for c in classes]
        if self._gone in values:  # undo brought it back
            row, self._gone = values.index(self._gone), None
        elif chosen is not None and chosen.value in values:
            row = values.index(chosen.value)
        else:
            row = min(self._current, len(values) - 1)
            self._gone = chosen.value if chosen is not None and self._gone is None else self._gone
        row = max(row, 0) if values else -1
        if row != self._current or not same_rows:
            self._current = row
            self.currentChanged.emit(row)
        self._styling.start()
        self._counting.start()
        self.changed.emit()

    def _touch(self, fid: int) -> None:
        if self._dirty is not None:
            self._dirty.add(fid)
        self._counting.start()

    def _touch_all(self) -> None:
        self._dirty = None
        self._counting.start()

    def _forget_areas(self) -> None:
        self._areas = {}
        self._touch_all()

    def _save_style(self) -> None:
        self._styling.stop()
        if self.layer is not None:
            problem = sample_layer.save_style(self.layer)
            if problem:
                self.refused.emit(
                    self.tr("The colours were not kept in {} ({}); save the layer's style to keep them.").format(
                        self.layer.name(), problem
                    )
                )

    def _lost(self) -> None:
        for signal, slot in self._links:
            signal.disconnect(slot)
        self._links = []
        self._counting.stop()
        self._styling.stop()
        self.layer = None


def area_text(area: float) -> str:
    """An area in m² as people read it: m², ha or km²."""
    area, locale = float(area), QLocale()
    for unit, size in (("km²", 1e6), ("ha", 1e4)):
        if area >= size:
            digits = 0 if area >= 100 * size else 1
            return f"{locale.toString(area / size, 'f', digits)} {unit}"
    return f"{locale.toString(area, 'f', 0)} m²" if area > 0 else "–"
