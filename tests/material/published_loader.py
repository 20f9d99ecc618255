"""Reads a dataset in the way of the loader that MMEarth is published with: by what it asks of the files, written anew.

It looks for data_*.h5 and what belongs to it, goes through the numbers of a split, and takes each array's row of that
number along its first axis; the name in the same row of "metadata" leads to the processing level, and that to the
statistics of Sentinel-2 (`mmearth_dataset.py` of github.com/vishalned/MMEarth-train).
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

#: Channels of the stored Sentinel-2 that are asked for: all but B10, the eleventh.
_TWELVE = [*range(10), 11, 12]
_COVERS = {"dynamic_world": range(1, 10), "esa_worldcover": [*range(10, 100, 10), 95, 100]}
_ONE_HOT = ("biome", "eco_region")


def as_published(folder: Path, modalities: Sequence[str]) -> Iterator[tuple[str, dict[str, NDArray[Any]]]]:
    """Names and modalities of the tiles of the split to learn from: z-scores, numbers of covers (−1: none), or rows of
    one 1, as they are stored."""

    def beside(what: str) -> Any:
        (path,) = folder.glob(f"data_*_{what}.json")
        return json.loads(path.read_text(encoding="utf-8"))

    information, numbers, statistics = beside("tile_info"), beside("splits")["train"], beside("band_stats")
    (path,) = folder.glob("data_*.h5")
    with h5py.File(path, "r") as file:
        for number in numbers:
            name = file["metadata"][number][0].decode("utf-8")
            found = {}
            for modality in modalities:
                values = np.asarray(file[modality][number, ...])
                if modality in _COVERS:
                    classes = np.full(values.shape, -1, np.int64)
                    for at, code in enumerate(_COVERS[modality]):
                        classes[values == code] = at
                    values = classes
                elif modality not in _ONE_HOT:
                    chosen = _TWELVE if modality == "sentinel2" else list(range(len(values)))
                    level = f"_{information[name]['S2_type']}" if modality == "sentinel2" else ""
                    mean, std = (np.array(statistics[modality + level][each])[chosen] for each in ("mean", "std"))
                    sides = (-1, *(1,) * (values.ndim - 1))
                    values = ((values[chosen] - mean.reshape(sides)) / std.reshape(sides)).astype(np.float32)
                found[modality] = values
            yield name, found
