"""A probe on the pixels of a place: scores and remoteness straight from the numbers that files store."""

from dataclasses import replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.labelling.probe import Member, Probe
from mmearth_core.labelling.regression import log_softmax
from mmearth_core.labelling.streaming import CHUNK
from mmearth_core.sources.embedding import Embedding, Stored
from mmearth_core.sources.layers import scaled_layer, without_value
from mmearth_core.sources.slots import FARTHEST, match, not_used, seasons_apart
from mmearth_core.sources.stack import Pixels, Stack


class PixelProbe:
    """What a probe says of the pixels of a stack that has its slots and layers."""

    def __init__(self, probe: Probe, stack: Stack) -> None:
        used = {index for member in probe.members for index in member.slots}
        images = tuple(image if index in used else None for index, image in enumerate(stack.images))
        self.probe, self.stack = probe, replace(stack, images=images)
        self.members = [
            MemberOnPixels(member, [images[index] for index in member.slots])
            for member in probe.members
            if all(images[index] is not None for index in member.slots)
        ]
        titles = list(stack.columns.layers)
        self.layers = [titles.index(layer.name) for layer in probe.layers]

    @classmethod
    def of(cls, probe: Probe, stack: Stack) -> tuple[Self, tuple[str, ...]]:
        """On any stack, after `Stack.matched`, whose error it raises, and what is to be said of the match.

        Raises `MMEarthError` when no member has all of its dates there: nothing could be said of any pixel.
        """
        matched, messages = stack.matched(probe.looks_at)
        found = cls(probe, matched)
        if not found.members:
            raise MMEarthError(
                f"{stack.name} has no image for {found.lacking}, and the probe sees its dates together; give it these"
                " dates in a working set, or fit with dates that vote."
            )
        return found, messages

    @classmethod
    def of_looks(cls, probe: Probe, stack: Stack) -> tuple[Self, tuple[str, ...]]:
        """On several images of a place, of which each votes; and what is to be said of it.

        A probe of several dates takes them as `of` does. One of a single date sees each of them as its own, as members
        of a probe that vote (see `Probe.scores`); images of more than `FARTHEST` days of the year away do not vote,
        unless there is no other: then the nearest is seen alone. Raises `MMEarthError` as `Stack.matched`.
        """
        if len(stack.images) == 1 or len(probe.columns.slots) > 1:
            return cls.of(probe, stack)
        learned = probe.columns.slots[0]
        apart = [seasons_apart(learned, slot) for slot in stack.slots]
        near = [index for index, days in enumerate(apart) if days <= FARTHEST] or [int(np.argmin(apart))]
        slots = tuple(stack.slots[index] for index in near)
        images, dates = tuple(stack.images[index] for index in near), tuple(stack.dates[index] for index in near)
        chosen = replace(stack, images=images, dates=dates, slots=slots)
        messages: tuple[str, ...] = ()
        if len(near) == 1:
            found, messages = cls.of(probe, chosen)
        else:
            for slot in stack.slots:
                match((learned,), (slot,), stack.name)  # raises when it is of another model
            members = tuple(replace(probe.members[0], slots=(index,)) for index in range(len(near)))
            found = cls(replace(probe, columns=replace(probe.columns, slots=slots), members=members), chosen)
        return found, (*messages, *not_used(stack.slots, near, stack.name))

    @property
    def lacking(self) -> str:
        """The dates that have no image."""
        pairs = zip(self.probe.columns.slots, self.stack.images, strict=True)
        return ", ".join(str(slot) for slot, image in pairs if image is None)

    def seen(self, pixels: Pixels) -> NDArray[np.bool_]:
        """Where some member has all its slots; nothing can be said elsewhere."""
        found = np.zeros(pixels.shape, np.bool_)
        for each in self.members:
            found |= np.logical_and.reduce([pixels.valid[slot] for slot in each.member.slots])
        return found

    def beyond_layers(self, pixels: Pixels) -> NDArray[np.intp]:
        """How many pixels are seen, and in how many of these each layer that the probe looks at has no value."""
        seen = self.seen(pixels)
        lacking = ~np.isfinite(pixels.layers[self.layers])
        return np.array([seen.sum(), *((seen & each).sum() for each in lacking)], np.intp)

    def said_beyond(self, counts: NDArray[np.intp], of: str = "pixels") -> list[str]:
        """What is to be said of sums of `beyond_layers`, of pixels that are called so."""
        seen, *lacking = counts.tolist()
        pairs = zip(self.probe.layers, lacking, strict=True)
        return [without_value(layer, number, seen, of) for layer, number in pairs if number]

    def scorer(self, *, guided: bool = False) -> "Scorer":
        """What works through pixels chunk by chunk; for one thread. Where `guided` it gives the guide of `smoothed`
        too."""
        return Scorer(self, guided=guided)


class MemberOnPixels:
    """A member on the numbers that its images store. Where values are linear in these, they are not decoded: the
    decoding is folded into the weights.

    x are the stored numbers (bands, n), or the values where they are not linear in them.
    """

    def __init__(self, member: Member, images: "list[Embedding | None]") -> None:
        self.member = member
        self._images = [image for image in images if image is not None]
        steps = [image.linear or _as_they_are(len(image.bands)) for image in self._images]
        self._step, self._lowest = (np.concatenate(each).astype(np.float64) for each in zip(*steps, strict=True))
        self._square, self._linear, self._constant = self._remoteness_form()

    def rows(self, *, guided: bool) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """(W (rows, bands), V (rows, layers), b (rows, 1)): W · x + V · scaled layers + b are the scores and, where
        `guided`, the guide of `smoothed` in the rows after the classes."""
        weights, of_layers, bias = self.member.folded
        if guided:
            guide, level = self.member.guide
            weights, bias = np.vstack([weights, guide]), np.concatenate([bias, level])
            of_layers = np.vstack([of_layers, np.zeros((len(guide), of_layers.shape[1]))])
        on_numbers = np.ascontiguousarray(weights * self._step, np.float32)
        return on_numbers, of_layers.astype(np.float32), (bias + weights @ self._lowest).astype(np.float32)[:, None]

    def _remoteness_form(self) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """(Q, L (classes, bands), c (classes, 1)): squared remoteness per class = Q · x² + L · x + c."""
        member, reach = self.member, self.member.reach
        scale = self._step / member.scale
        apart = (self._lowest - member.centre) / member.scale - reach.centres
        weight = 1 / np.square(reach.spread)[:, None]
        square = np.ascontiguousarray(weight * np.square(scale), np.float32)
        linear = np.ascontiguousarray(2 * weight * scale * apart, np.float32)
        return square, linear, (weight * np.square(apart)).sum(axis=1).astype(np.float32)[:, None]

    def numbers(self, pixels: Pixels, out: NDArray[np.float32]) -> NDArray[np.bool_]:
        """x of pixels (n,), into `out`, 0 where there is no embedding; returns where there is one in all slots."""
        row, everywhere = 0, np.ones(pixels.shape, np.bool_)
        for image, slot in zip(self._images, self.member.slots, strict=True):
            stored, valid = pixels.stored[slot], pixels.valid[slot]
            part = out[row : row + len(stored)]
            np.copyto(part, stored if image.linear is not None else image.decode(stored))
            if stored.dtype.kind == "f":  # may be NaN
                part[:, ~valid] = 0
            everywhere &= valid
            row += len(stored)
        return everywhere

    def remoteness(self, numbers: NDArray[np.float32]) -> NDArray[np.float32]:
        """Squared remoteness (n,) of x (bands, n); see `Reach`."""
        squared = self._square @ np.square(numbers) + self._linear @ numbers + self._constant
        nearest: NDArray[np.float32] = squared.min(axis=0)
        return nearest


def _as_they_are(bands: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    return np.ones(bands, np.float32), np.zeros(bands, np.float32)


class Scorer:
    """Scores of pixels, `CHUNK` at a time, in arrays used again and again.

    Every chunk is full (the end of the last one is left over from the one before): products of one size round the same
    way, so where a chunk ends never changes a class. Guided, each member's guide comes after the scores of the classes,
    shrunk so that differences of several members count like those of one; 0 where a member sees nothing.
    """

    def __init__(self, on_pixels: PixelProbe, *, guided: bool = False) -> None:
        probe = on_pixels.probe
        self.classes = len(probe.legend)
        self._members = on_pixels.members
        self._layers = list(zip(probe.layers, on_pixels.layers, strict=True))
        self._votes = probe.votes
        self._rows = [member.rows(guided=guided) for member in self._members]
        guides = sum(len(rows[0]) for rows in self._rows) - sum(len(each.member.classes) for each in self._members)
        self._numbers = [np.zeros((member.member.bands, CHUNK), np.float32) for member in self._members]
        self._scaled = np.zeros((len(probe.layers), CHUNK), np.float32)
        self._there = [np.zeros(CHUNK, np.bool_) for _ in self._members]
        self._shift = probe.shift[:, None]
        self.scores = np.zeros((self.classes + guides, CHUNK), np.float32)

    def score(self, pixels: Pixels) -> NDArray[np.float32]:
        """Scores (classes and guides, `CHUNK`) of at most so many pixels, as `Probe.scores`; valid until the next
        call."""
        count = pixels.shape[0]
        for out, (layer, index) in zip(self._scaled, self._layers, strict=True):
            out[:count] = scaled_layer(layer, pixels.layers[index])
        for member, numbers, there in zip(self._members, self._numbers, self._there, strict=True):
            there[:count] = member.numbers(pixels, numbers[:, :count])
            there[count:] = False
        if not self._votes:
            np.matmul(self._rows[0][0], self._numbers[0], out=self.scores)
            self._add_rest(0, self.scores)
            self.scores[: self.classes] += self._shift
            return self.scores
        row, shrunk = self.classes, np.float32(1 / np.sqrt(len(self._members)))
        self.scores[:] = 0
        self.scores[: self.classes] = self._shift
        for index, there in enumerate(self._there):
            scores = self._rows[index][0] @ self._numbers[index]
            self._add_rest(index, scores)
            classes = list(self._members[index].member.classes)
            vote = log_softmax(scores[: len(classes)], axis=0) + np.float32(np.log(len(classes)))
            self.scores[classes] += np.where(there, vote, np.float32(0))
            guides = len(scores) - len(classes)
            self.scores[row : row + guides] = np.where(there, scores[len(classes) :] * shrunk, np.float32(0))
            row += guides
        return self.scores

    def _add_rest(self, index: int, scores: NDArray[np.float32]) -> None:
        _, of_layers, bias = self._rows[index]
        scores += bias
        if len(self._layers):
            scores += of_layers @ self._scaled

    def remote(self, share: float) -> NDArray[np.bool_]:
        """Which pixels (`CHUNK`,) of those scored last are more remote than all but a share of the training pixels, in
        the mean of the members that see them."""
        total, seen = np.zeros(CHUNK, np.float32), np.zeros(CHUNK, np.float32)
        for member, numbers, there in zip(self._members, self._numbers, self._there, strict=True):
            limit = member.member.reach.limit(share) ** 2
            total += np.where(there, member.remoteness(numbers) / np.float32(limit), np.float32(0))
            seen += there
        return np.asarray(total > seen)


def decoded(image: Embedding, stored: Stored) -> NDArray[np.float32]:
    """x of one image: the stored numbers as floats where values are linear in them, else the values."""
    return stored.astype(np.float32) if image.linear is not None else image.decode(stored)
