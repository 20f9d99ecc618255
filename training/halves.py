"""Which of the judged places methods are tuned on, and which their results are reported on: one decision, by place.

By longitude, and not to be changed: who has looked at the reported half while choosing must say so.

* Czechia (bark beetle): sites west of 15.4° E are tuned on (71), those east of it are reported (83).
* Catalonia: the two western columns of tiles are tuned on (10 places), the three eastern ones are reported (15).
* Belgium is a single place, which cannot be divided: it is tuned on. Dealing its sixteen fields out to two halves was
  tried, and left so few of a class that probes of the same date were no better than chance.

The reported halves are in no tile of the starter: `training.starter.places` leaves them out.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Half = Literal["tuned", "reported"]
HALVES: tuple[Half, ...] = ("tuned", "reported")

#: West, south, east and north in degrees, and the longitude from which places are reported.
CZECHIA = ((12.0, 48.5, 19.0, 51.1), 15.4)
CATALONIA = ((2.79, 42.33, 2.84, 42.37), 2.807)
_REGIONS = (CZECHIA, CATALONIA)


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
