"""The demo's landscape seen from above at 5 m: which object every spot belongs to, of which kind, and how high it lies.

Drawn from the ground up: fields, forest, waters, roads, settlements, a quarry. Knows no wavelength and writes no file.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
import shapely.affinity
from numpy.random import Generator
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from mmearth_core.demonstration.canvas import CELL, Canvas, noise, smooth
from mmearth_core.demonstration.geometry import Bend, blob, meander, split, voronoi_cells
from mmearth_core.demonstration.settlements import build_hamlets, build_town


@dataclass(frozen=True)
class Landscape:
    """`objects` (h, w) int32 numbers what lies in each cell; `kinds[object]` is its kind; `relief` (h, w) in metres."""

    objects: NDArray[np.int32]
    kinds: NDArray[np.uint8]
    relief: NDArray[np.float32]


def make_landscape(shape: tuple[int, int], seed: int) -> Landscape:
    """A river landscape of `shape` cells: about a third fields, a quarter grassland and forest each, a town, a lake."""
    rng = np.random.default_rng([seed, 1])
    height, width = (extent * CELL for extent in shape)
    scale = min(1.0, (height * width) ** 0.5 / 10_000)
    bend = Bend(rng, [(5200 * scale, 150 * scale), (2100, 60), (700, 16)])
    canvas = Canvas(shape)

    river = meander(rng, (-400.0, height * rng.uniform(0.5, 0.62)), 2.2 * width + 800, 1500 * scale + 250)
    river_width = 34 * scale + 16
    near_river = canvas.draw([river.buffer(620 * scale), river.buffer(220 * scale)])
    relief = noise(rng, shape, longest=900 * scale, shortest=24, slope=3.4)
    valley = smooth(np.array([1.0, 0.35, 0.1], np.float32)[near_river], 60 * scale)
    wooded = 0.8 * relief + noise(rng, shape, longest=420 * scale, shortest=6, slope=3.0) + 1.4 * (valley - 1)
    wooded += 0.12 * noise(rng, shape, longest=24, shortest=3, slope=2.0)

    crossing = shapely.line_interpolate_point(river, 0.22, normalized=True)
    town_at = (width * rng.uniform(0.36, 0.44), crossing.y + rng.uniform(-0.05, 0.05) * height)
    town = shapely.transform(blob(rng, town_at, 1050 * scale), bend)
    lake_at = (width * rng.uniform(0.64, 0.74), height * rng.uniform(0.17, 0.26))
    lake = shapely.affinity.rotate(
        shapely.affinity.scale(blob(rng, lake_at, 600 * scale), 1.5, 0.75), rng.uniform(-35, 35)
    )

    cells = voronoi_cells(rng, width, height, 1500 * scale**0.5)
    parcels, holding = _parcels(rng, cells)
    _fields(canvas, rng, bend.apply(parcels), holding, np.stack([relief, wooded, near_river]))
    _forest(canvas, rng, wooded, bend)
    banks = noise(rng, shape, longest=70, shortest=5) > -0.1
    canvas.kind([river.buffer(river_width / 2 + 13), lake.buffer(24)], "hedge", banks)
    canvas.shapes([river.buffer(river_width / 2)], "river")
    lanes = shapely.union_all(bend.apply([cell.boundary for cell in cells], 30))
    canvas.kind([lanes.buffer(4.2)], "road")
    canvas.shapes([lake.buffer(9), lake], ["meadow", "lake"])
    build_town(canvas, rng, town.difference(river.buffer(river_width / 2 + 25)), town_at)
    junctions = bend(np.unique(np.concatenate([shapely.get_coordinates(cell) for cell in cells]).round(), axis=0))
    taken = shapely.union_all([town.buffer(250), lake.buffer(60), river.buffer(60)])
    build_hamlets(canvas, rng, lanes, junctions, taken)
    canvas.shapes([road.buffer(11) for road in _main_roads(rng, bend, town_at, (width, height))], "road")
    quarry_at = (width * rng.uniform(0.68, 0.8), height * rng.uniform(0.74, 0.86))
    _quarry(canvas, rng, quarry_at, 330 * scale)
    return Landscape(canvas.objects, np.array(canvas.kinds, np.uint8), relief * (0.35 + 0.65 * valley) * 38 * scale)


def _parcels(rng: Generator, cells: Sequence[BaseGeometry]) -> tuple[list[BaseGeometry], NDArray[np.int64]]:
    """The cells between roads divided into fields of a few hectares, and the number of the cell each lies in."""
    parcels: list[BaseGeometry] = []
    holding: list[int] = []
    for number, cell in enumerate(cells):
        pieces = split(rng, cell, rng.uniform(2.2, 8.5) * 1e4, strips=rng.choice([0.05, 0.25, 0.6]))
        parcels += pieces
        holding += [number] * len(pieces)
    return parcels, np.array(holding)


def _fields(
    canvas: Canvas,
    rng: Generator,
    parcels: Sequence[BaseGeometry],
    holding: NDArray[np.int64],
    site: NDArray[np.float32],
) -> None:
    """What grows on each parcel depends on its `site` (height, woodedness, nearness of the river) and its holding."""
    drawn = canvas.draw(parcels)
    count = len(parcels) + 1
    size = np.maximum(np.bincount(drawn.ravel(), minlength=count), 1)
    high, wood, flood = (np.bincount(drawn.ravel(), values.ravel(), count)[1:] / size[1:] for values in site)
    leaning = rng.normal(0, 0.7, int(holding.max()) + 1)[holding]  # neighbours farm alike
    grassy = 0.75 * flood + 0.45 * high + leaning + rng.normal(0, 0.7, len(parcels))
    grass = grassy > np.quantile(grassy, 0.60)
    grasses = rng.choice(["pasture", "meadow", "mown meadow"], len(parcels), p=[0.52, 0.3, 0.18])
    arable = rng.choice(
        ["winter cereal", "rapeseed", "spring crop", "maize", "barley", "tilled dark", "tilled light", "tilled red"],
        len(parcels),
        p=[0.34, 0.10, 0.14, 0.11, 0.09, 0.10, 0.09, 0.03],
    )
    kinds = np.where(grass, grasses, arable)
    plantation = wood > np.quantile(site[1], 0.80)
    kinds[plantation] = np.where(rng.random(plantation.sum()) < 0.55, "broadleaf", "conifer")
    canvas.paint(drawn, kinds)

    outlines = shapely.boundary(np.asarray(parcels, object))
    hedged = [line for line, chance in zip(outlines, rng.random(len(outlines)), strict=True) if chance < 0.33]
    # A hedge is broken: pieces of it are missing.
    gaps = noise(rng, canvas.objects.shape, longest=60, shortest=6) > -0.25
    canvas.kind([line.buffer(3.6) for line in hedged], "hedge", gaps)


def _forest(canvas: Canvas, rng: Generator, wooded: NDArray[np.float32], bend: Bend) -> None:
    """Woods with ragged edges, in stands of broadleaved and needle-leaved trees, with clearings and rides."""
    stands = bend.apply(voronoi_cells(rng, *canvas.extent, 430))
    kinds = rng.choice(["broadleaf", "conifer", "meadow"], len(stands), p=[0.56, 0.41, 0.03])
    where = wooded > np.quantile(wooded, 0.79)
    canvas.paint(canvas.draw(stands), kinds, where)
    rides = [stand.boundary.buffer(3.0) for stand in stands[::3]]
    canvas.kind(rides, "meadow", where)
    # Lone trees and small copses everywhere else.
    copses = noise(rng, canvas.objects.shape, longest=30, shortest=5, slope=1.0) > 3.5
    canvas.paint(copses.astype(np.int32), ["broadleaf"])


def _main_roads(
    rng: Generator, bend: Bend, town_at: tuple[float, float], extent: tuple[float, float]
) -> list[BaseGeometry]:
    """Centre lines of the main roads: from the town to the four sides."""
    width, height = extent
    x, y = town_at
    ends = [
        (-300, height * rng.uniform(0.2, 0.4)),
        (width + 300, height * rng.uniform(0.35, 0.5)),
        (x + rng.normal(0, 600), -300),
    ]
    ends.append((x + rng.normal(0, 900), height + 300))
    lines = [shapely.linestrings([(x, y), end]) for end in ends]
    winding = Bend(rng, [(3900, 190), (1500, 45)])
    return bend.apply(winding.apply(lines, 30), 30)


def _quarry(canvas: Canvas, rng: Generator, centre: tuple[float, float], radius: float) -> None:
    """A limestone quarry in terraces, a spoil heap beside it and a pond at its bottom."""
    pit = blob(rng, centre, radius)
    terraces = [pit.buffer(-step * radius) for step in (0, 0.08, 0.17, 0.27, 0.37, 0.46)]
    spoil = blob(rng, (centre[0] + 1.1 * radius, centre[1] - 0.5 * radius), 0.5 * radius)
    canvas.shapes([spoil, *terraces], ["tilled light", *["quarry"] * len(terraces)])
    canvas.shapes([blob(rng, centre, 0.2 * radius)], "river")
