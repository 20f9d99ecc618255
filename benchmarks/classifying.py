"""Speed of `classify` beside what one would write with scikit-learn: the same raster, samples and classifier.

    python -m benchmarks.classifying [--size 2048] [--repeats 3]

A raster of 64 bands and 8 classes (`benchmarks/labelling.py`), its classes learned from 2,000 pixels; a map is written
by each, in turn:

classify            `classify --smooth none`
windows             scaler and logistic regression of scikit-learn, one window of 512 × 2048 pixels after the other
blocks              the same, in the blocks the file is stored in and read band by band, as dzetsaka's loop does
blocks, gaussians   as `blocks`, with one Gaussian for each class, which is what dzetsaka offers first

Prints the machine, the command, and of each the middle of the rounds; and on how many pixels the maps of `classify`
and of the same classifier in windows agree: both are logistic regressions, each with its own penalty.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.windows import Window
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.labelling import BANDS, OFFSETS, SCALES, make_embedding, make_samples
from mmearth_core.labelling.classifying.classification import classify
from mmearth_core.labelling.probe import fit_probe
from mmearth_core.labelling.probe_file import save_probe
from mmearth_core.processors import available_processors, processor_name

_SCALES, _OFFSETS = np.array(SCALES, np.float32), np.array(OFFSETS, np.float32)
_WINDOW = (512, 2048)
#: Cuts a raster into windows and their pixels.
Parts = Callable[[Any], Iterator[tuple[Window, np.ndarray]]]


def windows(source: Any) -> Iterator[tuple[Window, np.ndarray]]:
    """Windows of a raster and their pixels (pixels, bands)."""
    rows, cols = _WINDOW
    for row in range(0, source.height, rows):
        for col in range(0, source.width, cols):
            window = Window(col, row, min(cols, source.width - col), min(rows, source.height - row))
            yield window, source.read(window=window).reshape(BANDS, -1).T


def blocks(source: Any) -> Iterator[tuple[Window, np.ndarray]]:
    """Blocks of a raster and their pixels, one band after the other."""
    for _, window in source.block_windows(1):
        pixels = np.empty((window.height * window.width, BANDS), np.float32)
        for band in range(BANDS):
            pixels[:, band] = source.read(band + 1, window=window).ravel()
        yield window, pixels


def predicted(model: Pipeline, parts: Parts, path: Path, to: Path) -> None:
    """A map by scikit-learn."""
    with rasterio.open(path) as source:
        profile = {**source.profile, "count": 1, "nodata": 0}
        with rasterio.open(to, "w", **profile) as target:
            for window, dn in parts(source):
                there = dn[:, 0] != 0
                found = np.zeros(len(dn), np.uint8)
                found[there] = model.predict(dn[there] * _SCALES + _OFFSETS) + 1
                target.write(found.reshape(window.height, window.width), 1, window=window)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=2048)
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    print(f"{processor_name()}, {available_processors()} cores\n$ python", *sys.argv)
    samples = make_samples()
    logistic = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(samples.values, samples.label)
    gaussians = make_pipeline(StandardScaler(), QuadraticDiscriminantAnalysis(reg_param=0.1))
    gaussians.fit(samples.values, samples.label)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, probe = make_embedding(folder / "emb.tif", given.size).path, folder / "probe.json"
        save_probe(probe, fit_probe(samples))
        tasks: dict[str, Callable[[], object]] = {
            "classify": lambda: classify(
                embedding=path, model=probe, output=folder / "map.tif", smooth="none", overwrite=True
            ),
            "windows": lambda: predicted(logistic, windows, path, folder / "windows.tif"),
            "blocks": lambda: predicted(logistic, blocks, path, folder / "blocks.tif"),
            "blocks, gaussians": lambda: predicted(gaussians, blocks, path, folder / "gaussians.tif"),
        }
        seconds: dict[str, list[float]] = {each: [] for each in tasks}
        for _ in range(given.repeats):
            for each, task in tasks.items():
                began = time.perf_counter()
                task()
                seconds[each].append(time.perf_counter() - began)
        ours = statistics.median(seconds["classify"])
        for each, found in seconds.items():
            middle = statistics.median(found)
            rate = given.size**2 / 1e6 / middle
            print(f"{each:20s} {middle:7.2f} s  {rate:6.2f} Mpx/s  {middle / ours:5.1f} times classify")
        with rasterio.open(folder / "map.tif") as one, rasterio.open(folder / "windows.tif") as other:
            same = np.mean(one.read(1) == other.read(1))
        print(f"same class at {same:.2%} of the pixels")


if __name__ == "__main__":
    main()
