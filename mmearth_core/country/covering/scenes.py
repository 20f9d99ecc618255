"""A scene that could be embedded, as a plan knows it before its pixels are read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mmearth_core.raster.grid import Grid


@dataclass(frozen=True, eq=False)
class Candidate:
    """`name`: no other has it. `source`: its file or folder, or of a scene of a catalogue its STAC Item in `item`.
    `grid`: of its 10 m bands; `footprint`: what it has data of, polygons in degrees. `cloud` in percent. `level` and
    `offset` (digital numbers) as what describes it says, and who says so in `evidence`; None where that is decided
    when the pixels are read. `bytes`: of what has to be read, if it is known. `tile`: where it lies, such as 32TQM."""

    name: str
    source: str
    grid: Grid
    footprint: Any = field(repr=False)
    item: Mapping[str, Any] | None = field(repr=False, default=None)
    date: datetime | None = None
    cloud: float | None = None
    level: str | None = None
    offset: float | None = None
    evidence: str = ""
    bytes: int | None = None
    tile: str = ""


@dataclass(frozen=True, eq=False)
class Found:
    """Scenes that could be embedded; those that could not and why, by their names; what else is to be said."""

    candidates: tuple[Candidate, ...]
    left_out: Mapping[str, str]
    messages: tuple[str, ...] = ()
