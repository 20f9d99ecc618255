"""Every place of an area is made once, by the scene that shows it best, far from that scene's edge."""

from datetime import UTC, datetime

import numpy as np
import pytest
import shapely
from affine import Affine
from rasterio.crs import CRS
from rasterio.features import rasterize

from mmearth_core.country.covering.cells import cells, narrow
from mmearth_core.country.covering.choosing import choose
from mmearth_core.country.covering.globe import on_map, outline, square_kilometres
from mmearth_core.country.covering.scenes import Candidate
from mmearth_core.raster.grid import Grid

#: Pixels of 100 m instead of 10, so that a tile of 109.8 km is small.
STEP, SIDE = 100.0, 1098


def tile(zone: int, square: tuple[int, int], *, south: bool = False) -> Grid:
    """A tile of Sentinel-2: its square of 100 km, some of the western and most of the southern neighbour's too."""
    column, row = square
    left, top = column * 100_000 - 40, row * 100_000
    return Grid(SIDE, SIDE, Affine(STEP, 0, left, 0, -STEP, top), CRS.from_epsg((32700 if south else 32600) + zone))


def scene(name: str, grid: Grid, *, cloud: float = 0.0, footprint: object = None) -> Candidate:
    whole = outline(grid) if footprint is None else footprint
    return Candidate(name, f"{name}.tif", grid, whole, date=datetime(2023, 7, 1, tzinfo=UTC), cloud=cloud, tile=name)


def made(pieces, grid: Grid) -> np.ndarray:
    """How many scenes of this very grid's lattice make each of its pixels."""
    total = np.zeros(grid.shape, int)
    for piece in pieces:
        if piece.candidate.grid.crs == grid.crs:
            shape = on_map(piece.own, grid.crs.to_wkt())
            total += (
                rasterize([shape], grid.shape, transform=grid.transform, fill=0, dtype="uint8")
                if not shape.is_empty
                else 0
            )
    return total


def test_neighbours_are_cut_between_two_pixels_in_the_middle_of_what_they_share() -> None:
    grids = [tile(32, (c, r)) for c in (5, 6) for r in (50, 51)]
    whole = Grid(2098, 2098, Affine(STEP, 0, 499_960, 0, -STEP, 5_100_000), CRS.from_epsg(32632))
    pieces = choose([scene(f"t{i}", grid) for i, grid in enumerate(grids)], outline(whole)).pieces
    assert len(pieces) == 4 and (made(pieces, whole) == 1).all()
    for piece in pieces:
        own = shapely.bounds(on_map(piece.own, whole.crs.to_wkt()))
        inset = np.abs(own - piece.candidate.grid.bounds)
        assert np.logical_or(inset < 0.1, np.abs(inset - 4900) <= STEP).all(), "half of what is shared"
        assert np.abs((own - 499_960) / STEP - np.rint((own - 499_960) / STEP))[[0, 2]].max() < 1e-3, "between pixels"


@pytest.mark.parametrize(("high", "wide"), [(160, 408), (408, 160)])
def test_strips_that_share_most_of_their_length_are_cut_across_it(high: int, wide: int) -> None:
    """Not along the shorter side of what they share, which would end one's ground at the other's very edge."""
    along = int(wide < high)
    grids = [
        Grid(high, wide, Affine(10, 0, 600_000 + (0 if along else moved), 0, -10, 5_100_000 - (moved if along else 0)),
             CRS.from_epsg(32632))
        for moved in (0, 800)
    ]  # fmt: skip
    owned = [np.array(shapely.bounds(on_map(cell, "EPSG:32632"))) for cell in cells(grids)]
    for own, grid in zip(owned, grids, strict=True):
        inset = np.abs(own - grid.bounds)
        assert sorted(np.rint(inset)) == [0, 0, 0, 1640], "half of what is shared, across the strip alone"
        assert inset[[0, 2] if along else [1, 3]].max() < 1
    assert narrow(grids, 100) == 0


@pytest.mark.parametrize(("zones", "south"), [((32, 33), False), ((60, 1), False), ((23, 24), True)])
def test_zones_meet_at_their_meridian_and_every_point_is_made_once(zones: tuple[int, int], south: bool) -> None:
    row = 93 if south else 50
    grids = [tile(zones[0], (7, row), south=south), tile(zones[0], (6, row), south=south)]
    grids += [tile(zones[1], (2, row), south=south), tile(zones[1], (3, row), south=south)]
    found = cells(grids)
    for index, one in enumerate(found):
        for other in found[index + 1 :]:
            assert square_kilometres(one.intersection(other)) < 1e-4
    together = shapely.union_all([outline(grid) for grid in grids])
    assert square_kilometres(together.difference(shapely.union_all(found))) < 0.01 * square_kilometres(together)
    choice = choose([scene(f"t{i}", grid) for i, grid in enumerate(grids)], together)
    assert choice.missing_km2 == pytest.approx(0, abs=1e-3)
    owns = [piece.own for piece in choice.pieces]
    assert sum(map(square_kilometres, owns)) == pytest.approx(square_kilometres(together), rel=1e-6)
    if zones == (60, 1):
        return
    border, beyond = -180 + 6 * (zones[1] - 1), 0.0
    for piece in choice.pieces:
        first = piece.candidate.grid.crs.to_epsg() % 100 == zones[0]
        shared = piece.own.intersection(shapely.union_all([outline(g) for g in (grids[2:] if first else grids[:2])]))
        wrong = shapely.box(border, -90, 180, 90) if first else shapely.box(-180, -90, border, 90)
        beyond += square_kilometres(shared.intersection(wrong))
    assert beyond < 0.005 * square_kilometres(together), beyond


def test_the_clearest_scene_comes_first_and_another_goes_on_where_its_swath_ends() -> None:
    grid = tile(32, (5, 50))
    west, south, east, north = shapely.bounds(outline(grid))
    half = shapely.box(west, south, (west + east) / 2, north)
    clear, cloudy, dark = (
        scene("clear", grid, cloud=2, footprint=outline(grid).intersection(half)),
        scene("cloudy", grid, cloud=30),
        scene("dark", grid, cloud=99),
    )
    choice = choose([dark, cloudy, clear], outline(grid))
    assert [piece.candidate.name for piece in choice.pieces] == ["clear", "cloudy"]
    assert (made(choice.pieces, grid) == 1).all() and choice.missing_km2 == 0
    # What no scene covers is missing, and said.
    alone = choose([clear], outline(grid))
    assert alone.missing_km2 == pytest.approx(square_kilometres(outline(grid)) / 2, rel=0.01)
    assert (made(alone.pieces, grid) == 1).mean() == pytest.approx(0.5, abs=0.01)
    # A second look is of other scenes, where there are some.
    twice = choose([dark, cloudy, clear], outline(grid), looks=2)
    assert [(piece.candidate.name, piece.look) for piece in twice.pieces if piece.look == 2] == [("dark", 2)]


def test_odd_scenes_leave_nothing_that_somebody_covers() -> None:
    """A small scene within a large one, and three that overlap in turn."""
    crs, rng = CRS.from_epsg(32633), np.random.default_rng(0)
    for _ in range(5):
        grids = [
            Grid(int(h), int(w), Affine(STEP, 0, 500_000 + STEP * int(x), 0, -STEP, 5_200_000 - STEP * int(y)), crs)
            for h, w, x, y in rng.integers(50, 500, (6, 4))
        ]
        whole = Grid(1000, 1000, Affine(STEP, 0, 500_000, 0, -STEP, 5_200_000), crs)
        covered = rasterize([shapely.box(*grid.bounds) for grid in grids], whole.shape, transform=whole.transform)
        choice = choose([scene(f"t{i}", grid) for i, grid in enumerate(grids)], outline(whole))
        np.testing.assert_array_equal(made(choice.pieces, whole), covered)


def test_only_the_area_is_made() -> None:
    grid = tile(32, (5, 50))
    middle = shapely.centroid(outline(grid)).buffer(0.1)
    (piece,) = choose([scene("one", grid), scene("far", tile(32, (2, 50)))], middle).pieces
    assert piece.own.symmetric_difference(middle).area < 1e-9
