"""Before the work: which tile size, how much memory and disk, how long."""

import math
import shutil
from dataclasses import dataclass
from pathlib import Path

from mmearth_core.encoder.description import Footprint
from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import TilePlan, Window

#: Memory the process may take with default options, and what it takes without any tile, in bytes.
MEMORY_BUDGET = 2_000_000_000
_BASE_MEMORY = 330_000_000
#: Compressed bytes per raw byte of an embedding: an upper end of what was measured (benchmarks/engine.py).
_COMPRESSION = 0.9


@dataclass(frozen=True)
class Needs:
    """What a job takes: peak memory and disk in bytes."""

    memory: int
    disk: int


def bytes_per_pixel(architecture: Footprint, dimensions: int) -> int:
    """Peak memory of a tile per pixel of its context: activations, projection, input being read, finished codes.

    Fitted to the peak measured with ONNX Runtime (benchmarks/engine.py).
    """
    return architecture.activation_bytes + 13 * dimensions + 18 * architecture.in_channels


def largest_context(architecture: Footprint, dimensions: int, batch_size: int) -> int:
    """Pixels of context a tile may have inside the memory budget."""
    return (MEMORY_BUDGET - _BASE_MEMORY) // (bytes_per_pixel(architecture, dimensions) * batch_size)


def default_tile(
    raster: tuple[int, int],
    area: Window,
    architecture: Footprint,
    halo: int,
    dimensions: int,
    batch_size: int = 1,
    margin: int = 0,
) -> int:
    """The tile size that computes the fewest pixels inside the memory budget, a multiple of the patch size.

    Candidates divide a side of the raster, or what of it the area reaches, evenly, so that no sliver is left over. The
    largest that fits is taken instead where its slivers need so little halo that it saves more than a twentieth.
    """
    patch = architecture.patch
    limit = largest_context(architecture, dimensions, batch_size)
    smallest = math.ceil(64 / patch) * patch
    candidates = {
        max(smallest, math.ceil(side / parts / patch) * patch)
        for side in (*raster, area.row_end, area.col_end)
        for parts in range(1, math.ceil(side / smallest) + 1)
    }
    largest = max(smallest, (math.isqrt(limit) - 2 * (halo + margin)) // patch * patch)
    best, fewest = smallest, math.inf
    for size in (*sorted(candidates, reverse=True), largest):
        plan = TilePlan(raster, area, size, halo, patch, margin)
        cost = plan.context_pixels * (1.0 if size in candidates else 1.05)
        if plan.largest_context <= limit and cost < fewest:
            best, fewest = size, cost
    return best


def needs(plan: TilePlan, architecture: Footprint, dimensions: int, batch_size: int, kept: int | None = None) -> Needs:
    """What a plan takes, as an upper estimate: of disk its tiles and the raster, and with a margin one more raster.

    `kept`: the numbers of a pixel that are written, by default all its `dimensions`.
    """
    rasters = 2 if plan.margin else 1
    return Needs(
        memory=_BASE_MEMORY + plan.largest_context * batch_size * bytes_per_pixel(architecture, dimensions),
        disk=int((1 + rasters) * plan.reach.pixels * (dimensions if kept is None else kept) * _COMPRESSION),
    )


def check_disk(output: Path, wanted: int, present: int) -> None:
    """Raise `MMEarthError` when the disk cannot hold what is left to write (`present` bytes are there)."""
    folder = output.absolute().parent
    free = shutil.disk_usage(folder).free
    if free < wanted - present:
        raise MMEarthError(
            f"The embedding needs up to {(wanted - present) / 1e9:.1f} GB while it is written, and {folder} has"
            f" {free / 1e9:.1f} GB free; make room, choose another folder, or embed a part with `window` or `aoi`."
        )
