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
from mmearth_core.country.tasks import Outcome, Work, do, given_up
from mmearth_core.errors import EnvironmentFailure, MMEarthError
from mmearth_core.progress import CancelToken, Progress

#: Tasks that wait at the scheduler, for each worker and besides: more would only fill its memory.
_AHEAD, _BESIDES = 3, 8
#: Seconds that a scheduler has to come back, between two looks for it, and between two looks at what ended.
PATIENCE, _PAUSE, _LOOK = 600.0, 2.0, 0.1


def on_cluster(
    units: Sequence[Sequence[Row]],
    work: Work,
    store: Store,
    *,
    workers: int,
    scheduler: str | None,
    retries: int,
    memory: str,
    gpu: bool,
    progress: Progress,
    cancel: CancelToken,
) -> Iterator[Outcome]:
    """How each row of the units ended, as these end. `scheduler`: the address of one, else a cluster is made of so many
    `workers`, each with `memory`. With `gpu` a task takes one `GPU` of the resources that workers declare, if any does:
    one at a time is at a card, and those without are left alone.

    Raises `EnvironmentFailure` when no scheduler answers for `PATIENCE` seconds."""
    left = {rows[0].id: rows for rows in units}
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
                for rows, outcomes in _ended(client, list(left.values()), work, store, retries, gpu, cancel):
                    del left[rows[0].id]
                    yield from outcomes
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
    client: Client,
    units: Sequence[Sequence[Row]],
    work: Work,
    store: Store,
    retries: int,
    gpu: bool,
    cancel: CancelToken,
) -> Iterator[tuple[Sequence[Row], tuple[Outcome, ...]]]:
    """Units and the outcomes of their rows until all ended, or the scheduler is gone."""
    waiting, running = iter(units), dict[Future, Sequence[Row]]()
    following = as_completed(loop=client.loop, with_results=False, raise_errors=False)

    def submit() -> None:
        there = _workers(client)
        declared = any(each.get("resources", {}).get("GPU") for each in there.values())
        resources = {"GPU": 1} if gpu and declared else None
        room = _BESIDES + _AHEAD * len(there) - len(running)
        for _, rows in zip(range(room), waiting, strict=False):  # in this order, none is taken beyond the room
            key = f"{rows[0].id}-{work.key(rows[0])[:12]}"
            future = client.submit(do, rows, work, key=key, retries=retries, pure=False, resources=resources)
            running[future] = rows
            following.add(future)

    def next_one() -> tuple[Sequence[Row], tuple[Outcome, ...] | BaseException | None] | None:
        """A unit that ended and how; nothing when the scheduler is gone."""
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
            rows = running.pop(future)
            return rows, future.result() if future.status == "finished" else future.exception()
        except (OSError, TimeoutError, FutureCancelledError):  # of the connection: what a task raised is returned
            return None

    while (ended := next_one()) is not None:
        rows, how = ended
        if isinstance(how, tuple):
            yield rows, how
        elif isinstance(how, KilledWorker):
            reason = "Its worker died again and again, perhaps for want of memory; give more `memory`."
            yield rows, given_up(store, work, rows, reason)
        elif isinstance(how, MMEarthError):
            yield rows, given_up(store, work, rows, how.text)
        elif how is None or isinstance(how, FutureCancelledError):
            return
        else:
            what = " ".join(f"{type(how).__name__}: {how}".split())[:500]
            yield rows, given_up(store, work, rows, f"It failed unexpectedly ({what}); please report it.")


def _workers(client: Client) -> dict[str, Any]:
    return dict(client.scheduler_info(n_workers=-1)["workers"])
