"""Finished tiles come back as they were kept, whole or not at all, and belong to one job."""

import errno
import os

import numpy as np
import pytest

from mmearth_core.embedding.running.journal import TileJournal, tiles_in
from mmearth_core.errors import EnvironmentFailure, MMEarthError
from mmearth_core.progress import CancelToken
from mmearth_core.raster.grid import TilePlan, Window

PLAN = TilePlan((700, 500), Window(10, 20, 600, 400), 304, 8, 8)
TILES = list(PLAN)


@pytest.fixture
def journal(tmp_path) -> TileJournal:
    journal = TileJournal(TileJournal.folder_of(tmp_path / "emb.tif"))
    journal.begin({"scene": "é", "tile": 304})
    return journal


def codes(tile, bands: int = 5) -> np.ndarray:
    rng = np.random.default_rng(tile.index)
    return rng.integers(0, 256, (bands, tile.core.height, tile.core.width)).astype(np.uint8)


def test_tiles_come_back_as_they_were(journal):
    for tile in TILES:
        journal.save(tile, codes(tile))
    assert journal.finished() == set(range(len(TILES)))
    for tile in TILES:
        assert np.array_equal(journal.read(tile, tile.core), codes(tile))


def test_a_window_is_counted_in_the_pixels_of_the_raster(journal):
    tile = TILES[3]
    journal.save(tile, codes(tile))
    window = Window(tile.core.row + 7, tile.core.col + 3, 20, 11)
    assert np.array_equal(journal.read(tile, window), codes(tile)[:, 7:27, 3:14])


def test_an_empty_tile_is_finished_and_takes_no_room(journal):
    journal.save(TILES[1], None)
    assert journal.finished() == {1} and journal.read(TILES[1], TILES[1].core) is None
    assert tiles_in(journal.folder)[1].stat().st_size == 0


def test_it_belongs_to_one_job(journal):
    assert journal.folder.name == "emb.tif.partial"
    assert journal.matches({"tile": 304, "scene": "é"})
    assert not journal.matches({"tile": 304}) and not journal.matches({"tile": 296, "scene": "é"})
    journal.save(TILES[0], codes(TILES[0]))
    journal.begin({"tile": 296})
    assert journal.finished() == set() and journal.matches({"tile": 296})
    (journal.folder / "specification.json").write_bytes(b'{"tile": ')
    assert not journal.matches({"tile": 296})
    journal.remove()
    assert not journal.folder.exists() and not journal.matches({"tile": 296})
    journal.remove()


def test_what_was_not_finished_does_not_count(journal, monkeypatch):
    """The machine stops between writing and renaming."""

    def stop(*_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("pathlib.Path.replace", stop)
    with pytest.raises(EnvironmentFailure, match=r"emb\.tif\.partial \(Input/output error\)"):
        journal.save(TILES[0], codes(TILES[0]))
    assert list(journal.folder.glob("0*")) and journal.finished() == set()
    monkeypatch.undo()
    journal.save(TILES[0], codes(TILES[0]))
    assert journal.finished() == {0}


def test_content_and_name_reach_the_disk_in_this_order(journal, monkeypatch):
    done = []
    monkeypatch.setattr(os, "fsync", lambda handle, fsync=os.fsync: (done.append("flush"), fsync(handle)))
    replace = type(journal.folder).replace
    monkeypatch.setattr("pathlib.Path.replace", lambda path, to: (done.append("rename"), replace(path, to))[1])
    journal.save(TILES[0], codes(TILES[0]))
    assert done == (["flush", "rename", "flush"] if os.name == "posix" else ["flush", "rename"])


def test_a_full_disk_keeps_the_earlier_tiles(journal, monkeypatch):
    journal.save(TILES[0], codes(TILES[0]))

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentFailure, match="No space left"):
        journal.save(TILES[1], codes(TILES[1]))
    assert journal.finished() == {0}
    with pytest.raises(EnvironmentFailure, match="Could not write"):
        journal.begin({"other": 1})


@pytest.mark.parametrize("damage", [lambda b: b[:200], lambda _: b"x" * 50, lambda b: b[: len(b) // 2]])
def test_a_damaged_tile_is_removed_to_be_done_again(journal, damage):
    for tile in TILES[:2]:
        journal.save(tile, codes(tile))
    path = tiles_in(journal.folder)[1]
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(EnvironmentFailure, match=r"Tile 1 in .* is damaged .* run the same command again to redo that"):
        journal.read(TILES[1], TILES[1].core)
    assert journal.finished() == {0}


def test_what_is_no_tile_is_dropped_before_it_is_used(journal):
    for tile in TILES[:4]:
        journal.save(tile, codes(tile))
    tiles = tiles_in(journal.folder)
    tiles[1].write_bytes(tiles[2].read_bytes())
    tiles[2].write_bytes(tiles[2].read_bytes()[:-40] + bytes(40))
    tiles[3].rename(tiles[3].with_name("3.tile"))  # of an earlier version
    assert journal.drop_damaged(CancelToken()) == 3
    assert journal.finished() == {0} and journal.drop_damaged(CancelToken()) == 0


def thesis(folder):
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work")


def beside_ours(folder):
    TileJournal(folder).begin({"tile": 304})
    (folder / "thesis.txt").write_text("years of work")


def link(folder):
    (folder.parent / "elsewhere").mkdir()
    folder.symlink_to(folder.parent / "elsewhere")


def unknown_tiles(folder):
    folder.mkdir()
    (folder / "12-0123456789abcdef.tile").write_text("of what?")


@pytest.mark.parametrize("take", [thesis, beside_ours, link, unknown_tiles, lambda folder: folder.write_text("a file")])
def test_a_name_that_somebody_else_has_is_left_alone(tmp_path, take):
    journal = TileJournal(TileJournal.folder_of(tmp_path / "emb.tif"))
    take(journal.folder)
    before = sorted(tmp_path.rglob("*"))
    for do in (journal.check_ours, lambda: journal.begin({"tile": 304})):
        with pytest.raises(MMEarthError, match=r"emb\.tif\.partial, where .*; move it away or choose another output"):
            do()
    assert sorted(tmp_path.rglob("*")) == before


def test_what_is_put_into_a_journal_later_stays(journal):
    journal.save(TILES[0], codes(TILES[0]))
    (journal.folder / "thesis.txt").write_text("years of work")
    journal.remove()
    assert [path.name for path in journal.folder.iterdir()] == ["thesis.txt"]
