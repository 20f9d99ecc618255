"""Where layers stand in the project's tree: new ones right above what they belong to."""

from __future__ import annotations

from qgis.core import QgsLayerTreeLayer, QgsMapLayer, QgsProject


def place(layer: QgsMapLayer, above: QgsMapLayer | None = None) -> QgsLayerTreeLayer:
    """Add a layer to the project right above another one, in its group, or on top of all when that one is None or not
    in the tree. Returns the layer's node in the tree."""
    project = QgsProject.instance()
    project.addMapLayer(layer, False)
    root = project.layerTreeRoot()
    node = None if above is None else root.findLayer(above.id())
    if node is None:
        return root.insertLayer(0, layer)
    parent = node.parent()
    return parent.insertLayer(parent.children().index(node), layer)


def keep_above(layer: QgsMapLayer, other: QgsMapLayer) -> None:
    """Move a layer right above another one, unless it is above it already."""
    root = QgsProject.instance().layerTreeRoot()
    order = [node.layerId() for node in root.findLayers()]
    if layer.id() not in order or other.id() not in order or order.index(layer.id()) < order.index(other.id()):
        return
    node, target = root.findLayer(layer.id()), root.findLayer(other.id())
    target.parent().insertChildNode(target.parent().children().index(target), node.clone())
    node.parent().removeChildNode(node)
