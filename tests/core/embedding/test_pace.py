"""Progress within a tile: it moves while a tile is being computed, never says too much, and adds up."""

from hypothesis import given
from hypothesis import strategies as st

from mmearth_core import embed
from mmearth_core.embedding.forecast import Pace
from mmearth_core.embedding.running import pipeline
from mmearth_core.progress import Silent
from mmearth_core.raster.grid import TilePlan, Window


class Told(Silent):
    def __init__(self):
        self.total, self.amounts = 0, []

    def start(self, task, total, unit, area_per_unit=None):  # noqa: ARG002
        self.total = self.total or total

    def advance(self, amount):
        self.amounts.append(amount)


def tiles():
    return list(TilePlan((96, 192), Window(0, 0, 96, 192), 96, 0, 8))


@given(st.lists(st.floats(0, 5), min_size=1, max_size=20))
def test_what_is_told_within_a_tile_stays_below_it_and_adds_up(steps):
    now, told = [0.0], Told()
    pace = Pace(told, per_pixel=1e-4, clock=lambda: now[0])
    [first, *_] = tiles()
    pace.begin(first)
    for step in steps:
        now[0] += step
        pace.look()
        assert sum(told.amounts) < first.core.pixels and all(amount > 0 for amount in told.amounts)
    pace.finish(first, computed=True)
    assert sum(told.amounts) == first.core.pixels


def test_half_of_the_expected_work_is_half_of_the_tile_and_the_pace_of_one_tile_counts_for_the_next():
    now, told = [0.0], Told()
    pace = Pace(told, per_pixel=1e-4, clock=lambda: now[0])
    first, second, *_ = tiles()
    pace.begin(first)
    now[0] = first.context.pixels * 1e-4 / 2
    pace.look()
    assert abs(sum(told.amounts) / first.core.pixels - 0.5) < 0.01
    now[0] = 4.0
    pace.finish(first, computed=True)
    pace.begin(second)
    now[0] += 2.0 * second.context.pixels / first.context.pixels
    pace.look()
    assert abs(sum(told.amounts) / first.core.pixels - 1.5) < 0.01


def test_a_scene_of_one_tile_tells_its_progress(make_scene, tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline, "_MOMENT", 0.005)
    told = Told()
    embed(scene=make_scene(200, 200), output=tmp_path / "emb.tif", tile=200, progress=told)
    before_the_end = [sum(told.amounts[: n + 1]) / told.total for n in range(len(told.amounts))]
    assert sum(1 for share in before_the_end if 0.02 < share < 0.98) >= 3, before_the_end
