"""The plan of tiles: a pixel left out, or written twice, is a hole or a seam in the user's map."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mmearth_core.raster.grid import TilePlan, Window

sizes = st.integers(1, 300)
windows = st.builds(Window, st.integers(0, 200), st.integers(0, 200), sizes, sizes)


@st.composite
def plans(draw: st.DrawFn) -> TilePlan:
    stride = draw(st.sampled_from([1, 8, 16, 32]))
    size, halo = stride * draw(st.integers(1, 12)), stride * draw(st.integers(0, 6))
    area = draw(windows)
    raster = area.row_end + draw(st.integers(0, 50)), area.col_end + draw(st.integers(0, 50))
    return TilePlan(raster, area, max(size, 16), halo, stride, draw(st.integers(0, 5)))


def test_what_users_give_columns_first_becomes_rows_first_and_back() -> None:
    window = Window.from_columns_first((3, 50, 20, 7))
    assert (window.col, window.row, window.width, window.height) == (3, 50, 20, 7)
    assert window.slices == (slice(50, 57), slice(3, 23))
    assert window.columns_first == (3, 50, 20, 7)


@given(plans())
def test_every_pixel_of_the_area_and_its_margin_is_in_exactly_one_core(plan: TilePlan) -> None:
    count = np.zeros(plan.raster, int)
    tiles = list(plan)
    for tile in tiles:
        assert tile.core
        count[tile.core.slices] += 1
    assert (count[plan.reach.slices] == 1).all()
    assert count.sum() == plan.reach.pixels
    assert plan.reach == plan.area.padded(plan.margin).intersection(Window(0, 0, *plan.raster))
    assert len(tiles) == len(list(replace(plan, margin=0))), "a margin makes tiles larger, not more of them"
    assert [tile.index for tile in tiles] == list(range(len(plan)))


@given(plans())
def test_context_holds_core_and_halo_and_is_aligned_to_the_stride(plan: TilePlan) -> None:
    for tile in plan:
        around = tile.core.padded(plan.halo).intersection(Window(0, 0, *plan.raster))
        assert around.intersection(tile.context) == around
        for edge in (tile.context.row, tile.context.col, tile.context.row_end, tile.context.col_end):
            assert edge % plan.stride == 0
        grown = -(-plan.margin // plan.stride) * plan.stride
        assert tile.context.height <= plan.size + 2 * (plan.halo + grown)
        assert tile.context.width <= plan.size + 2 * (plan.halo + grown)
    assert plan.largest_context == max(tile.context.pixels for tile in plan)
    assert plan.context_pixels == sum(tile.context.pixels for tile in plan)


@given(plans(), windows)
def test_cores_of_another_area_are_the_same_but_clipped(plan: TilePlan, area: Window) -> None:
    """Embedding a window gives the pixels of the whole embedding."""
    plan = replace(plan, margin=0)
    whole = replace(plan, area=Window(0, 0, *plan.raster))
    cores = {(tile.core.row // plan.size, tile.core.col // plan.size): tile.core for tile in whole}
    area = area.intersection(whole.area)
    assume(area)
    for tile in replace(plan, area=area):
        assert tile.core == cores[tile.core.row // plan.size, tile.core.col // plan.size].intersection(area)


@given(plans())
def test_contexts_end_with_the_raster(plan: TilePlan) -> None:
    """Zero padding inside the raster for one plan and not for another would give two embeddings of one pixel."""
    cells = Window(0, 0, *(-(-side // plan.stride) * plan.stride for side in plan.raster))
    for tile in plan:
        assert tile.context.intersection(cells) == tile.context


def test_an_area_outside_the_raster_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        TilePlan((10, 10), Window(0, 0, 11, 10), 8, 8, 8)


def test_sizes_that_do_not_fit_the_patch_are_refused() -> None:
    with pytest.raises(ValueError, match="multiples"):
        TilePlan((10, 10), Window(0, 0, 10, 10), 100, 8, 8)
    with pytest.raises(ValueError, match="multiples"):
        TilePlan((10, 10), Window(0, 0, 10, 10), 64, 5, 8)
