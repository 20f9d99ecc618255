"""Sentinel-2 products as ESA ships them: a `.SAFE` folder, or a zip that holds one: its bands and its XML.

XML is read with defusedxml; a zip is listed and read member by member, never unpacked.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.metadata import Metadata, Said, level_in, parse_number, parse_time, significant
from mmearth_core.sentinel2 import BANDS

#: The product's own XML, by which a folder is known to be a product.
MTD_NAMES = ("MTD_MSIL2A.xml", "MTD_MSIL1C.xml")
_MTD = re.compile(r"(?:^|/)MTD_MSIL(?:1C|2A)\.xml$")
_IMAGE = re.compile(r"_(B0[1-9]|B1[0-2]|B8A|SCL)(?:_(10|20|60)m)?\.(?:jp2|tiff?)$")
_TOO_LARGE = 64 * 2**20


@dataclass(frozen=True)
class Product:
    """A product's bands (and SCL) at their finest resolution as paths GDAL opens, and what its XML says."""

    path: str
    name: str
    files: dict[str, str]
    metadata: Metadata


def find_product(path: str) -> Product | None:
    """The product at a `.SAFE` folder, a zip holding one, or a product's MTD_MSI….xml; None when it is something else.

    Raises `MMEarthError` when it is a product but damaged, or holds several granules.
    """
    file = Path(path)
    if file.is_file() and file.suffix.lower() == ".zip":
        return _from_zip(file)
    if file.is_file() and _MTD.search(file.name):
        return _from_folder(file.parent, file)
    if not file.is_dir():
        return None
    if (mtd := _mtd(file)) is not None:
        return _from_folder(file, mtd)
    inside = sorted(p for p in file.glob("*.SAFE") if _mtd(p) is not None)
    if len(inside) == 1:
        return find_product(str(inside[0]))
    if inside:
        raise MMEarthError(f"{path} holds {len(inside)} products; name one of them, for example {inside[0]}.")
    if file.name.upper().endswith(".SAFE"):
        raise MMEarthError(
            f"{path} has no MTD_MSIL1C.xml or MTD_MSIL2A.xml; the product is incomplete, download it again."
        )
    return None


def _mtd(folder: Path) -> Path | None:
    """The product's XML in a folder."""
    return next((folder / name for name in MTD_NAMES if (folder / name).is_file()), None)


def _from_folder(folder: Path, mtd: Path) -> Product:
    names = [p.relative_to(folder).as_posix() for p in folder.glob("GRANULE/*/IMG_DATA/**/*") if p.is_file()]
    return _product(
        str(folder), folder.absolute().name, names, lambda n: str(folder / n), xml=mtd.read_bytes(), mtd=mtd.name
    )


def _from_zip(file: Path) -> Product | None:
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.namelist()
            found = [name for name in members if _MTD.search(name) and len(PurePosixPath(name).parts) <= 2]
            if not found:
                raise MMEarthError(
                    f"{file} holds no Sentinel-2 product (no MTD_MSIL1C.xml or MTD_MSIL2A.xml); for a raster inside a"
                    f" zip name it as /vsizip/{file}/NAME.tif."
                )
            if len(found) > 1:
                raise MMEarthError(f"{file} holds {len(found)} products; unpack it and name one of them.")
            if archive.getinfo(found[0]).file_size > _TOO_LARGE:
                raise MMEarthError(f"{file}: {found[0]} is too large for a product's metadata; the archive is damaged.")
            xml = archive.read(found[0])
    except (zipfile.BadZipFile, zlib.error, OSError) as error:
        raise MMEarthError(f"{file} cannot be read as a zip ({error}); download it again.") from error
    root = PurePosixPath(found[0]).parent
    prefix = "" if str(root) == "." else f"{root}/"
    names = [n.removeprefix(prefix) for n in members if n.startswith(f"{prefix}GRANULE/") and "/IMG_DATA/" in n]
    # Braces let GDAL take archives whose names do not end in .zip or hold odd characters.
    inside = f"/vsizip/{{{file.absolute()}}}/{prefix}"
    return _product(
        str(file), root.name or file.stem, names, lambda n: inside + n, xml=xml, mtd=PurePosixPath(found[0]).name
    )


def _product(
    path: str, name: str, names: Iterable[str], locate: Callable[[str], str], *, xml: bytes, mtd: str
) -> Product:
    finest: dict[str, tuple[int, str]] = {}
    granules = set[str]()
    for image in sorted(names):
        match = _IMAGE.search(image)
        if match is None or "/QI_DATA/" in image:
            continue
        granules.add(image.split("/")[1])
        band = match[1]
        resolution = int(match[2]) if match[2] else BANDS[band].gsd
        if band not in finest or resolution < finest[band][0]:
            finest[band] = (resolution, image)
    if not finest:
        raise MMEarthError(f"{path} holds no band images (GRANULE/…/IMG_DATA/*.jp2); the product is incomplete.")
    if len(granules) > 1:
        raise MMEarthError(
            f"{path} holds {len(granules)} granules, which may overlap; embed each granule's files by itself."
        )
    order = [band for band in (*BANDS, "SCL") if band in finest]
    files = {band: locate(finest[band][1]) for band in order}
    return Product(path, name.removesuffix(".SAFE"), files, read_metadata(xml, source=f"{mtd} of {name}"))


def read_metadata(xml: bytes, *, source: str) -> Metadata:
    """Level, offset, scale, baseline and sensing time by a product's MTD_MSIL1C.xml or MTD_MSIL2A.xml.

    Products before baseline 04.00 have no offsets, which means 0. Raises `MMEarthError` when the XML is damaged.
    """
    try:
        root = fromstring(xml)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise MMEarthError(f"{source} cannot be read ({error}); download the product again.") from error
    level = level_in(_text(root, "PROCESSING_LEVEL") or "") or level_in(_text(root, "PRODUCT_TYPE") or "")
    if level is None:
        level = level_in(source)
    suffix = "BOA" if level == "l2a" else "RADIO"
    offsets = {parse_number(e.text) for e in root.iter() if _tag(e) == f"{suffix}_ADD_OFFSET"}
    if None in offsets or len(offsets) > 1:
        raise MMEarthError(f"{source} gives unreadable or different offsets per band ({offsets}); pass `offset`.")
    offset = offsets.pop() if offsets else 0.0
    quantification = parse_number(_text(root, "BOA_QUANTIFICATION_VALUE") or _text(root, "QUANTIFICATION_VALUE"))
    baseline = parse_number(_text(root, "PROCESSING_BASELINE"))
    time = _text(root, "DATATAKE_SENSING_START") or _text(root, "PRODUCT_START_TIME")
    scale = significant(1 / quantification) if quantification else 1e-4
    return Metadata(
        levels=(Said(level, source),) if level else (),
        # The XML's offset is in the file's units; ours is in reflectance × 10000.
        offsets=(Said((offset or 0.0) * scale * 1e4, source),),
        scales=(Said(scale, source),),
        baselines=(Said(baseline, source),) if baseline is not None else (),
        time=parse_time(time) if time else None,
        authoritative=True,
    )


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(root: Any, name: str) -> str | None:
    """The text of the first element of that name, in any namespace."""
    return next((e.text.strip() for e in root.iter() if _tag(e) == name and e.text), None)
