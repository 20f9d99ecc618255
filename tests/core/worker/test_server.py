"""The worker as a program meets it: one process, requests in, events out, whatever is sent."""

import errno
import io
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rasterio

from mmearth_core import __version__
from mmearth_core.cli.console import GuardedStream
from mmearth_core.demonstration.synthetic_scene import make_scene
from mmearth_core.worker import server
from mmearth_core.worker.server import Events, Server

#: As QGIS starts it, and one that waits a shorter time for an answer or a reader before it ends.
WORKER = [sys.executable, "-m", "mmearth_core.worker"]
HASTY = [sys.executable, "-c", "from mmearth_core.worker import server; server.PATIENCE = 2; server.main()"]


class Client:
    """A worker and the other ends of its pipes."""

    def __init__(self, command: list[str] = HASTY) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.last = 0

    def send(self, text: str | bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(text.encode() + b"\n" if isinstance(text, str) else text)
        self.process.stdin.flush()

    def ask(self, verb: str, **arguments: Any) -> int:
        self.last += 1
        self.send(json.dumps({"id": self.last, "verb": verb, "arguments": arguments}))
        return self.last

    def events(self) -> Iterator[dict[str, Any]]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            yield json.loads(line)

    def end_of(self, number: int | None, seen: list[dict[str, Any]] | None = None) -> dict[str, Any]:
        for event in self.events():
            if seen is not None:
                seen.append(event)
            if event.get("id") == number and event["event"] in {"result", "error"}:
                return event
        raise AssertionError("the worker ended")

    def answer(self, verb: str, **arguments: Any) -> dict[str, Any]:
        return self.end_of(self.ask(verb, **arguments))


@pytest.fixture(scope="module")
def workers() -> Iterator[list[Client]]:
    """The workers that were started, the last one perhaps alive."""
    started: list[Client] = []
    yield started
    for each in started:
        each.process.kill()
        each.process.wait()


@pytest.fixture
def client(workers: list[Client]) -> Client:
    """A worker that has been greeted: that of the test before, unless it ended with it."""
    if not workers or workers[-1].process.poll() is not None:
        workers.append(Client())
        assert workers[-1].answer("hello", protocol=1, client=__version__)["event"] == "result"
    return workers[-1]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    make_scene(folder, size=(300, 360), seed=3)
    return folder


def test_the_handshake_comes_first_and_versions_must_match() -> None:
    client = Client(WORKER)
    assert client.answer("info", file="x")["kind"] == "protocol"
    refused = client.answer("hello", protocol=99, client="9")
    assert refused["kind"] == "protocol" and "same version of both" in refused["message"]
    told = client.answer("hello", protocol=1, client=__version__)["result"]
    assert told["version"] == __version__ and told["pid"] == client.process.pid and told["processors"] >= 1
    client.send('{"verb": "quit"}')
    assert client.process.wait(20) == 0


def test_sentences_are_in_the_language_of_the_client(workers: list[Client], demo: Path) -> None:
    for language, said in (("de", "Prozessierungsstufe L2A nach"), ("xx", "Level L2A by")):
        client = Client()
        workers.append(client)
        client.answer("hello", protocol=1, client=__version__, language=language)
        told = client.answer("inspect", scene=str(demo / "scene.tif"))["result"]
        assert any(said in each for each in told["evidence"]), told["evidence"]
        error = client.answer("similar", embedding=str(demo / "scene.tif"), output="s.tif")
        assert (error["message"].startswith("Womit verglichen")) == (language == "de"), error["message"]
        assert "`like=FILE`" in error["message"] and error["about"] == ["at", "like"]


def test_nonsense_is_answered_and_skipped(client: Client) -> None:
    for line, word in (
        ("no json", "not JSON"),
        ("[1]", "no JSON object"),
        ('{"id": "a", "verb": "info"}', "positive integer"),
        ('{"id": 1, "verb": "info"}', "grows from request"),
        (b"x" * (64 << 20) + b"yz\n", "longer than"),
    ):
        client.send(line)
        refused = client.end_of(None)
        assert refused["kind"] == "protocol" and word in refused["message"]
    client.last += 10
    assert client.answer("no such verb")["kind"] == "arguments"
    assert client.answer("preview", wrong=1)["kind"] == "arguments"
    assert "does not exist" in client.answer("info", file="/no/such.tif")["message"]
    client.send('{"cancel": 99}')
    assert client.answer("info", file="/no/such.tif")["kind"] == "input"


def test_the_whole_way_over_the_wire(client: Client, demo: Path, tmp_path: Path) -> None:
    scene, embedding = str(demo / "scene.tif"), str(tmp_path / "emb.tif")
    found = client.answer("inspect", scene=scene)["result"]
    assert found["level"] == "l2a" and found["pixels"] == 300 * 360 and found["seconds"] > 0
    again = client.answer("inspect", scene=scene, tile=64)["result"]
    other = client.answer("inspect", scene=scene, window=[0, 0, 120, 120])["result"]
    assert again["key"] == found["key"] != other["key"]

    seen: list[dict[str, Any]] = []
    number = client.ask("embed", scene=scene, output=embedding, tile=128, preview=str(tmp_path / "look"))
    result = client.end_of(number, seen)["result"]
    assert result["output"] == embedding
    of_request = [event for event in seen if event.get("id") == number]
    assert {"message", "start", "progress", "preview", "finish", "result"} <= {event["event"] for event in of_request}
    assert any(
        event["event"] == "heartbeat" and event["memory"] > 10**8 and number in event["running"] for event in seen
    )

    fitted = client.answer(
        "fit", embeddings=[embedding], samples=[str(demo / "samples.gpkg")], output=str(tmp_path / "model.json")
    )
    assert 0 < fitted["result"]["validation"]["accuracy"] <= 1
    drawn = client.answer(
        "classify", embedding=embedding, model=str(tmp_path / "model.json"), output=str(tmp_path / "m.tif")
    )
    assert sum(drawn["result"]["pixels"].values()) > 0
    page = client.answer(
        "report", map=str(tmp_path / "m.tif"), output=str(tmp_path / "r.html"), scene=scene, embedding=embedding,
        samples=str(demo / "samples.gpkg"),
    )  # fmt: skip
    html = Path(page["result"]["path"]).read_text(encoding="utf-8")
    assert "Validation" in html or "left out" in html


def test_a_preview_shows_the_tiles_that_are_finished(client: Client, demo: Path, tmp_path: Path) -> None:
    number = client.ask(
        "embed", scene=str(demo / "scene.tif"), output=str(tmp_path / "e.tif"), window=[0, 0, 150, 180], tile=64,
        preview=str(tmp_path / "look"),
    )  # fmt: skip
    looked = 0
    for event in client.events():
        if event["event"] == "preview":
            with rasterio.open(event["path"]) as picture:
                assert (picture.height, picture.width, picture.count) == (180, 150, 3)
                part = picture.read()
                looked += 1
                first = part
        if event.get("id") == number and event["event"] in {"result", "error"}:
            assert event["event"] == "result"
            break
    assert looked and first.any()
    with rasterio.open(tmp_path / "e.tif") as dataset:
        whole = dataset.read((1, 2, 3))
    shown = first[0] > 0
    assert (first[:, shown] == whole[:, shown]).all()


def test_a_cancelled_request_ends_so_and_a_preview_does_not_wait_for_work(
    client: Client, demo: Path, tmp_path: Path
) -> None:
    working = client.ask("embed", scene=str(demo / "scene.tif"), output=str(tmp_path / "e.tif"), tile=64)
    waiting = client.ask("embed", scene=str(demo / "scene.tif"), output=str(tmp_path / "f.tif"), tile=64)
    assert client.answer("info", file=str(demo / "scene.tif"))["event"] == "result"
    client.send(json.dumps({"cancel": waiting}))
    assert client.end_of(waiting)["kind"] == "cancelled"
    client.send(json.dumps({"cancel": working}))
    assert client.end_of(working)["kind"] == "cancelled"


@pytest.mark.parametrize("how", ["quit", "end of input", "nobody reads"])
def test_it_ends_with_its_client_and_keeps_finished_tiles(client: Client, demo: Path, tmp_path: Path, how: str) -> None:
    client.ask("embed", scene=str(demo / "scene.tif"), output=str(tmp_path / "e.tif"), tile=64)
    kept = tmp_path / "e.tif.partial"
    deadline = time.monotonic() + 60
    while not list(kept.glob("*.tile")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert client.process.stdin is not None and client.process.stdout is not None
    if how == "quit":
        client.send('{"verb": "quit"}')
    elif how == "end of input":
        client.process.stdin.close()
    else:
        client.process.stdout.close()
    assert client.process.wait(30) == 0
    assert list(kept.glob("*.tile")) or (tmp_path / "e.tif").exists()


def test_what_libraries_print_does_not_reach_the_protocol() -> None:
    code = (
        "import os, sys, threading, time\n"
        "from mmearth_core.worker import server as worker\n"
        "def shout():\n"
        "    time.sleep(0.5)\n"
        "    print('from Python'); sys.stdout.flush(); os.write(1, b'from C\\n')\n"
        "threading.Thread(target=shout, daemon=True).start()\n"
        "worker.main()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin is not None
    process.stdin.write(b'{"id": 1, "verb": "hello", "arguments": {"protocol": 1}}\n')
    process.stdin.flush()
    time.sleep(2)
    out, err = process.communicate(b'{"verb": "quit"}\n', timeout=30)
    assert all(json.loads(line) for line in out.splitlines()) and b"from" not in out
    assert b"from Python" in err and b"from C" in err


@pytest.mark.parametrize(
    "line",
    [b"[" * 200_000 + b"\n", b'{"id": ' + b"9" * 5000 + b"}\n", b"\xff\xfe\n"],
    ids=["deep", "long number", "no text"],
)
def test_a_line_that_upsets_the_parser_is_skipped(client: Client, line: bytes) -> None:
    client.send(line)
    assert client.end_of(None)["kind"] == "protocol"
    assert client.answer("info", file="/no/such.tif")["kind"] == "input"


def test_text_that_is_no_unicode_is_answered_all_the_same(client: Client) -> None:
    answer = client.answer("info", file="/no/\udcff.tif")
    assert answer["kind"] == "input" and "\udcff" in answer["message"]
    assert client.answer("no such \ud800 verb")["kind"] == "arguments"


def test_a_failure_is_one_line(client: Client) -> None:
    assert "/no/such file.tif" in client.answer("info", file="/no/such\nfile.tif")["message"]


def test_inspect_tells_a_wrong_argument_as_every_verb(client: Client, demo: Path) -> None:
    answer = client.answer("inspect", scene=str(demo / "scene.tif"), wrong=1)
    assert answer["kind"] == "arguments" and "wrong" in answer["message"]
    assert client.answer("inspect", scene=str(demo / "scene.tif"), output="e.tif")["kind"] == "arguments"


def test_numbers_that_json_has_not_become_null() -> None:
    written = io.StringIO()
    events = Events(GuardedStream(written, lambda: None), threading.Lock(), 7)
    events.start("Embedding", 10, "px", float("nan"))
    assert json.loads(written.getvalue())["area_per_unit"] is None


def test_the_end_waits_for_the_last_answer() -> None:
    running = threading.Event()

    class Requests(io.BytesIO):
        def readline(self, size: int | None = -1, /) -> bytes:
            line = super().readline(size)
            assert line or running.wait(30)
            return line

    written = io.StringIO()
    lines = b'{"id": 1, "verb": "hello", "arguments": {"protocol": 1}}\n{"id": 2, "verb": "info"}\n'
    server = Server(Requests(lines), written)
    answer = server._answer

    def work(_: Any) -> str:
        running.set()
        return "done"

    def late(request: Any, done: Any) -> None:
        time.sleep(0.3)
        answer(request, done)

    server._result, server._answer = work, late  # type: ignore[method-assign]
    server.serve()
    ended = [event for event in map(json.loads, written.getvalue().splitlines()) if event.get("id") == 2]
    assert [event["event"] for event in ended] == ["result"]


def test_windows_way_of_saying_that_nobody_reads_is_understood() -> None:
    class Closed(io.StringIO):
        def flush(self) -> None:
            raise OSError(errno.EINVAL, "Invalid argument")

    told: list[bool] = []
    Events(GuardedStream(Closed(), lambda: told.append(True)), threading.Lock(), None).message("hello")
    assert told == [True]


def test_an_interrupt_ends_it_at_once_without_waiting_for_its_lanes(client: Client, demo: Path, tmp_path: Path) -> None:
    client.ask("embed", scene=str(demo / "scene.tif"), output=str(tmp_path / "e.tif"), tile=64)
    next(client.events())
    client.process.send_signal(signal.SIGINT)
    assert client.process.wait(15) == 130


@pytest.mark.parametrize("requests", [b"", b"nonsense\n" * 5000], ids=["none", "more than a pipe holds"])
def test_it_ends_with_its_requests_though_nobody_reads_its_answers(requests: bytes) -> None:
    with subprocess.Popen(HASTY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as worker:
        assert worker.stdin is not None
        try:
            worker.stdin.write(requests)
            worker.stdin.close()
            worker.wait(timeout=60)
        finally:
            worker.kill()


def test_no_more_requests_wait_than_memory_has_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MOST_WAITING", 3)
    hold = threading.Event()
    monkeypatch.setattr(server.Server, "_result", lambda *_: hold.wait(20))
    lines = [{"id": 1, "verb": "hello", "arguments": {"protocol": 1}}]
    lines += [{"id": number, "verb": "info", "arguments": {}} for number in range(2, 8)]
    answers = io.StringIO()
    running = server.Server(io.BytesIO("".join(f"{json.dumps(each)}\n" for each in lines).encode()), answers)
    monkeypatch.setattr(running, "_end", hold.set)
    running.serve()
    told = [json.loads(line) for line in answers.getvalue().splitlines()]
    assert [each["id"] for each in told if each.get("kind") == "busy"] == [5, 6, 7]


@pytest.mark.parametrize(
    ("verb", "wrong"),
    [
        *(("info", {"file": value}) for value in (5, None, [], {"a": 1}, "a\0b", "\ud800", True)),
        ("sample", {"map": "m.tif", "output": "o.gpkg", "n": "many"}),
        ("similar_preview", {"embedding": "e.tif", "at": [1], "view": {}, "output": "o"}),
        ("grow_region", {"embedding": "e.tif", "seeds": [{"x": 1, "y": 2, "step": 1000}], "view": {}}),
        ("embed", {"scene": "s.tif", "output": 7}),
        ("embed", {"scene": "s.tif", "output": "o.tif", "tile": 1.5}),
    ],
    ids=repr,
)
def test_an_argument_of_another_type_is_the_clients_defect(client: Client, verb: str, wrong: dict) -> None:
    told = client.answer(verb, **wrong)
    assert told["kind"] == "arguments" and verb in told["message"]
