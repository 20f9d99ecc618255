"""Vector layers as the worker can read them: their file, or a copy of what they show.

Layers are looked at where the algorithm is prepared; copies are written later, in any thread, from a snapshot.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsFeature,
    QgsFeatureRequest,
    QgsFeatureSink,
    QgsFields,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingUtils,
    QgsProviderRegistry,
    QgsVectorFileWriter,
    QgsVectorLayer,
    QgsVectorLayerFeatureSource,
)
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtXml import QDomDocument


class VectorInput:
    """A vector layer as it is now: with uncommitted edits, filters and the style by which its classes are coloured.

    `definition` is what Processing was given: it may ask for the selected or the first features only.
    """

    def __init__(self, layer: QgsVectorLayer, definition: Any, context: QgsProcessingContext, field: str = "") -> None:
        self.name = layer.name()
        self.fields = layer.fields()
        self._crs, self._type = layer.crs(), layer.wkbType()
        self._transforms = context.transformContext()
        self._snapshot = QgsVectorLayerFeatureSource(layer)
        self._request = _request(layer, definition, context)
        self._style = _style(layer, field)
        parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
        self._path = parts.get("path") or ""
        self._layer = parts.get("layerName") or None
        self._saved = self._request is None and _is_as_on_disk(layer, parts)
        self._single = self._saved and layer.dataProvider().subLayerCount() == 1
        self._plain = self._saved and not self._style
        self._alone = self._single and not self._style
        self._request = self._request or QgsFeatureRequest()

    def file(self, fields: Iterable[str] = ()) -> tuple[str, str | None]:
        """(file, layer in it or None) with at least these fields. Raises QgsProcessingException."""
        return (self._path, self._layer) if self._plain else (self._copy(fields), None)

    def own_file(self) -> str:
        """The layer's own file, when it holds what the layer shows. Raises QgsProcessingException."""
        if self._single:
            return self._path
        raise QgsProcessingException(
            QCoreApplication.translate(
                "inputs",
                "The layer “{}” is not a file of its own, or is filtered or edited; save it as one (Export, Save As)"
                " and take that.",
            ).format(self.name)
        )

    def file_of_one_layer(self, fields: Iterable[str] = ()) -> str:
        """A file with this layer and no other. Raises QgsProcessingException."""
        return self._path if self._alone else self._copy(fields)

    def _copy(self, names: Iterable[str]) -> str:
        """Write geometries and some fields to a temporary GeoPackage, its style beside."""
        kept = [index for index, field in enumerate(self.fields) if field.name() in names and field.name() != "fid"]
        fields = QgsFields()
        for index in kept:
            fields.append(self.fields[index])
        stem = Path(self._path).stem or "layer"
        path = QgsProcessingUtils.generateTempFilename(f"{stem}.gpkg")
        options = QgsVectorFileWriter.SaveVectorOptions()
        options.driverName, options.layerName = "GPKG", stem
        writer = QgsVectorFileWriter.create(path, fields, self._type, self._crs, self._transforms, options)
        for feature in self._snapshot.getFeatures(self._request):
            copy = QgsFeature(fields)
            copy.setGeometry(feature.geometry())
            copy.setAttributes([feature.attribute(index) for index in kept])
            if not writer.addFeature(copy, QgsFeatureSink.Flag.FastInsert):
                break
        error = writer.errorMessage()
        del writer  # which closes the file
        if error:
            raise QgsProcessingException(
                QCoreApplication.translate(
                    "inputs",
                    "The layer “{}” could not be copied for the worker ({}); save it as a GeoPackage and take that.",
                ).format(self.name, error)
            )
        if self._style:
            Path(path).with_suffix(".qml").write_text(self._style, encoding="utf-8")
        return path


def _request(layer: QgsVectorLayer, definition: Any, context: QgsProcessingContext) -> QgsFeatureRequest | None:
    """The features asked for, or None when it is all of them."""
    if not isinstance(definition, QgsProcessingFeatureSourceDefinition):
        return None
    expression = getattr(definition, "filterExpression", "")  # since QGIS 3.32
    if not definition.selectedFeaturesOnly and definition.featureLimit < 0 and not expression:
        return None
    request = QgsFeatureRequest()
    if definition.selectedFeaturesOnly:
        request.setFilterFids(layer.selectedFeatureIds())
    if expression:
        request.combineFilterExpression(expression)
        request.setExpressionContext(context.expressionContext())
    if definition.featureLimit >= 0:
        request.setLimit(definition.featureLimit)
    return request


def _style(layer: QgsVectorLayer, field: str) -> str:
    """The style as QML when the layer is coloured by `field`; else empty."""
    renderer = layer.renderer()
    if not field or renderer is None or renderer.type() != "categorizedSymbol":
        return ""
    if renderer.classAttribute().strip('"') != field:
        return ""
    document = QDomDocument()
    layer.exportNamedStyle(document)
    return document.toString()


def _is_as_on_disk(layer: QgsVectorLayer, parts: dict[str, Any]) -> bool:
    """Whether the layer's file holds what the layer shows: nothing edited, filtered, joined, computed or moved."""
    if layer.providerType() != "ogr" or layer.subsetString() or layer.isModified() or parts.get("layerId") is not None:
        return False
    provider = layer.dataProvider()
    joined = len(layer.fields()) != len(provider.fields())
    return not joined and layer.crs() == provider.crs() and Path(parts.get("path") or "").is_file()
