"""Click to segment: how long a click and a turn of the wheel take, and how well the shape fits what was clicked.

    PYTHONPATH=.:tests/material .venv/bin/python benchmarks/growing.py [DATA_FOLDER]

Times are those of the worker's own function, from the request to the shape, and of the processors for it, on
2048 × 2048 pixels of embeddings made in the formats of ours, AlphaEarth and TESSERA: 12 clicks, each with 20 turns, in
a view of 1000 × 600 pixels. Then, nothing kept of it, the same clicks after the ground of the view was read ahead.

With a folder of the development imagery, shapes are compared with objects: fields of one crop (Belgium), areas that
hang together in land-cover maps (TerraMind), polygons that somebody drew (Aberystwyth; they lie inside of what they
show, so a shape that fits the ground fits them badly). Three clicks in each, overlap (intersection over union) as it
comes and at the best turn of the wheel, on the embedding and, with the same code, on the bands themselves. What is
chosen (`region.BETWEEN`, `region.SQUARE`) is chosen on the tuned half, results are told of the reported
one: the halves of `training.labelled_scenes`, and every other polygon of Aberystwyth.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from foreign_embeddings import write_alphaearth, write_tessera_tif
from live_map import dated, tiled
from numpy.typing import NDArray
from scipy import ndimage

from mmearth_core.embedding.backends import open_backend
from mmearth_core.labelling.growing.growth import STEP, Growing, Seed
from mmearth_core.labelling.growing.region import BETWEEN, REACH, Likeness, NeighbourSpread, around, unlikeness
from mmearth_core.labelling.live import LiveSet, View
from mmearth_core.processors import available_processors, processor_name
from mmearth_core.progress import CancelToken
from mmearth_core.raster.scene import open_scene
from mmearth_core.sentinel2 import ENCODER_BANDS
from mmearth_core.vectors.footprints import footprint
from mmearth_core.vectors.reading import class_names, read_vector
from training.dated_judges import COVER, belgian_fields
from training.halves import Half
from training.judges import aberystwyth, covered_sites, embedded
from training.labelled_scenes import BELGIAN_DATE, EMBEDDING, RAW, SITES

CLICKS, TURNS = 12, 20
#: Smallest and largest object in pixels, most of one class in a scene, clicks in each, and pixels around it.
SMALLEST, LARGEST, MOST, SPOTS, AROUND = 40, 15_000, 12, 3, 256
#: Turns of the wheel that the best is looked for among; holes of so many pixels are filled, as in QGIS.
WHEEL, HOLES = range(-14, 15), 10


def measure(path: Path) -> None:
    """Print how long clicks and turns take."""
    growing = Growing(LiveSet(path))
    grid = growing.live.places[0].stack.grid
    west, _, _, north = grid.bounds
    view = View((west, north - 6000, west + 10_000, north), 1000, 600)
    rng = np.random.default_rng(0)
    places = [(west + rng.uniform(100, 9900), north - rng.uniform(100, 5900)) for _ in range(CLICKS)]
    clicks, turns = Times("click"), Times("turn")
    after, ahead = Times("click after reading ahead"), Times("reading ahead")
    for x, y in places:
        for turn in range(TURNS + 1):
            with (turns if turn else clicks).one():
                growing.grow([Seed(x, y, turn - TURNS // 2)], view, holes=HOLES, cancel=CancelToken())
    growing = Growing(LiveSet(path))
    with ahead.one():
        ready = growing.read_ahead(view, cancel=CancelToken())
    for x, y in places:
        with after.one():
            growing.grow([Seed(x, y)], view, holes=HOLES, cancel=CancelToken())
    print(path.stem, *(str(times) for times in (clicks, turns, ahead, after)), sep="\n  ")
    print(f"  tiles read ahead: {ready.held} of {ready.wanted}", flush=True)


@dataclass
class Times:
    """What something took each time, in seconds of the clock and of the processors."""

    kind: str
    took: list[tuple[float, float]] = field(default_factory=list)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Take the time of what is done inside."""
        start, busy = time.perf_counter(), time.process_time()
        yield
        self.took.append((time.perf_counter() - start, time.process_time() - busy))

    def __str__(self) -> str:
        (middle, most), (worked, hardest) = ((statistics.median(t), max(t)) for t in zip(*self.took, strict=True))
        spent = f"of the processors {worked:.3f} s, at most {hardest:.3f} s"
        return f"{self.kind}: median {middle:.3f} s, slowest {most:.3f} s; {spent}"


@dataclass(frozen=True, eq=False)
class Thing:
    """An object (height, width) in maps of features (k, height, width) by their name."""

    half: Half
    scene: str
    kind: str
    mask: NDArray[np.bool_]
    valid: NDArray[np.bool_]
    maps: dict[str, NDArray[np.float32]]


def things(data: Path, folder: Path) -> Iterator[Thing]:
    """All objects of both halves."""
    judge = aberystwyth(data)
    maps = {EMBEDDING: embedded(judge.scene, "default", folder), RAW: judge.dn}
    grid = open_scene(judge.scene, wanted=ENCODER_BANDS).grid
    layer = read_vector(data / "aberystwyth_samples.gpkg", field="class")
    for number, (polygon, name) in enumerate(zip(layer.in_pixels(grid), class_names(layer, "class"), strict=True)):
        half: Half = "tuned" if number % 2 else "reported"
        yield Thing(half, "Aberystwyth", str(name), footprint(polygon, grid.window), judge.valid, maps)
    images, label, field = belgian_fields(data)
    image = images[BELGIAN_DATE]
    maps = {EMBEDDING: image.embedding(open_backend("default", "onnx")), RAW: image.dn}
    # A field ends where its neighbour of the same crop begins.
    yield from _areas("tuned", "Belgium", tuple(COVER.values()), label, field, image.valid, maps)
    for half, numbers in SITES.items():
        for site in covered_sites(data, folder, list(numbers)):
            scene = open_scene(site.scene, wanted=ENCODER_BANDS)
            with scene.reader() as reader:
                dn, valid = reader.read(scene.grid.window)
            maps = {EMBEDDING: embedded(site.scene, "default", folder), RAW: dn}
            yield from _areas(half, site.name, site.classes, site.label, np.zeros_like(site.label), valid, maps)


def _areas(
    half: Half,
    scene: str,
    classes: tuple[str, ...],
    label: NDArray[np.intp],
    within: NDArray[np.intp],
    valid: NDArray[np.bool_],
    maps: dict[str, NDArray[np.float32]],
) -> Iterator[Thing]:
    """The largest areas of each class that hang together and have one number in `within`."""
    for index, kind in enumerate(classes):
        parts = [ndimage.label((label == index) & (within == each)) for each in np.unique(within)]
        masks = [labels == n for labels, count in parts for n in range(1, count + 1)]
        fit = sorted((m for m in masks if SMALLEST <= m.sum() <= LARGEST), key=lambda m: -int(m.sum()))
        yield from (Thing(half, scene, kind, mask, valid, maps) for mask in fit[:MOST])


def overlaps(thing: Thing, features: str) -> list[list[float]]:
    """Of each click the overlap at every turn of the wheel."""
    inner = ndimage.binary_erosion(thing.mask)
    spots = np.argwhere(inner if inner.any() else thing.mask)
    found = []
    for row, col in spots[np.random.default_rng(1).permutation(len(spots))[:SPOTS]].tolist():
        top, left = max(0, row - AROUND), max(0, col - AROUND)
        part = slice(top, row + AROUND), slice(left, col + AROUND)
        numbers, valid, mask = thing.maps[features][:, *part], thing.valid[part], thing.mask[part]
        numbers, place = np.where(valid, numbers, 0).astype(np.float32), (row - top, col - left)
        near = around(place, REACH)
        middle = np.median(numbers[:, *near][:, valid[near]], axis=1)
        like = Likeness(unlikeness(numbers, valid, middle, NeighbourSpread.of(numbers, valid).deviation), place)
        everywhere = np.ones(valid.shape, bool)
        shapes = (
            like.region(like.usual_tolerance * STEP**turn, allowed=everywhere, ends=~everywhere, holes=HOLES).mask
            for turn in WHEEL
        )
        found.append([float((shape & mask).sum() / (shape | mask).sum()) for shape in shapes])
    return found


def compare(data: Path, folder: Path) -> None:
    """Print the overlap of shapes with objects."""
    rows: dict[tuple[str, str, str], list[list[float]]] = {}
    for thing in things(data, folder):
        for features in (EMBEDDING, RAW):
            found = overlaps(thing, features)
            for kind in (f"{thing.scene}, {thing.kind}", "all"):
                rows.setdefault((thing.half, features, kind), []).extend(found)
    usual = list(WHEEL).index(0)
    print(f"BETWEEN {BETWEEN}\n\n| half | what | on | clicks | as it comes | best turn |\n|---|---|---|--:|--:|--:|")
    for (half, features, kind), found in sorted(rows.items(), key=lambda row: (row[0][0], row[0][2], row[0][1])):
        table = np.array(found)
        cells = (half, kind, features, len(table), f"{table[:, usual].mean():.2f}", f"{table.max(axis=1).mean():.2f}")
        print(f"| {' | '.join(map(str, cells))} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?", help="the development imagery")
    parser.add_argument("--size", type=int, default=2048, help="side of what is timed, in pixels; 0: nothing is")
    options = parser.parse_args()
    print(f"machine: {processor_name()}, {available_processors()} processors")
    print(f"command: {' '.join(sys.argv)}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.size:
            fields = tiled(64, options.size)
            measure(dated(folder, fields, 1))
            measure(write_alphaearth(folder / "alphaearth.tif", fields, cog=True, hole=False, block=1024))
            measure(write_tessera_tif(folder / "tessera.tif", tiled(128, options.size)))
        if options.data is not None:
            compare(options.data, folder)


if __name__ == "__main__":
    main()
