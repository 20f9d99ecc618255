"""Turn the development imagery into the tiles the starter model is trained on.

    python -m training.starter.make_tiles DATA_FOLDER OUTPUT_FOLDER

The arrays become GeoTIFFs at their places, one specification names them all, and `mmearth build-tiles` does the rest.
The sources, and what of each modality they bring:

* TerraMind (5 places, L1C and L2A as two sites each): radar, elevation, land cover, place and date. The orbit of the
  radar is not told; it is stored as ascending. The land cover has the classes of ESRI's map numbered without gaps, as
  the spectra of each value show (1 dark in the near infrared, 6 the brightest sand, 7 all of a frozen site, 2 dense
  vegetation with strong radar, 5 strong radar in a town, 4 nearly all of farmland in Denmark). Its rangeland (9) is
  grass or shrub of Dynamic World and therefore no class here.
* BigEarthNet (6 patches, L2A): radar; orbits by the hour of the passage, which is morning when descending.
* SSL4EO (1 place, two dates of each level): the radar image of the nearest date.
* EuroSAT (L1C): no date, so no month. A tile's site is named by the EuroSAT id. Class labels are left out: they
  belong to what the model is judged on.
* Major-TOM (1 scene, L2A): a fourth of its windows, so that one place does not outweigh all others.
* The packed files, twelve further sources, balanced by place and look: `sources/packed.py`, `sources/balance.py`.
* Where it is known of a tile, what another network says of it, as a teacher: `sources/teacher.py`.

Nothing is made of places that are judged on, nor of any to learn from that lie near a held-out block: `places.py`. The
Aberystwyth scene is never read here. Where everything comes from, and how many tiles of it there are, says
`sources/provenance.py`, which also prints it.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

import numpy as np
import rasterio
import yaml
from rasterio.windows import Window

from mmearth_core.progress import Progress, Silent
from mmearth_core.raster.grid import Grid
from mmearth_core.tiles.build.alignment import lonlat
from mmearth_core.tiles.build.build_tiles import BuildResult, build_tiles
from mmearth_core.tiles.reader import TileFile
from training.scenes_from_arrays import L1C, WITH_OFFSET, Place, pair_place, write, write_raster
from training.starter.places import may_be_used
from training.starter.sources import teacher
from training.starter.sources.packed import PACKED, Entry, Source
from training.starter.sources.provenance import per_source

#: Side of a tile, and pixels from one tile of a whole scene to the next: every other one of the windows without gaps,
#: by which other networks' features of the scenes are numbered.
SIZE, APART = 64, 128
#: Where the tiles of BigEarthNet's patches of 120 pixels begin: there are four, which overlap by 8.
_PATCH_STARTS = (0, 56)
#: What the values of TerraMind's land cover are in Dynamic World.
LAND_COVER = {
    1: "water",
    2: "trees",
    3: "flooded vegetation",
    4: "crops",
    5: "built",
    6: "bare",
    7: "snow",
    8: None,
    9: None,
}
#: The radar image nearest in time to each of the SSL4EO scenes, by the month of the scene, with its orbit.
_SSL4EO_RADAR = {"06": ("20200607", "desc"), "08": ("20200903", "asc")}
_POLARISATIONS = ("VV", "VH")


def terramind(data: Path, folder: Path) -> Iterator[Entry]:
    """Two sites, L1C and L2A, of each place."""
    with np.load(data / "terramind_sites.npz") as arrays:
        for index, site in enumerate(arrays["id"].tolist()):
            place = Place.centred(arrays["lonlat"][index], arrays["DEM"].shape[2:])
            radar, elevation, cover = (folder / f"{site}_{what}.tif" for what in ("s1", "dem", "lulc"))
            write_raster(radar, arrays["S1RTC"][index], place, names=_POLARISATIONS)
            write_raster(elevation, arrays["DEM"][index], place)
            write_raster(cover, arrays["LULC"][index], place, nodata=0)
            for level in ("L1C", "L2A"):
                scene = folder / f"{site}_{level}.tif"
                offset = -1000 if index in WITH_OFFSET[level] else 0
                write(scene, arrays[f"S2{level}"][index], level, offset, place)
                yield {
                    "name": f"terramind-{site}-{level.lower()}",
                    "sentinel2": scene.name,
                    "sentinel1": {"asc": {"path": radar.name, "units": "dB"}},
                    "elevation": elevation.name,
                    "land_cover": {"path": cover.name, "coding": LAND_COVER},
                    "date": str(arrays["date"][index]),
                }


def bigearthnet(data: Path, folder: Path) -> Iterator[Entry]:
    """Four sites of each pair of patches."""
    with np.load(data / "s1_s2_pairs.npz") as arrays:
        for name in (name for name in arrays.files if name.startswith("BEN_S2_")):
            pixels = arrays[name]
            place = pair_place(name, arrays.files, pixels.shape[1:])
            column, row = name.split("_")[-2:]
            partner = next(n for n in arrays.files if n.startswith("BEN_S1_") and n.endswith(f"_{column}_{row}"))
            hour = int(partner.split("_")[6][9:11])
            write_raster(folder / f"{partner}.tif", arrays[partner], place, names=_POLARISATIONS)
            for top, left in product(_PATCH_STARTS, repeat=2):
                piece = f"{name}-{top}-{left}"
                window = pixels[:, top : top + SIZE, left : left + SIZE]
                write(folder / f"{piece}.tif", window, "L2A", 0, place.moved(10 * left, 10 * top))
                yield {
                    "name": f"bigearthnet-{piece.removeprefix('BEN_S2_')}",
                    "sentinel2": f"{piece}.tif",
                    "sentinel1": {"desc" if hour < 12 else "asc": {"path": f"{partner}.tif", "units": "dB"}},
                    "date": _day(name.split("_")[4]),
                }


def ssl4eo(data: Path, folder: Path) -> Iterator[Entry]:
    """A site of each level and date of the one place."""
    with np.load(data / "s1_s2_pairs.npz") as arrays:
        for name in (name for name in arrays.files if name.startswith("SSL4EO_s2")):
            pixels, stamp = arrays[name], name.split("_")[2]
            place = pair_place(name, arrays.files, pixels.shape[1:])
            day, orbit = _SSL4EO_RADAR[stamp[4:6]]
            partner = next(n for n in arrays.files if n.startswith("SSL4EO_s1") and f"_{day}T" in n)
            level = "L1C" if len(pixels) == len(L1C) else "L2A"
            write(folder / f"{name}.tif", pixels, level, 0, place)
            write_raster(folder / f"{partner}.tif", arrays[partner], place, names=_POLARISATIONS)
            yield {
                "name": f"ssl4eo-{name.removeprefix('SSL4EO_')}",
                "sentinel2": f"{name}.tif",
                "sentinel1": {orbit: {"path": f"{partner}.tif", "units": "dB"}},
                "date": _day(stamp),
            }


def eurosat(data: Path, folder: Path) -> Iterator[Entry]:
    """A site of each patch, named by its EuroSAT id."""
    with np.load(data / "eurosat_ms_dev.npz") as arrays:
        pixels = arrays["x"]
        if tuple(arrays["bands"]) != L1C:
            raise ValueError("the bands of eurosat_ms_dev.npz are not in the order of L1C")
        for index, name in enumerate(f"eurosat-{each}" for each in arrays["id"].tolist()):
            place = Place.centred(arrays["lonlat"][index], pixels.shape[2:])
            write(folder / f"{name}.tif", pixels[index], "L1C", 0, place)
            yield {"name": name, "sentinel2": f"{name}.tif"}


def majortom(data: Path, folder: Path) -> Iterator[Entry]:
    """Sites of 64 pixels, `APART` pixels from one to the next, of each scene."""
    for path in sorted(data.glob("majortom_*.tif")):
        with rasterio.open(path) as scene:
            for row, column in product(*(range(0, side - SIZE + 1, APART) for side in scene.shape)):
                window = Window(column, row, SIZE, SIZE)
                name = f"{path.stem}-{row}-{column}"
                profile = {**scene.profile, "height": SIZE, "width": SIZE, "transform": scene.window_transform(window)}
                with rasterio.open(folder / f"{name}.tif", "w", **profile) as piece:
                    piece.write(scene.read(window=window))
                    piece.descriptions = scene.descriptions
                    piece.update_tags(**scene.tags())
                yield {"name": name, "sentinel2": f"{name}.tif", "date": _day(path.stem.rsplit("_", 1)[1])}


SOURCES: tuple[Source, ...] = (terramind, bigearthnet, ssl4eo, eurosat, majortom, *PACKED.values())


def make_tiles(
    data: Path, output: Path, *, sources: Sequence[Source] = SOURCES, progress: Progress | None = None
) -> BuildResult:
    """Build the dataset `output` from the development imagery in `data`, of all sources or some."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        sites = [entry for source in sources for entry in source(data, folder)]
        used = may_be_used(np.array([_where(entry, folder) for entry in sites]))
        sites = [entry for entry, use in zip(sites, used, strict=True) if use]
        teacher.add_tokens(sites, data, folder)
        specification = folder / "tiles.yaml"
        specification.write_text(yaml.safe_dump({"sites": sites}, sort_keys=False), encoding="utf-8")
        return build_tiles(
            specification=specification,
            output=output,
            size=SIZE,
            progress=progress or Silent(),
        )


def _where(entry: Entry, folder: Path) -> tuple[float, float]:
    """Longitude and latitude of a site's centre; NaN where its place is unknown."""
    if entry.get("place") == "unknown":
        return np.nan, np.nan
    scene_file = entry["sentinel2"]["path"] if isinstance(entry["sentinel2"], dict) else entry["sentinel2"]
    with rasterio.open(folder / scene_file) as scene:
        return lonlat(Grid.of(scene))


def _day(stamp: str) -> str:
    """20200408… as 2020-04-08."""
    return f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()
    print(make_tiles(arguments.data, arguments.output))
    tiles = TileFile(arguments.output)
    print(per_source(tiles), teacher.per_source(tiles), sep="\n\n")


if __name__ == "__main__":
    main()
