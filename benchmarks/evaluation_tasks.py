"""Make tasks for `mmearth evaluate` of real imagery: pixels of bark beetle damage, and what covers a tile.

    python -m benchmarks.evaluation_tasks DATA_FOLDER OUTPUT_FOLDER

writes `bark-beetle`, a folder of images beside maps of damage with a table of places, and `forest-cover.npz`, the same
tiles with the classes that cover a tenth of each or more. Both are of the Czech sites whose results are reported
(`training.halves`), of which no pretraining of the starter had a tile; images are those of September 2020. Sites that
are nearer to each other than `APART_KM` are one place, from one to the next. Whatever is left over at the right and the
bottom of a site is not used; a class that fewer than `FEWEST` tiles show, or lack, is not asked for.

It prints how the parts of each seed turn out, and what an answer gets that is the same for every tile: "undamaged", or
the classes that most training tiles show. Nothing that it writes belongs into a repository.
"""

import argparse
import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from mmearth_core.evaluation.judging.evidence import METRICS, Evidence
from mmearth_core.evaluation.tasks.contract import TileTask
from mmearth_core.evaluation.tasks.opening import open_task
from mmearth_core.vectors.nearness import Neighbourhoods
from training.dated_judges import DAMAGE, FOREST
from training.halves import of_half
from training.packed_tiles import read_packed
from training.scenes_from_arrays import Place, write, write_raster

#: Side of a tile in pixels; nearest that two places may be in km; share of a tile that a class has to cover; and fewest
#: tiles that must show a class, and that must lack it.
SIDE, APART_KM, COVERS, FEWEST = 40, 2.0, 0.1, 20
#: The image of September 2020, of which the damage is told. Pixels are 10 m of the web's Mercator, about 6.5 on ground.
DATE, MERCATOR, EQUATOR = 1, 3857, 6_378_137.0
SEEDS = 3


@dataclass(frozen=True, eq=False)
class Tile:
    """One tile: its name, number of its place, where it lies, and (bands, H, W) or (H, W) what it holds."""

    name: str
    place: int
    at: Place
    dn: NDArray[np.uint16]
    damage: NDArray[np.uint8]
    forest: NDArray[np.uint8]


def read_tiles(data: Path) -> tuple[list[Tile], tuple[str, ...]]:
    """The tiles, site after site, and the names of their bands."""
    found = read_packed(data / "barkbeetle_czechia_dev.npz")
    chosen = of_half(np.stack([found["lon"], found["lat"]], axis=1).astype(np.float64), "reported")
    sites = found["site"][chosen].tolist()
    lon, lat = (np.radians(found[name][chosen].astype(np.float64)) for name in ("lon", "lat"))
    # By the formula: to the last bit, as a task is known by the bytes of its files.
    x, y = EQUATOR * lon, EQUATOR * np.log(np.tan(np.pi / 4 + lat / 2))
    half = np.array([found[f"damage_{site}"].shape[::-1] for site in sites]) * 5.0
    grounds = shapely.box(x - half[:, 0], y - half[:, 1], x + half[:, 0], y + half[:, 1])
    to_degrees = Transformer.from_crs(MERCATOR, 4326, always_xy=True).transform
    degrees = shapely.transform(grounds, lambda xy: np.column_stack(to_degrees(*xy.T)))
    place = Neighbourhoods(degrees).within(1000 * APART_KM)
    tiles = []
    for site, number, left, top in zip(sites, place.tolist(), x - half[:, 0], y + half[:, 1], strict=True):
        maps = found[f"x_{site}"][DATE], found[f"damage_{site}"], found[f"forest_{site}"]
        rows, cols = (np.array(maps[1].shape) // SIDE).tolist()
        for row in range(rows):
            for col in range(cols):
                part = (..., slice(row * SIDE, (row + 1) * SIDE), slice(col * SIDE, (col + 1) * SIDE))
                at = Place(MERCATOR, float(left), float(top)).moved(10.0 * SIDE * col, 10.0 * SIDE * row)
                tiles.append(Tile(f"{site}_{row}_{col}", number, at, *(each[part] for each in maps)))
    return tiles, tuple(found["order"].tolist())


def write_damage(tiles: list[Tile], bands: tuple[str, ...], folder: Path) -> None:
    """Images beside maps of damage, and the place of each tile in `labels.csv`."""
    for name in ("images", "labels"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for tile in tiles:
        write(folder / "images" / f"{tile.name}.tif", tile.dn, "L2A", 0, tile.at, names=bands)
        write_raster(folder / "labels" / f"{tile.name}.tif", tile.damage[None], tile.at)
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("file", "group"), *((f"{tile.name}.tif", tile.place) for tile in tiles)])


def write_cover(tiles: list[Tile], bands: tuple[str, ...], path: Path) -> None:
    """Which classes cover a tenth of a tile or more, in an .npz. They overlap: what was damaged is mostly felled."""
    of_class = {DAMAGE[1]: [tile.damage == 1 for tile in tiles]}
    of_class |= {name: [tile.forest == code for tile in tiles] for code, name in enumerate(FOREST)}
    shown = {name: np.array([each.mean() >= COVERS for each in maps]) for name, maps in of_class.items()}
    classes = [name for name, there in shown.items() if min(there.sum(), (~there).sum()) >= FEWEST]
    print(f"not asked for: {', '.join(name for name in shown if name not in classes) or 'nothing'}")
    np.savez(
        path,
        x=np.stack([tile.dn for tile in tiles]),
        bands=np.array(bands),
        level=np.array("l2a"),
        label=np.stack([shown[name] for name in classes], axis=1).astype(np.uint8),
        classes=np.array(classes),
        group=np.array([tile.place for tile in tiles]),
    )


def describe(task: TileTask) -> None:
    """Print what the parts of every seed hold, and what one answer for all tiles gets."""
    for seed in range(SEEDS):
        parts = task.parts(1.0, seed)
        shares = {}
        for name, rows in vars(parts).items():
            label = task.labels(rows)
            if task.target == "pixels":
                share = np.bincount(label[label >= 0], minlength=len(task.classes)) / (label >= 0).sum()
            else:
                share = label.mean(axis=0)
            told = ", ".join(f"{each} {of:.3f}" for each, of in zip(task.classes, share, strict=True))
            print(f"{task.name}, seed {seed}, {name}: {len(rows)} tiles; {told}")
            shares[name] = share
        truth = task.labels(parts.test)
        usual = shares["train"].argmax() if task.target == "pixels" else shares["train"] > 1 / 2
        evidence = Evidence.of(task.target, len(task.classes), truth, np.broadcast_to(usual, truth.shape))
        scores = ", ".join(f"{metric} {evidence.metric(metric):.3f}" for metric in METRICS[task.target])
        print(f"{task.name}, seed {seed}, the same answer for all: {scores}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()
    tiles, bands = read_tiles(arguments.data)
    places = len({tile.place for tile in tiles})
    print(f"{len(tiles)} tiles of {places} places")
    write_damage(tiles, bands, arguments.output / "bark-beetle")
    write_cover(tiles, bands, arguments.output / "forest-cover.npz")
    for name in ("bark-beetle", "forest-cover.npz"):
        describe(open_task(arguments.output / name))


if __name__ == "__main__":
    main()
