"""A server for other programs, QGIS above all: requests on stdin, events on stdout, one JSON object a line.

`docs/worker-protocol.md` is its contract. It holds no state that a request does not carry; it decides nothing about
pixels. What it runs are the public verbs and, for a live client, `labelling.live`.
"""

import inspect as signatures
import io
import json
import os
import platform
import select
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, get_args

import mmearth_core
from mmearth_core import __version__
from mmearth_core.cli.console import GuardedStream, JsonLines
from mmearth_core.cli.stopping import CANCELLED
from mmearth_core.errors import Cancelled, EnvironmentFailure, MMEarthError, as_told
from mmearth_core.maps.conventions import conventions
from mmearth_core.processors import available_processors
from mmearth_core.progress import CancelToken
from mmearth_core.raster.references import trust_named_in
from mmearth_core.records import grouped, plain
from mmearth_core.reports.language import LANGUAGES, Language
from mmearth_core.verbs import LIVE_VERBS, Lane, lanes

PROTOCOL = 1
#: Longest request, in bytes, and seconds between heartbeats.
LONGEST_LINE, HEARTBEAT = 64 << 20, 1.0
#: Requests that wait or run at a time, in all lanes; and seconds that its end waits for an answer or a reader.
MOST_WAITING, PATIENCE = 256, 10


class BadRequest(Exception):
    """A request that no client of this protocol sends: its `kind` and one sentence."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


_LANES = lanes()
_ENGLISH = Language()
#: Where a result has sentences.
_SENTENCES = {"warnings", "messages", "evidence", "history"}
#: Where it has a single one, or none.
_SENTENCE = {"no_spectra"}
#: Where it names days of the year: dates that decide, and the bands of each.
_DAYS = {"told_on", "date", "dates", "bands"}


class Events(JsonLines):
    """The progress of one request as events with its id."""

    def __init__(
        self, stream: GuardedStream, lock: threading.Lock, number: int | None, say: Language = _ENGLISH
    ) -> None:
        super().__init__(stream)
        self._lock, self._number, self._say = lock, number, say

    def event(self, kind: str, /, **values: Any) -> None:
        """Write one event, whole, whoever else writes; what JSON cannot hold becomes null or text."""
        if kind == "message":
            values["text"] = self._say.told(str(values["text"]))
        numbered = plain(values if self._number is None else {"id": self._number} | values)
        with self._lock:
            super().event(kind, **numbered)


class Request:
    """One request on its way."""

    def __init__(self, number: int, verb: str, arguments: dict[str, Any], events: Events) -> None:
        self.number, self.verb, self.arguments, self.events = number, verb, arguments, events
        self.trust = arguments.pop("trust", False) is True
        self.cancel = CancelToken()
        self.future: Future[Any] | None = None

    def stop(self) -> None:
        """End it: at once when it still waits, else as soon as it looks at its token."""
        self.cancel.cancel()
        if self.future is not None:
            self.future.cancel()


class Server:
    """Reads requests until its input ends; each lane has one thread."""

    def __init__(self, requests: BinaryIO, answers: Any, *, own_process: bool = False) -> None:
        """`own_process`: it may end the process when nobody reads or writes any more."""
        self._requests, self._own_process = requests, own_process
        self._stream = GuardedStream(answers, self._nobody_reads, needed=True)
        self._writing = threading.Lock()
        self._over = threading.Event()
        self._greeted = False
        self._say = _ENGLISH
        self._last = 0
        self._waiting: dict[int, Request] = {}
        self._lanes = {lane: ThreadPoolExecutor(1, f"lane-{lane}") for lane in get_args(Lane)}

    def serve(self) -> None:
        """Answer until "quit", the end of the input, or nobody reads the answers."""
        threading.Thread(target=self._beat, name="heartbeat", daemon=True).start()
        if self._own_process:
            threading.Thread(target=self._watch, name="watch", daemon=True).start()
        self._lanes["live"].submit(_live_verbs)
        try:
            while not self._over.is_set():
                line = self._requests.readline(LONGEST_LINE + 1)
                if not line:
                    break
                try:
                    self._take(line)
                except BadRequest as error:
                    Events(self._stream, self._writing, None).event("error", kind=error.kind, message=str(error))
        finally:
            self._end()

    def _end(self) -> None:
        """Cancel what waits and runs, and give it a moment to keep what is finished."""
        self._over.set()
        self._end_soon()
        for request in list(self._waiting.values()):
            request.stop()
        # A future is done before its request is answered; what a lane does next, it does after the answer.
        wait([lane.submit(_nothing) for lane in self._lanes.values()], timeout=PATIENCE)

    def _nobody_reads(self) -> None:
        self._over.set()
        for request in list(self._waiting.values()):
            request.cancel.cancel()
        # The main thread waits for input that may never come.
        self._end_soon()

    def _end_soon(self) -> None:
        """End the process, if it is this server's own, when it does not end by itself: who closed the requests may have
        left the answers unread, and writing another one would wait for ever."""
        if self._own_process:
            timer = threading.Timer(PATIENCE + 2, os._exit, (0,))
            timer.daemon = True
            timer.start()

    def _watch(self) -> None:
        """Notice the end of the requests also while the thread that reads them waits to write. Not on Windows."""
        if hasattr(select, "poll"):
            hangup = select.poll()
            hangup.register(self._requests.fileno(), 0)
            hangup.poll()
            self._end_soon()

    def _take(self, line: bytes) -> None:
        """One line of input."""
        if len(line) > LONGEST_LINE:
            while line and not line.endswith(b"\n"):
                line = self._requests.readline(LONGEST_LINE)
            raise BadRequest("protocol", f"A request is longer than {LONGEST_LINE} bytes and was skipped.")
        if not line.strip():
            return
        try:
            message = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise BadRequest("protocol", f"A line is not JSON ({error}) and was skipped.") from error
        if not isinstance(message, dict):
            raise BadRequest("protocol", "A line holds no JSON object and was skipped.")
        if "cancel" in message:
            waiting = self._waiting.get(message["cancel"]) if type(message["cancel"]) is int else None
            if waiting is not None:
                waiting.stop()
        elif message.get("verb") == "quit":
            self._over.set()
        else:
            self._admit(message)

    def _admit(self, message: dict[str, Any]) -> None:
        number, verb, arguments = message.get("id"), message.get("verb"), message.get("arguments", {})
        if type(number) is not int or number <= self._last:
            raise BadRequest(
                "protocol", f"The id {number!r} is not a positive integer that grows from request to request."
            )
        self._last = number
        events = Events(self._stream, self._writing, number, self._say)
        if not isinstance(verb, str) or not isinstance(arguments, dict):
            events.event("error", kind="protocol", message="A request needs a verb and an object of arguments.")
        elif verb == "hello":
            self._greet(events, arguments)
        elif not self._greeted:
            events.event("error", kind="protocol", message='The first request must be "hello".')
        elif len(self._waiting) >= MOST_WAITING:
            events.event("error", kind="busy", message=f"{MOST_WAITING} requests wait already; send this one later.")
        elif verb not in _LANES:
            events.event("error", kind="arguments", message=f"There is no verb {verb!r}.")
        else:
            request = self._waiting[number] = Request(number, verb, arguments, events)
            request.future = self._lanes[_LANES[verb]].submit(self._result, request)
            request.future.add_done_callback(lambda done: self._answer(request, done))

    def _greet(self, events: Events, arguments: Mapping[str, Any]) -> None:
        if arguments.get("protocol") != PROTOCOL:
            events.event(
                "error",
                kind="protocol",
                message=f"The client speaks version {arguments.get('protocol')} of the protocol, mmearth {__version__}"
                f" version {PROTOCOL}; install the same version of both.",
            )
            return
        self._greeted = True
        if (language := arguments.get("language")) in LANGUAGES:
            self._say = Language(language)
        events.event(
            "result",
            result={
                "protocol": PROTOCOL,
                "version": __version__,
                "python": platform.python_version(),
                "pid": os.getpid(),
                "processors": available_processors(),
                "lanes": _LANES,
                **conventions(),
            },
        )

    def _result(self, request: Request) -> Any:
        """Do what is asked, when the arguments fit."""
        request.cancel.check()
        owner = _live_verbs() if request.verb in LIVE_VERBS else mmearth_core
        function: Callable[..., Any] = getattr(owner, request.verb)
        ours = {"progress": request.events, "cancel": request.cancel}
        provided = {name: value for name, value in ours.items() if name in signatures.signature(function).parameters}
        try:
            arguments = grouped(function, request.arguments, request.verb, provided=ours)
        except TypeError as error:
            raise BadRequest("arguments", str(error)) from error
        if request.trust:
            trust_named_in(request.arguments)
        return self._in_words(plain(function(**arguments, **provided)))

    def _in_words(self, result: Any) -> Any:
        """A result with its sentences in the client's language, as far as they have words in it."""
        if isinstance(result, dict):
            for name in _SENTENCES & result.keys():
                if isinstance(result[name], list):
                    result[name] = [self._say.told(str(each)) for each in result[name]]
            for name in _SENTENCE & result.keys():
                if result[name] is not None:
                    result[name] = self._say.told(str(result[name]))
        return self._with_days(result)

    def _with_days(self, value: Any, *, named: bool = False) -> Any:
        """A result, or a part of it, with its days of the year in the client's language."""
        if isinstance(value, str):
            return self._say.days(value) if named else value
        if isinstance(value, dict):
            return {name: self._with_days(each, named=name in _DAYS) for name, each in value.items()}
        if isinstance(value, list) and (named or any(isinstance(each, dict) for each in value)):
            return [self._with_days(each, named=named) for each in value]
        return value

    def _answer(self, request: Request, done: "Future[Any]") -> None:
        """Tell how a request ended: its last event."""
        self._waiting.pop(request.number, None)
        request.events.close()
        error = CancelledError() if done.cancelled() else done.exception()
        if error is None:
            request.events.event("result", result=done.result())
            return
        kind = kind_of(error)
        told = as_told(error, "torch")
        text = " ".join((told.text if told else str(error)).split())
        event: dict[str, Any] = {"kind": kind, "about": told.about if told else ()}
        if kind == "internal":
            what = " ".join(f"{type(error).__name__}: {error}".split())
            text = f"The worker failed unexpectedly ({what}); please report it."
            event["traceback"] = "".join(traceback.format_exception(error))
        event["message"] = self._say.told(text or "Cancelled.")
        request.events.event("error", **event)

    def _beat(self) -> None:
        """A sign of life now and then; what runs is told by its id."""
        events = Events(self._stream, self._writing, None)
        while not self._over.wait(HEARTBEAT):
            events.event("heartbeat", memory=resident_memory(), running=sorted(self._waiting))


def _nothing() -> None:
    """The last work of a lane."""


_loading = threading.Lock()


@cache
def _load_live_verbs() -> Any:
    from mmearth_core.worker.live_verbs import LiveVerbs  # noqa: PLC0415 - takes longer than a handshake may

    return LiveVerbs()


def _live_verbs() -> Any:
    """The live verbs, the same for all lanes."""
    with _loading:
        return _load_live_verbs()


#: The protocol's words for errors; the first that fits.
_KINDS: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((Cancelled, CancelledError), "cancelled"),
    ((MemoryError,), "memory"),
    ((EnvironmentFailure, OSError), "environment"),
    ((MMEarthError, ModuleNotFoundError), "input"),
)


def kind_of(error: BaseException) -> str:
    """The protocol's word for an error."""
    if isinstance(error, BadRequest):
        return error.kind
    return next((kind for types, kind in _KINDS if isinstance(error, types)), "internal")


def resident_memory() -> int | None:
    """Resident memory of this process in bytes; None where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return _peak_memory()
    return pages * os.sysconf("SC_PAGE_SIZE")


def _peak_memory() -> int | None:
    """The largest resident memory so far, on systems without /proc."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ModuleNotFoundError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def main() -> None:
    """Serve on this process' own stdin and stdout."""
    # Native libraries write to descriptor 1: what they say goes to stderr, and the protocol keeps a copy of its own.
    answers = io.TextIOWrapper(os.fdopen(os.dup(1), "wb"), encoding="utf-8", newline="\n", write_through=False)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    # One BLAS thread for good: lanes work side by side, and more threads may round in another order. Read by the
    # libraries when they are loaded, which is later.
    os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"))
    code = 1
    try:
        Server(os.fdopen(os.dup(0), "rb"), answers, own_process=True).serve()
        code = 0
    except KeyboardInterrupt:
        code = CANCELLED
    finally:
        if code == 1:
            traceback.print_exc()
        # Threads of a lane that did not listen must not hold up the end.
        sys.stderr.flush()
        os._exit(code)
