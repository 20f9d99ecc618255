"""The verbs of a live client, answered at once: what `docs/worker-protocol.md` lists beside the public ones.

Thin: each calls one function with values that were made of what came over the wire. Holds the embeddings used last.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Self

from mmearth_core.embedding.forecast import inspect
from mmearth_core.errors import MMEarthError
from mmearth_core.files import check_output
from mmearth_core.labelling import fitting
from mmearth_core.labelling.comparing.comparison import Comparison, compare
from mmearth_core.labelling.comparing.separability import band_names
from mmearth_core.labelling.comparing.spectra import image_of, spectra_under
from mmearth_core.labelling.fitting import Dates
from mmearth_core.labelling.growing.growth import Growing, Grown, ReadAhead, Seed
from mmearth_core.labelling.live import DrawnSamples, LiveSet, View
from mmearth_core.labelling.probe_file import load_probe
from mmearth_core.labelling.scoring import PixelProbe
from mmearth_core.labelling.suggestions import places, two_best
from mmearth_core.labelling.validation import Validation, by_feature, cross_validate
from mmearth_core.locks import sole_writer
from mmearth_core.maps.class_map import ClassMap
from mmearth_core.maps.smoothing import DEFAULT, Smoothing
from mmearth_core.maps.together import MapsTogether, measure_together
from mmearth_core.progress import CancelToken, Progress
from mmearth_core.raster.identity import Stamp, stamp
from mmearth_core.raster.placing import touched
from mmearth_core.raster.scene import AS_IT_IS, SceneOptions
from mmearth_core.records import FLAT, Form
from mmearth_core.reports.reporting import Subject, told_of
from mmearth_core.sources.stack import Stack, stacks_of
from mmearth_core.sources.unlabelled import USUAL, BesideLabels
from mmearth_core.sources.working_set import working_set_of
from mmearth_core.vectors.writing import crs_of_all
from mmearth_core.wording import counted

#: Embeddings held open for previews.
_HELD = 2
#: A validation whose 95 % interval is wider than this says little.
_WIDE = 0.3


#: Samples as a client sends them.
Sent = Annotated[DrawnSamples, Form(DrawnSamples.from_json)]


class LiveVerbs:
    """Answers the verbs of a live client; holds the embeddings that were used last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: OrderedDict[str, _Held] = OrderedDict()

    inspect = staticmethod(inspect)

    def example(self, *, folder: str) -> Any:
        """A scene to try everything with, made in a folder unless it is there."""
        from mmearth_core.demonstration.synthetic_scene import example_scene  # noqa: PLC0415 - loads scipy

        return example_scene(folder)

    def mappable(
        self,
        *,
        cancel: CancelToken,
        probe: str,
        embedding: str | None = None,
        scene: str | None = None,
        model: str = "default",
        options: Annotated[SceneOptions, FLAT] = AS_IT_IS,
    ) -> dict[str, Any]:
        """What `classify` would say of an embedding, or of a scene that is still to be embedded with a `model`: before
        anything is computed. Raises as both."""
        learned = load_probe(probe)
        if embedding is not None:
            stacks = stacks_of(embedding)
        elif scene is not None:
            stacks = [Stack.planned(inspect(scene=scene, model=model, options=options, cancel=cancel).job)]
        else:
            raise MMEarthError("Neither `embedding` nor `scene` is given; give one of them.")
        return {"messages": [said for stack in stacks for said in PixelProbe.of(learned, stack)[1]]}

    def preview(
        self,
        *,
        cancel: CancelToken,
        embedding: str,
        samples: Sent,
        view: View,
        output: str,
        confidence: str | None = None,
        unknown: float | None = None,
        smooth: Smoothing = DEFAULT,
        beside: Annotated[BesideLabels, FLAT] = USUAL,
        dates: Dates = "vote",
    ) -> Any:
        """The map of a view."""
        live = self._embedding(embedding)
        return live.preview(
            samples,
            view,
            output,
            confidence=confidence,
            unknown=unknown,
            smooth=smooth,
            beside=beside,
            dates=dates,
            cancel=cancel,
        )

    def similar_preview(
        self,
        *,
        cancel: CancelToken,
        embedding: str,
        at: tuple[float, float],
        view: View,
        output: str,
        at_crs: str | None = None,
    ) -> dict[str, Any]:
        """How alike a view is to one pixel."""
        return {"path": self._embedding(embedding).similar(at, view, output, crs=at_crs, cancel=cancel)}

    def grow_region(
        self,
        *,
        cancel: CancelToken,
        embedding: str,
        seeds: tuple[Seed, ...],
        view: View,
        seeds_crs: str | None = None,
        holes: int = 0,
    ) -> Grown:
        """What hangs together with some places and looks like them, inside of a view."""
        return self._held(embedding).growing.grow(seeds, view, crs=seeds_crs, holes=holes, cancel=cancel)

    def read_ahead(self, *, cancel: CancelToken, embedding: str, view: View) -> ReadAhead:
        """The ground of a view, read before a click needs it."""
        return self._held(embedding).growing.read_ahead(view, cancel=cancel)

    def validate(
        self,
        *,
        progress: Progress,
        cancel: CancelToken,
        embedding: str,
        samples: Sent,
        block: float | None = None,
        beside: Annotated[BesideLabels, FLAT] = USUAL,
        dates: Dates = "vote",
    ) -> dict[str, Any]:
        """Cross-validation by place, with a sentence; samples within `block` metres are one place, as in `fit`. Whoever
        asks the same again, as a table beside the map, is answered at once."""
        held, asked = self._held(embedding), (samples.key, block, beside, dates)
        if asked in held.validated:
            return held.validated[asked]
        live = held.live
        labelled = live.samples(samples, cancel)
        if len(labelled.legend) < 2:
            raise MMEarthError("There is one class only; label a second one.")
        others = live.unlabelled(beside, cancel)
        together = dates == "together"
        validation = cross_validate(
            labelled, unlabelled=others, block=block, together=together, progress=progress, cancel=cancel
        )
        result = validation.as_dict() | {
            "enough": is_enough(validation),
            "headline": headline(validation),
            "doubts": [
                {"fid": d.group.fid, "label": d.label, "predicted": d.predicted, "share_right": d.share_right}
                for d in validation.doubts
            ],
            "features": by_feature(labelled, validation),
            "messages": labelled.messages,
        }
        held.validated.clear()
        held.validated[asked] = result
        return result

    def compare_classes(
        self,
        *,
        cancel: CancelToken,
        embedding: str,
        samples: Sent,
        scene: str | None = None,
        scene_of: str | None = None,
        dates: Dates = "vote",
    ) -> Comparison:
        """How the classes of some samples differ on the embedding, and in the `scene` that it, or `scene_of` of the
        embeddings of a working set, was made of; `no_spectra` says why there are none of a place, or of several."""
        live = self._embedding(embedding)
        labelled = live.samples(samples, cancel)
        stack = live.places[0].stack
        spectra = why = None
        told: list[str] = []
        if len(live.places) > 1:
            why = "No spectra: the samples lie on several places; choose one embedding."
        elif scene is not None:
            try:
                image, told = image_of(stack, scene, scene_of)
                spectra = spectra_under(labelled, stack, scene, image=image, cancel=cancel)
            except MMEarthError as error:  # what the embedding says of the classes is worth having without it
                told, why = [], str(error)
        found = compare(labelled, bands=band_names(labelled, stack), spectra=spectra, dates=dates)
        return replace(found, messages=(*live.messages, *found.messages, *told), no_spectra=why)

    def suggest_samples(
        self,
        *,
        progress: Progress,
        cancel: CancelToken,
        embedding: str,
        samples: Sent,
        n: int = 10,
        bounds: tuple[float, float, float, float] | None = None,
        bounds_crs: str | None = None,
        beside: Annotated[BesideLabels, FLAT] = USUAL,
        dates: Dates = "vote",
    ) -> dict[str, Any]:
        """Where to label next; inside `bounds` (min x, min y, max x, max y) when given, in `bounds_crs` or the
        embedding's CRS. All places of a working set compete; the points are in `crs`."""
        live = self._embedding(embedding)
        probe, _ = live.probe(samples, cancel, beside=beside, dates=dates)
        if n < 1:
            raise MMEarthError(f"`n={n}` places cannot be suggested; choose 1 or more.")
        stacks = [place.stack for place in live.places]
        grids = [stack.grid for stack in stacks]
        windows = None if bounds is None else [touched(grid, bounds, bounds_crs) for grid in grids]
        chosen = places(stacks, probe, samples.vector, n, windows=windows, progress=progress, cancel=cancel)
        crs = crs_of_all(grids)
        xy = chosen.coordinates(grids, crs)
        rows = zip(xy.tolist(), *two_best(chosen, probe), strict=True)
        return {
            "points": [
                {"x": x, "y": y, "predicted": first, "second": second, "probabilities": best.tolist()}
                for (x, y), first, second, best in rows
            ],
            "crs": crs.to_wkt(),
        }

    @sole_writer("output")
    def fit_samples(
        self,
        *,
        progress: Progress,
        cancel: CancelToken,
        embedding: str,
        samples: Sent,
        output: str,
        block: float | None = None,
        overwrite: bool = False,
        beside: Annotated[BesideLabels, FLAT] = USUAL,
        dates: Dates = "vote",
    ) -> Any:
        """A model file of samples that need not be in a file."""
        path = check_output(output, overwrite=overwrite, inputs=(embedding,))
        live = self._embedding(embedding)
        labelled, others = live.samples(samples, cancel), live.unlabelled(beside, cancel)
        return fitting.fit_samples(labelled, others, path, block=block, dates=dates, progress=progress, cancel=cancel)

    def areas(self, *, progress: Progress, cancel: CancelToken, map: str) -> dict[str, Any]:
        """What a map shows: the hectares of each class that is on it."""
        measured = measure_together(MapsTogether.alone(ClassMap.open(map)), progress=progress, cancel=cancel)
        return {"hectares": {measured.names[value]: found for value, found in measured.hectares.items()}}

    def report_content(
        self,
        *,
        progress: Progress,
        cancel: CancelToken,
        folder: str,
        subject: Annotated[Subject, FLAT],
    ) -> dict[str, Any]:
        """What `report` would write, to be drawn by the client; its pictures are files of a folder that is there."""
        content = told_of(subject, progress=progress, cancel=cancel)
        return content.written(Path(folder))

    def _embedding(self, path: str) -> LiveSet:
        """The embedding or working set at a path."""
        return self._held(path).live

    def _held(self, path: str) -> "_Held":
        """What is held of a path, opened anew when one of its files has changed."""
        with self._lock:
            held = self._open.pop(path, None)
            if held is None or not held.is_current:
                held = _Held.opened(path)
            self._open[path] = held
            while len(self._open) > _HELD:
                self._open.popitem(last=False)
            return held


@dataclass(frozen=True, eq=False)
class _Held:
    """A working set in use, and the state of the files that decided what it is: nothing is read to see that they are
    the same; and the last validation, by what it was asked for."""

    live: LiveSet
    growing: Growing
    files: Mapping[str | Path, Stamp | None]
    validated: dict[tuple[str, float | None, BesideLabels, Dates], dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def opened(cls, path: str) -> Self:
        states: dict[str | Path, Stamp | None] = {path: stamp(path)}  # before it is read, or a change might be missed
        states |= {file: stamp(file) for file in working_set_of(path).files if file != path}
        live = LiveSet(path)
        return cls(live, Growing(live), states)

    @property
    def is_current(self) -> bool:
        return all(stamp(file) == state for file, state in self.files.items())


def is_enough(validation: Validation) -> bool:
    """Whether a validation says something: every class was tested, and the interval is not all too wide."""
    low, high = validation.interval
    return bool(validation.validated.all()) and high - low <= _WIDE


def headline(validation: Validation) -> str:
    """A validation in one line."""
    if not validation.validated.any():
        return "Too few to know: draw samples of each class in two places or more, apart from each other."
    low, high = (f"{100 * value:.0f}" for value in validation.interval)
    figures = (
        f"{100 * validation.accuracy:.0f} % right ({low} … {high} %) on"
        f" {counted(validation.trials, 'place')} left out in turn"
    )
    if not validation.independent:
        figures += f", only {validation.block:.0f} m apart"
    if validation.unvalidated:
        return f"Too few to know: {figures}; no second place of {', '.join(validation.unvalidated)}."
    return f"{figures}." if is_enough(validation) else f"Too few to know: {figures}."
