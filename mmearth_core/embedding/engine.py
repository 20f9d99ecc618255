"""`embed`: a raster becomes an embedding raster.

Decides what is to be done, then lets the data flow one way: tiles through the pipeline into the journal, the journal
into the raster. Finished tiles survive whatever happens.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from mmearth_core import __version__
from mmearth_core.embedding.backends import Backend, BackendName, open_backend
from mmearth_core.embedding.planning import USUAL, WHOLE, EmbeddingJob, Extent, Tiling, plan_embedding
from mmearth_core.embedding.product import NODATA, EmbeddingRaster, of_one_job
from mmearth_core.embedding.ranges import with_quantiser
from mmearth_core.embedding.running.assembly import Tally, assemble
from mmearth_core.embedding.running.journal import RESULT, TileJournal
from mmearth_core.embedding.running.tile_run import TileRun, check_some_ground
from mmearth_core.embedding.sidecar import check_places, write_style
from mmearth_core.embedding.stac.item import item_path, model_link, source_link, write_item, written_before
from mmearth_core.errors import EnvironmentFailure, MMEarthError
from mmearth_core.files import check_output, flush, put
from mmearth_core.locks import Hold, one_writer
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.raster.ground.count import GroundCount
from mmearth_core.raster.opening import bounded_cache, opened
from mmearth_core.raster.products.stac import sidecar_item
from mmearth_core.raster.scene import AS_IT_IS, SceneOptions
from mmearth_core.raster.writer import BLOCK, check_ending, companions


@dataclass(frozen=True)
class EmbedResult:
    """What `embed` made. `seconds`: of this run alone; `pixels`: embedded in this run; `ground`: what all pixels of the
    chosen area are."""

    output: Path
    item: Path
    model_name: str
    model_id: str
    pixels: int
    valid_pixels: int
    ground: GroundCount
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
            f"{f' Of all pixels {self.ground}.' if str(self.ground) else ''}"
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
    bounds: tuple[float, float, float, float] | None = None,
    bounds_crs: str | None = None,
    crs: str | None = None,
    mask: str | Path | None = None,
    mask_values: Sequence[int | str] | None = None,
    mask_bits: Sequence[int | str] | None = None,
    exclude_clouds: bool = False,
    backend: BackendName = "auto",
    tile: int | None = None,
    halo: int | Literal["exact"] | None = None,
    resume: bool = True,
    overwrite: bool = False,
    preview: str | Path | None = None,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> EmbedResult:
    """Embed a Sentinel-2 scene: write a raster of 64 learned bands on the same 10 m grid.

    Args:
        scene: A multi-band raster, a .SAFE folder or zip, a folder or several single-band files, or a STAC item.
        output: The GeoTIFF to write. A STAC item and a QGIS style are written beside it.
        model: Name (see mmearth weights list) or file of a calibrated model.
        bands: What the raster's bands are, e.g. B02,B03,B04; by default read from their names.
        level: Processing level of the scene: l1c (top of atmosphere), l2a (surface reflectance), or auto: what its
            metadata say.
        offset: Digital numbers (reflectance × 10000) to add: -1000 (reflectance -0.1) for products of baseline 04.00
            and later, or 0.
        scale: Reflectance of one raw unit, e.g. 0.0001.
        window: Part of the scene in pixels: column, row, width, height.
        aoi: Vector file; only pixels inside its polygons are embedded.
        bounds: Part of the scene by coordinates: min x, min y, max x, max y; every pixel that it touches.
        bounds_crs: Coordinate reference system of bounds, e.g. EPSG:4326 (x is the longitude); by default the scene's.
        crs: Coordinate reference system of a scene whose file has none, e.g. EPSG:32632.
        mask: Raster of pixels to leave out, e.g. clouds.
        mask_values: Values of the mask that mean "leave out", or ranges such as 40-100; by default what a known mask
            (SCL, Fmask of HLS, MAJA, Landsat, Planet) calls cloud, else all but 0.
        mask_bits: Bits of the mask that mean "leave out", if it is a bit field: numbers from 0, or names that its
            product has for them, such as cloud.
        exclude_clouds: Leave out what the product's scene classification calls cloud, shadow or cirrus.
        backend: What runs the model: onnx (CPU), torch (GPU), or what suits the machine.
        tile: Side in pixels of what is computed at once; by default the most economic within 2 GB of memory.
        halo: Context in pixels around each tile; by default what the model needs to be exact within one step.
        resume: Go on with an interrupted run of the same command; an output that this very command made is kept and
            told as its result.
        overwrite: Replace an output that exists.
        preview: Folder for pictures of the finished tiles, while it runs: `.vrt` files of the first three bands.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; finished tiles are kept.

    Raises:
        MMEarthError: The input cannot be used; nothing is left behind.
        EnvironmentFailure, Cancelled: The work stopped; the same call resumes it.
    """
    return embed_extent(
        scene,
        Path(output),
        model=model,
        options=SceneOptions(bands, level, offset, scale, mask, mask_values, mask_bits, exclude_clouds, crs),
        extent=Extent(window, aoi, bounds, bounds_crs),
        tiling=Tiling(tile, halo),
        backend=backend,
        resume=resume,
        overwrite=overwrite,
        preview=preview,
        progress=progress,
        cancel=cancel,
    )


def embed_extent(
    scene: str | Path | Sequence[str | Path],
    output: Path,
    *,
    model: str | Path = "default",
    options: SceneOptions = AS_IT_IS,
    extent: Extent = WHOLE,
    tiling: Tiling = USUAL,
    margin: int = 0,
    backend: BackendName = "auto",
    resume: bool = True,
    overwrite: bool = False,
    preview: str | Path | None = None,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> EmbedResult:
    """`embed`, of which it is all, for those who have its options as records. With a `margin` of pixels the raster
    `around_path(output)` is written as well: what is chosen and so much around it, as far as the scene goes, for who
    looks around a pixel (`smoothed`). The caller removes it."""
    began = time.monotonic()
    progress, cancel = progress or Silent(), cancel or CancelToken()
    scenes = [scene] if isinstance(scene, str | Path) else scene
    inputs = (*scenes, model, extent.aoi, options.mask)
    check_ending(output)
    # With `resume`, what is there may be what is asked for; that shows once it is known what is asked for.
    check_output(output, overwrite=overwrite or resume, inputs=inputs)
    runner = open_backend(model, backend)
    job = plan_embedding(
        scene,
        output,
        runner.header,
        runner.name,
        options=options,
        extent=extent,
        tiling=tiling,
        batch_size=runner.batch_size,
        margin=margin,
        cancel=cancel,
    )
    if not job.raster.scales:
        job = with_quantiser(job, runner, progress, cancel)
    journal = TileJournal(TileJournal.folder_of(output))
    with one_writer(output, lambda: _is_at_it(journal, job), progress, cancel) as hold:
        if resume and not overwrite and output.is_file():
            if (there := _there_already(job, began)) is not None:
                progress.message(f"{output} is this very embedding already; nothing was computed.")
                journal.remove()
                return there
            raise MMEarthError(
                f"{output} exists already, and is not the embedding of this scene with these options; choose another"
                " name or pass `overwrite=True`."
            )
        files = (*inputs, *job.identity.files, *filter(None, map(sidecar_item, job.identity.files)))
        check_places(output, job.raster, overwrite=overwrite, inputs=files)
        journal.check_ours()
        links = (model_link(model, job.header, output), *(source_link(each, output) for each in scenes))
        pixels, tally, ground = _embed(job, runner, journal, hold, resume, links, preview, progress, cancel)
    seconds = time.monotonic() - began
    return _result(job, pixels=pixels, valid=tally.valid, ground=ground, clipped=tally.clipped_share, seconds=seconds)


def _is_at_it(journal: TileJournal, job: EmbeddingJob) -> bool | None:
    """Whether who writes the output is at work on this very embedding; None as long as that is not said."""
    return journal.matches(job.specification) if journal.folder.exists() else None


def _embed(
    job: EmbeddingJob,
    runner: Backend,
    journal: TileJournal,
    hold: Hold,
    resume: bool,
    links: Sequence[Mapping[str, str]],
    preview: str | Path | None,
    progress: Progress,
    cancel: CancelToken,
) -> tuple[int, Tally, GroundCount]:
    """Do the work of a job that this process alone is at; returns how many pixels were left to do, the tally, and what
    the pixels are."""
    plan, raster, kept = job.plan, job.raster, len(job.raster.bands)
    with TileRun(job, runner, journal, job.specification, kept).finished(
        progress, cancel, resume=resume, preview=preview
    ) as done:
        staged = replace(raster, path=journal.folder / RESULT)
        inside = job.polygons if plan.margin else None  # without a margin tiles hold nothing else
        tally = assemble(staged, plan.area, plan, journal, progress, cancel, inside)
        check_some_ground(job, done.ground, tally.valid)
        if job.around is not None:
            assemble(job.around, plan.reach, plan, journal, progress, cancel)
        hold.check()
        # The raster takes its name last: when it is there, all is.
        write_item(raster, job.header, job.source.datetime, tally.clipped_share, done.ground, __version__, links)
        write_style(raster)
        _give_its_name(staged.file, raster.file)
    return done.computed, tally, done.ground


def _give_its_name(staged: Path, output: Path) -> None:
    try:
        flush(staged)
        put(staged, output, outdated=companions(output))
        flush(output.absolute().parent)
    except OSError as error:
        # On Windows a file that another program shows cannot be replaced.
        raise EnvironmentFailure(
            f"Could not write {output} ({error.strerror or error}); close it where it is open, or choose another"
            " output."
        ) from error


def _result(
    job: EmbeddingJob, *, pixels: int, valid: int, ground: GroundCount, clipped: float, seconds: float
) -> EmbedResult:
    return EmbedResult(
        output=job.raster.file,
        item=item_path(job.raster.file),
        model_name=job.header.name,
        model_id=job.header.model_id,
        pixels=pixels,
        valid_pixels=valid,
        ground=ground,
        clipped_share=clipped,
        seconds=seconds,
        tile=job.plan.size,
        halo=job.plan.halo,
        overlap=job.plan.context_pixels / job.plan.area.pixels,
    )


def _there_already(job: EmbeddingJob, began: float) -> EmbedResult | None:
    """The result of a job whose output is there already, complete; None when it is another job's, or no embedding."""
    wanted = job.raster
    told = written_before(wanted.file)
    try:
        raster = EmbeddingRaster.open(wanted.path)
    except MMEarthError:
        return None
    if told is None:
        return None
    clipped, ground = told
    same = (raster.model_id, raster.grid.shape) == (wanted.model_id, wanted.grid.shape)
    if not same or not of_one_job(raster.provenance, wanted.provenance) or not _has_its_surroundings(job):
        return None
    strips = raster.grid.window.parts(BLOCK, raster.grid.width)
    with bounded_cache(), opened(raster.path, wanted="an embedding raster") as dataset:
        parts = (dataset.read(1, window=strip.ranges) for strip in strips)
        valid = sum(int(np.count_nonzero(part != NODATA)) for part in parts)
    return _result(job, pixels=0, valid=valid, ground=ground, clipped=clipped, seconds=time.monotonic() - began)


def _has_its_surroundings(job: EmbeddingJob) -> bool:
    """Whether the raster with the margin is there as well, where one is wanted."""
    if job.around is None:
        return True
    try:
        there = EmbeddingRaster.open(job.around.path)
    except MMEarthError:
        return False
    return there.grid.shape == job.around.grid.shape and of_one_job(there.provenance, job.around.provenance)
