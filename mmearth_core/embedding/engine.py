"""`embed`: a raster becomes an embedding raster.

Data flow, each stage in threads of its own, bounded between them: readers (one dataset each) → normalise → network and
quantiser (one thread) → journal (the caller's thread) → assembly. Memory does not grow with the raster.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mmearth_core import __version__
from mmearth_core.embedding.arrays import embed_pixels, network_input
from mmearth_core.embedding.assembly import assemble
from mmearth_core.embedding.backends import Backend, BackendName, open_backend
from mmearth_core.embedding.journal import TileJournal
from mmearth_core.embedding.planning import check_disk, default_tile, needs
from mmearth_core.embedding.product import EmbeddingRaster
from mmearth_core.embedding.quantisation import quantise
from mmearth_core.embedding.sidecar import write_item, write_style
from mmearth_core.encoder.model_file import ModelHeader
from mmearth_core.errors import Cancelled, EnvironmentFailure, MMEarthError
from mmearth_core.files import check_output
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.raster.aoi import AreaOfInterest, read_area
from mmearth_core.raster.cache import bounded_cache
from mmearth_core.raster.grid import Tile, TilePlan, Window
from mmearth_core.raster.scene import Scene, SceneReader, open_scene
from mmearth_core.sentinel2 import fills

#: Scenes from this size on get an estimate of the time before the work begins, from a forward pass of this side.
_LONG_RUN = 4_000_000
_TRIAL_SIDE = 256
_READERS = 2


@dataclass(frozen=True)
class EmbedResult:
    """What `embed` made. `seconds`: of this run alone; `pixels`: embedded in this run."""

    output: Path
    item: Path
    model_name: str
    model_id: str
    pixels: int
    valid_pixels: int
    clipped_share: float
    seconds: float
    tile: int
    halo: int
    overlap: float

    def __str__(self) -> str:
        rate = f", {self.pixels / 1e6 / self.seconds:.2f} Mpx/s" if self.pixels and self.seconds else ""
        return (
            f"{self.output}: {self.valid_pixels / 1e6:.2f} Mpx embedded with {self.model_name} ({self.model_id[:12]})"
            f" in {self.seconds:.0f} s{rate}; {100 * self.clipped_share:.3f} % of values clipped."
        )


def embed(
    *,
    scene: str | Path | Sequence[str | Path],
    output: str | Path,
    model: str | Path = "default",
    bands: Sequence[str] | None = None,
    level: Literal["auto", "l1c", "l2a"] = "auto",
    offset: Literal["auto"] | float = "auto",
    scale: Literal["auto"] | float = "auto",
    window: tuple[int, int, int, int] | None = None,
    aoi: str | Path | None = None,
    mask: str | Path | None = None,
    mask_values: Sequence[int] | None = None,
    exclude_clouds: bool = False,
    backend: BackendName = "auto",
    tile: int | None = None,
    halo: int | Literal["exact"] | None = None,
    batch_size: int = 1,
    resume: bool = True,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> EmbedResult:
    """Embed a Sentinel-2 scene: write a raster of 64 learned bands on the same 10 m grid.

    Args:
        scene: A multi-band raster, a .SAFE folder or zip, a folder or several single-band files, or a STAC item.
        output: The GeoTIFF to write. A STAC item and a QGIS style are written beside it.
        model: Name (see `mmearth weights list`) or file of a calibrated model.
        bands: What the raster's bands are, e.g. B02,B03,B04; by default read from their names.
        level: Processing level of the scene.
        offset: Digital numbers to add to the raw ones: -1000 for products of baseline 04.00 and later, or 0.
        scale: Reflectance of one raw unit, e.g. 0.0001.
        window: Part of the scene in pixels: column, row, width, height.
        aoi: Vector file; only pixels inside its polygons are embedded.
        mask: Raster of pixels to leave out, e.g. clouds.
        mask_values: Values of the mask that mean "leave out"; by default all but 0.
        exclude_clouds: Leave out what the product's scene classification calls cloud, shadow or cirrus.
        backend: What runs the model.
        tile: Side in pixels of what is computed at once; by default the most economic within 2 GB of memory.
        halo: Context in pixels around each tile; by default what the model needs to be exact within one step.
        batch_size: Tiles computed together; more than 1 helps GPUs only.
        resume: Go on with an interrupted run of the same command.
        overwrite: Replace an existing output.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; finished tiles are kept.

    Raises:
        MMEarthError: The input cannot be used; nothing is left behind.
        EnvironmentFailure, Cancelled: The work stopped; the same call resumes it.
    """
    began = time.monotonic()
    progress, cancel = progress or Silent(), cancel or CancelToken()
    output = check_output(output, overwrite=overwrite)
    runner = open_backend(model, backend)
    header = runner.header
    with bounded_cache():
        source = open_scene(
            scene,
            wanted=header.bands,
            bands=bands,
            level=level,
            offset=offset,
            scale=scale,
            mask=mask,
            mask_values=mask_values,
            exclude_clouds=exclude_clouds,
        )
    if source.level not in header.statistics:
        raise MMEarthError(
            f"{header.name} knows {', '.join(header.statistics)} scenes, and this one is {source.level}."
        )
    polygons = read_area(aoi, source.grid) if aoi is not None else None
    area = _area(source, window, polygons)
    plan = _plan(source, area, header, tile, halo, batch_size)
    raster = _describe(output, source, plan, header, runner.name, polygons)
    journal = TileJournal(TileJournal.folder_of(output))
    _announce(source, plan, raster, runner, batch_size, progress)
    finished = _begin(journal, raster.provenance | {"model_id": header.model_id}, resume, progress)
    check_disk(output, needs(plan, header.architecture, raster.bands, batch_size).disk, _size(journal.folder))
    try:
        with bounded_cache(), cancel.on_cancel(runner.interrupt):
            done = _run(runner, source, plan, polygons, journal, finished, batch_size, progress, cancel)
            staged = replace(raster, path=journal.folder / "result.tif")
            tally = assemble(staged, plan, journal, progress, cancel)
        if not tally.valid:
            raise MMEarthError(f"{source.name} has no valid pixel in the chosen area; nothing was written.")
    except (Cancelled, EnvironmentFailure) as error:
        kept = len(journal.finished())
        raise type(error)(
            f"{error} {kept} of {len(plan)} tiles are kept in {journal.folder}; run the same command again to go on."
        ) from error
    except MMEarthError:
        journal.remove()
        raise
    clipped = tally.clipped / (tally.valid * raster.bands)
    # The raster takes its name last: when it is there, all is.
    item = write_item(raster, header, source.datetime, clipped, __version__)
    write_style(raster)
    staged.path.replace(output)
    journal.remove()
    return EmbedResult(
        output=output,
        item=item,
        model_name=header.name,
        model_id=header.model_id,
        pixels=done,
        valid_pixels=tally.valid,
        clipped_share=clipped,
        seconds=time.monotonic() - began,
        tile=plan.size,
        halo=plan.halo,
        overlap=plan.context_pixels / area.pixels,
    )


def _area(source: Scene, window: tuple[int, int, int, int] | None, polygons: AreaOfInterest | None) -> Window:
    area = source.grid.window
    if window is not None:
        col, row, width, height = window
        area = Window(row, col, height, width).intersection(area)
        if not area or area.pixels != width * height:
            raise MMEarthError(
                f"The window (column {col}, row {row}, {width} × {height}) is not inside the scene of"
                f" {source.grid.width} × {source.grid.height} pixels."
            )
    if polygons is not None:
        area = area.intersection(polygons.window)
        if not area:
            raise MMEarthError("The area of interest and the window have no pixel in common.")
    return area


def _plan(
    source: Scene, area: Window, header: ModelHeader, tile: int | None, halo: int | str | None, batch_size: int
) -> TilePlan:
    patch, architecture = header.patch, header.architecture
    pixels = header.halo if halo is None else architecture.exact_halo if halo == "exact" else int(halo)
    size = tile or default_tile(source.grid.shape, area, architecture, pixels, len(header.scales), batch_size)
    for name, value in (("--tile", size), ("--halo", pixels)):
        if value % patch or value < 0 or (name == "--tile" and value == 0):
            raise MMEarthError(f"{name} {value} does not suit this model; take a multiple of its patch size {patch}.")
    return TilePlan(source.grid.shape, area, size, pixels, patch)


def _describe(
    output: Path, source: Scene, plan: TilePlan, header: ModelHeader, backend: str, polygons: AreaOfInterest | None
) -> EmbeddingRaster:
    """The raster to be written. Its provenance decides whether an interrupted run is this one, so it holds nothing
    that differs between two runs of the same command."""
    provenance: dict[str, Any] = {
        "scene": source.name,
        "input_digest": source.digest(),
        "bands": list(source.bands),
        "fills": list(fills(present=source.bands, wanted=header.bands)),
        "level": source.level,
        "offset": source.offset,
        "scale": source.scale,
        "evidence": list(source.evidence),
        "window": [plan.area.col, plan.area.row, plan.area.width, plan.area.height],
        "aoi": polygons.geometry.wkb_hex if polygons is not None else None,
        "tile": plan.size,
        "halo": plan.halo,
        "backend": backend,
        "trained": header.trained,
        "software": __version__,
    }
    return EmbeddingRaster(
        path=output,
        grid=source.grid.crop(plan.area),
        model_name=header.name,
        model_id=header.model_id,
        scales=header.scales,
        offsets=header.offsets,
        provenance=provenance,
    )


def _announce(
    source: Scene, plan: TilePlan, raster: EmbeddingRaster, runner: Backend, batch_size: int, progress: Progress
) -> None:
    header, area = runner.header, plan.area
    if not header.trained:
        progress.message(f"{header.name} is untrained: a control with random weights, not a product.")
    for text in (*source.warnings, *source.evidence):
        progress.message(text)
    if raster.provenance["fills"]:
        progress.message(f"Missing bands are filled: {'; '.join(raster.provenance['fills'])}.")
    wanted = needs(plan, header.architecture, raster.bands, batch_size)
    ground = _pixel_area(source)
    estimate = ""
    if area.pixels >= _LONG_RUN:
        pixels = np.zeros((1, len(header.bands), _TRIAL_SIDE, _TRIAL_SIDE), np.float32)
        runner.run(pixels)
        start = time.monotonic()
        runner.run(pixels)
        seconds = (time.monotonic() - start) / _TRIAL_SIDE**2 * plan.context_pixels
        estimate = f"about {seconds / 60:.0f} min, "
    progress.message(
        f"{area.width} × {area.height} pixels{f' ({area.pixels * ground / 1e6:.0f} km²)' if ground else ''} in"
        f" {len(plan)} tiles of {plan.size} + 2 × {plan.halo}: {estimate}up to {wanted.disk / 1e9:.1f} GB of disk,"
        f" {wanted.memory / 1e9:.1f} GB of memory."
    )


def _begin(journal: TileJournal, specification: dict[str, Any], resume: bool, progress: Progress) -> set[int]:
    """Indices of tiles that an earlier run of the same job finished; makes the journal when there is none."""
    if resume and journal.matches(specification):
        finished = journal.finished()
        if finished:
            progress.message(f"Going on: {len(finished)} tiles are done already.")
        return finished
    if resume and journal.folder.exists():
        progress.message(f"{journal.folder.name} belongs to a run with other input or options; starting afresh.")
    journal.begin(specification)
    return set()


def _run(
    runner: Backend,
    source: Scene,
    plan: TilePlan,
    polygons: AreaOfInterest | None,
    journal: TileJournal,
    finished: set[int],
    batch_size: int,
    progress: Progress,
    cancel: CancelToken,
) -> int:
    """Compute and keep all tiles that are not finished; returns the pixels of their cores."""
    header = runner.header
    todo = [tile for tile in plan if tile.index not in finished]
    progress.start("Embedding", plan.area.pixels, "px", _pixel_area(source))
    progress.advance(plan.area.pixels - sum(tile.core.pixels for tile in todo))
    readers = _Readers(source)

    def load(tile: Tile) -> _Loaded:
        dn, valid = readers.mine().read(tile.context)
        wanted = valid[tile.core.relative_to(tile.context).slices]
        if polygons is not None:
            wanted = wanted & polygons.inside(tile.core)
        pixels = network_input(dn, valid, source.bands, source.level, header) if wanted.any() else None
        return _Loaded(tile, pixels, wanted)

    def compute(batch: list[_Loaded]) -> list[NDArray[np.uint8] | None]:
        pixels = [loaded.pixels for loaded in batch if loaded.pixels is not None]
        values = iter(embed_pixels(runner, np.stack(pixels)) if pixels else ())
        return [loaded.codes(next(values), header.scales) if loaded.pixels is not None else None for loaded in batch]

    with ExitStack() as stack:
        stack.callback(readers.close)
        reading = stack.enter_context(ThreadPoolExecutor(_READERS, thread_name_prefix="read"))
        computing = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="compute"))
        # Entered last, so left first: whatever ends the work early also ends the tile that is being computed.
        stack.enter_context(_interrupting(runner, reading, computing))
        batches = _batches(_read_ahead(todo, reading, load, depth=batch_size), batch_size)
        for tile, codes in _in_order(batches, computing, compute):
            cancel.check()
            journal.save(tile, codes)
            progress.advance(tile.core.pixels)
    progress.finish()
    return sum(tile.core.pixels for tile in todo)


@dataclass(frozen=True)
class _Loaded:
    """A tile on its way to the network. `pixels` is None when nothing of the core is `wanted`."""

    tile: Tile
    pixels: NDArray[np.float32] | None
    wanted: NDArray[np.bool_]

    @property
    def shape(self) -> tuple[int, ...] | None:
        return None if self.pixels is None else self.pixels.shape

    def codes(self, values: NDArray[np.float32], scales: Sequence[float]) -> NDArray[np.uint8]:
        rows, cols = self.tile.core.relative_to(self.tile.context).slices
        return quantise(values[:, rows, cols], self.wanted, scales)


def _read_ahead(
    tiles: Sequence[Tile], pool: ThreadPoolExecutor, load: Callable[[Tile], _Loaded], depth: int
) -> Iterator[_Loaded]:
    """Loaded tiles in order, at most `depth` beyond the one that is taken."""
    waiting: deque[Future[_Loaded]] = deque()
    for tile in tiles:
        waiting.append(pool.submit(load, tile))
        if len(waiting) > depth:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _batches(loaded: Iterator[_Loaded], size: int) -> Iterator[list[_Loaded]]:
    """Runs of up to `size` tiles whose contexts have one shape."""
    batch: list[_Loaded] = []
    for item in loaded:
        if batch and (len(batch) == size or item.shape != batch[0].shape):
            yield batch
            batch = []
        batch.append(item)
    if batch:
        yield batch


def _in_order(
    batches: Iterator[list[_Loaded]],
    pool: ThreadPoolExecutor,
    compute: Callable[[list[_Loaded]], list[NDArray[np.uint8] | None]],
) -> Iterator[tuple[Tile, NDArray[np.uint8] | None]]:
    """Finished tiles in order; while the caller keeps one batch the next is being computed."""
    previous: tuple[list[Tile], Future[list[NDArray[np.uint8] | None]]] | None = None
    for batch in batches:
        current = [item.tile for item in batch], pool.submit(compute, batch)
        if previous is not None:
            yield from zip(previous[0], previous[1].result(), strict=True)
        previous = current
    if previous is not None:
        yield from zip(previous[0], previous[1].result(), strict=True)


@contextmanager
def _interrupting(runner: Backend, *pools: ThreadPoolExecutor) -> Iterator[None]:
    """When the block ends early, end the running tile and drop the waiting ones."""
    completed = False
    try:
        yield
        completed = True
    finally:
        if not completed:
            runner.interrupt()
            for pool in pools:
                pool.shutdown(wait=False, cancel_futures=True)


class _Readers:
    """One scene reader for each reading thread, closed together."""

    def __init__(self, source: Scene) -> None:
        self._source = source
        self._own = threading.local()
        self._all: list[SceneReader] = []

    def mine(self) -> SceneReader:
        if not hasattr(self._own, "reader"):
            self._own.reader = self._source.reader().__enter__()
            self._all.append(self._own.reader)
        reader: SceneReader = self._own.reader
        return reader

    def close(self) -> None:
        for reader in self._all:
            reader.__exit__(None, None, None)


def _pixel_area(source: Scene) -> float | None:
    """m² of a pixel, None when the CRS is not in metres."""
    if not source.grid.crs.is_projected:
        return None
    across, down = source.grid.pixel_size
    return float(across * down * source.grid.crs.linear_units_factor[1] ** 2)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("*.tile"))
