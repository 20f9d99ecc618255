"""How long work reports itself and how it is stopped: the contract between the engine and its front ends.

The engine calls a `Progress`; the command line draws a bar or prints JSON lines, QGIS moves its own bar.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from mmearth_core.errors import Cancelled


class Progress(Protocol):
    """What a front end implements. Calls come from one thread, never concurrently."""

    def message(self, text: str) -> None:
        """Tell the user one sentence."""

    def start(self, task: str, total: int, unit: str, area_per_unit: float | None = None) -> None:
        """Begin a step of `total` units ("px", "tiles", "B"); `area_per_unit` in m² when the unit is a pixel."""

    def advance(self, amount: int) -> None:
        """`amount` further units of the current step are done."""

    def finish(self) -> None:
        """The current step is over."""

    def partial(self, path: Path) -> None:
        """What is done so far can be looked at in `path`."""


class Silent:
    """A `Progress` that says nothing: the default of the Python functions."""

    def message(self, text: str) -> None: ...

    def start(self, task: str, total: int, unit: str, area_per_unit: float | None = None) -> None: ...

    def advance(self, amount: int) -> None: ...

    def finish(self) -> None: ...

    def partial(self, path: Path) -> None: ...


class CancelToken:
    """Set once, from any thread; long work asks it between steps and hooks what must be interrupted inside one."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._hooks: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def cancel(self) -> None:
        """Ask the work to stop; returns at once."""
        self._event.set()
        with self._lock:
            hooks = list(self._hooks)
        for hook in hooks:
            hook()

    def check(self) -> None:
        """Raise `Cancelled` when the token is set."""
        if self.cancelled:
            raise Cancelled("Cancelled.")

    @contextmanager
    def on_cancel(self, hook: Callable[[], None]) -> Iterator[None]:
        """While inside, `hook` is called at once when the token is set (also if it was set before)."""
        with self._lock:
            self._hooks.append(hook)
        if self.cancelled:
            hook()
        try:
            yield
        finally:
            with self._lock:
                self._hooks.remove(hook)
