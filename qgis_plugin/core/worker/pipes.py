"""The pipes of the worker: lines read without trusting them, lines written without waiting, and the log. No Qt."""

from __future__ import annotations

import json
import logging
import logging.handlers
import os
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .request import Listener


#: Longest line taken from the worker, in bytes; what is longer is skipped.
LONGEST_LINE = 64 << 20
#: What every event has; lines without it are not even parsed.
_MARK = b'"event"'
_CHUNK = 1 << 16
_LOGGED_SKIPS = 5
_LOG_BYTES = 1_000_000  # at most twice: the log and the one before


class EventReader:
    """The events among the lines of a stdout; whatever else comes is skipped, cheaply, and counted in `foreign`."""

    def __init__(self, pipe: IO[bytes], logger: logging.Logger) -> None:
        self.foreign = 0
        self._pipe = pipe
        self._logger = logger

    def __iter__(self) -> Iterator[dict[str, Any]]:
        kept, skipping = bytearray(), False
        while True:
            chunk = os.read(self._pipe.fileno(), _CHUNK)
            if not chunk:
                break
            if skipping:
                _, end, chunk = chunk.partition(b"\n")
                skipping = not end
            whole, end, rest = chunk.rpartition(b"\n")
            if end:
                yield from self._events(bytes(kept) + whole)
                kept.clear()
            if not skipping:
                kept += rest
            if len(kept) > LONGEST_LINE:
                self._skip(bytes(kept[:200]), 1)
                kept.clear()
                skipping = True

    def _events(self, text: bytes) -> Iterator[dict[str, Any]]:
        """The events in some whole lines."""
        if _MARK not in text:
            self._skip(text, text.count(b"\n") + 1)
            return
        for line in text.split(b"\n"):
            event = _event(line) if _MARK in line else None
            if event is None:
                self._skip(line, 1)
            else:
                yield event

    def _skip(self, text: bytes, count: int) -> None:
        if self.foreign < _LOGGED_SKIPS:
            self._logger.info("Skipped on stdout: %s", text[:200].decode("utf-8", "replace"))
        self.foreign += count


def _event(line: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and isinstance(event.get("event"), str) else None


class LineWriter(threading.Thread):
    """Writes what `send` is given, in order, from a thread of its own: a full pipe keeps nobody else waiting."""

    def __init__(self, pipe: IO[bytes]) -> None:
        super().__init__(name="mmearth worker stdin", daemon=True)
        self._pipe = pipe
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()

    def send(self, line: bytes) -> None:
        self._lines.put(line)

    def finish(self) -> None:
        """Close the pipe after the last line."""
        self._lines.put(None)

    def run(self) -> None:
        try:
            while True:
                line = self._lines.get()
                if line is None:
                    break
                rest = memoryview(line)
                while rest:
                    rest = rest[os.write(self._pipe.fileno(), rest) :]
        except OSError:  # nobody reads any more: whoever waits for the process sees its end
            return
        finally:
            _close(self._pipe)


class Pipes:
    """The three pipes of a process, each with its thread; `on_event` and `on_end` (of stdout) are called from these."""

    def __init__(
        self,
        pipes: Sequence[IO[bytes]],
        logger: logging.Logger,
        on_event: Listener,
        on_end: Callable[[], None],
    ) -> None:
        self.ended = False
        self.last_words = ""
        self._closed = False
        self._logger = logger
        self._on_event = on_event
        self._on_end = on_end
        stdin, *self._outputs = pipes
        self._events = EventReader(self._outputs[0], logger)
        self._writer = LineWriter(stdin)
        self._readers = [
            threading.Thread(target=self._read, name="mmearth worker stdout", daemon=True),
            threading.Thread(target=self._listen, name="mmearth worker stderr", daemon=True),
        ]
        for thread in (self._writer, *self._readers):
            thread.start()

    @property
    def foreign(self) -> int:
        """Lines on stdout that were not of the protocol, so far."""
        return self._events.foreign

    def send(self, line: bytes) -> None:
        self._writer.send(line)

    def finish(self) -> None:
        """Close stdin after what was sent."""
        self._writer.finish()

    def close(self) -> None:
        """Wait for the threads of a process that is over; a pipe that some child of it still holds is left alone."""
        self._writer.join(1)
        for thread, pipe in zip(self._readers, self._outputs):
            thread.join(1)
            if not thread.is_alive():
                _close(pipe)
        self._closed = True

    def _read(self) -> None:
        try:
            for event in self._events:
                if self._closed:
                    return
                self._on_event(event)
        except OSError as error:
            self._logger.info("Reading the worker's stdout: %s", error)
        finally:
            self.ended = True
            self._on_end()

    def _listen(self) -> None:
        """Log stderr, many lines at a time when many come."""
        rest = b""
        try:
            while True:
                chunk = os.read(self._outputs[1].fileno(), _CHUNK)
                whole, end, rest = (rest + chunk).rpartition(b"\n")
                if not chunk or len(rest) > _CHUNK:
                    whole, rest = whole + end + rest, b""
                text = whole.decode("utf-8", "replace").strip()
                if text:
                    self.last_words = text.splitlines()[-1]
                    self._logger.info("%s", text)
                if not chunk:
                    break
        except OSError as error:
            self._logger.info("Reading the worker's stderr: %s", error)


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except OSError:
        return


def open_log(path: Path) -> logging.Logger:
    """A log at `path` of at most 2 MB, one older file included; one that keeps nothing where none can be written."""
    logger = logging.Logger("mmearth worker", logging.INFO)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8", delay=True, errors="replace"
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    logger.addHandler(handler)
    return logger


def close_log(logger: logging.Logger) -> None:
    for handler in logger.handlers:
        handler.close()
