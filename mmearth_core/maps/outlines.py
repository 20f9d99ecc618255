"""The verb `outline`: areas of a map, or what is alike enough in a similarity raster, as polygons."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import shapes

from mmearth_core.errors import MMEarthError
from mmearth_core.locks import sole_writer
from mmearth_core.maps.areas import value_names
from mmearth_core.maps.class_map import ClassMap
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.raster.grid import Grid
from mmearth_core.raster.opening import opened, reading
from mmearth_core.raster.writer import TAG_NAMESPACE
from mmearth_core.vectors.writing import check_features_output, write_features

#: Most pixels whose outlines are found at once: they and their polygons are held in memory.
LARGEST = 200_000_000
#: Rows of a raster read at once.
_ROWS = 256


@dataclass(frozen=True)
class OutlineResult:
    """Where the polygons are, and how many."""

    path: Path
    polygons: int
    messages: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join([f"{self.polygons} polygons in {self.path}.", *self.messages])


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
        raise MMEarthError(f"min_pixels must be 1 or more, not {min_pixels}.")
    class_map = None
    if at_least is None:
        class_map = ClassMap.open(raster)
        values, inside, grid = _class_values(class_map, cancel)
    else:
        values, inside, grid = _reaching(Path(raster), at_least, cancel)
    progress.start("Outlining", grid.pixels, "px", grid.pixel_area)
    found: list[tuple[Any, int]] = []
    cancel.check()
    for geometry, value in _areas(values, inside, min_pixels):
        cancel.check()
        found.append((geometry, value))
    if not found:
        wanted = "a class" if at_least is None else f"a value of {at_least:g} or more"
        raise MMEarthError(f"{raster} has no area of {min_pixels} or more pixels with {wanted}; nothing was written.")
    polygons = np.array([geometry for geometry, _ in found], object)
    codes = np.array([value for _, value in found], np.int64)
    pixels = np.rint(shapely.area(polygons)).astype(np.int64)
    polygons = shapely.transform(polygons, lambda xy: np.column_stack(grid.transform * xy.T))
    fields: dict[str, NDArray[Any]] = {"pixels": pixels}
    if class_map is not None:
        names = value_names(class_map, set(codes.tolist()))
        fields = {"value": codes, "class": np.array([names[value] for value in codes.tolist()], object), **fields}
    if grid.pixel_area is not None:
        fields["hectares"] = pixels * grid.pixel_area / 1e4
    cancel.check()
    write_features(path, polygons, "Polygon", grid.crs, fields)
    progress.advance(grid.pixels)
    progress.finish()
    return OutlineResult(path, len(polygons), () if class_map is None else class_map.messages)


def _class_values(class_map: ClassMap, cancel: CancelToken) -> tuple[NDArray[Any], NDArray[np.bool_], Grid]:
    """The values of a class map, and where there is a class."""
    grid = class_map.grid
    _check_raster(class_map.path, grid)
    values, inside = np.zeros(grid.shape, np.int32), np.zeros(grid.shape, bool)
    for window, block in class_map.blocks():
        cancel.check()
        here = np.ones(block.shape, bool) if class_map.nodata is None else block != class_map.nodata
        largest = int(np.abs(block[here].astype(np.int64)).max(initial=0))
        if largest > np.iinfo(np.int32).max:
            raise MMEarthError(f"{class_map.path} has values up to {largest}: it is no map of classes.")
        inside[window.slices] = here
        values[window.slices] = np.where(here, block, 0)
    return values, inside, grid


def _reaching(path: Path, at_least: float, cancel: CancelToken) -> tuple[NDArray[Any], NDArray[np.bool_], Grid]:
    """1 where a raster's first band reaches a value in its own units, else 0; and where that is."""
    with opened(path, wanted="a class map or a similarity raster") as dataset, reading(path, "make it again"):
        if dataset.tags(ns=TAG_NAMESPACE).get("product") == "embedding":
            raise MMEarthError(f"{path} is an embedding; give a class map or a similarity raster.")
        grid = Grid.of(dataset)
        _check_raster(path, grid)
        reached = np.zeros(grid.shape, bool)
        for window in grid.window.parts(_ROWS, grid.width):
            cancel.check()
            band = dataset.read(1, window=window.ranges, masked=True)
            here = band * dataset.scales[0] + dataset.offsets[0] >= at_least
            reached[window.slices] = np.ma.filled(here, False)
    return reached.view(np.uint8), reached, grid


def _check_raster(path: Path, grid: Grid) -> None:
    if grid.crs is None:
        raise MMEarthError(f"{path} has no coordinate reference system; assign one first.")
    if grid.pixels > LARGEST:
        raise MMEarthError(
            f"{path} has {grid.pixels / 1e6:.0f} Mpx, and outlines are found for up to {LARGEST / 1e6:.0f};"
            " cut it first."
        )


def _areas(values: NDArray[Any], inside: NDArray[np.bool_], min_pixels: int) -> Iterator[tuple[Any, int]]:
    """Connected areas of equal values where it is `inside`, in pixel coordinates (column, row)."""
    for geometry, value in shapes(values, mask=inside, connectivity=4):
        area = shapely.geometry.shape(geometry)
        if area.area >= min_pixels:
            yield area, int(value)
