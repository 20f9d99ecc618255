"""The verb `outline`: areas of a map, or what is alike enough in a similarity raster, as polygons."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.files import workshop
from mmearth_core.kinds import check_kind
from mmearth_core.locks import sole_writer
from mmearth_core.maps.areas import pixel_areas, pixel_polygon_areas, value_names
from mmearth_core.maps.class_map import ClassMap
from mmearth_core.maps.coding import coded, drawing
from mmearth_core.maps.tracing import traced
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.raster.grid import Grid
from mmearth_core.raster.opening import bounded_cache, opened, reading
from mmearth_core.vectors.writing import check_features_output, write_features
from mmearth_core.wording import counted

#: Most pixels whose outlines are found at once: the polygons are held in memory, as WKB.
LARGEST = 200_000_000
#: Rows of a raster read at once.
_ROWS = 256
#: Polygons measured and converted at once.
_AT_ONCE = 4096


@dataclass(frozen=True)
class OutlineResult:
    """Where the polygons are, and how many."""

    path: Path
    polygons: int
    messages: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join([f"{counted(self.polygons, 'polygon')} in {self.path}.", *self.messages])


@sole_writer("output")
def outline(
    *,
    raster: str | Path,
    output: str | Path,
    at_least: float | None = None,
    min_pixels: int = 1,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> OutlineResult:
    """Write the areas of a class map as polygons with their class, or those of a raster that reach a value.

    Args:
        raster: Class map, or any raster (its first band) with at_least.
        output: The polygons to write: .gpkg, .geojson, .shp or .fgb.
        at_least: Value that a pixel must reach, in the raster's own units, e.g. a similarity of 0.8; by default the
            raster is a class map.
        min_pixels: Areas of fewer pixels are left out; 1 keeps all.
        overwrite: Replace an output that exists.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: The raster is unusable or too large, or no pixel is left.
    """
    progress, cancel = progress or Silent(), cancel or CancelToken()
    path = check_features_output(output, overwrite=overwrite, inputs=(raster,))
    if min_pixels < 1:
        raise MMEarthError(f"`min_pixels={min_pixels}` is no size; choose 1 or more.")
    class_map = ClassMap.open(raster) if at_least is None else None
    with bounded_cache(), workshop(path) as folder:
        draft = folder / "draft.tif"
        if class_map is not None:
            grid = class_map.grid
            _check_raster(class_map.path, grid)
            table = coded(class_map, draft, cancel).values
        elif at_least is not None:
            grid, table = _draw_reaching(Path(raster), at_least, draft, cancel)
        progress.start("Outlining", grid.pixels, "px", grid.pixel_area)
        cancel.check()
        traces = _Traces(grid)
        for polygon, code in traced(draft, cancel):
            if polygon.area >= min_pixels:
                traces.add(polygon, code)
        traces.settle()
    if not traces.wkb:
        wanted = "a class" if at_least is None else f"a value of {at_least:g} or more"
        raise MMEarthError(
            f"{raster} has no area of {min_pixels} or more pixels with {wanted}; choose fewer or others."
        )
    codes, pixels = table[np.array(traces.codes, np.int64)], np.array(traces.pixels, np.int64)
    fields: dict[str, NDArray[Any]] = {"pixels": pixels}
    if class_map is not None:
        names = value_names(class_map, set(codes.tolist()))
        fields = {"value": codes, "class": np.array([names[value] for value in codes.tolist()], object), **fields}
    fields["hectares"] = np.array(traces.square_metres) / 1e4
    cancel.check()
    write_features(path, np.array(traces.wkb, object), "Polygon", grid.crs, fields)
    progress.advance(grid.pixels)
    progress.finish()
    return OutlineResult(path, len(codes), () if class_map is None else class_map.messages)


def _draw_reaching(path: Path, at_least: float, draft: Path, cancel: CancelToken) -> tuple[Grid, NDArray[np.int64]]:
    """Draw 1 where a raster's first band reaches a value in its own units, 0 elsewhere, into a file; the grid, and the
    value of each code."""
    check_kind(path, "similarity", "map", "confidence", "distance")
    with opened(path, wanted="a class map or a similarity raster") as dataset, reading(path, "make it again"):
        grid = Grid.of(dataset)
        _check_raster(path, grid)
        with drawing(draft, grid, "uint8") as drawn:
            for window in grid.window.parts(_ROWS, grid.width):
                cancel.check()
                band = dataset.read(1, window=window.ranges, masked=True)
                here = band * dataset.scales[0] + dataset.offsets[0] >= at_least
                drawn.write(np.ma.filled(here, False).astype(np.uint8), 1, window=window.ranges)
    return grid, np.array([0, 1], np.int64)


def _check_raster(path: Path, grid: Grid) -> None:
    if grid.crs is None:
        raise MMEarthError(f"{path} has no coordinate reference system; assign one first.")
    if grid.pixels > LARGEST:
        raise MMEarthError(
            f"{path} has {grid.pixels / 1e6:.0f} Mpx, and outlines are found for up to {LARGEST / 1e6:.0f};"
            " cut it first."
        )


class _Traces:
    """Polygons as they are written, WKB in the CRS, and their sizes: a fraction of the memory of polygons at hand."""

    def __init__(self, grid: Grid) -> None:
        self.wkb: list[bytes] = []
        self.codes: list[int] = []
        self.pixels: list[int] = []
        self.square_metres: list[float] = []
        self._grid, self._row_areas = grid, pixel_areas(grid)
        self._waiting: list[Any] = []

    def add(self, polygon: Any, code: int) -> None:
        """Take a polygon in pixel coordinates."""
        self._waiting.append(polygon)
        self.codes.append(code)
        if len(self._waiting) >= _AT_ONCE:
            self.settle()

    def settle(self) -> None:
        """Measure and convert what waits for it."""
        polygons = np.array(self._waiting, object)
        self._waiting = []
        if not len(polygons):
            return
        self.pixels += np.rint(shapely.area(polygons)).astype(np.int64).tolist()
        self.square_metres += pixel_polygon_areas(polygons, self._row_areas).tolist()
        placed = shapely.transform(polygons, lambda xy: np.column_stack(self._grid.transform * xy.T))
        self.wkb += shapely.to_wkb(placed).tolist()
