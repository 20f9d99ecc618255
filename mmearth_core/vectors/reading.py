"""Reading vector files: geometries, one field as class names, and the way from their CRS to a raster's pixels.

GeoPackage, GeoJSON, Shapefile, FlatGeobuf and whatever else GDAL reads. Nothing here touches a raster's values.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyproj
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj.exceptions import CRSError

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import Grid
from mmearth_core.wording import printable


@dataclass(frozen=True, eq=False)
class VectorLayer:
    """Features of one layer: `geometries` (2-D, None where absent or unreadable), `fids`, `values` of the field.

    `messages` say what a reader of the file had to assume.
    """

    path: Path
    layer: str
    crs: pyproj.CRS
    geometries: NDArray[Any]
    fids: NDArray[np.int64]
    values: NDArray[Any] | None
    messages: tuple[str, ...] = ()

    def in_pixels(self, grid: Grid) -> NDArray[Any]:
        """The geometries in pixel coordinates of `grid` (column, row; the first pixel's centre is 0.5, 0.5).

        What cannot be transformed gets coordinates that are not finite.
        """
        return _to_pixels(self.geometries, self.crs, grid)


def read_vector(path: str | Path, *, layer: str | None = None, field: str | None = None) -> VectorLayer:
    """Read one layer (the only one with geometries, unless named) and, with `field`, that field.

    Raises `MMEarthError` when the file is missing or unreadable, the layer is ambiguous or absent, it has no CRS, or
    the field is absent.
    """
    path = Path(path)
    if not path.exists():
        raise MMEarthError(f"{path} does not exist; give a vector file.")
    try:
        layer = _choose_layer(path, layer)
        known = [str(name) for name in pyogrio.read_info(path, layer=layer)["fields"]]
        if field is not None and field not in known:
            fields = f"it has {', '.join(known)}" if known else "it has no fields"
            raise MMEarthError(f"{path} has no field {field!r}; {fields}. Name the class field with `field`.")
        meta, fids, wkb, columns = pyogrio.raw.read(
            path, layer=layer, columns=[] if field is None else [field], return_fids=True, force_2d=True
        )
    except (DataSourceError, DataLayerError) as error:
        raise MMEarthError(f"{path} is no vector file that can be read; give a GeoPackage, for example.") from error
    if not meta["crs"]:
        raise MMEarthError(
            f"{path} has no coordinate system; assign the right one (in QGIS: Set Layer CRS) and save it."
        )
    try:
        crs = pyproj.CRS.from_user_input(meta["crs"])
    except CRSError as error:
        raise MMEarthError(f"{path} has a coordinate system that is not understood ({error}).") from error
    geometries = shapely.from_wkb(wkb, on_invalid="ignore")
    return VectorLayer(path, layer, crs, geometries, fids, columns[0] if columns else None)


def class_names(layer: VectorLayer, field: str) -> list[str | None]:
    """The class name of every feature; None where it is null or blank. Integers (also as decimals: 3.0) become "3".

    Raises `MMEarthError` when the field holds anything but text or integers.
    """
    values = layer.values
    if values is None:
        raise ValueError("the layer was read without a field")
    if values.dtype.kind in "iub":
        return [str(v) for v in values.tolist()]
    if values.dtype.kind == "f":
        known = values[~np.isnan(values)]
        if not np.array_equal(known, np.rint(known)):
            raise MMEarthError(
                f"{layer.path}: the field {field!r} holds decimal numbers, not classes; use a text or integer field."
            )
        return [None if np.isnan(v) else str(int(v)) for v in values.tolist()]
    if values.dtype.kind == "O" and all(v is None or isinstance(v, str) for v in values):
        return [printable(v) or None for v in values]
    raise MMEarthError(
        f"{layer.path}: the field {field!r} holds neither text nor integers; choose another with `field`."
    )


def lonlat_extent(bounds: tuple[float, float, float, float], crs: Any) -> str:
    """An extent as a reader compares it: "lon -4.20 … -4.02, lat 52.37 … 52.44"."""
    transformer = pyproj.Transformer.from_crs(pyproj.CRS.from_user_input(crs), "EPSG:4326", always_xy=True)
    west, south, east, north = transformer.transform_bounds(*bounds)
    return f"lon {west:.2f} … {east:.2f}, lat {south:.2f} … {north:.2f}"


def in_degrees(geometries: NDArray[Any], grid: Grid) -> NDArray[Any]:
    """Geometries in pixel coordinates of `grid`, in degrees of WGS 84 as (longitude, latitude)."""
    to_degrees = pyproj.Transformer.from_crs(pyproj.CRS.from_user_input(grid.crs), "EPSG:4326", always_xy=True)

    def convert(pixels: NDArray[np.float64]) -> NDArray[np.float64]:
        at: Any = pixels.T
        return np.column_stack(to_degrees.transform(*(grid.transform * at)))

    placed: NDArray[Any] = shapely.transform(geometries, convert)
    return placed


def _choose_layer(path: Path, layer: str | None) -> str:
    layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    listed = ", ".join(layers)
    if layer is not None:
        if layer not in layers:
            raise MMEarthError(f"{path} has no layer {layer!r} with geometries; it has: {listed or 'none'}.")
        return layer
    if not layers:
        raise MMEarthError(f"{path} has no layer with geometries.")
    if len(layers) > 1:
        raise MMEarthError(f"{path} has several layers ({listed}); choose one with `layer`.")
    return layers[0]


def _to_pixels(geometries: NDArray[Any], crs: pyproj.CRS, grid: Grid) -> NDArray[Any]:
    target = pyproj.CRS.from_user_input(grid.crs)
    transformer = (
        None if crs.equals(target, ignore_axis_order=True) else pyproj.Transformer.from_crs(crs, target, always_xy=True)
    )
    inverse = ~grid.transform

    def convert(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = coordinates.T
        if transformer is not None:
            x, y = transformer.transform(x, y)
        lost = ~(np.isfinite(x) & np.isfinite(y))
        x, y = np.where(lost, 0, x), np.where(lost, 0, y)
        # Infinite, not NaN: a ring whose ends are not equal is no ring.
        return np.column_stack([np.where(lost, np.inf, column) for column in inverse * (x, y)])

    pixels: NDArray[Any] = shapely.transform(geometries, convert)
    return pixels
