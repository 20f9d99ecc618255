"""The reference sample an accuracy assessment needs: random pixels of a map, stratified by its classes, to be
labelled blind.

Every pixel of a stratum has the same chance, whatever the size of the map, which is read twice and never held in
memory. Each point carries what `assess` needs to weigh it, so the file may be edited, exported or used with a better
map later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.locks import sole_writer
from mmearth_core.maps.areas import measure_classes, value_names
from mmearth_core.maps.class_map import ClassMap
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.vectors.writing import check_features_output, pixel_centres, write_points
from mmearth_core.wording import counted

#: Fields of a sample file. The interpreter fills `CLASS_FIELD` and should hide the last four: they reveal the map.
CLASS_FIELD = "class"
STRATUM_FIELD = "stratum"
PIXELS_FIELD = "stratum_px"
HECTARES_FIELD = "stratum_ha"
DIGEST_FIELD = "map_digest"
SEED_FIELD = "seed"

#: Points in a small class, unless the sample is too small for it (Olofsson et al. 2014, section 5.1.2: 50 to 100).
DEFAULT_MINIMUM = 50
#: A variance needs two units in every stratum.
FEWEST = 2


@dataclass(frozen=True)
class SampleResult:
    """Where the points are, and how many of them each class has."""

    path: Path
    allocation: Mapping[str, int]
    messages: tuple[str, ...] = ()

    @property
    def points(self) -> int:
        return sum(self.allocation.values())

    def __str__(self) -> str:
        shares = ", ".join(f"{number} in {name}" for name, number in self.allocation.items())
        told = "".join(f"\n{message}" for message in self.messages)
        return (
            f"{counted(self.points, 'random point')} ({shares} on the map) in {self.path}: fill in the field"
            f" {CLASS_FIELD!r} without looking at the map or at {STRATUM_FIELD!r}, then run mmearth assess.{told}"
        )


def allocate(pixels: Mapping[int, int], n: int, minimum: int) -> dict[int, int]:
    """Points per stratum: proportional to its pixels, but at least `minimum`, and never more than it has; they sum to
    `n`.

    Proportional allocation serves the overall accuracy and the areas, a minimum serves the user's accuracy of small
    classes: the compromise of Olofsson et al. (2014), section 5.1.2. Shares are rounded by largest remainder.
    Raises `ValueError` when `n` cannot hold the minima or exceeds the pixels.
    """
    floor = {value: min(minimum, count) for value, count in pixels.items()}
    if not sum(floor.values()) <= n <= sum(pixels.values()):
        raise ValueError(f"{n} points do not fit")
    fixed: dict[int, int] = {}
    while True:
        free = {value: count for value, count in pixels.items() if value not in fixed}
        left, total = n - sum(fixed.values()), sum(free.values())
        # A stratum that its floor raises takes points from the others, which may put another one below its own.
        short = {value: floor[value] for value, count in free.items() if count * left < floor[value] * total}
        if not short:
            break
        fixed |= short
    whole = {value: count * left // total for value, count in free.items()}
    by_remainder = sorted(free, key=lambda value: (-(free[value] * left % total), value))
    for value in by_remainder[: left - sum(whole.values())]:
        whole[value] += 1
    return {value: (fixed | whole)[value] for value in pixels}


@sole_writer("output")
def sample(
    *,
    map: str | Path,
    output: str | Path,
    n: int,
    seed: int = 0,
    min_per_class: int | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> SampleResult:
    """Draw random pixels of a class map, stratified by class, as points to be labelled blind.

    The points are pixel centres in random order with the fields id, class (empty), stratum (the map's value),
    stratum_px and stratum_ha (its size in pixels and hectares), map_digest and seed. Classes get points in proportion
    to their area, but at least `min_per_class`.

    Args:
        map: Map made by mmearth classify, or any raster of whole numbers.
        output: The points to write: .gpkg, .geojson, .shp or .fgb.
        n: Number of points.
        seed: Start of the random numbers; the same map, numbers and seed give the same points.
        min_per_class: Points that each class gets at least; by default 50, or half of an equal share when there are too
            few points for that.
        overwrite: Replace an output that exists.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: The map is unusable, the number of points does not suit it, or the output cannot be made.
    """
    progress, cancel = progress or Silent(), cancel or CancelToken()
    path = check_features_output(output, overwrite=overwrite, inputs=(map,))
    if seed < 0:
        raise MMEarthError(f"The seed must be 0 or more, not {seed}.")
    class_map = ClassMap.open(map)
    measured = measure_classes(class_map, progress=progress, cancel=cancel)
    allocation = _allocation(class_map.path, measured.pixels, n, min_per_class)
    rng = np.random.default_rng(seed)
    chosen = {
        value: np.sort(rng.choice(measured.pixels[value], size=number, replace=False))
        for value, number in allocation.items()
    }
    rows, cols, strata = _locate(class_map, chosen, progress=progress, cancel=cancel)
    order = rng.permutation(n)
    rows, cols, strata = rows[order], cols[order], strata[order]
    write_points(
        path,
        pixel_centres(class_map.grid, rows, cols),
        class_map.grid.crs,
        {
            "id": np.arange(1, n + 1),
            CLASS_FIELD: np.full(n, None, object),
            STRATUM_FIELD: strata,
            PIXELS_FIELD: np.array([measured.pixels[value] for value in strata.tolist()], np.int64),
            HECTARES_FIELD: np.array([measured.hectares[value] for value in strata.tolist()]),
            DIGEST_FIELD: np.full(n, measured.digest, object),
            SEED_FIELD: np.full(n, seed, np.int64),
        },
    )
    names = value_names(class_map, measured.pixels)
    return SampleResult(path, {names[value]: number for value, number in allocation.items()}, class_map.messages)


def _allocation(path: Path, pixels: Mapping[int, int], n: int, min_per_class: int | None) -> dict[int, int]:
    classes, total = len(pixels), sum(pixels.values())
    fewest = sum(min(FEWEST, count) for count in pixels.values())
    if n < fewest:
        raise MMEarthError(f"{path} needs {FEWEST} points for each of {classes} classes; ask for {fewest} or more.")
    if n > total:
        raise MMEarthError(f"{path} has {counted(total, 'pixel')} with a class, fewer than the {n} points asked for.")
    minimum = max(FEWEST, min(DEFAULT_MINIMUM, n // (2 * classes))) if min_per_class is None else min_per_class
    if minimum < FEWEST or sum(min(minimum, count) for count in pixels.values()) > n:
        raise MMEarthError(
            f"{n} points cannot be shared so that each of the {classes} classes of {path} gets {minimum};"
            f" choose a minimum per class from {FEWEST} to {max(FEWEST, n // classes)} or more points."
        )
    return allocate(pixels, n, minimum)


def _locate(
    class_map: ClassMap,
    chosen: Mapping[int, NDArray[np.int64]],
    *,
    progress: Progress,
    cancel: CancelToken,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """(row, column, class value) of the k-th pixels of each class, k in ascending order in `chosen`."""
    seen = dict.fromkeys(chosen, 0)
    found: list[NDArray[np.int64]] = []
    progress.start("Choosing the points", class_map.grid.pixels, "px")
    for window, values in class_map.blocks():
        cancel.check()
        flat = values.ravel()
        for value, ordinals in chosen.items():
            inside = np.flatnonzero(flat == value)
            first, last = np.searchsorted(ordinals, [seen[value], seen[value] + len(inside)])
            cells = inside[ordinals[first:last] - seen[value]]
            seen[value] += len(inside)
            rows, cols = np.divmod(cells, window.width)
            found.append(np.column_stack([rows + window.row, cols + window.col, np.full(len(cells), value)]))
        progress.advance(window.pixels)
    progress.finish()
    row, col, stratum = np.concatenate(found).astype(np.int64).T
    return row, col, stratum
