"""How much of an area is ground, and why the rest is not: counted once for each pixel, told wherever a result is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mmearth_core.raster.ground.rule import WORDS, Cause


@dataclass(frozen=True)
class GroundCount:
    """Pixels of an area by what they are, in the order of `Cause`. Counts add up."""

    pixels: tuple[int, ...] = (0,) * len(Cause)

    @classmethod
    def of(cls, causes: NDArray[np.uint8]) -> Self:
        """Of an array of `Cause`."""
        return cls(tuple(np.bincount(causes.ravel(), minlength=len(Cause)).tolist()))

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """What `as_dict` gave. Raises `KeyError`, `TypeError` or `ValueError`."""
        found = {cause: int(content[cause.name.lower()]) for cause in Cause if cause != Cause.GROUND}
        whole = int(content["ground"]) - found[Cause.DARK] - found[Cause.INCOMPLETE]
        return cls((whole, *found.values()))

    def __add__(self, other: "GroundCount") -> "GroundCount":
        return GroundCount(tuple(a + b for a, b in zip(self.pixels, other.pixels, strict=True)))

    @property
    def ground(self) -> int:
        """Pixels that are ground, whole or with a band that is not measured."""
        return sum(self.pixels[: Cause.INCOMPLETE + 1])

    def as_dict(self) -> dict[str, int]:
        """All `pixels`; those that are `ground`, of them `dark` (0 in some band) and `incomplete` (a band is filled);
        and the others by their cause."""
        named = {cause.name.lower(): count for cause, count in zip(Cause, self.pixels, strict=True)}
        return {"pixels": sum(self.pixels)} | named | {"ground": self.ground}

    def __str__(self) -> str:
        """What is left out or filled, in shares of all pixels; empty when nothing is."""
        total = sum(self.pixels)
        lost = [
            f"{WORDS[cause]} {_share(count, total)}"
            for cause, count in zip(Cause, self.pixels, strict=True)
            if cause in WORDS and count
        ]
        out = f"{_share(total - self.ground, total)} left out ({', '.join(lost)})" if lost else ""
        lacking = self.pixels[Cause.INCOMPLETE]
        filled = f"{_share(lacking, total)} lack a band, which is filled" if lacking else ""
        dark = self.pixels[Cause.DARK]
        kept = f"{_share(dark, total)} are 0 in a band beside dark ones, kept as reflectance 0" if dark else ""
        return "; ".join(filter(None, (out, filled, kept)))


def _share(count: int, total: int) -> str:
    """Percent; what is not all is never told as all, what is there never as nothing."""
    percent = 100 * count / total
    shown = f"{percent:.3g}"
    if count < total and shown == "100":
        return "> 99.9 %"
    return "< 0.001 %" if percent < 0.001 else f"{shown} %"
