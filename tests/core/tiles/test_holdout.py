"""The hold-out: neighbours never on both sides, the same blocks for everybody."""

import numpy as np
import pytest

from mmearth_core.errors import MMEarthError
from mmearth_core.tiles.holdout import blocks, lots, split


def places(count: int, seed: int = 0) -> np.ndarray:
    """Places spread evenly over the sphere."""
    rng = np.random.default_rng(seed)
    return np.stack([rng.uniform(-180, 180, count), np.degrees(np.arcsin(rng.uniform(-1, 1, count)))], axis=1)


def test_every_tile_is_on_one_side_and_no_block_on_both() -> None:
    lonlat = places(20_000)
    train, held = split(lonlat, share=0.2, block_degrees=5)
    assert sorted([*train, *held]) == list(range(20_000))
    of = [set(map(tuple, blocks(lonlat[part], block_degrees=5).tolist())) for part in (train, held)]
    assert of[0] and of[1] and not of[0] & of[1]


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5])
def test_about_the_share_that_was_asked_for_is_held_out(share: float) -> None:
    _, held = split(places(20_000), share=share, block_degrees=2)
    assert len(held) / 20_000 == pytest.approx(share, abs=0.02)


def test_a_block_is_on_the_same_side_in_another_dataset() -> None:
    lonlat = places(3000)
    _, held = split(lonlat, share=0.3)
    order = np.random.default_rng(1).permutation(3000)[:1500]
    _, fewer = split(lonlat[order], share=0.3)
    assert set(order[fewer]) == set(held) & set(order)


def test_what_a_place_draws_never_depends_on_the_others() -> None:
    lonlat = places(500)
    lonlat[7] = np.nan
    drawn = lots(lonlat, seed=3)
    assert np.flatnonzero(np.isnan(drawn)).tolist() == [7]
    for some in ([1], [2, 7], [400, 3, 3]):
        assert np.array_equal(lots(lonlat[some], seed=3), drawn[some], equal_nan=True)


def test_another_seed_holds_out_other_blocks() -> None:
    lonlat = places(2000)
    sides = [set(split(lonlat, share=0.3, seed=seed)[1]) for seed in (0, 0, 1)]
    assert sides[0] == sides[1] != sides[2]


def test_the_split_is_the_same_on_every_machine_and_in_every_release() -> None:
    lonlat = np.array([[lon, lat] for lat in (-62.5, -10.5, 0.5, 51.5) for lon in range(-180, 180, 20)], float)
    assert split(lonlat, share=0.1)[1].tolist() == [0, 1, 14, 16, 19, 32, 55, 61, 69]


def test_blocks_are_about_equally_large_everywhere() -> None:
    found, count = np.unique(blocks(places(400_000), block_degrees=10), axis=0, return_counts=True)
    assert 380 < len(found) < 440  # the sphere has 412.5 squares of 10°
    away = np.abs(found[:, 0] - 8.5) < 8  # at the poles blocks are triangles
    assert count[away].min() > 0.6 * count[away].mean()


def test_both_names_of_the_antimeridian_are_one_place() -> None:
    found = blocks(np.array([[180.0, 12.3], [-180.0, 12.3], [540.0, 12.3]]))
    assert (found == found[0]).all()


def test_the_poles_belong_to_blocks() -> None:
    assert blocks(np.array([[0.0, 90.0], [0.0, -90.0], [359.999999999999999, 0.0]])).tolist() == [
        [179, 0],
        [0, 0],
        [90, 0],
    ]


def test_tiles_of_unknown_place_are_learned_from_only_when_told_and_never_judged_by() -> None:
    lonlat = places(200)
    lonlat[::10] = np.nan
    train, held = split(lonlat, share=0.3)
    assert sorted([*train, *held]) == [each for each in range(200) if each % 10]
    everything, same = split(lonlat, share=0.3, learn_unplaced=True)
    assert everything.tolist() == sorted([*train, *range(0, 200, 10)]) and np.array_equal(same, held)


def test_without_a_hold_out_all_tiles_are_learned_from() -> None:
    train, held = split(np.full((5, 2), np.nan), share=0)
    assert (train.tolist(), held.tolist()) == ([0, 1, 2, 3, 4], [])


def test_of_few_blocks_one_is_held_out() -> None:
    lonlat = np.array([[10.5, 45.5]] * 6 + [[12.5, 45.5]] * 3)
    train, held = split(lonlat, share=0.01)
    assert {len(train), len(held)} == {3, 6}


@pytest.mark.parametrize(
    ("lonlat", "share", "says"),
    [
        ([[10.5, 45.5]] * 4, 0.2, "smaller blocks"),
        ([[np.nan, np.nan]] * 4, 0.2, "known place"),
        ([[10.5, 45.5], [12.5, 45.5]], 1.2, "no share of tiles to hold out"),
        ([[10.5, 45.5], [12.5, 45.5]], 0.99999, "nothing to train on"),
        ([[500_000.0, 5_700_000.0]], 0.2, "in degrees"),
    ],
)
def test_a_split_that_cannot_be_says_why(lonlat, share, says) -> None:
    with pytest.raises(MMEarthError, match=says):
        split(np.array(lonlat), share=share)
