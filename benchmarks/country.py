"""What a country takes: hours, money and storage, reckoned with rates that are measured first.

    PYTHONPATH=tests/material python benchmarks/country.py [--overhead] [--gpu-rate MPX_PER_SECOND]
    PYTHONPATH=tests/material python benchmarks/country.py --parts SCENE SAMPLES [--split 512] [--smooth edges]

Measured on this machine: pixels that one worker of two processors embeds in a second, and maps, on a generated scene of
2048 × 2048 pixels, and the bytes that a pixel of either takes. With `--overhead` also what Dask costs for each of
10,000 tasks that do nothing.

With `--parts` nothing but how far the map and the embeddings of a scene that is cut into parts are from those in one
piece, at how many of its pixels.

Reckoned: 1,000 tiles and the 12,400 of all land, one date, on 256 processors, as a queue: the time of a tile varies,
one in a hundred takes four times as long (its machine is shared), one in fifty fails half-way and is done again.
Prices are Amazon's of November 2026 in us-west-2, rounded: look up your own. No GPU was measured for this: with its
rate the same is reckoned for cards.
"""

import argparse
import heapq
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyogrio
import rasterio
import shapely
from affine import Affine
from land import write_land
from rasterio.crs import CRS

from mmearth_core.country.collecting import collect
from mmearth_core.country.planning import plan
from mmearth_core.country.running import run
from mmearth_core.embedding.engine import embed
from mmearth_core.labelling.classifying.classification import classify
from mmearth_core.labelling.fitting import fit
from mmearth_core.maps.smoothing import DEFAULT, Smoothing
from mmearth_core.processors import available_processors, limited_processors, processor_name
from mmearth_core.raster.grid import Grid

#: A tile's own ground: 100 km on each side, pixels of 10 m.
TILE = 10_000 * 10_000
SIDE = 2048
#: Dollars: an hour of 16 processors on the spot market and on demand, an hour of a card, a gigabyte for a month.
SPOT, DEMAND, CARD, GIGABYTE = 0.184, 0.98, 0.591, 0.023
PROCESSORS, WORKER = 256, 2
#: How much the time of a tile varies; the share of stragglers and how long they take; the share that fails half-way.
SPREAD, SLOW, SLOWNESS, FAILS = 0.15, 0.01, 4.0, 0.02


@dataclass(frozen=True)
class Rates:
    """Pixels in a second of one worker, and bytes of a pixel: of embeddings, and of a map with its confidence."""

    embed: float
    classify: float
    embedding: float
    map: float


def measured(folder: Path) -> Rates:
    """The rates of one worker of this machine."""
    grid = Grid(SIDE, SIDE, Affine(10, 0, 500_000, 0, -10, 5_200_000), CRS.from_epsg(32632))
    scene = write_land(folder / "scene.tif", grid)
    began = time.monotonic()
    embed(scene=scene, output=folder / "emb.tif")
    embedding = time.monotonic() - began
    rng = np.random.default_rng(0)
    spots = rng.uniform(100, SIDE * 10 - 100, (60, 2))
    boxes = [shapely.box(500_000 + x, 5_200_000 - y, 500_060 + x, 5_200_060 - y) for x, y in spots]
    pyogrio.raw.write(
        folder / "samples.gpkg",
        shapely.to_wkb(np.array(boxes, object)),
        [np.array([f"class {n % 6}" for n in range(60)], object)],
        ["class"],
        geometry_type="Polygon",
        crs="EPSG:32632",
    )
    fit(embeddings=[folder / "emb.tif"], samples=[folder / "samples.gpkg"], output=folder / "p.json")
    began = time.monotonic()
    classify(
        embedding=folder / "emb.tif", model=folder / "p.json", output=folder / "m.tif", confidence=folder / "c.tif"
    )
    mapping = time.monotonic() - began
    sizes = [(folder / name).stat().st_size for name in ("emb.tif", "m.tif", "c.tif")]
    pixels = SIDE * SIDE
    return Rates(pixels / embedding, pixels / mapping, sizes[0] / pixels, (sizes[1] + sizes[2]) / pixels)


def parts(folder: Path, scene: Path, samples: Path, split: int, smooth: Smoothing) -> str:
    """What differs between a scene in parts and in one piece."""
    embed(scene=scene, output=folder / "emb.tif")
    fit(embeddings=[folder / "emb.tif"], samples=[samples], output=folder / "p.json")
    classify(embedding=folder / "emb.tif", model=folder / "p.json", output=folder / "m.tif", smooth=smooth)
    plan(scenes=[scene], split=split, output=folder / "plan.parquet")
    asked = {"steps": "embed,classify", "probe": folder / "p.json", "smooth": smooth}
    done = run(plan=folder / "plan.parquet", output=folder / "out", **asked, workers=1)
    mosaics = collect(output=folder / "out").mosaics
    told = f"{scene.name} in {len(done.done)} parts, smoothing {smooth}"
    for kind, whole in (("maps", "m.tif"), ("embeddings", "emb.tif")):
        with rasterio.open(folder / "out" / mosaics[kind][0]) as made, rasterio.open(folder / whole) as one:
            apart = (made.read() != one.read()).any(axis=0)
        told += f"\n{kind}: {apart.sum():,} of {apart.size:,} pixels differ"
    return told


def queue(tiles: int, workers: int, seconds: float, seed: int = 0) -> tuple[float, float]:
    """(hours until the last tile is done, hours that workers computed) of tiles that take `seconds` as a rule."""
    rng = np.random.default_rng(seed)
    times = seconds * rng.lognormal(-(SPREAD**2) / 2, SPREAD, tiles)
    times[rng.random(tiles) < SLOW] *= SLOWNESS
    times[rng.random(tiles) < FAILS] *= 1.5
    free = [0.0] * workers
    heapq.heapify(free)
    for each in times:
        heapq.heappush(free, heapq.heappop(free) + each)
    return max(free) / 3600, float(times.sum()) / 3600


def overhead(tasks: int = 10_000) -> float:
    """Seconds that Dask takes for a task that does nothing, on two workers of this machine."""
    from distributed import Client, LocalCluster  # noqa: PLC0415 - only where it is asked for

    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0")
    with cluster, Client(cluster) as client:
        client.gather(client.map(_nothing, range(100), pure=False))
        began = time.monotonic()
        client.gather(client.map(_nothing, range(tasks), pure=False))
        return (time.monotonic() - began) / tasks


def _nothing(_: int) -> None: ...


def table(rates: Rates, card: float | None) -> str:
    """The Markdown table."""
    lines = [
        "| | 1,000 tiles | all land (12,400 tiles) |",
        "|---|--:|--:|",
    ]
    rows: dict[str, list[str]] = {}

    def note(name: str, value: str) -> None:
        rows.setdefault(name, []).append(value)

    for tiles in (1000, 12_400):
        seconds = TILE / rates.embed + TILE / rates.classify
        wall, worked = queue(tiles, PROCESSORS // WORKER, seconds)
        hours = worked * WORKER
        note("processor-hours", f"{hours:,.0f}")
        note(f"wall clock on {PROCESSORS} processors, hours", f"{wall:.1f}")
        note("money: spot, on demand", f"${hours / 16 * SPOT:,.0f}, ${hours / 16 * DEMAND:,.0f}")
        kept, maps = tiles * TILE * rates.embedding / 1e9, tiles * TILE * rates.map / 1e9
        note("embeddings kept: GB, and a month of them", f"{kept:,.0f}, ${kept * GIGABYTE:,.0f}")
        note("maps with confidence: GB, and a month of them", f"{maps:,.0f}, ${maps * GIGABYTE:,.2f}")
        if card is not None:
            wall, worked = queue(tiles, 8, TILE / card + TILE / rates.classify)
            note("on 8 cards: hours, money (spot)", f"{wall:.1f}, ${worked * CARD:,.0f}")
    lines += [f"| {name} | {' | '.join(values)} |" for name, values in rows.items()]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--overhead", action="store_true", help="measure what Dask costs for each task, too")
    parser.add_argument("--gpu-rate", type=float, metavar="MPX", help="million pixels that a card embeds in a second")
    parser.add_argument("--parts", nargs=2, type=Path, metavar=("SCENE", "SAMPLES"), help="compare parts with a whole")
    parser.add_argument("--split", type=int, default=512, help="pixels of a side of the parts")
    parser.add_argument("--smooth", default=DEFAULT, help="smoothing of the maps that are compared")
    arguments = parser.parse_args()
    if arguments.parts:
        with tempfile.TemporaryDirectory() as folder:
            print(parts(Path(folder), *arguments.parts, arguments.split, arguments.smooth))
        return
    print(f"{processor_name()}, {available_processors()} processors")
    if arguments.overhead:
        print(f"Dask: {1000 * overhead():.1f} ms for each of 10,000 tasks that do nothing")
    with tempfile.TemporaryDirectory() as folder, limited_processors(WORKER):
        rates = measured(Path(folder))
    print(
        f"one worker of {WORKER} processors embeds {rates.embed / 1e6:.3f} Mpx/s and maps {rates.classify / 1e6:.1f};"
        f" a pixel of embeddings takes {rates.embedding:.0f} bytes, of a map with confidence {rates.map:.2f}\n"
    )
    print(table(rates, None if arguments.gpu_rate is None else arguments.gpu_rate * 1e6))


if __name__ == "__main__":
    main()
