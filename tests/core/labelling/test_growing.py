"""Click to segment: the shape that a place grows into is the field that was clicked, and what ended it is told."""

import json
import threading
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from foreign_embeddings import Fields, write_alphaearth, write_tessera_tif
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from pyproj import Transformer

from mmearth_core.errors import Cancelled, MMEarthError
from mmearth_core.labelling.growing import ground, growth
from mmearth_core.labelling.growing.ground import TILE, Tiles
from mmearth_core.labelling.growing.growth import SIDE, Growing, Grown, Seed, _around, _ends, _joined
from mmearth_core.labelling.growing.region import Likeness, NeighbourSpread, Region, _filled, unlikeness
from mmearth_core.labelling.live import LiveSet, View
from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import Grid, Window
from mmearth_core.sources.stack import Stack, StackReader, stacks_of
from mmearth_core.vectors.footprints import covered


def region(unlike: Any, place: tuple[int, int], tolerance: float, holes: int = 0) -> Region:
    """What a place grows into on ground that ends where the array does."""
    everywhere = np.ones(unlike.shape, bool)
    return Likeness(unlike, place).region(tolerance, allowed=everywhere, ends=~everywhere, holes=holes)


def field_of(scene: Any, row: int, col: int) -> Any:
    """The pixels of the class around a pixel that hang together with it."""
    from scipy import ndimage

    parts, _ = ndimage.label(scene.truth == scene.truth[row, col])
    return parts == parts[row, col]


def spot(scene: Any, row: int, col: int) -> tuple[float, float]:
    x, y = scene.raster.grid.transform * (col + 0.5, row + 0.5)
    return x, y


def everything(scene: Any) -> View:
    return View(scene.raster.grid.bounds, 1000, 600)


def grow(scene: Any, *seeds: Seed, view: View | None = None, **options: Any) -> Grown:
    growing = Growing(LiveSet(scene.path))
    return growing.grow(seeds, view or everything(scene), cancel=CancelToken(), **options)


def mask_of(scene: Any, found: Grown) -> Any:
    """The pixels whose middles a shape holds, as samples get them."""
    grid = scene.raster.grid
    inverse = ~grid.transform
    shape = shapely.transform(shapely.from_wkb(found.shape), lambda xy: np.column_stack(inverse * xy.T))
    return covered(np.array([shape]), grid.window)


@pytest.mark.parametrize(("row", "col"), [(100, 200), (45, 45), (299, 0)])
def test_a_click_takes_the_field_around_it(scene: Any, row: int, col: int) -> None:
    found = grow(scene, Seed(*spot(scene, row, col)))
    got, wanted = mask_of(scene, found), field_of(scene, row, col)
    assert (got & wanted).sum() / (got | wanted).sum() > 0.9
    assert got[row, col] and got.sum() == found.pixels
    assert found.area == pytest.approx(found.pixels * 100, rel=0.01) and found.bounded is None


def test_a_turn_of_the_wheel_never_takes_away(scene: Any) -> None:
    x, y = spot(scene, 100, 200)
    found = [grow(scene, Seed(x, y, step)) for step in (-12, -4, 0, 6)]
    masks = [mask_of(scene, each) for each in found]
    assert all((small & ~large).sum() == 0 for small, large in pairwise(masks))
    assert found[0].pixels < found[-1].pixels


def test_what_goes_on_beyond_the_view_or_the_size_is_told(scene: Any) -> None:
    x, y = spot(scene, 100, 200)
    near = View((x - 55, y - 55, x + 55, y + 55), 100, 100)
    found = grow(scene, Seed(x, y), view=near)
    assert found.bounded == "view" and found.pixels <= 12 * 12
    # The field ends inside of a view that just holds it: nothing is told.
    rows, cols = np.nonzero(field_of(scene, 100, 200))
    west, north = spot(scene, rows.min() - 6, cols.min() - 6)
    east, south = spot(scene, rows.max() + 6, cols.max() + 6)
    whole = grow(scene, Seed(x, y), view=View((west, south, east, north), 500, 500))
    assert whole.bounded is None and whole.pixels == grow(scene, Seed(x, y)).pixels


def test_ground_larger_than_what_is_looked_at_is_bounded_by_size(tmp_path: Path) -> None:
    from embedded_fields import make_scene

    wide = make_scene(tmp_path / "wide.tif", height=60, width=SIDE + 300, bands=4)
    found = grow(wide, Seed(*spot(wide, 30, 400), 60))
    assert found.bounded == "size" and found.pixels <= 60 * SIDE
    assert mask_of(wide, found)[:, 0].sum() == 0


def test_several_places_are_one_shape_of_several_parts(scene: Any) -> None:
    one, other = Seed(*spot(scene, 45, 45)), Seed(*spot(scene, 225, 345))
    both = grow(scene, one, other)
    assert both.parts == 2 and shapely.from_wkb(both.shape).geom_type == "MultiPolygon"
    assert both.pixels == grow(scene, one).pixels + grow(scene, other).pixels
    assert grow(scene, one, one).pixels == grow(scene, one).pixels


def test_places_and_view_may_be_in_another_crs(scene: Any) -> None:
    to = Transformer.from_crs("EPSG:32630", "EPSG:3857", always_xy=True)
    x, y = spot(scene, 100, 200)
    there = to.transform(x, y)
    view = View(to.transform_bounds(*scene.raster.grid.bounds), 1000, 600, "EPSG:3857")
    found = grow(scene, Seed(*there), view=view, crs="EPSG:3857")
    assert found == grow(scene, Seed(x, y))


@pytest.mark.parametrize("write", [write_alphaearth, write_tessera_tif])
def test_other_peoples_embeddings_grow_too(write: Any, tmp_path: Path) -> None:
    fields = Fields.drawn(64 if write is write_alphaearth else 128)
    path = write(tmp_path / "other.tif", fields)
    live = LiveSet(path)
    grid = live.places[0].stack.grid
    row, col = (int(each[0]) for each in np.nonzero(fields.truth == fields.truth[60, 60]))
    from scipy import ndimage

    parts, _ = ndimage.label(fields.truth == fields.truth[60, 60])
    wanted = parts == parts[60, 60]
    row, col = (int(each) for each in ndimage.center_of_mass(wanted))
    row, col = (row, col) if wanted[row, col] else (60, 60)
    x, y = grid.transform * (col + 0.5, row + 0.5)
    found = Growing(live).grow([Seed(x, y)], View(grid.bounds, 500, 500), cancel=CancelToken())
    inverse = ~grid.transform
    shape = shapely.transform(shapely.from_wkb(found.shape), lambda xy: np.column_stack(inverse * xy.T))
    got = covered(np.array([shape]), grid.window)
    assert (got & wanted).sum() / (got | wanted).sum() > 0.8


def test_a_place_that_cannot_grow_is_told(scene: Any) -> None:
    row, col = np.argwhere(scene.truth == 0)[0]
    with pytest.raises(MMEarthError, match="has no embedding"):
        grow(scene, Seed(*spot(scene, row, col)))
    with pytest.raises(MMEarthError, match="outside the embedding"):
        grow(scene, Seed(0.0, 0.0))
    with pytest.raises(MMEarthError, match="no place to grow from"):
        grow(scene)
    stopped = CancelToken()
    stopped.cancel()
    with pytest.raises(Cancelled):
        Growing(LiveSet(scene.path)).grow([Seed(*spot(scene, 100, 200))], everything(scene), cancel=stopped)


def test_holes_up_to_a_size_are_filled() -> None:
    unlike = np.zeros((11, 11), np.float32)
    unlike[2, 3] = unlike[6:8, 6:8] = 9
    unlike[0, 5] = 9  # at the side: no hole
    none, small, all_of_them = (region(unlike, (4, 4), 1, holes=holes) for holes in (0, 1, 4))
    assert (none.filled, small.filled, all_of_them.filled) == (0, 1, 5)
    assert not none.mask[2, 3] and small.mask[2, 3] and not small.mask[6, 6]
    assert all_of_them.mask[6, 6] and not all_of_them.mask[0, 5]


def test_what_joins_the_outside_by_a_corner_or_is_outside_is_no_hole() -> None:
    corner = np.array([[0, 1, 0], [1, 1, 0], [0, 0, 0]], bool)
    assert _filled(corner.copy(), 50, False).filled == 0
    notched = np.ones((4, 4), bool)
    notched[0, 1] = notched[1, 2] = False
    assert _filled(notched.copy(), 1, False).filled == 0
    notched[0, 1] = True
    assert _filled(notched.copy(), 1, False).filled == 1


def test_a_place_unlike_its_neighbours_counts_as_they_do_and_all_that_is_alike_is_taken() -> None:
    odd = np.zeros((7, 7), np.float32)
    odd[3, 3] = 5
    odd[:, 5] = 9
    odd[0, 5] = 0  # a thread to the last column
    assert region(odd, (3, 3), 1).mask[:, :5].all() and not region(odd, (3, 3), 1).mask[:, 6].any()
    assert region(np.ones((5, 5), np.float32), (2, 2), 1).mask.all()


def test_a_region_does_not_go_round_outside_of_what_is_allowed() -> None:
    allowed = np.ones((5, 20), bool)
    allowed[:, 8:12] = False
    found = Likeness(np.zeros((5, 20), np.float32), (2, 2)).region(1, allowed=allowed, ends=~np.ones((5, 20), bool))
    assert found.mask[:, :8].all() and found.mask.sum() == 40 and found.open_at


def test_corners_do_not_join_and_the_place_itself_is_always_in() -> None:
    unlike = np.array([[0, 9, 9], [9, 0, 9], [9, 9, 5]], np.float32)
    assert region(unlike, (1, 1), 1).mask.sum() == 1
    assert region(unlike, (2, 2), 1).mask.sum() == 1


def test_a_region_does_not_leak_through_a_thread_but_follows_one_that_was_clicked() -> None:
    unlike = np.full((9, 30), 9, np.float32)
    unlike[2:7, 2:9] = unlike[2:7, 20:27] = 0  # two fields
    unlike[4, 9:20] = 0  # and a path between them
    field = region(unlike, (4, 5), 1).mask
    assert field[2:7, 2:9].all() and field.sum() == 35
    unlike[2:7, 2:9] = unlike[2:7, 20:27] = 9
    path = region(unlike, (4, 14), 1).mask
    assert path[4, 9:20].all() and path.sum() == 11


@settings(max_examples=60)
@given(npst.arrays(np.float32, (7, 8), elements=st.floats(0, 4, width=32)), st.floats(0, 4), st.floats(0, 4))
def test_regions_of_growing_tolerance_contain_each_other(unlike: Any, one: float, other: float) -> None:
    low, high = sorted((one, other))
    small, large = (region(unlike, (2, 3), tolerance).mask for tolerance in (low, high))
    assert not (small & ~large).any()


@settings(max_examples=60)
@given(npst.arrays(np.float32, (7, 8), elements=st.floats(0, 4, width=32)), st.floats(0, 4))
def test_a_region_is_alike_and_hangs_together(unlike: Any, tolerance: float) -> None:
    from scipy import ndimage

    mask = region(unlike, (2, 3), tolerance).mask
    unlike[2, 3] = 0
    assert mask[2, 3] and (unlike[mask] <= tolerance).all()
    assert ndimage.label(mask)[1] == 1


def test_unlikeness_does_not_ask_in_which_units_a_band_is() -> None:
    rng = np.random.default_rng(3)
    numbers, valid = rng.normal(0, 1, (6, 20, 20)).astype(np.float32), np.ones((20, 20), bool)
    valid[3, 4] = False
    scaled = (numbers * np.array([1, 10, 0.1, 3, 5, 100])[:, None, None] + 7).astype(np.float32)
    middles = [np.median(each[:, 9:12, 9:12], axis=(1, 2)) for each in (numbers, scaled)]
    one, other = (
        unlikeness(each, valid, middle, NeighbourSpread.of(each, valid).deviation)
        for each, middle in zip((numbers, scaled), middles, strict=True)
    )
    np.testing.assert_allclose(one, other, rtol=1e-3)
    assert np.isinf(one[3, 4]) and (one[valid] > 0).all()
    # White noise: as unlike as two draws of one distribution, the place being the middle of nine.
    assert NeighbourSpread.of(numbers, valid).deviation == pytest.approx(1, abs=0.25)
    assert np.median(one[valid]) == pytest.approx(np.sqrt(1 + np.pi / 2 / 9), abs=0.25)


@settings(max_examples=60)
@given(npst.arrays(np.bool_, (6, 6)))
def test_the_outline_of_a_region_is_a_valid_shape_of_its_pixels(free: Any) -> None:
    free[3, 3] = True
    mask = region(np.where(free, 0, 9).astype(np.float32), (3, 3), 1).mask
    window = Window(2, 5, 6, 6)
    shape = _joined([(window, mask)])
    assert shape.is_valid and shape.area == mask.sum()
    assert _joined([(window, mask), (window, mask)]).equals(shape)
    np.testing.assert_array_equal(covered(np.array([shape]), window), mask)


def told(stack: Stack, window: Window, pixel: tuple[int, int]) -> Any:
    """How unlike a pixel what is in a window is, worked out of the window in one piece; nothing lies on its edges."""
    with stack.reader() as reader:
        pixels = reader.read(window)
        parts = [reader.read(each) for each in window.parts(TILE, TILE)]
    total, counted = np.zeros(pixels.shape), np.zeros(pixels.shape)
    row, col = pixel
    near = np.s_[max(0, row - 1) : row + 2, max(0, col - 1) : col + 2]
    for slot, valid in enumerate(pixels.valid):
        if valid[pixel]:
            numbers = pixels.stored[slot].astype(np.float32)
            spreads = [NeighbourSpread.of(each.stored[slot].astype(np.float32), each.valid[slot]) for each in parts]
            spread = NeighbourSpread(
                np.sum([each.total for each in spreads], axis=0), sum(each.pairs for each in spreads)
            ).deviation
            middle = np.median(numbers[:, *near][:, valid[near]], axis=1)
            apart = ((numbers - middle[:, None, None]) / spread[:, None, None]) ** 2
            total[valid] += apart.mean(axis=0)[valid]
            counted += valid
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(counted > 0, np.sqrt(total / counted), np.inf)


@pytest.fixture(scope="module")
def two_dates(tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """Two tiles and a bit side by side, on two days; a corner has no embedding, and a stripe none on the second."""
    from embedded_fields import make_scene

    from mmearth_core.embedding.product import new_embedding

    folder = tmp_path_factory.mktemp("tiles")
    named = []
    for number, day in enumerate(("2020-04-10", "2020-07-12")):
        made = make_scene(folder / f"d{number}.tif", height=60, width=2 * TILE + 20, bands=4, seed=number)
        if number:
            with made.raster.reader() as reader:
                stored = reader.read(made.raster.grid.window)
            stored[:, 50:] = 0
            with new_embedding(made.raster) as dataset:
                dataset.write(stored)
        named.append({"embedding": f"d{number}.tif", "date": day})
    content = {"format": "mmearth-working-set", "format_version": 1, "places": [{"embeddings": named}]}
    (folder / "set.json").write_text(json.dumps(content))
    return stacks_of(folder / "set.json")[0]


@pytest.mark.parametrize("pixel", [(0, 200), (20, TILE), (39, 50), (40, 20), (55, 300)])
def test_ground_of_several_tiles_is_as_one_array(two_dates: Stack, pixel: tuple[int, int]) -> None:
    window = Window(0, 0, 60, 2 * TILE)
    found = Tiles(two_dates).around(window, CancelToken()).unlikeness(pixel)
    np.testing.assert_allclose(found, told(two_dates, window, pixel), rtol=1e-4)
    assert Tiles(two_dates).around(window, CancelToken()).unlikeness((3, 3)) is None


def test_tiles_are_read_once_and_those_not_looked_at_for_longest_are_dropped(
    two_dates: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    whole = StackReader.read
    monkeypatch.setattr(StackReader, "read", lambda self, w, shape=None: (read.append(w.col), whole(self, w, shape))[1])
    tiles = Tiles(two_dates)
    for col in (0, TILE, 0, TILE):
        tiles.around(Window(0, col, 60, TILE), CancelToken())
    assert read == [0, TILE]
    monkeypatch.setattr(ground, "_BYTES", 2 * tiles._held[Window(0, 0, 60, TILE)].pixels.nbytes)
    for col, width in ((0, TILE), (2 * TILE, 20), (0, TILE), (TILE, TILE)):
        tiles.around(Window(0, col, 60, width), CancelToken())
    assert read == [0, TILE, 2 * TILE, TILE]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Window]:
    """The windows that are read of files."""
    found: list[Window] = []
    whole = StackReader.read
    monkeypatch.setattr(StackReader, "read", lambda self, w, shape=None: (found.append(w), whole(self, w, shape))[1])
    return found


def test_a_click_into_ground_that_was_read_ahead_reads_nothing_and_gives_the_same(
    scene: Any, read: list[Window]
) -> None:
    cold, growing = grow(scene, Seed(*spot(scene, 100, 200))), Growing(LiveSet(scene.path))
    read.clear()
    ready = growing.read_ahead(everything(scene), cancel=CancelToken())
    assert ready.held == ready.wanted == len(read) > 1
    read.clear()
    assert growing.grow([Seed(*spot(scene, 100, 200))], everything(scene), cancel=CancelToken()) == cold
    for row, col in ((45, 45), (225, 345), (299, 0)):
        growing.grow([Seed(*spot(scene, row, col))], everything(scene), cancel=CancelToken())
    growing.read_ahead(everything(scene), cancel=CancelToken())
    assert read == []


def test_reading_ahead_begins_in_the_middle_and_stops_where_memory_does(
    two_dates: Stack, read: list[Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = growth._under(Window(0, 0, 60, 2 * TILE + 20), two_dates.grid)
    assert [tile.col for tile in wanted] == [TILE, 0, 2 * TILE]
    tiles = Tiles(two_dates)
    tiles.around(Window(0, 2 * TILE, 60, 20), CancelToken())
    monkeypatch.setattr(ground, "_BYTES", 60 * TILE * 2 * 5 + 1)  # a tile: two days of four bands and their validity
    read.clear()
    assert tiles.read_ahead(wanted, CancelToken()) == 1
    assert read[0].col == TILE and list(tiles._held) == [wanted[0]]
    # The farthest is dropped first.
    monkeypatch.setattr(ground, "_BYTES", 60 * TILE * 2 * 5 * 2 + 1)
    assert tiles.read_ahead(wanted, CancelToken()) == 2 and list(tiles._held) == [wanted[1], wanted[0]]


def test_what_a_click_anywhere_in_a_view_needs_is_under_it() -> None:
    grid = Grid(9 * TILE, 9 * TILE, None, None)
    seen = Window(700, 300, 600, 1000)
    under = growth._under(seen, grid)
    for row in range(seen.row, seen.row_end, 33):
        for col in (seen.col, seen.col + 400, seen.col_end - 1):
            assert set(_around((row, col), grid).parts(TILE, TILE)) <= set(under)
    assert len(set(under)) == len(under) == 4 * 6


def test_reading_ahead_ends_at_once_and_what_it_read_stays(scene: Any, read: list[Window]) -> None:
    growing, stopped = Growing(LiveSet(scene.path)), CancelToken()
    stopped.cancel()
    with pytest.raises(Cancelled):
        growing.read_ahead(everything(scene), cancel=stopped)
    assert len(read) == 1
    growing.read_ahead(everything(scene), cancel=CancelToken())
    assert len(set(read)) == len(read) > 1


def test_a_click_does_not_wait_for_reading_ahead(scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    growing, reads, go_on = Growing(LiveSet(scene.path)), threading.Event(), threading.Event()
    whole = StackReader.read

    def slow(self: StackReader, window: Window, shape: Any = None) -> Any:
        if threading.current_thread() is ahead:
            reads.set()
            go_on.wait(30)
        return whole(self, window, shape)

    monkeypatch.setattr(StackReader, "read", slow)
    ahead = threading.Thread(target=lambda: growing.read_ahead(everything(scene), cancel=CancelToken()))
    ahead.start()
    try:
        assert reads.wait(30)
        assert growing.grow([Seed(*spot(scene, 100, 200))], everything(scene), cancel=CancelToken()).pixels > 1
        assert ahead.is_alive() and not go_on.is_set()
    finally:
        go_on.set()
        ahead.join()


def test_nothing_is_read_ahead_out_of_view_or_over_a_network(
    scene: Any, read: list[Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    growing = Growing(LiveSet(scene.path))
    assert growing.read_ahead(View((0, 0, 10, 10), 10, 10), cancel=CancelToken()).wanted == 0
    monkeypatch.setattr(growth, "is_local", lambda _name: False)
    assert growing.read_ahead(everything(scene), cancel=CancelToken()).wanted == 0 and read == []


def test_places_in_one_ground_grow_each_by_itself(scene: Any) -> None:
    growing = Growing(LiveSet(scene.path))
    places = [Seed(*spot(scene, *each)) for each in ((100, 100), (45, 45), (100, 100))]
    found = [growing.grow([each], everything(scene), cancel=CancelToken()) for each in places]
    assert found == [grow(scene, each) for each in places] and found[0] != found[1]
    # Moved out of sight, it grows within reach of what is seen, and says so.
    west, _, _, north = scene.raster.grid.bounds
    away = View((west + 3000, north - 2900, west + 3500, north - 2500), 100, 100)
    assert growing.grow(places[:1], away, cancel=CancelToken()).bounded == "view"


def test_a_place_is_half_a_tile_from_where_its_ground_ends() -> None:
    grid = Grid(5 * TILE, 5 * TILE, None, None)
    for row in range(0, 5 * TILE, 37):
        window = _around((row, 700), grid)
        assert window.row == 0 or row - window.row >= TILE // 2
        assert window.row_end == grid.height or window.row_end - row >= TILE // 2
        assert window.row % TILE == window.col % TILE == 0


def test_ground_ends_only_where_the_grid_goes_on() -> None:
    grid = Grid(100, 200, None, None)
    inner = _ends(Window(10, 20, 30, 40), grid)
    assert inner[0].all() and inner[-1].all() and inner[:, 0].all() and inner[:, -1].all() and inner.sum() == 136
    assert _ends(Window(0, 20, 100, 180), grid).sum() == 100 == _ends(Window(0, 20, 100, 180), grid)[:, 0].sum()
    assert not _ends(grid.window, grid).any()


def test_pixels_without_an_embedding_have_no_say_in_how_neighbours_differ() -> None:
    numbers, valid = np.random.default_rng(0).normal(0, 1, (2, 30, 30)).astype(np.float32), np.ones((30, 30), bool)
    numbers[:, ::2, ::2], valid[::2, ::2] = 1000, False
    assert (NeighbourSpread.of(numbers, valid).deviation < 10).all()
