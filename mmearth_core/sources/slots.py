"""Slots: the times of the year a probe has learned, and which image of another place or year stands for each.

A probe with several dates has a slot for each: an identity and a day of the year. Images are matched to slots by the
day of the year, whatever the year; what has no partner near enough does not vote.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.sources.embedding import described

#: Days of the year that may lie between a slot and the image that stands for it.
FARTHEST = 45
_YEAR = 365.25
#: Days that count against a pair for each place in the order that lies between its slot and its image: next to nothing.
_TIE = 1e-6


@dataclass(frozen=True)
class Slot:
    """A time of the year, as a probe knows it: the embeddings' `name`, `identity` and number of `bands`, and the `day`
    of the year, 1 … 366 (None when there is no date, which only a single slot may lack)."""

    name: str
    identity: str
    bands: int
    day: int | None = None

    def __str__(self) -> str:
        return "undated" if self.day is None else day_in_words(self.day)


@dataclass(frozen=True)
class Columns:
    """What the columns of pixels' values mean: the bands of each slot, slot after slot, then the extra layers."""

    slots: tuple[Slot, ...]
    layers: tuple[str, ...] = ()

    def __len__(self) -> int:
        return sum(slot.bands for slot in self.slots) + len(self.layers)

    def of_slot(self, index: int) -> slice:
        """The columns of a slot."""
        start = sum(slot.bands for slot in self.slots[:index])
        return slice(start, start + self.slots[index].bands)

    @property
    def of_layers(self) -> slice:
        """The columns of the layers."""
        return slice(len(self) - len(self.layers), len(self))

    def present(self, values: NDArray[np.float32]) -> NDArray[np.bool_]:
        """(n, slots): which slots have an embedding, of values (n, columns), NaN where there is none."""
        starts = [self.of_slot(index).start for index in range(len(self.slots))]
        return ~np.isnan(values[:, starts])


def day_in_words(day: int) -> str:
    """A day of the year, as in a leap year, as "12 May"."""
    when = date(2024, 1, 1) + timedelta(day - 1)
    return f"{when.day} {when:%B}"


def days_apart(one: int, other: int) -> float:
    """Days between two days of the year, around its end too."""
    apart = abs(one - other)
    return min(apart, _YEAR - apart)


def seasons_apart(one: Slot, other: Slot) -> float:
    """Days of the year between two slots; 0 where one has none, for then nothing tells them apart."""
    return 0.0 if one.day is None or other.day is None else days_apart(one.day, other.day)


def not_used(images: Sequence[Slot], used: Collection[int | None], place: str) -> tuple[str, ...]:
    """What is to be said of the images of a place that stand for no date of a probe; nothing where all do."""
    unused = [str(each) for index, each in enumerate(images) if index not in used]
    return (f"{place}: {', '.join(unused)} is near no date that was learned, and is not used",) if unused else ()


@dataclass(frozen=True)
class Match:
    """Which image stands for each slot: an index, or None; and what is to be said of it."""

    images: tuple[int | None, ...]
    messages: tuple[str, ...]


def check_bands(slots: Sequence[Slot], place: str) -> None:
    """Raise `MMEarthError`, which names the `place`, when two of one identity have different numbers of bands."""
    bands: dict[str, int] = {}
    for slot in slots:
        if bands.setdefault(slot.identity, slot.bands) != slot.bands:
            raise MMEarthError(
                f"{place}: embeddings by {described(slot.name, slot.identity)} have {bands[slot.identity]} bands in one"
                f" place and {slot.bands} in another, so one is damaged or cut; make it again."
            )


def match(slots: Sequence[Slot], images: Sequence[Slot], place: str) -> Match:
    """The image for each of a probe's slots, so that the days between them are fewest in all.

    A single image always stands for a single slot of its identity. Otherwise what is undated, as annual embeddings are,
    stands for an undated slot, and days more than `FARTHEST` apart are no pair. Raises `MMEarthError`, which names the
    `place`, when no slot has an image.
    """
    fits = np.array([[one.identity == two.identity for two in images] for one in slots])
    if not fits.any():
        raise MMEarthError(
            f"{place} is an embedding by {described(images[0].name, images[0].identity)}, the probe was fitted on"
            f" {described(slots[0].name, slots[0].identity)}; take an embedding of that, or fit again."
        )
    check_bands((*slots, *images), place)
    if len(slots) == len(images) == 1:
        return Match((0,), _season(slots[0], images[0]))
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - slow, and only where several dates are matched

    for owner, each in ((place, images), ("The probe", slots)):
        undated = [slot.identity for slot in each if slot.day is None]
        if len(set(undated)) < len(undated) or set(undated) & {slot.identity for slot in each if slot.day is not None}:
            raise MMEarthError(
                f"{owner} has several images of {described(each[0].name, each[0].identity)}, of which some have no"
                " date; dates are matched by the day of the year, so give each its date."
            )
    dated = {slot.identity for slot in slots if slot.day is not None}
    if any(image.day is None and image.identity in dated for image in images):
        raise MMEarthError(
            f"{place} has no date, and the probe learned from several ({', '.join(map(str, slots))}); give its date in"
            " a working set."
        )
    apart = np.array([[_distance(one, two) for two in images] for one in slots])
    # Between equals, as of the same day in two years, the first image stands for the first slot.
    order = np.abs(np.subtract.outer(np.arange(len(slots)), np.arange(len(images))))
    cost = np.where(fits & (apart <= FARTHEST), apart + _TIE * order, 1e6)
    found: list[int | None] = [None] * len(slots)
    for slot, image in zip(*linear_sum_assignment(cost), strict=True):
        if cost[slot, image] < 1e6:
            found[slot] = int(image)
    if all(each is None for each in found):
        raise MMEarthError(
            f"No image of {place} ({', '.join(map(str, images))}) is within {FARTHEST} days of the year of one that the"
            f" probe has learned ({', '.join(map(str, slots))}); fit on images of that time of the year."
        )
    return Match(tuple(found), _told(slots, images, found, place))


def _distance(slot: Slot, image: Slot) -> float:
    if slot.day is None or image.day is None:
        return 0 if slot.day is image.day else np.inf
    return days_apart(slot.day, image.day)


def _told(slots: Sequence[Slot], images: Sequence[Slot], found: list[int | None], place: str) -> tuple[str, ...]:
    pairs = [f"{images[image]} for {slots[slot]}" for slot, image in enumerate(found) if image is not None]
    messages = []
    if any(image is not None and images[image].day != slots[slot].day for slot, image in enumerate(found)):
        messages.append(f"{place}: images stand for the dates learned, by the day of the year: {'; '.join(pairs)}")
    lacking = [str(slots[slot]) for slot, image in enumerate(found) if image is None]
    if lacking:
        messages.append(f"{place} has no image for {', '.join(lacking)}: that does not vote")
    return (*messages, *not_used(images, found, place))


def _season(slot: Slot, image: Slot) -> tuple[str, ...]:
    if seasons_apart(slot, image) <= FARTHEST:
        return ()
    return (f"The image is of {image}, the probe learned from one of {slot}: another season looks different",)
