"""Sentinel-2 products as ESA ships them, in a `.SAFE` folder or an archive: their bands and their XML.

Also those of the naming until December 2016 (S2A_OPER_PRD_…), and a granule's folder by itself. XML is read with
`parsed_xml`.
"""

import re
from pathlib import PurePosixPath
from typing import Any

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.metadata import Metadata, Said, level_in, parse_number, parse_time, significant
from mmearth_core.raster.products.product import BandFile, Product
from mmearth_core.raster.products.tree import Tree
from mmearth_core.sentinel2 import BANDS
from mmearth_core.xml_reading import DamagedXmlError, parsed_xml

#: A product's own XML, by which a folder is known to be a product.
MTD = re.compile(r"(?:MTD_MSIL(?:1C|2A)|S2[A-D]_(?:OPER|USER)_MTD_SAFL(?:1C|2A)_\w+)\.xml$")
_IMAGE = re.compile(r"_(B0[1-9]|B1[0-2]|B8A|SCL)(?:_(10|20|60)m)?\.(?:jp2|tiff?)$")


def roots_of(tree: Tree) -> tuple[str, ...]:
    """The folders of a tree that are products ("" is the tree itself)."""
    found = [PurePosixPath(name) for name in tree.names if MTD.match(PurePosixPath(name).name)]
    return tuple(dict.fromkeys("" if str(each.parent) == "." else str(each.parent) for each in found))


def safe_product(tree: Tree, granule: str | None = None) -> Product:
    """The product whose root the tree is; of several granules the one that is named.

    Raises `MMEarthError` when it is damaged, without images, or holds several granules.
    """
    mtd = next(name for name in tree.names if "/" not in name and MTD.match(name))
    images = [n for n in tree.names if n.startswith("GRANULE/") and "/IMG_DATA/" in n and "/QI_DATA/" not in n]
    if granule is not None:
        images = [name for name in images if name.split("/")[1] == granule]
    finest: dict[str, tuple[int, str]] = {}
    granules = set[str]()
    for image in sorted(images):
        match = _IMAGE.search(image)
        if match is None:
            continue
        granules.add(image.split("/")[1])
        band = match[1]
        resolution = int(match[2]) if match[2] else 20 if band == "SCL" else BANDS[band].gsd
        if band not in finest or resolution < finest[band][0]:
            finest[band] = (resolution, image)
    if not finest:
        raise MMEarthError(
            f"{tree.path} holds no band images (GRANULE/…/IMG_DATA/*.jp2); the product is incomplete:"
            " download it again."
        )
    if len(granules) > 1:
        raise MMEarthError(
            f"{tree.path} holds {len(granules)} granules, which may overlap; embed each by itself: name its folder,"
            f" for example GRANULE/{min(granules)}."
        )
    files = {band: BandFile(tree.locate(finest[band][1])) for band in (*BANDS, "SCL") if band in finest}
    metadata = read_metadata(tree.read(mtd), source=f"{mtd} of {tree.name}")
    return Product(tree.path, tree.name.removesuffix(".SAFE"), files, metadata)


def read_metadata(xml: bytes, *, source: str) -> Metadata:
    """Level, offset, scale, baseline and sensing time by a product's MTD_MSIL1C.xml or MTD_MSIL2A.xml.

    Products before baseline 04.00 have no offsets, which means 0. Raises `MMEarthError` when the XML is damaged.
    """
    try:
        root = parsed_xml(xml)
    except DamagedXmlError as error:
        raise MMEarthError(f"{source} cannot be read ({error}); download the product again.") from error
    level = level_in(_text(root, "PROCESSING_LEVEL") or "") or level_in(_text(root, "PRODUCT_TYPE") or "")
    if level is None:
        level = level_in(source)
    suffix = "BOA" if level == "l2a" else "RADIO"
    texts = [(e.text, e.get("band_id", "")) for e in root.iter() if _tag(e) == f"{suffix}_ADD_OFFSET"]
    # By the number of the band in order of wavelength; B10 is no input of any model, so its offset decides nothing.
    offsets = {parse_number(text) for text, band in texts if band != "10"} or {0.0}
    numbers = sorted(offset for offset in offsets if offset is not None)
    if len(numbers) < len(offsets):
        raise MMEarthError(f"{source} gives an offset that is no number; download the product again.")
    quantification = parse_number(_text(root, "BOA_QUANTIFICATION_VALUE") or _text(root, "QUANTIFICATION_VALUE"))
    baseline = parse_number(_text(root, "PROCESSING_BASELINE"))
    time = _text(root, "DATATAKE_SENSING_START") or _text(root, "PRODUCT_START_TIME")
    scale = significant(1 / quantification) if quantification else 1e-4
    return Metadata(
        levels=(Said(level, source),) if level else (),
        # The XML's offset is in the file's units; ours is in reflectance × 10000.
        offsets=tuple(Said(each * scale * 1e4, source) for each in numbers),
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
