"""The reference sample of a map: points that are labelled without seeing the map.

`Labelling` walks through a layer and writes classes through its edit buffer; `Blindfold` hides the maps meanwhile;
`blind_style` hides in the layer itself what would tell the map's class. Nothing here knows a widget.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from qgis.core import (
    NULL,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsEditorWidgetSetup,
    QgsFeatureRequest,
    QgsGeometry,
    QgsMarkerSymbol,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsRuleBasedRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication, QObject, QTimer, pyqtSignal

from ...compat import POINT
from .. import layers
from ..layer_tree import free_name, set_visible
from ..pixel_grid import grid_of
from ..samples.sample_layer import as_name, unique_path

#: The field to fill in, and those that would tell the map's class.
CLASS_FIELD = "class"
HIDDEN_FIELDS = ("stratum", "stratum_px", "stratum_ha", "map_digest", "seed")
#: Labels are written to the file after so many of them, or after so many milliseconds without another.
SAVE_EVERY, SAVE_AFTER = 10, 3000
#: Of a sample of several places, the field of the one a point is in.
PLACE_FIELD = "place"
#: What shows the map, or what is learned from it.
REVEALING = ("map", "live", "confidence", "live_confidence", "polygons", "similarity", "similarity_preview", "distance")


def free_output(map_path: str | Path) -> Path:
    """NAME_reference.gpkg beside a map, or the first of _2, _3 … that does not exist."""
    path = Path(map_path)
    name = path.stem[:-4] if path.stem.endswith("_map") and len(path.stem) > 4 else path.stem
    return unique_path(path.parent, f"{name}_reference")


def open_sample(path: str | Path, map_layer: QgsRasterLayer, classes: Iterable[str]) -> QgsVectorLayer:
    """The points of the worker's `sample` as a layer that does not tell the map's class; not yet in the project."""
    name = free_name(QCoreApplication.translate("ReferenceSample", "Reference points"), map_layer.name())
    layer = QgsVectorLayer(str(path), name, "ogr")
    layers.mark(layer, "reference", map_layer)
    blind_style(layer, classes)
    return layer


def blind_style(layer: QgsVectorLayer, classes: Iterable[str]) -> None:
    """One look for all points, but for whether they are labelled; fields that tell the stratum hidden; `classes`, their
    names, to choose from in forms. Kept in the GeoPackage too, so that the layer stays blind in another project."""
    fields = layer.fields()
    position = fields.indexOf(CLASS_FIELD)
    choice = QgsEditorWidgetSetup("ValueMap", {"map": [{name: name} for name in classes]})
    layer.setEditorWidgetSetup(position, choice)
    table = layer.attributeTableConfig()
    table.update(fields)
    columns = table.columns()
    for column in columns:
        column.hidden = column.hidden or column.name in HIDDEN_FIELDS
    table.setColumns(columns)
    layer.setAttributeTableConfig(table)
    for name in HIDDEN_FIELDS:
        if fields.indexOf(name) >= 0:
            layer.setEditorWidgetSetup(fields.indexOf(name), QgsEditorWidgetSetup("Hidden", {}))
    layer.setDisplayExpression('"id"')
    rules = QgsRuleBasedRenderer.Rule(None)
    unlabelled = QCoreApplication.translate("ReferenceSample", "not labelled")
    labelled = QCoreApplication.translate("ReferenceSample", "labelled")
    looks = ((unlabelled, f'"{CLASS_FIELD}" is null', "#ffd400"), (labelled, "ELSE", "#9e9e9e"))
    for label, expression, colour in looks:
        rule = QgsRuleBasedRenderer.Rule(_ring(colour), 0, 0, expression, label)
        rules.appendChild(rule)
    layer.setRenderer(QgsRuleBasedRenderer(rules))
    layer.saveStyleToDatabase(
        "blind", QCoreApplication.translate("ReferenceSample", "Does not tell the class of the map"), True, ""
    )


def _ring(colour: str) -> QgsMarkerSymbol:
    """A ring on a dark seam: the pixel inside it stays visible."""
    ring = {"name": "circle", "size": "2.6", "color": "0,0,0,0", "outline_color": "#202020", "outline_width": "0.9"}
    symbol = QgsMarkerSymbol.createSimple(ring)
    upper = QgsMarkerSymbol.createSimple({**ring, "outline_color": colour, "outline_width": "0.4"})
    symbol.appendSymbolLayer(upper.symbolLayer(0).clone())
    return symbol


def footprint(map_layer: QgsRasterLayer, point: QgsPointXY) -> QgsGeometry:
    """The pixel of a raster layer that holds a QgsPointXY (in the raster's CRS), as a polygon."""
    grid = grid_of(map_layer)
    column, row = grid.position(point)
    return grid.pixels(math.floor(column), math.floor(row))


class Labelling(QObject):
    """The features of a layer one after the other, each to be given one of `classes` (name → value) in `field`.

    Those of the first of `places` come first, then those of the next. A field of numbers gets the class's value, any
    other its name. Starts editing when the layer is not being edited,
    and then writes to the file as it goes; in a session of edits that the user began, labels stay in the edit buffer
    until the user saves it.
    """

    #: The current feature or a class has changed.
    changed = pyqtSignal()
    #: A sentence: why a label could not be written.
    failed = pyqtSignal(str)

    def __init__(
        self,
        layer: QgsVectorLayer,
        classes: dict[str, int],
        field: str = CLASS_FIELD,
        parent: QObject | None = None,
        places: Sequence[str] = (),
    ) -> None:
        super().__init__(parent)
        self.layer, self.field, self.classes = layer, field, classes
        self._column = layer.fields().indexOf(field)
        request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry)
        by_id, by_place = (layer.fields().indexOf(name) for name in ("id", PLACE_FIELD))
        request.setSubsetOfAttributes([column for column in (self._column, by_id, by_place) if column >= 0])
        found = list(layer.getFeatures(request))
        numbers = {f.id(): f[by_id] if by_id >= 0 else f.id() for f in found}
        if all(isinstance(number, (int, float)) for number in numbers.values()):
            found.sort(key=lambda f: (numbers[f.id()], f.id()))
        self._places = {f.id(): _text(f[by_place]) if by_place >= 0 else "" for f in found}
        order = {name: number for number, name in enumerate(places)}
        found.sort(key=lambda f: order.get(self._places[f.id()], len(order)))
        self._fids = [f.id() for f in found]
        self._labels = {f.id(): _text(f[self._column]) for f in found}
        self._position = -1
        self._unsaved = 0
        self._timer = QTimer(self, singleShot=True, interval=SAVE_AFTER)
        self._timer.timeout.connect(self.save)
        self._ours = not layer.isEditable()
        layer.attributeValueChanged.connect(self._follow)
        self.next_open()

    # --- where we are -----------------------------------------------------------------------------------------------

    @property
    def total(self) -> int:
        """Number of features."""
        return len(self._fids)

    @property
    def labelled(self) -> int:
        """Number of features with a class."""
        return sum(1 for name in self._labels.values() if name)

    @property
    def position(self) -> int:
        """Place of the current feature, from 0; -1 when the layer is empty."""
        return self._position

    @property
    def fid(self) -> int | None:
        """The current feature's id, or None."""
        return self._fids[self._position] if 0 <= self._position < self.total else None

    @property
    def place(self) -> str:
        """The place the current feature is in, as the sample of several tells it; empty in others."""
        return "" if self.fid is None else self._places[self.fid]

    @property
    def current_class(self) -> str:
        """The class of the current feature as the map names it; empty when it has none."""
        text = self._labels.get(self.fid, "")
        return next((name for name, value in self.classes.items() if text in (name, str(value))), text)

    def geometry(self, crs: QgsCoordinateReferenceSystem) -> QgsGeometry:
        """The current feature's geometry in `crs`."""
        geometry = QgsGeometry(self.layer.getFeature(self.fid).geometry())
        geometry.transform(QgsCoordinateTransform(self.layer.crs(), crs, QgsProject.instance()))
        return geometry

    # --- moving -----------------------------------------------------------------------------------------------------

    def go(self, position: int) -> None:
        """To the feature at a place; the last one's follower is the first."""
        if self.total:
            self._position = position % self.total
            self.changed.emit()

    def next(self) -> None:
        """To the following feature, labelled or not."""
        self.go(self._position + 1)

    def previous(self) -> None:
        """To the feature before."""
        self.go(self._position - 1)

    def next_open(self) -> None:
        """To the next feature without a class; stays where it is when all have one."""
        for step in range(1, self.total + 1):
            there = (self._position + step) % self.total
            if not self._labels[self._fids[there]]:
                self.go(there)
                return
        self.go(max(self._position, 0))

    # --- labels -----------------------------------------------------------------------------------------------------

    def label(self, name: str) -> bool:
        """Give the current feature a class (empty: none). False when the layer refuses; `failed` says why."""
        if self.fid is None:
            return False
        if not self.layer.isEditable():
            self._ours = True
            if not self.layer.startEditing():
                self.failed.emit(self.tr("{} cannot be edited; use a copy of it.").format(self.layer.name()))
                return False
        self.layer.beginEditCommand(self.tr("Label a reference point"))
        written = self.layer.changeAttributeValue(self.fid, self._column, self._value(name))
        if not written:
            self.layer.destroyEditCommand()
            self.failed.emit(
                self.tr("The class could not be written to {}; check that the layer can be edited.").format(
                    self.layer.name()
                )
            )
            return False
        self.layer.endEditCommand()
        self._unsaved += 1
        if self._unsaved >= SAVE_EVERY:
            self.save()
        else:
            self._timer.start()
        return True

    def save(self) -> bool:
        """Write the labels to the file and go on editing."""
        self._timer.stop()
        if not self._ours or not self.layer.isEditable() or not self.layer.isModified():
            return True
        if not self.layer.commitChanges(False):
            self.failed.emit(
                self.tr("{0} could not be saved ({1}); check that its file can be written, and save again.").format(
                    self.layer.name(), " ".join(self.layer.commitErrors())
                )
            )
            return False
        self._unsaved = 0
        return True

    def close(self) -> bool:
        """Write what is unwritten and stop editing, if the editing is ours."""
        self.layer.attributeValueChanged.disconnect(self._follow)
        saved = self.save()
        if saved and self._ours and self.layer.isEditable():
            saved = self.layer.commitChanges(True)
        return saved

    def _value(self, name: str) -> Any:
        if not name:
            return NULL
        return self.classes[name] if self.layer.fields()[self._column].isNumeric() else name

    def _follow(self, fid: int, column: int, value: Any) -> None:
        if column == self._column and fid in self._labels:
            self._labels[fid] = _text(value)
            self.changed.emit()


def _text(value: Any) -> str:
    return as_name(value).strip()


class Labels(NamedTuple):
    """How far a reference is labelled: `total` features, of them `labelled`; `missing`: labels that `assess` needs at
    least and are not there; `poor`: strata with fewer than two; `empty`: places of a sample without any."""

    total: int
    labelled: int
    missing: int
    poor: int
    empty: tuple[str, ...]


def labels_of(layer: QgsVectorLayer, field: str) -> Labels:
    """How far a layer is labelled.

    A sample of `mmearth sample` needs two labelled points per class of the map, other points two, polygons one. Points
    that were drawn over several places and are labelled in some of them only are no random sample of all.
    """
    column, stratum, place = (layer.fields().indexOf(name) for name in (field, "stratum", PLACE_FIELD))
    request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry)
    request.setSubsetOfAttributes([each for each in (column, stratum, place) if each >= 0])
    total, labelled = 0, 0
    strata: dict[Any, int] = {}
    places: dict[str, int] = {}
    for feature in layer.getFeatures(request):
        total += 1
        has = bool(_text(feature[column]))
        labelled += has
        if stratum >= 0 and _text(feature[stratum]):
            strata[feature[stratum]] = strata.get(feature[stratum], 0) + has
            if place >= 0:
                name = _text(feature[place])
                places[name] = places.get(name, 0) + has
    poor = sum(1 for number in strata.values() if number < 2)
    fewest = 2 * len(strata) if strata else (2 if layer.geometryType() == POINT else 1)
    empty = tuple(sorted(name for name, number in places.items() if not number))
    return Labels(total, labelled, max(0, fewest - labelled), poor, empty)


class Blindfold(QObject):
    """Hides what shows the map or covers the ground while reference points are labelled, and shows it again afterwards.

    An embedding is hidden where its scene is there to be seen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hidden: list[str] = []
        self._also: set[str] | None = None

    @property
    def on(self) -> bool:
        """Whether maps are hidden."""
        return self._also is not None

    def put_on(self, maps: Iterable[QgsRasterLayer]) -> None:
        """Hide our maps and `maps`, and every map that comes while it is on; show the scenes they were made of."""
        self.take_off()
        maps = list(maps)
        self._also = {layer.id() for layer in maps}
        self._hide()
        for embedding in map(layers.source_of, maps):
            set_visible(None if embedding is None else layers.source_of(embedding), True)
        QgsProject.instance().layerTreeRoot().addedChildren.connect(self._hide)

    def take_off(self) -> None:
        """Show again what was hidden."""
        if not self.on:
            return
        root = QgsProject.instance().layerTreeRoot()
        root.addedChildren.disconnect(self._hide)
        for node in map(root.findLayer, self._hidden):
            if node is not None:
                node.setItemVisibilityChecked(True)
        self._also, self._hidden = None, []

    def _hide(self, *_added: object) -> None:
        for node in QgsProject.instance().layerTreeRoot().findLayers():
            layer = node.layer()
            if layer is None or not node.itemVisibilityChecked():
                continue
            covers = layers.is_embedding(layer) and layers.source_of(layer) is not None
            ours = layer.customProperty(layers.PRODUCT, "") in REVEALING
            if covers or ours or (self._also is not None and layer.id() in self._also):
                node.setItemVisibilityChecked(False)
                self._hidden.append(layer.id())
