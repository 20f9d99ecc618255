"""Make the picture of docs/better-maps.md from a finished demo: python docs/make_better_maps.py DEMO_FOLDER

Twelve polygons, two of each class, and the maps they give as more is made of them. Prints how right each map is, every
pixel against the truth. Writes docs/images/better-maps.png.
"""

import contextlib
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
from make_pictures import encoded, save, with_samples
from numpy.typing import NDArray
from rasterio.io import MemoryFile

from mmearth_core.labelling.classifying.classification import classify
from mmearth_core.labelling.fitting import fit
from mmearth_core.maps.class_map import ClassMap
from mmearth_core.maps.tidying import tidy
from mmearth_core.raster.pictures import Picture, paletted, true_colour

LONGEST, GAP = 300, 6


def main() -> int:
    folder = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        samples = few_samples(folder / "samples.gpkg", scratch / "few.gpkg")
        maps = make_maps(folder / "embedding.tif", samples, scratch)
        truth = ClassMap.open(folder / "truth.tif")
        shown = [with_samples(true_colour(folder / "scene.tif", longest=LONGEST), samples, ClassMap.open(maps[0]))]
        for path in maps:
            class_map = ClassMap.open(path)
            sys.stdout.write(f"{path.stem}: {100 * right(class_map, truth):.1f} % right\n")
            colours = {each.value: each.colour for each in class_map.legend.classes}
            shown.append(painted(paletted(path, colours, longest=LONGEST)))
        save("better-maps", encoded(side_by_side(shown)))
    return 0


def few_samples(source: Path, output: Path) -> Path:
    """The first two polygons of each class, in the colours of all."""
    _, fids, _, columns = pyogrio.raw.read(source, columns=["class"], read_geometry=False, return_fids=True)
    names = columns[0]
    others = [(int(fid),) for i, fid in enumerate(fids) if (names[:i] == names[i]).sum() >= 2]
    shutil.copy(source, output)
    with contextlib.closing(sqlite3.connect(output)) as database, database:
        database.executemany("DELETE FROM samples WHERE fid = ?", others)
    return output


def make_maps(embedding: Path, samples: Path, folder: Path) -> list[Path]:
    """Labels alone; with pixels that nobody labelled; smoothed; strongly; smoothed and tidied."""
    ways: list[tuple[str, int, Any]] = [
        ("1 labels alone", 0, "none"),
        ("2 and pixels without a label", 2000, "none"),
        ("3 and smoothing (edges)", 2000, "edges"),
        ("4 strong smoothing", 2000, "strong"),
    ]
    made = []
    for name, unlabelled, smooth in ways:
        model = folder / f"{name}.json"
        fit(embeddings=[embedding], samples=[samples], output=model, unlabelled=unlabelled)
        made.append(folder / f"{name}.tif")
        classify(embedding=embedding, model=model, output=made[-1], smooth=smooth)
    made.append(folder / "5 edges, tidied.tif")
    tidy(map=made[2], output=made[-1])
    return made


def painted(picture: Picture) -> NDArray[np.uint8]:
    """(4, height, width) of a picture with a palette."""
    with MemoryFile(picture.png) as memory, memory.open() as dataset:
        table = np.zeros((256, 4), np.uint8)
        for value, colour in dataset.colormap(1).items():
            table[value] = colour
        return np.moveaxis(table[dataset.read(1)], -1, 0)


def right(class_map: ClassMap, truth: ClassMap) -> float:
    """Share of the pixels that have the true class, by name."""
    names, true_names = (
        np.array([dict(zip(each.legend.values, each.legend.names, strict=True)).get(v, "") for v in range(256)])
        for each in (class_map, truth)
    )
    same = total = 0
    for (_, found), (_, wanted) in zip(class_map.blocks(), truth.blocks(), strict=True):
        known = (true_names[wanted] != "") & (names[found] != "")
        same += int((names[found] == true_names[wanted])[known].sum())
        total += int(known.sum())
    return same / total


def side_by_side(pictures: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Six pictures (4, height, width) in two rows of three, white between them."""
    height, width = pictures[0].shape[1:]
    sheet = np.full((4, 2 * height + GAP, 3 * width + 2 * GAP), 255, np.uint8)
    for index, picture in enumerate(pictures):
        row, column = divmod(index, 3)
        top, left = row * (height + GAP), column * (width + GAP)
        solid = picture[3] > 0
        sheet[:3, top : top + height, left : left + width] = np.where(solid, picture[:3], 255)
    return sheet


if __name__ == "__main__":
    sys.exit(main())
