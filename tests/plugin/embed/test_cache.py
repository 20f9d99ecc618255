"""The cache finds embeddings by their key, forgets what is unused for longest, and leaves alone what is not its own."""

import hashlib
import os
import time
from pathlib import Path

import pytest

from qgis_plugin.core.embed.cache import EmbeddingCache

MEGABYTE = 1_000_000


def key_of(text):
    return hashlib.sha256(text.encode()).hexdigest()


def make(cache, name, *, megabytes=1.0, days_ago=0.0):
    """An entry as `embed` leaves it, with its sidecars and QGIS' statistics."""
    path = cache.path_for(key_of(name), name)
    cache.folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * int(megabytes * MEGABYTE))
    for suffix in (".stac.json", ".qml"):
        path.with_suffix(suffix).write_text("{}")
    Path(f"{path}.aux.xml").write_text("<x/>")
    then = time.time() - days_ago * 86400
    os.utime(path, (then, then))
    return path


def make_partial(cache, name, *, hours_ago=0.0):
    folder = Path(f"{cache.path_for(key_of(name), name)}.partial")
    folder.mkdir(parents=True)
    tile = folder / "0.tile"
    tile.write_bytes(b"x" * MEGABYTE)
    then = time.time() - hours_ago * 3600
    os.utime(tile, (then, then))
    os.utime(folder, (then, then))
    return folder


@pytest.fixture
def cache(tmp_path):
    return EmbeddingCache(tmp_path / "cache", 20)


def test_a_missing_folder_is_an_empty_cache(cache):
    assert cache.entries() == [] and cache.size() == 0 and cache.get(key_of("a")) is None
    assert cache.purge() == [] and cache.enforce_limit() == []
    assert not cache.folder.exists()


def test_names_are_plain_and_keys_short(cache):
    path = cache.path_for(key_of("a"), "Zürich / T32 «best» (2021)")
    assert path.name == f"Zurich-T32-best-2021-{key_of('a')[:12]}.tif"
    assert cache.path_for(key_of("a"), "…").name.startswith("scene-")
    assert len(cache.path_for(key_of("a"), "x" * 300).name) < 80
    with pytest.raises(ValueError, match="no key"):
        cache.path_for("../../etc/passwd", "x")


def test_it_is_found_by_key_whatever_its_name(cache):
    path = make(cache, "first name")
    assert cache.get(key_of("first name")) == path
    assert cache.path_for(key_of("first name"), "second name") == path
    assert cache.get(key_of("other")) is None


def test_an_interrupted_run_is_found_by_key_too(cache):
    folder = make_partial(cache, "cut")
    assert cache.get(key_of("cut")) is None
    assert cache.path_for(key_of("cut"), "renamed") == Path(str(folder)[: -len(".partial")])
    (entry,) = cache.entries()
    assert not entry.complete and entry.size >= MEGABYTE


def test_sizes_count_what_lies_beside(cache):
    path = make(cache, "a", megabytes=2)
    (entry,) = cache.entries()
    assert entry.path == path and entry.name == "a" and entry.complete
    assert entry.size == 2 * MEGABYTE + 2 + 2 + 4 == cache.size()


def test_touching_makes_it_the_last_used_and_leaves_its_date(cache):
    old = make(cache, "old", days_ago=9)
    make(cache, "new", days_ago=1)
    made = old.stat().st_mtime
    assert [entry.name for entry in cache.entries()] == ["new", "old"]
    cache.touch(old)
    assert [entry.name for entry in cache.entries()] == ["old", "new"]
    assert old.stat().st_mtime == made
    cache.touch(cache.folder / "missing.tif")


def test_the_limit_removes_what_is_unused_for_longest_with_its_sidecars(cache):
    oldest, middle, newest = (make(cache, name, days_ago=ago) for name, ago in (("c", 9), ("b", 5), ("a", 1)))
    cache.limit = 0.0021
    assert cache.enforce_limit() == [oldest]
    assert {path.name for path in cache.folder.iterdir() if oldest.stem in path.name} == set()
    assert middle.exists() and newest.exists()
    assert cache.enforce_limit() == []


def test_what_is_in_use_is_never_removed(cache):
    used, other = make(cache, "used", days_ago=9), make(cache, "other")
    cache.limit = 0
    assert cache.enforce_limit(keep=[str(used)]) == [other]
    assert used.exists()
    assert cache.purge(keep=[used]) == [] and used.exists()


def test_unfinished_ones_go_last_and_never_while_at_work(cache):
    resting, working = make_partial(cache, "resting", hours_ago=5), make_partial(cache, "working")
    done = make(cache, "done")
    cache.limit = 0.0021
    assert cache.enforce_limit() == [done]
    cache.limit = 0
    assert cache.enforce_limit() == [Path(str(resting)[: -len(".partial")])]
    assert working.exists() and not resting.exists()
    cache.purge()
    assert not working.exists()


def test_foreign_files_are_neither_listed_nor_removed(cache):
    path = make(cache, "mine")
    foreign = [
        "thesis.tif",
        "mine-0123.tif",
        "mine-zzzzzzzzzzzz.tif",
        "notes.txt",
        f"{path.stem}_map.tif",
        f"{path.stem}.gpkg",
    ]
    for name in foreign:
        (cache.folder / name).write_text("precious")
    (cache.folder / "folder-0123456789ab.tif").mkdir()
    outside = cache.folder.parent / "outside.tif"
    outside.write_text("precious")
    (cache.folder / "link-0123456789ab.tif").symlink_to(outside)
    assert [entry.path for entry in cache.entries()] == [path]
    assert not cache.remove(outside) and not cache.remove(cache.folder / "thesis.tif")
    assert cache.purge() == [path]
    assert all((cache.folder / name).exists() for name in foreign)
    assert outside.exists() and (cache.folder / "folder-0123456789ab.tif").is_dir()


def test_what_another_qgis_is_writing_is_not_removed(cache):
    folder = make_partial(cache, "a")
    path = folder.with_name(folder.name.removesuffix(".partial"))
    lock = path.with_name(f".{path.name}.lock")
    lock.write_text("held")
    assert not cache.remove(path) and folder.exists()
    then = time.time() - 600
    os.utime(lock, (then, then))  # by a process that is gone
    assert cache.remove(path) and not folder.exists()


def test_what_a_lost_embedding_left_makes_room_for_a_new_one(cache):
    path = make(cache, "a")
    beside = [path.with_suffix(".qml"), path.with_suffix(".stac.json"), Path(f"{path}.aux.xml")]
    cache.make_room(path)
    assert all(each.exists() for each in beside)
    path.unlink()
    folder = make_partial(cache, "a")
    cache.make_room(path)
    assert not any(each.exists() for each in beside) and list(folder.glob("*.tile"))
