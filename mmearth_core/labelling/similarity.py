"""Where does it look like this: the cosine similarity of every pixel's embedding to that of a place or of some
polygons.

The zero of an embedding is the mean over the model's calibration scenes, so a similarity depends on the model and the
two pixels only, never on the rest of the scene.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.files import write_text
from mmearth_core.labelling.scoring import decoded
from mmearth_core.labelling.streaming import block_windows, by_pixel, transform_blocks
from mmearth_core.locks import sole_writer
from mmearth_core.maps.origins import origin_tags
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.raster.grid import Window
from mmearth_core.raster.opening import bounded_cache
from mmearth_core.raster.placing import holds, in_pixels, moved_to
from mmearth_core.raster.writer import new_geotiff, ramp_style
from mmearth_core.sources.embedding import Embedding
from mmearth_core.sources.place_maps import new_maps_of_places
from mmearth_core.sources.stack import Pixels, Stack, only_grid, stacks_of, with_columns_of_all
from mmearth_core.vectors.footprints import covered, members, ready, touching
from mmearth_core.vectors.reading import lonlat_extent, read_vector

#: Similarity −1 … 1 is stored as 1 … 254; as in the embedding, no valid number means exactly 0, which QGIS would hide.
SCALE = 2 / 253
OFFSET = -127.5 * SCALE
# From dark to bright (the colours of matplotlib's "viridis"), most of them for the upper half, where the interest is.
_RAMP = ((-1.0, "#440154"), (0.0, "#3b528b"), (0.5, "#21918c"), (0.75, "#5ec962"), (1.0, "#fde725"))


@dataclass(frozen=True)
class SimilarResult:
    """Where the similarity raster is, and how many pixels it compares with."""

    path: Path
    pixels: int

    def __str__(self) -> str:
        what = "the pixel" if self.pixels == 1 else f"the mean of {self.pixels} pixels"
        return f"Cosine similarity to {what} in {self.path}."


@sole_writer("output")
def similar(
    *,
    embedding: str | Path,
    output: str | Path,
    at: tuple[float, float] | None = None,
    at_crs: str | None = None,
    like: str | Path | None = None,
    layer: str | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> SimilarResult:
    """Write how alike the embedding of every pixel is to that of a place, or to the mean under some features.

    Cosine similarity, -1 … 1 in steps of 0.008: a uint8 GeoTIFF on the embedding's grid with scale and offset, no-data
    0, and a QGIS style beside it. Either `at` or `like` says what to look for.

    Args:
        embedding: Embedding raster, or working set. Of several places what is looked for may lie in any of them.
        output: The raster to write (GeoTIFF). For several places a folder, in which each raster has its place's name.
        at: A place by its coordinates x, y.
        at_crs: Coordinate reference system of `at`; by default that of the embedding, or of the place that it lies in.
        like: Vector file of polygons, lines or points that show what to look for (any CRS).
        layer: Layer of the vector file; by default its only one.
        overwrite: Replace an output that exists.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: Both or neither of `at` and `like` are given, they hit no valid pixel, or the coordinates mean
            more than one place.
    """
    progress, cancel = progress or Silent(), cancel or CancelToken()
    if (at is None) == (like is None):
        raise MMEarthError(
            "What to compare with is not said, or said twice; give either a place (`at=X,Y`) or features (`like=FILE`)."
        )
    if at is None and at_crs is not None:
        raise MMEarthError(f"`at_crs={at_crs}` says where coordinates are, and there are none; leave it out.")
    stacks, said = with_columns_of_all(stacks_of(embedding))
    inputs = (embedding, like, *(file for stack in stacks for file in stack.files))
    paths = new_maps_of_places(output, [stack.name for stack in stacks], overwrite=overwrite, inputs=inputs)
    for message in said:
        progress.message(message)
    query: dict[str, Any]
    if at is not None:
        stack, xy = holder_of(stacks, at, at_crs, embedding)
        query, targets, count = {"at": list(xy)}, embedding_at(stack, *xy), 1
    elif like is not None:
        query = {"like": str(like)}
        targets, count = _mean_under(stacks, like, layer, str(embedding), cancel)
    compared = [replace(stack, images=_compared(stack, targets)) for stack in stacks]
    for stack in compared:
        if not any(stack.images):
            raise MMEarthError(f"{stack.name} has no image of a date that what is looked for has; leave it out.")
    for stack, path in zip(compared, paths, strict=True):
        _write(stack, targets, path, query, progress, cancel)
    return SimilarResult(Path(output), count)


def _compared(stack: Stack, targets: Sequence[NDArray[np.float64] | None]) -> tuple[Embedding | None, ...]:
    return tuple(None if target is None else image for image, target in zip(stack.images, targets, strict=True))


def _write(
    stack: Stack,
    targets: Sequence[NDArray[np.float64] | None],
    path: Path,
    query: dict[str, Any],
    progress: Progress,
    cancel: CancelToken,
) -> None:
    """The raster of one place."""
    tags = {"product": "similarity", **origin_tags(stack.origins), "query": json.dumps(query)}
    with new_geotiff(
        path,
        stack.grid,
        count=1,
        dtype="uint8",
        nodata=0,
        descriptions=["cosine similarity"],
        scales=[SCALE],
        offsets=[OFFSET],
        tags=tags,
    ) as dataset:

        def write(window: Window, block: NDArray[np.uint8]) -> None:
            dataset.write(block, 1, window=window.ranges)

        def compare(pixels: Pixels, _: Window) -> NDArray[np.uint8]:
            return similarity_to(stack, targets, pixels)

        transform_blocks(stack, compare, write, progress=progress, cancel=cancel, task="Comparing")
    write_text(path.with_suffix(".qml"), ramp_style(_RAMP))


def similarity_to(stack: Stack, targets: Sequence[NDArray[np.float64] | None], pixels: Pixels) -> NDArray[np.uint8]:
    """Similarity as it is stored, (height, width), of pixels to a vector (bands,) of each slot, or None: the mean over
    the slots that both have; no-data where that is none.

    With v = x·s + o, target·v is linear and |v|² is Σ s²·x² + Σ 2·s·o·x + Σ o²: where values are linear in the numbers
    x, no pixel needs to be decoded.
    """
    compared = [
        (index, image, _to_vector(image, target))
        for index, (image, target) in enumerate(zip(stack.images, targets, strict=True))
        if image is not None and target is not None
    ]

    def similarity(part: Pixels) -> NDArray[np.float32]:
        total, seen = np.zeros(part.shape, np.float32), np.zeros(part.shape, np.float32)
        for index, image, (linear, constant, quadratic, rest) in compared:
            numbers = decoded(image, part.stored[index])
            product, crossed = linear @ numbers + constant
            np.square(numbers, out=numbers)
            length = np.sqrt(np.maximum(quadratic @ numbers + crossed + rest, np.finfo(np.float32).tiny))
            total += np.where(part.valid[index], product / length, 0)
            seen += part.valid[index]
        cosine = total / np.maximum(seen, 1)
        return np.asarray(np.where(seen > 0, np.clip(np.rint((cosine - OFFSET) / SCALE), 1, 254), 0), np.float32)

    return by_pixel(similarity, pixels)


def _to_vector(
    image: Embedding, target: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32], np.float32]:
    """What `similarity_to` multiplies the numbers of an image with, and their squares."""
    direction = target / np.linalg.norm(target)
    steps = image.linear or (np.ones(len(target)), np.zeros(len(target)))
    scale, offset = (np.asarray(each, np.float64) for each in steps)
    linear = np.stack([direction * scale, 2 * scale * offset]).astype(np.float32)
    constant = np.array([[direction @ offset], [0]], np.float32)
    return linear, constant, (scale**2).astype(np.float32), np.float32(offset @ offset)


def holder_of(
    stacks: Sequence[Stack], at: tuple[float, float], crs: str | None, name: str | Path
) -> tuple[Stack, tuple[float, float]]:
    """The place that coordinates lie in, and them in its CRS. They are in `crs`, or in that of the place itself.

    Of places that show the same ground it is the first. Raises `MMEarthError` when they lie in none of several, or in
    several that mean other ground by them.
    """
    moved = [(stack, at if crs is None else moved_to(stack.grid, at, crs)) for stack in stacks]
    if len(stacks) == 1:
        return moved[0]
    found = [(stack, xy) for stack, xy in moved if holds(stack.grid, xy)]
    x, y = at
    if not found:
        covered = "; ".join(f"{each.name} covers {_extent(each)}" for each in stacks)
        raise MMEarthError(
            f"The place {x:.10g},{y:.10g} is in none of {name} ({covered}); give X,Y in the coordinate system of its"
            " place, or say which one they have (`at_crs`)."
        )
    if crs is None and any(stack.grid.crs != found[0][0].grid.crs for stack, _ in found):
        raise MMEarthError(
            f"{x:.10g},{y:.10g} is in {', '.join(stack.name for stack, _ in found)} of {name}, whose coordinate systems"
            " differ; say which one is meant (`at_crs`)."
        )
    return found[0]


def _extent(stack: Stack) -> str:
    west, south, east, north = stack.grid.bounds
    return f"x {west:.10g} … {east:.10g} and y {south:.10g} … {north:.10g}"


def embedding_at(stack: Stack, x: float, y: float) -> tuple[NDArray[np.float64] | None, ...]:
    """The vectors (bands,) of the pixel that holds a map coordinate, None where a slot has none."""
    if not holds(stack.grid, (x, y)):
        raise MMEarthError(
            f"The place {x:.10g},{y:.10g} is outside {stack.name}, which covers {_extent(stack)}; give X,Y in its"
            " coordinate system."
        )
    col, row = np.floor(in_pixels(stack.grid, x, y))
    with stack.reader() as reader:
        pixel = reader.read(Window(int(row), int(col), 1, 1))
    if not pixel.anywhere.all():
        raise MMEarthError(f"The place {x:.10g},{y:.10g} has no embedding in {stack.name} (no-data); choose another.")
    return tuple(
        image.decode(stored)[:, 0, 0].astype(np.float64) if image is not None and valid.all() else None
        for image, stored, valid in zip(stack.images, pixel.stored, pixel.valid, strict=True)
    )


def _mean_under(
    stacks: Sequence[Stack], like: str | Path, layer: str | None, name: str, cancel: CancelToken
) -> tuple[tuple[NDArray[np.float64] | None, ...], int]:
    """(mean vector (bands,) of each slot, number of pixels) under the features of a vector file, over all places."""
    vector = read_vector(like, layer=layer, within=only_grid(stacks))
    totals = [np.zeros(slot.bands) for slot in stacks[0].slots]
    counts, pixels, hit = [0] * len(totals), 0, False
    for stack in stacks:
        geometries = vector.in_pixels(stack.grid)
        geometries = ready(geometries[touching(geometries, stack.grid)])
        tree = shapely.STRtree(geometries)
        hit |= bool(len(geometries))
        with bounded_cache(), stack.reader() as reader:
            for window in block_windows(stack.grid, numbers=stack.numbers) if len(geometries) else ():
                cancel.check()
                here = members(tree, window)
                if len(here):
                    found = reader.read(window)[covered(geometries[here], window)]
                    pixels += int(found.anywhere.sum())
                    for index, image in enumerate(stack.images):
                        if image is not None:
                            there = found.valid[index]
                            totals[index] += image.decode(found.stored[index][:, there]).sum(axis=1, dtype=np.float64)
                            counts[index] += int(there.sum())
    if not hit:
        extents = "; ".join(lonlat_extent(stack.grid.bounds, stack.grid.crs) for stack in stacks)
        raise MMEarthError(
            f"No feature of {vector.path} lies in {name} ({extents}); check its place and coordinate system."
        )
    if not pixels:
        raise MMEarthError(f"The features of {vector.path} cover no valid pixel of {name}; draw them elsewhere.")
    return tuple(t / n if n else None for t, n in zip(totals, counts, strict=True)), pixels
