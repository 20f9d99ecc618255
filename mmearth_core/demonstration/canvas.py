"""A plane of 5 m cells on which the demo's objects are painted one over the other, and random fields on it."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from affine import Affine
from numpy.random import Generator
from numpy.typing import NDArray
from rasterio.features import rasterize
from scipy.ndimage import gaussian_filter, zoom
from shapely.geometry.base import BaseGeometry

from mmearth_core.demonstration.spectra import KIND_INDEX

#: Edge of a cell in metres: half a Sentinel-2 pixel, so that a pixel mixes four of them.
CELL = 5.0


def noise(
    rng: Generator, shape: tuple[int, int], *, longest: float, shortest: float = 2.0, slope: float = 2.0
) -> NDArray[np.float32]:
    """Random field of mean 0 and deviation 1: power falls as frequency^-slope between two wavelengths in cells."""
    white = np.fft.rfft2(rng.standard_normal(shape, np.float32))
    fy, fx = np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None]
    frequency = np.hypot(fy, fx).astype(np.float32)
    low = 1 / longest
    gain = np.maximum(frequency, low) ** (-slope / 2) * np.exp(-((frequency * shortest / 2) ** 2))
    gain *= 1 - np.exp(-((frequency / low) ** 2))
    field = np.fft.irfft2(white * gain, s=shape).astype(np.float32)
    standard: NDArray[np.float32] = (field - field.mean()) / field.std()
    return standard


class Canvas:
    """Objects painted one over the other."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self.objects: NDArray[np.int32] = np.zeros(shape, np.int32)
        self.kinds: list[int] = [KIND_INDEX["pasture"]]

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height in metres."""
        rows, cols = self.objects.shape
        return cols * CELL, rows * CELL

    def draw(self, shapes: Iterable[BaseGeometry]) -> NDArray[np.int32]:
        """Number (1 …) of the last of `shapes` that covers each cell's centre, 0 where none does."""
        pairs = [(shape, number) for number, shape in enumerate(shapes, 1) if not shape.is_empty]
        if not pairs:
            return np.zeros(self.objects.shape, np.int32)
        transform = Affine.scale(CELL)
        drawn: NDArray[np.int32] = rasterize(pairs, out_shape=self.objects.shape, transform=transform, dtype="int32")
        return drawn

    def paint(
        self, drawn: NDArray[np.int32], kinds: Sequence[str] | NDArray[Any], where: NDArray[np.bool_] | None = None
    ) -> None:
        """Put objects `drawn` (1 …), whose kinds are named, over what is there."""
        covered = drawn > 0 if where is None else (drawn > 0) & where
        self.objects[covered] = drawn[covered] + (len(self.kinds) - 1)
        self.kinds += [KIND_INDEX[str(kind)] for kind in kinds]

    def kind(self, shapes: Iterable[BaseGeometry], kind: str, where: NDArray[np.bool_] | None = None) -> None:
        """Draw and paint shapes as one object of a kind, within `where`."""
        self.paint(np.minimum(self.draw(shapes), 1), [kind], where)

    def shapes(self, shapes: Sequence[BaseGeometry], kind: str | Sequence[str]) -> None:
        """Draw and paint shapes of one kind, or of one kind each."""
        self.paint(self.draw(shapes), [kind] * len(shapes) if isinstance(kind, str) else kind)


def smooth(field: NDArray[np.float32], cells: float) -> NDArray[np.float32]:
    """Gaussian average over a wide neighbourhood, computed on every eighth cell."""
    coarse = gaussian_filter(field[::8, ::8], cells / 8, mode="nearest")
    grown: NDArray[np.float32] = zoom(coarse, 8, order=1)[: field.shape[0], : field.shape[1]]
    return grown
