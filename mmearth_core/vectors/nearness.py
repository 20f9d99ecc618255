"""Which geometries lie near each other on the ground, whatever file or coordinate system they came from."""

import math
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

#: Width in degrees of the strips in which distances are measured, and how far each reaches into its neighbours.
_STRIP, _MARGIN = 6, 1.0
#: Metres of a degree of latitude.
_DEGREE = 111_195.0


class Neighbourhoods:
    """Geometries (n,) in degrees of WGS 84, as (longitude, latitude); longitudes are equal modulo 360.

    One that is nowhere (empty, or with coordinates that are not finite) is near to none.
    """

    def __init__(self, geometries: NDArray[Any]) -> None:
        self._count = len(geometries)
        self._strips = [
            (members, _in_metres(geometries[members], strip)) for strip, members in _strips(geometries).items()
        ]

    def within(self, distance: float) -> NDArray[np.intp]:
        """The number (n,) of the neighbourhood of each geometry: 0, 1, … in the order of their first members.

        Two geometries are of one neighbourhood when a chain of geometries, each at most `distance` (> 0) metres from
        the next, joins them. Distances are those in a transverse Mercator projection about the middle of a strip of
        longitude: 0.3 per cent too long at most.
        """
        from scipy.sparse import coo_matrix  # noqa: PLC0415 - slow to load, and only where samples are compared
        from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

        pairs = [np.zeros((2, 0), np.intp)]
        for members, flat in self._strips:
            cell, first = _cells(flat, distance)
            # What shares a cell is near: its members are joined to the first, and compared with others as one.
            pairs.append(np.stack([members, members[first[cell]]]))
            order = np.argsort(cell, kind="stable")
            nodes = shapely.geometrycollections(flat[order], indices=cell[order])
            one, other = shapely.STRtree(nodes).query(nodes, predicate="dwithin", distance=distance)
            pairs.append(np.stack([members[first[one]], members[first[other]]]))
        rows, columns = np.concatenate(pairs, axis=1)
        links = coo_matrix((np.ones(len(rows), bool), (rows, columns)), shape=(self._count, self._count))
        found = connected_components(links, directed=False)[1]
        _, seen, back = np.unique(found, return_index=True, return_inverse=True)
        number: NDArray[np.intp] = np.argsort(np.argsort(seen))[back].astype(np.intp)
        return number


def squares(geometries: NDArray[Any], side: float) -> NDArray[np.intp]:
    """The number (n,) of the square on the ground that the middle of each geometry (in degrees of WGS 84) lies in: 0,
    1, … in the order of their first members; squares are `side` metres wide, in rows along the parallels.
    """
    west, south, east, north = shapely.bounds(geometries).T
    longitude, latitude = (west + east) / 2 % 360, (south + north) / 2
    row = np.floor(latitude * _DEGREE / side)
    parallel = np.cos(np.radians(np.clip((row + 0.5) * side / _DEGREE, -89.9, 89.9)))
    cell = np.column_stack([row, np.floor(longitude * _DEGREE * parallel / side)])
    _, seen, back = np.unique(cell, axis=0, return_index=True, return_inverse=True)
    number: NDArray[np.intp] = np.argsort(np.argsort(seen))[back.reshape(-1)].astype(np.intp)
    return number


def _strips(geometries: NDArray[Any]) -> dict[int, NDArray[np.intp]]:
    """The geometries of every strip of longitude that has any, with those that reach into its margin."""
    west, _, east, _ = shapely.bounds(geometries).T
    around = 360 // _STRIP
    found: dict[int, list[int]] = {}
    for index in np.flatnonzero(np.isfinite(shapely.bounds(geometries)).all(axis=1)).tolist():
        low, high = west[index] - _MARGIN, east[index] + _MARGIN
        first, last = math.floor(low / _STRIP), math.floor(high / _STRIP)
        for strip in range(first, min(last, first + around - 1) + 1):
            found.setdefault(strip % around, []).append(index)
    whole = next((strip for strip, members in found.items() if len(members) == len(geometries)), None)
    kept = found if whole is None else {whole: found[whole]}  # its neighbours have nothing to add
    return {strip: np.array(members, np.intp) for strip, members in kept.items()}


def _in_metres(geometries: NDArray[Any], strip: int) -> NDArray[Any]:
    plane = f"+proj=tmerc +lon_0={(strip + 0.5) * _STRIP} +datum=WGS84 +units=m"
    to_plane = Transformer.from_crs("EPSG:4326", plane, always_xy=True).transform
    flat: NDArray[Any] = shapely.transform(geometries, lambda xy: np.column_stack(to_plane(xy[:, 0], xy[:, 1])))
    return flat


def _cells(flat: NDArray[Any], distance: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """(the cell (n,) of each geometry, the first geometry of each cell): cells are as large as keeps any two points in
    one within `distance`; a geometry that is in no cell as a whole has one of its own.
    """
    bounds = np.floor(shapely.bounds(flat) / (distance / math.sqrt(2))).astype(np.int64)
    alone = (bounds[:, :2] != bounds[:, 2:]).any(axis=1)
    key = np.column_stack([bounds[:, :2], np.where(alone, np.arange(len(flat)) + 1, 0)])
    _, first, cell = np.unique(key, axis=0, return_index=True, return_inverse=True)
    return cell.reshape(-1).astype(np.intp), first.astype(np.intp)
