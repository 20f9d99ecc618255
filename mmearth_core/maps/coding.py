"""A class map as codes 1, 2, … in a draft, whatever its values are: what is worked on strip by strip, not in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.errors import RasterioError

from mmearth_core.errors import unwritable
from mmearth_core.maps.class_map import ClassMap
from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import Grid


@dataclass(frozen=True, eq=False)
class Coding:
    """What codes mean: `values` (codes,) of the map, and the `pixels` (codes,) of each. Code 0 is where no class is."""

    values: NDArray[np.int64]
    pixels: NDArray[np.int64]

    @property
    def present(self) -> list[int]:
        """The values that occur."""
        return [int(value) for value in self.values[1:][self.pixels[1:] > 0]]


def coded(class_map: ClassMap, draft: Path, cancel: CancelToken) -> Coding:
    """Draw the classes of a map as codes into a new file."""
    values = np.array(sorted(class_map.possible), np.int64)
    pixels = np.zeros(len(values) + 1, np.int64)
    with drawing(draft, class_map.grid, "uint8" if len(values) < 256 else "int32") as dataset:
        for window, block in class_map.blocks():
            cancel.check()
            codes = np.searchsorted(values, block) + 1
            if class_map.nodata is not None:
                codes[block == class_map.nodata] = 0
            pixels += np.bincount(codes.ravel(), minlength=len(pixels))
            dataset.write(codes.astype(dataset.dtypes[0]), 1, window=window.ranges)
    return Coding(np.concatenate([[0], values]), pixels)


@contextmanager
def drawing(draft: Path, grid: Grid, dtype: str) -> Iterator[Any]:
    """A file in a workshop, to be drawn in and gone over row by row: what is in it need not be in memory."""
    shape: Any = {"height": grid.height, "width": grid.width, "count": 1, "dtype": dtype, "transform": grid.transform}
    try:
        with rasterio.open(draft, "w", driver="GTiff", compress="lzw", BIGTIFF="IF_SAFER", **shape) as dataset:
            yield dataset
    except RasterioError as error:
        raise unwritable(draft.parent.parent, error) from error
