"""Rasters on disk as they are opened and read: one way in, and one set of sentences for what cannot be read.

Knows paths and files, never what their pixels mean.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath

import rasterio
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader

from mmearth_core.errors import MMEarthError

#: Bytes GDAL may keep of decoded blocks: some rows of blocks of a 12-band scene.
CACHE_BYTES = 100_000_000


@contextmanager
def opened(path: str | PurePath, *, wanted: str, empty: bool = False) -> Iterator[DatasetReader]:
    """The raster open for reading by one thread.

    Raises `MMEarthError`, which asks for what is `wanted`, when it is missing or not a raster, and, unless it may be
    `empty`, when it only holds others.
    """
    name = str(path)
    local = not name.startswith(("/vsi", "http://", "https://", "s3://")) and ":" not in name[2:]
    if local and not Path(path).exists():
        raise MMEarthError(f"{path} does not exist; give {wanted}.")
    # Sidecars are probed by name instead of listing a folder that may hold thousands of scenes.
    with rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="TRUE"):
        try:
            dataset = rasterio.open(Path(path) if local else name)
        except (RasterioError, ValueError) as error:
            raise MMEarthError(f"{path} cannot be read as a raster ({error}); give {wanted}.") from error
    # Not `with dataset`: rasterio would tie the open dataset to this thread, and another one may close it.
    try:
        if not dataset.count and not empty:
            inside = "; ".join(dataset.subdatasets[:4])
            raise MMEarthError(
                f"{path} holds no bands itself; name one of its rasters instead ({inside or 'none found'})."
            )
        yield dataset
    except UnicodeDecodeError as error:
        raise MMEarthError(f"{path} holds texts that are not UTF-8 ({error.reason}); write it anew.") from error
    finally:
        dataset.close()


def subdatasets(path: str | PurePath, *, wanted: str) -> tuple[str, ...]:
    """The rasters a file holds beside or instead of one of its own, by the names they are opened by."""
    with warnings.catch_warnings():
        # What only holds other rasters has no place of its own.
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with opened(path, wanted=wanted, empty=True) as dataset:
            return tuple(dataset.subdatasets)


@contextmanager
def reading(path: str | PurePath, remedy: str) -> Iterator[None]:
    """Inside, pixels of an open raster are read; `MMEarthError` with the `remedy` when they cannot be."""
    try:
        yield
    except RasterioError as error:
        raise MMEarthError(f"{path} is damaged ({error.__cause__ or error}); {remedy}.") from error


def bounded_cache() -> rasterio.Env:
    """A context in which GDAL keeps at most `CACHE_BYTES` of blocks: one cache for all threads, by default 5 % of the
    machine's memory, and never read twice here."""
    return rasterio.Env(GDAL_CACHEMAX=CACHE_BYTES)
