"""A map without labels: the embeddings of a scene, or of several, in k groups, which have numbers, never meanings."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from mmearth_core.errors import MMEarthError
from mmearth_core.files import workshop
from mmearth_core.labelling.scoring import decoded
from mmearth_core.labelling.streaming import by_pixel, transform_blocks
from mmearth_core.locks import sole_writer
from mmearth_core.maps.class_map import ClassMap, new_map
from mmearth_core.maps.conventions import MAX_CLASSES, NODATA
from mmearth_core.maps.legend import Legend
from mmearth_core.maps.origins import origin_tags
from mmearth_core.processors import one_thread_each
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.raster.grid import Window
from mmearth_core.raster.opening import bounded_cache
from mmearth_core.raster.writer import BLOCK, new_geotiff
from mmearth_core.sources.place_maps import new_maps_of_places
from mmearth_core.sources.stack import Pixels, Stack, stacks_of, with_columns_of_all

#: Pixels the centres are learned from (51 MB as floats of 64 bands), from about so many random blocks.
SAMPLE_PIXELS = 200_000
SAMPLE_BLOCKS = 64


@dataclass(frozen=True)
class ClusterResult:
    """Where the map is, and the pixels of each cluster, in the order of the clusters."""

    path: Path
    pixels: tuple[int, ...]

    def __str__(self) -> str:
        total = sum(self.pixels)
        shares = ", ".join(f"{100 * count / total:.1f} %" for count in self.pixels)
        return f"{len(self.pixels)} clusters in {self.path}, the largest first: {shares}."


@sole_writer("output")
def cluster(
    *,
    embedding: str | Path,
    output: str | Path,
    k: int,
    seed: int = 0,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> ClusterResult:
    """Group the pixels of an embedding raster into clusters and write them as a paletted map.

    Mini-batch k-means (Sculley 2010) on at most 200 000 pixels of random blocks, then every pixel to the nearest
    centre. Values 1 … k are named "cluster 1" …, from the largest to the smallest.

    Args:
        embedding: Embedding raster, or working set. The places of one have the same clusters.
        output: The map to write (GeoTIFF, uint8); its class names and a QGIS style are written beside it. For several
            places a folder, in which each map has its place's name.
        k: Number of clusters, 2 to 254.
        seed: Start of the random numbers, 0 or more; the same seed gives the same map.
        overwrite: Replace an output that exists.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: `k` or `seed` is out of range, or the embedding has fewer than k different pixels.
    """
    progress, cancel = progress or Silent(), cancel or CancelToken()
    if not 2 <= k <= MAX_CLASSES:
        raise MMEarthError(f"`k={k}` clusters cannot be made; choose 2 … {MAX_CLASSES}.")
    if not 0 <= seed < 2**32:
        raise MMEarthError(f"`seed={seed}` is out of range; choose 0 … {2**32 - 1}.")
    stacks, said = with_columns_of_all([replace(stack, layers=()) for stack in stacks_of(embedding)])
    for stack in stacks:
        if lacking := [str(slot) for slot, image in zip(stack.slots, stack.images, strict=True) if image is None]:
            raise MMEarthError(
                f"{stack.name} has no image of {', '.join(lacking)}, so its pixels cannot be grouped with the others;"
                " give every place the same dates."
            )
    inputs = (embedding, *(file for stack in stacks for file in stack.files))
    paths = new_maps_of_places(output, [stack.name for stack in stacks], overwrite=overwrite, inputs=inputs)
    for message in said:
        progress.message(message)
    centres = _centres(stacks, k, seed, str(embedding), progress, cancel)
    # Which cluster is largest is known only after the last pixel: the maps are written in any order first, then
    # renumbered.
    with workshop(output) as folder:
        drafts = [folder / f"{number}.tif" for number in range(len(stacks))]
        assigned = [
            _assign(stack, centres, draft, progress, cancel) for stack, draft in zip(stacks, drafts, strict=True)
        ]
        counts = np.sum(assigned, axis=0)
        order = np.argsort(-counts, kind="stable")
        number = np.zeros(k + 1, np.uint8)
        number[order + 1] = np.arange(1, k + 1)
        legend = Legend.numbered([f"cluster {i}" for i in range(1, k + 1)])
        for stack, path, draft in zip(stacks, paths, drafts, strict=True):
            tags = {**origin_tags(stack.origins), "seed": str(seed)}
            with new_map(path, legend, stack.grid, tags=tags) as dataset:
                progress.start("Numbering the clusters by size", stack.grid.pixels, "px")
                for window, values in ClassMap(draft, stack.grid, legend, NODATA, {}).blocks():
                    cancel.check()
                    dataset.write(number[values], 1, window=window.ranges)
                    progress.advance(window.pixels)
                progress.finish()
    return ClusterResult(Path(output), tuple(counts[order].tolist()))


def _centres(
    stacks: Sequence[Stack], k: int, seed: int, name: str, progress: Progress, cancel: CancelToken
) -> NDArray[np.float64]:
    """Cluster centres in embedding values, shape (k, bands)."""
    from sklearn.cluster import MiniBatchKMeans  # noqa: PLC0415 - half a second, and only where it works

    rng = np.random.default_rng(seed)
    values = _sample(stacks, k, rng, progress, cancel)
    if not _has_distinct(values, k):
        raise MMEarthError(f"{name} has fewer than {k} different valid pixels; ask for fewer clusters.")
    model = MiniBatchKMeans(n_clusters=k, random_state=seed, batch_size=4096, n_init=3)
    # One thread, of OpenMP too: sums in one order, so the same seed gives the same centres on any number of processors.
    with one_thread_each(), threadpool_limits(limits=1):
        model.fit(values)
    return np.asarray(model.cluster_centers_, np.float64)


def _has_distinct(values: NDArray[np.float32], k: int) -> bool:
    """Whether there are `k` different rows; stops at the k-th."""
    seen: set[bytes] = set()
    for row in values:
        seen.add(row.tobytes())
        if len(seen) >= k:
            return True
    return False


def _sample(
    stacks: Sequence[Stack], k: int, rng: np.random.Generator, progress: Progress, cancel: CancelToken
) -> NDArray[np.float32]:
    """Values (n, columns) of random valid pixels: the same share of every block visited, in random order."""
    cells = [(stack, cell) for stack in stacks for cell in stack.grid.window.parts(BLOCK, BLOCK)]
    blocks = [cells[i] for i in rng.permutation(len(cells))]
    share = SAMPLE_PIXELS / (min(len(blocks), SAMPLE_BLOCKS) * BLOCK * BLOCK)
    # A scene with little data may not yield enough at that share; then all of its pixels are looked at.
    for rate in (share, 1.0) if share < 1 else (1.0,):
        parts, total = list[NDArray[np.float32]](), 0
        progress.start("Sampling pixels", SAMPLE_PIXELS, "px")
        with bounded_cache(), ExitStack() as opening:
            readers = {id(stack): opening.enter_context(stack.reader()) for stack in stacks}
            for stack, block in blocks:
                cancel.check()
                pixels = readers[id(stack)].read(block)
                drawn = np.logical_and.reduce(pixels.valid) & (rng.random(pixels.shape) < rate)
                parts.append(stack.values(pixels[drawn])[: SAMPLE_PIXELS - total])
                total += len(parts[-1])
                progress.advance(len(parts[-1]))
                if total >= SAMPLE_PIXELS:
                    break
        progress.finish()
        if total >= 100 * k:
            break
    return np.concatenate(parts)


def _assign(
    stack: Stack,
    centres: NDArray[np.float64],
    path: Path,
    progress: Progress,
    cancel: CancelToken,
) -> NDArray[np.int64]:
    """Write the index of the nearest centre plus one for every valid pixel; returns the pixels of each centre."""
    # |v − c|² is smallest where v·c − |c|²/2 is largest; with v = x·scale + offset that is linear in the numbers x.
    bias = -(centres**2).sum(1) / 2
    weights = []
    for slot, image in enumerate(stack.images):
        mine = centres[:, stack.columns.of_slot(slot)]
        if image is not None and image.linear is not None:
            bias = bias + mine @ image.linear[1]
            mine = mine * image.linear[0]
        weights.append((slot, image, mine.astype(np.float32)))
    constant = bias.astype(np.float32)[:, None]
    counts = np.zeros(len(centres), np.int64)

    def of_pixels(part: Pixels) -> NDArray[np.intp]:
        scores = constant + sum(
            weight @ np.nan_to_num(decoded(image, part.stored[slot])) for slot, image, weight in weights if image
        )
        return np.where(np.logical_and.reduce(part.valid), scores.argmax(axis=0) + 1, NODATA)

    def nearest(pixels: Pixels, _: Window) -> NDArray[np.uint8]:
        return by_pixel(of_pixels, pixels)

    with new_geotiff(path, stack.grid, count=1, dtype="uint8", nodata=NODATA, overviews=False) as dataset:

        def write(window: Window, block: NDArray[np.uint8]) -> None:
            nonlocal counts
            counts += np.bincount(block.ravel(), minlength=len(centres) + 1)[1:]
            dataset.write(block, 1, window=window.ranges)

        transform_blocks(stack, nearest, write, progress=progress, cancel=cancel, task="Assigning clusters")
    return counts
