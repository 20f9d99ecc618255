"""A land that any Sentinel-2 scene may be cut out of: the same ground is the same in every scene that shows it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray

from mmearth_core.raster.grid import Grid

BANDS = ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12")


def reflectance(grid: Grid, seed: int = 0) -> NDArray[np.uint16]:
    """(bands, height, width): fields of six spectra with texture, by the coordinates of the pixels."""
    rng = np.random.default_rng(seed)
    spectra = rng.uniform(300, 4500, (6, len(BANDS)))
    rows, cols = np.mgrid[: grid.height, : grid.width]
    xs, ys = grid.transform * (cols + 0.5, rows + 0.5)
    across, down = np.rint(xs / 10).astype(int), np.rint(ys / 10).astype(int)
    field = (down // 29 * 5 + across // 43 * 3) % 6
    shade = 1 + 0.2 * np.sin(down / 31) * np.cos(across / 47)
    grain = (across * 7919 + down * 104_729) % 211 - 105  # looks like noise, and is the same in every scene
    values = np.moveaxis(spectra[field], 2, 0) * shade + 0.6 * grain
    return np.clip(np.rint(values), 150, 9000).astype(np.uint16)


def write_land(path: Path, grid: Grid, *, day: str = "2023-07-01", empty: Sequence[slice] = (), seed: int = 0) -> Path:
    """A scene of level 2A as one GeoTIFF; without data in the rows and columns that are `empty`."""
    values = reflectance(grid, seed)
    if empty:
        values[:, *empty] = 0
    profile = {
        "driver": "GTiff", "count": len(BANDS), "height": grid.height, "width": grid.width, "dtype": "uint16",
        "nodata": 0, "crs": grid.crs, "transform": grid.transform, "compress": "deflate",
    }  # fmt: skip
    path.unlink(missing_ok=True)  # a damaged one would be opened first
    with rasterio.open(path, "w", **profile) as dataset:
        dataset.write(values)
        dataset.descriptions = BANDS
        dataset.update_tags(
            PROCESSING_LEVEL="L2A",
            SCALE="0.0001",
            BOA_ADD_OFFSET="0",
            TIFFTAG_DATETIME=f"{day.replace('-', ':')} 10:00:00",
        )
    return path
