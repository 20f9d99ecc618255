"""What a live map needs at once: samples as they are drawn in, the map of what is looked at out.

Every call says all it needs; what is remembered between calls (blocks of the embedding, the last probe, the last view)
is only there to answer sooner, and is told apart by content. The classes are those `classify` would give with the model
that `fit_samples` writes, pixel for pixel. May be called from several threads.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import rasterio
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyproj.exceptions import CRSError

from mmearth_core.embedding.product import EmbeddingRaster
from mmearth_core.errors import MMEarthError
from mmearth_core.files import atomic_path
from mmearth_core.labelling.classification import (
    CONFIDENCE_OFFSET,
    CONFIDENCE_SCALE,
    classify_block,
    classify_block_with_confidence,
)
from mmearth_core.labelling.legend import (
    MAX_CLASSES,
    NODATA,
    UNKNOWN,
    Legend,
    MapClass,
    conventional_colours,
)
from mmearth_core.labelling.probe import Probe, fit_probe
from mmearth_core.labelling.samples import Samples, samples_under
from mmearth_core.labelling.similarity import OFFSET, SCALE, embedding_at, similarity_to
from mmearth_core.labelling.streaming import in_parts
from mmearth_core.labelling.validation import choose_regularisation
from mmearth_core.labelling.vectors import VectorLayer
from mmearth_core.progress import CancelToken
from mmearth_core.raster.cache import bounded_cache
from mmearth_core.raster.grid import Grid, Window

#: What messages call samples that are in no file.
DRAWN = Path("The samples")
#: Digital numbers of blocks under samples kept in memory, in bytes.
_BLOCK_BYTES = 256 << 20


@dataclass(frozen=True, eq=False)
class DrawnSamples:
    """Features with classes as a client holds them: `vector` without values, a name or None for each, the classes."""

    vector: VectorLayer
    names: tuple[str | None, ...]
    classes: tuple[MapClass, ...]
    key: str

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "DrawnSamples":
        """Of `{"crs": …, "features": [[fid, class, hexadecimal WKB], …], "classes": [{value, name, colour}, …]}`.

        Raises `MMEarthError` when the CRS or the classes are unusable.
        """
        try:
            crs = pyproj.CRS.from_user_input(value["crs"])
        except CRSError as error:
            raise MMEarthError(f"The sample layer has a coordinate system that is not understood ({error}).") from error
        try:
            classes = Legend.from_json(value.get("classes", [])).classes
        except ValueError as error:
            raise MMEarthError(f"The classes of the samples cannot be used: {error}.") from error
        if not all(NODATA < each.value <= MAX_CLASSES for each in classes):
            raise MMEarthError(f"The values of classes must be 1 … {MAX_CLASSES}.")
        rows = value["features"]
        wkb = [bytes.fromhex(row[2] or "") or None for row in rows]
        geometries = shapely.force_2d(shapely.from_wkb(np.array(wkb, object), on_invalid="ignore"))
        names = tuple(" ".join(str(row[1]).split()) or None if row[1] is not None else None for row in rows)
        fids = np.array([int(row[0]) for row in rows], np.int64)
        vector = VectorLayer(DRAWN, DRAWN.name, crs, np.atleast_1d(geometries), fids, None)
        return cls(vector, names, classes, repr((value["crs"], rows, value.get("classes"))))

    def legend(self, found: set[str]) -> tuple[Legend, dict[str, int]]:
        """The classes that have pixels, in the order of their values, and the index of each by its name."""
        known = {each.name: each for each in self.classes if each.name in found}
        taken = {each.value for each in self.classes}
        free = (value for value in range(1, MAX_CLASSES + 1) if value not in taken)
        new = sorted(found - set(known))
        colours = conventional_colours(new, avoid=[each.colour for each in self.classes])
        try:
            known |= {name: MapClass(next(free), name, colour) for name, colour in zip(new, colours, strict=True)}
        except StopIteration:
            raise MMEarthError(f"There are more than {MAX_CLASSES} classes; check the class field.") from None
        classes = tuple(sorted(known.values(), key=lambda each: each.value))
        return Legend(classes), {each.name: index for index, each in enumerate(classes)}


@dataclass(frozen=True)
class View:
    """What is to be seen: `bounds` (min x, min y, max x, max y) in the embedding's CRS, and at most so many pixels."""

    bounds: tuple[float, float, float, float]
    width: int
    height: int

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "View":
        """Of `{"bounds": […], "width": …, "height": …}`."""
        west, south, east, north = (float(number) for number in value["bounds"])
        return cls((west, south, east, north), int(value["width"]), int(value["height"]))

    def on(self, grid: Grid) -> tuple[Window, tuple[int, int]]:
        """The window of `grid` that the view touches (falsy when none), and the (height, width) it is drawn in."""
        west, south, east, north = self.bounds
        corners = [~grid.transform * (x, y) for x in (west, east) for y in (south, north)]
        (left, right), (top, bottom) = (
            (np.floor(min(axis)), np.ceil(max(axis))) for axis in zip(*corners, strict=True)
        )
        limit = 1 << 31
        row, col = (int(np.clip(v, -limit, limit)) for v in (top, left))
        height, width = (int(np.clip(v, -limit, limit)) for v in (bottom - top, right - left))
        window = Window(row, col, height, width).intersection(grid.window)
        factor = max(1.0, width / max(1, self.width), height / max(1, self.height))
        return window, (max(1, round(window.height / factor)), max(1, round(window.width / factor)))


@dataclass(frozen=True, eq=False)
class Preview:
    """The map of a view: its file (None when the view lies outside), how many pixels each class has, and `seconds`."""

    path: Path | None
    confidence: Path | None
    classes: tuple[MapClass, ...]
    pixels: dict[str, int]
    unknown: int
    nodata: int
    messages: tuple[str, ...]
    refitted: bool
    seconds: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {**vars(self), "classes": Legend(self.classes).to_json()}


class LiveEmbedding:
    """One embedding raster under work."""

    def __init__(self, path: str | Path) -> None:
        self.raster = EmbeddingRaster.open(path)
        self._reader = self.raster.reader()
        self._lock = threading.Lock()
        self._blocks: OrderedDict[Window, NDArray[np.uint8]] = OrderedDict()
        self._samples: tuple[str, Samples] | None = None
        self._probe: tuple[str, Probe] | None = None
        self._seen: tuple[tuple[Window, tuple[int, int]], NDArray[np.uint8]] | None = None

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._reader.__exit__()

    def samples(self, drawn: DrawnSamples, cancel: CancelToken | None = None) -> Samples:
        """The labelled pixels. Raises `MMEarthError` when no sample covers a valid pixel."""
        held = self._samples
        if held is None or held[0] != drawn.key:
            if not len(drawn.names):
                raise MMEarthError("There is no sample yet; draw some.")
            found = samples_under(self.raster, drawn.vector, drawn.names, drawn.legend, self._block, cancel=cancel)
            held = self._samples = (drawn.key, found)
        return held[1]

    def probe(self, drawn: DrawnSamples, cancel: CancelToken | None = None) -> tuple[Probe, bool]:
        """The probe of the samples, and whether it had to be fitted: the one that `fit_samples` would write."""
        held = self._probe
        if held is not None and held[0] == drawn.key:
            return held[1], False
        samples = self.samples(drawn, cancel)
        probe = fit_probe(samples, regularisation=choose_regularisation(samples, cancel=cancel))
        self._probe = (drawn.key, probe)
        return probe, True

    def preview(
        self,
        drawn: DrawnSamples,
        view: View,
        output: str | Path,
        *,
        confidence: str | Path | None = None,
        unknown: float | None = None,
        cancel: CancelToken | None = None,
    ) -> Preview:
        """Write the map of a view as a paletted GeoTIFF, and its confidence as `classify` does."""
        cancel = cancel or CancelToken()
        watch = _Watch()
        samples = self.samples(drawn, cancel)
        watch.lap("samples")
        probe, refitted = self.probe(drawn, cancel)
        watch.lap("fit")
        window, shape = view.on(self.raster.grid)
        if not window:
            return Preview(None, None, probe.legend.classes, {}, 0, 0, samples.messages, refitted, watch.seconds)
        dn = self._view(window, shape)
        cancel.check()
        watch.lap("read")
        certainty = None
        if confidence is None:
            values = in_parts(lambda part: classify_block(probe, part, unknown=unknown), dn)
        else:
            both = in_parts(
                lambda part: np.concatenate(_stacked(classify_block_with_confidence(probe, part, unknown=unknown))), dn
            )
            values, certainty = both[0], both[1:]
        watch.lap("classify")
        cancel.check()
        grid = _grid_of(self.raster.grid, window, shape)
        colours = {NODATA: (0, 0, 0, 0), **{each.value: (*each.colour, 255) for each in probe.legend.classes}}
        path = _write(Path(output), values[None], grid, colours=colours)
        measured = None
        if certainty is not None and confidence is not None:
            measured = _write(Path(confidence), certainty, grid, scale=(CONFIDENCE_SCALE, CONFIDENCE_OFFSET))
        counts = np.bincount(values.ravel(), minlength=256)
        watch.lap("write")
        return Preview(
            path=path,
            confidence=measured,
            classes=probe.legend.classes,
            pixels={each.name: int(counts[each.value]) for each in probe.legend.classes},
            unknown=int(counts[UNKNOWN]) if unknown is not None else 0,
            nodata=int(counts[NODATA]),
            messages=samples.messages,
            refitted=refitted,
            seconds=watch.seconds,
        )

    def similar(self, at: Sequence[float], view: View, output: str | Path) -> Path | None:
        """Write how alike a view is to the pixel at `at` (x, y), as the verb `similar` does; None outside."""
        target = embedding_at(self.raster, float(at[0]), float(at[1]))
        window, shape = view.on(self.raster.grid)
        if not window:
            return None
        dn = self._view(window, shape)
        values = in_parts(lambda part: similarity_to(self.raster, target, part), dn)
        return _write(Path(output), values[None], _grid_of(self.raster.grid, window, shape), scale=(SCALE, OFFSET))

    def _block(self, window: Window) -> NDArray[np.uint8]:
        """Digital numbers of a block under samples, kept for the next time."""
        with self._lock:
            held = self._blocks.pop(window, None)
            if held is None:
                with bounded_cache():
                    held = self._reader.read(window)
            self._blocks[window] = held
            while sum(block.nbytes for block in self._blocks.values()) > _BLOCK_BYTES and len(self._blocks) > 1:
                self._blocks.popitem(last=False)
            return held

    def _view(self, window: Window, shape: tuple[int, int]) -> NDArray[np.uint8]:
        """Digital numbers of what is looked at: read once as long as the view stays."""
        seen = self._seen
        if seen is None or seen[0] != (window, shape):
            with self._lock, bounded_cache():
                dn = self._reader.read(window, None if shape == (window.height, window.width) else shape)
            seen = self._seen = ((window, shape), dn)
        return seen[1]


class _Watch:
    """Seconds between laps, and in all."""

    def __init__(self) -> None:
        self._start = self._last = time.monotonic()
        self.seconds: dict[str, float] = {}

    def lap(self, name: str) -> None:
        now = time.monotonic()
        self.seconds[name] = round(now - self._last, 4)
        self.seconds["total"] = round(now - self._start, 4)
        self._last = now


def _stacked(both: tuple[NDArray[np.uint8], NDArray[np.uint8]]) -> list[NDArray[np.uint8]]:
    return [both[0][None], both[1]]


def _grid_of(grid: Grid, window: Window, shape: tuple[int, int]) -> Grid:
    """The grid of a window drawn in `shape`."""
    part = grid.crop(window)
    zoom = Affine.scale(window.width / shape[1], window.height / shape[0])
    return Grid(*shape, part.transform * zoom, grid.crs)


def _write(
    path: Path,
    values: NDArray[np.uint8],
    grid: Grid,
    *,
    colours: Mapping[int, tuple[int, int, int, int]] | None = None,
    scale: tuple[float, float] | None = None,
) -> Path:
    """A GeoTIFF to look at: no compression, no overviews, no-data 0."""
    with (
        atomic_path(path) as staged,
        rasterio.open(
            staged,
            "w",
            driver="GTiff",
            count=len(values),
            height=grid.height,
            width=grid.width,
            dtype="uint8",
            nodata=NODATA,
            transform=grid.transform,
            crs=grid.crs,
        ) as dataset,
    ):
        dataset.write(values)
        if colours is not None:
            dataset.write_colormap(1, dict(colours))
        if scale is not None:
            dataset.scales, dataset.offsets = ([value] * len(values) for value in scale)
    return path
