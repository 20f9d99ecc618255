"""Samples from another layer: its polygons, lines or points, a class for each value of a field.

Everything goes in as one undo step, new classes included. What is left out is counted with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from qgis.core import (
    QgsCoordinateTransform,
    QgsCsException,
    QgsFeature,
    QgsFeatureRequest,
    QgsGeometry,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
    QgsVectorLayerUtils,
)
from qgis.PyQt.QtCore import QCoreApplication, QDateTime
from qgis.PyQt.QtGui import QTransform

from ...compat import LINE, POINT, POLYGON
from .. import layers
from ..pixel_grid import PixelGrid, grid_of
from ..worker.greeting import ClassRules
from .class_edits import checked_name, one_step
from .class_sets import value_for
from .classes import SampleClass, SampleError
from .pixels import place_on, square
from .sample_edits import prepared
from .sample_layer import as_name, is_numeric, key_of, last_value, read_classes, require_crs, require_field, styled

#: Features between two looks at whether the user has had enough, and the share of the work that looking at them is.
_STRIDE, _LOOKING = 200, 0.6


@dataclass(frozen=True)
class Source:
    """Where samples come from: `selected` only, or all features; values of `field` are classes."""

    layer: QgsVectorLayer
    field: str
    selected: bool = False

    @property
    def count(self) -> int:
        """How many features there are."""
        return self.layer.selectedFeatureCount() if self.selected else self.layer.featureCount()

    def features(self, shapes: bool) -> Any:
        """Its features, with shapes or without."""
        request = QgsFeatureRequest().setSubsetOfAttributes([require_field(self.layer, self.field)])
        if not shapes:
            request.setFlags(QgsFeatureRequest.Flag.NoGeometry)
        return self.layer.getSelectedFeatures(request) if self.selected else self.layer.getFeatures(request)

    def values(self, most: int) -> dict[str, int]:
        """How many features have which value, as text; none is empty. `SampleError` for more than `most` values."""
        index = require_field(self.layer, self.field)
        found: dict[str, int] = {}
        for feature in self.features(shapes=False):
            value = as_name(feature.attribute(index))
            found[value] = found.get(value, 0) + 1
            if len(found) > most:
                raise SampleError(
                    _tr("Field {} of {} has more than {} different values; choose the field with the class.").format(
                        self.field, self.layer.name(), most
                    )
                )
        return found

    def labels(self) -> dict[str, tuple[str, str | None]]:
        """What the layer calls values and how it colours them, by its legend or by the list its form offers."""
        index = require_field(self.layer, self.field)
        setup = self.layer.editorWidgetSetup(index)
        listed = setup.config().get("map", []) if setup.type() == "ValueMap" else []
        pairs = listed.items() if isinstance(listed, dict) else (pair for each in listed for pair in each.items())
        labels: dict[str, tuple[str, str | None]] = {as_name(value): (str(label), None) for label, value in pairs}
        return {**labels, **styled(self.layer, self.field)}


@dataclass(frozen=True)
class Wish:
    """What a value becomes: a class by its name, new ones with that `code` and `colour` if there is one."""

    name: str
    code: int | None = None
    colour: str | None = None


@dataclass
class Taken:
    """What came of it: samples added, invalid shapes repaired, features left out by the reason, new classes."""

    added: int = 0
    repaired: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    new: list[str] = field(default_factory=list)

    def leave_out(self, why: str) -> None:
        """One more feature is left out."""
        self.left_out[why] = self.left_out.get(why, 0) + 1


@dataclass(frozen=True)
class Ground:
    """The embedding that samples are for: points and lines become pixels of it, `width` of them wide; with `inside`
    only what touches it is taken in."""

    embedding: QgsRasterLayer
    width: int = 1
    inside: bool = True


def take_in(
    target: QgsVectorLayer,
    class_field: str,
    source: Source,
    wishes: Mapping[str, Wish],
    rules: ClassRules,
    ground: Ground | None = None,
    go_on: Callable[[float], bool] = lambda _share: True,
) -> Taken | None:
    """Add features of `source` to the samples of `target`. `wishes`: value as text → what it becomes; the rest is left
    out. `go_on` is told what share of it is done, and says whether to go on; None is returned, and nothing changed,
    when not. `SampleError` when one of the layers does not allow it."""
    require_crs(source.layer)
    require_field(target, class_field)
    if target.geometryType() != POLYGON:
        raise SampleError(
            _tr("{} holds no polygons, so nothing can be taken in; make a new sample layer.").format(target.name())
        )
    if source.layer.geometryType() != POLYGON and ground is None:
        raise SampleError(_tr("Points and lines become pixels of an embedding; choose an embedding first."))
    taken, shaper = Taken(), _Shaper(target, source, ground)
    known = {bytes(each.geometry().asWkb()) for each in target.getFeatures(QgsFeatureRequest().setNoAttributes())}
    index, made = source.layer.fields().indexOf(source.field), []
    for done, feature in enumerate(source.features(shapes=True)):
        if done % _STRIDE == 0 and not go_on(_LOOKING * done / max(1, source.count)):
            return None
        wish = wishes.get(as_name(feature.attribute(index)))
        if wish is None:
            taken.leave_out(_tr("without a class"))
            continue
        for part in shaper.parts(feature.geometry(), taken):
            shape = bytes(part.asWkb())
            if shape in known:
                taken.leave_out(_tr("of the same shape as a sample there is"))
            else:
                known.add(shape)
                made.append((part, wish))
    taken.added = len(made)
    if not made:
        return taken
    used = {wish.name for _, wish in made}
    before = read_classes(target, class_field)
    classes = _with_new(target, class_field, before, [each for each in wishes.values() if each.name in used], rules)
    taken.new = [each.name for each in classes[len(before) :]]
    keys = {each.name: key_of(target, class_field, each) for each in classes}
    with_keys = [(part, keys[wish.name]) for part, wish in made]
    if not _add(target, class_field, classes, source.layer.name(), with_keys, go_on):
        return None
    target.triggerRepaint()
    return taken


def _add(
    target: QgsVectorLayer,
    class_field: str,
    classes: list[SampleClass],
    origin: str,
    made: list[tuple[QgsGeometry, int | str]],
    go_on: Callable[[float], bool],
) -> bool:
    """Add shapes with the keys of their classes as one step; False, and none of it, when the user has had enough."""
    sample_of = _maker(target, class_field, origin)
    try:
        with one_step(target, class_field, classes, _tr("Import of {}").format(origin)):
            for begin in range(0, len(made), _STRIDE):
                if not go_on(_LOOKING + (1 - _LOOKING) * begin / len(made)):
                    raise _Enough
                if not target.addFeatures([sample_of(*each) for each in made[begin : begin + _STRIDE]]):
                    raise SampleError(
                        _tr("{} does not take the new samples; check that the layer can be edited.").format(
                            target.name()
                        )
                    )
    except _Enough:
        return False
    return True


class _Enough(Exception):
    """The user has had enough while samples were added, which are taken back."""


class _Shaper:
    """Makes of a feature's shape the polygons of samples."""

    def __init__(self, target: QgsVectorLayer, source: Source, ground: Ground | None) -> None:
        self._target, self._crs, self._kind = target, source.layer.crs(), source.layer.geometryType()
        self._ground = ground
        project = QgsProject.instance()
        self._to_target = QgsCoordinateTransform(self._crs, target.crs(), project)
        self._grid: PixelGrid | None = None
        if ground is not None:
            self._grid = grid_of(ground.embedding)
            self._to_ground = QgsCoordinateTransform(self._crs, ground.embedding.crs(), project)
            self._from_ground = QgsCoordinateTransform(ground.embedding.crs(), target.crs(), project)
            self._area = self._grid.pixels(0, 0, max(self._grid.columns, self._grid.rows))

    def parts(self, shape: QgsGeometry, taken: Taken) -> list[QgsGeometry]:
        """The polygons in the target's CRS; none where the feature is left out, which is counted."""
        if shape.isNull() or shape.isEmpty():
            taken.leave_out(_tr("without a shape"))
            return []
        broken = self._kind == POLYGON and not shape.isGeosValid()
        try:
            made = self._polygon(shape.makeValid() if broken else QgsGeometry(shape))
        except QgsCsException:
            taken.leave_out(_tr("at places that one of the coordinate systems does not have"))
            return []
        if made is None:
            taken.leave_out(_tr("outside the embedding"))
            return []
        try:
            parts = prepared(self._target, made, self._target.crs())
        except SampleError:
            taken.leave_out(_tr("without an area"))
            return []
        taken.repaired += broken
        return parts

    def _polygon(self, shape: QgsGeometry) -> QgsGeometry | None:
        """The shape in the target's CRS as polygons; None: outside. Raises `QgsCsException`."""
        ground, grid = self._ground, self._grid
        if self._kind == POINT and ground is not None and grid is not None:
            spots = [place_on(ground.embedding, each.asPoint(), self._crs) for each in shape.asGeometryCollection()]
            squares = [square(ground.embedding, spot, ground.width) for spot in spots if grid.holds(spot)]
            made = QgsGeometry.unaryUnion(squares) if squares else None
        elif self._kind == LINE and ground is not None and grid is not None:
            shape.transform(self._to_ground)
            made = _strip(shape, grid, ground.width) if shape.intersects(self._area) else None
        elif ground is not None and ground.inside and not self._touches(shape):
            return None
        else:
            shape.transform(self._to_target)
            return shape
        if made is not None:
            made.transform(self._from_ground)
        return made

    def _touches(self, shape: QgsGeometry) -> bool:
        there = QgsGeometry(shape)
        there.transform(self._to_ground)
        return there.intersects(self._area)


def _strip(line: QgsGeometry, grid: PixelGrid, width: int) -> QgsGeometry:
    """What is within half of `width` pixels of a line, both in the grid's CRS."""
    a, b, c, d, e, f = grid.transform
    to_ground = QTransform(a, d, b, e, c, f)
    to_pixels, _ = to_ground.inverted()
    line.transform(to_pixels)
    strip = line.buffer(width / 2, 8)
    strip.transform(to_ground)
    return strip


def _with_new(
    target: QgsVectorLayer, class_field: str, before: list[SampleClass], wishes: list[Wish], rules: ClassRules
) -> list[SampleClass]:
    """The classes there are, and behind them those that are wished for and not there."""
    classes, last = list(before), last_value(target, class_field)
    numeric = is_numeric(target, class_field)
    codes = [each.code for each in wishes]
    for wish in wishes:
        if wish.name in {each.name for each in classes}:
            continue
        name = checked_name(target, class_field, wish.name, classes)
        value = value_for(wish.code, classes, last, rules, codes)
        colour = wish.colour
        if colour is None or colour in {each.colour for each in classes}:
            [colour] = rules.colours([name], avoid=[each.colour for each in classes])
        classes.append(SampleClass(value, name, colour, wish.code if numeric and wish.code != value else None))
    return classes


def _maker(target: QgsVectorLayer, class_field: str, origin: str) -> Callable[[QgsGeometry, int | str], QgsFeature]:
    """What makes a sample of a shape and the key of its class; all of them are of one time."""
    fields, context = target.fields(), target.createExpressionContext()
    column, told = fields.indexOf(class_field), dict[int, Any]()
    if layers.is_samples(target):
        told = {fields.indexOf("created"): QDateTime.currentDateTime(), fields.indexOf("source"): origin}
        told.pop(-1, None)

    def sample_of(shape: QgsGeometry, key: int | str) -> QgsFeature:
        return QgsVectorLayerUtils.createFeature(target, shape, {**told, column: key}, context)

    return sample_of


def _tr(text: str) -> str:
    return QCoreApplication.translate("Samples", text)
