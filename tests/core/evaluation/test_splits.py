"""Splits by place: nothing leaks, nothing depends on who is judged, and few labels are part of many."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmearth_core.errors import MMEarthError
from mmearth_core.evaluation.splits import Draw, Task, deal, draw


def blocks_task(rows: int = 300, groups: int = 60, classes: int = 4, held: float | None = None) -> Task:
    """Rows of random classes in random places; with `held` a share of the places is held out."""
    rng = np.random.default_rng(3)
    group, label = rng.integers(0, groups, rows), rng.integers(0, classes, rows)
    held_out = None if held is None else np.isin(group, rng.permutation(groups)[: round(held * groups)])
    return Task("blocks", tuple("abcdefgh"[:classes]), label, group, held_out)


def places(task: Task, rows: np.ndarray) -> set[int]:
    return set(task.group[rows].tolist())


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), held=st.sampled_from([None, 0.3]))
def test_no_place_is_both_learned_and_tested(seed: int, held: float | None) -> None:
    task = blocks_task(held=held)
    for drawn in draw(task, (1, 5, 20), seed):
        assert not places(task, drawn.train) & places(task, drawn.test)
        assert len(drawn.test) > 10
        if held is not None:
            assert task.held_out[drawn.test].all()


def test_few_labels_are_part_of_many_and_as_many_as_asked_for() -> None:
    task = blocks_task()
    one, five, twenty = draw(task, (1, 5, 20), 0)
    for drawn in (one, five, twenty):
        assert np.bincount(task.label[drawn.train]).tolist() == [drawn.count] * 4
        assert np.array_equal(drawn.test, one.test)
    assert set(one.train) < set(five.train) < set(twenty.train)


def test_a_class_gives_what_it_has() -> None:
    task = Task("few", ("a", "b"), np.array([0, 0, 0, 0, 1, 1]), np.arange(6))
    (drawn,) = draw(task, (20,), 0)
    assert sorted(np.bincount(task.label[drawn.train])) == [1, 2]


def test_a_draw_is_a_function_of_its_seed() -> None:
    task = blocks_task()

    def same(one: Draw, other: Draw) -> bool:
        return np.array_equal(one.train, other.train) and np.array_equal(one.test, other.test)

    assert same(draw(task, (5,), 7)[0], draw(task, (5,), 7)[0])
    assert not same(draw(task, (5,), 7)[0], draw(task, (5,), 8)[0])


def test_over_the_seeds_all_that_may_be_is_tested() -> None:
    task = blocks_task(held=0.3)
    tested = set().union(*(draw(task, (1,), seed)[0].test.tolist() for seed in range(8)))
    assert tested == set(np.flatnonzero(task.held_out).tolist())


def test_every_class_has_polygons_on_both_sides() -> None:
    label = np.repeat([0, 1, 2], [5, 4, 2])
    for seed in range(20):
        side = deal(np.repeat(label, 10), np.repeat(np.arange(11), 10), 2, np.random.default_rng(seed))
        for index in range(3):
            assert set(side[np.repeat(label, 10) == index]) == {0, 1}


def test_what_cannot_be_learned_is_not_asked() -> None:
    # Class c has no place of its own: with some seeds those of a and b that it shares are both tested.
    label, group = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 2, 1, 3, 0, 1])
    task = Task("shared", ("a", "b", "c"), label, group)
    for seed in range(30):
        (drawn,) = draw(task, (3,), seed)
        assert set(label[drawn.test]) <= set(label[drawn.train])


def test_a_class_in_one_place_cannot_be_judged() -> None:
    with pytest.raises(MMEarthError, match="class b is in one place"):
        Task("site", ("a", "b"), np.array([0, 0, 1, 1]), np.array([0, 1, 2, 2]))


def test_a_place_cannot_be_half_held_out() -> None:
    with pytest.raises(MMEarthError, match="both held out and not"):
        Task("site", ("a",), np.zeros(3, int), np.array([0, 1, 1]), np.array([False, True, False]))


def test_what_is_labelled_on_one_date_is_tested_on_another_elsewhere() -> None:
    still = blocks_task()
    date = np.repeat(np.arange(3), len(still))
    task = Task("dated", still.classes, np.tile(still.label, 3), np.tile(still.group, 3), date=date)
    pairs = set()
    for seed in range(20):
        for drawn in draw(task, (1, 5), seed):
            (learned,), (tested,) = np.unique(date[drawn.train]), np.unique(date[drawn.test])
            assert learned != tested
            assert not places(task, drawn.train) & places(task, drawn.test)
            assert np.bincount(task.label[drawn.train]).tolist() == [drawn.count] * 4
            pairs.add((learned, tested))
    assert len(pairs) > 4


def test_one_date_cannot_be_carried_to_another() -> None:
    with pytest.raises(MMEarthError, match="all rows are of one date"):
        Task("dated", ("a",), np.zeros(3, int), np.arange(3), date=np.zeros(3, int))
