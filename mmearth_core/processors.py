"""What computes: the processors this process may use, their name, and how many of them a small fit takes."""

import os
import platform
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


def one_thread_each() -> AbstractContextManager[object]:
    """A context in which BLAS and OpenMP compute in one thread: more make small products many times slower.

    Counts for the libraries that are loaded when it is first called.
    """
    limited: AbstractContextManager[object] = _thread_pools().limit(limits=1)
    return limited


@cache
def _thread_pools() -> "ThreadpoolController":
    """The handle on the threads; looking the libraries up takes longer than a small fit, so once."""
    from threadpoolctl import ThreadpoolController  # noqa: PLC0415 - only where something is fitted

    return ThreadpoolController()
