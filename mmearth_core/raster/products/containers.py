"""Files that hold a raster per variable: netCDF as openEO and xarray write it, HDF5, and Zarr."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mmearth_core.band_names.codes import code_in
from mmearth_core.band_names.conventions import squeezed
from mmearth_core.band_names.reading import is_known
from mmearth_core.errors import MMEarthError
from mmearth_core.raster.opening import subdatasets

_SUFFIXES = {".nc", ".nc4", ".cdf", ".h5", ".hdf5", ".hdf", ".he5", ".zarr"}
#: ESA's EOPF layout has the reflectances in this group; other groups name masks and angles after the bands.
_EOPF = "/measurements/reflectance/"
_STEPS = {"day": 86400, "hour": 3600, "minute": 60, "second": 1, "millisecond": 1e-3}


def is_container(path: str) -> bool:
    """Whether a path names a file (or Zarr folder) that may hold several variables."""
    file = Path(path)
    return file.suffix.lower() in _SUFFIXES and (file.is_file() or file.suffix.lower() == ".zarr")


def variables(path: str) -> dict[str, list[str]]:
    """Name of each variable that may be a band or SCL → the names GDAL opens it by (one per resolution).

    Empty when the file holds a single raster, which is opened by its own name.
    """
    names = subdatasets(path, wanted="a file with a variable per band")
    if any(_EOPF in name for name in names):
        names = tuple(name for name in names if _EOPF in name)
    found: dict[str, list[str]] = {}
    for name in names:
        variable = re.split(r"[:/]", name.rstrip('"'))[-1].strip('"')
        # Of "…:/B02:0" the number is that of a layer.
        if variable.isdigit():
            variable = re.split(r"[:/]", name)[-2]
        if is_known(variable) or variable.upper() == "SCL":
            found.setdefault(code_in(variable) or squeezed(variable).upper(), []).append(name)
    if names and not found:
        listed = ", ".join(re.split(r"[:/]", name)[-1] for name in names[:12])
        raise MMEarthError(f"{path} holds no variable named as a band of Sentinel-2 (it has {listed}).")
    return found


def refuse_dates(path: str, tags: Mapping[str, str], count: int) -> None:
    """Raises `MMEarthError` that names the dates when the layers of a netCDF variable are several dates."""
    if count < 2:
        return
    for key, text in tags.items():
        match = re.match(r"NETCDF_DIM_(\w+)_VALUES$", key)
        if match is None:
            continue
        values = [
            float(each)
            for each in re.findall(r"[-+.\deE]+", text)
            if re.fullmatch(r"[-+]?[\d.]+(?:[eE][-+]?\d+)?", each)
        ]
        dates = [_date(value, tags.get(f"{match[1]}#units", "")) for value in values]
        if len(dates) > 1:
            raise MMEarthError(
                f"{path} holds {len(dates)} dates ({', '.join(dates[:6])}{', …' if len(dates) > 6 else ''}), and an"
                f" embedding is of one; save one of them to a file of its own."
            )


def _date(value: float, units: str) -> str:
    match = re.match(r"(\w+?)s? since (\S+)(?:[ T](\S+))?", units.strip(), re.IGNORECASE)
    if match is None or match[1].lower() not in _STEPS:
        return f"{value:g}"
    try:
        start = datetime.fromisoformat(match[2]).replace(tzinfo=UTC)
        return f"{start + timedelta(seconds=value * _STEPS[match[1].lower()]):%Y-%m-%d}"
    except (ValueError, OverflowError):
        return f"{value:g} {units}"
