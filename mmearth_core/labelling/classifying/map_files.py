"""What a classification writes: the map with the names and colours of its classes, and where asked its confidence."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.files import atomic_path, write_text
from mmearth_core.kinds import TAG_NAMESPACE
from mmearth_core.labelling.classifying.deciding import CONFIDENCE_OFFSET, CONFIDENCE_SCALE
from mmearth_core.labelling.probe import Probe
from mmearth_core.labelling.probe_file import training_tags
from mmearth_core.labelling.scoring import PixelProbe
from mmearth_core.maps.areas import AreaTally
from mmearth_core.maps.class_map import ClassMap, check_map, new_map
from mmearth_core.maps.conventions import NODATA, UNKNOWN, conventions
from mmearth_core.maps.legend import Legend, unknown_name
from mmearth_core.maps.origins import origin_tags, with_step
from mmearth_core.maps.smoothing import Smoothing
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.opening import opened
from mmearth_core.raster.writer import CheckedWriter, check_raster, companions, new_geotiff, ramp_style
from mmearth_core.wording import counted

#: The tag of a map and its confidence that says which job made them.
_JOB_TAG = "job"


@dataclass(frozen=True, eq=False)
class ClassifyResult:
    """Where the map and its confidence are, and how many pixels each class got (by name; unknown and no-data apart).

    `hectares` is the area of each class, by its name, and that of what is unknown, if anything is. `messages` say what
    a map suffers.
    """

    path: Path
    confidence: Path | None
    pixels: dict[str, int]
    unknown: int
    nodata: int
    hectares: dict[str, float]
    messages: tuple[str, ...] = ()

    def __str__(self) -> str:
        total = sum(self.hectares.values()) or 1.0
        shares = ", ".join(f"{name} {100 * area / total:.1f} %" for name, area in self.hectares.items())
        return "\n".join([f"{self.path}: {shares}", *(f"! {message}" for message in self.messages)])


@dataclass(frozen=True)
class MapFiles:
    """Where a map goes, and its confidence, if it is wanted."""

    map: Path
    confidence: Path | None

    def checked(self, *, overwrite: bool, inputs: Sequence[str | Path | None]) -> Self:
        """Raises `MMEarthError` when something cannot be written."""
        output = check_map(self.map, overwrite=overwrite, inputs=inputs)
        if self.confidence is None:
            return type(self)(output, None)
        style = Path(self.confidence).with_suffix(".qml")
        confidence = check_raster(self.confidence, overwrite=overwrite, inputs=inputs, beside=(style,))
        if confidence.resolve() == output.resolve():
            raise MMEarthError(f"{output} is named for both the map and its confidence; give two names.")
        return type(self)(output, confidence)


@dataclass(frozen=True)
class MapWriter:
    """The files of a map of a probe's classes, open to be filled in raster order, and what is counted meanwhile."""

    probe: Probe
    files: MapFiles
    classes: CheckedWriter
    certainty: CheckedWriter | None
    tallied: AreaTally

    def write(self, window: Window, values: NDArray[np.uint8], certainty: NDArray[np.uint8] | None) -> None:
        """Class values (height, width) of a window of the map, and where wanted probability and margin (2, height,
        width)."""
        self.classes.write(values, 1, window=window.ranges)
        if self.certainty is not None and certainty is not None:
            self.certainty.write(certainty, window=window.ranges)
        self.tallied.add(values, window.row)

    def result(self, messages: Sequence[str]) -> ClassifyResult:
        """What was written, with what is to be said of it."""
        return _result(self.files, self.probe.legend, self.tallied, messages)


def _result(files: MapFiles, legend: Legend, tallied: AreaTally, messages: Sequence[str]) -> ClassifyResult:
    pixels, square_metres = tallied.pixels, tallied.square_metres
    named = {c.value: c.name for c in legend.classes}
    if UNKNOWN in pixels:
        named[UNKNOWN] = unknown_name(legend.names)
    return ClassifyResult(
        path=files.map,
        confidence=files.confidence,
        pixels={c.name: pixels.get(c.value, 0) for c in legend.classes},
        unknown=pixels.get(UNKNOWN, 0),
        nodata=pixels.get(NODATA, 0),
        hectares={name: square_metres.get(value, 0.0) / 10_000 for value, name in named.items()},
        messages=tuple(messages),
    )


def there_already(files: MapFiles, job: str) -> ClassifyResult | None:
    """The result of a `job` whose map and confidence are there; None when they are not, or are another's."""
    try:
        found = ClassMap.open(files.map)
        if found.tags.get(_JOB_TAG) != job:
            return None
        if files.confidence is not None:
            with opened(files.confidence, wanted="a confidence") as dataset:
                if dataset.tags(ns=TAG_NAMESPACE).get(_JOB_TAG) != job:
                    return None
        tallied = AreaTally(found.grid)
        for window, values in found.blocks():
            tallied.add(values, window.row)
    except MMEarthError:
        return None
    return _result(files, found.legend, tallied, ())


@contextmanager
def new_class_map(
    on_pixels: PixelProbe,
    files: MapFiles,
    grid: Grid,
    *,
    made_of: Mapping[str, str],
    model: Path,
    smooth: Smoothing,
    unknown: float | None,
    job: str | None = None,
) -> Iterator[MapWriter]:
    """The map that a probe makes of a place, and its confidence, on a grid; they appear when the block succeeds.

    `made_of`: what the history of the map names first. `model`: the file of the probe. `job`: what `there_already`
    knows them again by.
    """
    probe, confidence = on_pixels.probe, files.confidence
    tags = {**origin_tags(on_pixels.stack.origins), "training_digest": probe.training.digest, "smooth": smooth}
    if job is not None:
        tags[_JOB_TAG] = job
    if len(probe.columns.slots) > 1:
        tags["dates"] = "together" if probe.together else "vote"
    asked = {
        **made_of,
        "probe": model.name,
        "learned from": f"{counted(probe.training.polygons, 'sample')}, {counted(probe.training.pixels, 'pixel')}",
        "smoothing": smooth,
        **({} if unknown is None else {"left unclassified": f"what is more unlike than all but {100 * unknown:g} %"}),
    }
    told = tags | training_tags(probe, grid) | with_step({}, "classified", asked, files.map)
    with ExitStack() as opening:
        # Left in reverse order: the confidence is finished, the map is finished and named, the confidence is named.
        staged = (
            None
            if confidence is None
            else opening.enter_context(atomic_path(confidence, outdated=companions(confidence)))
        )
        drawn = opening.enter_context(new_map(files.map, probe.legend, grid, tags=told, unknown=unknown is not None))
        measured = None
        if confidence is not None:
            measured = opening.enter_context(
                new_geotiff(
                    confidence,
                    grid,
                    count=2,
                    dtype="uint8",
                    nodata=NODATA,
                    descriptions=["probability", "margin"],
                    scales=[CONFIDENCE_SCALE] * 2,
                    offsets=[CONFIDENCE_OFFSET] * 2,
                    tags={**tags, "product": "confidence"},
                    staged=staged,
                )
            )
        yield MapWriter(probe, files, drawn, measured, AreaTally(grid))
    if confidence is not None:
        write_text(confidence.with_suffix(".qml"), ramp_style(conventions()["confidence"]))


def check_unknown(unknown: float | None) -> None:
    """Raise `MMEarthError` when it is no share."""
    if unknown is not None and not 0 <= unknown < 1:
        raise MMEarthError(f"`unknown={unknown}` is no share of the training pixels; choose one from 0 to below 1.")
