"""Classes compared by their samples: how their values spread, how well two are told apart, who is unlike the others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.labelling.comparing.gaussians import Gaussians, separability, unlike
from mmearth_core.labelling.fitting import Dates, what_dates_say
from mmearth_core.labelling.probe import learnable
from mmearth_core.labelling.samples import Samples
from mmearth_core.maps.legend import MapClass
from mmearth_core.wording import left_out

#: What is told of a spread: the lowest and highest tenth are left out.
LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9
#: Pixels that a class must have for its spread to be told.
FEWEST_PIXELS = 5


@dataclass(frozen=True, eq=False)
class Spread:
    """How values of classes spread over their pixels: `low`, `middle` and `high` (classes, bands) are the 10 %, 50 %
    and 90 % of the values, not-a-number where a class has too few pixels. `wavelengths` in nm, where known."""

    bands: tuple[str, ...]
    low: NDArray[np.float64]
    middle: NDArray[np.float64]
    high: NDArray[np.float64]
    wavelengths: tuple[float, ...] | None = None


@dataclass(frozen=True)
class OddSample:
    """A sample that is unlike the others of its class: its feature (`part` of it), its class, the class it is most
    like, and how many standard deviations it is away from its own, on which `date` of several that vote."""

    fid: int
    part: int
    label: str
    nearest: str
    distance: float
    date: str | None = None


@dataclass(frozen=True, eq=False)
class Comparison:
    """Classes side by side, as a probe would learn them. `samples` and `pixels` count what each has; `separability`
    (classes, classes) is the Jeffries–Matusita distance, 0 … 2, not-a-number on the diagonal and where a class has too
    few samples; where several dates vote, that of the date that tells the two apart best, named in `told_on`.
    `no_spectra` says why there are none where a scene was asked for, or there are several places."""

    classes: tuple[MapClass, ...]
    samples: tuple[int, ...]
    pixels: tuple[int, ...]
    embedding: Spread
    spectra: Spread | None
    separability: NDArray[np.float64]
    odd: tuple[OddSample, ...]
    messages: tuple[str, ...]
    told_on: tuple[tuple[str | None, ...], ...] | None = None
    no_spectra: str | None = None


def compare(
    samples: Samples, *, bands: Sequence[str], spectra: Spread | None = None, dates: Dates = "vote"
) -> Comparison:
    """Compare the classes of some samples, as a probe of these `dates` learns them: where they vote on each by itself,
    at the pixels clear on it; where one probe sees them together on all, at the pixels that every date has.

    `bands` name the columns of the embedding. On the embedding alone: layers beside it do not count, which is told, as
    is what is left out.
    """
    columns, names = samples.columns, samples.legend.names
    values = samples.values[:, : columns.of_layers.start].astype(np.float64)
    present = columns.present(samples.values)
    together = dates == "together"
    learned = learnable(samples, together=together)
    members = learned or _any_date(present, together=together)
    seen = [np.asarray(present[:, group].all(axis=1)) for group in members]
    whole = np.asarray(np.logical_or.reduce(seen), np.bool_)
    if not whole.any():
        raise MMEarthError("No pixel under the samples has an embedding on every date; take one date or let them vote.")
    known = [tuple(np.unique(samples.label[there]).tolist()) for there in seen]
    messages = [*samples.messages, *what_dates_say(columns, names, list(zip(members, known, strict=True)))]
    if not learned and len(names) > 1:
        messages.append("no map can be made of these samples: some class is clear on no date that shows another too")
    if lost := int((~whole).sum()):
        why = "without an embedding on every date" if together else "without an embedding on a date that counts"
        messages.append(left_out(lost, "pixel", why))
    if columns.layers:
        messages.append(f"compared on the embedding alone, without layers ({', '.join(columns.layers)})")
    on = [
        Gaussians.of(samples.subset(there), values[there][:, _bands_of(samples, group)])
        for group, there in zip(members, seen, strict=True)
    ]
    kept = samples.subset(whole)
    groups = [samples.groups[each] for each in np.unique(kept.group).tolist()]
    shown = np.concatenate([_bands_of(samples, group) for group in members])
    distances, best = separability(on)
    told = [str(columns.slots[group[0]]) for group in members] if len(members) > 1 else None
    odd = [(samples.groups[each.group], each) for each in unlike(on, samples.group_labels.tolist())]
    return Comparison(
        classes=samples.legend.classes,
        samples=tuple(sum(group.label == index for group in groups) for index in range(len(names))),
        pixels=tuple(np.bincount(kept.label, minlength=len(names)).tolist()),
        embedding=spread(values[whole][:, shown], kept.label, len(names), tuple(bands[index] for index in shown)),
        spectra=spectra,
        separability=distances,
        odd=tuple(
            OddSample(
                group.fid,
                group.part,
                names[group.label],
                names[each.nearest],
                each.distance,
                None if told is None else told[each.date],
            )
            for group, each in odd
        ),
        messages=tuple(messages),
        told_on=None if told is None else tuple(tuple(told[n] if n >= 0 else None for n in row) for row in best),
    )


def _any_date(present: NDArray[np.bool_], *, together: bool) -> list[tuple[int, ...]]:
    """What there is to compare where no probe could learn all classes: all dates, or each that has pixels."""
    slots = range(present.shape[1])
    return [tuple(slots)] if together else [(slot,) for slot in slots if present[:, slot].any()]


def _bands_of(samples: Samples, slots: Sequence[int]) -> NDArray[np.intp]:
    """The columns of some slots."""
    return np.concatenate([np.r_[samples.columns.of_slot(slot)] for slot in slots]).astype(np.intp)


def spread(
    values: NDArray[np.floating],
    label: NDArray[np.intp],
    classes: int,
    bands: tuple[str, ...],
    wavelengths: tuple[float, ...] | None = None,
) -> Spread:
    """The spread of values (n, bands) of so many classes; a pixel that has no value of a band is none of its."""
    found = np.full((3, classes, len(bands)), np.nan)
    for index in range(classes):
        mine = values[label == index]
        enough = np.isfinite(mine).sum(axis=0) >= FEWEST_PIXELS
        found[:, index, enough] = np.nanquantile(mine[:, enough], (LOW, MIDDLE, HIGH), axis=0)
    return Spread(bands, found[0], found[1], found[2], wavelengths)
