"""The verb `classify`: an embedding raster and a probe in, a class map out, with confidence where asked.

`classify_block` is the one function that decides a pixel's class; previews use it too, so they show the final map.
"""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.files import atomic_path
from mmearth_core.labelling.probe_file import load_probe
from mmearth_core.labelling.scoring import PixelProbe
from mmearth_core.labelling.streaming import CHUNK, transform_blocks
from mmearth_core.locks import sole_writer
from mmearth_core.maps.areas import AreaTally
from mmearth_core.maps.class_map import check_map, new_map
from mmearth_core.maps.conventions import NODATA, UNKNOWN
from mmearth_core.maps.legend import unknown_name
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.raster.grid import Window
from mmearth_core.raster.writer import check_raster, companions, new_geotiff
from mmearth_core.sources.embedding import Stored, open_embedding

#: Confidence is stored in 255 steps: value = dn · scale + offset, dn 1 … 255, 0 no-data.
CONFIDENCE_SCALE, CONFIDENCE_OFFSET = 1 / 255, -0.5 / 255


@dataclass(frozen=True, eq=False)
class ClassifyResult:
    """Where the map and its confidence are, and how many pixels each class got (by name; unknown and no-data apart).

    `hectares` is the area of each class, by its name, and that of what is unknown, if anything is.
    """

    path: Path
    confidence: Path | None
    pixels: dict[str, int]
    unknown: int
    nodata: int
    hectares: dict[str, float]

    def __str__(self) -> str:
        total = sum(self.hectares.values()) or 1.0
        shares = ", ".join(f"{name} {100 * area / total:.1f} %" for name, area in self.hectares.items())
        return f"{self.path}: {shares}"


@sole_writer("output", "confidence")
def classify(
    *,
    embedding: str | Path,
    model: str | Path,
    output: str | Path,
    confidence: str | Path | None = None,
    unknown: float | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> ClassifyResult:
    """Write the class map of an embedding raster: paletted uint8, 0 no-data, class values of the probe's legend.

    Any scene may be classified with a probe fitted on others, when one encoder made their embeddings.

    Args:
        embedding: Embedding raster made by mmearth embed.
        model: Probe made by mmearth fit (JSON).
        output: The map to write (GeoTIFF); its class names and a QGIS style are written beside it.
        confidence: Raster to write as well: the probability of each pixel's class and its margin over the second, two
            uint8 bands whose scale and offset give 0 … 1; by default none.
        unknown: Share, from 0 to below 1, of the training pixels: what is more remote from every class than all but
            this share of them gets value 255, "unknown"; by default every pixel gets a class.
        overwrite: Replace existing outputs.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: An input is unusable or of another model, or an output exists; nothing is left then.
    """
    progress, cancel = progress or Silent(), cancel or CancelToken()
    check_unknown(unknown)
    probe = load_probe(model)
    raster = open_embedding(embedding)
    pixel_probe = PixelProbe.of(probe, raster)
    inputs = (embedding, model)
    output = check_map(output, overwrite=overwrite, inputs=inputs)
    confidence = None if confidence is None else check_raster(confidence, overwrite=overwrite, inputs=inputs)
    if confidence is not None and confidence.resolve() == output.resolve():
        raise MMEarthError(f"{output} is named for both the map and its confidence; give two names.")
    tallied = AreaTally(raster.grid)

    def classified(stored: Stored, _window: Window) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
        return classify_block(pixel_probe, stored, unknown=unknown, confidence=confidence is not None)

    tags = {"model_name": raster.name, "model_id": raster.identity, "training_digest": probe.training.digest}
    with ExitStack() as stack:
        # Left in reverse order: the confidence is finished, the map is finished and named, the confidence is named.
        staged = (
            None
            if confidence is None
            else stack.enter_context(atomic_path(confidence, outdated=companions(confidence)))
        )
        drawn = stack.enter_context(new_map(output, probe.legend, raster.grid, tags=tags, unknown=unknown is not None))
        measured = None
        if confidence is not None:
            measured = stack.enter_context(
                new_geotiff(
                    confidence,
                    raster.grid,
                    count=2,
                    dtype="uint8",
                    nodata=NODATA,
                    descriptions=["probability", "margin"],
                    scales=[CONFIDENCE_SCALE] * 2,
                    offsets=[CONFIDENCE_OFFSET] * 2,
                    tags={**tags, "product": "confidence"},
                    staged=staged,
                )
            )

        def write(window: Window, result: tuple[NDArray[np.uint8], NDArray[np.uint8] | None]) -> None:
            values, certainty = result
            drawn.write(values, 1, window=window.ranges)
            if measured is not None and certainty is not None:
                measured.write(certainty, window=window.ranges)
            tallied.add(values, window.row)

        transform_blocks(raster, classified, write, progress=progress, cancel=cancel, task="classify")
    named = {c.value: c.name for c in probe.legend.classes}
    if UNKNOWN in tallied.pixels:
        named[UNKNOWN] = unknown_name(probe.legend.names)
    return ClassifyResult(
        path=output,
        confidence=confidence,
        pixels={c.name: tallied.pixels.get(c.value, 0) for c in probe.legend.classes},
        unknown=tallied.pixels.get(UNKNOWN, 0),
        nodata=tallied.pixels.get(NODATA, 0),
        hectares={name: tallied.square_metres.get(value, 0.0) / 10_000 for value, name in named.items()},
    )


def check_unknown(unknown: float | None) -> None:
    """Raise `MMEarthError` when it is no share."""
    if unknown is not None and not 0 <= unknown < 1:
        raise MMEarthError(f"unknown is a share of the training pixels, from 0 to below 1, not {unknown}.")


def classify_block(
    pixel_probe: PixelProbe, stored: Stored, *, unknown: float | None = None, confidence: bool = False
) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
    """The map (height, width) of stored numbers (bands, height, width): class values, 0 where there is no embedding.
    With `confidence`, probability and margin too, uint8 (2, height, width): an exponential more per class and pixel.

    A pixel's class depends on nothing but its own numbers. `unknown` as in `classify`. To give the same values as
    `classify`, call it under `threadpool_limits(1)`: more BLAS threads may round in another order, and are slower.
    """
    certainty = np.zeros((2, *stored.shape[1:]), np.uint8) if confidence else None
    flat = stored.reshape(len(stored), -1)
    out = np.full(flat.shape[1], NODATA, np.uint8)
    probe, raster = pixel_probe.probe, pixel_probe.raster
    values = np.array(probe.legend.values, np.uint8)
    # The last chunk is full too (its end is left over from the one before): products of one size round the same way,
    # so where a block ends never changes a class.
    pixels = np.zeros((len(flat), CHUNK), np.float32)
    scores = np.empty((len(values), CHUNK), np.float32)
    ranking = _Ranking()
    for start in range(0, flat.shape[1], CHUNK):
        part = slice(start, min(start + CHUNK, flat.shape[1]))
        count = part.stop - start
        valid = raster.valid(flat[:, part])
        if not valid.any():
            continue
        pixel_probe.numbers(flat[:, part], pixels[:, :count])
        np.matmul(pixel_probe.weights, pixels, out=scores)
        scores += pixel_probe.bias
        ranking.rank(scores, second=certainty is not None)
        found = values[ranking.winner[:count]]
        if unknown is not None:
            found[pixel_probe.remoteness(pixels)[:count] > probe.reach.limit(unknown) ** 2] = UNKNOWN
        out[part] = np.where(valid, found, NODATA)
        if certainty is not None:
            certainty.reshape(2, -1)[:, part] = np.where(valid, ranking.certainty(scores)[:, :count], NODATA)
    return out.reshape(stored.shape[1:]), certainty


class _Ranking:
    """Best and second score of every pixel of a chunk, in arrays used again and again: `np.argmax` is slower here."""

    def __init__(self) -> None:
        self.best, self.second, self._lower = (np.empty(CHUNK, np.float32) for _ in range(3))
        self.winner, self._candidate = np.empty(CHUNK, np.uint8), np.empty(CHUNK, np.uint8)
        self._above = np.empty(CHUNK, bool)

    def rank(self, scores: NDArray[np.float32], *, second: bool) -> None:
        """Rank `scores` (classes, CHUNK); the first of equals wins. `second` is only found when asked."""
        self.best[:], self.second[:], self.winner[:] = scores[0], -np.inf, 0
        for k in range(1, len(scores)):
            np.greater(scores[k], self.best, out=self._above)
            if second:
                np.minimum(scores[k], self.best, out=self._lower)
                np.maximum(self.second, self._lower, out=self.second)
            np.maximum(scores[k], self.best, out=self.best)
            # k only grows, so the last class above all before it is the largest such k: faster than a masked copy.
            np.multiply(self._above.view(np.uint8), np.uint8(k), out=self._candidate)
            np.maximum(self.winner, self._candidate, out=self.winner)

    def certainty(self, scores: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Probability of the best class and margin over the second, (2, CHUNK) as 1 … 255; overwrites `scores`."""
        scores -= self.best
        np.exp(scores, out=scores)
        probability = 1 / scores.sum(axis=0)
        margin = probability * (1 - np.exp(self.second - self.best))
        steps: NDArray[np.uint8] = np.minimum(np.stack([probability, margin]) * 255, 254).astype(np.uint8) + np.uint8(1)
        return steps
