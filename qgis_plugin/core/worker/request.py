"""What is asked of the worker, and how it fails. Pure Python and thread-safe; no Qt."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

from .greeting import Greeting

PROTOCOL = 1

#: What hears events, from any thread.
Listener = Callable[[dict[str, Any]], object]


class WorkerError(Exception):
    """A request failed. `kind`: one of the protocol's, or "start", "died", "silent"; `message`: one sentence, in which
    arguments stand as `name` or `name=value`; `about`: those it is about, the one to look at first.
    """

    def __init__(self, kind: str, message: str, traceback: str | None = None, about: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.traceback = traceback
        self.about = about

    @classmethod
    def of(cls, event: dict[str, Any]) -> WorkerError:
        """What an `error` event of the worker says."""
        about = tuple(name for name in event.get("about") or () if isinstance(name, str))
        kind, message = str(event.get("kind", "internal")), str(event.get("message", ""))
        return cls(kind, message, event.get("traceback"), about)


class Request:
    """Something asked of the worker: given to `WorkerProcess.send`, it ends exactly once, with a result or an error.

    `listener` hears all its events, from other threads; the last one is `result` or `error`. Raises `TypeError` when an
    argument cannot be said in JSON.
    """

    def __init__(self, verb: str, arguments: dict[str, Any], listener: Listener | None = None) -> None:
        self.verb = verb
        self.error: WorkerError | None = None
        self._listener = listener
        self._over = threading.Event()
        self._result: dict[str, Any] = {}
        self._asked = f'"verb": {json.dumps(verb)}, "arguments": {json.dumps(arguments)}}}\n'.encode()
        # For `WorkerProcess`:
        self.id = 0
        self.line = b""
        self.sent = False  # to the worker that runs now
        self.deaths = 0
        self.cancelled_at: float | None = None
        self.on_cancel: Callable[[Request], None] | None = None

    @property
    def done(self) -> bool:
        return self._over.is_set()

    def result(self, timeout: float | None = None) -> dict[str, Any]:
        """Wait for the end, at most `timeout` seconds. Raises `WorkerError`, and `TimeoutError` when it goes on."""
        if not self._over.wait(timeout):
            raise TimeoutError(f"{self.verb} is still running.")
        if self.error is not None:
            raise self.error
        return self._result

    def cancel(self) -> None:
        """Ask for an end; returns at once. Nothing happens when it is over."""
        if self.on_cancel is not None:
            self.on_cancel(self)

    # For `WorkerProcess`:

    def number(self, number: int) -> None:
        """Give it its id, and with it the line for the worker: when it is sent, for ids grow from line to line."""
        self.id, self.line, self._asked = number, b'{"id": %d, ' % number + self._asked, b""

    def tell(self, event: dict[str, Any]) -> None:
        """Hand an event on; called from any thread."""
        if self._listener is not None:
            self._listener(event)

    def succeed(self, result: dict[str, Any]) -> None:
        self._result = result
        self._over.set()
        self.tell({"event": "result", "id": self.id, "result": result})

    def fail(self, error: WorkerError) -> None:
        self.error = error
        self._over.set()
        told = {"event": "error", "id": self.id, "kind": error.kind, "message": error.message}
        self.tell({**told, "about": list(error.about)})


def greeting_of(event: dict[str, Any], version: str) -> Greeting:
    """The greeting in the last event of `hello`; `version` is the mmearth that is wanted, empty: any. Raises
    `WorkerError` when it is not one to work with."""
    if event["event"] == "error":
        raise WorkerError.of({"kind": "protocol", "message": "The worker refused to serve this plugin.", **event})
    result = event.get("result")
    theirs = result if isinstance(result, dict) else {}
    if theirs.get("protocol") != PROTOCOL:
        sentence = (
            f"The worker speaks version {theirs.get('protocol')} of the protocol and this plugin version {PROTOCOL}"
        )
        raise WorkerError("protocol", f"{sentence}; install the same version of both in the plugin's panel.")
    if version and theirs.get("version") != version:
        sentence = f"The environment has mmearth {theirs.get('version')} and this plugin needs {version}"
        raise WorkerError("protocol", f"{sentence}; update the environment in the plugin's panel.")
    try:
        return Greeting.of(theirs)
    except ValueError as error:
        sentence = f"The worker greets in a way that this plugin does not understand ({error})"
        raise WorkerError("protocol", f"{sentence}; update the environment in the plugin's panel.") from None
