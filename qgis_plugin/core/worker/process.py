"""The worker as a process: starting, greeting, asking, watching and ending it. Pure Python and thread-safe; no Qt.

One thread supervises (start, silence, overdue cancels, restart); each run of the process has a thread per pipe, so that
no caller ever waits for a pipe: `request` and `cancel` return at once. See docs/worker-protocol.md for the lines.
"""

from __future__ import annotations

import functools
import itertools
import json
import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .end import End, meaning
from .greeting import Greeting
from .pipes import LONGEST_LINE, Pipes, close_log, open_log
from .request import PROTOCOL, Listener, Request, WorkerError, greeting_of

#: The id of every greeting: ids grow from request to request, and those that wait for the greeting have theirs already.
_HELLO = 1
#: Between two looks of the supervisor, in seconds; also how much one look adds at most to a silence, so that a computer
#: which slept does not take its own sleep for the worker's.
_TICK = 0.25
#: The process leads a group of its own where there are groups, so that its children end with it.
_OWN_GROUP: dict[str, Any] = (
    {"creationflags": getattr(subprocess, "CREATE_NO_WINDOW", 0)} if os.name == "nt" else {"start_new_session": True}
)


class WorkerProcess:
    """A worker that is started when it is needed and replaced when it dies.

    A request that was unfinished when the worker died is sent again to the next one, once; a second death fails it.
    `on_event` hears what belongs to no request, from any thread: `heartbeat`, `{"event": "state", "state": …}`
    ("stopped", "starting", "ready", "failed": why, in `text`) and `{"event": "told", "text": …}`, a user's sentence.
    """

    def __init__(
        self,
        command: list[str],
        environment: dict[str, str],
        log: Path,
        version: str,
        *,
        language: str = "en",
        on_event: Listener | None = None,
        start_seconds: float = 60,
        silence_seconds: float = 30,
        cancel_seconds: float = 10,
        quit_seconds: float = 1,
    ) -> None:
        self.command = command
        self.environment = environment
        self.version, self.language = version, language
        self.log = Path(log)
        self.state = "stopped"
        self.greeting: Greeting | None = None
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

    def locate(self) -> tuple[list[str], dict[str, str]]:
        """Command and environment of the next start; called off the main thread, may raise `WorkerError`."""
        return self.command, self.environment

    def start(self) -> dict[str, Any]:
        """Start unless it runs, and wait for the greeting: the result of `hello`. Raises `WorkerError`."""
        return self.wake().result()

    def wake(self) -> Request:
        """As `start` without waiting: a request whose result is that of `hello`."""
        hello = Request("hello", {})
        with self._changed:
            greeting, closing = self.greeting, self._closing
            if not closing and greeting is None:
                self._greetings.append(hello)
                self._call_supervisor()
        if closing:
            hello.fail(_closed())
        elif greeting is not None:
            hello.succeed(dict(greeting.told))
        return hello

    def send(self, request: Request) -> None:
        """Put a request to the worker, whatever becomes of it; returns at once.

        When it has to be sent again, its listener hears `{"event": "restart", "text": …}`, which says why.
        """
        request.on_cancel = self._cancel
        with self._changed:
            request.number(next(self._numbers))
            long = len(request.line) > LONGEST_LINE
            refusal = _closed() if self._closing else _too_long(request.verb) if long else None
            if refusal is None:
                self._unfinished[request.id] = request
                if self._run is not None and self.state == "ready":
                    self._put(request, self._run)
                self._call_supervisor()
        if refusal is not None:
            request.fail(refusal)

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
                hello = Request("hello", {"protocol": PROTOCOL, "client": self.version, "language": self.language})
                hello.number(_HELLO)
                run.send(hello.line)
                end: WorkerError | None = None
                try:
                    end = self._watch(run)
                finally:
                    self._bury(run, end)
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
                try:
                    self._welcome(run, greeting_of(run.greeting, self.version))
                except WorkerError as error:
                    return error
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

    def _welcome(self, run: _Run, greeting: Greeting) -> None:
        with self._changed:
            self.greeting = greeting
            self.state = "ready"
            run.silence = 0.0
            waiting, self._greetings = self._greetings, []
            for request in self._unfinished.values():
                self._put(request, run)
        for hello in waiting:
            hello.succeed(dict(greeting.told))
        self._tell({"event": "state", "state": "ready"})

    def _is_overdue(self, now: float) -> bool:
        with self._changed:
            times = [request.cancelled_at for request in self._unfinished.values()]
        return any(at is not None and now - at > self._cancel_seconds for at in times)

    def _bury(self, run: _Run, error: WorkerError | None) -> None:
        """End the process for certain and decide what becomes of the unfinished requests."""
        greeted = self.state == "ready"
        with self._changed:
            self.state = "stopped"
            self.greeting = self.pid = self._run = None
        if error is None:  # it is asked to
            run.send(b'{"verb": "quit"}\n')
        code = run.end(self._quit_seconds if error is None or not error.message else 0)
        if run.pipes.foreign:
            self._logger.info("%d lines on stdout were not of the protocol.", run.pipes.foreign)
        if error is None:
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
            text = f"{sentence}, for the second time during {request.verb}; {end.help or f'see its log {self.log}'}."
            request.fail(WorkerError(kind, text))
        if kept:
            again = f"{sentence}; it is started again and goes on where it stopped."
            for request in kept:
                request.tell({"event": "restart", "id": request.id, "text": again})
            self._tell({"event": "told", "text": again})
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

    def _put(self, request: Request, run: _Run) -> None:
        request.sent = True
        run.send(request.line)

    def _cancel(self, request: Request) -> None:
        with self._changed:
            if request.id not in self._unfinished or request.cancelled_at is not None:
                return
            request.cancelled_at = time.monotonic()
            over = True  # what only waits for its turn need not wait for its end
            if self._run is not None and self.greeting is not None:
                self._run.send(json.dumps({"cancel": request.id}).encode() + b"\n")
                lanes = self.greeting.lanes
                before = (each for each in self._unfinished.values() if lanes.get(each.verb) == lanes.get(request.verb))
                over = next(before) is not request
            if over:
                del self._unfinished[request.id]
        if over:
            request.fail(WorkerError("cancelled", "Cancelled."))

    def _receive(self, run: _Run, event: dict[str, Any]) -> None:
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
                request.fail(WorkerError.of(event))
            else:
                request.tell(event)

    def _set_state(self, state: str, why: str = "") -> None:
        if self.state != state or state == "stopped":
            self.state = state
            self._tell({"event": "state", "state": state, "text": why})

    def _tell(self, event: dict[str, Any]) -> None:
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

    def __init__(
        self,
        command: list[str],
        environment: dict[str, str],
        logger: logging.Logger,
        on_event: Callable[[_Run, dict[str, Any]], None],
        on_end: Callable[[], None],
    ) -> None:
        self.process = subprocess.Popen(  # nosec B603 - a list, no shell; a Python the user chose  # noqa: S603
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            bufsize=0,
            **_OWN_GROUP,
        )
        self.greeting: dict[str, Any] | None = None
        self.silence = 0.0
        self.killed = False
        self._logger = logger
        pipes = [pipe for pipe in (self.process.stdin, self.process.stdout, self.process.stderr) if pipe is not None]
        self.pipes = Pipes(pipes, logger, functools.partial(on_event, self), on_end)
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
