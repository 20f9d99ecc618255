"""Places that were clicked grow into one shape: what a map tool shows at every turn of the wheel.

Everything comes from the embedding around the place; what is kept between calls is only there to answer sooner.
"""

import importlib
import math
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.features import shapes

from mmearth_core.errors import MMEarthError
from mmearth_core.labelling.growing.ground import TILE, Tiles
from mmearth_core.labelling.growing.region import Likeness, Region
from mmearth_core.labelling.live import LiveSet, View
from mmearth_core.maps.areas import pixel_areas, pixel_polygon_areas
from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.opening import is_local
from mmearth_core.raster.placing import holds, in_pixels, moved_to
from mmearth_core.records import Rule
from mmearth_core.sources.stack import Stack

#: Side in pixels of the ground around a place that it can grow in. It moves with the place by whole tiles.
SIDE = 2 * TILE
#: Side in pixels of the squares of ground that are read ahead one after the other: those of AlphaEarth's blocks.
_SQUARE = 4 * TILE
#: What a step multiplies the tolerance with, and how many steps there are in each direction.
STEP, MOST_STEPS = 1.1, 63
#: Places whose surroundings are remembered.
_HELD = 8

Bounded = Literal["view", "size"]


@dataclass(frozen=True)
class Seed:
    """A place to grow from, and how many steps more (or less) tolerant than usual."""

    x: float
    y: float
    step: Annotated[int, Rule(lambda step: abs(step) <= MOST_STEPS, f"must be within ±{MOST_STEPS}")] = 0


@dataclass(frozen=True)
class Grown:
    """What the places grew into: `shape` is hexadecimal WKB, a polygon or several, in `crs` (WKT).

    `area` is in m², `filled` counts pixels of filled holes. `bounded` says what ended it before the ground did: the
    view, or the `SIDE` of what is looked at; None where nothing did.
    """

    shape: str
    crs: str
    pixels: int
    area: float
    parts: int
    filled: int
    bounded: Bounded | None


@dataclass(frozen=True)
class ReadAhead:
    """How many tiles a click into a view may need (`wanted`; 0 where nothing is read ahead), and of these are held."""

    held: int
    wanted: int


@dataclass(eq=False)
class Growing:
    """Grows places of a working set. May be called from several threads."""

    live: LiveSet
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _tiles: tuple[Stack, Tiles] | None = None
    _like: OrderedDict[tuple[int, Window, tuple[int, int]], Likeness] = field(default_factory=OrderedDict)

    def grow(
        self, seeds: Sequence[Seed], view: View, *, crs: str | None = None, holes: int = 0, cancel: CancelToken
    ) -> Grown:
        """The shape that `seeds` grow into inside of a view, in the place of the working set that fills most of it.

        `crs` is that of the seeds, by default the embedding's. Holes of at most `holes` pixels are filled. Raises
        `MMEarthError` when there is no seed, or one lies where no embedding is.
        """
        if not seeds:
            raise MMEarthError("There is no place to grow from; click one.")
        if holes < 0:
            raise MMEarthError(f"`holes={holes}` is no size of holes to fill; choose 0 or more pixels.")
        place, seen, _ = self.live.in_view(view)
        stack = place.stack
        with self._lock:
            regions = [self._region(stack, seed, seen, crs, holes, cancel) for seed in seeds]
        shape = _joined([(window, region.mask) for window, region, _ in regions])
        area = pixel_polygon_areas(np.array([shape]), pixel_areas(stack.grid))
        placed = shapely.transform(shape, lambda xy: np.column_stack(stack.grid.transform * xy.T))
        bounds = [bounded for *_, bounded in regions]
        return Grown(
            shape=shapely.to_wkb(placed, hex=True, byte_order=1),
            crs=stack.grid.crs.to_wkt(),
            pixels=round(shape.area),
            area=float(area[0]),
            parts=len(shapely.get_parts(shape)),
            filled=sum(region.filled for _, region, _ in regions),
            bounded="size" if "size" in bounds else "view" if "view" in bounds else None,
        )

    def read_ahead(self, view: View, *, cancel: CancelToken) -> ReadAhead:
        """Have the ground ready that a click into a view needs, the middle first, as far as tiles are kept.

        A click meanwhile need not wait for it. Files that are not local are not read: nobody asked for what they cost.
        """
        place, seen, _ = self.live.in_view(view)
        if not seen or not all(is_local(str(file)) for file in place.stack.files):
            return ReadAhead(0, 0)
        importlib.import_module("scipy.ndimage")  # slow to load, and the first click needs it
        wanted = _under(seen, place.stack.grid)
        with self._lock:
            tiles = self._tiles_of(place.stack)
        return ReadAhead(tiles.read_ahead(wanted, cancel), len(wanted))

    def _region(
        self, stack: Stack, seed: Seed, seen: Window, crs: str | None, holes: int, cancel: CancelToken
    ) -> tuple[Window, Region, Bounded | None]:
        """What one place grows into, the window it is in, and what bounds it."""
        pixel = _pixel_of(stack.grid, seed, crs)
        window = _around(pixel, stack.grid)
        like = self._likeness(stack, window, pixel, seed, cancel)
        cancel.check()
        # A place that has gone out of sight is still in reach.
        in_sight = _with(seen, pixel).intersection(window)
        allowed = np.zeros((window.height, window.width), bool)
        allowed[in_sight.relative_to(window).slices] = True
        ends = _ends(window, stack.grid)
        region = like.region(like.usual_tolerance * STEP**seed.step, allowed=allowed, ends=ends, holes=holes)
        if not region.open_at:
            return window, region, None
        return window, region, "size" if (region.mask & ends).any() else "view"

    def _likeness(
        self, stack: Stack, window: Window, pixel: tuple[int, int], seed: Seed, cancel: CancelToken
    ) -> Likeness:
        """How like a place the ground around it is, worked out anew unless it was lately."""
        key = id(stack), window, pixel
        held = self._like.pop(key, None)
        if held is None:
            ground = self._tiles_of(stack).around(window, cancel)
            unlike = ground.unlikeness(pixel)
            if unlike is None:
                raise MMEarthError(
                    f"The place {seed.x:.10g},{seed.y:.10g} has no embedding in {stack.name} (no-data); choose another."
                )
            held = Likeness(unlike, (pixel[0] - window.row, pixel[1] - window.col))
        self._like[key] = held
        while len(self._like) > _HELD:
            self._like.popitem(last=False)
        return held

    def _tiles_of(self, stack: Stack) -> Tiles:
        if self._tiles is None or self._tiles[0] is not stack:
            self._tiles = stack, Tiles(stack)
        return self._tiles[1]


def _pixel_of(grid: Grid, seed: Seed, crs: str | None) -> tuple[int, int]:
    """The pixel (row, column) that holds a place. Raises `MMEarthError` when none does."""
    xy = (seed.x, seed.y) if crs is None else moved_to(grid, (seed.x, seed.y), crs)
    if not holds(grid, xy):
        raise MMEarthError("This place is outside the embedding; click inside of it.")
    column, row = in_pixels(grid, *xy)
    return int(row), int(column)


def _around(pixel: tuple[int, int], grid: Grid) -> Window:
    """The ground that a pixel can grow in: it is at least half a tile away from where that ends."""
    row, col = ((each - TILE // 2) // TILE * TILE for each in pixel)
    return Window(row, col, SIDE, SIDE).intersection(grid.window)


def _under(seen: Window, grid: Grid) -> list[Window]:
    """The tiles that places in a window grow in, those of one square of `_SQUARE` together, near its middle first."""
    first, last = (_around(pixel, grid) for pixel in ((seen.row, seen.col), (seen.row_end - 1, seen.col_end - 1)))
    ground = Window(first.row, first.col, last.row_end - first.row, last.col_end - first.col)
    middle = seen.row + seen.height / 2, seen.col + seen.width / 2

    def away(tile: Window) -> float:
        return math.hypot(tile.row + TILE / 2 - middle[0], tile.col + TILE / 2 - middle[1])

    squares: dict[tuple[int, int], list[Window]] = {}
    for tile in sorted(ground.parts(TILE, TILE), key=away):
        squares.setdefault((tile.row // _SQUARE, tile.col // _SQUARE), []).append(tile)
    return [tile for square in squares.values() for tile in square]


def _with(window: Window, pixel: tuple[int, int]) -> Window:
    """A window that holds a pixel too."""
    row, col = pixel
    if not window:
        return Window(row, col, 1, 1)
    top, left = min(window.row, row), min(window.col, col)
    return Window(top, left, max(window.row_end, row + 1) - top, max(window.col_end, col + 1) - left)


def _ends(window: Window, grid: Grid) -> NDArray[np.bool_]:
    """(height, width): the pixels of a window at a side behind which the grid goes on."""
    found = np.zeros((window.height, window.width), bool)
    found[0] |= window.row > 0
    found[-1] |= window.row_end < grid.height
    found[:, 0] |= window.col > 0
    found[:, -1] |= window.col_end < grid.width
    return found


def _joined(masks: Sequence[tuple[Window, NDArray[np.bool_]]]) -> Any:
    """The pixels of all masks as one shape in pixel coordinates (column, row)."""
    parts = []
    for window, mask in masks:
        moved = Affine.translation(window.col, window.row)
        for geometry, _ in shapes(mask.astype(np.uint8), mask=mask, connectivity=4, transform=moved):
            rings = [np.asarray(ring, np.float64) for ring in geometry["coordinates"]]
            parts.append(shapely.Polygon(rings[0], rings[1:]))
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)
