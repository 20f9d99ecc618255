"""How many processors work may be spread over."""

import os


def available_processors() -> int:
    """Processors this process may use: at least 1."""
    if hasattr(os, "sched_getaffinity"):  # absent on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
