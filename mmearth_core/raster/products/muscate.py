"""Sentinel-2 as Theia and MAJA ship it: SENTINEL2A_…_FRE_B2.tif and its like, beside a …_MTD_ALL.xml.

Sources: https://labo.obs-mip.fr/multitemp/sentinel-2/theias-sentinel-2-l2a-product-format and
https://www.theia-land.fr/wp-content/uploads/2018/12/SENTINEL-2A_L2A_Products_Description.pdf
"""

import re
from collections import defaultdict
from pathlib import PurePosixPath

from mmearth_core.band_names.missions import foreign_mission
from mmearth_core.errors import MMEarthError
from mmearth_core.raster.metadata import Metadata, Said, parse_number, parse_time, significant
from mmearth_core.raster.products.product import BandFile, Product
from mmearth_core.raster.products.tree import Tree
from mmearth_core.sentinel2 import BANDS
from mmearth_core.xml_reading import DamagedXmlError, parsed_xml

_IMAGE = re.compile(r"(?P<product>.+)_(?P<kind>FRE|SRE|FRC|SRC)_B(?P<band>8A|1?\d)\.tif$", re.IGNORECASE)
#: What the kinds of reflectance are, the best first: MMEarth's L2A is that of slopes made flat, as far as ESA does it.
_KINDS = {
    "FRE": "corrected for slopes",
    "FRC": "corrected for slopes",
    "SRE": "not corrected for slopes",
    "SRC": "not corrected for slopes",
}
#: What MAJA writes where there is nothing, unless the XML says otherwise; the files do not declare it.
_NODATA = -10000.0


def roots_of(tree: Tree) -> tuple[str, ...]:
    """The folders of a tree that hold MAJA's images ("" is the tree itself)."""
    found = [PurePosixPath(name) for name in tree.names if _IMAGE.match(PurePosixPath(name).name)]
    return tuple(dict.fromkeys("" if str(each.parent) == "." else str(each.parent) for each in found))


def muscate_product(tree: Tree) -> Product:
    """The product whose root the tree is: reflectance corrected for slopes (FRE), else before that (SRE), never mixed.

    Raises `MMEarthError` when it is of another satellite, holds several dates, or its XML is damaged.
    """
    kinds: dict[str, dict[str, str]] = defaultdict(dict)
    products = set[str]()
    for name in tree.names:
        if "/" not in name and (match := _IMAGE.match(name)) is not None:
            products.add(match["product"])
            band = match["band"].upper()
            kinds[match["kind"].upper()]["B8A" if band == "8A" else f"B{int(band):02d}"] = name
    if len(products) > 1:
        raise MMEarthError(f"{tree.path} holds {len(products)} products ({min(products)}, …); keep one in the folder.")
    (product,) = products
    if (foreign := foreign_mission([product])) is not None:
        raise MMEarthError(
            f"{tree.path} is of {foreign[0]}, not of Sentinel-2, which is all these models know; give a product of"
            " that."
        )
    kind = next(each for each in _KINDS if each in kinds)
    left = [each for each in kinds if each != kind]
    notes = (
        f"Reflectance {kind}, {_KINDS[kind]}"
        + (f"; left out: {', '.join(left)} (name its files one by one to take it)." if left else "."),
    )
    metadata, nodata = _metadata(tree, product)
    bands = {name: BandFile(tree.locate(kinds[kind][name]), nodata) for name in BANDS if name in kinds[kind]}
    return Product(tree.path, product, bands, metadata, notes)


def _metadata(tree: Tree, product: str) -> tuple[Metadata, float]:
    source = f"MAJA's product {product}"
    scale, nodata = None, _NODATA
    xml = next((name for name in tree.names if "/" not in name and name.endswith("_MTD_ALL.xml")), None)
    if xml is not None:
        try:
            root = parsed_xml(tree.read(xml))
        except DamagedXmlError as error:
            raise MMEarthError(f"{xml} of {tree.path} cannot be read ({error}); download it again.") from error
        quantification = next((parse_number(e.text) for e in root.iter("REFLECTANCE_QUANTIFICATION_VALUE")), None)
        scale = significant(1 / quantification) if quantification else None
        special = {e.get("name"): parse_number(e.text) for e in root.iter("SPECIAL_VALUE")}
        nodata = special.get("nodata") or _NODATA
    date = re.search(r"_(20\d{6})(?:-(\d{6}))?", product)
    return (
        Metadata(
            levels=(Said("l2a", source),),
            # MAJA starts from reflectance without ESA's offset and adds none.
            offsets=(Said(0.0, source),),
            scales=(Said(scale, source),) if scale is not None else (),
            time=parse_time(f"{date[1]}T{date[2] or '000000'}") if date else None,
            authoritative=True,
        ),
        nodata,
    )
