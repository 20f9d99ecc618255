"""The packed tiles of the development imagery as sites of a specification: one source for each kind of file.

A site is named after its file and the number of the tile in it, so that what else is known of a tile (labels, features
of other networks) can be found again: `europe_l2a_unplaced-0012`, `barkbeetle_czechia_dev-205232-2019-09-0-0` (site,
date, row and column of the window in steps of 64 pixels).

* Bands that a file does not have are left out of the scene, and so are neither shown nor learned. A pixel that is 0 in
  all bands has no value; where only some are 0 (B09 over dark water, in half of the Baltic pixels), 0 was measured and
  is written as 1.
* Pixels are left as they are and their size is told by the georeference: Czechia about 6.5 m (10 m of the Mercator
  projection), Sundarbans 18.5 m, Tanzania 20 m, all others within a tenth of 10 m. Resampling would invent detail or
  lose half of it, and what other networks say of these tiles is said of them as they are.
* Places that are unknown, or known by the 110 km of a Sentinel-2 tile only (DSen2: T33UUB and T49JGM, which are in
  Denmark and Western Australia, whatever the file is called), are told as unknown.
* An image much brighter in blue than the others of its place is cloudy, and left out.
* A month without a day is stored as its 15th; a year without a month is no date.
* The Belgian series has radar (all of relative orbits 59 and 161, which ascend, as the dates modulo six show), relief
  and a land cover: of WorldCereal's classes crops, grass and built. Labels of other files are never read: they belong
  to what models are judged on.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.packed_tiles import read_packed
from training.scenes_from_arrays import Place, write, write_raster
from training.starter.sources.balance import balanced, look

Entry = dict[str, Any]
Source = Callable[[Path, Path], Iterator[Entry]]

SIDE = 64
#: Pixels of another size than 10 m, in m.
_PIXEL = {"sundarbans_l2a": 18.5, "t37mem_series_20m_l2a": 20.0}
#: Of a place with so many images those are cloudy whose blue is so many times that of its median image.
_SERIES, _CLOUDY = 4, 1.6
#: What WorldCereal's classes of the Belgian series are in Dynamic World.
_BELGIAN_COVER = {11: "crops", 13: "grass", 60: "built", 99: None}
#: Somewhere to lie for tiles whose place is unknown: nobody is told.
_NOWHERE = Place(32631, 500_000, 640)


@dataclass(frozen=True)
class Image:
    """An image of a packed file: (bands, H, W) in DN, with the bands it really has; `beside`, what else is known."""

    name: str
    pixels: NDArray[np.uint16]
    bands: tuple[str, ...]
    level: str
    offset: int
    place: Place | None
    date: str
    beside: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def entry(self, folder: Path) -> Entry:
        """Write the image into `folder`; what a specification says of it."""
        place = self.place or _NOWHERE
        known = self.pixels.any(axis=0)
        scene = folder / f"{self.name}.tif"
        write(scene, np.where(known, np.maximum(self.pixels, 1), 0), self.level, self.offset, place, names=self.bands)
        # Of a bright desert one would doubt that the offset is removed, were it not said here.
        entry: Entry = {"name": self.name, "sentinel2": {"path": scene.name, "offset": 0}}
        if self.place is None:
            entry["place"] = "unknown"
        if len(self.date) >= len("2019-09"):
            entry["date"] = self.date if len(self.date) > len("2019-09") else f"{self.date}-15"
        if self.beside:
            radar, relief, cover = (folder / f"{self.name}_{what}.tif" for what in ("s1", "dem", "cover"))
            write_raster(radar, self.beside["s1_db"].astype(np.float32), place, names=("VV", "VH"))
            write_raster(relief, self.beside["dem"][None], place)
            write_raster(cover, self.beside["landcover"][None], place)
            entry |= {
                "sentinel1": {"asc": {"path": radar.name, "units": "dB"}},
                "elevation": relief.name,
                "land_cover": {"path": cover.name, "coding": _BELGIAN_COVER},
            }
        return entry


def images(path: Path, *, beside: tuple[str, ...] = ()) -> list[Image]:
    """The tiles of a packed file, with what they have `beside`."""
    arrays = read_packed(path)
    bands = tuple(map(str, arrays["bands"]))
    pixels = arrays["x"][:, [arrays["order"].tolist().index(band) for band in bands]]
    lonlat = np.stack([arrays["lon"], arrays["lat"]], axis=1).astype(np.float64)
    return [
        Image(
            f"{path.stem}-{number:04d}",
            pixels[number],
            bands,
            str(arrays["level"][number]),
            -int(arrays["offset"][number]),
            _place(lonlat[number], _PIXEL.get(path.stem, 10.0)),
            str(arrays["date"][number]),
            {name: arrays[name][number] for name in beside},
        )
        for number in range(len(pixels))
    ]


def _place(lonlat: NDArray[np.float64], pixel: float) -> Place | None:
    return Place.centred(lonlat.tolist(), (SIDE, SIDE), pixel) if np.isfinite(lonlat).all() else None


def kept(candidates: list[Image]) -> list[Image]:
    """Those images of a source that are learned from: see `balance`. An image without a place is a place of its own."""
    candidates = clear(candidates)
    common = [band for band in candidates[0].bands if all(band in each.bands for each in candidates)]
    looks = np.stack([look(each.pixels[[each.bands.index(band) for band in common]]) for each in candidates])
    places = [each.name if each.place is None else each.place for each in candidates]
    return [candidates[number] for number in balanced(looks, places)]


def clear(candidates: list[Image]) -> list[Image]:
    """Those images that are not much brighter in blue than most of their place; of few images none can be told."""
    blue = {each.name: float(np.median(each.pixels[each.bands.index("B02")])) for each in candidates}
    series: dict[Place | None, list[float]] = {}
    for each in candidates:
        series.setdefault(each.place, []).append(blue[each.name])
    return [
        each
        for each in candidates
        if each.place is None
        or len(series[each.place]) < _SERIES
        or blue[each.name] <= _CLOUDY * float(np.median(series[each.place]))
    ]


def source(*stems: str, beside: tuple[str, ...] = ()) -> Source:
    """The source of packed files of the same places."""

    def entries(data: Path, folder: Path) -> Iterator[Entry]:
        """A site of each tile that is kept."""
        candidates = [each for stem in stems for each in images(data / f"{stem}.npz", beside=beside)]
        for image in kept(candidates):
            yield image.entry(folder)

    return entries


def czechia(data: Path, folder: Path) -> Iterator[Entry]:
    """Windows of the forest sites of Czechia at both dates. Whether trees are damaged is not read."""
    path = data / "barkbeetle_czechia_dev.npz"
    arrays = read_packed(path)
    bands = tuple(map(str, arrays["order"]))
    candidates = []
    for site, lon, lat in zip(arrays["site"].tolist(), arrays["lon"].tolist(), arrays["lat"].tolist(), strict=True):
        pixels = arrays[f"x_{site}"]
        pixel = 10 * float(np.cos(np.radians(lat)))
        whole = Place.centred((lon, lat), pixels.shape[2:], pixel)
        for row, column in product(*(range(length // SIDE) for length in pixels.shape[2:])):
            place = whole.moved(column * SIDE * pixel, row * SIDE * pixel)
            window = pixels[..., row * SIDE : (row + 1) * SIDE, column * SIDE : (column + 1) * SIDE]
            for date, cut in zip(arrays["dates"].tolist(), window, strict=True):
                name = f"{path.stem}-{site}-{date}-{row}-{column}"
                candidates.append(Image(name, cut, bands, "L2A", 0, place, date))
    for image in kept(candidates):
        yield image.entry(folder)


#: Every packed file is of one source, by name.
PACKED: Mapping[str, Source] = {
    "europe": source("europe_l2a_unplaced"),
    "czechia": czechia,
    "dubai": source("oscd_dubai_l1c"),
    "catalonia": source("eotdl_boadella_series_l2a"),
    "baltic": source("baltic_ships_l2a"),
    "dsen2": source("dsen2_germany_china_l1c"),
    "france": source("france_forest_l2a_2018"),
    "pilbara": source("pilbara_l2a_20181201", "pilbara_l2a_20190105"),
    "sundarbans": source("sundarbans_l2a"),
    "tanzania": source("t37mem_series_20m_l2a"),
    "belgium": source("worldcereal_belgium_series_l2a", beside=("s1_db", "dem", "landcover")),
    "argentina": source("argentina_8band_l2a"),
}
