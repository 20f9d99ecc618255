"""Which places the starter model learns from and which are kept to judge it: one decision for all scripts.

Whole blocks of one degree are kept, whatever data set a tile comes from, so that no EuroSAT tile a model is judged on
has a neighbour among those it was trained on. A recipe states the same three numbers. Beyond that `may_be_used` keeps
every other tile a few kilometres away from those blocks, and everything away from places that are only judged on.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mmearth_core.tiles.holdout import lots
from training.halves import CATALONIA, CZECHIA

SHARE, BLOCK_DEGREES, SEED = 0.3, 1.0, 8
#: How far what is learned from stays away from held-out blocks and judged areas.
MARGIN_KM = 3.0
_KM_A_DEGREE = 111.2
#: Directions in which a neighbour is looked for.
_COMPASS = np.radians(np.arange(0, 360, 22.5))


class Area(NamedTuple):
    """A rectangle in degrees."""

    name: str
    west: float
    south: float
    east: float
    north: float


#: What is judged on and must be in no tile, on whichever side of the hold-out it lies: a scene, and the halves of the
#: judged places on which results are reported.
JUDGED: tuple[Area, ...] = (
    Area("Aberystwyth", -4.11, 52.36, -3.96, 52.46),
    *(
        Area(f"{name}, reported", limit, south, east, north)
        for name, ((_, south, east, north), limit) in (("Czechia", CZECHIA), ("Catalonia", CATALONIA))
    ),
)


def split_by_place(lonlat: NDArray[np.floating]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices of (N, 2) places in degrees to learn from, and of those held out. A place's side never depends on the
    others given with it, so either part may be empty; a place that is unknown is in neither."""
    lot = lots(np.asarray(lonlat, np.float64), block_degrees=BLOCK_DEGREES, seed=SEED)
    return np.flatnonzero(lot >= SHARE), np.flatnonzero(lot < SHARE)


def may_be_used(lonlat: NDArray[np.floating], judged: tuple[Area, ...] = JUDGED) -> NDArray[np.bool_]:
    """Which of (N, 2) places in degrees may be in tiles, (N,): not those within `MARGIN_KM` of a judged area, nor those
    to learn from within `MARGIN_KM` of a held-out block. A place that is unknown may."""
    places = np.asarray(lonlat, np.float64)
    east = MARGIN_KM / _KM_A_DEGREE / np.maximum(np.cos(np.radians(places[:, 1])), 0.01)
    north = MARGIN_KM / _KM_A_DEGREE
    used = np.ones(len(places), np.bool_)
    for area in judged:
        inside = (places[:, 0] > area.west - east) & (places[:, 0] < area.east + east)
        used &= ~(inside & (places[:, 1] > area.south - north) & (places[:, 1] < area.north + north))
    learned = split_by_place(places)[0]
    around = [
        places[learned]
        + np.stack([east[learned] * np.sin(angle), np.full(len(learned), north * np.cos(angle))], axis=1)
        for angle in _COMPASS
    ]
    for neighbours in around:
        neighbours[:, 1] = neighbours[:, 1].clip(-90, 90)
        used[learned[split_by_place(neighbours)[1]]] = False
    return used
