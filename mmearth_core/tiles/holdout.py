"""Splits tiles by place: which are trained on, which are held out to judge what was learned.

Neighbouring tiles look alike, so whole blocks of the sphere are held out. What a block draws is decided by its number
and the seed alone, whatever other places, and in whatever order, come with it. Pure: numpy only, no files.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

from mmearth_core.errors import MMEarthError


def blocks(lonlat: NDArray[np.float64], *, block_degrees: float = 1.0) -> NDArray[np.int64]:
    """Row and column of each place's block, (N, 2); −1 where the place is unknown.

    `lonlat` is (N, 2), longitude and latitude in degrees. Rows are `block_degrees` high; a row is divided into as many
    equal columns as make its blocks about as wide in kilometres as they are high (reduced Gaussian grid).
    """
    lon, lat = np.asarray(lonlat, np.float64).T
    known = np.isfinite(lon) & np.isfinite(lat)
    if (np.abs(lat[known]) > 90).any():
        raise MMEarthError(f"Latitude {np.nanmax(np.abs(lat[known]))} is beyond the pole; give places in degrees.")
    lon, lat = np.where(known, lon, 0), np.where(known, lat, 0)
    rows = max(1, round(180 / block_degrees))
    row = np.minimum((lat + 90) / 180 * rows, rows - 1).astype(np.int64)
    middle = np.radians((row + 0.5) / rows * 180 - 90)
    columns = np.maximum(1, np.round(2 * rows * np.cos(middle)))
    column = ((lon % 360) / 360 * columns).astype(np.int64) % columns.astype(np.int64)
    return np.where(known[:, None], np.stack([row, column], axis=1), -1)


def lots(lonlat: NDArray[np.float64], *, block_degrees: float = 1.0, seed: int = 0) -> NDArray[np.float64]:
    """A number in [0, 1) for each place, (N,), that its block draws; NaN where the place is unknown.

    `lonlat` is (N, 2) in degrees. A place's number depends on its block and the seed, never on the other places.
    """
    present, member = np.unique(blocks(lonlat, block_degrees=block_degrees), axis=0, return_inverse=True)
    lot = np.array([_lot(int(row), int(column), seed) if row >= 0 else np.nan for row, column in present])
    return lot[member.ravel()]


def split(
    lonlat: NDArray[np.float64],
    *,
    share: float,
    block_degrees: float = 1.0,
    seed: int = 0,
    learn_unplaced: bool = False,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices of the tiles to train on and of the held-out ones, both rising; no block has tiles on both sides.

    `lonlat` is (N, 2) in degrees. Of all blocks of the sphere a `share` (0 … 1) is held out, those whose `lots` are
    below it. Where none of them has tiles, the block of the lowest lot that has is held out instead. Tiles of unknown
    place might be neighbours of any other: they are never held out, and learned from only if `learn_unplaced`. Raises
    `MMEarthError` when nothing would be left to train on.
    """
    if not 0 <= share < 1:
        raise MMEarthError(f"{share} is no share of tiles to hold out; choose one from 0 to less than 1.")
    if share == 0:
        return np.arange(len(lonlat)), np.arange(0)
    lot = lots(lonlat, block_degrees=block_degrees, seed=seed)
    known = np.isfinite(lot)
    present = np.unique(lot[known])
    if len(present) < 2:
        raise MMEarthError(
            f"All tiles of known place lie in {len(present)} block of {block_degrees}°: nothing can be held out by"
            " place; choose smaller blocks or a held-out share of 0."
        )
    held = lot < max(share, present[0] * (1 + 1e-12))
    if held[known].all():
        raise MMEarthError(f"A held-out share of {share} would leave nothing to train on; choose a smaller one.")
    return np.flatnonzero((known | learn_unplaced) & ~held), np.flatnonzero(held)


def _lot(row: int, column: int, seed: int) -> float:
    """A number in [0, 1) that a block draws, the same on every machine."""
    digest = hashlib.blake2b(f"{seed}/{row}/{column}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") / 2**64
