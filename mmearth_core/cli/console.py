"""What the command line shows while it works: a bar on a terminal, plain lines in a log, JSON lines for a program.

Each is a `Progress`. None of them ever stops the work by failing: a reader that went away asks for a cancel instead.
They are told how arguments that a message names are `worded`; by default these stay in back quotes.
"""

import errno
import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TextIO

from tqdm import tqdm

from mmearth_core.cli.streams import give_up
from mmearth_core.errors import EnvironmentFailure
from mmearth_core.progress import Progress, Silent
from mmearth_core.wording import tamed

#: Seconds over which the rate is averaged: a resumed run or a cloudy corner is soon forgotten.
_RATE_WINDOW = 30.0
#: Seconds between two events of `JsonLines`, and between two lines of `PlainLines`.
_JSON_INTERVAL, _LINE_INTERVAL = 0.2, 10.0
#: How systems say that nobody reads a pipe any more; the second is Windows' way.
_NOBODY_READS = (errno.EPIPE, errno.EINVAL)
_PREFIXES = (("G", 1e9), ("M", 1e6), ("k", 1e3))


class Console(Progress, Protocol):
    """A `Progress` of the command line: it is closed when the verb is over, however it ended."""

    def close(self) -> None:
        """Leave the terminal clean."""


class GuardedStream:
    """A text stream that swallows what nobody reads any more, and says so once.

    When it cannot be written for another reason, a full disk say, that is lost too, unless it is `needed`: then writing
    raises `EnvironmentFailure`, once.
    """

    def __init__(self, stream: TextIO, on_broken: Callable[[], None], *, needed: bool = False) -> None:
        self._stream = stream
        self._on_broken = on_broken
        self._needed = needed
        self.broken = False

    def write(self, text: str) -> None:
        """Write, unless the reader went away (`mmearth … | head`)."""
        self._try(lambda: self._stream.write(text))

    def flush(self) -> None:
        """Pass on what was written."""
        self._try(self._stream.flush)

    def isatty(self) -> bool:
        """Whether a person watches."""
        return self._stream.isatty()

    def _try(self, action: Callable[[], object]) -> None:
        if self.broken:
            return
        try:
            action()
        except OSError as error:
            self.broken = True
            if error.errno in _NOBODY_READS:
                self._on_broken()
            elif self._needed:
                give_up(self._stream)
                raise EnvironmentFailure(
                    f"What is told cannot be written ({error.strerror or error}); run it where it can, or into a"
                    " file (2> FILE)."
                ) from error


@dataclass
class Pace:
    """How far a step is, how fast it goes and when it will be done. Times come from `clock`, in seconds."""

    task: str
    total: int
    unit: str
    area_per_unit: float | None = None
    clock: Callable[[], float] = time.monotonic
    done: int = 0
    _samples: deque[tuple[float, int]] = field(default_factory=deque)
    _started: float = 0.0

    def __post_init__(self) -> None:
        self._started = self.clock()
        self._samples.append((self._started, 0))

    def advance(self, amount: int) -> None:
        self.done += amount
        now = self.clock()
        self._samples.append((now, self.done))
        while len(self._samples) > 2 and now - self._samples[0][0] > _RATE_WINDOW:
            self._samples.popleft()

    @property
    def elapsed(self) -> float:
        """Seconds since the step began."""
        return self.clock() - self._started

    @property
    def rate(self) -> float | None:
        """Units per second, lately; None as long as nothing is done."""
        (since, before), (now, done) = self._samples[0], self._samples[-1]
        return (done - before) / (now - since) if done > before and now > since else None

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the step is done, at the present rate; None when that is unknown."""
        rate = self.rate
        return max(0, self.total - self.done) / rate if rate and self.total else None

    @property
    def share(self) -> float:
        """The share that is done, 0 … 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def speed(self) -> str:
        """The rate for a reader: `3.4 Mpx/s, 340 km²/s`; empty as long as it is unknown."""
        rate = self.rate
        if rate is None:
            return ""
        speed = f"{quantity(rate, self.unit)}/s"
        if self.area_per_unit is not None:
            speed += f", {rate * self.area_per_unit / 1e6:.3g} km²/s"
        return speed

    def __str__(self) -> str:
        amount = quantity(self.done, self.unit)
        parts = [f"{amount} of {quantity(self.total, self.unit)}" if self.total else amount]
        if self.speed:
            parts.append(self.speed)
        left = self.seconds_left
        if left is not None:
            parts.append(f"{duration(left)} left")
        return ", ".join(parts)


def quantity(number: float, unit: str) -> str:
    """`12.3 Mpx`: three significant digits with a decimal prefix."""
    for prefix, factor in _PREFIXES:
        if number >= factor:
            return f"{_three_digits(number / factor)} {prefix}{unit}"
    return f"{_three_digits(number)} {unit}"


def _three_digits(number: float) -> str:
    return f"{number:.0f}" if number >= 100 or number == int(number) else f"{number:.3g}"


def duration(seconds: float) -> str:
    """`1:05` or `2:01:05`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


class Bar:
    """A progress bar on a terminal, with rate and time left."""

    def __init__(self, stream: GuardedStream, worded: Callable[[str], str] = str) -> None:
        self._stream, self._worded = stream, worded
        self._bar: tqdm[Any] | None = None
        self._pace: Pace | None = None

    def message(self, text: str) -> None:
        tqdm.write(tamed(self._worded(text)), file=self._stream)
        self._stream.flush()

    def start(self, task: str, total: int, unit: str, area_per_unit: float | None = None) -> None:
        self.close()
        self._pace = Pace(task, total, unit, area_per_unit)
        known, unknown = "{desc} {percentage:3.0f}%|{bar}|{postfix}", "{desc}{postfix}"
        self._bar = tqdm(
            desc=task,
            total=total or None,
            file=self._stream,
            bar_format=known if total else unknown,
            dynamic_ncols=True,
            mininterval=0.1,
        )

    def advance(self, amount: int) -> None:
        if self._bar is not None and self._pace is not None:
            self._pace.advance(amount)
            self._bar.set_postfix_str(str(self._pace), refresh=False)
            self._bar.update(amount)

    def finish(self) -> None:
        if self._bar is not None and self._pace is not None:
            took = f"{quantity(self._pace.done, self._pace.unit)} in {duration(self._pace.elapsed)}"
            self._bar.set_postfix_str(took)
        self.close()

    def partial(self, path: Path) -> None:
        """Nothing: who watches a terminal looks at no picture."""

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar = self._pace = None


class PlainLines:
    """One line now and then, for logs and pipes."""

    def __init__(self, stream: GuardedStream, worded: Callable[[str], str] = str) -> None:
        self._stream, self._worded = stream, worded
        self._pace: Pace | None = None
        self._next = 0.0

    def message(self, text: str) -> None:
        self._stream.write(f"{tamed(self._worded(text))}\n")
        self._stream.flush()

    def start(self, task: str, total: int, unit: str, area_per_unit: float | None = None) -> None:
        self._pace = Pace(task, total, unit, area_per_unit)
        self._next = _LINE_INTERVAL

    def advance(self, amount: int) -> None:
        if self._pace is None:
            return
        self._pace.advance(amount)
        if self._pace.elapsed >= self._next:
            self._next = self._pace.elapsed + _LINE_INTERVAL
            share = f"{self._pace.share:.0%}, " if self._pace.total else ""
            self.message(f"{self._pace.task}: {share}{self._pace}")

    def finish(self) -> None:
        if self._pace is not None:
            done = quantity(self._pace.done, self._pace.unit)
            speed = f" ({self._pace.speed})" if self._pace.speed else ""
            self.message(f"{self._pace.task}: {done} in {duration(self._pace.elapsed)}{speed}")
        self.close()

    def partial(self, path: Path) -> None:
        """Nothing: a log shows no picture."""

    def close(self) -> None:
        self._pace = None


class JsonLines:
    """One JSON object a line, `{"event": …}`: start, progress, finish, message, preview, result or error."""

    def __init__(self, stream: GuardedStream, worded: Callable[[str], str] = str) -> None:
        self._stream, self._worded = stream, worded
        self._pace: Pace | None = None
        self._next = 0.0

    def event(self, kind: str, /, **values: Any) -> None:
        """Write one event; `values` are plain JSON values. In ASCII: no encoding of a stream refuses it."""
        self._stream.write(json.dumps({"event": kind} | values, allow_nan=False) + "\n")
        self._stream.flush()

    def message(self, text: str) -> None:
        self.event("message", text=self._worded(text))

    def partial(self, path: Path) -> None:
        self.event("preview", path=str(path))

    def start(self, task: str, total: int, unit: str, area_per_unit: float | None = None) -> None:
        self._pace = Pace(task, total, unit, area_per_unit)
        self._next = 0.0
        self.event("start", task=task, total=total, unit=unit, area_per_unit=area_per_unit)

    def advance(self, amount: int) -> None:
        if self._pace is None:
            return
        self._pace.advance(amount)
        if self._pace.elapsed >= self._next or self._pace.done == self._pace.total:
            self._next = self._pace.elapsed + _JSON_INTERVAL
            self._report(self._pace)

    def _report(self, pace: Pace) -> None:
        rate, left = pace.rate, pace.seconds_left
        self.event(
            "progress",
            task=pace.task,
            done=pace.done,
            total=pace.total,
            unit=pace.unit,
            rate=None if rate is None else round(rate, 3),
            seconds_left=None if left is None else round(left, 1),
        )

    def finish(self) -> None:
        if self._pace is not None:
            self.event("finish", task=self._pace.task, done=self._pace.done, seconds=round(self._pace.elapsed, 3))
        self.close()

    def close(self) -> None:
        self._pace = None


class Quiet(Silent):
    """Says nothing while it works."""

    def close(self) -> None:
        """Nothing to leave clean."""
