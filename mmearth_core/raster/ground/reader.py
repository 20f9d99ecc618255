"""Reading any window of a scene: reflectance × 10000 without offset, and what of it is ground.

Memory does not grow with the raster. A reader belongs to one thread. A measurement never becomes none by arithmetic.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Self

import numpy as np
from numpy.typing import NDArray
from rasterio.io import DatasetReader

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.exclusion import Exclusion
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.ground.rule import NO_DATA, Cause, GroundRule, grown, is_ground
from mmearth_core.raster.opening import opened, reading
from mmearth_core.raster.raster_file import SCENE, BandSource, RasterFile
from mmearth_core.raster.resampling import nearest, support, upsample

#: The samples by which values are judged: windows of this edge, this many along each axis of the raster.
_SAMPLE_EDGE, _SAMPLE_WINDOWS = 32, 8
#: From so many pixels on, overviews are sampled instead where there are any, at this size.
_LARGE, _DECIMATED = 16_000_000, 256
#: Height of what is read at once when looking for any valid pixel.
_SCAN_EDGE = 256


class SceneReader:
    """Open datasets of a scene, for one thread."""

    def __init__(
        self,
        grid: Grid,
        sources: Sequence[BandSource],
        exclusions: Sequence[Exclusion] = (),
        rule: GroundRule | None = None,
    ) -> None:
        """A reader of bands on one grid. Without a `rule` there are samples only: of the files' values as they are."""
        self._grid, self._sources, self._exclusions, self._rule = grid, sources, exclusions, rule
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
        """(dn, ground) of a window: as `look`, with which pixels are ground."""
        dn, causes = self.look(window)
        return dn, is_ground(causes)

    def look(self, window: Window) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """(dn, causes) of a window, which may reach outside the raster.

        `dn` is float32 (bands, height, width) in reflectance × 10000 with the offset removed. In ground it is at least
        1, and NaN in a band that is to be filled; elsewhere it is 0. `causes` is uint8 (height, width), of `Cause`.
        Raises `MMEarthError` when a file is damaged.
        """
        if self._rule is None:
            raise ValueError("a reader without a rule cannot tell what is ground")
        edge = self._rule.edge
        wider = window.padded(edge)
        dn, masked = self._gathered(wider)
        causes = self._rule.judge(dn, masked)
        if edge:
            mixed = grown(causes == Cause.FILL, edge) & is_ground(causes)
            causes[mixed] = Cause.FILL
            rows, cols = window.relative_to(wider).slices
            dn, causes = dn[:, rows, cols], causes[rows, cols]
        inner = window.intersection(self._grid.window)
        if inner:
            part = causes[inner.relative_to(window).slices]
            for exclusion in self._exclusions:
                out = exclusion.read(self._datasets[exclusion.path], inner)
                part[out & is_ground(part)] = exclusion.cause
        ground = is_ground(causes)
        if not ground.all():
            np.copyto(dn, np.float32(0), where=~ground)
        return dn, causes

    def samples(self) -> Iterator[NDArray[np.float32]]:
        """Raw values (bands, n) of windows spread over the scene, NaN where a file says that they are none.

        Bands of coarser pixels are repeated. Pixels without any value are left out.
        """
        if self.overviews:
            yield _seen(self._decimated(_DECIMATED))
        else:
            yield from self.windows()

    @property
    def overviews(self) -> bool:
        """Whether samples are of overviews, in which neighbours are mixed."""
        return self._grid.pixels > _LARGE and all(source.raster.pyramid for source in self._sources)

    def windows(self) -> Iterator[NDArray[np.float32]]:
        """As `samples`, of the scene's own pixels."""
        edge = _SAMPLE_EDGE if self._grid.pixels > (_SAMPLE_EDGE * _SAMPLE_WINDOWS) ** 2 else max(self._grid.shape)
        for row in _starts(self._grid.height, edge):
            for col in _starts(self._grid.width, edge):
                yield self._raw(Window(row, col, edge, edge))

    def scan(self) -> Iterator[NDArray[np.float32]]:
        """The same of every part of the scene in turn."""
        for window in self._grid.window.parts(_SCAN_EDGE, 8 * _SCAN_EDGE):
            yield self._raw(window)

    def _raw(self, window: Window) -> NDArray[np.float32]:
        values, masked = self._gathered(window)
        if masked is not None:
            values[:, masked] = NO_DATA
        return _seen(values)

    def _gathered(self, window: Window) -> tuple[NDArray[np.float32], NDArray[np.bool_] | None]:
        """(dn with codes, where the files' own masks say no) of a window; without a rule, raw values with NaN."""
        dn = np.empty((len(self._sources), window.height, window.width), np.float32)
        inner = window.intersection(self._grid.window)
        if inner != window:
            dn[...] = NO_DATA
        if not inner:
            return dn, None
        rows, cols = inner.relative_to(window).slices
        masked: NDArray[np.bool_] | None = None
        for factor in sorted({source.factor for source in self._sources}):
            chosen = [i for i, source in enumerate(self._sources) if source.factor == factor]
            sources = [self._sources[i] for i in chosen]
            out = [dn[i, rows, cols] for i in chosen]
            read = self._read_resolution if factor == 1 else self._read_upsampled
            part = read(sources, inner, out)
            if part is not None:
                if masked is None:
                    masked = np.zeros((window.height, window.width), np.bool_)
                masked[rows, cols] |= part
        return dn, masked

    def _read_upsampled(
        self, sources: Sequence[BandSource], window: Window, out: Sequence[NDArray[np.float32]]
    ) -> NDArray[np.bool_] | None:
        """Coarser bands in a window of the scene's grid, into `out`; returns where they are masked."""
        factor, grid = sources[0].factor, sources[0].raster.grid
        rows, cols = window.ranges
        (first_row, last_row), (first_col, last_col) = support(*rows, factor), support(*cols, factor)
        native = Window(first_row, first_col, last_row - first_row, last_col - first_col)
        values = np.full((len(sources), native.height, native.width), NO_DATA, np.float32)
        inner = native.intersection(grid.window)
        inside = inner.relative_to(native).slices
        masked = self._read_resolution(sources, inner, [band[inside] for band in values])
        if self._rule is None:
            fine = nearest(values, factor=factor, rows=rows, cols=cols)
        else:
            valid = values >= 1
            if masked is not None:
                valid[:, *inside] &= ~masked
            fine = upsample(values, valid, factor=factor, rows=rows, cols=cols)
        for target, band in zip(out, fine, strict=True):
            target[...] = band
        if masked is None:
            return None
        around = np.zeros((1, native.height, native.width), np.bool_)
        around[0, *inside] = masked
        there: NDArray[np.bool_] = nearest(around, factor=factor, rows=rows, cols=cols)[0]
        return there

    def _read_resolution(
        self, sources: Sequence[BandSource], window: Window, out: Sequence[NDArray[np.float32]]
    ) -> NDArray[np.bool_] | None:
        """Bands of one resolution in a window of their own pixels, into `out`; returns where they are masked.

        The window is decimated when the arrays of `out` are smaller.
        """
        shape = out[0].shape[0], out[0].shape[1]
        masked: NDArray[np.bool_] | None = None
        raws: dict[str, NDArray[np.generic]] = {}
        for raster in {s.raster.path: s.raster for s in sources}.values():
            chosen = [i for i, source in enumerate(sources) if source.raster.path == raster.path]
            indexes = [sources[i].index for i in chosen]
            raw, no, own = self._read_native(raster, indexes, window, shape)
            if no is not None:
                masked = no if masked is None else masked | no
            for i, index, band in zip(chosen, indexes, raw, strict=True):
                self._measure(band, _no_data(raster, index), out[i])
                raws[sources[i].name] = band
                if index in own:
                    out[i][own[index]] = NO_DATA
        constant = None if self._rule is None else self._rule.constant(raws)
        if constant is not None:
            for band in out:
                band[constant] = -np.inf
        return masked

    def _measure(self, raw: NDArray[np.generic], no_data: Sequence[float], out: NDArray[np.float32]) -> None:
        if self._rule is not None:
            self._rule.measure(raw, no_data, out)
            return
        with np.errstate(over="ignore"):
            out[...] = raw
        for value in no_data:
            if value:
                out[raw == raw.dtype.type(value)] = NO_DATA
        out[~np.isfinite(out)] = NO_DATA

    def _decimated(self, size: int) -> NDArray[np.float32]:
        """Raw values of the whole scene in `size` × `size` pixels, from the files' overviews; for statistics only.

        Overviews may mix no-data into their neighbours, so pixels within two of one without any value have none here.
        """
        values = np.empty((len(self._sources), size, size), np.float32)
        none = np.zeros((size, size), np.bool_)
        for factor in {source.factor for source in self._sources}:
            chosen = [i for i, source in enumerate(self._sources) if source.factor == factor]
            sources = [self._sources[i] for i in chosen]
            masked = self._read_resolution(sources, sources[0].raster.grid.window, [values[i] for i in chosen])
            if masked is not None:
                none |= masked
        none |= ~(np.isfinite(values) & (values != 0)).any(0)
        values[:, grown(none, 2)] = NO_DATA
        return values

    def _read_native(
        self, raster: RasterFile, indexes: Sequence[int], window: Window, shape: tuple[int, int]
    ) -> tuple[NDArray[np.generic], NDArray[np.bool_] | None, dict[int, NDArray[np.bool_]]]:
        """Raw values of bands of one file, north-up, decimated to `shape`, and where its masks say that they are none.

        Those of the whole file, a mask band and alpha together (None: nowhere), and those that bands have of their own.
        """
        flip_rows, flip_cols = raster.flip
        row = raster.grid.height - window.row_end if flip_rows else window.row
        col = raster.grid.width - window.col_end if flip_cols else window.col
        ranges = Window(row, col, window.height, window.width).ranges
        how = {"window": ranges, "out_shape": (1, *shape)}
        order = (slice(None), slice(None, None, -1 if flip_rows else 1), slice(None, None, -1 if flip_cols else 1))
        dataset = self._datasets[raster.path]
        with reading(raster.path, "copy or download it again"):
            raw = dataset.read(indexes, window=ranges, out_shape=(len(indexes), *shape))[order]
            masks = [dataset.read_masks([indexes[0]], **how)[order][0]] if raster.mask_band else []
            if raster.alpha is not None and raster.alpha not in indexes:
                masks.append(dataset.read([raster.alpha], **how)[order][0])
            own = {
                index: dataset.read_masks([index], **how)[order][0] == 0 for index in raster.own_masks & set(indexes)
            }
        no = np.logical_or.reduce([mask == 0 for mask in masks]) if masks else None
        return raw, no if no is not None and no.any() else None, own


def _no_data(raster: RasterFile, index: int) -> tuple[float, ...]:
    """What a band declares as no-data; where it declares nothing, what the file's other bands do."""
    own = raster.nodata[index - 1]
    return (own,) if own is not None else tuple({value for value in raster.nodata if value is not None})


def _seen(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """(bands, height, width) → (bands, n) without the pixels that have no value or 0 in every band."""
    seen: NDArray[np.float32] = values[:, (np.isfinite(values) & (values != 0)).any(0)]
    return seen


def _starts(length: int, edge: int) -> list[int]:
    """First pixels of windows spread evenly over an axis, the last one at its end."""
    last = max(length - edge, 0)
    return sorted({round(i * last / (_SAMPLE_WINDOWS - 1)) for i in range(_SAMPLE_WINDOWS)}) if last else [0]
