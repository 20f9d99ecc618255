"""The verb `weights check`: whether the tiles of an encoder join, with which context, and what that costs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mmearth_core.embedding.arrays import network_input
from mmearth_core.embedding.backends import Backend, BackendName, open_backend
from mmearth_core.embedding.needs import default_tile
from mmearth_core.embedding.planning import readable
from mmearth_core.embedding.ranges import ranges
from mmearth_core.embedding.seams.measure import Differences, Layout, Pace, Place, compare, computed, layout_for
from mmearth_core.errors import MMEarthError
from mmearth_core.processors import available_processors
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.raster.grid import Window
from mmearth_core.raster.ground.rule import is_ground
from mmearth_core.raster.opening import bounded_cache
from mmearth_core.raster.scene import Scene, SceneOptions

#: Two tilings may be this many quantisation steps apart, before rounding: what our own promise is.
_ALLOWED = 1.0
#: A place has at least this share of ground, if there are such.
_GROUND = 0.9
#: Side of the raster for which a cost is told: a whole scene of Sentinel-2.
_SCENE_SIDE = 10_980
_MOST_ROWS = 14
#: Numbers of which a band's deviation, and a range where the card gives none, are found.
_SAMPLE = 20_000


@dataclass(frozen=True)
class HaloFigures:
    """What a halo in pixels leaves: differences in quantisation steps (mean, 99.9 %, largest), the largest in standard
    deviations of its band, those `at` this distance from the edge alone, and seconds for a km² of 10 m pixels."""

    halo: int
    mean: float
    most: float
    largest: float
    largest_deviations: float
    at: float
    seconds_per_km2: float


@dataclass(frozen=True)
class SeamCheck:
    """What `weights check` measured. `halo`: the smallest with which it is safe to tile; None when none is."""

    model_name: str
    model_id: str
    scene: str
    side: int
    places: int
    pixels: int
    stated_halo: int
    tile_dependent: bool
    halo: int | None
    rows: tuple[HaloFigures, ...]
    worst: tuple[float, int, int, str]
    processors: int

    @property
    def safe(self) -> bool:
        return self.halo is not None

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self) | {"safe": self.safe, "allowed_steps": _ALLOWED}

    def __str__(self) -> str:
        lines = [
            f"{self.model_name} ({self.model_id[:12]}): tiles of {self.side} px over {self.places} places of"
            f" {self.scene}, {self.pixels} pixels compared.",
            "halo     differences in quantisation steps     in sd   at this     s/km²",
            f" px       mean     99.9 %    largest    largest  distance  on {self.processors} processors",
        ]
        for row in self.rows:
            in_steps = f"{row.mean:9.3f}  {row.most:9.3f}  {row.largest:9.3f}"
            lines.append(
                f"{row.halo:3d}  {in_steps}  {row.largest_deviations:9.4f} {row.at:9.3f} {row.seconds_per_km2:9.3f}"
            )
        steps, line, column, band = self.worst
        lines.append(
            f"The largest of all, {steps:.3f} steps, is in row {line}, column {column} of a tile, band {band}."
        )
        lines.append(self.verdict)
        return "\n".join(lines)

    @property
    def verdict(self) -> str:
        """What to do, in one sentence or two."""
        best = min(self.rows, key=lambda row: row.largest)
        if self.halo is None:
            return (
                f"Not safe to tile: the same place differs by {best.largest:.3g} steps"
                f" ({best.largest_deviations:.2g} sd) even with a halo of {best.halo} px; borders of tiles will show."
                + ("" if self.tile_dependent else " It depends on the tile, or needs more context than was measured.")
            )
        stated = next((row for row in self.rows if row.halo == self.stated_halo), None)
        text = f"Safe to tile with a halo of {self.halo} px and more (at most {_ALLOWED:g} step apart)."
        if self.stated_halo < self.halo:
            seen = f": up to {stated.largest:.3g} steps" if stated else ""
            text += f" Its own halo of {self.stated_halo} px is too small{seen}; give `halo={self.halo}`."
        if self.tile_dependent:
            text += " Its card says that it depends on the tile; here that does not show."
        return text


def weights_check(
    *,
    model: str | Path,
    scene: str | Path,
    places: int = 3,
    bands: Sequence[str] | None = None,
    level: Literal["auto", "l1c", "l2a"] = "auto",
    offset: Literal["auto"] | float = "auto",
    scale: Literal["auto"] | float = "auto",
    backend: BackendName = "auto",
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> SeamCheck:
    """Measure whether the tiles of an encoder join: the same places, computed in different tiles.

    Args:
        model: Name (see mmearth weights list) or file of a model, ours or of others with a card.
        scene: A scene, as embed takes it, that shows what the model will meet.
        places: At how many places of the scene.
        bands: What the raster's bands are, e.g. B02,B03,B04; by default read from their names.
        level: Processing level of the scene: l1c (top of atmosphere), l2a (surface reflectance), or auto: what its
            metadata say.
        offset: Digital numbers (reflectance × 10000) to add: -1000 (reflectance -0.1) for products of baseline 04.00
            and later, or 0.
        scale: Reflectance of one raw unit, e.g. 0.0001.
        backend: What runs the model: onnx (CPU), torch (GPU), or what suits the machine.
        progress: Receives progress; silent by default.
        cancel: Set it to stop.

    Raises:
        MMEarthError: The model cannot be used, or the scene is too small or has no ground.
        Cancelled: It was stopped.
    """
    progress, cancel = progress or Silent(), cancel or CancelToken()
    if places < 1:
        raise MMEarthError(f"`places={places}` measures nothing; take 1 or more.")
    runner = open_backend(model, backend)
    header = runner.header
    source = readable(scene, header, SceneOptions(bands, level, offset, scale))
    layout = layout_for(runner, min(source.grid.shape))
    if layout is None:
        side = header.side or 2 * header.patch
        raise MMEarthError(
            f"{source.name} has {source.grid.width} × {source.grid.height} pixels, too few to lay tiles of {side}"
            f" beside each other; give one of {side + 2 * max(header.patch, side // 4)} pixels a side or more."
        )
    found, pace, count = Differences(layout), Pace(), 0
    progress.start("Comparing", places * len(layout.tiles), "tiles")
    with bounded_cache(), cancel.on_cancel(runner.interrupt):
        units: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None
        for place in _places(source, runner, layout, places, cancel):
            tiles = []
            for values in computed(runner, place, layout, pace):
                cancel.check()
                tiles.append(values)
                progress.advance(1)
            if units is None:  # of the first place, so that all are measured alike
                units = _units(runner, tiles[0], _middle(place[1], layout))
            compare(found, tiles, place[1], *units)
            count += 1
    progress.finish()
    if not count:
        raise MMEarthError(
            f"{source.name} has no place of {layout.place} × {layout.place} pixels with ground; give another."
        )
    return _result(runner, source, found, pace, count)


def _places(source: Scene, runner: Backend, layout: Layout, wanted: int, cancel: CancelToken) -> list[Place]:
    """Places spread over a scene, those with the most ground; none of them all no ground."""
    side = layout.place
    windows = [w for w in source.grid.window.parts(side, side) if (w.height, w.width) == (side, side)]
    step = max(1, len(windows) // (4 * wanted))
    chosen: list[tuple[float, Place]] = []
    with source.reader() as reader:
        for window in windows[step // 2 :: step]:
            cancel.check()
            dn, causes = reader.look(window)
            ground = is_ground(causes)
            if ground.any():
                pixels = network_input(dn, ground, source.bands, source.level, runner.header)
                chosen.append((float(ground.mean()), (pixels, ground)))
                chosen.sort(key=lambda each: -min(each[0], _GROUND))
                del chosen[wanted:]
            if len(chosen) == wanted and chosen[-1][0] >= _GROUND:
                break
    return [place for _, place in chosen]


def _middle(ground: NDArray[np.bool_], layout: Layout) -> NDArray[np.bool_]:
    """The ground of the first tile over a place."""
    row, col, side = layout.tiles[0]
    return ground[row : row + side, col : col + side]


def _units(
    runner: Backend, values: NDArray[np.float32], ground: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A quantisation step and the standard deviation of each band, (D,) each."""
    sample = values[:, ground]
    sample = sample[:, :: max(1, sample.shape[1] // _SAMPLE)]
    scales = runner.header.scales or ranges(sample, runner.header.name)[0]
    spread = sample.std(axis=1)
    return np.asarray(scales, np.float32), np.maximum(spread, np.float32(1e-3) * max(float(spread.max()), 1e-12))


def _result(runner: Backend, source: Scene, found: Differences, pace: Pace, places: int) -> SeamCheck:
    header, layout = runner.header, found.layout
    rows = []
    safe: int | None = None
    for cell in range(len(found.steps)):
        halo = cell * layout.patch
        steps, deviations = found.from_on(cell)
        if not len(steps) or (header.side is not None and 2 * halo >= header.side):
            break
        here, _ = found.at(cell)
        row = HaloFigures(
            halo=halo,
            mean=float(steps.mean()),
            most=float(np.quantile(steps, 0.999)),
            largest=float(steps.max()),
            largest_deviations=float(deviations.max()),
            at=float(here.max()) if len(here) else 0.0,
            seconds_per_km2=_cost(runner, halo, pace),
        )
        if safe is None and row.largest <= _ALLOWED:
            safe = halo
        rows.append(row)
    worst, line, column, band = found.worst
    return SeamCheck(
        model_name=header.name,
        model_id=header.model_id,
        scene=source.name,
        side=layout.side,
        places=places,
        pixels=sum(len(part) for cell in found.steps for part in cell),
        stated_halo=header.halo,
        tile_dependent=header.tile_dependent,
        halo=safe,
        rows=tuple(_shown(rows, {safe, (safe or 0) - layout.patch, header.halo})),
        worst=(worst, line, column, f"E{band:02d}"),
        processors=available_processors(),
    )


def _cost(runner: Backend, halo: int, pace: Pace) -> float:
    """Seconds for a km² of 10 m pixels, with what tiles share computed twice."""
    header = runner.header
    if header.side is not None:
        inner = header.side - 2 * halo
    else:
        whole = Window(0, 0, _SCENE_SIDE, _SCENE_SIDE)
        inner = default_tile((_SCENE_SIDE, _SCENE_SIDE), whole, header.architecture, halo, header.dimensions)
    pixels = (1000 / header.resolution) ** 2
    return pixels * ((inner + 2 * halo) / inner) ** 2 * pace.seconds_per_pixel


def _shown(rows: Sequence[HaloFigures], needed: set[int | None]) -> list[HaloFigures]:
    """At most so many rows, dense at the edge, with those that are needed."""
    step = 1
    while len(rows) > _MOST_ROWS and len(rows) / step > _MOST_ROWS // 2:
        step += 1
    few = [row for n, row in enumerate(rows) if n < 4 or n % step == 0 or row.halo in needed]
    return few if len(rows) > _MOST_ROWS else list(rows)
