"""Speed of labelling: a warm refit on 2,000 pixels, and `classify` on a raster of 64 bands and 8 classes.

    python benchmarks/labelling.py [--size 4096] [--folder /tmp]

Prints the machine, the command and the figures. The raster is synthetic: fields of 32 × 32 pixels, noise around the
centre of their class, which compresses no better than real embeddings do.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import shapely
from affine import Affine
from rasterio.crs import CRS
from threadpoolctl import threadpool_limits

from mmearth_core.embedding.product import EmbeddingRaster, new_embedding
from mmearth_core.labelling.classifying.classification import classify
from mmearth_core.labelling.classifying.deciding import classify_block
from mmearth_core.labelling.fitting import taught_probe
from mmearth_core.labelling.probe import fit_probe
from mmearth_core.labelling.probe_file import save_probe
from mmearth_core.labelling.samples import Group, Samples
from mmearth_core.labelling.scoring import PixelProbe
from mmearth_core.maps.legend import Legend
from mmearth_core.processors import available_processors, processor_name
from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import Grid
from mmearth_core.sources.slots import Columns, Slot
from mmearth_core.sources.stack import Pixels, Stack
from mmearth_core.sources.unlabelled import Unlabelled

BANDS, CLASSES = 64, 8
SCALES, OFFSETS = (0.02,) * BANDS, (-2.55,) * BANDS
CENTRES = np.random.default_rng(0).normal(128, 25, (CLASSES, BANDS)).astype(np.float32)


def draw(label: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    noise = rng.standard_normal((*label.shape, BANDS), np.float32)
    return np.clip(CENTRES[label] + 20 * noise, 1, 255).astype(np.uint8)


def make_samples(polygons: int = 40, pixels: int = 50) -> Samples:
    """2,000 pixels of 40 polygons."""
    label = np.repeat(np.arange(polygons) % CLASSES, pixels)
    group = np.repeat(np.arange(polygons), pixels)
    rng = np.random.default_rng(1)
    return Samples(
        values=(draw(label, rng) * np.float32(SCALES[0]) + np.float32(OFFSETS[0])),
        label=label,
        group=group,
        position=np.zeros((len(label), 2), np.intp),
        legend=Legend.numbered([f"class {k}" for k in range(CLASSES)]),
        groups=tuple(Group(Path("samples.gpkg"), i, i % CLASSES, pixels, pixels) for i in range(polygons)),
        shapes=shapely.points(np.arange(polygons) * 0.01, 0.0),  # each a place
        pixel_size=10.0,
        sight=640.0,
        codes={},
        messages=(),
        columns=Columns((Slot("benchmark", "benchmark", BANDS),)),
    )


def make_embedding(path: Path, size: int) -> EmbeddingRaster:
    grid = Grid(size, size, Affine(10, 0, 5e5, 0, -10, 5e6), CRS.from_epsg(32630))
    raster = EmbeddingRaster(path, grid, "benchmark", "benchmark", SCALES, OFFSETS, {})
    rng = np.random.default_rng(2)
    fields = [np.kron(rng.integers(0, CLASSES, (8, size // 32 + 1)), np.ones((32, 32), int)) for _ in range(2)]
    strips = [np.moveaxis(draw(label[:, :size], rng), -1, 0) for label in fields]
    with new_embedding(raster) as dataset:
        for number, row in enumerate(range(0, size, 256)):
            height = min(256, size - row)
            dataset.write(strips[number % 2][:, :height], window=((row, row + height), (0, size)))
    return EmbeddingRaster.open(path)


def best(repeat: int, function: Callable[[], object]) -> float:
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=4096)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    options = parser.parse_args()
    print(f"machine: {processor_name()}, {available_processors()} processors")
    print(f"command: {' '.join(sys.argv)}")
    samples = make_samples()
    probe = fit_probe(samples)
    moved = samples.subset(np.arange(len(samples)) >= 25)  # half a polygon less: what an edit does
    print(f"cold fit   2,000 px × {BANDS} bands, {CLASSES} classes: {best(5, lambda: fit_probe(samples)):.3f} s")
    print(f"warm refit 2,000 px × {BANDS} bands: {best(5, lambda: fit_probe(moved, previous=probe)):.3f} s")
    others = Unlabelled(make_samples().values[:2000], blocks=1, seed=0)
    beside = best(5, lambda: fit_probe(samples, unlabelled=others))
    print(f"… with 2,000 px without a label: {beside:.3f} s")
    chosen = best(3, lambda: taught_probe(samples, others, cancel=CancelToken()))
    print(f"… and C chosen by places, as live: {chosen:.3f} s")
    dn = np.moveaxis(draw(np.zeros((600, 1000), int), np.random.default_rng(3)), -1, 0).copy()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        raster = make_embedding(folder / "emb.tif", options.size)
        save_probe(folder / "probe.json", probe)
        on_pixels = PixelProbe(probe, Stack.alone(raster))
        valid = np.ones(dn.shape[1:], bool)
        pixels = Pixels((dn,), (valid,), np.zeros((0, *valid.shape), np.float32))
        with threadpool_limits(limits=1):
            rate = 0.6 / best(3, lambda: classify_block(on_pixels, pixels))
        print(f"classify_block 1000 × 600 px, one thread: {rate:.1f} Mpx/s")
        megapixels = raster.grid.pixels / 1e6
        print(f"embedding {options.size}²: {raster.path.stat().st_size / 1e6:.0f} MB")
        common = {"embedding": raster.path, "model": folder / "probe.json", "overwrite": True}
        print("(on a shared machine the rate per processor-second is the steadier figure)")
        for what, extra in (
            ("classify", {}),
            ("classify --smooth none", {"smooth": "none"}),
            ("classify --smooth strong", {"smooth": "strong"}),
            ("classify --smooth none with confidence", {"smooth": "none", "confidence": folder / "confidence.tif"}),
            ("classify --smooth none with unknown", {"smooth": "none", "unknown": 0.01}),
        ):
            used = time.process_time()
            seconds = best(3, lambda extra=extra: classify(output=folder / "map.tif", **common, **extra))
            used = (time.process_time() - used) / 3
            print(
                f"{what}, reading and writing included: {megapixels / seconds:.1f} Mpx/s"
                f" ({megapixels / used:.1f} Mpx per processor-second)"
            )


if __name__ == "__main__":
    main()
