"""Names that moved between Qt 5 and 6 and between QGIS 3.22 and 4: the one place that knows."""

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsMapLayer,
    QgsMapLayerProxyModel,
    QgsProcessing,
    QgsProcessingParameterDefinition,
    QgsUnitTypes,
    QgsWkbTypes,
)
from qgis.PyQt import QtGui, QtWidgets

QAction = getattr(QtGui, "QAction", None) or QtWidgets.QAction
QShortcut = getattr(QtGui, "QShortcut", None) or QtWidgets.QShortcut
QUndoCommand = getattr(QtGui, "QUndoCommand", None) or QtWidgets.QUndoCommand

GeometryType = getattr(Qgis, "GeometryType", None) or QgsWkbTypes.GeometryType
POLYGON = getattr(GeometryType, "Polygon", None) or GeometryType.PolygonGeometry
POINT = getattr(GeometryType, "Point", None) or GeometryType.PointGeometry
LINE = getattr(GeometryType, "Line", None) or GeometryType.LineGeometry

LayerType = getattr(Qgis, "LayerType", None) or QgsMapLayer.LayerType
RASTER = getattr(LayerType, "Raster", None) or LayerType.RasterLayer

LayerFilter = getattr(Qgis, "LayerFilter", None) or QgsMapLayerProxyModel.Filter
SourceType = getattr(Qgis, "ProcessingSourceType", None) or QgsProcessing.SourceType
VECTOR_POLYGON = getattr(SourceType, "VectorPolygon", None) or SourceType.TypeVectorPolygon
VECTOR_ANY_GEOMETRY = getattr(SourceType, "VectorAnyGeometry", None) or SourceType.TypeVectorAnyGeometry
RASTER_LIST = getattr(SourceType, "Raster", None) or SourceType.TypeRaster
VECTOR_POINT = getattr(SourceType, "VectorPoint", None) or SourceType.TypeVectorPoint

DistanceUnit = getattr(Qgis, "DistanceUnit", None) or QgsUnitTypes.DistanceUnit
METRES = getattr(DistanceUnit, "Meters", None) or DistanceUnit.DistanceMeters

ParameterFlag = getattr(Qgis, "ProcessingParameterFlag", None) or QgsProcessingParameterDefinition.Flag
ADVANCED = getattr(ParameterFlag, "Advanced", None) or ParameterFlag.FlagAdvanced

#: The form in which a coordinate reference system is told to others.
WKT2 = (getattr(Qgis, "CrsWktVariant", None) or QgsCoordinateReferenceSystem.WktVariant).WKT2_2019
