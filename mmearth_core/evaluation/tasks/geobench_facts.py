"""What GEO-Bench 1.0's Sentinel-2 tasks are: facts of their files that the files do not say, or say wrongly.

Sizes and classes: Lacoste et al. 2023, arXiv 2306.03831. Which bands are mislabelled: issues 28 and 29 of
ServiceNow/geo-bench. Data only.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from mmearth_core.evaluation.tasks.contract import Target
from mmearth_core.sentinel2 import Level

#: What GEO-Bench calls the bands of Sentinel-2.
LABELS: Mapping[str, str] = {
    "01 - Coastal aerosol": "B01",
    "02 - Blue": "B02",
    "03 - Green": "B03",
    "04 - Red": "B04",
    "05 - Vegetation Red Edge": "B05",
    "06 - Vegetation Red Edge": "B06",
    "07 - Vegetation Red Edge": "B07",
    "08 - NIR": "B08",
    "08A - Vegetation Red Edge": "B8A",
    "09 - Water vapour": "B09",
    "10 - SWIR - Cirrus": "B10",
    "11 - SWIR": "B11",
    "12 - SWIR": "B12",
}


@dataclass(frozen=True)
class Sign:
    """How it shows in the statistics of the files that their labels are wrong, or that they were put right.

    Wrong: the `statistic` of the band that is labelled `wrong` is below `limit`. Right: that of `right` is, or there is
    no band of the label `wrong`.
    """

    statistic: str
    wrong: str
    right: str
    limit: float


@dataclass(frozen=True)
class Facts:
    """A task: what is asked, how many classes, how many pixels a side, and at which processing level it was taken.

    `unit`: reflectance × 10000 per unit of the files. `mended`: for labels that are wrong which band is there, "" for
    what is none of Sentinel-2's; `sign`: how that shows. `names`: what classes are called, where it is known. `note`:
    what a reader of results has to know.
    """

    target: Target
    classes: int
    side: int
    level: Level
    unit: float = 1.0
    mended: Mapping[str, str] | None = None
    sign: Sign | None = None
    names: tuple[str, ...] = ()
    note: str = ""


#: The EuroSAT files hold B8A last, and the labels count on as if it followed B08.
_EUROSAT = {
    "08A - Vegetation Red Edge": "B09",
    "09 - Water vapour": "B10",
    "10 - SWIR - Cirrus": "B11",
    "11 - SWIR": "B12",
    "12 - SWIR": "B8A",
}
#: The brick kilns' files hold B1 to B5, B7, B8A, B8, B11, B12 and a picture in true colour of three bands.
_BRICKS = {
    "06 - Vegetation Red Edge": "B07",
    "07 - Vegetation Red Edge": "B8A",
    "08A - Vegetation Red Edge": "B11",
    "09 - Water vapour": "B12",
    **dict.fromkeys(("10 - SWIR - Cirrus", "11 - SWIR", "12 - SWIR"), ""),
}
_EUROSAT_NAMES = (
    *("AnnualCrop", "Forest", "HerbaceousVegetation", "Highway", "Industrial"),
    *("Pasture", "PermanentCrop", "Residential", "River", "SeaLake"),
)

#: The tasks by the name of their folder.
TASKS: Mapping[str, Facts] = {
    # The cirrus band sees little but cirrus: 12 on average, where water vapour has 751.
    "m-eurosat": Facts(
        *("class", 10, 64, "l1c"),
        mended=_EUROSAT,
        sign=Sign("mean", "09 - Water vapour", "10 - SWIR - Cirrus", 100),
        names=_EUROSAT_NAMES,
    ),
    "m-bigearthnet": Facts("classes", 43, 120, "l2a"),
    # Reflectance itself, without B01 and B09; the bands of Sentinel-1 beside it are not read.
    "m-so2sat": Facts("class", 17, 32, "l1c", unit=10_000.0),
    # A picture has values up to 255.
    "m-brick-kiln": Facts(
        *("class", 2, 64, "l2a"), mended=_BRICKS, sign=Sign("max", "12 - SWIR", "", 256), names=("not kiln", "kiln")
    ),
    "m-cashew-plant": Facts("pixels", 7, 256, "l2a"),
    # Bytes: on average 13 (B01) to 84 (B11). How they were made was not published; with 255 for a reflectance of 1,
    # soil and fields are as bright as soil and fields are.
    "m-SA-crop-type": Facts(
        *("pixels", 10, 256, "l2a", 10_000 / 255),
        note="m-SA-crop-type: its numbers are bytes; 255 is taken for a reflectance of 1, which is not published.",
    ),
}
