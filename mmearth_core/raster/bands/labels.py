"""What a raster's header says of which band is which: names, wavelengths, and words that name a mission."""

from collections.abc import Mapping
from pathlib import Path

from rasterio.io import DatasetReader

from mmearth_core.band_names.reading import Label
from mmearth_core.band_names.wavelengths import nanometres

# Tags of a band, in lower case, in which writers put its name where it has no description. The last is netCDF's.
_NAME_TAGS = ("bandname", "band_name", "domain", "long_name", "name", "netcdf_varname")
_WAVELENGTH_TAGS = ("wavelength", "center_wavelength", "central_wavelength", "centre_wavelength")
_WIDTH_TAGS = ("fwhm", "bandwidth", "band_width", "full_width_half_max")
# Namespaces of band tags: the usual one, FORCE's, ENVI's, and that of GDAL's own CENTRAL_WAVELENGTH_UM and FWHM_UM.
_NAMESPACES = (None, "FORCE", "ENVI", "IMAGERY")
# Parts of the names of tags that say of which satellite or sensor a file is.
_MISSION_TAGS = ("platform", "sensor", "satellite", "mission", "instrument", "spacecraft", "constellation", "product_")
_MISSION_NAMES = {"system:index", "collection", "tifftag_imagedescription", "area_or_point_source", "title", "source"}
_LONGEST = 200


def labels_of(dataset: DatasetReader) -> tuple[Label, ...]:
    """What an open raster says of each of its bands."""
    spaces = set(dataset.tag_namespaces()) | {
        space for index in dataset.indexes[:1] for space in dataset.tag_namespaces(index)
    }
    tags = [
        {
            name.lower(): text
            for space in _NAMESPACES
            if space is None or space in spaces
            for name, text in dataset.tags(index, ns=space).items()
        }
        for index in dataset.indexes
    ]
    named = [next((each[tag] for tag in _NAME_TAGS if each.get(tag)), None) for each in tags]
    # One name for all bands is that of the variable, whose layers are dates.
    if len(named) > 1 and len(set(named)) == 1:
        named = [None] * len(named)
    return tuple(
        Label(text or name, _length(each), _width(each))
        for text, name, each in zip(dataset.descriptions, named, tags, strict=True)
    )


def _length(tags: Mapping[str, str]) -> float | None:
    """A band's central wavelength in nm."""
    unit = next((tags[name] for name in ("wavelength_units", "wavelength_unit", "wavelengthunit") if name in tags), "")
    if (value := _number(tags.get("central_wavelength_um"))) is not None:
        return nanometres(value, "um")
    value = next((number for name in _WAVELENGTH_TAGS if (number := _number(tags.get(name))) is not None), None)
    return None if value is None or value <= 0 else nanometres(value, unit)


def _width(tags: Mapping[str, str]) -> float | None:
    """A band's width in nm; one below 1 is in µm, as no band here is so narrow or so wide."""
    value = _number(tags.get("fwhm_um"))
    if value is None:
        value = next((number for name in _WIDTH_TAGS if (number := _number(tags.get(name))) is not None), None)
    if value is None or value <= 0:
        return None
    return value * 1000 if value < 1 else value


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def hints_of(path: str, tags: Mapping[str, str]) -> tuple[str, ...]:
    """Texts by which a file may say of which mission it is: its name, and tags about satellites and sensors."""
    said = []
    for name, text in tags.items():
        key = name.lower().removeprefix("nc_global#")  # netCDF's attributes of the whole file
        if len(text) <= _LONGEST and (key in _MISSION_NAMES or any(part in key for part in _MISSION_TAGS)):
            said.append(text)
    return (Path(path).name, *said)
