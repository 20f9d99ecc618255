"""The verb `classify`: an embedding raster and a probe in, a class map out, with confidence where asked.

A pixel's class decides `classify_block`, for previews too, so they show the final map.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmearth_core.labelling.classifying.deciding import classify_block
from mmearth_core.labelling.classifying.map_files import ClassifyResult, MapFiles, check_unknown, new_class_map
from mmearth_core.labelling.probe_file import load_probe
from mmearth_core.labelling.scoring import PixelProbe
from mmearth_core.labelling.streaming import surrounded, transform_blocks
from mmearth_core.locks import sole_writer
from mmearth_core.maps.smoothing import DEFAULT, Smoothing, margin
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.sources.alignment import whole_shift
from mmearth_core.sources.place_maps import files_of_places
from mmearth_core.sources.stack import Pixels, Stack, stacks_of

#: Of a window: classes, confidence, and what `PixelProbe.beyond_layers` counts.
_Found = tuple[NDArray[np.uint8], NDArray[np.uint8] | None, NDArray[np.intp]]


@sole_writer("output", "confidence")
def classify(
    *,
    embedding: str | Path,
    model: str | Path,
    output: str | Path,
    confidence: str | Path | None = None,
    unknown: float | None = None,
    smooth: Smoothing = DEFAULT,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> ClassifyResult:
    """Write the class map of an embedding raster: paletted uint8, 0 no-data, class values of the probe's legend.

    Any scene may be classified with a probe fitted on others, when one encoder made their embeddings.

    Args:
        embedding: Embedding raster, or working set. Images stand for the dates the probe learned by the day of the
            year; a date that a pixel lacks does not vote.
        model: Probe made by mmearth fit (JSON).
        output: The map to write (GeoTIFF); its class names and a QGIS style are written beside it. For several places
            a folder, in which each map has its place's name.
        confidence: Raster to write as well: the probability of each pixel's class and its margin over the second, two
            uint8 bands whose scale and offset give 0 … 1; by default none. For several places another folder.
        unknown: Share, from 0 to below 1, of the training pixels: what is more remote from every class than all but
            this share of them gets value 255, "unknown"; by default every pixel gets a class.
        smooth: How much its neighbours say in a pixel's class: none, edges (those within 2 pixels, where no edge lies
            between: roads and rivers stay) or strong (within 3, also across faint edges: what is a pixel wide may go).
            The confidence is that of the smoothed probabilities.
        overwrite: Replace existing outputs.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: An input is unusable or of another model, or an output exists; nothing is left then but the maps
            of places that were finished.
    """
    progress, cancel = progress or Silent(), cancel or CancelToken()
    check_unknown(unknown)
    probe = load_probe(model)
    stacks = stacks_of(embedding)
    matched = [PixelProbe.of(probe, stack) for stack in stacks]
    names = [stack.name for stack in stacks]
    certain = [None] * len(stacks) if confidence is None else files_of_places(confidence, names)
    outputs = [MapFiles(*each) for each in zip(files_of_places(output, names), certain, strict=True)]
    inputs = (embedding, model, *(file for stack in stacks for file in stack.files))
    outputs = [each.checked(overwrite=overwrite, inputs=inputs) for each in outputs]
    for message in (message for _, messages in matched for message in messages):
        progress.message(message)
    results = [
        _classify(on_pixels, where, smooth, unknown, Path(model), progress, cancel)
        for (on_pixels, _), where in zip(matched, outputs, strict=True)
    ]
    return results[0] if len(results) == 1 else _in_all(results, Path(output), confidence)


def classify_part(
    on_pixels: PixelProbe,
    part: Stack,
    *,
    model: Path,
    output: Path,
    confidence: Path,
    smooth: Smoothing = DEFAULT,
    progress: Progress,
    cancel: CancelToken,
) -> ClassifyResult:
    """The map of the pixels that a `part` has an embedding of, as they are in the map of more: `on_pixels` holds them
    and what lies `margin(smooth)` pixels around, so that parts side by side are the map of the whole.

    `part` lies in the pixels of `on_pixels`; only where it has embeddings is of interest. Existing outputs are
    replaced. Raises as `classify`, and `ValueError` for a probe that looks at layers.
    """
    if on_pixels.probe.layers:
        raise ValueError("what lies beyond layers is not counted for parts")
    where = MapFiles(output, confidence).checked(overwrite=True, inputs=(model, *part.files, *on_pixels.stack.files))
    return _classify(on_pixels, where, smooth, None, model, progress, cancel, part)


def _in_all(results: Sequence[ClassifyResult], output: Path, confidence: str | Path | None) -> ClassifyResult:
    """The sums over several places."""

    def total(counts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        sums = Counter[str]()
        for each in counts:
            sums.update(each)
        return dict(sums)

    return ClassifyResult(
        path=output,
        confidence=None if confidence is None else Path(confidence),
        pixels=total(result.pixels for result in results),
        unknown=sum(result.unknown for result in results),
        nodata=sum(result.nodata for result in results),
        hectares=total(result.hectares for result in results),
        messages=tuple(f"{result.path.stem}: {message}" for result in results for message in result.messages),
    )


def _classify(
    on_pixels: PixelProbe,
    where: MapFiles,
    smooth: Smoothing,
    unknown: float | None,
    model: Path,
    progress: Progress,
    cancel: CancelToken,
    part: Stack | None = None,
) -> ClassifyResult:
    """The map of one place, or of a part of it."""
    whole, confident = on_pixels.stack.grid, where.confidence is not None
    grid, area = _mapped(on_pixels.stack, part)
    beyond = np.zeros(1 + len(on_pixels.probe.layers), np.intp)

    def classified(pixels: Pixels, window: Window) -> _Found:
        kept = window.relative_to(surrounded(window, margin(smooth), whole))
        values, certainty = classify_block(
            on_pixels, pixels, kept, smooth=smooth, unknown=unknown, confidence=confident
        )
        return values, certainty, on_pixels.beyond_layers(pixels[kept.slices])

    names = ", ".join(file.name for file in map(Path, (part or on_pixels.stack).files))
    with ExitStack() as opening:
        written = opening.enter_context(
            new_class_map(
                on_pixels, where, grid, made_of={"embedding": names}, model=model, smooth=smooth, unknown=unknown
            )
        )

        def write(window: Window, result: _Found) -> None:
            values, certainty, lacking = result
            beyond[:] += lacking
            window = window.relative_to(area)
            if inner is not None:
                there = inner.read(window).anywhere
                values *= there
                if certainty is not None:
                    certainty *= there
            written.write(window, values, certainty)

        inner = None if part is None else opening.enter_context(part.reader())
        transform_blocks(
            on_pixels.stack,
            classified,
            write,
            progress=progress,
            cancel=cancel,
            task="classify",
            onto=area,
            margin=margin(smooth),
        )
    return written.result([f"{said}." for said in on_pixels.said_beyond(beyond)])


def _mapped(stack: Stack, part: Stack | None) -> tuple[Grid, Window]:
    """The grid of the map of a stack, or of a part of it, and where in the stack's pixels that lies."""
    if part is None:
        return stack.grid, stack.grid.window
    shift = whole_shift(stack.grid, part.grid)
    if shift is None:
        raise ValueError(f"{part.name} does not lie in the pixels of {stack.name}")
    return part.grid, Window(*shift, *part.grid.shape)
