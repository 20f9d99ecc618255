"""Rasters on disk as they are opened and read: one way in, and one set of sentences for what cannot be read.

Knows paths and files, never what their pixels mean.
"""

import re
import shlex
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path, PurePath

import numpy as np
import rasterio
from rasterio.drivers import raster_driver_extensions
from rasterio.enums import Interleaving
from rasterio.env import ensure_env_with_credentials
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader

from mmearth_core.errors import MMEarthError
from mmearth_core.kinds import kind_of, told
from mmearth_core.raster.references import DESCRIBING, check_reference, drivers_for

#: How descriptions of something elsewhere begin, with the format they are in.
_DESCRIPTIONS = (
    *((b"<GDAL_WMS", "WMS"), (b"<GDAL_WMTS", "WMTS"), (b"<WCS_GDAL", "WCS"), (b"<GDALTileIndexDataset", "GTI")),
    *((b"<MRF_META", "MRF"), (b"<Capabilities", "WMTS"), (b'"stacit', "STACIT"), (b"<OGRVRT", "OGR_VRT")),
)
#: Bytes GDAL may keep of decoded blocks: some rows of blocks of a 12-band scene, three of 1024² pixels of 64 bands.
CACHE_BYTES = 200_000_000
#: `rasterio.open` for reading, which takes one driver only; this takes several.
_open: Callable[..., DatasetReader] = ensure_env_with_credentials(DatasetReader)


def is_local(path: str | PurePath) -> bool:
    """Whether a name is that of a file or folder on disk: no address, no archive's member, no subdataset."""
    name = str(path)
    return not name.startswith(("/vsi", "http://", "https://", "s3://")) and ":" not in name[2:]


def plain(path: str | PurePath) -> str | Path:
    """A name as it is kept: a path where it is one on disk. `Path` folds the "//" of addresses."""
    return Path(path) if is_local(path) else str(path)


@contextmanager
def opened(path: str | PurePath, *, wanted: str, empty: bool = False) -> Iterator[DatasetReader]:
    """The raster open for reading by one thread.

    Raises `MMEarthError`, which asks for what is `wanted`, when it is missing, not a raster or one of complex
    numbers, and, unless it may be `empty`, when it only holds others.
    """
    name = str(path)
    local = is_local(path)
    if local and not Path(path).exists():
        raise MMEarthError(f"{path} does not exist; give {wanted}.")
    allowed = drivers_for(name)
    # Sidecars are probed by name instead of listing a folder that may hold thousands of scenes.
    with rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="TRUE") as gdal:
        drivers = sorted(allowed & gdal.drivers().keys())
        try:
            dataset = _open(Path(path) if local else name, driver=drivers)
        except (RasterioError, ValueError) as error:
            if (other := _foreign(name, drivers)) is not None:
                elsewhere = "; if you know where it comes from, allow it with `trust`" if other in DESCRIBING else ""
                raise MMEarthError(
                    f"{path} is in the format {other}, which is not read here{elsewhere}; or convert it to GeoTIFF, for"
                    f" example with: gdal_translate {shlex.quote(name)} NEW.tif"
                ) from error
            found = kind_of(name) if local else None
            what = f"cannot be read as a raster ({error})" if found is None else f"is {told(found)}, no raster"
            raise MMEarthError(f"{path} {what}; give {wanted}.") from error
    # Not `with dataset`: rasterio would tie the open dataset to this thread, and another one may close it.
    try:
        if "VRT" in allowed and (overviews := dataset.tags(ns="OVERVIEWS").get("OVERVIEW_FILE")) is not None:
            check_reference(overviews.removeprefix(":::BASE:::"), name)
        if not dataset.count and not empty:
            inside = "; ".join(dataset.subdatasets[:4])
            raise MMEarthError(
                f"{path} holds no bands itself; name one of its rasters instead ({inside or 'none found'})."
            )
        if any(dtype.startswith("complex") for dtype in dataset.dtypes):
            raise MMEarthError(f"{path} holds complex numbers, as radar images do; give {wanted}.")
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


def _foreign(name: str, read: Sequence[str]) -> str | None:
    """The format of a file that is in none of those `read`, by how it begins or is called; None where unknown."""
    try:
        with Path(name).open("rb") as file:
            head = file.read(4096)
    except (OSError, ValueError):
        head = b""
    told = next((driver for begin, driver in _DESCRIPTIONS if begin in head), None)
    by_suffix = raster_driver_extensions().get(PurePath(name).suffix.lower().lstrip("."))
    by_prefix = name.partition(":")[0].upper() if re.match(r"[A-Za-z]\w+:(?!//)", name) else None
    known = {each.upper() for each in read}
    return told or next((each for each in (by_prefix, by_suffix) if each and each.upper() not in known), None)


def bounded_cache() -> rasterio.Env:
    """A context in which GDAL keeps at most `CACHE_BYTES` of blocks: one cache for all threads, by default 5 % of the
    machine's memory, and never read twice here."""
    return rasterio.Env(GDAL_CACHEMAX=CACHE_BYTES)


def stored_together(dataset: DatasetReader) -> int:
    """Bytes that are decoded to read a single number: those of a block, of all bands where these lie side by side."""
    rows, cols = max(dataset.block_shapes)
    bands = dataset.count if dataset.interleaving is Interleaving.pixel else 1
    return int(rows * cols * bands * max(np.dtype(each).itemsize for each in dataset.dtypes))


class _Room:
    """Shares out the cache. Blocks of several bands that crowd each other out before all bands are read are decoded
    anew for every band, many times slower; so who finds no room for his block waits."""

    def __init__(self) -> None:
        self._changed, self._taken = threading.Condition(), 0

    @contextmanager
    def taken(self, size: int) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._taken or self._taken + size <= CACHE_BYTES)
            self._taken += size
        try:
            yield
        finally:
            with self._changed:
                self._taken -= size
                self._changed.notify_all()


_ROOM = _Room()


def room_in_cache(size: int) -> AbstractContextManager[None]:
    """A context in which blocks of so many bytes are read, once there is room for one: not to be nested."""
    return _ROOM.taken(size)
