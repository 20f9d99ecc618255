"""What a scene measured under samples of its embedding."""

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.labelling.comparing.comparison import Spread, spread
from mmearth_core.labelling.samples import Samples
from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.opening import bounded_cache
from mmearth_core.raster.radiometry import DN_PER_REFLECTANCE
from mmearth_core.raster.scene import Scene, SceneOptions, open_scene
from mmearth_core.raster.writer import BLOCK
from mmearth_core.sentinel2 import BANDS, ENCODER_BANDS
from mmearth_core.sources.embedding import Embedding
from mmearth_core.sources.stack import Stack


def spectra_under(
    samples: Samples, stack: Stack, scene: str | Path, *, image: Embedding | None, cancel: CancelToken
) -> Spread:
    """The spread of surface (or top-of-atmosphere) reflectance of each class in a scene of which an `image` of a stack
    was made.

    Scale, offset and level are those the image was made with, where it tells. Raises `MMEarthError` when the scene
    cannot be read, is of another CRS, or holds none of the samples.
    """
    opened = open_scene(scene, wanted=ENCODER_BANDS, options=_options(image))
    if opened.grid.crs != stack.grid.crs:
        raise MMEarthError(f"{scene} is in another coordinate system than the embedding; choose the scene it is of.")
    rows, cols = _pixels_in(opened.grid, stack.grid, samples.position)
    values = _read(opened, rows, cols, cancel) / DN_PER_REFLECTANCE
    if not np.isfinite(values).any():
        raise MMEarthError(f"{scene} has no valid pixel under the samples; choose the scene the embedding is of.")
    waves = tuple(float(BANDS[name].wavelength) for name in opened.bands)
    order = np.argsort(waves, kind="stable").tolist()
    bands = tuple(opened.bands[index] for index in order)
    return spread(values[:, order], samples.label, len(samples.legend), bands, tuple(waves[index] for index in order))


def image_of(stack: Stack, scene: str | Path, path: str | Path | None) -> tuple[Embedding, list[str]]:
    """The image of a stack that was made of a scene: its only one, or that at a `path`; and what is to be said of
    several dates. Raises `MMEarthError` when none of several is there."""
    images = [(image, slot) for image, slot in zip(stack.images, stack.slots, strict=True) if image is not None]
    if len(images) == 1:
        return images[0][0], []
    for image, slot in images:
        if path is not None and _absolute(image.path) == _absolute(path):
            return image, [f"the spectra are those of {slot} alone"]
    raise MMEarthError(f"No spectra: none of the dates is told to be made of {scene}; choose one embedding.")


def _absolute(path: str | Path) -> str:
    return os.path.realpath(path) if Path(path).exists() else str(path)


def _options(image: Embedding | None) -> SceneOptions:
    """How the embedding's maker read the scene, where its facts say so."""
    facts = {} if image is None else image.facts
    told = {name: facts[name] for name in ("level", "offset", "scale") if facts.get(name) is not None}
    return SceneOptions(**told)


def _pixels_in(grid: Grid, of: Grid, position: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns in a grid of the middles of pixels (n, 2) of another, in one CRS."""
    step = ~grid.transform * of.transform
    col, row = step * (position[:, 1] + 0.5, position[:, 0] + 0.5)
    return np.floor(row).astype(np.intp), np.floor(col).astype(np.intp)


def _read(scene: Scene, rows: NDArray[np.intp], cols: NDArray[np.intp], cancel: CancelToken) -> NDArray[np.float64]:
    """(n, bands) of pixels, not-a-number outside and where there is no ground; block by block."""
    found = np.full((len(rows), len(scene.bands)), np.nan)
    inside = (rows >= 0) & (rows < scene.grid.height) & (cols >= 0) & (cols < scene.grid.width)
    blocks = rows // BLOCK * (scene.grid.width // BLOCK + 1) + cols // BLOCK
    with bounded_cache(), scene.reader() as reader:
        for block in np.unique(blocks[inside]).tolist():
            cancel.check()
            mine = inside & (blocks == block)
            top, left = int(rows[mine].min()), int(cols[mine].min())
            window = Window(top, left, int(rows[mine].max()) - top + 1, int(cols[mine].max()) - left + 1)
            dn, valid = reader.read(window)
            r, c = rows[mine] - top, cols[mine] - left
            found[mine] = np.where(valid[r, c], dn[:, r, c], np.nan).T
    return found
