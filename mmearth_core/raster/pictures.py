"""Small pictures of rasters for reports and documentation: PNG bytes, read decimated, whatever the raster's size.

For looking at only: nothing may be computed from a picture.
"""

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.io import DatasetReader

from mmearth_core.band_names.reading import Circumstances, read_bands
from mmearth_core.errors import MMEarthError
from mmearth_core.raster.bands.labels import hints_of, labels_of
from mmearth_core.raster.opening import opened, reading

#: Longest side of a picture in pixels, unless another is asked for.
LONGEST = 720
Colour = tuple[int, int, int]

# Reflectance is dark for the eye: a moderate gamma shows fields and woods.
_GAMMA = 0.85


@dataclass(frozen=True)
class Picture:
    """A PNG of a whole raster: its bytes, its own size, and the size of the raster it shows, all in pixels."""

    png: bytes
    width: int
    height: int
    raster_width: int
    raster_height: int


def true_colour(path: str | Path, *, longest: int = LONGEST) -> Picture:
    """A Sentinel-2 raster in natural colours: B04, B03, B02 by name, stretched so that hues stay; no-data transparent.

    Raises `MMEarthError` when the raster cannot be read or does not name these bands.
    """
    with opened(path, wanted="a raster") as dataset:
        found = read_bands(
            labels_of(dataset), Circumstances(str(path), hints=hints_of(str(path), dataset.tags()))
        ).bands
        missing = [band for band in ("B04", "B03", "B02") if band not in found]
        if missing:
            raise MMEarthError(
                f"{path} cannot be shown in natural colours: it names no band {', '.join(missing)};"
                " give the scene that has them."
            )
        values, valid = _read(dataset, [found[band] + 1 for band in ("B04", "B03", "B02")], longest, Resampling.average)
        return _rgb(values, valid, dataset.shape, common=True)


def composite(
    values: NDArray[np.float32],
    valid: NDArray[np.bool_],
    raster: tuple[int, int],
    ends: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
) -> Picture:
    """Three bands (3, height, width) as red, green and blue; transparent where not `valid`.

    `raster`: (height, width) of what is shown. `ends`: what is black and what is full in each band, evenly between, as
    QGIS draws it; by default each band is stretched by itself.
    """
    if ends is None:
        return _rgb(values, valid, raster, common=False)
    low, high = (each[:, None, None] for each in ends)
    return _opaque(np.clip((values - low) / (high - low), 0, 1), valid, raster)


def shape_of(raster: tuple[int, int], longest: int = LONGEST) -> tuple[int, int]:
    """(height, width) of the picture of a raster of (height, width) pixels."""
    factor = min(1.0, longest / max(raster))
    return max(1, round(raster[0] * factor)), max(1, round(raster[1] * factor))


def paletted(path: str | Path, colours: Mapping[int, Colour], *, longest: int = LONGEST) -> Picture:
    """A map of classes in the colours of its values; values without a colour are transparent."""
    with opened(path, wanted="a raster") as dataset:
        values, valid = _read(dataset, [1], longest, Resampling.nearest)
        # A palette holds 255 colours beside none: of more, the later ones share.
        shades = list(dict.fromkeys(colours.values()))
        table = np.zeros((256, 4), np.uint8)
        table[1 : 1 + len(shades[:255])] = [(*colour, 255) for colour in shades[:255]]
        index = np.zeros(valid.shape, np.uint8)
        for value, colour in colours.items():
            index[valid & (values[0] == value)] = 1 + shades.index(colour) % 255
        return _picture(_png(index, table), index.shape, dataset.shape)


def ramp(path: str | Path, colours: Sequence[Colour], *, low: float, high: float, longest: int = LONGEST) -> Picture:
    """The first band in `colours` from `low` to `high`, after the band's scale and offset; no-data transparent."""
    with opened(path, wanted="a raster") as dataset:
        values, valid = _read(dataset, [1], longest, Resampling.average)
        decoded = values[0] * dataset.scales[0] + dataset.offsets[0]
        # 0 is kept for no-data, which no palette entry shows.
        index = np.where(valid, 1 + np.rint(np.clip((decoded - low) / (high - low), 0, 1) * 254), 0).astype(np.uint8)
        anchors = np.linspace(1, 255, len(colours))
        shades = np.stack([np.interp(np.arange(256), anchors, channel) for channel in zip(*colours, strict=True)], 1)
        table = np.concatenate([np.rint(shades), np.full((256, 1), 255)], 1).astype(np.uint8)
        table[0] = 0
        return _picture(_png(index, table), index.shape, dataset.shape)


def _read(
    dataset: DatasetReader, bands: Sequence[int], longest: int, resampling: Resampling
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Decimated values (bands, height, width) and where they are data."""
    shape = (len(bands), *shape_of(dataset.shape, longest))
    with reading(dataset.name, "copy or make it again"):
        data = dataset.read(list(bands), out_shape=shape, masked=True, resampling=resampling)
    values: NDArray[np.float32] = data.filled(0).astype(np.float32)
    valid: NDArray[np.bool_] = np.logical_and(~np.ma.getmaskarray(data).any(0), np.isfinite(values).all(0))
    return values, valid


def _rgb(values: NDArray[np.float32], valid: NDArray[np.bool_], raster: tuple[int, int], *, common: bool) -> Picture:
    """Stretched from the 1st to the 99th percentile; with `common`, all three over the same width, which keeps hues."""
    seen = values[:, valid] if valid.any() else np.zeros((3, 1), np.float32)
    low, high = (np.percentile(seen, q, axis=1)[:, None, None] for q in (1, 99))
    width = np.maximum((high - low).max() * 0.92 if common else high - low, 1e-9)
    return _opaque(np.clip((values - low) / width, 0, 1) ** _GAMMA, valid, raster)


def _opaque(shown: NDArray[np.floating], valid: NDArray[np.bool_], raster: tuple[int, int]) -> Picture:
    """Shares of full red, green and blue (3, height, width) where `valid`."""
    rgba = np.concatenate([np.rint(shown * 255), np.where(valid, 255.0, 0.0)[None]]).astype(np.uint8)
    return _picture(_png(np.ascontiguousarray(rgba.transpose(1, 2, 0))), valid.shape, raster)


def _picture(png: bytes, shape: tuple[int, ...], raster: tuple[int, int]) -> Picture:
    return Picture(png, shape[1], shape[0], raster[1], raster[0])


def _png(pixels: NDArray[np.uint8], table: NDArray[np.uint8] | None = None) -> bytes:
    """PNG (ISO/IEC 15948) of (height, width, 4) RGBA, or of (height, width) indices into a (256, 4) `table`."""
    height, width = pixels.shape[:2]
    colour_type = 6 if table is None else 3
    lines = pixels.reshape(height, -1)
    if table is None:
        # Filter "sub": the difference to the pixel on the left, which compresses photographs well.
        lines = np.concatenate([lines[:, :4], lines[:, 4:] - lines[:, :-4]], 1)
    filtered = np.concatenate([np.full((height, 1), 1 if table is None else 0, np.uint8), lines], 1)
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0))]
    if table is not None:
        chunks += [(b"PLTE", table[:, :3].tobytes()), (b"tRNS", table[:, 3].tobytes())]
    chunks += [(b"IDAT", zlib.compress(filtered.tobytes(), 9)), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body
