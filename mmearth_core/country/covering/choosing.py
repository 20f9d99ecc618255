"""Which scenes are embedded, and which ground of each, so that every place of an area is made once (or N times).

Of a tile the least clouded scene comes first; what it does not cover, beyond the edge of its swath, is left to the
next. Ground that no scene of a cell covers goes to a neighbour that does; the rest is missing, and told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely

from mmearth_core.country.covering.cells import cells, same_ground
from mmearth_core.country.covering.globe import polygons_in, square_kilometres
from mmearth_core.country.covering.scenes import Candidate

#: Less ground than this (km²), or share of a cell, is not worth a scene of its own while another may cover it.
LEAST, SHARE = 0.25, 0.01
#: Degrees that a footprint is drawn in where another scene can go on: the edges of swaths are ragged (about 200 m).
_RAGGED = 0.002


@dataclass(frozen=True, eq=False)
class Piece:
    """A scene that is to be embedded, and the ground that it makes: `own`, polygons in degrees. `look`: of several
    that are made of a place, from 1."""

    candidate: Candidate
    own: Any = field(repr=False)
    look: int


@dataclass(frozen=True, eq=False)
class Choice:
    """The pieces, by place and look, and what of the area no scene covers: polygons in degrees, and km²."""

    pieces: tuple[Piece, ...]
    missing: Any = field(repr=False)
    missing_km2: float


def choose(candidates: Sequence[Candidate], area: Any, *, looks: int = 1) -> Choice:
    """Cover an area (polygons in degrees) with scenes, `looks` times where there are so many."""
    tiles = _tiles(candidates)
    own = [polygons_in(cell.intersection(area)) for cell in cells([tile[0].grid for tile in tiles])]
    pieces: list[Piece] = []
    left = tiles
    missing = area
    for look in range(1, looks + 1):
        found = [each for scenes, cell in zip(left, own, strict=True) for each in _cover(scenes, cell)]
        found, rest = _filled(found, [each for tile in left for each in tile], area)
        if look == 1:
            missing = rest
        used = {id(candidate) for candidate, _ in found}
        left = [[each for each in tile if id(each) not in used] for tile in left]
        pieces += [Piece(candidate, ground, look) for candidate, ground in found]
    pieces.sort(key=lambda piece: (piece.candidate.tile, piece.look, piece.candidate.name))
    return Choice(tuple(pieces), missing, square_kilometres(missing))


def _tiles(candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """Scenes of one grid together, in the order of their names."""
    found: list[list[Candidate]] = []
    by_system: dict[str, list[list[Candidate]]] = {}
    for each in sorted(candidates, key=lambda each: each.name):
        near = by_system.setdefault(str(each.grid.crs), [])
        tile = next((tile for tile in near if same_ground(tile[0].grid, each.grid)), None)
        if tile is None:
            tile = []
            near.append(tile)
            found.append(tile)
        tile.append(each)
    return found


def _cover(scenes: Sequence[Candidate], cell: Any) -> list[tuple[Candidate, Any]]:
    """Scenes that cover a cell together, and what of it is each one's: the least clouded first, of equal ones that
    which shows more."""
    found: list[tuple[Candidate, Any]] = []
    rest, worth = cell, max(LEAST, SHARE * square_kilometres(cell))
    pool = sorted(scenes, key=lambda each: (each.cloud or 0.0, -_shown(each, cell), each.name))
    for number, scene in enumerate(pool):
        if _shown(scene, rest) < worth:
            continue
        later = any(_goes_on(other, scene, rest) for other in pool[number + 1 :])
        ground = polygons_in(rest.intersection(scene.footprint.buffer(-_RAGGED) if later else scene.footprint))
        if not ground.is_empty:
            found.append((scene, ground))
            rest = polygons_in(rest.difference(ground))
    return found


def _shown(scene: Candidate, ground: Any) -> float:
    """Square kilometres of a ground that a scene has data of."""
    return square_kilometres(ground.intersection(scene.footprint))


def _goes_on(other: Candidate, scene: Candidate, ground: Any) -> bool:
    """Whether another scene covers what one leaves of a ground."""
    return square_kilometres(ground.difference(scene.footprint).intersection(other.footprint)) >= LEAST


def _filled(
    found: list[tuple[Candidate, Any]], unused: Sequence[Candidate], area: Any
) -> tuple[list[tuple[Candidate, Any]], Any]:
    """The same with what is left of the area given to scenes that cover it, first to those that are embedded anyway;
    and what is left then."""
    rest = polygons_in(area.difference(shapely.union_all([ground for _, ground in found])))
    grounds = {id(candidate): (candidate, ground) for candidate, ground in found}
    chosen = [candidate for candidate, _ in found]
    others = sorted((each for each in unused if id(each) not in grounds), key=lambda each: (each.cloud or 0, each.name))
    for number, scene in enumerate([*chosen, *others]):
        if rest.is_empty:
            break
        more = polygons_in(rest.intersection(scene.footprint))
        if more.is_empty or (number >= len(chosen) and square_kilometres(more) < LEAST):
            continue
        held = grounds.get(id(scene), (scene, shapely.Polygon()))[1]
        grounds[id(scene)] = scene, polygons_in(held.union(more))
        rest = polygons_in(rest.difference(more))
    return list(grounds.values()), rest
