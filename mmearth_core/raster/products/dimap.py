"""Sentinel-2 as SNAP saves it: BEAM-DIMAP, a .dim file that describes the images in the .data folder beside it.

Format: https://senbox.atlassian.net/wiki/spaces/SNAP/pages/19852297 (BEAM-DIMAP); the images are ENVI files.
"""

from pathlib import Path
from typing import Any

from mmearth_core.band_names.reading import ONE_BY_ONE, Circumstances, Label, read_bands
from mmearth_core.band_names.wavelengths import nanometres
from mmearth_core.errors import MMEarthError
from mmearth_core.raster.metadata import Metadata, Said, level_in, parse_number, parse_time, significant
from mmearth_core.raster.products.product import BandFile, Product
from mmearth_core.raster.products.tree import metadata_in
from mmearth_core.xml_reading import DamagedXmlError, parsed_xml


def dim_of(path: Path) -> Path | None:
    """The .dim file that a path names, itself or by its .data folder."""
    dim = path.with_suffix(".dim") if path.suffix.lower() == ".data" and path.is_dir() else path
    return dim if dim.suffix.lower() == ".dim" and dim.is_file() else None


def dimap_product(dim: Path) -> Product:
    """The product a .dim file describes. Raises `MMEarthError` when it is damaged or no reflectance of Sentinel-2."""
    try:
        root = parsed_xml(metadata_in(dim))
    except DamagedXmlError as error:
        raise MMEarthError(f"{dim} cannot be read ({error}); save the product again.") from error
    infos = [_texts(each) for each in root.iter("Spectral_Band_Info")]
    names = [each.get("BAND_NAME", "") for each in infos]
    hints = [text for tag in ("PRODUCT_TYPE", "DATASET_NAME") if (text := root.findtext(f".//{tag}"))]
    reading = read_bands(
        [_label(each) for each in infos], Circumstances(str(dim), hints=(dim.name, *hints), ask=ONE_BY_ONE)
    )
    data = dim.with_suffix(".data")
    bands, scales, offsets = dict[str, BandFile](), dict[float, list[str]](), dict[float, list[str]]()
    for name, position in reading.bands.items():
        info = infos[position]
        image = data / f"{names[position]}.img"
        if not image.is_file():
            raise MMEarthError(f"{dim} describes {names[position]}, but {image} is missing; save the product again.")
        if info.get("LOG10_SCALED", "false").lower() == "true":
            raise MMEarthError(f"{dim}: {names[position]} is stored as a logarithm; save it as reflectance.")
        unused = info.get("NO_DATA_VALUE_USED", "false").lower() != "true"
        bands[name] = BandFile(str(image), None if unused else parse_number(info.get("NO_DATA_VALUE")))
        scales.setdefault(significant(parse_number(info.get("SCALING_FACTOR")) or 1.0), []).append(name)
        offsets.setdefault(round((parse_number(info.get("SCALING_OFFSET")) or 0.0) * 1e4, 3), []).append(name)
    if not bands:
        raise MMEarthError(
            f"{dim} holds no band of Sentinel-2 (its bands: {', '.join(names[:16]) or 'none'}); save the product"
            " with them."
        )
    if (data / "SCL.img").is_file():
        bands["SCL"] = BandFile(str(data / "SCL.img"))
    level = level_in(" ".join(hints).replace("MSIL", "L")) or level_in(dim.stem)
    time = root.findtext(".//PRODUCT_SCENE_RASTER_START_TIME") or ""
    metadata = Metadata(
        levels=(Said(level, dim.name),) if level else (),
        offsets=_said(offsets, dim.name, stated=any(scales) and scales.keys() != {1.0}),
        scales=_said(scales, dim.name, stated=scales.keys() != {1.0}),
        time=parse_time(time.split(".")[0]),
    )
    left = [name for position, name in enumerate(names) if position not in reading.bands.values()]
    return Product(str(dim), dim.stem, bands, metadata, (f"Not used: {', '.join(left[:40])}.",) if left else ())


def _said(values: dict[float, list[str]], source: str, *, stated: bool) -> tuple[Said[float], ...]:
    return tuple(Said(value, f"{source} ({', '.join(names)})") for value, names in values.items()) if stated else ()


def _texts(element: Any) -> dict[str, str]:
    return {child.tag: (child.text or "").strip() for child in element}


def _label(info: dict[str, str]) -> Label:
    wavelength, width = parse_number(info.get("BAND_WAVELENGTH")), parse_number(info.get("BANDWIDTH"))
    return Label(info.get("BAND_NAME"), nanometres(wavelength, "nm") if wavelength else None, width if width else None)
