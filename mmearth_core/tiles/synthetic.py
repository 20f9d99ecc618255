"""Small invented landscapes seen by every modality at once, in the layout of MMEarth: for tests and for trying things.

What the modalities show follows from one map of land cover, one relief, one place and one date, so that one can be
learned from another. Values are plausible and nothing more: never reference data. Every kind of missing value occurs.
"""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from mmearth_core.modalities import BIOMES, ECOREGIONS, MODALITIES, SENTINEL2_STORED
from mmearth_core.progress import Progress
from mmearth_core.sentinel2 import LEVELS
from mmearth_core.tiles.writer import TileWriter

#: Angle between the radar's look and the plumb line, power that a radar shadow returns, and side of a pixel in metres.
_INCIDENCE, _SHADOW, _PIXEL = np.radians(39), np.float32(10**-2.5), 10.0
_Raw = dict[str, NDArray[Any]]
_TREES, _SHRUB, _GRASS, _CROPS, _BUILT, _BARE, _SNOW, _WATER, _WETLAND = range(9)
#: What each cover is in WorldCover and in Dynamic World.
_WORLDCOVER_CODE = np.array([10, 20, 30, 40, 50, 60, 70, 80, 90], np.uint8)
_DYNAMIC_WORLD_CODE = np.array([2, 6, 3, 5, 7, 8, 9, 1, 4], np.uint8)
#: Reflectance in % of each cover in B01 … B07, B8A, B08, B09, B10, B11, B12: at full growth, and out of season.
_GREEN = np.array(
    [
        [2.0, 2.4, 5.0, 2.6, 8.5, 28, 37, 41, 39, 42, 0.2, 18, 8.2],
        [3.0, 3.6, 6.5, 5.0, 10, 22, 27, 30, 29, 31, 0.2, 22, 13],
        [2.6, 3.2, 7.0, 4.0, 12, 38, 47, 51, 49, 51, 0.2, 23, 11],
        [2.5, 3.1, 6.8, 3.4, 10, 35, 45, 49, 47, 49, 0.2, 19, 8.5],
        [9.0, 10, 12, 13, 14, 17, 18, 20, 19, 20, 0.3, 21, 18],
        [9.0, 11, 15, 19, 21, 23, 24, 27, 26, 27, 0.3, 35, 31],
        [88, 90, 90, 89, 88, 86, 84, 80, 82, 78, 1.5, 12, 9.0],
        [3.0, 2.8, 3.0, 1.8, 1.5, 1.2, 1.1, 0.9, 1.0, 0.9, 0.1, 0.5, 0.4],
        [2.8, 3.2, 5.8, 3.8, 9.0, 22, 27, 29, 28, 29, 0.2, 12, 5.5],
    ],
    np.float32,
)
_DORMANT = _GREEN.copy()
_DORMANT[_TREES] = [2.6, 3.2, 5.0, 5.0, 8.0, 14, 16, 19, 18, 20, 0.2, 18, 11]
_DORMANT[_SHRUB] = [4.0, 5.0, 7.5, 8.5, 11, 16, 18, 21, 20, 22, 0.2, 27, 19]
_DORMANT[_GRASS] = [5.0, 6.2, 9.4, 11, 16, 22, 25, 29, 27, 30, 0.2, 32, 22]
_DORMANT[_CROPS] = [6.0, 7.5, 10, 13, 15, 17, 18, 21, 20, 21, 0.2, 30, 26]
_DORMANT[_WETLAND] = [3.5, 4.2, 6.0, 6.5, 8.5, 12, 14, 16, 15, 16, 0.2, 13, 8.0]
#: Light scattered by the air towards the sensor in %, and the share that passes through it: what L1C has and L2A not.
_HAZE = np.array([9.5, 7.0, 3.8, 2.2, 1.8, 1.4, 1.2, 0.9, 1.0, 0.4, 0.1, 0.1, 0.1], np.float32)
_PASSES = np.array([0.78, 0.82, 0.86, 0.90, 0.91, 0.92, 0.93, 0.95, 0.94, 0.33, 0.03, 0.95, 0.93], np.float32)
#: Backscatter in dB of each cover, VV and VH (HH and HV lie near them).
_BACKSCATTER = np.array(
    [[-8, -13], [-11, -17.5], [-12, -19], [-10.5, -17], [-4, -11.5], [-14, -22], [-13, -20], [-20, -27], [-9, -16]],
    np.float32,
)


def make_tile(
    rng: Generator, *, size: int = 64, gaps: bool = True, date: Generator | None = None, structure: bool = False
) -> tuple[_Raw, dict[str, Any]]:
    """One tile: raw arrays of all modalities as stored, and its entry of tile_info.json.

    With `gaps`, about half the tiles lack something: a corner of the image, an orbit, a patch of a map, a whole vector.
    With `date`, `rng` draws the place alone, its land cover and relief, and `date` what differs from image to image of
    it: month, level, growth, noise, gaps. With `structure`, what stands on the ground is imaged by the radar where it
    leans to: see `_leaning`.
    """
    lat, lon = float(np.degrees(np.arcsin(rng.uniform(-0.85, 0.93)))), float(rng.uniform(-180, 180))
    when = rng if date is None else date
    month, level = int(when.integers(1, 13)), LEVELS[when.integers(2)]
    summer = -np.cos(2 * np.pi * (month - 1) / 12) * np.sign(lat)
    elevation = rng.gamma(1.5, 350) + rng.gamma(1.5, 0.3) * size * _field(rng, size, 2)
    era5, warmth, rain = _climate(rng, lat, month, float(elevation.mean()))
    # The cover of a place is that of all its dates: where it snows is then said by the mean of the year.
    season = summer if date is None else 0
    cover = _cover(rng, size, warmth + 20 * np.sin(abs(np.radians(lat))) * season, rain)
    growth = np.clip(0.5 + 0.5 * summer * np.sin(abs(np.radians(lat))) ** 0.5 + 0.12 * _field(when, size, 6), 0, 1)
    vigour = np.clip(0.5 + 0.25 * _field(rng, size, 5), 0, 1)
    canopy, heights = _canopy(cover, vigour), None
    if structure:
        # A generator of the place alone: with and without structure all else is the same.
        blocks = np.random.default_rng([int((lat + 90) * 1e6), int((lon + 180) * 1e6)])
        heights = np.where(cover == _BUILT, _buildings(blocks, size), canopy[0].astype(np.float32))
    biome = _biome(warmth, rain)
    eco_region = min(ECOREGIONS - 1, biome * 60 + int((lon + 180) // 6))
    down, right = np.gradient(elevation, 10)
    raw: _Raw = {
        "sentinel2": _sentinel2(when, cover, growth, 1 + 0.6 * (right - down), level),
        "sentinel1": _sentinel1(when, cover, vigour, right, heights),
        "aster": np.stack([elevation, np.degrees(np.arctan(np.hypot(down, right)))]).round().astype(np.int16),
        "era5": era5,
        "dynamic_world": _DYNAMIC_WORLD_CODE[cover][None],
        "canopy_height_eth": canopy,
        "lat": _circle(np.radians(lat)),
        "lon": _circle(np.radians(lon)),
        "biome": np.eye(1, len(BIOMES), biome, np.uint8)[0],
        "eco_region": np.eye(1, ECOREGIONS, eco_region, np.uint16)[0],
        "month": _circle(2 * np.pi * month / 12),
        "esa_worldcover": _WORLDCOVER_CODE[cover][None],
    }
    if gaps:
        _lose(when, raw, size)
    info = {
        "S2_DATE": f"{when.integers(2017, 2021)}-{month:02d}-{when.integers(1, 29):02d}",
        "S2_type": level,
        "CRS": f"EPSG:{326 if lat >= 0 else 327}{min(60, int((lon + 180) // 6) + 1):02d}",
        "lat": lat,
        "lon": lon,
        "biome": biome,
        "eco_region": eco_region,
    }
    return raw, info


def write_synthetic_tiles(
    folder: str | Path,
    count: int,
    *,
    size: int = 64,
    seed: int = 0,
    modalities: Iterable[str] = tuple(MODALITIES),
    gaps: bool = True,
    dates: int = 1,
    structure: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Write `count` tiles of `size` by `size` pixels as the dataset `folder`; tile i is a function of (seed, i).

    Each `dates` tiles that follow one another are images of one place. With `structure`, trees and buildings lean
    towards the sensor in radar images. Returns the path of the HDF5 file.
    """
    kept = tuple(modalities)
    specification = {"synthetic": seed, "gaps": gaps} | ({"dates": dates} if dates > 1 else {})
    specification |= {"structure": True} if structure else {}
    with TileWriter(folder, size, kept, specification=specification, progress=progress) as writer:
        for tile in range(count):
            if str(tile) not in writer:
                place, image = divmod(tile, dates)
                date = np.random.default_rng([seed, place, 1 + image]) if dates > 1 else None
                rng = np.random.default_rng([seed, place])
                raw, info = make_tile(rng, size=size, gaps=gaps, date=date, structure=structure)
                writer.append(str(tile), {name: raw[name] for name in kept}, info)
        return writer.finish()


@lru_cache(maxsize=64)
def _weights(size: int, cells: int) -> NDArray[np.float32]:
    """(size, cells + 1) weights that join `cells` + 1 equally spaced values by a smooth curve."""
    at = (np.arange(size) + 0.5) / size * cells
    distance = np.clip(np.abs(at[:, None] - np.arange(cells + 1)), 0, 1)
    return (0.5 + 0.5 * np.cos(np.pi * distance)).astype(np.float32)


def _field(rng: Generator, size: int, cells: int) -> NDArray[np.float32]:
    """A smooth random surface (size, size) of about unit deviation with `cells` hills a side, and finer detail."""
    surface = np.zeros((size, size), np.float32)
    for octave in range(3):
        weights = _weights(size, cells << octave)
        values = rng.standard_normal((weights.shape[1], weights.shape[1]), np.float32)
        surface += (1.4 * 0.4**octave) * (weights @ values @ weights.T)
    return surface


def _circle(angle: float) -> NDArray[np.float32]:
    return np.array([np.sin(angle), np.cos(angle)], np.float32)


def _climate(rng: Generator, lat: float, month: int, elevation: float) -> tuple[NDArray[np.float32], float, float]:
    """ERA5's twelve values (K and metres of water), the year's mean temperature in °C, and how wet it is (0 … 1)."""
    warmth = 28 - 0.009 * lat**2 - 0.0055 * elevation + rng.normal(0, 1)
    belt = np.cos(np.radians(lat) * 6)
    wet = float(np.clip(0.5 + 0.35 * belt + rng.normal(0, 0.12), 0.02, 1))
    rows = []
    for when in (month - 1, month):
        season = -np.cos(2 * np.pi * (when - 1) / 12) * np.sign(lat)
        now = 273.15 + warmth + 0.28 * abs(lat) * season
        rows.append([now, now - 6, now + 6, 0.0004 + 0.006 * wet * (1 + 0.5 * season)])
    mean = 273.15 + warmth
    rows.append([mean, mean - 8 - 0.4 * abs(lat), mean + 8 + 0.4 * abs(lat), 0.02 + 2.2 * wet])
    return np.array(rows, np.float32).ravel(), float(warmth), wet


def _biome(warmth: float, rain: float) -> int:
    """A biome (place in `BIOMES`) for a year's mean temperature in °C and wetness."""
    # From cold to warm; in each row from dry to wet.
    belts = ((-4, (0, 0, 0)), (4, (8, 5, 5)), (12, (4, 6, 7)), (18, (3, 2, 13)), (99, (3, 11, 1)))
    row = next(biomes for limit, biomes in belts if warmth < limit)
    return row[int(np.searchsorted((0.3, 0.6), rain))]


def _cover(rng: Generator, size: int, warmth_now: float, rain: float) -> NDArray[np.int64]:
    """A map of land cover (size, size); `warmth_now` in °C decides on snow, `rain` (0 … 1) on what grows."""
    wood, ground, people = (_field(rng, size, cells) for cells in (3, 2, 3))
    cover = np.full((size, size), _GRASS if rain > 0.25 else _BARE)
    cover[wood > 1.1 - 1.6 * rain] = _SHRUB
    fields = (people > 0.1) & (wood < 0.6)
    cover[fields & (rain > 0.2)] = _CROPS
    cover[wood > 1.5 - 1.6 * rain] = _TREES
    cover[people > 1.6] = _BUILT
    cover[ground > 2.0] = _BARE
    shore = -2.6 + 1.4 * rain
    cover[ground < shore + 0.25] = _WETLAND
    cover[ground < shore] = _WATER
    cover[(ground > 0.6 + 0.12 * warmth_now) & (cover != _TREES)] = _SNOW
    return cover


def _sentinel2(
    rng: Generator, cover: NDArray[np.int64], growth: NDArray[np.float32], light: NDArray[np.float32], level: str
) -> NDArray[np.uint16]:
    """Reflectance × 10000 of the thirteen stored bands; L2A has no B10."""
    share = growth[..., None]
    percent = share * _GREEN[cover] + (1 - share) * _DORMANT[cover]
    detail = 0.05 * rng.standard_normal((*cover.shape, 1), np.float32)
    percent *= np.clip(light, 0.5, 1.5)[..., None] * (1 + detail)
    percent += 0.15 * rng.standard_normal(percent.shape, np.float32)
    if level == "l1c":
        percent = rng.uniform(0.8, 1.2) * _HAZE + _PASSES * percent
    dn: NDArray[np.uint16] = np.clip(np.moveaxis(percent, 2, 0) * 100, 1, 20_000).round().astype(np.uint16)
    if level == "l2a":
        dn[SENTINEL2_STORED.index("B10")] = 0
    return dn


def _sentinel1(
    rng: Generator,
    cover: NDArray[np.int64],
    vigour: NDArray[np.float32],
    eastward: NDArray[np.float32],
    heights: NDArray[np.float32] | None,
) -> NDArray[np.float32]:
    """Backscatter in dB: VV and VH of both orbits, HH and HV never (as over most land). With `heights` above ground in
    metres it comes from where these lean to."""
    still = np.moveaxis(_BACKSCATTER[cover], 2, 0) + 2 * (vigour - 0.5)
    # A slope that faces the sensor is brighter: ascending orbits look east, descending ones west.
    both = np.stack([still - 8 * eastward, still + 8 * eastward])
    if heights is not None:
        both = np.stack([_leaning(both[0], heights, -1), _leaning(both[1], heights, 1)])
    speckle = 10 * np.log10(rng.standard_gamma(5, both.shape, np.float32) / 5)
    channels = np.full((2, 4, *cover.shape), -np.inf, np.float32)
    channels[:, :2] = ((both + speckle) * 64).round() / 64
    return channels.reshape(8, *cover.shape)


def _leaning(decibels: NDArray[np.float32], heights: NDArray[np.float32], towards: int) -> NDArray[np.float32]:
    """Layover: the return of what is h metres high lies h·cot θ nearer to the sensor, on one line with what is there.

    `decibels` (channels, H, W); `towards`: −1 where the sensor is in the west (ascending), 1 in the east. Returns add
    up as power, shared by the two pixels they fall between; where nothing returns there is a radar shadow.
    """
    power = 10 ** (decibels / 10)
    size = heights.shape[1]
    at = np.arange(size) + towards * heights / np.tan(_INCIDENCE) / _PIXEL
    left = np.floor(at).astype(int)
    rows = np.arange(len(heights))[:, None]
    found = np.full_like(power, _SHADOW)
    for column, share in ((left, left + 1 - at), (left + 1, at - left)):
        inside = (column >= 0) & (column < size)
        for channel, values in zip(found, power, strict=True):
            np.add.at(channel, (np.broadcast_to(rows, column.shape)[inside], column[inside]), (values * share)[inside])
    leaning: NDArray[np.float32] = 10 * np.log10(found)
    return leaning


def _buildings(rng: Generator, size: int) -> NDArray[np.float32]:
    """Heights of blocks of 40 m, from 4 to 24 metres."""
    blocks = -(-size // 4)
    heights = rng.uniform(4, 24, (blocks, blocks)).astype(np.float32)
    return heights.repeat(4, 0).repeat(4, 1)[:size, :size]


def _canopy(cover: NDArray[np.int64], vigour: NDArray[np.float32]) -> NDArray[np.int8]:
    """Height of the canopy and its uncertainty in metres."""
    height = np.select([cover == _TREES, cover == _SHRUB, cover == _WETLAND], [6 + 28 * vigour, 1 + 4 * vigour, vigour])
    return np.stack([height, 1 + 0.15 * height]).round().astype(np.int8)


def _lose(rng: Generator, raw: _Raw, size: int) -> None:
    """Take values away, in place, as they are missing in real tiles."""
    lots = iter(rng.random(10) < [0.1, 0.08, 0.08, 0.05, 0.08, 0.08, 0.08, 0.05, 0.05, 0.05])
    if next(lots):
        rows, columns = np.mgrid[:size, :size]
        raw["sentinel2"][:, rows + columns * rng.uniform(0.3, 3) < size * rng.uniform(0.3, 0.9)] = 0
    for orbit in (slice(0, 4), slice(4, 8)):
        if next(lots):
            raw["sentinel1"][orbit] = -np.inf
    if next(lots):
        raw["aster"][:, _patch(rng, size)] = MODALITIES["aster"].no_data
    if next(lots):
        raw["canopy_height_eth"][:, _patch(rng, size)] = MODALITIES["canopy_height_eth"].no_data
    if next(lots):
        raw["dynamic_world"][:, _patch(rng, size)] = 0
    if next(lots):
        raw["esa_worldcover"][:, _patch(rng, size)] = rng.choice([0, 255])
    for name in ("era5", "biome", "eco_region"):
        if next(lots):
            raw[name][:] = MODALITIES[name].no_data


def _patch(rng: Generator, size: int) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = _field(rng, size, 2) > rng.uniform(-0.5, 1)
    return inside
