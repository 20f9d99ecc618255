"""How the vectors of an encoder are stored whose card does not say it: the range of each band, found on the scene.

Of our own encoders that is a part of the weights. What is found is rounded and recorded, so that the same command finds
the same; vectors decode to the same values whatever the range, but for its steps and what lies outside of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mmearth_core.embedding.arrays import embed_pixels, network_input
from mmearth_core.embedding.backends import Backend
from mmearth_core.embedding.planning import EmbeddingJob
from mmearth_core.errors import MMEarthError
from mmearth_core.progress import CancelToken, Progress
from mmearth_core.raster.ground.rule import is_ground
from mmearth_core.raster.opening import bounded_cache

#: Tiles that are looked at, spread over the area; pixels taken of each, unless their numbers are more than so many.
_TILES, _PIXELS, _NUMBERS = 32, 2048, 250_000
#: Share of the sample left outside of the range, half on each side, and how much wider the range is made.
_OUTSIDE, _WIDER = 1e-4, 1.2
#: A band that varies less than this share of the band that varies most is constant.
_CONSTANT = 1e-6
#: Beyond this nobody's vectors are: see `product`.
_LARGEST = 1e5


def with_quantiser(job: EmbeddingJob, runner: Backend, progress: Progress, cancel: CancelToken) -> EmbeddingJob:
    """The job with scales and offsets found on a sample of its area, and the figures in its provenance.

    Raises `MMEarthError` when there is no ground, or the network gives the same everywhere.
    """
    chosen = _spread(len(job.plan))
    tiles = [part for part in job.plan if part.index in set(chosen[:_TILES])]
    progress.start("Finding ranges", len(tiles), "tiles")
    parts: list[NDArray[np.float32]] = []
    with bounded_cache(), cancel.on_cancel(runner.interrupt):
        for sample in _samples(job, runner, [part.index for part in tiles], cancel):
            parts.extend(sample)
            progress.advance(1)
        if not parts:  # all of them no ground: look at the others, one after the other
            rest = (sample for sample in _samples(job, runner, chosen[_TILES:], cancel) if sample)
            parts.extend(next(rest, []))
    progress.finish()
    if not parts:
        raise MMEarthError(
            f"{job.source.name} has no ground in the chosen area, so nothing was written; choose another."
        )
    values = np.concatenate(parts, axis=1)
    scales, offsets, constant = ranges(values, job.header.name)
    figures = {"found_on": "scene", "tiles": len(parts), "pixels": values.shape[1], "constant_bands": constant}
    progress.message(
        f"The ranges of the {len(scales)} bands of {job.header.name} were found on {values.shape[1]} pixels of this"
        " scene." + (f" {constant} of them are the same everywhere." if constant else "")
    )
    raster = job.raster
    return replace(
        job,
        raster=replace(
            raster, scales=scales, offsets=offsets, provenance=raster.provenance | {"quantisation": figures}
        ),
    )


def ranges(values: NDArray[np.float32], name: str) -> tuple[tuple[float, ...], tuple[float, ...], int]:
    """Scales and offsets for a sample (bands, n), and how many bands are constant in it.

    A band's range is centred on 127.5 and 254 steps wide. Raises `MMEarthError` when no range can be stored.
    """
    low, high = np.quantile(values.astype(np.float64), (_OUTSIDE / 2, 1 - _OUTSIDE / 2), axis=1)
    width = (high - low) * _WIDER
    if not width.max() > 0 or np.abs(values).max() > _LARGEST:
        raise MMEarthError(
            f"{name} gives numbers from {values.min():.6g} to {values.max():.6g}, of which no map can be made; check"
            " its card (scale, mean, std) and its output."
        )
    constant = width <= _CONSTANT * width.max()
    width[constant] = width.max() * 1e-3
    # Rounded, so that other threads or another summation find the same.
    scales = [max(float(f"{each / 254:.4g}"), 2e-6) for each in width]
    offsets = [
        float(f"{(bottom + top) / 2 / scale:.1f}5") * scale - 127.5 * scale
        for bottom, top, scale in zip(low, high, scales, strict=True)
    ]
    return tuple(scales), tuple(offsets), int(constant.sum())


def _spread(count: int) -> list[int]:
    """The numbers below `count` in an order in which the first ones lie far apart."""
    step = max(1, count // _TILES)
    first = list(range(step // 2, count, step))[:_TILES]
    return [*first, *(index for index in range(count) if index not in set(first))]


def _samples(
    job: EmbeddingJob, runner: Backend, indices: Sequence[int], cancel: CancelToken
) -> Iterator[list[NDArray[np.float32]]]:
    """Of each tile the vectors (bands, n) of some of its ground; nothing where it has none."""
    tiles = {part.index: part for part in job.plan}
    with job.source.reader() as reader:
        for index in indices:
            cancel.check()
            tile = tiles[index]
            dn, causes = reader.look(tile.context)
            rows, cols = tile.core.relative_to(tile.context).slices
            ground = is_ground(causes)
            there = ground[rows, cols]
            if job.polygons is not None:
                there = there & job.polygons.inside(tile.core)
            if not there.any():
                yield []
                continue
            pixels = network_input(dn, ground, job.source.bands, job.source.level, job.header)
            found = embed_pixels(runner, pixels[None])[0][:, rows, cols][:, there]
            most = min(_PIXELS, max(256, _NUMBERS // len(found)))
            yield [found[:, :: max(1, found.shape[1] // most)][:, :most]]
