"""Labelled pixels: what polygons, points or lines with a class say about an embedding raster.

Every feature is one group, or every part of one that has several; validation keeps those of a place together
(`places`). What happens to awkward features is fixed here and told in `Samples.messages`; nothing depends on the order
of the features. Only blocks that hold samples are read.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.labelling.class_values import check_names, code_of, values_of
from mmearth_core.maps.areas import pixel_side
from mmearth_core.maps.class_styles import ClassStyle, read_styles
from mmearth_core.maps.conventions import conventional_colours
from mmearth_core.maps.legend import Legend, MapClass
from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.opening import bounded_cache
from mmearth_core.raster.writer import BLOCK
from mmearth_core.sources.drawing import Kept, lowest
from mmearth_core.sources.slots import Columns
from mmearth_core.sources.stack import Pixels, Stack
from mmearth_core.vectors.footprints import footprint, holds_no_centre, repair
from mmearth_core.vectors.reading import VectorLayer, class_names, in_degrees, lonlat_extent, read_vector
from mmearth_core.wording import counted, left_out

#: Most pixels taken from one polygon: more say nothing new (neighbours are alike) and cost time.
PIXELS_PER_POLYGON = 100
#: Assumed likeness of two pixels of one polygon, for the weight of a polygon (intraclass correlation).
ALIKE = 0.5
#: How far a model is taken to look around a pixel, in metres, where its embeddings do not say.
SIGHT = 640.0


@dataclass(frozen=True)
class Group:
    """One feature of a sample file that gave pixels: where it is from, its class, pixels taken and pixels it covers.

    `part` counts the parts of a feature that has several, from 1; 0 for a feature that is one.
    """

    path: Path
    fid: int
    label: int
    taken: int
    covered: int
    part: int = 0

    def __str__(self) -> str:
        return f"feature {self.fid}" + (f", part {self.part}" if self.part else "")


@dataclass(frozen=True, eq=False)
class Samples:
    """Labelled pixels of embeddings that go together.

    `values` float32 (n, columns), NaN where a slot or a layer has none; what they mean say the `columns`. `label` (n,)
    index into `legend.classes`; `group` (n,) index into `groups`; `position` (n, 2) row and column in the grid the
    pixel came from. `shapes` (groups,) are outlines in degrees of WGS 84; `pixel_size` is the side of a pixel on the
    ground and `sight` how far the model looks around one, both in metres.
    `codes` are the whole numbers that classes have in their field, by name. `messages` say what was left out and why.
    """

    values: NDArray[np.float32]
    label: NDArray[np.intp]
    group: NDArray[np.intp]
    position: NDArray[np.intp]
    legend: Legend
    groups: tuple[Group, ...]
    shapes: NDArray[Any]
    pixel_size: float
    sight: float
    codes: Mapping[str, int]
    messages: tuple[str, ...]
    columns: Columns

    def __len__(self) -> int:
        return len(self.label)

    @property
    def group_labels(self) -> NDArray[np.intp]:
        """Class index of every group."""
        return np.array([group.label for group in self.groups], np.intp)

    @property
    def digest(self) -> str:
        """sha256 over the embeddings' identities, and every pixel with its class, whatever their order."""
        names = [name.encode() for name in self.legend.names]
        rows = sorted(names[label] + b"\0" + row.tobytes() for label, row in zip(self.label, self.values, strict=True))
        return hashlib.sha256(
            "".join(slot.identity for slot in self.columns.slots).encode() + b"\0".join(rows)
        ).hexdigest()

    def subset(self, keep: NDArray[np.bool_]) -> "Samples":
        """Some of the pixels; legend and groups stay as they are."""
        return replace(
            self, values=self.values[keep], label=self.label[keep], group=self.group[keep], position=self.position[keep]
        )


def read_samples(
    stack: Stack,
    path: str | Path,
    *,
    field: str = "class",
    layer: str | None = None,
    seed: int = 0,
    cap: int = PIXELS_PER_POLYGON,
    cancel: CancelToken,
) -> Samples:
    """The pixels of a stack under the features of a vector file, with the class each feature's `field` names.

    A polygon has the pixels whose centre it holds, or the one under it when it is smaller than a pixel; a line those it
    touches; a point the one it is in. At most `cap` pixels per feature, or per part of one that has several, drawn by
    the feature's own geometry and `seed`.
    Dropped and told: pixels claimed by two classes, pixels without an embedding, features without class or geometry or
    outside the raster. Invalid polygons are repaired. Classes 1 … 254 keep their value in the map (`class_values`).
    Raises `MMEarthError` when the file is unusable, lies elsewhere, or no pixel is left.
    """
    vector = read_vector(path, layer=layer, field=field, within=stack.grid)
    styles = read_styles(vector.path, vector.layer, field)
    with bounded_cache(), stack.reader() as reader:
        return samples_under(
            stack,
            vector,
            class_names(vector, field),
            lambda found: _legend(found, styles),
            reader.read,
            seed=seed,
            cap=cap,
            cancel=cancel,
        )


def samples_under(
    stack: Stack,
    vector: VectorLayer,
    names: Sequence[str | None],
    legend_of: Callable[[set[str]], tuple[Legend, dict[str, int]]],
    read: Callable[[Window], Pixels],
    *,
    seed: int = 0,
    cap: int = PIXELS_PER_POLYGON,
    cancel: CancelToken,
) -> Samples:
    """As `read_samples`, of features that need not be in a file: `names` are their classes, None for none.

    `legend_of` makes the legend of the names that got pixels, and the index of each name in it; `read` gives the
    pixels of a window of the stack.
    """
    check_names(vector.path, names)
    notes: list[str] = []
    features = _usable_features(stack, vector, names, seed, notes)
    kept = _collect(stack, features, read, cap, cancel, notes)
    empty = sum(not len(k.values) for k in kept)
    if empty == len(kept):
        raise MMEarthError(
            f"{vector.path}: no sample covers a valid pixel of {stack.name} ({'; '.join(notes)}); draw samples there."
        )
    if empty:
        notes.append(left_out(empty, "feature", "no usable pixel"))
    pairs = [(feature, k) for feature, k in zip(features, kept, strict=True) if len(k.values)]
    gone = sorted({feature.name for feature in features} - {feature.name for feature, _ in pairs})
    if gone:
        notes.append(f"no usable pixel of {', '.join(gone)}: not a class of this fit")
    legend, index = legend_of({f.name for f, _ in pairs})
    labels = [index[feature.name] for feature, _ in pairs]
    sizes = [len(k.values) for _, k in pairs]
    side = pixel_side(stack.grid)
    return Samples(
        values=np.concatenate([k.values for _, k in pairs]),
        label=np.repeat(np.array(labels, np.intp), sizes),
        group=np.repeat(np.arange(len(pairs), dtype=np.intp), sizes),
        position=np.concatenate([k.position for _, k in pairs]),
        legend=legend,
        groups=tuple(
            Group(vector.path, f.fid, label, len(k.values), k.covered, f.part)
            for (f, k), label in zip(pairs, labels, strict=True)
        ),
        shapes=in_degrees(np.array([f.geometry for f, _ in pairs], object), stack.grid),
        pixel_size=side,
        sight=SIGHT if stack.halo is None else side * stack.halo,
        codes={legend.names[i]: code for name, i in index.items() if (code := code_of(name)) is not None},
        messages=(*(f"{vector.path.name}: {note}" for note in notes), *vector.messages),
        columns=stack.columns,
    )


def sample_weights(samples: Samples) -> NDArray[np.float64]:
    """Weights (n,) that sum to one: every class the same total, pixels of a polygon sharing what they jointly tell.

    n pixels of a polygon that are alike with correlation ρ tell as much as n / (1 + (n − 1) ρ) independent ones (the
    design effect; Kish 1965, Survey Sampling), so a large polygon counts more than a small one, but not in proportion.
    """
    size = np.bincount(samples.group, minlength=len(samples.groups))
    weight = 1 / (1 + (size[samples.group] - 1) * ALIKE)
    total = np.bincount(samples.label, weights=weight, minlength=len(samples.legend))
    weight /= total[samples.label]
    normalised: NDArray[np.float64] = weight / weight.sum()
    return normalised


def merge_samples(parts: Sequence[Samples]) -> Samples:
    """Samples of several places with one kind of columns (else `ValueError`) as one; a name is one class everywhere."""
    if len({part.columns for part in parts}) != 1:
        raise ValueError("samples of several kinds of embedding cannot be merged")
    if len(parts) == 1:
        return parts[0]
    classes = {c.name: c for part in reversed(parts) for c in part.legend.classes}
    codes = {name: code for part in reversed(parts) for name, code in part.codes.items()}
    values = values_of({name: codes.get(name) for name in classes})
    legend = Legend(
        tuple(replace(classes[name], value=values[name]) for name in sorted(classes, key=lambda name: values[name]))
    )
    index = {name: i for i, name in enumerate(legend.names)}
    remap = [np.array([index[name] for name in part.legend.names], np.intp) for part in parts]
    starts = np.cumsum([0, *(len(part.groups) for part in parts)])
    return replace(
        parts[0],
        values=np.concatenate([part.values for part in parts]),
        label=np.concatenate([to[part.label] for part, to in zip(parts, remap, strict=True)]),
        group=np.concatenate([part.group + start for part, start in zip(parts, starts[:-1], strict=True)]),
        position=np.concatenate([part.position for part in parts]),
        legend=legend,
        groups=tuple(
            replace(g, label=int(to[g.label])) for part, to in zip(parts, remap, strict=True) for g in part.groups
        ),
        shapes=np.concatenate([part.shapes for part in parts]),
        pixel_size=max(part.pixel_size for part in parts),
        sight=max(part.sight for part in parts),
        codes=codes,
        messages=tuple(message for part in parts for message in part.messages),
    )


@dataclass(frozen=True, eq=False)
class _Feature:
    """A usable feature, or a part of one: its geometry in pixel coordinates and the number its random choices come
    from."""

    geometry: Any
    name: str
    fid: int
    part: int
    key: int


def _usable_features(
    stack: Stack, vector: VectorLayer, names: Sequence[str | None], seed: int, notes: list[str]
) -> list[_Feature]:
    """Features with a class and a geometry that touches the raster, in an order that is not the file's."""
    grid = stack.grid
    unclassed = sum(name is None for name in names)
    missing = np.array([g is None or g.is_empty for g in vector.geometries], bool)
    pixels = vector.in_pixels(grid)
    finite = np.isfinite(shapely.bounds(pixels)).all(axis=1)
    pixels[~finite] = None
    broken = ~missing & finite & ~shapely.is_valid(pixels)
    pixels[broken] = [repair(geometry) for geometry in pixels[broken]]
    missing |= broken & shapely.is_empty(pixels)
    present = ~missing & np.array([name is not None for name in names], bool)
    inside = present & finite & shapely.intersects(pixels, shapely.box(0, 0, grid.width, grid.height))
    if not present.any():
        raise MMEarthError(f"{vector.path} holds no feature with both a geometry and a class; draw some first.")
    if not inside.any():
        raise MMEarthError(
            f"{vector.path} lies in another place ({_extent(vector, present)}) than {stack.name}"
            f" ({lonlat_extent(grid.bounds, grid.crs)}); check their coordinate system."
        )
    for number, why in (
        (unclassed, "without a class"),
        (int(missing.sum()), "without a geometry"),
        (int((present & ~inside).sum()) + vector.skipped, "outside the embedding"),
    ):
        if number:
            notes.append(left_out(number, "feature", why))
    if number := int((broken & inside).sum()):
        notes.append(f"{counted(number, 'feature')} with an invalid outline repaired")
    features, tiny, scene = [], 0, shapely.box(0, 0, grid.width, grid.height)
    for i in np.flatnonzero(inside).tolist():
        key = _key(vector.geometries[i], names[i], seed)
        parts = shapely.get_parts(shapely.get_parts(pixels[i]))  # twice: a collection may hold multi-part geometries
        for number, part in enumerate(parts, 1 if len(parts) > 1 else 0):
            if number and not part.intersects(scene):
                continue
            small = holds_no_centre(part)
            geometry, tiny = shapely.point_on_surface(part) if small else part, tiny + small
            features.append(_Feature(geometry, str(names[i]), int(vector.fids[i]), number, key))
    if tiny:
        notes.append(f"{counted(tiny, 'polygon')} smaller than a pixel: the pixel below is used")
    return sorted(features, key=lambda feature: (feature.key, feature.fid, feature.part))


def _collect(
    stack: Stack,
    features: list[_Feature],
    read: Callable[[Window], Pixels],
    cap: int,
    cancel: CancelToken,
    notes: list[str],
) -> list[Kept]:
    """The pixels of every feature, block by block."""
    none = Kept.none(len(stack.columns))
    kept = [none] * len(features)
    classes = {name: i for i, name in enumerate(sorted({feature.name for feature in features}))}
    of_class = np.array([classes[feature.name] for feature in features], np.intp)
    disputed = twice = blank = 0
    for cell, members in _cells(features, stack.grid):
        cancel.check()
        owner = np.full((cell.height, cell.width), -1, np.intp)
        dispute = np.zeros(owner.shape, bool)
        for member in members:
            covered = footprint(features[member].geometry, cell)
            taken = covered & (owner >= 0)
            dispute |= taken & (of_class[owner] != of_class[member])
            twice += int((taken & (of_class[owner] == of_class[member])).sum())
            owner[covered & ~taken] = member
        disputed += int(dispute.sum())
        owner[dispute] = -1
        rows, cols = np.nonzero(owner >= 0)
        if not len(rows):
            continue
        pixels = read(cell)[rows, cols]
        valid = pixels.anywhere
        blank += int((~valid).sum())
        values = stack.values(pixels[valid])
        position, owners = np.column_stack([rows, cols])[valid], owner[rows, cols][valid]
        position += (cell.row, cell.col)
        for member in np.unique(owners):
            mine = owners == member
            kept[member] = lowest(kept[member], features[member].key, values[mine], position[mine], cap)
    for number, why in ((disputed, "claimed by two classes"), (blank, "without an embedding")):
        if number:
            notes.append(left_out(number, "pixel", why))
    if twice:
        notes.append(f"{counted(twice, 'pixel')} covered twice by a class: used once")
    return kept


def _cells(features: list[_Feature], grid: Grid) -> Iterable[tuple[Window, list[int]]]:
    """The file's blocks that some feature touches, in raster order, with the features (in their order)."""
    tree = shapely.STRtree([feature.geometry for feature in features])
    touched = shapely.total_bounds([feature.geometry for feature in features])
    first_row, first_col = (max(0, int(v // BLOCK)) for v in (touched[1], touched[0]))
    last_row, last_col = min(touched[3], grid.height - 1), min(touched[2], grid.width - 1)
    for row in range(first_row * BLOCK, int(last_row) + 1, BLOCK):
        for col in range(first_col * BLOCK, int(last_col) + 1, BLOCK):
            cell = Window(row, col, BLOCK, BLOCK).intersection(grid.window)
            members = tree.query(shapely.box(cell.col, cell.row, cell.col_end, cell.row_end), predicate="intersects")
            if len(members):
                yield cell, sorted(members.tolist())


def _key(geometry: Any, name: str | None, seed: int) -> int:
    shape = shapely.to_wkb(shapely.normalize(geometry), byte_order=1)
    return int.from_bytes(hashlib.sha256(f"{seed} {name}\0".encode() + shape).digest()[:8], "big")


def _legend(names: set[str], styles: dict[str, ClassStyle]) -> tuple[Legend, dict[str, int]]:
    """Legend (in the order of the values) and the index of each class by its name in the field."""
    values = values_of({name: code_of(name) for name in names})
    ordered = sorted(names, key=lambda name: values[name])
    codes = all(code_of(name) is not None for name in names)
    labels = [styles[name].label if codes and name in styles else name for name in ordered]
    if len(set(labels)) < len(labels):
        labels = ordered
    styled = {name: styles[name].colour for name in ordered if name in styles}
    unstyled = [label for name, label in zip(ordered, labels, strict=True) if name not in styled]
    defaults = iter(conventional_colours(unstyled, avoid=styled.values()))
    classes = tuple(
        MapClass(values[name], label, styled[name] if name in styled else next(defaults))
        for name, label in zip(ordered, labels, strict=True)
    )
    return Legend(classes), {name: i for i, name in enumerate(ordered)}


def _extent(vector: VectorLayer, present: NDArray[np.bool_]) -> str:
    bounds = shapely.total_bounds(vector.geometries[present])
    return lonlat_extent((bounds[0], bounds[1], bounds[2], bounds[3]), vector.crs)
