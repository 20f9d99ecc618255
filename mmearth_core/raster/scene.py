"""A Sentinel-2 scene as the engine reads it: any window, in reflectance × 10000 without offset, with its valid pixels.

Memory does not grow with the raster. A reader belongs to one thread. A valid pixel never becomes invalid by arithmetic.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePath
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from rasterio.io import DatasetReader

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.exclusion import Exclusion, cloud_exclusion, mask_exclusion
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.layout import BandSource, arrange, ground_steps
from mmearth_core.raster.opening import opened, reading
from mmearth_core.raster.placing import placed_inputs
from mmearth_core.raster.radiometry import decide
from mmearth_core.raster.raster_file import SCENE, RasterFile
from mmearth_core.raster.resampling import support, upsample
from mmearth_core.raster.scene_files import SCL, collect
from mmearth_core.records import COMMAS, ONE_OR_MANY, RELATIVE
from mmearth_core.sentinel2 import Level, check_bands

#: The samples by which values are judged: windows of this edge, this many along each axis of the raster.
_SAMPLE_EDGE, _SAMPLE_WINDOWS = 32, 8
#: From so many pixels on, overviews are sampled instead where there are any, at this size.
_LARGE, _DECIMATED = 16_000_000, 256
#: Height of what is read at once when looking for any valid pixel.
_SCAN_EDGE = 256
#: Ground size of a pixel, in m, outside of which a warning is given: the encoders are pretrained at 10 m.
_USUAL_GROUND_SIZE = (8.0, 12.5)


@dataclass(frozen=True)
class Scene:
    """What `open_scene` found. `bands` are the measured ones among the wanted, in the wanted order.

    DN = raw · scale · 10000 + offset. `evidence` says how bands, scale, offset and level were decided, `warnings` what
    the user should know. `inputs` are the files read.
    """

    name: str
    grid: Grid
    bands: tuple[str, ...]
    level: Level
    offset: float
    scale: float
    evidence: tuple[str, ...]
    warnings: tuple[str, ...]
    inputs: tuple[str, ...]
    datetime: datetime | None
    sources: tuple[BandSource, ...] = field(repr=False)
    exclusions: tuple[Exclusion, ...] = field(repr=False, default=())

    def reader(self) -> "SceneReader":
        """A reader to be used by one thread, as a context manager."""
        return SceneReader(self.grid, self.sources, self.exclusions, (self.scale * 10000, self.offset))


class SceneReader:
    """Open datasets of a scene, for one thread."""

    def __init__(
        self,
        grid: Grid,
        sources: Sequence[BandSource],
        exclusions: Sequence[Exclusion] = (),
        radiometry: tuple[float, float] | None = None,
    ) -> None:
        """A reader of bands on one grid. `radiometry` (gain, offset) makes DN of the files' values; without it they are
        read as they are."""
        self._grid, self._sources, self._exclusions, self._radiometry = grid, sources, exclusions, radiometry
        self._stack = ExitStack()
        self._datasets: dict[str, DatasetReader] = {}
        try:
            for path in {s.raster.path: None for s in sources} | {e.path: None for e in exclusions}:
                self._datasets[path] = self._stack.enter_context(opened(path, wanted=SCENE))
        except MMEarthError:
            self._stack.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._stack.close()

    def read(self, window: Window) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """(dn, valid) of a window, which may reach outside the raster.

        `dn` is float32 (bands, height, width) in reflectance × 10000 with the offset removed, at least 1 where valid
        and 0 elsewhere; `valid` is bool (height, width). Raises `MMEarthError` when a file is damaged.
        """
        dn = np.zeros((len(self._sources), window.height, window.width), np.float32)
        valid = np.zeros((window.height, window.width), np.bool_)
        inner = window.intersection(self._grid.window)
        if not inner:
            return dn, valid
        rows, cols = inner.relative_to(window).slices
        valid[rows, cols] = True
        for factor in sorted({source.factor for source in self._sources}):
            chosen = [i for i, source in enumerate(self._sources) if source.factor == factor]
            sources = [self._sources[i] for i in chosen]
            out = [dn[i, rows, cols] for i in chosen]
            read = self._read_resolution if factor == 1 else self._read_upsampled
            valid[rows, cols] &= read(sources, inner, out)
        for exclusion in self._exclusions:
            valid[rows, cols] &= ~exclusion.read(self._datasets[exclusion.path], inner)
        if not valid.all():
            np.copyto(dn, np.float32(0), where=~valid)
        return dn, valid

    def _read_upsampled(
        self, sources: Sequence[BandSource], window: Window, out: Sequence[NDArray[np.float32]]
    ) -> NDArray[np.bool_]:
        """DN of coarser bands in a window of the scene's grid, into `out`; returns their validity."""
        factor, grid = sources[0].factor, sources[0].raster.grid
        (row, row_end), (col, col_end) = window.ranges
        first_row, last_row = support(row, row_end, factor)
        first_col, last_col = support(col, col_end, factor)
        native = Window(first_row, first_col, last_row - first_row, last_col - first_col)
        values = np.zeros((len(sources), native.height, native.width), np.float32)
        valid = np.zeros((native.height, native.width), np.bool_)
        inner = native.intersection(grid.window)
        rows, cols = inner.relative_to(native).slices
        valid[rows, cols] = self._read_resolution(sources, inner, [band[rows, cols] for band in values])
        fine, usable = upsample(values, valid, factor=factor, rows=(row, row_end), cols=(col, col_end))
        for target, band in zip(out, fine, strict=True):
            target[...] = band
        return usable

    def _read_resolution(
        self, sources: Sequence[BandSource], window: Window, out: Sequence[NDArray[np.float32]]
    ) -> NDArray[np.bool_]:
        """DN of bands of one resolution in a window of their own pixels, into `out`; returns their validity.

        The window is decimated when the arrays of `out` are smaller.
        """
        shape = out[0].shape[0], out[0].shape[1]
        valid = np.ones(shape, np.bool_)
        nonzero: NDArray[np.bool_] | None = None
        for raster in {s.raster.path: s.raster for s in sources}.values():
            chosen = [i for i, source in enumerate(sources) if source.raster.path == raster.path]
            raw, usable, stated = self._read_native(raster, [sources[i].index for i in chosen], window, shape)
            valid &= usable
            if not stated:
                seen = (raw != 0).any(0)
                nonzero = seen if nonzero is None else nonzero | seen
            for i, band in zip(chosen, raw, strict=True):
                self._convert(band, out[i])
        return valid if nonzero is None else valid & nonzero

    def decimated(self, size: int) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """(dn, valid) of the whole scene in `size` × `size` pixels, from the files' overviews; for statistics only.

        Overviews may mix no-data into their neighbours, so pixels within two of an invalid one are not valid here.
        """
        dn = np.empty((len(self._sources), size, size), np.float32)
        valid = np.ones((size, size), np.bool_)
        for factor in {source.factor for source in self._sources}:
            chosen = [i for i, source in enumerate(self._sources) if source.factor == factor]
            sources = [self._sources[i] for i in chosen]
            valid &= self._read_resolution(sources, sources[0].raster.grid.window, [dn[i] for i in chosen])
        for axis in (0, 1):
            valid = np.logical_and.reduce([np.roll(valid, shift, axis) for shift in range(-2, 3)])
        return dn, valid

    def _convert(self, raw: NDArray[np.generic], out: NDArray[np.float32]) -> None:
        """Raw values to DN; a dark valid pixel stays valid, so DN are at least 1."""
        out[...] = raw
        if self._radiometry is not None:
            gain, offset = self._radiometry
            if gain != 1:
                out *= np.float32(gain)
            if offset:
                out += np.float32(offset)
            np.maximum(out, np.float32(1), out=out)

    def _read_native(
        self, raster: RasterFile, indexes: Sequence[int], window: Window, shape: tuple[int, int]
    ) -> tuple[NDArray[np.generic], NDArray[np.bool_], bool]:
        """Raw values of bands of one file, north-up, decimated to `shape`; where the file says they are valid.

        The third value is whether it says so at all, by no-data, a mask band or alpha. If not, the caller takes pixels
        with 0 in every band of this resolution as no-data. NaN and infinity are never valid.
        """
        flip_rows, flip_cols = raster.flip
        row = raster.grid.height - window.row_end if flip_rows else window.row
        col = raster.grid.width - window.col_end if flip_cols else window.col
        how = {"window": Window(row, col, window.height, window.width).ranges, "out_shape": (1, *shape)}
        order = (slice(None), slice(None, None, -1 if flip_rows else 1), slice(None, None, -1 if flip_cols else 1))
        dataset = self._datasets[raster.path]
        nodata = [raster.nodata[index - 1] for index in indexes]
        use_alpha = raster.alpha is not None and raster.alpha not in indexes
        use_mask = all(value is None for value in nodata) and (raster.mask_band or use_alpha)
        with reading(raster.path, "copy or download it again"):
            raw = dataset.read(indexes, **{**how, "out_shape": (len(indexes), *shape)})[order]
            usable = np.ones(raw.shape[1:], np.bool_)
            if use_mask:
                read = dataset.read if use_alpha else dataset.read_masks
                usable = read([raster.alpha if use_alpha else indexes[0]], **how)[order][0] != 0
        for band, value in zip(raw, nodata, strict=True):
            if value is not None and not np.isnan(value):
                usable &= band != raw.dtype.type(value)
        if np.issubdtype(raw.dtype, np.floating):
            finite = np.isfinite(raw)
            if not finite.all():
                usable &= finite.all(0)
                raw = np.where(finite, raw, 0)
        return raw, usable, use_mask or any(value is not None for value in nodata)


@dataclass(frozen=True)
class SceneOptions:
    """How a scene is to be read: what its files do not say, or say wrongly, and what of it is left out.

    `bands` says what the raster's bands are. `level` is "auto", "l1c" or "l2a", `offset` the DN to add (−1000 or 0),
    `scale` reflectance per unit. Pixels where the raster `mask` has one of `mask_values` (default: any value but 0) are
    excluded; with `exclude_clouds` also those whose SCL class is 3, 8, 9 or 10. `crs` is that of files without one.
    """

    bands: Annotated[Sequence[str] | None, COMMAS] = None
    level: Literal["auto", "l1c", "l2a"] = "auto"
    offset: Literal["auto"] | float = "auto"
    scale: Literal["auto"] | float = "auto"
    mask: Annotated[str, RELATIVE] | Path | None = None
    mask_values: Annotated[Sequence[int] | None, ONE_OR_MANY] = None
    exclude_clouds: bool = False
    crs: str | None = None

    def __post_init__(self) -> None:
        if self.mask_values is not None and self.mask is None:
            raise MMEarthError("`mask_values` needs `mask=RASTER`.")


#: A scene that says all there is to know.
AS_IT_IS = SceneOptions()


def open_scene(
    source: str | PurePath | Sequence[str | PurePath], *, wanted: Sequence[str], options: SceneOptions = AS_IT_IS
) -> Scene:
    """Open a scene: find the wanted bands, decide what their numbers mean, check that there is something to read.

    `source` is a raster, a `.SAFE` folder or zip, a folder or list of single-band files, or a STAC item; `wanted` are
    the encoder's bands. Raises `MMEarthError` with one sentence that says what to do.
    """
    found = placed_inputs(collect(source, bands=options.bands), options.crs)
    title = str(source) if isinstance(source, str | PurePath) else found.name
    present = tuple(name for name in wanted if name in found.bands)
    warnings = check_bands(present=present, wanted=wanted, source=title)
    grid, sources = arrange({name: found.bands[name] for name in present}, title)
    exclusions = []
    if options.mask is not None:
        exclusions.append(mask_exclusion(options.mask, options.mask_values, grid, options.crs))
    if options.exclude_clouds:
        exclusions.append(cloud_exclusion(found.bands.get(SCL), grid, title))
    cirrus = {"B10": found.bands["B10"]} if "B10" in found.bands and "B10" not in present else {}
    extra = arrange({**{name: found.bands[name] for name in present}, **cirrus}, title)[1] if cirrus else sources
    samples = _samples(grid, extra, title)
    radiometry = decide(
        samples,
        found.metadata,
        source=title,
        dtype=sources[0].raster.dtypes[0],
        level=options.level,
        offset=options.offset,
        scale=options.scale,
    )
    return Scene(
        name=found.name,
        grid=grid,
        bands=present,
        level=radiometry.level,
        offset=radiometry.offset,
        scale=radiometry.scale,
        evidence=(*found.notes, *radiometry.evidence),
        warnings=(*warnings, *radiometry.warnings, *_size_warning(grid)),
        inputs=tuple(dict.fromkeys(f for s in sources for f in s.raster.files)) + tuple(e.path for e in exclusions),
        datetime=found.metadata.time,
        sources=sources,
        exclusions=tuple(exclusions),
    )


def _size_warning(grid: Grid) -> tuple[str, ...]:
    steps = ground_steps(grid)
    if steps is None:
        return ()
    size = (steps[0] * steps[1]) ** 0.5
    if _USUAL_GROUND_SIZE[0] <= size <= _USUAL_GROUND_SIZE[1]:
        return ()
    return (
        f"A pixel is {size:.3g} m on the ground; the encoder is trained at 10 m, so the embedding will be less useful.",
    )


def _samples(grid: Grid, sources: Sequence[BandSource], title: str) -> dict[str, NDArray[np.float32]]:
    """Raw values of the same valid pixels of every band, spread over the scene.

    Raises `MMEarthError` when the whole scene has no valid pixel, or a file is damaged.
    """
    with SceneReader(grid, sources) as reader:
        values = np.concatenate(list(_sample_parts(reader, grid, sources)), axis=1)
        if values.shape[1] == 0:
            values = next((part for part in _scan(reader, grid) if part.shape[1]), values)
    if values.shape[1] == 0:
        raise MMEarthError(f"{title} holds no-data only (in at least one of {', '.join(s.name for s in sources)}).")
    return {source.name: values[i] for i, source in enumerate(sources)}


def _sample_parts(reader: SceneReader, grid: Grid, sources: Sequence[BandSource]) -> Iterator[NDArray[np.float32]]:
    if grid.pixels > _LARGE and all(source.raster.pyramid for source in sources):
        dn, valid = reader.decimated(_DECIMATED)
        yield dn[:, valid]
        return
    edge = _SAMPLE_EDGE if grid.pixels > (_SAMPLE_EDGE * _SAMPLE_WINDOWS) ** 2 else max(grid.shape)
    for row in _starts(grid.height, edge):
        for col in _starts(grid.width, edge):
            dn, valid = reader.read(Window(row, col, edge, edge))
            yield dn[:, valid]


def _starts(length: int, edge: int) -> list[int]:
    """First pixels of windows spread evenly over an axis, the last one at its end."""
    last = max(length - edge, 0)
    return sorted({round(i * last / (_SAMPLE_WINDOWS - 1)) for i in range(_SAMPLE_WINDOWS)}) if last else [0]


def _scan(reader: SceneReader, grid: Grid) -> Iterator[NDArray[np.float32]]:
    """Valid values of every part of the scene in turn."""
    for window in grid.window.parts(_SCAN_EDGE, 8 * _SCAN_EDGE):
        dn, valid = reader.read(window)
        yield dn[:, valid]
