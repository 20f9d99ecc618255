"""Changing samples: everything goes through the layer's edit buffer as one undo step. `class_edits` changes classes.

Each function raises `SampleError` with one sentence when the layer does not allow it, and then has changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from qgis.PyQt.QtCore import QCoreApplication, QDateTime

from ...compat import POLYGON
from ..sources import name_of
from .classes import SampleClass, SampleError
from .sample_layer import key_of, require_crs, require_field

ADD = QgsVectorDataProvider.Capability.AddFeatures
DELETE = QgsVectorDataProvider.Capability.DeleteFeatures
CHANGE = QgsVectorDataProvider.Capability.ChangeAttributeValues


def obstacle(layer: QgsVectorLayer, capability: Any = ADD) -> str:
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


def require_editable(layer: QgsVectorLayer, capability: Any = ADD) -> None:
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
    parts = prepared(layer, geometry, crs)
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
                QCoreApplication.translate(
                    "Samples", "{} does not take the new sample; check that the layer can be edited."
                ).format(layer.name())
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


def erase_samples(layer: QgsVectorLayer, fids: Sequence[int]) -> None:
    """Remove samples as one undo step."""
    require_editable(layer, DELETE)
    layer.beginEditCommand(
        QCoreApplication.translate("Samples", "Erase sample")
        if len(fids) == 1
        else QCoreApplication.translate("Samples", "Erase {} samples").format(len(fids))
    )
    layer.deleteFeatures(list(fids))
    layer.endEditCommand()
    layer.triggerRepaint()


def relabel_samples(layer: QgsVectorLayer, field: str, fids: Sequence[int], sample_class: SampleClass) -> None:
    """Give samples another class as one undo step."""
    require_editable(layer, CHANGE)
    index = require_field(layer, field)
    layer.beginEditCommand(
        QCoreApplication.translate("Samples", "Sample becomes {}").format(sample_class.name)
        if len(fids) == 1
        else QCoreApplication.translate("Samples", "{} samples become {}").format(len(fids), sample_class.name)
    )
    for fid in fids:
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
            QCoreApplication.translate(
                "Samples", "{} could not be saved ({}); check that its file can be written, and save again."
            ).format(layer.name(), reason)
        )
    layer.triggerRepaint()


def _step(layer: QgsVectorLayer, possible: Callable[[], bool], step: Callable[[], None]) -> bool:
    if not possible():
        return False
    step()
    layer.triggerRepaint()
    return True


def prepared(layer: QgsVectorLayer, geometry: QgsGeometry, crs: QgsCoordinateReferenceSystem) -> list[QgsGeometry]:
    """The shape in the layer's CRS and geometry type, valid; several only for a layer of single polygons."""
    shape = QgsGeometry(geometry)
    try:
        shape.transform(QgsCoordinateTransform(crs, layer.crs(), QgsProject.instance()))
    except QgsCsException:
        raise SampleError(
            QCoreApplication.translate(
                "Samples",
                "That place cannot be expressed in the CRS of {} ({}); draw elsewhere, or use a layer in another CRS.",
            ).format(layer.name(), name_of(layer.crs()))
        ) from None
    if not shape.isGeosValid():
        shape = shape.makeValid()
    polygons = [part for part in shape.asGeometryCollection() if part.type() == POLYGON and part.area() > 0]
    if not polygons:
        raise SampleError(QCoreApplication.translate("Samples", "The shape has no area; draw a larger one."))
    wanted = polygons if QgsWkbTypes.isSingleType(layer.wkbType()) else [QgsGeometry.collectGeometry(polygons)]
    return [part for shape in wanted for part in shape.coerceToType(layer.wkbType())]
