"""Changing samples: everything goes through the layer's edit buffer as one undo step, class table included.

Each function raises `SampleError` with one sentence when the layer does not allow it, and then has changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsFeatureRequest,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
    QgsVectorDataProvider,
    QgsVectorLayer,
    QgsVectorLayerUtils,
    QgsWkbTypes,
)
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication, QDateTime

from ...compat import POLYGON, QUndoCommand
from ..sources import name_of
from ..worker.greeting import ClassRules
from .classes import SampleClass, SampleError, next_value
from .sample_layer import as_name, key_of, last_value, read_classes, require_crs, require_field, write_classes

_ADD = QgsVectorDataProvider.Capability.AddFeatures
_DELETE = QgsVectorDataProvider.Capability.DeleteFeatures
_CHANGE = QgsVectorDataProvider.Capability.ChangeAttributeValues


def obstacle(layer: QgsVectorLayer, capability: Any = _ADD) -> str:
    """The sentence why a layer cannot be edited; empty: it can."""
    try:
        require_crs(layer)
    except SampleError as error:
        return str(error)
    if layer.readOnly() or not layer.dataProvider().capabilities() & capability:
        return QCoreApplication.translate(
            "Samples", "{} cannot be edited: its file or the layer is read-only; choose another sample layer."
        ).format(layer.name())
    return ""


def require_editable(layer: QgsVectorLayer, capability: Any = _ADD) -> None:
    """Put the layer in edit mode unless it is; `SampleError` when it has no CRS or cannot be edited."""
    problem = obstacle(layer, capability)
    if problem:
        raise SampleError(problem)
    if not layer.isEditable() and not layer.startEditing():
        raise SampleError(
            QCoreApplication.translate("Samples", "{} cannot be edited; choose another sample layer.").format(
                layer.name()
            )
        )


def add_sample(
    layer: QgsVectorLayer,
    field: str,
    sample_class: SampleClass,
    geometry: QgsGeometry,
    crs: QgsCoordinateReferenceSystem,
) -> list[int]:
    """Add a polygon given in `crs` as a sample of a class, as one undo step. Returns the fids: one, or several where a
    shape that crosses itself falls apart and the layer holds single polygons only."""
    require_editable(layer)
    require_field(layer, field)
    if layer.geometryType() != POLYGON:
        raise SampleError(
            QCoreApplication.translate(
                "Samples", "What {} holds counts as samples, but only polygons can be drawn; make a new sample layer."
            ).format(layer.name())
        )
    parts = _prepared(layer, geometry, crs)
    fields = layer.fields()
    attributes = {fields.indexOf(field): key_of(layer, field, sample_class)}
    if fields.indexOf("created") >= 0:
        attributes[fields.indexOf("created")] = QDateTime.currentDateTime()
    layer.beginEditCommand(QCoreApplication.translate("Samples", "Sample of {}").format(sample_class.name))
    fids = []
    for part in parts:
        feature = QgsVectorLayerUtils.createFeature(layer, part, attributes, layer.createExpressionContext())
        if not layer.addFeature(feature):
            layer.destroyEditCommand()
            raise SampleError(
                QCoreApplication.translate("Samples", "{} does not take the new sample.").format(layer.name())
            )
        fids.append(feature.id())
    layer.endEditCommand()
    layer.triggerRepaint()
    return fids


def sample_at(
    layer: QgsVectorLayer, point: QgsPointXY, crs: QgsCoordinateReferenceSystem, reach: float = 0.0
) -> int | None:
    """The fid of the smallest sample that holds `point` (QgsPointXY in `crs`), or None; of points and lines, of the
    nearest one within `reach` (in units of `crs`)."""
    transform = QgsCoordinateTransform(crs, layer.crs(), QgsProject.instance())
    x, y = point.x(), point.y()
    try:
        spot = QgsGeometry.fromPointXY(transform.transform(point))
        around = transform.transformBoundingBox(QgsRectangle(x - reach, y - reach, x + reach, y + reach))
    except QgsCsException:
        return None
    shapes = layer.geometryType() == POLYGON
    request = QgsFeatureRequest().setFilterRect(spot.boundingBox() if shapes else around).setNoAttributes()
    found = ((f.id(), f.geometry()) for f in layer.getFeatures(request))
    if shapes:
        held = [(shape.area(), fid) for fid, shape in found if shape.intersects(spot)]
    else:
        where = QgsGeometry.fromRect(around)
        held = [(shape.distance(spot), fid) for fid, shape in found if shape.intersects(where)]
    return min(held)[1] if held else None


def erase_sample(layer: QgsVectorLayer, fid: int) -> None:
    """Remove one sample as one undo step."""
    require_editable(layer, _DELETE)
    layer.beginEditCommand(QCoreApplication.translate("Samples", "Erase sample"))
    layer.deleteFeature(fid)
    layer.endEditCommand()
    layer.triggerRepaint()


def relabel_sample(layer: QgsVectorLayer, field: str, fid: int, sample_class: SampleClass) -> None:
    """Give one sample another class as one undo step."""
    require_editable(layer, _CHANGE)
    index = require_field(layer, field)
    layer.beginEditCommand(QCoreApplication.translate("Samples", "Sample becomes {}").format(sample_class.name))
    layer.changeAttributeValue(fid, index, key_of(layer, field, sample_class))
    layer.endEditCommand()
    layer.triggerRepaint()


def undo(layer: QgsVectorLayer) -> bool:
    """Take the last step back; False when there is none."""
    return _step(layer, layer.undoStack().canUndo, layer.undoStack().undo)


def redo(layer: QgsVectorLayer) -> bool:
    """Do again what was taken back; False when there is nothing."""
    return _step(layer, layer.undoStack().canRedo, layer.undoStack().redo)


def unsaved(layer: QgsVectorLayer) -> int:
    """How many samples were added, changed or removed since the layer was saved."""
    buffer = layer.editBuffer()
    if buffer is None:
        return 0
    changed = set(buffer.changedGeometries()) | set(buffer.changedAttributeValues())
    return len(set(buffer.addedFeatures()) | changed) + len(buffer.deletedFeatureIds())


def save(layer: QgsVectorLayer) -> None:
    """Write the edits to the file and stay in edit mode; `SampleError` with the reason when it fails."""
    if layer.isEditable() and not layer.commitChanges(False):
        reason = " ".join(layer.commitErrors()) or QCoreApplication.translate("Samples", "no reason given")
        raise SampleError(
            QCoreApplication.translate("Samples", "{} could not be saved: {}").format(layer.name(), reason)
        )
    layer.triggerRepaint()


def add_class(layer: QgsVectorLayer, field: str, name: str, colour: str, rules: ClassRules) -> SampleClass:
    """A new class at the end of the table, with a value no class ever had."""
    classes = read_classes(layer, field)
    name = _checked(layer, field, name, classes)
    added = SampleClass(next_value(classes, last_value(layer, field), rules), name, colour)
    write_classes(layer, field, [*classes, added])
    return added


def rename_class(layer: QgsVectorLayer, field: str, value: int, name: str) -> None:
    """Give a class another name, in the table and in its samples, as one undo step; its value stays."""
    classes = read_classes(layer, field)
    before = next(c for c in classes if c.value == value)
    if name.strip() == before.name:
        return
    after = before._replace(name=_checked(layer, field, name, [c for c in classes if c.value != value]))
    moved = key_of(layer, field, before) != key_of(layer, field, after)
    fids = _samples_of(layer, field, before) if moved else []
    if not _editing(layer, fids, _CHANGE):
        _Replace(layer, field, before, after).redo()
        return
    layer.beginEditCommand(QCoreApplication.translate("Samples", "Rename {} to {}").format(before.name, after.name))
    index = layer.fields().indexOf(field)
    for fid in fids:
        layer.changeAttributeValue(fid, index, key_of(layer, field, after))
    _push(layer, _Replace(layer, field, before, after))
    layer.endEditCommand()


def remove_class(layer: QgsVectorLayer, field: str, value: int) -> None:
    """Take a class and its samples away as one undo step; its value is not given again."""
    classes = read_classes(layer, field)
    position = next(i for i, c in enumerate(classes) if c.value == value)
    fids = _samples_of(layer, field, classes[position])
    command = _Remove(layer, field, classes[position], position)
    if not _editing(layer, fids, _DELETE):
        command.redo()
        return
    layer.beginEditCommand(QCoreApplication.translate("Samples", "Remove {}").format(classes[position].name))
    layer.deleteFeatures(fids)
    _push(layer, command)
    layer.endEditCommand()
    layer.triggerRepaint()


class _Replace(QUndoCommand):
    """A class of the table has another name."""

    def __init__(self, layer: QgsVectorLayer, field: str, before: SampleClass, after: SampleClass) -> None:
        super().__init__()
        self._layer, self._field, self._before, self._after = layer, field, before, after

    def redo(self) -> None:
        self._name(self._after.name)

    def undo(self) -> None:
        self._name(self._before.name)

    def _name(self, name: str) -> None:
        value = self._before.value
        classes = read_classes(self._layer, self._field)
        # The name may have been given to another class meanwhile: the samples cannot tell the two apart.
        classes = [c for c in classes if c.value == value or c.name != name]
        classes = [c._replace(name=name) if c.value == value else c for c in classes]
        write_classes(self._layer, self._field, classes)


class _Remove(QUndoCommand):
    """A class is no longer in the table."""

    def __init__(self, layer: QgsVectorLayer, field: str, removed: SampleClass, position: int) -> None:
        super().__init__()
        self._layer, self._field, self._removed, self._position = layer, field, removed, position

    def redo(self) -> None:
        classes = read_classes(self._layer, self._field)
        write_classes(self._layer, self._field, [c for c in classes if c.value != self._removed.value])

    def undo(self) -> None:
        classes = [
            c
            for c in read_classes(self._layer, self._field)
            if c.value != self._removed.value and c.name != self._removed.name
        ]
        classes.insert(self._position, self._removed)
        write_classes(self._layer, self._field, classes)


def _push(layer: QgsVectorLayer, command: QUndoCommand) -> None:
    stack = layer.undoStack()
    stack.push(command)
    sip.transferto(command, command)  # else its Python half goes when Python's view of the stack does


def _editing(layer: QgsVectorLayer, fids: Iterable[int], capability: Any) -> bool:
    """Whether the change of the table has to go through the undo stack; starts editing when samples change too."""
    if fids:
        require_editable(layer, capability)
    return layer.isEditable()


def _step(layer: QgsVectorLayer, possible: Callable[[], bool], step: Callable[[], None]) -> bool:
    if not possible():
        return False
    step()
    layer.triggerRepaint()
    return True


def _samples_of(layer: QgsVectorLayer, field: str, sample_class: SampleClass) -> list[int]:
    index, key = require_field(layer, field), str(key_of(layer, field, sample_class))
    request = QgsFeatureRequest().setSubsetOfAttributes([index])
    request.setFlags(QgsFeatureRequest.Flag.NoGeometry | QgsFeatureRequest.Flag.SubsetOfAttributes)
    return [f.id() for f in layer.getFeatures(request) if as_name(f.attribute(index)) == key]


def _checked(layer: QgsVectorLayer, field: str, name: str, others: list[SampleClass]) -> str:
    name = name.strip()
    if not name:
        raise SampleError(QCoreApplication.translate("Samples", "A class needs a name."))
    if any(c.name == name for c in others):
        raise SampleError(
            QCoreApplication.translate("Samples", "There is a class {} already; choose another name.").format(name)
        )
    longest = layer.fields().at(require_field(layer, field)).length()
    # A Shapefile counts bytes.
    size = len(name.encode()) if layer.storageType() == "ESRI Shapefile" else len(name)
    if isinstance(key_of(layer, field, SampleClass(1, name, "")), str) and 0 < longest < size:
        raise SampleError(
            QCoreApplication.translate("Samples", "{} is too long: the field takes {} characters.").format(
                name, longest
            )
        )
    return name


def _prepared(layer: QgsVectorLayer, geometry: QgsGeometry, crs: QgsCoordinateReferenceSystem) -> list[QgsGeometry]:
    """The shape in the layer's CRS and geometry type, valid; several only for a layer of single polygons."""
    shape = QgsGeometry(geometry)
    try:
        shape.transform(QgsCoordinateTransform(crs, layer.crs(), QgsProject.instance()))
    except QgsCsException:
        raise SampleError(
            QCoreApplication.translate("Samples", "That place cannot be expressed in the CRS of {} ({}).").format(
                layer.name(), name_of(layer.crs())
            )
        ) from None
    if not shape.isGeosValid():
        shape = shape.makeValid()
    polygons = [part for part in shape.asGeometryCollection() if part.type() == POLYGON and part.area() > 0]
    if not polygons:
        raise SampleError(QCoreApplication.translate("Samples", "The shape has no area; draw a larger one."))
    wanted = polygons if QgsWkbTypes.isSingleType(layer.wkbType()) else [QgsGeometry.collectGeometry(polygons)]
    return [part for shape in wanted for part in shape.coerceToType(layer.wkbType())]
