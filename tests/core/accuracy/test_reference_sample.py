"""The reference sample: every pixel of a class has the same chance, small classes are not forgotten, the labeller
stays blind."""

import itertools

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st

from mmearth_core.accuracy.reference_sample import allocate, sample
from mmearth_core.errors import Cancelled, MMEarthError
from mmearth_core.maps.class_map import new_map
from mmearth_core.maps.legend import Legend
from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import Grid

TRANSFORM = Affine(10, 0, 500_000, 0, -10, 5_800_000)


@pytest.fixture
def class_map(tmp_path):
    """1100 × 1200 pixels (two blocks): 1 forest, 2 water, 3 town (900 pixels, in both blocks), a no-data corner."""
    values = np.ones((1100, 1200), np.uint8)
    values[:, 800:] = 2
    values[1010:1040, 100:130] = 3
    values[:50, :50] = 0
    grid = Grid(1100, 1200, TRANSFORM, rasterio.crs.CRS.from_epsg(32630))
    path = tmp_path / "map.tif"
    with new_map(path, Legend.numbered(["forest", "water", "town"]), grid, tags={}) as dataset:
        dataset.write(values, 1)
    return path, values


def read(path):
    meta, _, geometry, columns = pyogrio.raw.read(path)
    return shapely.get_coordinates(shapely.from_wkb(geometry)), dict(zip(meta["fields"], columns, strict=True))


def test_points_lie_on_centres_of_distinct_pixels_of_their_class(class_map, tmp_path):
    path, values = class_map
    result = sample(map=path, output=tmp_path / "points.gpkg", n=400)
    xy, fields = read(result.path)
    cols, rows = (xy - [TRANSFORM.c, TRANSFORM.f]).T / [[10], [-10]]
    assert np.allclose(cols % 1, 0.5) and np.allclose(rows % 1, 0.5)
    assert values[rows.astype(int), cols.astype(int)].tolist() == fields["stratum"].tolist()
    assert len(set(zip(rows, cols, strict=True))) == 400
    assert result.allocation["town"] == 50
    assert result.points == 400
    assert "50 in town" in str(result)


def test_fields_carry_the_design_and_leave_the_class_to_the_interpreter(class_map, tmp_path):
    path, values = class_map
    _, fields = read(sample(map=path, output=tmp_path / "points.shp", n=60, seed=4).path)
    assert list(fields) == ["id", "class", "stratum", "stratum_px", "stratum_ha", "map_digest", "seed"]
    assert fields["id"].tolist() == list(range(1, 61))
    assert set(fields["class"]) == {None}
    assert set(fields["seed"]) == {4}
    for value in (1, 2, 3):
        mine = fields["stratum"] == value
        assert set(fields["stratum_px"][mine]) == {(values == value).sum()}
        assert set(fields["stratum_ha"][mine]) == {(values == value).sum() / 100}
    # The order gives nothing away: the first third is not one class.
    assert len(set(fields["stratum"][:20])) == 3


def test_every_pixel_of_a_class_has_the_same_chance(tmp_path):
    values = np.ones((4, 6), np.uint8)
    values[1:3, 2:5] = 2
    path = tmp_path / "map.tif"
    grid = Grid(4, 6, TRANSFORM, rasterio.crs.CRS.from_epsg(32630))
    with new_map(path, Legend.numbered(["a", "b"]), grid, tags={}) as dataset:
        dataset.write(values, 1)
    hits = np.zeros(values.shape)
    rounds = 150
    for seed in range(rounds):
        sample(map=path, output=tmp_path / "p.fgb", n=9, min_per_class=3, seed=seed, overwrite=True)
        xy, _ = read(tmp_path / "p.fgb")
        cols, rows = ((xy - [TRANSFORM.c, TRANSFORM.f]) / [10, -10]).astype(int).T
        hits[rows, cols] += 1
    for value in (1, 2):
        chance = hits[values == value].sum() / (rounds * (values == value).sum())
        spread = (chance * (1 - chance) / rounds) ** 0.5
        assert np.abs(hits[values == value] / rounds - chance).max() < 4 * spread


def test_same_seed_same_points_other_seed_others(class_map, tmp_path):
    path, _ = class_map
    results = [sample(map=path, output=tmp_path / f"{i}.gpkg", n=50, seed=seed) for i, seed in enumerate([7, 7, 8])]
    points = [read(result.path)[0] for result in results]
    assert np.array_equal(points[0], points[1])
    assert not np.array_equal(points[0], points[2])


def test_a_whole_class_can_be_drawn_across_blocks(class_map, tmp_path):
    path, values = class_map
    xy, fields = read(sample(map=path, output=tmp_path / "all.gpkg", n=2700, min_per_class=900).path)
    town = fields["stratum"] == 3
    assert town.sum() == 900  # each of its pixels once
    cols, rows = ((xy[town] - [TRANSFORM.c, TRANSFORM.f]) / [10, -10]).astype(int).T
    got = np.zeros(values.shape, bool)
    got[rows, cols] = True
    assert np.array_equal(got, values == 3)


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=8), st.integers(0, 10**4), st.integers(2, 60))
def test_allocation_adds_up_and_keeps_its_promises(counts, n, minimum):
    pixels = dict(enumerate(counts))
    floors = {value: min(minimum, count) for value, count in pixels.items()}
    if not sum(floors.values()) <= n <= sum(counts):
        with pytest.raises(ValueError):
            allocate(pixels, n, minimum)
        return
    allocation = allocate(pixels, n, minimum)
    assert sum(allocation.values()) == n
    assert all(floors[value] <= number <= pixels[value] for value, number in allocation.items())
    above = [value for value in pixels if allocation[value] > floors[value] + 1]
    for a, b in itertools.pairwise(above):
        # Classes above the minimum share in proportion to their pixels, to within the rounding of one point.
        assert abs(allocation[a] * pixels[b] - allocation[b] * pixels[a]) <= pixels[a] + pixels[b]


def test_default_minimum_is_what_the_documentation_says():
    pixels = {1: 1_000_000, 2: 1_000}
    assert allocate(pixels, 400, 50) == {1: 350, 2: 50}


def test_points_left_over_by_rounding_go_to_the_largest_remainders():
    assert allocate({1: 320, 2: 370, 3: 310}, 10, 2) == {1: 3, 2: 4, 3: 3}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"n": 5}, "ask for 6 or more"),
        ({"n": 10**7}, "fewer than the 10000000 points"),
        ({"n": 30, "min_per_class": 11}, "minimum per class from 2 to 10"),
        ({"n": 30, "min_per_class": 1}, "minimum per class from 2"),
        ({"n": 30, "seed": -1}, "choose 0 or more"),
        ({"n": 30, "output": "points.csv"}, "let it end in"),
        ({"n": 30, "map": "absent.tif"}, "does not exist"),
    ],
)
def test_unusable_requests_leave_nothing(class_map, tmp_path, options, sentence):
    before = sorted(tmp_path.iterdir())
    names = {key: tmp_path / value for key, value in options.items() if key in ("map", "output")}
    with pytest.raises(MMEarthError, match=sentence):
        sample(**{"map": class_map[0], "output": tmp_path / "points.gpkg", **options, **names})
    assert sorted(tmp_path.iterdir()) == before


def test_cancel_leaves_nothing(class_map, tmp_path):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        sample(map=class_map[0], output=tmp_path / "points.gpkg", n=50, cancel=token)
    assert not (tmp_path / "points.gpkg").exists()
