"""Writing GeoTIFFs that exist whole or not at all: everything goes to a temporary name, then one rename."""

import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import rasterio
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.io import DatasetWriter

from mmearth_core.errors import EnvironmentFailure, MMEarthError
from mmearth_core.raster.grid import Grid

#: Namespace of our tags inside a GeoTIFF.
TAG_NAMESPACE = "MMEARTH"
#: Edge of the internal GeoTIFF blocks, in pixels.
BLOCK = 256


def check_output(path: str | Path, *, overwrite: bool = False) -> Path:
    """The output path, when a file can be made there.

    Raises `MMEarthError` when it exists (and `overwrite` is off), or its folder is absent or cannot be written.
    """
    path = Path(path)
    if path.is_dir():
        raise MMEarthError(f"{path} is a folder; give the name of the file to write.")
    if path.exists() and not overwrite:
        raise MMEarthError(f"{path} exists already; choose another name or pass --overwrite.")
    folder = path.absolute().parent
    if not folder.is_dir():
        raise MMEarthError(f"The folder {folder} does not exist; create it or choose another output.")
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise MMEarthError(f"Cannot write into {folder} ({error.strerror}); choose another output folder.") from error
    return path


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """A temporary path beside `path`; renamed to it when the block succeeds, removed when it fails."""
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        raise EnvironmentFailure(f"Could not write {path} ({error.strerror or error}).") from error
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: str | Path, text: str) -> None:
    """Write a UTF-8 text file whole or not at all."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: str | Path, value: Mapping[str, Any]) -> None:
    """Write a JSON file whole or not at all (UTF-8, two spaces, NaN refused)."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


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
) -> Iterator[DatasetWriter]:
    """A GeoTIFF open for writing: tiled, band-interleaved, ZSTD, BigTIFF where needed; renamed into place at the end.

    Overviews are built by nearest decimation, so a preview shows values of the full resolution.
    `tags` go into our namespace. Blocks never written stay sparse and read as `nodata`.
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
    }
    with atomic_path(path) as temporary:
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
                _build_overviews(temporary, grid)
        except RasterioError as error:
            raise EnvironmentFailure(f"Could not write {path} ({error}); is the disk full?") from error


def _build_overviews(path: Path, grid: Grid) -> None:
    factors, factor = [], 2
    while max(grid.shape) / factor >= BLOCK / 2 and factor <= 256:
        factors.append(factor)
        factor *= 2
    if factors:
        with (
            rasterio.Env(COMPRESS_OVERVIEW="ZSTD", INTERLEAVE_OVERVIEW="BAND", SPARSE_OK_OVERVIEW="ON"),
            rasterio.open(path, "r+") as dataset,
        ):
            dataset.build_overviews(factors, Resampling.nearest)
