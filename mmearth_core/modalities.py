"""The modalities of MMEarth as one table: what is stored, where it has no value, what a network is to predict.

Beside the table there are teachers: features of a published network or embedding, which only a dataset's file knows.
Pure: numpy only, no files. Validity is always decided on raw values, before normalisation; a target carries NaN
(regression) or −1 (classes) where there is nothing to learn from, and never a made-up value.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mmearth_core.sentinel2 import ENCODER_BANDS

#: One value per 10 m pixel, or one per tile.
ModalityLevel = Literal["pixel", "image"]
#: Mean squared error on z-scores, or cross-entropy on class indices.
ModalityKind = Literal["regression", "classes"]
#: A class target without a value.
NO_CLASS = -1
#: What the name of a teacher's layer begins with, and how it goes on.
TEACHER_PREFIX = "teacher_"
_TEACHER_NAME = re.compile(rf"{TEACHER_PREFIX}[a-z0-9_]+")
#: The types a teacher is stored in, and what a missing value is in each.
_TEACHER_NO_DATA: Mapping[str, float] = {"int8": -128, "float16": np.nan, "float32": np.nan}


@dataclass(frozen=True)
class Modality:
    """A modality in the MMEarth layout.

    `stored` is the shape of a tile in the file without its sides ("sentinel2" (13,), then H and W), `dtype` its type;
    `outputs` the number of values (regression) or classes to predict per pixel or tile. `no_data` is what a missing
    value is written as. `codes` are the values of a class map in the order of class indices.

    A teacher (see `teacher`) has one cell for `stride` by `stride` pixels and may have a `scale`, one for each channel:
    what its network gave is stored · scale. `licence` and `source` say whose features they are.
    """

    name: str
    level: ModalityLevel
    kind: ModalityKind
    stored: int
    dtype: str
    outputs: int
    no_data: float
    codes: tuple[int, ...] = ()
    stride: int = 1
    scale: tuple[float, ...] = ()
    licence: str = ""
    source: str = ""

    @property
    def is_teacher(self) -> bool:
        """Whether it holds the features of another network."""
        return is_teacher(self.name)

    def sides(self, size: int) -> tuple[int, ...]:
        """Cells along the sides of `size` by `size` pixels: two numbers, or none of what a tile has one value of."""
        return (size // self.stride,) * 2 if self.level == "pixel" else ()

    def shape(self, size: int) -> tuple[int, ...]:
        """Shape of the stored array of one tile of `size` by `size` pixels."""
        return (self.stored, *self.sides(size))

    def missing(self, size: int) -> NDArray[Any]:
        """What is stored for a tile of `size` by `size` pixels that does not have the modality."""
        return np.full(self.shape(size), self.no_data, self.dtype)


def is_teacher(name: str) -> bool:
    """Whether a layer of this name is a teacher: `teacher_` and lower case letters, digits and underscores."""
    return _TEACHER_NAME.fullmatch(name) is not None


def teacher(
    name: str, dtype: str, *, stride: int, scale: Sequence[float], licence: str = "", source: str = ""
) -> Modality:
    """A teacher of the layer `name`: as many channels as `scale` has numbers, stored as int8, float16 or float32.

    A cell is missing where any channel is −128 (int8) or NaN (floats). Raises `ValueError` that says what is wrong.
    """
    if not is_teacher(name):
        raise ValueError(f"the name is not {TEACHER_PREFIX} and lower case letters, digits or underscores")
    if dtype not in _TEACHER_NO_DATA:
        raise ValueError(f"it is stored as {dtype}, not as {', '.join(_TEACHER_NO_DATA)}")
    if stride < 1:
        raise ValueError(f"its stride is {stride} pixels, and must be at least 1")
    scale = tuple(float(each) for each in scale)
    if not scale or not all(np.isfinite(each) and each > 0 for each in scale):
        raise ValueError("its scale is not a positive number for each channel")
    if dtype != "int8" and set(scale) != {1.0}:
        raise ValueError(f"its values are {dtype}, of which the scale must be 1")
    channels = len(scale)
    return Modality(
        name, "pixel", "regression", channels, dtype, channels, _TEACHER_NO_DATA[dtype],
        stride=stride, scale=scale, licence=licence, source=source,
    )  # fmt: skip


#: Channels of the stored Sentinel-2 tile: the thirteen bands with B8A before B08, B10 included.
SENTINEL2_STORED = (*ENCODER_BANDS[:10], "B10", *ENCODER_BANDS[10:])
SENTINEL1_STORED = tuple(f"{orbit}_{p}" for orbit in ("asc", "desc") for p in ("VV", "VH", "HH", "HV"))
ERA5_STORED = tuple(
    f"{period}_{what}"
    for period in ("previous_month", "month", "year")
    for what in ("temperature", "temperature_min", "temperature_max", "precipitation")
)
DYNAMIC_WORLD = ("water", "trees", "grass", "flooded vegetation", "crops", "shrub", "built", "bare", "snow")
WORLDCOVER = (
    "tree cover",
    "shrubland",
    "grassland",
    "cropland",
    "built-up",
    "bare or sparse vegetation",
    "snow and ice",
    "permanent water",
    "herbaceous wetland",
    "mangroves",
    "moss and lichen",
)
BIOMES = (
    "tundra",
    "tropical and subtropical moist broadleaf forests",
    "Mediterranean forests, woodlands and scrub",
    "deserts and xeric shrublands",
    "temperate grasslands, savannas and shrublands",
    "boreal forests",
    "temperate conifer forests",
    "temperate broadleaf and mixed forests",
    "montane grasslands and shrublands",
    "mangroves",
    "flooded grasslands and savannas",
    "tropical and subtropical grasslands, savannas and shrublands",
    "tropical and subtropical dry broadleaf forests",
    "tropical and subtropical coniferous forests",
)
ECOREGIONS = 846

_TABLE = (
    Modality("sentinel2", "pixel", "regression", 13, "uint16", 12, 0),
    Modality("sentinel1", "pixel", "regression", 8, "float32", 8, -np.inf),
    Modality("aster", "pixel", "regression", 2, "int16", 2, -32768),
    Modality("era5", "image", "regression", 12, "float32", 12, np.nan),
    Modality("dynamic_world", "pixel", "classes", 1, "uint8", 9, 0, tuple(range(1, 10))),
    Modality("canopy_height_eth", "pixel", "regression", 2, "int8", 2, 127),
    Modality("lat", "image", "regression", 2, "float32", 2, np.nan),
    Modality("lon", "image", "regression", 2, "float32", 2, np.nan),
    Modality("biome", "image", "classes", 14, "uint8", 14, 255),
    Modality("eco_region", "image", "classes", ECOREGIONS, "uint16", ECOREGIONS, 65535),
    Modality("month", "image", "regression", 2, "float32", 2, np.nan),
    Modality("esa_worldcover", "pixel", "classes", 1, "uint8", 11, 0, (10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 100)),
)

#: The twelve modalities by name, in the order of the published decoders and loss weights.
MODALITIES: Mapping[str, Modality] = {modality.name: modality for modality in _TABLE}

#: Layers stored beside the modalities that tell how good a Sentinel-2 pixel is: read, never predicted.
SENTINEL2_QUALITY: Mapping[str, Modality] = {
    layer.name: layer
    for layer in (
        Modality("sentinel2_cloudmask", "pixel", "regression", 1, "uint16", 0, 65535),
        Modality("sentinel2_cloudprod", "pixel", "regression", 1, "uint16", 0, 65535),
        Modality("sentinel2_scl", "pixel", "classes", 1, "uint8", 0, 255),
    )
}


def valid(modality: Modality, raw: NDArray[Any]) -> NDArray[np.bool_]:
    """Where stored values of a regression modality are measurements: a boolean array of the shape of `raw`.

    `raw` is (stored, H, W) or (stored,) as read from the file, of one tile. Elevation and radar are judged channel by
    channel; a cell of a teacher has no value where one channel lacks it; a Sentinel-2 pixel has no value when all bands
    are 0, and a band none where it is 0 in the whole tile, for the scene lacked it. B10, which L2A products lack, is
    never asked.
    """
    if modality.name == "sentinel2":
        cirrus = SENTINEL2_STORED.index("B10")
        there = np.array([band == cirrus or values.any() for band, values in enumerate(raw)])
        measured = np.delete(raw, cirrus, axis=0).any(axis=0)
        both: NDArray[np.bool_] = there.reshape(-1, *(1,) * measured.ndim) & measured
        return both
    known: NDArray[np.bool_]
    if modality.name == "canopy_height_eth":
        # The nominal no-data value 255 does not fit int8 and arrives as 127; negative heights are wrapped ones.
        known = (raw >= 0) & (raw < modality.no_data)
    elif np.isfinite(modality.no_data):
        known = raw != np.array(modality.no_data, modality.dtype)
    else:
        known = np.isfinite(raw)
    return np.broadcast_to(known.all(axis=0), raw.shape) if modality.is_teacher else known


def target(
    modality: Modality, raw: NDArray[Any], mean: NDArray[np.float32] | None, std: NDArray[np.float32] | None
) -> NDArray[np.float32] | NDArray[np.int64]:
    """What a network is to predict for one tile.

    Parameters: `raw` as stored, (stored, H, W) or (stored,); `mean` and `std` of the outputs, (outputs,), for
    regressions, in stored units. Returns float32 z-scores (outputs, H, W), of a teacher (outputs, H/stride, W/stride),
    or (outputs,), with NaN where invalid; or int64 class indices (H, W) or () with −1 where there is no class.
    """
    if modality.kind == "classes":
        return _class_map(modality, raw[0]) if modality.level == "pixel" else _one_hot(raw)
    if mean is None or std is None:
        raise ValueError(f"{modality.name} needs its mean and standard deviation")
    known = valid(modality, raw)
    if modality.name == "sentinel2":
        cirrus = SENTINEL2_STORED.index("B10")
        raw, known = np.delete(raw, cirrus, axis=0), np.delete(known, cirrus, axis=0)
    sides = (1,) * (raw.ndim - 1)
    values = np.where(known, raw, 0).astype(np.float32)
    scores = (values - mean.reshape(-1, *sides)) / std.reshape(-1, *sides)
    return np.where(known, scores, np.float32(np.nan))


def nothing(modality: Modality, size: int) -> NDArray[np.float32] | NDArray[np.int64]:
    """The target of a tile of `size` by `size` pixels that does not have the modality."""
    if modality.kind == "classes":
        return np.full(modality.sides(size), NO_CLASS, np.int64)
    return np.full((modality.outputs, *modality.sides(size)), np.nan, np.float32)


def _class_map(modality: Modality, codes: NDArray[Any]) -> NDArray[np.int64]:
    table = np.full(256, NO_CLASS, np.int64)
    table[list(modality.codes)] = np.arange(len(modality.codes))
    found: NDArray[np.int64] = table[codes]
    return found


def _one_hot(raw: NDArray[Any]) -> NDArray[np.int64]:
    hot = np.flatnonzero(raw == 1)
    known = len(hot) == 1 and int(raw.sum()) == 1
    return np.array(hot[0] if known else NO_CLASS, np.int64)
