"""What a user wants tiles of: sites of aligned rasters, read from a YAML specification or a list of STAC items.

Only text becomes values here, and every mistake is named with its place; no raster is opened. A specification:

    sites:
      - name: temuco                  # begins its tiles' ids; by default the scene's file name
        sentinel2: temuco_l2a.tif     # or {path:, and bands, level, offset, scale, mask … as of `embed`}
        sentinel1:                    # asc, desc or both
          asc: {path: s1.tif, bands: [VV, VH], units: dB}       # or linear; path may be a list of files
        elevation: dem.tif            # m; slope is derived
        land_cover: {path: lc.tif, coding: esa_worldcover}      # or dynamic_world (1 … 9), dynamic_world_label
          # (0 … 8), or a mapping: coding: {1: water, 2: trees, 8: null}; a list for two maps
        canopy_height: canopy.tif     # m; a second band is its standard deviation
        date: 2020-04-08              # by default what the scene's metadata say
        era5: [281.2, …]              # twelve numbers in K and m: previous month, month, year
        biome: 7                      # 0 to 13, or {path:, field:, layer:} of polygons, or {path:} of a raster
        eco_region: {path: ecoregions.gpkg, field: eco_index}   # 0 to 845, likewise

Every path is relative to the specification; only `sentinel2` is needed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import yaml

from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import BIOMES, DYNAMIC_WORLD, ECOREGIONS, ERA5_STORED, MODALITIES, WORLDCOVER
from mmearth_core.tiles.build.entry import Entry
from mmearth_core.tiles.build.stac_sites import items_of, site_of_item

ORBITS = ("asc", "desc")
POLARISATIONS = ("VV", "VH", "HH", "HV")
#: Temperatures in K, precipitation in m: what monthly and yearly values on Earth lie between.
_TEMPERATURE, _PRECIPITATION = (170.0, 340.0), (0.0, 40.0)
#: What a tile id is made of must fit the layout's 100 letters together with row and column.
_LONGEST_NAME = 80


@dataclass(frozen=True)
class Radar:
    """Sentinel-1 of one orbit: files, the polarisation of each of their bands ("-": none), and their unit."""

    paths: tuple[str, ...]
    bands: tuple[str, ...] | None
    units: Literal["dB", "linear"]


@dataclass(frozen=True)
class LandCover:
    """A class map, the modality its classes belong to, and the stored code of each of its values (0: no class)."""

    path: str
    modality: str
    coding: str
    codes: Mapping[int, int]


@dataclass(frozen=True)
class Region:
    """A biome or ecoregion: an index for the whole site, or a file to ask at each tile's centre."""

    index: int | None = None
    path: str = ""
    field: str | None = None
    layer: str | None = None


@dataclass(frozen=True)
class Site:
    """A Sentinel-2 scene and what else is known of its place. `scene` are the arguments of `open_scene`."""

    name: str
    sentinel2: str | tuple[str, ...]
    scene: Mapping[str, Any] = field(default_factory=dict)
    sentinel1: Mapping[str, Radar] = field(default_factory=dict)
    elevation: str | None = None
    land_cover: tuple[LandCover, ...] = ()
    canopy_height: str | None = None
    day: date | None = None
    era5: tuple[float, ...] | None = None
    biome: Region | None = None
    eco_region: Region | None = None

    @property
    def title(self) -> str:
        """The scene as a sentence names it."""
        return self.sentinel2 if isinstance(self.sentinel2, str) else f"{self.sentinel2[0]}, …"

    @property
    def files(self) -> tuple[str, ...]:
        """The files beside Sentinel-2."""
        radar = [path for each in self.sentinel1.values() for path in each.paths]
        regions = [each.path for each in (self.biome, self.eco_region) if each is not None and each.path]
        covers = [each.path for each in self.land_cover]
        return (*radar, *(path for path in (self.elevation, self.canopy_height) if path), *covers, *regions)


def read_specification(path: str | Path, scratch: Path) -> tuple[Site, ...]:
    """The sites of a YAML specification (`sites:`), of a list of STAC items, or of an ItemCollection.

    Paths are relative to the file that names them, and absolute in what is returned, so that they name the same files
    from wherever the same call is made again. Items of a collection are written into `scratch`, one file each.
    Raises `MMEarthError` that names the place of what is wrong.
    """
    path = Path(path)
    content = _load(path)
    items = items_of(content, path, scratch)
    if items is not None:
        entries = [site_of_item(item) for item in items]
    else:
        top = Entry(content, str(path), path.parent.resolve())
        entries = top.entries("sites")
        top.finish()
    sites = tuple(_site(entry) for entry in entries)
    if not sites:
        raise MMEarthError(f"{path} names no site; give a list under `sites:`, or STAC items.")
    names = [site.name for site in sites]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise MMEarthError(f"{path}: two sites are called {twice!r}; give each its own `name:`.")
    return sites


def _load(path: Path) -> Any:
    if not path.is_file():
        raise MMEarthError(f"{path} does not exist; give a YAML specification or a JSON file of STAC items.")
    try:
        text = path.read_text(encoding="utf-8")
        return json.loads(text) if path.suffix.lower() in {".json", ".geojson"} else yaml.safe_load(text)
    except (UnicodeDecodeError, json.JSONDecodeError, yaml.YAMLError) as error:
        raise MMEarthError(f"{path} is neither YAML nor JSON ({' '.join(str(error).split())}).") from error


def _site(entry: Entry) -> Site:
    paths, scene = _scene(entry)
    name = entry.text("name", default=Path(paths if isinstance(paths, str) else paths[0]).stem)
    if not (name.isascii() and name.isprintable()) or set(name) & set(" /\\") or len(name) > _LONGEST_NAME:
        raise entry.wrong("name", f"{name!r} must be of at most {_LONGEST_NAME} ASCII letters, without spaces and /")
    site = Site(
        name=name,
        sentinel2=paths,
        scene=scene,
        sentinel1=_radars(entry),
        elevation=_path(entry, "elevation"),
        land_cover=tuple(_land_cover(each) for each in entry.entries("land_cover", required=False)),
        canopy_height=_path(entry, "canopy_height"),
        day=_date(entry),
        era5=_era5(entry),
        biome=_region(entry, "biome"),
        eco_region=_region(entry, "eco_region"),
    )
    entry.finish()
    covers = [each.modality for each in site.land_cover]
    if len(set(covers)) < len(covers):
        raise entry.wrong("land_cover", f"{covers[0]} is given twice")
    return site


def _path(entry: Entry, key: str) -> str | None:
    """A raster's path, written alone or under `path:`."""
    inner = entry.entry(key, shorthand="path")
    if inner is None:
        return None
    path = inner.path("path")
    inner.finish()
    return path


def _scene(entry: Entry) -> tuple[str | tuple[str, ...], dict[str, Any]]:
    inner = entry.entry("sentinel2", shorthand="path", required=True)
    paths = inner.paths("path")
    options: dict[str, Any] = {
        "bands": inner.words("bands"),
        "level": inner.choice("level", ("auto", "l1c", "l2a"), default="auto"),
        "offset": inner.number_or("offset", "auto"),
        "scale": inner.number_or("scale", "auto"),
        "mask": inner.path("mask") if "mask" in inner else None,
        "mask_values": inner.integers("mask_values"),
        "exclude_clouds": inner.flag("exclude_clouds"),
    }
    inner.finish()
    return paths[0] if len(paths) == 1 else paths, options


def _radars(entry: Entry) -> dict[str, Radar]:
    outer = entry.entry("sentinel1")
    if outer is None:
        return {}
    found = {}
    for orbit in ORBITS:
        inner = outer.entry(orbit)
        if inner is None:
            continue
        bands = inner.words("bands")
        for word in bands or ():
            if word not in (*POLARISATIONS, "-"):
                raise inner.wrong(
                    "bands", f"{word!r} is none of {', '.join(POLARISATIONS)}, or '-' for a band to ignore"
                )
        units: Literal["dB", "linear"] = "dB" if inner.choice("units", ("dB", "linear")) == "dB" else "linear"
        found[orbit] = Radar(inner.paths("path"), bands, units)
        inner.finish()
    outer.finish()
    if not found:
        raise entry.wrong("sentinel1", "neither `asc:` nor `desc:` is given")
    return found


def codings() -> dict[str, tuple[str, dict[int, int]]]:
    """Name of a coding → its modality and the stored code of each value. 0 is no class where it is not a value."""
    return {
        "esa_worldcover": ("esa_worldcover", {code: code for code in (0, *MODALITIES["esa_worldcover"].codes)}),
        "dynamic_world": ("dynamic_world", {code: code for code in (0, *MODALITIES["dynamic_world"].codes)}),
        "dynamic_world_label": ("dynamic_world", {code - 1: code for code in MODALITIES["dynamic_world"].codes}),
    }


def _land_cover(entry: Entry) -> LandCover:
    path = entry.path("path")
    coding = entry.value("coding")
    if isinstance(coding, Mapping):
        modality, codes = _own_coding(entry, coding)
        name = "as given"
    elif coding in codings():
        name = str(coding)
        modality, codes = codings()[name]
    else:
        raise entry.wrong("coding", f"{coding!r} is none of {', '.join(codings())}, or a mapping from value to class")
    entry.finish()
    return LandCover(path, modality, name, codes)


def _own_coding(entry: Entry, coding: Mapping[Any, Any]) -> tuple[str, dict[int, int]]:
    """Of `{value: class name}`; a class of null means no class."""
    for modality, names in (("dynamic_world", DYNAMIC_WORLD), ("esa_worldcover", WORLDCOVER)):
        code = dict(zip(names, MODALITIES[modality].codes, strict=True))
        classes = [name for name in coding.values() if name is not None]
        if classes and set(classes) <= set(code):
            if not all(type(value) is int for value in coding):
                raise entry.wrong("coding", "the values of a class map are whole numbers")
            return modality, {value: 0 if name is None else code[name] for value, name in coding.items()}
    raise entry.wrong(
        "coding",
        f"its classes must all be of Dynamic World ({', '.join(DYNAMIC_WORLD)}) or all of WorldCover"
        f" ({', '.join(WORLDCOVER)}), or null for none",
    )


def _date(entry: Entry) -> date | None:
    value = entry.value("date", required=False)
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value[:10])
        except ValueError:
            raise entry.wrong("date", f"{value!r} is no date such as 2020-04-08") from None
    if isinstance(value, datetime):
        return value.date()
    if value is not None and not isinstance(value, date):
        raise entry.wrong("date", f"{value!r} is no date such as 2020-04-08")
    return value


def _era5(entry: Entry) -> tuple[float, ...] | None:
    values = entry.value("era5", required=False)
    if values is None:
        return None
    if not isinstance(values, Sequence) or isinstance(values, str) or len(values) != len(ERA5_STORED):
        raise entry.wrong("era5", f"it must be {len(ERA5_STORED)} numbers: {', '.join(ERA5_STORED)}")
    numbers = []
    for name, value in zip(ERA5_STORED, values, strict=True):
        low, high = _PRECIPITATION if name.endswith("precipitation") else _TEMPERATURE
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise entry.wrong("era5", f"{name} is {value!r}, which is no number")
        if value is not None and not low <= value <= high:
            unit = "m" if low == 0 else "K"
            raise entry.wrong("era5", f"{name} is {value:g}, but must be in {unit}, {low:g} to {high:g}")
        numbers.append(float("nan") if value is None else float(value))
    return tuple(numbers)


def biome_index(name: str) -> int | None:
    """The index of a biome by its name, as MMEarth or the RESOLVE ecoregions of 2017 write it; None if it is none."""
    wanted = _plain(name)
    return next((index for index, biome in enumerate(BIOMES) if _plain(biome) == wanted), None)


def _plain(name: str) -> str:
    return " ".join(name.split("/", maxsplit=1)[0].lower().replace("&", "and").replace(",", " ").split())


def _region(entry: Entry, key: str) -> Region | None:
    value = entry.value(key, required=False)
    count = len(BIOMES) if key == "biome" else ECOREGIONS
    if isinstance(value, Mapping):
        inner = entry.entry(key, required=True)
        path, field_name, layer = inner.path("path"), inner.text("field", default=""), inner.text("layer", default="")
        inner.finish()
        return Region(None, path, field_name or None, layer or None)
    if value is None:
        return None
    if key == "biome" and isinstance(value, str):
        value = biome_index(value)
    if type(value) is not int or not 0 <= value < count:
        raise entry.wrong(key, f"it must be an index from 0 to {count - 1}, or `path:` and `field:` of a file to ask")
    return Region(value)
