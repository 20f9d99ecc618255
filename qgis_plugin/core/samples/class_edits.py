"""Changing the classes of samples: each function is one undo step of the layer, table of classes and samples together.

Each raises `SampleError` with one sentence when the layer does not allow it, and then has changed nothing. A layer that
cannot be edited keeps its samples, but its classes can be called and coloured otherwise; that is not taken back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from qgis.core import QgsFeatureRequest, QgsVectorLayer
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication

from ...compat import QUndoCommand
from ..worker.greeting import ClassRules
from .classes import SampleClass, SampleError, next_value
from .sample_edits import CHANGE, DELETE, obstacle, require_editable
from .sample_layer import as_name, key_of, last_value, read_classes, require_field, write_classes

#: Undo steps that may become one: a colour is often chosen by trying several.
_RECOLOUR = 0x4D4D43


def add_class(layer: QgsVectorLayer, field: str, name: str, colour: str, rules: ClassRules) -> SampleClass:
    """A new class at the end of the table, with a value no class ever had."""
    classes = read_classes(layer, field)
    added = _new_class(layer, field, name, colour, rules)
    text = QCoreApplication.translate("Samples", "New class {}").format(added.name)
    change_classes(layer, field, [*classes, added], text)
    return added


def rename_class(layer: QgsVectorLayer, field: str, value: int, name: str) -> None:
    """Give a class another name, in the table and in its samples; its value stays."""
    classes = read_classes(layer, field)
    before = next(c for c in classes if c.value == value)
    if name.strip() == before.name:
        return
    after = before._replace(name=checked_name(layer, field, name, [c for c in classes if c.value != value]))
    moved = key_of(layer, field, before) != key_of(layer, field, after)
    fids = samples_of(layer, field, [before]) if moved else []
    text = QCoreApplication.translate("Samples", "Rename {} to {}").format(before.name, after.name)
    change_classes(layer, field, [after if c is before else c for c in classes], text, [(fids, after)])


def recolour_class(layer: QgsVectorLayer, field: str, value: int, colour: str) -> None:
    """Give a class another colour (#rrggbb)."""
    classes = read_classes(layer, field)
    name = next(c.name for c in classes if c.value == value)
    text = QCoreApplication.translate("Samples", "Colour of {}").format(name)
    after = [c._replace(colour=colour) if c.value == value else c for c in classes]
    command = _Classes(layer, field, classes, after, text, recoloured=value)
    if _begin(layer, []):
        _push(layer, command)
    else:
        command.redo()


def remove_class(layer: QgsVectorLayer, field: str, value: int) -> None:
    """Take a class and its samples away; its value is not given again."""
    classes = read_classes(layer, field)
    gone = next(c for c in classes if c.value == value)
    fids = samples_of(layer, field, [gone])
    text = QCoreApplication.translate("Samples", "Remove {}").format(gone.name)
    command = _Classes(layer, field, classes, [c for c in classes if c is not gone], text)
    if not _begin(layer, fids, DELETE):
        command.redo()
        return
    layer.beginEditCommand(text)
    layer.deleteFeatures(fids)
    _push(layer, command)
    layer.endEditCommand()
    layer.triggerRepaint()


def merge_classes(layer: QgsVectorLayer, field: str, values: Collection[int], into: int) -> int:
    """Make the samples of some classes those of the class of value `into`, and take the emptied classes away. Returns
    how many samples have another class now."""
    classes = read_classes(layer, field)
    kept = next(c for c in classes if c.value == into)
    merged = [c for c in classes if c.value in values and c is not kept]
    if not merged:
        return 0
    fids = samples_of(layer, field, merged)
    names = ", ".join(c.name for c in merged)
    text = QCoreApplication.translate("Samples", "Merge {} into {}").format(names, kept.name)
    change_classes(layer, field, [c for c in classes if c not in merged], text, [(fids, kept)])
    return len(fids)


def split_class(
    layer: QgsVectorLayer, field: str, fids: Sequence[int], name: str, colour: str, rules: ClassRules
) -> SampleClass:
    """Make a new class, at the end of the table, of some samples."""
    added = _new_class(layer, field, name, colour, rules)
    text = QCoreApplication.translate("Samples", "New class {}").format(added.name)
    change_classes(layer, field, [*read_classes(layer, field), added], text, [(fids, added)])
    return added


def change_classes(
    layer: QgsVectorLayer,
    field: str,
    classes: Sequence[SampleClass],
    text: str,
    moves: Sequence[tuple[Sequence[int], SampleClass]] = (),
) -> None:
    """Keep other classes with the layer, and give samples (their fids, their new class), as one undo step called
    `text`."""
    command = _Classes(layer, field, read_classes(layer, field), list(classes), text)
    if not _begin(layer, [fid for fids, _ in moves for fid in fids], CHANGE):
        command.redo()
        return
    layer.beginEditCommand(text)
    index = layer.fields().indexOf(field)
    for fids, given in moves:
        for fid in fids:
            layer.changeAttributeValue(fid, index, key_of(layer, field, given))
    _push(layer, command)
    layer.endEditCommand()
    layer.triggerRepaint()


@contextmanager
def one_step(layer: QgsVectorLayer, field: str, classes: Sequence[SampleClass], text: str) -> Iterator[None]:
    """Keep other classes with the layer, and whatever is done to its samples meanwhile, as one undo step called `text`;
    nothing of it when it fails."""
    require_editable(layer)
    layer.beginEditCommand(text)
    done = False
    try:
        _push(layer, _Classes(layer, field, read_classes(layer, field), list(classes), text))
        yield
        done = True
    finally:
        if done:
            layer.endEditCommand()
        else:
            layer.destroyEditCommand()


def samples_of(layer: QgsVectorLayer, field: str, classes: Sequence[SampleClass]) -> list[int]:
    """The fids of all samples of some classes."""
    index, keys = require_field(layer, field), {str(key_of(layer, field, each)) for each in classes}
    request = QgsFeatureRequest().setSubsetOfAttributes([index])
    request.setFlags(QgsFeatureRequest.Flag.NoGeometry | QgsFeatureRequest.Flag.SubsetOfAttributes)
    return [f.id() for f in layer.getFeatures(request) if as_name(f.attribute(index)) in keys]


class _Classes(QUndoCommand):
    """The table of classes is another. Classes that came meanwhile by themselves, of names that samples had, stay."""

    def __init__(
        self,
        layer: QgsVectorLayer,
        field: str,
        before: list[SampleClass],
        after: list[SampleClass],
        text: str,
        recoloured: int | None = None,
    ) -> None:
        super().__init__(text)
        # The layer has the step in its undo stack; a step that held the layer would keep it alive for good.
        self._address = sip.unwrapinstance(layer)
        self._field, self._before, self.after, self.recoloured = field, before, after, recoloured

    def id(self) -> int:
        """Steps of one kind may become one."""
        return -1 if self.recoloured is None else _RECOLOUR

    def mergeWith(self, other: QUndoCommand) -> bool:
        """One colour after the other for one class is one step."""
        if not isinstance(other, _Classes) or other.recoloured != self.recoloured:
            return False
        self.after = other.after
        return True

    def redo(self) -> None:
        self._put(self.after)

    def undo(self) -> None:
        self._put(self._before)

    def _put(self, classes: list[SampleClass]) -> None:
        layer: QgsVectorLayer = sip.wrapinstance(self._address, QgsVectorLayer)
        known = {c.value for c in (*self._before, *self.after)}
        names = {c.name for c in classes}
        come = [c for c in read_classes(layer, self._field) if c.value not in known and c.name not in names]
        write_classes(layer, self._field, [*classes, *come])


def _push(layer: QgsVectorLayer, command: QUndoCommand) -> None:
    layer.undoStack().push(command)
    if not sip.isdeleted(command):  # it may have become one with the step before
        sip.transferto(command, command)  # else its Python half goes when Python's view of the stack does


def _begin(layer: QgsVectorLayer, fids: Collection[int], capability: Any = CHANGE) -> bool:
    """Whether there is an undo stack to go through: editing starts where it can, and must when samples change too."""
    if fids:
        require_editable(layer, capability)
    return layer.isEditable() or (not obstacle(layer, capability) and layer.startEditing())


def _new_class(layer: QgsVectorLayer, field: str, name: str, colour: str, rules: ClassRules) -> SampleClass:
    classes = read_classes(layer, field)
    name = checked_name(layer, field, name, classes)
    return SampleClass(next_value(classes, last_value(layer, field), rules), name, colour)


def checked_name(layer: QgsVectorLayer, field: str, name: str, others: Sequence[SampleClass]) -> str:
    """A name for a class beside others, without blanks around it; `SampleError` when it cannot be."""
    name = name.strip()
    if not name:
        raise SampleError(QCoreApplication.translate("Samples", "The class has no name; type one."))
    if any(c.name == name for c in others):
        raise SampleError(
            QCoreApplication.translate("Samples", "There is a class {} already; choose another name.").format(name)
        )
    longest = layer.fields().at(require_field(layer, field)).length()
    # A Shapefile counts bytes.
    size = len(name.encode()) if layer.storageType() == "ESRI Shapefile" else len(name)
    if isinstance(key_of(layer, field, SampleClass(1, name, "")), str) and 0 < longest < size:
        raise SampleError(
            QCoreApplication.translate(
                "Samples", "{} is too long, for the field takes {} characters; choose a shorter name."
            ).format(name, longest)
        )
    return name
