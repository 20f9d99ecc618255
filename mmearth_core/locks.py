"""One writer per output: whoever writes a file holds a small file beside it that says who, and is touched now and then.

The holder's host, process and the time of the last touch decide: a process that is gone, or a host that has not touched
it for a minute, holds nothing. So it also works on network file systems, and survives kills and power cuts.
"""

import functools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

from filelock import SoftFileLease, Timeout

from mmearth_core.errors import EnvironmentFailure, MMEarthError, unwritable
from mmearth_core.files import check_folder, disposable
from mmearth_core.progress import CancelToken, Progress, Silent

#: Seconds without a touch after which a holder elsewhere counts as gone, and seconds between touches.
EXPIRES, TOUCHED = 60.0, 10.0
#: Seconds between two looks of who waits.
_PAUSE = 0.2
#: Seconds that a holder has to say what it is at: when it seems to be something else, and when it says nothing.
_GRACE, _UNKNOWN = 1.0, 15.0

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class InUse(MMEarthError):
    """Somebody else writes this output."""


class Hold:
    """The right to write one output: taken by `take`, given back by `release`. Of one thread at a time."""

    def __init__(self, output: str | Path) -> None:
        self.output = Path(output)
        self._lost = threading.Event()
        self.file = self.output.absolute().with_name(f".{self.output.name}.lock")
        self._lease = SoftFileLease(
            self.file,
            lease_duration=EXPIRES,
            heartbeat_interval=TOUCHED,
            on_compromise=lambda _: self._lost.set(),
            timeout=0,
            thread_local=False,
        )

    def take(self) -> bool:
        """Whether it is ours now. Raises `MMEarthError` when no file can be made there."""
        if not self.output.absolute().parent.is_dir():
            check_folder(self.output)
        try:
            self._lease.acquire()
        except Timeout:
            return False
        except OSError as error:
            check_folder(self.output)
            raise unwritable(self.output, error) from error
        return True

    @property
    def holder(self) -> str:
        """Who holds it: `process 12 on host`."""
        owner = self._lease.owner
        return "another process" if owner is None else f"process {owner.pid} on {owner.hostname.partition('?')[0]}"

    def wait(self, worth_it: Callable[[], bool | None], progress: Progress, cancel: CancelToken) -> None:
        """Wait until it is ours, as long as that is `worth_it` (None: not known yet); raise `InUse` when it is not.

        Of a holder on another host, whose end nobody tells, one touch is awaited: then it is there.
        """
        began, first, told = time.monotonic(), self._touched(), False
        while not self.take():
            waited, worth = time.monotonic() - began, worth_it()
            hopeless = (worth is False and waited > _GRACE) or (worth is None and waited > _UNKNOWN)
            if hopeless and (not self._elsewhere() or self._touched() not in (first, None)):
                raise InUse(f"{self.output} is being written by {self.holder}; wait for it or choose another output.")
            if worth and not told:
                progress.message(f"{self.output} is being written by {self.holder} already; waiting for it.")
                told = True
            cancel.check()
            time.sleep(_PAUSE)

    def _elsewhere(self) -> bool:
        owner = self._lease.owner
        host, _, apart = ("", "", "") if owner is None else owner.hostname.partition("?")
        return host != socket.gethostname() or bool(apart)

    def _touched(self) -> int | None:
        try:
            return self.file.stat().st_mtime_ns
        except OSError:
            return None

    def check(self) -> None:
        """Raise `EnvironmentFailure` when another process has taken it over: this one stood still too long."""
        if self._lost.is_set():
            raise EnvironmentFailure(
                f"{self.output} was taken over by {self.holder} while this process stood still; wait for that one."
            )

    def release(self) -> None:
        """Let others write."""
        self._lease.release()


@contextmanager
def one_writer(
    output: str | Path,
    worth_waiting: Callable[[], bool | None] | None = None,
    progress: Progress | None = None,
    cancel: CancelToken | None = None,
) -> Iterator[Hold]:
    """Inside, nobody else who asks writes an output. Raises `InUse` when somebody else does, unless it is worth to wait
    for; `MMEarthError` when nothing can be written there; `Cancelled`."""
    hold = Hold(output)
    if not hold.take():
        hold.wait(worth_waiting or _never, progress or Silent(), cancel or CancelToken())
    try:
        with disposable(hold.file):
            yield hold
    finally:
        hold.release()


def _never() -> bool:
    return False


def sole_writer(*outputs: str) -> Callable[[Callable[Parameters, Result]], Callable[Parameters, Result]]:
    """For a keyword-only function: while it runs it is the one writer of the files its arguments `outputs` name."""

    def decorate(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
        @functools.wraps(function)
        def holding(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
            named = {str(kwargs[name]): None for name in outputs if kwargs.get(name) is not None}
            token = kwargs.get("cancel")
            cancel = token if isinstance(token, CancelToken) else None
            with ExitStack() as stack:
                for output in sorted(named):
                    stack.enter_context(one_writer(output, cancel=cancel))
                return function(*args, **kwargs)

        return holding

    return decorate
