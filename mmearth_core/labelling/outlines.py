"""The verb `outline`: areas of a map, or what is alike enough in a similarity raster, as polygons."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.features import shapes

from mmearth_core.errors import MMEarthError
from mmearth_core.labelling.areas import value_names
from mmearth_core.labelling.features import check_features_output, write_features
from mmearth_core.labelling.maps import ClassMap
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.raster.grid import Grid
from mmearth_core.raster.writer import TAG_NAMESPACE

#: Most pixels whose outlines are found at once: they and their polygons are held in memory.
LARGEST = 200_000_000


@dataclass(frozen=True)
class OutlineResult:
    """Where the polygons are, and how many."""

    path: Path
    polygons: int

    def __str__(self) -> str:
        return f"{self.polygons} polygons in {self.path}."


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
    values, names, grid = _class_values(raster) if at_least is None else _reaching(raster, at_least)
    progress.start("Outlining", grid.pixels, "px", grid.pixel_area)
    found: list[tuple[Any, int]] = []
    for geometry, value in _areas(values, min_pixels):
        cancel.check()
        found.append((geometry, value))
    if not found:
        wanted = "a class" if at_least is None else f"a value of {at_least:g} or more"
        raise MMEarthError(f"{raster} has no area of {min_pixels} or more pixels with {wanted}; nothing was written.")
    polygons = np.array([geometry for geometry, _ in found], object)
    codes = np.array([value for _, value in found], np.int64)
    pixels = np.rint(shapely.area(polygons)).astype(np.int64)
    t = grid.transform
    to_ground = np.array([[t.a, t.d], [t.b, t.e]])
    polygons = shapely.transform(polygons, lambda xy: xy @ to_ground + (t.c, t.f))
    fields: dict[str, NDArray[Any]] = {"pixels": pixels}
    if names:
        fields = {"value": codes, "class": np.array([names[value] for value in codes.tolist()], object), **fields}
    if grid.pixel_area is not None:
        fields["hectares"] = pixels * grid.pixel_area / 1e4
    cancel.check()
    write_features(path, polygons, "Polygon", grid.crs, fields)
    progress.advance(grid.pixels)
    progress.finish()
    return OutlineResult(path, len(polygons))


def _class_values(path: str | Path) -> tuple[NDArray[Any], dict[int, str], Grid]:
    """The values of a class map, 0 where there is none, and the name of each."""
    class_map = ClassMap.open(path)
    _check_size(path, class_map.grid.pixels)
    values = np.zeros(class_map.grid.shape, np.int32)
    for window, block in class_map.blocks():
        values[window.slices] = block
    if class_map.nodata is not None:
        values[values == class_map.nodata] = 0
    return values, value_names(class_map, np.unique(values[values != 0]).tolist()), class_map.grid


def _reaching(path: str | Path, at_least: float) -> tuple[NDArray[Any], dict[int, str], Grid]:
    """1 where a raster's first band reaches a value in its own units, else 0."""
    path = Path(path)
    if not path.exists():
        raise MMEarthError(f"{path} does not exist; give a raster.")
    with rasterio.open(path) as dataset:
        if dataset.tags(ns=TAG_NAMESPACE).get("product") == "embedding":
            raise MMEarthError(f"{path} is an embedding; give a class map or a similarity raster.")
        _check_size(path, dataset.width * dataset.height)
        band = dataset.read(1, masked=True)
        reached = np.ma.filled(band * dataset.scales[0] + dataset.offsets[0] >= at_least, False)
        return reached.astype(np.int32), {}, Grid(dataset.height, dataset.width, dataset.transform, dataset.crs)


def _check_size(path: str | Path, pixels: int) -> None:
    if pixels > LARGEST:
        raise MMEarthError(
            f"{path} has {pixels / 1e6:.0f} Mpx, and outlines are found for up to {LARGEST / 1e6:.0f}; cut it first."
        )


def _areas(values: NDArray[Any], min_pixels: int) -> Iterator[tuple[Any, int]]:
    """Connected areas of equal values but 0, in pixel coordinates (column, row)."""
    for geometry, value in shapes(values, mask=values != 0, connectivity=4):
        area = shapely.geometry.shape(geometry)
        if area.area >= min_pixels:
            yield area, int(value)
