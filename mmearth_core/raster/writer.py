"""Writing GeoTIFFs that exist whole or not at all: everything goes to a temporary name, then one rename."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import rasterio
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.io import DatasetWriter

from mmearth_core.errors import EnvironmentFailure
from mmearth_core.files import atomic_path
from mmearth_core.raster.grid import Grid

#: Namespace of our tags inside a GeoTIFF.
TAG_NAMESPACE = "MMEARTH"
#: Edge of the internal GeoTIFF blocks, in pixels.
BLOCK = 256


@contextmanager
def new_geotiff(
    path: str | Path,
    grid: Grid,
    *,
    count: int,
    dtype: str,
    nodata: float | None,
    descriptions: Sequence[str] | None = None,
    scales: Sequence[float] | None = None,
    offsets: Sequence[float] | None = None,
    tags: Mapping[str, str] | None = None,
    colormap: Mapping[int, tuple[int, int, int, int]] | None = None,
    overviews: bool = True,
    zstd_level: int = 6,
    staged: Path | None = None,
) -> Iterator[DatasetWriter]:
    """A GeoTIFF open for writing: tiled, band-interleaved, ZSTD, BigTIFF where needed; renamed into place at the end.

    Overviews are built by nearest decimation, so a preview shows values of the full resolution.
    `tags` go into our namespace. Blocks never written stay sparse and read as `nodata`. With `staged`, a temporary path
    of the caller's `atomic_path`, the file is finished there, and the caller gives it its name.
    Raises `EnvironmentFailure` when the disk refuses.
    """
    profile: dict[str, Any] = {
        "driver": "GTiff",
        "height": grid.height,
        "width": grid.width,
        "count": count,
        "dtype": dtype,
        "nodata": nodata,
        "transform": grid.transform,
        "crs": grid.crs,
        "tiled": True,
        "blockxsize": BLOCK,
        "blockysize": BLOCK,
        "interleave": "band",
        "compress": "zstd",
        "zstd_level": zstd_level,
        "bigtiff": "if_safer",
        "sparse_ok": True,
        "num_threads": "ALL_CPUS",
    }
    with nullcontext(staged) if staged is not None else atomic_path(path) as temporary:
        try:
            with rasterio.open(temporary, "w", **profile) as dataset:
                if descriptions is not None:
                    dataset.descriptions = tuple(descriptions)
                if scales is not None and offsets is not None:
                    dataset.scales, dataset.offsets = tuple(scales), tuple(offsets)
                if tags:
                    dataset.update_tags(ns=TAG_NAMESPACE, **tags)
                if colormap is not None:
                    dataset.write_colormap(1, dict(colormap))
                yield dataset
            if overviews:
                _build_overviews(temporary, grid, zstd_level)
        except RasterioError as error:
            raise EnvironmentFailure(f"Could not write {path} ({error}); is the disk full?") from error


def _build_overviews(path: Path, grid: Grid, zstd_level: int) -> None:
    factors, factor = [], 2
    while max(grid.shape) / factor >= BLOCK / 2 and factor <= 256:
        factors.append(factor)
        factor *= 2
    if factors:
        with (
            rasterio.Env(
                COMPRESS_OVERVIEW="ZSTD",
                ZSTD_LEVEL_OVERVIEW=zstd_level,
                INTERLEAVE_OVERVIEW="BAND",
                SPARSE_OK_OVERVIEW="ON",
                GDAL_NUM_THREADS="ALL_CPUS",
            ),
            rasterio.open(path, "r+") as dataset,
        ):
            dataset.build_overviews(factors, Resampling.nearest)
