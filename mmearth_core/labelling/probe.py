"""The probe: multinomial logistic regression on embeddings, a frozen value that predicts, refits and knows its reach.

It belongs to the slots it learned from (identity and time of the year). Of several slots each has a member of its own,
and members vote: the logarithms of their probabilities are added, and one whose image is missing at a pixel is left
out. Beside labelled pixels it may learn from others of the scene (`regression`). It reads no raster, draws no sample.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.labelling.regression import (
    CLARITY,
    TEMPER,
    Solution,
    clarify,
    class_shares,
    log_softmax,
    shift,
    solve,
)
from mmearth_core.labelling.samples import Samples, sample_weights
from mmearth_core.maps.legend import Legend
from mmearth_core.processors import one_thread_each
from mmearth_core.records import NOT_NEGATIVE, Form, Rule, plain
from mmearth_core.sources.layers import LayerScale, layer_scale, scaled_layer
from mmearth_core.sources.slots import Columns
from mmearth_core.sources.unlabelled import Unlabelled

#: Inverse strength of the L2 penalty on standardised embeddings, the samples' weights summing to one, unless chosen.
REGULARISATION = 30.0
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


#: Shares of classes are positive and of a sum of one.
_SHARES = Rule(lambda shares: bool((shares > 0).all() and abs(shares.sum() - 1) < 1e-6), "must be shares of one")
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
    """What a probe was fitted on: pixels, polygons (groups), the digest of `Samples.digest`, and where they lie, as
    `vectors.kept` packs it; None where that is not kept."""

    pixels: Annotated[int, NOT_NEGATIVE]
    polygons: Annotated[int, NOT_NEGATIVE]
    digest: str
    places: str | None = None


@dataclass(frozen=True, eq=False)
class FromUnlabelled:
    """What a probe learned from pixels without a label: how many there were, of how many blocks, drawn with which seed,
    and the digest of `Unlabelled.digest`; `clarity`, how much it counted that they are told clearly; `shares`
    (classes,), how many of them each class has, None when that was not asked for, and `temper`, how much of it is
    believed."""

    pixels: Annotated[int, NOT_NEGATIVE]
    blocks: Annotated[int, NOT_NEGATIVE]
    seed: Annotated[int, NOT_NEGATIVE]
    digest: str
    clarity: Annotated[float, NOT_NEGATIVE]
    shares: Annotated[Numbers, _SHARES] | None
    temper: Annotated[float, NOT_NEGATIVE]


@dataclass(frozen=True)
class Strengths:
    """What is chosen by validation: C of the regression, and the weight of the extra layers (0: they are left out)."""

    regularisation: float = REGULARISATION
    layers: float = 1.0


@dataclass(frozen=True, eq=False)
class Member:
    """The part of a probe that looks at some `slots` (by index), at a pixel that has them all, and tells some `classes`
    (by index) from each other: those that had samples there.

    With z = (value − `centre`) / `scale` of their bands, and the scaled layers after them, the class scores are
    `coefficients` · z + `intercept`. `coefficients` (classes, bands and layers), `intercept` (classes,), `centre`
    (bands,), `scale` one number.
    """

    slots: tuple[int, ...]
    classes: tuple[int, ...]
    coefficients: NDArray[np.float64]
    intercept: NDArray[np.float64]
    centre: NDArray[np.float64]
    scale: float
    reach: Reach

    @property
    def bands(self) -> int:
        return len(self.centre)

    def standardised(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """z of values (n, bands), without the layers."""
        z: NDArray[np.float32] = (values - self.centre.astype(np.float32)) / np.float32(self.scale)
        return z

    @cached_property
    def folded(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """(W (classes, bands), V (classes, layers), b (classes,)): scores = W · value + V · scaled layers + b."""
        weights = self.coefficients[:, : self.bands] / self.scale
        return weights, self.coefficients[:, self.bands :], self.intercept - weights @ self.centre

    @cached_property
    def guide(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(W (k, bands), c (k,)): W · value + c are the `MOST_GUIDES` directions, or fewer, along which the centres of
        the classes lie apart most, with mean 0, and variance 1 in the first. What `smoothed` is guided by."""
        middle = self.reach.centres.mean(axis=0)
        with one_thread_each():
            _, lengths, directions = np.linalg.svd(self.reach.centres - middle, full_matrices=False)
        along = directions[: min(MOST_GUIDES, len(self.reach.centres) - 1)]
        along = along / (float(lengths[0]) / np.sqrt(len(self.reach.centres)) or 1.0)
        return along / self.scale, -along @ (middle + self.centre / self.scale)


@dataclass(frozen=True, eq=False)
class Probe:
    """A fitted probe: its `members`, the `layers` they look at too, and what it knows of the samples.

    `columns` are those of the samples' values; of their layers only those in `layers` count.
    """

    columns: Columns
    members: tuple[Member, ...]
    layers: tuple[LayerScale, ...]
    legend: Legend
    strengths: Strengths
    training: Training
    unlabelled: FromUnlabelled | None = None

    def as_dict(self) -> dict[str, Any]:
        """What a reader asks of it, as plain values; not its numbers, which `probe_file` writes."""
        slots = self.columns.slots
        dates = {"dates": [str(slots[index]) for member in self.members for index in member.slots]}
        layers = {"layers": {layer.name: layer.weight for layer in self.layers}}
        told = {name: value for name, value in asdict(self.training).items() if name != "places"}
        return {
            "model": ", ".join(dict.fromkeys(slot.name for slot in slots)),
            "model_id": ", ".join(dict.fromkeys(slot.identity for slot in slots)),
            "classes": {str(each.value): each.name for each in self.legend.classes},
            "training": told | {"regularisation": self.strengths.regularisation},
            "unlabelled": plain(self.unlabelled),
            "embedding bands": sum(member.bands for member in self.members),
            **(dates | {"dates together": self.together} if len(slots) > 1 else {}),
            **(layers if self.layers else {}),
        }

    @cached_property
    def shift(self) -> NDArray[np.float32]:
        """What the class shares among pixels without a label add to the scores (classes,)."""
        learned = self.unlabelled
        if learned is None or learned.shares is None:
            return np.zeros(len(self.legend), np.float32)
        return shift(learned.shares, learned.temper).astype(np.float32)

    @property
    def looks_at(self) -> Columns:
        """The columns it looks at: all slots, and the layers that count."""
        return Columns(self.columns.slots, tuple(layer.name for layer in self.layers))

    def scaled_layers(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, layers) of the layers' columns (n, layers that the samples have), in the order of `columns`."""
        names = list(self.columns.layers)
        scaled = np.zeros((len(values), len(self.layers)), np.float32)
        for out, layer in zip(scaled.T, self.layers, strict=True):
            out[:] = scaled_layer(layer, values[:, names.index(layer.name)])
        return scaled

    def scores(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scores (n, classes) of values (n, columns): linear ones of a single member, else the sum of the members'
        votes, and the shift; that alone where no member has its slots.

        A vote is the logarithm of how much likelier the classes are than they are on average: of a class that a member
        does not know, 0.
        """
        present = self.columns.present(values)
        layers = self.scaled_layers(values[:, self.columns.of_layers])
        total = np.zeros((len(values), len(self.legend)), np.float32)
        for member in self.members:
            there = present[:, member.slots].all(axis=1)
            bands = np.concatenate([values[there, self.columns.of_slot(index)] for index in member.slots], axis=1)
            weights, of_layers, bias = (each.astype(np.float32) for each in member.folded)
            scores = bands @ weights.T + layers[there] @ of_layers.T + bias
            if self.votes:
                scores = log_softmax(scores, axis=1) + np.float32(np.log(len(member.classes)))
            total[np.ix_(np.flatnonzero(there), np.array(member.classes))] += scores
        return total + self.shift

    @property
    def together(self) -> bool:
        """Whether one member sees several dates at once, and nothing where one of them is missing."""
        return any(len(member.slots) > 1 for member in self.members)

    @property
    def votes(self) -> bool:
        """Whether there are several members, or one that does not know all classes."""
        return len(self.members) > 1 or len(self.members[0].classes) < len(self.legend)

    def seen(self, values: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Which values (n, columns) some member has its slots of; of the others nothing can be said."""
        present = self.columns.present(values)
        return np.asarray(np.any([present[:, member.slots].all(axis=1) for member in self.members], axis=0))

    def probabilities(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Class probabilities (n, classes) of values (n, columns)."""
        scores = self.scores(values)
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities: NDArray[np.float32] = powers / powers.sum(axis=1, keepdims=True)
        return probabilities

    def predict(self, values: NDArray[np.float32]) -> NDArray[np.intp]:
        """Index into `legend.classes` (n,) of values (n, columns)."""
        best: NDArray[np.intp] = np.argmax(self.scores(values), axis=1)
        return best

    def margins(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probability of the best class minus that of the second (n,): 0 undecided … 1 certain."""
        best = np.partition(self.probabilities(values), -2, axis=1)
        margins: NDArray[np.float32] = best[:, -1] - best[:, -2]
        return margins

    def standardised(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """z (n, bands of all members) of values (n, columns); NaN where a slot has no embedding."""
        parts = [
            member.standardised(np.concatenate([values[:, self.columns.of_slot(i)] for i in member.slots], axis=1))
            for member in self.members
        ]
        return np.concatenate(parts, axis=1)

    @property
    def centres(self) -> NDArray[np.float32]:
        """Centres of the classes (classes, bands of all members) among what `standardised` gives; NaN where a member
        does not know the class."""
        parts = []
        for member in self.members:
            parts.append(np.full((len(self.legend), member.bands), np.nan, np.float32))
            parts[-1][list(member.classes)] = member.reach.centres
        return np.concatenate(parts, axis=1)


def fit_probe(
    samples: Samples,
    *,
    strengths: Strengths | None = None,
    unlabelled: Unlabelled | None = None,
    previous: Probe | None = None,
    together: bool = False,
) -> Probe:
    """Fit a probe; the same samples in any order give the same one.

    A member knows the classes that have pixels in its slot; one with fewer than two is none. With `together` one member
    looks at all slots at once, and at those pixels only that have them all. C of the objective C · Σ weight · loss +
    ½‖coefficients‖² is `strengths.regularisation`. With `previous` (a probe of the same slots) the search starts there,
    classes matched by name: what the labels say is found sooner, and is the same. Raises `MMEarthError` when there are
    fewer than two classes, or some class is in no slot.
    """
    strengths = strengths or Strengths()
    present = np.unique(samples.label)
    if len(samples.legend) < 2 or len(present) < len(samples.legend):
        raise MMEarthError(
            f"The samples have one class only ({', '.join(samples.legend.names)}); label at least two classes."
        )
    weight = sample_weights(samples)
    layers = _layer_scales(samples, weight, strengths.layers)
    groups = learnable(samples, together=together)
    if not groups:
        raise MMEarthError(
            "Some class has no sample that is clear of clouds on a date that shows another class too; draw samples of"
            " each class where some date is clear."
        )
    draft = Probe(
        columns=samples.columns,
        members=(),
        layers=layers,
        legend=samples.legend,
        strengths=strengths,
        training=Training(len(samples), len(np.unique(samples.group)), samples.digest),
    )
    with one_thread_each():  # so that sums round the same way wherever it is fitted
        fitted = [_fit_member(samples, slots, draft, previous, unlabelled) for slots in groups]
        if unlabelled is None:
            return replace(draft, members=tuple(member for member, _ in fitted))
        labels_alone = replace(draft, members=tuple(member for member, _ in fitted))
        learned = _learned(labels_alone, unlabelled)
    return replace(draft, members=tuple(member for _, member in fitted), unlabelled=learned)


def _learned(labels_alone: Probe, unlabelled: Unlabelled) -> FromUnlabelled:
    """What the pixels tell of class shares, to a probe that knows the labels alone; pixels that no member sees do not
    count."""
    shares = None
    if unlabelled.prior == "tempered":
        seen = labels_alone.seen(unlabelled.values)
        shares = class_shares(labels_alone.scores(unlabelled.values[seen])) if seen.any() else None
    return FromUnlabelled(
        pixels=len(unlabelled),
        blocks=unlabelled.blocks,
        seed=unlabelled.seed,
        digest=unlabelled.digest,
        clarity=CLARITY,
        shares=shares,
        temper=TEMPER,
    )


def learnable(samples: Samples, *, together: bool = False) -> list[tuple[int, ...]]:
    """The slots (by index) of each member that can be fitted: those with pixels of two classes or more. None when they
    do not tell all classes."""
    slots = range(len(samples.columns.slots))
    present = samples.columns.present(samples.values)
    groups = [tuple(slots)] if together else [(index,) for index in slots]
    classes = {group: set(samples.label[present[:, group].all(axis=1)].tolist()) for group in groups}
    fit = [group for group in groups if len(classes[group]) > 1]
    known = set().union(*(classes[group] for group in fit))
    return fit if len(known) == len(samples.legend) else []


def _layer_scales(samples: Samples, weight: NDArray[np.float64], strength: float) -> tuple[LayerScale, ...]:
    """The scale of every layer that has values; none at a strength of 0."""
    if not strength:
        return ()
    columns = zip(samples.columns.layers, samples.values[:, samples.columns.of_layers].T, strict=True)
    scales = (layer_scale(name, values, weight, strength) for name, values in columns)
    return tuple(scale for scale in scales if scale is not None)


def _fit_member(
    samples: Samples, slots: tuple[int, ...], draft: Probe, previous: Probe | None, unlabelled: Unlabelled | None
) -> tuple[Member, Member]:
    """A member that knows the labels alone, and one that learned from pixels without a label too."""
    columns = samples.columns

    def seen(values: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The bands of the slots, and what the regression sees, of values (n, columns) that have them."""
        bands = np.concatenate([values[:, columns.of_slot(index)] for index in slots], axis=1)
        z = np.ascontiguousarray((bands - centre) / scale, np.float32)
        return z, np.hstack([z, draft.scaled_layers(values[:, columns.of_layers])]) if draft.layers else z

    there = np.asarray(samples.columns.present(samples.values)[:, slots].all(axis=1))
    if not there.all():
        samples = samples.subset(there)
    present, label = np.unique(samples.label, return_inverse=True)
    classes = tuple(present.tolist())
    legend = Legend(tuple(samples.legend.classes[index] for index in classes))
    samples = replace(samples, label=label.astype(np.intp), legend=legend)
    values = np.concatenate([samples.values[:, samples.columns.of_slot(index)] for index in slots], axis=1)
    weight = sample_weights(samples)
    centre = weight @ values
    # One scale for all bands: whitening each band inflates bands that hold little but noise.
    scale = float(np.sqrt(np.mean(weight @ np.square(values - centre)))) or 1.0
    z, rows = seen(samples.values)
    before = None if previous is None else next((each for each in previous.members if each.slots == slots), None)
    start = None
    if previous is not None and before is not None and before.coefficients.shape[1] == rows.shape[1]:
        known = [previous.legend.names[index] for index in before.classes]
        start = _start(before, known, legend.names, centre, scale)
    taught = rows, samples.label, weight, draft.strengths.regularisation
    solution = solve(*taught, start)
    member = Member(slots, classes, *solution, centre, scale, _reach(z, samples))
    if unlabelled is None:
        return member, member
    others = unlabelled.values[columns.present(unlabelled.values)[:, slots].all(axis=1)]
    if not len(others):
        return member, member
    coefficients, intercept = clarify(*taught, solution, seen(others)[1])
    return member, replace(member, coefficients=coefficients, intercept=intercept)


def _start(
    before: Member, known: Sequence[str], names: Sequence[str], centre: NDArray[np.float64], scale: float
) -> Solution:
    """The previous solution, of the `known` classes, in the new standardisation of the bands; zeros for new classes."""
    coefficients, intercept = np.zeros((len(names), before.coefficients.shape[1])), np.zeros(len(names))
    moved = before.coefficients.copy()
    moved[:, : before.bands] *= scale / before.scale
    shifted = before.intercept + before.coefficients[:, : before.bands] @ ((centre - before.centre) / before.scale)
    index = {name: i for i, name in enumerate(known)}
    for row, name in enumerate(names):
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
