"""Crops of a tile, and which patches of two of them show the same ground: told from pixels that know where they are."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")

from mmearth_core.pretraining.methods.crops import Crop

TILE, SIZE, PATCH = 40, 24, 8
GRID = SIZE // PATCH
#: Every pixel holds its own row and column, and its own number.
COORDINATES = np.mgrid[:TILE, :TILE].astype(np.float32)
NUMBERS = COORDINATES[0] * TILE + COORDINATES[1]
WAYS = list(itertools.product(range(4), (False, True)))


def ground(crop: Crop) -> list[set[float]]:
    """The pixels of the tile that each patch of a crop shows, by row and column of the patch."""
    shown = replace(crop, size=crop.extent).of(NUMBERS)
    side = crop.extent // GRID
    return [
        set(shown[row * side : (row + 1) * side, column * side : (column + 1) * side].ravel().tolist())
        for row, column in np.ndindex(GRID, GRID)
    ]


def anywhere(rng: np.random.Generator, extent: int, turns: int, mirrored: bool) -> Crop:
    row, column = rng.integers(0, TILE - extent + 1, 2).tolist()
    return Crop(row, column, extent, SIZE, turns, mirrored)


@pytest.mark.parametrize("extent", [12, 18, 24, 27, 36])
@pytest.mark.parametrize(("turns", "mirrored"), WAYS)
def test_partners_share_most_of_their_ground(extent: int, turns: int, mirrored: bool) -> None:
    rng = np.random.default_rng([extent, turns, mirrored])
    seen = set()
    for _, way in itertools.product(range(5), WAYS):
        first, second = anywhere(rng, SIZE, turns, mirrored), anywhere(rng, extent, *way)
        found = second.partners(first, PATCH)
        assert found.shape == (GRID, GRID) and found.dtype == np.int64
        theirs, half = ground(first), min(PATCH, extent // GRID) ** 2 / 2
        for ours, partner in zip(ground(second), found.ravel(), strict=True):
            shared = [len(ours & their) for their in theirs]
            if partner >= 0:
                assert shared[partner] == max(shared) >= half
            else:
                assert max(shared) < half
            seen.add(partner >= 0)
    assert len(seen) == 2


@pytest.mark.parametrize("extent", [12, 18, 24, 27, 36])
@pytest.mark.parametrize(("turns", "mirrored"), WAYS)
def test_another_resolution_shows_the_same_ground(extent: int, turns: int, mirrored: bool) -> None:
    crop = Crop(3, 2, extent, SIZE, turns, mirrored)
    shown, step = crop.of(COORDINATES), extent / SIZE
    assert shown.shape == (2, SIZE, SIZE) and shown.dtype == np.float32 and shown.flags.c_contiguous
    middles = (np.arange(SIZE) + 0.5) * step - 0.5
    expected = np.stack(np.meshgrid(3 + middles, 2 + middles, indexing="ij"))
    expected = np.rot90(expected, turns, (1, 2))[:, :, :: -1 if mirrored else 1]
    # Nothing lies beyond the outermost pixels to interpolate with, and areas are of whole pixels' values.
    assert np.abs(shown - expected).max() <= 0.26
    assert np.abs((shown - expected).mean((1, 2))).max() < 1e-5


def test_patches_of_a_crop_and_its_own_turns_are_one_to_one() -> None:
    first = Crop(3, 5, SIZE, SIZE)
    assert np.array_equal(first.partners(first, PATCH), np.arange(GRID**2).reshape(GRID, GRID))
    for turns, mirrored in WAYS:
        found = Crop(3, 5, SIZE, SIZE, turns, mirrored).partners(first, PATCH)
        assert sorted(found.ravel()) == list(range(GRID**2))
    assert Crop(3, 5, SIZE, SIZE, 1).partners(first, PATCH)[0].tolist() == [2, 5, 8], (
        "the right column comes to the top"
    )


def test_half_a_patch_is_enough_and_less_is_not() -> None:
    first = Crop(0, 0, SIZE, SIZE)
    assert Crop(0, 4, SIZE, SIZE).partners(first, PATCH)[0].tolist() == [0, 1, 2]
    assert Crop(0, 5, SIZE, SIZE).partners(first, PATCH)[0].tolist() == [1, 2, -1]
    assert (Crop(4, 5, SIZE, SIZE).partners(first, PATCH) == -1).all()
