"""Reading vector files: geometries, one field as class names, and the way from their CRS to a raster's pixels.

GeoPackage, GeoJSON, Shapefile, FlatGeobuf and whatever else GDAL reads. Nothing here touches a raster's values.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyproj
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj.exceptions import CRSError, ProjError

from mmearth_core.errors import MMEarthError
from mmearth_core.kinds import check_kind
from mmearth_core.raster.grid import Grid
from mmearth_core.vectors.locating import choose_layer, codec_of, is_utf8, locate, misread_utf8
from mmearth_core.vectors.longitudes import turn_of, turned
from mmearth_core.wording import printable

#: Layers of more features are filtered by the extent of the raster before they are read.
MANY = 10_000
#: A whole number as tables write it that hold numbers: "3.0".
_WHOLE_DECIMAL = re.compile(r"^([+-]?\d+)\.0+$")


@dataclass(frozen=True, eq=False)
class VectorLayer:
    """Features of one layer: `geometries` (2-D, None where absent or unreadable), `fids`, `values` of the field.

    `beside` has the values of further fields that were asked for and are there, by name. `messages` say what a reader
    of the file had to assume; `skipped` features far from the raster were not read.
    """

    path: Path
    layer: str
    crs: pyproj.CRS
    geometries: NDArray[Any]
    fids: NDArray[np.int64]
    values: NDArray[Any] | None
    messages: tuple[str, ...] = ()
    skipped: int = 0
    beside: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def in_pixels(self, grid: Grid) -> NDArray[Any]:
        """The geometries in pixel coordinates of `grid` (column, row; the first pixel's centre is 0.5, 0.5).

        What cannot be transformed gets coordinates that are not finite.
        """
        inverse = ~grid.transform

        def convert(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
            lost = np.asarray(~np.isfinite(coordinates).all(axis=1))
            at: Any = np.where(lost[:, None], 0, coordinates).T
            moved: Any = inverse * at
            return np.column_stack([np.where(lost, np.inf, column) for column in moved])

        pixels: NDArray[Any] = shapely.transform(in_crs_of(self, grid), convert)
        return pixels


def read_vector(
    path: str | Path,
    *,
    layer: str | None = None,
    field: str | None = None,
    within: Grid | None = None,
    beside: Collection[str] = (),
) -> VectorLayer:
    """Read one layer (the only one with geometries, unless named) and, with `field`, that field.

    Fields named in `beside` are read in the same go where the layer has them.

    `path` may be a zip, or GDAL's name of a file in one (/vsizip/…). Of a layer of more than `MANY` features only those
    `within` the extent of a raster are read; the others are counted in `skipped`. Texts of shapefiles that do not say
    their encoding are taken for UTF-8 where they are that.
    Raises `MMEarthError` when the file is missing or unreadable, the layer is ambiguous or absent, it has no CRS, the
    field is absent, the coordinates are not those of the CRS, or a large layer has nothing `within`.
    """
    check_kind(path, "vector file")
    try:
        return _read(path, layer, field, within, beside)
    except UnicodeDecodeError:
        pass
    try:
        return _read(path, layer, field, within, beside, untrue=True)
    except UnicodeDecodeError as error:
        raise MMEarthError(f"{path} is no vector file that can be read; give a GeoPackage, for example.") from error


def _read(
    path: str | Path,
    layer: str | None,
    field: str | None,
    within: Grid | None,
    beside: Collection[str],
    *,
    untrue: bool = False,
) -> VectorLayer:
    """As `read_vector`, which raises `UnicodeDecodeError` too; `untrue`: a shapefile says UTF-8, and is not."""
    source = locate(path, layer)
    path = Path(path)
    try:
        layer = choose_layer(path, source)
        info = pyogrio.read_info(source.name, layer=layer, force_total_bounds=True)
        shapefile, encoding = info["driver"] == "ESRI Shapefile", str(info["encoding"])
        # Every byte is a letter of it, so that what the texts are can be found out.
        untold = untrue or (not source.says_encoding and codec_of(encoding) != "utf-8")
        raw = "ISO-8859-1" if shapefile and untold else None
        if raw is not None:
            info = pyogrio.read_info(source.name, layer=layer, encoding=raw, force_total_bounds=True)
        crs = _understood(path, info["crs"])
        box = None if within is None or info["features"] <= MANY else _box_within(within, crs, info["total_bounds"])
        known = [str(name) for name in info["fields"]]
        assumed = None if raw is None else "cp1252" if untrue else codec_of(encoding)
        wanted = dict(zip(_decoded(known, assumed)[0], known, strict=True))
        if field is not None and field not in wanted:
            fields = f"it has {', '.join(wanted)}" if known else "it has no fields"
            raise MMEarthError(f"{path} has no field {field!r}; {fields}. Name the class field with `field`.")
        further = [name for name in beside if name in known]
        meta, fids, wkb, columns = pyogrio.raw.read(
            source.name,
            layer=layer,
            columns=[*([] if field is None else [wanted[field]]), *further],
            bbox=box,
            encoding=raw,
            return_fids=True,
            force_2d=True,
        )
    except UnboundLocalError as error:  # pyogrio's own, where GDAL cannot word a coordinate system
        raise MMEarthError(f"{path} has a damaged coordinate system (.prj); save it again with one.") from error
    except (DataSourceError, DataLayerError) as error:
        raise MMEarthError(f"{path} is no vector file that can be read; give a GeoPackage, for example.") from error
    if box is not None and within is not None and not len(fids):
        raise MMEarthError(
            f"{path} lies in another place ({lonlat_extent(info['total_bounds'], crs)}) than the raster"
            f" ({lonlat_extent(within.bounds, within.crs)}); check their coordinate system."
        )
    geometries = _finite(shapely.from_wkb(wkb, on_invalid="ignore"))
    _check_degrees(path, crs, geometries)
    columns = dict(zip(map(str, meta["fields"]), columns, strict=True))
    values, messages = None if field is None else columns[wanted[field]], list[str]()
    if values is not None and values.dtype.kind == "O":
        texts, certain = _decoded(values.tolist(), assumed)
        values = np.array([*texts, None], object)[:-1]
        messages = [] if certain else [_garbled(path, str(assumed), untrue=untrue)]
        meant = misread_utf8(values.tolist()) if shapefile and raw is None else None
        if meant is not None:
            values = np.array([*meant, None], object)[:-1]
            messages.append(f"{path.name} says another encoding than its texts have, which are read as UTF-8")
    skipped = 0 if box is None else info["features"] - len(fids)
    there = {name: columns[name] for name in further}
    return VectorLayer(path, layer, crs, geometries, fids, values, tuple(messages), skipped, there)


def _decoded(texts: list[Any], assumed: str | None) -> tuple[list[Any], bool]:
    """Texts whose letters stand for bytes, as they are meant, and whether that is certain; `assumed` None: as they are.

    UTF-8 where all of them are that (whose last letter may be cut off), `assumed` otherwise.
    """
    if assumed is None:
        return texts, True
    raw = [text.encode("latin-1") if isinstance(text, str) else None for text in texts]
    certain = all(each is None or is_utf8(each) for each in raw)
    codec, errors = ("utf-8", "ignore") if certain else (assumed, "replace")
    return [each if each is None else each.decode(codec, errors) for each in raw], certain


def _garbled(path: Path, assumed: str, *, untrue: bool) -> str:
    said = "says that its texts are UTF-8, which they are not" if untrue else "does not say how its texts are encoded"
    return (
        f"{path.name} {said}; they are read as {assumed}. If names look garbled, put a"
        f" file {path.stem}.cpg beside it that holds the name of the encoding, such as GBK"
    )


def _understood(path: Path, crs: str | None) -> pyproj.CRS:
    if not crs:
        raise MMEarthError(
            f"{path} has no coordinate system; assign the right one (in QGIS: Set Layer CRS) and save it."
        )
    try:
        return pyproj.CRS.from_user_input(crs)
    except CRSError as error:
        raise MMEarthError(
            f"{path} has a coordinate system that is not understood ({error}); assign another."
        ) from error


def _finite(geometries: NDArray[Any]) -> NDArray[Any]:
    """The geometries, None for those with a coordinate that is no number."""
    coordinates, index = shapely.get_coordinates(geometries, return_index=True)
    made = geometries.copy()
    made[np.unique(index[~np.isfinite(coordinates).all(axis=1)])] = None
    return made


def _check_degrees(path: Path, crs: pyproj.CRS, geometries: NDArray[Any]) -> None:
    """Refuse metres that are said to be degrees, as in GeoJSON of another coordinate system."""
    turn = turn_of(crs)
    if turn is None or not len(geometries):
        return
    west, south, east, north = shapely.total_bounds(geometries)
    if max(-west, east) > 1.5 * turn or max(-south, north) > turn / 4 * (1 + 1e-6):
        raise MMEarthError(
            f"{path}: coordinates such as {east:g}, {north:g} are no degrees, as its coordinate system ({crs.name}) has"
            " them; assign the right one (in QGIS: Set Layer CRS) and save it as a GeoPackage."
        )


def _box_within(
    grid: Grid, crs: pyproj.CRS, total: tuple[float, float, float, float] | None
) -> tuple[float, float, float, float] | None:
    """The extent of a raster in a layer's CRS with a margin, as a filter; None where that cannot be told."""
    try:
        transformer = pyproj.Transformer.from_crs(pyproj.CRS.from_user_input(grid.crs), crs, always_xy=True)
        west, south, east, north = transformer.transform_bounds(*grid.bounds, errcheck=True)
    except ProjError:
        return None
    turn = turn_of(crs)
    # Longitudes are equal modulo 360: where either side uses another turn, the latitudes have to do.
    if turn is not None and (west > east or total is None or max(east, total[2]) > turn / 2 or west < -turn / 2):
        west, east = -2 * turn, 2 * turn
    if not np.isfinite([west, south, east, north]).all():
        return None
    margin = 0.02 * (north - south)
    return west - margin, south - margin, east + margin, north + margin


def class_names(layer: VectorLayer, field: str) -> list[str | None]:
    """The class name of every feature; None where it is null or blank. Integers (also as decimals: 3.0) become "3", in
    texts too.

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
        return [_WHOLE_DECIMAL.sub(r"\1", printable(v)) or None for v in values]
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


def _between(path: Path, crs: pyproj.CRS, grid: Grid) -> pyproj.Transformer | None:
    """The way from a layer's CRS to a raster's; None where they are one."""
    if grid.crs is None:
        raise MMEarthError(f"{path} cannot be laid over a raster without a coordinate system; assign one to it.")
    target = pyproj.CRS.from_user_input(grid.crs)
    if crs.equals(target, ignore_axis_order=True):
        return None
    try:
        return pyproj.Transformer.from_crs(crs, target, always_xy=True)
    except ProjError as error:
        raise MMEarthError(
            f"{path}: there is no way from its coordinate system ({crs.name}) to that of the raster ({target.name});"
            " assign the right one (in QGIS: Set Layer CRS)."
        ) from error


def in_crs_of(layer: VectorLayer, grid: Grid) -> NDArray[Any]:
    """A layer's geometries in the CRS of a raster, with the raster's turn of longitudes.

    What cannot be transformed gets coordinates that are not finite. Raises `MMEarthError` when there is no way from one
    CRS to the other.
    """
    transformer = _between(layer.path, layer.crs, grid)

    def convert(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = coordinates.T
        if transformer is not None:
            x, y = transformer.transform(x, y)
        lost = ~(np.isfinite(x) & np.isfinite(y))
        # Infinite, not NaN: a ring whose ends are not equal is no ring.
        return np.column_stack([np.where(lost, np.inf, column) for column in (x, y)])

    return turned(shapely.transform(layer.geometries, convert), grid)
