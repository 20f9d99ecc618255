"""The worker as a process: starting, greeting, asking, watching and ending it. Pure Python and thread-safe; no Qt.

One thread supervises (start, silence, overdue cancels, restart); each run of the process has a thread per pipe, so that
no caller ever waits for a pipe: `request` and `cancel` return at once. See docs/worker-protocol.md for the lines.
"""

from __future__ import annotations

import functools
import itertools
import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

from .end import End, meaning
from .pipes import LONGEST_LINE, Pipes, close_log, open_log
from .request import PROTOCOL, Request, WorkerError, objection

__all__ = ["PROTOCOL", "Request", "WorkerError", "WorkerProcess"]

#: The id of every greeting: ids grow from request to request, and those that wait for the greeting have theirs already.
_HELLO = 1
#: Between two looks of the supervisor, in seconds; also how much one look adds at most to a silence, so that a computer
#: which slept does not take its own sleep for the worker's.
_TICK = 0.25
#: The process leads a group of its own where there are groups, so that its children end with it.
_OWN_GROUP = {"creationflags": subprocess.CREATE_NO_WINDOW} if os.name == "nt" else {"start_new_session": True}


class WorkerProcess:
    """A worker that is started when it is needed and replaced when it dies.

    A request that was unfinished when the worker died is sent again to the next one, once; a second death fails it.
    `on_event` hears what belongs to no request, from any thread: `heartbeat`, `{"event": "state", "state": …}`
    ("stopped", "starting", "ready", "failed": why, in `text`) and `{"event": "told", "text": …}`, a user's sentence.
    """

    def __init__(
        self,
        command: list[str],
        environment: dict,
        log: Path,
        version: str,
        *,
        on_event=None,
        start_seconds: float = 60,
        silence_seconds: float = 30,
        cancel_seconds: float = 10,
        quit_seconds: float = 1,
    ):
        self.command = command
        self.environment = environment
        self.version = version
        self.log = Path(log)
        self.state = "stopped"
        self.hello: dict | None = None
        self.pid: int | None = None
        self._on_event = on_event
        self._start_seconds = start_seconds
        self._silence_seconds = silence_seconds
        self._cancel_seconds = cancel_seconds
        self._quit_seconds = quit_seconds
        self._changed = threading.Condition()
        self._numbers = itertools.count(_HELLO + 1)
        self._unfinished: dict[int, Request] = {}
        self._greetings: list[Request] = []
        self._run: _Run | None = None
        self._closing = False
        self._supervisor: threading.Thread | None = None
        self._logger = open_log(self.log)

    def locate(self) -> tuple[list[str], dict]:
        """Command and environment of the next start; called off the main thread, may raise `WorkerError`."""
        return self.command, self.environment

    def start(self) -> dict:
        """Start unless it runs, and wait for the greeting: the result of `hello`. Raises `WorkerError`."""
        return self.wake().result()

    def wake(self) -> Request:
        """As `start` without waiting: a request whose result is that of `hello`."""
        greeting = Request("hello", {})
        with self._changed:
            hello, closing = self.hello, self._closing
            if not closing and hello is None:
                self._greetings.append(greeting)
                self._call_supervisor()
        if closing:
            greeting.fail(_closed())
        elif hello is not None:
            greeting.succeed(hello)
        return greeting

    def request(self, verb: str, arguments: dict, on_event=None) -> Request:
        """Ask for `verb`; returns at once.

        `on_event` hears all its events, from another thread; the last one is `result` or `error`. When the request is
        sent again, `{"event": "restart", "text": …}` says why. Raises `TypeError` when an argument is not JSON.
        """
        request = Request(verb, arguments, on_event, self._cancel)
        with self._changed:
            request.id = next(self._numbers)
            refusal = _closed() if self._closing else _too_long(verb) if len(request.line) > LONGEST_LINE else None
            if refusal is None:
                self._unfinished[request.id] = request
                if self.state == "ready":
                    self._send(request, self._run)
                self._call_supervisor()
        if refusal is not None:
            request.fail(refusal)
        return request

    def close(self) -> None:
        """End the worker: ask it to quit, wait a second, kill it. What was unfinished fails as cancelled."""
        with self._changed:
            self._closing = True
            supervisor = self._supervisor
            self._changed.notify_all()
        if supervisor is not None and supervisor is not threading.current_thread():
            supervisor.join(self._quit_seconds + 5)
        close_log(self._logger)

    # The supervisor -------------------------------------------------------------------------------------------------

    def _call_supervisor(self) -> None:
        if self._supervisor is None:
            self._supervisor = threading.Thread(target=self._supervise, name="mmearth worker", daemon=True)
            self._supervisor.start()
        self._changed.notify_all()

    def _supervise(self) -> None:
        try:
            while self._wait_until_wanted():
                self._set_state("starting")
                try:
                    run = _Run(*self.locate(), self._logger, self._receive, self._wake_up)
                except WorkerError as error:
                    self._fail_start(error)
                    continue
                except OSError as error:
                    sentence = f"The worker could not be started: {error}; check the Python chosen in the settings."
                    self._fail_start(WorkerError("start", sentence))
                    continue
                self._run, self.pid = run, run.process.pid
                hello = Request("hello", {"protocol": PROTOCOL, "client": self.version})
                hello.id = _HELLO
                run.send(hello.line)
                error = None
                try:
                    error = self._watch(run)
                finally:
                    self._bury(run, error)
        finally:
            with self._changed:
                self._closing = True
            self._fail_all(_closed())
            self._set_state("stopped")

    def _wait_until_wanted(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._unfinished or self._greetings)
            return not self._closing

    def _wake_up(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _watch(self, run: _Run) -> WorkerError | None:
        """Wait for the end of the run and return why it ends; None: as asked."""
        before = time.monotonic()
        while True:
            with self._changed:
                if not (self._closing or run.pipes.ended or (run.greeting is not None and self.state != "ready")):
                    self._changed.wait(_TICK)
                closing = self._closing
            now = time.monotonic()
            run.silence += min(now - before, 2 * _TICK)
            before = now
            if closing:
                return None
            if self.state != "ready" and run.greeting is not None:
                error = objection(run.greeting, self.version)
                if error is not None:
                    return error
                self._welcome(run)
            elif run.is_over():
                return WorkerError("died" if self.state == "ready" else "start", "")
            elif self.state != "ready" and run.silence > self._start_seconds:
                return WorkerError("start", f"The worker did not answer within {self._start_seconds:g} s")
            elif self.state == "ready" and run.silence > self._silence_seconds:
                return WorkerError(
                    "silent", f"The worker hung: nothing was heard of it for {self._silence_seconds:g} s"
                )
            elif self._is_overdue(now):
                return WorkerError(
                    "cancelled", f"The worker did not stop within {self._cancel_seconds:g} s of a cancel"
                )

    def _welcome(self, run: _Run) -> None:
        with self._changed:
            self.hello = run.greeting["result"]
            self.state = "ready"
            run.silence = 0.0
            greetings, self._greetings = self._greetings, []
            for request in self._unfinished.values():
                self._send(request, run)
        for greeting in greetings:
            greeting.succeed(self.hello)
        self._tell({"event": "state", "state": "ready"})

    def _is_overdue(self, now: float) -> bool:
        with self._changed:
            times = [request.cancelled_at for request in self._unfinished.values()]
        return any(at is not None and now - at > self._cancel_seconds for at in times)

    def _bury(self, run: _Run, error: WorkerError | None) -> None:
        """End the process for certain and decide what becomes of the unfinished requests."""
        asked = error is None
        greeted = self.state == "ready"
        with self._changed:
            self.state = "stopped"
            self.hello = self.pid = self._run = None
        if asked:
            run.send(b'{"verb": "quit"}\n')
        code = run.end(self._quit_seconds if asked or not error.message else 0)
        if run.pipes.foreign:
            self._logger.info("%d lines on stdout were not of the protocol.", run.pipes.foreign)
        if asked:
            return
        end = meaning(code)
        sentence = error.message or f"The worker {end.what}"
        self._logger.info("%s (code %s)", sentence, code)
        if not greeted:
            if not error.message and run.pipes.last_words:
                sentence += f" (“{run.pipes.last_words[:200]}”)"
            if error.kind == "start":
                sentence += f"; {end.help}." if end.help else "; check the environment in the plugin's panel."
            self._fail_start(WorkerError(error.kind, sentence, error.traceback))
            return
        self._set_state("stopped")
        self._mourn(error.kind, sentence, end)

    def _mourn(self, kind: str, sentence: str, end: End) -> None:
        cancelled, lost = [], []
        with self._changed:
            for request in list(self._unfinished.values()):
                if request.cancelled_at is not None:
                    cancelled.append(self._unfinished.pop(request.id))
                    continue
                request.deaths += request.sent and kind != "cancelled"
                request.sent = False
                if request.deaths > 1:
                    lost.append(self._unfinished.pop(request.id))
            kept = list(self._unfinished.values())
        for request in cancelled:
            request.fail(WorkerError("cancelled", "Cancelled."))
        for request in lost:
            text = f"{sentence}, for the second time during {request.verb}; {end.help or f'its log is {self.log}'}."
            request.fail(WorkerError(kind, text))
        if kept:
            text = f"{sentence}; it is started again and goes on where it stopped."
            for request in kept:
                request.tell({"event": "restart", "id": request.id, "text": text})
            self._tell({"event": "told", "text": text})
        elif kind != "cancelled" and not lost:
            self._tell({"event": "told", "text": f"{sentence}; it is started again when it is needed."})

    def _fail_start(self, error: WorkerError) -> None:
        self._logger.info("%s", error.message)
        self._set_state("failed", error.message)
        self._fail_all(error)

    def _fail_all(self, error: WorkerError) -> None:
        with self._changed:
            requests = self._greetings + list(self._unfinished.values())
            self._greetings = []
            self._unfinished.clear()
        for request in requests:
            gone = request.cancelled_at is not None
            request.fail(WorkerError("cancelled", "Cancelled.") if gone else error)

    # Lines in and out -----------------------------------------------------------------------------------------------

    def _send(self, request: Request, run: _Run) -> None:
        request.sent = True
        run.send(request.line)

    def _cancel(self, request: Request) -> None:
        with self._changed:
            if request.id not in self._unfinished or request.cancelled_at is not None:
                return
            request.cancelled_at = time.monotonic()
            sent = self.state == "ready"
            if sent:
                self._run.send(json.dumps({"cancel": request.id}).encode() + b"\n")
            first = next(other for other in self._unfinished.values() if other.lane == request.lane)
            over = not sent or first is not request  # what only waits for its turn need not wait for its end
            if over:
                del self._unfinished[request.id]
        if over:
            request.fail(WorkerError("cancelled", "Cancelled."))

    def _receive(self, run: _Run, event: dict) -> None:
        """An event of the worker; called from the thread that reads its stdout."""
        run.silence = 0.0 if run.greeting is not None else run.silence
        name, number, last = event["event"], event.get("id"), event["event"] in {"result", "error"}
        if name == "heartbeat":
            self._tell(event)
        elif number == _HELLO:
            if last:
                run.greeting = event
                self._wake_up()
        elif not isinstance(number, int):
            self._logger.info("The worker says: %s", str(event)[:500])
        else:
            with self._changed:
                request = self._unfinished.pop(number, None) if last else self._unfinished.get(number)
            if request is None:
                return
            if name == "result":
                request.succeed(event.get("result") or {})
            elif name == "error":
                kind, message = str(event.get("kind", "internal")), str(event.get("message", ""))
                request.fail(WorkerError(kind, message, event.get("traceback")))
            else:
                request.tell(event)

    def _set_state(self, state: str, why: str = "") -> None:
        if self.state != state or state == "stopped":
            self.state = state
            self._tell({"event": "state", "state": state, "text": why})

    def _tell(self, event: dict) -> None:
        if self._on_event is not None:
            self._on_event(event)


def _closed() -> WorkerError:
    return WorkerError("cancelled", "Cancelled: the worker was stopped.")


def _too_long(verb: str) -> WorkerError:
    return WorkerError(
        "arguments", f"What {verb} is asked to work on is larger than 64 MB; use fewer or simpler samples."
    )


class _Run:
    """One run of the process with its pipes. Raises `OSError` when it cannot be started."""

    def __init__(self, command, environment, logger, on_event, on_end):
        self.process = subprocess.Popen(  # nosec B603 - a list, no shell; a Python the user chose  # noqa: S603
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            bufsize=0,
            **_OWN_GROUP,
        )
        self.greeting: dict | None = None
        self.silence = 0.0
        self.killed = False
        self._logger = logger
        self.pipes = Pipes(self.process, logger, functools.partial(on_event, self), on_end)
        self.send = self.pipes.send

    def is_over(self) -> bool:
        return self.pipes.ended or self.process.poll() is not None

    def end(self, patience: float) -> int | None:
        """Close stdin, wait `patience` seconds for the end, then kill: the code it ended with, or None if killed."""
        self.pipes.finish()
        if not self._wait(patience):
            self._kill()
            self._wait(5)
        self.pipes.close()
        return None if self.killed else self.process.returncode

    def _wait(self, seconds: float) -> bool:
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _kill(self) -> None:
        self.killed = True
        try:
            if os.name == "nt":
                self.process.kill()
            else:
                os.killpg(self.process.pid, signal.SIGKILL)
        except OSError as error:  # gone already
            self._logger.info("Killing the worker: %s", error)
