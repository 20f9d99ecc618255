"""Write the arrays of the development imagery as Sentinel-2 scenes: GeoTIFFs that `mmearth` opens without options.

    python training/scenes_from_arrays.py DATA_FOLDER OUTPUT_FOLDER

Sites and pairs only (120, 224 and 264 pixels). Their +1000 offset, where a product carries it, is removed here: the
data's description names the four tiles that do. Every scene lies at its place, as well as that is known: sites by the
centre given with them; BigEarthNet patches by the tile and the column and row of 1.2 km in their names (tens of metres,
if the tile's corner is that of the military grid); the SSL4EO location only by its tile (within 80 km).
"""

import argparse
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyproj
import rasterio
from numpy.typing import NDArray
from rasterio.transform import from_origin

L2A = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12")
L1C = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B10", "B11", "B12")
#: TerraMind sites whose products carry the offset, by level.
WITH_OFFSET = {"L1C": {0, 2, 3}, "L2A": {2}}
#: Side of a BigEarthNet patch, and of a Sentinel-2 tile, in m.
_PATCH, _TILE = 1200, 109_800
_ROW_LETTERS = "ABCDEFGHJKLMNPQRSTUV"
_COLUMN_LETTERS = ("STUVWXYZ", "ABCDEFGH", "JKLMNPQR")
_BAND_LETTERS = "CDEFGHJKLMNPQRSTUVWX"


class Place(NamedTuple):
    """Where an array lies: a UTM zone and the upper left corner in it, in m; and the side of its pixels in m."""

    epsg: int
    left: float
    top: float
    pixel: float = 10.0

    @classmethod
    def centred(cls, lonlat: Sequence[float], shape: tuple[int, int], pixel: float = 10.0) -> "Place":
        """The place of (height, width) pixels, to 10 m, around a point in degrees."""
        lon, lat = (float(each) for each in lonlat)
        epsg = (32600 if lat >= 0 else 32700) + int((lon + 180) // 6) + 1
        x, y = pyproj.Transformer.from_crs(4326, epsg, always_xy=True).transform(lon, lat)
        left, top = round(x / 10) * 10 - shape[1] // 2 * pixel, round(y / 10) * 10 + shape[0] // 2 * pixel
        return cls(epsg, left, top, pixel)

    @classmethod
    def of_tile(cls, name: str) -> "Place":
        """The upper left corner of a Sentinel-2 tile ("33UUP"), by its 100 km square of the military grid."""
        zone, band, column, row = int(name[:2]), name[2], name[3], name[4]
        left = (_COLUMN_LETTERS[zone % 3].index(column) + 1) * 100_000
        # Rows repeat every 2000 km, and in even zones begin five letters later; the latitude band says which it is.
        bottom = (_ROW_LETTERS.index(row) - (5 if zone % 2 == 0 else 0)) % 20 * 100_000
        south = (_BAND_LETTERS.index(band) - 10) * 8
        if south < 0:
            raise ValueError(f"{name} is south of the equator")
        epsg = 32600 + zone
        lowest = pyproj.Transformer.from_crs(4326, epsg, always_xy=True).transform(zone * 6 - 183, south)[1]
        while bottom + 100_000 <= lowest:
            bottom += 2_000_000
        # Tiles begin at whole pixels of 60 m, outside of the square.
        return cls(epsg, left // 60 * 60, -(-(bottom + 100_000) // 60) * 60)

    def moved(self, right: float, down: float) -> "Place":
        """The place so many metres further right and down."""
        return self._replace(left=self.left + right, top=self.top - down)


def pair_place(name: str, names: Sequence[str], shape: tuple[int, int]) -> Place:
    """Where a BigEarthNet or SSL4EO array lies, by its name and those of its fellows.

    Of a BigEarthNet pair only the radar image is named after its tile.
    """
    if name.startswith("SSL4EO"):
        tile = Place.of_tile(name.rsplit("_T", 1)[1])
        return tile.moved((_TILE - 10 * shape[1]) / 2, (_TILE - 10 * shape[0]) / 2)
    column, row = map(int, name.split("_")[-2:])
    tiles = (re.search(rf"^BEN_S1_.*_(\d\d[A-Z]{{3}})_{column}_{row}$", each) for each in names)
    return Place.of_tile(next(found[1] for found in tiles if found is not None)).moved(column * _PATCH, row * _PATCH)


def reflectance(pixels: NDArray[np.generic], offset: int) -> NDArray[np.uint16]:
    """Digital numbers with the offset added where there is a value; a valid pixel stays valid."""
    return np.where(pixels > 0, np.maximum(pixels.astype(np.int32) + offset, 1), 0).astype(np.uint16)


def write_raster(
    path: Path,
    pixels: NDArray[np.generic],
    place: Place,
    *,
    names: Sequence[str] = (),
    nodata: float | None = None,
    tags: dict[str, str] | None = None,
) -> None:
    """A GeoTIFF of (bands, H, W)."""
    profile = {
        "driver": "GTiff",
        "count": len(pixels),
        "height": pixels.shape[1],
        "width": pixels.shape[2],
        "dtype": pixels.dtype,
        "nodata": nodata,
        "crs": f"EPSG:{place.epsg}",
        "transform": from_origin(place.left, place.top, place.pixel, place.pixel),
        "compress": "deflate",
    }
    with rasterio.open(path, "w", **profile) as dataset:
        dataset.write(pixels)
        if names:
            dataset.descriptions = names
        dataset.update_tags(**(tags or {}))


def write(
    path: Path, pixels: NDArray[np.generic], level: str, offset: int, place: Place, *, names: Sequence[str] = ()
) -> None:
    """One scene of (bands, H, W) digital numbers that carry an `offset` still to be added.

    `names` of the bands: by default those of the level, by their number.
    """
    tags = {"SPACECRAFT_NAME": "Sentinel-2", "PROCESSING_LEVEL": level, "SCALE": "0.0001", "BOA_ADD_OFFSET": "0"}
    names = names or (L1C if len(pixels) == len(L1C) else L2A)
    write_raster(path, reflectance(pixels, offset), place, names=names, nodata=0, tags=tags)


def write_scenes(data: Path, output: Path, *, without: Collection[int] = ()) -> None:
    """Write every site, of both levels, and the Sentinel-2 image of every pair of the imagery in `data`.

    `without`: the numbers of sites that are left out.
    """
    output.mkdir(parents=True, exist_ok=True)
    with np.load(data / "terramind_sites.npz") as sites:
        for index, (site, lonlat) in enumerate(zip(sites["id"], sites["lonlat"], strict=True)):
            if index in without:
                continue
            for level in ("L1C", "L2A"):
                offset = -1000 if index in WITH_OFFSET[level] else 0
                pixels = sites[f"S2{level}"][index]
                place = Place.centred(lonlat, pixels.shape[1:])
                write(output / f"site_{site}_{level}.tif", pixels, level, offset, place)
    with np.load(data / "s1_s2_pairs.npz") as pairs:
        for name in pairs.files:
            if name.startswith(("SSL4EO_s2", "BEN_S2_")):
                level = "L1C" if len(pairs[name]) == len(L1C) else "L2A"
                place = pair_place(name, pairs.files, pairs[name].shape[1:])
                write(output / f"{name}.tif", pairs[name], level, 0, place)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()
    write_scenes(arguments.data, arguments.output)


if __name__ == "__main__":
    main()
