"""Writing GeoTIFFs that exist whole or not at all: everything goes to a temporary name, then one rename.

And the frame of the `.qml` beside one, which tells QGIS how to draw it; never what is drawn.
"""

import itertools
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio._err import CPLE_BaseError  # raised by the closing of a dataset; rasterio.errors has no name for it
from rasterio.drivers import raster_driver_extensions
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.io import DatasetWriter

from mmearth_core.errors import EnvironmentFailure, MMEarthError, unwritable
from mmearth_core.files import atomic_path, check_output
from mmearth_core.kinds import TAG_NAMESPACE
from mmearth_core.raster.grid import Grid

#: ((row, row_end), (column, column_end)), as rasterio takes windows.
Ranges = tuple[tuple[int, int], tuple[int, int]]

#: Endings of other formats, of rasters, vectors and texts.
_OTHER_FORMATS = {*raster_driver_extensions(), "json", "geojson", "shp", "fgb", "csv", "html", "svg", "zip", "qml"} - {
    *("tif", "tiff")
}
#: Edge of the internal GeoTIFF blocks, in pixels.
BLOCK = 256


def companions(path: str | Path) -> tuple[Path, ...]:
    """What GDAL keeps beside a raster and reads with it: statistics and names, overviews, a mask."""
    path = Path(path)
    return tuple(path.with_name(path.name + suffix) for suffix in (".aux.xml", ".ovr", ".msk"))


def check_raster(
    path: str | Path,
    *,
    overwrite: bool = False,
    inputs: Iterable[str | Path | None] = (),
    beside: Iterable[str | Path] = (),
) -> Path:
    """The path of a new raster, as `check_output`: what another one left beside it would be read with this one.

    Raises `MMEarthError` also for an extension of another format: what is written is a GeoTIFF.
    """
    check_ending(path)
    return check_output(path, overwrite=overwrite, inputs=inputs, beside=(*beside, *companions(path)))


def check_ending(path: str | Path) -> None:
    """Raise `MMEarthError` when a GeoTIFF is to be called as files of another format are."""
    ending = Path(path).suffix.lower()
    if ending.lstrip(".") in _OTHER_FORMATS:
        raise MMEarthError(
            f"{path} is to be a GeoTIFF, and {ending} is the ending of another format; let it end in .tif."
        )


class CheckedWriter:
    """A dataset being written that remembers a checksum of every write."""

    def __init__(self, dataset: DatasetWriter) -> None:
        self._dataset = dataset
        self.dtype: str = dataset.dtypes[0]
        self._written: list[tuple[list[int], Ranges | None, int]] = []

    def write(self, data: NDArray[Any], band: int | None = None, window: Ranges | None = None) -> None:
        """Write all bands (bands, height, width) or one `band` (height, width), of the whole raster or a window."""
        self._dataset.write(data, band, window=window)
        bands = list(self._dataset.indexes) if band is None else [band]
        self._written.append((bands, window, _checksum(data)))

    def update_tags(self, **tags: str) -> None:
        """Add tags outside of our namespace."""
        self._dataset.update_tags(**tags)

    def tell(self, **tags: str) -> None:
        """Add tags in our namespace, of what is known only now."""
        self._dataset.update_tags(ns=TAG_NAMESPACE, **tags)

    def check(self, written: Path, path: str | Path) -> None:
        """Read everything back from the closed file. Raises `EnvironmentFailure` when it is not what was written."""
        with rasterio.open(written) as dataset:
            for bands, window, checksum in self._written:
                if _checksum(dataset.read(bands, window=window)) != checksum:
                    raise EnvironmentFailure(
                        f"{path} does not hold what was written to it; make room on the disk and write it again."
                    )


def _checksum(data: NDArray[Any]) -> int:
    return zlib.crc32(np.ascontiguousarray(data).data)


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
) -> Iterator[CheckedWriter]:
    """A GeoTIFF open for writing: tiled, band-interleaved, ZSTD, BigTIFF where needed; renamed into place at the end.

    Overviews are built by nearest decimation, so a preview shows values of the full resolution.
    `tags` go into our namespace. Blocks never written stay sparse and read as `nodata`. With `staged`, a temporary path
    of the caller's `atomic_path`, the file is finished there, and the caller gives it its name.
    What was written is read back and compared, for GDAL does not tell of every write that a full disk refuses.
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
    with nullcontext(staged) if staged is not None else atomic_path(path, outdated=companions(path)) as temporary:
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
                writer = CheckedWriter(dataset)
                yield writer
            writer.check(temporary, path)
            if overviews:
                _build_overviews(temporary, grid, zstd_level)
        except (RasterioError, CPLE_BaseError) as error:
            raise unwritable(path, error) from error


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
        _check_overviews(path, len(factors))


def _check_overviews(path: Path, levels: int) -> None:
    """Compare the first and last band of every overview with the full resolution, strip by strip."""
    for level in range(levels):
        factor = 2 ** (level + 1)
        with rasterio.open(path) as full, rasterio.open(path, overview_level=level) as small:
            for band, row in itertools.product({1, full.count}, range(0, small.height, BLOCK)):
                rows = range(row, min(row + BLOCK, small.height))
                last = min(rows.stop * factor, full.height)
                window = ((row * factor, last), (0, full.width))
                expected = full.read(band, window=window)[::factor, ::factor].any()
                if expected and not small.read(band, window=((rows.start, rows.stop), (0, small.width))).any():
                    raise EnvironmentFailure(f"{path} has lost an overview; make room on the disk and write it again.")


def raster_style(renderer: str) -> str:
    """A QGIS style for a raster (`.qml`), around a `<rasterrenderer>` element."""
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
        f'<qgis version="3.22.0" styleCategories="Symbology">\n  <pipe>\n{renderer}'
        '    <brightnesscontrast brightness="0" contrast="0" gamma="1"/>\n'
        '    <huesaturation saturation="0" grayscaleMode="0"/>\n'
        '    <rasterresampler maxOversampling="2"/>\n  </pipe>\n</qgis>\n'
    )


def ramp_style(ramp: Sequence[tuple[float, str]]) -> str:
    """A QGIS style of a raster of one band, decoded, in the colours of a ramp: (value, "#rrggbb"), ascending."""
    items = "".join(
        f'          <item value="{value}" color="{colour}" alpha="255" label="{value:g}"/>\n' for value, colour in ramp
    )
    low, high = ramp[0][0], ramp[-1][0]
    return raster_style(
        '    <rasterrenderer type="singlebandpseudocolor" band="1" opacity="1" alphaBand="-1" nodataColor=""'
        f' classificationMin="{low:g}" classificationMax="{high:g}">\n      <rastershader>\n'
        '        <colorrampshader colorRampType="INTERPOLATED" classificationMode="1" clip="0"'
        f' minimumValue="{low:g}" maximumValue="{high:g}">\n{items}        </colorrampshader>\n'
        "      </rastershader>\n    </rasterrenderer>\n"
    )
