"""The rows of a plan on the workers of Dask: a cluster of this machine, or one that is there.

Dask does a task again whose worker died, and may do a finished one again; `tasks.do` finds what is there. A scheduler
that is restarted is found again, and given what is left.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import dask
from distributed import Client, Future, KilledWorker, LocalCluster, as_completed
from distributed.client import FutureCancelledError

from mmearth_core.country.plan_file import Row
from mmearth_core.country.stores import Store
from mmearth_core.country.tasks import Outcome, Work, do, note_failure
from mmearth_core.errors import EnvironmentFailure, MMEarthError
from mmearth_core.progress import CancelToken, Progress

#: Tasks that wait at the scheduler, for each worker and besides: more would only fill its memory.
_AHEAD, _BESIDES = 3, 8
#: Seconds that a scheduler has to come back, between two looks for it, and between two looks at what ended.
PATIENCE, _PAUSE, _LOOK = 600.0, 2.0, 0.1


def on_cluster(
    rows: Sequence[Row],
    work: Work,
    store: Store,
    *,
    workers: int,
    scheduler: str | None,
    retries: int,
    memory: str,
    progress: Progress,
    cancel: CancelToken,
) -> Iterator[Outcome]:
    """How each row ended, as they end. `scheduler`: the address of one, else a cluster is made of so many `workers`,
    each with `memory`. Raises `EnvironmentFailure` when no scheduler answers for `PATIENCE` seconds."""
    left = {row.id: row for row in rows}
    with ExitStack() as opened:
        opened.enter_context(_quiet())
        opened.enter_context(dask.config.set({"distributed.scheduler.allowed-failures": retries}))
        address: Any = scheduler
        if scheduler is None:
            address = opened.enter_context(
                LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    processes=True,
                    memory_limit=memory,
                    dashboard_address="127.0.0.1:0",
                )
            )
        while left:
            with _client(address, cancel) as client:
                progress.message(f"Dask's dashboard: {client.dashboard_link}")
                for outcome in _ended(client, list(left.values()), work, store, retries, cancel):
                    del left[outcome.id]
                    yield outcome
            if left:
                progress.message(f"The scheduler is gone; {len(left)} scenes go on when it is back.")


@contextmanager
def _quiet() -> Iterator[None]:
    """Dask logs what it mends as errors, with tracebacks; what matters of it is told by us."""
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


def _client(address: Any, cancel: CancelToken) -> Client:
    began = time.monotonic()
    while True:
        cancel.check()
        try:
            return Client(address, timeout=_PAUSE * 5, set_as_default=False)
        except (OSError, TimeoutError) as error:
            if time.monotonic() - began > PATIENCE:
                raise EnvironmentFailure(
                    f"No Dask scheduler answers at {address}; start one (dask scheduler), and run it again."
                ) from error
            time.sleep(_PAUSE)


def _ended(
    client: Client, rows: list[Row], work: Work, store: Store, retries: int, cancel: CancelToken
) -> Iterator[Outcome]:
    """Outcomes until all rows ended, or the scheduler is gone."""
    waiting, running = iter(rows), dict[Future, Row]()
    following = as_completed(loop=client.loop, with_results=False, raise_errors=False)

    def submit() -> None:
        there = _workers(client)
        resources = {"GPU": 1} if any("GPU" in each.get("resources", {}) for each in there.values()) else None
        room = _BESIDES + _AHEAD * len(there) - len(running)
        for row, _ in zip(waiting, range(room), strict=False):
            key = f"{row.id}-{work.key(row)[:12]}"
            future = client.submit(do, row, work, key=key, retries=retries, pure=False, resources=resources)
            running[future] = row
            following.add(future)

    def next_one() -> tuple[Row, Outcome | BaseException | None] | None:
        """A row that ended and how; nothing when the scheduler is gone."""
        try:
            submit()
            while running and not following.has_ready():
                cancel.check()
                if client.status != "running":
                    return None
                time.sleep(_LOOK)
            if not running:
                return None
            future = next(following)
            row = running.pop(future)
            return row, future.result() if future.status == "finished" else future.exception()
        except (OSError, TimeoutError, FutureCancelledError):  # of the connection: what a task raised is returned
            return None

    while (ended := next_one()) is not None:
        row, how = ended
        if isinstance(how, Outcome):
            yield how
        elif isinstance(how, KilledWorker):
            yield _failed(
                store, work, row, "Its worker died again and again, perhaps for want of memory; give more `memory`."
            )
        elif isinstance(how, MMEarthError):
            yield _failed(store, work, row, how.text)
        elif how is None or isinstance(how, FutureCancelledError):
            return
        else:
            what = " ".join(f"{type(how).__name__}: {how}".split())[:500]
            yield _failed(store, work, row, f"It failed unexpectedly ({what}); please report it.")


def _workers(client: Client) -> dict[str, Any]:
    return dict(client.scheduler_info(n_workers=-1)["workers"])


def _failed(store: Store, work: Work, row: Row, reason: str) -> Outcome:
    note_failure(store, work, row, reason)
    return Outcome(row.id, "failed", reason=reason)
