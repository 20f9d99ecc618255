"""Extra layers: one band of any raster, resampled to a grid, as numbers that have a meaning between pixels."""

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.opening import opened, reading
from mmearth_core.raster.raster_file import ground_steps
from mmearth_core.records import POSITIVE
from mmearth_core.sources.working_set import ExtraLayer

_WANTED = "a raster with heights, an index or the like"


class LayerReader:
    """A layer on a grid, for one thread: a context manager. Bilinear, or averaged where its pixels are finer."""

    def __init__(self, layer: ExtraLayer, grid: Grid) -> None:
        """Raises `MMEarthError` when the raster is missing, has no such band, or no place on Earth."""
        self._layer = layer
        self._stack = ExitStack()
        with ExitStack() as opening:
            dataset = opening.enter_context(opened(layer.raster, wanted=_WANTED))
            if layer.band > dataset.count:
                raise MMEarthError(
                    f"{layer.raster} has {dataset.count} bands, and no band {layer.band}; choose one of them."
                )
            if dataset.crs is None:
                raise MMEarthError(
                    f"{layer.raster} has no coordinate reference system; assign it: gdal_edit.py -a_srs EPSG:…"
                )
            steps, own = ground_steps(grid), ground_steps(Grid.of(dataset))
            finer = steps is not None and own is not None and max(own) < 0.6 * min(steps)
            warped = WarpedVRT(
                dataset,
                crs=grid.crs,
                transform=grid.transform,
                width=grid.width,
                height=grid.height,
                resampling=Resampling.average if finer else Resampling.bilinear,
                dtype="float32",
                nodata=np.nan,
                src_nodata=dataset.nodatavals[layer.band - 1],
            )
            self._dataset = opening.enter_context(warped)
            self._stack = opening.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._stack.close()

    def read(self, window: Window, shape: tuple[int, int] | None = None) -> NDArray[np.float32]:
        """Values (height, width) of a window of the grid, NaN where there are none."""
        with reading(self._layer.raster, "copy or make it again"):
            found: NDArray[np.float32] = self._dataset.read(self._layer.band, window=window.ranges, out_shape=shape)
        return np.where(np.isfinite(found), found, np.float32(np.nan))


@dataclass(frozen=True)
class LayerScale:
    """How an extra layer becomes a number among others: (value − `mean`) / `spread` · `weight`; 0 where it has none."""

    name: str
    mean: float
    spread: Annotated[float, POSITIVE]
    weight: Annotated[float, POSITIVE]


def layer_scale(
    name: str, values: NDArray[np.float32], weight: NDArray[np.float64], strength: float
) -> LayerScale | None:
    """The scale of a layer by its values (n,) and their weights (n,); None when it has none, or one value only."""
    known = np.isfinite(values)
    if not known.any():
        return None
    share = weight[known] / weight[known].sum()
    mean = float(share @ values[known])
    spread = float(np.sqrt(share @ np.square(values[known] - mean)))
    return LayerScale(name, mean, spread, strength) if spread > 0 else None


def scaled_layer(layer: LayerScale, values: NDArray[np.float32]) -> NDArray[np.float32]:
    """A layer's values, of any shape, as its scale says."""
    scaled = (values - np.float32(layer.mean)) * np.float32(layer.weight / layer.spread)
    return np.where(np.isfinite(scaled), scaled, np.float32(0))


def without_value(layer: LayerScale, lacking: int, pixels: int, of: str = "pixels") -> str:
    """What is to be said where a layer has no value in `lacking` of so many `pixels`, more than none."""
    share = 100 * lacking / pixels
    much = f"{share:.1f}" if share >= 0.1 else "less than 0.1"
    return f"{layer.name} has no value in {much} % of the {of} and counts as its mean there, {layer.mean:.4g}"
