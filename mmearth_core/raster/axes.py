"""Which axis of a netCDF's variable runs east: the variable's last dimension by convention, which not all files keep.

GDAL takes the last dimension for columns whatever its name. What the coordinates themselves say is compared with that.
"""

import re
import warnings
from collections.abc import Mapping

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import DatasetReader

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.opening import opened, reading

#: How the coordinates of columns and rows are marked: CF conventions 1.11, sections 4.1, 4.2, 4.4 and 5.
_MARKS = (
    {("standard_name", text) for text in ("projection_x_coordinate", "longitude", "grid_longitude")}
    | {("axis", "x")}
    | {("units", text) for text in ("degrees_east", "degree_east", "degreese", "degree_e")},
    {("standard_name", text) for text in ("projection_y_coordinate", "latitude", "grid_latitude")}
    | {("axis", "y")}
    | {("units", text) for text in ("degrees_north", "degree_north", "degreesn", "degree_n")},
)
#: How they are called where nothing marks them.
_NAMES = ({"x", "lon", "longitude", "easting", "eastings"}, {"y", "lat", "latitude", "northing", "northings"})
#: Coordinates may be in kilometres, which GDAL turns into metres.
_UNITS = (1.0, 1000.0)


def check_axes(dataset: DatasetReader) -> None:
    """Raise `MMEarthError` when the columns of a netCDF's variable do not run east, or its layers are rows or columns.

    `dataset`: a raster of any format that is open.
    """
    if dataset.driver != "netCDF":
        return
    tags = dataset.tags()
    layers = re.findall(r"[^{},\s]+", tags.get("NETCDF_DIM_EXTRA", ""))
    across, along = (_coordinates(tags, layers, axis) for axis in (0, 1))
    astray = next((name for name in layers if name in across | along), None)
    if astray is not None:
        raise MMEarthError(_sentence(dataset, f"its dimension {astray} is not one of the last two"))
    if dataset.transform == Affine.identity() or dataset.transform.b or dataset.transform.d:
        return
    columns, rows = _centres(dataset)
    for names, own, other in ((across, columns, rows), (along, rows, columns)):
        for name in sorted(names):
            values = _values(dataset, name)
            if values is None or _fits(values, own):
                continue
            if _fits(values, other) or len(own) != len(values) == len(other):
                raise MMEarthError(_sentence(dataset, "its columns run north and its rows east"))


def _coordinates(tags: Mapping[str, str], layers: list[str], axis: int) -> set[str]:
    """Names of the variables that are the coordinates of columns (`axis` 0) or rows (1)."""
    told = {
        name
        for key, text in tags.items()
        for name, _, attribute in (key.rpartition("#"),)
        if (attribute.lower(), text.strip().lower()) in _MARKS[axis]
    }
    return told or _NAMES[axis] | {name for name in layers if name.lower() in _NAMES[axis]}


def _centres(dataset: DatasetReader) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the centres of columns and of rows lie, as GDAL has it."""
    t = dataset.transform
    return t.c + t.a * (np.arange(dataset.width) + 0.5), t.f + t.e * (np.arange(dataset.height) + 0.5)


def _values(dataset: DatasetReader, name: str) -> NDArray[np.float64] | None:
    """The coordinates in a variable of the same file; None where there is no such list."""
    path = f'NETCDF:"{_file(dataset)}":{name}'
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with opened(path, wanted="a netCDF file") as coordinates, reading(path, "write it anew"):
                if coordinates.count != 1 or 1 not in coordinates.shape:
                    return None
                values: NDArray[np.float64] = coordinates.read(1).astype(np.float64).ravel()
                return values
    except MMEarthError:  # the names of coordinates are tried where nothing tells them
        return None


def _fits(values: NDArray[np.float64], centres: NDArray[np.float64]) -> bool:
    """Whether coordinates are those of an axis, in either direction."""
    if len(values) != len(centres):
        return False
    near = abs(centres[-1] - centres[0]) / max(len(centres) - 1, 1) / 2 + 1e-9
    return any(
        bool(np.abs(np.sort(values * unit)[[0, -1]] - np.sort(centres)[[0, -1]]).max() <= near) for unit in _UNITS
    )


def _file(dataset: DatasetReader) -> str:
    written = re.fullmatch(r'netcdf:"?(.+?)"?:[^:"]+', dataset.name, re.IGNORECASE)
    return written[1] if written else str(dataset.name)


def _sentence(dataset: DatasetReader, why: str) -> str:
    return (
        f"{_file(dataset)} is not laid out as a map: {why}. Write it anew with rows and columns last, for example with"
        f" ncpdq -a y,x OLD.nc NEW.nc (t,y,x where it has a time), or with transpose(..., 'y', 'x') of xarray."
    )
