"""Which of the judged places methods are tuned on, and which their results are reported on: one decision, by place.

Chosen by longitude and by size, before anything was compared, and not to be changed: who has looked at the reported
half while choosing must say so.

* Czechia (bark beetle): sites west of 15.4° E are tuned on (71), those east of it are reported (83).
* Catalonia: the two western columns of tiles are tuned on (10 places), the three eastern ones are reported (15).
* Belgium is a single tile, so its fields are dealt out: of each class the largest is reported, the next tuned on, and
  so on in turn. A class of fewer than four fields is reported only.

None of these places is held out by `training.starter.places`: what makes tiles for pretraining has to leave out at
least those where `is_reported`.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Half = Literal["tuned", "reported"]
HALVES: tuple[Half, ...] = ("tuned", "reported")

#: West, south, east and north in degrees, and the longitude from which places are reported.
CZECHIA = ((12.0, 48.5, 19.0, 51.1), 15.4)
CATALONIA = ((2.79, 42.33, 2.84, 42.37), 2.807)
#: The one tile, both halves of it.
BELGIUM = ((3.01, 50.80, 3.04, 50.83), 3.01)
_REGIONS = (CZECHIA, CATALONIA, BELGIUM)
#: Fields of a class that can be dealt out: two for each half, to learn from one and be tested on the other.
FEWEST_FIELDS = 4


def is_reported(lonlat: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Which of places (n, 2) in degrees belong to what is reported, (n,). Unknown places (NaN) do not."""
    lon, lat = np.asarray(lonlat, np.float64).T
    found = np.zeros(len(lon), np.bool_)
    for (west, south, east, north), limit in _REGIONS:
        found |= (lon >= max(west, limit)) & (lon <= east) & (lat >= south) & (lat <= north)
    return found


def of_half(lonlat: NDArray[np.floating], half: Half) -> NDArray[np.intp]:
    """Indices of those of judged places (n, 2) that are in a half, rising."""
    return np.flatnonzero(is_reported(lonlat) == (half == "reported"))


def fields_of_half(label: NDArray[np.intp], size: NDArray[np.intp], half: Half) -> NDArray[np.intp]:
    """Indices of the fields of a half, rising, by their classes (n,) and sizes in pixels (n,)."""
    chosen = []
    for each in np.unique(label):
        mine = np.flatnonzero(label == each)
        largest_first = mine[np.argsort(-size[mine], kind="stable")]
        if len(mine) >= FEWEST_FIELDS:
            chosen.append(largest_first[0 if half == "reported" else 1 :: 2])
        elif half == "reported":
            chosen.append(largest_first)
    return np.sort(np.concatenate([np.empty(0, np.intp), *chosen]))
