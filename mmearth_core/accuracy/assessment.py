"""How good is this map: comparing it with reference data and saying no more than those can tell.

Points are taken as a random sample: design-based accuracies and areas with 95 % intervals (`estimators`).
Polygons are not one, and yield plain agreement inside them: never an interval, never an area.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from mmearth_core.accuracy.comparison import UNLABELLED, Comparison, Points, locate
from mmearth_core.accuracy.design import Design, design_of
from mmearth_core.accuracy.estimators import Accuracy, Estimate, Share, agreement, error_matrix, estimate
from mmearth_core.accuracy.independence import dependence
from mmearth_core.accuracy.summary import AccuracyReport, ClassAccuracy
from mmearth_core.errors import MMEarthError
from mmearth_core.files import check_output, write_json
from mmearth_core.locks import sole_writer
from mmearth_core.maps.conventions import UNKNOWN
from mmearth_core.maps.together import ELSEWHERE
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.raster.grid import Window
from mmearth_core.sources.place_maps import maps_of
from mmearth_core.vectors.footprints import covered, members, ready, touching
from mmearth_core.wording import left_out


@sole_writer("output")
def assess(
    *,
    map: str | Path,
    reference: str | Path,
    field: str = "class",
    layer: str | None = None,
    output: str | Path | None = None,
    working_set: str | Path | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> AccuracyReport:
    """Accuracy of a class map and areas of its classes, estimated from reference points, or agreement inside polygons.

    Points of mmearth sample bring their strata; other points are weighted by the map's classes, which is right for
    simple, systematic and so stratified random samples (Olofsson et al. 2014). Shares are given as 0 … 1 with 95 %
    intervals, areas in hectares. Points without a class, outside the map or on no-data are left out and counted in the
    warnings. Of a working set the maps of all places are one map, and ground that two of them show counts once.

    Args:
        map: Map made by mmearth classify, or any raster of whole numbers; of a working set of several places the folder
            of their maps, as classify makes it.
        reference: Vector file of reference points or polygons (any CRS), of all places.
        field: Attribute that holds the class: names, or the map's values.
        layer: Layer of the vector file; by default its only one.
        output: File for the report as JSON; by default none.
        working_set: Working set whose places the folder has the maps of.
        overwrite: Replace an output that exists.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: Map or reference is unusable, no unit remains, a class is unknown to the map, or a place has no
            map.
    """
    progress, cancel = progress or Silent(), cancel or CancelToken()
    path = None if output is None else check_output(output, overwrite=overwrite, inputs=(map, reference, working_set))
    maps = maps_of(map, working_set)
    compared = Comparison.of(maps, reference, field, layer, progress, cancel)
    if not compared.present.any():
        raise MMEarthError(
            f"{compared.vector.path} has no geometry to compare {maps.path} with; draw its features first."
        )
    kinds = shapely.get_type_id(compared.vector.geometries[compared.present])
    points = np.isin(kinds, (shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT)).all()
    report = _assess_points(compared) if points else _assess_polygons(compared)
    report = replace(report, warnings=(*report.warnings, *compared.messages))
    if path is not None:
        write_json(path, report.as_dict())
    return report


def _assess_points(compared: Comparison) -> AccuracyReport:
    points = locate(compared)
    reference = compared.codes[points.feature]
    labelled = reference != UNLABELLED
    again, torn = _repeated(np.column_stack([points.place, points.xy]), reference)
    warnings = _left_out(
        "point",
        {
            "outside the map": ~points.inside,
            "no-data on the map": points.inside & ~points.on_map,
            "there twice with one class": again,
            "of several classes at one position": torn & labelled,
        },
    )
    if not labelled.all():
        warnings.append(
            f"{left_out(int((~labelled).sum()), 'point', 'without a class', len(labelled))};"
            " the figures hold only if those are missing at random."
        )
    design = design_of(compared, points)
    warnings += design.warnings
    used = points.on_map & labelled & design.known & ~again & ~torn
    if not used.any():
        raise compared.nothing_left(len(compared.codes))
    told = dependence(compared, [_of_place(points, used, each) for each in range(len(compared.maps.places))], design)
    classes = compared.classes_shown(reference[used])
    accuracy = estimate(
        mapped=points.mapped[used],
        reference=reference[used],
        stratum=design.stratum[used],
        sizes=design.sizes,
        classes=classes,
        mapped_sizes=compared.measured.hectares,
    )
    return AccuracyReport(
        map=compared.maps.path,
        reference=compared.vector.path,
        unit="points",
        classes=_judged(compared, classes, accuracy.areas, accuracy.users, accuracy.producers),
        counts=accuracy.counts,
        proportions=accuracy.proportions,
        overall=accuracy.overall,
        covered_ha=accuracy.covered,
        warnings=(*told, *warnings, *_limits(accuracy, design, compared)),
        places=compared.maps.names,
    )


def _of_place(points: Points, used: NDArray[np.bool_], number: int) -> NDArray[Any]:
    """The used points in the pixels of a map; None for those that lie on another."""
    made: NDArray[Any] = np.where(points.place == number, shapely.points(points.xy), None)[used]
    return made


def _repeated(at: NDArray[np.float64], reference: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Of points at positions (n, k): (whether one with a class repeats an earlier one, whether its position has several
    classes), (n,) each."""
    where = np.unique(at, axis=0, return_inverse=True)[1].reshape(-1)
    pairs, first = np.unique(np.column_stack([where, reference]), axis=0, return_index=True)
    again = reference != UNLABELLED
    again[first] = False
    classes = np.bincount(pairs[pairs[:, 1] != UNLABELLED, 0], minlength=len(at))
    torn = classes[where] > 1
    return again & ~torn, torn


def _judged(
    compared: Comparison, classes: Sequence[int], areas: Iterable[Estimate | None], *shares: Sequence[Share]
) -> tuple[ClassAccuracy, ...]:
    """What is said of each class: its estimated area, and user's and producer's accuracy."""
    mapped = compared.measured.hectares
    return tuple(
        ClassAccuracy(value, compared.names[value], mapped.get(value, 0.0), area, user, producer)
        for value, area, user, producer in zip(classes, areas, *shares, strict=False)
    )


def _limits(accuracy: Accuracy, design: Design, compared: Comparison) -> list[str]:
    """What the sample cannot tell, in sentences."""
    warnings = []
    names, sizes = design.names, design.sizes
    for value in accuracy.unsampled:
        share = 100 * sizes[value] / sum(sizes.values())
        warnings.append(
            f"No reference point in the mapped class {names.get(value, str(value))!r} ({share:.1f} % of the area):"
            " nothing is known about it, the estimates describe the rest."
        )
    for value in accuracy.single:
        warnings.append(
            f"Only one reference point in {names.get(value, str(value))!r}: intervals that depend on it are wide."
        )
    if UNKNOWN in accuracy.classes and compared.maps.ours:
        warnings.append(f"Where the map says {compared.names[UNKNOWN]!r} it counts as wrong.")
    return warnings


def _assess_polygons(compared: Comparison) -> AccuracyReport:
    geometries = [each[compared.present] for each in compared.in_pixels]
    codes = compared.codes[compared.present]
    touched = [touching(each, placed.map.grid) for each, placed in zip(geometries, compared.maps.places, strict=True)]
    labelled, inside = codes != UNLABELLED, np.logical_or.reduce(touched)
    warnings = [
        "Polygons chosen by hand are no random sample: this is agreement inside them, without intervals or areas;"
        " for those, label the points of mmearth sample.",
        *_left_out("polygon", {"outside the map": ~inside, "without a class": inside & ~labelled}),
    ]
    classes = compared.classes_shown(codes[inside & labelled])
    counts = np.zeros((len(classes), len(classes)), np.int64)
    overlapping = empty = 0
    compared.progress.start("Comparing the map with the polygons", compared.maps.pixels, "px")
    for number, placed in enumerate(compared.maps.places):
        mine = touched[number] & labelled
        shapes, meant = ready(geometries[number][mine]), codes[mine]
        tree = shapely.STRtree(shapes)
        for window, block in placed.blocks():
            compared.cancel.check()
            here = members(tree, window)
            if len(here):
                label, clear, contested = _burn(shapes[here], meant[here], window)
                valid = np.isin(block, list(compared.measured.each[number].pixels))
                overlapping += int(contested.sum())
                empty += int((clear & ~valid & (block != ELSEWHERE)).sum())
                counts += error_matrix(block[clear & valid], label[clear & valid], classes)
            compared.progress.advance(window.pixels)
    compared.progress.finish()
    if not counts.sum():
        raise compared.nothing_left(len(inside))
    if overlapping:
        warnings.append(f"{left_out(overlapping, 'pixel', 'in polygons of different classes')}.")
    if empty:
        warnings.append(f"{left_out(empty, 'pixel', 'no-data on the map')}.")
    overall, users, producers = agreement(counts)
    used = inside & labelled
    polygons = [each[used] for each in geometries]
    for own, reaching in zip(polygons, touched, strict=True):
        own[~reaching[used]] = None
    told = dependence(compared, polygons)
    return AccuracyReport(
        map=compared.maps.path,
        reference=compared.vector.path,
        unit="pixels",
        classes=_judged(compared, classes, repeat(None), users, producers),
        counts=counts,
        proportions=None,
        overall=overall,
        covered_ha=None,
        warnings=(*told, *warnings),
        places=compared.maps.names,
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


def _left_out(noun: str, reasons: Mapping[str, NDArray[np.bool_]]) -> list[str]:
    """A sentence for each reason that any of the features has."""
    return [f"{left_out(int(mask.sum()), noun, why, len(mask))}." for why, mask in reasons.items() if mask.any()]
