"""Where to label next: the places the probe is least sure of that are also unlike each other and unlike what it knows.

Uncertainty alone asks for the same confusing thing twenty times, diversity alone for oddities that matter to no class;
their product asks for what changes the map most. Memory does not grow with the raster: places compete cell by cell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.crs import CRS

from mmearth_core.errors import MMEarthError
from mmearth_core.labelling.probe import Probe
from mmearth_core.labelling.probe_file import load_probe
from mmearth_core.labelling.scoring import PixelProbe
from mmearth_core.labelling.streaming import by_pixel, transform_blocks
from mmearth_core.locks import sole_writer
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.writer import BLOCK
from mmearth_core.sources.stack import Pixels, Stack, only_grid, stacks_of
from mmearth_core.vectors.reading import VectorLayer, read_vector
from mmearth_core.vectors.writing import check_features_output, crs_of_all, pixel_centres, write_points
from mmearth_core.wording import counted

#: Two suggestions, and a suggestion and a sample, are at least so many pixels apart: nearer ones tell the same.
MIN_DISTANCE = 10
#: The raster is divided into about so many square cells; each offers its most uncertain pixel.
CELLS = 16_384
#: Mean radius of the earth, in metres.
_EARTH = 6_371_008.8


@dataclass(frozen=True)
class SuggestResult:
    """Where the points are, how many were found and how many were asked for."""

    path: Path
    points: int
    asked: int

    def __str__(self) -> str:
        fewer = "" if self.points == self.asked else f" ({self.asked} were asked for; there are no more places apart)"
        places = counted(self.points, "place")
        return f"{places} to label next{fewer} in {self.path}: fill in the field 'class' and fit again."


@dataclass(frozen=True, eq=False)
class Candidates:
    """Pixels that compete: `row`, `col` (m,), `values` (m, columns), `uncertainty` (m,) 0 … 1; `place` (m,) is the
    number of the raster each is in, where there are several."""

    row: NDArray[np.int64]
    col: NDArray[np.int64]
    values: NDArray[np.float32]
    uncertainty: NDArray[np.float32]
    place: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.row)

    def take(self, chosen: NDArray[Any]) -> "Candidates":
        """Some of them, by index or mask."""
        return Candidates(*(each[chosen] for each in self._columns))

    @classmethod
    def together(cls, parts: Sequence["Candidates"]) -> "Candidates":
        """All of them, in their order."""
        return cls(*map(np.concatenate, zip(*(part._columns for part in parts), strict=True)))

    @property
    def _columns(self) -> tuple[NDArray[Any], ...]:
        return self.row, self.col, self.values, self.uncertainty, self.place

    def positions(self, grids: Sequence[Grid]) -> NDArray[np.float64]:
        """Where they are, (m, 2 or 3): how far apart is pixels, of the largest ones where grids are several."""
        if len(grids) == 1:
            return np.column_stack([self.row, self.col]).astype(np.float64)
        on_earth = np.zeros((len(self), 3))
        for number, grid in enumerate(grids):
            mine = self.place == number
            on_earth[mine] = _on_earth(grid, self.row[mine], self.col[mine])
        return on_earth / max(map(_pixel_size, grids))

    def coordinates(self, grids: Sequence[Grid], crs: CRS) -> NDArray[np.float64]:
        """Their coordinates (m, 2) in a CRS."""
        xy = np.zeros((len(self), 2))
        for number, grid in enumerate(grids):
            mine = self.place == number
            xy[mine] = pixel_centres(grid, self.row[mine], self.col[mine], crs)
        return xy


@sole_writer("output")
def suggest(
    *,
    embedding: str | Path,
    model: str | Path,
    output: str | Path,
    n: int = 20,
    seed: int = 0,
    samples: str | Path | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> SuggestResult:
    """Choose places whose label would teach the probe most, and write them as points, best first.

    Uncertainty is 1 − margin (probability of the best class minus that of the second), averaged over 3 × 3 pixels, so
    that single mixed pixels do not win over whole areas. Places are taken one by one, each with the largest
    uncertainty × distance in embedding space to the nearest class centre of the training or earlier suggestion
    (farthest-first, Gonzalez 1985), at least 10 pixels from earlier ones. Fields: rank, class (empty, to be filled),
    predicted, second, margin.

    Args:
        embedding: Embedding raster, or working set. All its places compete for the points, which have the field place
            where there are several; their coordinates are degrees where the places are of several systems.
        model: Probe made by mmearth fit (JSON).
        output: The points to write: .gpkg, .geojson, .shp or .fgb.
        n: Number of points, over all places.
        seed: Decides between equals; the same seed gives the same points.
        samples: Vector file of what is labelled already: no point comes within 10 pixels of it.
        overwrite: Replace an output that exists.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: Input is unusable, the probe is of another encoder, or there is no place to suggest.
    """
    progress, cancel = progress or Silent(), cancel or CancelToken()
    path = check_features_output(output, overwrite=overwrite, inputs=(embedding, model, samples))
    if n < 1:
        raise MMEarthError(f"`n={n}` points cannot be suggested; choose 1 or more.")
    if seed < 0:
        raise MMEarthError(f"`seed={seed}` is below 0; choose 0 or more.")
    probe = load_probe(model)
    matched = [stack.matched(probe.looks_at) for stack in stacks_of(embedding)]
    stacks = [stack for stack, _ in matched]
    for message in dict.fromkeys(message for _, messages in matched for message in messages):
        progress.message(message)
    labelled = None if samples is None else read_vector(samples, within=only_grid(stacks))
    chosen = places(stacks, probe, labelled, n, seed=seed, progress=progress, cancel=cancel)
    _write(path, chosen, probe, stacks)
    return SuggestResult(path, len(chosen), n)


def places(
    stacks: Sequence[Stack],
    probe: Probe,
    labelled: VectorLayer | None,
    n: int,
    *,
    windows: Sequence[Window] | None = None,
    seed: int = 0,
    progress: Progress,
    cancel: CancelToken,
) -> Candidates:
    """At most `n` places to label next over all stacks, best first, inside the window of each when given, none near
    what is labelled.

    Raises `MMEarthError` when there is none.
    """
    whole = [stack.grid.window for stack in stacks]
    inside = whole if windows is None else [one.intersection(all_) for one, all_ in zip(windows, whole, strict=True)]
    names = ", ".join(stack.name for stack in stacks)
    if not any(inside):
        raise MMEarthError(f"What is to be looked at lies outside {names}; choose a place on it.")
    found = []
    edge = cell_edge(sum(window.pixels for window in inside))
    for number, (stack, window) in enumerate(zip(stacks, inside, strict=True)):
        if window:
            here = find_candidates(stack, probe, window, edge, number, progress=progress, cancel=cancel)
            found.append(here if labelled is None else here.take(~_near(here, labelled.in_pixels(stack.grid))))
    candidates = Candidates.together(found)
    if not len(candidates):
        raise MMEarthError(f"{names} has no valid pixel to suggest here that is not labelled already; look elsewhere.")
    mixed = candidates.take(np.random.default_rng(seed).permutation(len(candidates)))
    return mixed.take(choose(mixed, mixed.positions([stack.grid for stack in stacks]), probe, n))


def find_candidates(
    stack: Stack,
    probe: Probe,
    window: Window,
    edge: int,
    number: int = 0,
    *,
    progress: Progress,
    cancel: CancelToken,
) -> Candidates:
    """The most uncertain valid pixel of every cell of `edge` × `edge` pixels of a window of the raster `number`, in
    raster order of the blocks."""
    found: list[Candidates] = []
    on_pixels = PixelProbe(probe, stack)

    def compete(pixels: Pixels, window: Window) -> Candidates:
        return _best_of_cells(stack, pixels, window, _uncertainty(on_pixels, stack, pixels), edge, number)

    def keep(_: Window, best: Candidates) -> None:
        found.append(best)

    task = "Looking for uncertain places"
    transform_blocks(stack, compete, keep, progress=progress, cancel=cancel, task=task, within=window)
    return Candidates.together(found)


def choose(candidates: Candidates, positions: NDArray[np.float64], probe: Probe, n: int) -> NDArray[np.intp]:
    """Indices of at most `n` candidates, best first: farthest-first in embedding space, weighted by uncertainty.

    `positions` (m, 2 or 3) are as of `Candidates.positions`.
    """
    z = probe.standardised(candidates.values)
    unlike = _unlike if np.isfinite(z).all() and np.isfinite(probe.centres).all() else _unlike_in_part
    distance = np.full(len(z), np.inf, np.float32)
    for centre in probe.centres:
        distance = np.minimum(distance, unlike(z, centre))
    free = np.ones(len(z), bool)
    chosen: list[int] = []
    while len(chosen) < n and free.any():
        best = int(np.argmax(np.where(free, candidates.uncertainty * distance, -1)))
        chosen.append(best)
        distance = np.minimum(distance, unlike(z, z[best]))
        free &= np.linalg.norm(positions - positions[best], axis=1) >= MIN_DISTANCE
    return np.array(chosen, np.intp)


def _unlike(z: NDArray[np.float32], one: NDArray[np.float32]) -> NDArray[np.float32]:
    """Distances (m,) of rows from `one`, all numbers of which are known."""
    return np.asarray(np.linalg.norm(z - one, axis=1), np.float32)


def _unlike_in_part(z: NDArray[np.float32], one: NDArray[np.float32]) -> NDArray[np.float32]:
    """Distances (m,) of rows from `one`: over the numbers that both have, as if the others were as far apart (Dixon
    1979); infinite where they share none."""
    apart = z - one
    shared = np.isfinite(apart).sum(axis=1, dtype=np.float32)
    known = np.nansum(np.square(apart), axis=1) * (len(one) / np.maximum(shared, 1))
    return np.asarray(np.where(shared > 0, np.sqrt(known), np.inf), np.float32)


def cell_edge(pixels: int) -> int:
    """Edge of the cells, in pixels, of as many pixels: the smallest of 16, 32, … that keeps cells near `CELLS`, and
    never beyond a block."""
    edge = 16
    while edge < BLOCK and pixels > CELLS * edge * edge:
        edge *= 2
    return edge


def _on_earth(grid: Grid, rows: NDArray[Any], cols: NDArray[Any]) -> NDArray[np.float64]:
    """Metres (m, 3) from the middle of a round earth to the centres of pixels."""
    lon, lat = np.radians(pixel_centres(grid, rows, cols, CRS.from_epsg(4326))).T
    return _EARTH * np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _pixel_size(grid: Grid) -> float:
    """The longer side of the pixel in the middle of a grid, in metres."""
    row, col = grid.height // 2, grid.width // 2
    middle, below, beside = _on_earth(grid, np.array([row, row + 1, row]), np.array([col, col, col + 1]))
    return float(max(np.linalg.norm(below - middle), np.linalg.norm(beside - middle)))


def _uncertainty(on_pixels: PixelProbe, stack: Stack, pixels: Pixels) -> NDArray[np.float32]:
    """1 − margin averaged over the valid pixels of 3 × 3, shape (height, width); −1 on no-data."""
    mask, probe = on_pixels.seen(pixels), on_pixels.probe
    unsure = by_pixel(lambda part: 1 - probe.margins(stack.values(part)), pixels, np.float32)
    total = _sum_3x3(np.where(mask, unsure, np.float32(0)))
    count = _sum_3x3(mask.astype(np.float32))
    return np.where(mask, total / np.maximum(count, 1), np.float32(-1)).astype(np.float32)


def _sum_3x3(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sum over each pixel and its neighbours inside the array."""
    rows = values.copy()
    rows[1:] += values[:-1]
    rows[:-1] += values[1:]
    total = rows.copy()
    total[:, 1:] += rows[:, :-1]
    total[:, :-1] += rows[:, 1:]
    return total


def _best_of_cells(
    stack: Stack, pixels: Pixels, window: Window, uncertainty: NDArray[np.float32], edge: int, number: int
) -> Candidates:
    """The most uncertain valid pixel of each `edge` × `edge` cell; the first in raster order among equals."""
    best = []
    for cell in Window(0, 0, *uncertainty.shape).parts(edge, edge):
        row, col = divmod(int(np.argmax(uncertainty[cell.slices])), cell.width)
        best.append((row + cell.row, col + cell.col))
    y, x = np.array(best, np.int64).T
    of = np.full(len(y), number)
    found = Candidates(y + window.row, x + window.col, stack.values(pixels[y, x]), uncertainty[y, x], of)
    return found.take(found.uncertainty >= 0)


def _near(candidates: Candidates, geometries: NDArray[Any]) -> NDArray[np.bool_]:
    """Which candidates lie within `MIN_DISTANCE` pixels of a geometry (in pixel coordinates)."""
    usable = geometries[np.isfinite(shapely.bounds(geometries)).all(axis=1)]
    points = shapely.points(candidates.col + 0.5, candidates.row + 0.5)
    near = np.zeros(len(points), bool)
    near[shapely.STRtree(usable).query(points, predicate="dwithin", distance=MIN_DISTANCE)[0]] = True
    return near


def two_best(chosen: Candidates, probe: Probe) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.float64]]:
    """Of each place the names of its likeliest class and of the second, each (m,), and their probabilities (m, 2)."""
    probabilities = probe.probabilities(chosen.values)
    ranked = np.argsort(-probabilities, axis=1, kind="stable")[:, :2]
    names = np.array(probe.legend.names, object)
    best = np.take_along_axis(probabilities, ranked, axis=1)
    return names[ranked[:, 0]], names[ranked[:, 1]], best.astype(np.float64)


def _write(path: Path, chosen: Candidates, probe: Probe, stacks: Sequence[Stack]) -> None:
    predicted, second, best = two_best(chosen, probe)
    grids = [stack.grid for stack in stacks]
    crs = crs_of_all(grids)
    names = np.array([stack.name for stack in stacks], object)
    write_points(
        path,
        chosen.coordinates(grids, crs),
        crs,
        {
            "rank": np.arange(1, len(chosen) + 1),
            "class": np.full(len(chosen), None, object),
            "predicted": predicted,
            "second": second,
            "margin": best[:, 0] - best[:, 1],
            **({"place": names[chosen.place]} if len(stacks) > 1 else {}),
        },
    )
