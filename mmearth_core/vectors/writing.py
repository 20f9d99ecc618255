"""Points and polygons in a vector file that exists whole or not at all. Knows nothing of what they mean."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError
from pyproj import Transformer
from rasterio.crs import CRS

from mmearth_core.errors import MMEarthError, unwritable
from mmearth_core.files import check_output, put, workshop
from mmearth_core.raster.grid import Grid

#: Format by the file's extension, with the options that keep the order of the points.
_DRIVERS: dict[str, tuple[str, dict[str, str]]] = {
    ".gpkg": ("GPKG", {}),
    ".geojson": ("GeoJSON", {"RFC7946": "YES", "COORDINATE_PRECISION": "9"}),
    ".json": ("GeoJSON", {"RFC7946": "YES", "COORDINATE_PRECISION": "9"}),
    ".shp": ("ESRI Shapefile", {}),
    ".fgb": ("FlatGeobuf", {"SPATIAL_INDEX": "NO"}),
}


#: The other files of a shapefile, with the indexes that programs add.
_PARTS = (".dbf", ".shx", ".prj", ".cpg", ".qix", ".sbn", ".sbx")


def check_features_output(
    path: str | Path, *, overwrite: bool = False, inputs: Iterable[str | Path | None] = ()
) -> Path:
    """The path of a new vector file, when it can be made; `MMEarthError` otherwise, also for an unknown extension."""
    path = Path(path)
    if path.suffix.lower() not in _DRIVERS:
        raise MMEarthError(f"{path} does not say which format to write; let it end in .gpkg, .geojson, .shp or .fgb.")
    for suffix in ("-wal", "-journal"):
        unsaved = path.with_name(path.name + suffix)
        # The database would take its changes for its own.
        if unsaved.is_file() and unsaved.stat().st_size:
            raise MMEarthError(
                f"{path} is open in another program ({unsaved.name}); close it or choose another output."
            )
    return check_output(path, overwrite=overwrite, inputs=inputs, beside=_beside(path))


def _beside(path: Path) -> list[Path]:
    """What belongs to a vector file, written with it or left by another one of its name."""
    return [path.with_suffix(suffix) for suffix in _PARTS] if path.suffix.lower() == ".shp" else []


def pixel_centres(
    grid: Grid, rows: NDArray[np.int64], cols: NDArray[np.int64], crs: CRS | None = None
) -> NDArray[np.float64]:
    """Coordinates of the centres of pixels, shape (n, 2), in a CRS; by default in the grid's."""
    centres: Any = cols + 0.5, rows + 0.5
    xy = grid.transform * centres
    if crs is not None and crs != grid.crs:
        xy = Transformer.from_crs(grid.crs, crs, always_xy=True).transform(*xy)
    return np.column_stack(xy)


def crs_of_all(grids: Sequence[Grid]) -> CRS:
    """The CRS of grids, or that of longitudes and latitudes where they differ."""
    first = grids[0].crs
    return first if all(each.crs == first for each in grids) else CRS.from_epsg(4326)


def write_points(path: Path, xy: NDArray[np.float64], crs: CRS, fields: Mapping[str, NDArray[np.generic]]) -> None:
    """Write points `xy` (n, 2) in `crs` with `fields`, as `write_features`."""
    write_features(path, shapely.to_wkb(shapely.points(xy)), "Point", crs, fields)


def write_features(
    path: Path, wkb: NDArray[Any], kind: str, crs: CRS, fields: Mapping[str, NDArray[np.generic]]
) -> None:
    """Write geometries (n,), given as WKB, of one `kind` ("Point", "Polygon") in `crs` with `fields` of length n.

    Names have at most 10 letters, for shapefiles; text fields are arrays of dtype object, None in them is an empty
    value. GeoJSON is in WGS 84, as RFC 7946 demands. Raises `EnvironmentFailure` when the disk refuses.
    """
    driver, options = _DRIVERS[path.suffix.lower()]
    target = crs.to_wkt()
    if driver == "GeoJSON":
        to_degrees = Transformer.from_crs(target, "EPSG:4326", always_xy=True).transform
        placed = shapely.transform(shapely.from_wkb(wkb), lambda xy: np.column_stack(to_degrees(xy[:, 0], xy[:, 1])))
        wkb = shapely.to_wkb(placed)
        target = "EPSG:4326"
    # A shapefile is several files: all are made in a folder of their own and moved, the one that was asked for last.
    try:
        with workshop(path) as folder:
            pyogrio.raw.write(
                folder / path.name,
                wkb,
                list(fields.values()),
                list(fields),
                geometry_type=kind,
                crs=target,
                driver=driver,
                layer=path.stem,
                encoding="UTF-8",
                layer_options=options,
            )
            files = sorted(folder.iterdir(), key=lambda file: file.name == path.name)
            stale = [file for file in _beside(path) if file.name not in {made.name for made in files}]
            for made in files:
                put(made, path.with_name(made.name), outdated=stale)
    except (OSError, DataLayerError, DataSourceError, FeatureError) as error:
        raise unwritable(path, error) from error
