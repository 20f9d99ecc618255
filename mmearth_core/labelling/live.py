"""What a live map needs at once: samples as they are drawn in, the map of what is looked at out.

Every call says all it needs; what is remembered between calls (blocks of the embedding, the last probe, the last view)
is only there to answer sooner, and is told apart by content. The classes are those `classify` would give with the model
that `fit_samples` writes, pixel for pixel. May be called from several threads.
"""

import hashlib
import json
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pyproj
import rasterio
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyproj.exceptions import CRSError

from mmearth_core import records
from mmearth_core.errors import MMEarthError
from mmearth_core.files import atomic_path
from mmearth_core.labelling.class_values import code_of, moved_codes, values_of
from mmearth_core.labelling.classifying.deciding import CONFIDENCE_OFFSET, CONFIDENCE_SCALE, classify_block
from mmearth_core.labelling.classifying.map_files import check_unknown
from mmearth_core.labelling.fitting import Dates, taught_probe, what_counts
from mmearth_core.labelling.probe import Probe
from mmearth_core.labelling.samples import Samples, merge_samples, samples_under
from mmearth_core.labelling.scoring import PixelProbe
from mmearth_core.labelling.similarity import OFFSET, SCALE, embedding_at, holder_of, similarity_to
from mmearth_core.labelling.streaming import in_strips, surrounded
from mmearth_core.maps.conventions import NODATA, UNKNOWN, UNKNOWN_COLOUR, conventional_colours
from mmearth_core.maps.legend import IN_A_MAP, ClassTable, Legend, MapClass
from mmearth_core.maps.smoothing import DEFAULT, MARGIN, Smoothing
from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.opening import bounded_cache
from mmearth_core.raster.placing import pixel_steps, touched
from mmearth_core.records import Form
from mmearth_core.sources.stack import Pixels, Stack, StackReader, stacks_of, with_columns_of_all
from mmearth_core.sources.unlabelled import USUAL, BesideLabels, Unlabelled, draw_unlabelled
from mmearth_core.vectors.footprints import touching
from mmearth_core.vectors.reading import VectorLayer, class_names
from mmearth_core.wording import NO_FILE

#: What messages call samples that are in no file.
DRAWN = Path(NO_FILE)
#: Most pixels a view is drawn in: those of a screen of 3840 × 2160.
MOST_PIXELS = 1 << 23
#: Pixels of blocks under samples, and of a view, kept in memory for each embedding, in bytes.
_BLOCK_BYTES, _VIEW_BYTES = 256 << 20, 384 << 20


def _class_text(value: Any) -> str | None:
    """A class as a client sends it, as the text of a field: null is none, 3 and 3.0 are "3"."""
    if isinstance(value, float):
        if math.isnan(value):
            return None
        if not value.is_integer():
            raise ValueError(f"{value:g} is no class; use a text or integer field")
        return str(int(value))
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    raise TypeError(f"{value!r} is no class; use a text or integer field")


def _columns(rows: Any) -> tuple[NDArray[np.int64], NDArray[np.object_], list[bytes | None]]:
    """Ids, classes and shapes of features; all at once, for there may be many. Raises `ValueError`."""
    try:
        fids = np.array([int(fid) for fid, _, _ in rows], np.int64)
        texts = np.array([_class_text(name) for _, name, _ in rows], object)
        return fids, texts, [bytes.fromhex(wkb or "") or None for _, _, wkb in rows]
    except (TypeError, OverflowError) as error:
        raise ValueError(f"a feature must be [fid, class, hexadecimal WKB] ({error})") from error


@dataclass(frozen=True)
class _Sent:
    """Samples as a client sends them."""

    crs: str | int | Mapping[str, Any]
    features: Annotated[Any, Form(_columns)]
    classes: Annotated[ClassTable, IN_A_MAP] = field(default_factory=lambda: Legend(()))


@dataclass(frozen=True, eq=False)
class DrawnSamples:
    """Features with classes as a client holds them: `vector`, a name or None for each, the classes, and a sha256."""

    vector: VectorLayer
    names: tuple[str | None, ...]
    classes: tuple[MapClass, ...]
    key: str

    @classmethod
    def from_json(cls, content: Any) -> "DrawnSamples":
        """Of `{"crs": …, "features": [[fid, class, hexadecimal WKB], …], "classes": [{value, name, colour}, …]}`.

        Classes become names as those of a field in a file do. Raises `MMEarthError` when anything is of another form.
        """
        sent = records.read(_Sent, content, "The samples")
        try:
            crs = pyproj.CRS.from_user_input(sent.crs)
        except CRSError as error:
            raise MMEarthError(
                f"The sample layer has a coordinate system that is not understood ({error}); assign another one."
            ) from error
        fids, texts, wkb = sent.features
        geometries = shapely.force_2d(shapely.from_wkb(np.array(wkb, object), on_invalid="ignore"))
        vector = VectorLayer(DRAWN, DRAWN.name, crs, np.atleast_1d(geometries), fids, texts)
        listed = class_names(replace(vector, values=np.array(sent.classes.names, object)), "class")
        if None in listed or len(set(listed)) < len(listed):
            raise MMEarthError("Some class of the samples has no name, or two have one; give each a name of its own.")
        classes = tuple(replace(each, name=str(name)) for each, name in zip(sent.classes.classes, listed, strict=True))
        key = hashlib.sha256(json.dumps(content).encode()).hexdigest()
        return cls(vector, tuple(class_names(vector, "class")), classes, key)

    def legend(self, found: set[str]) -> tuple[Legend, dict[str, int]]:
        """The classes that have pixels, in the order of their values, and the index of each by its name.

        A class that is not listed gets a value as in `fit`.
        """
        known = {each.name: each for each in self.classes if each.name in found}
        wanted = {name: code_of(name) for name in found - set(known)}
        values = values_of(wanted, taken={each.value for each in self.classes})
        new = sorted(wanted, key=lambda name: values[name])
        colours = conventional_colours(new, avoid=[each.colour for each in self.classes])
        known |= {name: MapClass(values[name], name, colour) for name, colour in zip(new, colours, strict=True)}
        classes = tuple(sorted(known.values(), key=lambda each: each.value))
        return Legend(classes), {each.name: index for index, each in enumerate(classes)}


@dataclass(frozen=True)
class View:
    """What is to be seen: `bounds` (min x, min y, max x, max y) in a CRS, by default the embedding's, and at most so
    many pixels. Longitudes may be of any turn."""

    bounds: tuple[float, float, float, float]
    width: int
    height: int
    crs: str | None = None

    def on(self, grid: Grid) -> tuple[Window, tuple[int, int]]:
        """The window of `grid` that the view touches (falsy when none), and the (height, width) it is drawn in: about
        `MOST_PIXELS` at most."""
        window = touched(grid, self.bounds, self.crs)
        if not window:
            return window, (1, 1)
        # Pixels of the embedding to one of the picture, along each side, in the middle of what is seen of it.
        west, south, east, north = self.bounds
        middle = window.col + window.width / 2, window.row + window.height / 2
        seen = np.array([(east - west) / max(1, self.width), (north - south) / max(1, self.height)])
        with np.errstate(divide="ignore", invalid="ignore"):
            across, down = 1 / np.hypot(*(pixel_steps(grid, middle, self.crs) / seen).T)
        coarser = [float(each) for each in (across, down) if math.isfinite(each)]
        factor = max(1.0, *coarser, (window.pixels / MOST_PIXELS) ** 0.5)
        return window, (max(1, round(window.height / factor)), max(1, round(window.width / factor)))


@dataclass(frozen=True, eq=False)
class Preview:
    """The map of a view: its file (None when the view lies outside), how many pixels each class has, and `seconds`.

    `smoothed`: whether the smoothing that was asked for is in it.
    """

    path: Path | None
    confidence: Path | None
    classes: tuple[MapClass, ...]
    pixels: dict[str, int]
    unknown: int
    nodata: int
    messages: tuple[str, ...]
    smoothed: bool
    refitted: bool
    seconds: dict[str, float]


class LivePlace:
    """A place under work: pixels under samples and in view, kept for the next time. Its files are open only while they
    are read: they may be replaced or deleted."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self._lock = threading.Lock()
        self._blocks: OrderedDict[Window, Pixels] = OrderedDict()
        self._seen: tuple[tuple[Window, tuple[int, int]], tuple[Pixels, Window]] | None = None

    def samples(self, drawn: DrawnSamples, cancel: CancelToken) -> Samples:
        """The labelled pixels. Raises `MMEarthError` when no sample covers a valid pixel."""
        with bounded_cache(), self.stack.reader() as reader:
            block = partial(self._block, reader)
            return samples_under(self.stack, drawn.vector, drawn.names, drawn.legend, block, cancel=cancel)

    def touched_by(self, drawn: DrawnSamples) -> bool:
        """Whether some sample lies in the place."""
        return bool(touching(drawn.vector.in_pixels(self.stack.grid), self.stack.grid).any())

    def _block(self, reader: StackReader, window: Window) -> Pixels:
        """Pixels of a block under samples, kept for the next time."""
        with self._lock:
            held = self._blocks.pop(window, None)
        if held is None:
            held = reader.read(window)
        with self._lock:
            self._blocks[window] = held
            while sum(block.nbytes for block in self._blocks.values()) > _BLOCK_BYTES and len(self._blocks) > 1:
                self._blocks.popitem(last=False)
        return held

    def view(self, window: Window, shape: tuple[int, int]) -> tuple[Pixels, Window]:
        """Pixels of what is looked at, and where in them it is, for there is a margin around it where every pixel is
        seen: read once as long as the view stays, unless it is very large."""
        seen = self._seen
        if seen is not None and seen[0] == (window, shape):
            return seen[1]
        self._seen = None
        with bounded_cache(), self.stack.reader() as reader:
            if shape == (window.height, window.width):
                around = surrounded(window, MARGIN, self.stack.grid)
                found = reader.read(around), window.relative_to(around)
            else:
                found = reader.read(window, shape), Window(0, 0, *shape)
        if found[0].nbytes <= _VIEW_BYTES:
            self._seen = ((window, shape), found)
        return found


class LiveSet:
    """A working set, or one embedding raster, under work."""

    def __init__(self, path: str | Path) -> None:
        stacks, self.messages = with_columns_of_all(stacks_of(path))
        self.places = [LivePlace(stack) for stack in stacks]
        self._samples: tuple[str, Samples] | None = None
        self._unlabelled: tuple[BesideLabels, Unlabelled | None] | None = None
        self._probe: tuple[tuple[str, BesideLabels, Dates], Probe] | None = None

    def samples(self, drawn: DrawnSamples, cancel: CancelToken) -> Samples:
        """The labelled pixels of all places. Raises `MMEarthError` when no sample covers a valid pixel."""
        held = self._samples
        if held is None or held[0] != drawn.key:
            if not len(drawn.names):
                raise MMEarthError("There is no sample yet; draw some.")
            here = [place for place in self.places if len(self.places) == 1 or place.touched_by(drawn)]
            found = merge_samples([place.samples(drawn, cancel) for place in here or self.places[:1]])
            held = self._samples = (drawn.key, found)
        return held[1]

    def unlabelled(self, beside: BesideLabels, cancel: CancelToken) -> Unlabelled | None:
        """Pixels without a label, as `fit` draws them: once, for no edit changes them."""
        held = self._unlabelled
        if held is None or held[0] != beside:
            stacks = [place.stack for place in self.places]
            held = self._unlabelled = (beside, draw_unlabelled(stacks, beside, cancel=cancel))
        return held[1]

    def probe(
        self, drawn: DrawnSamples, cancel: CancelToken, *, beside: BesideLabels = USUAL, dates: Dates = "vote"
    ) -> tuple[Probe, bool]:
        """The probe of the samples, and whether it had to be fitted: the one that `fit_samples` would write."""
        held, key = self._probe, (drawn.key, beside, dates)
        if held is not None and held[0] == key:
            return held[1], False
        samples, others = self.samples(drawn, cancel), self.unlabelled(beside, cancel)
        probe = taught_probe(samples, others, together=dates == "together", cancel=cancel)
        self._probe = key, probe
        return probe, True

    def in_view(self, view: View) -> tuple[LivePlace, Window, tuple[int, int]]:
        """The place that fills most of a view, the window of it that is seen (falsy when none), and the (height, width)
        it is drawn in."""
        seen = [(place, *view.on(place.stack.grid)) for place in self.places]
        return max(seen, key=lambda each: each[1].pixels)

    def preview(
        self,
        drawn: DrawnSamples,
        view: View,
        output: str | Path,
        *,
        confidence: str | Path | None = None,
        unknown: float | None = None,
        smooth: Smoothing = DEFAULT,
        beside: BesideLabels = USUAL,
        dates: Dates = "vote",
        cancel: CancelToken,
    ) -> Preview:
        """Write the map of a view as a paletted GeoTIFF, and its confidence as `classify` does.

        Smoothed like the final map where every pixel is seen. A view that shows only some of them is not: their
        neighbours on the ground are not in it, and its own would be farther away than those that have a say.
        """
        check_unknown(unknown)
        watch = _Watch()
        place, window, shape = self.in_view(view)
        with ThreadPoolExecutor(2, "mmearth") as pool:  # what has to be read is read at once
            others = pool.submit(self.unlabelled, beside, cancel)
            looked_at = pool.submit(place.view, window, shape) if window else None
            samples = self.samples(drawn, cancel)
            watch.lap("samples")
            others.result()
            probe, refitted = self.probe(drawn, cancel, beside=beside, dates=dates)
            watch.lap("fit")
        if looked_at is None:
            return Preview(None, None, probe.legend.classes, {}, 0, 0, samples.messages, False, refitted, watch.seconds)
        if shape != (window.height, window.width):
            smooth = "none"
        pixels, kept = looked_at.result()
        cancel.check()
        watch.lap("read")
        surely, on_pixels = confidence is not None, PixelProbe(probe, place.stack)
        decide = partial(classify_block, on_pixels, pixels, smooth=smooth, unknown=unknown, confidence=surely)
        strips = in_strips(decide, kept)
        values = np.concatenate([drawn for drawn, _ in strips])
        certainties = [certainty for _, certainty in strips if certainty is not None]
        watch.lap("classify")
        cancel.check()
        grid = _grid_of(place.stack.grid, window, shape)
        colours = {NODATA: (0, 0, 0, 0), **{each.value: (*each.colour, 255) for each in probe.legend.classes}}
        if unknown is not None:
            colours[UNKNOWN] = (*UNKNOWN_COLOUR, 255)
        path = _write(Path(output), values[None], grid, colours=colours)
        measured = None
        if confidence is not None:
            certainty = np.concatenate(certainties, axis=1)
            measured = _write(Path(confidence), certainty, grid, scale=(CONFIDENCE_SCALE, CONFIDENCE_OFFSET))
        counts = np.bincount(values.ravel(), minlength=256)
        in_view = on_pixels.said_beyond(on_pixels.beyond_layers(pixels[kept.slices]), "pixels in view")
        if not on_pixels.members:
            in_view = [f"no map of {place.stack.name}: it has no image for {on_pixels.lacking}, and one model sees all"]
        watch.lap("write")
        return Preview(
            path=path,
            confidence=measured,
            classes=probe.legend.classes,
            pixels={each.name: int(counts[each.value]) for each in probe.legend.classes},
            unknown=int(counts[UNKNOWN]) if unknown is not None else 0,
            nodata=int(counts[NODATA]),
            messages=(
                *self.messages,
                *samples.messages,
                *moved_codes(samples.legend, samples.codes),
                *what_counts(samples, probe),
                *in_view,
            ),
            smoothed=smooth != "none",
            refitted=refitted,
            seconds=watch.seconds,
        )

    def similar(
        self, at: tuple[float, float], view: View, output: str | Path, *, crs: str | None = None, cancel: CancelToken
    ) -> Path | None:
        """Write how alike a view is to the pixel at `at` (x, y), as the verb `similar` does; None outside.

        With `crs`, that of `at`, the pixel may be of another place than the view; else it is in the place's own.
        """
        place, window, shape = self.in_view(view)
        others = [each.stack for each in self.places if each is not place and crs is not None]
        stack, xy = holder_of([place.stack, *others], at, crs, place.stack.name)
        targets = embedding_at(stack, *xy)
        if not window:
            return None
        pixels, kept = place.view(window, shape)
        cancel.check()
        strips = in_strips(lambda part: similarity_to(place.stack, targets, pixels[part.slices]), kept)
        values = np.concatenate(strips)
        cancel.check()
        return _write(Path(output), values[None], _grid_of(place.stack.grid, window, shape), scale=(SCALE, OFFSET))


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
