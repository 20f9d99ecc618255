"""The verb `change`: two dates of a place and one probe in, a map of what became what out, with a matrix in hectares.

Each date is classified as `classify` would, and the classes are compared pixel by pixel. The errors of both maps show
as change then, so the area of change is estimated with a reference sample (`sample` and `assess` take the map).
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.files import atomic_path, check_output, workshop, write_text
from mmearth_core.labelling.changing.change_classes import (
    MOST,
    OTHER_CHANGE,
    OTHER_NAME,
    UNSURE_NAME,
    ChangeClasses,
    change_classes,
)
from mmearth_core.labelling.changing.pair import DISTANCE_OFFSET, DISTANCE_SCALE, Pair
from mmearth_core.labelling.classifying.deciding import classify_block
from mmearth_core.labelling.probe_file import load_probe, training_tags
from mmearth_core.labelling.streaming import surrounded, transform_blocks
from mmearth_core.locks import sole_writer
from mmearth_core.maps.areas import AreaTally
from mmearth_core.maps.class_map import UNKNOWN_TAG, new_map
from mmearth_core.maps.coding import drawing
from mmearth_core.maps.conventions import NODATA, UNKNOWN
from mmearth_core.maps.legend import Legend
from mmearth_core.maps.origins import origin_tags
from mmearth_core.maps.patches import strips
from mmearth_core.maps.smoothing import DEFAULT, Smoothing, margin
from mmearth_core.progress import CancelToken, Progress, Silent
from mmearth_core.raster.grid import Window
from mmearth_core.raster.writer import CheckedWriter, companions, new_geotiff, ramp_style
from mmearth_core.sources.alignment import of_one_place
from mmearth_core.sources.place_maps import new_maps_of_places
from mmearth_core.sources.stack import Pixels, Stack, stacks_of
from mmearth_core.wording import aligned, counted, hectares, left_out

#: Code of what is not sure in the draft: no pair of classes has it. Other codes are 1 + classes · before + after.
_UNSURE = 0xFFFF
#: Steps of a stored probability; `sure` is compared with what is certain of it.
_STEPS, _SUREST = 255, 0.99
#: From what stayed to what is another land (the colours of matplotlib's "magma").
_RAMP = ((0.0, "#000004"), (0.15, "#51127c"), (0.35, "#b73779"), (0.6, "#fc8961"), (1.0, "#fcfdbf"))
#: Codes, distances, pixels on one side only, and those beyond the layers, of a part of the raster.
_Found = tuple[NDArray[np.uint16], NDArray[np.uint8] | None, tuple[int, int], NDArray[np.intp]]


@dataclass(frozen=True, eq=False)
class ChangeResult:
    """Where the map is, and its distances and matrix, if asked for; and what became what, in hectares.

    `hectares` is by class before and class after; `changes` by the names of the changes on the map, the largest first.
    `unsure_ha` is what is neither, None without `sure`. `changed_ha` is as mapped: no estimate of how much changed.
    """

    path: Path
    distance: Path | None
    matrix: Path | None
    hectares: dict[str, dict[str, float]]
    changes: dict[str, float]
    changed_ha: float
    unchanged_ha: float
    unsure_ha: float | None
    messages: tuple[str, ...]

    def __str__(self) -> str:
        names = list(self.hectares)
        rows = [["ha before ↓ after →", *names, "total"]]
        for name, became in self.hectares.items():
            rows.append([name, *(hectares(became[other]) for other in names), hectares(sum(became.values()))])
        after = [sum(became[name] for became in self.hectares.values()) for name in names]
        rows.append(["total", *map(hectares, after), hectares(sum(after))])
        unsure = "" if self.unsure_ha is None else f", {hectares(self.unsure_ha)} ha unsure"
        total = self.changed_ha + self.unchanged_ha + (self.unsure_ha or 0) or 1.0
        first = (
            f"{self.path}: {hectares(self.changed_ha)} ha changed ({100 * self.changed_ha / total:.1f} %),"
            f" {hectares(self.unchanged_ha)} ha did not{unsure}."
        )
        return "\n".join([first, "", *aligned(rows), "", *(f"! {message}" for message in self.messages)])


@sole_writer("output", "distance", "matrix")
def change(
    *,
    before: str | Path,
    after: str | Path,
    model: str | Path,
    output: str | Path,
    distance: str | Path | None = None,
    matrix: str | Path | None = None,
    smooth: Smoothing = DEFAULT,
    sure: float | None = None,
    most: int = MOST,
    overwrite: bool = False,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> ChangeResult:
    """Map what became what between two dates or years of a place, with one probe on both.

    Paletted uint8: 0 no-data, 1 no change, then a value for each change that occurs, the largest first, in the colour
    of what the land is now; 254 other change, 255 unsure. Errors of both dates show as change: how much really changed,
    with a 95 % interval, tell sample and assess, which take this map.

    Args:
        before: Embedding raster, or working set. The map has its grid; of several places each has a map, in the same
            classes.
        after: The same places later, by the same model, in any order. Elsewhere than `before` nothing is compared, and
            of a pixel only images that both have.
        model: Probe made by mmearth fit (JSON).
        output: The map to write (GeoTIFF); its class names and a QGIS style are written beside it. For several places
            a folder, in which each map has the name of its place before.
        distance: Raster to write as well: the cosine distance of the two embeddings, 0 alike … 2, in a uint8 band with
            scale and offset; it needs no classes to be right. By default none. For several places another folder.
        matrix: Table to write as well, CSV: hectares of each class before (rows) and after (columns), over all places;
            by default none.
        smooth: How much its neighbours say in a pixel's class, on each date: none, edges or strong, as in classify.
        sure: Probability, up to 0.99, that a pixel's class must have on both dates to count as changed; else it is
            unsure. By default all count.
        most: Changes that get a value of their own; the rest is "other change".
        overwrite: Replace existing outputs.
        progress: Receives progress; silent by default.
        cancel: Set it to stop; nothing is left then.

    Raises:
        MMEarthError: An input is unusable, the embeddings are of different models or places, or an output exists;
            nothing is left then.
    """
    progress, cancel = progress or Silent(), cancel or CancelToken()
    if sure is not None and not 0 < sure <= _SUREST:
        raise MMEarthError(f"`sure={sure}` is no probability to be sure at; choose one above 0, up to {_SUREST}.")
    if not 1 <= most <= MOST:
        raise MMEarthError(f"`most={most}` changes cannot be told apart; choose a number from 1 to {MOST}.")
    probe = load_probe(model)
    places = _paired(before, after)
    inputs = (before, after, model, *(file for each in places for stack in each for file in stack.files))
    names = [first.name for first, _ in places]
    paths = new_maps_of_places(output, names, overwrite=overwrite, inputs=inputs)
    to: list[Path | None] = [None] * len(names)
    if distance is not None:
        to = [*new_maps_of_places(distance, names, overwrite=overwrite, inputs=inputs)]
    table = None if matrix is None else check_output(matrix, overwrite=overwrite, inputs=inputs)
    written = [each.resolve() for name in (*paths, *filter(None, to)) for each in (name, name.with_suffix(".qml"))]
    written += [] if table is None else [table.resolve()]
    if len(set(written)) < len(written):
        raise MMEarthError(f"Two outputs have one name ({paths[0]}); give each a name of its own.")
    runs = [_Run(Pair.of(probe, *each), smooth, sure, progress, cancel) for each in places]
    told = {"before": str(before), "after": str(after), "sure": sure}
    # Which changes there are is known only after the last pixel: the maps are drawn from codes then.
    with ExitStack() as opening, workshop(output) as folder:
        drafts = [folder / f"{number}.tif" for number in range(len(runs))]
        for run, far, draft in zip(runs, to, drafts, strict=True):
            staged = None if far is None else opening.enter_context(atomic_path(far, outdated=companions(far)))
            with run.distances(far, staged, run.tags(told)) as measured:
                run.compare(draft, measured)
        areas = np.sum([run.areas for run in runs], axis=0)
        classes = change_classes(probe.legend, areas, most)
        for run, path, draft in zip(runs, paths, drafts, strict=True):
            run.draw(path, draft, classes, run.tags(told))
        for far in filter(None, to):
            write_text(far.with_suffix(".qml"), ramp_style(_RAMP))
        if table is not None:
            write_text(table, _as_csv(probe.legend.names, areas))
    return _result(runs, areas, classes, Path(output), None if distance is None else Path(distance), table)


class _Run:
    """The comparison of one place: what is counted on the way, and its two passes."""

    def __init__(
        self, pair: Pair, smooth: Smoothing, sure: float | None, progress: Progress, cancel: CancelToken
    ) -> None:
        self.pair, self.progress, self.cancel = pair, progress, cancel
        self.grid, self.probe = pair.stack.grid, pair.before.probe
        self.tallied = AreaTally(self.grid)
        self.one_side = np.zeros(2, np.int64)
        self.beyond = np.zeros((2, 1 + len(self.probe.layers)), np.intp)
        self._smooth, self._sure = smooth, sure
        # The stored step whose probabilities are all at least `sure`.
        self._step = 0 if sure is None else int(np.ceil(sure * _STEPS)) + 1
        self._number = np.zeros(256, np.uint16)
        self._number[list(self.probe.legend.values)] = np.arange(len(self.probe.legend))

    @property
    def sure(self) -> float | None:
        return self._sure

    @property
    def areas(self) -> NDArray[np.float64]:
        """Hectares (classes, classes) by class before and after; what is unsure is left out."""
        count = len(self.probe.legend)
        found = np.zeros(count * count)
        for code, area in self.tallied.square_metres.items():
            if NODATA < code < _UNSURE:
                found[code - 1] = area / 1e4
        return found.reshape(count, count)

    def tags(self, told: Mapping[str, object]) -> dict[str, str]:
        """What the outputs say of their origin; `told` is what was asked for."""
        return {
            **origin_tags(self.pair.stack.origins),
            "training_digest": self.probe.training.digest,
            "smooth": self._smooth,
            "change": json.dumps(told, ensure_ascii=False),
        }

    @contextmanager
    def distances(self, path: Path | None, staged: Path | None, tags: dict[str, str]) -> Iterator[CheckedWriter | None]:
        """The raster of distances, open for writing, if there is to be one."""
        if path is None:
            yield None
            return
        with new_geotiff(
            path,
            self.grid,
            count=1,
            dtype="uint8",
            nodata=NODATA,
            descriptions=["cosine distance"],
            scales=[DISTANCE_SCALE],
            offsets=[DISTANCE_OFFSET],
            tags={**tags, "product": "distance"},
            staged=staged,
        ) as writer:
            yield writer

    @property
    def messages(self) -> list[str]:
        """What the comparison suffers."""
        said = list(self.pair.messages)
        if self.one_side.any():
            lost, share = self.one_side.tolist(), 100 * self.one_side.sum() / self.grid.pixels
            pixels = left_out(sum(lost), "pixel", f"{lost[0]} with an embedding before only, {lost[1]} after only")
            said.append(f"{self.pair.before.stack.name}: {pixels} ({share:.1f} % of all).")
        for half, counts in zip((self.pair.before, self.pair.after), self.beyond, strict=True):
            said += [f"{half.stack.name}: {each}." for each in half.said_beyond(counts)]
        return said

    def compare(self, draft: Path, measured: CheckedWriter | None) -> None:
        """Both dates in one pass: codes into the draft, distances where they are wanted."""

        def compared(pixels: Pixels, window: Window) -> _Found:
            kept = window.relative_to(surrounded(window, margin(self._smooth), self.grid))
            inner = pixels[kept.slices]
            far = None if measured is None else self.pair.distance(inner)
            halves = zip((self.pair.before, self.pair.after), self.pair.split(inner), strict=True)
            beyond = np.stack([half.beyond_layers(those) for half, those in halves])
            return self._codes(pixels, kept), far, self.pair.on_one_side(inner), beyond

        with drawing(draft, self.grid, "uint16") as drawn:

            def write(window: Window, found: _Found) -> None:
                codes, far, one_side, beyond = found
                drawn.write(codes, 1, window=window.ranges)
                self.tallied.add(codes, window.row)
                self.one_side += one_side
                self.beyond += beyond
                if measured is not None and far is not None:
                    measured.write(far, 1, window=window.ranges)

            transform_blocks(
                self.pair.stack,
                compared,
                write,
                progress=self.progress,
                cancel=self.cancel,
                task="Comparing",
                margin=margin(self._smooth),
            )

    def _codes(self, pixels: Pixels, kept: Window) -> NDArray[np.uint16]:
        """The codes (height, width) of what is kept of pixels."""
        asked = self._sure is not None
        halves = zip((self.pair.before, self.pair.after), self.pair.split(pixels), strict=True)
        (was, certain), (became, later) = (
            classify_block(probe, half, kept, smooth=self._smooth, confidence=asked) for probe, half in halves
        )
        count = np.uint16(len(self.probe.legend))
        codes = 1 + self._number[was] * count + self._number[became]
        if certain is not None and later is not None:
            codes[(was != became) & (np.minimum(certain[0], later[0]) < self._step)] = _UNSURE
        codes[was == NODATA] = NODATA
        return codes

    def draw(self, path: Path, draft: Path, classes: ChangeClasses, tags: dict[str, str]) -> None:
        """The map of a draft."""
        values = np.full(1 + _UNSURE, NODATA, np.uint8)
        values[1 : 1 + classes.values.size] = classes.values.ravel()
        values[_UNSURE] = UNKNOWN
        asked = self._sure is not None
        self.progress.start("Drawing", self.grid.pixels, "px")
        told = tags | training_tags(self.probe, self.grid) | {UNKNOWN_TAG: UNSURE_NAME}
        with new_map(path, classes.legend, self.grid, tags=told, unknown=asked) as drawn:
            for strip, codes in strips(draft, self.cancel, self.progress):
                drawn.write(values[codes], 1, window=strip.ranges)
        self.progress.finish()


def _paired(before: str | Path, after: str | Path) -> list[tuple[Stack, Stack]]:
    """The same place before and after, of each place before.

    Raises `MMEarthError` when a place is on one side only or its partner cannot be told, and when what is known of the
    dates says that it is the wrong way round.
    """
    first, second = stacks_of(before), stacks_of(after)
    if len(first) == len(second) == 1:
        found = [(first[0], second[0])]
    else:
        partners = [[other for other in second if of_one_place(one.grid, other.grid)] for one in first]
        for one, others in zip(first, partners, strict=True):
            if len(others) != 1:
                many = ", ".join(other.name for other in others) or "none"
                raise MMEarthError(
                    f"{one.name} of {before} is to be compared with the same place of {after}, and {many} lies there;"
                    " give working sets of the same places."
                )
        found = [(one, others[0]) for one, others in zip(first, partners, strict=True)]
        if left := [other.name for other in second if sum(other is mine for _, mine in found) != 1]:
            raise MMEarthError(
                f"{', '.join(left)} of {after} is not the same place as just one of {before}; give working sets of the"
                " same places."
            )
    for one, other in found:
        _check_order(one, other)
    return found


def _check_order(before: Stack, after: Stack) -> None:
    """Refuse what is known to be the wrong way round."""
    earlier, later = ([day for day in stack.dates if day is not None] for stack in (before, after))
    if earlier and later and min(earlier) > max(later):
        raise MMEarthError(
            f"{before.name} is of {min(earlier)}, and {after.name} of {max(later)}, which is before that; give the"
            " earlier one first."
        )


def _result(
    runs: Sequence[_Run],
    areas: NDArray[np.float64],
    classes: ChangeClasses,
    path: Path,
    distance: Path | None,
    matrix: Path | None,
) -> ChangeResult:
    legend, values = classes.legend, classes.values
    changes = {each.name: float(areas[values == each.value].sum()) for each in legend.classes[1:]}
    if OTHER_CHANGE in legend.values and not classes.pooled:
        del changes[OTHER_NAME]
    changed, unchanged = sum(changes.values()), float(np.trace(areas))
    messages = [message for run in runs for message in run.messages]
    if classes.pooled:
        messages.append(
            f"{counted(classes.pooled, 'change')} ({hectares(changes[OTHER_NAME])} ha) together as {OTHER_NAME!r}; the"
            " matrix has each."
        )
    if not changed and not unchanged:
        messages.append("No pixel can be compared: the map is empty.")
    elif changed:
        messages.append(
            "The errors of both dates show as change, so mapped change is as a rule more than there was: estimate it"
            " with mmearth sample and mmearth assess."
        )
    unsure = [run.tallied.square_metres.get(_UNSURE, 0.0) / 1e4 for run in runs if run.sure is not None]
    return ChangeResult(
        path=path,
        distance=distance,
        matrix=matrix,
        hectares=_by_name(runs[0].probe.legend, areas),
        changes=changes,
        changed_ha=changed,
        unchanged_ha=unchanged,
        unsure_ha=sum(unsure) if unsure else None,
        messages=tuple(dict.fromkeys(messages)),
    )


def _by_name(legend: Legend, areas: NDArray[np.float64]) -> dict[str, dict[str, float]]:
    return {
        name: dict(zip(legend.names, row, strict=True)) for name, row in zip(legend.names, areas.tolist(), strict=True)
    }


def _as_csv(names: tuple[str, ...], areas: NDArray[np.float64]) -> str:
    """The matrix as spreadsheets and programs read it: hectares, no thousands separators."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["before \\ after, ha", *names])
    for name, row in zip(names, areas.tolist(), strict=True):
        table.writerow([name, *(f"{area:.4f}" for area in row)])
    return text.getvalue()
