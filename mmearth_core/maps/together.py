"""Maps of several places as one: the same classes, one count, and ground that two of them show counts once.

A single map is the simplest case. Each map keeps its grid, its coordinate system and the areas of its pixels.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError
from mmearth_core.maps.areas import ClassAreas, measure_classes, value_names
from mmearth_core.maps.class_map import FILL, ClassMap
from mmearth_core.maps.legend import MapClass
from mmearth_core.progress import CancelToken, Progress
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.raster.placing import Crossing, touched

#: The value of ground that counts on another map.
ELSEWHERE = FILL + 1
#: Rows of a map that are looked up on another one at a time.
_ROWS = 128


@dataclass(frozen=True, eq=False)
class PlacedMap:
    """The map of a place: its `name` (empty when it is the only one); ground that is `not_on` these maps counts."""

    name: str
    map: ClassMap
    not_on: tuple[ClassMap, ...] = ()

    def blocks(self) -> Iterator[tuple[Window, NDArray[Any]]]:
        """As `ClassMap.blocks`, `ELSEWHERE` where a class counts on another map."""
        shared = [(other, area) for other in self.not_on if (area := _shared(self.map, other))]
        for window, values in self.map.blocks():
            counted = values
            for other, area in shared:
                counted = self._without(counted, window, other, area)
            yield window, counted

    def _without(self, values: NDArray[Any], window: Window, other: ClassMap, area: Window) -> NDArray[Any]:
        crossing = Crossing(self.map.grid, other.grid)
        for part in window.intersection(area).parts(_ROWS, window.width):
            down, across = crossing.middles(part, (part.height, part.width))
            with np.errstate(invalid="ignore"):
                inside = (down >= 0) & (down < other.grid.height) & (across >= 0) & (across < other.grid.width)
            if not inside.any():
                continue
            rows, cols = (np.where(inside, each, 0).astype(np.intp) for each in (down, across))
            top, left = int(rows[inside].min()), int(cols[inside].min())
            seen = Window(top, left, int(rows[inside].max()) - top + 1, int(cols[inside].max()) - left + 1)
            found = other.has_class(other.read(seen))[rows[inside] - top, cols[inside] - left]
            here = part.relative_to(window).slices
            twice = np.zeros(inside.shape, np.bool_)
            twice[inside] = found
            twice &= self.map.has_class(values[here])
            if twice.any():
                values = values.astype(np.int64)
                values[here][twice] = ELSEWHERE
        return values


def _shared(one: ClassMap, other: ClassMap) -> Window:
    """The window of a map that reaches into another's extent; falsy when none."""
    if one.grid.crs is None or other.grid.crs is None:
        return Window(0, 0, 0, 0)  # which is refused where it is measured
    return touched(one.grid, other.grid.bounds, other.grid.crs.to_wkt())


@dataclass(frozen=True, eq=False)
class MapsTogether:
    """Maps of one place or more, as one map that sentences call by `path`."""

    path: Path
    places: tuple[PlacedMap, ...]
    messages: tuple[str, ...] = ()

    @classmethod
    def alone(cls, class_map: ClassMap) -> Self:
        """A single map."""
        return cls(class_map.path, (PlacedMap("", class_map),), class_map.messages)

    @classmethod
    def of(cls, path: Path, maps: Mapping[str, ClassMap], messages: Sequence[str] = ()) -> Self:
        """Maps by the names of their places; of what two show, the first one counts."""
        listed = tuple(maps.values())
        placed = tuple(PlacedMap(name, each, listed[:index]) for index, (name, each) in enumerate(maps.items()))
        told = [f"{each.path.name}: {message}" for each in listed for message in each.messages]
        return cls(path, placed, (*told, *_of_one_model(maps), *messages))

    @property
    def names(self) -> tuple[str, ...]:
        """Those of the places; none of a single map."""
        return tuple(place.name for place in self.places if place.name)

    @property
    def maps(self) -> tuple[ClassMap, ...]:
        return tuple(place.map for place in self.places)

    @property
    def grid(self) -> Grid | None:
        """That of a single map; None of several, which have no extent in common."""
        return self.maps[0].grid if len(self.maps) == 1 else None

    @property
    def pixels(self) -> int:
        return sum(each.grid.pixels for each in self.maps)

    @property
    def ours(self) -> bool:
        """Whether `mmearth classify` or `cluster` made all of them."""
        return all(each.ours for each in self.maps)

    @property
    def classes(self) -> tuple[MapClass, ...]:
        """All that are in a legend, in the order of their values."""
        found = {each.value: each for one in reversed(self.maps) for each in one.legend.classes}
        return tuple(found[value] for value in sorted(found))


def _of_one_model(maps: Mapping[str, ClassMap]) -> list[str]:
    """That maps were learned from different samples, as when some were made again and others not; else nothing."""
    learned = [each.tags.get("training_digest", "") for each in maps.values()]
    groups = [[name for name, of in zip(maps, learned, strict=True) if of == one] for one in dict.fromkeys(learned)]
    if len(groups) == 1:
        return []
    told = "; ".join(", ".join(names) for names in groups)
    return [f"The maps were made with {len(groups)} models ({told}): figures are of all of them, of no model alone."]


@dataclass(frozen=True)
class AreasTogether:
    """Pixels and hectares of every class of maps together, by its value, rising; `each` map by itself; `names` of their
    values; a fingerprint of all, and what is to be said."""

    each: tuple[ClassAreas, ...]
    names: Mapping[int, str]
    messages: tuple[str, ...] = ()

    @cached_property
    def pixels(self) -> dict[int, int]:
        return _sums([areas.pixels for areas in self.each])

    @cached_property
    def hectares(self) -> dict[int, float]:
        return _sums([areas.hectares for areas in self.each])

    @property
    def digest(self) -> str:
        """The same in whatever order the places come."""
        if len(self.each) == 1:
            return self.each[0].digest
        return hashlib.sha256("".join(sorted(areas.digest for areas in self.each)).encode()).hexdigest()[:16]


def _sums(counts: Sequence[Mapping[int, Any]]) -> dict[int, Any]:
    sums = Counter[int]()
    for each in counts:
        sums.update(each)
    return dict(sorted(sums.items()))


def measure_together(together: MapsTogether, *, progress: Progress, cancel: CancelToken) -> AreasTogether:
    """Count all maps, each once through, as `measure_classes`.

    Raises `MMEarthError` as that, and when a value or a name means one class on one map and another on the next.
    """
    found, messages = [], list[str]()
    names: dict[int, tuple[str, Path]] = {}
    for place in together.places:
        measured = measure_classes(place.map, blocks=place.blocks(), progress=progress, cancel=cancel)
        twice = measured.pixels.pop(ELSEWHERE, 0)
        area = measured.hectares.pop(ELSEWHERE, 0.0)
        if not measured.pixels:
            raise MMEarthError(f"{place.map.path} has no class but where other maps have one too; leave its place out.")
        if twice:
            messages.append(f"{twice} pixels ({area:.1f} ha) of {place.name} are on a map before it too: counted once.")
        _add_names(names, place.map, value_names(place.map, measured.pixels))
        found.append(measured)
    return AreasTogether(tuple(found), {value: names[value][0] for value in sorted(names)}, tuple(messages))


def _add_names(known: dict[int, tuple[str, Path]], class_map: ClassMap, names: Mapping[int, str]) -> None:
    """Take up the names of a map's values. Raises `MMEarthError` when they are not those of the maps before."""
    values = {name: (value, path) for value, (name, path) in known.items()}
    for value, name in names.items():
        other, path = known.get(value, (name, class_map.path))
        if other != name:
            raise MMEarthError(
                f"{path} calls value {value} {other!r}, {class_map.path} calls it {name!r}; make the maps of all places"
                " with one model."
            )
        other_value, path = values.get(name, (value, class_map.path))
        if other_value != value:
            raise MMEarthError(
                f"{name!r} is value {other_value} on {path}, and {value} on {class_map.path}; make the maps of all"
                " places with one model."
            )
        known[value] = name, path
