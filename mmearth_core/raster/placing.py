"""Where a raster lies on Earth: by its file, or by what the user says of a file that does not say it; and which of its
pixels a box of coordinates touches. Never moves a raster to where its own file does not put it."""

import math
from dataclasses import replace

import numpy as np
import pyproj
import rasterio
from affine import Affine
from numpy.typing import NDArray
from pyproj.exceptions import CRSError

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.raster_file import RasterFile
from mmearth_core.raster.scene_files import Inputs

#: Lines along each side of a box by which it is followed into another CRS, where its sides bend.
_LINES = 33
#: A side of a box this close to a pixel's side, in pixels, lies on it.
_ON_THE_LINE = 1e-3


def understood(crs: str, name: str) -> pyproj.CRS:
    """A CRS as a user or a client writes it: EPSG:32632, WKT, PROJJSON. `MMEarthError` that names the argument else."""
    try:
        return pyproj.CRS.from_user_input(crs)
    except CRSError as error:
        raise MMEarthError(
            f"`{name}`: “{crs[:60]}” is no coordinate reference system; write it as EPSG:32632 or as WKT."
        ) from error


def placed(raster: RasterFile, crs: str | None = None) -> RasterFile:
    """The raster on Earth; `crs` is that of a file that has none.

    Raises `MMEarthError` when its place is not known, and when `crs` is not what the file says.
    """
    path, own = raster.path, raster.grid.crs
    if raster.tied:
        raise MMEarthError(
            f"{path} is placed by {raster.tied} only, so its pixels are on no grid; make one of it and take that, for"
            f" example with: gdalwarp -r near {path} NEW.tif"
        )
    if raster.tied is not None:
        raise MMEarthError(
            f"{path} is not georeferenced (no coordinate reference system); assign one, for example with:"
            f" gdal_translate -a_srs EPSG:… -a_ullr …"
        )
    if own is None and crs is None:
        raise MMEarthError(
            f"{path} is not georeferenced (no coordinate reference system); say which it is with `crs`, for example"
            f" `crs=EPSG:32632`."
        )
    if crs is None:
        return raster
    given = understood(crs, "crs")
    if own is None:
        grid = raster.grid
        return replace(raster, grid=Grid(grid.height, grid.width, grid.transform, _of_rasters(given)))
    if not _same(pyproj.CRS.from_wkt(own.to_wkt()), given):
        raise MMEarthError(
            f"{path} is in {pyproj.CRS.from_wkt(own.to_wkt()).name} by its own file, and `crs` says {given.name}; leave"
            f" `crs` out, or, if the file is wrong, correct it first (gdal_edit.py -a_srs EPSG:… {path})."
        )
    return raster


def placed_inputs(found: Inputs, crs: str | None) -> Inputs:
    """The files of a scene on Earth, with a note when their place is as given. Raises `MMEarthError` as `placed`."""
    bands = {name: (placed(raster, crs), index) for name, (raster, index) in found.bands.items()}
    told = all(raster.grid.crs is not None for raster, _ in found.bands.values())
    if crs is None or told:
        return replace(found, bands=bands)
    name = understood(crs, "crs").name
    note = f"Coordinate reference system as given: {name}; the file has none."
    return replace(found, bands=bands, notes=(*found.notes, note))


def touched(grid: Grid, bounds: tuple[float, float, float, float], crs: str | None = None) -> Window:
    """The pixels of a grid that a box (min x, min y, max x, max y) touches, as the smallest window; falsy when none.

    `crs` is the box's, by default the grid's; x is always east. Longitudes may be of any turn (181 is -179). A side
    that misses a pixel's by a thousandth lies on it.
    """
    own = pyproj.CRS.from_user_input(grid.crs)
    other = own if crs is None else understood(crs, "bounds_crs")
    if not all(map(math.isfinite, bounds)) or bounds[0] > bounds[2] or bounds[1] > bounds[3]:
        raise MMEarthError(
            f"`bounds={','.join(f'{v:g}' for v in bounds)}` is no box; give min x, min y, max x, max y, each a number."
            f"{_over_the_antimeridian(bounds, other)}"
        )
    # The grid as it lies in the box's CRS: which of its pixels are inside, and what of the box can matter at all.
    pixels = _mesh((0, 0, grid.width, grid.height))
    xs, ys = _from_to(own, other, _moved(pixels, grid.transform))
    xs = _unrolled(xs, other, (bounds[0] + bounds[2]) / 2)
    known = np.isfinite(xs) & np.isfinite(ys)
    if not known.any():
        return Window(0, 0, 0, 0)
    inside = known & (xs >= bounds[0]) & (xs <= bounds[2]) & (ys >= bounds[1]) & (ys <= bounds[3])
    lies = xs[known].min(), ys[known].min(), xs[known].max(), ys[known].max()
    over, up = (lies[2] - lies[0]) / (_LINES - 1), (lies[3] - lies[1]) / (_LINES - 1)
    left, bottom = max(bounds[0], lies[0] - over), max(bounds[1], lies[1] - up)
    right, top = min(bounds[2], lies[2] + over), min(bounds[3], lies[3] + up)
    if left > right or bottom > top:
        return Window(0, 0, 0, 0)
    # The box in pixels of the grid, wherever it can be told, and the pixels that were found inside of it.
    xs, ys = _from_to(other, own, _mesh((left, bottom, right, top)))
    xs = _unrolled(xs, own, (grid.transform * (grid.width / 2, grid.height / 2))[0])
    box = _moved(np.array([xs, ys]), ~grid.transform)
    seen = np.concatenate([box[:, np.isfinite(box).all(0)], pixels[:, inside]], axis=1)
    if not seen.size:
        return Window(0, 0, 0, 0)
    # Compared as numbers of any size before they become pixels.
    size = np.array([grid.width, grid.height])
    first = np.clip(np.floor(seen.min(1) + _ON_THE_LINE), 0, size).astype(int)
    last = np.clip(np.ceil(seen.max(1) - _ON_THE_LINE), first, size).astype(int)
    return Window(int(first[1]), int(first[0]), int(last[1] - first[1]), int(last[0] - first[0]))


def _over_the_antimeridian(bounds: tuple[float, float, float, float], crs: pyproj.CRS) -> str:
    """How a box from 179 to −179 is written, where that may be meant; else nothing."""
    if not (crs.is_geographic and all(map(math.isfinite, bounds)) and bounds[0] > bounds[2] and bounds[1] <= bounds[3]):
        return ""
    east = bounds[2] + 2 * math.pi / crs.axis_info[0].unit_conversion_factor
    whole = ",".join(f"{v:.10g}" for v in (*bounds[:2], east, bounds[3]))
    return f" Over 180°, count on to the east: {whole}."


def where(grid: Grid, bounds: tuple[float, float, float, float], crs: str | None = None) -> tuple[str, float]:
    """(where a grid lies, as text, in the CRS of a box; the share of the box that lies outside of the grid).

    `bounds` and `crs` as of `touched`. The share is counted by points all over the box.
    """
    own = pyproj.CRS.from_user_input(grid.crs)
    other = own if crs is None else understood(crs, "bounds_crs")
    xs, ys = _from_to(own, other, _moved(_mesh((0, 0, grid.width, grid.height)), grid.transform))
    xs = _unrolled(xs, other, (bounds[0] + bounds[2]) / 2)
    known = np.isfinite(xs) & np.isfinite(ys)
    lies = "no part of this coordinate reference system"
    if known.any():
        sides = (xs[known].min(), ys[known].min(), xs[known].max(), ys[known].max())
        lies = ",".join(f"{side:.10g}" for side in np.round(sides, 6 if other.is_geographic else 1))
    # The middles of as many cells as fill the box.
    wide, high = ((bounds[i + 2] - bounds[i]) / (2 * _LINES) for i in (0, 1))
    cells = _mesh((bounds[0] + wide, bounds[1] + high, bounds[2] - wide, bounds[3] - high))
    xs, ys = _from_to(other, own, cells)
    xs = _unrolled(xs, own, (grid.transform * (grid.width / 2, grid.height / 2))[0])
    columns, rows = _moved(np.array([xs, ys]), ~grid.transform)
    # The last row and column are touched where the box ends within them.
    inside = (columns > -1) & (columns < grid.width + 1) & (rows > -1) & (rows < grid.height + 1)
    return f"{lies} in {other.name}", float(1 - inside.mean())


class Crossing:
    """The way from the pixels of one grid to those of another; for one thread."""

    def __init__(self, grid: Grid, to: Grid) -> None:
        self._grid, self._back = grid, ~to.transform
        self._step = self._back * grid.transform
        self._turn = None
        if grid.crs != to.crs:
            self._turn = pyproj.Transformer.from_crs(grid.crs, to.crs, always_xy=True)

    def middles(self, window: Window, shape: tuple[int, int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Row and column, with fractions, in the other grid of the middles of the pixels of a window that is drawn in
        `shape`; not finite where they cannot be told."""
        height, width = shape
        zoom = Affine.translation(window.col, window.row) * Affine.scale(window.width / width, window.height / height)
        cols, rows = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
        if self._turn is None:
            step = self._step * zoom
            return step.d * cols + step.e * rows + step.f, step.a * cols + step.b * rows + step.c
        there = self._grid.transform * zoom
        xs, ys = there.a * cols + there.b * rows + there.c, there.d * cols + there.e * rows + there.f
        xs, ys = self._turn.transform(xs, ys)
        back = self._back
        with np.errstate(invalid="ignore"):
            return back.d * xs + back.e * ys + back.f, back.a * xs + back.b * ys + back.c


def in_pixels(grid: Grid, x: float, y: float) -> tuple[float, float]:
    """(column, row) of a place in the grid's CRS, fractions included; may be outside. Longitudes may be of any turn."""
    middle = (grid.transform * (grid.width / 2, grid.height / 2))[0]
    turned = float(_unrolled(np.array(x), pyproj.CRS.from_user_input(grid.crs), middle))
    column, row = ~grid.transform * (turned, y)
    return column, row


def holds(grid: Grid, xy: tuple[float, float]) -> bool:
    """Whether a place in the grid's CRS is in one of its pixels."""
    column, row = in_pixels(grid, *xy)
    return 0 <= column < grid.width and 0 <= row < grid.height


def moved_to(grid: Grid, xy: tuple[float, float], crs: str) -> tuple[float, float]:
    """A place of a CRS in that of a grid; infinite where it cannot be told there."""
    own, other = pyproj.CRS.from_user_input(grid.crs), understood(crs, "at_crs")
    x, y = _from_to(other, own, np.array([[xy[0]], [xy[1]]]))[:, 0].tolist()
    return x, y


def pixel_steps(grid: Grid, at: tuple[float, float], crs: str | None = None) -> NDArray[np.float64]:
    """(2, 2): what a step of one column, and of one row, at a pixel (column, row) is in x and y of another CRS, by
    default the grid's. Not finite where the pixel cannot be told there."""
    own = pyproj.CRS.from_user_input(grid.crs)
    other = own if crs is None else understood(crs, "crs")
    points = np.array([[at[0], at[0] + 1, at[0]], [at[1], at[1], at[1] + 1]])
    xs, ys = _from_to(own, other, _moved(points, grid.transform))
    xs = _unrolled(xs, other, xs[0]) if np.isfinite(xs).all() else xs
    return np.array([[xs[1] - xs[0], ys[1] - ys[0]], [xs[2] - xs[0], ys[2] - ys[0]]])


def _from_to(one: pyproj.CRS, other: pyproj.CRS, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """(2, n) points of one CRS in another, x always east; infinite where they cannot be told there."""
    if one == other:
        return points
    return np.array(pyproj.Transformer.from_crs(one, other, always_xy=True).transform(*points))


def _mesh(box: tuple[float, float, float, float]) -> NDArray[np.float64]:
    """(2, n): x and y of points all over a box, its corners and sides included."""
    xs, ys = np.meshgrid(np.linspace(box[0], box[2], _LINES), np.linspace(box[1], box[3], _LINES))
    return np.array([xs.ravel(), ys.ravel()])


def _moved(points: NDArray[np.float64], transform: Affine) -> NDArray[np.float64]:
    matrix = np.array(transform[:6]).reshape(2, 3)
    moved: NDArray[np.float64] = matrix[:, :2] @ points + matrix[:, 2:]
    return moved


def _unrolled(xs: NDArray[np.float64], crs: pyproj.CRS, middle: float) -> NDArray[np.float64]:
    """Longitudes within half a turn of `middle`; x of another kind of CRS as it is."""
    if not crs.is_geographic:
        return xs
    turn = 2 * math.pi / crs.axis_info[0].unit_conversion_factor
    unrolled: NDArray[np.float64] = xs + turn * np.round((middle - xs) / turn)
    return unrolled


def _same(one: pyproj.CRS, other: pyproj.CRS) -> bool:
    """Whether two CRS are one, however they are written."""
    return bool(one.equals(other, ignore_axis_order=True) or rasterio.CRS.from_wkt(one.to_wkt()) == _of_rasters(other))


def _of_rasters(crs: pyproj.CRS) -> rasterio.CRS:
    return rasterio.CRS.from_wkt(crs.to_wkt())
