"""Other rasters laid over a Sentinel-2 grid: any CRS, resolution, extent and orientation, never by pixel position.

Continuous values are interpolated bilinearly (averaged where the raster is finer), classes take the nearest pixel.
What a raster does not cover or calls no-data is NaN, never a number.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Self

import numpy as np
import pyproj
from affine import Affine
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.errors import CRSError, RasterioError
from rasterio.io import DatasetReader
from rasterio.warp import reproject, transform_bounds

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.opening import opened, reading
from mmearth_core.raster.placing import placed
from mmearth_core.raster.raster_file import RasterFile, describe
from mmearth_core.vectors.reading import lonlat_extent

#: Pixels along an axis of what is read to judge a raster's values before anything is written.
_SAMPLE = 512


def header_of(path: str) -> RasterFile:
    """The header of a raster that accompanies a scene.

    Raises `MMEarthError` when it is missing, no raster, or not georeferenced.
    """
    return placed(describe(path, wanted="a georeferenced raster"))


@dataclass(frozen=True)
class Limits:
    """What a quantity lies between on Earth, and what it is called in a sentence."""

    lowest: float
    highest: float
    what: str

    def check(self, path: str, values: NDArray[np.float32]) -> None:
        """Raise `MMEarthError` when a known value is beyond."""
        wrong = values[(values < self.lowest) | (values > self.highest)]
        if wrong.size:
            raise MMEarthError(
                f"{path} holds {wrong[0]:g}, but {self.what} lies between {self.lowest:g} and {self.highest:g}; if that"
                f" value means no-data declare it (gdal_translate -a_nodata {wrong[0]:g}), else correct the units."
            )


class AlignedRaster:
    """One open raster, of which chosen bands are laid over grids. For one thread; a context manager.

    `resampling` is how a grid's pixel is made of its own. `joint` bands belong together: a pixel that lacks one of them
    lacks all, and they are laid over a grid at once. `no_data` is a value that the file does not declare as such.
    Every value that is read is held against the `limits`, before an interpolation can hide it among its neighbours.
    """

    def __init__(
        self,
        path: str,
        indexes: Sequence[int] = (1,),
        *,
        resampling: Resampling = Resampling.bilinear,
        joint: bool = False,
        no_data: float | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.path, self._indexes, self._limits = path, tuple(indexes), limits
        header_of(path)
        self._resampling, self._joint, self._no_data = resampling, joint, no_data
        self._stack = ExitStack()
        self._dataset: DatasetReader = self._stack.enter_context(opened(path, wanted="a georeferenced raster"))
        scales, offsets = self._dataset.scales, self._dataset.offsets
        self._linear = [(scales[i - 1], offsets[i - 1]) for i in self._indexes]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._stack.close()

    def read(self, grid: Grid) -> NDArray[np.float32]:
        """The values on a grid, float32 (bands, height, width), NaN where there is none."""
        out = np.full((len(self._indexes), *grid.shape), np.nan, np.float32)
        # The kernel of an interpolation that shrinks reaches as many pixels as it merges into one.
        window = self._window(grid, lambda span, pixels: 2 + 2 * int(np.ceil(span / pixels)))
        if not window:
            return out
        values = self._values(window, (window.height, window.width))
        transform = self._dataset.transform * Affine.translation(window.col, window.row)
        for source, target in [(values, out)] if self._joint else zip(values, out, strict=True):
            reproject(
                source,
                target,
                src_transform=transform,
                src_crs=self._dataset.crs,
                src_nodata=np.nan,
                dst_transform=grid.transform,
                dst_crs=grid.crs,
                dst_nodata=np.nan,
                resampling=self._resampling,
                tolerance=0,
            )
        return out

    def sample(self, grid: Grid, title: str, *, side: int = _SAMPLE) -> NDArray[np.float32]:
        """Values of pixels spread over what the raster shares with a scene, at most `side` along an axis: (bands, n),
        NaN where there is none.

        Raises `MMEarthError` when they share nothing.
        """
        window = self._window(grid, lambda _span, _pixels: 0)
        if not window:
            raise MMEarthError(
                f"{self.path} ({place_of(self._grid)}) does not overlap {title} ({place_of(grid)}); give a raster"
                f" of the same place, or correct its coordinate system."
            )
        values = self._values(window, (min(window.height, side), min(window.width, side)))
        return values.reshape(len(values), -1)

    def at(self, lon: float, lat: float) -> float:
        """The first band's value at a place in degrees; NaN where there is none."""
        to_raster = pyproj.Transformer.from_crs("EPSG:4326", self._dataset.crs, always_xy=True)
        col, row = ~self._dataset.transform * to_raster.transform(lon, lat)
        if not (np.isfinite(col) and np.isfinite(row)):
            return float("nan")
        window = Window(int(np.floor(row)), int(np.floor(col)), 1, 1).intersection(self._grid.window)
        return float(self._values(window, (1, 1))[0, 0, 0]) if window else float("nan")

    @property
    def _grid(self) -> Grid:
        return Grid.of(self._dataset)

    def _window(self, grid: Grid, margin: Callable[[int, int], int]) -> Window:
        """The pixels of this raster under a grid; falsy when there are none."""
        try:
            bounds = transform_bounds(grid.crs, self._dataset.crs, *grid.bounds, densify_pts=21)
        except (CRSError, RasterioError) as error:
            raise MMEarthError(
                f"{self.path}: its coordinate system does not reach the scene ({error}); give another."
            ) from error
        if not np.isfinite(bounds).all():
            return Window(0, 0, 0, 0)
        under = self._grid.covering(bounds)
        pad = max(margin(under.height, grid.height), margin(under.width, grid.width))
        return under.padded(pad).intersection(self._grid.window)

    def _values(self, window: Window, shape: tuple[int, int]) -> NDArray[np.float32]:
        """A window in the raster's own pixels, decimated to `shape`; scale and offset of the file applied."""
        where = {"window": window.ranges, "out_shape": (len(self._indexes), *shape)}
        with reading(self.path, "copy or make it again"):
            raw = self._dataset.read(self._indexes, **where)
            known = self._dataset.read_masks(self._indexes, **where) != 0
        if self._no_data is not None:
            known &= raw != self._no_data
        values = np.where(known, raw, np.nan).astype(np.float32)
        unknown = ~np.isfinite(values)
        np.copyto(values, np.float32(np.nan), where=unknown.any(axis=0) if self._joint else unknown)
        scales, offsets = np.array(self._linear, np.float32).T
        values *= scales[:, None, None]
        values += offsets[:, None, None]
        if self._limits is not None:
            self._limits.check(self.path, values)
        return values


def place_of(grid: Grid) -> str:
    """A grid's extent in degrees, for a sentence."""
    return lonlat_extent(grid.bounds, grid.crs)


def lonlat(grid: Grid) -> tuple[float, float]:
    """Longitude and latitude in degrees of a grid's centre."""
    to_degrees = pyproj.Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True)
    x, y = to_degrees.transform(*(grid.transform * (grid.width / 2, grid.height / 2)))
    return float(x), float(y)
