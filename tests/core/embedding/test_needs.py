"""The tile that is chosen for a user: inside the memory, made of whole patches, and never a poor choice."""

import shutil
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from mmearth_core.embedding.needs import (
    MEMORY_BUDGET,
    bytes_per_pixel,
    check_disk,
    default_tile,
    largest_context,
    needs,
)
from mmearth_core.encoder.architecture import Architecture
from mmearth_core.errors import MMEarthError
from mmearth_core.raster.grid import TilePlan, Window

ATTO = Architecture("atto", 8, 12)
sides = st.integers(1, 12_000)


@st.composite
def jobs(draw) -> tuple[tuple[int, int], Window, Architecture, int, int]:
    """(raster, area in it, architecture, halo, batch size)."""
    raster = draw(sides), draw(sides)
    whole = draw(st.booleans())
    row, col = (0, 0) if whole else (draw(st.integers(0, side - 1)) for side in raster)
    height, width = (
        raster if whole else (draw(st.integers(1, s - at)) for s, at in zip(raster, (row, col), strict=True))
    )
    architecture = Architecture(draw(st.sampled_from(["atto", "tiny"])), draw(st.sampled_from([8, 16, 32])), 12)
    halo = draw(st.sampled_from([0, architecture.patch, 96, 160]))
    return raster, Window(row, col, height, width), architecture, halo, draw(st.sampled_from([1, 4]))


def largest(plan: TilePlan) -> int:
    return max(tile.context.pixels for tile in plan)


@settings(max_examples=60)
@given(jobs())
@example(((1001, 1500), Window(0, 0, 1001, 1500), ATTO, 160, 1))
@example(((561, 561), Window(0, 0, 561, 561), Architecture("tiny", 8, 12), 160, 4))
@example(((449, 1153), Window(0, 0, 196, 257), Architecture("tiny", 32, 12), 96, 4))
def test_the_default_tile_keeps_the_memory_and_is_economic(job):
    raster, area, architecture, halo, batch_size = job
    patch, limit = architecture.patch, largest_context(architecture, 64, batch_size)
    size = default_tile(raster, area, architecture, halo, 64, batch_size)
    assert size >= 64 and size % patch == 0
    chosen = TilePlan(raster, area, size, halo, patch)
    assert largest(chosen) <= limit
    assert needs(chosen, architecture, 64, batch_size).memory <= MEMORY_BUDGET

    # No worse than what someone would choose who knows the limit only, but for the halo that a sliver at the raster's
    # edge saves. An area elsewhere has its own luck with the grid, which is anchored at the raster's origin.
    assume(area.row == area.col == 0)
    for simple in ((int(limit**0.5) - 2 * halo) // patch * patch, 256, 512):
        if simple >= 64:
            plan = TilePlan(raster, area, simple, halo, patch)
            if largest(plan) <= limit:
                assert chosen.context_pixels <= 1.05 * plan.context_pixels


def test_a_raster_that_fits_is_one_tile():
    assert default_tile((700, 900), Window(0, 0, 700, 900), ATTO, 88, 64) in {704, 904}
    assert len(TilePlan((700, 900), Window(0, 0, 700, 900), 904, 88, 8)) == 1
    small = Window(0, 0, 180, 200)
    assert default_tile((180, 200), small, ATTO, 88, 64) == 200, "the tile is told, kept with what was done, no larger"


def test_a_small_window_of_a_large_scene_is_one_tile():
    """Wherever it lies: computing its halo once costs less than cutting it at the scene's tile borders."""
    raster = (10980, 10980)
    for area in (
        Window(5000, 5200, 600, 600),
        Window(840, 840, 20, 20),
        Window(10900, 0, 80, 80),
        Window(3700, 2100, 900, 300),
    ):
        assert len(TilePlan(raster, area, default_tile(raster, area, ATTO, 88, 64), 88, 8)) == 1


def test_a_sentinel_2_tile_costs_little_more_than_its_pixels():
    raster, area = (10980, 10980), Window(0, 0, 10980, 10980)
    plan = TilePlan(raster, area, default_tile(raster, area, ATTO, 88, 64), 88, 8)
    assert plan.context_pixels / area.pixels < 1.5


def test_when_nothing_fits_the_smallest_tile_is_taken():
    large = Architecture("large", 32, 12)
    assert default_tile((9000, 9000), Window(0, 0, 9000, 9000), large, large.exact_halo, 64, 8) == 64


def test_needs_grow_with_what_is_asked():
    area = Window(0, 0, 1000, 1000)
    plan = TilePlan((1000, 1000), area, 256, 88, 8)
    found = needs(plan, ATTO, 64, 1)
    assert found.disk == pytest.approx(2 * 64e6, rel=0.15)  # finished tiles and, for a while, the raster beside them
    assert needs(plan, ATTO, 64, 4).memory - found.memory == 3 * largest(plan) * bytes_per_pixel(ATTO, 64)
    assert needs(plan, Architecture("tiny", 8, 12), 64, 1).memory > found.memory
    assert needs(plan, ATTO, 32, 1).disk < found.disk


def test_a_disk_that_is_too_small_is_noticed(tmp_path, monkeypatch):
    asked = []

    def disk_usage(folder: Path):
        asked.append(folder)
        return shutil._ntuple_diskusage(10**10, 9 * 10**9, 10**9)

    monkeypatch.setattr(shutil, "disk_usage", disk_usage)
    check_disk(tmp_path / "emb.tif", 10**9, 0)
    check_disk(tmp_path / "emb.tif", 3 * 10**9, 2 * 10**9)  # most of it is written already
    with pytest.raises(MMEarthError, match=r"up to 3\.0 GB .* has 1\.0 GB free; make room"):
        check_disk(tmp_path / "emb.tif", 3 * 10**9, 0)
    with pytest.raises(MMEarthError, match="GB free"):
        check_disk(tmp_path / "emb.tif", 3 * 10**9, 2 * 10**9 - 1)
    monkeypatch.chdir(tmp_path)
    check_disk(Path("emb.tif"), 10**9, 0)
    assert set(asked) == {tmp_path}
