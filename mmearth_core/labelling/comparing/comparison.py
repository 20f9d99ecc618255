"""Classes compared by their samples: how their values spread, how well two are told apart, who is unlike the others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.labelling.comparing.gaussians import Gaussians
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
    like, and how many standard deviations it is away from its own."""

    fid: int
    part: int
    label: str
    nearest: str
    distance: float


@dataclass(frozen=True, eq=False)
class Comparison:
    """Classes side by side. `samples` and `pixels` count what each has; `separability` (classes, classes) is the
    Jeffries–Matusita distance, 0 … 2, not-a-number on the diagonal and where a class has too few samples."""

    classes: tuple[MapClass, ...]
    samples: tuple[int, ...]
    pixels: tuple[int, ...]
    embedding: Spread
    spectra: Spread | None
    separability: NDArray[np.float64]
    odd: tuple[OddSample, ...]
    messages: tuple[str, ...]


def compare(samples: Samples, *, bands: Sequence[str], spectra: Spread | None = None) -> Comparison:
    """Compare the classes of some samples, on the embedding alone: layers beside it do not count.

    `bands` name the columns of the embedding. Pixels that some date has no embedding of are left out, and told.
    """
    values = samples.values[:, : samples.columns.of_layers.start].astype(np.float64)
    whole = np.asarray(np.isfinite(values).all(axis=1))
    if not whole.any():
        raise MMEarthError("No pixel under the samples has an embedding on every date; take one date.")
    messages = list(samples.messages)
    if lost := int((~whole).sum()):
        messages.append(left_out(lost, "pixel", "without an embedding on every date"))
    kept, values = samples.subset(whole), values[whole]
    gaussians = Gaussians.of(kept, values)
    names = samples.legend.names
    groups = [samples.groups[each] for each in np.unique(kept.group).tolist()]
    odd = [(samples.groups[each.group], each) for each in gaussians.unlike()]
    return Comparison(
        classes=samples.legend.classes,
        samples=tuple(sum(group.label == index for group in groups) for index in range(len(names))),
        pixels=tuple(np.bincount(kept.label, minlength=len(names)).tolist()),
        embedding=spread(values, kept.label, len(names), tuple(bands)),
        spectra=spectra,
        separability=gaussians.separability(),
        odd=tuple(
            OddSample(group.fid, group.part, names[group.label], names[each.nearest], each.distance)
            for group, each in odd
        ),
        messages=tuple(messages),
    )


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
