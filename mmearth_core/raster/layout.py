"""How the bands of a scene lie on one grid: the finest one, coarser bands by an integer factor. Pure, from headers."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyproj
from pyproj.exceptions import ProjError

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import Grid
from mmearth_core.raster.raster_file import RasterFile

#: Origins and pixel sizes that differ by less than this share of a pixel are the same.
_TOLERANCE = 0.01


@dataclass(frozen=True)
class BandSource:
    """One band of a scene: its file, 1-based index, and how many scene pixels one of its pixels spans along an axis."""

    name: str
    raster: RasterFile
    index: int
    factor: int


def arrange(bands: Mapping[str, tuple[RasterFile, int]], title: str) -> tuple[Grid, tuple[BandSource, ...]]:
    """The scene's grid (that of its finest band) and each band's place on it.

    Raises `MMEarthError` when CRS, origin or extent differ, or a resolution is no integer multiple of the finest.
    """
    finest = min((raster for raster, _ in bands.values()), key=lambda raster: raster.grid.pixel_size)
    return finest.grid, tuple(
        BandSource(name, raster, index, _factor(raster, finest, title)) for name, (raster, index) in bands.items()
    )


def _factor(raster: RasterFile, finest: RasterFile, title: str) -> int:
    grid, reference = raster.grid, finest.grid
    if grid == reference:
        return 1
    if grid.crs != reference.crs:
        raise MMEarthError(
            f"{title}: {raster.path} is in {_short(grid)} and {finest.path} in {_short(reference)};"
            f" reproject all bands to one grid (gdalwarp)."
        )
    # Pixels of the band in pixels of the reference: a pure scale by a whole number, when they fit.
    relative = ~reference.transform * grid.transform
    factor: int = round(relative.a)
    slack = _TOLERANCE / max(grid.shape)
    fits = (
        factor >= 1
        and max(abs(relative.a - factor), abs(relative.e - factor), abs(relative.b), abs(relative.d)) < slack * factor
        and max(abs(relative.c), abs(relative.f)) < _TOLERANCE * factor
        and grid.height == -(-reference.height // factor)
        and grid.width == -(-reference.width // factor)
    )
    if not fits:
        raise MMEarthError(
            f"{title}: the pixels of {raster.path} ({_describe(grid)}) do not fit those of {finest.path}"
            f" ({_describe(reference)}); bring all bands to one extent, with pixel sizes that are whole multiples"
            f" (gdalwarp)."
        )
    return factor


def _short(grid: Grid) -> str:
    return str(grid.crs.to_string())[:60]


def _describe(grid: Grid) -> str:
    x, y = grid.transform * (0, 0)
    return f"{grid.width}×{grid.height} pixels of {grid.pixel_size[0]:g} from {x:g}, {y:g}"


def ground_steps(grid: Grid) -> tuple[float, float] | None:
    """Length on the ground, in m, of a step of one column and of one row at a grid's centre.

    Also right for geographic coordinates and projections that stretch. None when the CRS has no place on Earth.
    """
    row, col = grid.height / 2, grid.width / 2
    try:
        to_degrees = pyproj.Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True)
        centre, right, below = (
            to_degrees.transform(*(grid.transform * pixel), errcheck=True)
            for pixel in ((col, row), (col + 1, row), (col, row + 1))
        )
    except ProjError:
        return None
    geod = pyproj.Geod(ellps="WGS84")
    return float(geod.inv(*centre, *right)[2]), float(geod.inv(*centre, *below)[2])


def ground_area(grid: Grid) -> float | None:
    """Area on the ground, in m², of a pixel at a grid's centre, in any CRS. None when that has no place on Earth."""
    steps = ground_steps(grid)
    return None if steps is None else steps[0] * steps[1]
