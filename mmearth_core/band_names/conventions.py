"""How processors and archives name the bands of Sentinel-2 in words, and how other missions name theirs; with sources.

Only a table and its look-up. Band codes (B02, B8A) need no table: ESA, Copernicus Browser, Sentinel Hub, openEO, Google
Earth Engine, Planetary Computer, Earth Search v0, HLS S30, MAJA, LaSRC, sits, sen2r, SNAP, GRASS, BigEarthNet, EuroSAT
and torchgeo ("B08A") all write the same codes, in different orders. What they do not share is words: "NIR" is B08 for
most and B8A for FORCE, "swir_2" is B12 for most and B11 for DEA.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Convention:
    """Names of one processor or mission. `bands` maps squeezed names to Sentinel-2's; of another mission to themselves.

    `source` is where it is documented. `capitals`: its names are written in capitals only. `pixels` are the pixel sizes
    in m in which another mission comes; empty: its names alone tell it.
    """

    name: str
    source: str
    bands: Mapping[str, str]
    capitals: bool = False
    pixels: tuple[float, ...] = ()


def squeezed(text: str) -> str:
    """A name in lower case without separators: "Red-Edge 1" and "rededge1" are one."""
    return re.sub(r"[\s_\-.]", "", text).lower()


def _bands(**names: str) -> dict[str, str]:
    return {name: band for band, several in names.items() for name in several.split()}


#: Words nearly everybody means the same by; also what a single name by itself is read with.
WORDS = Convention(
    "the usual words",
    "https://sentiwiki.copernicus.eu/web/s2-mission and the common names of https://github.com/stac-extensions/eo",
    _bands(
        B01="coastal coastalaerosol ultrablue",
        B02="blue",
        B03="green",
        B04="red",
        B05="rededge071 rededge1 rededge01 re1 vegetationrededge1 vre1",
        B06="rededge075 rededge2 rededge02 re2 vegetationrededge2 vre2",
        B07="rededge078 rededge3 rededge03 re3 vegetationrededge3 vre3",
        B08="nir nearinfrared nirbroad",
        B8A="nir08 narrownir nirnarrow nnir nirn narrownearinfrared nearinfrarednarrow",
        B09="nir09 watervapour watervapor",
        B10="cirrus swircirrus",
        B11="swir16 swir1",
        B12="swir22 swir2",
    ),
)

#: Who names Sentinel-2's bands in words of their own. A file is read by the one that knows most of its names.
SENTINEL2: tuple[Convention, ...] = (
    WORDS,
    Convention(
        "FORCE",
        "https://force-eo.readthedocs.io/en/latest/components/lower-level/level2/format.html",
        _bands(
            B01="ultrablue",
            B02="blue blu",
            B03="green grn",
            B04="red",
            B05="rededge1 re1",
            B06="rededge2 re2",
            B07="rededge3 re3",
            B08="broadnir bnr",
            B8A="nir",
            B10="cirrus",
            B11="swir1 sw1",
            B12="swir2 sw2",
        ),
        capitals=True,
    ),
    Convention(
        "GIPS",
        "https://github.com/Applied-GeoSolutions/gips, data/sentinel2",
        _bands(
            B01="coastal",
            B02="blue",
            B03="green",
            B04="red",
            B05="rededge1",
            B06="rededge2",
            B07="rededge3",
            B08="nir",
            B8A="rededge4",
            B09="wv",
            B10="cirrus",
            B11="swir1",
            B12="swir2",
        ),
        capitals=True,
    ),
    Convention(
        "GIPS as its issue 205 has it",
        "https://github.com/Applied-GeoSolutions/gips/issues/205",
        _bands(
            B01="coastal",
            B02="blue",
            B03="green",
            B04="red",
            B05="rededge1",
            B06="rededge2",
            B07="rededge3",
            B8A="nir",
            B11="swir1",
            B12="swir2",
        ),
        capitals=True,
    ),
    Convention(
        "Digital Earth Australia",
        "https://knowledge.dea.ga.gov.au/data/product/dea-surface-reflectance-nbart-sentinel-2a-msi",
        {
            prefix + name: band
            for prefix in ("nbart", "nbar", "")
            for name, band in _bands(
                B01="coastalaerosol",
                B02="blue",
                B03="green",
                B04="red",
                B05="rededge1",
                B06="rededge2",
                B07="rededge3",
                B08="nir1",
                B8A="nir2",
                B11="swir2",
                B12="swir3",
            ).items()
        },
    ),
    Convention(
        "Digital Earth Africa",
        "https://docs.digitalearthafrica.org/en/latest/data_specs/Sentinel-2_Level-2A_specs.html",
        _bands(
            B01="coastalaerosol",
            B02="blue",
            B03="green",
            B04="red",
            B05="rededge1",
            B06="rededge2",
            B07="rededge3",
            B08="nir nir1",
            B8A="nirnarrow nir2",
            B09="watervapour",
            B11="swir1 swir16",
            B12="swir2 swir22",
        ),
    ),
    Convention(
        "EOReader",
        "https://eoreader.readthedocs.io/latest/optical_band_mapping.html",
        _bands(
            B01="ca",
            B02="blue",
            B03="green",
            B04="red",
            B05="vre1",
            B06="vre2",
            B07="vre3",
            B08="nir",
            B8A="narrownir",
            B09="wv",
            B10="swircirrus",
            B11="swir1",
            B12="swir2",
        ),
    ),
    Convention(
        "TerraTorch",
        "https://terrastackai.github.io/terratorch/stable/guide/data",
        _bands(
            B01="coastalaerosol",
            B02="blue",
            B03="green",
            B04="red",
            B05="rededge1",
            B06="rededge2",
            B07="rededge3",
            B08="nirbroad",
            B8A="nirnarrow",
            B09="watervapor",
            B10="cirrus",
            B11="swir1",
            B12="swir2",
        ),
    ),
    Convention(
        "Descartes Labs",
        "https://docs.descarteslabs.com, the catalogue's sentinel-2 products",
        _bands(
            B01="coastalaerosol",
            B02="blue",
            B03="green",
            B04="red",
            B05="rededge",
            B06="rededge2",
            B07="rededge3",
            B08="nir",
            B8A="rededge4",
            B09="watervapor",
            B10="cirrus",
            B11="swir1",
            B12="swir2",
        ),
    ),
    Convention(
        "scripts for Earth Engine",
        "https://developers.google.com/earth-engine/datasets/catalog/COPERNICUS_S2_SR_HARMONIZED, renamed by users",
        _bands(
            B01="cb aerosol",
            B02="blue",
            B03="green",
            B04="red",
            B05="rede1 re1 rededge1",
            B06="rede2 re2 rededge2",
            B07="rede3 re3 rededge3",
            B08="nir",
            B8A="rede4 re4 rededge4",
            B09="watervapor",
            B11="swir1",
            B12="swir2",
        ),
    ),
    Convention(
        "Awesome Spectral Indices",
        "https://github.com/awesome-spectral-indices/awesome-spectral-indices (A B G R RE1 RE2 RE3 N N2 WV S1 S2)",
        _bands(
            B01="a",
            B02="b",
            B03="g",
            B04="r",
            B05="re1",
            B06="re2",
            B07="re3",
            B08="n",
            B8A="n2",
            B09="wv",
            B11="s1",
            B12="s2",
        ),
    ),
)


def _foreign(name: str, source: str, names: str, pixels: tuple[float, ...] = ()) -> Convention:
    return Convention(name, source, {each: each for each in names.split()}, pixels=pixels)


#: Who names the bands of other missions in words, some of them the same.
OTHERS: tuple[Convention, ...] = (
    _foreign(
        "Landsat as STAC catalogues name it",
        "https://planetarycomputer.microsoft.com/dataset/landsat-c2-l2",
        "coastal blue green red nir08 swir16 swir22 lwir lwir11 lwir12 pan",
    ),
    _foreign(
        "Landsat of Digital Earth Australia",
        "https://knowledge.dea.ga.gov.au/data/product/dea-surface-reflectance-nbart-landsat-8-oli-tirs",
        " ".join(
            f"{prefix}{name}"
            for prefix in ("nbart", "nbar")
            for name in ("coastalaerosol", "blue", "green", "red", "nir", "swir1", "swir2", "panchromatic")
        ),
    ),
    _foreign(
        "Landsat",
        "https://www.usgs.gov/faqs/what-are-band-designations-landsat-satellites",
        "ultrablue coastal coastalaerosol blue blu green grn red nir nearinfrared swir1 sw1 swir2 sw2 pan panchromatic"
        " thermal thermal1 thermal2 tirs1 tirs2 temp tmp tir",
        (15.0, 30.0),
    ),
    _foreign(
        "PlanetScope",
        "https://developers.planet.com/docs/apis/data/sensors",
        "coastalblue coastal blue greeni green1 greenii green2 green yellow red rededge nir",
        (3.0,),
    ),
    _foreign(
        "RapidEye",
        "https://developers.planet.com/docs/data/rapideye",
        "blue green red rededge nir nearinfrared",
        (5.0, 6.5),
    ),
    _foreign(
        "WorldView",
        "https://resources.maxar.com/data-sheets/worldview-3",
        "coastal coastalblue blue green yellow red rededge nir nir1 nir2 nearir1 nearir2 pan",
        (0.3, 0.5, 1.2, 2.0),
    ),
)
