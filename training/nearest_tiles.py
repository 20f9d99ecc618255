"""Draw which tile each representation takes for the nearest: a picture of what it holds to be alike.

    python -m training.nearest_tiles MODEL [MODEL …] --data DATA_FOLDER -o PICTURE.png

Twenty of the EuroSAT tiles that are kept from pretraining, two of each class; below each the tile of another place that
is nearest by each model (a name, a .onnx file or NAME=FILE) and by the bands' mean and spread in 5 × 5 pixels, pooled
by mean and spread. A tile of another class has a red frame. Beside each row stands for how many of **all** kept tiles
the nearest is of the same class: twenty are too few to tell.
"""

import argparse
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mmearth_core.embedding.backends import open_backend
from mmearth_core.errors import MMEarthError
from mmearth_core.evaluation.baselines import POOLINGS, neighbourhood
from mmearth_core.evaluation.retrieval import nearest_elsewhere
from mmearth_core.files import check_output
from training.compare import AROUND, models_of
from training.judges import Tiles, eurosat

#: Tiles shown of each class, and the reflectance × 10000 that is white.
SHOWN_OF_A_CLASS, WHITE = 2, 2600.0
#: Inches of a tile in the picture, and of what stands beside a row.
TILE, BESIDE = 0.62, 1.6
_POOLING = "mean + spread"


def nearest_of_all(judge: Tiles, models: Mapping[str, str]) -> dict[str, NDArray[np.intp]]:
    """For every tile the nearest of another place, by the name of what it is nearest in."""
    maps = {AROUND: neighbourhood(judge.dn)}
    found = {name: nearest_elsewhere(POOLINGS[_POOLING](each), judge.task.group) for name, each in maps.items()}
    for name, model in models.items():
        features = POOLINGS[_POOLING](judge.embedding(open_backend(model, "onnx")))
        found[name] = nearest_elsewhere(features, judge.task.group)
    return {name: found[name] for name in (*models, AROUND)}


def kept_tiles(judge: Tiles) -> NDArray[np.bool_]:
    """Which tiles are kept from pretraining, (n,)."""
    kept = judge.task.held_out
    return np.ones(len(judge.task.label), np.bool_) if kept is None else kept


def shown_tiles(judge: Tiles, *, seed: int = 0) -> list[int]:
    """The tiles of the top row, by class: drawn among those that are kept from pretraining."""
    rng = np.random.default_rng(seed)
    kept = kept_tiles(judge)
    drawn: list[int] = []
    for label in range(len(judge.task.classes)):
        own = np.flatnonzero((judge.task.label == label) & kept)
        drawn += rng.permutation(own)[:SHOWN_OF_A_CLASS].tolist()
    return drawn


def natural_colours(judge: Tiles, tile: int) -> NDArray[np.float32]:
    """(H, W, 3) from 0 to 1."""
    bands = [judge.bands.index(name) for name in ("B04", "B03", "B02")]
    values: NDArray[np.float32] = np.clip(judge.dn[tile, bands] / np.float32(WHITE), 0, 1) ** np.float32(0.8)
    return np.moveaxis(values, 0, 2)


def draw(judge: Tiles, nearest: Mapping[str, NDArray[np.intp]]) -> Figure:
    """A row for the tiles asked for, and one for each representation."""
    asked, label = shown_tiles(judge), judge.task.label
    kept = kept_tiles(judge)
    columns, rows = len(asked), 1 + len(nearest)
    width, height = BESIDE + columns * TILE, 0.32 + rows * TILE
    figure = Figure(figsize=(width, height), dpi=130)
    FigureCanvasAgg(figure)
    for row, (name, found) in enumerate([("", np.arange(len(label))), *nearest.items()]):
        bottom = (rows - 1 - row) * TILE / height
        share = np.mean(label[found[kept]] == label[kept])
        text = f"{name}\n{share:.0%} of the same class" if name else "a tile, and its nearest by …"
        figure.text((BESIDE - 0.08) / width, bottom + TILE / height / 2, text, ha="right", va="center", fontsize=7)
        for column, tile in enumerate(asked):
            left, other = (BESIDE + column * TILE) / width, int(found[tile])
            axes = figure.add_axes((left, bottom, TILE * 0.94 / width, TILE * 0.94 / height))
            axes.imshow(natural_colours(judge, other), interpolation="bilinear")
            axes.set(xticks=[], yticks=[])
            alike = label[other] == label[tile]
            axes.spines[:].set(color="black" if alike else "red", linewidth=0.4 if alike else 2.0)
            if not name:
                words = re.findall("[A-Z][a-z]*", judge.task.classes[label[tile]])
                axes.set_title("\n".join(words), fontsize=5, pad=2)
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", metavar="MODEL", help="name, .onnx file or NAME=FILE")
    parser.add_argument("--data", type=Path, required=True, help="folder of the development imagery")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the PNG to write")
    arguments = parser.parse_args()
    try:
        models = {name: files[0] for name, files in models_of(arguments.models).items()}
        check_output(arguments.output, overwrite=True)
        judge = eurosat(arguments.data)
        draw(judge, nearest_of_all(judge, models)).savefig(arguments.output)
    except MMEarthError as error:
        sys.exit(str(error))
    print(f"{arguments.output} written")


if __name__ == "__main__":
    main()
