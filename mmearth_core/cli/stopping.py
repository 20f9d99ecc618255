"""How a command ends from outside: Ctrl-C and SIGTERM are heard at any moment, and two seconds later it is over.

Imports nothing heavy: it is the first thing that is loaded.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from mmearth_core.files import abandon
from mmearth_core.progress import CancelToken

if TYPE_CHECKING:
    from types import FrameType

CANCELLED = 130
#: Seconds that work has to end by itself.
PATIENCE = 1.6


def quit_on_interrupt() -> None:
    """Ctrl-C ends the process at once: as long as nothing is written, in the middle of an import even."""
    signal.signal(signal.SIGINT, _quit)


def _quit(_number: int, _frame: "FrameType | None") -> None:
    abandon()
    with suppress(OSError):
        os.write(2, b"\nmmearth: cancelled.\n")
    os._exit(CANCELLED)


@contextmanager
def cancelled_by_signals(
    cancel: CancelToken, *, stopping: str, ended: Callable[[], object] | None, say: Callable[[str], None]
) -> Iterator[None]:
    """Inside, Ctrl-C and SIGTERM ask the work to stop; the second one ends the process.

    Work that does not listen is ended after `PATIENCE`, when `ended` has said so (None: it ends by itself, and is
    waited for): whatever is killed leaves nothing half done under its name.
    """
    over = threading.Event()

    def end() -> None:
        if ended is not None and not over.wait(PATIENCE):
            abandon()
            ended()
            sys.stderr.flush()
            os._exit(CANCELLED)

    def ask(number: int, _frame: "FrameType | None") -> None:
        signal.signal(number, _quit)
        say(f"mmearth: stopping{stopping} (once more to quit at once) …")
        threading.Thread(target=end, name="end", daemon=True).start()
        cancel.cancel()

    earlier = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        over.set()
        for number, handler in earlier.items():
            signal.signal(number, handler)
