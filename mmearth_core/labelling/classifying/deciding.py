"""The one function that decides the classes of pixels, in final maps and in previews: `classify_block`."""

import numpy as np
from numpy.typing import NDArray

from mmearth_core.labelling.scoring import PixelProbe
from mmearth_core.labelling.streaming import CHUNK
from mmearth_core.maps.conventions import NODATA, UNKNOWN
from mmearth_core.maps.smoothing import Smoothing, margin, smoothed
from mmearth_core.raster.grid import Window
from mmearth_core.sources.stack import Pixels

#: Confidence is stored in 255 steps: value = dn · scale + offset, dn 1 … 255, 0 no-data.
CONFIDENCE_SCALE, CONFIDENCE_OFFSET = 1 / 255, -0.5 / 255
#: Rows and most columns smoothed at a time, and most scores: arrays of one class fit a processor's second-level cache.
_ROWS, _COLUMNS, _SCORES = 64, 256, 1 << 21


def classify_block(
    on_pixels: PixelProbe,
    pixels: Pixels,
    kept: Window | None = None,
    *,
    smooth: Smoothing = "none",
    unknown: float | None = None,
    confidence: bool = False,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
    """The map (height, width) of what is `kept`, by default all, of pixels (height, width): class values, 0 where there
    is no embedding. With `confidence`, probability and margin too, uint8 (2, height, width).

    A pixel's class depends on nothing but the numbers within `margin(smooth)` pixels of it; what is kept must have them
    around it, as far as the raster has. `smooth` and `unknown` as in `classify`. To give the same values as `classify`,
    call it under `one_thread_each`: more BLAS threads may round in another order, and are slower.
    """
    whole = Window(0, 0, *pixels.shape)
    kept = whole if kept is None else kept
    classes = np.array(on_pixels.probe.legend.values, np.uint8)
    out = np.empty((kept.height, kept.width), np.uint8)
    certainty = np.empty((2, kept.height, kept.width), np.uint8) if confidence else None
    if not on_pixels.seen(pixels).any():
        out[:] = NODATA
        return out, None if certainty is None else np.full_like(certainty, NODATA)
    block = _Block(on_pixels, pixels, unknown, guided=smooth != "none")
    for tile in kept.parts(*_tile(kept, len(classes), smooth)):
        around = tile.padded(margin(smooth)).intersection(whole)
        scores, valid, remote = block.scores(around)
        place, inside = tile.relative_to(kept).slices, tile.relative_to(around).slices
        if not valid[inside].any():
            out[place] = NODATA
            if certainty is not None:
                certainty[:, *place] = NODATA
            continue
        if smooth != "none":
            scores = smoothed(scores[: len(classes)], scores[len(classes) :], valid, smooth)
        ranking = _Ranking(np.ascontiguousarray(scores[:, *inside]))
        found = np.where(remote[inside], np.uint8(UNKNOWN), classes[ranking.winner])
        out[place] = np.where(valid[inside], found, NODATA)
        if certainty is not None:
            certainty[:, *place] = np.where(valid[inside], ranking.certainty(), NODATA)
    return out, certainty


def _tile(kept: Window, classes: int, smooth: Smoothing) -> tuple[int, int]:
    """Rows and columns decided at a time."""
    if smooth == "none":
        width = min(kept.width, CHUNK)
        return max(1, CHUNK // max(1, width)), width
    return _ROWS, max(_ROWS, min(_COLUMNS, _SCORES // (classes * _ROWS)))


class _Block:
    """The scores of parts of a block of pixels (height, width), and what is remote there."""

    def __init__(self, on_pixels: PixelProbe, pixels: Pixels, unknown: float | None, *, guided: bool) -> None:
        self._pixels, self._unknown, self._seen = pixels, unknown, on_pixels.seen
        self._scorer = on_pixels.scorer(guided=guided)

    def scores(self, part: Window) -> tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.bool_]]:
        """(scores (classes, and the guide, height, width), where there are any, what is unknown)."""
        pixels = self._pixels[part.slices].flat
        scores = np.zeros((len(self._scorer.scores), *pixels.shape), np.float32)
        seen, remote = self._seen(pixels), np.zeros(pixels.shape, bool)
        for start in range(0, len(remote), CHUNK):
            chunk = slice(start, min(start + CHUNK, len(remote)))
            count = chunk.stop - start
            if not seen[chunk].any():
                continue
            scores[:, chunk] = self._scorer.score(pixels[chunk])[:, :count]
            if self._unknown is not None:
                remote[chunk] = self._scorer.remote(self._unknown)[:count]
        shape = part.height, part.width
        return scores.reshape(-1, *shape), seen.reshape(shape), remote.reshape(shape)


class _Ranking:
    """Best class of every pixel by its scores (classes, height, width), the first of equals: `np.argmax` is slower."""

    def __init__(self, scores: NDArray[np.float32]) -> None:
        self._scores, self._best = scores, scores[0].copy()
        self.winner = np.zeros(scores.shape[1:], np.uint8)
        above, candidate = np.empty(self.winner.shape, bool), np.empty(self.winner.shape, np.uint8)
        for k in range(1, len(scores)):
            np.greater(scores[k], self._best, out=above)
            np.maximum(scores[k], self._best, out=self._best)
            # k only grows, so the last class above all before it is the largest such k: faster than a masked copy.
            np.multiply(above.view(np.uint8), np.uint8(k), out=candidate)
            np.maximum(self.winner, candidate, out=self.winner)

    def certainty(self) -> NDArray[np.uint8]:
        """Probability of the best class and margin over the second, (2, height, width) as 1 … 255."""
        total, second = np.zeros_like(self._best), np.zeros_like(self._best)
        lower, best = np.empty_like(self._best), np.zeros_like(self._best)
        for each in self._scores:
            power = np.exp(each - self._best)
            total += power
            np.minimum(power, best, out=lower)
            np.maximum(second, lower, out=second)
            np.maximum(power, best, out=best)
        probability = 1 / total
        both = np.stack([probability, probability * (1 - second)])
        steps: NDArray[np.uint8] = np.minimum(both * 255, 254).astype(np.uint8) + np.uint8(1)
        return steps
