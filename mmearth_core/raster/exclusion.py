"""Pixels the user does not want: a mask raster, or the clouds of the scene classification (SCL).

A mask may have another resolution or extent in the same CRS: each scene pixel takes the mask pixel its centre lies in.
What a mask does not say is not said: outside of it, and where it is no-data, nothing is left out.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from rasterio.io import DatasetReader

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.ground.mask_products import CLOUD_CLASSES, Meaning, given, known_product, told
from mmearth_core.raster.ground.rule import Cause
from mmearth_core.raster.opening import opened, reading
from mmearth_core.raster.placing import placed
from mmearth_core.raster.raster_file import RasterFile, describe, gdal_path, turned

#: What a mask is to be.
_WANTED = "a raster on the scene's grid"
#: The meaning of a mask is judged by windows of this edge, this many along each axis of the scene.
_SAMPLE_EDGE, _SAMPLE_WINDOWS = 64, 8
#: A mask that covers less of the scene than this is told.
_WHOLE = 0.999


@dataclass(frozen=True)
class Exclusion:
    """A band of a raster and which of its values leave a pixel out; `to_mask` leads from scene to mask pixels.

    `cause` is what such pixels are. `notes` and `warnings` say how the raster is understood.
    """

    raster: RasterFile
    index: int
    meaning: Meaning
    to_mask: Affine
    cause: Cause
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return self.raster.path

    @property
    def facts(self) -> tuple[object, ...]:
        """What distinguishes it from another use of the same file."""
        return self.index, self.meaning.ranges, self.meaning.bits, tuple(self.to_mask[:6])

    def read(self, dataset: DatasetReader, window: Window) -> NDArray[np.bool_]:
        """Which pixels of a window of the scene are left out, shape (height, width)."""
        values, said = self.values(dataset, window)
        if not said.any():
            return said
        return self.meaning.leaves_out(values) & said

    def values(self, dataset: DatasetReader, window: Window) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
        """The mask's values in a window of the scene, and where it says anything."""
        t, (row_range, col_range) = self.to_mask, window.ranges
        rows, cols = (
            np.floor(step * (np.arange(*span) + 0.5) + start).astype(np.int64)
            for step, start, span in ((t.e, t.f, row_range), (t.a, t.c, col_range))
        )
        values = np.zeros((window.height, window.width), np.dtype(self.raster.dtypes[self.index - 1]))
        said = np.zeros(values.shape, np.bool_)
        shape = dataset.height, dataset.width
        inside_rows, inside_cols = ((v >= 0) & (v < size) for v, size in zip((rows, cols), shape, strict=True))
        rows, cols = rows[inside_rows], cols[inside_cols]
        if not rows.size or not cols.size:
            return values, said
        area = ((int(rows.min()), int(rows.max()) + 1), (int(cols.min()), int(cols.max()) + 1))
        picked = np.ix_(rows - area[0][0], cols - area[1][0])
        place = np.ix_(np.flatnonzero(inside_rows), np.flatnonzero(inside_cols))
        with reading(self.path, "copy or make it again"):
            values[place] = dataset.read(self.index, window=area)[picked]
            known = np.ones((len(rows), len(cols)), np.bool_)
            if self.raster.mask_band or self.index in self.raster.own_masks:
                known &= dataset.read_masks(self.index, window=area)[picked] != 0
            if self.raster.alpha is not None and self.raster.alpha != self.index:
                known &= dataset.read(self.raster.alpha, window=area)[picked] != 0
        said[place] = known
        nodata = self.raster.nodata[self.index - 1]
        # Who names a value means it, whatever the file declares.
        named = (
            self.meaning.ranges is not None
            and nodata is not None
            and any(low <= nodata <= high for low, high in self.meaning.ranges)
        )
        if nodata is not None and not np.isnan(nodata) and not named:
            said &= values != values.dtype.type(nodata)
        if np.issubdtype(values.dtype, np.floating):
            said &= np.isfinite(values)
            values[~said] = 0
        return values, said


def _laid_over(raster: RasterFile, grid: Grid) -> Affine:
    """From the scene's pixels to the mask's, as its file has them. Raises `MMEarthError`."""
    if raster.grid.crs != grid.crs:
        raise MMEarthError(
            f"{raster.path} is in {raster.grid.crs.to_string()[:60]} and the scene in {grid.crs.to_string()[:60]};"
            f" reproject the mask (gdalwarp -r near)."
        )
    to_mask = ~raster.grid.transform * grid.transform
    if max(abs(to_mask.b), abs(to_mask.d)) * max(grid.shape) > 0.01:
        raise MMEarthError(
            f"{raster.path} is rotated against the scene; bring the mask to the scene's grid (gdalwarp -r near)."
        )
    if not _covered(to_mask, raster.grid, grid):
        raise MMEarthError(f"{raster.path} lies outside the scene; give a mask of the same place.")
    own: Affine = turned(raster.grid, raster.flip) * to_mask
    return own


def _covered(to_mask: Affine, mask: Grid, grid: Grid) -> float:
    """The share of a scene that a mask covers; `to_mask` as both lie north-up."""
    left, top = to_mask * (0, 0)
    right, bottom = to_mask * (grid.width, grid.height)
    width = max(0.0, min(right, mask.width) - max(left, 0))
    height = max(0.0, min(bottom, mask.height) - max(top, 0))
    return float(width * height / ((right - left) * (bottom - top)))


def mask_exclusion(
    path: str | PurePath,
    grid: Grid,
    *,
    values: Sequence[int | str] | None = None,
    bits: Sequence[int | str] | None = None,
    crs: str | None = None,
) -> Exclusion:
    """Leave out where band 1 of a raster has one of `values` (numbers, or ranges as "40-100"), or one of `bits`
    (numbers, or names that its product has for them); by default what its product calls cloud, or any value but 0.
    `crs`: of a file without one.

    Raises `MMEarthError` when it cannot be laid over the scene, or when it is not clear what it means.
    """
    raster = placed(describe(gdal_path(path), wanted=_WANTED), crs)
    product = known_product(raster.path, raster.labels[0].text)
    meaning = given(raster.path, product, values, bits)
    all_but_zero = Meaning(None, 0, "")
    exclusion = Exclusion(raster, 1, meaning or all_but_zero, _laid_over(raster, grid), Cause.EXCLUDED)
    held = _held(exclusion, grid)
    if meaning is None:
        name = raster.labels[0].text
        meaning = told(raster.path, product, held.values, held.share, raster.count, called=name)
    name = Path(raster.path).name
    others = raster.count - 1 - (raster.alpha is not None)
    notes = f"Mask {name}: leaves out {meaning.words}{f' in band 1 of {raster.count}' if others > 0 else ''}."
    share = _covered(~raster.grid.transform * grid.transform, raster.grid, grid)
    warnings = []
    if share < _WHOLE:
        warnings.append(f"{raster.path} covers {100 * share:.3g} % of the scene; outside of it nothing is left out.")
    if held.silent and not meaning.leaves_out(held.values).any():
        warnings.append(
            f"{raster.path} declares {raster.nodata[0]:g} as no-data, which leaves nothing out, in"
            f" {100 * held.silent:.3g} % of the scene, and no other value that it holds does; if these pixels are to be"
            f" left out, say so with `mask_values={raster.nodata[0]:g}`."
        )
    return replace(exclusion, meaning=meaning, notes=(notes,), warnings=tuple(warnings))


@dataclass(frozen=True)
class _Held:
    """What samples of a mask hold over the scene: `values` where it says anything, the `share` of the scene that is not
    0 in it, and the share that is `silent`, by its declared no-data."""

    values: NDArray[np.generic]
    share: float
    silent: float


def _held(exclusion: Exclusion, grid: Grid) -> _Held:
    found, left_out, silent, seen = [], 0, 0, 0
    nodata = exclusion.raster.nodata[exclusion.index - 1]
    edge = _SAMPLE_EDGE if grid.pixels > (_SAMPLE_EDGE * _SAMPLE_WINDOWS) ** 2 else max(grid.shape)
    starts = [
        np.unique(np.linspace(0, max(length - edge, 0), _SAMPLE_WINDOWS).astype(int)).tolist() for length in grid.shape
    ]
    with opened(exclusion.path, wanted=_WANTED) as dataset:
        for row, col in itertools.product(*starts):
            window = Window(row, col, edge, edge).intersection(grid.window)
            values, said = exclusion.values(dataset, window)
            found.append(np.unique(values[said]))
            left_out += int(np.count_nonzero(values[said]))
            seen += values.size
            if nodata is not None and nodata != 0 and not np.isnan(nodata):
                silent += int(np.count_nonzero(values[~said] == nodata))
    return _Held(np.concatenate(found), left_out / seen, silent / seen)


def cloud_exclusion(scl: tuple[RasterFile, int] | None, grid: Grid, title: str) -> Exclusion:
    """Leave out the clouds and cloud shadows of the scene classification.

    Raises `MMEarthError` when the input has none.
    """
    if scl is None:
        raise MMEarthError(
            f"{title} has no scene classification (SCL), which `exclude_clouds` goes by and only L2A products carry;"
            " pass a cloud mask with `mask` instead."
        )
    meaning = Meaning(tuple((float(value), float(value)) for value in CLOUD_CLASSES), 0, "clouds")
    return Exclusion(scl[0], scl[1], meaning, _laid_over(scl[0], grid), Cause.CLOUD)
