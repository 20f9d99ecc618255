"""Downloads against a server that misbehaves in the ways real ones do."""

import hashlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from mmearth_core.encoder.download import download
from mmearth_core.errors import Cancelled, EnvironmentFailure, MMEarthError
from mmearth_core.progress import CancelToken, Silent

CONTENT = bytes(range(256)) * 4096  # 1 MiB
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@dataclass
class Server:
    """A server for one file. `breaks`: bytes after which it hangs up, one per answer; later answers are whole."""

    content: bytes = CONTENT
    etag: str | None = '"v1"'
    ranges: bool = True
    breaks: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    redirect: str | None = None
    pause: float = 0.0
    requests: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.requests.append(dict(handler.headers))
        if self.redirect:
            handler.send_response(302)
            handler.send_header("Location", self.redirect)
            handler.end_headers()
            return
        if self.statuses:
            handler.send_error(self.statuses.pop(0))
            return
        start = self._start(handler)
        handler.send_response(206 if start else 200)
        handler.send_header("Content-Length", str(len(self.content) - start))
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(self.content) - 1}/{len(self.content)}")
        if self.etag:
            handler.send_header("ETag", self.etag)
        handler.end_headers()
        end = start + self.breaks.pop(0) if self.breaks else len(self.content)
        for position in range(start, end, 65536):
            handler.wfile.write(self.content[position : min(position + 65536, end)])
            time.sleep(self.pause)

    def _start(self, handler: BaseHTTPRequestHandler) -> int:
        wanted = handler.headers.get("Range")
        current = handler.headers.get("If-Range") in (None, self.etag)
        return int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.ranges and current else 0


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    served = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.answer(self)

        def log_message(self, *_: object) -> None: ...

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    http.handle_error = lambda *_: None  # a client that hangs up is what is tested
    threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()
    served.url = f"http://127.0.0.1:{http.server_port}/checkpoint.pth"
    yield served
    http.shutdown()
    http.server_close()


def get(server: Server, target: Path, **options: object) -> Path:
    given = {"progress": Silent(), "cancel": CancelToken(), **options}
    found = download(url=server.url, target=target, allow_http=True, pauses=(0.01, 0.01), **given)
    assert found == hashlib.sha256(target.read_bytes()).hexdigest()
    return target


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class Counter(Silent):
    """Adds up what a progress bar would show."""

    def __init__(self) -> None:
        self.total, self.done, self.finished = 0, 0, False

    def start(self, task: str, total: int, unit: str, area_per_unit: float | None = None) -> None:  # noqa: ARG002
        self.total += total

    def advance(self, amount: int) -> None:
        self.done += amount

    def finish(self) -> None:
        self.finished = True


def test_a_whole_file_arrives_alone_and_is_counted_once(server: Server, tmp_path: Path) -> None:
    counter = Counter()
    target = tmp_path / "new folder" / "w.pth"
    get(server, target, sha256=SHA256, progress=counter)
    assert target.read_bytes() == CONTENT
    assert leftovers(target.parent) == ["w.pth"]
    assert (counter.total, counter.done, counter.finished) == (len(CONTENT), len(CONTENT), True)


def test_a_broken_transfer_goes_on_where_it_stopped(server: Server, tmp_path: Path) -> None:
    server.breaks = [300_000, 200_000]
    counter = Counter()
    get(server, tmp_path / "w.pth", sha256=SHA256, progress=counter)
    assert [request.get("Range") for request in server.requests] == [None, "bytes=300000-", "bytes=500000-"]
    assert server.requests[1]["If-Range"] == '"v1"'
    assert (counter.total, counter.done) == (len(CONTENT), len(CONTENT))


def test_a_later_run_resumes_what_an_earlier_one_left(server: Server, tmp_path: Path) -> None:
    server.breaks = [300_000, 0, 0, 0]
    with pytest.raises(EnvironmentFailure, match=r"checkpoint.pth.*browser.*w\.pth"):
        get(server, tmp_path / "w.pth")
    assert leftovers(tmp_path) == ["w.pth.part", "w.pth.part.json"]
    server.requests.clear()
    get(server, tmp_path / "w.pth", sha256=SHA256)
    assert server.requests[0]["Range"] == "bytes=300000-"
    assert leftovers(tmp_path) == ["w.pth"]


def test_a_server_without_ranges_sends_everything_again(server: Server, tmp_path: Path) -> None:
    server.ranges = False
    server.breaks = [300_000]
    get(server, tmp_path / "w.pth", sha256=SHA256)
    assert len(server.requests) == 2


def test_a_file_that_changed_between_two_attempts_is_never_mixed(server: Server, tmp_path: Path) -> None:
    server.breaks = [300_000, 0, 0, 0]
    with pytest.raises(EnvironmentFailure):
        get(server, tmp_path / "w.pth")
    server.content, server.etag = bytes(reversed(CONTENT)), '"v2"'
    assert get(server, tmp_path / "w.pth").read_bytes() == server.content


def test_a_file_that_changed_its_length_without_saying_so_is_never_mixed(server: Server, tmp_path: Path) -> None:
    server.etag = None
    server.breaks = [300_000, 0, 0, 0]
    with pytest.raises(EnvironmentFailure):
        get(server, tmp_path / "w.pth")
    server.content = bytes(reversed(CONTENT)) + b"longer"
    assert get(server, tmp_path / "w.pth").read_bytes() == server.content


def test_a_part_of_another_address_is_not_continued(server: Server, tmp_path: Path) -> None:
    (tmp_path / "w.pth.part").write_bytes(b"something else")
    (tmp_path / "w.pth.part.json").write_text('{"url": "https://other", "validator": null, "total": null}')
    get(server, tmp_path / "w.pth", sha256=SHA256)
    assert "Range" not in server.requests[0]


def test_a_wrong_file_is_removed_and_said_so(server: Server, tmp_path: Path) -> None:
    with pytest.raises(MMEarthError, match=r"sha256.*removed"):
        get(server, tmp_path / "w.pth", sha256="0" * 64)
    assert leftovers(tmp_path) == []


def test_a_file_that_fails_the_callers_check_never_gets_its_name(server: Server, tmp_path: Path) -> None:
    def refuse(path: Path) -> None:
        assert path.read_bytes() == CONTENT
        raise MMEarthError("not a checkpoint")

    with pytest.raises(MMEarthError, match="not a checkpoint"):
        get(server, tmp_path / "w.pth", check=refuse)
    assert leftovers(tmp_path) == []


def test_an_absent_file_is_not_asked_for_twice(server: Server, tmp_path: Path) -> None:
    server.statuses = [404]
    with pytest.raises(MMEarthError, match="answers 404 for http"):
        get(server, tmp_path / "w.pth")
    assert len(server.requests) == 1
    assert leftovers(tmp_path) == []


def test_a_server_that_is_busy_for_a_moment_is_asked_again(server: Server, tmp_path: Path) -> None:
    server.statuses = [503, 429]
    get(server, tmp_path / "w.pth", sha256=SHA256)
    assert len(server.requests) == 3


def test_without_a_network_the_error_says_what_to_do(server: Server, tmp_path: Path) -> None:
    server.url = "http://127.0.0.1:9/checkpoint.pth"  # the discard port: nobody listens
    with pytest.raises(EnvironmentFailure, match=r"refused.*download that address with a browser.* as .*w\.pth"):
        get(server, tmp_path / "w.pth")


def test_a_cancel_stops_a_transfer_at_once_and_keeps_what_arrived(server: Server, tmp_path: Path) -> None:
    server.pause = 5  # after the first 64 kB nothing comes for longer than anyone waits
    cancel = CancelToken()
    counter = Counter()
    counter.advance = lambda _: cancel.cancel()
    started = time.monotonic()
    with pytest.raises(Cancelled):
        get(server, tmp_path / "w.pth", cancel=cancel, progress=counter)
    assert time.monotonic() - started < 4
    assert 0 < (tmp_path / "w.pth.part").stat().st_size < len(CONTENT)
    server.pause = 0
    get(server, tmp_path / "w.pth", sha256=SHA256)


def test_plain_http_needs_to_be_asked_for(server: Server, tmp_path: Path) -> None:
    with pytest.raises(MMEarthError, match="not an https address"):
        download(url=server.url, target=tmp_path / "w.pth", progress=Silent(), cancel=CancelToken())
    with pytest.raises(MMEarthError, match="not an https address"):
        download(
            url="file:///etc/hostname",
            target=tmp_path / "w.pth",
            allow_http=True,
            progress=Silent(),
            cancel=CancelToken(),
        )


def test_a_redirect_to_a_local_file_is_refused(server: Server, tmp_path: Path) -> None:
    server.redirect = "file:///etc/hostname"
    with pytest.raises(MMEarthError, match="answers 302"):
        get(server, tmp_path / "w.pth")
    assert leftovers(tmp_path) == []


def test_too_little_disk_is_said_before_anything_is_written(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000})())
    with pytest.raises(EnvironmentFailure, match="MB left"):
        get(server, tmp_path / "w.pth")
    assert not (tmp_path / "w.pth").exists()
