"""What a task of labelled tiles is, wherever it was read: the contract between readers and judges.

Holds no tile: images and labels are read when they are asked for, so a task may be larger than memory.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mmearth_core.encoder.model_file import Statistics
from mmearth_core.sentinel2 import Level

#: What is asked of a tile: its class, which of the classes it shows, or the class of every pixel.
Target = Literal["class", "classes", "pixels"]
#: Pixels of a task of that target whose class nobody says.
UNLABELLED = -1


@dataclass(frozen=True, eq=False)
class Parts:
    """Indices of the tiles to learn from, to choose settings by, and to judge on; no tile is in two of them."""

    train: NDArray[np.intp]
    valid: NDArray[np.intp]
    test: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class TileTask:
    """A task of labelled Sentinel-2 tiles.

    `shape`: height and width of every tile in pixels. `images(rows)` gives (n, bands, H, W) float32 in reflectance ×
    10000 with the offset removed, NaN where nothing is measured. `labels(rows)` gives the index of the class (n,), for
    the target "classes" whether a class is there (n, classes), for "pixels" the index of the class of every pixel
    (n, H, W), `UNLABELLED` where nobody says. `parts(share, seed)` gives the tiles for a share (0 … 1] of the training
    labels; whether the seed changes them says `varies(share)`. `statistics` are the task's own, per band in the same
    unit; None where nobody published them. `identity` is another for any other content. `notes`: what a reader of its
    results has to know.
    """

    name: str
    target: Target
    classes: tuple[str, ...]
    bands: tuple[str, ...]
    level: Level
    shape: tuple[int, int]
    images: Callable[[NDArray[np.intp]], NDArray[np.float32]]
    labels: Callable[[NDArray[np.intp]], NDArray[Any]]
    parts: Callable[[float, int], Parts]
    varies: Callable[[float], bool]
    identity: str
    statistics: Statistics | None = None
    notes: tuple[str, ...] = ()
