"""Files that hold a raster per variable: netCDF as openEO and xarray write it, and Zarr."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mmearth_core.band_names.conventions import squeezed
from mmearth_core.band_names.reading import is_known
from mmearth_core.errors import MMEarthError
from mmearth_core.raster.opening import subdatasets

_SUFFIXES = {".nc", ".nc4", ".cdf", ".zarr"}
#: ESA's EOPF layout has the reflectances in this group; other groups name masks and angles after the bands.
_EOPF = "/measurements/reflectance/"
#: Variables that place the others.
_COORDINATES = {"x", "y", "lat", "lon", "latitude", "longitude", "t", "time", "crs", "spatial_ref"}
_STEPS = {"day": 86400, "hour": 3600, "minute": 60, "second": 1, "millisecond": 1e-3}


def is_container(path: str) -> bool:
    """Whether a path names a file (or Zarr folder) that may hold several variables."""
    file = Path(path)
    return file.suffix.lower() in _SUFFIXES and (file.is_file() or file.suffix.lower() == ".zarr")


def variables(path: str) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    """(name of each variable that may be a band or SCL → what GDAL opens it by, one per resolution; the others' names).

    Both are empty when the file holds a single raster, which is opened by its own name. Raises `MMEarthError` when it
    holds several, but none that may be a band.
    """
    names = subdatasets(path, wanted="a file with a variable per band")
    if any(_EOPF in name for name in names):
        names = tuple(name for name in names if _EOPF in name)
    found: dict[str, list[str]] = {}
    spelled: dict[str, str] = {}
    others = []
    for name in names:
        variable = _variable(name)
        if is_known(variable) or variable.upper() == "SCL":
            # One band is named alike in the groups of all resolutions.
            found.setdefault(spelled.setdefault(squeezed(variable), variable), []).append(name)
        elif variable not in _COORDINATES:
            others.append(variable)
    # ACOLITE writes reflectance at the surface and at the top of the atmosphere side by side.
    surface = {squeezed(name)[4:] for name in found if name.lower().startswith("rhos_")}
    twice = [name for name in found if name.lower().startswith("rhot_") and squeezed(name)[4:] in surface]
    others += twice
    found = {name: several for name, several in found.items() if name not in twice}
    if names and not found:
        raise MMEarthError(
            f"{path} holds no variable named as a band of Sentinel-2 (it has {', '.join(others[:12])}); rename them"
            " to B02,"
            " B03 and so on."
        )
    return found, tuple(others)


def _variable(name: str) -> str:
    """The variable in a name such as `netcdf:a.nc:B02` or `ZARR:"a.zarr":/r10m/b02`; a number at the end is a layer."""
    parts = [part.strip('"') for part in re.split(r"[:/]", name) if part.strip('"')]
    return parts[-2] if parts[-1].isdigit() else parts[-1]


def refuse_dates(path: str, tags: Mapping[str, str], count: int) -> None:
    """Raises `MMEarthError` that names the dates when the layers of a netCDF variable are several dates."""
    if count < 2:
        return
    for key, text in tags.items():
        match = re.match(r"NETCDF_DIM_(\w+)_VALUES$", key)
        if match is None or not _is_time(match[1], tags):
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


def _is_time(dimension: str, tags: Mapping[str, str]) -> bool:
    units = tags.get(f"{dimension}#units", "")
    return " since " in units or dimension.lower() in {"t", "time", "date", "temporal"}


def _date(value: float, units: str) -> str:
    match = re.match(r"(\w+?)s? since (\S+)(?:[ T](\S+))?", units.strip(), re.IGNORECASE)
    if match is None or match[1].lower() not in _STEPS:
        return f"{value:g}"
    try:
        start = datetime.fromisoformat(match[2]).replace(tzinfo=UTC)
        return f"{start + timedelta(seconds=value * _STEPS[match[1].lower()]):%Y-%m-%d}"
    except (ValueError, OverflowError):
        return f"{value:g} {units}"
