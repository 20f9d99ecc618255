"""How good is this map: comparing it with reference data and saying no more than those can tell.

Points are taken as a random sample: design-based accuracies and areas with 95 % intervals (`estimators`).
Polygons are not one, and yield plain agreement inside them: never an interval, never an area.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from mmearth_core.accuracy.estimators import Accuracy, Estimate, agreement, error_matrix, estimate
from mmearth_core.accuracy.reference_sample import DIGEST_FIELD, HECTARES_FIELD, STRATUM_FIELD
from mmearth_core.accuracy.summary import AccuracyReport, ClassAccuracy
from mmearth_core.errors import MMEarthError
from mmearth_core.files import check_output, write_json
from mmearth_core.labelling.class_values import code_of
from mmearth_core.locks import sole_writer
from mmearth_core.maps.areas import ClassAreas, measure_classes, value_names
from mmearth_core.maps.class_map import ClassMap
from mmearth_core.maps.conventions import UNKNOWN
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.raster.grid import Window
from mmearth_core.vectors.footprints import covered, members, ready, touching
from mmearth_core.vectors.reading import VectorLayer, class_names, lonlat_extent, read_vector
from mmearth_core.wording import counted, left_out


@sole_writer("output")
def assess(
    *,
    map: str | Path,
    reference: str | Path,
    field: str = "class",
    layer: str | None = None,
    output: str | Path | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> AccuracyReport:
    """Accuracy of a class map and areas of its classes, estimated from reference points, or agreement inside polygons.

    Points of mmearth sample bring their strata; other points are weighted by the map's classes, which is right for
    simple, systematic and so stratified random samples (Olofsson et al. 2014). Shares are given as 0 … 1 with 95 %
    intervals, areas in hectares. Points without a class, outside the map or on no-data are left out and counted in the
    warnings.

    Args:
        map: Map made by mmearth classify, or any raster of whole numbers.
        reference: Vector file of reference points or polygons (any CRS).
        field: Attribute that holds the class: names, or the map's values.
        layer: Layer of the vector file; by default its only one.
        output: File for the report as JSON; by default none.
        overwrite: Replace an output that exists.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: Map or reference is unusable, no unit remains, or a class is unknown to the map.
    """
    progress, cancel = progress or Silent(), cancel or CancelToken()
    path = None if output is None else check_output(output, overwrite=overwrite, inputs=(map, reference))
    class_map = ClassMap.open(map)
    vector = read_vector(reference, layer=layer, field=field, within=class_map.grid)
    names = class_names(vector, field)
    if not any(names):
        raise MMEarthError(f"The field {field!r} of {vector.path} is empty; give every feature its class first.")
    measured = measure_classes(class_map, progress=progress, cancel=cancel)
    labels = value_names(class_map, measured.pixels)
    codes = _codes(vector.path, class_map.path, names, labels)
    undecided = class_map.ours & (codes == UNKNOWN)
    codes[undecided] = _UNLABELLED
    in_pixels = vector.in_pixels(class_map.grid)
    present = ~(shapely.is_missing(in_pixels) | shapely.is_empty(in_pixels))
    if not present.any():
        raise MMEarthError(f"{vector.path} has no geometry to compare {class_map.path} with.")
    kinds = shapely.get_type_id(in_pixels[present])
    context = _Context(class_map, vector, measured, labels, progress, cancel)
    if np.isin(kinds, (shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT)).all():
        report = _assess_points(context, in_pixels, codes)
    else:
        report = _assess_polygons(context, in_pixels[present], codes[present])
    said = [*class_map.messages, *vector.messages]
    if vector.skipped:
        said.append(f"{left_out(vector.skipped, 'further feature', 'outside the map')}.")
    if undecided.any():
        said.append(f"{left_out(int(undecided.sum()), 'feature', f'labelled {labels[UNKNOWN]!r}, which is no class')}.")
    report = replace(report, warnings=(*report.warnings, *said))
    if path is not None:
        write_json(path, report.as_dict())
    return report


@dataclass(frozen=True)
class _Context:
    class_map: ClassMap
    vector: VectorLayer
    measured: ClassAreas
    names: Mapping[int, str]
    progress: Progress
    cancel: CancelToken


#: Code of a feature without a class: no raster value is so small.
_UNLABELLED = np.iinfo(np.int64).min


def _codes(
    reference: Path, class_map: Path, names: Sequence[str | None], labels: Mapping[int, str]
) -> NDArray[np.int64]:
    """The map's value for each reference class: by its name, its name in other letter case, or by the number that a
    class of the map is called by, its value where it has a name.
    """
    by_name = {name: value for value, name in labels.items()}
    by_folded = {name.casefold(): value for name, value in by_name.items()}
    numbers = {value: value if (code := code_of(name)) is None else code for value, name in labels.items()}
    counts = Counter(numbers.values())
    by_number = {number: value for value, number in numbers.items() if counts[number] == 1}

    def value_of(name: str) -> int | None:
        number = code_of(name)
        found = by_name.get(name, unambiguous.get(name.casefold()))
        return by_number.get(number) if found is None and number is not None else found

    unambiguous = by_folded if len(by_folded) == len(by_name) else {}
    found = {name: value_of(name) for name in names if name}
    unknown = sorted(name for name, value in found.items() if value is None)
    if unknown:
        raise MMEarthError(
            f"{reference} has classes that {class_map} does not know: {', '.join(unknown)};"
            f" the map has {', '.join(by_name)}. Rename them, empty the field where there is"
            " none, or choose the class field with `field`."
        )
    codes = [_UNLABELLED if not name else found[name] for name in names]
    return np.array(codes, np.int64)


def _assess_points(context: _Context, geometries: NDArray[Any], codes: NDArray[np.int64]) -> AccuracyReport:
    grid, measured, names = context.class_map.grid, context.measured, context.names
    points, feature = shapely.get_parts(geometries, return_index=True)
    xy: NDArray[np.float64] = np.full((len(points), 2), np.nan)
    xy[~shapely.is_empty(points)] = shapely.get_coordinates(points)  # an empty point has none
    reference = codes[feature]
    inside: NDArray[np.bool_] = np.logical_and.reduce((xy >= 0) & (xy < (grid.width, grid.height)), axis=1)  # no NaN
    rows, cols = np.floor(np.where(inside[:, None], xy, 0)).astype(np.int64).T[::-1]
    mapped = _values_at(context, rows, cols)
    on_map = inside & np.isin(mapped, list(measured.pixels))
    labelled = reference != _UNLABELLED
    again, torn = _repeated(xy, reference)
    warnings = _left_out(
        "point",
        {
            "outside the map": ~inside,
            "no-data on the map": inside & ~on_map,
            "there twice with one class": again,
            "of several classes at one position": torn & labelled,
        },
    )
    if not labelled.all():
        warnings.append(
            f"{left_out(int((~labelled).sum()), 'point', 'without a class', len(points))};"
            " the figures hold only if those are missing at random."
        )
    design, sizes = _design(context, feature)
    if design is None:
        strata = mapped
        sizes = measured.hectares
        warnings.append(
            "The points carry no sampling design: intervals and areas hold only if they were drawn at random, simply,"
            " systematically or by the classes of this map (mmearth sample makes such points)."
        )
    else:
        strata, known = design
        if not known.all():
            warnings += _left_out("point", {"not of the random sample (no stratum)": ~known})
        labelled = labelled & known
        if sizes is not measured.hectares:
            warnings.append("The sample was drawn from another map: its strata are used (Stehman 2014).")
    used = on_map & labelled & ~again & ~torn
    if not used.any():
        raise _nothing_left(context, len(geometries))
    classes = _classes_shown(names, measured, reference[used])
    accuracy = estimate(
        mapped=mapped[used], reference=reference[used], stratum=strata[used], sizes=sizes, classes=classes
    )
    return AccuracyReport(
        map=context.class_map.path,
        reference=context.vector.path,
        unit="points",
        classes=_judged(context, classes, accuracy.areas, accuracy.users, accuracy.producers),
        counts=accuracy.counts,
        proportions=accuracy.proportions,
        overall=accuracy.overall,
        covered_ha=accuracy.covered,
        warnings=(*warnings, *_limits(accuracy, names, sizes, context.class_map.ours)),
    )


def _repeated(xy: NDArray[np.float64], reference: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(whether a point with a class repeats an earlier one, whether its position has several classes), (n,) each."""
    where = np.unique(xy, axis=0, return_inverse=True)[1].reshape(-1)
    pairs, first = np.unique(np.column_stack([where, reference]), axis=0, return_index=True)
    again = reference != _UNLABELLED
    again[first] = False
    classes = np.bincount(pairs[pairs[:, 1] != _UNLABELLED, 0], minlength=len(xy))
    torn = classes[where] > 1
    return again & ~torn, torn


def _judged(
    context: _Context, classes: Sequence[int], areas: Iterable[Estimate | None], *shares: Sequence[Estimate]
) -> tuple[ClassAccuracy, ...]:
    """What is said of each class: its estimated area, and user's and producer's accuracy."""
    mapped = context.measured.hectares
    return tuple(
        ClassAccuracy(value, context.names[value], mapped.get(value, 0.0), area, user, producer)
        for value, area, user, producer in zip(classes, areas, *shares, strict=False)
    )


def _values_at(context: _Context, rows: NDArray[np.int64], cols: NDArray[np.int64]) -> NDArray[np.int64]:
    """The map's values at pixels, in one pass over the map."""
    values = np.zeros(len(rows), np.int64)
    context.progress.start("Reading the map at the points", context.class_map.grid.pixels, "px")
    for window, block in context.class_map.blocks():
        context.cancel.check()
        here = (rows >= window.row) & (rows < window.row_end) & (cols >= window.col) & (cols < window.col_end)
        values[here] = block[rows[here] - window.row, cols[here] - window.col]
        context.progress.advance(window.pixels)
    context.progress.finish()
    return values


def _design(
    context: _Context, feature: NDArray[np.int64]
) -> tuple[tuple[NDArray[np.int64], NDArray[np.bool_]] | None, Mapping[int, float]]:
    """((stratum of each point, whether it has one), hectares of each stratum) of a file of `mmearth sample`; (None, {})
    for other points. Where the sample was drawn from this very map, the strata are those of the map.
    """
    path, layer = context.vector.path, context.vector.layer
    wanted = (STRATUM_FIELD, HECTARES_FIELD, DIGEST_FIELD)
    if not set(wanted) <= set(pyogrio.read_info(path, layer=layer)["fields"]):
        return None, {}
    columns = [read_vector(path, layer=layer, field=name, within=context.class_map.grid).values for name in wanted]
    stratum, hectares, digest = (np.asarray(column)[feature] for column in columns)
    if stratum.dtype.kind not in "iuf" or hectares.dtype.kind not in "iuf":
        return None, {}
    known = np.isfinite(stratum) & np.isfinite(hectares) & (hectares > 0)
    strata = np.where(known, stratum, 0).astype(np.int64)
    if known.any() and set(digest[known].tolist()) == {context.measured.digest}:
        return (strata, known & np.isin(strata, list(context.measured.hectares))), context.measured.hectares
    sizes = dict(zip(strata[known].tolist(), hectares[known].tolist(), strict=True))
    return ((strata, known), sizes) if sizes else (None, {})


def _limits(accuracy: Accuracy, names: Mapping[int, str], sizes: Mapping[int, float], of_ours: bool) -> list[str]:
    """What the sample cannot tell, in sentences."""
    warnings = []
    for value in accuracy.unsampled:
        share = 100 * sizes[value] / sum(sizes.values())
        warnings.append(
            f"No reference point in the mapped class {names.get(value, str(value))!r} ({share:.1f} % of the area):"
            " nothing is known about it, the estimates describe the rest."
        )
    for value in accuracy.single:
        warnings.append(
            f"Only one reference point in {names.get(value, str(value))!r}: what depends on it has no interval."
        )
    if any(e.standard_error == 0 and e.value == 1 for e in accuracy.users):
        warnings.append("± 0.0: all points of that class agree, so that its true interval is wider than the formula's.")
    if UNKNOWN in accuracy.classes and of_ours:
        warnings.append(f"Where the map says {names[UNKNOWN]!r} it counts as wrong.")
    return warnings


def _assess_polygons(context: _Context, geometries: NDArray[Any], codes: NDArray[np.int64]) -> AccuracyReport:
    measured, names = context.measured, context.names
    grid = context.class_map.grid
    labelled, inside = codes != _UNLABELLED, touching(geometries, grid)
    warnings = [
        "Polygons chosen by hand are no random sample: this is agreement inside them, without intervals or areas;"
        " for those, label the points of mmearth sample.",
        *_left_out("polygon", {"outside the map": ~inside, "without a class": inside & ~labelled}),
    ]
    geometries, codes = ready(geometries[inside & labelled]), codes[inside & labelled]
    classes = _classes_shown(names, measured, codes)
    counts = np.zeros((len(classes), len(classes)), np.int64)
    overlapping = empty = 0
    tree = shapely.STRtree(geometries)
    context.progress.start("Comparing the map with the polygons", grid.pixels, "px")
    for window, block in context.class_map.blocks():
        context.cancel.check()
        here = members(tree, window)
        if len(here):
            label, clear, contested = _burn(geometries[here], codes[here], window)
            valid = np.isin(block, list(measured.pixels))
            overlapping += int(contested.sum())
            empty += int((clear & ~valid).sum())
            counts += error_matrix(block[clear & valid], label[clear & valid], classes)
        context.progress.advance(window.pixels)
    context.progress.finish()
    if not counts.sum():
        raise _nothing_left(context, len(inside))
    if overlapping:
        warnings.append(f"{left_out(overlapping, 'pixel', 'in polygons of different classes')}.")
    if empty:
        warnings.append(f"{left_out(empty, 'pixel', 'no-data on the map')}.")
    overall, users, producers = agreement(counts)
    return AccuracyReport(
        map=context.class_map.path,
        reference=context.vector.path,
        unit="pixels",
        classes=_judged(context, classes, repeat(None), users, producers),
        counts=counts,
        proportions=None,
        overall=overall,
        covered_ha=None,
        warnings=tuple(warnings),
    )


def _burn(
    geometries: NDArray[Any], codes: NDArray[np.int64], window: Window
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """(class of each pixel, where exactly one class covers it, where several do) for a window."""
    shape = (window.height, window.width)
    label, claims = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for code in np.unique(codes):
        mask = covered(geometries[codes == code], window)
        label[mask] = code
        claims += mask
    return label, claims == 1, claims > 1


def _classes_shown(names: Mapping[int, str], measured: ClassAreas, reference: NDArray[np.int64]) -> tuple[int, ...]:
    """Values of the classes that are on the map or in the reference, in the map's order."""
    seen = set(measured.pixels) | set(reference.tolist())
    return tuple(value for value in sorted(names) if value in seen)


def _left_out(noun: str, reasons: Mapping[str, NDArray[np.bool_]]) -> list[str]:
    """A sentence for each reason that any of the features has."""
    return [f"{left_out(int(mask.sum()), noun, why, len(mask))}." for why, mask in reasons.items() if mask.any()]


def _nothing_left(context: _Context, features: int) -> MMEarthError:
    grid = context.class_map.grid
    return MMEarthError(
        f"None of the {counted(features, 'feature')} of {context.vector.path} has a class and lies on a class of"
        f" {context.class_map.path} ({lonlat_extent(grid.bounds, grid.crs)}); check the reference's place, coordinate"
        " system and class field."
    )
