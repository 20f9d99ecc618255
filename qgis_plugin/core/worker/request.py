"""What is asked of the worker, and how it fails. Pure Python and thread-safe; no Qt."""

from __future__ import annotations

import json
import threading

PROTOCOL = 1
#: The worker takes one request after the other in each lane; verbs that are not here share a third one.
_LANES = {
    "preview": "live",
    "similar_preview": "live",
    "inspect": "live",
    "info": "live",
    "validate": "check",
    "suggest_samples": "check",
}


class WorkerError(Exception):
    """A request failed. `kind`: one of the protocol's, or "start", "died", "silent"; `message`: one sentence."""

    def __init__(self, kind: str, message: str, traceback: str | None = None):
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.traceback = traceback


class Request:
    """Something asked of the worker. Ends exactly once, with a result or an error. Raises `TypeError` when an argument
    cannot be said in JSON."""

    def __init__(self, verb: str, arguments: dict, on_event=None, on_cancel=None):
        self.id = 0
        self.verb = verb
        self.arguments = arguments
        self._json = json.dumps(arguments)
        self.sent = False  # to the worker that runs now
        self.deaths = 0
        self.cancelled_at: float | None = None
        self._on_event = on_event
        self._on_cancel = on_cancel
        self._over = threading.Event()
        self._result: dict = {}
        self._error: WorkerError | None = None

    @property
    def done(self) -> bool:
        return self._over.is_set()

    @property
    def lane(self) -> str:
        return _LANES.get(self.verb, "work")

    @property
    def line(self) -> bytes:
        """The request as the worker reads it."""
        return f'{{"id": {self.id}, "verb": {json.dumps(self.verb)}, "arguments": {self._json}}}\n'.encode()

    def result(self, timeout: float | None = None) -> dict:
        """Wait for the end, at most `timeout` seconds. Raises `WorkerError`, and `TimeoutError` when it goes on."""
        if not self._over.wait(timeout):
            raise TimeoutError(f"{self.verb} is still running.")
        if self._error is not None:
            raise self._error
        return self._result

    def cancel(self) -> None:
        """Ask for an end; returns at once. Nothing happens when it is over."""
        if self._on_cancel is not None:
            self._on_cancel(self)

    # For `WorkerProcess`:

    def tell(self, event: dict) -> None:
        if self._on_event is not None:
            self._on_event(event)

    def succeed(self, result: dict) -> None:
        self._result = result
        self._over.set()
        self.tell({"event": "result", "id": self.id, "result": result})

    def fail(self, error: WorkerError) -> None:
        self._error = error
        self._over.set()
        event = {"event": "error", "id": self.id, "kind": error.kind, "message": error.message}
        self.tell({**event, "traceback": error.traceback} if error.traceback else event)


def objection(event: dict, version: str) -> WorkerError | None:
    """What is wrong with an answer to `hello`; `version` is the mmearth that is wanted, empty: any."""
    if event["event"] == "error":
        message = str(event.get("message", "The worker refused to serve this plugin."))
        return WorkerError(str(event.get("kind", "protocol")), message, event.get("traceback"))
    result = event.get("result")
    theirs = result if isinstance(result, dict) else {}
    if theirs.get("protocol") != PROTOCOL:
        sentence = (
            f"The worker speaks version {theirs.get('protocol')} of the protocol and this plugin version {PROTOCOL}"
        )
        return WorkerError("protocol", f"{sentence}; install the same version of both in the plugin's panel.")
    if version and theirs.get("version") != version:
        sentence = f"The environment has mmearth {theirs.get('version')} and this plugin needs {version}"
        return WorkerError("protocol", f"{sentence}; update the environment in the plugin's panel.")
    return None
