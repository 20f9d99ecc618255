"""The verbs of a live client, answered at once: what `docs/worker-protocol.md` lists beside the public ones.

Thin: each puts what came over the wire into values of ours and calls one function. Holds the embeddings used last.
"""

import inspect as signatures
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mmearth_core import inspection
from mmearth_core.embedding import planning as job
from mmearth_core.embedding.backends import BackendName, open_backend
from mmearth_core.errors import MMEarthError
from mmearth_core.files import check_output
from mmearth_core.labelling import fitting
from mmearth_core.labelling.live import DrawnSamples, LiveEmbedding, View
from mmearth_core.labelling.suggestions import places, two_best
from mmearth_core.labelling.validation import Validation, cross_validate
from mmearth_core.progress import CancelToken, Progress
from mmearth_core.vectors.writing import pixel_centres

#: Embeddings held open for previews.
_HELD = 2
#: Side of the trial that a time is estimated from, in pixels.
_TRIAL_SIDE = 128
#: A validation whose 95 % interval is wider than this says little.
_WIDE = 0.3


def _with_arguments_of(function: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a method that takes any keyword say which ones it passes on, so that a wrong one is told before the call."""

    def describe(method: Callable[..., Any]) -> Callable[..., Any]:
        signature = signatures.signature(method)
        own = [each for each in signature.parameters.values() if each.kind is not each.VAR_KEYWORD]
        passed_on = signatures.signature(function).parameters.values()
        vars(method)["__signature__"] = signature.replace(parameters=[*own, *passed_on])
        return method

    return describe


class LiveVerbs:
    """Answers the verbs of a live client; holds the embeddings that were used last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: OrderedDict[tuple[str, int, int], LiveEmbedding] = OrderedDict()
        self._rates: dict[tuple[str, BackendName], float] = {}

    @_with_arguments_of(job.inspect)
    def inspect(self, *, cancel: CancelToken, **arguments: Any) -> dict[str, Any]:
        """What `embed` would do, and how long it is likely to take."""
        planned = job.inspect(**arguments)
        cancel.check()
        model, backend = str(arguments.get("model", "default")), arguments.get("backend", "auto")
        rate = self._rate(model, backend, len(planned.header.bands))
        return planned.as_dict() | {"seconds": planned.plan.context_pixels / rate}

    def info(self, *, file: str) -> Any:
        """What a file is."""
        return inspection.info(file=file)

    def preview(
        self,
        *,
        cancel: CancelToken,
        embedding: str,
        samples: Mapping[str, Any],
        view: Mapping[str, Any],
        output: str,
        confidence: str | None = None,
        unknown: float | None = None,
    ) -> Any:
        """The map of a view."""
        drawn, seen = DrawnSamples.from_json(samples), View.from_json(view)
        live = self._embedding(embedding)
        return live.preview(drawn, seen, output, confidence=confidence, unknown=unknown, cancel=cancel)

    def similar_preview(
        self,
        *,
        cancel: CancelToken,
        embedding: str,
        at: list[float],
        view: dict[str, Any],
        output: str,
    ) -> dict[str, Any]:
        """How alike a view is to one pixel."""
        return {"path": self._embedding(embedding).similar(at, View.from_json(view), output, cancel=cancel)}

    def validate(
        self, *, progress: Progress, cancel: CancelToken, embedding: str, samples: dict[str, Any]
    ) -> dict[str, Any]:
        """Cross-validation by polygon, with a sentence."""
        labelled = self._embedding(embedding).samples(DrawnSamples.from_json(samples), cancel)
        if len(labelled.legend) < 2:
            raise MMEarthError("There is one class only; label a second one.")
        validation = cross_validate(labelled, progress=progress, cancel=cancel)
        return validation.as_dict() | {
            "enough": is_enough(validation),
            "headline": headline(validation),
            "left_out": int(validation.polygons[validation.validated].sum()),
            "unvalidated": list(validation.unvalidated),
            "doubts": [
                {"fid": d.group.fid, "label": d.label, "predicted": d.predicted, "share_right": d.share_right}
                for d in validation.doubts
            ],
            "messages": labelled.messages,
        }

    def suggest_samples(
        self,
        *,
        progress: Progress,
        cancel: CancelToken,
        embedding: str,
        samples: dict[str, Any],
        n: int = 10,
        bounds: list[float] | None = None,
    ) -> dict[str, Any]:
        """Where to label next; inside `bounds` (min x, min y, max x, max y) when given."""
        drawn, live = DrawnSamples.from_json(samples), self._embedding(embedding)
        probe, _ = live.probe(drawn, cancel)
        grid = live.raster.grid
        labelled = drawn.vector.in_pixels(grid)
        if n < 1:
            raise MMEarthError(f"The number of places must be 1 or more, not {n}.")
        window = None if bounds is None else View.from_json({"bounds": bounds, "width": 1, "height": 1}).on(grid)[0]
        chosen = places(live.raster, probe, labelled, n, window=window, progress=progress, cancel=cancel)
        xy = pixel_centres(grid, chosen.row, chosen.col)
        rows = zip(xy.tolist(), *two_best(chosen, probe), strict=True)
        return {
            "points": [
                {"x": x, "y": y, "predicted": first, "second": second, "margin": float(margin)}
                for (x, y), first, second, margin in rows
            ]
        }

    def fit_samples(
        self,
        *,
        progress: Progress,
        cancel: CancelToken,
        embedding: str,
        samples: dict[str, Any],
        output: str,
        overwrite: bool = False,
    ) -> Any:
        """A model file of samples that need not be in a file."""
        path = check_output(output, overwrite=overwrite, inputs=(embedding,))
        labelled = self._embedding(embedding).samples(DrawnSamples.from_json(samples), cancel)
        return fitting.fit_samples(labelled, path, progress=progress, cancel=cancel)

    def _embedding(self, path: str) -> LiveEmbedding:
        """The embedding at a path, opened anew when the file has changed."""
        try:
            found = Path(path).stat()
        except OSError as error:
            raise MMEarthError(f"{path} cannot be read ({error.strerror}); embed the scene again.") from error
        key = (path, found.st_mtime_ns, found.st_size)
        with self._lock:
            held = self._open.pop(key, None)
            if held is None:
                held = LiveEmbedding(path)
            self._open[key] = held
            while len(self._open) > _HELD:
                self._open.popitem(last=False)
            return held

    def _rate(self, model: str, backend: BackendName, bands: int) -> float:
        """Pixels a second of the bare network, measured once for each model and backend."""
        if (model, backend) not in self._rates:
            runner = open_backend(model, backend)
            pixels = np.zeros((1, bands, _TRIAL_SIDE, _TRIAL_SIDE), np.float32)
            runner.run(pixels)
            start = time.monotonic()
            runner.run(pixels)
            self._rates[model, backend] = _TRIAL_SIDE**2 / (time.monotonic() - start)
        return self._rates[model, backend]


def is_enough(validation: Validation) -> bool:
    """Whether a validation says something: every class has two polygons, and the interval is not all too wide."""
    low, high = validation.interval
    return bool(validation.validated.all()) and high - low <= _WIDE


def headline(validation: Validation) -> str:
    """A validation in one line."""
    if not validation.validated.any():
        return "Too few to know: draw at least two polygons in each class."
    low, high = (f"{100 * value:.0f}" for value in validation.interval)
    polygons = int(validation.polygons[validation.validated].sum())
    figures = f"{100 * validation.accuracy:.0f} % right ({low} … {high} %) on {polygons} polygons left out in turn"
    if validation.unvalidated:
        return f"Too few to know: {figures}; no second polygon of {', '.join(validation.unvalidated)}."
    return f"{figures}." if is_enough(validation) else f"Too few to know: {figures}."
