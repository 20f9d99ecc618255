"""What computes: the processors this process may use, their name, and how many of them a small fit takes."""

import os
import platform
import sys
import threading
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController


def available_processors() -> int:
    """Processors this process may use: at least 1."""
    if hasattr(os, "sched_getaffinity"):  # absent on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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
