"""What `embed` would do, how long it is likely to take, and how far it is by that. Computes a trial, writes nothing."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np

from mmearth_core.embedding.backends import SUFFIXES, Backend, BackendName, header_of, open_backend
from mmearth_core.embedding.needs import needs
from mmearth_core.embedding.planning import USUAL, WHOLE, EmbeddingJob, Extent, Tiling, plan_embedding
from mmearth_core.encoder.registry import local_file
from mmearth_core.progress import CancelToken, Progress
from mmearth_core.raster.grid import Tile
from mmearth_core.raster.raster_file import ground_area
from mmearth_core.raster.scene import AS_IT_IS, SceneOptions
from mmearth_core.records import FLAT

#: Side in pixels of the trial that a time is estimated from.
_TRIAL_SIDE = 128
#: Up to this share what the processor time says is believed; beyond, the share creeps towards 1.
_BELIEVED = 0.7


@dataclass(frozen=True)
class Forecast:
    """What is going to be done, and the `seconds` the network is likely to take for it on this machine."""

    job: EmbeddingJob
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for a program that asks before it embeds."""
        job, source, area, grid = self.job, self.job.source, self.job.plan.area, self.job.raster.grid
        ground = ground_area(grid)
        wanted = needs(job.plan, job.header.architecture, job.header.dimensions, 1)
        return {
            "name": source.name,
            "crs": grid.crs.to_wkt(),
            "bounds": list(grid.bounds),
            "width": area.width,
            "height": area.height,
            "area": None if ground is None else area.pixels * ground,
            "bands": list(source.bands),
            "wanted": list(job.header.bands),
            "fills": job.raster.provenance["fills"],
            "level": source.level,
            "offset": source.offset,
            "scale": source.scale,
            "evidence": list(source.evidence),
            "warnings": list(source.warnings),
            "pixels": area.pixels,
            "tiles": len(job.plan),
            "context_pixels": job.plan.context_pixels,
            "disk": wanted.disk,
            "memory": wanted.memory,
            "model": {"name": job.header.name, "id": job.header.model_id, "trained": job.header.trained},
            "key": job.key,
            "seconds": self.seconds,
        }


def inspect(
    *,
    scene: str | Path | Sequence[str | Path],
    model: str | Path = "default",
    options: Annotated[SceneOptions, FLAT] = AS_IT_IS,
    extent: Annotated[Extent, FLAT] = WHOLE,
    tiling: Annotated[Tiling, FLAT] = USUAL,
    backend: BackendName = "auto",
    cancel: CancelToken | None = None,
) -> Forecast:
    """What `embed` would do with these arguments. Reads descriptions and a few samples of the scene.

    Raises `MMEarthError` as `embed` would.
    """
    path = local_file(model, suffixes=SUFFIXES[backend])
    runs = "torch" if path.suffix == ".safetensors" else "onnx"
    header = header_of(path)
    job = plan_embedding(
        scene, Path("embedding.tif"), header, runs, options=options, extent=extent, tiling=tiling, cancel=cancel
    )
    return Forecast(job, _measured(model, backend) * job.plan.context_pixels)


class Trial(NamedTuple):
    """Seconds that a pixel takes the bare network: of the clock, and of the processors, all threads together."""

    seconds: float
    processor_seconds: float


def tried(runner: Backend) -> Trial:
    """Measure it on a tile of nothing."""
    side = runner.header.side or _TRIAL_SIDE
    pixels = np.zeros((1, len(runner.header.bands), side, side), np.float32)
    runner.run(pixels)
    began, busy = time.monotonic(), time.process_time()
    runner.run(pixels)
    return Trial((time.monotonic() - began) / side**2, (time.process_time() - busy) / side**2)


@lru_cache(maxsize=8)
def _measured(model: str | Path, backend: BackendName) -> float:
    """The same, measured once for each model and backend."""
    return tried(open_backend(model, backend)).seconds


class Pace:
    """Tells a `Progress` in pixels of the cores, within tiles and at their end. For one thread.

    No backend tells how far it is. The work a pixel takes is known in processor time, of a trial at first, of finished
    tiles later; the processor time spent since a tile began then says how far it is, on a busy machine too. It never
    says that a tile is done before it is.
    """

    def __init__(self, progress: Progress, per_pixel: float, clock: Callable[[], float] = time.process_time) -> None:
        """`per_pixel`: seconds of `clock` that a pixel of a context takes."""
        self._progress, self._per_pixel, self._clock = progress, per_pixel, clock
        self._tile: Tile | None = None
        self._began, self._told = clock(), 0

    def begin(self, tile: Tile | None) -> None:
        """The next tile is under way; None: there is none."""
        self._tile, self._began, self._told = tile, self._clock(), 0

    def look(self) -> None:
        """Tell how far the tile is by now."""
        if self._tile is None:
            return
        used = (self._clock() - self._began) / max(self._tile.context.pixels * self._per_pixel, 1e-9)
        done = min(int(_share(used) * self._tile.core.pixels), self._tile.core.pixels - 1)
        if done > self._told:
            self._progress.advance(done - self._told)
            self._told = done

    def finish(self, tile: Tile, computed: bool) -> None:
        """A tile is done. `computed`: it went through the network, so its pace counts for the next."""
        if computed:
            self._per_pixel = max((self._clock() - self._began) / tile.context.pixels, 1e-12)
        self._progress.advance(tile.core.pixels - self._told)
        self._told = 0


def _share(used: float) -> float:
    """The share of a tile that is told for the share of the expected time that was used: always below 1."""
    if used <= _BELIEVED:
        return used
    return _BELIEVED + (1 - _BELIEVED) * (1 - math.exp((_BELIEVED - used) / (1 - _BELIEVED)))
