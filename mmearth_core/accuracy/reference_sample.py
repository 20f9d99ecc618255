"""The reference sample an accuracy assessment needs: random pixels of a map, stratified by its classes, to be
labelled blind.

Every pixel of a stratum has the same chance, whatever the size of the map, which is read twice and never held in
memory. Of several places the strata are the classes over all maps, and a place gets points by its share of a stratum's
area, so that ground has the same chance wherever it is, also where pixels are of unlike size. Each point carries what
`assess` needs to weigh it, so the file may be edited, exported or used with a better map later.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.locks import sole_writer
from mmearth_core.maps.together import AreasTogether, MapsTogether, PlacedMap, measure_together
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.sources.place_maps import maps_of
from mmearth_core.vectors.writing import check_features_output, crs_of_all, pixel_centres, write_points
from mmearth_core.wording import counted

#: Fields of a sample file. The interpreter fills `CLASS_FIELD` and should hide the last four: they reveal the map.
CLASS_FIELD = "class"
STRATUM_FIELD = "stratum"
PIXELS_FIELD = "stratum_px"
HECTARES_FIELD = "stratum_ha"
DIGEST_FIELD = "map_digest"
SEED_FIELD = "seed"
#: What an assessment weighs a point by.
DESIGN_FIELDS = (STRATUM_FIELD, HECTARES_FIELD, DIGEST_FIELD)
#: Of a sample of several places, the one a point is in.
PLACE_FIELD = "place"

#: Points in a small class, unless the sample is too small for it (Olofsson et al. 2014, section 5.1.2: 50 to 100).
DEFAULT_MINIMUM = 50
#: A variance needs two units in every stratum.
FEWEST = 2


@dataclass(frozen=True)
class SampleResult:
    """Where the points are, and how many of them each class has, and each place where there are several."""

    path: Path
    allocation: Mapping[str, int]
    messages: tuple[str, ...] = ()
    places: Mapping[str, int] = field(default_factory=dict)

    @property
    def points(self) -> int:
        return sum(self.allocation.values())

    def __str__(self) -> str:
        shares = ", ".join(f"{number} in {name}" for name, number in self.allocation.items())
        shares += " on the map" + "".join(f"; {number} in {name}" for name, number in self.places.items())
        told = "".join(f"\n{message}" for message in self.messages)
        return (
            f"{counted(self.points, 'random point')} ({shares}) in {self.path}: fill in the field"
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
    working_set: str | Path | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> SampleResult:
    """Draw random pixels of a class map, stratified by class, as points to be labelled blind.

    The points are pixel centres in random order with the fields id, class (empty), stratum (the map's value),
    stratum_px and stratum_ha (its size in pixels and hectares), map_digest and seed. Classes get points in proportion
    to their area, but at least `min_per_class`. Of a working set, the classes over all places are sampled together, and
    the points have the field place; their coordinates are degrees where the places' maps are of several systems.

    Args:
        map: Map made by mmearth classify, or any raster of whole numbers; of a working set of several places the folder
            of their maps, as classify makes it.
        output: The points to write: .gpkg, .geojson, .shp or .fgb.
        n: Number of points.
        seed: Start of the random numbers; the same map, numbers and seed give the same points.
        min_per_class: Points that each class gets at least; by default 50, or half of an equal share when there are too
            few points for that.
        working_set: Working set whose places the folder has the maps of.
        overwrite: Replace an output that exists.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: The map is unusable, the number of points does not suit it, or the output cannot be made.
    """
    progress, cancel = progress or Silent(), cancel or CancelToken()
    path = check_features_output(output, overwrite=overwrite, inputs=(map, working_set))
    if seed < 0:
        raise MMEarthError(f"`seed={seed}` is below 0; choose 0 or more.")
    together = maps_of(map, working_set)
    measured = measure_together(together, progress=progress, cancel=cancel)
    allocation = _allocation(together.path, measured.pixels, n, min_per_class)
    rng = np.random.default_rng(seed)
    found = _drawn(together, measured, allocation, rng, progress, cancel)
    of_place, crs = [len(each) for each in found], crs_of_all([each.grid for each in together.maps])
    drawn = zip(together.maps, found, strict=True)
    xy = np.concatenate([pixel_centres(one.grid, each[:, 0], each[:, 1], crs) for one, each in drawn])
    places = np.repeat(np.array([place.name for place in together.places], object), of_place)
    order = rng.permutation(n)
    strata = np.concatenate([each[:, 2] for each in found])[order]
    write_points(
        path,
        xy[order],
        crs,
        {
            "id": np.arange(1, n + 1),
            CLASS_FIELD: np.full(n, None, object),
            STRATUM_FIELD: strata,
            PIXELS_FIELD: np.array([measured.pixels[value] for value in strata.tolist()], np.int64),
            HECTARES_FIELD: np.array([measured.hectares[value] for value in strata.tolist()]),
            DIGEST_FIELD: np.full(n, measured.digest, object),
            SEED_FIELD: np.full(n, seed, np.int64),
            **({PLACE_FIELD: places[order]} if together.names else {}),
        },
    )
    return SampleResult(
        path=path,
        allocation={measured.names[value]: number for value, number in allocation.items()},
        messages=(*together.messages, *measured.messages),
        places=dict(zip(together.names, of_place, strict=False)),
    )


def _drawn(
    together: MapsTogether,
    measured: AreasTogether,
    allocation: Mapping[int, int],
    rng: np.random.Generator,
    progress: Progress,
    cancel: CancelToken,
) -> list[NDArray[np.int64]]:
    """(row, column, class value), (n, 3), of the points on each map."""
    chosen: list[dict[int, NDArray[np.int64]]] = [{} for _ in together.places]
    for value, number in allocation.items():
        shares = _shared_out(rng, measured, value, number)
        for mine, areas, share in zip(chosen, measured.each, shares, strict=True):
            if share:
                mine[value] = np.sort(rng.choice(areas.pixels[value], size=share, replace=False))
    progress.start("Choosing the points", together.pixels, "px")
    places = zip(together.places, chosen, strict=True)
    found = [_locate(place, mine, progress=progress, cancel=cancel) for place, mine in places]
    progress.finish()
    return found


def _shared_out(rng: np.random.Generator, measured: AreasTogether, value: int, number: int) -> list[int]:
    """How many of a stratum's points each map gets: at random by its share of the stratum's area, and never more than
    it has pixels."""
    pixels = np.array([each.pixels.get(value, 0) for each in measured.each])
    if len(pixels) == 1:
        return [number]
    hectares = np.array([each.hectares.get(value, 0.0) for each in measured.each])
    given = np.zeros(len(pixels), np.int64)
    while (left := number - given.sum()) > 0:
        free = np.where(given < pixels, hectares, 0)
        given = np.minimum(given + rng.multinomial(left, free / free.sum()), pixels)
    return [int(each) for each in given]


def _allocation(path: Path, pixels: Mapping[int, int], n: int, min_per_class: int | None) -> dict[int, int]:
    classes, total = len(pixels), sum(pixels.values())
    fewest = sum(min(FEWEST, count) for count in pixels.values())
    if n < fewest:
        raise MMEarthError(f"{path} needs {FEWEST} points for each of {classes} classes; ask for {fewest} or more.")
    if n > total:
        raise MMEarthError(
            f"{path} has {counted(total, 'pixel')} with a class, fewer than the {n} points asked for; ask for fewer."
        )
    minimum = max(FEWEST, min(DEFAULT_MINIMUM, n // (2 * classes))) if min_per_class is None else min_per_class
    if minimum < FEWEST or sum(min(minimum, count) for count in pixels.values()) > n:
        raise MMEarthError(
            f"{n} points cannot be shared so that each of the {classes} classes of {path} gets {minimum};"
            f" choose a minimum per class from {FEWEST} to {max(FEWEST, n // classes)} or more points."
        )
    return allocate(pixels, n, minimum)


def _locate(
    place: PlacedMap,
    chosen: Mapping[int, NDArray[np.int64]],
    *,
    progress: Progress,
    cancel: CancelToken,
) -> NDArray[np.int64]:
    """(row, column, class value), (n, 3), of the k-th pixels of each class, k in ascending order in `chosen`."""
    seen = dict.fromkeys(chosen, 0)
    found: list[NDArray[np.int64]] = [np.zeros((0, 3), np.int64)]
    for window, values in place.blocks():
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
    return np.concatenate(found).astype(np.int64)
