"""Two dates of a place on one grid, to be compared pixel by pixel with one probe: like with like, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.labelling.probe import Probe
from mmearth_core.labelling.scoring import PixelProbe
from mmearth_core.labelling.streaming import by_pixel
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.placing import touched
from mmearth_core.sources.alignment import whole_shift
from mmearth_core.sources.embedding import Embedding
from mmearth_core.sources.slots import FARTHEST, day_in_words, days_apart
from mmearth_core.sources.stack import Pixels, Stack, check_one_model

#: Cosine distance 0 … 2 is stored in 255 steps: value = dn · scale + offset, dn 1 … 255, 0 no-data.
DISTANCE_SCALE, DISTANCE_OFFSET = 2 / 255, -1 / 255
#: A vector shorter than this has no direction.
_SHORTEST = np.float32(1e-12)


@dataclass(frozen=True, eq=False)
class Pair:
    """A probe on the same pixels `before` and `after`; `stack` reads both, `messages` say what the comparison suffers.

    Only slots of which there is an image on both sides are in it.
    """

    before: PixelProbe
    after: PixelProbe
    stack: Stack
    messages: tuple[str, ...]

    @classmethod
    def of(cls, probe: Probe, before: Stack, after: Stack) -> Self:
        """On the grid of `before`, where `after` lies too: every pixel takes the nearest one.

        Raises `MMEarthError` when they are of different models, or not of the probe's, have no pixel or no time of the
        year in common, or are the same images.
        """
        check_one_model([before, after])
        grid, placing = _common_grid(before, after)
        found = [stack.matched(probe.looks_at) for stack in (before, after)]
        first, second = (stack for stack, _ in found)
        both = [one is not None and other is not None for one, other in zip(first.images, second.images, strict=True)]
        voting = {index for member in probe.members if all(both[i] for i in member.slots) for index in member.slots}
        learned = {index for member in probe.members for index in member.slots}
        if not voting:
            raise MMEarthError(
                f"{before.name} and {after.name} have no image for the same time of the year that the probe has learned"
                f" ({', '.join(map(str, probe.columns.slots))}); give images of the same season."
            )
        halves = [
            replace(stack, grid=grid, images=tuple(i if n in voting else None for n, i in enumerate(stack.images)))
            for stack in (first, second)
        ]
        if any(str(one.path) == str(other.path) for one, other in _pairs(*halves)):
            raise MMEarthError(f"{before.name} and {after.name} are the same image; give those of two dates.")
        left_out = [
            f"What is there for {slot} is not used: one side lacks an image that it is compared with."
            for index, slot in enumerate(probe.columns.slots)
            if index in learned - voting and (first.images[index] or second.images[index]) is not None
        ]
        said = [f"{message}." for _, messages in found for message in messages]
        said += [*placing, *left_out, *_unlike(halves, before, after)]
        one, other = (PixelProbe(probe, half) for half in halves)
        return cls(one, other, _side_by_side(one.stack, other.stack), tuple(said))

    def split(self, pixels: Pixels) -> tuple[Pixels, Pixels]:
        """Pixels of `stack` as those before and after; an image counts where the other side has it too, and all others
        that its member of the probe looks at together with it."""
        slots, layers = len(self.before.stack.slots), len(self.before.stack.layers)
        valid = [one & other for one, other in zip(pixels.valid[:slots], pixels.valid[slots:], strict=True)]
        for member in self.before.probe.members:
            together = np.logical_and.reduce([valid[index] for index in member.slots])
            for index in member.slots:
                valid[index] = together
        return (
            Pixels(pixels.stored[:slots], tuple(valid), pixels.layers[:layers]),
            Pixels(pixels.stored[slots:], tuple(valid), pixels.layers[layers:]),
        )

    def on_one_side(self, pixels: Pixels) -> tuple[int, int]:
        """How many pixels have an embedding before only, and after only, so that they cannot be compared."""
        slots = len(self.before.stack.slots)
        one, other = (np.logical_or.reduce(each) for each in (pixels.valid[:slots], pixels.valid[slots:]))
        return int((one & ~other).sum()), int((other & ~one).sum())

    def distance(self, pixels: Pixels) -> NDArray[np.uint8]:
        """Cosine distance of the vectors before and after as it is stored, (height, width), of pixels of `stack`: the
        mean over the images that both have; 0 where there is none."""
        pairs = [
            (index, one, other)
            for index, (one, other) in enumerate(zip(self.before.stack.images, self.after.stack.images, strict=True))
            if one is not None and other is not None
        ]

        def distance(part: Pixels) -> NDArray[np.float32]:
            first, second = self.split(part)
            total, seen = np.zeros(part.shape, np.float32), np.zeros(part.shape, np.float32)
            for index, one, other in pairs:
                valid = first.valid[index]
                a, b = one.decode(first.stored[index][:, valid]), other.decode(second.stored[index][:, valid])
                lengths = np.maximum(np.linalg.norm(a, axis=0) * np.linalg.norm(b, axis=0), _SHORTEST)
                total[valid] += 1 - np.einsum("bn,bn->n", a, b) / lengths
                seen += valid
            steps = np.floor((total / np.maximum(seen, 1) - DISTANCE_OFFSET) / DISTANCE_SCALE + 0.5)
            return np.asarray(np.where(seen > 0, np.clip(steps, 1, 255), 0), np.float32)

        return by_pixel(distance, pixels)


def _side_by_side(before: Stack, after: Stack) -> Stack:
    """Both as one that is read in one go: the images of the first, then those of the second."""
    return replace(
        before,
        name=f"{before.name} and {after.name}",
        images=before.images + after.images,
        dates=before.dates + after.dates,
        slots=before.slots + after.slots,
        layers=before.layers + after.layers,
    )


def _pairs(before: Stack, after: Stack) -> list[tuple[Embedding, Embedding]]:
    """The images that stand on both sides."""
    both = zip(before.images, after.images, strict=True)
    return [(one, other) for one, other in both if one is not None and other is not None]


def _common_grid(before: Stack, after: Stack) -> tuple[Grid, list[str]]:
    """The pixels of the one in which the other lies, and what is to be said of it."""
    one, other = before.grid, after.grid
    for stack in (before, after):
        if stack.grid.crs is None:
            raise MMEarthError(f"{stack.name} has no coordinate reference system; assign one first.")
    shift = whole_shift(one, other)
    if shift is None:
        area = touched(one, other.bounds, other.crs.to_wkt())
    else:
        area = Window(*shift, other.height, other.width).intersection(one.window)
    if not area:
        raise MMEarthError(f"{before.name} and {after.name} do not overlap; give two dates of one place.")
    said = []
    if shift is None:
        said.append(
            f"{after.name} has other pixels than {before.name}: each pixel takes the nearest, so that borders of land"
            " may show as change."
        )
    if area.pixels < one.pixels or (shift is not None and area.pixels < other.pixels):
        share = 100 * area.pixels / one.pixels
        said.append(f"Compared is the common area of {before.name} and {after.name}, {share:.1f} % of the first.")
    return one.crop(area), said


def _unlike(halves: Sequence[Stack], before: Stack, after: Stack) -> list[str]:
    """What else than the land differs between images that are compared."""
    days = {id(i): slot.day for stack in (before, after) for i, slot in zip(stack.images, stack.slots, strict=True)}
    said = []
    for one, other in _pairs(*halves):
        first, second = days[id(one)], days[id(other)]
        if first is not None and second is not None and days_apart(first, second) > FARTHEST:
            said.append(
                f"{one.path} is of {day_in_words(first)}, {other.path} of {day_in_words(second)}: what the season"
                " changes may show as change."
            )
        levels = [str(image.facts.get("level")) for image in (one, other) if image.facts.get("level")]
        if len(set(levels)) > 1:
            said.append(
                f"{one.path} was made of level {levels[0]}, {other.path} of {levels[1]}: the atmosphere may show as"
                " change."
            )
    return said
