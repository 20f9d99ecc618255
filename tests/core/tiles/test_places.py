"""Which tiles are images of one place: by coordinates that hardly differ, be there a rounding step between them."""

import pickle
from pathlib import Path

import numpy as np

from mmearth_core.tiles.joined import JoinedTiles
from mmearth_core.tiles.places import Places
from mmearth_core.tiles.reader import TileFile
from mmearth_core.tiles.synthetic import write_synthetic_tiles

NAN = float("nan")


def test_companions_are_the_other_tiles_within_a_ten_thousandth_of_a_degree() -> None:
    lonlat = [
        (5, 50), (NAN, NAN), (5.0001, 50), (5.0003, 50), (5, 50.0003), (NAN, 50), (5.0001, 49.9999), (NAN, NAN),
    ]  # fmt: skip
    places = Places(np.array(lonlat))
    assert [places.companions(tile).tolist() for tile in range(8)] == [[2, 6], [], [0, 6], [], [], [], [0, 2], []]
    assert places.companions(0).dtype == np.int64
    assert len(set(places.number.tolist())) == 6 and places.number[0] == places.number[2] == places.number[6]


def test_no_place_is_parted_by_a_rounding_step() -> None:
    rng = np.random.default_rng(0)
    where = rng.uniform([-180, -60], [180, 70], (3000, 2))
    lonlat = np.concatenate([where, where + rng.uniform(-4e-5, 4e-5, where.shape)])[rng.permutation(6000)]
    places = Places(lonlat)
    for tile in range(0, 6000, 50):
        near = (np.abs(lonlat - lonlat[tile]) <= 1e-4).all(axis=1)
        assert places.companions(tile).tolist() == [each for each in np.flatnonzero(near) if each != tile]


def test_tiles_that_share_a_longitude_or_a_latitude_alone_are_apart() -> None:
    """A row of places without a gap in longitude is parted by latitude, and what is left again by longitude."""
    lonlat = np.array([(lon * 8e-5, lat) for lon, lat in ((0, 10), (1, 20), (2, 10), (3, 30), (4, 20), (4.5, 20))])
    places = Places(lonlat)
    assert [places.companions(tile).tolist() for tile in range(6)] == [[], [], [], [], [5], [4]]


def test_files_know_their_places_and_joined_ones_those_of_all(tmp_path: Path) -> None:
    for name, count in (("a", 6), ("b", 5)):
        write_synthetic_tiles(tmp_path / name, count, size=16, modalities=["sentinel2"], dates=3)
    files = [TileFile(tmp_path / name) for name in ("a", "b")]
    assert [files[0].companions(tile).tolist() for tile in (0, 4)] == [[1, 2], [3, 5]]
    joined = JoinedTiles(files)
    assert [joined.companions(tile).tolist() for tile in (0, 4, 7, 9)] == [
        [1, 2, 6, 7, 8], [3, 5, 9, 10], [0, 1, 2, 6, 8], [3, 4, 5, 10],
    ]  # fmt: skip


def test_a_process_that_gets_a_file_need_not_look_for_places_again(tmp_path: Path) -> None:
    path = write_synthetic_tiles(tmp_path / "set", 6, size=16, modalities=["sentinel2"], dates=2)
    for tiles in (TileFile(path), JoinedTiles([TileFile(path)])):
        wanted = [tiles.companions(tile).tolist() for tile in range(6)]
        stored = pickle.dumps(tiles)
        info = path.with_name("set_tile_info.json")
        info.rename(tmp_path / "hidden.json")
        again = pickle.loads(stored)  # noqa: S301 - what a loader's worker does
        assert [again.companions(tile).tolist() for tile in range(6)] == wanted == [[1], [0], [3], [2], [5], [4]]
        (tmp_path / "hidden.json").rename(info)


def test_places_take_a_few_bytes_a_tile() -> None:
    places = Places(np.random.default_rng(0).uniform(-60, 60, (20_000, 2)))
    assert len(pickle.dumps(places)) < 13 * 20_000
