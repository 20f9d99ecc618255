"""What the live verbs hold between requests: the embedding or set used last, as long as its files are the same."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mmearth_core.labelling.live import LiveSet
from mmearth_core.worker import live_verbs
from mmearth_core.worker.live_verbs import LiveVerbs


@pytest.fixture
def held(scene: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Callable[[], LiveSet], list[str]]:
    """(what is held of a working set in `tmp_path`, the sets that were read for it so far)."""
    for name in ("a.tif", "b.tif"):
        (tmp_path / name).write_bytes(scene.path.read_bytes())
    write_set(tmp_path, ["a.tif", "b.tif"])
    read: list[str] = []
    reading = live_verbs.working_set_of
    monkeypatch.setattr(live_verbs, "working_set_of", lambda path: read.append(path) or reading(path))
    verbs = LiveVerbs()
    return (lambda: verbs._embedding(str(tmp_path / "set.json"))), read


def write_set(folder: Path, names: list[str]) -> None:
    dated = [{"embedding": name, "date": f"2020-0{n}-01"} for n, name in enumerate(names, 1)]
    if len(dated) == 2:
        del dated[1]["date"]
        item = {"properties": {"datetime": "2020-02-01T00:00:00Z"}}
        (folder / "b.stac.json").write_text(json.dumps(item))
    content = {"format": "mmearth-working-set", "format_version": 1, "places": [{"embeddings": dated}]}
    (folder / "set.json").write_text(json.dumps(content))


def test_a_set_is_read_once_while_its_files_stay(held: Any) -> None:
    ask, read = held
    first = ask()
    assert ask() is first and ask() is first and len(read) == 1


def test_a_change_of_set_embedding_or_date_is_seen(held: Any, tmp_path: Path) -> None:
    ask, _ = held
    before = ask()
    item = tmp_path / "b.stac.json"
    item.write_text(item.read_text().replace("2020-02", "2020-07"))
    dated = ask()
    assert dated is not before and [slot.day for slot in dated.places[0].stack.slots] == [1, 183]
    (tmp_path / "a.tif").write_bytes((tmp_path / "b.tif").read_bytes())
    replaced = ask()
    assert replaced is not dated
    write_set(tmp_path, ["b.tif"])
    assert len(ask().places[0].stack.images) == 1
