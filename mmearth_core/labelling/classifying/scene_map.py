"""The verb `classify_scene`: a scene and a probe in, a class map out, and no embedding left between.

The engine's tiles go through the network as for `embed`; of each only its map is kept.
"""

import hashlib
import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mmearth_core.embedding.backends import BackendName, open_backend
from mmearth_core.embedding.planning import EmbeddingJob, Extent, Tiling, plan_embedding
from mmearth_core.embedding.product import decisive
from mmearth_core.embedding.ranges import with_quantiser
from mmearth_core.embedding.running.assembly import gathered
from mmearth_core.embedding.running.journal import TileJournal
from mmearth_core.embedding.running.tile_run import TileRun, check_some_ground
from mmearth_core.errors import MMEarthError
from mmearth_core.labelling.classifying.deciding import classify_block
from mmearth_core.labelling.classifying.map_files import (
    ClassifyResult,
    MapFiles,
    MapWriter,
    check_unknown,
    new_class_map,
    there_already,
)
from mmearth_core.labelling.probe import Probe
from mmearth_core.labelling.probe_file import load_probe
from mmearth_core.labelling.scoring import PixelProbe
from mmearth_core.locks import sole_writer
from mmearth_core.maps.smoothing import DEFAULT, Smoothing, margin
from mmearth_core.processors import one_thread_each
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.raster.grid import Tile, Window
from mmearth_core.raster.ground.count import GroundCount
from mmearth_core.raster.products.stac import sidecar_item
from mmearth_core.raster.scene import SceneOptions
from mmearth_core.raster.writer import check_ending
from mmearth_core.sources.embedding import described
from mmearth_core.sources.stack import Pixels, Stack


@sole_writer("output", "confidence")
def classify_scene(
    *,
    scene: str | Path | Sequence[str | Path],
    model: str | Path,
    output: str | Path,
    confidence: str | Path | None = None,
    unknown: float | None = None,
    smooth: Smoothing = DEFAULT,
    encoder: str | Path = "default",
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
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> ClassifyResult:
    """Write the class map of a Sentinel-2 scene at once, without the embedding, which takes far more disk than the map.

    The map is that of embed and classify, up to pixels that two classes suit alike: where a tile ends, numbers may
    differ by one step of an embedding. Keep the embedding instead where samples are still to be drawn.

    Args:
        scene: A multi-band raster, a .SAFE folder or zip, a folder or several single-band files, or a STAC item.
        model: Probe made by mmearth fit (JSON), of embeddings by the encoder alone: no other layers.
        output: The map to write (GeoTIFF); its class names and a QGIS style are written beside it.
        confidence: Raster to write as well: the probability of each pixel's class and its margin over the second, two
            uint8 bands whose scale and offset give 0 … 1; by default none.
        encoder: Name (see mmearth weights list) or file of the calibrated model that the probe's embeddings are by.
        tile: Side in pixels of what is computed at once; by default the most economic within 2 GB of memory.
        resume: Go on with an interrupted run of the same command; a map that this very command made is kept and told
            as its result.
        overwrite: Replace existing outputs.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; finished tiles are kept.
        others: As for `embed` and `classify`.

    Raises:
        MMEarthError: An input cannot be used, or an output exists; nothing is left behind.
        EnvironmentFailure, Cancelled: The work stopped; the same call resumes it.
    """
    progress, cancel = progress or Silent(), cancel or CancelToken()
    check_unknown(unknown)
    options = SceneOptions(bands, level, offset, scale, mask, mask_values, mask_bits, exclude_clouds, crs)
    extent = Extent(window, aoi, bounds, bounds_crs)
    probe = load_probe(model)
    scenes = [scene] if isinstance(scene, str | Path) else scene
    inputs = (*scenes, model, encoder, aoi, mask)
    check_ending(Path(output))
    where = MapFiles(Path(output), None if confidence is None else Path(confidence))
    # With `resume`, what is there may be what is asked for; that shows once it is known what is asked for.
    where = where.checked(overwrite=overwrite or resume, inputs=inputs)
    runner = open_backend(encoder, backend)
    _check_encoder(probe, runner.header.name, runner.header.model_id)
    job = plan_embedding(
        scene,
        where.map,
        runner.header,
        runner.name,
        options=options,
        extent=extent,
        tiling=Tiling(tile, halo),
        batch_size=runner.batch_size,
        surround=margin(smooth),
        cancel=cancel,
    )
    if not job.raster.scales:
        job = with_quantiser(job, runner, progress, cancel)
    on_pixels, messages = PixelProbe.of(probe, Stack.planned(job))
    for message in messages:
        progress.message(message)
    made = _SceneMap(job, on_pixels, where, Path(model), smooth, unknown)
    journal = TileJournal(TileJournal.folder_of(where.map))
    if resume and not overwrite and where.map.is_file():
        if (there := there_already(where, made.key)) is not None:
            progress.message(f"{where.map} is this very map already; nothing was computed.")
            journal.remove()
            return there
        raise MMEarthError(
            f"{where.map} exists already, and is not the map of this scene with these options; choose another name or"
            " pass `overwrite=True`."
        )
    files = (*inputs, *job.identity.files, *filter(None, map(sidecar_item, job.identity.files)))
    where.checked(overwrite=overwrite, inputs=files)
    journal.check_ours()
    run = TileRun(job, runner, journal, made.specification, made.layers, made.of_tile)
    with one_thread_each(), run.finished(progress, cancel, resume=resume) as done:
        written = made.write(journal, done.ground, progress, cancel)
    return written.result([f"Of all pixels {done.ground}."] if str(done.ground) else [])


def _check_encoder(probe: Probe, name: str, identity: str) -> None:
    """Raise `MMEarthError` when a probe needs more than embeddings by an encoder."""
    if probe.layers:
        titles = ", ".join(layer.name for layer in probe.layers)
        raise MMEarthError(
            f"The probe learned from {titles} too, which no scene has; embed the scene, and classify a working set with"
            " these layers."
        )
    known = {slot.identity: slot.name for slot in probe.columns.slots}
    if identity not in known:
        learned = " and ".join(described(each, which) for which, each in known.items())
        raise MMEarthError(
            f"The scene would be embedded by {described(name, identity)}, and the probe was fitted on embeddings by"
            f" {learned}; choose that with `encoder`, or fit again."
        )


@dataclass(frozen=True)
class _SceneMap:
    """The map of a scene: how the codes of a tile become what is kept of it, and how that is laid out."""

    job: EmbeddingJob
    on_pixels: PixelProbe
    files: MapFiles
    model: Path
    smooth: Smoothing
    unknown: float | None

    @property
    def layers(self) -> int:
        """Class values, and where wanted probability and margin."""
        return 1 if self.files.confidence is None else 3

    @cached_property
    def specification(self) -> dict[str, Any]:
        """What tells from each other the jobs whose kept tiles differ."""
        return self.job.specification | {
            "probe": hashlib.sha256(self.model.read_bytes()).hexdigest(),
            "smooth": self.smooth,
            "unknown": self.unknown,
            "layers": self.layers,
        }

    @property
    def key(self) -> str:
        """sha256 in hex of what decides the map."""
        return hashlib.sha256(json.dumps(decisive(self.specification), sort_keys=True).encode()).hexdigest()

    def of_tile(self, tile: Tile, codes: NDArray[np.uint8], window: Window) -> NDArray[np.uint8]:
        """uint8 (layers, height, width) of a tile's core, of the codes of a window that holds it."""
        images = self.on_pixels.stack.images
        values, certainty = classify_block(
            self.on_pixels,
            Pixels.of(
                [None if image is None else (codes, image.valid(codes)) for image in images],
                np.empty((0, *codes.shape[1:]), np.float32),
            ),
            tile.core.relative_to(window),
            smooth=self.smooth,
            unknown=self.unknown,
            confidence=self.files.confidence is not None,
        )
        return values[None] if certainty is None else np.concatenate([values[None], certainty])

    def write(self, journal: TileJournal, ground: GroundCount, progress: Progress, cancel: CancelToken) -> MapWriter:
        """Lay the tiles of a journal out. Raises `MMEarthError` when they hold no ground: then there is no map."""
        area, layers = self.job.plan.area, self.layers
        parts = gathered(area, self.job.plan, journal, layers, progress, cancel)
        with (
            closing(parts),
            new_class_map(
                self.on_pixels,
                self.files,
                self.job.raster.grid,
                made_of={"scene": self.job.source.name},
                model=self.model,
                smooth=self.smooth,
                unknown=self.unknown,
                job=self.key,
            ) as written,
        ):
            for window, block in parts:
                values = np.zeros((layers, window.height, window.width), np.uint8) if block is None else block
                written.write(window.relative_to(area), values[0], values[1:] if layers > 1 else None)
            check_some_ground(
                self.job, ground, sum(number for value, number in written.tallied.pixels.items() if value)
            )
        return written
