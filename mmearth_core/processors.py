"""What computes: the processors this process may use, their name, and how many of them a small fit takes."""

import math
import os
import platform
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController


#: Where Linux tells the share of processors that a container may use: version 2 of its control groups, then 1.
_QUOTAS = (("/sys/fs/cgroup/cpu.max",), ("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "/sys/fs/cgroup/cpu/cpu.cfs_period_us"))
_limit: int | None = None


def available_processors() -> int:
    """Processors this process may use: at least 1. Of those of the machine what its scheduler, the share of its
    container and `limited_processors` leave."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1  # Linux has it
    return max(1, min(each for each in (count, _share(), _limit) if each is not None))


@contextmanager
def limited_processors(count: int | None) -> Iterator[None]:
    """Inside, this process uses so many processors at most, as one of several workers of a machine; None: as before."""
    global _limit  # noqa: PLW0603 - of the process, as the affinity is
    before = _limit
    _limit = before if count is None else max(1, count)
    try:
        yield
    finally:
        _limit = before


def _share() -> int | None:
    """Processors that the container's quota amounts to, rounded up; None without a quota."""
    for files in _QUOTAS:
        try:
            told = " ".join(Path(file).read_text(encoding="ascii") for file in files).split()
        except (OSError, ValueError):
            continue
        if len(told) == 2 and told[0].isdigit() and int(told[0]) > 0:
            return math.ceil(int(told[0]) / int(told[1]))
        return None
    return None


def processor_name() -> str:
    """The processor's name as its system gives it."""
    described = Path("/proc/cpuinfo")
    if described.is_file():
        for line in described.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


class _OneThread:
    """The limit of one thread, held as long as anybody is in it.

    A thread of its own holds it: threadpoolctl lets OpenBLAS be controlled by one thread at a time, which here may
    leave before others do.
    """

    def __init__(self) -> None:
        self._lock, self._inside = threading.Lock(), 0
        self._over, self._holder = threading.Event(), threading.Thread()

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                held, self._over = threading.Event(), threading.Event()
                self._holder = threading.Thread(target=_hold, args=(held, self._over), name="one thread", daemon=True)
                self._holder.start()
                held.wait()
            self._inside += 1

    def __exit__(self, *exc: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._over.set()
                self._holder.join()


_ONE_THREAD = _OneThread()
#: What brings a BLAS of its own when it is loaded.
_WITH_BLAS = ("numpy", "scipy.linalg", "scipy.linalg._fblas", "torch")


def one_thread_each() -> AbstractContextManager[None]:
    """A context in which BLAS computes in one thread: more make small products many times slower, and may round in
    another order.

    Several threads may be in it, and it is over when the last of them leaves: none disturbs another. Counts for the
    libraries that are loaded when it is first entered.
    """
    return _ONE_THREAD


def _hold(held: threading.Event, over: threading.Event) -> None:
    try:
        with _thread_pools(sum(name in sys.modules for name in _WITH_BLAS)).limit(limits=1, user_api="blas"):
            held.set()
            over.wait()
    finally:
        held.set()


@cache
def _thread_pools(_loaded: int) -> "ThreadpoolController":
    """The handle on the threads; looking the libraries up takes longer than a small fit, so once for what is loaded."""
    from threadpoolctl import ThreadpoolController  # noqa: PLC0415 - only where something is fitted

    return ThreadpoolController()
