"""Signs of life of who is at work, in the output of a run: `status` reads them on any machine."""

import json
import os
import platform
import threading
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from mmearth_core.country.stores import Store
from mmearth_core.errors import MMEarthError

#: The folder of those at work.
RUNNING = "running"
#: Seconds between two signs of life of a row at work.
BEAT = 10.0


def now() -> str:
    """The time in UTC, as RFC 3339 writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Beat:
    """A `Progress` that is written into the store now and then, by a thread of its own: who is at a row, how far."""

    def __init__(self, store: Store, name: str, key: str) -> None:
        """At the row of this id, whose work has this key."""
        self._store, self._name = store, f"{RUNNING}/{name}.json"
        who = {"host": platform.node(), "process": os.getpid(), "since": now()}
        self._told = {"id": name, "key": key, **who}
        self._task, self._done, self._total = "Waiting", 0, 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._tell, name="mmearth beat", daemon=True)

    def message(self, text: str) -> None: ...

    def start(self, task: str, total: int, unit: str, area_per_unit: float | None = None) -> None:  # noqa: ARG002
        self._task, self._done, self._total = task, 0, total

    def advance(self, amount: int) -> None:
        self._done += amount

    def finish(self) -> None: ...

    def partial(self, path: Path) -> None: ...

    def __enter__(self) -> "Beat":
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._over.set()
        self._thread.join()
        self._store.delete(self._name)

    def _tell(self) -> None:
        while True:
            told = {**self._told, "task": self._task, "done": self._done, "total": self._total, "time": now()}
            with suppress(MMEarthError):  # a sign that is not seen is no reason to stop
                self._store.write(self._name, json.dumps(told).encode())
            if self._over.wait(BEAT):
                return
