"""What a Dask cluster is asked for: every unit once, however many there are, and a card for each where there are cards.

The workers are real, in threads of this process, and do what stands here instead of embedding.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("distributed")

from distributed import Scheduler, SpecCluster, Worker, get_worker

from mmearth_core.country import clustering
from mmearth_core.country.clustering import on_cluster
from mmearth_core.country.stores import Folder
from mmearth_core.country.tasks import Outcome
from mmearth_core.progress import CancelToken, Silent


class Heard(Silent):
    def __init__(self) -> None:
        self.messages: list[str] = []

    def message(self, text: str) -> None:
        self.messages.append(text)


#: Where each unit was done, and how many a worker had at once, at most and now.
WHERE: dict[str, str] = {}
MOST: Counter[str] = Counter()
NOW: Counter[str] = Counter()
LOCK = threading.Lock()
#: Set when both workers have begun, and the one with a card has two at once.
SHARED = threading.Event()


def do_nothing(rows: Sequence[Any], _: Any) -> tuple[Outcome, ...]:
    name = str(get_worker().name)
    with LOCK:
        NOW[name] += 1
        MOST[name] = max(MOST[name], NOW[name])
        if MOST["card"] > 1 and MOST["plain"]:
            SHARED.set()
    SHARED.wait(rows[0].seconds)
    with LOCK:
        NOW[name] -= 1
        WHERE.update({row.id: name for row in rows})
    return tuple(Outcome(row.id, "done") for row in rows)


@pytest.fixture(autouse=True)
def doing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clustering, "do", do_nothing)
    for each in (WHERE, MOST, NOW):
        each.clear()
    SHARED.clear()


@pytest.fixture(scope="module")
def cluster() -> Iterator[SpecCluster]:
    """A worker with a card, and one without; both have four threads."""
    scheduler = {"cls": Scheduler, "options": {"host": "127.0.0.1", "port": 0, "dashboard": False}}
    workers = {
        "card": {"cls": Worker, "options": {"nthreads": 4, "resources": {"GPU": 1}}},
        "plain": {"cls": Worker, "options": {"nthreads": 4}},
    }
    with SpecCluster(workers=workers, scheduler=scheduler) as made:
        yield made


def ask(cluster: SpecCluster, folder: Path, count: int, *, gpu: bool) -> tuple[list[Outcome], list[str]]:
    # Where they may, units wait for each other; a second at once with a card would show in a moment.
    units = [(SimpleNamespace(id=f"s{number}", seconds=0.02 if gpu else 5.0),) for number in range(count)]
    work, heard = SimpleNamespace(key=lambda row: row.id * 12), Heard()
    found = on_cluster(
        units, work, Folder(folder), workers=1, scheduler=cluster.scheduler_address, retries=0, memory="1 GiB",
        gpu=gpu, progress=heard, cancel=CancelToken(),
    )  # fmt: skip
    return list(found), heard.messages


def test_more_units_than_wait_at_once_are_each_done_once(cluster: SpecCluster, tmp_path: Path) -> None:
    found, messages = ask(cluster, tmp_path, 50, gpu=False)
    assert sorted(each.id for each in found) == sorted(f"s{number}" for number in range(50))
    assert not [text for text in messages if "The scheduler is gone" in text]
    assert set(WHERE.values()) == {"card", "plain"} and MOST["card"] > 1


def test_a_card_has_one_task_at_a_time_and_a_worker_without_has_none(cluster: SpecCluster, tmp_path: Path) -> None:
    found, _ = ask(cluster, tmp_path, 20, gpu=True)
    assert len(found) == 20 and set(WHERE.values()) == {"card"} and MOST == {"card": 1}
