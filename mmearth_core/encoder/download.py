"""Downloads that survive a bad line: resumed where they broke, checked by sha256, renamed only when whole.

Only https is spoken (plain http is an explicit choice of the caller), proxies come from the environment, and what
arrives is stored, never run or unpickled.
"""

import hashlib
import http.client
import json
import os
import queue
import re
import shutil
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mmearth_core.errors import Cancelled, EnvironmentFailure, MMEarthError
from mmearth_core.files import flush
from mmearth_core.progress import CancelToken, Progress

#: Bytes read at a time, at most.
_CHUNK = 1 << 18
#: Seconds without a byte after which a connection counts as broken.
_TIMEOUT = 30.0
#: Seconds before the second, third, … of the attempts in a row that bring no new byte.
PAUSES = (1.0, 2.0, 4.0)
#: Answers of a server that may be different in a moment.
_PASSING = {408, 425, 429, 500, 502, 503, 504}


class _TransferError(Exception):
    """A transfer that ended early; worth another attempt."""


@dataclass
class _Part:
    """The unfinished file beside its target, with what is needed to go on with the same version of it.

    `validator`: the server's ETag or date of that version. `total`: its bytes, when the server said.
    """

    path: Path
    url: str
    validator: str | None = None
    total: int | None = None

    @property
    def _notes(self) -> Path:
        return self.path.with_name(self.path.name + ".json")

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def load(self) -> None:
        """Take up an earlier attempt at the same URL; clear what belongs to another."""
        try:
            notes = json.loads(self._notes.read_text(encoding="utf-8"))
            url, self.validator, self.total = notes["url"], notes["validator"], notes["total"]
        except (OSError, ValueError, KeyError, TypeError):
            url = None
        if url != self.url:
            self.remove()

    def begin(self, validator: str | None, total: int | None) -> None:
        """Start afresh with a version of the file."""
        self.validator, self.total = validator, total
        self.path.write_bytes(b"")
        notes = {"url": self.url, "validator": validator, "total": total}
        self._notes.write_text(json.dumps(notes), encoding="utf-8")

    def remove(self) -> None:
        self.validator = self.total = None
        self.path.unlink(missing_ok=True)
        self._notes.unlink(missing_ok=True)

    def become(self, target: Path) -> None:
        """Make the part the target: on disk first, then under its name."""
        flush(self.path)
        self.path.replace(target)
        self._notes.unlink(missing_ok=True)


class _Meter:
    """Tells a `Progress` how many bytes there are, counting none twice when a transfer starts again."""

    def __init__(self, progress: Progress, task: str) -> None:
        self._progress = progress
        self._task = task
        self._reported: int | None = None

    def at(self, position: int, total: int | None) -> None:
        if self._reported is None:
            self._progress.start(self._task, total or 0, "B")
            self._reported = 0
        if position > self._reported:
            self._progress.advance(position - self._reported)
            self._reported = position

    def message(self, text: str) -> None:
        self._progress.message(text)

    def finish(self) -> None:
        if self._reported is not None:
            self._progress.finish()


class _HttpsOnly(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but never from https to something else."""

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        if urlsplit(req.full_url).scheme == "https" and urlsplit(newurl).scheme != "https":
            raise urllib.error.HTTPError(newurl, code, "redirected to an address that is not https", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def download(
    *,
    url: str,
    target: str | Path,
    sha256: str | None = None,
    check: Callable[[Path], None] | None = None,
    allow_http: bool = False,
    pauses: Sequence[float] = PAUSES,
    progress: Progress,
    cancel: CancelToken,
) -> str:
    """Fetch `url` into `target`, going on where an earlier attempt stopped; returns the file's sha256.

    `sha256` (hex) is enforced when given. `check` is called with the complete file before it gets
    its name and raises `MMEarthError` when it is not what it should be. `pauses`: seconds before each further attempt
    in a row that brings nothing new; never empty.

    Raises `MMEarthError` when the server has no such file or it is not the one expected (nothing is left behind),
    `EnvironmentFailure` when network or disk fail, `Cancelled` when `cancel` is set (both keep the part that arrived).
    """
    target = Path(target)
    if urlsplit(url).scheme not in ({"https", "http"} if allow_http else {"https"}):
        raise MMEarthError(f"{url} is not an https address and is refused; give one that begins with https://.")
    part = _Part(target.with_name(target.name + ".part"), url)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.load()
        meter = _Meter(progress, target.name)
        digest = _transfer(part, target, pauses=pauses, meter=meter, cancel=cancel)
        meter.finish()
        if sha256 is not None and digest != sha256.lower():
            raise MMEarthError(
                f"What {url} delivers has sha256 {digest}, expected is {sha256}; it was removed. Fetch again, and"
                " if it stays so, do not use the file."
            )
        if check is not None:
            check(part.path)
        part.become(target)
    except (Cancelled, EnvironmentFailure):
        raise
    except MMEarthError:
        part.remove()
        raise
    except OSError as error:
        raise EnvironmentFailure(
            f"Could not write {part.path} ({error.strerror or error}); make room and fetch again: what arrived is kept."
        ) from error
    return digest


def sha256_of(path: Path) -> str:
    """The sha256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _transfer(part: _Part, target: Path, *, pauses: Sequence[float], meter: _Meter, cancel: CancelToken) -> str:
    """Attempt after attempt until the part is complete; returns its sha256."""
    fruitless = 0
    while True:
        before = part.size
        try:
            return _attempt(part, meter, cancel)
        except _TransferError as error:
            fruitless = 0 if part.size > before else fruitless + 1
            if fruitless > len(pauses):
                raise EnvironmentFailure(
                    f"Could not fetch {part.url} ({error}). Try again later, or download that address with a browser"
                    f" and save it as {target}."
                ) from error
            pause = pauses[max(fruitless - 1, 0)]
            meter.message(f"The transfer of {target.name} broke ({error}); trying again in {pause:g} s.")
            woken = threading.Event()
            with cancel.on_cancel(woken.set):
                woken.wait(pause)


def _attempt(part: _Part, meter: _Meter, cancel: CancelToken) -> str:
    """One request for what is missing; returns the sha256 of the whole. Raises `_TransferError` when it ends early."""
    start = part.size
    headers_sent = {"User-Agent": "mmearth", "Accept-Encoding": "identity"}
    request = urllib.request.Request(part.url, headers=headers_sent)  # noqa: S310 - `download` checked the scheme
    if start:
        request.add_header("Range", f"bytes={start}-")
        if part.validator:
            request.add_header("If-Range", part.validator)
    with _answer(request, cancel) as (status, headers, chunks):
        if status in _PASSING:
            raise _TransferError(f"the server answers {status}")
        if status == 416:
            part.remove()
            raise _TransferError("the server has another version of the file")
        if status not in (200, 206):
            raise MMEarthError(f"The server answers {status} for {part.url}; check the address.")
        if status == 206:
            begin, total = _content_range(headers)
            if begin != start or (part.total is not None and total != part.total):
                part.remove()
                raise _TransferError("the server has another version of the file")
            part.total = total
        else:
            length = headers.get("Content-Length")
            start, total = 0, int(length) if length is not None and length.isdigit() else None
            part.begin(_validator(headers), total)
        if part.total is not None:
            _check_disk(part, part.total - start)
        with part.path.open("rb+") as file:
            digest = hashlib.file_digest(file, "sha256")
            file.seek(0, os.SEEK_END)
            meter.at(start, part.total)
            for chunk in chunks:
                file.write(chunk)
                digest.update(chunk)
                meter.at(file.tell(), part.total)
            arrived = file.tell()
    if part.total is not None and arrived < part.total:
        raise _TransferError(f"it ended after {arrived} of {part.total} bytes")
    return digest.hexdigest()


def _check_disk(part: _Part, needed: int) -> None:
    free = shutil.disk_usage(part.path.parent).free
    if needed > free:
        raise EnvironmentFailure(
            f"The disk of {part.path.parent} has {free / 1e6:.0f} MB left, {needed / 1e6:.0f} MB are still to come;"
            " make room and fetch again."
        )


def _validator(headers: Message) -> str | None:
    """What tells this version of the file from others: a strong ETag, else the date of its last change."""
    tag = headers.get("ETag")
    return tag if tag and not tag.startswith("W/") else headers.get("Last-Modified")


def _content_range(headers: Message) -> tuple[int | None, int | None]:
    """(first byte, total bytes) of a `Content-Range: bytes 5-9/10`; None where it does not say."""
    match = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", headers.get("Content-Range", ""))
    if match is None:
        return None, None
    return int(match[1]), None if match[2] == "*" else int(match[2])


_Answer = tuple[int, Message, Iterator[bytes]]


@contextmanager
def _answer(request: urllib.request.Request, cancel: CancelToken) -> Iterator[_Answer]:
    """Status, headers and chunks of the answer, received by a thread of its own.

    So a cancel takes effect at once, also while the connection hangs: the thread is left to its time limit.
    Raises `_TransferError` when the connection fails and `Cancelled` when `cancel` is set, here or from the chunks.
    """
    arrivals: queue.Queue[tuple[int, Message] | bytes | Exception | None] = queue.Queue(maxsize=16)
    abandoned = threading.Event()

    def deliver(item: tuple[int, Message] | bytes | Exception | None) -> None:
        while not abandoned.is_set():
            try:
                arrivals.put(item, timeout=0.2)
            except queue.Full:
                continue
            return

    def receive() -> None:
        opener = urllib.request.build_opener(_HttpsOnly)
        try:
            with opener.open(request, timeout=_TIMEOUT) as response:
                deliver((response.status, response.headers))
                while not abandoned.is_set() and (chunk := response.read1(_CHUNK)):
                    deliver(chunk)
        except urllib.error.HTTPError as error:
            deliver((error.code, error.headers))
            error.close()
        except (OSError, http.client.HTTPException) as error:
            deliver(error)
        finally:
            deliver(None)

    def arrived() -> tuple[int, Message] | bytes | None:
        while True:
            cancel.check()
            try:
                item = arrivals.get(timeout=0.2)
            except queue.Empty:
                continue
            if isinstance(item, Exception):
                reason = getattr(item, "reason", None) or item
                raise _TransferError(str(getattr(reason, "strerror", None) or reason) or type(item).__name__)
            return item

    def chunks() -> Iterator[bytes]:
        while isinstance(item := arrived(), bytes):
            yield item

    threading.Thread(target=receive, name="download", daemon=True).start()
    try:
        head = arrived()
        if not isinstance(head, tuple):
            raise _TransferError("the server sent no answer")
        yield (*head, chunks())
    finally:
        abandoned.set()
