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
        teachers:                     # features of other networks, a band for each channel, on any grid
          alphaearth: aef.tif         # or {path:, no_data:, stride:, licence:, source:}
        date: 2020-04-08              # by default what the scene's metadata say
        dates:                        # further images of the place, on the same grid; all else is the site's
          - {sentinel2: temuco_2020-09.tif, sentinel1: {…}, date: 2020-09-15}
        place: unknown                # the georeference is made up: the tiles get no place
        era5: [281.2, …]              # twelve numbers in K and m: previous month, month, year
        biome: 7                      # 0 to 13, or {path:, field:, layer:} of polygons, or {path:} of a raster
        eco_region: {path: ecoregions.gpkg, field: eco_index}   # 0 to 845, likewise

Every path is relative to the specification; only `sentinel2` is needed.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from mmearth_core import records
from mmearth_core.errors import MMEarthError
from mmearth_core.modalities import (
    BIOMES,
    DYNAMIC_WORLD,
    ECOREGIONS,
    ERA5_STORED,
    MODALITIES,
    TEACHER_PREFIX,
    WORLDCOVER,
    is_teacher,
)
from mmearth_core.raster.scene import SceneOptions
from mmearth_core.records import COMMAS, ONE_OR_MANY, POSITIVE, RELATIVE, Form, Rule, shorthand
from mmearth_core.tiles.build.stac_sites import items_of, site_of_item

Polarisation = Literal["VV", "VH", "HH", "HV"]
POLARISATIONS: tuple[Polarisation, ...] = get_args(Polarisation)
#: Temperatures in K, precipitation in m: what monthly and yearly values on Earth lie between.
_TEMPERATURE, _PRECIPITATION = (170.0, 340.0), (0.0, 40.0)
#: What a tile id is made of must fit the layout's 100 letters together with row and column.
_LONGEST_NAME = 80


def _alone(content: Any) -> Any:
    """A raster's path, written alone or under `path:`."""
    return content["path"] if isinstance(content, Mapping) and set(content) == {"path"} else content


def _era5(content: Any) -> Any:
    """Twelve numbers in their units, or null where one is not known. Raises `ValueError`."""
    if not isinstance(content, list | tuple) or len(content) != len(ERA5_STORED):
        raise ValueError(f"it must be {len(ERA5_STORED)} numbers: {', '.join(ERA5_STORED)}")
    for name, value in zip(ERA5_STORED, content, strict=True):
        low, high = _PRECIPITATION if name.endswith("precipitation") else _TEMPERATURE
        if isinstance(value, int | float) and not low <= value <= high:
            unit = "m" if low == 0 else "K"
            raise ValueError(f"{name} is {value:g}, but must be in {unit}, {low:g} to {high:g}")
    return content


def _index_of(count: int) -> Form:
    """A region given by its index, or a biome by its name."""

    def read(content: Any) -> Any:
        if content is None or isinstance(content, Mapping):
            return content
        index = biome_index(content) if isinstance(content, str) and count == len(BIOMES) else content
        if type(index) is not int or not 0 <= index < count:
            raise ValueError(f"it must be an index from 0 to {count - 1}, or `path:` and `field:` of a file to ask")
        return {"index": index}

    return Form(read)


File = Annotated[str, RELATIVE]
Files = Annotated[tuple[File, ...], ONE_OR_MANY, Rule(bool, "must name a file")]
Raster = Annotated[str, Form(_alone), RELATIVE]
TeacherName = Annotated[
    str,
    Rule(
        lambda name: is_teacher(f"{TEACHER_PREFIX}{name}") and not name.startswith(TEACHER_PREFIX),
        f"must be of lower case letters, digits and underscores, without {TEACHER_PREFIX}",
    ),
]
#: A number is taken as it is written.
Text = Annotated[str, Form(lambda content: str(content) if isinstance(content, int | float) else content)]


@dataclass(frozen=True, kw_only=True)
class Sentinel2(SceneOptions):
    """A scene, in one file or several, and how it is to be read."""

    path: Files

    @property
    def scene(self) -> str | tuple[str, ...]:
        """What `open_scene` opens."""
        return self.path[0] if len(self.path) == 1 else self.path


@dataclass(frozen=True)
class Radar:
    """Sentinel-1 of one orbit: files, the polarisation of each of their bands ("-": none), and their unit."""

    path: Files
    units: Literal["dB", "linear"]
    bands: Annotated[tuple[Polarisation | Literal["-"], ...] | None, COMMAS] = None


@dataclass(frozen=True)
class LandCover:
    """A class map and what its values mean: a coding that has a name, or the class of each value (null: no class)."""

    path: File
    coding: Literal["esa_worldcover", "dynamic_world", "dynamic_world_label"] | Mapping[int, str | None]

    def __post_init__(self) -> None:
        """Raise `ValueError` when the classes are of no modality."""
        _ = self._coding

    @property
    def modality(self) -> str:
        """The modality its classes belong to."""
        return self._coding[0]

    @property
    def codes(self) -> Mapping[int, int]:
        """The stored code of each of its values (0: no class)."""
        return self._coding[1]

    @cached_property
    def _coding(self) -> tuple[str, dict[int, int]]:
        return codings()[self.coding] if isinstance(self.coding, str) else _own_coding(self.coding)


@dataclass(frozen=True)
class Region:
    """A biome or ecoregion: an index for the whole site, or a file to ask at each tile's centre."""

    path: Annotated[str, RELATIVE] = ""
    field: Text | None = None
    layer: Text | None = None
    index: int | None = None

    def __post_init__(self) -> None:
        if not self.path and self.index is None:
            raise ValueError("a `path:` is needed here")


@dataclass(frozen=True)
class Teacher:
    """A raster of the features of another network: a value it has where there is none, pixels of the scene in the side
    of a cell (by default the power of two that is nearest to its own pixels), and whose features they are."""

    path: File
    no_data: float | None = None
    stride: Annotated[int, POSITIVE] | None = None
    licence: Text = ""
    source: Text = ""


Orbits = Annotated[Mapping[Literal["asc", "desc"], Radar], Rule(bool, "must have `asc:` or `desc:`")]


@dataclass(frozen=True)
class Dated:
    """A further image of a site's place, and the radar of its time."""

    sentinel2: Annotated[Sentinel2, shorthand("path")]
    sentinel1: Orbits = field(default_factory=dict)
    date: datetime.date | None = None


@dataclass(frozen=True)
class Site:
    """A Sentinel-2 scene and what else is known of its place. Its name is by default that of the scene's file."""

    sentinel2: Annotated[Sentinel2, shorthand("path")]
    name: Text = ""
    sentinel1: Orbits = field(default_factory=dict)
    elevation: Raster | None = None
    land_cover: Annotated[tuple[LandCover, ...], ONE_OR_MANY] = ()
    canopy_height: Raster | None = None
    teachers: Mapping[TeacherName, Annotated[Teacher, shorthand("path")]] = field(default_factory=dict)
    date: datetime.date | None = None
    dates: tuple[Dated, ...] = ()
    place: Literal["known", "unknown"] = "known"
    era5: Annotated[tuple[float | None, ...], Form(_era5)] | None = None
    biome: Annotated[Region, _index_of(len(BIOMES))] | None = None
    eco_region: Annotated[Region, _index_of(ECOREGIONS)] | None = None

    def __post_init__(self) -> None:
        """Raise `ValueError` when a modality is given twice."""
        covers = [each.modality for each in self.land_cover]
        if len(set(covers)) < len(covers):
            raise ValueError(f"{covers[0]} is given twice under `land_cover:`")
        if self.place == "unknown" and any(each is not None and each.path for each in (self.biome, self.eco_region)):
            raise ValueError("no file can be asked for the biome or ecoregion of a `place: unknown`; give its index")
        if self.place == "unknown" and self.dates:
            raise ValueError("dates are images of one place, which `place: unknown` does not tell; leave one out")

    def images(self) -> "tuple[Site, ...]":
        """A site for each of its images, the first its own; the weather of its month is that one's alone."""
        own = replace(self, dates=())
        return own, *(
            replace(
                own,
                sentinel2=each.sentinel2,
                sentinel1=each.sentinel1,
                date=each.date,
                era5=None,
                name=f"{self.name}_{each.date or number}",
            )
            for number, each in enumerate(self.dates, 2)
        )

    @property
    def title(self) -> str:
        """The scene as a sentence names it."""
        return f"{self.sentinel2.path[0]}{', …' if len(self.sentinel2.path) > 1 else ''}"

    @property
    def files(self) -> tuple[str, ...]:
        """The files beside Sentinel-2."""
        radar = [path for each in self.sentinel1.values() for path in each.path]
        regions = [each.path for each in (self.biome, self.eco_region) if each is not None and each.path]
        covers = [each.path for each in self.land_cover]
        features = [each.path for each in self.teachers.values()]
        return (*radar, *(path for path in (self.elevation, self.canopy_height) if path), *covers, *regions, *features)


@dataclass(frozen=True)
class Specification:
    """All that a YAML file says."""

    sites: Annotated[tuple[Site, ...], ONE_OR_MANY]


def read_specification(path: str | Path, scratch: Path) -> tuple[tuple[Site, ...], ...]:
    """The images of each site (see `Site.images`) of a YAML specification (`sites:`), a list of STAC items, or an
    ItemCollection.

    Paths are relative to the file that names them, and absolute in what is returned, so that they name the same files
    from wherever the same call is made again. Items of a collection are written into `scratch`, one file each.
    Raises `MMEarthError` that names the place of what is wrong.
    """
    path = Path(path)
    content = _load(path)
    items = items_of(content, path, scratch)
    if items is None:
        sites = records.read(Specification, _said(content), path, folder=path.parent.resolve()).sites
    else:
        sites = tuple(records.read(Site, site_of_item(item), item, folder=item.parent.resolve()) for item in items)
    if not sites:
        raise MMEarthError(f"{path} names no site; give a list under `sites:`, or STAC items.")
    places = tuple(tuple(_named(image, path) for image in _named(site, path).images()) for site in sites)
    names = [image.name for images in places for image in images]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise MMEarthError(f"{path}: two sites or dates are called {twice!r}; give each its own `name:` or `date:`.")
    return places


def _named(site: Site, path: Path) -> Site:
    """A site with a name that tiles can have."""
    name = site.name or Path(site.sentinel2.path[0]).stem
    if not (name.isascii() and name.isprintable()) or set(name) & set(" /\\") or len(name) > _LONGEST_NAME:
        raise MMEarthError(
            f"{path}: the name {name!r} of a site must be of at most {_LONGEST_NAME} ASCII letters, without spaces and"
            " /; give another one by `name:`."
        )
    return replace(site, name=name)


def _said(content: Any) -> Any:
    """Without keys that are null, which is as good as not to write them; only in a coding null is a value: no class."""
    if isinstance(content, Mapping):
        return {key: each if key == "coding" else _said(each) for key, each in content.items() if each is not None}
    return list(map(_said, content)) if isinstance(content, list) else content


def _load(path: Path) -> Any:
    if not path.is_file():
        raise MMEarthError(f"{path} does not exist; give a YAML specification or a JSON file of STAC items.")
    if path.suffix.lower() not in {".json", ".geojson"}:
        return records.parsed_yaml(path)
    try:
        return records.parsed(path.read_bytes(), path)
    except OSError as error:
        raise MMEarthError(f"{path} cannot be read ({error.strerror}); give a file that you may read.") from error


def codings() -> dict[str, tuple[str, dict[int, int]]]:
    """Name of a coding → its modality and the stored code of each value. 0 is no class where it is not a value."""
    return {
        "esa_worldcover": ("esa_worldcover", {code: code for code in (0, *MODALITIES["esa_worldcover"].codes)}),
        "dynamic_world": ("dynamic_world", {code: code for code in (0, *MODALITIES["dynamic_world"].codes)}),
        "dynamic_world_label": ("dynamic_world", {code - 1: code for code in MODALITIES["dynamic_world"].codes}),
    }


def _own_coding(coding: Mapping[int, str | None]) -> tuple[str, dict[int, int]]:
    """The same of `{value: class name}`. Raises `ValueError`."""
    for modality, names in (("dynamic_world", DYNAMIC_WORLD), ("esa_worldcover", WORLDCOVER)):
        code = dict(zip(names, MODALITIES[modality].codes, strict=True))
        classes = {name for name in coding.values() if name is not None}
        if classes and classes <= set(code):
            return modality, {value: 0 if name is None else code[name] for value, name in coding.items()}
    raise ValueError(
        f"the classes of its coding must all be of Dynamic World ({', '.join(DYNAMIC_WORLD)}) or all of WorldCover"
        f" ({', '.join(WORLDCOVER)}), or null for none"
    )


def biome_index(name: str) -> int | None:
    """The index of a biome by its name, as MMEarth or the RESOLVE ecoregions of 2017 write it; None if it is none."""
    wanted = _plain(name)
    return next((index for index, biome in enumerate(BIOMES) if _plain(biome) == wanted), None)


def _plain(name: str) -> str:
    return " ".join(name.split("/", maxsplit=1)[0].lower().replace("&", "and").replace(",", " ").split())
