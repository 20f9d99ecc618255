"""The probe: multinomial logistic regression on embeddings, a frozen value that predicts, refits and knows its reach.

It belongs to one encoder (`model_id`) and refuses embeddings of another. It reads no raster and draws no sample.
"""

import warnings
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.labelling.samples import Samples
from mmearth_core.maps.legend import Legend
from mmearth_core.processors import one_thread_each
from mmearth_core.records import NOT_NEGATIVE, Form
from mmearth_core.sources.embedding import Embedding, describe, described

#: Inverse strength of the L2 penalty on standardised embeddings, the samples' weights summing to one, unless chosen.
REGULARISATION = 30.0
#: Assumed likeness of two pixels of one polygon, for the weight of a polygon (intraclass correlation).
ALIKE = 0.5
#: Directions that guide the smoothing of a map, at most.
MOST_GUIDES = 8
#: Points kept of the distribution of remoteness: one per cent.
QUANTILES = 101
#: No number of a probe is as large as this.
_LARGEST = 1e30


def _numbers(listed: Any) -> NDArray[np.float64]:
    """A list of numbers, or of such lists of one length. Raises `ValueError`."""
    array = np.array(listed)  # ragged lists are an error of it already
    if array.dtype.kind not in "if" or not array.size:
        raise ValueError("it must hold numbers, and nothing else")
    values = array.astype(np.float64)
    if not np.isfinite(values).all() or np.abs(values).max() > _LARGEST:
        raise ValueError("it holds numbers that are not finite")
    return values


#: Numbers as a file holds them: a list, or lists of one length.
Numbers = Annotated[NDArray[np.float64], Form(_numbers)]


@dataclass(frozen=True, eq=False)
class Reach:
    """How far training pixels lie from the centres of the classes, to tell what is unlike all of them.

    A pixel's remoteness is its Euclidean distance to the centre of a class divided by that class's `spread` (the root
    mean square distance of its own pixels), for the class where this is smallest. `centres` (classes, bands) in
    standardised embedding space; `spread` (classes,); `quantiles` (`QUANTILES`,) of the remoteness of training pixels,
    each measured with its own class's centre taken without its polygon where the class has others.
    """

    centres: Numbers
    spread: Numbers
    quantiles: Numbers

    def limit(self, share_outside: float) -> float:
        """The remoteness beyond which `share_outside` (0 … 1) of the training pixels lie."""
        return float(np.interp(1 - share_outside, np.linspace(0, 1, len(self.quantiles)), self.quantiles))


@dataclass(frozen=True)
class Training:
    """What a probe was fitted on: pixels, polygons (groups) and the digest of `Samples.digest`."""

    pixels: Annotated[int, NOT_NEGATIVE]
    polygons: Annotated[int, NOT_NEGATIVE]
    digest: str


@dataclass(frozen=True, eq=False)
class Probe:
    """A fitted probe. With z = (value − `centre`) / `scale`, the class scores are `coefficients` · z + `intercept`.

    `coefficients` (classes, bands), `intercept` (classes,), `centre` (bands,), `scale` one number.
    """

    coefficients: NDArray[np.float64]
    intercept: NDArray[np.float64]
    centre: NDArray[np.float64]
    scale: float
    regularisation: float
    legend: Legend
    model_name: str
    model_id: str
    reach: Reach
    training: Training

    @property
    def bands(self) -> int:
        return len(self.centre)

    def as_dict(self) -> dict[str, Any]:
        """What a reader asks of it, as plain values; not its numbers, which `probe_file` writes."""
        return {
            "model": self.model_name,
            "model_id": self.model_id,
            "classes": {str(each.value): each.name for each in self.legend.classes},
            "training": asdict(self.training) | {"regularisation": self.regularisation},
            "embedding bands": self.bands,
        }

    def standardised(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """z of values (n, bands)."""
        z: NDArray[np.float32] = (values - self.centre.astype(np.float32)) / np.float32(self.scale)
        return z

    @cached_property
    def folded(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(W (classes, bands), b (classes,)) with scores = W · value + b: centring and scaling folded in."""
        return self.coefficients / self.scale, self.intercept - self.coefficients @ (self.centre / self.scale)

    @cached_property
    def guide(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(W (k, bands), c (k,)): W · value + c are the `MOST_GUIDES` directions, or fewer, along which the centres of
        the classes lie apart most, with mean 0, and variance 1 in the first. What `smoothed` is guided by."""
        middle = self.reach.centres.mean(axis=0)
        with one_thread_each():
            _, lengths, directions = np.linalg.svd(self.reach.centres - middle, full_matrices=False)
        along = directions[: min(MOST_GUIDES, len(self.legend) - 1)]
        along = along / (float(lengths[0]) / np.sqrt(len(self.reach.centres)) or 1.0)
        return along / self.scale, -along @ (middle + self.centre / self.scale)

    def scores(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Linear scores (n, classes) of values (n, bands)."""
        weights, bias = (each.astype(np.float32) for each in self.folded)
        scores: NDArray[np.float32] = values @ weights.T + bias
        return scores

    def probabilities(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Class probabilities (n, classes) of values (n, bands)."""
        scores = self.scores(values)
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities: NDArray[np.float32] = powers / powers.sum(axis=1, keepdims=True)
        return probabilities

    def predict(self, values: NDArray[np.float32]) -> NDArray[np.intp]:
        """Index into `legend.classes` (n,) of values (n, bands)."""
        best: NDArray[np.intp] = np.argmax(self.scores(values), axis=1)
        return best

    def margins(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probability of the best class minus that of the second (n,): 0 undecided … 1 certain."""
        best = np.partition(self.probabilities(values), -2, axis=1)
        margins: NDArray[np.float32] = best[:, -1] - best[:, -2]
        return margins

    def check_same_model(self, raster: Embedding) -> None:
        """Raise `MMEarthError` unless `raster` is an embedding of the kind this probe was fitted on."""
        if raster.identity != self.model_id:
            raise MMEarthError(
                f"{raster.path} was made by {describe(raster)}, the probe was fitted on"
                f" {described(self.model_name, self.model_id)}; take an embedding of that, or fit again."
            )
        if len(raster.bands) != len(self.centre):
            raise MMEarthError(
                f"{raster.path} has {len(raster.bands)} bands, the probe was fitted on {len(self.centre)}; fit again."
            )


def sample_weights(samples: Samples) -> NDArray[np.float64]:
    """Weights (n,) that sum to one: every class the same total, pixels of a polygon sharing what they jointly tell.

    n pixels of a polygon that are alike with correlation ρ tell as much as n / (1 + (n − 1) ρ) independent ones (the
    design effect; Kish 1965, Survey Sampling), so a large polygon counts more than a small one, but not in proportion.
    """
    size = np.bincount(samples.group, minlength=len(samples.groups))
    weight = 1 / (1 + (size[samples.group] - 1) * ALIKE)
    total = np.bincount(samples.label, weights=weight, minlength=len(samples.legend))
    weight /= total[samples.label]
    normalised: NDArray[np.float64] = weight / weight.sum()
    return normalised


def fit_probe(samples: Samples, *, regularisation: float = REGULARISATION, previous: Probe | None = None) -> Probe:
    """Fit a probe; the same samples in any order give the same one.

    `regularisation` is C of the objective C · Σ weight · loss + ½‖coefficients‖². With `previous` (a probe of the same
    encoder) the search starts there, classes matched by name: the solution is the same, found sooner.
    Raises `MMEarthError` when there are fewer than two classes.
    """
    present = np.unique(samples.label)
    if len(samples.legend) < 2 or len(present) < len(samples.legend):
        raise MMEarthError(
            f"The samples have one class only ({', '.join(samples.legend.names)}); label at least two classes."
        )
    values = samples.values
    weight = sample_weights(samples)
    centre = weight @ values
    # One scale for all bands: whitening each band inflates bands that hold little but noise.
    scale = float(np.sqrt(np.mean(weight @ np.square(values - centre)))) or 1.0
    z = np.ascontiguousarray((values - centre) / scale, np.float32)
    start = None if previous is None else _start(previous, samples.legend, centre, scale)
    coefficients, intercept = _solve(z, samples.label, weight, regularisation, start)
    return Probe(
        coefficients=coefficients,
        intercept=intercept,
        centre=centre,
        scale=scale,
        regularisation=regularisation,
        legend=samples.legend,
        model_name=samples.model_name,
        model_id=samples.model_id,
        reach=_reach(z, samples),
        training=Training(len(samples), len(np.unique(samples.group)), samples.digest),
    )


def _solve(
    z: NDArray[np.float32],
    label: NDArray[np.intp],
    weight: NDArray[np.float64],
    regularisation: float,
    start: tuple[NDArray[np.float64], NDArray[np.float64]] | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coefficients (classes, bands) and intercept (classes,) of the penalised multinomial regression."""
    from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415 - half a second, and only where one is fitted
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    classes = int(label.max()) + 1
    model = LogisticRegression(C=regularisation, max_iter=300, tol=1e-4, warm_start=start is not None)
    if start is not None:
        model.classes_ = np.arange(classes)
        model.coef_, model.intercept_ = start if classes > 2 else (np.diff(start[0], axis=0), np.diff(start[1]))
    with one_thread_each(), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(z, label, sample_weight=weight)
    # In one order of memory, so that sums over it round as those over what a file gives back.
    coefficients, intercept = np.ascontiguousarray(model.coef_, np.float64), np.asarray(model.intercept_, np.float64)
    if classes == 2:
        return np.vstack([-coefficients / 2, coefficients / 2]), np.concatenate([-intercept / 2, intercept / 2])
    return coefficients, intercept


def _start(
    previous: Probe, legend: Legend, centre: NDArray[np.float64], scale: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The previous solution in the new standardisation; zeros for new classes."""
    coefficients, intercept = np.zeros((len(legend), len(centre))), np.zeros(len(legend))
    moved = previous.coefficients * (scale / previous.scale)
    shifted = previous.intercept + previous.coefficients @ ((centre - previous.centre) / previous.scale)
    index = {name: i for i, name in enumerate(previous.legend.names)}
    for row, name in enumerate(legend.names):
        if name in index:
            coefficients[row], intercept[row] = moved[index[name]], shifted[index[name]]
    return coefficients, intercept


def _reach(z: NDArray[np.float32], samples: Samples) -> Reach:
    classes = len(samples.legend)
    centres = np.array([z[samples.label == label].mean(axis=0, dtype=np.float64) for label in range(classes)])
    distance = np.sqrt(
        np.maximum(0, np.square(z).sum(axis=1)[:, None] - 2 * z @ centres.T + np.square(centres).sum(axis=1))
    )
    for label in range(classes):
        mine = samples.label == label
        points, (_, group) = z[mine].astype(np.float64), np.unique(samples.group[mine], return_inverse=True)
        count, total = np.bincount(group), np.zeros((group.max() + 1, z.shape[1]))
        np.add.at(total, group, points)
        if len(count) > 1:
            apart = (total.sum(axis=0) - total) / (len(points) - count)[:, None]
            distance[mine, label] = np.linalg.norm(points - apart[group], axis=1)
    rows = np.arange(len(z))
    own = np.square(distance[rows, samples.label])
    spread = np.sqrt(np.bincount(samples.label, weights=own) / np.bincount(samples.label))
    # A class of one pixel has no spread of its own; the others' stands in.
    spread = np.where(spread > 0, spread, spread.max() or 1.0)
    return Reach(centres, spread, np.quantile((distance / spread).min(axis=1), np.linspace(0, 1, QUANTILES)))
