"""Where to label next: the places the probe is least sure of that are also unlike each other and unlike what it knows.

Uncertainty alone asks for the same confusing thing twenty times, diversity alone for oddities that matter to no class;
their product asks for what changes the map most. Memory does not grow with the raster: places compete cell by cell.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.labelling.probe import Probe
from mmearth_core.labelling.probe_file import load_probe
from mmearth_core.labelling.scoring import PixelProbe
from mmearth_core.labelling.streaming import by_pixel, transform_blocks
from mmearth_core.locks import sole_writer
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.writer import BLOCK
from mmearth_core.sources.stack import Pixels, Stack, one_stack
from mmearth_core.vectors.reading import read_vector
from mmearth_core.vectors.writing import check_features_output, pixel_centres, write_points
from mmearth_core.wording import counted

#: Two suggestions, and a suggestion and a sample, are at least so many pixels apart: nearer ones tell the same.
MIN_DISTANCE = 10
#: The raster is divided into about so many square cells; each offers its most uncertain pixel.
CELLS = 16_384


@dataclass(frozen=True)
class SuggestResult:
    """Where the points are, how many were found and how many were asked for."""

    path: Path
    points: int
    asked: int

    def __str__(self) -> str:
        fewer = (
            "" if self.points == self.asked else f" ({self.asked} were asked for; the scene has no more places apart)"
        )
        places = counted(self.points, "place")
        return f"{places} to label next{fewer} in {self.path}: fill in the field 'class' and fit again."


@dataclass(frozen=True, eq=False)
class Candidates:
    """Pixels that compete: `row`, `col` (m,), `values` (m, columns), `uncertainty` (m,) 0 … 1."""

    row: NDArray[np.int64]
    col: NDArray[np.int64]
    values: NDArray[np.float32]
    uncertainty: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.row)

    def take(self, chosen: NDArray[Any]) -> "Candidates":
        """Some of them, by index or mask."""
        return Candidates(self.row[chosen], self.col[chosen], self.values[chosen], self.uncertainty[chosen])


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
        embedding: Embedding raster made by mmearth embed.
        model: Probe made by mmearth fit (JSON).
        output: The points to write: .gpkg, .geojson, .shp or .fgb.
        n: Number of points.
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
        raise MMEarthError(f"The number of points must be 1 or more; `n={n}` is not.")
    if seed < 0:
        raise MMEarthError(f"The seed must be 0 or more; `seed={seed}` is not.")
    probe = load_probe(model)
    stack, messages = one_stack(embedding).matched(probe.looks_at)
    for message in messages:
        progress.message(message)
    labelled = None if samples is None else read_vector(samples, within=stack.grid).in_pixels(stack.grid)
    chosen = places(stack, probe, labelled, n, seed=seed, progress=progress, cancel=cancel)
    _write(path, chosen, probe, stack.grid)
    return SuggestResult(path, len(chosen), n)


def places(
    stack: Stack,
    probe: Probe,
    labelled: NDArray[Any] | None,
    n: int,
    *,
    window: Window | None = None,
    seed: int = 0,
    progress: Progress,
    cancel: CancelToken,
) -> Candidates:
    """At most `n` places to label next, best first, inside `window` when given, none near the `labelled` geometries
    (in pixel coordinates).

    Raises `MMEarthError` when there is none.
    """
    window = stack.grid.window if window is None else window.intersection(stack.grid.window)
    if not window:
        raise MMEarthError(f"What is to be looked at lies outside {stack.name}; choose a place on it.")
    candidates = find_candidates(stack, probe, window=window, progress=progress, cancel=cancel)
    if labelled is not None:
        candidates = candidates.take(~_near(candidates, labelled))
    if not len(candidates):
        raise MMEarthError(f"{stack.name} has no valid pixel to suggest here that is not labelled already.")
    order = np.random.default_rng(seed).permutation(len(candidates))
    return candidates.take(order).take(choose(candidates.take(order), probe, n))


def find_candidates(
    stack: Stack,
    probe: Probe,
    *,
    window: Window,
    progress: Progress,
    cancel: CancelToken,
) -> Candidates:
    """The most uncertain valid pixel of every cell of a window of the raster, in raster order of the blocks."""
    edge = cell_edge(stack.grid.crop(window))
    found: list[Candidates] = []
    on_pixels = PixelProbe(probe, stack)

    def compete(pixels: Pixels, window: Window) -> Candidates:
        return _best_of_cells(stack, pixels, window, _uncertainty(on_pixels, stack, pixels), edge)

    def keep(_: Window, best: Candidates) -> None:
        found.append(best)

    task = "Looking for uncertain places"
    transform_blocks(stack, compete, keep, progress=progress, cancel=cancel, task=task, within=window)
    columns = zip(*((each.row, each.col, each.values, each.uncertainty) for each in found), strict=True)
    return Candidates(*map(np.concatenate, columns))


def choose(candidates: Candidates, probe: Probe, n: int) -> NDArray[np.intp]:
    """Indices of at most `n` candidates, best first: farthest-first in embedding space, weighted by uncertainty."""
    z = probe.standardised(candidates.values)
    distance = np.full(len(z), np.inf, np.float32)
    for centre in probe.centres:
        distance = np.minimum(distance, np.linalg.norm(z - centre, axis=1))
    free = np.ones(len(z), bool)
    chosen: list[int] = []
    while len(chosen) < n and free.any():
        best = int(np.argmax(np.where(free, candidates.uncertainty * distance, -1)))
        chosen.append(best)
        distance = np.minimum(distance, np.linalg.norm(z - z[best], axis=1))
        apart = np.hypot(candidates.row - candidates.row[best], candidates.col - candidates.col[best])
        free &= apart >= MIN_DISTANCE
    return np.array(chosen, np.intp)


def cell_edge(grid: Grid) -> int:
    """Edge of the cells in pixels: the smallest of 16, 32, … that keeps them near `CELLS`, and never beyond a block."""
    edge = 16
    while edge < BLOCK and grid.pixels > CELLS * edge * edge:
        edge *= 2
    return edge


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
    stack: Stack, pixels: Pixels, window: Window, uncertainty: NDArray[np.float32], edge: int
) -> Candidates:
    """The most uncertain valid pixel of each `edge` × `edge` cell; the first in raster order among equals."""
    best = []
    for cell in Window(0, 0, *uncertainty.shape).parts(edge, edge):
        row, col = divmod(int(np.argmax(uncertainty[cell.slices])), cell.width)
        best.append((row + cell.row, col + cell.col))
    y, x = np.array(best, np.int64).T
    found = Candidates(y + window.row, x + window.col, stack.values(pixels[y, x]), uncertainty[y, x])
    return found.take(found.uncertainty >= 0)


def _near(candidates: Candidates, geometries: NDArray[Any]) -> NDArray[np.bool_]:
    """Which candidates lie within `MIN_DISTANCE` pixels of a geometry (in pixel coordinates)."""
    usable = geometries[np.isfinite(shapely.bounds(geometries)).all(axis=1)]
    points = shapely.points(candidates.col + 0.5, candidates.row + 0.5)
    near = np.zeros(len(points), bool)
    near[shapely.STRtree(usable).query(points, predicate="dwithin", distance=MIN_DISTANCE)[0]] = True
    return near


def two_best(chosen: Candidates, probe: Probe) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.float64]]:
    """Of each place the names of its likeliest class and of the second, and the margin between them, each (m,)."""
    probabilities = probe.probabilities(chosen.values)
    ranked = np.argsort(-probabilities, axis=1, kind="stable")[:, :2]
    names = np.array(probe.legend.names, object)
    best = np.take_along_axis(probabilities, ranked, axis=1)
    return names[ranked[:, 0]], names[ranked[:, 1]], (best[:, 0] - best[:, 1]).astype(np.float64)


def _write(path: Path, chosen: Candidates, probe: Probe, grid: Grid) -> None:
    predicted, second, margin = two_best(chosen, probe)
    write_points(
        path,
        pixel_centres(grid, chosen.row, chosen.col),
        grid.crs,
        {
            "rank": np.arange(1, len(chosen) + 1),
            "class": np.full(len(chosen), None, object),
            "predicted": predicted,
            "second": second,
            "margin": margin,
        },
    )
