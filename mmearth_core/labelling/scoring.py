"""A probe on the pixels of one embedding: scores and remoteness straight from the numbers a file stores."""

from typing import Self

import numpy as np
from numpy.typing import NDArray

from mmearth_core.labelling.probe import Probe
from mmearth_core.sources.embedding import Embedding, Stored


class PixelProbe:
    """What a probe says of an embedding's pixels. Where values are linear in the stored numbers, these are not decoded:
    the decoding is folded into the weights.

    With x the stored numbers (bands, n), or the values where they are not linear in them: `weights` (classes, bands)
    and `bias` (classes, 1) give the scores, and rows after those the guide of `smoothed`.
    """

    def __init__(self, probe: Probe, raster: Embedding) -> None:
        self.probe, self.raster = probe, raster
        bands = len(probe.centre)
        steps = raster.linear or (np.ones(bands, np.float32), np.zeros(bands, np.float32))
        self._step, self._lowest = (each.astype(np.float64) for each in steps)
        guide, level = probe.guide
        weights, bias = np.vstack([probe.folded[0], guide]), np.concatenate([probe.folded[1], level])
        self.weights = np.ascontiguousarray(weights * self._step, np.float32)
        self.bias = (bias + weights @ self._lowest).astype(np.float32)[:, None]
        square, linear, constant = self._remoteness_form()
        self._square, self._linear, self._constant = square, linear, constant[:, None]

    @classmethod
    def of(cls, probe: Probe, raster: Embedding) -> Self:
        """After `Probe.check_same_model`, whose error it raises."""
        probe.check_same_model(raster)
        return cls(probe, raster)

    def _remoteness_form(self) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """(Q, L (classes, bands), c (classes,)): squared remoteness per class = Q · x² + L · x + c."""
        reach = self.probe.reach
        scale = self._step / self.probe.scale
        apart = (self._lowest - self.probe.centre) / self.probe.scale - reach.centres
        weight = 1 / np.square(reach.spread)[:, None]
        square = np.ascontiguousarray(weight * np.square(scale), np.float32)
        linear = np.ascontiguousarray(2 * weight * scale * apart, np.float32)
        return square, linear, (weight * np.square(apart)).sum(axis=1).astype(np.float32)

    def numbers(self, stored: Stored, out: NDArray[np.float32]) -> None:
        """x of stored numbers (bands, n), into `out`; 0 where there is no embedding."""
        np.copyto(out, stored if self.raster.linear is not None else self.raster.decode(stored))
        if stored.dtype.kind == "f":  # may be NaN
            out[:, ~self.raster.valid(stored)] = 0

    def remoteness(self, numbers: NDArray[np.float32]) -> NDArray[np.float32]:
        """Squared remoteness (n,) of x (bands, n); see `Reach`."""
        squared = self._square @ np.square(numbers) + self._linear @ numbers + self._constant
        nearest: NDArray[np.float32] = squared.min(axis=0)
        return nearest
