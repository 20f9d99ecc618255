"""Sample layers: polygons with a field that names the class, and the table of classes kept with the layer.

The table is a custom property of the layer, so it is saved with the project, and with the style in the GeoPackage. The
field holds a class' name; where the field is numeric, it holds the class' value, or the code that no map can hold.
Nothing here edits samples: `sample_edits` does.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransformContext,
    QgsDefaultValue,
    QgsDistanceArea,
    QgsEditorWidgetSetup,
    QgsFeature,
    QgsFeatureRequest,
    QgsFillSymbol,
    QgsGeometry,
    QgsMapLayer,
    QgsProject,
    QgsProviderRegistry,
    QgsRendererCategory,
    QgsSimpleLineSymbolLayer,
    QgsSymbol,
    QgsVectorFileWriter,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QCoreApplication, QDateTime, QVariant
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtXml import QDomDocument

from ...compat import POLYGON
from .. import layers
from ..sources import why_no_crs, wkt
from ..worker.greeting import ClassRules
from .classes import SampleClass, SampleError, from_json, to_json, values_of

#: Custom properties: the classes as JSON, the field they are of, the highest value ever given to a class.
CLASSES = "mmearth/classes"
FIELD = "mmearth/field"
LAST = "mmearth/last_value"

_STYLE = "samples"
_FIELDS = "field=class:string(80)&field=note:string&field=source:string&field=created:datetime"
_FILL_OPACITY = 70


def unique_path(folder: str | Path, name: str) -> Path:
    """`folder/name.gpkg`, or the first of `name_2.gpkg`, `name_3.gpkg`, … that is not there yet."""
    path, number = Path(folder) / f"{name}.gpkg", 1
    while path.exists():
        number += 1
        path = Path(folder) / f"{name}_{number}.gpkg"
    return path


def create_sample_layer(
    path: str | Path, crs: QgsCoordinateReferenceSystem, classes: Sequence[SampleClass]
) -> QgsVectorLayer:
    """A new GeoPackage with an empty layer of polygons, fields `class`, `note`, `source` and `created`, drawn in the
    colours of `classes`. The caller adds it to the project. `SampleError` when the file exists or cannot be written."""
    path = Path(path)
    if path.exists():
        raise SampleError(QCoreApplication.translate("Samples", "{} exists already; choose another name.").format(path))
    if not crs.isValid():
        raise SampleError(
            QCoreApplication.translate(
                "Samples", "{} cannot be made without a coordinate reference system; set that of the project first."
            ).format(path)
        )
    fields = QgsVectorLayer(f"MultiPolygon?{_FIELDS}", "", "memory").fields()
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName, options.layerName, options.fileEncoding = "GPKG", path.stem, "UTF-8"
    writer = QgsVectorFileWriter.create(
        str(path), fields, QgsWkbTypes.Type.MultiPolygon, crs, QgsCoordinateTransformContext(), options
    )
    problem = writer.errorMessage() if writer.hasError() else ""
    del writer  # closes the file
    source = f"{path}|layername={path.stem}"
    styled = QgsVectorLayer(source, path.stem, "ogr")
    if problem or not styled.isValid():
        raise SampleError(
            QCoreApplication.translate("Samples", "{} cannot be written ({}); choose another place.").format(
                path, problem or QCoreApplication.translate("Samples", "it does not open again")
            )
        )
    styled.setDefaultValueDefinition(styled.fields().indexOf("created"), QgsDefaultValue("now()"))
    layers.mark(styled, "samples")
    write_classes(styled, "class", classes)
    styled.saveStyleToDatabase(_STYLE, "", True, "")
    del styled  # its reader does not know the journal the style was written with
    return QgsVectorLayer(source, path.stem, "ogr")


def open_classes(layer: QgsVectorLayer, field: str, rules: ClassRules) -> list[SampleClass]:
    """The classes of a layer of polygons, lines or points: those kept with it, else one for each value of the field, in
    the colours of its categorized renderer or the conventional ones; these are then kept. `SampleError` when the layer
    or the field cannot hold samples."""
    if not isinstance(layer, QgsVectorLayer) or not layer.isValid() or not layer.isSpatial():
        raise SampleError(
            QCoreApplication.translate(
                "Samples", "{} is not a layer of polygons, lines or points; choose such a layer."
            ).format(layer.name() if layer else "–")
        )
    index = require_field(layer, field)
    kept = read_classes(layer, field)
    if kept:
        return kept
    names = sorted(class_names(layer.uniqueValues(index, rules.last_value + 2)))
    if len(names) > rules.last_value:
        raise SampleError(
            QCoreApplication.translate(
                "Samples", "Field {} of {} has more than {} different values; choose the field with the class."
            ).format(field, layer.name(), rules.last_value)
        )
    numeric = is_numeric(layer, field)
    if numeric and not all(name.lstrip("-").isdecimal() for name in names):
        raise SampleError(
            QCoreApplication.translate(
                "Samples", "Field {} of {} holds other than whole numbers; choose the field with the class."
            ).format(field, layer.name())
        )
    values = values_of(names, rules)
    legend = styled(layer, field)
    unstyled = [name for name in names if name not in legend]
    conventional = rules.colours(unstyled, avoid=[colour for _, colour in legend.values()])
    legend.update((name, (name, colour)) for name, colour in zip(unstyled, conventional))
    classes = []
    for name in sorted(names, key=lambda name: values[name]):
        label, colour = legend[name]
        code = int(name) if numeric and int(name) != values[name] else None
        classes.append(SampleClass(values[name], label if numeric else name, colour, code))
    if len({c.name for c in classes}) < len(classes):
        classes = [c._replace(name=str(c.number)) for c in classes]
    if classes or layer.customProperty(FIELD) != field:
        write_classes(layer, field, classes)
    return classes


def read_classes(layer: QgsVectorLayer, field: str) -> list[SampleClass]:
    """The classes kept with a layer for a field; an empty list when there are none."""
    return from_json(layer.customProperty(CLASSES)) if layer.customProperty(FIELD) == field else []


def write_classes(layer: QgsVectorLayer, field: str, classes: Sequence[SampleClass]) -> None:
    """Keep the classes with the layer and draw it in their colours. A layer that is not ours keeps its own drawing
    unless it is categorized by this very field."""
    last = last_value(layer, field)
    layer.setCustomProperty(LAST, max([last, *(c.value for c in classes)]))
    layer.setCustomProperty(FIELD, field)
    layer.setCustomProperty(CLASSES, to_json(classes))
    _draw(layer, field, classes)
    if layers.is_samples(layer):
        choices = [{c.name: key_of(layer, field, c)} for c in classes]
        layer.setEditorWidgetSetup(layer.fields().indexOf(field), QgsEditorWidgetSetup("ValueMap", {"map": choices}))
    if QgsProject.instance().mapLayer(layer.id()) is not None:
        QgsProject.instance().setDirty(True)


def last_value(layer: QgsVectorLayer, field: str) -> int:
    """The highest value ever given to a class of the field; 0: none."""
    return int(layer.customProperty(LAST, 0) or 0) if layer.customProperty(FIELD) == field else 0


def save_style(layer: QgsVectorLayer) -> str:
    """Keep colours and classes in the layer's GeoPackage, in the style made with it, so that they survive without a
    project. Returns what went wrong, empty when nothing did; other layers are left alone.

    QGIS' own way asks in a dialog before it overwrites a style, and switches the file to a journal that readers which
    have it open do not know; they then find no features.
    """
    path = Path(layer.source().split("|")[0])
    if not layers.is_samples(layer) or path.suffix.lower() != ".gpkg" or not os.access(str(path), os.W_OK):
        return ""
    qml, sld = QDomDocument(), QDomDocument()
    layer.exportNamedStyle(qml)
    layer.exportSldStyle(sld, "")
    change = "UPDATE layer_styles SET styleQML = ?, styleSLD = ? WHERE f_table_name = ? AND styleName = ?"
    table = QgsProviderRegistry.instance().decodeUri("ogr", layer.source()).get("layerName") or path.stem
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=0.2)) as file, file:
            file.execute(change, (qml.toString(), sld.toString(), table, _STYLE))
    except sqlite3.Error as error:
        return str(error)
    return ""


def is_numeric(layer: QgsVectorLayer, field: str) -> bool:
    """Whether the field holds the classes' values rather than their names."""
    index = layer.fields().indexOf(field)
    return index >= 0 and layer.fields().at(index).isNumeric()


def key_of(layer: QgsVectorLayer, field: str, sample_class: SampleClass) -> int | str:
    """What the field holds for a class: its name, or its number where the field is numeric."""
    return sample_class.number if is_numeric(layer, field) else sample_class.name


def class_names(values: Iterable[Any]) -> set[str]:
    """Values of a class field as text, without null and empty ones; 3.0 becomes "3"."""
    return {name for name in map(as_name, values) if name}


def as_name(value: Any) -> str:
    """One value of a class field as text; null is empty."""
    if isinstance(value, str):
        return value
    if value is None or (isinstance(value, QVariant) and value.isNull()):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def collect(layer: QgsVectorLayer, field: str, classes: Sequence[SampleClass] | None = None) -> dict[str, Any]:
    """What is drawn, saved or not, as the worker's protocol has it: `crs`, `features` [fid, class, hex WKB], `classes`.

    New features have the negative fid QGIS gives them. Features without geometry or class are left out; curves are made
    of straight pieces, z and m dropped. `classes`: those kept with the layer unless given. `SampleError` when the layer
    has no CRS or no such field.
    """
    require_crs(layer)
    index = require_field(layer, field)
    if classes is None:
        classes = read_classes(layer, field)
    names = {str(c.number): c.name for c in classes} if is_numeric(layer, field) else {}
    request = QgsFeatureRequest().setSubsetOfAttributes([index])
    features = []
    for feature in _all_features(layer, request):
        geometry = feature.geometry()
        name = as_name(feature.attribute(index))
        if not name or geometry.isEmpty():
            continue
        features.append([feature.id(), names.get(name, name), _wkb(geometry)])
    return {
        "crs": wkt(layer.crs()),
        "features": features,
        "classes": [each.told for each in classes],
    }


def digest(samples: dict[str, Any]) -> str:
    """A short name for what `collect` returned; another one when a shape, class, colour or the CRS is another. Saving
    the edits gives new features another fid and changes nothing here."""
    shapes = sorted(f"{wkb} {name}" for _, name, wkb in samples["features"])
    content = [samples["crs"], json.dumps(samples["classes"]), *shapes]
    return hashlib.sha256("\n".join(content).encode()).hexdigest()[:16]


class Sample(NamedTuple):
    """One sample: its class as text in the field, area in m² on the ellipsoid, and of layers that are ours where it
    comes from (empty: drawn) and when it was made."""

    name: str
    area: float
    source: str
    created: QDateTime | None


def measured(
    layer: QgsVectorLayer, field: str, areas: dict[bytes, float], fids: Iterable[int] | None = None
) -> dict[int, Sample]:
    """All samples by their fids or those in `fids`, unsaved ones included. `areas` remembers the area of each shape
    from call to call, since measuring is slow."""
    measure = QgsDistanceArea()
    measure.setSourceCrs(layer.crs(), QgsProject.instance().transformContext())
    if not measure.setEllipsoid(layer.crs().ellipsoidAcronym()) or not measure.willUseEllipsoid():
        measure.setEllipsoid("EPSG:7030")  # that of WGS 84
    index = layer.fields().indexOf(field)
    if index < 0:
        return {}
    told = [layer.fields().indexOf(name) if layers.is_samples(layer) else -1 for name in ("source", "created")]
    request = QgsFeatureRequest().setSubsetOfAttributes([i for i in (index, *told) if i >= 0])
    if fids is not None:
        request.setFilterFids(list(fids))
    found = {}
    for feature in layer.getFeatures(request) if fids is not None else _all_features(layer, request):
        name, geometry = as_name(feature.attribute(index)), feature.geometry()
        if not name or geometry.isEmpty():
            continue
        shape = bytes(geometry.asWkb())
        if shape not in areas:
            areas[shape] = measure.measureArea(geometry)
        source, created = (feature.attribute(i) if i >= 0 else None for i in told)
        when = created if isinstance(created, QDateTime) and created.isValid() else None
        found[feature.id()] = Sample(name, areas[shape], as_name(source), when)
    return found


def require_crs(layer: QgsVectorLayer) -> None:
    """`SampleError` unless the layer says where on Earth it is."""
    problem = why_no_crs(layer)
    if problem:
        raise SampleError(problem)


def require_field(layer: QgsVectorLayer, field: str) -> int:
    """The field's index; `SampleError` when the layer has no such field, or no longer."""
    index = layer.fields().indexOf(field)
    if index < 0:
        raise SampleError(
            QCoreApplication.translate("Samples", "{} has no field {}; choose the field with the class.").format(
                layer.name(), field
            )
        )
    return index


def find_samples(among: Iterable[QgsMapLayer] | None = None) -> tuple[QgsVectorLayer | None, str]:
    """The sample layer among some layers or all of the project, and its class field: one of ours, else one whose
    classes were opened before; or None, ""."""
    known = [
        layer
        for layer in (QgsProject.instance().mapLayers().values() if among is None else among)
        if isinstance(layer, QgsVectorLayer)
        and layer.isValid()
        and layer.fields().indexOf(layer.customProperty(FIELD, "") or "") >= 0
    ]
    known.sort(key=lambda layer: (not layers.is_samples(layer), layer.name()))
    return (known[0], known[0].customProperty(FIELD)) if known else (None, "")


def _all_features(layer: QgsVectorLayer, request: QgsFeatureRequest) -> list[QgsFeature]:
    """What the layer holds. When QGIS saves a style to the GeoPackage, readers that have it open find nothing at all;
    this notices, and opens the file again."""
    found = list(layer.getFeatures(request))
    if len(found) < layer.featureCount() and layer.providerType() == "ogr":
        provider = layer.dataProvider()
        provider.blockSignals(True)  # nothing changed for those who listen
        provider.reloadData()
        provider.blockSignals(False)
        found = list(layer.getFeatures(request))
    return found


def _wkb(geometry: QgsGeometry) -> str:
    kind = geometry.wkbType()
    if QgsWkbTypes.isCurvedType(kind) or QgsWkbTypes.hasZ(kind) or QgsWkbTypes.hasM(kind):
        shape = geometry.constGet().segmentize()
        shape.dropZValue()
        shape.dropMValue()
        return bytes(shape.asWkb()).hex()
    return bytes(geometry.asWkb()).hex()


def styled(layer: QgsVectorLayer, field: str) -> dict[str, tuple[str, str]]:
    """Value as text → (label, colour) of a categorized renderer on the field."""
    renderer = layer.renderer()
    if not isinstance(renderer, QgsCategorizedSymbolRenderer) or renderer.classAttribute().strip('"') != field:
        return {}
    found = {}
    for category in renderer.categories():
        value = category.value()
        for name in class_names(value if isinstance(value, list) else [value]):
            found[name] = (category.label() or name, category.symbol().color().name())
    return found


def _draw(layer: QgsVectorLayer, field: str, classes: Sequence[SampleClass]) -> None:
    ours = layers.is_samples(layer)
    renderer = layer.renderer()
    before = {}
    if isinstance(renderer, QgsCategorizedSymbolRenderer) and renderer.classAttribute().strip('"') == field:
        before = {as_name(c.value()): c for c in renderer.categories() if not isinstance(c.value(), list)}
    elif not ours:
        return
    categories = []
    for sample_class in classes:
        key = key_of(layer, field, sample_class)
        known = before.pop(str(key), None)
        if ours or known is None:
            symbol = _symbol(sample_class.colour, layer)
        else:
            symbol = known.symbol().clone()
            symbol.setColor(QColor(sample_class.colour))
        categories.append(QgsRendererCategory(key, symbol, sample_class.name))
    if not ours:  # "all other values" and the like
        categories += [QgsRendererCategory(c) for name, c in before.items() if not name]
    layer.setRenderer(QgsCategorizedSymbolRenderer(field, categories))
    layer.triggerRepaint()


def _symbol(colour: str, layer: QgsVectorLayer) -> QgsSymbol:
    stroke = QColor(colour)
    if layer.geometryType() != POLYGON:
        plain = QgsSymbol.defaultSymbol(layer.geometryType())
        plain.setColor(stroke)
        return plain
    rgb = f"{stroke.red()},{stroke.green()},{stroke.blue()}"
    symbol = QgsFillSymbol.createSimple(
        {"color": f"{rgb},{_FILL_OPACITY}", "outline_color": f"{rgb},255", "outline_width": "0.9", "joinstyle": "round"}
    )
    # On a map of the same colours only this line is seen.
    symbol.appendSymbolLayer(QgsSimpleLineSymbolLayer(QColor(255, 255, 255), 0.35))
    return symbol
