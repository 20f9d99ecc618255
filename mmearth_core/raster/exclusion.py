"""Pixels the user does not want: a mask raster, or the clouds of the scene classification (SCL).

A mask may have another resolution or extent in the same CRS: each scene pixel takes the mask pixel its centre lies in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from rasterio.io import DatasetReader

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.ground.rule import Cause
from mmearth_core.raster.opening import reading
from mmearth_core.raster.placing import placed
from mmearth_core.raster.raster_file import RasterFile, describe, gdal_path, turned

#: SCL classes left out as clouds: cloud shadow, cloud of medium and of high probability, thin cirrus.
#: 0 (no data) is invalid already; 1 (saturated or defective), 2 (dark) and 11 (snow) are ground.
CLOUD_CLASSES = (3, 8, 9, 10)


@dataclass(frozen=True)
class Exclusion:
    """A raster and the values that exclude a pixel (None: any but 0); `to_mask` leads from scene to mask pixels."""

    path: str
    index: int
    values: tuple[int, ...] | None
    to_mask: Affine
    shape: tuple[int, int]
    cause: Cause

    @property
    def facts(self) -> tuple[object, ...]:
        """What distinguishes it from another use of the same file."""
        return self.index, self.values, tuple(self.to_mask[:6])

    def read(self, dataset: DatasetReader, window: Window) -> NDArray[np.bool_]:
        """Which pixels of a window of the scene are excluded, shape (height, width). Outside the mask none is."""
        t, (row_range, col_range) = self.to_mask, window.ranges
        rows, cols = (
            np.floor(step * (np.arange(*span) + 0.5) + start).astype(np.int64)
            for step, start, span in ((t.e, t.f, row_range), (t.a, t.c, col_range))
        )
        excluded = np.zeros((window.height, window.width), np.bool_)
        inside_rows, inside_cols = ((v >= 0) & (v < size) for v, size in zip((rows, cols), self.shape, strict=True))
        rows, cols = rows[inside_rows], cols[inside_cols]
        if not rows.size or not cols.size:
            return excluded
        area = ((int(rows.min()), int(rows.max()) + 1), (int(cols.min()), int(cols.max()) + 1))
        with reading(self.path, "copy or make it again"):
            values = dataset.read(self.index, window=area)
        picked = values[np.ix_(rows - area[0][0], cols - area[1][0])]
        chosen = picked != 0 if self.values is None else np.isin(picked, self.values)
        excluded[np.ix_(np.flatnonzero(inside_rows), np.flatnonzero(inside_cols))] = chosen
        return excluded


def _exclusion(raster: RasterFile, index: int, values: tuple[int, ...] | None, grid: Grid, cause: Cause) -> Exclusion:
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
    left, top = to_mask * (0, 0)
    right, bottom = to_mask * (grid.width, grid.height)
    if right <= 0 or bottom <= 0 or left >= raster.grid.width or top >= raster.grid.height:
        raise MMEarthError(f"{raster.path} lies outside the scene; give a mask of the same place.")
    return Exclusion(raster.path, index, values, turned(raster.grid, raster.flip) * to_mask, raster.grid.shape, cause)


def mask_exclusion(path: str | PurePath, values: Sequence[int] | None, grid: Grid, crs: str | None = None) -> Exclusion:
    """Exclude where band 1 of a raster has one of `values`, by default any value but 0. `crs`: of a file without one.

    Raises `MMEarthError` when it cannot be laid over the scene.
    """
    mask = placed(describe(gdal_path(path), wanted="a raster on the scene's grid"), crs)
    return _exclusion(mask, 1, None if values is None else tuple(values), grid, Cause.EXCLUDED)


def cloud_exclusion(scl: tuple[RasterFile, int] | None, grid: Grid, title: str) -> Exclusion:
    """Exclude the clouds and cloud shadows of the scene classification.

    Raises `MMEarthError` when the input has none.
    """
    if scl is None:
        raise MMEarthError(
            f"{title} has no scene classification (SCL), which `exclude_clouds` goes by and only L2A products carry;"
            " pass a cloud mask with `mask` instead."
        )
    return _exclusion(scl[0], scl[1], CLOUD_CLASSES, grid, Cause.CLOUD)
