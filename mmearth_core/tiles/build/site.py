"""One site: what its files hold, looked at before anything is written, and the stored arrays of a tile of it.

Of a large raster that look sees some pixels only; the others are checked as tiles are made of them. A number out of the
range a modality can have is an error with the file's name, never stored and never clipped away.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import Resampling

from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import MODALITIES, SENTINEL1_STORED, SENTINEL2_STORED, Modality
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.identity import identify
from mmearth_core.raster.raster_file import ground_steps
from mmearth_core.raster.scene import Scene, open_scene
from mmearth_core.sentinel2 import ENCODER_BANDS
from mmearth_core.tiles.build.alignment import AlignedRaster, Limits, header_of, lonlat
from mmearth_core.tiles.build.regions import lookup
from mmearth_core.tiles.build.specification import POLARISATIONS, LandCover, Radar, Site
from mmearth_core.tiles.build.teachers import TeacherFile, teacher_file
from mmearth_core.tiles.build.terrain import reach_of, slope

_RADAR = {
    "dB": Limits(-100.0, 50.0, "backscatter in dB (what is not declares `units: linear`)"),
    # Removing noise leaves some values just below nothing.
    "linear": Limits(-10.0, 1e5, "backscatter in linear units"),
}
#: Backscatter of 17 dB in more than 1 % of the pixels is no σ⁰ or γ⁰ in linear units.
_BRIGHT_LINEAR = 50.0
_ELEVATION = Limits(-500.0, 9000.0, "elevation in m")
_CANOPY = Limits(0.0, 126.0, "canopy height in m")
_POLARISATION = re.compile(rf"(?<![A-Za-z])({'|'.join(POLARISATIONS)})(?![A-Za-z])", re.IGNORECASE)


@dataclass(frozen=True)
class CheckedSite:
    """A site whose files are there, readable, in the same place and in the right units.

    `modalities` are those some tile of it may have, beside `teachers`; `notes` are what the user should know.
    """

    site: Site
    scene: Scene
    day: date | None
    modalities: frozenset[str]
    radar: tuple["RadarFile", ...]
    teachers: tuple[TeacherFile, ...]
    notes: tuple[str, ...]

    def reader(self, teachers: Mapping[str, Modality]) -> "SiteReader":
        """A reader to be used by one thread, as a context manager; `teachers` are those of all sites by name."""
        return SiteReader(self, teachers)

    def digest(self) -> str:
        """Of what decides the tiles: the same for the same files, another when one of them was changed."""
        stats = [Path(path).stat() for path in self.site.files if Path(path).is_file()]
        # The scene's files count by their content and the others by size and time of change.
        known = replace(self.site, sentinel2=replace(self.site.sentinel2, path=()))
        facts = [repr(known), identify(self.scene).digest, [(stat.st_size, stat.st_mtime_ns) for stat in stats]]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


@dataclass(frozen=True)
class RadarFile:
    """A file of backscatter in "dB" or "linear" `units`: which of its bands (1-based) go to which stored channels."""

    path: str
    indexes: tuple[int, ...]
    channels: tuple[int, ...]
    units: str

    def check(self, values: NDArray[np.float32]) -> None:
        """Raise `MMEarthError` when known values cannot be backscatter in this unit."""
        if self.units == "dB" and np.percentile(values, 1) >= 0:
            raise MMEarthError(
                f"{self.path} holds {values.min():g} to {values.max():g}, which is no backscatter in dB; if it is in"
                f" linear units declare `units: linear`, else calibrate it."
            )
        if self.units == "linear" and np.median(values) < 0:
            raise MMEarthError(f"{self.path} is declared linear, but most values are negative; declare `units: dB`.")
        if self.units == "linear" and np.percentile(values, 99) > _BRIGHT_LINEAR:
            raise MMEarthError(
                f"{self.path} holds values up to {values.max():g}, which is no backscatter in linear units; calibrate"
                " it to σ⁰ or γ⁰."
            )

    def open(self) -> AlignedRaster:
        """The file, to be laid over grids."""
        return AlignedRaster(self.path, self.indexes, limits=_RADAR[self.units])


@dataclass(frozen=True)
class SiteTile:
    """The stored arrays of one tile by modality (only those that are known), and what its metadata say.

    `lon`, `lat` and `crs` are None where the place is unknown.
    """

    arrays: Mapping[str, NDArray[Any]]
    level: str
    lon: float | None
    lat: float | None
    crs: str | None
    day: date | None
    biome: int | None
    eco_region: int | None


def check_site(site: Site) -> CheckedSite:
    """Open everything a site names and look at its values.

    Raises `MMEarthError` for what is missing, unreadable, somewhere else, or in other units than declared.
    """
    scene = _scene(site)
    day = site.date or (scene.datetime.date() if scene.datetime else None)
    found = {"sentinel2"} | ({"lat", "lon"} if site.place == "known" else set()) | ({"month"} if day else set())
    found |= {name for name in ("era5", "biome", "eco_region") if getattr(site, name) is not None}
    radar = tuple(part for orbit, each in site.sentinel1.items() for part in _radar_files(orbit, each))
    for part in radar:
        values = _sampled(part.open(), scene, site)
        if values.size:
            part.check(values)
        found.add("sentinel1")
    if site.elevation:
        _sampled(_elevation(site.elevation), scene, site)
        found.add("aster")
    if site.canopy_height:
        _sampled(_canopy(site.canopy_height), scene, site)
        found.add("canopy_height_eth")
    for cover in site.land_cover:
        _check_cover(cover, scene, site)
        found.add(cover.modality)
    for modality, region in (("biome", site.biome), ("eco_region", site.eco_region)):
        if region is not None:
            lookup(modality, region).check(scene.grid, site.title)
    missing = ", ".join(name for name in ENCODER_BANDS if name not in scene.bands)
    notes = (
        *scene.warnings,
        *((f"it lacks {missing}, which its tiles neither show nor have to predict",) if missing else ()),
        *(() if day else ("no date is known, so its tiles have no month",)),
    )
    notes = tuple(f"{site.name}: {note}" for note in notes)
    teachers = tuple(teacher_file(name, given, scene.grid) for name, given in site.teachers.items())
    return CheckedSite(site, scene, day, frozenset(found), radar, teachers, notes)


def _scene(site: Site) -> Scene:
    scene = open_scene(site.sentinel2.scene, wanted=ENCODER_BANDS, options=site.sentinel2)
    if scene.level == "l2a":
        return scene
    # B10 belongs to the layout of L1C tiles. In L2A it may be there as zeros, which must not invalidate a pixel.
    return open_scene(site.sentinel2.scene, wanted=SENTINEL2_STORED, options=site.sentinel2)


def _radar_files(orbit: str, radar: Radar) -> list[RadarFile]:
    """The files of an orbit that hold a polarisation."""
    headers = [header_of(path) for path in radar.path]
    total = sum(header.count for header in headers)
    if radar.bands is not None and len(radar.bands) != total:
        raise MMEarthError(
            f"{', '.join(radar.path)}: {total} bands, but `bands:` names {len(radar.bands)}; name each ('-' to ignore)."
        )
    given = iter(radar.bands or ())
    files, taken = [], dict[str, str]()
    for header in headers:
        chosen: dict[int, int] = {}
        for index, text in enumerate((label.text for label in header.labels), 1):
            name = next(given, "-") if radar.bands is not None else _polarisation(text, header.path, header.count)
            if name == "-":
                continue
            if name in taken:
                raise MMEarthError(f"{header.path}: {name} is given twice (also by {taken[name]}); see `bands:`.")
            taken[name] = header.path
            chosen[index] = SENTINEL1_STORED.index(f"{orbit}_{name}")
        if chosen:
            files.append(RadarFile(header.path, tuple(chosen), tuple(chosen.values()), radar.units))
    if not files:
        raise MMEarthError(
            f"{', '.join(radar.path)}: no band is named {', '.join(POLARISATIONS)}; say what they are with `bands:`,"
            f" for example bands: [VV, VH]."
        )
    return files


def _polarisation(text: str | None, path: str, count: int) -> str:
    """The polarisation a band's name says, or for a single-band file the file's name; "-" for none."""
    for source in (text or "", Path(path).stem.replace("_", " ") if count == 1 else ""):
        found = {match[1].upper() for match in _POLARISATION.finditer(source.replace("_", " "))}
        if len(found) == 1:
            return str(found.pop())
    return "-"


def _elevation(path: str) -> AlignedRaster:
    return AlignedRaster(path, limits=_ELEVATION)


def _canopy(path: str) -> AlignedRaster:
    """Height and, where there is one, its standard deviation."""
    return AlignedRaster(path, (1, 2) if header_of(path).count > 1 else (1,), limits=_CANOPY)


def _sampled(raster: AlignedRaster, scene: Scene, site: Site) -> NDArray[np.float32]:
    """Known values of a raster over a scene; reading them finds what is damaged, elsewhere or beyond its limits."""
    with raster:
        values = raster.sample(scene.grid, site.title)
    return values[np.isfinite(values)]


def _check_cover(cover: LandCover, scene: Scene, site: Site) -> None:
    header = header_of(cover.path)
    with AlignedRaster(cover.path, resampling=Resampling.nearest) as raster:
        values = raster.sample(scene.grid, site.title)
    found = set(np.unique(values[np.isfinite(values)]).tolist())
    if cover.coding == "dynamic_world" and 0 in found and 9 not in found and header.nodata[0] is None:
        raise MMEarthError(
            f"{cover.path} holds 0 but no 9, so it may count the classes from 0 (water) to 8 (snow): declare"
            f" `coding: dynamic_world_label` if so, else set its no-data value to 0."
        )
    _codes(cover, values)


def _codes(cover: LandCover, values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Stored codes of a class map's values; 0 where it has none."""
    codes = np.zeros(values.shape, np.uint8)
    known = np.isfinite(values)
    for value in np.unique(values[known]).tolist():
        if value not in cover.codes:
            listed = ", ".join(map(str, sorted(cover.codes)))
            raise MMEarthError(
                f"{cover.path} holds {value:g}, which its coding ({listed}) does not know; correct `coding:`, or"
                f" declare that value as no-data."
            )
        codes[known & (values == value)] = cover.codes[int(value)]
    return codes


class SiteReader:
    """Open files of a site, for one thread."""

    def __init__(self, checked: CheckedSite, teachers: Mapping[str, Modality]) -> None:
        self._checked, self._site, self._scene = checked, checked.site, checked.scene
        self._known_teachers = teachers
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._reader = stack.enter_context(self._scene.reader())
            self._radar = [(stack.enter_context(file.open()), file) for file in self._checked.radar]
            site = self._site
            self._elevation = stack.enter_context(_elevation(site.elevation)) if site.elevation else None
            self._canopy = stack.enter_context(_canopy(site.canopy_height)) if site.canopy_height else None
            self._covers = [
                (cover, stack.enter_context(AlignedRaster(cover.path, resampling=Resampling.nearest)))
                for cover in site.land_cover
            ]
            self._teachers = [(file, stack.enter_context(file.open())) for file in self._checked.teachers]
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stack.close()

    def tile(self, window: Window, valid: float) -> SiteTile | None:
        """The tile of a window of the scene; None when less than the share `valid` of its Sentinel-2 is."""
        dn, usable = self._reader.read(window)
        if usable.mean() < valid:
            return None
        grid = self._scene.grid.crop(window)
        lon, lat = lonlat(grid)
        arrays: dict[str, NDArray[Any]] = {"sentinel2": self._sentinel2(dn, usable)}
        if self._radar:
            arrays["sentinel1"] = self._sentinel1(grid)
        if self._elevation is not None:
            arrays["aster"] = self._terrain(self._elevation, grid)
        if self._canopy is not None:
            arrays["canopy_height_eth"] = self._heights(self._canopy, grid)
        for cover, raster in self._covers:
            arrays[cover.modality] = _codes(cover, raster.read(grid))
        for file, raster in self._teachers:
            arrays[file.name] = file.stored(raster, grid, self._known_teachers[file.name])
        placed = self._site.place == "known"
        if placed:
            arrays |= {"lat": _circle(lat / 360), "lon": _circle(lon / 360)}
        if self._checked.day is not None:
            arrays["month"] = _circle(self._checked.day.month / 12)
        if self._site.era5 is not None:
            arrays["era5"] = np.array(self._site.era5, np.float32)
        regions: dict[str, int | None] = {"biome": None, "eco_region": None}
        for name, region in (("biome", self._site.biome), ("eco_region", self._site.eco_region)):
            index = None if region is None else lookup(name, region).at(lon, lat)
            if index is not None:
                modality = MODALITIES[name]
                arrays[name] = (np.arange(modality.stored) == index).astype(modality.dtype)
                regions[name] = index
        return SiteTile(
            arrays,
            self._scene.level,
            lon if placed else None,
            lat if placed else None,
            str(grid.crs.to_string()) if placed else None,
            self._checked.day,
            **regions,
        )

    def _sentinel2(self, dn: NDArray[np.float32], usable: NDArray[np.bool_]) -> NDArray[np.uint16]:
        stored = np.zeros((len(SENTINEL2_STORED), *usable.shape), np.uint16)
        for name, band in zip(self._scene.bands, dn, strict=True):
            rounded = np.clip(np.rint(band), 1, 65535)
            # A band that a ground pixel lacks is stored as 0, like a band that the whole tile lacks.
            stored[SENTINEL2_STORED.index(name)] = np.where(usable & np.isfinite(band), rounded, 0)
        return stored

    def _sentinel1(self, grid: Grid) -> NDArray[np.float32]:
        stored = np.full((len(SENTINEL1_STORED), *grid.shape), -np.inf, np.float32)
        for raster, file in self._radar:
            values = raster.read(grid)
            if file.units == "linear":
                # What noise removal left at or below nothing has no logarithm.
                values = 10 * np.log10(np.where(values > 0, values, np.float32(np.nan)))
            stored[list(file.channels)] = np.where(np.isfinite(values), values, -np.inf)
        return stored

    @staticmethod
    def _terrain(raster: AlignedRaster, grid: Grid) -> NDArray[np.int16]:
        steps = ground_steps(grid) or (1.0, 1.0)  # a scene whose place is not known is refused before
        cols, rows = reach_of(steps)
        around = Window(-rows, -cols, grid.height + 2 * rows, grid.width + 2 * cols)
        elevation = raster.read(grid.crop(around))[0]
        both = np.stack([elevation[rows : rows + grid.height, cols : cols + grid.width], slope(elevation, steps)])
        return np.where(np.isfinite(both), np.rint(both), MODALITIES["aster"].no_data).astype(np.int16)

    @staticmethod
    def _heights(raster: AlignedRaster, grid: Grid) -> NDArray[np.int8]:
        modality = MODALITIES["canopy_height_eth"]
        stored = np.full((modality.stored, *grid.shape), modality.no_data, np.int8)
        for target, values in zip(stored, raster.read(grid), strict=False):
            np.copyto(target, np.rint(values), where=np.isfinite(values), casting="unsafe")
        return stored


def _circle(turns: float) -> NDArray[np.float32]:
    """Sine and cosine of a share of a full turn."""
    angle = 2 * np.pi * turns
    return np.array([np.sin(angle), np.cos(angle)], np.float32)
