"""The standard streams of a command: open, whatever the caller closed, and told of when they cannot be written.

A file must never be opened under the number of a standard stream: what a library prints would end up in it.
"""

import os
import sys
from contextlib import suppress
from typing import TextIO

from mmearth_core.errors import EnvironmentFailure


def make_sound() -> None:
    """Open what the caller closed: nothing is read from it and what is written to it is lost."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - open as long as we are
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def tell(text: str) -> None:
    """Write to the standard output. Raises `BrokenPipeError` when nobody reads it, else `EnvironmentFailure`."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        give_up(sys.stdout)
        raise EnvironmentFailure(
            f"The standard output cannot be written ({error.strerror or error}); send it where there is room (> FILE)."
        ) from error


def give_up(stream: TextIO) -> None:
    """Let what is still to be written to a stream be lost, so that it does not fail again at the end."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
