"""How long from an edit to the live map, of ours and of other people's embeddings: 30 edits on 2048 × 2048 pixels each.

    PYTHONPATH=tests/material .venv/bin/python benchmarks/live_map.py

A view of 1000 × 600 pixels, as the worker draws it: samples, refit, pixels, map, file. An edit adds one polygon; after
ten edits each the view moves, so that its pixels are read anew. All defaults are on: pixels without a label, class
shares, smoothing. Ours are one date, and four dates that vote; the others are made in the formats of AlphaEarth (int8,
square law, blocks of 1024 as a cloud-optimised GeoTIFF) and of TESSERA (float32, 128 bands, blocks of 256).
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyogrio
import rasterio
from foreign_embeddings import CRS, TRANSFORM, Fields, write_alphaearth, write_tessera_tif

from mmearth_core.embedding.product import EmbeddingRaster, new_embedding
from mmearth_core.labelling.classifying.classification import classify
from mmearth_core.labelling.live import DrawnSamples, LiveSet, View
from mmearth_core.labelling.probe_file import save_probe
from mmearth_core.processors import available_processors, processor_name
from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import Grid

EDITS = 30


def tiled(bands: int, size: int) -> Fields:
    """A quarter of the side drawn, and repeated: drawing takes longer than all that is measured."""
    part = Fields.drawn(bands, height=size // 4, width=size // 4)
    return Fields(np.tile(part.vectors, (1, 4, 4)), np.tile(part.truth, (4, 4)))


def dated(folder: Path, fields: Fields, dates: int) -> Path:
    """A working set of so many dates of our embedding, each with noise of its own."""
    height, width = fields.truth.shape
    grid, scale = Grid(height, width, TRANSFORM, rasterio.CRS.from_string(CRS)), 0.03
    named = []
    for number in range(dates):
        rng = np.random.default_rng(number)
        path, bands = folder / f"ours-{dates}-{number}.tif", len(fields.vectors)
        raster = EmbeddingRaster(
            path, grid, "ours", "a" * 64, (scale,) * bands, (-127.5 * scale,) * bands, {"halo": 64}
        )
        with new_embedding(raster) as output:
            for row in range(0, height, 256):
                values = fields.vectors[:, row : row + 256] * (1.5 / fields.vectors.std())
                noisy = values + rng.normal(0, 0.3, values.shape).astype(np.float32)
                dn = np.clip(np.rint(noisy / scale + 127.5), 1, 255).astype(np.uint8)
                output.write(dn, window=((row, min(row + 256, height)), (0, width)))
        named.append({"embedding": path.name, "date": f"2020-{3 * number + 1:02d}-15"})
    path = folder / f"ours, {dates} dates.json"
    content = {"format": "mmearth-working-set", "format_version": 1, "places": [{"embeddings": named}]}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def measure(path: Path, fields: Fields, folder: Path) -> None:
    """Print how long edits of a map take, and the map of all."""
    meta, fids, wkb, columns = pyogrio.raw.read(
        fields.polygons(folder / f"{path.stem}.gpkg", per_class=10), columns=["class"], return_fids=True
    )
    rows = [[int(fid), name, shape.hex()] for fid, name, shape in zip(fids, columns[0], wkb, strict=True)]
    start = time.perf_counter()
    live = LiveSet(path)
    opened = time.perf_counter() - start
    left, _, _, top = live.places[0].stack.grid.bounds
    times, work, parts = [], [], {}
    for edit in range(EDITS):
        samples = DrawnSamples.from_json({"crs": meta["crs"], "features": rows[: 8 + edit], "classes": []})
        west, north = left + 2000 * (edit // 10), top - 2000 * (edit // 10)
        view = View((west, north - 6000, west + 10_000, north), 1000, 600)
        start, busy = time.perf_counter(), time.process_time()
        seen = live.preview(samples, view, folder / "live.tif", cancel=CancelToken())
        times.append(time.perf_counter() - start)
        work.append(time.process_time() - busy)
        if times[-1] == max(times):
            parts = seen.seconds
    place, window, shape = live.in_view(View((left, top - 6000, left + 10_000, top), 1000, 600))
    held = place.view(window, shape)[0].stored[0]
    slow = ", ".join(f"{name} {seconds:.2f}" for name, seconds in parts.items() if name != "total")
    print(f"{path.stem}: opened, and its law checked, in {opened:.2f} s")
    print(f"  edit to map: median {statistics.median(times):.2f} s, slowest {max(times):.2f} s ({slow})")
    print(f"  time of the processors, all together: median {statistics.median(work):.2f} s, most {max(work):.2f} s")
    print(f"  view of one date kept as {held.dtype}: {held.nbytes / 1e6:.0f} MB")
    save_probe(folder / "probe.json", live.probe(samples, CancelToken())[0])
    start, busy = time.perf_counter(), time.process_time()
    classify(embedding=path, model=folder / "probe.json", output=folder / f"{path.stem}-map.tif")
    took, worked = time.perf_counter() - start, time.process_time() - busy
    print(f"  all of it classified in {took:.1f} s, {worked:.1f} s of the processors")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=2048)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    options = parser.parse_args()
    print(f"machine: {processor_name()}, {available_processors()} processors")
    print(f"command: {' '.join(sys.argv)}")
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        fields = tiled(64, options.size)
        for dates in (1, 4):
            measure(dated(folder, fields, dates), fields, folder)
        measure(write_alphaearth(folder / "alphaearth.tif", fields, cog=True, hole=False, block=1024), fields, folder)
        fields = tiled(128, options.size)
        measure(write_tessera_tif(folder / "tessera.tif", fields), fields, folder)


if __name__ == "__main__":
    main()
