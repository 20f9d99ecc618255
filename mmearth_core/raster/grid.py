"""Pixel geometry as values: windows, georeferenced grids and the plan of tiles. Pure arithmetic, no input or output."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from affine import Affine

from mmearth_core.errors import MMEarthError

if TYPE_CHECKING:
    from rasterio.crs import CRS
    from rasterio.io import DatasetReader


#: A raster's side is no longer, in pixels: the Earth's girth at one metre. And its numbers of place are no larger.
_LONGEST_SIDE, _FARTHEST = 40_100_000, 1e12


@dataclass(frozen=True, order=True)
class Window:
    """A rectangle of pixels: rows `row … row+height-1`, columns `col … col+width-1`. May reach outside its raster."""

    row: int
    col: int
    height: int
    width: int

    @classmethod
    def from_columns_first(cls, window: tuple[int, int, int, int]) -> Self:
        """Of (column, row, width, height), as users and GDAL's -srcwin have it: the one place where the order turns."""
        col, row, width, height = window
        return cls(row, col, height, width)

    @property
    def columns_first(self) -> tuple[int, int, int, int]:
        """(column, row, width, height)."""
        return self.col, self.row, self.width, self.height

    @property
    def row_end(self) -> int:
        return self.row + self.height

    @property
    def col_end(self) -> int:
        return self.col + self.width

    @property
    def pixels(self) -> int:
        return self.height * self.width

    def __bool__(self) -> bool:
        return self.height > 0 and self.width > 0

    def intersection(self, other: "Window") -> "Window":
        """The common rectangle; falsy (height or width 0) when there is none."""
        row, col = max(self.row, other.row), max(self.col, other.col)
        height = max(0, min(self.row_end, other.row_end) - row)
        width = max(0, min(self.col_end, other.col_end) - col)
        return Window(row, col, height, width)

    def padded(self, margin: int) -> "Window":
        """The rectangle grown by `margin` pixels on each side."""
        return Window(self.row - margin, self.col - margin, self.height + 2 * margin, self.width + 2 * margin)

    def parts(self, height: int, width: int) -> Iterator["Window"]:
        """Windows of one size side by side, row by row, that cover this one exactly once; the last ones are smaller."""
        for row in range(self.row, self.row_end, height):
            for col in range(self.col, self.col_end, width):
                yield Window(row, col, height, width).intersection(self)

    def relative_to(self, origin: "Window") -> "Window":
        """The same rectangle in coordinates whose (0, 0) is `origin`'s corner."""
        return Window(self.row - origin.row, self.col - origin.col, self.height, self.width)

    @property
    def slices(self) -> tuple[slice, slice]:
        """Row and column slices for an array whose (0, 0) is this window's coordinate origin."""
        return slice(self.row, self.row_end), slice(self.col, self.col_end)

    @property
    def ranges(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """((row, row_end), (col, col_end)): the form rasterio takes as `window=`."""
        return (self.row, self.row_end), (self.col, self.col_end)


@dataclass(frozen=True)
class Grid:
    """A georeferenced pixel grid: shape, affine transform (pixel corner → CRS) and CRS."""

    height: int
    width: int
    transform: Affine
    crs: "CRS"

    @classmethod
    def of(cls, dataset: "DatasetReader") -> Self:
        """The grid of an open raster, as its file has it.

        Raises `MMEarthError` when its pixels have no extent or it cannot lie on the Earth.
        """
        grid = cls(dataset.height, dataset.width, dataset.transform, dataset.crs)
        if max(grid.shape) > _LONGEST_SIDE:
            raise MMEarthError(
                f"{dataset.name} says it has {grid.width} × {grid.height} pixels; its header is damaged, get it again."
            )
        numbers = tuple(grid.transform)[:6]
        near = all(abs(number) < _FARTHEST for number in numbers)
        if not near or abs(grid.transform.determinant) < 1 / _FARTHEST**2:
            raise MMEarthError(
                f"{dataset.name} says that its pixels lie at {', '.join(f'{number:g}' for number in numbers)} (a"
                " geotransform without an extent); assign the right place, for example with: gdal_edit.py -a_ullr …"
            )
        if grid.crs is not None and grid.crs.is_geographic and not grid._on_the_globe:
            raise MMEarthError(
                f"{dataset.name} says it is in degrees, but its pixels lie at y {grid.bounds[1]:.10g} …"
                f" {grid.bounds[3]:.10g}; assign the right coordinate system: gdal_edit.py -a_srs EPSG:…"
            )
        if grid.crs is not None and not (grid.crs.is_geographic or grid.crs.is_projected):
            raise MMEarthError(
                f"{dataset.name} is in a coordinate system that has no place on a map of the Earth"
                f" ({' '.join(grid.crs.to_string().split())[:80]}); assign the right one: gdal_edit.py -a_srs EPSG:…"
            )
        return grid

    @property
    def _on_the_globe(self) -> bool:
        """Whether latitudes are some, give or take a pixel, of a grid in degrees."""
        _, south, _, north = self.bounds
        turn = 2 * math.pi / self.crs.units_factor[1] / 4
        beyond = turn + max(self.pixel_size)
        return bool(-beyond <= south and north <= beyond)

    @property
    def window(self) -> Window:
        """The whole grid as a window."""
        return Window(0, 0, self.height, self.width)

    @property
    def shape(self) -> tuple[int, int]:
        return self.height, self.width

    @property
    def pixels(self) -> int:
        return self.height * self.width

    @property
    def pixel_size(self) -> tuple[float, float]:
        """Length of a pixel's (column, row) step in CRS units; also right for rotated grids."""
        t = self.transform
        return (t.a**2 + t.d**2) ** 0.5, (t.b**2 + t.e**2) ** 0.5

    @property
    def pixel_area(self) -> float | None:
        """Area of a pixel in m²; None where the CRS is not projected."""
        if self.crs is None or not self.crs.is_projected:
            return None
        metres = float(self.crs.linear_units_factor[1])
        return float(abs(self.transform.determinant)) * metres**2

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """(min x, min y, max x, max y) over the four corners, in CRS units."""
        corners = [self.transform * (c, r) for c in (0, self.width) for r in (0, self.height)]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return min(xs), min(ys), max(xs), max(ys)

    def covering(self, bounds: tuple[float, float, float, float]) -> Window:
        """The smallest window that holds (min x, min y, max x, max y) in CRS units; may reach outside the grid."""
        west, south, east, north = bounds
        cols, rows = zip(*(~self.transform * (x, y) for x in (west, east) for y in (south, north)), strict=True)
        row, col = math.floor(min(rows)), math.floor(min(cols))
        return Window(row, col, math.ceil(max(rows)) - row, math.ceil(max(cols)) - col)

    def crop(self, window: Window) -> "Grid":
        """The grid of a window of this one."""
        transform = self.transform * Affine.translation(window.col, window.row)
        return Grid(window.height, window.width, transform, self.crs)


@dataclass(frozen=True)
class Tile:
    """`core` is kept and written exactly once; `context` is what the network reads: core and halo, in whole cells.

    Both are in raster pixels; `core` never leaves the planned area and its margin, `context` leaves the raster by less
    than a cell.
    """

    index: int
    core: Window
    context: Window


@dataclass(frozen=True)
class TilePlan:
    """Tiles on a grid anchored at the raster's origin, restricted to an area of the raster.

    `size` and `halo` are multiples of `stride` (the encoder's patch size), so a tile's stem and downsampling cells
    are the same whatever the area or the tile size; and a context ends with the raster, so the network's zero padding
    stands at the raster's edge in every plan: a pixel's embedding does not depend on the plan.

    With a `margin` the tiles at the area's edges hold so many pixels beyond it too, as far as the raster goes: for who
    looks around a pixel of the area afterwards. Those tiles grow by it; there are no more of them. `surround`: pixels
    around every core that are wanted beside it, to be looked at while the tile is there; the halo must hold them.
    """

    raster: tuple[int, int]
    area: Window
    size: int
    halo: int
    stride: int
    margin: int = 0
    surround: int = 0

    def __post_init__(self) -> None:
        if self.size <= 0 or self.size % self.stride or self.halo < 0 or self.halo % self.stride:
            raise ValueError(f"tile {self.size} and halo {self.halo} must be multiples of the patch size {self.stride}")
        if self.margin < 0:
            raise ValueError(f"the margin {self.margin} is below 0")
        if self.area != self.area.intersection(Window(0, 0, *self.raster)):
            raise ValueError(f"the area {self.area} reaches outside the raster of {self.raster} pixels")

    @property
    def reach(self) -> Window:
        """The area and the margin around it: what the cores cover."""
        return self.area.padded(self.margin).intersection(Window(0, 0, *self.raster))

    def wanted(self, tile: Tile) -> Window:
        """The core of a tile and what is wanted around it, as far as the area goes."""
        return tile.core.padded(self.surround).intersection(self.area) if self.surround else tile.core

    @property
    def _rows(self) -> range:
        return range(self.area.row // self.size, -(-self.area.row_end // self.size))

    @property
    def _cols(self) -> range:
        return range(self.area.col // self.size, -(-self.area.col_end // self.size))

    def __len__(self) -> int:
        return len(self._rows) * len(self._cols)

    def __iter__(self) -> Iterator[Tile]:
        index = 0
        for r in self._rows:
            for c in self._cols:
                cell = Window(r * self.size, c * self.size, self.size, self.size)
                core = self._grown(cell.intersection(self.area))
                yield Tile(index, core, self._context(core))
                index += 1

    def _grown(self, core: Window) -> Window:
        """A part of the area with the margin at those of its edges that are the area's."""
        area, reach = self.area, self.reach
        row, col = reach.row if core.row == area.row else core.row, reach.col if core.col == area.col else core.col
        row_end = reach.row_end if core.row_end == area.row_end else core.row_end
        col_end = reach.col_end if core.col_end == area.col_end else core.col_end
        return Window(row, col, row_end - row, col_end - col)

    @property
    def context_pixels(self) -> int:
        """Pixels the network reads for the whole plan; divided by the area's, the overlap factor."""
        heights, widths = self._context_sides
        return sum(heights) * sum(widths)

    @property
    def largest_context(self) -> int:
        """Pixels of the largest context."""
        heights, widths = self._context_sides
        return max(heights) * max(widths)

    @property
    def _context_sides(self) -> tuple[list[int], list[int]]:
        """Heights and widths of the contexts: every row of tiles has one height, every column one width."""
        down = [Window(r * self.size, self.area.col, self.size, 1).intersection(self.area) for r in self._rows]
        across = [Window(self.area.row, c * self.size, 1, self.size).intersection(self.area) for c in self._cols]
        heights = [self._context(self._grown(core)).height for core in down]
        return heights, [self._context(self._grown(core)).width for core in across]

    def _context(self, core: Window) -> Window:
        """`core` plus the halo, grown to whole cells, inside the raster grown to whole cells."""
        cells = Window(0, 0, *map(self._up, self.raster))
        row, col = core.row // self.stride * self.stride, core.col // self.stride * self.stride
        height, width = self._up(core.row_end) - row, self._up(core.col_end) - col
        return Window(row, col, height, width).padded(self.halo).intersection(cells)

    def _up(self, pixels: int) -> int:
        return -(-pixels // self.stride) * self.stride
