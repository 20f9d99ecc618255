"""Places that were clicked grow into one shape: what a map tool shows at every turn of the wheel.

Everything comes from the embedding around the place; what is kept between calls is only there to answer sooner.
"""

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
from mmearth_core.labelling.growing.region import Region, grown, neighbour_spread, unlikeness, usual_tolerance
from mmearth_core.labelling.live import LiveSet, View
from mmearth_core.labelling.scoring import decoded
from mmearth_core.maps.areas import pixel_areas, pixel_polygon_areas
from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.opening import bounded_cache
from mmearth_core.raster.placing import holds, in_pixels, moved_to
from mmearth_core.records import Rule
from mmearth_core.sources.stack import Pixels, Stack

#: Side in pixels of the ground around a place that it can grow in, and the steps by which that ground moves with the
#: place: places close together share it, and what was read of it.
SIDE, MOVES = 512, 128
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


@dataclass(frozen=True, eq=False)
class _Ground:
    """What was read around a place: the pixels of a window, and the spread (bands,) of each slot there."""

    window: Window
    pixels: Pixels
    spread: tuple[NDArray[np.float64], ...]


@dataclass(eq=False)
class Growing:
    """Grows places of a working set. May be called from several threads."""

    live: LiveSet
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ground: tuple[Stack, _Ground] | None = None
    _unlike: OrderedDict[tuple[int, Window, tuple[int, int]], tuple[NDArray[np.float32], float]] = field(
        default_factory=OrderedDict
    )

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

    def _region(
        self, stack: Stack, seed: Seed, seen: Window, crs: str | None, holes: int, cancel: CancelToken
    ) -> tuple[Window, Region, Bounded | None]:
        """What one place grows into, the window it is in, and what bounds it."""
        pixel = _pixel_of(stack.grid, seed, crs)
        ground = self._ground_of(stack, pixel, cancel)
        window = ground.window
        place = pixel[0] - window.row, pixel[1] - window.col
        unlike, usual = self._unlike_of(stack, ground, place, seed)
        cancel.check()
        # A place that has gone out of sight is still in reach.
        in_sight = _with(seen, pixel).intersection(window)
        allowed = np.zeros(unlike.shape, bool)
        allowed[in_sight.relative_to(window).slices] = True
        ends = _ends(window, stack.grid)
        region = grown(unlike, place, usual * STEP**seed.step, allowed=allowed, ends=ends, holes=holes)
        if not region.open_at:
            return window, region, None
        return window, region, "size" if (region.mask & ends).any() else "view"

    def _ground_of(self, stack: Stack, pixel: tuple[int, int], cancel: CancelToken) -> _Ground:
        """What is around a pixel (row, column), read anew unless it was the last."""
        window = _around(pixel, stack.grid)
        held = self._ground
        if held is not None and held[0] is stack and held[1].window == window:
            return held[1]
        self._ground = None
        with bounded_cache(), stack.reader() as reader:
            pixels = reader.read(window)
        cancel.check()
        spread = tuple(
            np.zeros(0) if image is None else neighbour_spread(*_numbers(stack, pixels, index))
            for index, image in enumerate(stack.images)
        )
        ground = _Ground(window, pixels, spread)
        self._ground = stack, ground
        return ground

    def _unlike_of(
        self, stack: Stack, ground: _Ground, place: tuple[int, int], seed: Seed
    ) -> tuple[NDArray[np.float32], float]:
        """How unlike a place every pixel around it is: the root mean square over the slots that both have; and the
        tolerance to begin with."""
        key = id(stack), ground.window, place
        held = self._unlike.pop(key, None)
        if held is None:
            slots = [index for index, valid in enumerate(ground.pixels.valid) if valid[place]]
            if not slots:
                raise MMEarthError(
                    f"The place {seed.x:.10g},{seed.y:.10g} has no embedding in {stack.name} (no-data); choose another."
                )
            total, counted = np.zeros(ground.pixels.shape, np.float32), np.zeros(ground.pixels.shape, np.float32)
            for index in slots:
                numbers, valid = _numbers(stack, ground.pixels, index)
                unlike = unlikeness(numbers, valid, place, ground.spread[index])
                total += np.where(valid, np.square(unlike), 0)
                counted += valid
            with np.errstate(divide="ignore", invalid="ignore"):
                unlike = np.where(counted > 0, np.sqrt(total / counted), np.float32(np.inf))
            held = unlike, usual_tolerance(unlike)
        self._unlike[key] = held
        while len(self._unlike) > _HELD:
            self._unlike.popitem(last=False)
        return held


def _numbers(stack: Stack, pixels: Pixels, index: int) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """The numbers (bands, height, width) of a slot, 0 where it has none, and where it has some. Where values are linear
    in the numbers these are as good, for all is told in units of a band's own spread."""
    image, valid = stack.images[index], pixels.valid[index]
    if image is None:
        raise ValueError("a slot without an image has no numbers")
    numbers = decoded(image, pixels.stored[index])
    if not valid.all():
        numbers[:, ~valid] = 0
    return numbers, valid


def _pixel_of(grid: Grid, seed: Seed, crs: str | None) -> tuple[int, int]:
    """The pixel (row, column) that holds a place. Raises `MMEarthError` when none does."""
    xy = (seed.x, seed.y) if crs is None else moved_to(grid, (seed.x, seed.y), crs)
    if not holds(grid, xy):
        raise MMEarthError(f"The place {seed.x:.10g},{seed.y:.10g} is outside the embedding; click inside of it.")
    column, row = in_pixels(grid, *xy)
    return int(row), int(column)


def _around(pixel: tuple[int, int], grid: Grid) -> Window:
    """The ground that a pixel can grow in: it is at least `SIDE` / 2 − `MOVES` away from where that ends."""
    row, col = ((each - SIDE // 2 + MOVES // 2) // MOVES * MOVES for each in pixel)
    return Window(row, col, SIDE, SIDE).intersection(grid.window)


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
