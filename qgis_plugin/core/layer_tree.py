"""Where layers stand in the project's tree: what was made of a scene in one group right above it, samples on top.

Nothing here touches the user's own layers, but for samples and reference points that would be drawn under a map.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qgis.core import QgsLayerTreeGroup, QgsLayerTreeLayer, QgsLayerTreeNode, QgsMapLayer, QgsProject

from .layers import PRODUCT

#: Custom property of a group: the id of the scene that its layers were made of.
_SCENE = "mmearth/scene"
#: Products from top to bottom. Whatever else there is comes below them.
_ORDER = (
    *("samples", "reference", "similarity_preview", "similarity", "live_confidence", "live"),
    *("polygons", "confidence", "distance", "map", "embedding"),
)


def place(layer: QgsMapLayer, beside: QgsMapLayer | None = None) -> QgsLayerTreeLayer:
    """Add a layer to the project at its place among what was made of the same scene as `beside`, or on top of all when
    that is None or not in the tree. An embedding begins a group above its scene. Returns the layer's node."""
    node = _added(layer, beside)
    if node is None:
        return _on_top(layer)
    group = _group_of(node) or (_new_group(node) if layer.customProperty(PRODUCT) == "embedding" else None)
    if group is not None:
        ranks = [_rank(child) for child in group.children()]
        return group.insertLayer(sum(rank < _rank_of(layer) for rank in ranks), layer)
    parent = node.parent()
    index = parent.children().index(node)
    while index > 0 and _rank_of(layer) <= _rank(parent.children()[index - 1]) < len(_ORDER):
        index -= 1
    return parent.insertLayer(index, layer)


def put_back(layer: QgsMapLayer, above: QgsMapLayer | None) -> QgsLayerTreeLayer:
    """Add a layer that was taken out for a moment right above another one, or on top of all."""
    node = _added(layer, above)
    if node is None:
        return _on_top(layer)
    return node.parent().insertLayer(node.parent().children().index(node), layer)


def keep_above(layer: QgsMapLayer, others: Iterable[QgsMapLayer | None]) -> None:
    """Move a layer right above the topmost of others, unless it is above them all already."""
    root = QgsProject.instance().layerTreeRoot()
    order = [node.layerId() for node in root.findLayers()]
    below = [order.index(other.id()) for other in others if other is not None and other.id() in order]
    if layer.id() not in order or not below or order.index(layer.id()) < min(below):
        return
    node, target = root.findLayer(layer.id()), root.findLayer(order[min(below)])
    target.parent().insertChildNode(target.parent().children().index(target), node.clone())
    node.parent().removeChildNode(node)


def topmost(some: Sequence[QgsMapLayer]) -> QgsMapLayer:
    """The layer of some that is drawn above the others; the first where none is in the tree."""
    order = [node.layerId() for node in QgsProject.instance().layerTreeRoot().findLayers()]
    return min(some, key=lambda layer: order.index(layer.id()) if layer.id() in order else len(order))


def visible(layer: QgsMapLayer | None) -> bool:
    """Whether a layer is ticked in the tree."""
    node = _node_of(layer)
    return node is not None and node.itemVisibilityChecked()


def set_visible(layer: QgsMapLayer | None, wanted: bool) -> None:
    """Tick a layer in the tree, or take its tick away."""
    node = _node_of(layer)
    if node is not None and node.itemVisibilityChecked() != wanted:
        node.setItemVisibilityChecked(wanted)


def free_name(name: str, of: str) -> str:
    """A short name for a layer made of what is called `of`; with that where another layer is called so already."""
    taken = any(layer.name() == name for layer in QgsProject.instance().mapLayers().values())
    return f"{name} – {of}" if taken else name


def _node_of(layer: QgsMapLayer | None) -> QgsLayerTreeLayer | None:
    """Where a layer stands in the tree; None when it does not."""
    return None if layer is None else QgsProject.instance().layerTreeRoot().findLayer(layer.id())


def _added(layer: QgsMapLayer, near: QgsMapLayer | None) -> QgsLayerTreeLayer | None:
    """Add a layer to the project, at no place yet; returns the node of the one it belongs near."""
    QgsProject.instance().addMapLayer(layer, False)
    return _node_of(near)


def _on_top(layer: QgsMapLayer) -> QgsLayerTreeLayer:
    return QgsProject.instance().layerTreeRoot().insertLayer(0, layer)


def _group_of(node: QgsLayerTreeLayer) -> QgsLayerTreeGroup | None:
    """The group of what was made of a scene, given one of its layers or the scene."""
    parent = node.parent()
    while parent is not None:
        if parent.customProperty(_SCENE):
            return parent
        parent = parent.parent()
    groups = QgsProject.instance().layerTreeRoot().findGroups(True)
    return next((group for group in groups if group.customProperty(_SCENE) == node.layerId()), None)


def _new_group(scene: QgsLayerTreeLayer) -> QgsLayerTreeGroup:
    parent = scene.parent()
    group = parent.insertGroup(parent.children().index(scene), scene.name())
    group.setCustomProperty(_SCENE, scene.layerId())
    return group


def _rank(node: QgsLayerTreeNode) -> int:
    layer = node.layer() if isinstance(node, QgsLayerTreeLayer) else None
    return len(_ORDER) if layer is None else _rank_of(layer)


def _rank_of(layer: QgsMapLayer) -> int:
    product = layer.customProperty(PRODUCT)
    return _ORDER.index(product) if product in _ORDER else len(_ORDER)
