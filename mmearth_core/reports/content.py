"""What a report says, part by part, however it is drawn: as a page (`page`) or by another program. Plain values.

Every text is in the reader's language and every number in its form. Pictures are PNG; their overlays are SVG shapes in
the pixels of the raster they show.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mmearth_core.maps.conventions import Colour, format_colour
from mmearth_core.raster.pictures import Picture
from mmearth_core.records import plain


@dataclass(frozen=True)
class Ramp:
    """Colours from what `low` says to what `high` says."""

    colours: tuple[Colour, ...]
    low: str
    high: str


@dataclass(frozen=True)
class ScaleBar:
    """A length on the ground in words, and its share of the picture's width."""

    text: str
    share: float


@dataclass(frozen=True)
class Figure:
    """A picture with shapes above it, and what its colours mean."""

    heading: str
    caption: str
    picture: Picture
    overlay: str = ""
    key: tuple[tuple[str, Colour], ...] = ()
    ramp: Ramp | None = None
    bar: ScaleBar | None = None

    @property
    def drawing(self) -> str:
        """The overlay as SVG; empty without one."""
        size = f"{self.picture.raster_width} {self.picture.raster_height}"
        named = 'xmlns="http://www.w3.org/2000/svg"'
        return f'<svg {named} viewBox="0 0 {size}">{self.overlay}</svg>' if self.overlay else ""


@dataclass(frozen=True)
class Table:
    """Rows of cells, each of which begins with the name of what it tells of, beside its colour if it has one."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    colours: tuple[Colour | None, ...] = ()


@dataclass(frozen=True, eq=False)
class Matrix:
    """Counts (rows, columns) of classes; `total` and `corner` are words of its head."""

    names: tuple[str, ...]
    counts: NDArray[np.int64]
    caption: str
    corner: str
    total: str
    colours: tuple[Colour | None, ...] = ()


@dataclass(frozen=True)
class Notes:
    """Sentences that a reader must know before trusting the rest."""

    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Paragraph:
    """A text."""

    text: str


@dataclass(frozen=True)
class Facts:
    """Names and values."""

    values: tuple[tuple[str, str], ...]


Part: TypeAlias = Figure | Table | Matrix | Notes | Paragraph | Facts


@dataclass(frozen=True)
class Section:
    """Parts under a heading; the first has none."""

    heading: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Content:
    """A whole report. `headline`: the few numbers to see first, as (number, its interval, what it is)."""

    language: str
    title: str
    subtitle: str
    headline: tuple[tuple[str, str, str], ...]
    sections: tuple[Section, ...]

    def written(self, folder: Path) -> dict[str, Any]:
        """The same as JSON values, its pictures as files of a folder that is there (PNG, and SVG of their overlays)."""
        numbers = iter(range(1000))
        sections = [
            {"heading": each.heading, "parts": [_written(part, folder, numbers) for part in each.parts]}
            for each in self.sections
        ]
        made: dict[str, Any] = plain({**vars(self), "sections": sections})
        return made


def _written(part: Part, folder: Path, numbers: Iterator[int]) -> dict[str, Any]:
    values = dict(vars(part))
    if isinstance(part, Figure):
        number = next(numbers)
        picture = folder / f"{number}.png"
        picture.write_bytes(part.picture.png)
        values = {"heading": part.heading, "caption": part.caption, "bar": part.bar, "picture": picture}
        if part.overlay:
            values["overlay"] = folder / f"{number}.svg"
            values["overlay"].write_text(part.drawing, encoding="utf-8")
        values["key"] = [[name, format_colour(colour)] for name, colour in part.key]
        if part.ramp is not None:
            values["ramp"] = {**vars(part.ramp), "colours": [format_colour(each) for each in part.ramp.colours]}
    if "colours" in values:
        values["colours"] = [None if each is None else format_colour(each) for each in values["colours"]]
    return {"kind": type(part).__name__.lower(), **_without_nothing(values)}


def _without_nothing(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
