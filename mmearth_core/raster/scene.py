"""A Sentinel-2 scene as the engine reads it: any window, in reflectance × 10000 without offset, with its valid pixels.

Memory does not grow with the raster. A reader belongs to one thread. A valid pixel never becomes invalid by arithmetic.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePath
from typing import Self

import numpy as np
from numpy.typing import NDArray
from rasterio.errors import RasterioError
from rasterio.io import DatasetReader

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.exclusion import Exclusion, cloud_exclusion, mask_exclusion
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.layout import BandSource, arrange, ground_size
from mmearth_core.raster.radiometry import Radiometry, decide
from mmearth_core.raster.resampling import support, upsample
from mmearth_core.raster.sources import SCL, RasterFile, collect, opened
from mmearth_core.sentinel2 import BANDS, Level, check_bands

#: The samples by which values are judged: windows of this edge, this many along each axis of the raster.
_SAMPLE_EDGE, _SAMPLE_WINDOWS = 32, 12
#: Rows read at once when looking for any valid pixel.
_SCAN_ROWS = 256
_CHUNK = 2**20
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
        return SceneReader(self)

    def digest(self) -> str:
        """Identity of what is read, the same for a copy elsewhere: sha256 in hex.

        Covers grid, bands, radiometry, exclusions, and of each file its size and bytes: all of a small file, else the
        first and last MB and 62 pieces of 64 kB in between. Remote files count by their header only.
        """
        facts = [
            [*self.grid.shape, *self.grid.transform[:6], self.grid.crs.to_wkt()],
            [[source.name, source.index, source.factor, Path(source.raster.path).name] for source in self.sources],
            [self.level, self.offset, self.scale, [exclusion.facts for exclusion in self.exclusions]],
        ]
        digest = hashlib.sha256(json.dumps(facts).encode())
        for path in self.inputs:
            _hash_file(digest, path)
        return digest.hexdigest()


def _hash_file(digest: "hashlib._Hash", path: str) -> None:
    # Of "/vsizip/{archive}/member" the archive is the file.
    inside = path.removeprefix("/vsizip/").strip("{")
    file = next((p for p in (Path(path), *Path(inside.replace("}", "")).parents) if p.is_file()), None)
    if file is None:
        return
    size = file.stat().st_size
    digest.update(str(size).encode())
    pieces = [(0, size)]
    if size > 64 * _CHUNK:
        step = (size - 2 * _CHUNK) // 62
        pieces = [(0, _CHUNK), *((_CHUNK + i * step, 2**16) for i in range(62)), (size - _CHUNK, _CHUNK)]
    with file.open("rb") as stream:
        for start, length in pieces:
            stream.seek(start)
            for _ in range(0, length, _CHUNK):
                digest.update(stream.read(min(length, _CHUNK)))


class SceneReader:
    """Open datasets of a scene, for one thread."""

    def __init__(self, scene: Scene) -> None:
        gain = scene.scale * 10000
        self._init(scene.grid, scene.sources, scene.exclusions, (gain, scene.offset))

    @classmethod
    def raw(cls, grid: Grid, sources: Sequence[BandSource]) -> Self:
        """A reader of the files' own values, before their meaning is known."""
        reader = cls.__new__(cls)
        reader._init(grid, sources, (), None)
        return reader

    def _init(
        self,
        grid: Grid,
        sources: Sequence[BandSource],
        exclusions: Sequence[Exclusion],
        radiometry: tuple[float, float] | None,
    ) -> None:
        self._grid, self._sources, self._exclusions, self._radiometry = grid, sources, exclusions, radiometry
        self._stack = ExitStack()
        self._datasets: dict[str, DatasetReader] = {}
        try:
            for path in {s.raster.path: None for s in sources} | {e.path: None for e in exclusions}:
                self._datasets[path] = self._stack.enter_context(opened(path))
        except MMEarthError:
            self._stack.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._stack.close()

    def read(self, window: Window) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """(dn, valid) of a window, which may reach outside the raster.

        `dn` is float32 (bands, height, width) in reflectance × 10000 with the offset removed, at least 1 where valid and
        0 elsewhere; `valid` is bool (height, width). Raises `MMEarthError` when a file is damaged.
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
            values, usable = self._read_factor([self._sources[i] for i in chosen], factor, inner)
            for i, band in zip(chosen, values, strict=True):
                dn[i, rows, cols] = band
            valid[rows, cols] &= usable
        for exclusion in self._exclusions:
            valid[rows, cols] &= ~exclusion.read(self._datasets[exclusion.path], inner)
        if not valid.all():
            dn[:, ~valid] = 0
        return dn, valid

    def _read_factor(
        self, sources: Sequence[BandSource], factor: int, window: Window
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Bands of one resolution on the scene's grid: native pixels, their validity, their DN, then upsampled."""
        (row, row_end), (col, col_end) = window.ranges
        first_row, last_row = support(row, row_end, factor)
        first_col, last_col = support(col, col_end, factor)
        native = Window(first_row, first_col, last_row - first_row, last_col - first_col)
        values = np.zeros((len(sources), native.height, native.width), np.float32)
        valid = np.zeros((native.height, native.width), np.bool_)
        inner = native.intersection(sources[0].raster.grid.window)
        rows, cols = inner.relative_to(native).slices
        usable = np.ones((inner.height, inner.width), np.bool_)
        nonzero: NDArray[np.bool_] | None = None
        for raster in {s.raster.path: s.raster for s in sources}.values():
            chosen = [i for i, source in enumerate(sources) if source.raster.path == raster.path]
            indexes = [sources[i].index for i in chosen]
            raw, stated = self._read_native(raster, indexes, inner, usable)
            if not stated:
                nonzero = (raw != 0).any(0) if nonzero is None else nonzero | (raw != 0).any(0)
            for i, band in zip(chosen, raw, strict=True):
                self._convert(band, values[i, rows, cols])
        if nonzero is not None:
            usable &= nonzero
        valid[rows, cols] = usable
        return upsample(values, valid, factor=factor, rows=(row, row_end), cols=(col, col_end))

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
        self, raster: RasterFile, indexes: Sequence[int], window: Window, usable: NDArray[np.bool_]
    ) -> tuple[NDArray[np.generic], bool]:
        """Raw values of bands of one file, north-up; clears `usable` where the file says so.

        The second value is whether the file states validity at all: by no-data, NaN, a mask band or alpha. When it does
        not, the caller takes pixels with 0 in every band of this resolution as no-data.
        """
        flip_rows, flip_cols = raster.flip
        row = raster.grid.height - window.row_end if flip_rows else window.row
        col = raster.grid.width - window.col_end if flip_cols else window.col
        area = Window(row, col, window.height, window.width).ranges
        order = (slice(None), slice(None, None, -1 if flip_rows else 1), slice(None, None, -1 if flip_cols else 1))
        dataset = self._datasets[raster.path]
        try:
            raw = dataset.read(indexes, window=area)[order]
            mask = dataset.read_masks([indexes[0]], window=area)[order][0] if raster.mask_band else None
            if raster.alpha is not None and raster.alpha not in indexes:
                mask = dataset.read([raster.alpha], window=area)[order][0]
        except RasterioError as error:
            raise MMEarthError(f"{raster.path} is damaged ({error}); copy or download it again.") from error
        stated = False
        for band, index in zip(raw, indexes, strict=True):
            nodata = raster.nodata[index - 1]
            if np.issubdtype(raw.dtype, np.floating):
                finite = np.isfinite(band)
                stated |= not finite.all()
                usable &= finite
                if not finite.all():
                    band[~finite] = 0
            if nodata is not None and not np.isnan(nodata):
                stated = True
                usable &= band != raw.dtype.type(nodata)
            elif nodata is not None:
                stated = True
        if not stated and mask is not None:
            stated = True
            usable &= mask != 0
        return raw, stated


def open_scene(
    source: str | PurePath | Sequence[str | PurePath],
    *,
    wanted: Sequence[str],
    bands: Sequence[str] | None = None,
    level: str = "auto",
    offset: str | float = "auto",
    scale: str | float = "auto",
    mask: str | PurePath | None = None,
    mask_values: Sequence[int] | None = None,
    exclude_clouds: bool = False,
) -> Scene:
    """Open a scene: find the wanted bands, decide what their numbers mean, check that there is something to read.

    `source` is a raster, a `.SAFE` folder or zip, a folder or list of single-band files, or a STAC item; `wanted` are the
    encoder's bands; `bands` says what the raster's bands are. `level` is "auto", "l1c" or "l2a", `offset` the DN to add
    (−1000 or 0), `scale` reflectance per unit. Pixels where the raster `mask` has one of `mask_values` (default: any
    value but 0) are excluded; with `exclude_clouds` also those whose SCL class is 3, 8, 9 or 10.
    Raises `MMEarthError` with one sentence that says what to do.
    """
    found = collect(source, bands=bands)
    title = str(source) if isinstance(source, str | PurePath) else found.name
    present = tuple(name for name in wanted if name in found.bands)
    warnings = check_bands(present=present, wanted=wanted, source=title)
    grid, sources = arrange({name: found.bands[name] for name in present}, title)
    exclusions = []
    if mask is not None:
        exclusions.append(mask_exclusion(mask, mask_values, grid))
    elif mask_values is not None:
        raise MMEarthError("--mask-values needs --mask RASTER.")
    if exclude_clouds:
        exclusions.append(cloud_exclusion(found.bands.get(SCL), grid, title))
    cirrus = {"B10": found.bands["B10"]} if "B10" in found.bands and "B10" not in present else {}
    extra = arrange({**{name: found.bands[name] for name in present}, **cirrus}, title)[1] if cirrus else sources
    samples = _samples(grid, extra, title)
    radiometry = decide(
        samples, found.metadata, source=title, dtype=sources[0].raster.dtypes[0], level=level, offset=offset, scale=scale
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
